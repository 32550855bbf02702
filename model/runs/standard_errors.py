"""Estimates with their Monte Carlo error: means, shares, quantiles, tail means.

Simulated years of one world share what is not known, so errors are clustered by world: `worlds`
equal groups of consecutive years. Quantiles are left quantiles (`inverted_cdf`); their intervals
are distribution-free order statistics (MODEL §5).

>>> mean(np.array([1.0, 2.0, 3.0, 4.0]), worlds=4)
Estimate(value=2.5, standard_error=0.6454972243679028, low=1.2348..., high=3.7651...)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Mask

Z95 = 1.959963984540054
"""Half-width of a 95 % interval in standard errors."""
FEWEST_YEARS = 20
"""Fewer years show no error of a quantile or tail mean."""
FEWEST_EXCEEDANCES = 20
"""A return period with fewer expected exceedances is not told (MODEL §5)."""
RETURN_PERIODS = (2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


class Estimate(NamedTuple):
    """A figure with its Monte Carlo standard error and 95 % interval; nan where unknown."""

    value: float
    standard_error: float
    low: float
    high: float


def around(value: float, error: float) -> Estimate:
    """Return an estimate with a symmetric 95 % interval."""
    return Estimate(value, error, value - Z95 * error, value + Z95 * error)


def world_means(x: Array, worlds: int) -> Array:
    """Return the mean of each world's years, `(worlds,)`."""
    return x if len(x) == worlds else x.reshape(worlds, -1).mean(axis=1)


def _error(x: Array, worlds: int) -> float:
    """Standard error of the mean, clustered by world; nan for a single world."""
    if worlds < 2:
        return math.nan
    return float(world_means(x, worlds).std(ddof=1) / math.sqrt(worlds))


def mean(x: Array, *, worlds: int) -> Estimate:
    """Return the mean of `x` `(years,)` with its clustered standard error."""
    return around(float(x.mean()), _error(x, worlds))


def deviation(x: Array, *, worlds: int) -> Estimate:
    """Return the standard deviation of `x`, its error by the delta method."""
    centre = x - x.mean()
    variance = float((centre * centre).mean())
    if variance == 0.0:
        return around(0.0, 0.0 if worlds > 1 else math.nan)
    sd = math.sqrt(variance)
    return around(sd, _error(centre * centre, worlds) / (2 * sd))


def ratio(x: Array, y: Array, *, worlds: int) -> Estimate:
    """Return mean(x)/mean(y), its error by the delta method."""
    below = float(y.mean())
    value = float(x.mean()) / below
    return around(value, _error((x - value * y) / below, worlds))


def share(hit: Mask, *, worlds: int) -> Estimate:
    """Return the share of years that are hit, within 0 and 1 (Wilson's interval, clustered)."""
    p = float(hit.mean())
    years = len(hit)
    z2 = Z95**2 * design_effect(hit.astype(np.float64), worlds) / years
    centre = (p + z2 / 2) / (1 + z2)
    half = math.sqrt(z2 * p * (1 - p) + z2 * z2 / 4) / (1 + z2)
    return Estimate(p, _error(hit.astype(np.float64), worlds), centre - half, centre + half)


def design_effect(x: Array, worlds: int) -> float:
    """Return how much clustering inflates the variance of a mean, at least one."""
    years = len(x)
    spread = float(x.var())
    if worlds == years or worlds < 2 or spread == 0.0:
        return 1.0
    return max(1.0, _error(x, worlds) ** 2 * years / spread)


class Sample:
    """A sorted sample of annual figures, for quantiles and tail means."""

    def __init__(self, x: Array, worlds: int) -> None:
        self.x, self.worlds = x, worlds
        self.sorted = np.sort(x)

    def quantile(self, p: float) -> Estimate:
        """Return the left quantile at `p` with a distribution-free 95 % interval.

        The standard error is the interval's half-width over 1.96. Both are nan where the interval
        would reach beyond the sample, or in fewer than `FEWEST_YEARS` years.
        """
        n = len(self.sorted)
        value = float(self.sorted[_rank(p, n)])
        effect = (
            1.0
            if self.worlds == n
            else design_effect((self.x > value).astype(np.float64), self.worlds)
        )
        half = Z95 * math.sqrt(p * (1 - p) * effect / n)
        above = _rank(p + half, n) + 1
        if n < FEWEST_YEARS or p <= half or above >= n:
            return around(value, math.nan)
        low, high = float(self.sorted[_rank(p - half, n)]), float(self.sorted[above])
        return Estimate(value, (high - low) / (2 * Z95), low, high)

    def tail_mean(self, p: float) -> Estimate:
        """Return TVaR = VaR + E[(X − VaR)⁺]/(1 − p), its error clustered by world.

        The error is nan where no year lies beyond VaR, or in fewer than `FEWEST_YEARS` years.
        """
        n = len(self.sorted)
        at = _rank(p, n)
        var = float(self.sorted[at])
        excess = np.maximum(self.x - var, 0.0)
        value = var + float(excess.mean()) / (1 - p)
        known = n >= FEWEST_YEARS and at < n - 1
        return around(value, _error(excess, self.worlds) / (1 - p) if known else math.nan)


def exceedance_curve(sample: Sample, points: int) -> dict[str, Array]:
    """Return the loss exceedance curve thinned to `points`, with its 95 % band.

    Keys `chance` (of a year losing more), `loss_usd`, `low_usd`, `high_usd`, `(points,)`; the
    chances are spaced evenly on a log scale down to what the sample supports, but for the nearest
    to each of `RETURN_PERIODS`, which is exact: a curve and a table say the same of it.
    """
    years = len(sample.sorted)
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


def _rank(p: float, n: int) -> int:
    """Index of the left quantile: the smallest k with (k + 1)/n ≥ p."""
    return min(max(math.ceil(p * n - 1e-9) - 1, 0), n - 1)
