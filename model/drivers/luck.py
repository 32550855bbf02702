"""Luck or ignorance: the share of variance between worlds, and the band of the loss curve."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from model.arrays import Array
from model.runs.result import Result
from model.runs.simulate import simulate
from model.runs.standard_errors import (
    FEWEST_WORLDS,
    Estimate,
    skewed,
    without_interval,
)
from model.scenario.scenario import Scenario

ENDS = (0.05, 0.95)
BAND, SHARE = (500, 100), (10_000, 5)
"""Worlds and years in each, at least, of the runs behind the band and behind the share (MODEL §5).

The share's error is 0.010 in 10,000 × 5 years and 0.040 in 500 × 100.
"""


@dataclass(frozen=True, eq=False)
class Ignorance:
    """What part of the spread of annual losses is ignorance (between worlds), and what is luck."""

    share: Estimate
    """Share of the variance between worlds, its error by leaving out each world in turn."""
    between_usd2: float
    within_usd2: float
    chance: Array
    """P(loss > `loss_usd`) over all years, `(points,)`."""
    loss_usd: Array
    low: Array
    """5th percentile over worlds of that probability, `(points,)`."""
    high: Array
    """95th percentile over worlds of that probability, `(points,)`."""


def ignorance(result: Result, many: Result | None = None, points: int = 80) -> Ignorance:
    """Separate luck from ignorance in a run with several years per world (MODEL §5).

    [Var(world means) − mean within-variance/n]/total. The band is that of the worlds' own
    exceedance probabilities: each world's frequency over its n years, drawn towards the mean of all
    worlds so far that the variance left is the one between worlds. `many` is the run that the share
    and both variances are from (default: `result`): many worlds tell those best, many years in each
    the band. ValueError with fewer than two years per world or fewer than two worlds.
    """
    by_world, of_many = _by_world(result), _by_world(many or result)
    means, variances = of_many.mean(axis=1), of_many.var(axis=1, ddof=1)
    parts = (means.mean(), (means**2).mean(), variances.mean())
    between, within = _split(parts, of_many.shape)
    # A curve below one year in n is not seen in a single world.
    chance = np.geomspace(0.99, 1.0 / by_world.shape[1], points)
    loss = np.quantile(by_world.ravel(), 1.0 - chance, method="inverted_cdf")
    low, high = _band(by_world, loss)
    return Ignorance(
        _share_between(means, variances, of_many.shape),
        float(between),
        float(within),
        np.array([(by_world > x).mean() for x in loss]),
        loss,
        low,
        high,
    )


def luck_or_ignorance(
    scenario: Scenario,
    *,
    years: int = 0,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Ignorance:
    """Run what `ignorance` needs: `SHARE` and `BAND`, with more worlds if `years` allow."""
    runs = []
    sizes = [(max(worlds, years // each), each) for worlds, each in (BAND, SHARE)]
    for done, (worlds, each) in enumerate(sizes):
        told = None if on_block is None else partial(_half, on_block, done)
        runs.append(
            simulate(
                scenario,
                years=worlds * each,
                worlds=worlds,
                seed=seed,
                executor=executor,
                on_block=told,
            )
        )
    return ignorance(runs[0], runs[1])


def _half(tell: Callable[[int, int], None], half: int, done: int, total: int) -> None:
    tell(half * total + done, 2 * total)


def _by_world(result: Result) -> Array:
    years = result.years // result.worlds
    if years < 2 or result.worlds < 2:
        raise ValueError("worlds: at least 2 worlds with at least 2 years each are needed")
    return result["loss_usd"].reshape(result.worlds, years)


def _split(parts: tuple[Array, ...], shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Return variance between and within worlds from averages of their mean, mean², variance."""
    worlds, years = shape
    mean, square, variance = parts
    spread = (square - mean**2) * worlds / (worlds - 1)
    return np.maximum(spread - variance / years, 0.0), variance


def _share_between(means: Array, variances: Array, shape: tuple[int, ...]) -> Estimate:
    """Return the share between worlds, its ratio's bias and error from leaving out each world."""
    worlds, years = shape

    def share(parts: tuple[Array, ...], count: int) -> Array:
        between, within = _split(parts, (count, years))
        total = between + within
        return np.asarray(np.divide(between, total, out=np.zeros_like(total), where=total > 0))

    parts = (means, means**2, variances)
    value = float(share(tuple(np.asarray(p.mean()) for p in parts), worlds))
    if worlds < FEWEST_WORLDS:
        return without_interval(value, worlds)
    without = share(tuple((p.sum() - p) / (worlds - 1) for p in parts), worlds - 1)
    pseudo = worlds * value - (worlds - 1) * without
    found = skewed(float(pseudo.mean()), pseudo, worlds)
    value, low, high = (min(max(x, 0.0), 1.0) for x in (found.value, found.low, found.high))
    return Estimate(value, found.standard_error, low, high)


def _band(by_world: Array, loss: Array) -> tuple[Array, Array]:
    years = by_world.shape[1]
    frequency = np.stack([(by_world > x).mean(axis=1) for x in loss])
    mean = frequency.mean(axis=1, keepdims=True)
    seen = frequency.var(axis=1, ddof=1, keepdims=True)
    luck = (frequency * (1.0 - frequency)).mean(axis=1, keepdims=True) / (years - 1)
    kept = 1.0 - np.divide(luck, seen, out=np.ones_like(seen), where=seen > 0)
    drawn = mean + (frequency - mean) * np.sqrt(np.maximum(kept, 0.0))
    low, high = np.quantile(np.clip(drawn, 0.0, 1.0), ENDS, axis=1, method="inverted_cdf")
    return low, high
