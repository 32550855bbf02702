"""Sums over a run that need no column per year: by cause, by hour of week, a few incidents."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array, Index
from model.chain.availability import MINUTES
from model.chain.failover import fail_over, shield
from model.chain.per_year import COLUMNS, Priced
from model.chain.types import PhasedIncidents
from model.incidents.draw import DrawnBlock
from model.incidents.types import Incidents
from model.runs.standard_errors import FEWEST_WORLDS, Estimate, around, resting_on
from model.worlds.prepared import Prepared
from model.worlds.streams import Block

_LOSSES = ("publish_loss", "playback_loss", "ads_loss")
KEPT_FROM = 0.9
"""Quantile of a block's annual losses from which on they are kept by cause."""
BY_CAUSE = ("loss", *MINUTES, "years")
"""What is summed of each cause; `years` are those in which it had an incident."""


@dataclass(frozen=True, eq=False)
class WorldSums:
    """Sums over worlds of k quantities and of the squares of each world's own sum, `(k,)` each.

    A block holds whole worlds or a part of one, so the first and the last world may go on in the
    next: their sums stay apart until it is added.
    """

    first: int
    last: int
    total: Array
    inner: Array
    """Squares of the worlds between the first and the last."""
    head: Array
    """Sums of the first world."""
    tail: Array
    """Sums of the last world, which may be the first."""

    @staticmethod
    def of(by_world: Array, first_world: int) -> WorldSums:
        """Sum up consecutive worlds, `(worlds, k)`."""
        return WorldSums(
            first=first_world,
            last=first_world + len(by_world) - 1,
            total=np.einsum("wk->k", by_world),
            inner=np.einsum("wk,wk->k", by_world[1:-1], by_world[1:-1]),
            # Copies, as a view would keep all worlds in memory.
            head=by_world[0].copy(),
            tail=by_world[-1].copy(),
        )

    @property
    def squares(self) -> Array:
        """The sum over worlds of the squares, `(k,)`."""
        alone = self.first == self.last
        return self.inner + self.head**2 + (0.0 if alone else self.tail**2)

    def __add__(self, other: WorldSums) -> WorldSums:
        """Return the sums of both, in order; the world at the seam may be in both."""
        alone, other_alone = self.first == self.last, other.first == other.last
        inner, head, tail = self.inner + other.inner, self.head, other.tail
        if self.last == other.first:
            seam = self.tail + other.head
            if not (alone or other_alone):
                inner = inner + seam**2
            head, tail = seam if alone else head, seam if other_alone else tail
        else:
            inner = inner + (0.0 if alone else self.tail**2)
            inner = inner + (0.0 if other_alone else other.head**2)
        total, ends = self.total + other.total, {"first": self.first, "last": other.last}
        return WorldSums(**ends, total=total, inner=inner, head=head, tail=tail)

    def mean(self, k: int, behind: int, *, years: int) -> Estimate:
        """Return the mean per year of quantity `k`, which rests on the years that `behind` counts.

        `behind` is the place of that count among the quantities.
        """
        worlds, total = self.last - self.first + 1, float(self.total[k])
        if not self.squares[k] and worlds >= FEWEST_WORLDS:
            return around(0.0, 0.0)
        spread = max(float(self.squares[k]) - total**2 / worlds, 0.0)
        error = math.sqrt(spread * worlds / (worlds - 1)) / years if worlds > 1 else math.nan
        return resting_on(total / years, error, self.worlds_behind(behind))

    def worlds_behind(self, k: int) -> float:
        """Return the effective number of worlds among the years that quantity `k` counts."""
        squares = float(self.squares[k])
        return float(self.total[k]) ** 2 / squares if squares else 0.0


def by_world(values: Array, worlds: int) -> Array:
    """Return sums over the years of each world of values `(years, k)`, `(worlds, k)`."""
    return values if len(values) == worlds else values.reshape(worlds, -1, values.shape[1]).sum(1)


