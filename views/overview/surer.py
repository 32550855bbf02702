"""Surer figures: how many years it takes until the average year is as sure as one likes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from model.limits import MOST_KEPT_YEARS
from model.present.words import headline
from model.present.words.numbers import share
from model.runs.blocks import plan
from model.runs.precision import planned_years, share_of
from views.session import runs, state
from views.session.runs import Run

SHARES = (0.01, 0.005, 0.0025)
"""Half of a 95 % interval over its figure."""


def offer(run: Run) -> None:
    """Offer the years that make the average year surer, for a presentation."""
    got = share_of(run.measures["eal"])
    if not got > min(SHARES):
        return
    with st.popover("Surer figures"):
        st.markdown(
            headline.markdown(
                f"With {run.years:,} years the average year is known to ± {share(got)} "
                "(95\xa0% simulation noise). For a presentation choose how sure it is to be; the "
                "run is then started by its button."
            )
        )
        for wanted in SHARES:
            _choice(run, got, wanted)


def _choice(run: Run, got: float, wanted: float) -> None:
    scenario = state.current()
    if got <= wanted:
        return
    years = planned_years(plan(scenario, MOST_KEPT_YEARS, None), run.years, got, wanted)
    if years is None or runs.years_asked(scenario, years) < years:
        said = f"± {share(wanted)} takes more years than are run here; the command line can."
        st.caption(headline.markdown(said))
        return
    label = headline.markdown(f"± {share(wanted)}: {years:,} years")
    st.button(label, key=f"surer.{wanted}", on_click=_choose, args=(years,))


def _choose(years: int) -> None:
    state.set_settings(replace(state.settings(), years=years))
