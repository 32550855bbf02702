"""Columns that hold half a moment, or two: a day and its clock time apart, "08:00 - 09:20" in one.

They get a column of their own behind the others, `Start Date + Start Time` or `Time (from)` and
`Time (to)`, which stand for them in every guess. What was written stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time

from model.evidence.log.columns import plain_name
from model.formats.table import Cell, Table, is_empty, text_of
from model.formats.written_dates import written

JOINT = " + "
FROM, TO = " (from)", " (to)"
_SAMPLE = 200
_DAY_WORDS = frozenset(
    {"date", "day", "datum", "tag", "data", "fecha", "dia", "giorno", "jour", "日", "日付", "日期"}
)
_CLOCK_WORDS = frozenset(
    {"time", "hour", "clock", "uhrzeit", "zeit", "heure", "hora", "ora", "tijd", "orario", "時刻",
     "時間", "时间"}
)  # fmt: skip
_HOUR_WORDS = frozenset({"h", "hr", "hrs", "hour", "hours", "stunden", "std", "heures", "horas"})
_MINUTE_WORDS = frozenset({"m", "min", "mins", "minute", "minutes", "minuten", "minutos"})
_WHOLE = re.compile(r"\d{1,5}")
_SPAN = re.compile(
    r"(?P<a>.*\d\S*(?: ?[ap]\.?m\.?)?)\s*(?:-|–|—|→|>|\bto\b|\bbis\b|\buntil\b)\s*(?P<b>\d.*)",
    re.IGNORECASE,
)


def prepared(table: Table) -> Table:
    """Return the table with a column for each moment that it has in two, and two for each span."""
    return _parted(_joined(_lengths(table)))


def _lengths(table: Table) -> Table:
    """Join whole hours to the minutes beside them, of columns that differ in that word alone."""
    hours = {_rest(name, _HOUR_WORDS, ""): name for name in table.columns}
    found = {}
    for name in table.columns:
        rest = _rest(name, _MINUTE_WORDS, "")
        beside = "" if rest is None else hours.get(rest)
        if beside and _every(table, beside, _is_whole) and _every(table, name, _is_below_sixty):
            pairs = zip(table.column(beside), table.column(name), strict=True)
            found[f"{beside}{JOINT}{name}"] = [_length(*pair) for pair in pairs]
    return _with(table, found)


def _every(table: Table, name: str, fits: Callable[[Cell], bool]) -> bool:
    """Tell whether every cell fits that has a figure in it."""
    cells = [cell for cell in table.column(name) if any(map(str.isdigit, text_of(cell)))]
    return bool(cells) and all(map(fits, cells))


def _is_whole(cell: Cell) -> bool:
    return bool(_WHOLE.fullmatch(text_of(cell).strip()))


def _is_below_sixty(cell: Cell) -> bool:
    return _is_whole(cell) and float(text_of(cell)) < 60


def _length(hours: Cell, minutes: Cell) -> Cell:
    if not _is_whole(hours):
        return hours if is_empty(minutes) or not is_empty(hours) else f"{text_of(minutes)} min"
    return f"{text_of(hours).strip()} h {text_of(minutes).strip() or '0'} min"


def stands_for(columns: Sequence[str]) -> frozenset[str]:
    """Return the columns in whose place others stand."""
    names = set(columns)
    pairs = [name.split(JOINT, 1) for name in columns if JOINT in name]
    joined = {part for pair in pairs if set(pair) <= names for part in pair}
    return frozenset(joined | {n for n in names if {n + FROM, n + TO} <= names})


def _joined(table: Table) -> Table:
    """Join a column of days to one of clock times where their names differ in that word alone."""
    days = {_rest(name, _DAY_WORDS): name for name in table.columns}
    found = {}
    for name in table.columns:
        rest = _rest(name, _CLOCK_WORDS)
        day = days.get(rest) if rest else None
        if (
            day is not None
            and day != name
            and _all(table, day, _is_day)
            and _all(table, name, _is_clock)
        ):
            pairs = zip(table.column(day), table.column(name), strict=True)
            found[f"{day}{JOINT}{name}"] = [_both(*pair) for pair in pairs]
    return _with(table, found)


def _rest(name: str, words: frozenset[str], none: str | None = None) -> str | None:
    """Return a name without the word that says what it holds; None if it has no such word.

    Of a name that is that word alone, `none` stays.
    """
    plain = plain_name(name).split()
    kept = [word for word in plain if word not in words]
    return None if len(kept) == len(plain) else " ".join(kept) or none


def _all(table: Table, name: str, fits: Callable[[Cell], bool]) -> bool:
    step = max(len(table.rows) // _SAMPLE, 1)
    cells = [cell for cell in table.column(name)[::step] if not is_empty(cell)]
    return bool(cells) and sum(map(fits, cells)) > 0.8 * len(cells)


def _is_day(cell: Cell) -> bool:
    if isinstance(cell, datetime):
        return cell.time() == time()
    found = written(cell) if isinstance(cell, str) else None
    return found is not None and found.clock is None and (found.day or found.pair) is not None


def _is_clock(cell: Cell) -> bool:
    if isinstance(cell, time) or (isinstance(cell, float) and 0 <= cell < 1):
        return True
    found = written(cell.strip()) if isinstance(cell, str) else None
    return found is not None and found.clock is not None and not (found.day or found.pair)


def _both(day: Cell, clock: Cell) -> Cell:
    if is_empty(day) or is_empty(clock):
        return day if is_empty(clock) else clock
    if isinstance(day, datetime) and isinstance(clock, time):
        return datetime.combine(day.date(), clock, day.tzinfo)
    return f"{text_of(day)[:10] if isinstance(day, datetime) else text_of(day)} {text_of(clock)}"


def _parted(table: Table) -> Table:
    """Part columns whose cells are spans of moments."""
    found: dict[str, list[Cell]] = {}
    for name in table.columns:
        if not _all(table, name, _is_span):
            continue
        ends = [_ends(cell) for cell in table.column(name)]
        found[name + FROM] = [first for first, _ in ends]
        found[name + TO] = [last for _, last in ends]
    return _with(table, found)


def _ends(cell: Cell) -> tuple[Cell, Cell]:
    found = _SPAN.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return (found["a"].strip(), found["b"].strip()) if found else (cell, "")


def _is_span(cell: Cell) -> bool:
    first, last = _ends(cell)
    if isinstance(cell, str) and written(cell.strip()) is not None:
        return False  # what looks like a second time is an offset
    ends = [written(each) for each in (first, last) if isinstance(each, str) and each]
    return len(ends) == 2 and all(each is not None and each.clock is not None for each in ends)


def _with(table: Table, found: dict[str, list[Cell]]) -> Table:
    new = {name: cells for name, cells in found.items() if name not in table.columns}
    if not new:
        return table
    rows = tuple(
        (*row, *more) for row, more in zip(table.rows, zip(*new.values(), strict=True), strict=True)
    )
    said = f"taken together or apart: {', '.join(new)}"
    return replace(table, columns=(*table.columns, *new), rows=rows, remarks=(*table.remarks, said))
