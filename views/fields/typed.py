"""Numbers that people type: both ends of a belief, and what is typed into any field.

Somebody who moves an interval types one end first, which may then lie beyond the other. It waits
in its field, the other end is asked for, and both are taken together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st

from model.assumptions.messages import quoted
from model.assumptions.names import Value, titled
from model.assumptions.remedy_library import Change
from model.beliefs.belief import EMPIRICAL, POSITIVE, Belief
from model.present.words import headline
from model.present.words import numbers as fmt
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.fields import in_force, refused
from views.session import state

ENDS = ("low", "high")


@dataclass
class _Waiting:
    """Ends typed on top of a belief that they do not yet fit."""

    belief: Belief
    ends: dict[str, float] = field(default_factory=dict)


def belief_of(name: str, scenario: Scenario) -> Belief:
    """Return the belief of an assumption or of a remedy's change."""
    value = scenario.value(name)
    belief = value.belief if isinstance(value, Change) else value
    assert isinstance(belief, Belief)
    return belief


def with_ends(value: Value, low: float, high: float) -> Value:
    """Return a belief or change with other ends; a mode is kept between them."""
    if isinstance(value, Change):
        return replace(value, belief=_with_ends(value.belief, low, high))
    assert isinstance(value, Belief)
    return _with_ends(value, low, high)


def _with_ends(belief: Belief, low: float, high: float) -> Belief:
    mid = None if belief.mid is None else min(max(belief.mid, low), high)
    return replace(belief, low=low, high=high, mid=mid)


def follow(key: str, value: object) -> None:
    """Set a widget to the scenario's value, only when it says something else.

    Setting it on every run would take back what someone is just sliding to.
    """
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def show_ends(name: str, *, place: str, label: str, unit: str) -> None:
    """Show both ends; `place` tells two on one page apart, `unit` is what is typed."""
    belief, waiting = belief_of(name, state.current()), _waiting(name, place)
    if belief.shape.startswith(EMPIRICAL):
        drawn = f"{label}: drawn from {belief.shape.removeprefix(EMPIRICAL)}"
        st.caption(headline.markdown(drawn))
        return
    row, keys = st.container(horizontal=True, wrap=False, gap="small"), []
    for end in ENDS:
        shown = fmt.editable(waiting.ends.get(end, getattr(belief, end)), unit)
        key = in_force.field_key(f"{place}.{end}.{name}", shown)
        row.text_input(
            headline.markdown(f"{label}: {end}"),
            shown,
            key=key,
            label_visibility="collapsed",
            on_change=_typed,
            args=(name, place, end, unit, key),
        )
        keys.append(key)
    for key in keys:
        refused.show(key)
    if waiting.ends:
        st.warning(headline.markdown(_asked_for(belief, waiting, unit)), icon=":material/edit:")


def _waiting(name: str, place: str) -> _Waiting:
    """Return what waits to be completed; nothing once the belief has changed otherwise."""
    key, belief = _key(name, place), belief_of(name, state.current())
    waiting = st.session_state.get(key)
    if waiting is None or waiting.belief != belief:
        waiting = st.session_state[key] = _Waiting(belief)
    return waiting


def _key(name: str, place: str) -> str:
    return f"{place}.waiting.{name}"


def _asked_for(belief: Belief, waiting: _Waiting, unit: str) -> str:
    """Return which end is asked for, and what counts until it comes."""
    low, high = (fmt.editable(waiting.ends.get(end, getattr(belief, end)), unit) for end in ENDS)
    other = {"low": "type the new high", "high": "type the new low"}
    wanted = other[next(iter(waiting.ends))] if len(waiting.ends) == 1 else "correct either end"
    now = f"{fmt.editable(belief.low, unit)} to {fmt.editable(belief.high, unit)}"
    return f"Low {low} is above high {high}: {wanted}. Until they agree {now} counts."


def _typed(name: str, place: str, end: str, unit: str, key: str) -> None:
    if not in_force.counts(key):
        return
    belief, waiting = belief_of(name, state.current()), _waiting(name, place)
    # What is typed now takes the place of what waited; if it is refused, the value in force does.
    waited = waiting.ends.pop(end, None)
    again = partial(_typed, name, place, end, unit, key)
    value = read(key, unit, f"{titled(name)}: {end}", again)
    if value is None:
        return
    ends = {"low": belief.low, "high": belief.high} | waiting.ends | {end: value}
    if belief.certain and not waiting.ends and waited is None:
        # A value that was certain moves as a whole past either end.
        ends = {"low": min(ends["low"], value), "high": max(ends["high"], value)}
        if ends["low"] == 0.0 and belief.shape in POSITIVE:
            # No interval of such a shape begins at 0; the other end is typed next.
            ends = dict.fromkeys(ENDS, value)
    low, high = ends["low"], ends["high"]
    if low > high and _possible(name, value):
        waiting.ends[end] = value
        state.report(())
        return
    if refused.change(key, {name: with_ends(state.current().value(name), low, high)}):
        del st.session_state[_key(name, place)]


def _possible(name: str, value: float) -> bool:
    """Tell whether an assumption may have a value, whatever its other end."""
    try:
        state.current().with_({name: with_ends(state.current().value(name), value, value)})
    except ScenarioError:
        return False
    return True


def read(key: str, unit: str, what: str, again: Callable[[], None]) -> float | None:
    """Return the number typed into a field; None, with the problem kept for it, if it is none.

    If it can be several numbers the field asks which; `again` takes over the one that is chosen.
    """
    in_force.typed(key)
    text = st.session_state[key]
    try:
        value = fmt.parsed(text, unit)
        if not math.isfinite(value):
            raise ValueError(f"{quoted(text)}: too large a number")
    except fmt.Ambiguous as question:
        state.report(())
        readings = (fmt.reading(value, unit) for value in question.readings)
        refused.ask(key, f"{what} {question}", readings, again)
        return None
    except ValueError as error:
        state.report(())
        refused.note(key, [f"{what} {error}"])
        return None
    return value
