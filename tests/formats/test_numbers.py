"""Numbers as people write them: the value, a question or a refusal, never another number."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats.answers import Question, Refusal, Unknown
from model.formats.numbers import (
    COMMA,
    POINT,
    PROGRAM,
    UNSETTLED,
    Number,
    decimal_mark,
    marks_in,
    may_be,
    read_number,
)

EVERY = (POINT, COMMA, PROGRAM, UNSETTLED)

# What can mean one thing only means it whatever the rest of the file says.
ONE_MEANING = {
    "5": 5.0,
    "007": 7.0,
    "+5": 5.0,
    ".5": 0.5,
    "5.": 5.0,
    "0.03": 0.03,
    "0,03": 0.03,
    "0.125": 0.125,
    "0,125": 0.125,
    "0.000": 0.0,
    "1.2E+10": 1.2e10,
    "1,2E+10": 1.2e10,
    "1.234E5": 123400.0,
    "1e-05": 1e-05,
    "12000000000.0": 1.2e10,
    "1234.567": 1234.567,
    "1234,567": 1234.567,
    "$12,000,000,000": 1.2e10,
    "12.000.000.000": 1.2e10,
    "1.234,56": 1234.56,
    "1,234.56": 1234.56,
    "1.234,567": 1234.567,
    "1'000": 1000.0,
    "1’000.50": 1000.5,
    "1 234,5": 1234.5,
    "1\u202f234\u202f567": 1234567.0,
    "1\u2009234": 1234.0,
    "1\xa0000": 1000.0,
    "12,34,567": 1234567.0,
    "1,23,456.50": 123456.5,
    "(5)": -5.0,
    "($5.00)": -5.0,
    "-$5": -5.0,
    "$-5": -5.0,
    "−5": -5.0,
    "–5": -5.0,
    "－５": -5.0,
    "１２．５": 12.5,
    " 5 ": 5.0,
    "\u200e5": 5.0,
    "5k": 5000.0,
    "5 K": 5000.0,
    "0.1k": 100.0,
    "170 Mio": 1.7e8,
    "170 Mio. €": 1.7e8,
    "170 M€": 1.7e8,
    "€170M": 1.7e8,
    "£5m": 5e6,
    "2bn": 2e9,
    "$2B": 2e9,
    "1,5 Mrd": 1.5e9,
    "12 lakh": 1.2e6,
    "3.0%": 0.03,
    "3,5 %": 0.035,
    "1%": 0.01,
    "5‰": 0.005,
    "EUR5": 5.0,
    "5 USD": 5.0,
    "R$ 1.234,56": 1234.56,
}


@pytest.mark.parametrize("decimal", EVERY)
@pytest.mark.parametrize(("text", "value"), ONE_MEANING.items())
def test_what_means_one_number_is_that_number(text: str, value: float, decimal: str) -> None:
    found = read_number(text, decimal)
    assert isinstance(found, Number), found
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1.234", POINT, 1.234),
        ("1.234", PROGRAM, 1.234),
        ("1.234", COMMA, 1234.0),
        ("5.000", COMMA, 5000.0),
        ("1,234", COMMA, 1.234),
        ("1,234", POINT, 1234.0),
        ("5,000", POINT, 5000.0),
        ("1.234", UNSETTLED, (1234.0, 1.234)),
        ("1,234", UNSETTLED, (1234.0, 1.234)),
        ("1,234", PROGRAM, (1234.0, 1.234)),
        ("5.000", POINT, (5000.0, 5.0)),
        ("5.000", PROGRAM, (5000.0, 5.0)),
        ("5,000", COMMA, (5000.0, 5.0)),
        ("-5.500", POINT, (-5500.0, -5.5)),
        ("5.000k", POINT, (5e6, 5e3)),
        ("5.000%", POINT, (50.0, 0.05)),
    ],
)
def test_three_digits_behind_a_mark_are_settled_by_the_file_or_asked(
    text: str, decimal: str, value: float | tuple[float, float]
) -> None:
    found = read_number(text, decimal)
    if isinstance(value, tuple):
        assert isinstance(found, Question)
        assert found.choices == value
    else:
        assert found == Number(value)


@pytest.mark.parametrize(
    ("text", "decimal", "said"),
    [
        ("5.000", POINT, "'5.000' can be 5000 or 5: write 5000 or 5"),
        ("50.000", POINT, "'50.000' can be 50000 or 50: write 50000 or 50"),
        ("1,234", PROGRAM, "'1,234' can be 1234 or 1.234: write 1234 or 1.2340"),
        ("5.000%", POINT, "'5.000%' can be 5000% or 5%: write 5000% or 5%"),
        ("5m", POINT, "'5m': 'm' means different numbers to different readers: "
         "write it in full, such as 5000000"),
        ("2 billion", POINT, "'2 billion': 'billion' means different numbers to different readers: "
         "write it in full, such as 2000000000"),
    ],
)  # fmt: skip
def test_a_question_says_what_to_write(text: str, decimal: str, said: str) -> None:
    found = read_number(text, decimal)
    assert isinstance(found, Question)
    assert found.text == said


@pytest.mark.parametrize("decimal", EVERY)
def test_what_a_question_advises_is_read_as_meant(decimal: str) -> None:
    for text in ("1,234", "1.234", "5.000", "5,500"):
        found = read_number(text, decimal)
        if isinstance(found, Question):
            advised = found.text.partition(": write ")[2].split(" or ")
            assert [read_number(way, decimal) for way in advised] == [
                Number(value)
                for value in found.choices  # type: ignore[arg-type]
            ]


NO_NUMBERS = (
    "nan NaN inf -inf infinity 1e999 1e-400 ,5 5, 5.. --5 5- 0x10 1_000 ½ 5² ٣ 5%% €5% 5k% 1,000,00"
    " 1,234,56 12.34.56 1.5e3k TRUE 3–5 =1+1 5CR $5€ abc 01.04.2026 10:30 1;2 0,000,000"
)


@pytest.mark.parametrize("decimal", EVERY)
@pytest.mark.parametrize(
    "text",
    [*NO_NUMBERS.split(), "3 4", "12 34", "5 h", "5 k M", "k5", "M 5", "1 00", "5" * 500],
)
def test_what_is_no_number_is_refused(text: str, decimal: str) -> None:
    assert isinstance(read_number(text, decimal), Refusal)


def test_words_for_nothing_are_told_apart() -> None:
    assert read_number("") == Unknown("empty", "")
    assert read_number(" \xa0") == Unknown("empty", "")
    assert read_number("?") == Unknown("unknown", "?")
    assert read_number("ongoing") == Unknown("open", "ongoing")


def test_what_a_workbook_typed_is_taken_as_it_is() -> None:
    assert read_number(0.1) == Number(0.1)
    assert isinstance(read_number(float("nan")), Refusal)
    assert isinstance(read_number(time(1, 30)), Refusal)


def test_percent_and_currency_are_handed_on() -> None:
    assert read_number("3.0%") == Number(0.03, percent=True)
    assert read_number("€170M") == Number(1.7e8, currency="EUR")
    assert read_number("$5.50") == Number(5.5, currency="$")
    assert read_number("kr 5") == Number(5.0, currency="kr")


@pytest.mark.parametrize(
    ("written", "currency", "fits"),
    [("$", "USD", True), ("$", "EUR", False), ("¥", "JPY", True), ("EUR", "EUR", True),
     ("EUR", "USD", False), ("", "EUR", True), ("kr", "SEK", True), ("€", "EUR", False)],
)  # fmt: skip
def test_a_symbol_may_be_of_several_currencies(written: str, currency: str, fits: bool) -> None:
    assert may_be(written, currency) is fits


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["0.03", "5.000"], POINT),
        (["0,03", "5.000"], COMMA),
        (["1.5", "1,5"], UNSETTLED),
        (["1,234", "5.000"], UNSETTLED),
        (["$12,000,000,000"], POINT),
        (["12.000.000"], COMMA),
        (["1.2E+10"], POINT),
        (["1.234E5"], POINT),
        (["01.04.2026", "10.0.0.1", "a.b", "Plan, June", "1,2,3"], UNSETTLED),
        (["1.234,5"], COMMA),
        (["3,0%", "€ 4,50"], COMMA),
        ([5.5, "7"], UNSETTLED),
        ([], UNSETTLED),
    ],
)
def test_the_decimal_mark_is_what_numbers_cannot_be_read_without(
    cells: list[str | float], mark: str
) -> None:
    assert decimal_mark(cells) == mark
    assert decimal_mark(cells[::-1]) == mark


def test_both_marks_are_noticed() -> None:
    assert marks_in(["1.5", "2,5"]) == {".", ","}


floats = st.floats(allow_nan=False, allow_infinity=False)


@given(floats)
def test_a_float_as_a_program_writes_it_comes_back_to_the_bit(value: float) -> None:
    for decimal in (POINT, PROGRAM):
        assert read_number(repr(value), decimal) == Number(value)
    assert read_number(repr(value).replace(".", ","), COMMA) == Number(value)


@given(floats)
def test_a_float_is_never_another_one(value: float) -> None:
    """Where the file settles nothing the float comes back, or it is asked for."""
    for text in (repr(value), repr(value).replace(".", ",")):
        found = read_number(text)
        right = isinstance(found, Number) and found.value == value
        assert right or (isinstance(found, Question) and value in found.choices)


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", ".", "'", " ", "\u202f"]))
def test_grouped_whole_numbers_are_themselves_or_asked(value: int, mark: str) -> None:
    text = f"{value:,}".replace(",", mark)
    for decimal in EVERY:
        found = read_number(text, decimal)
        if mark == decimal and len(text.lstrip("-")) == text.lstrip("-").find(mark) + 4:
            continue  # a single group behind the file's own decimal mark is a decimal
        asked = isinstance(found, Question) and float(value) in found.choices
        assert found == Number(float(value)) or asked or _by_program(text, decimal)


def _by_program(text: str, decimal: str) -> bool:
    return decimal == PROGRAM and text.count(".") == 1


@given(st.text(max_size=40), st.sampled_from(EVERY))
def test_any_text_has_an_answer(text: str, decimal: str) -> None:
    found = read_number(text, decimal)
    assert isinstance(found, Number | Question | Refusal | Unknown)
