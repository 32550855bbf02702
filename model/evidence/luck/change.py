"""Is the rate changing: one step at an unknown time, or a steady trend (MODEL §6).

Both are likelihood ratios against a constant rate, in time rescaled by timing and early life, and
judged by logs of the null that are searched as hard as the log was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from model.arrays import Array, Index
from model.evidence.luck.timeline import Logs, Null, Timeline

LEAST_SHARE = 0.05
LEAST_INCIDENTS = 2
FEWEST = 2 * LEAST_INCIDENTS
LOGS = 1_999
_CELLS = 1_000_000
"""Simulated incidents looked at at once."""
_POINTS = 4_000


@dataclass(frozen=True)
class Step:
    """The likeliest change of the rate; rates per mature year, given that this is the point."""

    p_value: float
    at_h: float
    """Hours from the start of the exposure: the first incident of the new rate, or the last of the
    old one, whichever fits better."""
    earliest_h: float
    latest_h: float
    """90 % of the points that might be it, given that there is one (flat prior, Jeffreys rates)."""
    before: int
    after: int
    rate_before: float
    rate_after: float

    @property
    def ratio(self) -> float:
        """How many times the rate before is the rate after."""
        return self.rate_after / self.rate_before


@dataclass(frozen=True)
class Trend:
    """A rate that grows or falls by the same factor every mature year."""

    p_value: float
    factor_per_year: float


def find_changes(
    start_h: Array,
    timeline: Timeline,
    rng: np.random.Generator,
    *,
    repeat_ratio: object = 0.0,
    lag_h: object = 24.0,
    logs: int = LOGS,
) -> tuple[Step | None, Trend | None]:
    """Find the likeliest step and trend of the rate; None with fewer than 4 incidents each.

    Starts in hours from the start of the exposure, repeats as numbers or draws of a belief. Both
    p-values count how many of the same logs without a change show as strong a one somewhere. No
    step where there is no place for it.
    """
    start = np.sort(start_h)
    if len(start) < FEWEST:
        return None, None
    ratio = np.asarray(repeat_ratio, dtype=float)
    greatest, steepest = [], []
    for count in _blocks(logs, len(start)):
        null = _null_logs(len(start), timeline, ratio, lag_h, count, rng)
        share = timeline.share(null.start_h)
        greatest.append(_greatest(*_ratios(null.log, share, count), null.log, count))
        steepest.append(_trends(null.log, share, count)[1])
    step = _step(start, timeline, np.concatenate(greatest), float(np.mean((1.0 - ratio) ** -2.0)))
    return step, _slope(start, timeline, np.concatenate(steepest))


def _blocks(logs: int, incidents: int) -> list[int]:
    """Divide logs into numbers of them that memory holds at once."""
    size = max(_CELLS // incidents, 1)
    return [min(size, logs - first) for first in range(0, logs, size)]


def _step(start: Array, timeline: Timeline, simulated: Array, dispersion: float) -> Step | None:
    n = len(start)
    ratios, before = _ratios(np.zeros(n, dtype=np.int64), timeline.share(start), 1)
    if not np.isfinite(ratios).any():
        return None
    best = int(np.nanargmax(np.where(np.isfinite(ratios), ratios, np.nan)))
    at_h, first = float(start[best % n]), int(before[best])
    earliest_h, latest_h = _where(timeline.share(start), timeline, dispersion)
    years = float(timeline.share(start[best % n])) * timeline.mature_years
    return Step(
        p_value=_p_value(simulated, float(ratios[best])),
        at_h=at_h,
        earliest_h=earliest_h,
        latest_h=latest_h,
        before=first,
        after=n - first,
        rate_before=first / years,
        rate_after=(n - first) / (timeline.mature_years - years),
    )


def _slope(start: Array, timeline: Timeline, simulated: Array) -> Trend:
    own = np.zeros(len(start), dtype=np.int64)
    slope, ratio = _trends(own, timeline.share(start), 1)
    factor = float(np.exp(slope[0] / timeline.mature_years))
    return Trend(_p_value(simulated, float(ratio[0])), factor)


def _trends(log: Index, share: Array, logs: int) -> tuple[Array, Array]:
    """Return the slope of each log and its log likelihood ratio, `(logs,)` each."""
    counts = np.bincount(log, minlength=logs)
    sums = np.bincount(log, weights=share, minlength=logs)
    return _trend(np.where(counts > 0, sums / np.maximum(counts, 1), 0.5), counts)


def _null_logs(
    n: int,
    timeline: Timeline,
    ratio: Array,
    lag_h: object,
    logs: int,
    rng: np.random.Generator,
) -> Logs:
    """Simulate logs of a constant rate: of `n` incidents, with repeats of `n` on average."""
    if np.any(ratio > 0):
        return Null.of(timeline, n * (1.0 - ratio), ratio, lag_h).simulate(logs, rng)
    start = np.sort(timeline.hours_at(rng.random((logs, n))), axis=1)
    return Logs(np.repeat(np.arange(logs), n), start.ravel())


def _ratios(log: Index, share: Array, logs: int) -> tuple[Array, Index]:
    """Return log likelihood ratios of a step just before and just after each incident, `(2n,)`.

    Incidents sorted by log and time; also how many come before the step. Not allowed is −inf.
    """
    counts = np.bincount(log, minlength=logs)
    place = np.arange(len(log)) - (np.cumsum(counts) - counts)[log]
    before = np.concatenate([place, place + 1])
    n, s = np.tile(counts[log], 2), np.tile(share, 2)
    after = n - before
    allowed = (np.minimum(before, after) >= LEAST_INCIDENTS) & (np.minimum(s, 1 - s) >= LEAST_SHARE)
    first, then = np.where(allowed, before, 1), np.where(allowed, after, 1)
    n, s = np.where(allowed, n, 2), np.where(allowed, s, 0.5)
    ratio = first * np.log(first / (n * s)) + then * np.log(then / (n * (1 - s)))
    return np.where(allowed, ratio, -np.inf), before


def _where(share: Array, timeline: Timeline, dispersion: float) -> tuple[float, float]:
    """Return 5 % and 95 % of the point of change in hours, rates integrated out.

    Incidents that trigger others come in families: `dispersion` (1 − ratio)⁻², by which the number
    of incidents varies more than one of independent ones, says how many of them count as one.
    """
    s = np.linspace(LEAST_SHARE, 1 - LEAST_SHARE, _POINTS)
    before = np.searchsorted(share, s) / dispersion
    after = len(share) / dispersion - before
    log_weight = gammaln(before + 0.5) - (before + 0.5) * np.log(s)
    log_weight += gammaln(after + 0.5) - (after + 0.5) * np.log(1 - s)
    weight = np.cumsum(np.exp(log_weight - log_weight.max()))
    low, high = timeline.hours_at(np.interp([0.05, 0.95], weight / weight[-1], s)).tolist()
    return low, high


def _greatest(ratios: Array, before: Index, log: Index, logs: int) -> Array:
    """Return the greatest ratio of each log, 0 where no step is allowed, `(logs,)`."""
    greatest = np.zeros(logs)
    np.maximum.at(greatest, np.tile(log, 2), ratios)
    return greatest


def _trend(mean: Array, n: Index) -> tuple[Array, Array]:
    """Return slope β of the log rate per whole exposure and log likelihood ratio, `(logs,)`.

    The density β·e^(βu)/(e^β − 1) has its greatest likelihood where its mean is that of u.
    """
    mean = np.clip(mean, 1e-3, 1 - 1e-3)
    slope = 12.0 * (mean - 0.5)
    for _ in range(60):
        expected, variance = _tilted(slope)
        slope = np.clip(slope + np.clip((mean - expected) / variance, -3.0, 3.0), -1e3, 1e3)
    half = np.abs(slope) / 2
    # ln((e^β − 1)/β) = β/2 + ln(sinh(β/2)/(β/2)), even in β but for its first term.
    small = half < 1e-4
    safe = np.where(small, 1.0, half)
    log_sinh = np.where(small, half**2 / 6, safe + np.log(-np.expm1(-2 * safe) / (2 * safe)))
    return slope, np.asarray(n * (slope * (mean - 0.5) - log_sinh))


def _tilted(slope: Array) -> tuple[Array, Array]:
    """Return mean and variance of u under a density ∝ e^(slope·u) on [0, 1]."""
    small = np.abs(slope) < 1e-3
    b = np.where(small, 1.0, slope)
    mean = 1.0 / -np.expm1(-b) - 1.0 / b
    variance = 1.0 / b**2 - 1.0 / (4.0 * np.sinh(np.clip(b / 2, -300, 300)) ** 2)
    return np.where(small, 0.5 + slope / 12, mean), np.where(small, 1 / 12, variance)


def _p_value(simulated: Array, observed: float) -> float:
    return float((1 + np.count_nonzero(simulated >= observed)) / (1 + len(simulated)))
