"""What we do not know: the range over worlds of a world's own average, quantile or chance.

A world is one draw of what is not known; in it the next year is luck alone. A range holds what 90 %
of the worlds would say, and neither more years nor more luck make it narrower (MODEL §5).

>>> import numpy as np
>>> many = np.repeat([[1.0], [2.0], [3.0]], 50, axis=1)  # three worlds without luck
>>> Ranges(many, np.zeros(3)).mean()
Range(low=1.0, high=3.0)
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Mask
from model.chain.per_year import COLUMNS, price
from model.incidents.draw import draw_block
from model.runs.blocks import plan
from model.runs.parallel import in_order
from model.runs.result import Result
from model.runs.simulate import Task, check_seed
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare

ENDS = (0.05, 0.95)
WORLDS, YEARS = 500, 200
"""Worlds and years in each of the run behind the ranges (MODEL §5)."""
_POINTS = 400


class Range(NamedTuple):
    """The 5th and the 95th percentile over worlds."""

    low: float
    high: float


class Curve(NamedTuple):
    """A loss exceedance curve with its band over worlds, each `(points,)`."""

    loss_usd: Array
    chance: Array
    """P(loss > `loss_usd`) over all worlds and years."""
    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Ranges:
    """The years of many worlds, and what they say about each figure.

    Each world's own figure is that of its few years; it is drawn towards the mean of all worlds so
    far that the variance left is the one between worlds.
    """

    loss_usd: Array
    """Annual losses, `(worlds, years)`."""
    calm: Array
    """Share of a world's years without an incident, `(worlds,)`."""

    @classmethod
    def of(cls, result: Result) -> Ranges:
        """Return the ranges that a run supports; ValueError with fewer than two worlds or years."""
        years = result.years // result.worlds
        if years < 2 or result.worlds < 2:
            raise ValueError("worlds: at least 2 worlds with at least 2 years each are needed")
        shape = (result.worlds, years)
        calm = (result["incidents"] == 0).reshape(shape).mean(axis=1)
        # A copy, as a view would keep all columns of the run in memory.
        return cls(result["loss_usd"].reshape(shape).copy(), calm)

    def mean(self) -> Range:
        """Return the range of a world's expected annual loss, USD."""
        years = self.loss_usd.shape[1]
        means = self.loss_usd.mean(axis=1)
        luck = self.loss_usd.var(axis=1, ddof=1).mean() / years
        return _range(_ends(_drawn(means, luck)))

    def chance_over(self, tolerance_usd: float) -> Range:
        """Return the range of a world's chance of a year that loses more."""
        return _range(self._chances((self.loss_usd > tolerance_usd).mean(axis=1)))

    def no_incident(self) -> Range:
        """Return the range of a world's chance of a year without an incident."""
        return _range(self._chances(self.calm))

    def quantile(self, p: float) -> Range:
        """Return the range of a world's p-quantile of the annual loss, USD.

        A quantile lies above x exactly if the chance of losing more than x is above 1 − p, so the
        ends are where the band of the curve crosses that chance; unknown (NaN) where a world's few
        years do not reach so far.
        """
        if 1.0 - p < 0.999 / self.loss_usd.shape[1]:
            return Range(float("nan"), float("nan"))
        curve = self.curve
        return Range(*(_crossing(curve.loss_usd, end, 1.0 - p) for end in (curve.low, curve.high)))

    @cached_property
    def curve(self) -> Curve:
        """The curve over all worlds with its band, the most frequent losses first."""
        losses = np.sort(self.loss_usd, axis=None)
        chance = np.geomspace(0.999, 1.0 / len(losses), _POINTS)
        rank = np.minimum((1.0 - chance) * len(losses), len(losses) - 1)
        at = np.unique(np.append(losses[rank.astype(int)], losses[-1]))
        low, high = self.band(at)
        pooled = 1.0 - np.searchsorted(losses, at, side="right") / len(losses)
        return Curve(at, pooled, low, high)

    def seen(self, points: int) -> Curve:
        """Return so many points of the curve, down to what is seen in a single world."""
        curve, rarest = self.curve, 1.0 / self.loss_usd.shape[1]
        at = np.flatnonzero(curve.chance >= rarest * 0.999)
        at = at[np.unique(np.linspace(0, len(at) - 1, points).astype(int))] if len(at) else at
        return Curve(*(column[at] for column in curve))

    def band(self, loss_usd: Array) -> tuple[Array, Array]:
        """Return the ends of a world's chance of losing more than each loss, `(points,)` each.

        The losses are in ascending order.
        """
        worlds, years = self.loss_usd.shape
        # Of how many points a year's loss is above, counted by world; then of how many years.
        above = np.searchsorted(loss_usd, self.loss_usd.ravel())
        cell = np.repeat(np.arange(worlds), years) * (len(loss_usd) + 1) + above
        count = np.bincount(cell, minlength=worlds * (len(loss_usd) + 1)).reshape(worlds, -1)
        more = np.cumsum(count[:, :0:-1], axis=1)[:, ::-1]
        return self._chances(np.ascontiguousarray(more.T / years))

    def _chances(self, frequency: Array) -> tuple[Array, Array]:
        """Return the ends of chances from their frequencies in each world, `(…, worlds)`."""
        years = self.loss_usd.shape[1]
        luck = (frequency * (1.0 - frequency)).mean(axis=-1) / (years - 1)
        return _ends(np.clip(_drawn(frequency, luck), 0.0, 1.0))


