"""Where the value of a row comes from, typed beside it: source, grade, owner and date."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from model.assumptions.names import titled
from model.present.words import headline
from model.scenario import cells
from model.scenario.provenance import GRADES, Provenance
from views.fields import in_force, refused
from views.session import state

_MEANING = {"": "no grade yet", "A": "A, measured", "B": "B, published", "C": "C, judgement"}


def show(name: str) -> None:
    """Show the four fields, closed until somebody wants to say something."""
    with st.expander("Say where it comes from", key=f"evidence.{name}"):
        _fields(name)


def beside(name: str) -> None:
    """Show the grade of a value in a narrow row, which opens to its source and the four fields."""
    given = state.current().evidence(name)
    with st.popover(
        headline.markdown(f"Source: {given.graded}"), key=f"evidence.{name}", type="tertiary"
    ):
        st.markdown(headline.markdown(headline.cited(given)))
        _fields(name)


def _fields(name: str) -> None:
    given = state.current().evidence(name)
    _text(name, "source", "Source", given.source)
    left, middle, right = st.columns(3)
    with left:
        _grade(name, given.grade)
    with middle:
        _text(name, "owner", "Owner", given.owner)
    with right:
        _text(name, "date", "Date", given.date)


def _text(name: str, part: str, label: str, shown: str) -> None:
    key = in_force.field_key(f"evidence.{part}.{name}", shown)
    st.text_input(
        headline.markdown(label), shown, key=key, on_change=_typed, args=(name, part, key)
    )
    refused.show(key)


def _grade(name: str, shown: str) -> None:
    key = in_force.field_key(f"evidence.grade.{name}", shown)
    choices = ["", *GRADES]
    st.selectbox(
        "Grade",
        choices,
        choices.index(shown),
        key=key,
        format_func=_MEANING.__getitem__,
        on_change=_typed,
        args=(name, "grade", key),
    )


def _typed(name: str, part: str, key: str) -> None:
    if not in_force.counts(key):
        return
    in_force.typed(key)
    text = " ".join(str(st.session_state[key] or "").split())
    if part == "date":
        found = cells.day(text, "")
        if found.problem:
            refused.note(key, [headline.plain(f"{titled(name)}: date {found.problem}")])
            return
        text = found.value or ""
    given: Provenance = replace(state.current().evidence(name), **{part: text})
    problems = state.cite(name, given)
    if problems:
        refused.note(key, problems)
