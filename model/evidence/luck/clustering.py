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
    most = float(mean.max(initial=0.0))
    last = min(math.ceil(1 / share) + 1, math.ceil(most + 12 * math.sqrt(most) + 30))
    n = np.arange(2.0, last + 1)
    apart = n * np.log1p(-np.minimum((n - 1) * share, 1 - 1e-16))
    apart = np.where((n - 1) * share < 1, apart, -np.inf)
    log_poisson = special.xlogy(n, mean[..., None]) - mean[..., None] - special.gammaln(n + 1)
    none = np.exp(-mean) * (1 + mean) + np.exp(log_poisson + apart).sum(axis=-1)
    return np.asarray(np.clip(1.0 - none, 0.0, 1.0))


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
    value = float(_crowded(null.simulate(logs, rng), k, window_h, logs).mean())
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

    For a likelihood that has to forget why somebody looked (`rates.Selection`).
    """

    log_mean: Array
    ratio: Array
    log_chance: Array
    """`(means, ratios)`."""

    @classmethod
    def of(
        cls,
        k: int,
        window_h: float,
        timeline: Timeline,
        lag_h: float,
        rng: np.random.Generator,
        logs: int = 20_000,
    ) -> ChanceTable:
        """Simulate the table for 0.01 to 300 expected ancestors and ratios up to 0.9."""
        log_mean = np.linspace(math.log(0.01), math.log(300.0), 36)
        ratio = np.array([0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9])

        def simulated(mean: float, repeats: float) -> float:
            null = Null.of(timeline, mean, repeats, lag_h)
            count = int(min(max(logs, 200 / mean), 20 * logs, max(2e6 * (1 - repeats) / mean, 500)))
            hits = float(_crowded(null.simulate(count, rng), k, window_h, count).sum())
            return (hits + 0.5) / (count + 1.0)

        chance = [[simulated(mean, repeats) for repeats in ratio] for mean in np.exp(log_mean)]
        return cls(log_mean, ratio, np.log(np.array(chance)))

    def __call__(self, mean: Array, ratio: Array) -> Array:
        """Return the chance for `(draws,)` of both, linear in between on log scales."""
        i = np.interp(
            np.log(np.maximum(mean, 1e-300)), self.log_mean, np.arange(len(self.log_mean))
        )
        j = np.interp(ratio, self.ratio, np.arange(len(self.ratio)))
        a = np.minimum(i.astype(int), len(self.log_mean) - 2)
        b = np.minimum(j.astype(int), len(self.ratio) - 2)
        u, v, table = i - a, j - b, self.log_chance
        low = (1 - u) * table[a, b] + u * table[a + 1, b]
        high = (1 - u) * table[a, b + 1] + u * table[a + 1, b + 1]
        return np.asarray(np.exp((1 - v) * low + v * high))