@dataclass(frozen=True, eq=False)
class Ledger:
    """Single simulated incidents, as struct of arrays `(n,)`."""

    SAMPLE = 5000

    columns: dict[str, NDArray[np.generic]]


@dataclass(frozen=True, eq=False)
class Place:
    """Where a block stands in its run."""

    part: int
    first_year: int
    first_world: int


@dataclass(frozen=True, eq=False)
class HighYears:
    """The loss by cause of a block's highest years; those without any are left out."""

    part: int
    least_usd: float
    """All years that lose this or more are here."""
    year: Index
    """`(n,)`, counted from the first year of the run."""
    by_cause: Array
    """`(n, causes)`, USD."""

    @staticmethod
    def of(by_cause: Array, loss: Array, place: Place, least_usd: float) -> HighYears:
        """Keep the years of a block that lose `least_usd` or more."""
        kept = np.flatnonzero((loss >= least_usd) & by_cause.any(axis=1))
        return HighYears(place.part, least_usd, place.first_year + kept, by_cause[kept])


class CauseMinutes(NamedTuple):
    """The minutes unavailable through each cause in the years of a block in which it struck."""

    cause: NDArray[np.int16]
    """`(n,)`, by number."""
    minutes: NDArray[np.float32]
    """`(len(MINUTES), n)`, to seven digits."""

    @staticmethod
    def of(of_year: list[Array]) -> CauseMinutes:
        """Keep what is not zero of `year_by_cause`."""
        _, *minutes, struck = of_year
        there = np.flatnonzero(struck)
        found = np.stack([one.ravel()[there].astype(np.float32) for one in minutes])
        return CauseMinutes((there % struck.shape[1]).astype(np.int16), found)


