"""Causes of incidents: pick one and edit it, copy it under a new name, take one out."""

from __future__ import annotations

import streamlit as st

from model.assumptions.cause_defaults import CAUSE_FIELDS, CAUSE_WORDS, CAUSES
from model.assumptions.lookup import cause_label, declared, is_slug
from model.beliefs.belief import Belief
from model.present.words import headline
from views.assumptions import rows
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
    cause = pick.selectbox("Cause", known, key="cause", format_func=cause_label)
    add.text_input(
        "Copy it under a new name",
        key="new_cause",
        placeholder="for example dns_failure",
        on_change=_copy,
        args=(cause,),
        help="Letters, digits and underscores. The copy starts with the same numbers.",
    )
    off = state.current().belief(f"incidents.{cause}.rate_per_year").high == 0.0
    if is_added(cause):
        remove.button("Remove this cause", on_click=state.reset, args=(f"incidents.{cause}",))
    elif not off:
        remove.button("Switch this cause off", on_click=_switch_off, args=(cause,))
    if off:
        st.caption("Switched off: its rate is 0.")
    _timing(cause)
    rows.show([f"incidents.{cause}.{field.name}" for field in CAUSE_FIELDS])


def _timing(cause: str) -> None:
    for word in CAUSE_WORDS:
        name = f"incidents.{cause}.{word.name}"
        shown = state.current().word(name)
        if st.session_state.get(name) != shown:
            st.session_state[name] = shown
        st.segmented_control(
            headline.markdown(declared(name).label),
            word.allowed,
            key=name,
            required=True,
            format_func=lambda value: headline.markdown(value.replace("_", " ")),
            help=headline.markdown(word.help),
            on_change=_set_word,
            args=(name,),
        )


def _set_word(name: str) -> None:
    state.change({name: st.session_state[name]})


def _switch_off(cause: str) -> None:
    name = f"incidents.{cause}.rate_per_year"
    shape = state.current().belief(name).shape
    state.change({name: Belief(shape, 0.0, 0.0)})


def _copy(cause: str) -> None:
    """Add a cause with the numbers of another; the name is made of what was typed."""
    typed = st.session_state["new_cause"]
    new = "_".join(typed.strip().lower().split())
    scenario = state.current()
    if not is_slug(new) or new in scenario.causes:
        taken = "is there already" if new in scenario.causes else "1–40 of a–z, 0–9 and underscore"
        state.report([f"New cause {typed[:60]!r}: {taken}"])
        return
    fields = [*(part.name for part in CAUSE_FIELDS), *(word.name for word in CAUSE_WORDS)]
    old = {field: scenario.value(f"incidents.{cause}.{field}") for field in fields}
    if state.change({f"incidents.{new}.{field}": value for field, value in old.items()}):
        st.session_state["cause"] = new
        st.session_state["new_cause"] = ""
