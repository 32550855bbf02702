"""Traffic exports and monthly revenue as profiles."""

from __future__ import annotations

import calendar
import json
import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from model.assumptions import profiles
from model.evidence.log.log import Log, read_log
from model.evidence.log.options import LogOptions
from model.evidence.traffic import KNOWN, Traffic, read_traffic, rows_of
from model.formats.answers import FormatError
from model.formats.reading import read
from model.scenario.scenario import Scenario

EASTERN = ZoneInfo("America/New_York")
MONDAY = datetime(2025, 10, 6, tzinfo=UTC)


def level(moment: datetime) -> float:
    """Traffic by the Eastern wall clock, whole weeks alike."""
    wall = moment.astimezone(EASTERN)
    return 100.0 + 50.0 * math.sin(wall.hour / 24 * 2 * math.pi) + 3.0 * wall.weekday()


def export(weeks: float, minutes: int = 60, gap: tuple[int, int] = (0, 0)) -> str:
    lines = ["timestamp,value"]
    for k in range(int(weeks * 7 * 24 * 60 / minutes)):
        moment = MONDAY + timedelta(minutes=minutes * k)
        hour = k * minutes // 60
        if not gap[0] <= hour < gap[1]:
            lines.append(f"{moment:%Y-%m-%dT%H:%M:%SZ},{level(moment):.6f}")
    return "\n".join(lines)


def traffic(text: str, log: Log | None = None, zone: str = "") -> Traffic:
    return read_traffic(
        read(text.encode(), "t.csv", known=KNOWN), clock=str(EASTERN), zone=zone, log=log
    )


def expected() -> np.ndarray:  # type: ignore[type-arg]
    first = datetime(2025, 6, 2, 4, tzinfo=UTC)  # a Monday at midnight, Eastern
    week = np.array([level(first + timedelta(hours=k)) for k in range(168)])
    return np.asarray(week / week.mean())


@pytest.mark.parametrize("minutes", [60, 15])
def test_an_export_becomes_the_hours_of_the_week(minutes: int) -> None:
    """Across the clock change of November, too."""
    found = traffic(export(6, minutes))
    assert found.profile == "profiles.demand"
    assert profiles.weights(found.word) == pytest.approx(expected(), rel=1e-4)
    assert (found.coverage, found.longest_gap_h, found.weeks) == (1.0, 0.0, 6.0)


def test_hours_of_incidents_are_left_out() -> None:
    text = export(4).splitlines()
    dead = [k for k, line in enumerate(text) if "2025-10-14T1" in line]
    broken = [f"{line.split(',')[0]},0" if k in dead else line for k, line in enumerate(text)]
    log = read_log(
        read(b"start,end\n2025-10-14T10:00Z,2025-10-14T20:00Z\n", "l.csv"),
        LogOptions(begin=MONDAY, end=MONDAY + timedelta(weeks=4)),
    )
    with_log = traffic("\n".join(broken), log)
    assert with_log.left_out_h == 10
    assert profiles.weights(with_log.word) == pytest.approx(expected(), rel=1e-4)
    without = traffic("\n".join(broken))
    assert profiles.weights(without.word) != pytest.approx(expected(), rel=1e-2)


def test_gaps_and_coverage_are_told() -> None:
    found = traffic(export(4, gap=(200, 230)))
    assert found.longest_gap_h == 30
    assert found.coverage == pytest.approx(1 - 30 / (4 * 168))


def test_wall_times_need_their_zone() -> None:
    text = export(4).replace("Z,", ",").replace("T", " ")
    assert profiles.weights(traffic(text).word) == pytest.approx(expected(), rel=1e-4)
    shifted = profiles.weights(traffic(text, zone="Asia/Tokyo").word)
    assert shifted != pytest.approx(expected(), rel=1e-2)


