"""The clock: which hour of the week and which month each elapsed hour is, and profiles by them."""

from __future__ import annotations

import calendar as civil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from model import data
from model.arrays import Array, Index
from model.assumptions import profiles

YEAR_H = 8760
MONTH_H = 730.0
TABLE_H = 3 * YEAR_H


@dataclass(frozen=True, eq=False)
class Clock:
    """Wall-clock readings of each elapsed hour; arrays of shape `(TABLE_H,)`."""

    hour_of_week: Index
    month: Index
    """Calendar months since the month of the start date (0, 1, …)."""
    calendar_month: Index
    """1 = January … 12 = December."""
    month_ends_h: Array
    """Elapsed hour at which each month ends, shape `(n_months,)`."""
    month_hours: Array
    """Hours of each whole calendar month, shape `(n_months,)`."""


def start_instant(start_date: str, time_zone: str) -> datetime:
    """Return midnight of an ISO date by the wall clock of a zone, as an instant in UTC."""
    day = date.fromisoformat(start_date)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def called(time_zone: str) -> str:
    """Return what people call the time of a zone.

    >>> called("America/New_York"), called("Asia/Kolkata"), called("UTC"), called("Etc/GMT+5")
    ('New York time', 'Kolkata time', 'UTC', 'Etc/GMT+5')
    """
    area, _, city = time_zone.rpartition("/")
    return f"{city.replace('_', ' ')} time" if area and area != "Etc" else time_zone


def _offsets(start: datetime, zone: ZoneInfo) -> Index:
    """Offset from UTC in seconds for each elapsed hour, daily steps refined at changes."""

    def offset(hour: int) -> int:
        shift = (start + timedelta(hours=hour)).astimezone(zone).utcoffset()
        assert shift is not None
        return int(shift.total_seconds())

    daily = [offset(hour) for hour in range(0, TABLE_H + 24, 24)]
    offsets = np.repeat(np.array(daily, dtype=np.int64), 24)[:TABLE_H]
    for day in np.flatnonzero(np.diff(daily)):
        hours = range(int(day) * 24, min((int(day) + 1) * 24, TABLE_H))
        offsets[hours.start : hours.stop] = [offset(hour) for hour in hours]
    return offsets


@lru_cache(maxsize=16)
def clock(start_date: str, time_zone: str) -> Clock:
    """Read the wall clock of a zone at every hour from midnight of `start_date` (ISO) on.

    Where the clock changes by half an hour, an hour is the one in which it begins.
    """
    start = start_instant(start_date, time_zone)
    origin = np.datetime64(start.replace(tzinfo=None), "s")
    seconds = np.arange(TABLE_H) * 3600 + _offsets(start, ZoneInfo(time_zone))
    wall = (origin + seconds).astype("datetime64[h]")
    days = wall.astype("datetime64[D]")
    # 1970-01-01 was a Thursday: day 3 of a week that begins on Monday.
    weekday = (days.astype(np.int64) + 3) % 7
    hour = (wall - days.astype("datetime64[h]")).astype(np.int64)
    months = wall.astype("datetime64[M]").astype(np.int64)
    first = int(months[0])
    month = months - first
    last = int(month[-1])
    ends = np.searchsorted(month, np.arange(last + 1), side="right").astype(np.float64)
    ends[-1] = np.inf
    hours = [
        24.0 * civil.monthrange(1970 + m // 12, m % 12 + 1)[1]
        for m in range(first, first + last + 1)
    ]
    return Clock(
        hour_of_week=weekday * 24 + hour,
        month=month,
        calendar_month=months % 12 + 1,
        month_ends_h=ends,
        month_hours=np.array(hours),
    )


def profile(name: str, column: str, length: int) -> Array:
    """Read a profile of `data/` (or `flat`, or an own one), scaled to mean one, `(length,)`."""
    if name == "flat":
        return np.ones(length)
    weights = profiles.weights(name) if profiles.is_own(name) else data.column(name, column)
    if len(weights) != length:
        raise ValueError(f"profile {name} has {len(weights)} rows; {length} are needed")
    return np.asarray(weights / weights.mean())
