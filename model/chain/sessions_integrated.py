"""The fast links by panels: for what the closed form cannot promise, and for several phases.

Panels are split until the bounds of an incident's panels together are within what is allowed
(MODEL §4.3–5, "Solvers").
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, Mask
from model.chain.freshness import LN2, Appetite, drops, flattened, stretches
from model.chain.panels.inputs import Given
from model.chain.panels.split import Panels, split, tolerance, uncut
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.worlds.calendar import GAUSS, Calendar, Cumulative, Fading

ALLOWED_H, ALLOWED_SHARE = 8e-5, 0.004
"""Bound of the error of a line, absolute and relative, up to which it stands."""
_NEGLIGIBLE = 1e-6  # viewers still away at the last event whose return is left out of the decay

_AT = np.array(GAUSS)[:, None]


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
    down, playback = _playback(given, calendar.value, calendar.fading)
    playback = np.where(given.entire, value.playback, playback)
    price = calendar.price_at(incidents.start_h)
    unwatched_h, unserved_h = playback / price, value.ads / price
    lost_h = unwatched_h + value.freshness / price
    where = np.flatnonzero(given.spans)
    _, seen = _playback(given, calendar.viewing, calendar.viewing_fading, where)
    unwatched_h[where] = np.where(given.entire[where], viewing.playback[where], seen)
    lost_h[where] = unwatched_h[where] + viewing.freshness[where]
    unserved_h[where] = viewing.ads[where]
    return Session(
        playback=playback,
        freshness=value.freshness,
        freshness_running=value.running,
        ad_serving=value.ads,
        lost_h=lost_h,
        unserved_h=unserved_h,
        playback_running=down,
        unwatched_h=unwatched_h,
    )


def supply_lost(
    incidents: PhasedIncidents,
    drop: Array,
    regain_h: Array,
    response: tuple[Array, Array],
    calendar: Calendar,
) -> tuple[Array, Array]:
    """Return what supply dropped by `drop` `(phases, n)` costs until it is regained (MODEL §4.6).

    Revenue-hours and hours of viewing; `response` is fresh share and elasticity.
    """
    nobody = replace(incidents, playback_loss=np.zeros_like(drop))
    course = drops(incidents.phase_ends, drop, regain_h)
    given = Given(nobody, *response, np.zeros(len(regain_h)), regain_h, course, calendar)
    given.spans[:] = True
    value, viewing = integrated(given)
    return value.freshness, viewing.freshness


def _playback(
    given: Given, cumulative: Cumulative, fading: Fading, where: Index | slice = slice(None)
) -> tuple[Array, Array]:
    """Return ∫w(1 − A) where phases add up: while they run, and until viewers are back."""
    start, end = given.start_h[where], given.start_h[where] + given.ends[:, where]
    loss = given.loss[:, where]
    down = loss * cumulative.between(start + given.begins[:, where], end)
    back = loss * fading.length(end, given.lag_h[:, where])
    total = down.sum(axis=0)
    return total, total + back.sum(axis=0)


def integrated(given: Given) -> tuple[Lost, Lost]:
    """Return what is lost against the value of the hours, and against demand where it `spans`."""
    calendar, n = given.calendar, len(given.start_h)
    every = np.ones(n, dtype=np.bool_)
    kinds = (
        (calendar.value, _settled(given, calendar.fading, every), every),
        (calendar.viewing, _settled(given, calendar.viewing_fading, given.spans), given.spans),
    )
    nothing = Lost(*(np.zeros(n) for _ in Lost._fields))
    lost = [nothing._replace(freshness=settled) for _, settled, _ in kinds]
    whole = uncut(given)
    todo, tolerance_h = whole, tolerance(given, whole, ALLOWED_H, ALLOWED_SHARE)
    while len(todo.owner):
        panels, miss = split(given, todo, tolerance_h)
        available, stale = _at_nodes(given, panels)
        done = np.ones(n, dtype=np.bool_)
        done[todo.owner] = False
        for k, (weight, settled, asked) in enumerate(kinds):
            mine = slice(None) if asked is every else np.flatnonzero(asked[panels.owner])
            nodes = (available[:, mine], stale[:, mine])
            new = _summed(given, panels.where(mine), miss[mine], nodes, weight, settled)
            lost[k] = Lost(*(np.where(done, *pair) for pair in zip(lost[k], new, strict=True)))
        beyond = np.maximum(lost[0].beyond(), lost[1].beyond())
        todo = whole.where((beyond > 1.0)[whole.owner])
        tolerance_h *= np.minimum(0.5 / np.maximum(beyond, 0.5), 1.0)
    return lost[0], lost[1]


def _at_nodes(given: Given, panels: Panels) -> tuple[Array, Array]:
    """Return who can view, and what the feed loses, at the Gauss nodes of panels, `(3, p)` each."""
    owner, x = panels.owner, panels.length_h * _AT
    off = panels.swing * np.exp(x / -given.tau_h[owner])
    appetite = Appetite(given.fresh_share[owner], given.elasticity[owner])
    stale = appetite.lost_near(panels.level, off)
    available = np.ones_like(x)
    for share, per_h in given.away(owner, panels.begin_h, panels.begin_h + x[1]):
        available -= share * np.exp(-per_h * x)
    return np.maximum(available, 0.0), stale


def _summed(
    given: Given,
    panels: Panels,
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
    found = Lost(*(np.asarray(column, dtype=np.float64) for column in sums))
    return found._replace(freshness=found.freshness + settled)


def _settled(given: Given, fading: Fading, asked: Mask) -> Array:
    """Return what the last decay costs, where that is known in closed form, `(n,)`."""
    total = np.zeros(len(given.start_h))
    where = np.flatnonzero(given.settles & asked & (given.course.deficit[-1] > 0.0))
    at, last = given.course.begin_h[-1, where], given.course.deficit[-1, where]
    tau, start = given.tau_h[where], given.start_h[where] + at
    first, second, _ = flattened(given.fresh_share[where], given.elasticity[where], last)

    def cost(some: Index | slice, rate: Array | float) -> Array:
        """Of viewers who come back at a rate: D and D² fade with it too."""
        once, twice = (fading.length(start[some], 1.0 / (k / tau[some] + rate)) for k in (1.0, 2.0))
        peak = last[some]
        return np.asarray(peak * (first[some] * once + second[some] * peak * twice))

    stale = cost(slice(None), 0.0)
    for share, per_h in given.away(where, at, at + 1.0):
        late = np.flatnonzero(share > _NEGLIGIBLE)
        stale[late] -= share[late] * cost(late, per_h[late])
    total[where] = stale
    return total
