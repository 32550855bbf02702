"""What a log and a scenario bring together for the rates: prior, counts, exposure (MODEL §6)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from model.arrays import Array, Mask
from model.assumptions.lookup import assumption
from model.beliefs.copula import mixing
from model.evidence.log.log import Log
from model.evidence.log.times import hours_of
from model.evidence.luck.timeline import Timeline
from model.evidence.rates.counts import AnyCount, Count, Starts, Unassigned
from model.evidence.rates.exposure import HOURS_A_MONTH, HOURS_A_YEAR, Exposure
from model.evidence.rates.prior import FromNormal, Prior, gamma_map
from model.scenario.scenario import Scenario
from model.worlds.clock import YEAR_H, start_instant
from model.worlds.prepared import distribution
from model.worlds.timing import hourly_weight

RATIO, LAG = "recurrence.repeat_ratio", "recurrence.repeat_lag"
AGE = "simulation.platform_age_months"
_VAGUE = 1e-3
ALL, UNASSIGNED = "all", "unassigned"


def rate_name(cause: str) -> str:
    """Return the name of a cause's rate."""
    return f"incidents.{cause}.rate_per_year"


def _parts(cause: str) -> dict[str, str]:
    """Return the names of the beliefs that make a cause's incidents, as `Count` calls them."""
    field = f"incidents.{cause}.early_life"
    return {
        "rate": rate_name(cause),
        "multiplier": f"{field}_multiplier",
        "months": f"{field}_months",
    }


@dataclass(frozen=True, eq=False)
class Observed:
    """Counts of a log with the beliefs of a scenario about what brings them."""

    log: Log
    scenario: Scenario
    prior: Prior
    counts: tuple[AnyCount, ...]
    by_cause: Mapping[str, Count]
    """Of every cause that the log is about, zeros included."""
    unassigned: int
    """Incidents whose cause the scenario does not know."""
    weight: Array
    """Timing weight of each hour of the exposure, all causes by their rates, `(hours,)`."""
    months: float
    """From the migration to the begin of the exposure."""
    begin: float
    """Hours since 1970."""

    @property
    def hours(self) -> float:
        """The exposure in hours."""
        return self.log.years * HOURS_A_YEAR

    @property
    def together(self) -> Unassigned:
        """All incidents as one count."""
        parts = tuple(self.by_cause.values())
        return Unassigned(ALL, sum(c.n for c in parts) + self.unassigned, parts, alone=True)

    def start_h(self, cause: str = ALL) -> Array:
        """Return when the counted incidents of a cause began, hours from the begin."""
        chosen = self.log.incidents.counted & self.log.of_cause(cause)
        return np.asarray(self.log.incidents.start[chosen] - self.begin)

    def timeline(self, cause: str, multiplier: float, fade_months: float) -> Timeline:
        """Return the exposure as mature years passed, of one cause or of all together."""
        weight = self.weight
        if cause in self.by_cause:
            weight = weights(self.scenario, cause, self.log)
        return Timeline.of_hours(weight, self.months, multiplier, fade_months)


def observe(log: Log, scenario: Scenario, *, vague: bool = False) -> Observed:
    """Lay a log beside a scenario; ValueError without a begin and an end of the log.

    Causes the log can tell are counted one by one; incidents of a cause that the scenario does not
    know, or of none, may be of any of them.
    """
    if log.options.begin is None or log.options.end is None:
        raise ValueError("the time that the log covers is not known")
    about = (log.options.cause,) if log.options.cause in scenario.causes else scenario.causes
    months = _months_at(scenario, log.options.begin)
    begin, counted = hours_of(log.options.begin), log.incidents.counted
    known = {cause: log.of_cause(cause) & counted for cause in about}
    rest = counted & ~np.any([*known.values(), np.zeros(len(counted), bool)], axis=0)
    hourly = {cause: weights(scenario, cause, log) for cause in about}
    start = log.incidents.start - begin

    def count(cause: str, chosen: Mask) -> Count:
        weight, hours = hourly[cause], start[chosen]
        at = weight[np.minimum(hours.astype(int), len(weight) - 1)]
        starts = Starts(hours, at, months + hours / HOURS_A_MONTH, log.years * HOURS_A_YEAR)
        exposure = Exposure.of_hours(weight, months)
        return Count(cause, int(chosen.sum()), exposure, starts=starts, **_parts(cause))

    by_cause = {cause: count(cause, chosen) for cause, chosen in known.items()}
    counts: list[AnyCount] = list(by_cause.values())
    if rest.any():
        parts = tuple(count(cause, rest) for cause in about)
        counts.append(Unassigned(UNASSIGNED, int(rest.sum()), parts))
    shares = np.array([scenario_median(scenario, rate_name(cause)) for cause in about])
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(about), 1 / len(about))
    mixed = np.sum([s * hourly[cause] for s, cause in zip(shares, about, strict=True)], axis=0)
    prior = prior_of(scenario, about, vague=vague, years=log.years)
    return Observed(
        log=log,
        scenario=scenario,
        prior=prior,
        counts=tuple(counts),
        by_cause=by_cause,
        unassigned=int(rest.sum()),
        weight=mixed,
        months=months,
        begin=begin,
    )


