"""The common result of reading a file, and how the header is found among its first rows."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from model.formats.answers import FormatError
from model.formats.limits import HEADER_WITHIN

Cell = str | float | datetime | time | timedelta
"""Text as written (empty when there is none), or what a workbook or JSON had already typed."""

Place = Literal["row", "record"]

_BLANK = "\ufeff\xa0\u2007\u202f \t\r\n"
_VALUE = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*|\d+[.,]?\d*(?:[eE][+-]?\d+|[kKMm%]|bn)?")

_LIKE_THOUSANDS = re.compile(r"-?\d+\.(?:\d{3})+")


@dataclass(frozen=True)
class Grid:
    """Rows as the file has them, each with the number a person sees beside it; no header yet."""

    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int]
    shifting: bool = False
    """Whether a delimiter too many moves cells, so that a row longer than the header is a fault."""


@dataclass(frozen=True)
class Table:
    """A file as read: named columns, rows without empty ones, and what was understood.

    `rows` and `line_numbers` have one entry for each row; every row is as long as `columns`.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    line_numbers: tuple[int, ...]
    remarks: tuple[str, ...] = ()
    header_line: int = 0
    above: tuple[str, ...] = ()
    """Lines above the header, such as a title."""
    place: Place = "row"
    decimal: str = ""
    """The decimal mark of the file's numbers for `numbers.read_number`."""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""

    def where(self, index: int, column: str = "") -> str:
        """Return the place of a row, and of a cell in it, in the words of the person's program."""
        part = {"row": "column", "record": "field"}[self.place]
        cell = f", {part} {column}" if column else ""
        return f"{self.place} {self.line_numbers[index]}{cell}"

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the cells of a column; KeyError if there is none of that name."""
        if name not in self.columns:
            raise KeyError(name)
        position = self.columns.index(name)
        return tuple(row[position] for row in self.rows)


def is_empty(cell: Cell) -> bool:
    """Return whether a cell has nothing but blanks."""
    return isinstance(cell, str) and not cell.strip(_BLANK)


def text_of(cell: Cell) -> str:
    """Return a cell as text: whole numbers without `.0`, times in ISO form.

    >>> text_of(1001.0), text_of(0.1), text_of(" a ")
    ('1001', '0.1', ' a ')
    """
    if isinstance(cell, float):
        return str(int(cell)) if abs(cell) < 1e15 and cell == int(cell) else repr(cell)
    if isinstance(cell, datetime | time):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return cell if isinstance(cell, str) else str(cell)


def kept_by_spreadsheets(number: float) -> float:
    """Return a number to the 15 digits that spreadsheet programs keep of one when they save it.

    >>> kept_by_spreadsheets(0.1 + 0.2), kept_by_spreadsheets(1e300)
    (0.3, 1e+300)
    """
    kept = float(f"{number:.15g}")
    return kept if math.isfinite(kept) else number


def unmistakable(number: float) -> str:
    """Return a number as text that no program takes for thousands: never by three behind a point.

    >>> unmistakable(0.005), unmistakable(1.5), unmistakable(2000.0)
    ('0.0050', '1.5', '2000')
    """
    text = text_of(number)
    return f"{text}0" if _LIKE_THOUSANDS.fullmatch(text) else text


def normal(name: str) -> str:
    """Return a column name for comparison: no matter the case and the blanks.

    >>> normal("  Start  Time ")
    'start time'
    """
    return " ".join(name.replace("\ufeff", "").split()).casefold()


def trimmed(row: Sequence[Cell]) -> Sequence[Cell]:
    """Return a row without the empty cells at its end."""
    end = len(row)
    while end and is_empty(row[end - 1]):
        end -= 1
    return row[:end]


def tabulated(grid: Grid, known: Collection[str] = ()) -> Table:
    """Return the table of a grid: header found, empty rows and columns left out."""
    kept = [k for k, row in enumerate(grid.rows) if trimmed(row)]
    if not kept:
        raise FormatError("the file is empty: a header line and rows below it are needed")
    first = [grid.rows[k] for k in kept[:HEADER_WITHIN]]
    at = _header(first, _normals(known))
    if at is None:
        width = max(len(trimmed(grid.rows[k])) for k in kept)
        names, head, body = [""] * width, 0, kept
        remarks: tuple[str, ...] = ("no header line found: columns are named by their place",)
    else:
        names = [text_of(cell) for cell in grid.rows[kept[at]]]
        head, body = grid.numbers[kept[at]], kept[at + 1 :]
        remarks = _left_above([grid.numbers[k] for k in kept[:at]])
    rows = [trimmed(grid.rows[k]) for k in body]
    numbers = tuple(grid.numbers[k] for k in body)
    if grid.shifting:
        _refuse_longer(rows, numbers, len(names))
    above = tuple(_line(grid.rows[k]) for k in kept[: at or 0])
    columns, filled = _columns(names, rows)
    return Table(columns, filled, numbers, remarks, header_line=head, above=above)


def _normals(known: Collection[str]) -> frozenset[str]:
    return frozenset(normal(name) for name in known)


def _line(row: Sequence[Cell]) -> str:
    return " ".join(text_of(cell) for cell in row if not is_empty(cell))


def _left_above(lines: list[int]) -> tuple[str, ...]:
    if not lines:
        return ()
    return (f"left out {len(lines)} line{'s' if len(lines) > 1 else ''} above the header",)


def known_in(row: Iterable[Cell], known: frozenset[str]) -> int:
    """Return how many different known column names a row has."""
    return len({normal(cell) for cell in row if isinstance(cell, str)} & known)


def _header(first: list[Sequence[Cell]], known: frozenset[str]) -> int | None:
    """Return which of the first filled rows is the header, None if the values begin at once."""
    hits = [known_in(row, known) for row in first]
    if max(hits, default=0):
        return hits.index(max(hits))
    widths = [sum(not is_empty(cell) for cell in row) for row in first]
    usual = max(Counter(widths).items(), key=lambda pair: (pair[1], pair[0]))[0]
    full = next(k for k, width in enumerate(widths) if width > usual / 2)
    return full if _names_things(first[full]) else None


def _names_things(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if not is_empty(cell)]
    values = sum(not isinstance(c, str) or bool(_VALUE.fullmatch(c.strip(_BLANK))) for c in filled)
    return values < len(filled) / 2


def _refuse_longer(rows: list[Sequence[Cell]], numbers: tuple[int, ...], width: int) -> None:
    longer = [(n, len(row)) for n, row in zip(numbers, rows, strict=True) if len(row) > width]
    if longer:
        raise FormatError(
            f"row {number}: {cells} cells under {width} columns: put text with delimiters in quotes"
            for number, cells in longer[:HEADER_WITHIN]
        )


def _columns(
    names: Sequence[str], rows: list[Sequence[Cell]]
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return the columns that have a name or a value, and the rows with a cell for each."""
    width = max([len(names), *map(len, rows)])
    padded = [*names, *[""] * (width - len(names))]
    used = {k for k, name in enumerate(padded) if name.strip(_BLANK)}
    for row in rows:
        if len(used) == width:
            break
        used |= {k for k in range(len(row)) if k not in used and not is_empty(row[k])}
    order = sorted(used)
    columns = apart([padded[k].strip(_BLANK) or f"column {k + 1}" for k in order])
    if order == list(range(len(order))):
        count = len(order)
        return columns, tuple(
            row
            if len(row) == count and isinstance(row, tuple)
            else (*row[:count], *[""] * (count - len(row)))
            for row in rows
        )
    return columns, tuple(tuple(row[k] if k < len(row) else "" for k in order) for row in rows)


def apart(names: Iterable[str]) -> tuple[str, ...]:
    """Return names that are all different: a second of one name gets its count.

    >>> apart(["Labels", "Labels", "Labels (2)"])
    ('Labels', 'Labels (2)', 'Labels (2) (2)')
    """
    counts: Counter[str] = Counter()
    taken: dict[str, None] = {}
    for name in names:
        unique = name
        while unique in taken:
            counts[name] += 1
            unique = f"{name} ({counts[name] + 1})"
        taken[unique] = None
    return tuple(taken)
