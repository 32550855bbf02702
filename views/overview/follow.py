"""What follows on the overview as soon as there is room for it, while many people are here."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.words import headline
from views.session import state
from views.session.runs import Run
from views.waiting.turns import Busy, turns

_LOOK_AGAIN_S = 2.0
_LOOKS = "looks_for_room"


def up(place: DeltaGenerator, run: Run, add: Callable[[], None]) -> None:
    """Add what is not there yet; where there is no room, say so and see to it that it follows."""
    fewer = run.years < state.years_shown()
    said = f"these figures rest on {run.years:,} of {state.years_shown():,} years"
    try:
        # What many wait for comes before what few years can be told to lack.
        if fewer:
            raise Busy
        add()
    except Busy:
        st.session_state[_LOOKS] = 0
        with place:
            _follow(said if fewer else "the ranges are missing")


@st.fragment(run_every=_LOOK_AGAIN_S)
def _follow(said: str) -> None:
    st.info(
        headline.markdown(f"Many people are here: {said}. The rest follows by itself."),
        icon=":material/schedule:",
    )
    st.session_state[_LOOKS] += 1
    if st.session_state[_LOOKS] > 1 and turns().room():
        st.rerun()