def test_revenue_by_month_is_per_hour_of_the_month() -> None:
    days = [calendar.monthrange(2025, month)[1] for month in range(1, 13)]
    rows = [f"2025-{m:02d}-01;{24 * days[m - 1] * (10 + m)}" for m in range(1, 13)]
    found = traffic("Month;Revenue\n" + "\n".join(rows))
    price = np.arange(11.0, 23.0)
    assert found.profile == "profiles.price"
    assert profiles.weights(found.word) == pytest.approx(price / price.mean(), rel=1e-4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (export(1.5), "1.5 weeks"),
        (export(3, gap=(0, 400)), "no value for"),
        ("timestamp,value\n" + "\n".join(f"2025-01-{d:02d},5" for d in range(1, 29)), "every 24 h"),
        (export(3).replace(",1", ",-1"), "0 or more is needed"),
        ("Month,Revenue\n" + "\n".join(f"20{y}-0{m}-01,5" for y in (24, 25) for m in range(1, 8)),
         "no value for August"),
        (export(3).replace("\n", "\n2025-10-06T00:00:00Z,1e308\n", 3), "too large to be averaged"),
    ],
)  # fmt: skip
def test_what_makes_no_profile_is_said(text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        traffic(text)


@pytest.mark.parametrize("file", ["a\nb.csv", "a\x07.csv", "x" * 900, "a\udc80.csv", "=1+1.csv"])
def test_any_name_of_a_file_makes_a_source_that_a_scenario_can_have(file: str) -> None:
    scenario = Scenario.default().with_(*rows_of(traffic(export(3)), file))
    source = scenario.evidence("profiles.demand").source
    assert source.startswith("Measured: ")
    again = Scenario.read(scenario.to_csv().encode())
    assert again.evidence("profiles.demand").source == source


def rewritten(head: str, stamp: str, form: str) -> str:
    """Six weeks of hours, each time and value in another form."""
    lines = [head]
    for k in range(6 * 7 * 24):
        moment = MONDAY + timedelta(hours=k)
        lines.append(f"{moment:{stamp}}{form.format(level(moment) * 100)}")
    return "\n".join(lines)


SERIES = [
    (int(moment.timestamp()), level(moment) * 100)
    for moment in (MONDAY + timedelta(hours=k) for k in range(6 * 7 * 24))
]


@pytest.mark.parametrize(
    "text",
    [
        rewritten("Date,Hour,Sessions", "%Y-%m-%d,%H", ",{:.0f}"),
        rewritten("# Report\nDate + hour (YYYYMMDDHH),Active users", "%Y%m%d%H", ",{:.0f}"),
        rewritten('"Time","{{job=""web""}}"', "%Y-%m-%d %H:%M:%S", ",{:.0f} req/s"),
        rewritten("Time,Page views", "%m/%d/%Y %I:%M %p", ',"{:,.0f}"'),
        rewritten("Zeit;Aufrufe", "%d.%m.%Y %H:%M", ";{:.0f},0"),
        rewritten("Datum;Uhrzeit;Aufrufe", "%d.%m.%Y;%H:%M", ";{:.0f}"),
        rewritten("time,requests", "%Y-%m-%d %H:%M", ",{:.3f}"),
        rewritten("Zeit;Aufrufe", "%Y-%m-%d %H:%M", ";{:.3f}").replace(".", ","),
        json.dumps(
            {
                "status": "success",
                "data": {
                    "result": [
                        {
                            "metric": {"job": "web"},
                            "values": [[at, f"{value:.3f}"] for at, value in SERIES],
                        }
                    ]
                },
            }
        ),
        json.dumps([{"target": "web", "datapoints": [[value, at * 1000] for at, value in SERIES]}]),
    ],
    ids=[
        "hour beside day",
        "one number",
        "unit",
        "thousands",
        "German",
        "clock beside day",
        "thousandths",
        "German thousandths",
        "Prometheus",
        "Grafana",
    ],
)
def test_the_same_hours_as_other_tools_write_them(text: str) -> None:
    assert profiles.weights(traffic(text).word) == pytest.approx(expected(), rel=1e-3)


@pytest.mark.parametrize("minutes", [60, 15])
def test_the_hour_that_comes_twice_is_told_apart_by_its_place(minutes: int) -> None:
    lines = ["time,sessions"]
    for k in range(6 * 7 * 24 * 60 // minutes):
        moment = MONDAY + timedelta(minutes=minutes * k)
        lines.append(f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M},{k % 7 + 1}")
    found = traffic("\n".join(lines), zone=str(EASTERN))
    assert (found.coverage, found.longest_gap_h) == (1.0, 0.0)
    assert not any("twice" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("month", "amount"),
    [
        ("{y}-{m:02d}", "{:.2f}"),
        ("{m:02d}/{y}", "{:.2f}"),
        ("{name} {y}", '"${:,.2f}"'),
        ("{name}-{s}", "{:.2f}"),
        ("{y}年{m}月", "{:.0f}円"),
    ],
)
def test_months_as_people_write_them(month: str, amount: str) -> None:
    lines = ["Month,Revenue"]
    for m in range(1, 13):
        money = (1 + m / 20) * 1e6 * calendar.monthrange(2025, m)[1]
        said = month.format(y=2025, s=25, m=m, name=calendar.month_abbr[m])
        lines.append(f"{said},{amount.format(money)}")
    found = traffic("\n".join(lines))
    assert found.profile == "profiles.price"
    weights = profiles.weights(found.word)
    assert weights == pytest.approx((1 + np.arange(1, 13) / 20) / 1.325, rel=1e-3)
