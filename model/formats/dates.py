"""Dates and times as written, settled by their whole column, in UTC or as wall times."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from model.formats.answers import Question, Refusal, Unknown, quoted, word_in
from model.formats.characters import plainer
from model.formats.table import Cell, text_of
from model.formats.written_dates import Written, written

Order = Literal["dmy", "mdy", ""]
Fold = Literal[0, 1]

_ALLOWED = "a date such as 2026-04-01 or 2026-04-01 13:30 is needed"
_ORDERS: tuple[Order, Order] = ("dmy", "mdy")
_OPEN = re.compile(r"\D*\d{1,2}\s*[-/]\s*\d{1,2}\s*[-/]\s*\d")
FIRST = {"dmy": "dates day first", "mdy": "dates month first"}
_ENOUGH_IN_ORDER = 5  # fewer are in order by chance too often
_SERIALS = (20_000, 80_000)  # 1954 to 2119 as a spreadsheet counts days
_DAY_ZERO = datetime(1899, 12, 30)
_EPOCHS = ((1e8, 1, "seconds"), (1e11, 1e3, "milliseconds"), (1e14, 1e6, "microseconds"),
           (1e17, 1e9, "nanoseconds"))  # fmt: skip
_LATEST_EPOCH = 4.2e9
_DIGITS = re.compile(r"\d{5,19}(?:[.,]\d+)?")
_OFFSETS = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
_GENERAL = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_OFFSET = re.compile(r"(?:utc|gmt)?(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d{2})?")


@dataclass(frozen=True)
class Moment:
    """A moment: the wall time as written, and in UTC where a zone is written or given."""

    wall: datetime
    utc: datetime | None = None
    bare: bool = False
    """Whether only a day is written; its midnight is meant."""
    remarks: tuple[str, ...] = ()


Answer = Moment | Question | Refusal | Unknown


@dataclass(frozen=True)
class Moments:
    """The answers for the cells of a column, and in a few sentences how they were understood."""

    answers: tuple[Answer, ...]
    order: Order
    remarks: tuple[str, ...]


def day_order(cells: Iterable[Cell], latest: date | None = None) -> Order:
    """Return whether day or month comes first in a column's dates, empty if nothing settles it.

    >>> day_order(["01/02/2026", "25/01/2026"]), day_order(["4/1/2026"])
    ('dmy', '')
    """
    texts = [cell for cell in cells if isinstance(cell, str)]
    pairs = [found for found in map(written, filter(_OPEN.match, texts)) if found and found.pair]
    possible: list[Order] = [o for o in _ORDERS if all(_may_be(pair, o, latest) for pair in pairs)]
    if len(possible) == 2 and pairs:
        dates = [found for found in map(written, texts) if found]
        possible = [order for order in possible if _in_order(dates, order)]
    return possible[0] if len(possible) == 1 else ""


def _may_be(found: Written, order: str, latest: date | None) -> bool:
    day = found.on(order)
    return day is not None and (latest is None or day <= latest)


def _in_order(dates: Sequence[Written], order: str) -> bool:
    days = [day for found in dates if (day := found.on(order))]
    return len(set(days)) >= _ENOUGH_IN_ORDER and days in (sorted(days), sorted(days)[::-1])


def read_moments(
    cells: Sequence[Cell],
    *,
    zone: ZoneInfo | None = None,
    fold: Fold = 0,
    order: Order | None = None,
    days: Sequence[Answer] = (),
    latest: date | None = None,
) -> Moments:
    """Return the moments of a column; `days` are the answers of a date column beside clock times.

    Wall times are in `zone`, without one there is no UTC. `order` None is settled from the cells,
    of which none is after `latest`.
    """
    settled = day_order(cells, latest) if order is None else order
    beside = [answer.wall.date() if isinstance(answer, Moment) else None for answer in days]
    beside += [None] * (len(cells) - len(beside))
    answers = tuple(
        read_moment(cell, order=settled, zone=zone, fold=fold, day=day)
        for cell, day in zip(cells, beside, strict=True)
    )
    return Moments(answers, settled, tuple(_summary(answers, settled)))


def _summary(answers: Iterable[Answer], order: Order) -> Iterator[str]:
    if order:
        yield FIRST[order]
    counts = Counter(r for answer in answers if isinstance(answer, Moment) for r in answer.remarks)
    for remark, count in counts.items():
        yield f"{remark} ({count:,} cell{'s' if count > 1 else ''})"


def read_moment(
    cell: Cell,
    *,
    order: Order = "",
    zone: ZoneInfo | None = None,
    fold: Fold = 0,
    day: date | None = None,
) -> Answer:
    """Return the moment in a cell; a clock time alone is of `day`.

    >>> read_moment("20/Aug/25 6:09 PM", zone=ZoneInfo("America/New_York")).utc.isoformat()
    '2025-08-20T22:09:00+00:00'
    >>> read_moment("4/1/2026").text
    "'4/1/2026' can be 2026-01-04 or 2026-04-01: write 2026-01-04 or 2026-04-01"
    """
    if isinstance(cell, datetime):
        return _placed(cell.replace(tzinfo=None), cell.time() == time(), zone, fold)
    if isinstance(cell, time):
        clock = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
        return _settled(Written(clock=clock), cell.isoformat(), order, zone, fold, day)
    if isinstance(cell, timedelta):
        return Refusal(f"{cell} is a length of time: {_ALLOWED}")
    if isinstance(cell, float):
        return _from_number(cell, text_of(cell), zone, fold)
    return _from_text(cell, order, zone, fold, day)


def _from_text(
    cell: str, order: Order, zone: ZoneInfo | None, fold: Fold, day: date | None
) -> Answer:
    if word := word_in(cell):
        return word
    found = written(cell)
    if found:
        return _settled(found, cell, order, zone, fold, day)
    plain = plainer(cell)
    if _DIGITS.fullmatch(plain):
        return _from_number(float(plain.replace(",", ".")), cell, zone, fold)
    return Refusal(f"{quoted(cell.strip())}: {_ALLOWED}")


def _settled(
    found: Written, cell: str, order: Order, zone: ZoneInfo | None, fold: Fold, day: date | None
) -> Answer:
    said = quoted(cell.strip())
    if found.wrong:
        return Refusal(f"{said}: {found.wrong}: {_ALLOWED}")
    days = _days(found, order, day)
    if len(days) > 1:
        return _question(said, days, found.clock or timedelta())
    if not days:
        rest = f"no day with {FIRST.get(order, '')} as in the rest"
        return Refusal(f"{said} is {rest if found.pair else 'a time without day'}: {_ALLOWED}")
    wall = datetime.combine(days[0], time()) + (found.clock or timedelta())
    if not found.zone:
        return _placed(wall, found.clock is None, zone, fold)
    return _zoned(wall, found.zone, zone, fold, said)


def _days(found: Written, order: Order, beside: date | None) -> list[date]:
    """Return the days that a date can be; one of a column with both orders may still be one."""
    if found.pair is None:
        return [day for day in (found.day or beside,) if day]
    return [day for o in ((order,) if order else _ORDERS) if (day := found.on(o))]


def _question(said: str, days: Sequence[date], clock: timedelta) -> Question:
    either = f"{days[0]} or {days[1]}"
    walls = tuple(datetime.combine(day, time()) + clock for day in days)
    return Question(f"{said} can be {either}: write {either}", walls)


def _placed(wall: datetime, bare: bool, zone: ZoneInfo | None, fold: Fold) -> Moment:
    """Return a wall time in its zone: at a clock change shifted forward or first, and said."""
    if zone is None:
        return Moment(wall, None, bare)
    first, second = (wall.replace(tzinfo=zone, fold=f) for f in (0, 1))
    # In a gap the offset before the change moves the time forward.
    utc = first.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != wall:
        return Moment(wall, utc, bare, ("no such time as the clocks go forward: shifted forward",))
    if first.utcoffset() == second.utcoffset():
        return Moment(wall, utc, bare)
    which = ("first", "second")[fold]
    remark = f"a time that comes twice as the clocks go back: the {which} is taken"
    return Moment(wall, (first, second)[fold].astimezone(UTC), bare, (remark,))


def _zoned(wall: datetime, said: str, zone: ZoneInfo | None, fold: Fold, cell: str) -> Answer:
    """Return the moment of a wall time whose offset or zone is written beside it."""
    said = said.casefold()
    if said in ("z", "utc", "gmt"):
        return Moment(wall, wall.replace(tzinfo=UTC))
    if offset := _OFFSET.fullmatch(said):
        return _shifted(wall, offset, cell)
    if zone and (own := _in_force(wall, said, zone)):
        return Moment(wall, own)
    if said in _GENERAL:
        return _placed(wall, False, ZoneInfo(_GENERAL[said]), fold)
    if said in _OFFSETS:
        utc = (wall - timedelta(hours=_OFFSETS[said])).replace(tzinfo=UTC)
        remark = f"{said.upper()} read as UTC{_OFFSETS[said]:+d}"
        return Moment(wall, utc, False, (remark,))
    if named := _zones().get(said):
        return _placed(wall, False, ZoneInfo(named), fold)
    clear = "write an offset such as +02:00"
    return Refusal(f"{cell}: {quoted(said.upper())} is no zone that is clear: {clear}")


def _shifted(wall: datetime, offset: re.Match[str], cell: str) -> Answer:
    hours, minutes = int(offset["h"]), int(offset["m"] or 0)
    if hours > 14 or minutes > 59:
        return Refusal(f"{cell}: no place has such an offset from UTC: {_ALLOWED}")
    ahead = timedelta(hours=hours, minutes=minutes) * (1 if offset["sign"] == "+" else -1)
    return Moment(wall, wall.replace(tzinfo=timezone(ahead)).astimezone(UTC))


def _in_force(wall: datetime, said: str, zone: ZoneInfo) -> datetime | None:
    """Return the UTC of a wall time if the given zone itself uses the abbreviation then."""
    for fold in (0, 1):
        placed = wall.replace(tzinfo=zone, fold=fold)
        if (placed.tzname() or "").casefold() == said:
            return placed.astimezone(UTC)
    return None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    # A name from a file is looked up among the known ones; it never becomes a path.
    return {name.casefold(): name for name in available_timezones() if "/" in name}


def _from_number(value: float, said: str, zone: ZoneInfo | None, fold: Fold) -> Answer:
    """Return the moment of a spreadsheet's day number or of a count since 1970."""
    if not math.isfinite(value):
        return Refusal(f"{said}: {_ALLOWED}")
    if _SERIALS[0] <= value < _SERIALS[1]:
        wall = _DAY_ZERO + timedelta(milliseconds=round(value * 86_400_000))
        moment = _placed(wall, value == int(value), zone, fold)
        remarks = (*moment.remarks, "a spreadsheet's day number")
        return Moment(wall, moment.utc, moment.bare, remarks)
    for least, unit, name in _EPOCHS:
        if least <= value < _LATEST_EPOCH * unit:
            utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value / unit)
            wall = (utc.astimezone(zone) if zone else utc).replace(tzinfo=None)
            return Moment(wall, utc, False, (f"{name} since 1970 in UTC",))
    return Refusal(f"{quoted(said.strip())}: {_ALLOWED}")
