"""The chain of MODEL §4 (items 1–7) by plain time-stepping, the reference the engine is held to.

Nothing here is clever on purpose. The freshness deficit D is stepped through its differential
equation (Crank–Nicolson), every loss is a midpoint sum over a graded grid. Every kink of an
integrand (start, end, end of catch-up, every full hour) is a grid point, so that hourly profiles
enter exactly and the error is of second order in the step.

Where MODEL leaves room, this is how it is read:

- Failover is literally two overlaid incidents: each phase has its own end, and its trust and
  supply drop happen there. The supply drops add before they pass through m.
- A phase without impairment (residual 0 or 1) does not exist; the incident runs until its last
  existing phase ends.
- playback_shield applies whether or not the failover worked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LONGEST_STEP_H = 1.0 / 60.0  # while anything runs or catches up
STEPS_PER_SCALE = 100  # steps within each duration, catch-up or time constant
GROWTH = 1.0 / 400.0  # step ÷ time since the last kink, once the finest scale has passed
TIME_CONSTANTS = 25.0  # a tail is cut where e^-25 = 1e-11 of it is left
MONTH_H = 730.0
TRUST_APART_H = 1.0  # incidents nearer to each other than this are one for trust


@dataclass(frozen=True)
class Case:
    """One incident in one world; shares in [0, 1], hours unless the name in MODEL §2 has days."""

    start_h: float
    duration_h: float
    publish_loss: float
    playback_loss: float
    ads_loss: float
    daily_users: float
    minutes_per_user_day: float
    visits_per_user_day: float
    uploads_per_day: float
    retry_share: float
    catch_up: float
    timeliness_half_life: float
    attrition_per_failed_day: float
    attrition_recovery: float  # days
    content_half_life: float
    fresh_share: float
    freshness_elasticity: float
    return_lag: float  # ratio to the duration
    failure_return_effect: float
    recovery: float  # days
    permanent_share: float
    retention_horizon: float  # months of 730 h
    recurrence_gain: float
    cpm_sensitivity: float
    failed_over: bool
    residual_impairment: float
    failover_time_h: float
    playback_shield: float
    trust_before: float = 0.0  # T₋, trust still missing at the start
    trust_factor: float = 1.0  # what neighbours and the limits make of the drop by itself


@dataclass(frozen=True)
class Phase:
    """A constant impairment from the incident's start on; hours since that start."""

    hours: float
    playback: float
    ads: float
    shortfall: float  # b
    catch_up: float  # c
    posting: float  # q·v·b·d/c, fresh-equivalent backlog posted per hour
    return_h: float  # mean return delay
    supply_drop: float  # Δ
    trust_drop: float  # this phase's part of ΔT

    @property
    def caught_up(self) -> float:
        """Hours from the incident's start to the end of this phase's catch-up."""
        return self.hours + self.catch_up

    def shortfall_at(self, u: Array) -> Array:
        """Right-hand side of the equation for D, u hours after the start."""
        posting = np.where(u < self.caught_up, -self.posting, 0.0)
        return np.where(u < self.hours, self.shortfall, posting)

    def unavailable_at(self, u: Array) -> Array:
        """1 − A, u hours after the start."""
        after = np.zeros_like(u)
        if self.return_h > 0.0:
            after = np.exp(-np.maximum(u - self.hours, 0.0) / self.return_h)
        return self.playback * np.where(u < self.hours, 1.0, after)


def step(
    case: Case, demand: Array, price: Array, uploads: Array, refine: int = 1
) -> dict[str, float]:
    """Step one incident through MODEL §4.1–8: revenue-hours, uploads, hours, minutes.

    demand, price and uploads (w, r, p) hold one value per hour since the start of the year and
    count as 1 beyond their end. impressions_lost is in minutes (÷ 60 × ad load = impressions).
    refine divides every step, to show convergence.
    """
    phases = _phases(case, uploads)
    hours = np.arange(max(demand.size, price.size)) + 0.5
    revenue = _hourly(demand, hours) * _hourly(price, hours)
    failed = case.uploads_per_day / 24.0 * sum(p.shortfall * p.hours for p in phases)
    trust = _trust(case, phases, revenue, refine)
    retention = trust["retention_temporary"] + trust["retention_permanent"]
    return {
        **_fast(case, phases, demand, revenue, refine),
        "creator_attrition": _attrition(case, phases, revenue, refine),
        **trust,
        **_viewing_lost_later(case, phases, demand, refine),
        "ad_price": case.cpm_sensitivity * retention,
        "failed_uploads": failed,
        "abandoned_uploads": (1.0 - case.retry_share) * failed,
        "trust_drop": sum(p.trust_drop for p in phases),
    }


