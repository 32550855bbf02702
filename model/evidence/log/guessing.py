"""Which column is what: guessed by its name and by what its cells hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from model.evidence.log.columns import ENDS, NO_TIME, PATTERNS, plain_name
from model.evidence.log.moments import JOINT, stands_for
from model.evidence.log.options import DATE, FIELDS
from model.formats.answers import Question, Unknown
from model.formats.dates import Moment, read_moment
from model.formats.durations import Duration, read_duration
from model.formats.numbers import Number, read_number
from model.formats.table import Cell, Table, is_empty, text_of

_SAMPLE = 200
_END_WORDS = frozenset({"end", "ends", "ended", "until", "to"})
_WRAPPERS = frozenset({"data", "attributes", "fields", "value", "values"})
"""Names in a path that only say that something stands in them."""
_RECORDS = frozenset({"ticket", "issue", "case", "request", "alert", "incident", "problem"})
"""What a row is: said before every field by some programs, as in Ticket created."""
_NO_RANK = 1_000
_STEP, _NESTED = 2, 3
"""A nested name counts as one and a half patterns less fitting for each level."""


@dataclass(frozen=True)
class EndColumn:
    """A column that may say when a row ended, and what of it: impact, resolved or closed."""

    column: str
    kind: str


@dataclass(frozen=True)
class Guess:
    """The column of each field that was found, and every column that may be the end."""

    columns: Mapping[str, str]
    ends: tuple[EndColumn, ...]
    """The one taken first."""


def guess(table: Table) -> Guess:
    """Guess which column is what; a name alone is not enough where cells can disprove it."""
    seen = _Seen(table)
    ends = _ends(seen)
    taken = {ends[0].column} if ends else set()
    columns = {"end": ends[0].column} if ends else {}
    for field in FIELDS:
        if field == "end":
            continue
        if field == "start" and (beside := seen.start_of(columns.get("end", ""))):
            columns["start"] = beside
            taken.add(beside)
            continue
        best = min(seen.ranked(field, taken), default=None)
        if best is not None:
            columns[field] = best[-1]
            taken.add(best[-1])
    _find_day(seen, columns)
    return Guess({field: columns[field] for field in (*FIELDS, DATE) if field in columns}, ends)


def other_kinds(table: Table, found: Guess) -> list[str]:
    """Return the columns that say what kind of record a row is, but for the one taken as that."""
    patterns, taken = PATTERNS["kind"], set(found.columns.values())
    names = (name for name in table.columns if name not in taken)
    return [name for name in names if _Seen.ranks(name, patterns) < _NO_RANK]


def _find_day(seen: _Seen, columns: dict[str, str]) -> None:
    """Where the start holds clock times, find the column of the day beside it."""
    start = columns.get("start")
    if start is None or seen.dated(start) > 0.5:
        return
    free = [n for n in seen.names if n not in columns.values() and seen.dated(n) > 0.5]
    if free:
        columns[DATE] = min(free, key=lambda name: seen.rank(name, PATTERNS["start"]))


class _Seen:
    """Names and a sample of the cells of each column, judged once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        apart = stands_for(table.columns)
        self.names = [name for name in table.columns if name not in apart]
        step = max(len(table.rows) // _SAMPLE, 1)
        rows = table.rows[::step]
        self._cells = {
            name: [row[k] for row in rows if not is_empty(row[k])]
            for k, name in enumerate(table.columns)
        }
        self._rows = max(len(rows), 1)
        self._dated: dict[str, float] = {}

    def filled(self, name: str) -> float:
        """Share of the rows that have something there."""
        return len(self._cells[name]) / self._rows

    def dated(self, name: str) -> float:
        """Share of the filled cells that hold a date, or say that there is none yet."""
        if name not in self._dated:
            self._dated[name] = _share_timed(self._cells[name], None)
        return self._dated[name]

    def clocked(self, name: str) -> float:
        """Share of the filled cells that hold a time of day, or a whole date and time."""
        return _share_timed(self._cells[name], date(2000, 1, 1))

    def lengths(self, name: str) -> float:
        """Share of the filled cells that are lengths of time."""
        return _share(self._cells[name], _is_length)

    def shares(self, name: str) -> float:
        """Share of the filled cells that are shares from 0 to 1."""
        return _share(self._cells[name], _is_share)

    def different(self, name: str) -> float:
        """Different cells per filled cell."""
        cells = self._cells[name]
        return len({text_of(cell) for cell in cells}) / max(len(cells), 1)

    def rank(self, name: str, patterns: Sequence[re.Pattern[str]]) -> int:
        """Return how well a name fits, 0 best; nested names fit by their last parts, later."""
        return min(
            (
                _STEP * k + _NESTED * depth
                for depth, part in enumerate(_tails(name))
                if (k := self.ranks(part, patterns)) < _NO_RANK
            ),
            default=_NO_RANK,
        )

    @staticmethod
    def ranks(name: str, patterns: Sequence[re.Pattern[str]]) -> int:
        """Return the place of the first pattern that fits a whole name."""
        plain = plain_name(name)
        return next((k for k, p in enumerate(patterns) if p.fullmatch(plain)), _NO_RANK)

    def ranked(self, field: str, taken: set[str]) -> Iterable[tuple[int, float, int, str]]:
        """Yield (rank, emptiness, place, column) of the columns that may be a field."""
        for place, name in enumerate(self.names):
            rank = self.rank(name, PATTERNS[field])
            if rank < _NO_RANK and name not in taken and self._may_be(field, name):
                yield rank, -round(self.filled(name), 1), place, name

    def start_of(self, end: str) -> str:
        """Return the column that is called as the end is but for that word, as in time, timeEnd."""
        words = plain_name(end).split()
        bare = " ".join(word for word in words if word not in _END_WORDS)
        if not bare or len(bare.split()) == len(words):
            return ""
        same = [name for name in self.names if plain_name(name) == bare and self.dated(name) > 0.5]
        return same[0] if len(same) == 1 and same[0] != end else ""

    def _may_be(self, field: str, name: str) -> bool:
        if not self._cells[name]:
            return False
        if field == "kind":
            return True
        if field in ("start", "updated"):
            clock = self.clocked(name) if field == "start" else 0.0
            return max(self.dated(name), clock) > 0.5 and self.filled(name) > 0.3
        if field == "duration":
            return self.lengths(name) > 0.5
        if field.endswith("_loss"):
            return self.shares(name) > 0.5
        if field == "cause":
            return self.different(name) < 0.9 or len(self._cells[name]) < 12
        if field == "id":
            return self.different(name) > 0.3
        return field == "title" or self.dated(name) < 0.5


def _tails(name: str) -> list[str]:
    """Return a dotted name whole, then without its first parts; of joined ones that of the day."""
    parts = name.split(JOINT, 1)[0].split(".")
    bare = [part for part in parts if part not in _WRAPPERS] or parts[-1:]
    tails = [".".join(parts[k:]) for k in range(len(parts))]
    words = plain_name(name).split()
    if len(words) > 1 and words[0] in _RECORDS:
        bare = [" ".join(words[1:])]
    return [*tails, *({".".join(bare)} - set(tails))]


def _ends(seen: _Seen) -> tuple[EndColumn, ...]:
    """Return the columns that may be the end: as full as any of them, then the truest kind."""
    found = []
    for place, name in enumerate(seen.names):
        rank = seen.rank(name, [pattern for _, pattern in ENDS])
        if rank < _NO_RANK and max(seen.dated(name), seen.clocked(name)) > 0.5:
            found.append((rank, place, name))
    fullest = max((seen.filled(name) for _, _, name in found), default=0.0)
    found.sort(key=lambda one: (seen.filled(one[2]) < fullest / 2, one[0], one[1]))
    return tuple(EndColumn(name, _kind(name)) for _, _, name in found)


def _kind(name: str) -> str:
    plain = [plain_name(part) for part in _tails(name)]
    return next(kind for kind, pattern in ENDS if any(map(pattern.fullmatch, plain)))


def _share(cells: Sequence[Cell], fits: Callable[[Cell], bool]) -> float:
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


def _share_timed(cells: Sequence[Cell], day: date | None) -> float:
    """Return the share of moments, and of words that there is none, among which is a moment."""
    answers = [read_moment(cell, day=day) for cell in cells if not _is_small_number(cell)]
    timed = sum(isinstance(each, Moment | Question) for each in answers)
    words = sum(isinstance(each, Unknown) for each in answers)
    words += sum(_is_no_time(cell) for cell in cells)
    return (timed + words) / len(cells) if timed else 0.0


def _is_small_number(cell: Cell) -> bool:
    return isinstance(cell, float) and cell < 1e8


def _is_no_time(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith(NO_TIME)


def _is_length(cell: Cell) -> bool:
    return isinstance(read_duration(cell, "h", "."), Duration | Unknown)


def _is_share(cell: Cell) -> bool:
    found = read_number(cell, ".")
    return isinstance(found, Unknown) or (isinstance(found, Number) and 0 <= found.value <= 1)
