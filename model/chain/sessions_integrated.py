"""The fast links in hours: staleness, lost playback and unserved ads against the calendar.

One revenue-hour is the ad revenue of an average hour. Integrals over the calendar use panels: on
each panel the loss is a quadratic through three Gauss nodes and the calendar weight enters exactly
through its first three moments, so a panel may span a day and still be right (MODEL §4).
"""

from __future__ import annotations

import numpy as np

from model.arrays import Array, Index, Mask
from model.chain.freshness import LN2, NODES, ROOT, Appetite
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.worlds.calendar import Calendar

PANELS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (0.5, (1.0,)),
    (1.0, (0.35, 1.0)),
    (4.0, (0.05, 0.18, 0.42, 0.7, 1.0)),
    (np.inf, tuple((k / 10) ** 1.7 for k in range(1, 11))),
)
"""Ends of the panels that cut a segment, by stiffness up to which they are accurate."""
_NEGLIGIBLE = 1e-4
_OVER = 5.0  # time constants after which another month's ad price no longer counts

_AT_NODES = np.array(NODES)[:, None, None]


def _weights(reading: tuple[Array, Array, Array], length: Array) -> Array:
    """Weights `(3, panels, n)` of the Gauss nodes: exact moments of the calendar weight.

    `reading` at the edges of the panels, `(panels + 1, n)` each; `length` of the panels.
    """
    first0, second0, third0 = (values[:-1] for values in reading)
    first1, second1, third1 = (values[1:] for values in reading)
    # In short panels the higher moments are nothing but rounding: the weight is constant there.
    double = 2.0 / np.maximum(length, 1e-3)
    moment0 = first1 - first0
    moment1 = first1 + first0
    moment1 -= double * (second1 - second0)
    moment1 *= length > 1e-3
    moment2 = double * (third0 - third1)
    moment2 += second1
    moment2 += second0
    moment2 *= double
    moment2 *= -3.0
    moment2 += moment0
    moment2 *= length > 0.5
    whole = length + moment0
    moment2 *= 5 / 9
    moment1 *= 5 / 6 * ROOT
    even = whole * (5 / 18) + moment2
    out = np.empty((3, *length.shape))
    np.subtract(even, moment1, out=out[0])
    np.subtract(whole * (8 / 18), 2.0 * moment2, out=out[1])
    np.add(even, moment1, out=out[2])
    return out


