"""The default scaled to another size: one factor for each fact, through the yardsticks.

>>> from model.assumptions.lookup import assumption
>>> scaled(Belief("lognormal", 6e6, 30e6), 0.1264, assumption("publishing.uploads_per_day"))
Belief(shape='lognormal', low=758000.0, high=3790000.0, mid=None)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from model.assumptions.declaration import Assumption
from model.beliefs.belief import Belief, fit
from model.scenario.own_platform.fields import FIELDS
from model.scenario.scenario import Scenario

Ends = tuple[float, float]
Fact = str | Ends
Facts = Mapping[str, Fact]
DIGITS = 3
"""Significant digits of a scaled value: more would claim what nobody knows."""


def factor(key: str, facts: Facts, default: Scenario) -> float | None:
    """Return how many times as large as the default's a fact is; None if nothing given tells.

    A fact that is open, or 0, is as large as its yardstick.
    """
    seen: set[str] = set()
    while key and key not in seen:
        seen.add(key)
        given = facts.get(key)
        if isinstance(given, tuple) and given[1] > 0:
            belief = default.belief(FIELDS[key].row)
            row, wanted = FIELDS[key].row, replace(belief, low=given[0], high=given[1])
            return median(wanted, row, default) / median(belief, row, default)
        key = FIELDS[key].yardstick(facts)
    return None


def median(belief: Belief, name: str, default: Scenario) -> float:
    """Return the median of a belief about an assumption, in the currency of `default`."""
    item = default.assumption(name)
    return fit(belief, item.lower, item.upper).median()


def mean(belief: Belief, name: str, default: Scenario) -> float:
    """Return the mean of a belief about an assumption, in the currency of `default`."""
    item = default.assumption(name)
    return fit(belief, item.lower, item.upper).mean()


def scaled(belief: Belief, times: float, item: Assumption) -> Belief:
    """Return a belief times a factor, within the bounds, in few digits; the spread stays."""

    def moved(value: float) -> float:
        return min(max(float(f"{value * times:.{DIGITS - 1}e}"), item.lower), item.upper)

    mid = None if belief.mid is None else moved(belief.mid)
    return replace(belief, low=moved(belief.low), high=moved(belief.high), mid=mid)
