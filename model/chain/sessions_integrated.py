"""The fast links by panels: for what the closed form cannot promise, and for several phases.

On a panel what is lost is a quadratic through three Gauss nodes, and the calendar weight enters
exactly through its first three moments. So a panel errs by the loss not being a quadratic, and for
that there is a bound: panels are split until the bounds of an incident's panels together are within
what is allowed (MODEL §4.3–5, "Solvers").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, Mask
from model.chain.freshness import LN2, Appetite, Stretches, drops, flattened, stretches
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.worlds.calendar import GAUSS, Calendar, Cumulative, Fading

ALLOWED_H, ALLOWED_SHARE = 8e-5, 0.004
"""Bound of the error of a line, absolute and relative, up to which it stands."""
_PANELS = 12.0  # panels among which the allowed error is first shared out
_LIFETIMES = 20.0  # time constants after which nothing is left of what fades
_NEGLIGIBLE = 1e-6  # viewers still away at the last event whose return is left out of the decay
_MOST = 4  # panels into which one is split at a time
_QUADRATIC = 1 / 120
"""Largest |G − quadratic| on a panel of length h, over h³·max|G‴|."""
_THROUGH = 3.4
"""The same over max|G|: one, and the largest sum of the three nodes' polynomials, 2.34."""

_AT = np.array(GAUSS)[:, None]


class _Panels(NamedTuple):
    """Panels of many incidents, `(p,)` each: D = level + swing·e^(−x/τ), x hours into the panel."""

    owner: Index
    begin_h: Array
    """Hours since the incident's start."""
    length_h: Array
    level: Array
    swing: Array
    ads_loss: Array
    running: Mask
    shut: Mask
    """Whether nobody can view."""

    def where(self, chosen: Mask | Index) -> _Panels:
        """Return some of the panels."""
        return _Panels(*map(itemgetter(chosen), self))

    def split(self, parts: Index, tau_h: Array) -> _Panels:
        """Cut each panel into equal parts."""
        which = np.repeat(np.arange(len(parts)), parts)
        place = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
        new = self.where(which)
        length = new.length_h / parts[which]
        since = place * length
        swing = new.swing * np.exp(since / -tau_h[new.owner])
        return new._replace(begin_h=new.begin_h + since, length_h=length, swing=swing)


def _joined(some: list[_Panels]) -> _Panels:
    return _Panels(*map(np.concatenate, zip(*some, strict=True)))


class _Away(NamedTuple):
    """Viewers whom a phase keeps away at the beginning of panels, and how fast they return."""

    share: Array
    per_h: Array


class Given:
    """The incidents and what their panels ask about them."""

    def __init__(
        self,
        incidents: PhasedIncidents,
        fresh_share: Array,
        elasticity: Array,
        return_lag: Array,
        tau_h: Array,
        course: Stretches,
        calendar: Calendar,
    ) -> None:
        n = len(incidents.start_h)
        self.start_h, self.calendar, self.course = incidents.start_h, calendar, course
        self.fresh_share = np.broadcast_to(np.maximum(fresh_share, 1e-12), (n,))
        self.elasticity = np.broadcast_to(elasticity, (n,))
        self.tau_h = np.broadcast_to(tau_h, (n,))
        self.loss, self.ends = incidents.playback_loss, incidents.phase_ends
        self.lag_h = np.maximum(return_lag * incidents.duration_h, 1e-12)
        begins = incidents.offset_h
        self.begins = np.zeros_like(self.ends) if begins is None else begins
        self.entire = self._entire()
        """Whose lost playback needs panels: all are away for a while, or the tables end."""
        self.settles = self._settles()
        """Whose last decay is known in closed form."""

    def away(self, owner: Index | slice, at_h: Array, middle_h: Array) -> Iterator[_Away]:
        """Yield, phase by phase, who is away at some hours, and how fast they return.

        Whether a phase runs is asked in the middle of the panel, which lies on no event.
        """
        for loss, begin, end, lag in zip(
            self.loss, self.begins, self.ends, self.lag_h, strict=True
        ):
            if loss.any():
                over = middle_h > end[owner]
                rate = np.where(over, 1.0 / lag[owner], 0.0)
                share = np.where(middle_h > begin[owner], loss[owner], 0.0)
                yield _Away(share * np.exp((end[owner] - at_h) * rate), rate)

    def gone(self, owner: Index | slice, at_h: Array, middle_h: Array) -> Array:
        """Return who is away, all phases added up, which may be more than all."""
        total = np.zeros_like(at_h)
        for one in self.away(owner, at_h, middle_h):
            total += one.share
        return total

    def _entire(self) -> Mask:
        entire = self.start_h + self.ends.max(axis=0) > self.calendar.fading.last_hour
        if len(self.ends) > 1:
            every = slice(None)
            for at, length in zip(self.course.begin_h, self.course.length_h, strict=True):
                entire |= (self.gone(every, at, at + 0.5 * length) > 1.0 + 1e-9) & (length > 0.0)
        return np.asarray(entire)

    def _settles(self) -> Mask:
        last = np.clip(self.course.deficit[-1], 0.0, 1.0)
        off = flattened(self.fresh_share, self.elasticity, last)[2]
        fading = self.calendar.fading
        known = (self.tau_h > 2.0 * fading.SHORTEST_H) & (self.tau_h < fading.LONGEST_H)
        known &= self.start_h + self.course.begin_h[-1] <= fading.last_hour
        small = (off < 1e-3 * self.elasticity) | (off * last * self.tau_h < 1e-5)
        return np.asarray(known & small & (last < 1.0) & ~self.entire)


