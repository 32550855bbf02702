"""Drivers: luck versus ignorance, and which belief the variance of the annual loss comes from.

Variance shares are first-order indices read off the run itself: the worlds are sorted by one belief
and cut into bins of equal size, and the variance between the bins' means is the variance that
knowing this belief would take away (given-data estimation; Plischke, Borgonovo and Smith, European
Journal of Operational Research 226(3), 2013). What chance alone puts between the bins is subtracted
(one-way analysis of variance), so a belief without effect has share zero on average. A belief that
is correlated with others is credited with what comes through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.arrays import Array
from model.decisions.remedies import Draws
from model.runs.blocks import Plan, plan
from model.runs.result import Result
from model.runs.reuse import draw_worlds, prepared
from model.runs.standard_errors import Estimate, around, world_means
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    pass

GROUPS = 25
"""Groups left out in turn for the jackknife error of a share."""


class Share(NamedTuple):
    """Share of the variance of the annual loss that knowing one belief would take away."""

    name: str
    share: Estimate


@dataclass(frozen=True)
class Shares:
    """First-order shares of all world-level beliefs, the largest first."""

    shares: tuple[Share, ...]


def variance_shares(result: Result, names: Iterable[str] | None = None) -> Shares:
    """Return the first-order variance shares of the world-level beliefs, from a finished run.

    `names` default to all uncertain ones. What is missing to one is luck and interaction.
    """
    wanted = tuple(prepared(result.scenario).uncertain if names is None else names)
    cut = plan(result.scenario, result.years, result.worlds)
    values = world_inputs(result.scenario, cut, result.seed, wanted)
    loss = result["loss_usd"]
    means = world_means(loss, result.worlds)
    scale = float(means.var() / loss.var()) if loss.var() > 0 else 0.0
    rows = []
    for name in wanted:
        found = first_order(values[name], means)
        rows.append(Share(name, Estimate(*(scale * part for part in found))))
    return Shares(tuple(sorted(rows, key=lambda row: -row.share.value)))


def first_order(x: Array, y: Array, *, bins: int | None = None) -> Estimate:
    """Return the first-order index Var(E[y|x])/Var(y) of paired draws `(n,)`.

    Unbiased up to the width of the bins; may come out slightly negative where there is no effect.
    The error is a jackknife over groups of draws, up to √2 too large where there is no effect
    (Efron and Stein, Annals of Statistics 9(3), 1981: a jackknife never errs low on average).
    """
    n = len(x)
    count = min(max(n // 100, 4), 50) if bins is None else bins
    if n < 2 * count or not y.any() or y.min() == y.max():
        return around(0.0, 0.0)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(x, kind="stable")] = np.arange(n)
    cell = (rank * count // n) * GROUPS + np.arange(n) % GROUPS
    centred = y - y.mean()
    sums = [
        np.bincount(cell, weights=w, minlength=count * GROUPS).reshape(count, GROUPS)
        for w in (np.ones(n), centred, centred**2)
    ]
    everything = _index(*(part.sum(axis=1, keepdims=True) for part in sums))
    without = _index(*(part.sum(axis=1, keepdims=True) - part for part in sums))
    spread = (GROUPS - 1) / GROUPS * ((without - without.mean()) ** 2).sum()
    return around(float(everything[0]), float(np.sqrt(spread)))


def _index(number: Array, total: Array, squares: Array) -> Array:
    """Return the index from counts, sums and sums of squares by bin, `(bins, k)` → `(k,)`."""
    n, bins = number.sum(axis=0), len(number)
    mean = total.sum(axis=0) / n
    of_bins = total / number
    within = (squares - number * of_bins**2).sum(axis=0) / (n - bins)
    between = (number * (of_bins - mean) ** 2).sum(axis=0) / (bins - 1)
    size = (n - (number**2).sum(axis=0) / n) / (bins - 1)
    variance = squares.sum(axis=0) / n - mean**2
    return np.asarray((between - within) / size * (bins - 1) / bins / variance)


def world_inputs(
    scenario: Scenario, cut: Plan, seed: int, names: Iterable[str]
) -> dict[str, Array]:
    """Return what every world of a run drew for some assumptions, `(worlds,)` each.

    Names of remedies' rows (`remedies.NAME.change.K`, `.upfront`, `.annual`) give the standard
    normals behind their draws, which order the worlds as the draws do.
    """
    ready, wanted = prepared(scenario), tuple(names)
    out = {name: np.empty(cut.worlds) for name in wanted}
    for part in range(len(cut)):
        block, key, _, first = cut.block(part, seed)
        worlds = block.worlds
        values, _ = draw_worlds(ready, seed=seed, block=key, worlds=worlds)
        draws = Draws(seed=seed, key=key, worlds=worlds, drawn={})
        for name in wanted:
            drawn = values[name] if name in values else draws.normal(name)
            out[name][first : first + worlds] = drawn
    return out
