"""A traffic export becomes the profile of demand, revenue by month that of ad prices (MODEL §2).

Each value is laid on the wall clock of the scenario; hours in which an incident ran are left out,
so that demand is what it is when nothing fails.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from model.arrays import Array, Index, Mask
from model.assumptions import profiles
from model.assumptions.names import Value
from model.evidence.log.columns import plain_name, zone_in
from model.evidence.log.log import Log
from model.evidence.traffic_columns import thousandths, times, without_units
from model.formats.answers import FormatError, Question
from model.formats.dates import Moment, day_order, read_moment, read_moments
from model.formats.iso import utc_seconds
from model.formats.numbers import Number, read_number
from model.formats.progress import OnProgress, unheard
from model.formats.reading import decimal_of
from model.formats.table import Cell, Table, is_empty
from model.scenario.provenance import Provenance, made_of

KNOWN = ("timestamp", "time", "date", "value", "hour", "month", "requests", "visits", "users",
         "revenue", "sessions", "views", "count", "total", "ds", "datetime", "zeit", "monat",
         "umsatz", "aufrufe", "mois", "mes")  # fmt: skip
FEWEST_WEEKS = 2
_WEEK = 168
_COARSE_H, _MONTH_H = 1.5, 24.0 * 25
_WHEN = re.compile(
    r"(?:timestamp|date ?time|time|date|month|hour|day|ds|period|when|zeit|datum|monat|mois|mes"
    r"|fecha|ts)(?: .*)?"
)
_MONEY = re.compile(r".*(?:revenue|sales|umsatz|income|earnings|spend|value|amount).*")


@dataclass(frozen=True)
class Traffic:
    """A profile from an export: which, its word, and how well the export covers it."""

    profile: str
    """Name of the row: `profiles.demand` or `profiles.price`."""
    word: str
    begin: datetime
    end: datetime
    values: int
    coverage: float
    """Share of the hours from begin to end that have a value and are used."""
    longest_gap_h: float
    left_out_h: int
    """Hours left out because an incident ran in them."""
    remarks: tuple[str, ...]

    @property
    def weeks(self) -> float:
        """The time covered, in weeks."""
        return (self.end - self.begin).total_seconds() / 3600.0 / _WEEK


def read_traffic(
    table: Table,
    *,
    clock: str,
    zone: str = "",
    log: Log | None = None,
    on_progress: OnProgress = unheard,
) -> Traffic:
    """Return the profile in an export; FormatError says what is missing.

    A value for each month makes a profile of ad prices; hours and finer one of demand. Times
    without offset are of `zone`, or of the column's own; hours of the week are those of `clock`,
    the scenario's zone.
    """
    table = without_units(table)
    when, what = _columns(table)
    hours, values, remarks = _read(table, when, what, zone, on_progress)
    order = np.argsort(hours, kind="stable")
    hours, values = hours[order], values[order]
    step = float(np.median(np.diff(hours))) if len(hours) > 1 else 0.0
    if step >= _MONTH_H:
        return _by_month(hours, values, remarks)
    if step > _COARSE_H:
        raise FormatError(f"a value every {step:g} h: an hour or finer is needed, or one a month")
    return _by_hour(hours, values, remarks, log, ZoneInfo(clock))


def rows_of(found: Traffic, file: str) -> tuple[dict[str, Value], dict[str, Provenance]]:
    """Return the row that an export makes, and where it comes from, by name."""
    said = f"Measured: {file}, {found.begin:%Y-%m-%d} to {found.end:%Y-%m-%d}"
    source = Provenance(made_of(said), "A", date=f"{found.end:%Y-%m-%d}")
    return {found.profile: found.word}, {found.profile: source}


def _columns(table: Table) -> tuple[str, str]:
    """Return the column of times and the one of values; the names say, else the first two."""
    timed = [name for name in table.columns if _WHEN.fullmatch(plain_name(name))]
    when = (timed or _rising(table) or list(table.columns))[0]
    clocks = {name for name in timed if name != when}
    others = [name for name in table.columns if name != when and _mostly_numbers(table, name)]
    others = [name for name in others if name not in clocks] or others
    if not others:
        raise FormatError(f"no column of numbers beside {when!r}: timestamp,value is needed")
    named = [name for name in others if plain_name(name) in KNOWN or _MONEY.fullmatch(name)]
    return when, (named or others)[0]


def _rising(table: Table) -> list[str]:
    """Return the columns of moments that come one after the other, where no name says when."""
    found = []
    for name in table.columns:
        answers = [read_moment(cell, zone=ZoneInfo("UTC")) for cell in table.column(name)[:200]]
        moments = [each.wall for each in answers if isinstance(each, Moment)]
        if len(moments) == len(answers) > 1 and moments == sorted(set(moments)):
            found.append(name)
    return found


def _mostly_numbers(table: Table, name: str) -> bool:
    cells = [cell for cell in table.column(name)[:200] if not is_empty(cell)]
    numbers = sum(isinstance(read_number(cell, table.decimal), Number | Question) for cell in cells)
    return bool(cells) and numbers > len(cells) / 2


def _read(
    table: Table, when: str, what: str, zone: str, on_progress: OnProgress
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return hours since 1970 and values of the rows that have both."""
    cells = times(table, when)
    own = zone_in(when)
    there = ZoneInfo("UTC" if own == "UTC" else zone or own or "UTC")
    on_progress(1, 3)
    hours, asked, said = _hours(cells, there)
    on_progress(2, 3)
    values, asked_too = _values(table, what)
    if asked or asked_too:
        raise FormatError(
            [f"column {when} or {what}: {text}" for text in (*asked, *asked_too)[:20]]
        )
    both = ~np.isnan(hours) & ~np.isnan(values)
    hours, values = hours[both], values[both]
    left = len(cells) - len(values)
    if len(values) < 12:
        raise FormatError("fewer than 12 rows with a time and a value")
    if values.min() < 0:
        raise FormatError(f"column {what}: {values.min():g}: 0 or more is needed")
    gone = (f"{left:,} rows without a time or a value left out",) if left else ()
    return hours, values, (f"times in {when}, values in {what}", *said, *gone)


