"""The incident that another page hands to Replay: a row of the own log, to be priced as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

_KEY = "incident_to_replay"
TYPED = "Typed"
"""How Replay calls incidents whose start, hours and losses are typed."""


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
    """Have Replay begin with an incident: its typed fields are filled in with it."""
    state = st.session_state
    state[_KEY] = incident
    state["replay.how"] = TYPED
    state["replay.start"] = incident.start.isoformat()
    state["replay.hours"] = f"{incident.hours:.6g}"
    state["replay.cause"] = incident.cause or "the mix of causes"
    for name in ("publish_loss", "playback_loss", "ads_loss"):
        share = incident.losses.get(name)
        state[f"replay.{name}"] = "" if share is None else f"{100 * share:.6g}"


def handed_over() -> ToReplay | None:
    """Return the incident that Replay was asked to begin with last, None if none was."""
    found: ToReplay | None = st.session_state.get(_KEY)
    return found
