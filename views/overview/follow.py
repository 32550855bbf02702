"""What follows on the overview as soon as there is room for it, while many people are here."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.delta_generator import DeltaGenerator

from views.session import state
from views.session.runs import Run
from views.waiting.follow import follows
from views.waiting.turns import Busy


def up(place: DeltaGenerator, run: Run, add: Callable[[], None]) -> None:
    """Add what is not there yet; where there is no room, say so and see to it that it follows."""
    fewer = run.years < state.years_shown()
    said = f"these figures rest on {run.years:,} of {state.years_shown():,} years"
    try:
        # What many wait for comes before what few years can be told to lack.
        if fewer:
            raise Busy
        add()
    except Busy:
        with place:
            follows(said if fewer else "the ranges are missing")