def scenario_median(scenario: Scenario, name: str) -> float:
    """Return the median of a belief."""
    return float(distribution(scenario, name).median())


def prior_of(
    scenario: Scenario, causes: tuple[str, ...], *, vague: bool = False, years: float = 1.0
) -> Prior:
    """Return what a scenario believes of rates, early life and repeats, with its correlations."""
    names = [name for cause in causes for name in _parts(cause).values()] + [RATIO, LAG]
    maps = {name: _from_normal(scenario, name) for name in names}
    if vague:
        open_ = [name for name in map(rate_name, causes) if not scenario.belief(name).certain]
        # As flat as matters against the time covered, yet not beyond the bounds of a rate.
        maps |= {name: _bounded(name, gamma_map(0.5, _VAGUE * years)) for name in open_}
    if scenario.belief(RATIO).high == 0.0:
        maps[LAG] = _certain(scenario_median(scenario, LAG))  # nothing repeats
    matrix = np.eye(len(names))
    for a, b, rho in () if vague else scenario.correlations:
        if a in maps and b in maps:
            i, j = names.index(a), names.index(b)
            matrix[i, j] = matrix[j, i] = rho
    factor, _ = mixing(matrix)
    return Prior(maps, factor @ factor.T)


def _certain(value: float) -> FromNormal:
    return lambda z: np.full(np.shape(z), value)


def _from_normal(scenario: Scenario, name: str) -> FromNormal:
    return _bounded(name, distribution(scenario, name).from_normal)


def _bounded(name: str, from_normal: FromNormal) -> FromNormal:
    item = assumption(name)

    def kept(z: Array) -> Array:
        return np.clip(np.broadcast_to(from_normal(z), np.shape(z)), item.lower, item.upper)

    return kept


def _months_at(scenario: Scenario, begin: datetime) -> float:
    """Return the months from the migration to a moment; before it negative."""
    day = start_instant(scenario.word("simulation.start_date"), scenario.time_zone)
    since = (begin - day).total_seconds() / 3600.0 / HOURS_A_MONTH
    return scenario.belief(AGE).low + since


def weights(scenario: Scenario, cause: str, log: Log) -> Array:
    """Return the timing weight of each hour of a log's exposure, mean one over whole years."""
    assert log.options.begin is not None
    timing = scenario.word(f"incidents.{cause}.timing")
    hours = math.ceil(log.years * HOURS_A_YEAR - 1e-9)
    if timing == "flat":
        return np.ones(hours)
    demand = scenario.word("profiles.demand")
    day = log.options.begin.astimezone(UTC).date() - timedelta(days=1)
    midnight = start_instant(day.isoformat(), scenario.time_zone)
    skipped = int((log.options.begin - midnight).total_seconds() // 3600)
    years = [
        _year(scenario, day, k, timing, demand) for k in range((hours + skipped) // YEAR_H + 1)
    ]
    return np.concatenate(years)[skipped : skipped + hours]


def _year(scenario: Scenario, day: date, k: int, timing: str, demand: str) -> Array:
    first = (day + timedelta(days=365 * k)).isoformat()
    weight = hourly_weight(first, scenario.time_zone, timing, demand)
    return np.asarray(weight / weight.mean())
