"""The fast links: publishing → freshness → sessions → ad inventory, priced in revenue-hours.

Pure functions, arrays in, arrays out. An incident may run in two overlaid phases (failover, MODEL
§3); arrays that belong to a phase have shape `(phases, n)`, all others `(n,)` or scalar. One
revenue-hour is the ad revenue of an average hour. Integrals over the calendar use panels: on each
panel the loss is a quadratic through three Gauss nodes and the calendar weight enters exactly
through its first three moments, so a panel may span a day and still be right (MODEL §4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.calendar import Calendar, Cumulative

Array = NDArray[np.float64]

LN2 = float(np.log(2.0))
_ROOT = float(np.sqrt(0.6))
_NODES = np.array([(1 - _ROOT) / 2, 0.5, (1 + _ROOT) / 2])[:, None]
_TAIL = (0.0, 0.35, 1.1, 2.4, 5.0)
_STIFF = 0.8
_GRADED = tuple((k / 8) ** 2 for k in range(9))


@dataclass(frozen=True)
class Incidents:
    """Incidents as they hit the platform; start `(n,)` h, the rest `(phases, n)`."""

    start_h: Array
    duration_h: Array
    publish_loss: Array
    playback_loss: Array
    ads_loss: Array
    offset_h: Array | None = None
    """Hours after the start at which each phase begins; None: all with the start."""

    @property
    def end_h(self) -> Array:
        """Hour at which the last phase ends, `(n,)`."""
        return self.start_h + self.phase_ends.max(axis=0)

    @property
    def phase_ends(self) -> Array:
        """Hours after the start at which each phase ends, `(phases, n)`."""
        return self.duration_h if self.offset_h is None else self.offset_h + self.duration_h

    def subset(self, where: NDArray[np.bool_] | NDArray[np.int64]) -> Incidents:
        """Return the incidents selected by a mask or by indices."""
        return Incidents(
            self.start_h[where],
            self.duration_h[:, where],
            self.publish_loss[:, where],
            self.playback_loss[:, where],
            self.ads_loss[:, where],
            None if self.offset_h is None else self.offset_h[:, where],
        )


@dataclass(frozen=True)
class Links:
    """World values the fast links need, each `(n,)` per incident or scalar; units as MODEL §2."""

    uploads_per_day: Array
    retry_share: Array
    catch_up: Array
    timeliness_half_life: Array
    content_half_life: Array
    fresh_share: Array
    freshness_elasticity: Array
    return_lag: Array

    def subset(self, where: NDArray[np.bool_] | NDArray[np.int64]) -> Links:
        """Return the values of the selected incidents; scalars stay scalars."""
        return Links(*(v[where] if np.ndim(v) else v for v in vars(self).values()))


class Backlog(NamedTuple):
    """What failed publishing leaves behind; `(phases, n)` unless said otherwise."""

    shortfall: Array
    """Relative supply missing while running (b)."""
    catch_up_h: Array
    """Hours over which the deferred uploads are posted after the end (c)."""
    surplus: Array
    """Relative extra supply while catching up (q·v·b·d/c)."""
    failed_uploads: Array
    """`(n,)`."""
    abandoned_uploads: Array
    """`(n,)`."""
    deficit_h: Array
    """∫D dt, hours of a wholly missing fresh supply, `(n,)`."""


def publishing(incidents: Incidents, links: Links, posting: Cumulative) -> Backlog:
    """Return the backlog of deferred uploads and the supply it feeds back (MODEL §4.1)."""
    d = incidents.duration_h
    ends = incidents.start_h + incidents.phase_ends
    mean_uploads = posting.between(ends - d, ends) / d
    b = incidents.publish_loss * mean_uploads
    failed_h = b * d
    q = links.retry_share
    c = np.maximum(links.catch_up, q * failed_h)
    value = np.exp(-(0.5 * LN2) * (d + c) / links.timeliness_half_life)
    failed = (links.uploads_per_day / 24.0) * failed_h.sum(axis=0)
    return Backlog(
        b,
        c,
        q * value * failed_h / c,
        failed,
        (1.0 - q) * failed,
        (failed_h * (1.0 - q * value)).sum(axis=0),
    )


def viewing_lost(deficit: Array, fresh_share: Array, elasticity: Array) -> Array:
    """Return 1 − m(D): the share of session time lost at freshness deficit D (MODEL §4.3).

    m = (1 − f·min(D, 1))^(ε/f), which has slope −ε at D = 0 and stays finite at D = 1.

    >>> f, e = np.array(0.5), np.array(0.1)
    >>> viewing_lost(np.array([0.0, 1.0, 2.0]), f, e).round(4).tolist()
    [0.0, 0.1294, 0.1294]
    """
    f = np.maximum(fresh_share, 1e-12)
    with np.errstate(divide="ignore"):
        power = np.log1p(-f * np.minimum(deficit, 1.0))
    return np.asarray(-np.expm1(np.maximum(power, -1e300) * (elasticity / f)))


def _weights(start: tuple[Array, ...], end: tuple[Array, ...], length: Array) -> Array:
    """Weights `(3, n)` of the Gauss nodes of one panel: exact moments of the calendar weight."""
    first0, second0, third0 = start
    first1, second1, third1 = end
    per_h = 1.0 / np.maximum(length, 1e-9)
    moment0 = first1 - first0
    moment1 = (first1 + first0) - 2.0 * per_h * (second1 - second0)
    moment2 = moment0 - 6.0 * per_h * (
        (second1 + second0) - 2.0 * per_h * (third1 - third0)
    )
    even = (length + moment0) * (5 / 18) + moment2 * (5 / 9)
    odd = moment1 * (5 / 6 * _ROOT)
    return np.stack([even - odd, (length + moment0) * (8 / 18) - moment2 * (10 / 9), even + odd])


class Session(NamedTuple):
    """Losses of the fast links per incident, `(n,)`, revenue-hours unless said otherwise."""

    playback: Array
    freshness: Array
    freshness_running: Array
    ad_serving: Array
    lost_h: Array
    """Average hours of session time lost (∫ w(1 − A·m))."""
    unserved_h: Array
    """Average hours of session time whose ads were not served."""


@dataclass
class _Sweep:
    """Walks one set of incidents from panel to panel, carrying the freshness deficit along."""

    incidents: Incidents
    backlog: Backlog
    links: Links
    calendar: Calendar

    def __post_init__(self) -> None:
        incidents, links = self.incidents, self.links
        n = len(incidents.start_h)
        self.per_tau = LN2 / links.content_half_life
        self.per_lag = 1.0 / np.maximum(links.return_lag * incidents.duration_h, 1e-12)
        self.deficit = np.zeros(n)
        self.at = np.zeros(n)
        self.reading = self.calendar.value.read(incidents.start_h)
        self.freshness, self.freshness_running = np.zeros(n), np.zeros(n)
        self.ad_serving = np.zeros(n)
        self.lost_h, self.unserved_h = np.zeros(n), np.zeros(n)

    def advance(self, end: Array, *, running: bool) -> None:
        """Integrate up to `end` hours after the start; forcing is constant on the way."""
        incidents = self.incidents
        length = end - self.at
        reading = self.calendar.value.read(incidents.start_h + end)
        weights = _weights(self.reading, reading, length)
        x = length * _NODES
        middle = self.at + 0.5 * length
        forcing = self._forcing(middle)
        transient = self.deficit - forcing
        deficit = forcing + transient * np.exp(-x * self.per_tau)
        lost = viewing_lost(deficit, self.links.fresh_share, self.links.freshness_elasticity)
        unavailable = self._unavailable(self.at + x)
        lost -= lost * unavailable
        freshness = (weights * lost).sum(axis=0)
        self.freshness += freshness
        price = self.calendar.price.take((incidents.start_h + middle).astype(np.int32), mode="clip")
        self.lost_h += freshness / price
        if running:
            on = self._running(middle)
            self.freshness_running += np.where(on.any(axis=0), freshness, 0.0)
            ads = (incidents.ads_loss * on).sum(axis=0)
            unserved = ads * ((weights * (1.0 - unavailable)).sum(axis=0) - freshness)
            self.ad_serving += unserved
            self.unserved_h += unserved / price
        self.deficit = forcing + transient * np.exp(-length * self.per_tau)
        self.at, self.reading = end, reading

    def _running(self, middle: Array) -> NDArray[np.bool_]:
        """Whether each phase runs at this time, `(phases, n)`."""
        on = middle < self.incidents.phase_ends
        offset = self.incidents.offset_h
        return on if offset is None else on & (middle > offset)

    def _forcing(self, middle: Array) -> Array:
        """Supply shortfall that drives the deficit at this time, `(n,)`."""
        ends, backlog = self.incidents.phase_ends, self.backlog
        catching_up = (middle > ends) & (middle < ends + backlog.catch_up_h)
        late = np.where(catching_up, -backlog.surplus, 0.0)
        return np.asarray(np.where(self._running(middle), backlog.shortfall, late).sum(axis=0))

    def _unavailable(self, x: Array) -> Array:
        """1 − A at hours `x` after the start, `(3, n)` (MODEL §4.3)."""
        total = np.zeros_like(x)
        offset = self.incidents.offset_h
        for k, end in enumerate(self.incidents.phase_ends):
            gone = np.exp(np.minimum((end - x) * self.per_lag[k], 0.0))
            gone *= self.incidents.playback_loss[k]
            total += gone if offset is None else np.where(x > offset[k], gone, 0.0)
        return np.minimum(total, 1.0)


def _breakpoints(incidents: Incidents, backlog: Backlog, links: Links) -> Array:
    """Hours after the start at which the drivers change, in order, `(k, n)`."""
    ends, c = incidents.phase_ends, backlog.catch_up_h
    returning = np.minimum(4.0 * links.return_lag * incidents.duration_h, c)
    points = [ends, ends + returning, ends + c]
    if incidents.offset_h is not None:
        points.append(incidents.offset_h)
    return np.asarray(np.sort(np.concatenate(points), axis=0))


def _sweep(
    incidents: Incidents,
    backlog: Backlog,
    links: Links,
    calendar: Calendar,
    fractions: tuple[float, ...],
) -> _Sweep:
    """Walk running time, return, catch-up and decay, with `fractions` cutting each segment."""
    sweep = _Sweep(incidents, backlog, links, calendar)
    phased = len(incidents.duration_h) > 1
    for k, end in enumerate(_breakpoints(incidents, backlog, links)):
        begin = sweep.at
        for fraction in fractions:
            sweep.advance(begin + fraction * (end - begin), running=phased or k == 0)
    settled = sweep.at
    for tail in _TAIL[1:]:
        sweep.advance(settled + tail / sweep.per_tau, running=False)
    rest = viewing_lost(sweep.deficit, links.fresh_share, links.freshness_elasticity)
    rest = rest / sweep.per_tau
    sweep.freshness += rest
    sweep.lost_h += rest
    return sweep


def sessions(
    incidents: Incidents, backlog: Backlog, links: Links, calendar: Calendar
) -> Session:
    """Price lost playback, staleness and unserved ads, in sequence along the chain (MODEL §4.3–5).

    Incidents that last long against the life of content take finer panels.
    """
    n = len(incidents.start_h)
    longest = np.maximum(incidents.duration_h, backlog.catch_up_h).max(axis=0)
    stiff = longest * LN2 > _STIFF * links.content_half_life
    if len(incidents.duration_h) > 1:
        stiff = np.ones(n, dtype=bool)
    parts = np.zeros((5, n))
    for where, fractions in ((~stiff, (1.0,)), (stiff, _GRADED[1:])):
        chosen = np.flatnonzero(where)
        if len(chosen):
            sweep = _sweep(
                incidents.subset(chosen),
                _backlog_subset(backlog, chosen),
                links.subset(chosen),
                calendar,
                fractions,
            )
            parts[:, chosen] = (
                sweep.freshness,
                sweep.freshness_running,
                sweep.ad_serving,
                sweep.lost_h,
                sweep.unserved_h,
            )
    playback, playback_h = _playback(incidents, links, calendar)
    return Session(playback, parts[0], parts[1], parts[2], parts[3] + playback_h, parts[4])


def _backlog_subset(backlog: Backlog, where: NDArray[np.int64]) -> Backlog:
    return Backlog(*(values[..., where] for values in backlog))


def _playback(incidents: Incidents, links: Links, calendar: Calendar) -> tuple[Array, Array]:
    """Return ∫wr(1 − A) and ∫w(1 − A): lost while running and until viewers are back."""
    d = incidents.duration_h
    end = incidents.start_h + incidents.phase_ends
    running = calendar.value.between(end - d, end)
    lag = links.return_lag * d
    returning = np.where(lag > 0, calendar.fading.length(end, np.maximum(lag, 1e-12)), 0.0)
    hours = incidents.playback_loss * (running + returning)
    middle = (end - 0.5 * d).astype(np.int32)
    price = calendar.price.take(middle, mode="clip")
    return hours.sum(axis=0), (hours / price).sum(axis=0)
