"""When each row began, ended and was last heard of, in hours since 1970 (UTC).

The order of day and month is settled over all columns together. An end that seems to come before
its start may be the second of two equal clock times, or of the next day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from model.arrays import Array, Index, Mask
from model.evidence.log.columns import NO_TIME, plain_name, zone_in
from model.evidence.log.guessing import Guess
from model.evidence.log.options import DATE, LogOptions
from model.formats.answers import Question, Refusal, Unknown
from model.formats.dates import (
    FIRST,
    Answer,
    Fold,
    Moment,
    Moments,
    Order,
    day_order,
    read_moments,
)
from model.formats.durations import Duration, Unit, read_duration
from model.formats.iso import utc_seconds
from model.formats.progress import OnProgress, unheard
from model.formats.table import Cell, Table, is_empty

_DAY_H = 24.0
_UNIT_WORDS: dict[str, Unit] = {
    "ms": "ms", "millis": "ms", "milliseconds": "ms", "s": "s", "sec": "s", "secs": "s",
    "second": "s", "seconds": "s", "min": "min", "mins": "min", "minute": "min",
    "minutes": "min", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "stunden": "h",
    "d": "d", "day": "d", "days": "d", "tage": "d",
}  # fmt: skip
_UNITS: tuple[Unit, ...] = ("h", "min", "s", "ms", "d")
_LONG_AGO = datetime(1971, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Stamps:
    """One column of moments: hours since 1970, NaN where there is none, and why."""

    hours: Array
    open: Mask
    """A person says that it is not over."""
    said: Mask
    """A person says that nobody knows."""
    problems: Mapping[int, str]
    """Rows whose cell means no moment, or several."""

    @classmethod
    def none(cls, size: int) -> Stamps:
        """Return a column that the log does not have."""
        no = np.zeros(size, dtype=bool)
        return cls(np.full(size, np.nan), no, no, {})


@dataclass(frozen=True, eq=False)
class Times:
    """Everything a log says of time, `(rows,)` each."""

    start: Stamps
    end: Stamps
    paperwork: Array
    """The earliest of the other ends, hours since 1970."""
    updated: Array
    duration_h: Array
    duration_problems: Mapping[int, str]
    remarks: tuple[str, ...]

    @property
    def latest(self) -> float:
        """The last moment the log knows of."""
        every = [self.start.hours, self.end.hours, self.paperwork, self.updated]
        known = np.concatenate(every)
        known = known[~np.isnan(known)]
        return float(known.max()) if len(known) else 0.0


def hours_of(moment: datetime) -> float:
    """Return hours since 1970."""
    return moment.timestamp() / 3600.0


def read_times(
    table: Table, found: Guess, options: LogOptions, on_progress: OnProgress = unheard
) -> Times:
    """Read every column of moments and the durations."""
    reader = _Reader(table, found, options)
    columns, size = found.columns, len(table.rows)
    on_progress(1, 6)
    days = reader.days(columns.get(DATE, ""))
    start = reader.stamps(columns.get("start", ""), days)
    on_progress(2, 6)
    end_column = columns.get("end", "")
    end = reader.stamps(end_column, days)
    end = _after(start, end, reader, end_column, days)
    on_progress(3, 6)
    others = [each.column for each in found.ends if each.column != end_column]
    later = [_cleared(reader.stamps(name, days), start) for name in others]
    paperwork = np.fmin.reduce(later) if later else np.full(size, np.nan)
    on_progress(4, 6)
    updated = reader.stamps(columns.get("updated", ""), ()).hours
    on_progress(5, 6)
    hours, problems = _durations(table, columns.get("duration", ""), end.hours - start.hours)
    return Times(
        start=start,
        end=end,
        paperwork=paperwork,
        updated=updated,
        duration_h=hours,
        duration_problems=problems,
        remarks=reader.remarks(),
    )


class _Reader:
    """Reads the columns of one log alike."""

    def __init__(self, table: Table, found: Guess, options: LogOptions) -> None:
        self.table, self._options = table, options
        fields = {found.columns.get(name, "") for name in ("start", "end", "updated", DATE)}
        self._names = names = sorted({*fields, *(each.column for each in found.ends)} - {""})
        self._latest = options.end.date() + timedelta(days=1) if options.end else None
        # What programs write is read a column at a time, and only the rest cell by cell.
        self._seconds = {name: utc_seconds(table.column(name), self.zone(name)) for name in names}
        self._order = self._day_order()
        self._ordered = {name for name in self._names if self._order and self._in_order(name)}
        self._remarks: dict[str, None] = {}

    def _day_order(self) -> Order:
        """Return the order of day and month over all columns; without other dates there is none."""
        if not any(np.isnan(each).any() for each in self._seconds.values()):
            return ""
        cells = [cell for name in self._names for cell in self.table.column(name)]
        return day_order(_days_written(cells), self._latest)

    def _in_order(self, column: str) -> bool:
        """Read the dates of a column that the order alone makes clear; tell whether there are."""
        before = np.isnan(self._seconds[column])
        if not before.any():
            return False
        cells = self.table.column(column)
        self._seconds[column] = utc_seconds(cells, self.zone(column), self._order)
        return bool((before & ~np.isnan(self._seconds[column])).any())

    def zone(self, column: str) -> ZoneInfo:
        """Return the zone of times without offset: UTC if the name says so, the given, its own."""
        named = zone_in(column)
        return ZoneInfo("UTC" if named == "UTC" else self._options.time_zone or named or "UTC")

    def days(self, column: str) -> tuple[Answer, ...]:
        """Return the moments of the column of days, none without one."""
        if not column:
            return ()
        return self._moments(column, ()).answers

    def _moments(
        self, column: str, days: Sequence[Answer], rows: Index | None = None, *, fold: Fold = 0
    ) -> Moments:
        """Read a column, or some of its rows; `fold` says which of two equal clock times."""
        cells = self.table.column(column)
        if rows is not None:
            cells = tuple(cells[row] for row in rows.tolist())
        found = read_moments(cells, zone=self.zone(column), order=self._order, days=days, fold=fold)
        if fold == 0:
            self._remarks |= {f"{column}: {remark}": None for remark in found.remarks}
        return found

    def stamps(self, column: str, days: Sequence[Answer]) -> Stamps:
        """Return the moments of a column; where its cell is empty and a day is written, that."""
        if not column:
            return Stamps.none(len(self.table.rows))
        seconds = self._seconds[column]
        if column in self._ordered:
            self._remarks[f"{column}: {FIRST[self._order]}"] = None
        rows = np.flatnonzero(np.isnan(seconds))
        beside = [days[row] for row in rows.tolist()] if days else ()
        answers = list(self._moments(column, beside, rows, fold=0).answers) if len(rows) else []
        if days and "start" in plain_name(column):
            answers = [_or_day(answer, day) for answer, day in zip(answers, beside, strict=True)]
        return _stamps(seconds, rows, answers)

    def again(self, column: str, rows: Index, days: Sequence[Answer]) -> Array:
        """Return hours of some rows, of times that come twice the second."""
        beside = [days[row] for row in rows.tolist()] if days else ()
        answers = self._moments(column, beside, rows, fold=1).answers
        none = np.full(len(rows), np.nan)
        return _stamps(none, np.arange(len(rows)), answers).hours

    def remarks(self) -> tuple[str, ...]:
        """Return how the columns were understood."""
        return tuple(self._remarks)


def _days_written(cells: Iterable[Cell]) -> list[str]:
    """Return the different first words of cells, which have the day where a time stands behind."""
    words = (cell.split(maxsplit=1)[:1] for cell in cells if isinstance(cell, str))
    return list(dict.fromkeys(word.rstrip(",") for first in words for word in first))


def _or_day(answer: Answer, day: Answer) -> Answer:
    empty = isinstance(answer, Unknown) and answer.kind == "empty"
    return day if empty and isinstance(day, Moment) else answer


def _stamps(seconds: Array, rows: Index, answers: Sequence[Answer]) -> Stamps:
    """Return moments since 1970 with the answers for the rows that have none in `seconds`."""
    size = len(seconds)
    # 1970 is how programs write that there is no time.
    hours = np.where(seconds >= _LONG_AGO.timestamp(), seconds / 3600.0, np.nan)
    open_, said = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    problems: dict[int, str] = {}
    for row, answer in zip(rows.tolist(), answers, strict=True):
        if isinstance(answer, Moment):
            if answer.utc is not None and answer.utc >= _LONG_AGO:
                hours[row] = answer.utc.timestamp() / 3600.0
        elif isinstance(answer, Unknown):
            open_[row], said[row] = answer.kind == "open", answer.kind == "unknown"
        elif not answer.text.startswith(f"'{NO_TIME}"):
            problems[row] = answer.text
    return Stamps(hours, open_, said, problems)


def _after(
    start: Stamps, end: Stamps, reader: _Reader, column: str, days: Sequence[Answer]
) -> Stamps:
    """Mend ends before their start that only seem so."""
    early = np.flatnonzero(end.hours < start.hours)
    if not column or not len(early):
        return end
    hours = end.hours.copy()
    second = reader.again(column, early, days)
    hours[early] = np.where(second >= start.hours[early], second, hours[early])
    cells = reader.table.column(column)
    nightly = [row for row in early if hours[row] < start.hours[row] and days]
    nightly = [row for row in nightly if _is_clock_alone(cells[row])]
    hours[nightly] += _DAY_H
    return Stamps(hours, end.open, end.said, end.problems)


def _is_clock_alone(cell: Cell) -> bool:
    """Tell whether a cell is a time of day without a day."""
    return not is_empty(cell) and isinstance(read_moments([cell]).answers[0], Refusal)


def _cleared(stamps: Stamps, start: Stamps) -> Array:
    """Return hours that do not lie before the start."""
    with np.errstate(invalid="ignore"):
        return np.where(stamps.hours >= start.hours, stamps.hours, np.nan)


def _durations(table: Table, column: str, known_h: Array) -> tuple[Array, dict[int, str]]:
    """Return the hours of a column of durations; plain numbers count what fits the known ends."""
    hours, problems = np.full(len(table.rows), np.nan), dict[int, str]()
    if not column:
        return hours, problems
    unit = _unit(table, column, known_h)
    for row, cell in enumerate(table.column(column)):
        found = read_duration(cell, unit, table.decimal)
        if isinstance(found, Duration):
            hours[row] = found.hours
        elif isinstance(found, Question | Refusal):
            problems[row] = found.text
    return hours, problems


def _unit(table: Table, column: str, known_h: Array) -> Unit:
    named = [_UNIT_WORDS[w] for w in plain_name(column).split() if w in _UNIT_WORDS]
    if named:
        return named[0]
    checked = [(cell, h) for cell, h in zip(table.column(column), known_h, strict=True) if h > 0]
    right = {unit: _agreeing(checked, unit, table.decimal) for unit in _UNITS}
    best = max(right, key=lambda unit: right[unit])
    return best if right[best] > len(checked) / 3 and right[best] > 1 else ""


def _agreeing(checked: Sequence[tuple[Cell, float]], unit: Unit, decimal: str) -> int:
    """Return in how many rows a plain number of this unit is the time from start to end."""
    count = 0
    for cell, hours in checked[:200]:
        found = read_duration(cell, unit, decimal)
        plain = read_duration(cell, "", decimal)
        if isinstance(found, Duration) and not isinstance(plain, Duration):
            count += abs(found.hours - hours) <= max(0.02 * hours, 1 / 60)
    return count


def midnight(day: date, zone: str) -> datetime:
    """Return the midnight with which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC)
