"""What a click delivers is what is on screen when it is delivered."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest

from views.session import desk as desks
from views.session.desk import Desk, NotReady

ROOT = Path(__file__).resolve().parents[2]


def draw(desk: Desk, content: bytes) -> None:
    with desk.drawing():
        desk.put("file", lambda: content)


def test_what_is_on_offer_is_handed_out():
    desk = Desk()
    draw(desk, b"old")
    assert desk.hand_out("file") == b"old"


def test_a_click_that_overtakes_the_run_before_it_waits_for_that_run():
    desk = Desk()
    draw(desk, b"old")
    pool = ThreadPoolExecutor(1)
    with desk.drawing():
        taken = pool.submit(desk.hand_out, "file")
        with pytest.raises(TimeoutError):
            taken.result(timeout=2 * desks.BEGINS_WITHIN_S)
        desk.put("file", lambda: b"new")
        assert taken.result(timeout=10) == b"new", "it does not wait for what is below the button"
    pool.shutdown()


def test_of_one_visitor_few_clicks_wait_at_a_time():
    desk, clicks = Desk(), desks.MOST_CLICKS + 1
    draw(desk, b"old")
    with ThreadPoolExecutor(clicks) as pool:
        with desk.drawing():
            taken = [pool.submit(desk.hand_out, "file") for _ in range(clicks)]
            refused = next(as_completed(taken))
            with pytest.raises(NotReady, match="asked for again"):
                refused.result()
            desk.put("file", lambda: b"new")
        assert [one.result() for one in taken if one is not refused] == [b"new"] * (clicks - 1)
        assert desk.hand_out("file") == b"new"


def test_a_run_that_begins_just_after_the_click_counts():
    desk = Desk()
    draw(desk, b"old")
    later = threading.Timer(desks.BEGINS_WITHIN_S / 3, draw, [desk, b"new"])
    later.start()
    assert desk.hand_out("file") == b"new"


def test_who_clicked_before_a_file_was_withdrawn_waits_until_it_is_there_again(monkeypatch):
    desk = Desk()
    draw(desk, b"old")
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(desk.hand_out, "file")
        with desk.drawing():
            desk.put("file", None)
        with pytest.raises(TimeoutError):
            taken.result(timeout=2 * desks.BEGINS_WITHIN_S)
        draw(desk, b"new")
        assert taken.result(timeout=10) == b"new"
    monkeypatch.setattr(desks, "WAITS_AT_MOST_S", 0.0)
    desk.put("file", None)
    with pytest.raises(desks.NotReady):
        desk.hand_out("file")


def test_a_run_broken_off_does_not_leave_it_waiting():
    desk = Desk()
    draw(desk, b"old")

    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), desk.drawing():
        raise Stopped
    assert desk.hand_out("file") == b"old"


def test_a_button_that_is_gone_delivers_what_it_stood_for():
    desk = Desk()
    draw(desk, b"old")
    pool = ThreadPoolExecutor(1)
    taken = pool.submit(desk.hand_out, "file")
    with desk.drawing():
        desk.put("other", lambda: b"other")
    assert taken.result(timeout=10) == b"old"
    pool.shutdown()
    with pytest.raises(KeyError):
        desk.hand_out("file")


def test_it_waits_only_so_long(monkeypatch):
    monkeypatch.setattr(desks, "WAITS_AT_MOST_S", 0.5)
    desk = Desk()
    draw(desk, b"old")
    with desk.drawing():
        assert desk.hand_out("file") == b"old"


def test_every_download_goes_through_the_desk():
    pages = [path for path in (ROOT / "views").glob("**/*.py") if path.name != "downloads.py"]
    assert [p.name for p in (*pages, ROOT / "app.py") if "download_button(" in p.read_text()] == []
