"""The fast links in closed form, for incidents that leave the feed only a little stale.

While the freshness deficit D is small, session time lost is a short power series in D. D is made of
exponentials, and so are its powers: what they cost against the calendar is known exactly from the
tables of `calendar.Fading`. The cubic term and some products are approximate; incidents for which
that is not enough are marked, and `sessions` prices those by panels (MODEL §4.3–5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Mask
from model.chain.freshness import LN2
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.worlds.calendar import Calendar, Cumulative, Fading

_TOLERATED_H = 4e-5
_TOLERATED_SHARE = 0.0025
"""Estimated error of the freshness loss, absolute and relative, up to which it stands."""
_SHORTEST_H = 0.2  # time constants below are not worth a special case
_TOLERATED_CHANGE = 0.01
"""Change of the hours lost by another month's ad price up to which an estimate of it stands."""
_BACK = 5.0  # return lags after which almost all are back
_NEAR_H = 4e-5  # revenue-hours up to which one weight does for what fades with λ or with both
_OVER = 7.0  # return lags after which nobody is away any more
_GONE = float(np.exp(-_OVER))


@dataclass(frozen=True)
class _Course:
    """How the feed goes stale and recovers; hours after the end of the incident are `x`."""

    tau_h: Array
    left: Array
    """e^(−d/τ)."""
    left_late: Array
    """e^(−c/τ)."""
    peak: Array
    """Deficit at the end of the incident."""
    swing: Array
    """Peak plus surplus: catching up, D = swing·e^(−x/τ) − surplus."""
    last: Array
    """Deficit at the end of the catch-up."""

    @staticmethod
    def of(incidents: PhasedIncidents, backlog: Backlog, links: Links) -> _Course:
        """Follow the deficit through its three laws (MODEL §4.2)."""
        tau = links.content_half_life / LN2
        left = np.exp(incidents.duration_h[0] / -tau)
        left_late = np.exp(backlog.catch_up_h[0] / -tau)
        peak = backlog.shortfall[0] * (1.0 - left)
        swing = peak + backlog.surplus[0]
        return _Course(tau, left, left_late, peak, swing, swing * left_late - backlog.surplus[0])


@dataclass(frozen=True)
class _Response:
    """1 − m(D) = first·D + second·D² + third·D³ + fourth·D⁴ …, from m = (1 − f·D)^(ε/f)."""

    first: Array
    second: Array
    third: Array
    fourth: Array

    @staticmethod
    def of(links: Links) -> _Response:
        """Expand the response of session time around a fresh feed (MODEL §4.3)."""
        f, first = links.fresh_share, links.freshness_elasticity
        second = first * (f - first) / 2.0
        third = second * (2.0 * f - first) / 3.0
        return _Response(first, second, third, third * (3.0 * f - first) / 4.0)


class _Lost(NamedTuple):
    """Weighted hours lost per incident, `(n,)`."""

    playback: Array
    freshness: Array
    running: Array
    ads: Array
    playback_running: Array


def mild(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, calendar: Calendar
) -> tuple[Session, Mask]:
    """Price incidents of one phase, and mark those that need panels, `(n,)`."""
    course, response = _Course.of(incidents, backlog, links), _Response.of(links)
    lost = _lost(incidents, backlog, links, course, response, calendar.value, calendar.fading)
    rough = _error(incidents, backlog, links, course, response) > np.maximum(
        _TOLERATED_H, _TOLERATED_SHARE * np.abs(lost.freshness)
    )
    rough |= course.peak > 1.0
    rough |= course.tau_h < _SHORTEST_H
    price = calendar.price_at(incidents.start_h)
    lost_h = (lost.playback + lost.freshness) / price
    unserved_h, unwatched_h = lost.ads / price, lost.playback / price
    later, crossing = _another_month(incidents, backlog, links, course, calendar)
    lost_h += later
    crossing |= np.abs(later) > _TOLERATED_CHANGE * np.abs(lost_h)
    apart = np.flatnonzero(crossing & ~rough)
    if len(apart):
        one, its, own = incidents.subset(apart), backlog.subset(apart), links.subset(apart)
        course = _Course.of(one, its, own)
        seen = _lost(
            one, its, own, course, _Response.of(own), calendar.viewing, calendar.viewing_fading
        )
        lost_h[apart] = seen.playback + seen.freshness
        unserved_h[apart] = seen.ads
        unwatched_h[apart] = seen.playback
    session = Session(*lost[:4], lost_h, unserved_h, lost.playback_running, unwatched_h)
    return session, rough


def _another_month(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, course: _Course, calendar: Calendar
) -> tuple[Array, Mask]:
    """Return the viewing hours that another month's ad price adds, and who is still active then.

    A revenue-hour buys more viewing in a month of low prices. The weight of the hours at the
    month's beginning is left out.
    """
    ends = calendar.clock.month_ends_h.take(calendar.month_at(incidents.start_h))
    change = 1.0 - calendar.price_at(ends) / calendar.price_at(incidents.start_h)
    left_h = ends - incidents.start_h
    left_h -= incidents.duration_h[0]
    crossing = left_h < np.maximum(
        backlog.catch_up_h[0], _BACK * links.return_lag * incidents.duration_h[0]
    )
    left_h -= backlog.catch_up_h[0]
    later = np.exp(np.minimum(left_h / -course.tau_h, 0.0))
    later *= course.tau_h * links.freshness_elasticity
    later *= course.last
    later *= change
    return later, crossing


