"""Worlds: joint draws of everything that is not known but does not change within a year.

A world gives one value to every belief declared `per = "world"`; beliefs that are certain stay
scalars, so they cost nothing. Rank correlations enter through a Gaussian copula (MODEL §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.arrays import Array
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import assumption, declared
from model.beliefs.belief import fit
from model.beliefs.copula import mixing
from model.beliefs.distributions import Distribution
from model.scenario.scenario import Scenario
from model.streams import stream

_EVERYDAY_BLOCKS, _EVERYDAY_WORLDS = 2, 25_000
_FARTHEST_Z = 8.0
"""Farther from the centre than any normal number drawn (one in 10^15)."""


@dataclass(frozen=True)
class Uncertainty:
    """The beliefs of a scenario, fitted: certain values, uncertain ones and their correlation."""

    certain: dict[str, float]
    uncertain: dict[str, Distribution]
    bounds: dict[str, tuple[float, float]]
    """Physical bounds of those whose draws can leave them."""
    correlated: tuple[str, ...]
    factor: Array
    """Lower factor of the correlation matrix of `correlated`, `(m, m)`."""
    repair: float
    """Largest change of an entry that made the correlations consistent; 0 if none."""


@lru_cache(maxsize=256)
def distribution(scenario: Scenario, name: str) -> Distribution:
    """Return the fitted distribution of one assumption of the scenario."""
    entry = assumption(name)
    return fit(scenario.belief(name), entry.lower, entry.upper)


@lru_cache(maxsize=256)
def leaves(scenario: Scenario, name: str) -> tuple[float, float] | None:
    """Return the physical bounds of a belief if its draws can leave them, else None."""
    entry = assumption(name)
    lower = float(np.nextafter(entry.lower, np.inf)) if entry.lower_open else entry.lower
    low, high = distribution(scenario, name).from_normal(np.array([-_FARTHEST_Z, _FARTHEST_Z]))
    return (lower, entry.upper) if low < lower or high > entry.upper else None


def kept_within(drawn: Array, bounds: tuple[float, float]) -> tuple[Array, int]:
    """Set draws beyond the bounds to them; return the draws and how many that were."""
    lower, upper = bounds
    beyond = int(np.count_nonzero((drawn < lower) | (drawn > upper)))
    return np.clip(drawn, lower, upper), beyond


@lru_cache(maxsize=32)
def uncertainty(scenario: Scenario) -> Uncertainty:
    """Fit every world-level belief of the scenario and the correlations between them."""
    certain: dict[str, float] = {}
    uncertain: dict[str, Distribution] = {}
    for name in scenario.names():
        entry = declared(name)
        if not isinstance(entry, Assumption) or entry.per == "incident":
            continue
        belief = scenario.belief(name)
        if belief.certain:
            certain[name] = belief.low
        else:
            uncertain[name] = fit(belief, entry.lower, entry.upper)
    known = {**certain, **uncertain}
    reach = {name: leaves(scenario, name) for name in uncertain}
    bounds = {name: ends for name, ends in reach.items() if ends}
    pairs = [p for p in scenario.correlations if p[0] in known and p[1] in known]
    # Certain beliefs keep their place, and added causes come last: the factor is triangular, so
    # neither switching a cause off nor adding one changes what the others draw.
    involved = {name for pair in pairs for name in pair[:2]}
    names = tuple(name for name in scenario.names() if name in involved)
    matrix = np.eye(len(names))
    for a, b, rho in pairs:
        i, j = names.index(a), names.index(b)
        matrix[i, j] = matrix[j, i] = rho
    factor, repair = mixing(matrix) if names else (matrix, 0.0)
    return Uncertainty(certain, uncertain, bounds, names, factor, repair)


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