class _Sweep:
    """Walks a set of incidents from segment to segment, carrying the freshness deficit along."""

    def __init__(
        self,
        incidents: PhasedIncidents,
        backlog: Backlog,
        links: Links,
        calendar: Calendar,
        *,
        steady: bool,
    ) -> None:
        n = len(incidents.start_h)
        self.incidents, self.backlog, self.links, self.calendar = (
            incidents,
            backlog,
            links,
            calendar,
        )
        self.ends = incidents.phase_ends
        self.begins = [0.0] * len(self.ends) if incidents.offset_h is None else incidents.offset_h
        self.appetite = Appetite(links.fresh_share, links.freshness_elasticity)
        self.per_tau = LN2 / links.content_half_life
        self.per_lag = 1.0 / np.maximum(links.return_lag * incidents.duration_h, 1e-12)
        self.deficit, self.at = np.zeros(n), np.zeros(n)
        self.steady, self.price = steady, calendar.price_at(incidents.start_h)
        self.freshness, self.freshness_running, self.ad_serving = np.zeros((3, n))
        self.lost_h, self.unserved_h = np.zeros((2, n))

    def advance(self, end: Array, fractions: Array, *, running: bool, back: bool) -> None:
        """Integrate up to `end` hours after the start; forcing is constant on the way.

        `fractions` `(panels + 1, 1)` of the way, from 0 to 1, are the edges of the panels; once
        viewers are `back`, all of them see what is stale.
        """
        whole = end - self.at
        middle = self.at + 0.5 * whole
        forcing = self._forcing(middle)
        transient = self.deficit - forcing
        begin = fractions * whole
        hours = self.incidents.start_h + self.at + begin
        length = begin[1:] - begin[:-1]
        reading = self.calendar.value.read(hours)
        seen = _weights(reading, length)
        x = length * _AT_NODES
        x += begin[:-1]
        deficit = np.exp(x * -self.per_tau)
        deficit *= transient
        deficit += forcing
        if not back:
            x += self.at
            away = self._unavailable(x)
            away *= seen
            seen -= away
        available = seen.sum(axis=0) if running else seen[0]
        seen *= self.appetite.lost(deficit)
        stale, price = seen.sum(axis=0), self._price(hours, reading[0], length)
        self.freshness += stale.sum(axis=0)
        self.lost_h += (stale / price).sum(axis=0)
        if running:
            self._serve(middle, stale, available, price)
        self.deficit = forcing + transient * np.exp(whole * -self.per_tau)
        self.at = end

    def _price(self, hours: Array, worth: Array, length: Array) -> Array:
        """Return the mean ad price of each panel; exact also where the month changes."""
        if self.steady:
            return self.price
        viewed = np.diff(self.calendar.viewing.deviation(hours), axis=0) + length
        return np.maximum((np.diff(worth, axis=0) + length) / np.maximum(viewed, 1e-12), 1e-12)

    def _serve(self, middle: Array, stale: Array, available: Array, price: Array) -> None:
        """Book the ads that are not served while a phase runs; `(panels, n)` but for `middle`."""
        on = [self._on(k, middle) for k in range(len(self.ends))]
        ads = np.zeros(len(middle))
        for loss, here in zip(self.incidents.ads_loss, on, strict=True):
            ads += loss * here
        unserved = ads * (available - stale)
        self.freshness_running += np.where(np.any(on, axis=0), stale.sum(axis=0), 0.0)
        self.ad_serving += unserved.sum(axis=0)
        self.unserved_h += (unserved / price).sum(axis=0)

    def settle(self) -> None:
        """Let the deficit fade for good: nothing forces it any more."""
        start = self.incidents.start_h + self.at
        # What is linear in the deficit fades with τ, its square with τ/2, the rest about with τ/3.
        tau = 1.0 / self.per_tau
        linear = self.appetite.elasticity * self.deficit
        square = self.appetite.curvature * self.deficit**2
        rest = self.appetite.fading(self.deficit) - linear - 0.5 * square
        fading = self.calendar.fading
        length = fading.length(start, tau)
        stale = linear * length + square * fading.length(start, tau / 2.0)
        stale += 3.0 * rest * fading.length(start, tau / 3.0)
        for k, end in enumerate(self.ends):
            away = self.incidents.playback_loss[k] * np.exp((end - self.at) * self.per_lag[k])
            slow = np.flatnonzero(away > _NEGLIGIBLE)
            if len(slow):
                stale[slow] -= away[slow] * self._still_away(k, slow)
        self.freshness += stale
        if self.steady:
            self.lost_h += stale / self.price
        else:
            self.lost_h += stale * self.calendar.viewing_fading.length(start, tau) / length

    def _still_away(self, k: int, where: Index) -> Array:
        """Return ∫wr·e^(−x/λ)·(1 − m): what absent viewers could not have lost to staleness."""
        links = self.links.subset(where)
        peak = self.deficit[where]
        linear = links.freshness_elasticity * peak
        appetite = Appetite(links.fresh_share, links.freshness_elasticity)
        rest = appetite.lost(peak) - linear
        per_tau = LN2 / links.content_half_life
        lag = self.per_lag[k, where]
        both = 1.0 / (per_tau + lag)
        start = self.incidents.start_h[where] + self.at[where]
        length = self.calendar.fading.length(start, both)
        return np.asarray(length * (linear + rest * (per_tau + lag) / (2.0 * per_tau + lag)))

    def _on(self, k: int, middle: Array) -> Mask:
        """Whether phase `k` runs at this time."""
        on = middle < self.ends[k]
        return np.asarray(on if self.incidents.offset_h is None else on & (middle > self.begins[k]))

    def _forcing(self, middle: Array) -> Array:
        """Supply shortfall that drives the deficit at this time."""
        total = np.zeros_like(middle)
        for k, end in enumerate(self.ends):
            late = (middle > end) & (middle < end + self.backlog.catch_up_h[k])
            total += self._on(k, middle) * self.backlog.shortfall[k]
            total -= late * self.backlog.surplus[k]
        return total

    def _unavailable(self, x: Array) -> Array:
        """1 − A at hours `x` after the start (MODEL §4.3)."""
        total = np.zeros_like(x)
        for k, end in enumerate(self.ends):
            gone = end - x
            gone *= self.per_lag[k]
            np.exp(np.minimum(gone, 0.0, out=gone), out=gone)
            gone *= self.incidents.playback_loss[k]
            total += gone if self.incidents.offset_h is None else gone * (x > self.begins[k])
        return total if self.incidents.offset_h is None else np.minimum(total, 1.0)


