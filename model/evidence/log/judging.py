"""Which rows of a log a filter leaves out, and which say the same incident again."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from model.arrays import Array, Index
from model.formats.answers import quoted
from model.formats.numbers import Number, read_number
from model.formats.table import Cell, text_of

_COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


def said(cell: Cell) -> str:
    """Return a cell for comparison: no matter the case, the blanks and the brackets."""
    return " ".join(text_of(cell).replace("[", " ").replace("]", " ").split()).casefold()


class Plain(dict[str, tuple[str, ...]]):
    """The cells of each field for comparison, made once and when they are asked for."""

    def __init__(self, texts: Mapping[str, Sequence[Cell]]) -> None:
        """Keep the cells as they are written."""
        super().__init__()
        self._texts = texts

    def __missing__(self, field: str) -> tuple[str, ...]:
        """Make the cells of a field plain; KeyError if there is no such field."""
        cells = self._texts[field]
        different = {cell: said(cell) for cell in dict.fromkeys(cells)}
        self[field] = tuple(different[cell] for cell in cells)
        return self[field]


def outside(
    where: Sequence[tuple[str, tuple[str, ...]]],
    columns: Mapping[str, Sequence[Cell]],
    numbers: Mapping[str, Array],
) -> dict[int, str]:
    """Return the rows that a filter leaves out, and by which; numbers serve `>=2` and the like."""
    out: dict[int, str] = {}
    for field, values in where:
        words = {said(value) for value in values if not value.startswith(("<", ">"))}
        shown = ", ".join(values)
        compared = [_comparison(value) for value in values if value.startswith(("<", ">"))]
        cells = columns.get(field) or ("",) * len(numbers[field])
        for row, cell in enumerate(cells):
            number = numbers[field][row] if field in numbers else _number(cell)
            if said(cell) not in words and not any(fits(number) for fits in compared):
                own = quoted(text_of(cell)) if field in columns else f"{number:.3g} h"
                out.setdefault(row, f"{field} {own} is not {shown}")
    return out


def _comparison(value: str) -> Callable[[float], bool]:
    sign = next(sign for sign in _COMPARED if value.startswith(sign))
    limit = float(value.removeprefix(sign))
    return lambda number: bool(_COMPARED[sign](number, limit))


def _number(cell: Cell) -> float:
    found = read_number(cell, ".")
    return found.value if isinstance(found, Number) else float("nan")


def again(start: Array, end: Array, texts: Sequence[Sequence[str]], rows: Index) -> dict[int, int]:
    """Return rows that say the same as an earlier one, and which: start, end and all texts.

    The texts are plain.
    """
    first: dict[tuple[object, ...], int] = {}
    out: dict[int, int] = {}
    for row in _of_equal_times(start, end, rows).tolist():
        key = (start[row], repr(end[row]), *(column[row] for column in texts))
        if key in first:
            out[row] = first[key]
        else:
            first[key] = row
    return out


def _of_equal_times(start: Array, end: Array, rows: Index) -> Index:
    """Return those of some rows that begin and end with another of them, in order."""
    order = rows[np.lexsort((end[rows], start[rows]))]
    same_end = (end[order[1:]] == end[order[:-1]]) | np.isnan(end[order[1:]] + end[order[:-1]])
    same = (start[order[1:]] == start[order[:-1]]) & same_end
    beside = np.concatenate([[False], same]) | np.concatenate([same, [False]])
    return np.sort(order[beside[: len(order)]])


def older_states(
    ids: Index, start: Array, end: Array, updated: Array, rows: Index
) -> dict[int, int]:
    """Return rows that are an older state of another of the same id and start, and which.

    The newer one was updated later, or has an end where the other has none. `ids` are numbers of
    ids, negative where there is none.
    """
    rows = rows[ids[rows] >= 0]
    known_end, heard = ~np.isnan(end[rows]), np.nan_to_num(updated[rows], nan=-np.inf)
    order = np.lexsort((known_end, heard, start[rows], ids[rows]))
    rows = rows[order]
    same = (ids[rows[1:]] == ids[rows[:-1]]) & (start[rows[1:]] == start[rows[:-1]])
    newer = updated[rows[1:]] > updated[rows[:-1]]
    closed = np.isnan(end[rows[:-1]]) & ~np.isnan(end[rows[1:]])
    older = np.flatnonzero(same & (newer | closed))
    return {int(rows[k]): int(rows[k + 1]) for k in older}


def episodes(keys: Index, time: Array, closed: Array) -> tuple[Array, dict[int, int]]:
    """Pair rows that each report one state: an opening row ends with the next closing one.

    Return the end of each opening row, NaN if none follows, and for all others the row they belong
    to, itself where a closing row has nothing to close.
    """
    order = np.lexsort((closed, time, keys))
    keys, shut = keys[order], closed[order] == 1.0
    fresh = np.concatenate([[True], keys[1:] != keys[:-1]])
    opening = ~shut & (fresh | np.concatenate([[True], shut[:-1]]))
    places = np.arange(len(order))
    next_shut = np.minimum.accumulate(np.where(shut, places, len(order))[::-1])[::-1]
    inside = np.minimum(next_shut, len(order) - 1)
    paired = opening & (next_shut < len(order)) & (keys[inside] == keys)
    end = np.full(len(order), np.nan)
    end[order[paired]] = time[order[inside[paired]]]
    last_open = np.maximum.accumulate(np.where(opening, places, -1))
    belongs = np.where((last_open >= 0) & (keys[last_open] == keys), last_open, places)
    others = np.flatnonzero(~opening)
    return end, {int(order[k]): int(order[belongs[k]]) for k in others}


def numbered(cells: Sequence[Sequence[str]], size: int) -> Index:
    """Return a number for each different text of plain columns, negative where all are empty."""
    codes: dict[tuple[str, ...], int] = {}
    out = np.full(size, -1, dtype=np.int64)
    for row in range(size):
        key = tuple(column[row] for column in cells)
        if any(key):
            out[row] = codes.setdefault(key, len(codes))
    return out