class Lost(NamedTuple):
    """Weighted hours lost per incident, `(n,)`, and by how much they may be off."""

    freshness: Array
    running: Array
    ads: Array
    playback: Array
    """Only of those priced entirely by panels."""
    off: Array
    off_running: Array
    off_playback: Array

    def beyond(self) -> Array:
        """Return the largest bound over what is allowed."""
        pairs = (
            (self.freshness, self.off),
            (self.running, self.off_running),
            (self.playback, self.off_playback),
        )
        shares = [off / np.maximum(ALLOWED_H, ALLOWED_SHARE * line) for line, off in pairs]
        return np.asarray(np.max(shares, axis=0))


def sessions(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, calendar: Calendar
) -> Session:
    """Price lost playback, staleness and unserved ads along the chain (MODEL §4.3–5)."""
    tau_h = links.content_half_life / LN2
    given = Given(
        incidents,
        links.fresh_share,
        links.freshness_elasticity,
        links.return_lag,
        tau_h,
        stretches(incidents, backlog, tau_h),
        calendar,
    )
    value, viewing = integrated(given)
    playback = _playback(given, calendar.value, calendar.fading)
    playback_h = _playback(given, calendar.viewing, calendar.viewing_fading)
    return Session(
        np.where(given.entire, value.playback, playback),
        value.freshness,
        value.running,
        value.ads,
        np.where(given.entire, viewing.playback, playback_h) + viewing.freshness,
        viewing.ads,
    )


def _playback(given: Given, cumulative: Cumulative, fading: Fading) -> Array:
    """Return ∫w(1 − A) where phases add up: while they run and until viewers are back."""
    end = given.start_h + given.ends
    hours = cumulative.between(given.start_h + given.begins, end)
    hours += fading.length(end, given.lag_h)
    return np.asarray((hours * given.loss).sum(axis=0))


def integrated(given: Given) -> tuple[Lost, Lost]:
    """Return what is lost against the value and against the demand of the hours."""
    calendar = given.calendar
    weights = ((calendar.value, calendar.fading), (calendar.viewing, calendar.viewing_fading))
    settled = [_settled(given, fading) for _, fading in weights]
    nothing = np.zeros(len(given.start_h))
    lost = [Lost(late, *(nothing,) * 6) for late in settled]
    whole = _whole(given)
    todo, tolerance_h = whole, _tolerance(given, whole)
    while len(todo.owner):
        panels, miss = _split(given, todo, tolerance_h)
        nodes = _at_nodes(given, panels)
        again = np.zeros(len(nothing), dtype=np.bool_)
        again[todo.owner] = True
        for k, (cumulative, _) in enumerate(weights):
            new = _summed(given, panels, miss, nodes, cumulative, settled[k])
            lost[k] = Lost(*(np.where(again, *pair) for pair in zip(new, lost[k], strict=True)))
        beyond = np.maximum(lost[0].beyond(), lost[1].beyond())
        todo = whole.where((beyond > 1.0)[whole.owner])
        tolerance_h *= np.minimum(0.5 / np.maximum(beyond, 0.5), 1.0)
    return lost[0], lost[1]


def _whole(given: Given) -> _Panels:
    """Return panels as long as they can be, from event to event."""
    course = given.course
    returning = (given.lag_h * (given.loss > 0.0)).max(axis=0)
    rest = _LIFETIMES * np.maximum(given.tau_h, np.where(given.entire, returning, 0.0))
    lengths = [*course.length_h[:-1], rest]
    return _joined([_cut(given, k, length) for k, length in enumerate(lengths)])


