"""What incidents do to the platform: phases of failover, fast and slow links, volumes lost.

Gives world values to the links' pure functions and gathers what they return, in average
revenue-hours per incident. Used alike for simulated years, remedies and replays.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from model.arrays import Array, Index, Mask, at
from model.assumptions.declaration import LINKS
from model.assumptions.lookup import values_of_worlds
from model.chain.publishing import publishing
from model.chain.sessions_closed_form import mild
from model.chain.sessions_integrated import sessions
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.worlds import calendar as cal
from model.worlds.streams import Values

CHUNK = 131_072
"""Incidents priced at a time: their arrays stay in cache."""
PANELED = 16384
"""Phases priced at a time by panels, of which each has some ten."""


def links_at(values: Values, world: Index) -> Links:
    """Pick the world values the fast links need for each incident."""
    names = values_of_worlds(LINKS)
    return Links(**{name.split(".")[1]: at(values[name], world) for name in names})


def fast_links(
    incidents: PhasedIncidents, values: Values, world: Index, calendar: cal.Calendar
) -> tuple[Session, Backlog]:
    """Price publishing to ad serving: in closed form where that is enough, else by panels."""
    n = len(incidents.start_h)
    links = links_at(values, world)
    backlog = publishing(incidents, links, calendar.posting)
    session = np.empty((len(Session._fields), n))
    rough = _phased(incidents)
    plain = slice(0, n) if not rough.any() else np.flatnonzero(~rough)
    for chunk in _chunks(plain, n):
        one, its = _folded(incidents.subset(chunk), backlog.subset(chunk))
        found, rough[chunk] = mild(one, its, links.subset(chunk), calendar)
        for row, hours in zip(session, found, strict=True):
            row[chunk] = hours
    chosen = np.flatnonzero(rough)
    if len(chosen):
        session[:, chosen] = _by_panels(
            incidents.subset(chosen), backlog.subset(chosen), links.subset(chosen), calendar
        )
    return Session._make(session), backlog


def _phased(incidents: PhasedIncidents) -> Mask:
    """Tell which incidents run in more than one phase that does anything, `(n,)`."""
    if incidents.offset_h is not None:
        return np.ones(len(incidents.start_h), dtype=np.bool_)
    if len(incidents.duration_h) == 1:
        return np.zeros(len(incidents.start_h), dtype=np.bool_)
    losses = incidents.publish_loss + incidents.playback_loss + incidents.ads_loss
    return np.asarray(np.all(losses > 0, axis=0))


def _chunks(chosen: Index | slice, n: int) -> Iterator[Index | slice]:
    """Cut a selection out of `n` incidents into parts that stay in cache."""
    if isinstance(chosen, slice):
        yield from (slice(begin, min(begin + CHUNK, n)) for begin in range(0, n, CHUNK))
    else:
        yield from (chosen[begin : begin + CHUNK] for begin in range(0, len(chosen), CHUNK))


def _by_panels(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, calendar: cal.Calendar
) -> Array:
    """Price incidents by panels, `(6, n)`."""
    session = np.empty((len(Session._fields), len(incidents.start_h)))
    phased = _phased(incidents)
    size = max(1, PANELED // len(incidents.duration_h))
    for which in (phased, ~phased):
        chosen = np.flatnonzero(which)
        for begin in range(0, len(chosen), size):
            chunk = chosen[begin : begin + size]
            one, its = incidents.subset(chunk), backlog.subset(chunk)
            if which is not phased:
                one, its = _folded(one, its)
            session[:, chunk] = sessions(one, its, links.subset(chunk), calendar)
    return session


def _folded(incidents: PhasedIncidents, backlog: Backlog) -> tuple[PhasedIncidents, Backlog]:
    """Return one phase instead of two, one of which is empty and no longer than the other."""
    if len(incidents.duration_h) == 1:
        return incidents, backlog

    def both(values: Array) -> Array:
        return np.asarray(values.sum(axis=0, keepdims=True))

    one = PhasedIncidents(
        start_h=incidents.start_h,
        duration_h=incidents.duration_h.max(axis=0, keepdims=True),
        publish_loss=both(incidents.publish_loss),
        playback_loss=both(incidents.playback_loss),
        ads_loss=both(incidents.ads_loss),
    )
    left = backlog._replace(
        shortfall=both(backlog.shortfall),
        catch_up_h=backlog.catch_up_h.max(axis=0, keepdims=True),
        surplus=both(backlog.surplus),
    )
    return one, left
