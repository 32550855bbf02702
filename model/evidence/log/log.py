"""A log: every row read or refused with its reason, and the incidents of the platform in it (§6).

`read_log` is a pure function of a table and options, so that guesses can be shown and changed:

>>> from datetime import UTC, datetime
>>> from model.formats.reading import read
>>> text = "start,end,title\\n2026-01-01 08:00,2026-01-01 10:00,A\\n2026-01-01 09:00,ongoing,B\\n"
>>> first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
>>> log = read_log(read(text.encode(), "log.csv"), LogOptions(begin=first, end=last))
>>> log.columns, log.rows.read.tolist(), log.incidents.durations_h()
({'start': 'start', 'end': 'end', 'title': 'title'}, ['counted', 'merged'], '16.00+')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array, Index, Mask
from model.evidence.durations.censored import Durations
from model.evidence.log import by_hand
from model.evidence.log.causes import causes_of
from model.evidence.log.guessing import EndColumn, Guess, guess
from model.evidence.log.options import FIELDS, LOSSES, LogOptions
from model.evidence.log.reading import Read, read_rows
from model.evidence.log.times import hours_of
from model.evidence.log.union import United, unite
from model.evidence.rates.exposure import HOURS_A_YEAR
from model.formats.answers import listed, quoted
from model.formats.progress import OnProgress, unheard
from model.formats.table import Table

COUNTED, MERGED, CENSORED = "counted", "merged", "censored"
MAINTENANCE, DUPLICATE, REFUSED = "maintenance", "duplicate", "refused"
VERDICTS = (COUNTED, MERGED, CENSORED, MAINTENANCE, DUPLICATE, REFUSED)

Texts = NDArray[np.object_]


class LogError(ValueError):
    """What is wrong with a log or the options given with it: one line for each."""

    def __init__(self, *problems: str) -> None:
        """Keep every problem."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, eq=False)
class Rows:
    """Every row of the file, `(rows,)` each; times in hours since 1970, NaN where unknown."""

    number: tuple[int, ...]
    """As the file's program shows it."""
    read: Texts
    """One of `VERDICTS`."""
    reason: Texts
    start: Array
    end: Array
    cause: Texts

    def counts(self) -> dict[str, int]:
        """Return how many rows were read how."""
        found = Counter(self.read.tolist())
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}


@dataclass(frozen=True, eq=False)
class Incidents:
    """The platform's incidents, `(n,)` each, by start; hours since 1970."""

    start: Array
    lower: Array
    """Surely running until then."""
    upper: Array
    """Over by then; infinite if it may still run."""
    followed: Array
    entry: Array
    """When it came into view: the log's begin for those already running, else the start."""
    counted: Mask
    """False for those that ran before the log begins."""
    cause: tuple[str, ...]
    row: tuple[int, ...]
    """Position of its earliest row in the table."""
    united: Index
    """How many rows it was made of."""
    losses: Mapping[str, Array]

    def durations(self, chosen: Mask | None = None) -> Durations:
        """Return what is known of their lengths; those of which nothing is are left out."""
        known = ~((self.lower <= self.start) & np.isinf(self.upper))
        known &= self.upper > self.entry
        known = known if chosen is None else known & chosen
        values = (self.lower, self.upper, self.entry, self.followed)
        return Durations.of(*(np.maximum((each - self.start)[known], 0.0) for each in values))

    def durations_h(self) -> str:
        """Return their lengths in a line: `+` is still open, `<` had ended by then."""
        return ", ".join(map(_length, self.lower - self.start, self.upper - self.start))


def _length(lower: float, upper: float) -> str:
    if lower == upper:
        return f"{lower:.2f}"
    if np.isinf(upper):
        return f"{lower:.2f}+" if lower > 0 else "?"
    return f"<{upper:.2f}" if lower <= 0 else f"{lower:.2f}–{upper:.2f}"