def _viewing_lost_later(
    case: Case, phases: Sequence[Phase], demand: Array, refine: int
) -> dict[str, float]:
    """What shops and subscriptions lose in the slow links: demand alone, and no weight at all."""
    flat = _trust(case, phases, np.ones(0), refine)
    return {
        "commerce_attrition": _attrition(case, phases, demand, refine),
        "commerce_retention": sum(_trust(case, phases, demand, refine).values()),
        "subscriptions": flat["retention_permanent"],
    }


def playback_running(case: Case, revenue: Array) -> float:
    """∫wr(1 − A) while phases run, without the return of viewers."""
    at, lost = case.start_h, 0.0
    for loss, hours in _playback_pieces(case):
        lost += loss * _integral(revenue, at, at + hours)
        at += hours
    return lost


def with_trust(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Tell one year's incidents, in order of start and not overlapping, what came before them.

    Those less than an hour apart are one for trust: the same viewers are hit for as long as either
    runs, and the drop is shared out by what each would have dropped by itself.
    """
    done: list[Case] = []
    for one in _neighbours(cases):
        missing = sum(_trust_missing(earlier, one[0].start_h) for earlier in done)
        apart = [replace(case, trust_before=missing) for case in one]
        alone = sum(sum(p.trust_drop for p in _phases(case, np.ones(0))) for case in apart)
        pieces = [piece for case in apart for piece in _playback_pieces(case)]
        drop = min(_trust_drop(apart[0], pieces), 1.0, 1.0 - missing)
        factor = drop / alone if alone > 0.0 else 1.0
        done += [replace(case, trust_factor=factor) for case in apart]
    return tuple(done)


def _neighbours(cases: Sequence[Case]) -> list[list[Case]]:
    """The cases in runs, each of which begins an hour or more after the end of the last."""
    runs: list[list[Case]] = []
    for case in cases:
        last = runs[-1][-1] if runs else None
        near = last is not None and case.start_h - _end_h(last) < TRUST_APART_H
        runs = [*runs[:-1], [*runs[-1], case]] if near else [*runs, [case]]
    return runs


def _end_h(case: Case) -> float:
    return case.start_h + max(p.hours for p in _phases(case, np.ones(0)))


def _playback_pieces(case: Case) -> list[tuple[float, float]]:
    """Playback loss and hours of each stretch of the incident, one after the other."""
    phases = _phases(case, np.ones(0))
    edges = sorted({0.0, *(p.hours for p in phases)})
    return [
        (sum(p.playback for p in phases if p.hours >= right), right - left)
        for left, right in pairwise(edges)
    ]


def _trust_drop(case: Case, pieces: Sequence[tuple[float, float]]) -> float:
    """φ·∫₀¹ (1 − e^(−v·τ/24))·bracket(τ) dy with τ(y) the hours of a playback loss above y."""
    levels = sorted({0.0, *(loss for loss, _ in pieces)})
    drop = 0.0
    for below, above in pairwise(levels):
        hours = sum(h for loss, h in pieces if loss >= above)
        drop += (above - below) * _harm(case, hours)
    return case.failure_return_effect * drop


def _harm(case: Case, hours: float) -> float:
    """Share of viewers hit within so many hours × how much more a repeated failure harms."""
    met = 1.0 - np.exp(-case.visits_per_user_day * hours / 24.0)
    effect, already = case.failure_return_effect, 0.0
    if effect > 0.0:
        already = min(1.0, case.trust_before / effect)
    further_days = 1.0 - np.exp(-max(0.0, hours / 24.0 - 1.0))
    return float(met * (1.0 + case.recurrence_gain * (already + further_days)))


def _trust_missing(case: Case, at_h: float) -> float:
    """Trust the incident still holds back at at_h, hours since the start of the year."""
    missing = 0.0
    for phase in _phases(case, np.ones(0)):  # trust does not depend on the uploads profile
        since_h = at_h - (case.start_h + phase.hours)
        permanent = case.permanent_share if since_h < case.retention_horizon * MONTH_H else 0.0
        decaying = (1.0 - case.permanent_share) * np.exp(-since_h / (24.0 * case.recovery))
        missing += phase.trust_drop * float(permanent + decaying)
    return missing


def _phases(case: Case, uploads: Array) -> tuple[Phase, ...]:
    """One phase, or under failover two with the same start (MODEL §3, Failover)."""
    if not case.failed_over or case.failover_time_h >= case.duration_h:
        return (_phase(case, 1.0, case.duration_h, uploads),)
    kappa = case.residual_impairment
    parts = ((1.0 - kappa, case.failover_time_h), (kappa, case.duration_h))
    return tuple(_phase(case, s, h, uploads) for s, h in parts if s > 0.0)


def _phase(case: Case, scale: float, hours: float, uploads: Array) -> Phase:
    """Derived quantities of items 1, 3, 6 and 7 for scale × the impairments over hours."""
    mean_uploads = _integral(uploads, case.start_h, case.start_h + hours) / hours
    shortfall = scale * case.publish_loss * mean_uploads
    backlog = case.retry_share * shortfall * hours
    catch_up = max(case.catch_up, backlog)
    worth = 2.0 ** (-((hours + catch_up) / 2.0) / case.timeliness_half_life)
    playback = scale * case.playback_loss * (1.0 - case.playback_shield)
    drop = case.failure_return_effect * playback * _harm(case, hours)
    return Phase(
        hours=hours,
        playback=playback,
        ads=scale * case.ads_loss,
        shortfall=shortfall,
        catch_up=catch_up,
        posting=worth * backlog / catch_up,
        return_h=case.return_lag * hours,
        supply_drop=min(1.0, case.attrition_per_failed_day * shortfall * hours / 24.0),
        trust_drop=case.trust_factor * drop,
    )


def _fast(
    case: Case, phases: Sequence[Phase], demand: Array, hourly_revenue: Array, refine: int
) -> dict[str, float]:
    """Items 2–5: running, return, catch-up and the decay of the freshness deficit."""
    lifetime_h = case.content_half_life / np.log(2.0)
    length, middle = _fast_grid(case.start_h, phases, lifetime_h, refine)
    deficit = _deficit(length, sum(p.shortfall_at(middle) for p in phases), lifetime_h)

    unavailable = sum(p.unavailable_at(middle) for p in phases)
    available = 1.0 - unavailable
    engaged = _engagement(deficit, case)
    running = middle < max(p.hours for p in phases)
    unserved = available * engaged * sum(np.where(middle < p.hours, p.ads, 0.0) for p in phases)

    viewers = _hourly(demand, case.start_h + middle) * length
    revenue = _hourly(hourly_revenue, case.start_h + middle) * length
    freshness = revenue * available * (1.0 - engaged)
    minutes_per_h = case.daily_users * case.minutes_per_user_day / 24.0
    minutes_lost = minutes_per_h * np.sum(viewers * (1.0 - available * engaged))
    return {
        "playback": float(np.sum(revenue * unavailable)),
        "freshness": float(np.sum(freshness)),
        "freshness_running": float(np.sum(freshness[running])),
        "ad_serving": float(np.sum(revenue * unserved)),
        "freshness_deficit_h": float(np.sum(deficit * length)),
        "minutes_lost": float(minutes_lost),
        "commerce_playback": float(np.sum(viewers * unavailable)),
        "commerce_freshness": float(np.sum(viewers * available * (1.0 - engaged))),
        "impressions_lost": float(minutes_lost + minutes_per_h * np.sum(viewers * unserved)),
    }


def _deficit(length: Array, shortfall: Array, lifetime_h: float) -> Array:
    """Step τ·dD/dt = shortfall − D from D = 0 by Crank–Nicolson; D in the middle of each step."""
    half = length / (2.0 * lifetime_h)
    keep, gain = (1.0 - half) / (1.0 + half), 2.0 * half * shortfall / (1.0 + half)
    values = [0.0]
    for k, g in zip(keep.tolist(), gain.tolist(), strict=True):
        values.append(k * values[-1] + g)
    ends = np.array(values)
    return (ends[1:] + ends[:-1]) / 2.0


def _engagement(deficit: Array, case: Case) -> Array:
    """m(D) of item 3: a feed fresher than usual earns nothing, one cannot be staler than wholly."""
    clipped, fresh = np.clip(deficit, 0.0, 1.0), case.fresh_share
    if fresh == 0.0:
        return np.exp(-case.freshness_elasticity * clipped)
    return (1.0 - fresh * clipped) ** (case.freshness_elasticity / fresh)


def _attrition(case: Case, phases: Sequence[Phase], revenue: Array, refine: int) -> float:
    """Item 6: the supply still missing after each end, through m."""
    constant_h = 24.0 * case.attrition_recovery
    length, middle = _tail_grid(case.start_h, phases, constant_h, refine)
    missing = sum(p.supply_drop * _decay(middle - p.hours, constant_h) for p in phases)
    lost = 1.0 - _engagement(missing, case)
    return float(np.sum(_hourly(revenue, case.start_h + middle) * lost * length))


def _trust(case: Case, phases: Sequence[Phase], revenue: Array, refine: int) -> dict[str, float]:
    """Item 7: the decaying part of the drop, and the part that stays until the horizon."""
    constant_h = 24.0 * case.recovery
    length, middle = _tail_grid(case.start_h, phases, constant_h, refine)
    missing = sum(p.trust_drop * _decay(middle - p.hours, constant_h) for p in phases)
    temporary = float(np.sum(_hourly(revenue, case.start_h + middle) * missing * length))
    permanent = 0.0
    for p in phases:
        end_h = case.start_h + p.hours
        horizon_h = end_h + case.retention_horizon * MONTH_H
        permanent += p.trust_drop * _integral(revenue, end_h, horizon_h)
    return {
        "retention_temporary": (1.0 - case.permanent_share) * temporary,
        "retention_permanent": case.permanent_share * permanent,
    }


def _decay(since_h: Array, constant_h: float) -> Array:
    """e^(−t/constant) from 0 on, 0 before."""
    return np.where(since_h > 0.0, np.exp(-np.maximum(since_h, 0.0) / constant_h), 0.0)


def _fast_grid(
    start_h: float, phases: Sequence[Phase], lifetime_h: float, refine: int
) -> tuple[Array, Array]:
    """Steps from the start until return and freshness have died out, fine after every kink."""
    kinks = sorted({0.0, *(p.hours for p in phases), *(p.caught_up for p in phases)})
    stop = kinks[-1] + TIME_CONSTANTS * max(lifetime_h, *(p.return_h for p in phases))
    acting = [x for p in phases for x in (p.hours, p.catch_up, p.return_h) if x > 0.0]
    first = min(LONGEST_STEP_H, min([lifetime_h, *acting]) / STEPS_PER_SCALE)
    longest = [_longest(left, phases) for left in kinks]
    return _steps(start_h, [*kinks, stop], first, longest, refine)


def _longest(left: float, phases: Sequence[Phase]) -> float:
    """Longest step from the kink at left on: a hundredth of what runs or catches up there."""
    running = [p.hours for p in phases if left < p.hours]
    posting = [p.catch_up for p in phases if p.hours <= left < p.caught_up]
    if not running and not posting:
        return 1.0
    return min(LONGEST_STEP_H, min([*running, *posting]) / STEPS_PER_SCALE)


def _tail_grid(
    start_h: float, phases: Sequence[Phase], constant_h: float, refine: int
) -> tuple[Array, Array]:
    """Steps of a slow tail from the first end on, at most an hour each."""
    ends = sorted({p.hours for p in phases})
    longest = min(1.0, constant_h / STEPS_PER_SCALE)
    stop = ends[-1] + TIME_CONSTANTS * constant_h
    return _steps(start_h, [*ends, stop], longest, [longest] * len(ends), refine)


def _steps(
    start_h: float, kinks: Sequence[float], first: float, longest: Sequence[float], refine: int
) -> tuple[Array, Array]:
    """Length and middle (hours since start_h) of all steps; no step crosses a kink or full hour."""
    pieces = [
        _graded(left, right, first / refine, GROWTH / refine, most / refine)
        for left, right, most in zip(kinks[:-1], kinks[1:], longest, strict=True)
    ]
    full_hours = np.arange(np.floor(start_h + kinks[0]) + 1.0, start_h + kinks[-1]) - start_h
    grid = np.unique(np.concatenate([*pieces, full_hours]))
    return np.diff(grid), (grid[1:] + grid[:-1]) / 2.0


def _graded(left: float, right: float, first: float, growth: float, longest: float) -> Array:
    """Points from left to right; steps grow with the distance from left, first to longest."""
    points, distance = [left], 0.0
    while left + distance < right:
        distance += min(max(first, growth * distance), longest)
        points.append(min(left + distance, right))
    return np.array(points)


def _hourly(values: Array, at_h: Array) -> Array:
    """The hourly profile's value at each time, 1 beyond its end."""
    index = np.floor(at_h).astype(np.int64)
    return np.append(values, 1.0)[np.minimum(index, values.size)]


def _integral(values: Array, from_h: float, to_h: float) -> float:
    """Exact integral of an hourly profile."""
    edges = np.concatenate([[from_h], np.arange(np.floor(from_h) + 1.0, to_h), [to_h]])
    return float(np.sum(_hourly(values, (edges[1:] + edges[:-1]) / 2.0) * np.diff(edges)))
