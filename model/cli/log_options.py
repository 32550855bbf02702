"""Options that say how a log is to be read, and the log they lead to."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from model.assumptions.messages import nearest, quoted
from model.assumptions.names import Value
from model.cli.console import Arguments
from model.cli.options import BadInput
from model.evidence.log.log import Log, LogError, read_log
from model.evidence.log.opening import opened
from model.evidence.log.options import DATE, FIELDS, Correction, LogOptions
from model.evidence.log.times import midnight
from model.evidence.traffic import KNOWN, read_traffic, rows_of
from model.formats.answers import FormatError
from model.formats.limits import LIMITS
from model.formats.reading import read
from model.formats.table import Table
from model.present.words import evidence
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

_CORRECTED = ("start", "end", "cause", "why")
_YEARS = (1900, 2199)
"""As in files: beyond, a zone or a day more may lead out of the calendar."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def add_log(parser: argparse.ArgumentParser) -> None:
    """Add every option of reading a log."""
    parser.add_argument("--from", dest="begin", metavar="DATE", help="when the log begins")
    parser.add_argument(
        "--to",
        dest="end",
        metavar="DATE",
        help="when the log was exported: not covered itself, and what is open is open until then",
    )
    parser.add_argument(
        "--time-zone", default="", metavar="TZ", help="zone of times without offset (default UTC)"
    )
    pairs: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument(
        "--map", metavar="FIELD=COLUMN", help=f"column of a field: {', '.join(FIELDS)}", **pairs
    )
    parser.add_argument(
        "--where",
        metavar="FIELD=VALUE,VALUE",
        help="only rows with one of these values; >=2 compares numbers, of durations hours",
        **pairs,
    )
    parser.add_argument(
        "--assign",
        metavar="WORD=CAUSE",
        help="cause of rows whose cause is the word, or whose title, kind or service contains it",
        **pairs,
    )
    parser.add_argument("--cause", default="", metavar="NAME", help="one cause for all rows")
    parser.add_argument(
        "--leave-out", metavar="ROW=REASON", help="rows of the file that do not count", **pairs
    )
    parser.add_argument(
        "--correct",
        metavar="ROW.FIELD=VALUE",
        help="start, end or cause of a row where the file is wrong, and why",
        **pairs,
    )


def read_file(path: str, option: str = "") -> tuple[bytes, str]:
    """Return the bytes and the bare name of a file; BadInput if it cannot be read."""
    name = Path(path).name
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMITS.size + 1), name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"{option or name}: {quoted(path)} cannot be read: {reason}") from None


def table_of(path: str) -> Table:
    """Return the table in a log's file; BadInput with a line for each fault."""
    raw, name = read_file(path)
    try:
        return opened(raw, name)
    except FormatError as error:
        raise BadInput(*(f"{name}: {problem}" for problem in error.problems)) from None


def log_of(path: str, given: Arguments, scenario: Scenario) -> Log:
    """Return the log in a file as the options have it read; BadInput with a line for each fault."""
    options = log_options(given, scenario)
    table = table_of(path)
    try:
        return read_log(table, options)
    except LogError as error:
        raise BadInput(*(f"{Path(path).name}: {problem}" for problem in error.problems)) from None


def traffic_of(
    path: str, zone: str, clock: str, log: Log | None = None
) -> tuple[dict[str, Value], dict[str, Provenance]]:
    """Return the row that a traffic export makes and where it comes from; say how it was read.

    Times without offset are of `zone`, hours of the week those of the scenario's zone `clock`.
    """
    raw, name = read_file(path, "--traffic")
    try:
        found = read_traffic(
            read(raw, name, known=KNOWN, sheets="alike"), clock=clock, zone=zone, log=log
        )
    except FormatError as error:
        raise BadInput(*(f"{name}: {problem}" for problem in error.problems)) from None
    for line in (*found.remarks, evidence.traffic(found)):
        print(f"{name}: {line}")
    return rows_of(found, name)


def log_options(given: Arguments, scenario: Scenario) -> LogOptions:
    """Return the options of reading; BadInput with a line for each that cannot be used."""
    problems: list[str] = []
    zone = _tried(problems, lambda: _zone(given.time_zone)) or ""
    begin = _tried(problems, lambda: moment(given.begin, "--from", zone))
    end = _tried(problems, lambda: moment(given.end, "--to", zone))
    columns = _tried(problems, lambda: _pairs(given.map, "--map", (*FIELDS, DATE))) or ()
    where = _tried(problems, lambda: _pairs(given.where, "--where", FIELDS)) or ()
    assign = _tried(problems, lambda: _pairs(given.assign, "--assign", ())) or ()
    problems += [p for _, cause in assign for p in _cause_problems(cause, "--assign", scenario)]
    problems += _cause_problems(given.cause, "--cause", scenario) if given.cause else []
    if begin and end and begin >= end:
        problems.append(f"--to {given.end}: after --from, which is {given.begin}")
    if (begin is None) != (end is None) and not problems:
        problems.append("--from and --to: both are needed, or none")
    for field, value in where:
        problems += _comparison_problems(field, value)
    left_out = _tried(problems, lambda: _left_out(given.leave_out)) or ()
    corrected = _tried(problems, lambda: _corrected(given.correct, zone, scenario)) or ()
    if problems:
        raise BadInput(*problems)
    return LogOptions(
        begin=begin,
        end=end,
        time_zone=zone,
        columns=columns,
        where=tuple((field, _values(value)) for field, value in where),
        assign=assign,
        cause=given.cause,
        max_duration_h=scenario.belief("simulation.max_duration").low,
        left_out=left_out,
        corrected=corrected,
    )


