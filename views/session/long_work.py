"""Long work of pages: done once for all visitors, with progress, and stopped by whoever waits.

What comes out is read-only and keyed by everything that determines it. Work that starts by itself
starts again only when asked after it was stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Executor
from contextlib import nullcontext
from typing import Any, TypeVar, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.words.foreign import markdown
from model.runs.reuse.cache import Cache, Own
from model.runs.turns import Turn, Urgency
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION
from views.session.runs import done
from views.waiting.going_on import Pace, time_left
from views.waiting.turns import give_way, turn

_SMALL = 100_000
"""Bytes of a piece of work that are not in arrays, roughly."""

Progress = Callable[[int, int], None]
T = TypeVar("T")


def own_store() -> Own:
    """Return what is kept for this visit, for what is made of files that nobody else may see."""
    if "work.own" not in st.session_state:
        st.session_state["work.own"] = done.own()
    kept: Own = st.session_state["work.own"]
    return kept


def found(name: str, *parts: Hashable) -> Any:
    """Return work that is finished already, None otherwise."""
    return done.get((RESULTS_VERSION, name, *parts))


def keep(name: str, *parts: Hashable, value: object) -> None:
    """Keep what came out beside other work."""
    done.put((RESULTS_VERSION, name, *parts), value, besides=_SMALL)


def once(
    name: str, parts: tuple[Hashable, ...], make: Callable[[], T], *, doing: str | None = None
) -> T:
    """Return a piece of work that is over in a moment, made once for all visitors.

    `parts` say what determines it; `doing` is what the page says meanwhile.
    """
    key = (RESULTS_VERSION, name, *parts)
    there = done.get(key)
    if there is None:
        with st.spinner(markdown(doing)) if doing else nullcontext():
            there = done.once(key, make, besides=_SMALL, still_wanted=give_way)
    return cast(T, there)


def work(
    place: DeltaGenerator,
    name: str,
    parts: tuple[Hashable, ...],
    make: Callable[[Progress, Executor], T],
    *,
    on: tuple[Scenario, int],
    doing: str,
    start: str | None = None,
    variants: int = 1,
    urgency: Urgency = Urgency.HEAVY,
    kept: Cache | Own = done,
    size: int = _SMALL,
) -> T | None:
    """Return a piece of work, doing it now with progress in `place`; None if it is not wanted.

    `parts` say what determines it besides its name; it is made `on` a scenario and so many years,
    pricing them `variants` times, by an executor that waits for its turn; `doing` is what the bar
    says. With `start`, the words of a button, it waits to be asked for. It is kept for all visitors
    unless `kept` is somewhere else, and holds `size` bytes besides its arrays.
    """
    key = (RESULTS_VERSION, name, *parts)
    there = kept.get(key)
    if there is not None:
        place.empty()
        return cast(T, there)
    if not _wanted(place, name, key, start):
        return None
    bar = _Bar(place, name, key, doing)

    def made() -> T:
        threads = turn(urgency, *on, variants=variants, still_wanted=bar.wait)
        try:
            return make(bar.advance, threads)
        finally:
            bar.over = True

    found: T = kept.once(key, made, besides=size, still_wanted=give_way)
    place.empty()
    return found


def _wanted(place: DeltaGenerator, name: str, key: Hashable, start: str | None) -> bool:
    said, about = st.session_state.get(_said(name), ("", None))
    asked = about == key and said == "start"
    stopped = about == key and said == "stop"
    if asked or (start is None and not stopped):
        return True
    label = f"Stopped. {start or 'Go on'}" if stopped else str(start)
    place.button(markdown(label), key=f"start.{name}", on_click=_say, args=(name, "start", key))
    return False


class _Stopped(Exception):
    """Nobody waits for this work any more."""


class _Bar:
    """How far work is, with a button that stops it; only the page's own thread draws it."""

    def __init__(self, place: DeltaGenerator, name: str, key: Hashable, doing: str) -> None:
        self._doing = doing
        with place.container(horizontal=True, vertical_alignment="center", key=f"doing.{name}"):
            self._bar = st.progress(0.0, markdown(f"{doing} …"))
            st.button("Stop", key=f"stop.{name}", on_click=_say, args=(name, "stop", key))
        self._page = threading.get_ident()
        self._pace = Pace()
        self._shown: tuple[float, str] = (0.0, " …")
        self._share = 0.0
        self.over = False

    def advance(self, done: int, total: int) -> None:
        """Note how far it is, from any thread; raises once nobody waits for it."""
        self._share = min(done / total, 1.0)
        self._pace.begin()
        if threading.get_ident() == self._page:
            self._draw(" …")
        elif self.over:
            raise _Stopped

    def wait(self, mine: Turn) -> None:
        """Show how far it is while its page waits."""
        self._draw(" …" if mine.begun else ": waiting for its turn …")

    def _draw(self, about: str) -> None:
        if (self._share, about) != self._shown:
            self._shown = self._share, about
            left = time_left(self._pace.left_s(self._share))
            self._bar.progress(self._share, markdown(f"{self._doing}{about}{left}"))


def _said(name: str) -> str:
    return f"work.{name}"


def _say(name: str, what: str, key: Hashable) -> None:
    st.session_state[_said(name)] = (what, key)
