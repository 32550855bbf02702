"""A scenario made ready for a run, once: everything the engine needs of it, as plain values.

>>> ready = prepare(Scenario.default())
>>> ready.belief("platform.cpm").distribution.median().__round__(2)
6.93
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.correlations import cause_within, row_name
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import cause_of, drawn_from
from model.assumptions.names import Value
from model.beliefs.belief import Belief, fit
from model.beliefs.copula import mixing
from model.beliefs.distributions import Certain, Distribution
from model.scenario.scenario import Scenario
from model.worlds import calendar
from model.worlds.timing import Starts, fade_times, starts

_FARTHEST_Z = 8.0
"""Farther from the centre than any normal number drawn (one in 10^15)."""


class Fitted(NamedTuple):
    """A belief ready to be drawn: its distribution and the physical bounds that draws can leave."""

    distribution: Distribution
    bounds: tuple[float, float] | None = None

    @property
    def certain(self) -> float | None:
        """The one value it has, None if it is uncertain."""
        one = self.distribution
        return one.value if isinstance(one, Certain) and self.bounds is None else None

    def from_normal(self, normals: Array) -> tuple[Array, int]:
        """Return draws from standard normals, and how many were set to a physical bound."""
        drawn = self.distribution.from_normal(normals)
        return (drawn, 0) if self.bounds is None else kept_within(drawn, self.bounds)


class Mixing(NamedTuple):
    """Beliefs that a correlation names, and what makes their standard normals correlated."""

    names: tuple[str, ...]
    factor: Array
    """Lower factor of their correlation matrix, `(m, m)`, in the order of `names`."""
    repair: float
    """Largest change of an entry that made the correlations consistent; 0 if none."""

    def normals(self, name: str, own: Callable[[str], Array]) -> Array:
        """Return the normals behind a belief, given each belief's `own` independent ones.

        Number by number, so that any part of an array has the bits of the whole; a product of
        matrices would not, and its library's threads spin while nothing is there to multiply.
        """
        if name not in self.names:
            return own(name)
        row = self.factor[self.names.index(name)]
        weights = {one: weight for one, weight in zip(self.names, row, strict=True) if weight}
        first, *others = weights
        total: Array = weights[first] * own(first)
        for one in others:
            total += weights[one] * own(one)
        return total


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a run needs of a scenario; equal if the scenarios are.

    It pickles: the tables of the calendar are made again from its words where it arrives.
    """

    scenario: Scenario
    causes: tuple[str, ...] = field(compare=False)
    certain: Mapping[str, float] = field(compare=False)
    """World values that are known, the tiers of the contract among them."""
    uncertain: Mapping[str, Fitted] = field(compare=False)
    """Beliefs drawn once per world."""
    per_incident: Mapping[str, Fitted] = field(compare=False)
    """Beliefs drawn for every incident, certain ones too."""
    between_worlds: Mixing = field(compare=False)
    """Correlations of what is drawn per world."""
    within_incident: Mapping[str, Mixing] = field(compare=False)
    """Correlations of duration and losses within an incident, by cause."""
    calendar: calendar.Calendar = field(compare=False)
    starts: Mapping[str, Starts] = field(compare=False)
    """When in the year each cause strikes."""
    behind: Mapping[str, tuple[tuple[str, Value], ...]] = field(compare=False)
    """What each cause's incidents are drawn from: names with the values in force."""

    def belief(self, name: str) -> Fitted:
        """Return a belief by name, whatever its level; KeyError if there is none."""
        if name in self.certain:
            return Fitted(Certain(self.certain[name]))
        return self.uncertain[name] if name in self.uncertain else self.per_incident[name]


