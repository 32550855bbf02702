"""From a log to a scenario: which beliefs it changes, with their source and grade (MODEL §6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from model.assumptions import correlations
from model.assumptions.lookup import assumption
from model.beliefs.belief import Belief, BeliefError, fit
from model.evidence.durations.fit import FEWEST
from model.evidence.fitting.lengths import ALL, Lengths, fit_lengths
from model.evidence.fitting.observed import RATIO, observe
from model.evidence.fitting.rates import FittedRates, fit_rates
from model.evidence.interval import Interval
from model.evidence.log.log import Log
from model.evidence.log.options import LOSSES
from model.evidence.rates.importance import TooFewEffectiveDraws
from model.evidence.rates.posterior import Posterior
from model.scenario.provenance import Given, Provenance, made_of
from model.scenario.scenario import Scenario

MANY = 20
"""From so many incidents on a fit is graded A (measured), with fewer B."""
ANOTHER_CLASS = 3.0
_LEAST_CORRELATION = 0.05
_LEAST_MOVE = 0.02
"""What moves less is the error of sampling: the prior stays."""


@dataclass(frozen=True, kw_only=True)
class FitOptions:
    """What is asked of a fit besides the reading of the log."""

    file: str = "log"
    selection: tuple[datetime, datetime] | None = None
    """The window that made somebody look."""
    limit: float | None = None
    """A rate per year; the chance of more is told."""
    vague: bool = False
    """Whether the rates' prior is left out, so that only the log speaks."""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Fitted:
    """A log fitted to a scenario."""

    log: Log
    before: Scenario
    options: FitOptions
    rates: FittedRates | None
    no_rates: str
    """Why there are no rates; empty if there are."""
    lengths: Mapping[str, Lengths]
    changes: Mapping[str, Belief] = field(default_factory=dict)
    origins: Given = field(default_factory=dict)

    @property
    def scenario(self) -> Scenario:
        """The scenario with the fitted beliefs."""
        return self.before.with_(dict(self.changes), self.origins)

    @property
    def times_prior(self) -> float | None:
        """How many times the prior's median visible rate the posterior's is."""
        if self.rates is None or self.rates.prior_visible[1] <= 0:
            return None
        return float(np.median(self.rates.visible)) / self.rates.prior_visible[1]

    @property
    def another_class(self) -> bool:
        """Whether the log seems to count smaller incidents than the scenario's losses are of."""
        losses = any(each.losses for each in self.lengths.values())
        return not losses and self.times_prior is not None and self.times_prior > ANOTHER_CLASS


