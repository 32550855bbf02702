"""Reverse stress: the value of one assumption at which a figure reaches a level (MODEL §5).

The figure is followed over the assumption's admissible range on the same luck throughout; the first
crossing next to what is believed now is narrowed down. Where there is none, the answer says how far
the figure gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.assumptions.declaration import Assumption
from model.assumptions.remedy_library import Change, Remedy
from model.decisions.early_life import HORIZON_YEARS
from model.decisions.evaluate import evaluate
from model.decisions.remedies import Variant, targets, variant
from model.drivers.tornado import FIGURES, figure_of, fixed_at
from model.runs import standard_errors
from model.runs.blocks import plan
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution

YEARS = 4_000
MOST_PER_YEAR = 100.0
"""Rates are followed up to here; beyond, a platform is down more often than up."""
_FAR = 100.0
"""How many times the usual a value without a near bound is followed."""
_GRID, _FINER, _ROUNDS = 11, 5, 3


@dataclass(frozen=True, eq=False)
class Reverse:
    """The answer: where the figure crosses the level, or how far it gets."""

    name: str
    figure: str
    level_usd: float
    value: float | None
    """Value of the assumption, in its unit; None if no value searched reaches the level."""
    standard_error: float
    """Of `value`: the figure's own error over its slope; nan if there is none."""
    searched: tuple[float, float]
    """First and last value tried."""
    reached_usd: tuple[float, float]
    """Lowest and highest figure met on the way."""
    tried: Array
    """Values tried, `(m,)`, ascending."""
    figures: tuple[Estimate, ...]
    """The figure at each of them, USD."""