def _lost(
    incidents: PhasedIncidents,
    backlog: Backlog,
    links: Links,
    course: _Course,
    response: _Response,
    cumulative: Cumulative,
    fading: Fading,
) -> _Lost:
    """Return what is lost against one calendar weight."""
    start, d, gone = incidents.start_h, incidents.duration_h[0], incidents.playback_loss[0]
    end = start + d
    posted = end + backlog.catch_up_h[0]
    first, middle, last = (cumulative.deviation(t) for t in (start, end, posted))
    run_h = middle - first
    run_h += d
    catch_h = last - middle
    catch_h += backlog.catch_up_h[0]
    faded = fading.at(course.tau_h)
    begun, begun2 = faded.means(start)
    ended, ended2 = faded.means(end)
    over, over2 = faded.means(posted)
    b, surplus, tau = backlog.shortfall[0], backlog.surplus[0], course.tau_h
    # ∫ of e^(−x/τ) and of its square over the incident and over the catch-up.
    run1 = tau * (begun - course.left * ended)
    late1 = tau * (ended - course.left_late * over)
    half = 0.5 * tau
    run2 = half * (begun2 - course.left**2 * ended2)
    late2 = half * (ended2 - course.left_late**2 * over2)
    running1 = b * (run_h - run1)
    running2 = b * b * (run_h - 2.0 * run1 + run2)
    after1 = course.swing * late1 - surplus * catch_h + course.last * tau * over
    catching2 = surplus * (surplus * catch_h - 2.0 * course.swing * late1)
    catching2 += course.swing**2 * late2
    fading2 = course.last**2 * half * over2
    # The cube is small: its mean over the square is that on flat demand, from a straight rise to
    # a plateau, or in a plain fade.
    running3 = course.peak * running2 * (1.0 - tau / (d + 4.0 * tau))
    both = np.maximum(course.peak + course.last, 1e-9)
    falling = both - course.peak * np.maximum(course.last, 0.0) / both
    after3 = (2 / 3) * (falling * catching2 + course.last * fading2)
    available = 1.0 - gone
    running = response.first * running1 + response.second * running2 + response.third * running3
    running *= available
    freshness = response.first * after1 + response.second * (catching2 + fading2)
    freshness += response.third * after3
    freshness += running
    lag = np.maximum(links.return_lag * d, 1e-12)
    returning = fading.length(end, lag)
    absent1, absent2 = _absent(
        end, lag, returning, posted, course, surplus, response.first * gone, fading
    )
    freshness -= gone * (response.first * absent1 + response.second * absent2)
    down = gone * run_h
    ads = incidents.ads_loss[0] * (available * run_h - running)
    return _Lost(down + gone * returning, freshness, running, ads, down)


def _absent(
    end: Array,
    lag: Array,
    returning: Array,
    posted: Array,
    course: _Course,
    surplus: Array,
    minding: Array,
    fading: Fading,
) -> tuple[Array, Array]:
    """Return ∫ D·e^(−x/λ) and ∫ D²·e^(−x/λ): what viewers who are not back yet cannot mind."""
    both = 1.0 / (1.0 / lag + 1.0 / course.tau_h)
    minded = returning * (both / lag)
    far = np.flatnonzero(minding * course.swing * lag * lag > _NEAR_H * course.tau_h)
    minded[far] = fading.length(end[far], both[far])
    first = course.swing * minded - surplus * returning
    still = np.exp((end - posted) / lag)
    slow = np.flatnonzero(still > _GONE)
    # The square is small, so one mean weight does for all of it.
    weight = minded / both
    twice = 1.0 / (1.0 / lag + 2.0 / course.tau_h)
    second = surplus * (surplus * lag - 2.0 * course.swing * both) + course.swing**2 * twice
    second *= weight
    if len(slow):
        # Past the catch-up the deficit only decays: what the law above has there is replaced.
        t, s, swing = posted[slow], surplus[slow], course.swing[slow]
        absent = still[slow]
        later = fading.length(t, both[slow])
        first[slow] += absent * s * (fading.length(t, lag[slow]) - later)
        beyond = swing * course.left_late[slow]
        law = s * (s * lag[slow] - 2.0 * beyond * both[slow]) + beyond**2 * twice[slow]
        second[slow] -= absent * law * weight[slow]
        second[slow] += absent * course.last[slow] ** 2 * twice[slow] * later / both[slow]
    return first, second


def _error(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, course: _Course, response: _Response
) -> Array:
    """Estimate the error of the freshness loss, revenue-hours: what is approximate or left out."""
    d, tau = incidents.duration_h[0], course.tau_h
    peak, last = np.abs(course.peak), np.abs(course.last)
    running_h = d * (1.0 - 3.75 * tau / (d + 5.0 * tau))
    cubes = peak * peak * peak * (running_h + np.minimum(backlog.catch_up_h[0], tau / 3.0))
    cubes += last * last * last * (tau / 3.0)
    # From one term of the series to the next there is a factor below f·D.
    rest = np.abs(response.fourth) * peak / np.maximum(1.0 - links.fresh_share * peak, 1e-6)
    error = (0.15 * np.abs(response.third) + rest) * cubes
    # The square of what absent viewers cannot mind is rough.
    away = 0.04 / (1.0 / np.maximum(links.return_lag * d, 1e-12) + 2.0 / tau)
    away *= np.maximum(peak, backlog.surplus[0]) ** 2
    away *= incidents.playback_loss[0]
    away *= np.abs(response.second)
    error += away
    return np.asarray(error)
