"""Lengths of time as people and tools write them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats.answers import Question, Refusal, Unknown
from model.formats.durations import Duration, Unit, read_duration


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2 h 30", 2.5), ("2h30", 2.5), ("2h30m", 2.5), ("2 hours and 30 minutes", 2.5),
        ("2 Std. 30 Min.", 2.5), ("2 hrs, 30 mins", 2.5), ("PT2H30M", 2.5), ("02:30", 2.5),
        ("02:30:00", 2.5), ("150 min", 2.5), ("2,5 h", 2.5), ("2.5h", 2.5), ("9000 s", 2.5),
        ("5h", 5.0), ("210 min", 3.5), ("7 d 10 h", 178.0), ("7d10h", 178.0), ("P7DT10H", 178.0),
        ("7 days, 10:00:00", 178.0), ("7 days 10:00", 178.0), ("7.10:00:00", 178.0),
        ("178:00", 178.0), ("1w 10h", 178.0), ("10680 minutes", 178.0), ("1:45", 1.75),
        ("01:45:00", 1.75), ("45m", 0.75), ("4 min", 4 / 60), ("90s", 0.025), ("-2h", -2.0),
        ("−2 h", -2.0), ("1w 2d", 216.0), ("P1W", 168.0), ("0:00:36.0", 0.01), ("1,5 h", 1.5),
        ("1'000 min", 1000 / 60), ("500 ms", 0.5 / 3600),
    ],
)  # fmt: skip
def test_a_length_with_its_unit(text: str, hours: float) -> None:
    for unit in ("", "h", "s"):
        found = read_duration(text, unit)  # type: ignore[arg-type]
        assert isinstance(found, Duration), found
        assert found.hours == pytest.approx(hours, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "hours"), [("h", 90.0), ("min", 1.5), ("s", 0.025), ("d", 2160.0), ("ms", 2.5e-5)]
)
def test_a_plain_number_counts_the_unit_of_its_column(unit: Unit, hours: float) -> None:
    assert read_duration("90", unit) == Duration(hours)
    assert read_duration(90.0, unit) == Duration(hours)


def test_without_unit_it_is_asked() -> None:
    found = read_duration("90")
    assert isinstance(found, Question)
    assert found.text == "'90' has no unit: write h, min or s behind it, or in the column's name"
    assert found.choices == (90.0, 1.5, 0.025)


def test_negative_seconds_are_handed_on() -> None:
    assert read_duration("-3000", "s") == Duration(-3000 / 3600)


def test_marks_that_mean_two_numbers_are_asked() -> None:
    assert isinstance(read_duration("1.234 h"), Question)
    assert read_duration("1.234 h", decimal=".") == Duration(1.234)


@pytest.mark.parametrize(
    "text",
    ["1:75", "abc", "3 months", "P1Y", "P1M", "P", "PT", "30 2h", "2h 3h", "2 min 3 h", "$5", "5%",
     "10:00 AM", "1e400", "h", "2 h x", "5 5", "1d 5", "2h 5s 3", "=1h", "1" * 100],
)  # fmt: skip
def test_what_is_no_length_is_refused(text: str) -> None:
    assert isinstance(read_duration(text, "h"), Refusal)


@pytest.mark.parametrize(
    ("text", "kind"), [("?", "unknown"), ("ongoing", "open"), ("open", "open"), ("", "empty")]
)
def test_words_for_no_length(text: str, kind: str) -> None:
    assert read_duration(text, "h") == Unknown(kind, text)


def test_what_a_workbook_typed() -> None:
    assert read_duration(timedelta(hours=30)) == Duration(30.0)
    assert read_duration(time(1, 45)) == Duration(1.75)
    assert read_duration(datetime(1900, 1, 1, 6)) == Duration(30.0)
    assert isinstance(read_duration(datetime(2026, 4, 1)), Refusal)


@given(st.floats(0, 1e6))
def test_hours_come_back_to_the_bit(hours: float) -> None:
    assert read_duration(repr(hours), "h", ".") == Duration(hours)
    assert read_duration(hours, "h") == Duration(hours)


@given(st.timedeltas(timedelta(0), timedelta(days=999)))
def test_any_length_comes_back_from_the_form_python_writes(length: timedelta) -> None:
    found = read_duration(str(length))
    assert isinstance(found, Duration)
    assert found.hours == pytest.approx(length.total_seconds() / 3600)


@given(st.text(alphabet="0123456789:.,hmindPT +-½٣", max_size=20))
def test_any_text_has_an_answer(text: str) -> None:
    found = read_duration(text, "h")
    assert isinstance(found, Duration | Question | Refusal | Unknown)
