"""The fields of the page: what is known stands in them, what is open says what stands in for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial

import streamlit as st

from model.assumptions.currency import currencies
from model.assumptions.values import zones
from model.present.words import headline, own_platform
from model.present.words import numbers as fmt
from model.scenario.own_platform import layers
from model.scenario.own_platform.fields import FIELDS, RESPONSE, Field
from model.scenario.own_platform.scaling import Fact
from model.scenario.own_platform.start import StartError, facts_of, started
from model.scenario.provenance import GRADES, Provenance
from model.scenario.validation import ScenarioError
from views.fields import conversion, in_force, refused
from views.session import state

SOURCE = "typed on Your platform"
_WAITING = "facts_waiting"
"""People, hours and rate typed one by one: a cost is what all three make."""
_MEANING = {"A": "A, measured or audited", "B": "B, estimated", "C": "C, judgement"}


def show(key: str) -> None:
    """Show the field of a fact, what is wrong with it, and what stands in for it while open."""
    field, fact = FIELDS[key], _facts().get(key)
    shown = own_platform.fact_text(fact, field.unit_in(state.current().currency))
    name = in_force.field_key(f"own.{key}", shown)
    if key in _CHOICES:
        _choice(field, shown, name)
    else:
        st.text_input(
            headline.markdown(own_platform.label(field, state.current().currency)),
            shown,
            key=name,
            help=headline.markdown(field.help),
            placeholder="open",
            on_change=_typed,
            args=(key, name),
        )
    refused.show(name)
    if key == "currency":
        conversion.offer()
    if not refused.is_shown(name):
        st.caption(headline.markdown(_below(key, fact)))


def _choice(field: Field, shown: str, name: str) -> None:
    """Show a fact that is one of few; a blank one stays open."""
    choices = ("", *_CHOICES[field.key]())
    st.selectbox(
        headline.markdown(field.label),
        choices,
        choices.index(shown) if shown in choices else 0,
        key=name,
        format_func=lambda text: _SAID.get(field.key, {}).get(text, text) or "open",
        help=headline.markdown(field.help),
        on_change=_typed,
        args=(field.key, name),
    )


_SAID = {"regions": {"1": "one", "2": "two or more"}}
_CHOICES: dict[str, Callable[[], Iterable[str]]] = {
    "currency": currencies,
    "time_zone": zones,
    "regions": lambda: _SAID["regions"],
}


def _facts() -> dict[str, Fact]:
    """Return what is known: in the scenario, or waiting for what it is worth nothing without."""
    return facts_of(state.current()) | _waiting()


def _waiting() -> dict[str, Fact]:
    found: dict[str, Fact] = st.session_state.setdefault(_WAITING, {})
    return found


def _below(key: str, fact: Fact | None) -> str:
    """Return what is said below a field."""
    waiting = _waiting()
    if key in RESPONSE and waiting:
        return "waits for the others" if key in waiting else "still needed for the cost of response"
    return "" if fact is not None else own_platform.stands_in(state.current(), key)


def _typed(key: str, name: str) -> None:
    if not in_force.counts(name):
        return
    in_force.typed(name)
    text, field = str(st.session_state[name] or "").strip(), FIELDS[key]
    facts = _facts()
    facts.pop(key, None)
    if text:
        try:
            facts[key] = (
                text
                if field.is_word
                else own_platform.ends(text, field.unit_in(state.current().currency))
            )
        except fmt.Ambiguous as question:
            unit = field.unit_in(state.current().currency)
            readings = (fmt.reading(value, unit) for value in question.readings)
            refused.ask(name, str(question), readings, partial(_typed, key, name))
            return
        except ValueError as error:
            refused.note(name, [str(error)])
            return
    _take(key, name, facts)


def _take(key: str, name: str, facts: dict[str, Fact]) -> None:
    """Make the scenario of the facts; what cannot be is said at the field."""
    part = {one: facts[one] for one in RESPONSE if one in facts}
    whole = len(part) in (0, len(RESPONSE))
    known = facts if whole else {k: v for k, v in facts.items() if k not in RESPONSE}
    if not whole and key in part:
        # Alone it changes nothing yet, but has to be a number that can be.
        others = dict.fromkeys(RESPONSE, (1.0, 1.0))
        known_with = known | others | part
        if not _fits(key, name, known_with):
            return
    if _fits(key, name, known, keep=True):
        st.session_state[_WAITING] = {} if whole else part


def _fits(key: str, name: str, facts: dict[str, Fact], *, keep: bool = False) -> bool:
    """Tell whether facts make a scenario, and take it in hand if wanted."""
    try:
        made = started(facts, said(), state.current())
    except StartError as error:
        refused.note(name, [error.wrong.get(key) or error.problems[0]])
        return False
    except ScenarioError as error:
        refused.note(name, error.problems)
        return False
    if keep:
        before = state.current()
        state.replace(made)
        conversion.changed_from(before)
    return True


def said() -> Provenance:
    """Return where what is typed next comes from: as what was typed before, dated today.

    What a preset says of its values is not said of what somebody types on top.
    """
    here = state.current()
    for key in facts_of(here):
        row = FIELDS[key].row
        found = here.evidence(row)
        theirs = key in (*RESPONSE, "regions") or layers.is_shipped(row, found)
        if found.source and not theirs:
            return replace(found, date=f"{date.today()}")
    return Provenance(SOURCE, "B", "", f"{date.today()}")


def provenance() -> None:
    """Show where the figures typed here come from, for all of them at once."""
    given = said()
    left, right = st.columns([3, 2], gap="small")
    with left:
        name = in_force.field_key("own.source", given.source)
        st.text_input("Where what you type comes from", given.source, key=name,
                      on_change=_cite, args=("source", name))  # fmt: skip
        refused.show(name)
    with right:
        name = in_force.field_key("own.grade", given.graded)
        st.selectbox("How good that is", GRADES, GRADES.index(given.graded), key=name,
                     format_func=_MEANING.__getitem__, on_change=_cite,
                     args=("grade", name))  # fmt: skip


def _cite(part: str, name: str) -> None:
    """Say of every fact that came from where the others did that it comes from elsewhere."""
    if not in_force.counts(name):
        return
    in_force.typed(name)
    before, here = said(), state.current()
    after = replace(before, **{part: " ".join(str(st.session_state[name]).split()) or SOURCE})
    changed = {
        row: replace(one, source=one.source.replace(before.source, after.source, 1),
                     grade=after.grade)
        for row, one in here.provenance
        if one.source.startswith(before.source) and one.grade == before.grade
    }  # fmt: skip
    try:
        state.replace(here.with_({}, changed))
    except ScenarioError as error:
        refused.note(name, error.problems)