def _cut(given: Given, k: int, length_h: Array) -> _Panels:
    """Cut a stretch where D passes 0 and 1 and where viewing begins; leave out what loses nothing.

    A feed that is fresher than usual, or wholly stale, counts as one at rest there.
    """
    course, tau = given.course, given.tau_h
    begin, level = course.begin_h[k], course.level[k]
    swing = course.deficit[k] - level
    shut_h = _shut(given, begin, length_h)
    edges = [np.zeros_like(length_h), shut_h, length_h]
    for height in (0.0, 1.0):
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            crossing = np.nan_to_num(tau * np.log(swing / (height - level)))
        edges.append(np.clip(crossing, 0.0, length_h))
    settled = given.settles & (k == len(course.begin_h) - 1)
    pieces = []
    for left, right in pairwise(np.sort(edges, axis=0)):
        # In the middle of a long piece nothing may be left of a deficit that began above zero.
        inside = left + np.minimum(0.5 * (right - left), tau)
        deficit = level + swing * np.exp(inside / -tau)
        shut = inside < shut_h
        stale = (deficit > 0.0) & ~shut & ~settled
        live = stale & (deficit < 1.0)
        piece = _Panels(
            np.arange(len(begin)),
            begin + left,
            right - left,
            np.where(live, level, stale),
            np.where(live, swing * np.exp(left / -tau), 0.0),
            course.ads_loss[k],
            course.running[k],
            shut,
        )
        counts = stale | ((piece.ads_loss > 0.0) & ~shut) | given.entire
        pieces.append(piece.where(counts & (right > left)))
    return _joined(pieces)


def _shut(given: Given, begin_h: Array, length_h: Array) -> Array:
    """Return for how long from `begin_h` on all viewers are away, by bisection."""
    hours = np.zeros_like(length_h)
    where = np.flatnonzero(given.entire)
    at, low, high = begin_h[where], np.zeros(len(where)), length_h[where]
    middle = at + 0.5 * high
    for _ in range(60 if len(given.ends) > 1 and len(where) else 0):
        half = 0.5 * (low + high)
        full = given.gone(where, at + half, middle) > 1.0
        low, high = np.where(full, half, low), np.where(full, high, half)
    hours[where] = low
    return hours


def _tolerance(given: Given, whole: _Panels) -> Array:
    """Return the error allowed to a panel of each incident, hours, from the least it may lose."""
    owner, length = whole.owner, whole.length_h
    tau = given.tau_h[owner]
    stalest = Appetite(given.fresh_share, given.elasticity).lost(np.ones(len(given.start_h)))
    stale_h = whole.level * length - whole.swing * tau * np.expm1(length / -tau)
    stale_h *= np.minimum(given.elasticity, stalest)[owner]
    stale_h *= np.maximum(
        1.0 - given.gone(owner, whole.begin_h, whole.begin_h + 0.5 * length), 0.0
    )
    least = np.bincount(owner, stale_h, minlength=len(given.start_h))
    return np.asarray(np.maximum(ALLOWED_H, ALLOWED_SHARE * least) / _PANELS)


def _split(given: Given, panels: _Panels, tolerance_h: Array) -> tuple[_Panels, Array]:
    """Split panels until each keeps its tolerance; return them and the bound of |G − quadratic|."""
    done, misses = [], []
    while len(panels.owner):
        smooth, rough = _bounds(given, panels)
        allowed = tolerance_h[panels.owner] / panels.length_h
        miss = np.minimum(smooth, rough).sum(axis=0)
        cubed = smooth.sum(axis=0)
        parts = np.ceil(np.cbrt(np.clip(cubed / allowed, 1.0, 1e12))).astype(np.int64)
        parts[miss <= allowed] = 1
        fine = parts <= _MOST
        done.append(panels.where(fine).split(parts[fine], given.tau_h))
        misses.append(np.repeat(np.where(parts > 1, cubed / parts**3, miss)[fine], parts[fine]))
        rest = panels.where(~fine)
        panels = rest.split(np.full(len(rest.owner), _MOST), given.tau_h)
    return _joined(done), np.concatenate(misses)


