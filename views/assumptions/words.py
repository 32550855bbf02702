"""Words of the scenario that people type or pick: names, currency, time zone."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import currencies
from model.assumptions.declaration import USD, Word
from model.assumptions.values import zones
from model.present.words import headline
from views.fields import conversion, evidence, in_force, refused
from views.session import state


def text(name: str) -> None:
    """Show a free text in force, for editing."""
    item, shown = state.current().declared(name), state.current().word(name)
    assert isinstance(item, Word)
    key = in_force.field_key(name, shown)
    st.text_input(
        headline.markdown(item.label),
        shown,
        key=key,
        max_chars=item.longest,
        help=headline.markdown(item.help),
        on_change=_typed,
        args=(name, key),
    )
    refused.show(key)


def _typed(name: str, key: str) -> None:
    if in_force.counts(key):
        in_force.typed(key)
        refused.change(key, {name: str(st.session_state[key])})


def currency() -> None:
    """Show the currency that all amounts are in; own amounts stay as they stand."""
    known = currencies()
    pick(CURRENCY, list(known), lambda code: f"{code} – {known[code].name}")
    conversion.offer()
    here = known[state.current().currency]
    if here.code != USD:
        st.caption(
            headline.markdown(
                f"Amounts left at the default are converted at {here.per_usd:g} {here.code} a US "
                f"dollar ({here.source}); those set here or in a file stay as they are written."
            )
        )


def time_zone() -> None:
    """Show the zone of the clock."""
    pick("simulation.time_zone", list(zones()), str)
    evidence.beside("simulation.time_zone")


def pick(name: str, options: list[str], shown_as: Callable[[str], str]) -> None:
    """Show a word in force, to be picked from a list."""
    item, shown = state.current().declared(name), state.current().word(name)
    if st.session_state.get(name) != shown:
        st.session_state[name] = shown
    st.selectbox(
        headline.markdown(item.label),
        options,
        key=name,
        format_func=shown_as,
        help=headline.markdown(item.help),
        on_change=take,
        args=(name,),
    )


def take(name: str) -> None:
    """Take over what was typed or picked."""
    before = state.current()
    state.change({name: st.session_state[name]})
    conversion.changed_from(before)
