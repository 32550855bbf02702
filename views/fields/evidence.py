"""Where the value of a row comes from, typed beside it: source, grade, owner and date."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from model.assumptions.names import titled
from model.present.words import headline, titles
from model.present.words.reasons import sources_file
from model.scenario import cells
from model.scenario.provenance import GRADES, Provenance
from views.fields import in_force, refused
from views.session import state

_MEANING = {"": "no grade yet", "A": "A, measured", "B": "B, published", "C": "C, judgement"}


def show(name: str) -> None:
    """Show why the default is what it is, and the four fields; closed until somebody asks."""
    with st.expander("Where it comes from", key=f"evidence.{name}"):
        # A place of its own: the fields stay where they are when a value is changed.
        with st.container():
            _reasoning(name)
        _fields(name)


def beside(*names: str) -> None:
    """Show the grade of values in a narrow row, which opens to their sources and the fields."""
    grades = " ".join(dict.fromkeys(state.current().evidence(name).graded for name in names))
    said = headline.markdown(f"Source: {grades}")
    with st.popover(said, key=f"evidence.{names[0]}", type="tertiary"):
        for name in names:
            if len(names) > 1:
                about = titles.row_label(name, state.current())
                st.markdown(headline.markdown(f"**{about}**"))
            st.markdown(headline.markdown(headline.cited(state.current().evidence(name))))
            if name == names[0]:
                _reasoning(name)
            _fields(name)


def _reasoning(name: str) -> None:
    """Show the reasoning behind a default; beside a value that is another one nothing of it."""
    if name not in dict(state.current().changes):
        st.html(
            f"<div style='font-size:.92rem;overflow-wrap:anywhere'>{sources_file.html(name)}</div>"
        )


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
