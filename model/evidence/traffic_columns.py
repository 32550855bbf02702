"""Times and values of a traffic export as tools write them: hours apart, months alone, units."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from model.arrays import Array
from model.evidence.log.columns import plain_name
from model.formats.table import Cell, Table, is_empty, text_of
from model.formats.written_dates import written

_SAMPLE = 1_000
_THREE = re.compile(r"\d+[.,]\d{3}")
_HOUR = re.compile(r"([01]?\d|2[0-4])(?:\.0+)?")
_CLOCK = re.compile(r"(?:hour|time|clock|uhrzeit|stunde|heure|hora|ora)(?: of day)?(?: .*)?")
_STAMP = re.compile(r"((?:19[7-9]|20\d)\d)(\d{2})(\d{2})([01]\d|2[0-3])")
_UNIT = re.compile(r"(-?[\d.,'\s]*\d)\s*([^\W\d][\w/%]{1,11}|[円元원])")
_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<y>\d{4})[-/. ]?(?P<m>\d{1,2})",
        r"(?P<m>\d{1,2})[-/. ](?P<y>\d{4})",
        r"(?P<y>\d{4}) ?[年년] ?(?P<m>\d{1,2}) ?[月월]",
        r"(?P<name>[^\W\d]{3,10})\.?[-/., ]*(?P<y>\d{4}|'?\d{2})",
        r"(?P<y>\d{4})[-/., ]*(?P<name>[^\W\d]{3,10})\.?",
    )
)


def times(table: Table, when: str) -> tuple[Cell, ...]:
    """Return the cells of a column of times, with the hour that stands beside a day."""
    cells = table.column(when)
    for change in (_month, _stamp):
        if _all(cells, change):
            return tuple(change(cell) or cell for cell in cells)
    if not _all(cells, _is_day):
        return cells
    for name in table.columns:
        beside = table.column(name)
        if name != when and _CLOCK.fullmatch(plain_name(name)) and _all(beside, _is_clock):
            return tuple(map(_at, cells, beside))
    return cells


def thousandths(cells: Sequence[Cell]) -> Array | None:
    """Return the numbers of a column in which each has three digits behind the same mark.

    Whether those are thousandths or thousands is the same in a profile; None for other columns.
    """
    texts = [text_of(cell).strip() for cell in cells]
    marks = {text[-4:-3] for text in texts if text}
    if len(marks) != 1 or not all(map(_THREE.fullmatch, filter(None, texts))):
        return None
    return np.array([float(text.replace(",", ".")) if text else np.nan for text in texts])


def without_units(table: Table) -> Table:
    """Return the table without the unit that every value of a column has, as in 12 req/s."""
    units = {k: unit for k in range(len(table.columns)) if (unit := _unit(table, k))}
    if not units:
        return table
    rows = tuple(
        tuple(_without(cell, units[k]) if k in units else cell for k, cell in enumerate(row))
        for row in table.rows
    )
    return replace(table, rows=rows)


def _unit(table: Table, k: int) -> str:
    """Return the unit that every cell of a column has, nothing if there is none."""
    first = next((row[k] for row in table.rows if not is_empty(row[k])), "")
    found = _with_unit(first)
    if found is None:
        return ""
    cells = [row[k] for row in table.rows if not is_empty(row[k])]
    same = all(each and each[2] == found[2] for each in map(_with_unit, cells))
    return found[2] if same and not any(map(_dated, cells)) else ""


def _with_unit(cell: Cell) -> re.Match[str] | None:
    return _UNIT.fullmatch(text_of(cell).strip())


def _without(cell: Cell, unit: str) -> str:
    return text_of(cell).strip().removesuffix(unit).strip()


def _all(cells: Sequence[Cell], fits: Callable[[Cell], object]) -> bool:
    step = max(len(cells) // _SAMPLE, 1)
    filled = [cell for cell in cells[::step] if not is_empty(cell)]
    return bool(filled) and sum(map(bool, map(fits, filled))) > 0.9 * len(filled)


def _dated(cell: Cell) -> bool:
    return not isinstance(cell, str) or written(cell.strip()) is not None


def _is_day(cell: Cell) -> bool:
    if isinstance(cell, datetime):
        return cell.hour == cell.minute == 0
    found = written(cell.strip()) if isinstance(cell, str) else None
    return found is not None and found.clock is None


def _is_clock(cell: Cell) -> bool:
    text = text_of(cell).strip()
    found = written(text)
    return bool(_HOUR.fullmatch(text)) or (found is not None and not (found.day or found.pair))


def _at(day: Cell, clock: Cell) -> Cell:
    text = text_of(clock).strip()
    hour = _HOUR.fullmatch(text)
    before = f"{day:%Y-%m-%d}" if isinstance(day, datetime) else text_of(day).strip()
    return f"{before} {int(hour[1]):02d}:00" if hour else f"{before} {text}"


def _stamp(cell: Cell) -> str:
    """Return YYYYMMDDHH as a date and time; as seconds since 1970 such digits are beyond 2033."""
    found = _STAMP.fullmatch(text_of(cell).strip())
    return f"{found[1]}-{found[2]}-{found[3]} {found[4]}:00" if found else ""


def _month(cell: Cell) -> str:
    """Return the first day of a month that is written alone."""
    if not isinstance(cell, str):
        return ""
    for pattern in _MONTHS:
        found = pattern.fullmatch(cell.strip())
        if found is None:
            continue
        parts = found.groupdict()
        year = parts["y"].lstrip("'")
        year = year if len(year) == 4 else f"20{year}"
        day = f"1 {parts['name']} {year}" if parts.get("name") else f"{year}-{parts['m']}-1"
        said = written(day)
        if said is not None and said.day is not None:
            return said.day.isoformat()
    return ""
