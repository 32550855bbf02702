"""The incident that another page hands to Replay: a row of the own log, to be priced as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from model.replays import asked as replayed
from model.replays.asked import Own
from model.replays.incident import LOSSES
from views.session import state

_KEY = "incident_to_replay"


@dataclass(frozen=True)
class ToReplay:
    """An incident as far as a log tells it; what it does not say is drawn from its cause."""

    name: str
    start: datetime
    """With an offset."""
    hours: float
    cause: str = ""
    """A cause of the scenario; empty for the mix of all."""
    losses: Mapping[str, float] = field(default_factory=dict)
    """Shares from 0 to 1 by `publish_loss`, `playback_loss`, `ads_loss`."""


def hand_over(incident: ToReplay) -> None:
    """Have Replay begin with an incident, which is in the link from then on."""
    st.session_state[_KEY] = incident
    publish, playback, ads = (incident.losses.get(name) for name in LOSSES)
    zone = ZoneInfo(state.current().time_zone)
    start = incident.start.astimezone(zone).replace(tzinfo=None)
    own = Own(
        start.isoformat(),
        ((incident.hours, publish, playback, ads),),
        incident.cause,
        incident.name,
    )
    state.set_settings(replace(state.settings(), replay=replayed.written(own)))


def handed_over() -> ToReplay | None:
    """Return the incident that Replay was asked to begin with last, None if none was."""
    found: ToReplay | None = st.session_state.get(_KEY)
    return found
