"""What people type into a field: numbers, magnitudes and units."""

from __future__ import annotations

import pytest

from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.assumptions.defaults import ASSUMPTIONS
from model.beliefs.belief import SHAPES
from model.present.words.numbers import editable, parsed
from model.present.words.titles import shape_label


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("25 million", "USD", 25e6),
        ("25MM", "USD", 25e6),
        ("25m", "USD", 25e6),
        ("25 thousand", "USD", 25e3),
        ("25 bn", "USD", 25e9),
        ("11bn", "USD", 11e9),
        ("2 Billion", "USD", 2e9),
        ("−$1.2M", "USD", -1.2e6),
        ("25 M USD", "USD", 25e6),
        ("35 %", "share", 0.35),
        ("35", "share", 0.35),
        ("50 %", "ratio", 0.5),
        ("20 hours", "h", 20.0),
        ("30 min", "h", 0.5),
        ("2 days", "h", 48.0),
        ("1.5 h", "min", 90.0),
        ("2 months", "days", 1460 / 24),
        ("3 years", "months", 36.0),
        ("2 per month", "per year", 24.0),
        ("1/week", "per year", 8760 / 168),
        ("2 a year", "per year", 2.0),
        ("86M users", "users", 86e6),
        ("1.1 times", "times", 1.1),
        ("0.5 % per %", "% per %", 0.5),
        ("1,500", "h", 1500.0),
        ("$1,200,000.50", "USD", 1_200_000.5),
        ("1 500 h", "h", 1500.0),
        ("1\u00a0500\u202f", "users", 1500.0),
    ],
)
def test_units_of_the_same_kind_are_converted(text, unit, value):
    assert parsed(text, unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("10%", "USD"),
        ("25 EUR", "USD"),
        ("20 hours", "USD"),
        ("25 million or so", "USD"),
        ("$5", "h"),
        ("30m", "h"),
        ("6m", "months"),
        ("10 hours 5", "h"),
        ("35 h", "share"),
        ("2 h", "per year"),
        ("2 per user", "per year"),
        ("3 days", "users"),
    ],
)
def test_what_is_left_after_the_number_is_an_error(text, unit):
    with pytest.raises(ValueError, match="does not fit here"):
        parsed(text, unit)


@pytest.mark.parametrize("text", ["", "lots", "%", "1e", "$"])
def test_what_is_no_number_is_said_to_be_none(text):
    with pytest.raises(ValueError, match=r"is not a number|does not fit here"):
        parsed(text, "USD")


@pytest.mark.parametrize(
    "text", ["1,5 h", "1,5", ",5", "5,", "0,125", "1,50", "1.500,5", "12,34,567", "1 234,5", "1,2k"]
)
def test_a_decimal_comma_is_refused_and_told_how_to_write_it(text):
    with pytest.raises(ValueError, match=r"comma only groups thousands.*as in 1\.5$"):
        parsed(text, "h")


@pytest.mark.parametrize("text", ["1 5", "1_5", "15 00", "1 500_000", "1__500"])
def test_other_marks_inside_a_number_group_thousands_or_are_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        parsed(text, "h")


@pytest.mark.parametrize("item", ASSUMPTIONS + CAUSE_FIELDS, ids=lambda item: item.name)
def test_what_a_field_shows_can_be_typed_again(item):
    for value in (*item.typical, item.default.low, item.default.high):
        assert parsed(editable(value, item.unit), item.unit) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_said_in_words(shape: str) -> None:
    assert len(shape_label(shape)) > len(shape)
