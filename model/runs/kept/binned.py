"""Annual figures known by their bins: quantiles, shares and tail means with the usual errors.

Within a bin, years are taken to be spread evenly around their mean as widely as they are: where
all are alike that is exact, and nothing can be wrong by more than the bin is wide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.arrays import Array
from model.runs.kept.bins import Table, bin_of, near_end, width
from model.runs.quantiles import Ordered, rank_of
from model.runs.standard_errors import (
    FEWEST_WORLDS,
    Estimate,
    Influence,
    around,
    of_influence,
    proportion,
)

_EVEN = math.sqrt(12.0)
"""Length of an even spread over its standard deviation."""
_ALIKE = 1e-6
"""Years of a bin that are spread over less of its width are alike."""
COUNT, SQUARE, CUBE, FIRST = range(4)
"""Rows of a table of steps: years, their squares and cubes by world, then the first quantity."""


@dataclass(frozen=True, eq=False)
class Spread:
    """Annual figures by bin, in order."""

    values: Table
    """Years, the sums of their places in the bin, and of the squares of those."""
    least: float
    most: float

    @cached_property
    def _spread(self) -> tuple[Array, Array]:
        """Mean and length of the spread of each bin, `(b,)`."""
        count, place, square = self.values.rows
        mean = place / count
        sd = np.sqrt(np.maximum(square / count - mean**2, 0.0))
        bins, wide = self.values.bins, width(self.values.bins)
        middle = np.sign(bins) * (near_end(bins) + wide * mean)
        return middle, np.where(sd < _ALIKE, 0.0, wide * sd * _EVEN)

    def bin(self, rank: int) -> int:
        """Return the place among the bins of the value with so many before it."""
        return int(np.searchsorted(self._to, rank, side="right"))

    @cached_property
    def _to(self) -> Array:
        return np.cumsum(self.values.rows[0])

    def alike(self, k: int) -> bool:
        """Tell whether all years of a bin are of one value."""
        return bool(self._spread[1][k] == 0.0)

    def at(self, rank: int) -> float:
        """Return the value with so many before it, to the width of its bin."""
        k = self.bin(rank)
        middle, length = (float(of[k]) for of in self._spread)
        count = float(self.values.rows[0, k])
        along = (rank - (self._to[k] - count) + 0.5) / count - 0.5
        return self._within(k, middle + length * along)

    def _within(self, k: int, value: float) -> float:
        """Return a value moved into its bin and between the extremes."""
        bins = self.values.bins[k : k + 1]
        near, wide = float(near_end(bins)[0]), float(width(bins)[0])
        low, high = (near, near + wide) if bins[0] >= 0 else (-near - wide, -near)
        return float(min(max(value, low, self.least), high, self.most))

    def _part_above(self, k: int, value: float) -> float:
        """Return which share of the years of a bin lies above a value in it."""
        middle, length = (float(of[k]) for of in self._spread)
        if length == 0.0:
            return float(middle > value)
        return min(max(0.5 + (middle - value) / length, 0.0), 1.0)


@dataclass(frozen=True, eq=False)
class Binned(Spread, Ordered):
    """Annual figures by bin, with what their errors need of every world."""

    steps: Table
    """Of the same bins: `ranked.steps`."""
    years: int
    worlds: int

    def _over(self, value: float, k: int) -> tuple[float, float]:
        """Return the years above a value in bin k, and the sum of their squares by world."""
        part = self._part_above(k, value)
        higher, mine = self.steps.above[:CUBE, k + 1], self.steps.above[:CUBE, k]
        count, squares = higher + part * (mine - higher)
        return float(count), float(squares)

    def effect(self, rank: int) -> float:
        """Return the design effect of the share of years above it."""
        count, squares = self._over(self.at(rank), self.bin(rank))
        p, error = count / self.years, self._error(count, squares)
        spread = p * (1.0 - p)
        return max(1.0, error**2 * self.years / spread) if spread > 0.0 else 1.0

    def _error(self, count: float, squares: float) -> float:
        """Return the clustered error of a share from its years and their squares by world."""
        if self.worlds < 2:
            return math.nan
        m, worlds = self.years / self.worlds, self.worlds
        spread = max(squares - count**2 / worlds, 0.0) / (worlds - 1)
        return math.sqrt(spread / worlds) / m

    def _rest(self, count: float, squares: float) -> tuple[float, float]:
        """Return the years that are not counted, and the sum of their squares by world."""
        m = self.years / self.worlds
        return self.years - count, self.years * m - 2.0 * m * count + squares

    def behind(self, rank: int) -> float:
        """Return the effective worlds among the years at or beyond it, on the rarer side."""
        k = self.bin(rank)
        value = self.at(rank)
        above = self._over(value, k)
        if self.alike(k):
            at_least = (float(self.steps.above[COUNT, k]), float(self.steps.above[SQUARE, k]))
        else:
            at_least = above
        return min(effective(*at_least), effective(*self._rest(*above)))

    def share_over(self, value: float) -> Estimate:
        """Return P(figure > value), known to the years of one bin."""
        count, squares = self._count_over(value)
        p, error = count / self.years, self._error(count, squares)
        if self.worlds == self.years or p in (0.0, 1.0):
            return proportion(p, error, trials=self.worlds, behind=self.worlds)
        rarer = (count, squares) if p <= 0.5 else self._rest(count, squares)
        return proportion(p, error, trials=self.years, behind=effective(*rarer))

    def _count_over(self, value: float) -> tuple[float, float]:
        mine = int(bin_of(np.array([value]))[0])
        k = int(np.searchsorted(self.values.bins, mine))
        if k < len(self.values.bins) and self.values.bins[k] == mine:
            return self._over(value, k)
        return float(self.steps.above[COUNT, k]), float(self.steps.above[SQUARE, k])

    def tail_mean(self, p: float) -> Estimate:
        """Return TVaR = VaR + E[(X − VaR)⁺]/(1 − p), its error by the influence of each world."""
        rank = rank_of(p, self.years)
        var, k = self.at(rank), self.bin(rank)
        above = self.steps.above[:, k + 1]
        j, j2, j3, q, jq, q2, j2q, jq2, q3 = (float(x) for x in above[: FIRST + 6])
        near = self._excess_within(k, var)
        value = var + (q - var * j + near) / self.years / (1 - p)
        if self.most == self.least and self.worlds >= FEWEST_WORLDS:
            return around(value, 0.0)
        first = q - var * j
        second = q2 - 2.0 * var * jq + var**2 * j2
        third = q3 - 3.0 * var * jq2 + 3.0 * var**2 * j2q - var**3 * j3
        per_world = self.years / self.worlds * (1 - p)
        spread = central(self.worlds, first, second, third, per_world)
        return of_influence(value, spread, effective(*self._over(var, k)))

    def _excess_within(self, k: int, value: float) -> float:
        """Return the sum of what years of bin k lie above a value in it."""
        middle, length = (float(of[k]) for of in self._spread)
        most = middle + length / 2.0
        if length == 0.0 or most <= value:
            return 0.0
        part = self._part_above(k, value)
        return float(self.values.rows[0, k]) * part * (most - value) / 2.0


def central(worlds: int, first: float, second: float, third: float, unit: float) -> Influence:
    """Return central moments of influences from sums of their powers, over a unit."""
    mean, square, cube = (s / worlds for s in (first, second, third))
    variance = max(square - mean**2, 0.0)
    return Influence(
        worlds, variance / unit**2, (cube - 3.0 * mean * square + 2.0 * mean**3) / unit**3
    )


def effective(count: float, squares: float) -> float:
    """Return the effective number of worlds among years, from their squares by world."""
    return count**2 / squares if squares > 0.0 else 0.0
