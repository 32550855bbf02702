"""The fast links again only where they changed: incidents as in the last everyday run keep theirs.

They take most of a run's time, and moving a slider leaves them alone unless it is about them; if it
is about a cause of incidents, it changes only what that cause does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.arrays import Index
from model.assumptions.declaration import LINKS
from model.assumptions.lookup import values_of_worlds
from model.chain.per_year import FastLinks
from model.chain.sessions import fast_links
from model.chain.types import Backlog, PhasedIncidents, Session
from model.incidents.types import moment
from model.runs.reuse.cache import Cache
from model.runs.reuse.incidents import same_values
from model.worlds.calendar import Calendar
from model.worlds.streams import Block, Values


class _Last(NamedTuple):
    """The fast links of a block of the last everyday run, and all they depend on."""

    calendar: tuple[str, ...]
    values: Values
    incidents: PhasedIncidents
    world: Index
    session: Session
    backlog: Backlog


def fast_links_again(kept: Cache, block: Block) -> FastLinks:
    """Return `fast_links` for a block, with the results of the last run where they still hold."""
    key = ("links", block.seed, block.key, block.years)

    def fast(
        incidents: PhasedIncidents, values: Values, world: Index, calendar: Calendar
    ) -> tuple[Session, Backlog]:
        used = {name: values[name] for name in values_of_worlds(LINKS)}
        last: _Last | None = kept.get(key)
        if last and _comparable(last, incidents, used, calendar):
            session, backlog = _changed(last, incidents, values, world, calendar)
        else:
            session, backlog = fast_links(incidents, values, world, calendar)
        made = _Last(
            calendar=calendar.words,
            values=used,
            incidents=incidents,
            world=world,
            session=session,
            backlog=backlog,
        )
        kept.put(key, made)
        return session, backlog

    return fast


def _comparable(last: _Last, incidents: PhasedIncidents, used: Values, calendar: Calendar) -> bool:
    """Tell whether equal incidents would have equal fast links."""
    plain = len(incidents.duration_h) == len(last.incidents.duration_h) == 1
    same = last.calendar == calendar.words and same_values(last.values, used)
    return plain and same and len(last.world) > 0


def _changed(
    last: _Last, incidents: PhasedIncidents, values: Values, world: Index, calendar: Calendar
) -> tuple[Session, Backlog]:
    """Take over what is known and price the other incidents."""
    place, other = _compared(last, incidents, world)
    session = Session(*(column.take(place) for column in last.session))
    backlog = Backlog(*(column.take(place, axis=-1) for column in last.backlog))
    if len(other):
        new = fast_links(incidents.subset(other), values, world.take(other), calendar)
        for known, found in zip((*session, *backlog), (*new[0], *new[1]), strict=True):
            known[..., other] = found
    return session, backlog


def _compared(last: _Last, incidents: PhasedIncidents, world: Index) -> tuple[Index, Index]:
    """Return the place of each incident among the last ones, and which are not there.

    Incidents are sorted by world and start; of those that are not there the place means nothing.
    """
    before = last.incidents
    wanted = moment(world, incidents.start_h)
    place = np.searchsorted(moment(last.world, before.start_h), wanted)
    np.minimum(place, len(last.world) - 1, out=place)
    same = before.start_h.take(place) == incidents.start_h
    same &= last.world.take(place) == world
    for name in ("duration_h", "publish_loss", "playback_loss", "ads_loss"):
        same &= vars(before)[name][0].take(place) == vars(incidents)[name][0]
    return place, np.flatnonzero(~same)
