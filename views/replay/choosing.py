"""Which incident is replayed: a named one, a typed one, or one drawn from the scenario."""

from __future__ import annotations

import streamlit as st

from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.present.words import headline
from model.present.words import numbers as fmt
from model.replays.incident import Incident, drawn, named, typed
from model.worlds.clock import called
from views.session import state, to_replay

_NAMED, _TYPED, DRAWN = "Named", to_replay.TYPED, "Drawn"


def chosen_incident() -> Incident | None:
    """Show how to choose an incident; return the one chosen, None while there is none."""
    how = st.segmented_control(
        "Which incident",
        (_NAMED, _TYPED, DRAWN),
        default=_NAMED,
        required=True,
        key="replay.how",
        label_visibility="collapsed",
        persist_state="session",
    )
    try:
        return {_NAMED: _named, _TYPED: _typed, DRAWN: _drawn}[str(how)]()
    except ValueError as error:
        st.error(headline.markdown(str(error)), icon=":material/block:")
        return None


def _named() -> Incident:
    known = named()
    id = st.selectbox(
        "Incident",
        list(known),
        index=list(known).index("tiktok-2026-03-03") if "tiktok-2026-03-03" in known else 0,
        format_func=lambda id: known[id].name,
        key="replay.incident",
        persist_state="session",
    )
    return known[str(id)]


def _typed() -> Incident:
    scenario = state.current()
    start, hours, cause = st.columns([3, 1, 3])
    when = start.text_input(
        "Start",
        "2026-03-03T08:24",
        key="replay.start",
        persist_state="session",
        help=headline.markdown(
            f"{called(scenario.time_zone)}; with an offset or Z it is converted."
        ),
    )
    length = hours.text_input("Hours", "20", key="replay.hours", persist_state="session")
    any_cause = "the mix of causes"
    of = cause.selectbox(
        "Losses left empty are drawn from",
        [any_cause, *scenario.causes],
        format_func=lambda cause: cause if cause == any_cause else scenario.cause_label(cause),
        key="replay.cause",
        persist_state="session",
    )
    texts = {}
    fields = [field for field in CAUSE_FIELDS if field.name.endswith("_loss")]
    for place, field in zip(st.columns(3), fields, strict=True):
        texts[field.name] = place.text_input(
            headline.markdown(f"{field.label.capitalize()}, %"),
            key=f"replay.{field.name}",
            help=headline.markdown(field.help),
            placeholder="drawn",
            persist_state="session",
        )
    try:
        losses = {name: _number(name, text, "share") for name, text in texts.items() if text}
        return typed(
            when,
            _number("hours", length, "h"),
            losses.get("publish_loss"),
            losses.get("playback_loss"),
            losses.get("ads_loss"),
            cause=None if of == any_cause else of,
            scenario=scenario,
        )
    except ValueError as error:
        name, _, problem = str(error).partition(": ")
        raise ValueError(f"{_label(name)}: {problem}") from None


def _number(name: str, text: str, unit: str) -> float:
    """Return a typed number; ValueError begins with the name of what it is for."""
    try:
        return fmt.parsed(text, unit)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _label(name: str) -> str:
    """Return what the field of an incident is called on this page."""
    labels = {field.name: field.label for field in CAUSE_FIELDS}
    return labels.get(name, name).capitalize()


def _drawn() -> Incident:
    count = st.session_state.setdefault("replay.draw", 0)
    st.button(
        "Draw another", on_click=_draw_another, icon=":material/casino:", key="replay.another"
    )
    return drawn(state.current(), state.settings().seed + count)


def _draw_another() -> None:
    st.session_state["replay.draw"] = st.session_state.get("replay.draw", 0) + 1
