"""Rates from a log: what was believed, what is now, and whether chance alone explains it (§6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from model.arrays import Array
from model.evidence.fitting.chance import Changes, Cluster, change, cluster, reason_to_look
from model.evidence.fitting.observed import ALL, LAG, RATIO, Observed, rate_name
from model.evidence.luck.change import Step
from model.evidence.rates.counts import CountLaw, GeneralisedPoisson, SelfExciting
from model.evidence.rates.importance import DRAWS
from model.evidence.rates.posterior import Marginal, Posterior, Surprise, posterior, surprise
from model.worlds.streams import stream

MOST_STARTS = 2_000
"""With more incidents the rates are from their number alone."""
_PRIOR_DRAWS = 100_000


@dataclass(frozen=True)
class RateRow:
    """One cause, or all together: counted, believed before and after; rates per mature year."""

    cause: str
    incidents: int
    exposure_years: float
    prior: tuple[float, float] | None
    """5 % and 95 %; None for a cause that the scenario does not know."""
    posterior: Marginal | None
    changes: Changes

    @property
    def step(self) -> Step | None:
        """The likeliest change of the rate."""
        return self.changes.step


@dataclass(frozen=True, eq=False)
class FittedRates:
    """Everything a log says of rates."""

    observed: Observed
    rows: tuple[RateRow, ...]
    found: Posterior
    by_starts: bool
    surprise: Surprise
    """How the number of all incidents lies in what the prior foresaw."""
    cluster: Cluster | None
    over_limit: float | None
    """Chance that the visible rate is above the limit asked about."""
    visible: Array
    """Draws of the visible rate of all causes per mature year, `(draws,)`."""
    prior_visible: tuple[float, float, float]
    """5 %, 50 % and 95 % of what the scenario believed of it."""

    @property
    def all(self) -> RateRow:
        """The row of all causes together."""
        return next(row for row in self.rows if row.cause == ALL)


def fit_rates(
    observed: Observed,
    *,
    seed: int = 0,
    selection: tuple[datetime, datetime] | None = None,
    limit: float | None = None,
    draws: int = DRAWS,
    tick: Callable[[], None] = lambda: None,
) -> FittedRates:
    """Fit the rates of a log jointly; TooFewEffectiveDraws where that was not done well enough.

    `tick` is called after every part of the work.
    """
    total = observed.together
    by_starts = total.n <= MOST_STARTS
    law: CountLaw = SelfExciting(RATIO, LAG) if by_starts else GeneralisedPoisson(RATIO)
    counts = observed.counts if by_starts or not observed.unassigned else (total,)
    chosen = reason_to_look(observed, selection, seed) if selection else None
    rng = stream(seed, (), "evidence.rates")
    found = posterior(observed.prior, counts, law=law, rng=rng, selection=chosen, draws=draws)
    tick()
    lost = surprise(observed.prior, [total], repeat_ratio=RATIO, rng=rng)[ALL]
    visible, ratio, lag_h = _visible(observed, found, draws)
    prior = _prior_draws(observed, seed)
    before = np.percentile(prior[ALL] / (1.0 - prior[RATIO]), [5.0, 50.0, 95.0]).tolist()
    over = None if limit is None else float(np.mean(visible > limit))
    return FittedRates(
        observed=observed,
        rows=tuple(_rows(observed, found, prior, seed, tick)),
        found=found,
        by_starts=by_starts,
        surprise=lost,
        cluster=cluster(observed, visible, (ratio, lag_h), selection, seed),
        over_limit=over,
        visible=visible,
        prior_visible=(before[0], before[1], before[2]),
    )


def _prior_draws(observed: Observed, seed: int) -> Mapping[str, Array]:
    """Return draws of the prior's rates by cause, of their sum, and of the repeat ratio."""
    names = observed.prior.uncertain
    rng = stream(seed, (), "evidence.prior")
    values = observed.prior.values(names, rng.standard_normal((_PRIOR_DRAWS, len(names))))
    drawn = {cause: values[rate_name(cause)] for cause in observed.by_cause}
    return drawn | {ALL: np.sum(list(drawn.values()), axis=0), RATIO: values[RATIO]}


def _drawn(observed: Observed, found: Posterior, name: str, draws: int) -> Array:
    if name in found.draws:
        return found.draws[name]
    return observed.prior.maps[name](np.zeros(draws))


def _visible(observed: Observed, found: Posterior, draws: int) -> tuple[Array, Array, Array]:
    """Return draws of the visible rate, the repeat ratio and the lag in hours."""
    rates = [_drawn(observed, found, rate_name(cause), draws) for cause in observed.by_cause]
    ratio = _drawn(observed, found, RATIO, draws)
    lag_h = _drawn(observed, found, LAG, draws) * 24.0
    return np.asarray(np.sum(rates, axis=0) / (1.0 - ratio)), ratio, lag_h


def _rows(
    observed: Observed,
    found: Posterior,
    prior: Mapping[str, Array],
    seed: int,
    tick: Callable[[], None],
) -> list[RateRow]:
    """Return a row for each cause and for all; a single cause is all."""
    seen = dict.fromkeys((*observed.by_cause, *observed.log.causes)) if observed.log.causes else {}
    rows = []
    for cause in (*seen, ALL):
        believed = found.total if cause == ALL else _marginal(found, observed, cause)
        known = cause in prior
        low, high = np.percentile(prior[cause], [5.0, 95.0]).tolist() if known else (0.0, 0.0)
        start = observed.start_h(cause)
        changes = change(observed, cause, start, seed)
        tick()
        rows.append(
            RateRow(
                cause=cause,
                incidents=len(start),
                exposure_years=observed.log.years,
                prior=(low, high) if known else None,
                posterior=believed if known else None,
                changes=changes,
            )
        )
    return rows


def _marginal(found: Posterior, observed: Observed, cause: str) -> Marginal | None:
    if cause not in observed.by_cause:
        return None
    name = rate_name(cause)
    if name in found.marginals:
        return found.marginals[name]
    value = float(observed.prior.maps[name](np.zeros(1))[0])
    return Marginal(mean=value, sd=0.0, low=value, median=value, high=value)
