"""Whose turn it is: what pages compute waits for it, and ends when nobody wants it any more."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from model.limits import PLENTY_BYTES
from model.runs import memory
from model.runs.blocks import expected_incidents, plan
from model.runs.turns import Turn, Turns, Urgency
from model.scenario.scenario import Scenario

PATIENCE_S = 1.0
"""A page waits so long for its turn before it does with fewer years."""
SWITCH_S = 0.0005
"""How long a thread computes while others wait for the interpreter, which has much else to do: send
figures, and begin the next step of every block. Python's own 5 ms add up for whoever waits."""
QUIET_S = 30.0
"""Who has moved nothing for so long may be gone."""


class Busy(Exception):
    """There is no room for this work as yet."""


@st.cache_resource
def turns() -> Turns:
    """Return the turns of this server process."""
    memory.keep_freed()
    sys.setswitchinterval(SWITCH_S)
    return Turns(tidy=_tidy)


def _tidy(quiet_s: float) -> None:
    """Let go of what nobody can reach, and of freed memory when nobody will want it again soon.

    The garbage collector comes here and not after every rerun (`postScriptGC` of the settings):
    it stops the whole process for as long as it takes. What the system gets back the next move has
    to ask for again, page by page, which takes a tenth of a run.
    """
    forget_departed()
    gc.collect()
    if quiet_s > QUIET_S or (memory.resident_bytes() or 0) > PLENTY_BYTES:
        memory.give_back()


def forget_departed() -> None:
    """Let go of visitors who can come back no more, with what they uploaded.

    Streamlit keeps them until the next one leaves, which may be a night away.
    """
    if Runtime.exists():
        sessions = getattr(Runtime.instance(), "_session_mgr", None)
        departed = getattr(getattr(sessions, "_session_storage", None), "_cache", None)
        if departed is not None:
            departed.expire()


def turn(
    urgency: Urgency,
    scenario: Scenario,
    years: int,
    *,
    variants: int = 1,
    still_wanted: Callable[[Turn], None] = lambda turn: None,
) -> Turn:
    """Return an executor for work of the visitor at hand on so many years.

    What is worked on at a time is expected to price the incidents of a block `variants` times.
    `still_wanted` is asked now and then by whoever waits, and may raise.
    """
    visitor = visitor_id()
    block = min(plan(scenario, years, None).block_years, years)

    def ask() -> None:
        give_way()
        still_wanted(mine)

    incidents = variants * block * expected_incidents(scenario)
    mine = turns().turn(urgency, visitor, incidents, ask)
    return mine


class Patience:
    """How long a page waits for work to begin, from now on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._until = clock, clock() + PATIENCE_S

    def __call__(self, mine: Turn) -> None:
        """Raise `Busy` if a piece of work has waited for too long or is going to, and not begun."""
        late = self._clock() > self._until
        if not mine.begun and (late or mine.turns.crowded(mine.visitor)):
            raise Busy


def visitor_id() -> str | None:
    """Return who the script at hand runs for; None outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else None


def give_way() -> None:
    """End the script at hand if the visitor has moved on or left."""
    if visitor_id() is not None:
        # Reading the session's state is where Streamlit ends a script that nobody waits for.
        _ = "nothing" in st.session_state
