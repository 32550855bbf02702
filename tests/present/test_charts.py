"""The tables behind the charts of Overview: what they show and what their CSVs keep."""

from __future__ import annotations

import json
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from model.beliefs.belief import Belief
from model.present.charts import decide, drivers, overview, overview_data, replay_data
from model.replays.incident import named
from model.replays.replay import replay
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

LOSSES = np.array([0.0] * 4 + [1.0, 2e5, 3e5, 9e5, *np.linspace(1e6, 5e7, 12)])


def test_only_years_without_a_loss_stand_on_zero() -> None:
    table = overview_data.twenty_years(LOSSES, 25e6)
    dots = table[table["part"] == "dot"]
    assert len(dots) == 20
    np.testing.assert_array_equal(dots["loss_usd"] == 0, LOSSES == 0)
    width = LOSSES.max() / 26
    assert np.abs(dots["loss_usd"] - LOSSES).max() <= width
    assert not dots.duplicated(["loss_usd", "stack"]).any()


def test_starting_hours_share_a_price() -> None:
    """Two kinds of minute at $3 and $4: a ratio of sums, not a mean of prices; error by hand."""
    by_hour = np.zeros((5, 168))
    for hour, loss, minutes in ((0, 30.0, 10.0), (25, 120.0, 30.0)):  # Monday 0 h, Tuesday 1 h
        by_hour[:, hour] = loss, minutes, loss**2, loss * minutes, minutes**2
    table = overview_data.hour_of_week(by_hour)
    assert len(table) == 2 * 24 // overview_data.BIN_H
    first = table.iloc[0]
    assert (first["day"], first["hours"]) == ("Mon–Fri", "00–03")
    assert first["usd_per_minute"] == pytest.approx(3.75)
    assert first["standard_error"] == pytest.approx(np.hypot(30 - 37.5, 120 - 112.5) / 40)
    assert first["known"] == "yes"
    assert set(table["known"][1:]) == {"no"}
    assert set(table["text"][1:]) == {"unknown"}


def test_a_noisy_price_is_grey() -> None:
    by_hour = np.zeros((5, 168))
    for hour, loss in ((0, 10.0), (1, 30.0)):
        by_hour[:, hour] = loss, 10.0, loss**2, loss * 10.0, 100.0
    assert overview_data.hour_of_week(by_hour)["known"][0] == "no"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_heat_map_greys_what_is_not_known(mode: str) -> None:
    table = overview_data.hour_of_week(simulate(Scenario.default(), years=20_000).tally.by_hour)
    colour = overview.spec("hour_of_week", mode)["encoding"]["color"]
    assert colour["condition"]["test"] == "datum.known == 'yes'"
    assert colour["condition"]["field"] in table
    assert table["relative_error"].max() < overview_data.NOISY


NAN = float("nan")


def test_a_band_has_no_gaps_but_an_open_end() -> None:
    """Known by hand: what is unknown takes the lower end before it and the upper end after it."""
    rows = pd.DataFrame({"low_usd": [NAN, 1.0, NAN, 3.0, NAN], "high_usd": [NAN, 5, NAN, 9, NAN]})
    filled = overview_data.without_gaps(rows)
    np.testing.assert_array_equal(filled["low_usd"], [0.0, 1.0, 1.0, 3.0, NAN])
    np.testing.assert_array_equal(filled["high_usd"], [5.0, 5.0, 9.0, 9.0, NAN])


@pytest.mark.parametrize("years", [200, 400])
def test_the_band_of_a_short_run_reaches_from_the_start_to_its_end(years: int) -> None:
    run = simulate(Scenario.default(), years=years)
    table = overview_data.exceedance(run.curve(160), 25e6, run.chance_over(25e6).value)
    rows = table[table["part"] == "curve"]
    known = rows["high_usd"].notna().to_numpy()
    assert known[0]
    assert (np.diff(known.astype(int)) <= 0).all()
    assert (rows["low_usd"] <= rows["loss_usd"])[known].all()
    assert (rows["loss_usd"] <= rows["high_usd"])[known].all()


@pytest.mark.parametrize("seed", range(4))
def test_the_points_of_the_curve_say_what_the_table_of_return_periods_says(seed: int) -> None:
    run = simulate(Scenario.default(), years=20_000, seed=seed)
    table = overview_data.exceedance(run.curve(160), 25e6, run.chance_over(25e6).value)
    points = table[table["part"] == "point"]
    told = {1.0 / row.return_period: row.aep for row in run.exceedance()}
    assert len(points) == 4
    for point in points.itertuples():
        assert point.loss_usd == told[point.chance].value
    years = run.curve(300)
    assert (np.diff(years["chance"]) < 0).all()


def test_a_label_cuts_no_gap_into_the_band() -> None:
    marks = [layer["mark"] for layer in overview.spec("exceedance", "light")["layer"]]
    halo = next(k for k, mark in enumerate(marks) if "strokeWidth" in mark and "dx" in mark)
    assert halo < next(k for k, mark in enumerate(marks) if mark["type"] == "area")


@pytest.mark.parametrize("name", ["hourly", "hourly_share", "hourly_money"])
def test_a_replay_is_drawn_in_steps_that_begin_at_their_hour(name: str) -> None:
    marks = [layer["mark"] for layer in overview.spec(name, "light")["layer"]]
    drawn = [mark for mark in marks if mark["type"] in ("line", "area")]
    assert len(drawn) == 4
    assert {mark["interpolate"] for mark in drawn} == {"step-after"}


def test_nothing_is_lost_before_an_incident_begins() -> None:
    """Also with remedies whose hours are coarser: a row holds until the next."""
    curves = replay(Scenario.default(), named()["tiktok-2026-03-03"], seed=0).curves()
    some = np.flatnonzero(curves.hour % 3 == 0)
    coarse = replace(
        curves,
        hour=curves.hour[some],
        expected={name: values[some] for name, values in curves.expected.items()},
    )
    table = replay_data.hourly(curves, "availability", 24.0, coarse)
    before = table[table["hour"] < 0]
    np.testing.assert_allclose(before["expected"], before["baseline"], rtol=1e-12)
    np.testing.assert_allclose(before["remedied"], before["baseline"], rtol=1e-12)
    assert (table["expected"] < table["baseline"]).any()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *((overview, name) for name in overview._CHARTS),
        *((decide, name) for name in decide._CHARTS),
        *((drivers, name) for name in drivers._CHARTS),
    ],
)
def test_end_labels_of_axes_stand_at_their_ticks(module: ModuleType, name: str) -> None:
    assert module.spec(name, "light")["config"]["axis"] == {"labelFlush": False}


def test_the_frontier_says_that_it_is_before_credit() -> None:
    for name in ("frontier_eal", "frontier_tvar_95"):
        assert "before SLA credit" in json.dumps(decide.spec(name, "light"))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", ["lognormal", "normal", "weibull", "loglogistic", "gamma"])
def test_a_belief_at_the_edge_of_what_a_float_holds_is_drawn(shape: str) -> None:
    tiny = Belief(shape, 2.2250738585218e-310, 2.2250738807725e-310)
    table = overview_data.density(tiny, 0.0, 1e4, "USD")
    assert np.isfinite(table["density"]).all()
