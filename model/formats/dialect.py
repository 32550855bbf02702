"""Separated text: which delimiter a file has, its rows, and rows written so that they come back."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from model.formats.answers import FormatError
from model.formats.characters import neutralised, one_kind_of_break, restored
from model.formats.limits import HEADER_WITHIN, LIMITS, Limits
from model.formats.progress import EVERY, OnProgress, unheard
from model.formats.table import Grid, known_in, normal, text_of

NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BY_TRUST = ("\t", ";", "|", ",")  # a comma also stands in text and numbers, a tab nowhere else
# Quoted cells; an end without a closing quote also matches, so that no text takes long.
_QUOTED = re.compile(r'(?:(?<=[,;\t|\n\r])|^)"[^"]*+(?:""[^"]*+)*+"?')
_SEP = re.compile(r'"?sep=(.)"?[,;\t| ]*(?:\r\n|\n|\r|$)', re.IGNORECASE)
# Lines one by one, as no copy of a long text.
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++")
_MOST_KEPT = 20_000
_LONGEST_FIELD = 131_072  # what the csv module bears unless a program sets it otherwise
_REGULAR = 0.8


@dataclass(frozen=True)
class Dialect:
    """How a text is separated; `start` is where its first line begins."""

    delimiter: str
    start: int = 0


def dialect(text: str, known: Collection[str] = ()) -> Dialect:
    """Return the delimiter of a text, from all of its lines and from known column names."""
    said = _SEP.match(text)
    if said and said[1] in NAMES:
        return Dialect(said[1], said.end())
    lines = [line for line in _QUOTED.sub('""', text).splitlines() if line.strip(",;|\t \"'")]
    return Dialect(_by_names(text, known) or _by_counts(lines))


def _by_names(text: str, known: Collection[str]) -> str:
    """Return the delimiter under which a line has most known names, if it has two."""
    names = frozenset(normal(name) for name in known)
    if not names:
        return ""
    head = text[: 200 * LIMITS.columns].splitlines()[:HEADER_WITHIN]
    hits = {
        delimiter: max((known_in(_plainly(line, delimiter), names) for line in head), default=0)
        for delimiter in _BY_TRUST
    }
    best = max(_BY_TRUST, key=lambda delimiter: hits[delimiter])
    return best if hits[best] > 1 else ""


def _plainly(line: str, delimiter: str) -> list[str]:
    return [cell.strip(' "') for cell in line.split(delimiter)]


def _by_counts(lines: list[str]) -> str:
    """Return the delimiter that most lines have equally often, the earliest line's first."""
    usual = {d: _usual(lines, d) for d in _BY_TRUST}
    regular = [d for d in _BY_TRUST if usual[d][0] >= _REGULAR * len(lines) and usual[d][0]]
    if regular:
        return min(regular, key=lambda delimiter: usual[delimiter][1])
    return max(_BY_TRUST, key=lambda d: (sum(d in line for line in lines), d == ","))


def _usual(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many lines have the commonest count of a delimiter, and the first of them."""
    counts = [line.count(delimiter) for line in lines]
    common = Counter(count for count in counts if count).most_common(1)
    if not common:
        return 0, 0
    return common[0][1], counts.index(common[0][0])


def grid(
    text: str,
    found: Dialect,
    limits: Limits = LIMITS,
    on_progress: OnProgress = unheard,
) -> Grid:
    """Return the rows of separated text; FormatError for one that is broken or beyond a limit."""
    rows: list[Sequence[str]] = []
    cells, size, once = 0, 0, _Once()
    for number, row in enumerate(_records(text, found), 1):
        _check(number, row, limits)
        cells += len(row)
        if cells > limits.cells:
            raise FormatError(f"row {number}: more than {limits.cells:,} cells in all")
        rows.append(tuple([once[cell] for cell in row]))
        size += sum(map(len, row)) + len(row)
        if number % EVERY == 0:
            on_progress(size, len(text))
    return Grid(rows, range(1, len(rows) + 1), shifting=True)


class _Once(dict[str, str]):
    """Cells as they were written, those that come again kept once."""

    def __missing__(self, cell: str) -> str:
        found = restored(one_kind_of_break(cell))
        if len(self) < _MOST_KEPT:
            self[cell] = found
        return found


def _records(text: str, found: Dialect) -> Iterator[list[str]]:
    lines = (line[0] for line in _LINE.finditer(text, found.start))
    reader = csv.reader(lines, delimiter=found.delimiter, strict=True)
    number = 0
    try:
        for row in reader:
            number += 1
            yield row
    except csv.Error as error:
        raise FormatError(f"row {number + 1}: {_explained(str(error))}") from None


def _explained(error: str) -> str:
    if "field larger" in error:
        return f"a cell of more than {_LONGEST_FIELD:,} characters: is a quote left open?"
    if "unexpected end" in error:
        return "a quote is opened and never closed: close it, or double a quote meant as text"
    if "expected after" in error:
        return "text follows a closing quote: double each quote meant as text"
    return f"not readable as CSV: {error}"


def _check(number: int, row: list[str], limits: Limits) -> None:
    if number > limits.rows:
        raise FormatError(f"row {number}: too many rows: at most {limits.rows:,}")
    if len(row) > limits.columns and any(cell.strip() for cell in row[limits.columns :]):
        count = f"{len(row):,} cells"
        raise FormatError(f"row {number}: {count}: at most {limits.columns:,} columns")
    longest = max(map(len, row), default=0)
    if longest > limits.cell_length:
        allowed = f"at most {limits.cell_length:,} characters"
        raise FormatError(f"row {number}: a cell of {longest:,} characters: {allowed}")


def written(
    rows: Iterable[Iterable[str | float]],
    delimiter: str = ",",
    *,
    text: Callable[[str], str] = neutralised,
    number: Callable[[float], str] = text_of,
) -> bytes:
    """Return rows as CSV that spreadsheets open right: UTF-8 with mark, CRLF, text neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([text(cell) if isinstance(cell, str) else number(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")
