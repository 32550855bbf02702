"""The tables behind the charts of a log hold what the log and its fit hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import pytest
from evidence import written_logs as written
from scipy import stats

from model.evidence.fitting.fitted import Fitted, fit_log
from model.evidence.log.log import Log, read_log
from model.evidence.log.opening import opened
from model.evidence.log.options import LogOptions
from model.evidence.losses import fit_losses
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


def lost(seed: int, count: int, mean: float, sd: float) -> tuple[Log, np.ndarray]:
    """A log of so many incidents, a day apart, that break shares with normal log odds."""
    rng = np.random.default_rng(seed)
    shares = 1.0 / (1.0 + np.exp(-rng.normal(mean, sd, (2, count))))
    first = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [
        f"{first + timedelta(days=k):%Y-%m-%dT%H:%MZ},{40 + 7 * k % 90} min,{a:.9f},{b:.9f}"
        for k, (a, b) in enumerate(shares.T.tolist())
    ]
    text = "\n".join(["start,duration,upload loss,playback loss", *rows])
    span = LogOptions(begin=first, end=first + timedelta(days=count + 1))
    return read_log(opened(text.encode(), "lost.csv"), span), shares


def test_losses_stand_as_believed_counted_and_believed_after() -> None:
    log, shares = lost(3, 24, -0.5, 0.9)
    fitted = fit_log(log, Scenario.default())
    of = fitted.lengths["all"]
    assert of.losses is not None
    for row, kind in zip(shares, ("publish_loss", "playback_loss"), strict=True):
        table = learned.losses(fitted, of, kind)
        drawn = table[table["part"] == "data"]["mid"].to_numpy()
        assert np.sort(drawn) == pytest.approx(np.sort(row), rel=1e-6)
        odds = np.log(row / (1 - row))
        half = stats.t.ppf(0.95, 23) * odds.std(ddof=1) * np.sqrt(1 + 1 / 24)
        after = table[table["part"] == "after"].iloc[0]
        wanted = 1 / (1 + np.exp(-(odds.mean() + half * np.array([-1, 0, 1]))))
        assert after[["low", "mid", "high"]].tolist() == pytest.approx(wanted.tolist(), rel=1e-5)
        # Believed before: a mixture over the causes, within the widest of them times its level.
        before = table[table["part"] == "before"].iloc[0]
        beliefs = [fitted.before.belief(f"incidents.{c}.{kind}") for c in fitted.before.causes]
        assert before["low"] < min(b.high for b in beliefs)
        assert min(b.low for b in beliefs) * 0.5 < before["low"] < before["mid"] < before["high"]


def test_next_incident_of_a_log_is_inside_what_was_learned_of_its_losses() -> None:
    """200 logs of a known law: the 90 % holds 85 to 95 % of the next shares."""
    inside = []
    for seed in range(200):
        log, _ = lost(seed, 11, -1.0, 1.2)
        shares = {k: v[log.incidents.counted] for k, v in log.incidents.losses.items()}
        fits = fit_losses(shares)
        assert fits is not None
        next_one = 1 / (1 + np.exp(-np.random.default_rng(9_000 + seed).normal(-1.0, 1.2)))
        spans = [one.predictive for one in fits.losses.values()]
        inside += [low <= next_one <= high for low, high in spans]
    assert 0.85 <= np.mean(inside) <= 0.95


def test_shares_of_one_incident_are_averaged_over_its_hours() -> None:
    """Two rows that overlap: an hour at 0.2, an hour at 0.8 (the larger), two at 0.5."""
    text = (
        "start,end,playback loss\n2026-01-05T08:00Z,2026-01-05T10:00Z,0.2\n"
        "2026-01-05T09:00Z,2026-01-05T10:00Z,0.8\n2026-01-05T09:30Z,2026-01-05T12:00Z,0.5\n"
    )
    log = read_log(opened(text.encode(), "a.csv"), LogOptions())
    assert log.incidents.losses["playback_loss"].tolist() == pytest.approx([(0.2 + 0.8 + 1.0) / 4])
