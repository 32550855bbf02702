"""Lengths of time as people and tools write them, in hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from model.formats.answers import Question, Refusal, Unknown, quoted, word_in
from model.formats.characters import plainer
from model.formats.numbers import UNSETTLED, Number, read_number
from model.formats.table import Cell, text_of

Unit = Literal["d", "h", "min", "s", "ms", ""]

_HOURS = {"w": 168.0, "d": 24.0, "h": 1.0}
_PER_HOUR = {"min": 60.0, "s": 3600.0, "ms": 3_600_000.0}
_SPELLINGS = {
    "w": "w wk wks week weeks woche wochen",
    "d": "d day days tag tage tagen jour jours dia dias día días giorno giorni dag dagen",
    "h": "h hr hrs hour hours std std. stunde stunden heure heures hora horas ora ore uur uren",
    "min": "m min min. mins minute minutes minuten minuto minutos minuti minuut",
    "s": "s sec secs second seconds sek sek. sekunde sekunden segundo segundos secondi",
    "ms": "ms msec millisecond milliseconds",
}
# East Asian units, the longer ones first, as what they mean.
_EASTERN = tuple(
    (re.compile(pattern), unit)
    for pattern, unit in (
        (" ?(?:時間|小时|小時|시간)", "h "),
        (" ?(?:分钟|分鐘|分間|分|분)", "min "),
        (" ?(?:秒間|秒钟|秒鐘|秒|초)", "s "),
        (" ?(?:日間|日|天|일)", "d "),
    )
)
_UNITS = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
_ORDER = [*_HOURS, *_PER_HOUR]
_PART = re.compile(
    r"(?P<number>[0-9][0-9.,']*)\s*(?P<unit>[a-zí]+\.?)?\s*(?:,|\+|and\b|und\b|et\b)?\s*"
)
_CLOCK = re.compile(
    r"(?:(?P<d>\d{1,4})(?: ?(?:d|days?|tage?),? ?|\.))?(?P<h>\d{1,5}):(?P<m>[0-5]\d)"
    r"(?::(?P<s>[0-5]\d(?:[.,]\d{1,9})?))?(?: ?(?:h|hrs?|hours?|std\.?))?"
)
_ISO = re.compile(
    r"p(?:(?P<w>\d+)w)?(?:(?P<d>\d+(?:[.,]\d+)?)d)?"
    r"(?:t(?:(?P<h>\d+(?:[.,]\d+)?)h)?(?:(?P<min>\d+(?:[.,]\d+)?)m)?(?:(?P<s>\d+(?:[.,]\d+)?)s)?)?"
)
_ALLOWED = "a length such as 2.5 h, 90 min or 1:45 is needed"
_LONGEST = 80
# A spreadsheet shows a length beyond a day in an hour format as a day of January 1900.
_FIRST_DAY = datetime(1899, 12, 31)


@dataclass(frozen=True)
class Duration:
    """A length of time in hours; one that ends before it starts is negative."""

    hours: float


def read_duration(
    cell: Cell, unit: Unit = "", decimal: str = UNSETTLED
) -> Duration | Question | Refusal | Unknown:
    """Return the length of time in a cell; a plain number counts `unit`.

    >>> read_duration("2 h 30"), read_duration("7 d 10 h"), read_duration("1,5", "h")
    (Duration(hours=2.5), Duration(hours=178.0), Duration(hours=1.5))
    """
    if isinstance(cell, str):
        return word_in(cell) or _from_text(cell, unit, decimal)
    if isinstance(cell, float):
        return _plain(cell, text_of(cell), unit, decimal)
    if isinstance(cell, timedelta):
        return Duration(cell.total_seconds() / 3600)
    if isinstance(cell, time):
        cell = datetime.combine(_FIRST_DAY, cell)
    hours = (cell.replace(tzinfo=None) - _FIRST_DAY).total_seconds() / 3600
    if 0 <= hours < 60 * 24:
        return Duration(hours)
    return Refusal(f"{cell} is a date: {_ALLOWED}")


def _from_text(cell: str, unit: Unit, decimal: str) -> Duration | Question | Refusal | Unknown:
    text = plainer(cell).casefold()
    minus = text.startswith("-")
    if not text.isascii():
        for pattern, latin in _EASTERN:
            text = pattern.sub(latin, text)
    text = " ".join(text.removeprefix("-").split())
    if not text or len(text) > _LONGEST:
        return Refusal(f"{quoted(cell.strip())}: {_ALLOWED}")
    hours = _clock(text)
    if hours is None:
        hours = _iso(text)
    if hours is not None:
        return Duration(-hours if minus else hours)
    if not re.search("[a-z]", text) or re.fullmatch(r"[0-9.,]+e[+-]?[0-9]+", text):
        return _plain(cell, cell, unit, decimal)
    found = _parts(text, cell, decimal)
    return Duration(-found.hours) if minus and isinstance(found, Duration) else found


def _plain(
    cell: Cell, said: str, unit: Unit, decimal: str
) -> Duration | Question | Refusal | Unknown:
    """Return the length of a number without unit: it is asked for unless the column settles it."""
    number = read_number(cell, decimal)
    if isinstance(number, Question | Unknown):
        return number
    if isinstance(number, Refusal) or number.percent or number.currency:
        return Refusal(f"{quoted(said.strip())}: {_ALLOWED}")
    if number.value == 0:
        return Duration(0.0)
    if not unit:
        choices = tuple(_hours(number.value, name) for name in ("h", "min", "s"))
        text = f"{quoted(said.strip())} has no unit: write h, min or s behind it"
        return Question(f"{text}, or in the column's name", choices)
    return Duration(_hours(number.value, unit))


def _hours(value: float, unit: str) -> float:
    return value * _HOURS[unit] if unit in _HOURS else value / _PER_HOUR[unit]


def _clock(text: str) -> float | None:
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    days, hours, minutes = (int(found[name] or 0) for name in ("d", "h", "m"))
    seconds = float((found["s"] or "0").replace(",", "."))
    return (days * 86_400 + hours * 3600 + minutes * 60 + seconds) / 3600


def _iso(text: str) -> float | None:
    """Return the hours of an ISO 8601 duration; years and months have no one length."""
    found = _ISO.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    parts = ((name, value) for name, value in found.groupdict().items() if value)
    return sum(_hours(float(value.replace(",", ".")), name) for name, value in parts)


def _parts(text: str, cell: str, decimal: str) -> Duration | Question | Refusal | Unknown:
    """Return the sum of numbers with units, the largest unit first, each once."""
    refused = Refusal(f"{quoted(cell.strip())}: {_ALLOWED}")
    hours, before, at = 0.0, "", 0
    while at < len(text):
        part = _PART.match(text, at)
        unit = _unit(part["unit"], before) if part else None
        if part is None or unit is None or (before and _ORDER.index(unit) <= _ORDER.index(before)):
            return refused
        number = read_number(part["number"].rstrip(","), decimal)
        if not isinstance(number, Number):
            return number
        hours += _hours(number.value, unit)
        before, at = unit, part.end()
    return Duration(hours)


def _unit(word: str | None, before: str) -> str | None:
    """Return the unit of a number: written, or minutes behind hours as in 2 h 30."""
    if word is None:
        return "min" if before == "h" else None
    return _UNITS.get(word)
