"""The tables behind the charts of Overview: what they show and what their CSVs keep."""

from __future__ import annotations

import json
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from model.beliefs.belief import Belief
from model.present.charts import decide, drivers, money_data, overview, overview_data, replay_data
from model.replays.incident import named
from model.replays.replay import replay
from model.runs.simulate import simulate
from model.runs.standard_errors import around
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
    by_hour = np.zeros((7, 168))
    for hour, loss, minutes in ((0, 30.0, 10.0), (25, 120.0, 30.0)):  # Monday 0 h, Tuesday 1 h
        by_hour[:, hour] = loss, minutes, loss**2, loss * minutes, minutes**2, 20, 20
    table = money_data.hour_of_week(by_hour)
    assert len(table) == 2 * (24 // money_data.BIN_H + 1)
    first = table.iloc[0]
    assert (first["day"], first["hours"]) == (money_data.WEEKDAYS, "00:00 to 03:00")
    assert first["usd_per_minute"] == pytest.approx(3.75)
    error = np.hypot(30 - 37.5, 120 - 112.5) / 40
    assert first["standard_error"] == pytest.approx(error)
    assert first["high"] == pytest.approx(3.75 + 1.96 * error)
    assert first["known"] == "yes"
    assert set(table["known"][1:]) == {"no"}
    assert set(table["text"][1:]) == {"unknown"}


def test_a_noisy_price_is_not_drawn() -> None:
    by_hour = np.zeros((7, 168))
    for hour, loss in ((0, 10.0), (1, 30.0)):
        by_hour[:, hour] = loss, 10.0, loss**2, loss * 10.0, 100.0, 20, 20
    first = money_data.hour_of_week(by_hour).iloc[0]
    assert first["known"] == "no"
    assert np.isnan(first["usd_per_minute"])


def test_prices_of_a_minute_are_drawn_from_zero_and_to_the_end_of_the_day() -> None:
    table = money_data.hour_of_week(simulate(Scenario.default(), years=20_000).tally.by_hour)
    assert table["relative_error"].max() < money_data.NOISY
    for _, day in table.groupby("day"):
        assert list(day["hour"]) == [*range(0, 24, money_data.BIN_H), 24]
        assert day["usd_per_minute"].iloc[-1] == day["usd_per_minute"].iloc[-2]
    for layer in overview.spec("hour_of_week", "light")["layer"]:
        scale = layer["encoding"]["y"].get("scale", {"domainMin": 0})
        assert scale["domainMin"] == 0


def test_a_waterfall_leads_from_group_to_group_to_the_total() -> None:
    """Known by hand: 9 lost of ads in parts of 8 and 1, 2 spent, 3 come back, 8 are left."""
    usd = {"playback": 8.0, "freshness": 1.0, "response": 2.0, "budget_recapture": -3.0}
    table = money_data.money_bars(usd, 8.0, "Left").set_index("label")
    spans = {label: (row.start_usd, row.end_usd) for label, row in table.iterrows()}
    assert spans == {
        "Ad revenue lost": (0.0, 9.0),
        "Playback fails": (0.0, 8.0),
        "Feed goes stale": (8.0, 9.0),
        "Costs": (9.0, 11.0),
        "What comes back": (11.0, 8.0),
        "Left": (0.0, 8.0),
    }
    assert list(table["kind"]) == ["loss"] * 4 + ["back", "total"]


def test_lines_too_small_to_be_seen_are_joined_and_add_up() -> None:
    usd = {"playback": 97.0, "freshness": 1.0, "ad_serving": 1.0, "ad_price": 1.0}
    table = money_data.money_bars(usd, 100.0, "Left")
    parts = table[table["rank"] == "part"]
    assert list(parts["label"]) == ["Playback fails", "Smaller losses of ads"]
    assert parts["usd"].sum() == pytest.approx(100.0)
    assert not table["label"].duplicated().any()


def test_the_waterfall_of_a_run_adds_up_to_its_average_year() -> None:
    run = simulate(Scenario.default(), years=5_000)
    usd = {name: figure.value for name, figure in run.components().items()}
    total = run.mean("loss_usd").value
    table = money_data.money_bars(usd, total, "Left")
    groups = table[table["rank"] == "group"]
    assert groups["usd"].sum() == pytest.approx(total, rel=1e-9)
    assert groups["end_usd"].iloc[-1] == pytest.approx(total, rel=1e-9)


def test_from_nine_causes_on_the_cheapest_are_one_bar() -> None:
    known = list(Scenario.default().causes)
    names = [*known, *(f"own_{k}" for k in range(40 - len(known)))]
    dear = {name: around(float(k + 1), 0.1) for k, name in enumerate(names)}
    table = money_data.causes(dear)
    assert len(table) == money_data.MOST_CAUSES + 1
    assert table["usd"].sum() == pytest.approx(sum(figure.value for figure in dear.values()))
    assert list(table["label"])[-1] == "33 other causes"
    last = table.iloc[-1]
    assert last["high_usd"] - last["usd"] == pytest.approx(33 * 0.1 * 1.96, rel=0.01)
    few = money_data.causes(dict(list(dear.items())[:8]))
    assert len(few) == 8
    assert few["usd"].is_monotonic_decreasing


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
    table = overview_data.exceedance(run.curve(160), 25e6, run.chance_over(25e6))
    rows = table[table["part"] == "curve"]
    known = rows["high_usd"].notna().to_numpy()
    assert known[0]
    assert (np.diff(known.astype(int)) <= 0).all()
    assert (rows["low_usd"] <= rows["loss_usd"])[known].all()
    assert (rows["loss_usd"] <= rows["high_usd"])[known].all()


@pytest.mark.parametrize("seed", range(4))
def test_the_points_of_the_curve_say_what_the_table_of_return_periods_says(seed: int) -> None:
    run = simulate(Scenario.default(), years=20_000, seed=seed)
    table = overview_data.exceedance(run.curve(160), 25e6, run.chance_over(25e6))
    points = table[table["part"] == "point"]
    told = {1.0 / row.return_period: row.aep for row in run.exceedance()}
    assert len(points) == 4
    for point in points.itertuples():
        assert point.loss_usd == told[point.chance].value
    years = run.curve(300)
    assert (np.diff(years["chance"]) < 0).all()


def test_a_tolerance_a_little_beyond_the_curve_is_drawn_without_a_point_on_it() -> None:
    run = simulate(Scenario.default(), years=2_000)
    curve, over = run.curve(160), run.chance_over(25e6)
    furthest = float(curve["loss_usd"][curve["chance"] >= overview_data.RAREST].max())
    for times, side, seen in ((0.2, "near", True), (0.9, "far", True), (1.4, "far", False)):
        table = overview_data.exceedance(curve, times * furthest, over)
        (mark,) = table[table["part"] == "tolerance"].itertuples()
        assert (mark.side, bool(np.isfinite(mark.chance))) == (side, seen)
    far = overview_data.exceedance(curve, 2.0 * furthest, over)
    assert "tolerance" not in set(far["part"])


def test_no_mark_is_read_out_by_itself() -> None:
    assert overview.spec("exceedance", "light")["config"]["mark"] == {"aria": False}


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
    assert module.spec(name, "light")["config"]["axis"]["labelFlush"] is False


def test_the_frontier_says_that_it_is_before_credit() -> None:
    for name in ("frontier_saving", "frontier_tvar_95"):
        assert "before SLA credit" in json.dumps(decide.spec(name, "light"))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", ["lognormal", "normal", "weibull", "loglogistic", "gamma"])
def test_a_belief_at_the_edge_of_what_a_float_holds_is_drawn(shape: str) -> None:
    tiny = Belief(shape, 2.2250738585218e-310, 2.2250738807725e-310)
    table = overview_data.density(tiny, 0.0, 1e4, "USD")
    assert np.isfinite(table["density"]).all()


def test_money_of_a_replay_stands_on_the_platforms_clock_and_adds_up() -> None:
    scenario = Scenario.default()
    incident = named()["tiktok-2026-03-03"]
    curves = replay(scenario, incident, worlds=200).curves()
    table = replay_data.lost(curves, incident, scenario.time_zone, 24.0)
    whole = table[table["part"] == "whole"]
    lines = table[table["part"] == "line"].groupby("at")["usd"].sum()
    np.testing.assert_allclose(lines, whole["usd"], rtol=1e-9, atol=1e-6)
    phases = table[table["part"] == "phase"]
    begin, end = phases["at"].min(), phases["end"].max()
    assert len(phases) == len(incident.phases)
    assert begin.isoformat() == "2026-03-03T08:24:00"
    assert (end - begin).total_seconds() == 3600 * incident.hours
    assert (whole.loc[whole["at"] < begin, "usd"].abs() < 1e-6).all()
    assert whole["total_usd"].is_monotonic_increasing
    assert table.loc[table["part"] == "end", "total_usd"].item() == whole["total_usd"].iloc[-1]
    assert len(table) <= 500
