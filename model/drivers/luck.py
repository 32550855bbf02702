"""Luck or ignorance: the share of variance between worlds, and the band of the loss curve."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from model.arrays import Array
from model.drivers.ranges import Ranges, ranges
from model.runs.simulate import simulate
from model.runs.standard_errors import (
    FEWEST_WORLDS,
    Estimate,
    skewed,
    without_interval,
)
from model.scenario.scenario import Scenario

SHARE = (10_000, 5)
"""Worlds and years in each, at least, of the run behind the share (MODEL §5).

Its error is 0.010 in them and 0.040 in the worlds and years of the band.
"""
_POINTS = 80


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


def ignorance(band: Ranges, many: Ranges | None = None) -> Ignorance:
    """Separate luck from ignorance in years of many worlds (MODEL §5).

    [Var(world means) − mean within-variance/n]/total. `band` has the curve; `many` is what the
    share and both variances are from (default: `band`): many worlds tell those best, many years in
    each the band.
    """
    of_many = (many or band).loss_usd
    means, variances = of_many.mean(axis=1), of_many.var(axis=1, ddof=1)
    parts = (means.mean(), (means**2).mean(), variances.mean())
    between, within = _split(parts, of_many.shape)
    curve = band.seen(_POINTS)
    return Ignorance(
        share=_share_between(means, variances, of_many.shape),
        between_usd2=float(between),
        within_usd2=float(within),
        chance=curve.chance,
        loss_usd=curve.loss_usd,
        low=curve.low,
        high=curve.high,
    )


def luck_or_ignorance(
    scenario: Scenario,
    *,
    band: Ranges | None = None,
    years: int = 0,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Ignorance:
    """Run what `ignorance` needs; `band` if it is there, more worlds for the share on request."""
    worlds, each = SHARE
    worlds = max(worlds, years // each)

    def told(half: int) -> Callable[[int, int], None] | None:
        return None if on_block is None else partial(_half, on_block, half)

    if band is None:
        band = ranges(scenario, seed=seed, executor=executor, on_block=told(0))
    many = simulate(
        scenario,
        years=worlds * each,
        worlds=worlds,
        seed=seed,
        executor=executor,
        on_block=told(1),
    )
    return ignorance(band, Ranges.of(many))


def _half(tell: Callable[[int, int], None], half: int, done: int, total: int) -> None:
    tell(half * total + done, 2 * total)


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
