"""Who asks for more than anybody can look at is held back, and others get their pages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from visiting.browser import PATIENCE_S
from visiting.protocol import in_own_loop

from views.waiting import shares as sharing
from views.waiting.messages import (
    A_SECOND,
    AT_ONCE,
    MANY_NEWCOMERS,
    MOST_WAITING,
    STAYS_S,
    HeldBack,
    hold_back,
)
from views.waiting.shares import EVERY_S, LEAST_SHARE, LONG_S, NEWCOMERS, PAGES, SPAN_S, Shares


class Server:
    """A server whose time passes only when told; it notes what reaches it, and when."""

    def __init__(self) -> None:
        self.now = 0.0
        self.left: set[str] = set()
        self.got: list[tuple[float, str, BackMsg]] = []
        self._later: list[tuple[float, Callable[[], None]]] = []
        self.take = HeldBack(
            self._hand_on,
            lambda seconds, call: self._later.append((self.now + seconds, call)),
            here=lambda visitor: visitor not in self.left,
            clock=lambda: self.now,
        )

    def _hand_on(self, visitor: str, message: BackMsg, *, client: object) -> None:
        assert client == f"client of {visitor}"
        if visitor not in self.left:
            self.got.append((self.now, visitor, message))

    def send(self, visitor: str, message: BackMsg) -> None:
        self.take(visitor, message, client=f"client of {visitor}")

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [one for one in self._later if one[0] <= until]:
            at, call = min(due, key=lambda one: one[0])
            self._later.remove((at, call))
            self.now = max(self.now, at)
            call()
        self.now = until

    def queries(self, visitor: str) -> list[str]:
        return [m.rerun_script.query_string for _, who, m in self.got if who == visitor]


def asks(query: str, *, fragment: str = "", clicks: str = "") -> BackMsg:
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.fragment_id = fragment
    if clicks:
        state = WidgetState(id=clicks, trigger_value=True)
        message.rerun_script.widget_states.widgets.append(state)
    return message


def test_a_flood_is_thinned_and_its_last_request_answered():
    server = Server()
    for k in range(1_000):
        server.send("hostile", asks(f"{k}"))
        server.wait(0.02)
    server.wait(10.0)
    got = server.queries("hostile")
    assert AT_ONCE + 20 * A_SECOND - 2 <= len(got) <= AT_ONCE + 20 * A_SECOND + 2
    assert got[:3] == ["0", "1", "2"]
    assert got[-1] == "999"
    assert got == sorted(got, key=int)


def test_a_slider_dragged_for_a_minute_is_never_held_back():
    server = Server()
    for k in range(300):
        server.send("visitor", asks(f"{k}"))
        assert len(server.got) == k + 1
        server.wait(0.2)


def test_no_click_and_no_part_of_a_page_is_lost_among_moves():
    server = Server()
    for _ in range(AT_ONCE):
        server.send("visitor", asks("before"))
    server.got.clear()
    server.send("visitor", asks("1"))
    server.send("visitor", asks("2"))
    server.send("visitor", asks("3", clicks="button"))
    server.send("visitor", asks("4"))
    server.send("visitor", asks("5", fragment="f"))
    server.send("visitor", asks("6"))
    upload = BackMsg()
    upload.file_urls_request.request_id = "7"
    server.send("visitor", upload)
    assert not server.got
    server.wait(10.0)
    assert server.queries("visitor") == ["3", "4", "5", "6", ""]
    assert server.got[-1][2] == upload


def test_what_waits_is_bounded():
    server = Server()
    for k in range(AT_ONCE + 1_000):
        server.send("hostile", asks(f"{k}", clicks="button"))
    server.wait(1_000.0)
    assert len(server.got) == AT_ONCE + MOST_WAITING


def test_a_flood_holds_back_nobody_else():
    server = Server()
    for k in range(100):
        server.send("hostile", asks(f"{k}"))
    server.send("visitor", asks("mine"))
    assert server.queries("visitor") == ["mine"]


def test_a_clock_that_steps_back_holds_nobody_for_long():
    server, room = Server(), Room()
    for k in range(AT_ONCE):
        server.send("visitor", asks(f"{k}"))
        room.draw("one")
    server.now = room.now = -3_600.0
    before = len(server.got)
    server.wait(2.0 * STAYS_S)
    server.send("visitor", asks("mine"))
    server.wait(2.0 * STAYS_S)
    assert server.queries("visitor")[before:][-1] == "mine"
    with room.shares.drawing("other", lambda: None):
        assert room.draw("one") + room.draw("one") <= EVERY_S


def test_a_meeting_gets_its_pages_within_a_blink():
    server = Server()
    for k in range(30):
        server.send(f"visitor {k}", asks(""))
    server.wait(STAYS_S)
    assert {who for _, who, _ in server.got} == {f"visitor {k}" for k in range(30)}


def test_connections_that_are_dropped_at_once_cost_no_page():
    server = Server()
    for k in range(500):
        server.send(f"hostile {k}", asks(""))
        server.wait(0.01)
        server.left.add(f"hostile {k}")
    assert len(server.got) <= MANY_NEWCOMERS
    server.send("visitor", asks("mine"))
    server.wait(STAYS_S)
    assert server.queries("visitor") == ["mine"]
    server.wait(10.0)
    server.send("another", asks("at once"))
    assert server.queries("another") == ["at once"]
    assert len(vars(server.take)["_browsers"]) == 2, "who has left is forgotten"


def strange() -> dict[str, BackMsg]:
    found = {
        "empties what all share": BackMsg(clear_cache=True),
        "lists the files of the checkout": BackMsg(load_git_info=True),
        "would have the app run again for all": BackMsg(set_run_on_save=True),
        "says nothing": BackMsg(),
        "writes into the checkout": BackMsg(),
        "writes beside the settings": BackMsg(),
        "announces a thousand files": BackMsg(),
        "has fields that no page has": asks(""),
        "knows messages that never came": asks(""),
    }
    operation = found["writes into the checkout"].backend_operation_request
    operation.install_skills.SetInParent()
    operation = found["writes beside the settings"].backend_operation_request
    operation.dismiss_skills_nudge.SetInParent()
    names = found["announces a thousand files"].file_urls_request.file_names
    names.extend(["log.csv"] * 1_000)
    states = found["has fields that no page has"].rerun_script.widget_states.widgets
    states.extend(WidgetState(id=f"{k}") for k in range(10_000))
    hashes = found["knows messages that never came"].rerun_script.cached_message_hashes
    hashes.extend(f"{k}" for k in range(10_000))
    return found


@pytest.mark.parametrize("what", strange())
def test_what_no_page_sends_is_dropped(what: str):
    server = Server()
    server.send("hostile", strange()[what])
    assert not server.got
    server.wait(60.0)
    assert not server.got


def test_what_pages_send_is_taken():
    server = Server()
    clicked, announced = BackMsg(), BackMsg()
    clicked.backend_operation_request.deferred_file.file_id = "f"
    announced.file_urls_request.file_names.append("log.csv")
    sent = [asks(""), clicked, announced, BackMsg(stop_script=True), BackMsg(app_heartbeat=True)]
    for message in sent:
        server.send("visitor", message)
    assert [message for _, _, message in server.got] == sent


def test_many_downloads_may_wait_at_a_time():
    """One visitor's clicks do not take all threads in which clicks wait."""
    together = threading.Barrier(40)
    server = SimpleNamespace(handle_backmsg=lambda *_, client: None)
    hold_back(server)

    async def click() -> None:
        server.handle_backmsg("visitor", asks(""))
        server.handle_backmsg("visitor", asks(""))
        waiting = (asyncio.to_thread(together.wait, PATIENCE_S) for _ in range(together.parties))
        await asyncio.gather(*waiting)

    in_own_loop(click())


