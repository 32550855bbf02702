"""What a remedy does, as people edit it: which assumptions it sets or scales, and to what."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import streamlit as st

from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.assumptions.names import Value
from model.assumptions.remedies import (
    ALL_CAUSES,
    FACTOR,
    KINDS,
    PREFIX,
    change_names,
    library_rows,
    targets,
)
from model.assumptions.remedy_library import Change, Remedy
from model.beliefs.belief import Belief
from model.limits import MOST_CHANGES
from model.present.words import headline, titles
from model.scenario.scenario import Scenario
from views.fields import evidence, in_force, refused, typed
from views.session import state

_SAID = {"set": "is set to", "scale": "is multiplied by"}
NO_EFFECT = FACTOR.default
"""The factor of an effect of which nobody has said yet how strong it is."""


def show(remedy: Remedy, scenario: Scenario) -> None:
    """Show every effect of a remedy, and the field for one more."""
    paths = changeable(scenario)
    for k, change in enumerate(remedy.changes, 1):
        with st.container(border=True, key=f"effect.{remedy.name}.{k}"):
            _effect(f"{PREFIX}{remedy.name}.change.{k}", change, paths)
    _another(remedy, scenario, paths)


def changeable(scenario: Scenario) -> list[str]:
    """Return the paths of what remedies can change: fields of all causes, then one by one."""
    everywhere = [f"{ALL_CAUSES}{field.name}" for field in CAUSE_FIELDS]
    names = [name for name in scenario.names() if targets(name, scenario.causes) is not None]
    return [*everywhere, *names]


def label(path: str) -> str:
    """Return what a path leads to, with its unit."""
    unit = titles.path_unit(path)
    return titles.path_label(path) + (f" ({unit})" if unit and unit != "share" else "")


def _effect(name: str, change: Change, paths: list[str]) -> None:
    key = in_force.field_key(f"effect.path.{name}", change.path)
    choices = paths if change.path in paths else [change.path, *paths]
    st.selectbox(
        "What it changes",
        choices,
        choices.index(change.path),
        format_func=label,
        key=key,
        label_visibility="collapsed",
        on_change=_take_path,
        args=(name, key),
    )
    refused.show(key)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with row:
        _kind(name, change)
        evidence.beside(name)
        _out(name, change)
    unit = titles.path_unit(change.path) if change.kind == "set" else FACTOR.unit
    said = f"{titles.path_label(change.path)} {_SAID[change.kind]}"
    typed.show_ends(name, place="remedy", label=said, unit=unit)


def _out(name: str, change: Change) -> None:
    """Show the button that takes an effect out, or lets it change nothing where one must stay."""
    can_go = _can_go(name)
    st.button(
        "Take out" if can_go else "No effect",
        key=f"effect.out.{name}",
        on_click=_take_out,
        args=(name,),
        type="tertiary",
        icon=":material/close:",
        help=None if can_go else "This effect stays in the list; a factor of 1 changes nothing.",
        disabled=not can_go and change.kind == "scale" and change.belief == NO_EFFECT,
    )


def _kind(name: str, change: Change) -> None:
    key = in_force.field_key(f"effect.kind.{name}", change.kind)
    st.segmented_control(
        "How",
        KINDS,
        default=change.kind,
        required=True,
        key=key,
        format_func=lambda kind: headline.markdown(_SAID[kind]),
        label_visibility="collapsed",
        on_change=_take_kind,
        args=(name, key),
    )
    refused.show(key)


def _take_path(name: str, key: str) -> None:
    if in_force.counts(key):
        change = _in_hand(name)
        _become(name, key, replace(change, path=str(st.session_state[key])), change)


def _take_kind(name: str, key: str) -> None:
    if in_force.counts(key):
        change = _in_hand(name)
        _become(name, key, replace(change, kind=str(st.session_state[key])), change)


def _become(name: str, key: str, wanted: Change, before: Change) -> None:
    """Take an effect on something else or of another kind, beginning where nothing changes."""
    if wanted.kind == "set" and wanted != before:
        wanted = replace(wanted, belief=_as_it_is(wanted.path))
    elif before.kind != wanted.kind:
        wanted = replace(wanted, belief=NO_EFFECT)
    refused.change(key, {name: wanted})


def _as_it_is(path: str) -> Belief:
    """Return what is believed of an assumption without the remedy; of all causes, the first's."""
    scenario = state.current()
    return scenario.belief(path.replace("*", scenario.causes[0]))


def _in_hand(name: str) -> Change:
    change = state.current().value(name)
    assert isinstance(change, Change)
    return change


def _can_go(name: str) -> bool:
    """Tell whether an effect may be taken out: it is none of the library's, nor the only one."""
    stem = name.rsplit(".", 2)[0]
    remedy = next(one for one in state.current().remedies if f"{PREFIX}{one.name}" == stem)
    return len(remedy.changes) > max(1, len(change_names(stem, library_rows())))


def _take_out(name: str) -> None:
    """Take an effect out; those after it move up, with where they come from."""
    stem, scenario = name.rsplit(".", 2)[0], state.current()
    if not _can_go(name):
        state.change({name: Change("scale", _in_hand(name).path, NO_EFFECT)})
        return
    rows = change_names(stem, {**library_rows(), **dict(scenario.changes)})
    after = rows[rows.index(name) :]
    steps = list(pairwise(after))
    moved: dict[str, Value] = {place: scenario.value(row) for place, row in steps}
    cited = {place: scenario.evidence(row) for place, row in steps}
    kept = scenario.with_(moved, cited) if moved else scenario
    state.replace(kept.without(after[-1]))


def _another(remedy: Remedy, scenario: Scenario, paths: list[str]) -> None:
    key = f"effect.more.{remedy.name}.{len(remedy.changes)}"
    every = sum(len(one.changes) for one in scenario.remedies)
    more: dict[str, Any] = {"disabled": True} if every >= MOST_CHANGES else {}
    st.selectbox(
        "One more effect",
        paths,
        index=None,
        format_func=label,
        placeholder="One more effect: type to search the assumptions",
        key=key,
        label_visibility="collapsed",
        on_change=_add,
        args=(f"{PREFIX}{remedy.name}.change.{len(remedy.changes) + 1}", key),
        **more,
    )
    refused.show(key)


def _add(name: str, key: str) -> None:
    path = st.session_state[key]
    if path is not None:
        refused.change(key, {name: Change("scale", str(path), NO_EFFECT)})
