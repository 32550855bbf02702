"""Years for surer figures, planned from the noise of the run on show."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from model.limits import MOST_KEPT_YEARS
from model.runs.blocks import plan
from model.runs.precision import looks, planned_years, share_of
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from views.overview.surer import SHARES

WAIT_S = 120.0
SHOWN = """
import streamlit as st
from views.overview import surer
from views.session import runs, state

surer.offer(runs.run(state.current(), 20_000, 0))
st.text(str(state.settings().years))
"""
CUT = plan(Scenario.default(), MOST_KEPT_YEARS, None)


def test_planned_years_do() -> None:
    short = simulate(Scenario.default(), years=50_000, seed=3)
    got = share_of(short.measure("eal"))
    wanted = got / 2.5
    years = planned_years(CUT, short.years, got, wanted)
    assert years in looks(CUT)
    found = simulate(Scenario.default(), years=years, seed=3)
    # The first guess of the error is itself known to some per cent.
    assert share_of(found.measure("eal")) <= 1.1 * wanted


def test_more_than_the_limit_is_not_planned() -> None:
    assert planned_years(CUT, 50_000, 0.02, 0.0001) is None
    assert planned_years(CUT, 50_000, float("nan"), 0.01) is None


def test_a_choice_sets_the_years_of_the_run_that_a_button_starts() -> None:
    app = AppTest.from_string(SHOWN, default_timeout=WAIT_S).run()
    assert not app.exception
    labels = [button.label for button in app.button]
    assert len(labels) == len(SHARES)
    years = [int(re.sub(r"\D", "", label.split(":")[1])) for label in labels]
    assert years == sorted(years)
    assert years[1] / years[0] == pytest.approx(4.0, rel=0.3)
    app.button[1].click().run()
    assert not app.exception
    assert app.text[0].value == str(years[1])
