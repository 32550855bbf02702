"""Quantiles, tail means and the exceedance curve of annual figures, with their errors.

Quantiles are left quantiles (`inverted_cdf`); their intervals are distribution-free order
statistics (MODEL §5).

>>> Sample(np.arange(1.0, 1001.0), worlds=1000).quantile(0.9)
Estimate(value=900.0, standard_error=9.69..., low=882.0, high=920.0, reason='')
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np

from model.arrays import Array
from model.runs.standard_errors import (
    FEWEST_WORLDS,
    Z95,
    Estimate,
    around,
    design_effect,
    skewed,
    student,
    without_interval,
    world_means,
    worlds_behind,
)

FEWEST_EXCEEDANCES = 20
"""A return period with fewer expected exceedances is not told (MODEL §5)."""
RETURN_PERIODS = (2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


class Ordered(ABC):
    """Annual figures in order, for quantiles: all of them, or summed up in bins."""

    years: int
    worlds: int

    @abstractmethod
    def at(self, rank: int) -> float:
        """Return the value with so many before it."""

    @abstractmethod
    def behind(self, rank: int) -> float:
        """Return the effective worlds among the years at or beyond it, on the rarer side."""

    @abstractmethod
    def effect(self, rank: int) -> float:
        """Return the design effect of the share of years above it, for worlds of many years."""

    @abstractmethod
    def tail_mean(self, p: float) -> Estimate:
        """Return TVaR = VaR + E[(X − VaR)⁺]/(1 − p), its error by the influence of each world.

        It rests on the years beyond VaR.
        """

    def quantile(self, p: float) -> Estimate:
        """Return the left quantile at `p` with a distribution-free 95 % interval.

        It rests on the years at or beyond it, on the side where they are fewer. The standard error
        is the interval's half-width over Student's.
        """
        n, rank = self.years, rank_of(p, self.years)
        value, behind = self.at(rank), self.behind(rank)
        if behind < FEWEST_WORLDS:
            return without_interval(value, behind)
        alone = self.worlds == n
        effect = 1.0 if alone else self.effect(rank)
        reach = Z95 if alone else student(behind)
        half = reach * math.sqrt(p * (1 - p) * effect / n)
        above = rank_of(p + half, n) + 1
        if p <= half or above >= n:
            return without_interval(value, FEWEST_WORLDS - 1)
        low, high = self.at(rank_of(p - half, n)), self.at(above)
        return Estimate(value, (high - low) / (2 * reach), low, high)


class Sample(Ordered):
    """A sorted sample of annual figures, for quantiles and tail means."""

    def __init__(self, x: Array, worlds: int) -> None:
        self.x, self.worlds, self.years = x, worlds, len(x)
        self.sorted = np.sort(x)

    def at(self, rank: int) -> float:
        """Return the value with so many before it."""
        return float(self.sorted[rank])

    def effect(self, rank: int) -> float:
        """Return the design effect of the share of years above it."""
        return design_effect((self.x > self.sorted[rank]).astype(np.float64), self.worlds)

    def behind(self, rank: int) -> float:
        """Return the effective worlds among the years at or beyond it, on the rarer side."""
        value = self.sorted[rank]
        if self.worlds < len(self.x):
            sides = (self.x >= value, self.x <= value)
            return min(worlds_behind(side, self.worlds) for side in sides)
        first, last = (
            np.searchsorted(self.sorted, value),
            np.searchsorted(self.sorted, value, side="right"),
        )
        return float(min(len(self.x) - first, last))

    def tail_mean(self, p: float) -> Estimate:
        """Return TVaR with its error; it rests on the years beyond VaR."""
        n = len(self.sorted)
        var = float(self.sorted[rank_of(p, n)])
        excess = np.maximum(self.x - var, 0.0)
        value = var + float(excess.mean()) / (1 - p)
        if self.sorted[-1] == self.sorted[0] and self.worlds >= FEWEST_WORLDS:
            return around(value, 0.0)
        behind = worlds_behind(excess > 0.0, self.worlds)
        return skewed(value, world_means(excess, self.worlds) / (1 - p), behind)


def exceedance_curve(sample: Ordered, points: int) -> dict[str, Array]:
    """Return the loss exceedance curve thinned to `points`, with its 95 % band.

    Keys `chance` (of a year losing more), `loss_usd`, `low_usd`, `high_usd`, `(points,)`; the
    chances are spaced evenly on a log scale down to what the sample supports, but for the nearest
    to each of `RETURN_PERIODS`, which is exact: a curve and a table say the same of it.
    """
    years = sample.years
    least = max(FEWEST_EXCEEDANCES / years, 1e-4)
    if least >= 0.999:
        least = 1.0 / years
    chance = np.geomspace(0.999, least, points)
    named = 1.0 / np.array([period for period in RETURN_PERIODS if least * period <= 1.0])
    chance[np.abs(np.log(chance / named[:, None])).argmin(axis=1)] = named
    rows = [sample.quantile(1.0 - float(c)) for c in chance]
    return {
        "chance": chance,
        "loss_usd": np.array([row.value for row in rows]),
        "low_usd": np.array([row.low for row in rows]),
        "high_usd": np.array([row.high for row in rows]),
    }


def rank_of(p: float, n: int) -> int:
    """Index of the left quantile: the smallest k with (k + 1)/n ≥ p."""
    return min(max(math.ceil(p * n - 1e-9) - 1, 0), n - 1)
