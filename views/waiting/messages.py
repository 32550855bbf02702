"""What browsers send faster than anybody can move: it waits, and what is newer takes its place.

Whatever a browser asks for begins a thread and is answered with messages, long before the app could
say no. So it is held back before that, where the server takes messages from its connections. What
no page of the app sends is dropped: Streamlit would let any visitor empty what all visitors share,
list the files of the checkout, or write into it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.runtime.runtime import RuntimeStoppedError

from views.waiting.going_on import is_here

A_SECOND = 8.0
"""Messages of one page that are taken in the long run; a slider that is dragged sends five."""
AT_ONCE = 24
"""Messages of one page that are taken at once."""
MOST_WAITING = 20
"""Of one page; then the oldest are dropped."""
MANY_NEWCOMERS = 10
"""Connections of a second; while there are more, each has to stay for `STAYS_S` to get a page."""
STAYS_S = 0.5
_SPARE_S = (AT_ONCE - 1) / A_SECOND
MOST_WIDGETS = 2_000
"""Fields of which a message brings the state."""
MOST_FILES = 200
"""Files that a message announces."""
CLICKS = 64
"""Downloads of all visitors that wait at a time for what they deliver."""
_SECOND_S = 1.0


@dataclass
class _Browser:
    """A page that is open in a browser: what it sent too soon, and when its next is taken."""

    from_s: float
    """Before that nothing is taken."""
    due_s: float = 0.0
    """When its messages so far would have come at the rate of the long run."""
    waiting: list[tuple[BackMsg, Any]] = field(default_factory=list)

    def wait_s(self, now: float) -> float:
        # Nothing waits for longer, unless a clock has stepped back.
        return min(max(self.from_s, self.due_s - _SPARE_S) - now, STAYS_S)

    def take(self, now: float) -> None:
        self.due_s = min(max(self.due_s, now), now + _SPARE_S) + 1.0 / A_SECOND

    def put(self, message: BackMsg, client: Any) -> None:
        """Keep a message, in place of the last one if that says nothing else."""
        if self.waiting and _replaces(message, self.waiting[-1][0]):
            self.waiting.pop()
        self.waiting.append((message, client))
        del self.waiting[:-MOST_WAITING]


class HeldBack:
    """Takes the server's messages in its place, and hands them on as fast as may be.

    All of it happens in the thread of the server's event loop.
    """

    def __init__(
        self,
        hand_on: Callable[..., None],
        later: Callable[[float, Callable[[], None]], object],
        *,
        here: Callable[[str], bool] = is_here,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`later` calls something after so many seconds; `here` tells who is still connected."""
        self._hand_on, self._later, self._here, self._clock = hand_on, later, here, clock
        self._browsers: dict[str, _Browser] = {}
        self._arrivals: deque[float] = deque()
        self._forgot_at = clock()

    def __call__(self, session_id: str, msg: BackMsg, *, client: Any = None) -> None:
        """Take a message, as `Runtime.handle_backmsg` does."""
        if not of_a_page(msg):
            return
        now = self._clock()
        browser = self._browsers.get(session_id) or self._newcomer(session_id, now)
        wait_s = browser.wait_s(now)
        if browser.waiting:
            browser.put(msg, client)
        elif wait_s > 0:
            browser.put(msg, client)
            self._later(wait_s, partial(self._go_on, session_id))
        else:
            browser.take(now)
            self._hand_on(session_id, msg, client=client)

    def _go_on(self, session_id: str) -> None:
        """Hand on what has waited for longest; the server drops it if nobody is there any more."""
        browser, now = self._browsers[session_id], self._clock()
        message, client = browser.waiting.pop(0)
        browser.take(now)
        if browser.waiting:
            self._later(max(browser.wait_s(now), 0.0), partial(self._go_on, session_id))
        with suppress(RuntimeStoppedError):
            self._hand_on(session_id, message, client=client)

    def _newcomer(self, session_id: str, now: float) -> _Browser:
        if now - self._forgot_at > _SECOND_S:
            self._forget(now)
        self._arrivals.append(now)
        while now - self._arrivals[0] > _SECOND_S:
            self._arrivals.popleft()
        many = len(self._arrivals) > MANY_NEWCOMERS
        found = self._browsers[session_id] = _Browser(now + STAYS_S if many else now)
        return found

    def _forget(self, now: float) -> None:
        self._forgot_at = now
        gone = [k for k, one in self._browsers.items() if not one.waiting and not self._here(k)]
        for session_id in gone:
            del self._browsers[session_id]


def of_a_page(message: BackMsg) -> bool:
    """Tell whether pages of the app send such a message."""
    match message.WhichOneof("type"):
        case "rerun_script":
            asked = message.rerun_script
            held = len(asked.widget_states.widgets), len(asked.cached_message_hashes)
            return max(held) <= MOST_WIDGETS
        case "file_urls_request":
            return len(message.file_urls_request.file_names) <= MOST_FILES
        case "backend_operation_request":
            operation = message.backend_operation_request.WhichOneof("payload")
            return operation in ("deferred_file", "dataframe_chunk")
        case kind:
            return kind in ("stop_script", "app_heartbeat")


def _replaces(new: BackMsg, old: BackMsg) -> bool:
    """Tell whether a message asks for the same part of a page, and nobody has clicked before."""
    return (
        new.WhichOneof("type") == old.WhichOneof("type") == "rerun_script"
        and new.rerun_script.fragment_id == old.rerun_script.fragment_id
        and not any(
            str(state.WhichOneof("value")).endswith("trigger_value")
            for state in old.rerun_script.widget_states.widgets
        )
    )


@st.cache_resource(show_spinner=False)
def held_back() -> bool:
    """Let this server process hold back what comes too fast; done once."""
    if Runtime.exists():
        hold_back(Runtime.instance())
    return True


def hold_back(runtime: Any) -> None:
    """Put oneself between a server's connections and what it does with their messages."""

    def later(seconds: float, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, call)

    held = HeldBack(runtime.handle_backmsg, later)

    def first(session_id: str, msg: BackMsg, *, client: Any = None) -> None:
        # Clicks wait in threads of the loop, of which there are six on two cores.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CLICKS, "clicks"))
        runtime.handle_backmsg = held
        held(session_id, msg, client=client)

    runtime.handle_backmsg = first