def ranges(
    scenario: Scenario,
    *,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Ranges:
    """Run `WORLDS` × `YEARS` of a scenario and return the ranges over its worlds."""
    check_seed(seed)
    cut, ready = plan(scenario, WORLDS * YEARS, WORLDS), prepare(scenario)
    loss_usd, calm = np.empty(cut.years), np.empty(cut.years, dtype=np.bool_)
    tasks = [(ready, cut, seed, index) for index in range(len(cut))]
    with closing(in_order(_of_block, tasks, executor)) as outputs:
        for done, (first, losses, without) in enumerate(outputs, start=1):
            its = slice(first, first + len(losses))
            loss_usd[its], calm[its] = losses, without
            if on_block is not None:
                on_block(done, len(tasks))
    shape = (WORLDS, YEARS)
    return Ranges(loss_usd.reshape(shape), calm.reshape(shape).mean(axis=1))


def _of_block(task: Task) -> tuple[int, Array, Mask]:
    """Return the first year of a block, its losses, and which years are without an incident.

    A whole run would keep forty columns besides, and tallies.
    """
    prepared, cut, seed, index = task
    block, key, first_year, _ = cut.block(index, seed)
    priced = price(prepared, draw_block(prepared, block, world_block=key), block)
    found = dict(zip(COLUMNS, priced.columns, strict=True))
    # A copy, as a view would keep all columns of the block in memory.
    return first_year, found["loss_usd"].copy(), found["incidents"] == 0


def _drawn(figures: Array, luck: Array) -> Array:
    """Draw each world's figure towards their mean until only the variance between worlds is left.

    `luck` is the variance that a world's own figure has from its few years. The last axis of the
    figures is worlds.
    """
    mean, seen = figures.mean(axis=-1), figures.var(axis=-1, ddof=1)
    left = 1.0 - np.divide(luck, seen, out=np.ones_like(seen), where=seen > 0)
    kept = np.sqrt(np.maximum(left, 0.0))[..., None]
    return np.asarray(mean[..., None] + (figures - mean[..., None]) * kept)


def _ends(figures: Array) -> tuple[Array, Array]:
    """Return both ends of figures whose last axis is worlds."""
    low, high = np.quantile(figures, ENDS, axis=-1, method="inverted_cdf")
    return low, high


def _range(ends: tuple[Array, Array]) -> Range:
    return Range(*map(float, ends))


def _crossing(loss_usd: Array, chance: Array, level: float) -> float:
    """Return the smallest loss whose chance is no more than a level; that of the largest is 0."""
    return float(loss_usd[int((chance <= level).argmax())])
