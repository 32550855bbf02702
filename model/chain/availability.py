"""The error budget: audience-weighted minutes in which a function was not available (MODEL §5)."""

from __future__ import annotations

from collections.abc import Mapping

from model.arrays import Array
from model.chain.types import PhasedIncidents
from model.worlds.calendar import Calendar

FUNCTIONS = ("playback", "publishing", "ads")
"""What can be unavailable: watching, posting, being served ads."""
MINUTES = tuple(f"minutes_unavailable_{function}" for function in FUNCTIONS)
"""Columns of the minutes of each year."""


def unavailable(incidents: PhasedIncidents, calendar: Calendar) -> Mapping[str, Array]:
    """Return the minutes of each function that an incident takes, by `MINUTES`, `(n,)` each.

    60·Σ∫w·a over its phases while they run, after failover and shield: an hour counts for as much
    as the demand, for publishing the uploads, that it usually has.
    """
    ends = incidents.start_h + incidents.phase_ends
    starts = ends - incidents.duration_h
    watched = calendar.viewing.between(starts, ends)
    posted = calendar.posting.between(starts, ends)
    lost = (
        (watched, incidents.playback_loss),
        (posted, incidents.publish_loss),
        (watched, incidents.ads_loss),
    )
    return {
        name: 60.0 * (hours * share).sum(axis=0)
        for name, (hours, share) in zip(MINUTES, lost, strict=True)
    }
