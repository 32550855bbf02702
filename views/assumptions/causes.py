"""Causes of incidents: pick one and edit it, copy it under a new name, take one out."""

from __future__ import annotations

import streamlit as st

from model.assumptions.cause_defaults import CAUSE_FIELDS, CAUSE_WORDS, CAUSES
from model.assumptions.declaration import Word
from model.assumptions.labels import LABEL, free_name
from model.beliefs.belief import Belief
from model.limits import LONGEST_LABEL, MOST_CAUSES
from model.present.words import headline
from views.assumptions import rows, words
from views.fields import evidence, refused
from views.session import state


def is_added(cause: str) -> bool:
    """Tell whether a cause is not one of the default's."""
    return cause not in CAUSES


def show() -> None:
    """Show the cause in view with all its fields."""
    known = state.current().causes
    if st.session_state.get("cause") not in known:
        st.session_state["cause"] = known[0]
    pick, add, remove = st.columns([3, 3, 2], vertical_alignment="bottom", gap="large")
    cause = pick.selectbox("Cause", known, key="cause", format_func=state.current().cause_label)
    add.text_input(
        "Copy it under a new name",
        key="new_cause",
        placeholder="for example DNS failure",
        on_change=_copy,
        args=(cause,),
        help="Any letters. The copy starts with the same numbers.",
        max_chars=LONGEST_LABEL,
        disabled=len(known) >= MOST_CAUSES,
    )
    with add:
        refused.show("new_cause")
    off = state.current().belief(f"incidents.{cause}.rate_per_year").high == 0.0
    if is_added(cause):
        remove.button("Remove this cause", on_click=state.reset, args=(f"incidents.{cause}",))
    elif not off:
        remove.button("Switch this cause off", on_click=_switch_off, args=(cause,))
    if off:
        st.caption("Switched off: its rate is 0.")
    name, timing = st.columns(2, gap="large")
    with name:
        words.text(f"incidents.{cause}{LABEL}")
    with timing:
        _timing(f"incidents.{cause}.timing")
        evidence.beside(f"incidents.{cause}.timing")
    rows.show([f"incidents.{cause}.{field.name}" for field in CAUSE_FIELDS])


def _timing(name: str) -> None:
    word, shown = state.current().declared(name), state.current().word(name)
    assert isinstance(word, Word)
    if st.session_state.get(name) != shown:
        st.session_state[name] = shown
    st.segmented_control(
        headline.markdown(word.label),
        word.allowed,
        key=name,
        required=True,
        format_func=lambda value: headline.markdown(value.replace("_", " ")),
        help=headline.markdown(word.help),
        on_change=words.take,
        args=(name,),
    )


def _switch_off(cause: str) -> None:
    name = f"incidents.{cause}.rate_per_year"
    shape = state.current().belief(name).shape
    state.change({name: Belief(shape, 0.0, 0.0)})


def _copy(cause: str) -> None:
    """Add a cause with the numbers of another, called what was typed."""
    typed, scenario = str(st.session_state["new_cause"]).strip(), state.current()
    if not typed:
        return
    new = free_name(typed, scenario.causes, "cause")
    fields = [*(part.name for part in CAUSE_FIELDS), *(word.name for word in CAUSE_WORDS)]
    copied = {field: scenario.value(f"incidents.{cause}.{field}") for field in fields}
    copied["label"] = typed
    new_rows = {f"incidents.{new}.{field}": value for field, value in copied.items()}
    if refused.change("new_cause", new_rows):
        st.session_state["cause"] = new
        st.session_state["new_cause"] = ""
