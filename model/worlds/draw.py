"""Worlds: joint draws of everything that is not known but does not change within a year.

A world gives one value to every belief declared `per = "world"`; beliefs that are certain stay
scalars, so they cost nothing. Rank correlations enter through a Gaussian copula (MODEL §2).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from model.arrays import Array
from model.beliefs.distributions import Distribution
from model.scenario.scenario import Scenario
from model.worlds.prepared import uncertainty
from model.worlds.streams import stream

_EVERYDAY_BLOCKS, _EVERYDAY_WORLDS = 2, 25_000


def kept_within(drawn: Array, bounds: tuple[float, float]) -> tuple[Array, int]:
    """Set draws beyond the bounds to them; return the draws and how many that were."""
    lower, upper = bounds
    beyond = int(np.count_nonzero((drawn < lower) | (drawn > upper)))
    return np.clip(drawn, lower, upper), beyond


def draw(
    scenario: Scenario, *, seed: int, block: tuple[int, ...], worlds: int
) -> tuple[dict[str, Array], dict[str, int]]:
    """Draw `worlds` worlds: name → values `(worlds,)` (or a scalar), and how many were clipped.

    The arrays are not to be changed: those of an everyday run are kept for the next.
    """
    known = uncertainty(scenario)
    values: dict[str, Array] = {name: np.asarray(v) for name, v in known.certain.items()}
    clipped: dict[str, int] = {}
    normals, drawn = (_recent_normals, _recent) if everyday(block, worlds) else (_normals, _drawn)
    mixed: dict[str, Array] = {}
    if known.correlated:
        rows = known.factor @ np.stack(
            [normals(seed, block, name, worlds) for name in known.correlated]
        )
        mixed = dict(zip(known.correlated, rows, strict=True))
    for name, fitted in known.uncertain.items():
        bounds = known.bounds.get(name)
        if name in mixed:
            values[name], beyond = _within(fitted.from_normal(mixed[name]), bounds)
        else:
            values[name], beyond = drawn(fitted, bounds, seed, block, name, worlds)
        if bounds:
            clipped[name] = beyond
    return values, clipped


def everyday(block: tuple[int, ...], worlds: int) -> bool:
    """Tell whether a block is of an everyday run, whose draws are kept for the next such run."""
    return block[0] < _EVERYDAY_BLOCKS and worlds <= _EVERYDAY_WORLDS


def _normals(seed: int, block: tuple[int, ...], name: str, worlds: int) -> Array:
    return stream(seed, block, name).standard_normal(worlds)


def _drawn(
    fitted: Distribution,
    bounds: tuple[float, float] | None,
    seed: int,
    block: tuple[int, ...],
    name: str,
    worlds: int,
) -> tuple[Array, int]:
    """Draw one belief of a block's worlds, and count how many draws were clipped."""
    values, beyond = _within(fitted.from_normal(_normals(seed, block, name, worlds)), bounds)
    values.setflags(write=False)
    return values, beyond


# Moving a slider changes one belief of some fifty; the others' draws are those of the last run.
_recent_normals = lru_cache(maxsize=32)(_normals)
_recent = lru_cache(maxsize=256)(_drawn)


def _within(drawn: Array, bounds: tuple[float, float] | None) -> tuple[Array, int]:
    return kept_within(drawn, bounds) if bounds else (drawn, 0)
