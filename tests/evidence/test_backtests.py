"""Published figures and own years: what is read, what is predicted, what is said of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from model.beliefs.belief import Belief
from model.evidence.backtests import COLUMNS, backtest, cases, predicted, published
from model.evidence.log.log import read_log
from model.evidence.log.options import LogOptions
from model.evidence.own_years import held_out, own_years
from model.formats.answers import FormatError
from model.formats.reading import read
from model.present.words.learned import backtests as words
from model.replays.replay import replay
from model.scenario.scenario import Scenario

ZONE = "America/New_York"
HEAD = ",".join(COLUMNS)


def case_file(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def plain() -> Scenario:
    """Flat days, no return tail, no freshness effect: what is lost is lost while it runs."""
    certain = {
        "sessions.return_lag": 0.0,
        "sessions.freshness_elasticity": 0.0,
        "trust.failure_return_effect": 0.02,
        "trust.permanent_share": 0.1,
        "trust.recovery": 4.0,
        "platform.visits_per_user_day": 8.0,
    }
    flat = {f"profiles.{name}": "flat" for name in ("demand", "uploads", "price")}
    beliefs = {name: Belief("normal", value, value) for name, value in certain.items()}
    return Scenario.default().with_({**flat, **beliefs})


def test_time_of_the_day_is_that_of_a_usual_day() -> None:
    """Half the viewing lost from 18:00 on for ten hours: 6 of them on the day, 3 of 24 lost."""
    (case,) = cases(
        case_file("a,time_share_day,0.1,0.2,s,2026-05-06T18:00,10,0,0.5,0"),
        "a.csv",
        "America/New_York",
    )
    assert predicted(case, plain(), worlds=10) == pytest.approx(6 * 0.5 / 24, abs=1e-6)


def test_users_missing_days_after_follow_the_law_of_trust() -> None:
    for days in (0, 1, 30):
        row = f"a,users_share_day_{days},0,1,s,2026-05-06T12:00,6,0,0.5,0"
        (case,) = cases(case_file(row), "a.csv", ZONE)
        drop = 0.02 * 0.5 * (1 - math.exp(-8 * 6 / 24))
        expected = drop * (0.9 * math.exp(-days / 4) + 0.1)
        assert predicted(case, plain(), worlds=10) == pytest.approx(expected, rel=2e-3)


def test_money_is_the_bill_of_the_replay() -> None:
    row = "2026-05-06T12:00,30,0.9,0.9,0.5"
    loss, credit = cases(
        case_file(f"a,loss,1,2,s,{row}", f"a,credit,1,2,s,{row}"), "a.csv", "America/New_York"
    )
    lines = replay(Scenario.default(), loss.incident, worlds=50).lines
    assert np.array_equal(predicted(loss, Scenario.default(), worlds=50), lines["loss"])
    assert np.array_equal(predicted(credit, Scenario.default(), worlds=50), -lines["sla_credit"])


def test_an_incident_of_several_phases_with_intervals_and_gaps() -> None:
    (case,) = cases(
        case_file(
            "x,loss,1e6,3e6,s,2026-05-06T12:00,2,1,0.5-0.9,",
            "x,loss,1e6,3e6,s,2026-05-06T12:00,20,0.2,0.1,0.05",
        ),
        "a.csv",
        ZONE,
    )
    assert case.incident.hours == 22
    assert case.published == 2e6
    first = case.incident.phases[0]
    assert first.playback == Belief("logitnormal", 0.5, 0.9)
    assert first.ads is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,minutes,1,2,s,2026-05-06T12:00,6,0,0.5,0", "figure: 'minutes': one of"),
        ("a,loss,2,1,s,2026-05-06T12:00,6,0,0.5,0", "at most published_high"),
        ("a,loss,1,2,s,yesterday,6,0,0.5,0", "start: 'yesterday'"),
        ("a,loss,1,2,s,2026-05-06T12:00,6,0,1.5,0", "a share from 0 to 1"),
        ("a,loss,1,2,s,2026-05-06T12:00,,0,0.5,0", "hours: a length is needed"),
    ],
)
def test_a_case_that_cannot_be_priced_is_one_line(row: str, said: str) -> None:
    with pytest.raises(FormatError, match=said) as error:
        cases(case_file(row), "a.csv", ZONE)
    assert len(error.value.problems) == 1


def test_published_cases_name_their_sources_and_get_a_percentile() -> None:
    known = published("America/New_York")
    assert {case.figure for case in known} >= {"time_share_day", "users_share_day_1"}
    assert all(len(case.source) > 20 for case in known)
    for outcome in backtest(known, Scenario.default(), worlds=200):
        assert 0.0 <= outcome.verdict.percentile <= 1.0
        assert outcome.verdict.low <= outcome.verdict.median <= outcome.verdict.high


def test_the_later_years_of_a_log_are_foreseen_better_after_a_fit() -> None:
    rng = np.random.default_rng(8)
    start = np.datetime64("2022-01-01T00:00") + np.sort(rng.integers(0, 3 * 525_600, 60))
    lines = [f"{at}Z,{at + int(m)}Z" for at, m in zip(start, rng.integers(1, 4, 60), strict=True)]
    table = read(("start,end\n" + "\n".join(lines)).encode(), "a.csv")
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    log = read_log(table, LogOptions(begin=begin, end=begin + timedelta(days=3 * 365)))
    assert len(held_out(log)) == 2
    scores = own_years(log, table, Scenario.default())
    counts = [score for score in scores if score.figure == "incidents"]
    assert [score.truth for score in counts] == [
        float(
            np.sum((start >= np.datetime64("2024-01-01")) & (start < np.datetime64("2024-12-31")))
        ),
        float(
            np.sum((start >= np.datetime64("2023-01-01")) & (start < np.datetime64("2024-01-01")))
        ),
    ]
    assert np.mean([s.crps_fitted for s in counts]) < np.mean([s.crps_before for s in counts])
    assert any(score.fitted.verdict.inside for score in counts)


def test_a_figure_outside_says_why() -> None:
    """Each published figure that the default's 90 % does not hold has a note in the file."""
    outcomes = backtest(published("America/New_York"), Scenario.default())
    missed = [one for one in outcomes if not one.verdict.inside]
    assert missed
    assert all(one.note for one in missed)
    assert len(words.reasons(outcomes)) == len(missed)


