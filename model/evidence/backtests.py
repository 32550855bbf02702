"""Figures that were published, held against what the model says of them (MODEL §6, back-tests).

A case is an incident as it was and one figure measured of it. The model prices the incident in
many worlds; the truth has a percentile in what it says of *that figure*. Nothing that was itself
computed as revenue per hour times hours is a case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from model import data
from model.arrays import Array
from model.beliefs.belief import Belief
from model.evidence.scores import Verdict, verdict
from model.formats.answers import FormatError, Question, quoted
from model.formats.dates import Moment, read_moment
from model.formats.durations import Duration, read_duration
from model.formats.numbers import Number, may_be, read_number
from model.formats.reading import read
from model.formats.table import Cell, Table, is_empty, text_of
from model.replays.curves import session_share_lost
from model.replays.incident import LOSSES, Incident, Phase, instant
from model.replays.replay import Replay, carried, staged
from model.scenario.scenario import Scenario

FILE = "backtests.csv"
COLUMNS = (
    "case", "figure", "published_low", "published_high", "source", "start", "hours", *LOSSES
)  # fmt: skip
NOTE = "note"
"""Column that a file of cases may have: what to know where the figure lies outside."""
FIGURES = ("time_share_day", "credit", "loss")
USERS = re.compile(r"users_share_day_(\d{1,3})")
WORLDS = 2_000
_SPAN = re.compile(r"\s*([0-9.,]+\s*%?)\s*(?:-|–|\.\.|\bto\b|\bbis\b)\s*([0-9.,]+\s*%?)\s*")


@dataclass(frozen=True)
class Case:
    """One incident and one published figure of it."""

    name: str
    figure: str
    low: float
    high: float
    source: str
    incident: Incident
    note: str = ""
    """Why the figure may lie outside what the model says of it."""

    @property
    def published(self) -> float:
        """The figure; of a range, its middle."""
        return (self.low + self.high) / 2.0


@dataclass(frozen=True)
class Outcome:
    """What the model says of a known figure, and where the truth lies in that."""

    name: str
    figure: str
    published: float
    verdict: Verdict
    source: str = ""
    note: str = ""


def published(clock: str) -> tuple[Case, ...]:
    """Return the cases that come with the product; their starts are local wherever they were.

    They are replayed at the same wall time of the zone `clock`, the scenario's.
    """
    return cases(data.path(FILE).read_bytes(), FILE, clock)


def cases(raw: bytes, file: str, clock: str, currency: str = "") -> tuple[Case, ...]:
    """Return the cases in a file, a row for each phase; FormatError with a line for each fault.

    A start without an offset is wall time of the zone `clock`; money is in `currency`, and a sign
    of another is a fault.
    """
    table = read(raw, file, known=COLUMNS)
    table = replace(table, columns=tuple(name.strip().casefold() for name in table.columns))
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise FormatError(f"missing columns {', '.join(missing)}: {','.join(COLUMNS)} is needed")
    by_case: dict[tuple[str, str], list[int]] = {}
    for row in range(len(table.rows)):
        by_case.setdefault((_text(table, row, "case"), _text(table, row, "figure")), []).append(row)
    problems: list[str] = []
    found = [
        _case(table, name, figure, rows, problems, (clock, currency))
        for (name, figure), rows in by_case.items()
    ]
    if problems:
        raise FormatError(problems)
    return tuple(case for case in found if case is not None)


def _text(table: Table, row: int, column: str) -> str:
    return text_of(table.rows[row][table.columns.index(column)]).strip()


def _case(
    table: Table,
    name: str,
    figure: str,
    rows: Sequence[int],
    problems: list[str],
    here: tuple[str, str],
) -> Case | None:
    """Return a case of some rows; `here` are the scenario's zone and currency."""
    clock, currency = here
    first = rows[0]
    before = len(problems)
    if figure not in FIGURES and not USERS.fullmatch(figure):
        allowed = f"one of {', '.join(FIGURES)}, users_share_day_K"
        problems.append(f"{table.where(first, 'figure')}: {quoted(figure)}: {allowed}")
    low, high = (
        _number(table, first, f"published_{end}", problems, currency) for end in ("low", "high")
    )
    if low > high:
        problems.append(f"{table.where(first, 'published_low')}: at most published_high")
    phases = [_phase(table, row, problems) for row in rows]
    if len(problems) > before:
        return None
    try:
        start = _start(table, first, clock)
        incident = Incident(name, name, start, tuple(phases), source=_text(table, first, "source"))
    except ValueError as error:
        problems.append(f"{table.where(first)}: {error}")
        return None
    note = _text(table, first, NOTE) if NOTE in table.columns else ""
    return Case(
        name=name,
        figure=figure,
        low=low,
        high=high,
        source=incident.source,
        incident=incident,
        note=note,
    )


def _start(table: Table, row: int, clock: str) -> datetime:
    """Return a start as people write it, too; ValueError says what is allowed."""
    cell = table.rows[row][table.columns.index("start")]
    found = read_moment(cell, zone=ZoneInfo(clock))
    if isinstance(found, Question):
        raise ValueError(f"start: {found.text}")
    if isinstance(found, Moment) and found.utc is not None:
        return instant(found.utc.isoformat(), clock)
    return instant(text_of(cell).strip(), clock)