@dataclass(frozen=True, eq=False)
class Log:
    """A log as read, how it was understood, and what to ask the person who brought it."""

    options: LogOptions
    columns: Mapping[str, str]
    ends: tuple[EndColumn, ...]
    """Columns that may be the end, the likeliest first."""
    rows: Rows
    incidents: Incidents
    tells_causes: bool
    remarks: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def years(self) -> float:
        """The exposure in years of 8760 h; NaN if it was not said."""
        begin, end = self.options.begin, self.options.end
        if begin is None or end is None:
            return float("nan")
        return (hours_of(end) - hours_of(begin)) / HOURS_A_YEAR

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes with a counted incident, the most frequent first; none if it tells none."""
        if not self.tells_causes:
            return ()
        pairs = zip(self.incidents.cause, self.incidents.counted, strict=True)
        found = Counter(cause for cause, counted in pairs if counted)
        return tuple(cause for cause, _ in sorted(found.items(), key=lambda c: (-c[1], c[0])))

    def of_cause(self, cause: str) -> Mask:
        """Return which incidents are of a cause; of `all` every one."""
        return np.array([cause in ("all", each) for each in self.incidents.cause], dtype=bool)

    @property
    def n(self) -> int:
        """Incidents counted for the rate."""
        return int(np.count_nonzero(self.incidents.counted))


def read_log(table: Table, options: LogOptions, on_progress: OnProgress = unheard) -> Log:
    """Read a log; LogError if it has no start, or an option names what it does not have."""
    found = _mapped(table, options)
    read = read_rows(table, found, options, on_progress)
    losses = read.losses
    united = unite(
        read.spans, read.ids[read.spans.row], {k: v[read.spans.row] for k, v in losses.items()}
    )
    size = len(table.rows)
    known_better = by_hand.corrections(table, options)
    causes = by_hand.with_causes(
        causes_of(read.texts, read.plain, options, size), known_better, size
    )
    own = causes or ("all",) * len(table.rows)
    incidents = _incidents(united, options, own)
    rows = _rows(table, read, united, incidents, own)
    remarks = (*table.remarks, *_said(found, options), *read.remarks)
    return Log(
        options=options,
        columns=found.columns,
        ends=found.ends,
        rows=rows,
        incidents=incidents,
        tells_causes=causes is not None,
        remarks=remarks,
        questions=read.questions,
    )


def with_end(table: Table, options: LogOptions, column: str) -> Log:
    """Read a log again with another column as the end, to show what that changes."""
    kept = tuple(pair for pair in options.columns if pair[0] != "end")
    return read_log(table, replace(options, columns=(*kept, ("end", column))))


def _mapped(table: Table, options: LogOptions) -> Guess:
    """Return the guess as changed by hand; LogError for what the file does not have."""
    found = guess(table)
    columns = dict(found.columns)
    problems = []
    for field, column in options.columns:
        if column and column not in table.columns:
            there = listed([quoted(name) for name in table.columns[:30]])
            problems.append(f"{field}: no column {quoted(column)}; there are {there}")
        columns = {k: v for k, v in columns.items() if k == field or v != column or not column}
        columns[field] = column
    columns = {field: column for field, column in columns.items() if column}
    if "start" not in columns and not problems:
        problems.append("no column of starts found: name it, such as start=COLUMN")
    missing = [field for field, _ in options.where if field not in {*columns, "duration"}]
    problems += [f"{field}: no column is known for it to filter by: name it" for field in missing]
    if problems:
        raise LogError(*problems)
    ends = found.ends
    own = columns.get("end", "")
    if own and own not in {each.column for each in ends}:
        ends = (EndColumn(own, "given"), *ends)
    return Guess(columns, ends)


def _said(found: Guess, options: LogOptions) -> list[str]:
    by_hand = {field for field, column in options.columns if column}
    fields = [*FIELDS, "date"]
    pairs = [f"{f} = {found.columns[f]}" for f in fields if f in found.columns and f not in by_hand]
    said = [f"columns guessed: {', '.join(pairs)}"] if pairs else []
    end = found.columns.get("end")
    others = [f"{each.column} ({each.kind})" for each in found.ends if each.column != end]
    if end and others:
        kind = next((each.kind for each in found.ends if each.column == end), "")
        said.append(f"{end} ({kind}) is taken as the end; it could be {listed(others, 'or')}")
    return said


def _incidents(united: United, options: LogOptions, causes: Sequence[str]) -> Incidents:
    whole = united.spans
    begin = -np.inf if options.begin is None else hours_of(options.begin)
    return Incidents(
        start=whole.start,
        lower=whole.lower,
        upper=whole.upper,
        followed=np.maximum(whole.known, whole.lower),
        entry=np.maximum(whole.start, begin),
        counted=whole.start >= begin,
        cause=tuple(causes[row] for row in whole.row.tolist()),
        row=tuple(whole.row.tolist()),
        united=np.bincount(united.incident_of, minlength=len(whole.row)),
        losses=united.losses,
    )


def _rows(
    table: Table, read: Read, united: United, incidents: Incidents, causes: Sequence[str]
) -> Rows:
    """Return the verdict on every row, its times and its cause."""
    verdict, reason = read.verdict.copy(), read.reason.copy()
    spans = read.spans
    first = united.spans.row[united.incident_of]
    numbers = np.array(table.line_numbers)
    for row, leader, at in zip(spans.row.tolist(), first.tolist(), united.incident_of, strict=True):
        if row != leader:
            verdict[row] = MERGED
            said = f"one incident with {table.place} {numbers[leader]}"
            # That somebody corrected it stays; what would be said of it alone does not.
            kept = str(reason[row]).startswith(by_hand.CORRECTED)
            reason[row] = f"{reason[row]}; {said}" if kept else said
        elif not incidents.counted[at]:
            verdict[row] = CENSORED
            reason[row] = "running when the log begins: not counted, its length seen from there on"
    return Rows(
        number=table.line_numbers,
        read=verdict,
        reason=reason,
        start=read.start,
        end=read.end,
        cause=np.array(causes, dtype=object),
    )


def losses_known(log: Log) -> dict[str, Array]:
    """Return the shares of the counted incidents by kind of loss, NaN where none is said."""
    return {name: log.incidents.losses[name] for name in LOSSES if name in log.incidents.losses}