class Room:
    """Visitors whose pages are drawn by one thread after the other as the test says."""

    def __init__(self) -> None:
        self.now = 0.0
        self.shares = Shares(clock=lambda: self.now, sleep=self._sleep)
        self.moved_on = False

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def draw(self, visitor: str, *, first: bool = False, takes_s: float = 0.0) -> float:
        """Draw a page; return how long it had to wait."""
        begun = self.now
        with self.shares.drawing(visitor, self._wanted, first=first):
            waited = self.now - begun
            self.now += takes_s
        return waited

    def _wanted(self) -> None:
        if self.moved_on:
            raise InterruptedError


def test_who_is_alone_is_drawn_at_once_however_often():
    room = Room()
    assert sum(room.draw("one") for _ in range(10 * PAGES)) == 0.0


def test_while_others_are_drawn_who_had_a_share_waits_a_second():
    room = Room()
    with room.shares.drawing("other", lambda: None):
        assert sum(room.draw("one") for _ in range(PAGES // 2)) == 0.0
        assert room.draw("one") == 0.0, "none was drawn out of turn in the last second"
        for _ in range(5):
            assert room.draw("one") == pytest.approx(EVERY_S, abs=0.1)
        assert room.draw("a third") == 0.0
    assert room.draw("one") == 0.0, "the other's page is drawn"
    room.now += SPAN_S
    with room.shares.drawing("other", lambda: None):
        assert sum(room.draw("one") for _ in range(PAGES // 2)) == 0.0


def test_nobody_in_a_full_room_waits_who_moves_now_and_then():
    room = Room()
    for k in range(40):
        room.draw(f"visitor {k}")
    with room.shares.drawing("other", lambda: None):
        assert sum(room.draw("one") for _ in range(LEAST_SHARE)) == 0.0
        assert room.draw("one") + room.draw("one") > 0.5 * EVERY_S


def test_several_tabs_of_a_flood_get_one_page_a_second_between_them():
    room = Room()
    drawn = {f"tab {k}": 0 for k in range(4)}
    with room.shares.drawing("other", lambda: None):
        for tab in drawn:
            for _ in range(PAGES):
                room.draw(tab, takes_s=0.001)
        begun, room.now = room.now, room.now
        while room.now - begun < 20.0:
            for tab in drawn:
                room.draw(tab)
                drawn[tab] += 1
    assert sum(drawn.values()) <= 20.0 / EVERY_S + 4 * LEAST_SHARE + PAGES


def test_who_moved_on_while_waiting_holds_nobody_up():
    room = Room()
    with room.shares.drawing("other", lambda: None):
        for _ in range(PAGES):
            room.draw("one")
        room.moved_on = True
        with pytest.raises(InterruptedError):
            room.draw("one")
        room.moved_on = False
        for _ in range(PAGES):
            room.draw("two")
        assert room.draw("two") <= EVERY_S + 0.1
    assert not vars(room.shares)["_drawn"]


def test_a_page_that_breaks_off_is_drawn_no_more():
    room = Room()
    with pytest.raises(RuntimeError), room.shares.drawing("one", lambda: None):
        raise RuntimeError
    assert not vars(room.shares)["_drawn"]


def test_few_first_pages_are_begun_together_and_nobody_else_waits_for_them():
    room = Room()
    with ExitStack() as drawn:
        for k in range(NEWCOMERS):
            drawn.enter_context(room.shares.drawing(f"new {k}", lambda: None, first=True))
        assert room.draw("who was here before") == 0.0
        assert room.draw("new", first=True) == pytest.approx(LONG_S, abs=0.1)
    for k in range(NEWCOMERS):
        assert room.draw(f"later {k}", first=True) == 0.0


def test_who_waits_longest_comes_first(monkeypatch: pytest.MonkeyPatch):
    """Real threads: two had their share, and the one who came first is drawn first."""
    monkeypatch.setattr(sharing, "LEAST_SHARE", 0)
    monkeypatch.setattr(sharing, "PAGES", 0)
    shares, order, came = Shares(), list[str](), threading.Event()

    def draw(name: str) -> None:
        with shares.drawing(name, came.set):
            order.append(name)

    with shares.drawing("other", lambda: None):
        threads = []
        for name in ("early", "late"):
            came.clear()
            threads.append(threading.Thread(target=draw, args=(name,)))
            threads[-1].start()
            came.wait()
    for thread in threads:
        thread.join()
    assert order == ["early", "late"]