def prepare(scenario: Scenario) -> Prepared:
    """Fit every belief of a scenario, mix its correlations and lay out its calendar (MODEL §2)."""
    items = [
        item for item in map(scenario.declared, scenario.names()) if isinstance(item, Assumption)
    ]
    beliefs = {item.name: scenario.belief(item.name) for item in items}
    fitted = {
        item.name: _fitted(beliefs[item.name], item.lower, item.upper, item.lower_open)
        for item in items
    }
    shared = [item.name for item in items if item.per != "incident"]
    certain = {name: beliefs[name].low for name in shared if beliefs[name].certain}
    return Prepared(
        scenario=scenario,
        causes=scenario.causes,
        certain=certain,
        uncertain={name: fitted[name] for name in shared if name not in certain},
        per_incident={item.name: fitted[item.name] for item in items if item.per == "incident"},
        between_worlds=_mixing(scenario, None),
        within_incident={cause: _mixing(scenario, cause) for cause in scenario.causes},
        calendar=get_calendar(scenario),
        starts={cause: _starts(scenario, cause) for cause in scenario.causes},
        behind=_behind(scenario),
    )


def distribution(scenario: Scenario, name: str) -> Distribution:
    """Return the fitted distribution of one assumption of a scenario."""
    item = scenario.assumption(name)
    return fit(scenario.belief(name), item.lower, item.upper)


def get_calendar(scenario: Scenario) -> calendar.Calendar:
    """Return the calendar of a scenario."""
    return calendar.build(
        scenario.word("simulation.start_date"),
        scenario.time_zone,
        scenario.word("profiles.demand"),
        scenario.word("profiles.uploads"),
        scenario.word("profiles.price"),
    )


def kept_within(drawn: Array, bounds: tuple[float, float]) -> tuple[Array, int]:
    """Set draws beyond the bounds to them; return the draws and how many that were."""
    lower, upper = bounds
    beyond = int(np.count_nonzero((drawn < lower) | (drawn > upper)))
    return np.clip(drawn, lower, upper), beyond


@lru_cache(maxsize=4096)
def _fitted(belief: Belief, lower: float, upper: float, lower_open: bool) -> Fitted:
    """Fit a belief, with the physical bounds of its assumption if its draws can leave them."""
    one = fit(belief, lower, upper)
    least = float(np.nextafter(lower, np.inf)) if lower_open else lower
    low, high = one.from_normal(np.array([-_FARTHEST_Z, _FARTHEST_Z]))
    return Fitted(one, (least, upper) if low < least or high > upper else None)


def _mixing(scenario: Scenario, cause: str | None) -> Mixing:
    """Return what is correlated within incidents of a cause; between worlds for None."""
    pairs = [(a, b, rho) for a, b, rho in scenario.correlations if cause_within((a, b)) == cause]
    # Certain beliefs keep their place, and added causes come last: the factor is triangular, so
    # neither switching a cause off nor adding one changes what the others draw.
    involved = {name for pair in pairs for name in pair[:2]}
    names = tuple(name for name in scenario.names() if name in involved)
    matrix = np.eye(len(names))
    for a, b, rho in pairs:
        i, j = names.index(a), names.index(b)
        matrix[i, j] = matrix[j, i] = rho
    return Mixing(names, *mixing(matrix))


def _starts(scenario: Scenario, cause: str) -> Starts:
    """Return when a cause strikes, with a grid of fade times wide enough for its belief."""
    name = f"incidents.{cause}.early_life_months"
    belief = scenario.belief(name)
    return starts(
        scenario.word("simulation.start_date"),
        scenario.time_zone,
        scenario.word(f"incidents.{cause}.timing"),
        scenario.word("profiles.demand"),
        (belief.low,) if belief.certain else fade_times(distribution(scenario, name)),
    )


def _behind(scenario: Scenario) -> dict[str, tuple[tuple[str, Value], ...]]:
    """Return what the incidents of each cause are drawn from, as their assumptions declare it."""
    drawn = [(name, scenario.value(name)) for name in scenario.names() if drawn_from(name)]
    within = [
        (cause_within((a, b)), (row_name(a, b), Belief("normal", rho, rho)))
        for a, b, rho in scenario.correlations
    ]
    return {
        cause: (
            *(one for one in drawn if cause_of(one[0]) in (None, cause)),
            *(row for owner, row in within if owner == cause),
        )
        for cause in scenario.causes
    }
