"""The tables behind the charts of a log hold what the log and its fit hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from evidence import written_logs as written

from model.evidence.fitting.fitted import Fitted, fit_log
from model.evidence.log.log import Log, read_log
from model.evidence.log.opening import opened
from model.evidence.log.options import LogOptions
from model.formats.table import Table
from model.present.charts.evidence import learned, specs, timeline
from model.scenario.scenario import Scenario


@lru_cache(maxsize=1)
def desk() -> tuple[Table, Fitted]:
    table = opened(written.desk(), "desk.csv")
    options = LogOptions(begin=written.BEGIN, end=written.END, time_zone="America/New_York")
    return table, fit_log(read_log(table, options), Scenario.default())


def often(count: int) -> tuple[Table, Log]:
    """So many incidents of an hour, one a day, of two causes in turn."""
    first = datetime(2020, 1, 1, 8, tzinfo=UTC)
    days = [first + timedelta(days=k) for k in range(count)]
    rows = [
        f"{at:%Y-%m-%dT%H:%M}Z,{at + timedelta(hours=1):%Y-%m-%dT%H:%M}Z,{'ab'[k % 2]}"
        for k, at in enumerate(days)
    ]
    table = opened("\n".join(["start,end,cause", *rows]).encode(), "often.csv")
    return table, read_log(table, LogOptions())


def test_every_incident_has_its_mark_with_what_was_merged_in_it() -> None:
    table, fitted = desk()
    marks = timeline.timeline(fitted.log, table)
    assert len(marks) == 13
    assert marks["united"].sum() == 14
    assert marks["kind"].value_counts().to_dict() == {"known": 11, "unsure": 2}
    longest = marks.loc[marks["hours"].idxmax()]
    assert (longest["label"], longest["what"]) == ("Power", "Hall without power")
    assert longest["hours"] == pytest.approx(178.0)
    assert longest["end"] - longest["start"] == pytest.approx(178 * 3.6e6)


def test_many_incidents_become_few_marks_that_add_up() -> None:
    table, log = often(timeline.MOST_SINGLE + 200)
    marks = timeline.timeline(log, table)
    assert len(marks) <= 2 * 60
    counts = [int(words.split()[0].replace(",", "")) for words in marks["what"]]
    assert sum(counts) == timeline.MOST_SINGLE + 200
    assert marks["hours"].sum() == pytest.approx(timeline.MOST_SINGLE + 200)


def test_the_count_ends_at_all_incidents_and_the_step_is_where_the_fit_has_it() -> None:
    _, fitted = desk()
    assert fitted.rates is not None
    grown = timeline.counted(fitted.rates)
    assert grown[grown["part"] == "counted"]["count"].max() == 13
    step = fitted.rates.all.step
    assert step is not None
    corner = grown[grown["part"] == "step"].iloc[1]
    assert corner["count"] == step.before
    assert corner["at"] == pytest.approx((fitted.rates.observed.begin + step.at_h) * 3.6e6)


def test_rates_and_hours_stand_as_believed_counted_and_believed_after() -> None:
    _, fitted = desk()
    assert fitted.rates is not None
    rates = learned.rates(fitted.rates)
    every = rates[rates["label"] == "All causes"].set_index("part")
    row = fitted.rates.all
    assert row.prior is not None
    assert row.posterior is not None
    assert every.loc["before", ["low", "high"]].tolist() == pytest.approx(list(row.prior))
    assert every.loc["data", "mid"] == pytest.approx(13 / row.exposure_years)
    assert every.loc["after", "mid"] == pytest.approx(row.posterior.median)
    of = fitted.lengths["all"]
    hours = learned.hours(fitted, of)
    assert (hours["part"] == "data").sum() == of.durations.size
    assert of.fit is not None
    after = hours[hours["part"] == "after"].iloc[0]
    assert [after["low"], after["mid"], after["high"]] == pytest.approx(list(of.fit.predictive_h))


def test_what_was_believed_of_hours_holds_the_level_too() -> None:
    _, fitted = desk()
    table = learned.hours(fitted, fitted.lengths["all"])
    before = table[table["part"] == "before"].iloc[0]
    belief = fitted.before.belief("incidents.capacity.duration")
    assert 0.2 < before["low"] < belief.high < before["high"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_chart_is_built_once_for_each_mode(mode: str) -> None:
    for name in ("timeline", "counted", "rates", "hours", "losses", "quantiles", "backtests"):
        assert specs.spec(name, mode) is specs.spec(name, mode)
