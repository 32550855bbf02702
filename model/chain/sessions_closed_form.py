"""The fast links in closed form, for incidents that leave the feed only a little stale.

While the freshness deficit D is small, session time lost is nearly quadratic in D. D is made of
exponentials, and so is its square: what they cost against the calendar is known from the tables of
`calendar.Fading`. How far that can be off is bounded for every incident; where the bound is above
what is tolerated, `sessions` prices the incident by panels (MODEL §4.3–5, "Solvers").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Mask
from model.chain.freshness import LN2, Response
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.worlds.calendar import Calendar, Cumulative, Fading

_TOLERATED_H = 9e-5
_TOLERATED_SHARE = 0.0045
"""Bound of the error of the freshness loss, absolute and relative, up to which it stands."""
_SHORTEST_MONTH_H = 672.0
_SHORTEST_H = 0.2  # squares fade with half of τ, which has to lie within the table
_READ = 1e-4  # error of a reading of the table, per unit of the largest weight
_ROUNDED = 3e-7  # rounding of a reading, likewise: a table of seven digits
_NEAR_H = 2e-5  # revenue-hours up to which one weight does for what fades with λ or with both
_OVER = 10.0  # return lags after which nobody is away any more
_GONE = float(np.exp(-_OVER))


@dataclass(frozen=True, kw_only=True)
class _Course:
    """How the feed goes stale and recovers; hours after the end of the incident are `x`."""

    tau_h: Array
    left: Array
    """e^(−d/τ)."""
    peak: Array
    """Deficit at the end of the incident."""
    swing: Array
    """Peak plus surplus: catching up, D = swing·e^(−x/τ) − surplus."""
    falling_h: Array
    """Hours until the catch-up ends or the feed is fresh again, whichever comes first."""
    left_late: Array
    """e^(−falling/τ)."""
    last: Array
    """Deficit then; from then on it only fades."""

    @staticmethod
    def of(incidents: PhasedIncidents, backlog: Backlog, links: Links) -> _Course:
        """Follow the deficit through its laws for as long as it costs anything (MODEL §4.2)."""
        tau = links.content_half_life / LN2
        left = np.exp(incidents.duration_h[0] / -tau)
        surplus, falling = backlog.surplus[0], backlog.catch_up_h[0]
        peak = backlog.shortfall[0] * (1.0 - left)
        swing = peak + surplus
        left_late = np.exp(falling / -tau)
        last = swing * left_late - surplus
        fresh = np.flatnonzero(last < 0.0)
        if len(fresh):
            falling = falling.copy()
            back = surplus[fresh] / swing[fresh]
            own = tau[fresh] if np.ndim(tau) else tau
            falling[fresh] = np.minimum(falling[fresh], -own * np.log(back))
            left_late[fresh], last[fresh] = back, 0.0
        return _Course(
            tau_h=tau,
            left=left,
            peak=peak,
            swing=swing,
            falling_h=falling,
            left_late=left_late,
            last=last,
        )


class _Lost(NamedTuple):
    """Weighted hours lost per incident, `(n,)`."""

    playback: Array
    freshness: Array
    running: Array
    ads: Array
    stale_running: Array
    """∫wr·D while the incident runs."""
    stale: Array
    """∫wr·D while D is above zero."""
    returning: Array
    """∫wr·e^(−x/λ)."""
    down: Array
    """Of `playback`, without the return of viewers after the end."""


def mild(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, calendar: Calendar
) -> tuple[Session, Mask]:
    """Price incidents of one phase, and mark those that need panels, `(n,)`."""
    course = _Course.of(incidents, backlog, links)
    response = Response.of(links, course.peak)
    lost = _lost(incidents, backlog, links, course, response, calendar.value, calendar.fading)
    running, whole = _bounds(incidents, backlog, links, course, response, lost, calendar.fading)
    rough = whole > np.maximum(_TOLERATED_H, _TOLERATED_SHARE * lost.freshness)
    rough |= running > np.maximum(_TOLERATED_H, _TOLERATED_SHARE * lost.running)
    rough |= course.peak > 1.0
    rough |= (course.tau_h < _SHORTEST_H) | (course.tau_h > calendar.fading.LONGEST_H)
    end = incidents.start_h + incidents.duration_h[0]
    rough |= end + course.falling_h > calendar.fading.last_hour
    price = calendar.price_at(incidents.start_h)
    lost_h = (lost.playback + lost.freshness) / price
    unserved_h, unwatched_h = lost.ads / price, lost.playback / price
    later, unsure, crossing = _another_month(incidents, links, course, calendar)
    lost_h += later
    crossing |= unsure > np.maximum(_TOLERATED_H, _TOLERATED_SHARE * lost_h)
    apart = np.flatnonzero(crossing & ~rough)
    if len(apart):
        one, its, own = incidents.subset(apart), backlog.subset(apart), links.subset(apart)
        course = _Course.of(one, its, own)
        seen = _lost(
            one,
            its,
            own,
            course,
            Response.of(own, course.peak),
            calendar.viewing,
            calendar.viewing_fading,
        )
        lost_h[apart] = seen.playback + seen.freshness
        unserved_h[apart] = seen.ads
        unwatched_h[apart] = seen.playback
    session = Session(
        playback=lost.playback,
        freshness=lost.freshness,
        freshness_running=lost.running,
        ad_serving=lost.ads,
        lost_h=lost_h,
        unserved_h=unserved_h,
        playback_running=lost.down,
        unwatched_h=unwatched_h,
    )
    return session, rough


def _another_month(
    incidents: PhasedIncidents, links: Links, course: _Course, calendar: Calendar
) -> tuple[Array, Array, Mask]:
    """Return the viewing hours that another month's ad price adds, how unsure, and who is active.

    A revenue-hour buys more viewing in a month of low prices. The weight of the hours at the
    month's beginning is left out, and what lasts into the month after.
    """
    ends = calendar.clock.month_ends_h.take(calendar.month_at(incidents.start_h))
    change = 1.0 - calendar.price_at(ends) / calendar.price_at(incidents.start_h)
    left_h = ends - incidents.start_h
    left_h -= incidents.duration_h[0]
    crossing = left_h < np.maximum(
        course.falling_h, _OVER * links.return_lag * incidents.duration_h[0]
    )
    left_h -= course.falling_h
    spilling = np.exp(np.minimum(left_h / -course.tau_h, 0.0))
    spilling *= course.tau_h * links.freshness_elasticity
    spilling *= course.last
    change *= spilling
    spilling *= np.exp(_SHORTEST_MONTH_H / -course.tau_h)
    spilling += np.abs(change)
    return change, spilling, crossing


def _lost(
    incidents: PhasedIncidents,
    backlog: Backlog,
    links: Links,
    course: _Course,
    response: Response,
    cumulative: Cumulative,
    fading: Fading,
) -> _Lost:
    """Return what is lost against one calendar weight."""
    start, d, gone = incidents.start_h, incidents.duration_h[0], incidents.playback_loss[0]
    end = start + d
    fallen = end + course.falling_h
    first, middle, last = (cumulative.deviation(t) for t in (start, end, fallen))
    run_h = middle - first
    run_h += d
    fall_h = last - middle
    fall_h += course.falling_h
    faded = fading.at(course.tau_h)
    begun, begun2 = faded.means(start)
    ended, ended2 = faded.means(end)
    over, over2 = faded.means(fallen)
    b, surplus, tau = backlog.shortfall[0], backlog.surplus[0], course.tau_h
    # ∫ of e^(−x/τ) and of its square over the incident and while the deficit falls.
    run1 = tau * (begun - course.left * ended)
    late1 = tau * (ended - course.left_late * over)
    half = 0.5 * tau
    run2 = half * (begun2 - course.left**2 * ended2)
    late2 = half * (ended2 - course.left_late**2 * over2)
    running1 = b * (run_h - run1)
    running2 = b * b * (run_h - 2.0 * run1 + run2)
    after1 = course.swing * late1 - surplus * fall_h + course.last * tau * over
    after2 = surplus * (surplus * fall_h - 2.0 * course.swing * late1)
    after2 += course.swing**2 * late2
    after2 += course.last**2 * half * over2
    available = 1.0 - gone
    running = response.first * running1 + response.second * running2
    running *= available
    np.maximum(running, 0.0, out=running)
    freshness = response.first * after1 + response.second * after2
    freshness += running
    lag = np.maximum(links.return_lag * d, 1e-12)
    returning = fading.length(end, lag)
    minding = gone * (response.first + response.second * course.peak)
    absent = _absent(end, lag, returning, fallen, course, surplus, minding, fading)
    freshness -= minding * absent
    np.maximum(freshness, 0.0, out=freshness)
    down = gone * run_h
    playback = down + gone * returning
    ads = incidents.ads_loss[0] * (available * run_h - running)
    return _Lost(
        playback=playback,
        freshness=freshness,
        running=running,
        ads=ads,
        stale_running=running1,
        stale=running1 + after1,
        returning=returning,
        down=down,
    )


def _absent(
    end: Array,
    lag: Array,
    returning: Array,
    fallen: Array,
    course: _Course,
    surplus: Array,
    minding: Array,
    fading: Fading,
) -> Array:
    """Return ∫ D·e^(−x/λ), what viewers who are not back yet cannot mind."""
    both = 1.0 / (1.0 / lag + 1.0 / course.tau_h)
    minded = returning * (both / lag)
    far = np.flatnonzero(minding * course.swing * lag * lag > _NEAR_H * course.tau_h)
    minded[far] = fading.length(end[far], both[far])
    absent = course.swing * minded - surplus * returning
    still = np.exp((end - fallen) / lag)
    slow = np.flatnonzero(still > _GONE)
    if len(slow):
        # Past its fall the deficit only fades: what the law above has there is replaced.
        t = fallen[slow]
        later = fading.length(t, lag[slow]) - fading.length(t, both[slow])
        absent[slow] += still[slow] * surplus[slow] * later
    return absent


def _bounds(
    incidents: PhasedIncidents,
    backlog: Backlog,
    links: Links,
    course: _Course,
    response: Response,
    lost: _Lost,
    fading: Fading,
) -> tuple[Array, Array]:
    """Bound the errors of the freshness loss while running and in all, revenue-hours."""
    b, surplus, swing = backlog.shortfall[0], backlog.surplus[0], course.swing
    d, gone = incidents.duration_h[0], incidents.playback_loss[0]
    most = fading.highest
    drift, drift_of_half = fading.at(course.tau_h).drifts()
    # Neighbouring readings disagree a little in every hour; their difference adds that up.
    linear = response.slope * drift
    square = np.abs(response.second) * (2.0 * drift + 0.5 * drift_of_half)
    rounded = (_ROUNDED * most) * response.slope
    running = (d + 1.0) * (linear + b * square)
    running += rounded
    running *= course.tau_h * b
    falling = (course.falling_h + 1.0) * (linear + swing * square)
    falling += rounded
    falling *= swing
    falling += (_READ * most * response.slope) * course.last
    falling *= course.tau_h
    # Of the absent D² counts as peak·D, off by D·(peak − D): that is below peak²/4, and at first
    # below peak·swing·x/τ.
    lag = links.return_lag * d
    apart = (most * swing) * (lag * lag / course.tau_h)
    np.minimum(apart, (0.25 * course.peak) * lost.returning, out=apart)
    apart *= np.abs(response.second) * course.peak
    absent = (_READ + _GONE) * most * response.slope * (swing + surplus)
    absent *= lag
    absent += apart
    absent *= gone
    absent += _NEAR_H
    bound = running + falling
    bound += absent
    bound += response.off * lost.stale
    running += response.off * lost.stale_running
    return running, bound
