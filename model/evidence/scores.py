"""How well forecasts did: where the truth fell, and how far off (MODEL §6, back-tests).

>>> sample = np.array([0, 1, 1, 2])
>>> mid_pit(sample, 1), round(crps(sample, 1.0), 4)
(0.5, 0.125)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array


@dataclass(frozen=True)
class Verdict:
    """A forecast's central 90 % and whether the truth is inside."""

    low: float
    median: float
    high: float
    chance: float
    """What the interval really holds: for counts more than 90 %."""
    inside: bool
    percentile: float
    """Mid-PIT: the chance of less, and half that of the same."""


def mid_pit(sample: ArrayLike, truth: float) -> float:
    """Return P(X < truth) + ½·P(X = truth) by a sample `(n,)`; plain PIT without ties."""
    less, same = _below(sample, truth)
    return less + same / 2


def randomised_pit(sample: ArrayLike, truth: float, rng: np.random.Generator) -> float:
    """Return P(X < truth) + U·P(X = truth): uniform over many right forecasts, of counts too."""
    less, same = _below(sample, truth)
    return less + same * float(rng.random())


def _below(sample: ArrayLike, truth: float) -> tuple[float, float]:
    x = np.asarray(sample, dtype=float)
    return float(np.mean(x < truth)), float(np.mean(x == truth))


def crps(sample: ArrayLike, truth: float) -> float:
    """Return E|X − truth| − ½·E|X − X′| of a sample `(n,)`, in the truth's unit; less is better."""
    x = np.sort(np.asarray(sample, dtype=float))
    n = len(x)
    rank = 2.0 * np.arange(n) - n + 1.0
    return float(np.mean(np.abs(x - truth)) - rank @ x / n**2)


def verdict(sample: ArrayLike, truth: float) -> Verdict:
    """Say where the truth lies in a forecast, by left quantiles at 5 % and 95 %."""
    x = np.asarray(sample, dtype=float)
    low, median, high = np.quantile(x, [0.05, 0.5, 0.95], method="inverted_cdf").tolist()
    chance = float(np.mean((x >= low) & (x <= high)))
    return Verdict(
        low=low,
        median=median,
        high=high,
        chance=chance,
        inside=low <= truth <= high,
        percentile=mid_pit(x, truth),
    )


def uniformity(pits: Array) -> float:
    """Return how often uniform numbers lie worse (Kolmogorov and Smirnov's p)."""
    from scipy import stats

    return float(stats.kstest(pits, "uniform").pvalue)