def fit_log(
    log: Log,
    scenario: Scenario,
    options: FitOptions | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Fit rates, durations and losses of a log; what it is too small for keeps its prior.

    `on_progress` is told how many parts of how many are done, and may raise to cancel.
    """
    how = options or FitOptions()
    tick = _ticks(log, scenario, on_progress)
    rates, no_rates = None, ""
    try:
        observed = observe(log, scenario, vague=how.vague)
        rates = fit_rates(
            observed, seed=how.seed, selection=how.selection, limit=how.limit, tick=tick
        )
    except TooFewEffectiveDraws as error:
        no_rates = str(error)
    except ValueError as error:
        if how.selection is not None:
            raise
        no_rates = str(error)
    lengths = fit_lengths(log, scenario, seed=how.seed, tick=tick)
    changes: dict[str, Belief] = {}
    origins: dict[str, Provenance] = {}
    if rates is not None:
        found = _of_rates(scenario, rates.found, vague=how.vague)
        changes |= found
        origins |= dict.fromkeys(found, _origin(log, how, log.n))
    for cause, of in _lengths_by_cause(log, scenario, lengths).items():
        found, counts = _of_lengths(scenario, cause, of)
        changes |= found
        origins |= {name: _origin(log, how, counts[name]) for name in found}
    kept = {name: value for name, value in changes.items() if _differs(scenario, name, value)}
    origins = {name: origins[name] for name in kept}
    return Fitted(
        log=log,
        before=scenario,
        options=how,
        rates=rates,
        no_rates=no_rates,
        lengths=lengths,
        changes=kept,
        origins=origins,
    )


def _ticks(
    log: Log, scenario: Scenario, on_progress: Callable[[int, int], None] | None
) -> Callable[[], None]:
    """Return what counts finished parts: the posterior, and two looks at each cause and at all."""
    total = 3 + len({*scenario.causes, *log.causes}) + len(log.causes)
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(min(done, total), total)

    return tick


def _differs(scenario: Scenario, name: str, value: Belief) -> bool:
    if name.startswith(correlations.PREFIX):
        return True
    before = scenario.belief(name)
    ends = ((before.low, value.low), (before.high, value.high))
    return value.shape != before.shape or any(abs(b - a) > _LEAST_MOVE * abs(a) for a, b in ends)


def _origin(log: Log, how: FitOptions, n: int) -> Provenance:
    """Return «fitted to FILE, n incidents, exposure, filter, date»."""
    parts = [f"Fitted to {how.file}", f"{n:,} incident{'s' if n != 1 else ''}"]
    begin, end = log.options.begin, log.options.end
    if begin is not None and end is not None:
        parts.append(f"{log.years:.3g} years from {begin:%Y-%m-%d} to {end:%Y-%m-%d}")
    parts += [f"{name} {' or '.join(values)}" for name, values in log.options.where]
    if how.vague:
        parts.append("vague prior")
    if how.selection is not None:
        parts.append(
            f"looked at because of {how.selection[0]:%Y-%m-%d} to {how.selection[1]:%Y-%m-%d}"
        )
    date = f"{end:%Y-%m-%d}" if end is not None else ""
    return Provenance(made_of(", ".join(parts)), "A" if n >= MANY else "B", date=date)


def _of_rates(scenario: Scenario, found: Posterior, *, vague: bool) -> dict[str, Belief]:
    """Return every touched belief, and the rank correlations among them."""
    changes: dict[str, Belief] = {}
    for name, marginal in found.marginals.items():
        before = scenario.belief(name)
        shape = before.shape
        if vague and name.endswith("rate_per_year"):
            shape = "gamma"
        changes[name] = within(name, Interval(shape, marginal.low, marginal.high))
    pairs = {frozenset(pair[:2]): pair[2] for pair in scenario.correlations}
    for i, first in enumerate(found.names):
        for j, second in enumerate(found.names[:i]):
            rho = round(float(found.rank_correlation[i, j]), 3)
            before_rho = pairs.get(frozenset((first, second)), 0.0)
            if abs(rho) >= _LEAST_CORRELATION or before_rho != 0.0:
                rho = rho if abs(rho) >= _LEAST_CORRELATION else 0.0
                if rho != before_rho:
                    row = correlations.row_name(first, second)
                    changes[row] = Belief("normal", rho, rho)
    return changes


def within(name: str, interval: Interval) -> Belief:
    """Return an interval as a belief within the bounds, lognormal where its shape cannot be it."""
    item = assumption(name)
    low, high = max(interval.low, item.lower), min(interval.high, item.upper)
    low = min(low, high)
    if low <= 0.0 < high and interval.shape in ("lognormal", "gamma", "weibull", "loglogistic"):
        low = high * 1e-6
    belief = Belief(interval.shape, low, high)
    try:
        fit(belief, item.lower, item.upper)
    except BeliefError:
        belief = Belief(item.default.shape, low, high)
    return belief


def _lengths_by_cause(
    log: Log, scenario: Scenario, lengths: Mapping[str, Lengths]
) -> dict[str, Lengths]:
    """Return what each cause of the scenario learns of lengths: its own rows, or all of them.

    All rows serve every cause where the log tells the cause of less than half of its incidents.
    """
    about = (log.options.cause,) if log.options.cause in scenario.causes else scenario.causes
    told = [cause in scenario.causes for cause in log.incidents.cause]
    if not log.tells_causes or sum(told) < len(told) / 2:
        return dict.fromkeys(about, lengths[ALL])
    return {cause: lengths[cause] for cause in about if cause in lengths}


def _of_lengths(
    scenario: Scenario, cause: str, of: Lengths
) -> tuple[dict[str, Belief], dict[str, int]]:
    changes: dict[str, Belief] = {}
    counts: dict[str, int] = {}

    def say(part: str, interval: Interval, n: int) -> None:
        name = f"incidents.{cause}.{part}"
        changes[name], counts[name] = within(name, interval), n

    if of.fit is not None:
        say("duration", of.fit.duration, of.fit.n)
        say("duration_level", of.fit.duration_level, of.fit.n)
    if of.losses is not None:
        for kind, loss in of.losses.losses.items():
            say(kind, loss.loss, loss.n)
        say("severity_level", of.losses.severity_level, max(o.n for o in of.losses.losses.values()))
    return changes, counts


def too_small_for(fitted: Fitted) -> dict[str, str]:
    """Return what the log is too small for, by what it would be: durations or losses of a cause."""
    out: dict[str, str] = {}
    for cause, of in fitted.lengths.items():
        if of.fit is None:
            why = of.why_not or f"{of.durations.ended} known ends, {FEWEST} are needed"
            out[f"durations of {cause}"] = why
        given = [name for name in LOSSES if name in fitted.log.incidents.losses]
        if given and of.losses is None:
            out[f"losses of {cause}"] = f"fewer than {FEWEST} rows give a share"
    return out


__all__ = ["RATIO", "FitOptions", "Fitted", "fit_log", "too_small_for", "within"]