def _number(table: Table, row: int, column: str, problems: list[str], currency: str = "") -> float:
    cell = table.rows[row][table.columns.index(column)]
    found = read_number(cell, table.decimal)
    if isinstance(found, Number) and currency and not may_be(found.currency, currency):
        why = f"{quoted(text_of(cell))} is in {found.currency}, the scenario in {currency}"
    elif isinstance(found, Number):
        return found.value
    else:
        why = getattr(found, "text", "") or "a number is needed"
    problems.append(f"{table.where(row, column)}: {why}")
    return float("nan")


def _phase(table: Table, row: int, problems: list[str]) -> Phase:
    """Return a phase: a share, a 90 % interval such as 0.1-0.4, or empty for the cause's own."""
    cell = table.rows[row][table.columns.index("hours")]
    hours = read_duration(cell, "h", table.decimal)
    if not isinstance(hours, Duration):
        why = getattr(hours, "text", "") or "a length is needed"
        problems.append(f"{table.where(row, 'hours')}: {why}")
    length_h = hours.hours if isinstance(hours, Duration) else float("nan")
    return Phase(length_h, *(_loss(table, row, name, problems) for name in LOSSES))


def _loss(table: Table, row: int, column: str, problems: list[str]) -> Belief | None:
    cell = table.rows[row][table.columns.index(column)]
    if is_empty(cell):
        return None
    span = _SPAN.fullmatch(text_of(cell))
    parts: list[Cell] = [cell]
    if span:
        low, high = span[1].strip(), span[2].strip()
        percent = "%" if high.endswith("%") and not low.endswith("%") else ""
        parts = [low + percent, high]  # 5-15 % is 5 % to 15 %
    found = [read_number(part, table.decimal) for part in parts]
    ends = [each.value for each in found if isinstance(each, Number)]
    if len(ends) < len(found) or not all(0.0 <= end <= 1.0 for end in ends) or ends[0] > ends[-1]:
        needed = "a share from 0 to 1 is needed, or an interval such as 0.1-0.4"
        problems.append(f"{table.where(row, column)}: {quoted(text_of(cell))}: {needed}")
        return None
    return Belief("logitnormal", ends[0], ends[-1])


def backtest(
    known: Sequence[Case],
    scenario: Scenario,
    *,
    worlds: int = WORLDS,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Outcome, ...]:
    """Return where each published figure lies in what the model says of it.

    `on_progress` is told after each how many of how many are done, and may raise to cancel.
    """
    outcomes = []
    for done, case in enumerate(known, 1):
        said = predicted(case, scenario, worlds=worlds, seed=seed)
        found = verdict(said, case.published)
        told = {"source": case.source, "note": case.note}
        outcomes.append(Outcome(case.name, case.figure, case.published, found, **told))
        if on_progress is not None:
            on_progress(done, len(known))
    return tuple(outcomes)


def predicted(case: Case, scenario: Scenario, *, worlds: int = WORLDS, seed: int = 0) -> Array:
    """Return what the model says of a case's figure, `(worlds,)`: shares, or money."""
    stage = staged(scenario, case.incident, worlds=worlds, seed=seed)
    replayed = carried(stage, scenario, case.incident)
    if case.figure == "loss":
        return replayed.lines["loss"]
    if case.figure == "credit":
        return np.asarray(-replayed.lines["sla_credit"])
    if case.figure == "time_share_day":
        return _time_share(replayed)
    found = USERS.fullmatch(case.figure)
    assert found is not None
    return _missing_trust(replayed, stage.values, float(found[1]))


def _time_share(replayed: Replay) -> Array:
    """Return the time lost on the day of the start, of a usual such day's."""
    course = replayed.course
    wall = replayed.incident.start_in(replayed.scenario.time_zone)
    passed_h = wall.hour + wall.minute / 60 + wall.second / 3600
    edges = course.start_h + np.array([-passed_h, 0.0, 24.0 - passed_h])
    before, after = course.calendar.viewing.between(edges[:-1], edges[1:]).tolist()
    lost = session_share_lost(course, 0.0, 24.0 - passed_h)
    return np.asarray(lost * after / (before + after))


def _missing_trust(replayed: Replay, values: Mapping[str, Array], days: float) -> Array:
    """Return the share of viewers who have not come back, days after the end.

    The drop is read back from what it costs: retention is its temporary part over the time in which
    that returns, and its permanent part over the horizon.
    """
    course = replayed.course
    end = course.start_h + course.incidents.phase_ends.max(axis=0)
    recovery_h = np.broadcast_to(values["trust.recovery"] * 24.0, end.shape)
    permanent = values["trust.permanent_share"]
    until = end + values["trust.retention_horizon"] * 730.0
    lasting_h = course.calendar.value.between(end, until)
    fading_h = course.calendar.fading.length(end, recovery_h)
    retention_h = replayed.lines["retention"] / replayed.revenue_usd_per_h
    drop = retention_h / ((1.0 - permanent) * fading_h + permanent * lasting_h)
    return np.asarray(drop * ((1.0 - permanent) * np.exp(-24.0 * days / recovery_h) + permanent))