def _hours(cells: Sequence[Cell], zone: ZoneInfo) -> tuple[Array, list[str], tuple[str, ...]]:
    """Return hours since 1970, NaN where there is none, what to ask and how they are understood."""
    order = day_order(cells)
    seconds = utc_seconds(cells, zone, order)
    rest = np.flatnonzero(np.isnan(seconds)).tolist()
    found = read_moments([cells[row] for row in rest], zone=zone, order=order)
    later = read_moments([cells[row] for row in rest], zone=zone, order=order, fold=1).answers
    for row, *both in zip(rest, found.answers, later, strict=True):
        first, second = (m.utc.timestamp() if isinstance(m, Moment) and m.utc else np.nan
                         for m in both)  # fmt: skip
        # Of a time that comes twice as the clocks go back, the rows before say which it is.
        again = row > 0 and first != second and first <= seconds[row - 1]
        seconds[row] = second if again else first
    asked = [answer.text for answer in found.answers if isinstance(answer, Question)]
    said = tuple(remark for remark in found.remarks if "comes twice" not in remark)
    return seconds / 3600.0, asked, said


def _values(table: Table, what: str) -> tuple[Array, list[str]]:
    """Return the numbers of a column, NaN where there is none, and what to ask."""
    alike = thousandths(table.column(what))
    if alike is not None:
        return alike, []
    decimal = decimal_of(table, [what])
    if table.delimiter == "," and decimal not in (".", ","):
        decimal = "."  # where commas part the cells, those inside a number part thousands
    values, asked = np.full(len(table.rows), np.nan), []
    for row, cell in enumerate(table.column(what)):
        if isinstance(cell, str) and cell.isascii() and cell.isdigit():
            values[row] = float(cell)
            continue
        found = read_number(cell, decimal)
        if isinstance(found, Number):
            values[row] = found.value
        elif isinstance(found, Question):
            asked.append(found.text)
    return values, asked


