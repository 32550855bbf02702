"""Long work of pages: done once for all visitors, with progress, and stopped by whoever waits.

What comes out is read-only and keyed by everything that determines it. Work that starts by itself
starts again only when asked after it was stopped.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.words.foreign import markdown
from model.version import RESULTS_VERSION

MOST_BYTES = 300_000_000
"""What finished work may hold in memory; the newest always stays."""
_OWN_BYTES = 100_000_000
AT_ONCE = 2
"""Pieces of work that run at the same time, for all visitors together."""
_LOOK_AGAIN_S = 0.3

Progress = Callable[[int, int], None]
T = TypeVar("T")


class Store:
    """Finished work, least recently used first out, within a bound on memory."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Start empty; `most_bytes` bounds what is kept."""
        self._found: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._most_bytes = most_bytes
        self.turns = threading.Semaphore(AT_ONCE)

    def get(self, key: Hashable) -> Any:
        """Return what is kept under a key, None if nothing is."""
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key][0]

    def put(self, key: Hashable, value: object, size: int) -> None:
        """Keep a value of so many bytes and let go of the oldest beyond the bound."""
        with self._lock:
            self._found[key] = (value, size)
            self._found.move_to_end(key)
            while len(self._found) > 1 and self._held() > self._most_bytes:
                self._found.popitem(last=False)

    def _held(self) -> int:
        return sum(size for _, size in self._found.values())


@st.cache_resource
def store() -> Store:
    """Return the store of this server process."""
    return Store()


def own_store() -> Store:
    """Return the store of this visit, for what is made of files that nobody else may see."""
    kept: Store = st.session_state.setdefault("work.own", Store(_OWN_BYTES))
    return kept


def found(name: str, *parts: Hashable) -> Any:
    """Return work that is finished already, None otherwise."""
    return store().get((RESULTS_VERSION, name, *parts))


def keep(name: str, *parts: Hashable, value: object, size: int) -> None:
    """Keep something of so many bytes that came out beside other work."""
    store().put((RESULTS_VERSION, name, *parts), value, size)


def work(
    place: DeltaGenerator,
    name: str,
    parts: tuple[Hashable, ...],
    make: Callable[[Progress], T],
    *,
    doing: str,
    size: int,
    start: str | None = None,
    kept: Store | None = None,
) -> T | None:
    """Return a piece of work, doing it now with progress in `place`; None if it is not wanted.

    `parts` say what determines it besides its name; `doing` is what the bar says; `size` is what it
    holds in bytes. With `start`, the words of a button, it waits to be asked for. It is kept for
    all visitors unless a store is given.
    """
    key = (RESULTS_VERSION, name, *parts)
    shelf = kept or store()
    there = shelf.get(key)
    if there is not None:
        place.empty()
        return cast(T, there)
    if not _wanted(place, name, key, start):
        return None
    made = _made(place, name, key, make, doing, size, shelf)
    place.empty()
    return made


def _wanted(place: DeltaGenerator, name: str, key: Hashable, start: str | None) -> bool:
    said, about = st.session_state.get(_said(name), ("", None))
    asked = about == key and said == "start"
    stopped = about == key and said == "stop"
    if asked or (start is None and not stopped):
        return True
    label = f"Stopped. {start or 'Go on'}" if stopped else str(start)
    place.button(markdown(label), key=f"start.{name}", on_click=_say, args=(name, "start", key))
    return False


def _made(
    place: DeltaGenerator,
    name: str,
    key: Hashable,
    make: Callable[[Progress], T],
    doing: str,
    size: int,
    shelf: Store,
) -> T:
    with place.container(horizontal=True, vertical_alignment="center", key=f"doing.{name}"):
        bar = st.progress(0.0, f"{markdown(doing)} …")
        st.button("Stop", key=f"stop.{name}", on_click=_say, args=(name, "stop", key))
    turns = store().turns
    # Every message to the page is a place where work that nobody waits for any more ends.
    while not turns.acquire(timeout=_LOOK_AGAIN_S):
        bar.progress(0.0, f"{markdown(doing)}: waiting for its turn …")

    def advance(done: int, total: int) -> None:
        bar.progress(min(done / total, 1.0), f"{markdown(doing)} …")

    try:
        made = shelf.get(key)
        if made is None:
            made = make(advance)
            shelf.put(key, made, size)
    finally:
        turns.release()
    return cast(T, made)


def _said(name: str) -> str:
    return f"work.{name}"


def _say(name: str, what: str, key: Hashable) -> None:
    st.session_state[_said(name)] = (what, key)
