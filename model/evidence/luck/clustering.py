"""Bad luck or a design problem: how often chance alone crowds incidents (MODEL §6).

The scan statistic: at least k incidents within some window of w hours, anywhere in the exposure.

>>> year, window = 1.0, 37 / 365
>>> round(float(chance_of_two(np.array([2.2]), window / year)[0]), 3)
0.3
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from model.arrays import Array
from model.evidence.luck.timeline import Logs, Null, Timeline

LOGS = 100_000
_CELLS = 2_000_000
"""Simulated incidents looked at at once."""
_MOST_ANCESTORS = 400


@dataclass(frozen=True)
class Chance:
    """A probability and its Monte Carlo standard error (0 if exact)."""

    value: float
    standard_error: float


def chance_of_two(mean: Array, share: float) -> Array:
    """Return the chance of two incidents within a `share` of the exposure, exactly, `(n,)`.

    `mean` expected incidents at a constant rate:
    1 − Σₙ Poisson(n; mean)·max(0, 1 − (n − 1)·share)ⁿ.
    """
    if not share > 0:
        raise ValueError(f"window {share:g} of the exposure; allowed: above 0")
    mean = np.asarray(mean, dtype=float)
    most = min(float(mean.max(initial=0.0)), 1e7)
    last = min(math.ceil(1 / share), math.ceil(most + 12 * math.sqrt(most) + 30))
    chance = special.pdtrc(last, np.minimum(mean, 1e300))
    for n in range(2, last + 1):
        log_poisson = special.xlogy(n, mean) - mean - math.lgamma(n + 1)
        room = 1.0 - (n - 1) * share
        near = -math.expm1(n * math.log(room)) if room > 0 else 1.0
        chance += np.exp(log_poisson) * near
    return np.asarray(np.minimum(chance, 1.0))


def chance_of_cluster(
    k: int, window_h: float, null: Null, rng: np.random.Generator, logs: int = LOGS
) -> Chance:
    """Return the chance of at least `k` incidents within some window, averaged over the null.

    Exact for two at a constant rate without repeats, else by simulation.
    """
    if k < 2:
        raise ValueError(f"a cluster of {k}; allowed: 2 or more")
    plain = len(null.timeline.hours) == 2 and not np.any(null.repeat_ratio > 0)
    if plain and k == 2:
        share = window_h / null.timeline.length_h
        return Chance(float(chance_of_two(null.mean, share).mean()), 0.0)
    size = int(np.clip(_CELLS / max(float(null.mean.mean()), 1.0), 1, logs))
    blocks = [min(size, logs - first) for first in range(0, logs, size)]
    crowded = [_crowded(null.simulate(n, rng), k, window_h, n).sum() for n in blocks]
    value = float(sum(crowded)) / logs
    return Chance(value, math.sqrt(max(value * (1 - value), 1 / logs) / logs))


def _crowded(drawn: Logs, k: int, window_h: float, logs: int) -> Array:
    """Return 1 for logs with `k` incidents within a window, else 0, `(logs,)`."""
    log, start = drawn
    near = (log[k - 1 :] == log[: len(log) - k + 1]) & (
        start[k - 1 :] - start[: len(log) - k + 1] <= window_h
    )
    crowded = np.zeros(logs)
    crowded[log[: len(near)][near]] = 1.0
    return crowded


def most_within(start_h: Array, window_h: float) -> int:
    """Return the largest number of incidents whose starts lie within some window.

    >>> most_within(np.array([0.0, 5.0, 9.0, 30.0]), 9.0)
    3
    """
    start = np.sort(start_h)
    return int(np.max(np.searchsorted(start, start + window_h, "right") - np.arange(len(start))))


def shortest_window(start_h: Array, k: int) -> float:
    """Return the shortest time in hours that holds the starts of `k` incidents."""
    start = np.sort(start_h)
    return float(np.min(start[k - 1 :] - start[: len(start) - k + 1], initial=math.inf))


@dataclass(frozen=True, eq=False)
class ChanceTable:
    """The chance of a cluster as a function of expected ancestors and repeat ratio.

    For a likelihood that has to forget why somebody looked (`rates.Selection`). The chance of no
    cluster is simulated for each number of ancestors; the mean only weighs these, so the function
    is smooth and as exact for rare clusters as for sure ones.
    """

    ratio: Array
    none: Array
    """Chance of no cluster by ratio and number of ancestors, `(ratios, numbers)`."""

    @classmethod
    def of(
        cls,
        k: int,
        window_h: float,
        timeline: Timeline,
        lag_h: float,
        rng: np.random.Generator,
        logs: int = 5_000,
    ) -> ChanceTable:
        """Simulate the table for repeat ratios up to 0.9 and at most 400 ancestors."""
        ratios = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9])
        none = np.zeros((len(ratios), _MOST_ANCESTORS + 1))
        for row, ratio in enumerate(ratios):
            null = Null.of(timeline, 1.0, ratio, lag_h)
            for number in range(_MOST_ANCESTORS + 1):
                count = max(min(logs, int(50 * logs * (1 - ratio) / max(number, 1))), 500)
                drawn = null.simulate_number(number, count, rng)
                none[row, number] = 1.0 - _crowded(drawn, k, window_h, count).mean()
                if none[row, number] < 1e-3:
                    break
        return cls(ratios, none)

    def __call__(self, mean: Array, ratio: Array) -> Array:
        """Return the chance for `(draws,)` of both, linear between the ratios."""
        row = np.interp(ratio, self.ratio, np.arange(len(self.ratio)))
        low = np.minimum(row.astype(int), len(self.ratio) - 2)
        part = row - low
        last = int(np.flatnonzero(self.none.any(axis=0))[-1])
        chance = special.pdtrc(last, mean)
        for number in range(1, last + 1):
            some = 1.0 - self.none[:, number]
            log_poisson = special.xlogy(number, mean) - mean - math.lgamma(number + 1)
            chance += np.exp(log_poisson) * ((1 - part) * some[low] + part * some[low + 1])
        return np.asarray(np.minimum(chance, 1.0))
