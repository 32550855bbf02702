"""Differences of two annual losses simulated in the same worlds with the same luck.

Errors are those of the paired difference, clustered by world: far below those of two separate
runs. Tail means are differenced through their influence functions (Hong and Liu, Management
Science 55(2), 2009, give the same variance for a single tail mean).

>>> a = np.arange(40.0)
>>> difference(a + 1.0, a, worlds=40)
Estimate(value=1.0, standard_error=0.0, low=1.0, high=1.0, reason='')
"""

from __future__ import annotations

import math

import numpy as np

from model.arrays import Array
from model.runs import standard_errors
from model.runs.quantiles import Sample
from model.runs.standard_errors import (
    FEWEST_WORLDS,
    Estimate,
    around,
    proportion,
    skewed,
    without_interval,
    world_means,
    worlds_behind,
)

TAIL = 0.95
FEWEST_YEARS, FEWEST_PAYING_WORLDS = 20, 100
"""Below these a world's expected saving is too blurred to count worlds by it."""


def difference(a: Array, b: Array, *, worlds: int) -> Estimate:
    """Return mean(a) − mean(b) of paired years `(years,)`; it rests on those that differ."""
    return standard_errors.mean(a - b, worlds=worlds)


def tail_difference(a: Array, b: Array, *, worlds: int, p: float = TAIL) -> Estimate:
    """Return TVaR(a) − TVaR(b) of paired years `(years,)` at level `p`.

    It rests on the years beyond either VaR in which the two differ.
    """
    value = Sample(a, worlds).tail_mean(p).value - Sample(b, worlds).tail_mean(p).value
    return _of_influence(value, (_excess(a, p) - _excess(b, p)) / (1.0 - p), worlds)


def _of_influence(value: float, influence: Array, worlds: int) -> Estimate:
    behind = worlds_behind(influence != 0.0, worlds) if influence.any() else float(worlds)
    return skewed(value, world_means(influence, worlds), behind)


def _excess(x: Array, p: float) -> Array:
    """Return (x − VaR)⁺, whose mean makes up the error of a tail mean to first order."""
    var = np.quantile(x, p, method="inverted_cdf")
    return np.asarray(np.maximum(x - var, 0.0))


def quantile_difference(a: Array, b: Array, *, worlds: int, p: float = TAIL) -> Estimate:
    """Return the difference of the left quantiles at `p` of paired years.

    The error is that of the influence functions, with densities read off between quantiles half a
    root-n neighbourhood away. It rests on the years beyond either quantile.
    """
    value = [float(np.quantile(x, p, method="inverted_cdf")) for x in (a, b)]
    if np.array_equal(a, b):
        return _of_influence(0.0, np.zeros(len(a)), worlds)
    behind = worlds_behind((a > value[0]) | (b > value[1]), worlds)
    influence = _quantile_influence(a, p) - _quantile_influence(b, p)
    return skewed(value[0] - value[1], world_means(influence, worlds), behind)


def _quantile_influence(x: Array, p: float) -> Array:
    n = len(x)
    width = min(math.sqrt(p * (1 - p) / n) * 2.0, (1 - p) / 2, p / 2)
    low, at, high = np.quantile(x, [p - width, p, p + width], method="inverted_cdf")
    per_share = (high - low) / (2 * width)
    return np.asarray((x > at) * per_share)


def variance_reduction(a: Array, b: Array, *, worlds: int) -> float:
    """Return the variance of a difference of two separate runs over that of the paired one."""
    a, b = world_means(a, worlds), world_means(b, worlds)
    together = float((a - b).var())
    return (float(a.var()) + float(b.var())) / together if together else math.inf


def belief_spread(x: Array) -> Estimate:
    """Return the mean of one value per world, as interval the 5th and 95th percentile."""
    value = float(x.mean())
    if x.min() == x.max():
        return around(value, 0.0)
    if len(x) < FEWEST_WORLDS:
        return without_interval(value, len(x))
    low, high = np.quantile(x, [0.05, 0.95], method="inverted_cdf")
    return Estimate(value, float(x.std(ddof=1)) / math.sqrt(len(x)), float(low), float(high))


def _share_of(x: Array, behind: float, worlds: int) -> Estimate:
    """Return a share as the mean of values `(n,)` that are nearly zeros and ones."""
    means = world_means(x, worlds)
    value = min(max(float(means.mean()), 0.0), 1.0)
    error = float(means.std(ddof=1)) / math.sqrt(worlds) if worlds > 1 else math.nan
    return proportion(value, error, trials=worlds, behind=behind)