def _left_out(given: Sequence[str]) -> tuple[tuple[int, str], ...]:
    pairs = _pairs(given, "--leave-out", ())
    needed = "the number of a row is needed"
    wrong = [f"--leave-out {quoted(row)}: {needed}" for row, _ in pairs if not row.isdecimal()]
    if wrong:
        raise BadInput(*wrong)
    return tuple((int(row), why) for row, why in pairs)


def _corrected(given: Sequence[str], zone: str, scenario: Scenario) -> tuple[Correction, ...]:
    """Return one correction for each row, whatever number of its fields is given."""
    by_row: dict[int, Correction] = {}
    problems: list[str] = []
    for place, value in _pairs(given, "--correct", ()):
        row, _, field = place.partition(".")
        if not row.isdecimal() or field not in _CORRECTED:
            allowed = ", ".join(f"ROW.{name}" for name in _CORRECTED)
            problems.append(f"--correct {quoted(place)}: one of {allowed} is needed")
            continue
        known = by_row.get(int(row), Correction(row=int(row), why="given with --correct"))
        try:
            by_row[int(row)] = _with(known, field, value, zone, scenario)
        except BadInput as error:
            problems += error.problems
    if problems:
        raise BadInput(*problems)
    return tuple(by_row.values())


def _with(one: Correction, field: str, value: str, zone: str, scenario: Scenario) -> Correction:
    said = f"--correct {one.row}.{field}"
    if field == "start":
        return replace(one, start=moment(value, said, zone))
    if field == "end":
        return replace(one, end=moment(value, said, zone))
    if field == "why":
        return replace(one, why=value)
    problems = _cause_problems(value, said, scenario)
    if problems:
        raise BadInput(*problems)
    return replace(one, cause=value)


_Kind = TypeVar("_Kind")


def _tried(problems: list[str], make: Callable[[], _Kind]) -> _Kind | None:
    """Return what is made, or keep its problems."""
    try:
        return make()
    except BadInput as error:
        problems.extend(error.problems)
        return None


def _values(text: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in text.split(","))


def _comparison_problems(field: str, value: str) -> list[str]:
    compared = [part.strip() for part in value.split(",") if part.strip()[:1] in ("<", ">")]
    wrong = [part for part in compared if not re.fullmatch(r"[<>]=?\s*-?\d+\.?\d*", part)]
    allowed = "a number is needed behind the sign, like >=0.5"
    return [f"--where {field}: {quoted(part)}: {allowed}" for part in wrong]


def _zone(name: str) -> str:
    if name and name not in available_timezones():
        known = sorted(zone for zone in available_timezones() if "/" in zone)
        hint = nearest(name, known)
        raise BadInput(f"--time-zone {quoted(name)}: a zone such as Europe/Berlin{hint}")
    return name


def moment(text: str | None, option: str, zone: str) -> datetime | None:
    """Return a moment: a bare date is midnight of the zone, else as written."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        allowed = "a date such as 2026-04-01 or 2026-04-01T08:30+02:00 is needed"
        raise BadInput(f"{option} {quoted(text)}: {allowed}") from None
    if not _YEARS[0] <= when.year <= _YEARS[1]:
        raise BadInput(f"{option} {quoted(text)}: years from {_YEARS[0]} to {_YEARS[1]} are read")
    if _DAY.fullmatch(text.strip()):
        return midnight(when.date(), zone)
    return when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone or "UTC"))


def _pairs(given: Sequence[str], option: str, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    problems, pairs = [], []
    for text in given:
        name, sign, value = text.partition("=")
        if option == "--assign":
            name, sign, value = text.rpartition("=")
        if not sign or not name.strip() or (not value.strip() and option != "--map"):
            problems.append(f"{option} {quoted(text)}: NAME=VALUE is needed")
        elif names and name.strip() not in names:
            known = f"one of {', '.join(names)}{nearest(name, names)}"
            problems.append(f"{option} {quoted(text)}: {quoted(name)} is no field; {known}")
        else:
            pairs.append((name.strip(), value.strip()))
    if problems:
        raise BadInput(*problems)
    return tuple(pairs)


def _cause_problems(cause: str, option: str, scenario: Scenario) -> list[str]:
    if cause in scenario.causes:
        return []
    known = f"one of {', '.join(scenario.causes)}{nearest(cause, scenario.causes)}"
    return [f"{option}: {quoted(cause)} is no cause of the scenario; {known}"]


def window(text: str | None, zone: str, option: str) -> tuple[datetime, datetime] | None:
    """Return the two moments of DATE..DATE; a bare last day is in the window whole."""
    if text is None:
        return None
    first, sign, last = text.partition("..")
    begin = moment(first, option, zone) if sign else None
    end = moment(last, option, zone) if sign else None
    if begin is None or end is None or begin >= end:
        raise BadInput(f"{option} {quoted(text)}: DATE..DATE, the later one last, is needed")
    if _DAY.fullmatch(last.strip()):
        end = midnight((end.astimezone(ZoneInfo(zone or "UTC")) + timedelta(days=1)).date(), zone)
    return begin, end
