"""Moments as programs write them, a whole column at once: four digits of a year, two of the rest.

Only what `dates.read_moment` reads as the same moment is read here, all else is left to it:

>>> utc_seconds(["2026-03-08T06:40:00Z", "2026-03-08 06:40:00+01:00", "8 March"]).tolist()
[1772952000.0, 1772948400.0, nan]
>>> utc_seconds(["08/03/2026 06:40", "2026-03-08 06:40"], ZoneInfo("UTC"), "dmy").tolist()
[1772952000.0, 1772952000.0]
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from model.arrays import Array, Index, Mask
from model.formats.table import Cell

_SHORTEST = len("2026-03-08T06:40")
_SECONDS = len("2026-03-08T06:40:00")
_LONGEST = _SECONDS + len(".123456789+01:00")
_ZERO = ord("0")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_AT_ONCE = 20_000
"""Cells held as single letters at a time."""
_SLOT_S = 6 * 3_600
_LONG_AGO = datetime(1970, 1, 1)


class _Form(NamedTuple):
    # A date's form, and where year, month and day begin in it.
    form: str
    year: int
    month: int
    day: int


_YEAR_FIRST = tuple(_Form(f"dddd{mark}dd{mark}dd", 0, 5, 8) for mark in "-/.")
_DAY_FIRST = {mark: _Form(f"dd{mark}dd{mark}dddd", 6, 3, 0) for mark in "-/."}
_MONTH_FIRST = {mark: _Form(f"dd{mark}dd{mark}dddd", 6, 0, 3) for mark in "-/"}


def utc_seconds(cells: Sequence[Cell], zone: ZoneInfo | None = None, order: str = "") -> Array:
    """Return seconds since 1970 of the cells that are such moments, else NaN.

    Without offset they are wall times of `zone`, but for the hours around a change of its clocks;
    `order` (dmy or mdy) is that of day and month where a year is last, without one there is none.
    """
    found = np.full(len(cells), np.nan)
    for first in range(0, len(cells), _AT_ONCE):
        part = cells[first : first + _AT_ONCE]
        found[first : first + len(part)] = _of_some(part, zone, order)
    return found


def _of_some(cells: Sequence[Cell], zone: ZoneInfo | None, order: str) -> Array:
    texts = [
        cell if isinstance(cell, str) and _SHORTEST <= len(cell) <= _LONGEST else ""
        for cell in cells
    ]
    found = np.full(len(texts), np.nan)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    for length in np.unique(lengths[lengths > 0]).tolist():
        rows = np.flatnonzero(lengths == length)
        signs = np.array([texts[row] for row in rows.tolist()], dtype=f"<U{length}")
        points = signs.view(np.uint32).reshape(len(rows), length)
        found[rows] = _seconds(points.astype(np.int64), zone, order)
    return found


def _seconds(signs: Index, zone: ZoneInfo | None, order: str) -> Array:
    """Return seconds of texts of one length, given as code points `(rows, length)`."""
    days, fits = _dated(signs, order)
    fits &= (signs[:, 10] == ord("T")) | (signs[:, 10] == ord(" "))
    fits &= _like(signs, 11, "dd:dd")
    hour, minute = _number(signs, 11, 13), _number(signs, 14, 16)
    second, micros, tail = _fraction(signs, fits)
    offset, known = _offset(signs, tail)
    fits &= (hour < 24) & (minute < 60) & (second < 60)
    wall = days * 86_400 + hour * 3_600 + minute * 60 + second
    bare = fits & (tail == signs.shape[1])
    away = offset.astype(float)
    if zone is not None and bare.any():
        away[bare] = _ahead(wall[bare], zone)
        known |= bare
    total = np.where(fits & known, (wall - away) * 1e6 + micros, np.nan)
    return np.asarray(total / 1e6)


def _like(signs: Index, first: int, form: str) -> Mask:
    fits = np.ones(len(signs), dtype=bool)
    for place, kind in enumerate(form, first):
        fits &= _digits(signs[:, place]) if kind == "d" else signs[:, place] == ord(kind)
    return fits


def _dated(signs: Index, order: str) -> tuple[Index, Mask]:
    """Return days since 1970, and which rows begin with a date."""
    days, fits = np.zeros(len(signs), dtype=np.int64), np.zeros(len(signs), dtype=bool)
    others = {**_DAY_FIRST, **(_MONTH_FIRST if order == "mdy" else {})}
    for one in (*_YEAR_FIRST, *(others.values() if order else (_DAY_FIRST["."],))):
        rows = np.flatnonzero(_like(signs, 0, one.form))
        part = signs[rows]
        year = _number(part, one.year, one.year + 4)
        month, day = (_number(part, at, at + 2) for at in (one.month, one.day))
        days[rows], fits[rows] = _days(year, month, day)
    return days, fits


def _digits(signs: Index) -> Mask:
    return np.asarray((signs >= _ZERO) & (signs <= _ZERO + 9))


def _number(signs: Index, first: int, last: int) -> Index:
    found = np.zeros(len(signs), dtype=np.int64)
    for place in range(first, last):
        found = 10 * found + (signs[:, place] - _ZERO)
    return found


def _fraction(signs: Index, fits: Mask) -> tuple[Index, Index, Index]:
    """Return seconds, microseconds, and where the offset begins; later digits are cut off."""
    length = signs.shape[1]
    second, micros = np.zeros(len(signs), dtype=np.int64), np.zeros(len(signs), dtype=np.int64)
    tail = np.full(len(signs), _SHORTEST)
    if length < _SECONDS:
        return second, micros, tail
    inside = fits & _like(signs, _SHORTEST, ":dd")
    second = np.where(inside, _number(signs, _SHORTEST + 1, _SECONDS), 0)
    tail = np.where(inside, _SECONDS, tail)
    inside = inside & (signs[:, min(_SECONDS, length - 1)] == ord("."))
    scale = 100_000
    for place in range(_SECONDS + 1, length):
        inside = inside & _digits(signs[:, place])
        digit = np.where(inside, signs[:, place] - _ZERO, 0)
        micros += scale * digit
        scale //= 10
        tail = np.where(inside, place + 1, tail)
    return second, micros, tail


def _offset(signs: Index, tail: Index) -> tuple[Index, Mask]:
    """Return what the offset adds to UTC in seconds, and which rows end in one."""
    length = signs.shape[1]
    offset, known = np.zeros(len(signs), dtype=np.int64), np.zeros(len(signs), dtype=bool)
    for place in np.unique(tail).tolist():
        rest, rows = length - place, np.flatnonzero(tail == place)
        part = signs[rows, place:]
        if rest == 1:
            known[rows] = part[:, 0] == ord("Z")
        elif rest in (5, 6):
            digits = part[:, [1, 2, 3, 4] if rest == 5 else [1, 2, 4, 5]]
            fits = (part[:, 0] == ord("+")) | (part[:, 0] == ord("-"))
            fits &= _digits(digits).all(axis=1) & ((rest == 5) | (part[:, -3] == ord(":")))
            hours, minutes = _number(digits, 0, 2), _number(digits, 2, 4)
            sign = np.where(part[:, 0] == ord("-"), -1, 1)
            offset[rows] = sign * (hours * 3_600 + minutes * 60)
            known[rows] = fits & (hours <= 14) & (minutes <= 59)
    return offset, known


def _ahead(wall: Index, zone: ZoneInfo) -> Array:
    """Return how far a zone is ahead of UTC at wall times, NaN around a change of its clocks."""
    slots, place = np.unique(wall // _SLOT_S, return_inverse=True)
    return np.array([_steady(slot, zone) for slot in slots.tolist()])[place]


def _steady(slot: int, zone: ZoneInfo) -> float:
    """Return the one offset of a slot of hours, NaN if there are two."""
    ends = (_LONG_AGO + timedelta(seconds=k * _SLOT_S) for k in (slot, slot + 1))
    found = {at.replace(tzinfo=zone, fold=f).utcoffset() for at in ends for f in (0, 1)}
    ahead = found.pop()
    return float("nan") if found or ahead is None else ahead.total_seconds()


def _days(year: Index, month: Index, day: Index) -> tuple[Index, Mask]:
    """Return days since 1970, and which are on a calendar."""
    fits = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)
    months = np.where(fits, (year - 1970) * 12 + month - 1, 0)
    first, following = (
        (months + more).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        for more in (0, 1)
    )
    return first + day - 1, fits & (day >= 1) & (day <= following - first)
