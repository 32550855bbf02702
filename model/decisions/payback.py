"""Payback: in how many worlds, and in how many years, remedies save what they cost (MODEL §5)."""

from __future__ import annotations

import numpy as np

from model.arrays import Array
from model.runs import standard_errors
from model.runs.paired import FEWEST_PAYING_WORLDS, FEWEST_YEARS, _share_of
from model.runs.standard_errors import (
    Estimate,
    world_means,
    worlds_behind,
)


def pays_back_years(saving: Array, cost: Array, weights: Array, *, worlds: int) -> Estimate:
    """Return the share of single years in which the saving reaches the cost.

    `saving` and `weights` `(years,)`, `cost` `(worlds,)`, USD.
    """
    hit = saving >= np.repeat(cost, len(saving) // worlds)
    if np.all(weights == 1.0):
        return standard_errors.share(hit, worlds=worlds)
    return _share_of(weights * hit, worlds_behind(hit, worlds) if hit.any() else worlds, worlds)


def pays_back_worlds(saving: Array, cost: Array, *, worlds: int) -> Estimate | None:
    """Return the share of worlds whose expected annual saving reaches the cost.

    A world's expected saving is known only through its simulated years; the blur that this leaves,
    inversely proportional to their number, is extrapolated away: twice the share with all years
    less the share with half of them. None with fewer than `FEWEST_YEARS` years in each world or
    fewer than `FEWEST_PAYING_WORLDS` worlds.
    """
    years = len(saving) // worlds
    if years < FEWEST_YEARS or worlds < FEWEST_PAYING_WORLDS:
        return None
    by_world = saving.reshape(worlds, years)[:, : years - years % 2]
    halves = by_world.reshape(worlds, 2, -1).mean(axis=2)
    pays = (world_means(saving, worlds) >= cost).astype(np.float64)
    half = (halves >= cost[:, None]).mean(axis=1)
    return _share_of(2.0 * pays - half, worlds, worlds)
