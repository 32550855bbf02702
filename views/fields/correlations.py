"""Rank correlations between beliefs: the pairs there are, and one more."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from model.assumptions import correlations
from model.assumptions.declaration import Assumption
from model.beliefs.belief import Belief
from model.present.words import headline
from model.present.words.spoken.subject import declared
from views.fields import evidence
from views.session import state


def show() -> None:
    """Show every pair with its Spearman correlation, and the form for another."""
    st.caption(
        "Spearman's rank correlation between two beliefs of one level. By default the rates of "
        "all causes go together (0.5): a platform run carelessly fails in every way. So do any two "
        "losses of one incident (0.5): one fault breaks several functions."
    )
    pairs = state.current().correlations
    for title, inside in (("Between worlds", False), ("Within an incident", True)):
        st.markdown(headline.markdown(f"**{title}**"))
        for first, second, rho in pairs:
            if (correlations.cause_within((first, second)) is not None) == inside:
                _pair(first, second, rho)
    _another()


def _pair(first: str, second: str, rho: float) -> None:
    name = correlations.row_name(first, second)
    label, field, source, button = st.columns([6, 2, 1, 1], vertical_alignment="bottom")
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
    with source:
        evidence.beside(name)
    button.button("Remove", key=f"remove.{name}", on_click=_uncorrelated, args=(name,))


def _set(name: str) -> None:
    rho = float(st.session_state[name])
    state.change({name: Belief("normal", rho, rho)})


def _uncorrelated(name: str) -> None:
    state.change({name: Belief("normal", 0.0, 0.0)})


def _another() -> None:
    beliefs = [name for name in state.current().names() if _uncertain(name)]
    firsts = [name for name in beliefs if partners(name, beliefs)]
    with st.container(border=True):
        one, two, value = st.columns([3, 3, 1], vertical_alignment="bottom")
        first = str(one.selectbox("Belief", firsts, format_func=_label, key="first_of_pair"))
        second = two.selectbox(
            "goes with", partners(first, beliefs), format_func=_label, key="second_of_pair"
        )
        rho = value.number_input("ρ", -1.0, 1.0, 0.3, 0.05, key="rho_of_pair")
        if st.button("Correlate", key="correlate"):
            name = correlations.row_name(first, str(second))
            state.change({name: Belief("normal", rho, rho)})
            st.rerun()


def partners(name: str, beliefs: Iterable[str]) -> list[str]:
    """Return with which of some beliefs one can be correlated."""
    pairs = ((other, (name, other)) for other in beliefs)
    return [other for other, pair in pairs if correlations.pair_problem(pair) is None]


def _uncertain(name: str) -> bool:
    item = declared(name)
    return isinstance(item, Assumption) and item.per != "fixed"


def _label(name: str) -> str:
    return declared(name).label