def _breakpoints(incidents: PhasedIncidents, backlog: Backlog, links: Links) -> Array:
    """Hours after the start at which the drivers change, in order, `(k, n)`."""
    ends, c = incidents.phase_ends, backlog.catch_up_h
    returning = np.minimum(4.0 * links.return_lag * incidents.duration_h, c)
    points = np.concatenate([ends, ends + returning, ends + c])
    if incidents.offset_h is not None:
        points = np.concatenate([points, incidents.offset_h])
    return points if len(points) == 3 else np.sort(points, axis=0)


def stiffness(incidents: PhasedIncidents, backlog: Backlog, links: Links) -> Array:
    """Return the longest segment of an incident over the half-life of content, `(n,)`."""
    longest = np.maximum(incidents.duration_h, backlog.catch_up_h).max(axis=0)
    return np.asarray(longest * LN2 / links.content_half_life)


def within_a_month(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, calendar: Calendar
) -> Mask:
    """Tell which incidents are over, with their return and staleness, before a month ends."""
    lag = links.return_lag * incidents.duration_h
    ends = incidents.phase_ends + np.maximum(backlog.catch_up_h, _OVER * lag)
    over = incidents.start_h + ends.max(axis=0) + _OVER * links.content_half_life / LN2
    return np.asarray(calendar.month_at(over) == calendar.month_at(incidents.start_h))


def sessions(
    incidents: PhasedIncidents,
    backlog: Backlog,
    links: Links,
    calendar: Calendar,
    *,
    panels: tuple[float, ...] = PANELS[-1][1],
    steady: bool = False,
) -> Session:
    """Price lost playback, staleness and unserved ads, in sequence along the chain (MODEL §4.3–5).

    `panels` cut each segment; see `PANELS`. `steady` says that all is over within a month, so that
    one ad price turns revenue-hours into viewing hours.
    """
    sweep = _Sweep(incidents, backlog, links, calendar, steady=steady)
    phased = len(incidents.duration_h) > 1
    fractions = np.array((0.0, *panels))[:, None]
    for k, end in enumerate(_breakpoints(incidents, backlog, links)):
        sweep.advance(
            end, fractions, running=phased or k == 0, back=len(panels) < 3 and not phased and k == 2
        )
    sweep.settle()
    playback, running, unwatched_h = _playback(incidents, links, calendar, steady=steady)
    return Session(
        playback,
        sweep.freshness,
        sweep.freshness_running,
        sweep.ad_serving,
        sweep.lost_h + unwatched_h,
        sweep.unserved_h,
        running,
        unwatched_h,
    )


def _playback(
    incidents: PhasedIncidents, links: Links, calendar: Calendar, *, steady: bool
) -> tuple[Array, Array, Array]:
    """Return ∫wr(1 − A), its part while phases run, and ∫w(1 − A), until viewers are back."""
    d = incidents.duration_h
    end = incidents.start_h + incidents.phase_ends
    lag = np.maximum(links.return_lag * d, 1e-12)
    running = calendar.value.between(end - d, end)
    hours = running + calendar.fading.length(end, lag)
    running *= incidents.playback_loss
    hours *= incidents.playback_loss
    down, total = running.sum(axis=0), hours.sum(axis=0)
    if steady:
        return total, down, total / calendar.price_at(incidents.start_h)
    viewing = calendar.viewing.between(end - d, end)
    viewing += calendar.viewing_fading.length(end, lag)
    viewing *= incidents.playback_loss
    return total, down, viewing.sum(axis=0)
