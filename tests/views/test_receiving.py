"""A file that takes long is read while the page stays in use, and reading it can be ended."""

from __future__ import annotations

import threading
import time

from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from views.waiting.going_on import TIMED_AFTER_S, Pace, time_left
from views.waiting.receiving import Received


def page() -> None:
    import streamlit as st

    from model.formats.answers import FormatError
    from views.waiting import receiving

    gate = st.session_state["gate"]

    def read(raw, name, on_progress):
        while not gate.wait(0.01):
            on_progress(1, 1000)
        if not raw:
            raise FormatError("nothing in it")
        return raw

    file = st.file_uploader("File", key="file")
    received = receiving.receive("file", file, read)
    if received is not None:
        st.session_state["got"] = received
    st.text_input("Something else", key="else")


def dropped(raw: bytes, name: str, *, closed: bool = True) -> tuple[AppTest, threading.Event]:
    gate = threading.Event()
    if not closed:
        gate.set()
    app = AppTest.from_function(page, default_timeout=PATIENCE_S)
    app.session_state["gate"] = gate
    app.run()
    app.file_uploader(key="file").upload(name, raw, "text/plain").run()
    assert not app.exception
    return app, gate


def got(app: AppTest) -> Received[bytes]:
    """What came of the file, once the page has noticed it."""
    until = time.monotonic() + PATIENCE_S
    while "got" not in app.session_state and time.monotonic() < until:
        app.run()
    return app.session_state["got"]


def test_what_is_read_at_once_needs_no_bar() -> None:
    app, _ = dropped(b"abc", "a.csv", closed=False)
    assert (got(app).file, got(app).found, got(app).problems) == ("a.csv", [b"abc"], [])
    assert not app.button


def test_the_page_stays_in_use_until_a_long_file_is_read() -> None:
    app, gate = dropped(b"abc", "a.csv")
    assert "got" not in app.session_state
    assert [button.label for button in app.button] == ["Cancel"]
    app.text_input(key="else").set_value("typed").run()
    assert app.session_state["else"] == "typed"
    assert "got" not in app.session_state
    gate.set()
    assert got(app).found == [b"abc"]
    app.run()
    assert not app.button


def test_reading_is_cancelled() -> None:
    app, _ = dropped(b"abc", "a.csv")
    app.button[0].click().run()
    assert not got(app).found
    assert "cancelled" in got(app).problems[0]


def test_what_is_wrong_is_said_and_a_file_dropped_meanwhile_takes_its_place() -> None:
    app, gate = dropped(b"", "empty.csv", closed=False)
    assert got(app).problems == ["nothing in it"]
    app, gate = dropped(b"abc", "a.csv")
    app.file_uploader(key="file").upload("b.csv", b"def", "text/plain").run()
    gate.set()
    assert (got(app).file, got(app).found) == ("b.csv", [b"def"])


def test_the_time_left_is_told_once_the_pace_is_known() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    assert pace.left_s(0.5) is None
    pace.begin()
    now[0] += TIMED_AFTER_S
    assert pace.left_s(0.5) is None
    now[0] += 7.0
    pace.begin()
    assert pace.left_s(0.25) == 30.0
    said = [time_left(seconds) for seconds in (None, 0.2, 30.0, 61.0, 150.0)]
    assert said == [
        "", ", about 1 s left", ", about 30 s left", ", about 1 minute left",
        ", about 2 minutes left",
    ]  # fmt: skip