def _by_hour(
    hours: Array, values: Array, remarks: tuple[str, ...], log: Log | None, clock: ZoneInfo
) -> Traffic:
    """Average by hour of week of the scenario's clock, incident hours left out."""
    first, last = float(np.floor(hours[0])), float(np.floor(hours[-1])) + 1.0
    at = np.asarray((hours - first).astype(np.int64))
    size = int(last - first)
    count = np.bincount(at, minlength=size)
    mean = np.bincount(at, weights=values, minlength=size) / np.maximum(count, 1)
    failing = _failing(first, size, log)
    used = (count > 0) & ~failing
    place = _hours_of_week(first, size, clock)
    seen = np.bincount(place[used], minlength=_WEEK)
    missing = np.flatnonzero(seen == 0)
    weeks = size / _WEEK
    if len(missing):
        named = profiles.label(f"profiles.demand.{missing[0]:03d}").removeprefix("Weight of ")
        more = f" and {len(missing) - 1} more hours of the week" if len(missing) > 1 else ""
        raise FormatError(f"no value for {named}{more}: whole weeks are needed")
    if weeks < FEWEST_WEEKS:
        raise FormatError(f"{weeks:.1f} weeks: {FEWEST_WEEKS} at least are needed")
    week = np.bincount(place[used], weights=mean[used], minlength=_WEEK) / seen
    return _traffic("profiles.demand", week, (first, last), len(hours), used, failing, remarks)


def _traffic(
    profile: str,
    weights: Array,
    span: tuple[float, float],
    values: int,
    used: Mask,
    failing: Mask,
    remarks: tuple[str, ...],
) -> Traffic:
    if not weights.max() > 0:
        raise FormatError("all values are 0")
    if not np.isfinite(weights.sum()):
        raise FormatError("the values are too large to be averaged: give them in a larger unit")
    begin, end = (datetime.fromtimestamp(hour * 3600.0, UTC) for hour in span)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], used, [True]]).astype(int)))
    gaps = np.diff(edges)[::2]
    return Traffic(
        profile=profile,
        word=profiles.written(weights),
        begin=begin,
        end=end,
        values=values,
        coverage=float(used.mean()),
        longest_gap_h=float(gaps.max(initial=0)),
        left_out_h=int(failing.sum()),
        remarks=remarks,
    )


def _failing(first: float, size: int, log: Log | None) -> Mask:
    """Return the hours in which an incident of the log ran."""
    out = np.zeros(size + 1, dtype=np.int64)
    if log is not None and len(log.incidents.start):
        start = log.incidents.start
        end = np.where(np.isfinite(log.incidents.upper), log.incidents.upper, log.incidents.lower)
        begins = np.clip(np.floor(start - first), 0, size).astype(np.int64)
        ends = np.clip(np.ceil(end - first), 0, size).astype(np.int64)
        np.add.at(out, begins, 1)
        np.add.at(out, np.maximum(ends, begins), -1)
    return np.asarray(np.cumsum(out)[:size] > 0)


def _hours_of_week(first: float, size: int, clock: ZoneInfo) -> Index:
    """Return the hour of week on the scenario's wall clock of each hour since 1970."""
    moments = [datetime.fromtimestamp((first + k) * 3600.0, clock) for k in range(size)]
    return np.array([moment.weekday() * 24 + moment.hour for moment in moments])


def _by_month(hours: Array, values: Array, remarks: tuple[str, ...]) -> Traffic:
    """Average revenue per hour by calendar month; the middle of a month tells which it is."""
    months = [datetime.fromtimestamp((hour + 36.0) * 3600.0, UTC) for hour in hours.tolist()]
    numbers = np.array([moment.month - 1 for moment in months])
    length = np.array([_days(moment) * 24.0 for moment in months])
    seen = np.bincount(numbers, minlength=12)
    missing = np.flatnonzero(seen == 0)
    if len(missing):
        names = [profiles.label(f"profiles.price.{m + 1:02d}").split()[-1] for m in missing]
        raise FormatError(f"no value for {', '.join(names)}: all twelve months are needed")
    year = np.bincount(numbers, weights=values / length, minlength=12) / seen
    used = np.ones(len(hours), dtype=bool)
    span = float(hours[0]), float(hours[-1] + length[-1])
    return _traffic("profiles.price", year, span, len(hours), used, ~used, remarks)


def _days(moment: datetime) -> int:
    return calendar.monthrange(moment.year, moment.month)[1]