def _bounds(given: Given, panels: _Panels) -> tuple[Array, Array]:
    """Bound |G − quadratic| by the third derivative of G and by its size; `(2, p)` each.

    First 1 − m(D) alone, then what viewers who return do to it.
    """
    owner, length = panels.owner, panels.length_h
    tau, f, slope = given.tau_h[owner], given.fresh_share[owner], given.elasticity[owner]
    at_end = panels.level + panels.swing * np.exp(length / -tau)
    ends = np.sort([panels.level + panels.swing, at_end], axis=0)
    least, most = np.clip(ends, 0.0, 1.0)
    # (1 − fD)^(ε/f − 3) is largest at one end of the panel.
    power = slope / f - 3.0
    left = np.maximum(1.0 - f * np.where(power < 0.0, most, least), 1e-300)
    steep = np.exp(np.minimum(power * np.log(left), 300.0))
    stale = np.minimum(slope * np.maximum(steep, 1.0) * most, 1.0)
    swing = np.abs(panels.swing)
    bend = np.abs(f - slope) * swing
    first = slope * steep * swing / tau
    second = first * (1.0 + bend) / tau
    third = first * (1.0 + 3.0 * bend + bend * np.abs(2.0 * f - slope) * swing) / tau**2
    seen = stale + panels.ads_loss + given.entire[owner]
    gone, back = np.zeros_like(length), np.zeros_like(length)
    for share, per_h in given.away(owner, panels.begin_h, panels.begin_h + 0.5 * length):
        gone += np.where(per_h > 0.0, share, 0.0)
        back += share * per_h * (3.0 * second + per_h * (3.0 * first + per_h * seen))
    smooth = np.stack([third, np.where(panels.shut, 0.0, back)]) * (_QUADRATIC * length**3)
    moving = np.where(panels.shut, 0.0, seen * np.minimum(gone, 1.0))
    return smooth, np.stack([stale, moving]) * _THROUGH


def _at_nodes(given: Given, panels: _Panels) -> tuple[Array, Array]:
    """Return who can view, and what the feed loses, at the Gauss nodes of panels, `(3, p)` each."""
    owner, x = panels.owner, panels.length_h * _AT
    deficit = panels.level + panels.swing * np.exp(x / -given.tau_h[owner])
    stale = Appetite(given.fresh_share[owner], given.elasticity[owner]).lost(deficit)
    available = np.ones_like(x)
    for share, per_h in given.away(owner, panels.begin_h, panels.begin_h + x[1]):
        available -= share * np.exp(-per_h * x)
    return np.maximum(available, 0.0), stale


def _summed(
    given: Given,
    panels: _Panels,
    miss: Array,
    nodes: tuple[Array, Array],
    cumulative: Cumulative,
    settled: Array,
) -> Lost:
    """Add up the panels of each incident against one calendar weight."""
    owner, entire = panels.owner, given.entire[panels.owner]
    available, stale = nodes
    weight = cumulative.gauss(given.start_h[owner] + panels.begin_h, panels.length_h)
    whole = weight.sum(axis=0)
    weight *= available
    open_h = weight.sum(axis=0)
    lost = (weight * stale).sum(axis=0)
    off = miss * whole
    columns = (
        lost,
        lost * panels.running,
        panels.ads_loss * (open_h - lost),
        (whole - open_h) * entire,
        off,
        off * panels.running,
        off * entire,
    )
    sums = (np.bincount(owner, hours, minlength=len(given.start_h)) for hours in columns)
    freshness, *others = (np.asarray(column, dtype=np.float64) for column in sums)
    return Lost(freshness + settled, *others)


def _settled(given: Given, fading: Fading) -> Array:
    """Return what the last decay costs, where that is known in closed form, `(n,)`."""
    total = np.zeros(len(given.start_h))
    where = np.flatnonzero(given.settles & (given.course.deficit[-1] > 0.0))
    at, last = given.course.begin_h[-1, where], given.course.deficit[-1, where]
    tau, start = given.tau_h[where], given.start_h[where] + at
    first, second, _ = flattened(given.fresh_share[where], given.elasticity[where], last)

    def cost(some: Index | slice, rate: Array | float) -> Array:
        """Of viewers who come back at a rate: D and D² fade with it too."""
        once, twice = (
            fading.length(start[some], 1.0 / (k / tau[some] + rate)) for k in (1.0, 2.0)
        )
        peak = last[some]
        return np.asarray(peak * (first[some] * once + second[some] * peak * twice))

    stale = cost(slice(None), 0.0)
    for share, per_h in given.away(where, at, at + 1.0):
        late = np.flatnonzero(share > _NEGLIGIBLE)
        stale[late] -= share[late] * cost(late, per_h[late])
    total[where] = stale
    return total


def supply_lost(
    incidents: PhasedIncidents,
    drop: Array,
    regain_h: Array,
    response: tuple[Array, Array],
    calendar: Calendar,
) -> Array:
    """Return what supply dropped by `drop` `(phases, n)` costs until it is regained (MODEL §4.6).

    `response` is fresh share and elasticity.
    """
    nobody = replace(incidents, playback_loss=np.zeros_like(drop))
    course = drops(incidents.phase_ends, drop, regain_h)
    given = Given(nobody, *response, np.zeros(len(regain_h)), regain_h, course, calendar)
    return integrated(given)[0].freshness
