"""Remedies as people edit them: switched on or off, their cost, life and effects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from model.assumptions.declaration import fixed
from model.assumptions.names import titled
from model.assumptions.remedies import FACTOR, PREFIX, rows_of
from model.assumptions.remedy_library import Price, Remedy, library
from model.present.words import headline, titles
from model.present.words import numbers as fmt
from model.scenario.scenario import Scenario
from views.fields import typed
from views.session import comparisons, state

_ON = "remedies.on"


def switches() -> None:
    """Show which remedies are switched on; the scenario carries them."""
    scenario = state.current()
    known = {remedy.name: remedy.label for remedy in scenario.remedies}
    on = list(comparisons.switched_on(scenario))
    if list(st.session_state.get(_ON, ())) != on:
        st.session_state[_ON] = on
    st.pills(
        "Switched on, judged as one set",
        list(known),
        selection_mode="multi",
        format_func=lambda name: headline.markdown(known[name]),
        key=_ON,
        on_change=_switched,
        help="What protects the same minutes does not add up. What is switched on stays with the "
        "scenario, its link and its file.",
    )


def _switched() -> None:
    switch_on(st.session_state[_ON])


def switch_on(names: Iterable[str]) -> None:
    """Switch on just these remedies."""
    chosen = set(names)
    rows = {
        f"{PREFIX}{remedy.name}.on": fixed(float(remedy.name in chosen))
        for remedy in state.current().remedies
    }
    state.change(rows)


def show() -> None:
    """Show the fields of one remedy."""
    scenario = state.current()
    known = {remedy.name: remedy for remedy in scenario.remedies}
    with st.expander("Change what a remedy costs and does", key="remedies.edit"):
        name = st.selectbox(
            "Remedy",
            list(known),
            format_func=lambda name: known[name].label,
            key="remedies.edited",
            persist_state="session",
        )
        _remedy(known[str(name)], scenario)


def _remedy(remedy: Remedy, scenario: Scenario) -> None:
    stem = f"{PREFIX}{remedy.name}"
    cost, effect = st.columns([2, 3], gap="large")
    with cost:
        st.markdown("**What it costs**, 5 % and 95 % of what you believe")
        _price(stem, remedy.upfront, "Upfront")
        _price(stem, remedy.annual, "Per year")
        _life(f"{stem}.life", remedy.life_years)
    with effect:
        st.markdown("**What it does**, 5 % and 95 % of what you believe")
        for k, change in enumerate(remedy.changes, 1):
            unit = titles.path_unit(change.path) if change.kind == "set" else FACTOR.unit
            does = "set to" if change.kind == "set" else "times"
            label = f"{titles.path_label(change.path)}, {does}"
            _ends(f"{stem}.change.{k}", label, unit)
    evidence = f"Evidence grade {remedy.grade}. {remedy.source}. {remedy.note}"
    st.caption(headline.markdown(evidence))
    if _edited(remedy):
        st.button(
            "Back to the library's remedy",
            key=f"remedy.back.{remedy.name}",
            on_click=state.reset,
            args=(stem,),
            type="tertiary",
            icon=":material/undo:",
        )


def _price(stem: str, price: Price, label: str) -> None:
    said = f"{label}, as a share of the cloud bill" if price.is_share else label
    _ends(f"{stem}.{price.row}", said, "ratio" if price.is_share else "USD")


def _edited(remedy: Remedy) -> bool:
    own = {one.name: one for one in library()}.get(remedy.name)
    return own is None or rows_of(replace(remedy, on=False)) != rows_of(own)


def _ends(name: str, label: str, unit: str) -> None:
    """Show both ends of a belief as typed fields."""
    st.markdown(headline.markdown(label))
    typed.show_ends(name, place="remedy", label=label, unit=unit)


def _life(name: str, years: float) -> None:
    key = f"remedy.{name}"
    typed.follow(key, fmt.editable(years, "years"))
    st.text_input("Life, years", key=key, on_change=_typed_life, args=(name, key))


def _typed_life(name: str, key: str) -> None:
    years = typed.read(key, "years", f"{titled(name)}: value")
    if years is not None:
        state.change({name: fixed(years)})
