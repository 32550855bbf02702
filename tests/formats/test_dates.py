"""Dates and times as written: which day, which moment, and what is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats.answers import Question, Refusal, Unknown
from model.formats.dates import Moment, day_order, read_moment, read_moments

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def wall(text: str, **options: object) -> datetime:
    found = read_moment(text, **options)  # type: ignore[arg-type]
    assert isinstance(found, Moment), found
    return found.wall


def utc(text: str, zone: ZoneInfo | None = None) -> datetime:
    found = read_moment(text, zone=zone)
    assert isinstance(found, Moment), found
    assert found.utc is not None
    return found.utc


@pytest.mark.parametrize(
    "text",
    """2026-04-01
2026/4/1
2026.04.01
20260401
01.04.2026
1.4.26
1 April 2026
1. April 2026
1st of April 2026
1er avril 2026
April 1, 2026
Apr 1, 2026
apr. 1 2026
1-Apr-2026
01/Apr/26
1-Apr-26
2026-Apr-01
Wednesday, 1 April 2026
Wed, 01 Apr 2026
 ２０２６-04-01 """.splitlines(),
)
def test_one_day_in_many_ways(text: str) -> None:
    assert read_moment(text) == Moment(datetime(2026, 4, 1), bare=True)


@pytest.mark.parametrize(
    "text",
    """2026-04-01 15:26
2026-04-01T15:26
2026-04-01T15:26:00.000
20260401T152600
01.04.2026 15:26
01.04.2026, 15:26 Uhr
01/Apr/26 3:26 PM
1/Apr/26 03:26 p.m.
April 1, 2026 at 3:26 PM
April 1, 2026 3:26pm
1 avril 2026 15h26""".splitlines(),
)
def test_one_wall_time_in_many_ways(text: str) -> None:
    assert read_moment(text) == Moment(datetime(2026, 4, 1, 15, 26))


@pytest.mark.parametrize(
    "text",
    """2026-04-01T15:26Z
