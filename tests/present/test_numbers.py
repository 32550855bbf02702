"""What people type into a field: numbers, magnitudes and units."""

from __future__ import annotations

import pytest

from model.assumptions.currency import currencies
from model.assumptions.declaration import Assumption
from model.beliefs.belief import SHAPES
from model.present.words.numbers import Ambiguous, editable, parsed
from model.present.words.spoken.subject import speaking_of
from model.present.words.titles import shape_label
from model.scenario.scenario import Scenario

ODD = ("remedies.drills.upfront", "remedies.drills.annual_share")


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


@pytest.mark.parametrize("text", ["", "lots", "%", "1e", "$", "1 5", "1_5", "15 00", ",5", "5,"])
def test_what_is_no_number_is_said_to_be_none(text):
    with pytest.raises(ValueError, match=r"is not a number|does not fit here"):
        parsed(text, "USD")


def of(code: str) -> Scenario:
    return Scenario.default().with_({"simulation.currency": code})


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1,5 h", "h", 1.5),
        ("1,5", "h", 1.5),
        ("0,125", "h", 0.125),
        ("1.500,5", "h", 1500.5),
        ("1 234,5", "h", 1234.5),
        ("12,34,567", "users", 1_234_567.0),
        ("1,2k", "users", 1_200.0),
        ("170 Mio", "EUR", 170e6),
        ("170 Mio. €", "EUR", 170e6),
        ("€170M", "EUR", 170e6),
        ("170M€", "EUR", 170e6),
        ("EUR 170M", "EUR", 170e6),
        ("170 million euros", "EUR", 170e6),
        ("1.234.567", "EUR", 1_234_567.0),
        ("12 Mrd", "EUR", 12e9),
        ("1 200,50", "EUR", 1200.5),
        ("35 %", "share", 0.35),
        ("3,5 %", "share", 0.035),
        ("CHF 8.6M", "CHF", 8.6e6),
        ("1'200.50", "CHF", 1200.5),
        ("86 lakh", "INR", 8.6e6),
        ("kr 5", "SEK", 5.0),
    ],
)
def test_what_is_certain_is_read_as_people_there_write_it(text, unit, value):
    with speaking_of(of(unit if unit.isupper() else "EUR")):
        assert parsed(text, unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "readings"),
    [("1,500", (1500.0, 1.5)), ("1.234", (1234.0, 1.234)), ("€1.234M", (1.234e9, 1.234e6))],
)
def test_what_may_be_two_numbers_is_asked_where_both_are_usual(text, readings):
    with speaking_of(of("EUR")), pytest.raises(Ambiguous, match="can be") as asked:
        parsed(text, "EUR")
    assert asked.value.readings == pytest.approx(readings)
    # Where decimals have a point, a comma groups; only 1.500 would be asked.
    assert parsed(text.replace("€", "$"), "USD") in readings
    with pytest.raises(Ambiguous):
        parsed("1.500", "USD")


def test_readings_are_in_the_unit_of_the_field():
    with speaking_of(of("EUR")), pytest.raises(Ambiguous) as asked:
        parsed("1,500 min", "h")
    assert asked.value.readings == pytest.approx((25.0, 0.025))


@pytest.mark.parametrize(
    ("text", "unit"), [("$5", "EUR"), ("5 €", "USD"), ("£1M", "EUR"), ("25 EUR", "USD")]
)
def test_an_amount_of_another_currency_is_refused(text, unit):
    with (
        speaking_of(of(unit)),
        pytest.raises(ValueError, match=f"amounts are in {unit}; convert it"),
    ):
        parsed(text, unit)


def test_a_word_with_two_meanings_is_not_guessed():
    with pytest.raises(ValueError, match="does not fit here"):
        parsed("5T", "USD")


@pytest.mark.parametrize("code", list(currencies()))
def test_what_a_field_shows_can_be_typed_again(code: str) -> None:
    scenario = of(code)
    with speaking_of(scenario):
        for item in map(scenario.declared, [*scenario.names(), *ODD]):
            if not isinstance(item, Assumption):
                continue
            for value in (
                *item.typical,
                item.default.low,
                item.default.high,
                1234.5678,
                1234.0,
                0.0755,
                12.345,
            ):
                shown = editable(value, item.unit)
                assert parsed(shown, item.unit) == pytest.approx(value, rel=1e-9), shown


def test_a_field_has_a_zero_more_only_where_a_number_would_be_taken_for_thousands() -> None:
    with speaking_of(of("EUR")):
        assert [editable(value, "per year") for value in (0.075, 7.125, 0.05)] == [
            "0.075", "7.1250", "0.05",
        ]  # fmt: skip
    with speaking_of(of("USD")):
        assert editable(7.125, "per year") == "7.125"


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_said_in_words(shape: str) -> None:
    assert len(shape_label(shape)) > len(shape)
