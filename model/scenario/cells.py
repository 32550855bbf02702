"""One cell of a scenario file: a number in the unit of its row, a day, or text.

Each reading returns the value, what is wrong with the cell, and how it was read if a program
would have written it otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Generic, TypeVar

from model.assumptions.currency import is_money
from model.formats.answers import Question, Unknown, quoted
from model.formats.dates import Moment, Order, read_moment
from model.formats.numbers import COMMA, Number, may_be, read_number
from model.formats.table import Cell, text_of

T = TypeVar("T")
_AS_TEXT = "in a spreadsheet with an apostrophe before it, which keeps it as it is typed"
_SHARES = ("share", "ratio", "% per %", "times", "")


@dataclass(frozen=True)
class Read(Generic[T]):
    """A cell as read: a value, None if it is empty or wrong; the problem; how it was read."""

    value: T | None = None
    problem: str = ""
    said: str = ""


def text(cell: Cell) -> str:
    """Return a cell as text without blanks around it."""
    return text_of(cell).strip()


def number(cell: Cell, decimal: str, unit: str) -> Read[float]:
    """Return the number in a cell for a row of this unit; a question is a problem.

    >>> number("$5k", ".", "USD")
    Read(value=5000.0, problem='', said="'$5k' as 5000")
    >>> number("3%", ".", "h").problem
    "'3%': a percentage is no number of h"
    """
    answer = read_number(cell, decimal)
    if isinstance(answer, Unknown):
        return Read() if answer.kind == "empty" else Read(problem=_needed(answer.text))
    if not isinstance(answer, Number):
        return Read(problem=answer.text)
    said = quoted(text(cell))
    if answer.percent and unit not in _SHARES:
        return Read(problem=f"{said}: a percentage is no number of {unit}")
    if answer.currency and not is_money(unit):
        what = f"a number of {unit}" if unit else "a plain number"
        return Read(problem=f"{said}: money, where {what} is needed")
    if is_money(unit) and not may_be(answer.currency, unit[:3]):
        return Read(problem=f"{said}: amounts are in {unit[:3]}: convert it and write the number")
    if isinstance(cell, str) and not _as_programs_write(cell, decimal, answer.value):
        return Read(answer.value, said=f"{said} as {text_of(answer.value)}")
    return Read(answer.value)


def _needed(given: str) -> str:
    return f"{quoted(given)}: a number such as 0.05 or 1500000 is needed"


def _as_programs_write(cell: str, decimal: str, value: float) -> bool:
    """Tell whether a cell is plain digits with the decimal mark that is said of its file."""
    try:
        return float(cell.replace(",", ".") if decimal == COMMA else cell) == value
    except ValueError:
        return False


def day(cell: Cell, order: Order) -> Read[str]:
    """Return the day in a cell in ISO form; `order` is what the file's other dates settle.

    >>> day("01.04.2026", "")
    Read(value='2026-04-01', problem='', said="'01.04.2026' as 2026-04-01")
    """
    answer = read_moment(cell, order=order)
    said = quoted(text(cell))
    if isinstance(answer, Unknown):
        return Read() if answer.kind == "empty" else Read(problem=f"{said}: a day is needed")
    if isinstance(answer, Question):
        return Read(problem=f"{answer.text}, {_AS_TEXT}")
    if not isinstance(answer, Moment):
        return Read(problem=answer.text)
    if answer.wall.time() != time():
        return Read(problem=f"{said}: a day without a time of day is needed")
    iso = answer.wall.date().isoformat()
    return Read(
        iso, said=f"{said} as {iso}" if isinstance(cell, str | float) and text(cell) != iso else ""
    )