2026-04-01T15:26:00.000Z
2026-04-01 15:26 UTC
2026-04-01T17:26+02:00
2026-04-01 17:26:00 +0200
2026-04-01T11:26-04
2026-04-01 11:26 EDT
2026-04-01 10:26 EST
2026-04-01 11:26 ET
2026-04-01 10:26 CDT
2026-04-01 17:26 CEST
2026-04-01 17:26 MESZ
2026-04-01 17:26 Europe/Berlin
2026-04-01 17:26 (CEST)
2026-04-01T15:26:00Z[UTC]
2026-04-01T20:56+0530
Wed, 01 Apr 2026 11:26:00 -0400
Apr 1, 2026 15:26 GMT
1775057160
1775057160000
1775057160000000
1775057160.0""".splitlines(),
)
def test_one_moment_in_many_ways(text: str) -> None:
    for zone in (None, BERLIN):
        assert utc(text, zone) == datetime(2026, 4, 1, 15, 26, tzinfo=UTC)


NO_MOMENTS = """2026
5
-1
1e300
31.06.2026
2026-02-30
2026-02-29T10:00
31/31/2025
2026-04-01 25:00
2026-04-01 10:61
2026-04-01 13:00 PM
2026-04-01 12:00 IST
2026-04-01 12:00 BST
2026-04-01 12:00 +29:00
2026-04-01 12:00 ../../etc/passwd
2026-04-01 12:00 Etc/../x
Marvin 3, 2025
abc
10:30
3 PM
1.5
2026-04
April 2026
2026-04-01; 2026-04-02"""


@pytest.mark.parametrize(
    "text",
    NO_MOMENTS.splitlines(),
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    found = read_moment(text, zone=BERLIN)
    assert isinstance(found, Refusal), found
    assert text.strip() in found.text


@pytest.mark.parametrize(("text", "kind"), [("ongoing", "open"), ("?", "unknown"), ("", "empty")])
def test_words_for_no_moment(text: str, kind: str) -> None:
    assert read_moment(text) == Unknown(kind, text)


def test_day_or_month_first_is_asked() -> None:
    found = read_moment("4/1/2026 3 PM")
    assert isinstance(found, Question)
    assert found.text == (
        "'4/1/2026 3 PM' can be 2026-01-04 or 2026-04-01: write 2026-01-04 or 2026-04-01"
    )
    assert found.choices == (datetime(2026, 1, 4, 15), datetime(2026, 4, 1, 15))
    assert wall("4/1/2026", order="dmy") == datetime(2026, 1, 4)
    assert wall("4/1/2026", order="mdy") == datetime(2026, 4, 1)
    assert wall("4/4/2026") == datetime(2026, 4, 4)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/02/2026", "15/09/2025"], "dmy"),
        (["03/02/2026", "9-15-2025"], "mdy"),
        (["03/02/2026"], ""),
        (["03/02/2026", "15/09/2025", "9/15/2025"], ""),
        (["1/2/2026", "2/2/2026", "3/2/2026", "4/2/2026", "5/2/2026"], ""),
        (["5/1/2026", "6/1/2026", "1/2/2026", "3/2/2026", "2/3/2026"], "dmy"),
        (["5/1/2026", "6/1/2026", "1/2/2026"], ""),
        (["Jan 5, 2026", "1/2/2026", "2/2/2026", "9/2/2026", "1/3/2026", "2/3/2026"], "dmy"),
        (["2026-01-05", "01.02.2026", "ongoing", 5.0, ""], ""),
    ],
)
def test_a_column_settles_its_order(cells: list[str | float], order: str) -> None:
    assert day_order(cells) == order


def test_nothing_happens_after_the_export() -> None:
    assert day_order(["03/12/2026"], latest=date(2026, 6, 30)) == "mdy"


def test_in_a_column_of_both_orders_each_date_that_can_be_one_is_that_one() -> None:
    found = read_moments(["15/09/2025", "9/15/2025", "1/2/2025"], zone=BERLIN)
    assert [type(answer) for answer in found.answers] == [Moment, Moment, Question]
    assert found.answers[0] == found.answers[1]
    assert isinstance(found.answers[0], Moment)
    assert found.answers[0].utc == datetime(2025, 9, 14, 22, tzinfo=UTC)


def test_a_date_against_the_order_of_the_rest_is_refused() -> None:
    found = read_moment("9/15/2025", order="dmy")
    assert isinstance(found, Refusal)
    assert "no day with dates day first as in the rest" in found.text


def test_five_formats_in_one_sheet() -> None:
    dates = ["15/09/2025", "20.10.2025", "2025-11-02", "Dec 1, 2025", "2026-03-03T08:24-05:00",
             "03/02/2026", "Total"]  # fmt: skip
    starts = ["09:05", "3:00 AM", "01:30", time(4), "", "01/02/2026 13:00", ""]
    days = read_moments(dates, zone=NEW_YORK)
    found = read_moments(starts, zone=NEW_YORK, days=days.answers, order=days.order)
    assert days.order == "dmy"
    assert days.remarks == ("dates day first",)
    assert [a.utc for a in found.answers if isinstance(a, Moment)] == [
        datetime(2025, 9, 15, 13, 5, tzinfo=UTC),
        datetime(2025, 10, 20, 7, tzinfo=UTC),
        datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
        datetime(2025, 12, 1, 9, tzinfo=UTC),
        datetime(2026, 2, 1, 18, tzinfo=UTC),
    ]
    assert found.remarks[1:] == (
        "a time that comes twice as the clocks go back: the first is taken (1 cell)",
    )


def test_clock_changes() -> None:
    """01:30 EDT to 02:15 EST is 1.75 h; 01:40 EST to 04:10 EDT is 1.5 h."""
    back = utc("2025-11-02 02:15", NEW_YORK) - utc("2025-11-02 01:30", NEW_YORK)
    forward = utc("2026-03-08 04:10", NEW_YORK) - utc("2026-03-08 01:40", NEW_YORK)
    assert (back, forward) == (timedelta(hours=1.75), timedelta(hours=1.5))


def test_a_time_that_comes_twice_is_the_first_unless_chosen() -> None:
    first = read_moment("2025-11-02 01:30", zone=NEW_YORK)
    second = read_moment("2025-11-02 01:30", zone=NEW_YORK, fold=1)
    assert isinstance(first, Moment)
    assert isinstance(second, Moment)
    assert first.utc == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    assert second.utc == datetime(2025, 11, 2, 6, 30, tzinfo=UTC)
    assert "first" in first.remarks[0]
    assert "second" in second.remarks[0]
    assert utc("2025-11-02 01:30 EST", NEW_YORK) == second.utc


def test_a_time_that_never_was_is_shifted_forward_and_said() -> None:
    for fold in (0, 1):
        found = read_moment("2026-03-08 02:30", zone=NEW_YORK, fold=fold)  # type: ignore[arg-type]
        assert isinstance(found, Moment)
        assert found.utc == datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "03:30 EDT"
        assert "shifted forward" in found.remarks[0]


def test_an_abbreviation_is_of_the_given_zone_first() -> None:
    shanghai, kolkata = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Kolkata")
    assert utc("2026-04-01 12:00 CST", shanghai) == datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert utc("2026-04-01 12:00 CST") == datetime(2026, 4, 1, 18, tzinfo=UTC)
    assert utc("2026-04-01 12:00 IST", kolkata) == datetime(2026, 4, 1, 6, 30, tzinfo=UTC)


def test_an_abbreviation_is_said() -> None:
    found = read_moment("2026-07-01 12:00 EST", zone=NEW_YORK)
    assert isinstance(found, Moment)
    assert found.remarks == ("EST read as UTC-5",), "in summer the zone itself has EDT"
    in_force = read_moment("2026-07-01 12:00 EDT", zone=NEW_YORK)
    assert isinstance(in_force, Moment)
    assert in_force.remarks == ()


def test_day_numbers_of_a_spreadsheet() -> None:
    assert wall("45000") == datetime(2023, 3, 15)
    for cell in (45000.5, "45000.5", "45000,5"):
        found = read_moment(cell, zone=BERLIN)
        assert isinstance(found, Moment)
        assert found.wall == datetime(2023, 3, 15, 12)
        assert found.remarks == ("a spreadsheet's day number",)


def test_what_a_workbook_typed() -> None:
    assert read_moment(datetime(2026, 4, 1)) == Moment(datetime(2026, 4, 1), bare=True)
    assert isinstance(read_moment(timedelta(hours=1)), Refusal)
    assert isinstance(read_moment(time(1)), Refusal)
    assert isinstance(read_moment(float("nan")), Refusal)
    on = read_moment(time(1, 30), day=date(2026, 4, 1))
    assert on == Moment(datetime(2026, 4, 1, 1, 30))


def test_the_end_of_a_day() -> None:
    assert wall("2026-04-01 24:00") == datetime(2026, 4, 2)
    assert wall("2026-04-01 12:00 AM") == datetime(2026, 4, 1)
    assert wall("2026-04-01 12:00 PM") == datetime(2026, 4, 1, 12)


moments = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


@given(moments)
def test_any_moment_comes_back_from_iso(moment: datetime) -> None:
    for text in (moment.isoformat(), moment.isoformat(" "), f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"):
        assert utc(text) == moment


@given(moments, st.sampled_from([NEW_YORK, BERLIN, ZoneInfo("Australia/Lord_Howe")]))
def test_any_wall_time_comes_back_or_is_flagged(moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone)
    found = read_moment(local.replace(tzinfo=None).isoformat(), zone=zone, fold=local.fold)  # type: ignore[arg-type]
    assert isinstance(found, Moment)
    assert found.utc == moment


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_any_day_comes_back(day: date) -> None:
    midnight = datetime.combine(day, time())
    for style in ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y", "%d/%b/%Y", "%A, %d %B %Y"):
        assert wall(day.strftime(style)) == midnight
    for order, style in (("dmy", "%d/%m/%Y"), ("mdy", "%m/%d/%Y")):
        assert wall(day.strftime(style), order=order) == midnight
        found = read_moment(day.strftime(style))
        choices = found.choices if isinstance(found, Question) else (wall(day.strftime(style)),)
        assert midnight in choices


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    assert read_moment(text, zone=BERLIN) is not None
    assert day_order([text]) in ("dmy", "mdy", "")


@given(st.floats())
def test_any_number_has_an_answer(value: float) -> None:
    assert isinstance(read_moment(value, zone=BERLIN), Moment | Refusal)
