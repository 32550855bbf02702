"""The tables behind the charts of Overview: what they show and what their CSVs keep."""

from __future__ import annotations

import numpy as np
import pytest

from model.estimate import around
from model.present import charts, plots
from model.scenario import Scenario
from model.simulate import simulate

LOSSES = np.array([0.0] * 4 + [1.0, 2e5, 3e5, 9e5, *np.linspace(1e6, 5e7, 12)])


def test_only_years_without_a_loss_stand_on_zero() -> None:
    table = plots.twenty_years(LOSSES, 25e6)
    dots = table[table["part"] == "dot"]
    assert len(dots) == 20
    np.testing.assert_array_equal(dots["loss_usd"] == 0, LOSSES == 0)
    width = LOSSES.max() / 26
    assert np.abs(dots["loss_usd"] - LOSSES).max() <= width
    assert not dots.duplicated(["loss_usd", "stack"]).any()


def test_tables_to_keep_hold_figures_and_no_coordinates() -> None:
    dots = plots.dots(LOSSES, 25e6)
    assert list(dots.columns) == ["annual_loss_usd", "over_threshold"]
    np.testing.assert_array_equal(dots["annual_loss_usd"], LOSSES)
    bars = plots.money_bars({"response": around(2.0, 0.1)}, around(2.0, 0.1))
    assert list(plots.lines(bars).columns) == ["line", "label", "usd", "standard_error_usd", "kind"]


def test_starting_hours_share_a_price() -> None:
    """Two kinds of minute at $3 and $4: a ratio of sums, not a mean of prices; error by hand."""
    by_hour = np.zeros((5, 168))
    for hour, loss, minutes in ((0, 30.0, 10.0), (25, 120.0, 30.0)):  # Monday 0 h, Tuesday 1 h
        by_hour[:, hour] = loss, minutes, loss**2, loss * minutes, minutes**2
    table = plots.hour_of_week(by_hour)
    assert len(table) == 2 * 24 // plots.BIN_H
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
    assert plots.hour_of_week(by_hour)["known"][0] == "no"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_heat_map_greys_what_is_not_known(mode: str) -> None:
    table = plots.hour_of_week(simulate(Scenario.default(), years=20_000).tally.by_hour)
    colour = charts.spec("hour_of_week", mode)["encoding"]["color"]
    assert colour["condition"]["test"] == "datum.known == 'yes'"
    assert colour["condition"]["field"] in table
    assert table["relative_error"].max() < plots.NOISY