def reverse(
    scenario: Scenario,
    name: str,
    level_usd: float,
    *,
    figure: str = "eal",
    remedies: Iterable[str] = (),
    years: int = YEARS,
    seed: int = 0,
    executor: Executor | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> Reverse:
    """Find what an assumption would have to be for a figure to reach `level_usd`.

    `figure` is `eal`, `p95`, `tvar_95` or `net_benefit`, the last of the set `remedies`. An
    assumption that one of them sets is followed in their place; any other in both cases. The usual
    reach of the assumption is searched first, then all that is admissible. `on_step(done, total)`
    is called after each round. KeyError for an unknown assumption, ValueError for an unknown
    figure.
    """
    if figure not in (*FIGURES, "net_benefit"):
        raise ValueError(f"figure: {figure!r} given; {', '.join(FIGURES)}, net_benefit is allowed")
    item = scenario.assumption(name)
    chosen = [m for m in scenario.remedies if m.name in set(remedies)]
    follow = _Followed(
        scenario, name, figure, remedies=chosen, years=years, seed=seed, executor=executor
    )
    report = on_step or (lambda done, total: None)
    now = distribution(scenario, name).median()
    known: dict[float, Estimate] = {}
    for values in (_usual(item, scenario, now), _admissible(item, scenario, now)):
        if _crossing(known, level_usd, now) is None:
            fresh = np.setdiff1d(values, list(known))
            known |= dict(zip(fresh.tolist(), follow(fresh), strict=True))
    report(1, 1 + _ROUNDS)
    for round_ in range(_ROUNDS):
        bracket = _crossing(known, level_usd, now)
        if bracket is None:
            break
        finer = _between(*bracket, _FINER)
        known |= dict(zip(finer.tolist(), follow(finer), strict=True))
        report(2 + round_, 1 + _ROUNDS)
    known = dict(sorted(known.items()))
    value, error = _solved(known, level_usd, now)
    met = [found.value for found in known.values()]
    tried = np.array(list(known))
    return Reverse(
        name=name,
        figure=figure,
        level_usd=level_usd,
        value=value,
        standard_error=error,
        searched=(float(tried[0]), float(tried[-1])),
        reached_usd=(min(met), max(met)),
        tried=tried,
        figures=tuple(known.values()),
    )


@dataclass(frozen=True)
class _Followed:
    """A figure as a function of one assumption."""

    scenario: Scenario
    name: str
    figure: str
    remedies: Sequence[Remedy]
    years: int
    seed: int
    executor: Executor | None

    def __call__(self, values: Array) -> list[Estimate]:
        pairs = [pair for value in values.tolist() for pair in self._pair(value)]
        run = evaluate(
            self.scenario,
            pairs,
            cut=plan(self.scenario, self.years, None),
            seed=self.seed,
            remedies=self.remedies,
            executor=self.executor,
        )
        losses = run.losses[1:, 0]
        if self.figure != "net_benefit":
            return [figure_of(self.figure, loss, run.worlds) for loss in losses]
        cost = run.costs.sum(axis=0)
        benefit = losses[0::2] - losses[1::2] - cost
        return [standard_errors.mean(row, worlds=run.worlds) for row in benefit]

    def _pair(self, value: float) -> tuple[Variant, ...]:
        fixed = fixed_at(self.name, value)
        if self.figure != "net_benefit":
            return (fixed,)
        steps = variant("", self.remedies).steps
        rest = tuple(step for step in steps if not self._sets_it(step[1]))
        theirs = len(rest) < len(steps)
        without = () if theirs else fixed.steps
        with_them = (*fixed.steps, *rest)
        return Variant("", without, HORIZON_YEARS), Variant("", with_them, HORIZON_YEARS)

    def _sets_it(self, change: Change) -> bool:
        return change.kind == "set" and self.name in targets(self.scenario.causes, change.path)


def _usual(item: Assumption, scenario: Scenario, now: float) -> Array:
    """Return values over the slider's reach and the belief in force."""
    belief = scenario.belief(item.name)
    low, high = min(item.typical[0], belief.low), max(item.typical[1], belief.high)
    return _spaced(max(low, item.lower), min(high, item.upper), now)


def _admissible(item: Assumption, scenario: Scenario, now: float) -> Array:
    """Return values over all that is admissible, as far as it can be simulated."""
    belief = scenario.belief(item.name)
    reach = _FAR * max(now, belief.high, item.typical[1])
    high = min(item.upper, MOST_PER_YEAR if item.name.endswith(".rate_per_year") else reach)
    low = np.nextafter(item.lower, np.inf) if item.lower_open else item.lower
    return _spaced(float(low), high, now)


def _spaced(low: float, high: float, now: float) -> Array:
    """Return values from `low` to `high`, by ratio where the range is wide, with `now` between."""
    inner = [now] if low < now < high else []
    if now <= 0 or high <= 1.0 or high < 10.0 * low:
        return np.unique([*np.linspace(low, high, _GRID), *inner])
    least = max(low, min(now, high) / _FAR)
    return np.unique([low, *np.geomspace(least, high, _GRID), *inner])


def _crossing(known: dict[float, Estimate], level: float, now: float) -> tuple[float, float] | None:
    """Return the pair of neighbours between which the level is crossed, the nearest to now."""
    values = np.array(sorted(known))
    above = np.array([known[float(v)].value >= level for v in values])
    at = np.flatnonzero(above[1:] != above[:-1])
    if not len(at):
        return None
    here = np.searchsorted(values, now)
    k = at[np.argmin(np.abs(at + 0.5 - here))]
    return float(values[k]), float(values[k + 1])


def _between(low: float, high: float, count: int) -> Array:
    """Return values inside a bracket, by ratio where it allows."""
    if low > 0 and high > 2 * low:
        return np.geomspace(low, high, count + 2)[1:-1]
    return np.linspace(low, high, count + 2)[1:-1]


def _solved(known: dict[float, Estimate], level: float, now: float) -> tuple[float | None, float]:
    """Return the crossing by a straight line between neighbours, and its error."""
    bracket = _crossing(known, level, now)
    if bracket is None:
        return None, np.nan
    low, high = bracket
    first, last = known[low], known[high]
    slope = (last.value - first.value) / (high - low)
    error = max(first.standard_error, last.standard_error) / abs(slope)
    return low + (level - first.value) / slope, error
