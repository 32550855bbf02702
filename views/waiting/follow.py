"""What a page makes do without while many people are here, and shows as soon as there is room."""

from __future__ import annotations

import streamlit as st

from model.present.words import headline
from model.runs.turns import Urgency
from views.waiting.turns import turns, visitor_id

_LOOK_AGAIN_S = 2.0
_LOOKS = "looks_for_room"


def follows(said: str, least: Urgency = Urgency.SHOWN) -> None:
    """Say what is missing, and draw the page anew when nobody waits for what is so urgent."""
    st.session_state[_LOOKS] = 0
    _follow(said, least)


@st.fragment(run_every=_LOOK_AGAIN_S)
def _follow(said: str, least: Urgency) -> None:
    st.info(
        headline.markdown(f"Many people are here: {said}. The rest follows by itself."),
        icon=":material/schedule:",
    )
    st.session_state[_LOOKS] += 1
    if st.session_state[_LOOKS] > 1 and turns().room(least, visitor_id()):
        st.rerun()
