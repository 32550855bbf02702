"""The story of Present is gathered once, whatever else the server keeps."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from views.session import runs
from views.session.link import Settings

WAIT_S = 180.0

LOOKED_AT = """
import streamlit as st

from model.scenario.scenario import Scenario
from views.present import preparing

here = preparing.preparation(Scenario.default())
st.session_state.setdefault("seen", []).append(here)
"""


def test_a_story_larger_than_all_that_is_kept_does_not_begin_again(monkeypatch):
    """It would weigh remedies for ever."""
    monkeypatch.setattr(runs.done, "most_bytes", 1)
    app = AppTest.from_string(LOOKED_AT, default_timeout=WAIT_S)
    app.session_state["settings_in_hand"] = Settings(2_000, seed=47)
    app.run().run()
    assert not app.exception
    first, again = app.session_state["seen"]
    assert first is again
