"""Summaries of blocks: moments, extremes and bins, from which every figure of a run comes.

They merge in the order of the blocks, so the bytes do not depend on who computed them. Sums are
exact but for rounding; quantiles and thresholds are known to the width of a bin (`bins`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from model.arrays import Array, Index
from model.chain.availability import MINUTES
from model.chain.per_year import COLUMNS, Priced
from model.runs.kept.bins import Table, bin_of, place_in
from model.runs.kept.moments import Means, Moments
from model.runs.kept.ranked import steps, steps_of_world
from model.runs.kept.years import DERIVED
from model.runs.tally import year_by_cause
from model.worlds.prepared import Prepared
from model.worlds.streams import Block

MINUTES_PER_YEAR = 525_600.0
GOALS = (0.999, 0.9999)
"""Availabilities whose years are counted."""
ORDERED = ("loss_usd", "largest_loss_usd", *MINUTES)
"""Columns whose quantiles have intervals."""
_JOINT = ("loss_usd", "revenue_usd")
"""Columns whose moments are kept together, followed by the square of the first."""


def allowed_minutes(availability: float) -> float:
    """Return the minutes a year may be unavailable under a goal."""
    return (1.0 - availability) * MINUTES_PER_YEAR


def counted_over(tolerance_usd: float) -> tuple[tuple[str, float], ...]:
    """Return the thresholds that are counted exactly, each with its column."""
    minutes = tuple((name, allowed_minutes(goal)) for name in MINUTES for goal in GOALS)
    return (("incidents", 0.0), ("loss_usd", tolerance_usd), *minutes)


@dataclass(frozen=True, eq=False, kw_only=True)
class Summary:
    """What is known of some whole worlds."""

    years: int
    means: Means
    """Of `COLUMNS`, `DERIVED` and, as shares, `counted_over`."""
    joint: Moments
    """Of `_JOINT` and the square of the loss."""
    values: tuple[Table, ...]
    """By `COLUMNS`: years, their places in their bins and the squares of those."""
    steps: tuple[Table, ...]
    """By `ORDERED`: `ranked.steps`; of the loss with it and every cause's as quantities."""

    @property
    def worlds(self) -> int:
        """How many worlds."""
        return self.means.worlds

    @staticmethod
    def together(parts: Sequence[Summary]) -> Summary:
        """Return the summary of all worlds, merged in their order."""
        if len(parts) == 1:
            return parts[0]
        return Summary(
            years=sum(one.years for one in parts),
            means=reduce(add, (one.means for one in parts)),
            joint=reduce(add, (one.joint for one in parts)),
            values=_each(one.values for one in parts),
            steps=_each(one.steps for one in parts),
        )


@dataclass(frozen=True, eq=False)
class Part:
    """What is known of a part of one world: a summary whose steps are plain sums so far."""

    world: int
    plain: Summary

    def __add__(self, other: Part) -> Part:
        """Return both parts of the world."""
        a, b = self.plain, other.plain
        years = a.years + b.years
        share = b.years / years
        joined = Summary(
            years=years,
            means=a.means.joined(b.means, share),
            joint=a.joint.joined(b.joint, share),
            values=_each((a.values, b.values)),
            steps=_each((a.steps, b.steps)),
        )
        return Part(self.world, joined)

    def whole(self) -> Summary:
        """Return the summary of the world, all parts of which are here."""
        loss, *others = self.plain.steps
        sums = len(loss.rows) // 2
        done = (steps_of_world(loss, sums), *(steps_of_world(one, 0) for one in others))
        return replace(self.plain, steps=done)


def of_block(
    prepared: Prepared, priced: Priced, block: Block, *, first_world: int, part: bool
) -> Summary | Part:
    """Return what is to be kept of a block; a `part` lies within one world."""
    columns = dict(zip(COLUMNS, priced.columns, strict=True))
    over = counted_over(prepared.scenario.tolerance_usd)
    known = [
        *(derive(columns) for derive in DERIVED.values()),
        *((columns[name] > value).astype(np.float64) for name, value in over),
    ]
    loss = columns["loss_usd"]
    joint = np.stack([*(columns[name] for name in _JOINT), loss * loss])
    bins = {name: bin_of(column) for name, column in columns.items()}
    by_cause = year_by_cause(priced, block.years, len(prepared.causes))[0].T
    hits = [(each != 0.0).astype(np.float64) for each in by_cause]
    quantities: list[tuple[list[Array], list[Array]]] = [([loss, *by_cause], hits)]
    quantities += [([], [])] * (len(ORDERED) - 1)
    ordered = zip((bins[name] for name in ORDERED), quantities, strict=True)
    if part:
        tables = [Table.of(at, [*sums, *hits]) for at, (sums, hits) in ordered]
    else:
        tables = [steps(at, block.worlds, sums, hits) for at, (sums, hits) in ordered]
    summary = Summary(
        years=block.years,
        means=Means.of(np.concatenate([priced.columns, known]), block.worlds),
        joint=Moments.of(joint.reshape(len(joint), block.worlds, -1).mean(axis=2)),
        values=tuple(_values(bins[name], column) for name, column in columns.items()),
        steps=tuple(tables),
    )
    return Part(first_world, summary) if part else summary


def _values(bins: Index, column: Array) -> Table:
    place = place_in(column)
    return Table.of(bins, [place, place * place])


def _each(tables: Iterable[tuple[Table, ...]]) -> tuple[Table, ...]:
    return tuple(map(Table.together, zip(*tables, strict=True)))


_MERGED_AT_ONCE = 8
"""Blocks whose summaries wait to be merged: many at once are faster, few take less memory."""


class Merging:
    """Merges the summaries of blocks, given in order."""

    def __init__(self) -> None:
        """Begin with none."""
        self._whole: list[Summary] = []
        self._open: Part | None = None

    def add(self, found: Summary | Part) -> None:
        """Take what is known of the next block."""
        if isinstance(found, Part):
            if self._open is not None and self._open.world == found.world:
                self._open = self._open + found
                return
            self._close()
            self._open = found
        else:
            self._take(found)

    def so_far(self) -> Summary:
        """Return the summary of everything given, the last world being over."""
        self._close()
        self._whole = [Summary.together(self._whole)]
        return self._whole[0]

    def _close(self) -> None:
        if self._open is not None:
            self._take(self._open.whole())
            self._open = None

    def _take(self, one: Summary) -> None:
        self._whole.append(one)
        if len(self._whole) > _MERGED_AT_ONCE:
            self._whole = [Summary.together(self._whole)]
