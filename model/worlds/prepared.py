"""What a run needs of a scenario: its beliefs fitted, with bounds and correlations."""

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
from model.worlds import calendar

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


def get_calendar(scenario: Scenario) -> calendar.Calendar:
    """Return the calendar of a scenario."""
    return calendar.build(
        scenario.word("simulation.start_date"),
        scenario.word("profiles.demand"),
        scenario.word("profiles.uploads"),
        scenario.word("profiles.price"),
    )