def test_the_hours_of_the_day_are_why_the_first_figure_is_outside() -> None:
    """Meta's time lost, on a day without hours: the note says what comes out."""
    (meta,) = (c for c in published("America/New_York") if c.name == "meta-2021-10-04")
    flat = Scenario.default().with_({"profiles.demand": "flat"})
    (found,) = backtest([meta], flat)
    assert found.verdict.inside
    assert f"{100 * found.verdict.percentile:.0f}nd percentile" in meta.note


def test_a_case_as_another_spreadsheet_writes_it_is_the_same_case() -> None:
    """Capitals, semicolons, decimal commas, percent, a local date, lengths with a unit."""
    plain = (
        ",".join(COLUMNS) + "\n"
        "a,users_share_day_2,0.015,0.025,s,2025-06-03T09:00,2.5,1,0.9,0.9\n"
        "a,users_share_day_2,0.015,0.025,s,2025-06-03T09:00,8,0.2-0.4,0.05-0.15,\n"
    )
    other = (
        ";".join(name.capitalize() for name in COLUMNS) + "\n"
        "a;users_share_day_2;1,5 %;2,5 %;s;03.06.2025 09:00;2 h 30;100 %;90 %;0,9\n"
        "a;users_share_day_2;1,5 %;2,5 %;s;03.06.2025 09:00;8;0,2-0,4;5-15 %;\n"
    )
    (one,) = cases(plain.encode(), "a.csv", "Europe/Berlin", "EUR")
    (two,) = cases(other.encode(), "b.csv", "Europe/Berlin", "EUR")
    assert (one.low, one.high) == pytest.approx((two.low, two.high))
    assert one.incident.start == two.incident.start
    assert [phase.hours for phase in one.incident.phases] == [2.5, 8.0]
    assert one.incident.phases == two.incident.phases


def test_money_of_another_currency_is_refused() -> None:
    row = 'a,loss,"$1.2M","$1.6M",s,2025-06-03T09:00,2,1,1,1\n'
    raw = (",".join(COLUMNS) + "\n" + row).encode()
    with pytest.raises(FormatError, match=r"is in \$, the scenario in EUR"):
        cases(raw, "a.csv", "Europe/Berlin", "EUR")
    (taken,) = cases(raw, "a.csv", "America/New_York", "USD")
    assert taken.published == pytest.approx(1.4e6)
