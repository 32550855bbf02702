"""Which rows of a log stay, and until when each surely ran and was surely over (MODEL §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array, Index, Mask
from model.evidence.log import by_hand, judging, states
from model.evidence.log.guessing import Guess, other_kinds
from model.evidence.log.options import LOSSES, LogOptions
from model.evidence.log.times import Times, hours_of, read_times
from model.evidence.log.union import Spans
from model.formats.numbers import Number, read_number
from model.formats.progress import OnProgress, part, unheard
from model.formats.records import LIST
from model.formats.table import Cell, Table

Texts = NDArray[np.object_]
_SHORTEST_H = 1e-6
_FAR = 0.02
_LONG_AFTER_H, _SELDOM = 24.0 * 30, 0.05


@dataclass(frozen=True, eq=False)
class Read:
    """Rows of the table with a verdict each; of those that stay, the spans."""

    verdict: Texts
    reason: Texts
    start: Array
    end: Array
    spans: Spans
    ids: Index
    losses: Mapping[str, Array]
    texts: Mapping[str, Sequence[Cell]]
    plain: judging.Plain
    remarks: tuple[str, ...]
    questions: tuple[str, ...]


def read_rows(
    table: Table, found: Guess, options: LogOptions, on_progress: OnProgress = unheard
) -> Read:
    """Judge every row: left out and why, or its span."""
    size = len(table.rows)
    texts = {f: table.column(c) for f, c in found.columns.items()}
    if LIST in table.columns:
        texts["list"] = table.column(LIST)
    kinds = {f"kind.{k}": table.column(name) for k, name in enumerate(other_kinds(table, found))}
    known_better = by_hand.corrections(table, options)
    plain = judging.Plain(texts)
    times = read_times(table, found, options, part(on_progress, 0, 700))
    times = by_hand.with_times(times, known_better)
    closed = states.over(texts.get("status"), size)
    ends = _Ends.of(times, closed, found.columns, plain, options)
    losses = {name: _shares(texts[name]) for name in LOSSES if name in texts}
    judged = _Judged(table, options)
    for row, reason in options.left_out:
        where = [k for k, number in enumerate(table.line_numbers) if number == row]
        judged.say(dict.fromkeys(where, f"left out by hand: {reason}"), "refused")
    judged.say(states.maintenance(texts | kinds, size), "maintenance")
    timed = ~np.isnan(times.end.hours) | (times.duration_h > 0)
    judged.say(states.none(texts.get("status"), timed), "refused")
    judged.say(ends.belongs, "duplicate", "a later word on {}")
    judged.say(_wrong(times, ends, options), "refused")
    hours = {"duration": ends.lower - times.start.hours}
    judged.say(judging.outside(options.where, texts, hours | losses), "refused")
    ids = judging.numbered([plain["id"]], size) if "id" in texts else np.full(size, -1)
    stay = judged.staying()
    shown = [plain[f] for f in ("title", "service", "cause") if f in texts]
    judged.say(judging.again(times.start.hours, ends.upper, shown, stay), "duplicate", "as {}")
    args = times.start.hours, ends.given, times.updated
    judged.say(
        judging.older_states(ids, *args, judged.staying()), "duplicate", "an older state of {}"
    )
    stay = judged.staying()
    judged.censored(ends, stay)
    judged.corrected({row: one.why for row, one in known_better.items()})
    spans = Spans(
        row=stay,
        start=times.start.hours[stay],
        lower=ends.lower[stay],
        upper=ends.upper[stay],
        known=ends.known[stay],
    )
    remarks = (*times.remarks, *ends.remarks)
    return Read(
        verdict=judged.verdict, reason=judged.reason, start=times.start.hours, end=ends.exact,
        spans=spans, ids=ids, losses=losses, texts=texts, plain=plain, remarks=remarks,
        questions=(*ends.questions(table, stay), *_far_apart(table, times, ends, stay)),
    )  # fmt: skip


class _Judged:
    """Verdicts as they come; the first on a row holds."""

    def __init__(self, table: Table, options: LogOptions) -> None:
        self._table = table
        self.verdict = np.full(len(table.rows), "counted", dtype=object)
        self.reason = np.full(len(table.rows), "", dtype=object)

    def say(self, rows: Mapping[int, object], verdict: str, wording: str = "{}") -> None:
        """Give rows a verdict; a number as reason is the position of another row."""
        for row, why in rows.items():
            if self.verdict[row] == "counted":
                said = self._table.where(why) if isinstance(why, int) else why
                self.verdict[row], self.reason[row] = verdict, wording.format(said)

    def staying(self) -> Index:
        """Return the positions of the rows without verdict."""
        return np.flatnonzero(self.verdict == "counted")

    def censored(self, ends: _Ends, stay: Index) -> None:
        """Say of rows that stay why their length is not known exactly."""
        for row in stay[ends.lower[stay] != ends.upper[stay]].tolist():
            self.verdict[row], self.reason[row] = "censored", ends.reason[row]

    def corrected(self, rows: Mapping[int, str]) -> None:
        """Say of rows that somebody corrected, before what else there is to say."""
        for row, why in rows.items():
            more = f"; {self.reason[row]}" if self.reason[row] else ""
            self.reason[row] = f"{by_hand.CORRECTED}: {why}{more}"


@dataclass(frozen=True, eq=False)
class _Ends:
    """Until when each row surely ran, and by when it was over, hours since 1970."""

    lower: Array
    upper: Array
    known: Array
    given: Array
    """The end that the log says, NaN if none."""
    reason: Texts
    asked: Mask
    running: Mask
    """Said to be open, so that a length of nothing says nothing."""
    belongs: Mapping[int, int]
    remarks: tuple[str, ...]

    @classmethod
    def of(
        cls,
        times: Times,
        closed: Array,
        columns: Mapping[str, str],
        plain: judging.Plain,
        options: LogOptions,
    ) -> _Ends:
        """Combine end, duration, status and signs of life."""
        start, size = times.start.hours, len(times.start.hours)
        end = times.end.hours.copy()
        # Of what is said to be open, a length is how long it has lasted so far.
        from_length = np.isnan(end) & (times.duration_h > 0)
        from_length &= ~((closed == 0) & ("end" in columns))
        end = np.where(from_length, start + times.duration_h, end)
        belongs: Mapping[int, int] = {}
        reported = not ({"end", "duration"} & columns.keys()) and "status" in columns
        if reported and "updated" in columns:
            end = np.where(closed == 1, times.updated, end)
        elif reported:
            fields = ("id",) if "id" in columns else ("title", "service")
            named = [plain[field] for field in fields if field in columns]
            keys = judging.numbered(named, size)
            if len(np.unique(keys)) < size:
                end, belongs = judging.episodes(keys, start, closed)
        now = times.latest if options.end is None else hours_of(options.end)
        return cls._bounded(times, closed, end, now, options, belongs)

    @classmethod
    def _bounded(
        cls,
        times: Times,
        closed: Array,
        end: Array,
        now: float,
        options: LogOptions,
        belongs: Mapping[int, int],
    ) -> _Ends:
        start, size = times.start.hours, len(end)
        heard = np.where(times.updated >= start, np.minimum(times.updated, now), np.nan)
        sign = np.minimum(np.fmin(times.paperwork, np.where(closed == 1, heard, np.nan)), now)
        lower, upper, known = end.copy(), end.copy(), np.full(size, np.inf)
        reason = np.full(size, "", dtype=object)
        missing = np.isnan(end)
        missing_end = missing.copy()

        def settle(rows: Mask, low: Array | float, high: Array | float, why: str) -> None:
            lower[rows] = np.broadcast_to(low, (size,))[rows]
            upper[rows] = np.broadcast_to(high, (size,))[rows]
            reason[rows] = why
            missing[rows] = False

        beyond = end > now
        settle(beyond, now, np.inf, "running at the end of the log")
        known[beyond] = now
        lost = (closed == 1) | times.end.said | ~np.isnan(times.paperwork)
        lost = missing & ~times.end.open & lost & (closed != 0)
        settle(lost & ~np.isnan(sign), start, sign, "end lost: over by its last sign of life")
        settle(lost & missing, start, np.inf, "end lost, and no sign of life after the start")
        unheard = ~times.end.open & np.isnan(closed) & np.isnan(times.updated)
        followed = start < np.nanmax(start, initial=-np.inf)
        asked = missing & ((now - start > options.max_duration_h) | (unheard & followed))
        settle(asked, start, now, "no end, and too long ago or others followed: over by then?")
        silent = missing & ~times.end.open & (closed != 0) & (heard < now) & (heard > start)
        settle(silent, heard, np.inf, "no end: running at its last sign of life")
        known[silent] = heard[silent]
        open_ = missing.copy()
        settle(open_, now, np.inf, "still open at the end of the log")
        known[open_] = now
        unlike = (np.abs(end - start - times.duration_h) > _FAR * (end - start) + 1 / 60) & ~beyond
        differing = int(np.count_nonzero(unlike))
        remarks = (f"{differing:,} durations differ from end less start, which is taken",) * bool(
            differing
        )
        running = missing_end & (closed == 0)
        return cls(
            lower=lower,
            upper=upper,
            known=known,
            given=end,
            reason=reason,
            asked=asked,
            running=running,
            belongs=belongs,
            remarks=remarks,
        )

    @property
    def exact(self) -> Array:
        """The end where it is known, NaN elsewhere."""
        return np.where(self.lower == self.upper, self.upper, np.nan)

    def questions(self, table: Table, stay: Index) -> tuple[str, ...]:
        """Return what to ask about rows that stay open for too long."""
        rows = stay[self.asked[stay]].tolist()
        said = "no end, but too old to be running: taken as over at an unknown time"
        shown = [f"{table.where(row)}: {said}" for row in rows[:20]]
        more = f"and {len(rows) - 20:,} more rows without an end"
        return (*shown, more) if len(rows) > 20 else tuple(shown)


def _far_apart(table: Table, times: Times, ends: _Ends, stay: Index) -> tuple[str, ...]:
    """Ask about the few rows that were over long before anybody resolved or closed them."""
    late = stay[(times.paperwork[stay] - ends.given[stay]) > _LONG_AFTER_H]
    if not 0 < len(late) <= _SELDOM * len(stay):
        return ()
    days = float((times.paperwork[late] - ends.given[late]).max()) / 24.0
    shown = ", ".join(table.where(row) for row in late[:5].tolist())
    more = f" and {len(late) - 5} more" if len(late) > 5 else ""
    return (
        f"{shown}{more}: over up to {days:.0f} days before it was resolved or closed, as few "
        "others are: is a year or month in it wrong?",
    )


def _wrong(times: Times, ends: _Ends, options: LogOptions) -> dict[int, str]:
    """Return the rows that cannot be an incident in the log, and why."""
    out: dict[int, str] = {}
    start = times.start.hours
    problems = {**times.end.problems, **times.start.problems}
    for row in np.flatnonzero(np.isnan(start)).tolist():
        out[row] = times.start.problems.get(row, "no start: no incident, or its date is missing")
    for row, why in problems.items():
        out.setdefault(row, why)
    for row, why in times.duration_problems.items():
        if np.isnan(ends.given[row]) and not ends.running[row]:
            out.setdefault(row, why)
    length = ends.given - start
    unsaid = np.isnan(ends.given)
    no_length = unsaid & (times.duration_h == 0) & ~ends.running
    nothing = (np.abs(length) < _SHORTEST_H) | no_length
    before = np.where(unsaid, times.duration_h < 0, length <= -_SHORTEST_H)
    for rows, why in ((before, "ends before it starts"), (nothing, "has no length")):
        out.update({row: why for row in np.flatnonzero(rows).tolist() if row not in out})
    if options.end is not None:
        late = np.flatnonzero(start >= hours_of(options.end)).tolist()
        out.update({row: "begins after the log ends" for row in late if row not in out})
    if options.begin is not None:
        gone = np.flatnonzero(ends.upper <= hours_of(options.begin)).tolist()
        out.update({row: "over before the log begins" for row in gone if row not in out})
    return out


def _shares(cells: Sequence[Cell]) -> Array:
    """Return shares from 0 to 1; NaN where a cell says none."""
    found = [read_number(cell, ".") for cell in cells]
    values = [each.value if isinstance(each, Number) else np.nan for each in found]
    shares = np.array(values, dtype=float)
    return np.where((shares >= 0) & (shares <= 1), shares, np.nan)
