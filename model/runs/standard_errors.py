"""Estimates with their Monte Carlo error: means, shares, deviations.

Simulated years of one world share what is not known, so errors are clustered by world: `worlds`
equal groups of consecutive years. An interval rests on the worlds behind a figure: with fewer than
`FEWEST_WORLDS` effective ones there is none, and `Estimate.reason` says so (MODEL §5).

>>> mean(np.arange(40.0), worlds=40)
Estimate(value=19.5, standard_error=1.848..., low=15.75..., high=23.24..., reason='')
>>> mean(np.arange(40.0), worlds=4).reason
'no interval: it rests on 4 worlds, 30 are needed'
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import special

from model.arrays import Array, Mask

Z95 = 1.959963984540054
"""Half-width of a 95 % interval in standard errors."""
FEWEST_WORLDS = 30
"""With fewer effective worlds behind a figure no interval is told (MODEL §5)."""


class Estimate(NamedTuple):
    """A figure with its Monte Carlo standard error and 95 % interval; nan where unknown."""

    value: float
    standard_error: float
    low: float
    high: float
    reason: str = ""
    """Why there is no interval; empty if there is one."""


def around(value: float, error: float, reach: float = Z95) -> Estimate:
    """Return an estimate with a symmetric interval of `reach` standard errors to either side."""
    return Estimate(value, error, value - reach * error, value + reach * error)


def without_interval(value: float, worlds: float) -> Estimate:
    """Return an estimate that rests on too few worlds to say how sure it is."""
    count = f"{worlds:.0f} world{'' if round(worlds) == 1 else 's'}"
    reason = f"no interval: it rests on {count}, {FEWEST_WORLDS} are needed"
    return Estimate(
        value=value, standard_error=math.nan, low=math.nan, high=math.nan, reason=reason
    )


def resting_on(value: float, error: float, worlds: float) -> Estimate:
    """Return an estimate with a Student interval, or none on fewer than `FEWEST_WORLDS` worlds.

    `worlds` is the effective number behind the figure.
    """
    if worlds < FEWEST_WORLDS or math.isnan(error):
        return without_interval(value, min(worlds, FEWEST_WORLDS - 1))
    return around(value, error, student(worlds))


@lru_cache(maxsize=4096)
def student(worlds: float) -> float:
    """Return the half-width of a 95 % interval in standard errors found from so many worlds."""
    return float(special.stdtrit(worlds - 1.0, 0.975))


def effective_worlds(years_of_world: Array) -> float:
    """Return (Σc)²/Σc² of the years `c` `(worlds,)` that a figure rests on, world by world."""
    squares = _sum_of_products(years_of_world, years_of_world)
    return float(years_of_world.sum()) ** 2 / squares if squares else 0.0


def worlds_behind(years: Mask, worlds: int) -> float:
    """Return the effective number of worlds among some of the years `(years,)`."""
    if len(years) == worlds:
        return float(np.count_nonzero(years))
    return effective_worlds(np.count_nonzero(years.reshape(worlds, -1), axis=1).astype(float))


def world_means(x: Array, worlds: int) -> Array:
    """Return the mean of each world's years, `(worlds,)`."""
    return x if len(x) == worlds else x.reshape(worlds, -1).mean(axis=1)


def _error(x: Array, worlds: int) -> float:
    """Standard error of the mean, clustered by world; nan for a single world."""
    if worlds < 2:
        return math.nan
    return float(world_means(x, worlds).std(ddof=1) / math.sqrt(worlds))


def mean(x: Array, *, worlds: int) -> Estimate:
    """Return the mean of `x` `(years,)`, clustered; it rests on the years that are not zero."""
    behind = worlds_behind(x != 0.0, worlds) if x.any() else float(worlds)
    return skewed(float(x.mean()), world_means(x, worlds), behind)


def skewed(value: float, influence: Array, behind: float) -> Estimate:
    """Return an estimate whose error comes from influences `(worlds,)`, one per world.

    The interval is Student's with Hall's cubic correction for the skewness of the influences
    (Journal of the Royal Statistical Society B 54(1), 1992): a few extreme worlds make the error
    small where the estimate is low and large where it is high.
    """
    n = len(influence)
    centre = influence - influence.mean()
    second = _sum_of_products(centre, centre)
    third = _sum_of_products(centre, centre, centre)
    return of_influence(value, Influence(n, second / n, third / n), behind)


def _sum_of_products(*factors: Array) -> float:
    """Return the sum over worlds of the products of factors `(worlds,)`.

    A product of vectors in BLAS is dealt out to threads that wait for each other without pause: on
    a busy machine that took longer than the run.
    """
    return float(np.einsum(",".join("i" * len(factors)) + "->", *factors))


