"""Rank correlations between beliefs: the pairs there are, and one more."""

from __future__ import annotations

import streamlit as st

from model.assumptions import correlations
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.beliefs.belief import Belief
from model.present.words import headline
from views.session import state


def show() -> None:
    """Show every pair with its Spearman correlation, and the form for another."""
    st.caption(
        "Spearman's rank correlation between two beliefs of one level. By default the rates of "
        "all causes go together (0.5): a platform run carelessly fails in every way."
    )
    for first, second, rho in state.current().correlations:
        _pair(first, second, rho)
    _another()


def _pair(first: str, second: str, rho: float) -> None:
    name = correlations.row_name(first, second)
    label, field, button = st.columns([6, 2, 1], vertical_alignment="bottom")
    label.markdown(headline.markdown(f"{declared(first).label} ↔ {declared(second).label}"))
    if st.session_state.get(name) != rho:
        st.session_state[name] = rho
    field.number_input(
        headline.markdown(f"Correlation of {declared(first).label} and {declared(second).label}"),
        min_value=-1.0,
        max_value=1.0,
        step=0.05,
        key=name,
        label_visibility="collapsed",
        on_change=_set,
        args=(name,),
    )
    button.button("Remove", key=f"remove.{name}", on_click=_uncorrelated, args=(name,))


def _set(name: str) -> None:
    rho = float(st.session_state[name])
    state.change({name: Belief("normal", rho, rho)})


def _uncorrelated(name: str) -> None:
    state.change({name: Belief("normal", 0.0, 0.0)})


def _another() -> None:
    scenario = state.current()
    beliefs = [name for name in scenario.names() if _uncertain(name)]
    with st.form("another_pair", border=True):
        one, two, value = st.columns([3, 3, 1], vertical_alignment="bottom")
        first = one.selectbox("Belief", beliefs, format_func=_label, key="first_of_pair")
        second = two.selectbox("goes with", beliefs, format_func=_label, key="second_of_pair")
        rho = value.number_input("ρ", -1.0, 1.0, 0.3, 0.05, key="rho_of_pair")
        if st.form_submit_button("Correlate"):
            name = correlations.row_name(str(first), str(second))
            state.change({name: Belief("normal", rho, rho)})
            st.rerun()


def _uncertain(name: str) -> bool:
    item = declared(name)
    return isinstance(item, Assumption) and item.per != "fixed"


def _label(name: str) -> str:
    return declared(name).label
