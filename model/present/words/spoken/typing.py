"""What people type into a field: a number as they write it, with its unit; the number of a unit.

The number itself is read by the one reader of numbers, `formats.numbers`, which files use too.

>>> parsed("11bn", "USD"), parsed("35 %", "share"), parsed("170 Mio", "USD"), parsed("1,5", "h")
(11000000000.0, 0.35, 170000000.0, 1.5)
>>> parsed("25 million", "USD"), parsed("90 min", "h"), parsed("2 per month", "per year")
(25000000.0, 1.5, 24.0)
"""

from __future__ import annotations

import re
from typing import NamedTuple

from model.assumptions.currency import currency, is_money
from model.formats.answers import Question, Refusal
from model.formats.characters import plainer
from model.formats.numbers import BEYOND, POINT, UNSETTLED, Number, may_be, read_number
from model.present.words.spoken import subject
from model.present.words.spoken.amounts import symbol

_MINUTES = {
    word: minutes
    for minutes, names in (
        (1.0, "min mins minute minutes"),
        (60.0, "h hr hrs hour hours"),
        (1_440.0, "d day days"),
        (10_080.0, "week weeks"),
        (43_800.0, "month months"),  # 730 hours, as everywhere in the model
        (525_600.0, "y yr yrs year years"),
    )
    for word in names.split()
}
_RATE = re.compile(
    r"(?P<number>.*?)\s*(?:/|\b(?:per|a|an|each|every)\s)\s*(?P<period>[a-z]+)", re.IGNORECASE
)
_ENDING = re.compile(r"(?P<number>.*?[\d.,])\s*(?P<word>[A-Za-z]+)")
_IN_ENGLISH = ("m", "billion", "billions", "trillion", "trillions")
"""Words that mean one thing in a page in English; a file may come from anywhere."""
_EXAMPLES = {
    "share": "35 %",
    "per year": "1.5 or 2 per month",
    "h": "20 h or 90 min",
    "days": "2 days",
    "months": "6 months",
    "min": "30 min",
    "years": "5 years",
}
_QUOTED = 60


class Ambiguous(ValueError):
    """What was typed can be several numbers: `readings` are the ones to choose from."""

    def __init__(self, text: str, readings: tuple[float, ...]) -> None:
        """Keep the question and the numbers it can be."""
        self.readings = readings
        super().__init__(text)

    def __reduce__(self) -> tuple[type[Ambiguous], tuple[str, tuple[float, ...]]]:
        """Pickle with the readings, so that the error crosses process borders."""
        return type(self), (str(self), self.readings)


class _Split(NamedTuple):
    """The number in what was typed, and by what to multiply and divide it for the unit."""

    number: str
    times: float = 1.0
    over: float = 1.0


def unit_words(unit: str) -> str:
    """Return a unit as a column heading; a share is typed in percent."""
    if unit == subject.code():
        return subject.currency().symbol
    return "%" if unit == "share" else unit


def parsed(text: str, unit: str) -> float:
    """Return what someone typed: 11bn, €1.2M, 35 %, 90 min; ValueError says what is understood.

    A share is read in percent, the way it is shown; units of the same kind are converted. What can
    be two numbers where people of the currency write decimals with a comma is asked: Ambiguous.
    """
    plain = plainer(text)
    split = _split(plain, unit)
    answer = read_number(split.number, _decimal(unit)) if split.number else None
    if isinstance(answer, Question):
        values = tuple(float(v) for v in answer.choices if isinstance(v, float))
        if len(values) > 1:
            found = tuple(_in_unit(value, unit, split, percent=False) for value in values)
            raise Ambiguous(answer.text, found)
        answer = Number(values[0]) if _certain(split.number, unit) and values else None
    if not isinstance(answer, Number) or not _fits(answer, unit):
        raise ValueError(_problem(text, plain, unit, answer))
    return _in_unit(answer.value, unit, split, percent=answer.percent)


def _split(text: str, unit: str) -> _Split:
    """Return the number in a text whose unit is one of those that are understood."""
    lower = text.lower()
    for name in (unit.lower(), unit.lower().removesuffix("s")):
        if unit != "share" and not is_money(unit) and name and lower.endswith(name):
            return _Split(text[: -len(name)].rstrip())
    if unit == "share":
        return _Split(re.sub(r"\s*percent$", " %", text, flags=re.IGNORECASE))
    if unit in ("ratio", "times"):
        return _Split(re.sub(r"\s*percent$", " %", text, flags=re.IGNORECASE))
    ending = _ENDING.fullmatch(text)
    if unit in _MINUTES and ending and ending["word"].lower() in _MINUTES:
        return _Split(ending["number"], _MINUTES[ending["word"].lower()], _MINUTES[unit])
    rate = _RATE.fullmatch(text)
    if unit == "per year" and rate and rate["period"].lower() in _MINUTES:
        return _Split(rate["number"], _MINUTES["year"], _MINUTES[rate["period"].lower()])
    if is_money(unit):
        name = currency(unit[:3]).name.rsplit(" ", 1)[-1].lower()
        return _Split(re.sub(rf"\s*{name}s?$", "", text, flags=re.IGNORECASE))
    return _Split(text)


def _decimal(unit: str) -> str:
    """Return the decimal mark that settles what is written, nothing where both are usual."""
    written = currency(unit[:3]) if is_money(unit) else subject.currency()
    return POINT if written.decimal_mark == POINT else UNSETTLED


def _certain(number: str, unit: str) -> bool:
    """Tell whether a word of magnitude means one thing here; a time's m may be minutes."""
    word = re.sub(r".*[\d.,\s]", "", number).lower()
    return word in _IN_ENGLISH and unit not in _MINUTES


def _fits(number: Number, unit: str) -> bool:
    if number.percent and unit not in ("share", "ratio", "times"):
        return False
    return not number.currency or (is_money(unit) and may_be(number.currency, unit[:3]))


def _in_unit(value: float, unit: str, split: _Split, *, percent: bool) -> float:
    typed_in_percent = unit == "share" and not percent
    return value / 100.0 if typed_in_percent else value * split.times / split.over


def _problem(text: str, plain: str, unit: str, answer: object) -> str:
    """Return what is wrong with what was typed, and how to write it."""
    said = repr(text[:_QUOTED])
    if isinstance(answer, Number) and answer.currency and is_money(unit):
        return f"{said}: amounts are in {unit[:3]}; convert it and write the number"
    if isinstance(answer, Refusal) and answer.text.endswith(BEYOND):
        return f"{said}: too large a number"
    example = _EXAMPLES.get(unit, "1.5 or 86M")
    if is_money(unit):
        example = f"{symbol()}1.2M" if unit == subject.code() else "1.2M"
    if re.match(r"\W*\d", plain) and re.search(r"[^\W\d_]|[%$€£]", plain):
        wanted = unit_words(unit) or "a plain number"
        wrong = f"the unit in {said} does not fit here, where {wanted} is meant"
        return f"{wrong}; write it like {example}"
    return f"{said} is not a number; write it like {example}"