class Influence(NamedTuple):
    """What is known of the influences of worlds on a figure: central moments."""

    worlds: int
    variance: float
    third: float


def of_influence(value: float, spread: Influence, behind: float) -> Estimate:
    """Return the estimate of `skewed` from the moments of the influences."""
    n, variance, third = spread
    if behind < FEWEST_WORLDS or n < 2:
        return without_interval(value, min(behind, n))
    if variance <= 0.0:
        return around(value, 0.0)
    skewness = third / variance**1.5
    error = math.sqrt(variance / (n - 1))
    reach = student(behind)
    low, high = (_hall(t, skewness / math.sqrt(n)) for t in (reach, -reach))
    return Estimate(value, error, value - error * low, value - error * high)


def _hall(t: float, skewness: float) -> float:
    """Return Hall's g⁻¹(t) for a mean whose skewness over √n is given."""
    if abs(skewness) < 1e-9:
        return t
    inner = 1.0 + skewness * (t - skewness / 6.0)
    return 3.0 / skewness * (math.copysign(abs(inner) ** (1.0 / 3.0), inner) - 1.0)


def deviation(x: Array, *, worlds: int) -> Estimate:
    """Return the standard deviation of `x`, its error by the influence of each world on it.

    The influence of a year on the variance is its squared distance less the variance: the error
    grows with the kurtosis. The upper end is taken on the scale of logarithms, as the largest
    squares are those that a sample has not seen.
    """
    centre = x - x.mean()
    squares = centre * centre
    variance = float(squares.mean())
    found = skewed(variance, world_means(squares, worlds), float(worlds))
    return root(found, float(worlds))


def root(found: Estimate, worlds: float) -> Estimate:
    """Return the standard deviation whose square was found."""
    variance = found.value
    if variance == 0.0:
        return around(0.0, 0.0) if worlds >= FEWEST_WORLDS else without_interval(0.0, worlds)
    sd = math.sqrt(variance)
    if found.reason:
        return found._replace(value=sd)
    low = math.sqrt(max(found.low, 0.0))
    high = sd * math.exp((found.high / variance - 1.0) / 2.0)
    return Estimate(sd, found.standard_error / (2.0 * sd), low, high)


def ratio(x: Array, y: Array, *, worlds: int) -> Estimate:
    """Return mean(x)/mean(y), its error by the delta method."""
    below = float(y.mean())
    value = float(x.mean()) / below
    behind = worlds_behind(x != 0.0, worlds) if x.any() else float(worlds)
    return skewed(value, world_means((x - value * y) / below, worlds), behind)


def share(hit: Mask, *, worlds: int) -> Estimate:
    """Return the share of years that are hit, with the interval of `proportion`.

    With several years in a world it rests on the rarer of the years hit and not hit.
    """
    p, years = float(hit.mean()), len(hit)
    error = _error(hit.astype(np.float64), worlds)
    if worlds == years or p in (0.0, 1.0):
        return proportion(p, error, trials=worlds, behind=worlds)
    behind = worlds_behind(hit if p <= 0.5 else ~hit, worlds)
    return proportion(p, error, trials=years, behind=behind)


def proportion(p: float, error: float, *, trials: float, behind: float) -> Estimate:
    """Return a share with Clopper and Pearson's interval, adjusted for clustering.

    `trials` independent years at most; an error above theirs leaves as many as explain it, fewer
    by what Student's interval is wider (Korn and Graubard, Survey Methodology 24, 1998). Where
    nothing or everything is hit, callers count worlds: years of one world may all be alike.
    """
    if behind < FEWEST_WORLDS or math.isnan(error):
        return without_interval(p, min(behind, FEWEST_WORLDS - 1))
    worth = min(trials, p * (1.0 - p) / error**2 + 1.0) if error > 0.0 else trials
    # Student's interval is about errors that are estimated; those of independent years are not.
    counted = worth if worth == trials else worth * (Z95 / student(behind)) ** 2
    hits = p * counted
    low = float(special.betaincinv(hits, counted - hits + 1.0, 0.025)) if p > 0.0 else 0.0
    high = float(special.betaincinv(hits + 1.0, counted - hits, 0.975)) if p < 1.0 else 1.0
    return Estimate(p, error, low, high)


def design_effect(x: Array, worlds: int) -> float:
    """Return how much clustering inflates the variance of a mean, at least one."""
    years = len(x)
    spread = float(x.var())
    if worlds == years or worlds < 2 or spread == 0.0:
        return 1.0
    return max(1.0, _error(x, worlds) ** 2 * years / spread)
