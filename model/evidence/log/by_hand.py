"""Rows of a log that a person corrects, each with a reason (MODEL §6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.arrays import Array
from model.evidence.log.options import Correction, LogOptions
from model.evidence.log.times import Stamps, Times, hours_of
from model.formats.table import Table

CORRECTED = "corrected by hand"


def corrections(table: Table, options: LogOptions) -> dict[int, Correction]:
    """Return the corrections by the position of their row in the table."""
    place = {number: k for k, number in enumerate(table.line_numbers)}
    return {place[one.row]: one for one in options.corrected if one.row in place}


def with_times(times: Times, known_better: dict[int, Correction]) -> Times:
    """Return times with the starts and ends that a person gave; they hold against a duration."""
    starts = {row: hours_of(one.start) for row, one in known_better.items() if one.start}
    ends = {row: hours_of(one.end) for row, one in known_better.items() if one.end}
    if not starts and not ends:
        return times
    return replace(
        times,
        start=_stamped(times.start, starts),
        end=_stamped(times.end, ends),
        duration_h=_unsaid(times.duration_h, ends),
        duration_problems={k: why for k, why in times.duration_problems.items() if k not in ends},
    )


def _stamped(stamps: Stamps, hours: dict[int, float]) -> Stamps:
    rows = list(hours)
    known, open_, said = stamps.hours.copy(), stamps.open.copy(), stamps.said.copy()
    known[rows], open_[rows], said[rows] = list(hours.values()), False, False
    problems = {row: why for row, why in stamps.problems.items() if row not in hours}
    return Stamps(known, open_, said, problems)


def _unsaid(values: Array, rows: dict[int, float]) -> Array:
    values = values.copy()
    values[list(rows)] = np.nan
    return values


def with_causes(
    causes: Sequence[str] | None, known_better: dict[int, Correction], size: int
) -> tuple[str, ...] | None:
    """Return the causes of the rows with those a person gave; None where nobody told any."""
    given = {row: one.cause for row, one in known_better.items() if one.cause}
    if not given:
        return None if causes is None else tuple(causes)
    found = list(causes) if causes is not None else ["unassigned"] * size
    for row, cause in given.items():
        found[row] = cause
    return tuple(found)
