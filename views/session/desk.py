"""What a visitor's page offers to take home, handed out as it is on screen when it is handed out.

A click on a download comes in a thread of its own and may overtake the run that something typed
just before has started. So a button does not hold its file: it asks the desk, which waits until the
page has been drawn again and hands out what that page offers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

BEGINS_WITHIN_S = 0.25
"""A run begins so long, or less, after what was typed has reached the server."""
WAITS_AT_MOST_S = 60.0
"""What is on screen then has not changed all the while."""
MOST_CLICKS = 4
"""Of one visitor that wait at a time."""
_LOOK_AGAIN_S = 0.05
_KEY = "desk"

Make = Callable[[], bytes]


class NotReady(Exception):
    """What was asked for was withdrawn by the page, and did not come in time."""


class Desk:
    """The files that the pages of one visitor offer, by the keys of their buttons."""

    def __init__(self) -> None:
        """Start with nothing on offer and no run going on."""
        self._offers: dict[str, tuple[int, Make | None]] = {}
        self._run, self._drawing = 0, False
        self._clicks = 0
        self._lock = threading.Lock()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Note that the page is being drawn, however that ends."""
        with self._lock:
            self._run, self._drawing = self._run + 1, True
            mine = self._run
        try:
            yield
            self._forget_before(mine)
        finally:
            with self._lock:
                self._drawing = self._drawing and self._run != mine

    def _forget_before(self, run: int) -> None:
        """Let go of what pages offered that are no longer on screen, and of the runs behind it."""
        with self._lock:
            self._offers = {k: offer for k, offer in self._offers.items() if offer[0] >= run}

    def put(self, key: str, make: Make | None) -> None:
        """Offer a file under the key of its button; None while it is still to come."""
        with self._lock:
            self._offers[key] = (self._run, make)

    def hand_out(self, key: str) -> bytes:
        """Return a file as the page offers it once what was done before the click is on screen."""
        with self._lock:
            if self._clicks >= MOST_CLICKS:
                raise NotReady(
                    f"{key} is one of too many files at a time; it can be asked for again"
                )
            self._clicks += 1
        try:
            return self._awaited(key)
        finally:
            with self._lock:
                self._clicks -= 1

    def _awaited(self, key: str) -> bytes:
        until = time.monotonic() + WAITS_AT_MOST_S
        offered, make = self._offers[key]
        time.sleep(BEGINS_WITHIN_S)
        seen, late = -1, False
        while not late:
            late = time.monotonic() > until
            with self._lock:
                offered, make = self._offers.get(key, (offered, make))
                drawn = offered == self._run or not self._drawing
                quiet, seen = seen == self._run, self._run
            if make is not None and ((drawn and quiet) or late):
                return make()
            time.sleep(_LOOK_AGAIN_S)
        raise NotReady(f"{key} is still being worked out; it can be asked for again")


def desk() -> Desk:
    """Return the visitor's own."""
    found: Desk = st.session_state.setdefault(_KEY, Desk())
    return found


def still(there: Desk | None) -> Desk:
    """Return the desk of a visitor, who must not have left."""
    if there is None:
        raise LookupError("the visitor who was offered this file has left")
    return there
