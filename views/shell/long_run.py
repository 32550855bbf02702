"""The long run that was chosen: offered, under way on whatever page its visitor is, finished."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from model.present.words import headline
from model.runs.blocks import expected_incidents
from model.runs.turns import Urgency
from model.scenario.scenario import Scenario
from views.session import runs, state
from views.waiting.going_on import GoingOn, time_left
from views.waiting.turns import visitor_id

_UNDER_WAY = "long_run_under_way"
_LOOK_AGAIN_S = 0.5

Key = tuple[Scenario, int, int]


def offer() -> None:
    """Offer the long run that was chosen, or show how far it is, while the everyday one shows."""
    wanted, shown = state.settings(), state.years_shown()
    if wanted.years == shown:
        return
    most = runs.years_asked(state.current(), wanted.years)
    key = (state.current().simulated, most, wanted.seed)
    with st.container(border=True, key="long_run"):
        work = _under_way(key)
        if work is not None and not work.over:
            _progress(key, work)
            return
        st.markdown(f"Showing {shown:,} years. {_more_years(shown, most)}")
        if work is not None and work.error:
            st.error(headline.markdown(work.error), icon=":material/memory:")
        if most > shown:
            label = f"Run {most:,} years"
            st.button(label, type="primary", key="run_long", on_click=_begin, args=(key,))


def said() -> str:
    """Return what is under way, for the pages that show nothing of it; nothing if nothing is."""
    found: tuple[Key, GoingOn] | None = st.session_state.get(_UNDER_WAY)
    if found is None or found[1].over:
        return ""
    return f"{found[0][1]:,} years are being simulated; the Overview shows how far they are."


def _more_years(shown: int, most: int) -> str:
    """Say what more years of the scenario in hand take, and why there are no more unasked."""
    a_year = expected_incidents(state.current())
    busy = f"About {a_year:,.0f} incidents are expected in each: " if a_year > 50 else ""
    if most <= shown:
        return f"{busy}more would take too long."
    limit = "no more can be run; they" if most < state.settings().years else "these"
    return (
        f"{busy}{most:,} years take a while, {limit} can be cancelled at any time, and go on while "
        "you look at other pages."
    )


def _under_way(key: Key) -> GoingOn | None:
    """Return the run of a key if it was begun by this visitor."""
    found: tuple[Key, GoingOn] | None = st.session_state.get(_UNDER_WAY)
    return found[1] if found and found[0] == key else None


def _begin(key: Key) -> None:
    """Begin a run in place of any other of the visitor; what is finished is kept with all runs."""
    before: tuple[Key, GoingOn] | None = st.session_state.get(_UNDER_WAY)
    if before:
        before[1].cancel()
    scenario, years, seed = key

    def make(work: GoingOn) -> object:
        return runs.run(
            scenario,
            years,
            seed,
            work.advance,
            urgency=Urgency.LONG,
            still_wanted=lambda turn: work.go_on(),
        )

    st.session_state[_UNDER_WAY] = (key, GoingOn(make, visitor_id()))


@st.fragment(run_every=_LOOK_AGAIN_S)
def _progress(key: Key, work: GoingOn) -> None:
    """Show how far the run is, and all pages with its years once it is finished."""
    if work.over:
        scenario, years, seed = key
        wanted = state.settings()
        if runs.finished(scenario, years, seed) and years != wanted.years:
            state.set_settings(replace(wanted, years=years))
        st.rerun()
    st.progress(work.share, f"{work.share:.0%} of {key[1]:,} years{_left(work)}")
    st.caption("It goes on while you look at other pages, and ends when you close this one.")
    st.button("Cancel", key="cancel_long", on_click=work.cancel)


def _left(work: GoingOn) -> str:
    return time_left(work.left_s) if work.share else ", waiting for its turn …"
