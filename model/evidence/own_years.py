"""The own log held against itself: a year it did not know yet, foreseen from what came before.

For every year that can be left out at the log's end, a fit on what came before and the beliefs
before any log each say how many incidents and hours that year brings (MODEL §6, back-tests).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from model.arrays import Array
from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.evidence.backtests import Outcome
from model.evidence.fitting.fitted import FitOptions, fit_log
from model.evidence.fitting.observed import AGE
from model.evidence.log.log import Incidents, Log
from model.evidence.log.times import hours_of
from model.evidence.rates.exposure import HOURS_A_MONTH
from model.evidence.scores import crps, randomised_pit, verdict
from model.formats.table import Table
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.worlds.clock import YEAR_H, start_instant
from model.worlds.streams import stream

FIGURES = {"incidents": "incidents", "incident_h": "hours"}
MOST_YEARS = 5
_LEAST_BEFORE = timedelta(days=90)
_SIMULATED = 20_000


@dataclass(frozen=True)
class YearScore:
    """How well one year was foreseen, by the fit and by the beliefs before it."""

    begin: datetime
    figure: str
    truth: float
    fitted: Outcome
    before: Outcome
    pit: float
    """Randomised, of the fit: uniform over many right forecasts."""
    crps_fitted: float
    crps_before: float


def held_out(log: Log) -> list[datetime]:
    """Return the begins of the years that can be left out, the last first."""
    begin, end = log.options.begin, log.options.end
    if begin is None or end is None:
        return []
    years = [end - timedelta(hours=YEAR_H * k) for k in range(1, MOST_YEARS + 1)]
    return [year for year in years if year - begin >= _LEAST_BEFORE]


def own_years(
    log: Log,
    table: Table,
    scenario: Scenario,
    how: FitOptions | None = None,
    *,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[YearScore, ...]:
    """Score every year that can be left out; none if the log covers less than 15 months.

    `on_progress` is told after each how many of how many are done, and may raise to cancel.
    """
    from model.evidence.log.log import read_log

    scores: list[YearScore] = []
    years = held_out(log)
    for done, begin in enumerate(years, 1):
        seen = read_log(table, replace(log.options, end=begin))
        fitted = fit_log(seen, scenario, how).scenario
        truth = _truth(log.incidents, begin)
        said = _foreseen(fitted, begin, seed), _foreseen(scenario, begin, seed)
        rng = stream(seed, (), f"evidence.pit.{begin:%Y-%m-%d}")
        scores += [_score(name, begin, truth[name], said, rng) for name in FIGURES]
        if on_progress is not None:
            on_progress(done, len(years))
    return tuple(scores)


def _score(
    name: str,
    begin: datetime,
    truth: float,
    said: tuple[dict[str, Array], dict[str, Array]],
    rng: np.random.Generator,
) -> YearScore:
    fitted, before = (each[name] for each in said)

    def outcome(sample: Array, by: str) -> Outcome:
        case = f"own year from {begin:%Y-%m-%d}, {by}"
        return Outcome(case, FIGURES[name], truth, verdict(sample, truth))

    return YearScore(
        begin=begin,
        figure=FIGURES[name],
        truth=truth,
        fitted=outcome(fitted, "fitted to what came before"),
        before=outcome(before, "as believed before"),
        pit=randomised_pit(fitted, truth, rng),
        crps_fitted=crps(fitted, truth),
        crps_before=crps(before, truth),
    )


def _truth(incidents: Incidents, begin: datetime) -> dict[str, float]:
    """Return the number and the hours of the incidents that began in a year."""
    first = hours_of(begin)
    inside = (incidents.start >= first) & (incidents.start < first + YEAR_H)
    hours = np.where(np.isfinite(incidents.upper), incidents.upper, incidents.lower)
    length = (hours - incidents.start)[inside]
    return {"incidents": float(inside.sum()), "incident_h": float(length.sum())}


def _foreseen(scenario: Scenario, begin: datetime, seed: int) -> dict[str, Array]:
    """Return the year's incidents and hours as a scenario foresees them, `(years,)` each."""
    usual = start_instant(scenario.word("simulation.start_date"), scenario.time_zone)
    months = (begin - usual).total_seconds() / 3600.0 / HOURS_A_MONTH
    age = scenario.belief(AGE).low + months
    then: dict[str, Value] = {
        "simulation.start_date": f"{begin:%Y-%m-%d}",
        AGE: Belief("normal", age, age),
    }
    if age < 0:
        # Before the migration there is no early life.
        then[AGE] = Belief("normal", 0.0, 0.0)
        one = Belief("lognormal", 1.0, 1.0)
        then |= {f"incidents.{cause}.early_life_multiplier": one for cause in scenario.causes}
    result = simulate(scenario.with_(then), years=_SIMULATED, seed=seed)
    return {name: result[name] for name in FIGURES}
