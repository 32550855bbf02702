"""An incident handed over by another page is the one that Replay begins with."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S


def pages() -> None:
    from datetime import UTC, datetime

    import streamlit as st

    from views.replay.page import replaying
    from views.session.to_replay import ToReplay, hand_over

    start = datetime(2026, 2, 18, 20, 10, tzinfo=UTC)
    incident = ToReplay("Player errors", start, 2.5, "network_latency", {"playback_loss": 0.25})
    if st.query_params.get("page") == "log":
        st.button("Replay this one", on_click=hand_over, args=(incident,))
    else:
        replaying()


def test_replay_begins_with_the_incident_of_another_page() -> None:
    app = AppTest.from_function(pages, default_timeout=PATIENCE_S)
    app.query_params["page"] = "log"
    app.run().button[0].click().run()
    app.query_params["page"] = "replay"
    app.run()
    assert not app.exception
    assert not app.error
    [answer] = [block.body for block in app.get("html") if "class='answer'" in block.body]
    assert "18 February 2026, 15:10 New York time, 2.5 hours" in answer
    assert "Player errors" in answer
    assert app.text_input(key="replay.playback_loss.0").value == "25"
    assert app.text_input(key="replay.publish_loss.0").value == ""
    assert app.selectbox(key="replay.cause").value == "network_latency"