@dataclass(frozen=True, eq=False, kw_only=True)
class Tally:
    """Sums over a run that need no column per year; blocks add up."""

    causes: WorldSums
    """`BY_CAUSE` of every cause, the causes' losses first, `(len(BY_CAUSE)·causes,)`."""
    minutes: tuple[CauseMinutes, ...]
    """Of every block."""
    high: tuple[HighYears, ...]
    """Of every block."""
    blocks: int
    by_hour: Array
    """`(7, 168)`, what `ratios` needs of every starting hour of week."""
    incidents: int
    before_merging: int
    capped: int
    clipped: dict[str, int]
    sample: Ledger

    @staticmethod
    def of(
        prepared: Prepared,
        drawn: DrawnBlock,
        priced: Priced,
        block: Block,
        keep: int,
        place: Place,
    ) -> Tally:
        """Sum up one block, keeping the first `keep` incidents."""
        outages, loss = priced.outages, priced.loss_usd
        of_year = year_by_cause(priced, block.years, len(prepared.causes))
        annual = priced.columns[COLUMNS.index("loss_usd")]
        least = float(np.quantile(annual, KEPT_FROM, method="inverted_cdf"))
        hours = prepared.calendar.clock.hour_of_week
        hour = hours[outages.start_h.astype(np.int64)]
        return Tally(
            causes=WorldSums.of(
                by_world(np.concatenate(of_year, axis=1), block.worlds), place.first_world
            ),
            minutes=(CauseMinutes.of(of_year),),
            high=(HighYears.of(of_year[0], annual, place, least),),
            blocks=1,
            by_hour=_by_hour(hour, block, outages, loss),
            incidents=len(loss),
            before_merging=drawn.before_merging,
            capped=drawn.capped,
            clipped=drawn.clipped,
            sample=_sample(prepared, drawn, priced, block, keep),
        )

    def without_years(self) -> Tally:
        """Return the sums alone, for runs that keep nothing of single years."""
        return replace(self, high=(), minutes=())

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both blocks, in order."""
        names = {*self.clipped, *other.clipped}
        return Tally(
            causes=self.causes + other.causes,
            minutes=self.minutes + other.minutes,
            high=self.high + other.high,
            blocks=self.blocks + other.blocks,
            by_hour=self.by_hour + other.by_hour,
            incidents=self.incidents + other.incidents,
            before_merging=self.before_merging + other.before_merging,
            capped=self.capped + other.capped,
            clipped={n: self.clipped.get(n, 0) + other.clipped.get(n, 0) for n in sorted(names)},
            sample=self.sample,
        )


def year_by_cause(priced: Priced, years: int, causes: int) -> list[Array]:
    """Return `BY_CAUSE` of every year and cause, `(years, causes)` each.

    The loss of an incident, within its year's revenue, is its cause's; of merged ones, that of the
    earliest.
    """
    cell = priced.outages.year * causes + priced.outages.cause
    weights, size = (priced.loss_usd, *map(priced.unavailable.__getitem__, MINUTES)), years * causes
    sums = [np.bincount(cell, weights=w, minlength=size).astype(np.float64) for w in weights]
    sums.append((np.bincount(cell, minlength=size) > 0).astype(np.float64))
    return [np.asarray(each.reshape(years, causes)) for each in sums]


def _by_hour(hour: Index, block: Block, outages: Incidents, loss: Array) -> Array:
    """Return loss, minutes, loss², loss·minutes, minutes², incidents and their squares by hour.

    Products are of a world's sums at that hour; where a world is a year, of each incident.
    """
    minutes, count = outages.duration_h * 60.0, np.ones(len(loss))
    if block.worlds < block.years and len(loss):
        cell = block.world_of_year[outages.year] * 168 + hour
        order = np.argsort(cell, kind="stable")
        first = np.flatnonzero(np.diff(cell[order], prepend=-1))
        loss, minutes, count = (np.add.reduceat(x[order], first) for x in (loss, minutes, count))
        hour = cell[order][first] % 168
    products = (loss, minutes, loss * loss, loss * minutes, minutes * minutes, count, count * count)
    return np.stack([np.bincount(hour, weights=one, minlength=168) for one in products])


def ratios(sums: Array) -> tuple[Array, Array]:
    """Return loss per minute and its standard error, `(n,)`; nan with under thirty worlds."""
    loss, minutes, loss2, cross, minutes2, count, count2 = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        value = loss / minutes
        spread = loss2 - 2 * value * cross + value**2 * minutes2
        error = np.sqrt(np.maximum(spread, 0.0)) / minutes
        enough = count**2 / count2 >= FEWEST_WORLDS
    return value, np.where(enough, error, np.nan)


def _sample(
    prepared: Prepared, drawn: DrawnBlock, priced: Priced, block: Block, keep: int
) -> Ledger:
    """Return the first incidents: as drawn, what failover and shield leave, and what they cost."""
    if not keep:
        return Ledger({})
    first = slice(0, keep)
    incidents = priced.outages.take(np.arange(len(priced.loss_usd))[first])
    world = block.world_of_year[incidents.year]
    shaped = shield(fail_over(incidents, drawn.values, world), drawn.values, world)
    over = shaped.duration_h[0]
    return Ledger(
        {
            "year": incidents.year + 1,
            "cause": np.array(prepared.causes, dtype=object)[incidents.cause],
            "start_h": incidents.start_h,
            "duration_h": incidents.duration_h,
            **{name: getattr(incidents, name) for name in _LOSSES},
            "failover_after_h": np.where(over < incidents.duration_h, over, np.nan),
            **{f"{name}_effective": _over_time(shaped, name, incidents) for name in _LOSSES},
            "response_usd": priced.response_usd[first].copy(),
            "loss_usd": priced.loss_usd[first].copy(),
            "net_loss_usd": priced.net_loss_usd[first].copy(),
        }
    )


def _over_time(shaped: PhasedIncidents, name: str, incidents: Incidents) -> Array:
    """Return the mean loss in effect over each incident's hours as drawn, `(n,)`."""
    summed = (getattr(shaped, name) * shaped.duration_h).sum(axis=0)
    return np.asarray(summed / incidents.duration_h)
