"""Moments as programs write them, a whole column at once: ISO with an offset.

Only what `dates.read_moment` reads as the same moment is read here, all else is left to it:

>>> utc_seconds(["2026-03-08T06:40:00Z", "2026-03-08 06:40:00+01:00", "8 March"]).tolist()
[1772952000.0, 1772948400.0, nan]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.arrays import Array, Index, Mask
from model.formats.table import Cell

_STEM = len("2026-03-08T06:40:00")
_LONGEST = _STEM + len(".123456789+01:00")
_SHORTEST = _STEM + len("Z")
_FORM = "dddd-dd-dd.dd:dd:dd"
_ZERO = ord("0")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def utc_seconds(cells: Sequence[Cell]) -> Array:
    """Return seconds since 1970 of the cells that are ISO moments with an offset, else NaN."""
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
        found[rows] = _seconds(points.astype(np.int64))
    return found


def _seconds(signs: Index) -> Array:
    """Return seconds of texts of one length, given as code points `(rows, length)`."""
    fits = np.ones(len(signs), dtype=bool)
    for place, kind in enumerate(_FORM):
        if kind == "d":
            fits &= _digits(signs[:, place])
        elif kind != ".":
            fits &= signs[:, place] == ord(kind)
    fits &= (signs[:, 10] == ord("T")) | (signs[:, 10] == ord(" "))
    micros, tail = _fraction(signs, fits)
    offset_s, known = _offset(signs, tail)
    year, month, day = (_number(signs, a, b) for a, b in ((0, 4), (5, 7), (8, 10)))
    hour, minute, second = (_number(signs, a, b) for a, b in ((11, 13), (14, 16), (17, 19)))
    days, there = _days(np.where(fits, year, 2000), np.where(fits, month, 1), day)
    fits &= known & there & (hour < 24) & (minute < 60) & (second < 60)
    total = (days * 86_400 + hour * 3_600 + minute * 60 + second - offset_s) * 1_000_000 + micros
    return np.where(fits, total / 1e6, np.nan)


def _digits(signs: Index) -> Mask:
    return np.asarray((signs >= _ZERO) & (signs <= _ZERO + 9))


def _number(signs: Index, first: int, last: int) -> Index:
    found = np.zeros(len(signs), dtype=np.int64)
    for place in range(first, last):
        found = 10 * found + (signs[:, place] - _ZERO)
    return found


def _fraction(signs: Index, fits: Mask) -> tuple[Index, Index]:
    """Return microseconds, and where the offset begins; later digits are cut off."""
    micros = np.zeros(len(signs), dtype=np.int64)
    tail = np.full(len(signs), _STEM)
    inside = fits & (signs[:, _STEM] == ord("."))
    scale = 100_000
    for place in range(_STEM + 1, signs.shape[1]):
        inside = inside & _digits(signs[:, place])
        digit = np.where(inside, signs[:, place] - _ZERO, 0)
        micros += scale * digit
        scale //= 10
        tail = np.where(inside, place + 1, tail)
    return micros, tail


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


def _days(year: Index, month: Index, day: Index) -> tuple[Index, Mask]:
    """Return days since 1970, and which are on a calendar."""
    fits = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)
    months = np.where(fits, (year - 1970) * 12 + month - 1, 0)
    first, following = (
        (months + more).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        for more in (0, 1)
    )
    return first + day - 1, fits & (day >= 1) & (day <= following - first)
