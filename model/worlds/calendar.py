"""The year's clock: demand, uploads and ad price by the hour, and integrals over them.

Hours count from midnight of the start date by the wall clock of the scenario's zone and are
*elapsed* hours: hour of week and month are read off that clock, daylight saving included. All
profiles are constant within an hour. Tables run three years; later hours weigh one (MODEL §2,
"Profiles").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array, Index
from model.worlds.clock import YEAR_H, Clock, clock, profile

_WEEKS_52_H = 52 * 168
_ROOT = float(np.sqrt(0.6))
GAUSS = ((1 - _ROOT) / 2, 0.5, (1 + _ROOT) / 2)
"""Places of three Gauss nodes within a panel of length one."""


class Cumulative:
    """Repeated integrals of an hourly weight, so that smooth losses are integrated against it.

    Holds the deviation `g = weight − 1` and its first three antiderivatives at whole hours;
    between whole hours they are polynomials, so every reading is exact.
    """

    def __init__(self, weight: Array) -> None:
        g = np.append(weight - 1.0, 0.0)
        first = np.concatenate(([0.0], np.cumsum(g[:-1])))
        second = np.concatenate(([0.0], np.cumsum(first[:-1] + g[:-1] / 2)))
        third = np.concatenate(([0.0], np.cumsum(second[:-1] + first[:-1] / 2 + g[:-1] / 6)))
        self._columns = (g, first, second, third)

    def read(self, t: Array) -> tuple[Array, Array, Array]:
        """Return the first three antiderivatives of `weight − 1` at hours `t`, shape of `t`."""
        hour = np.minimum(t.astype(np.int32), len(self._columns[0]) - 1)
        g, first, second, third = (column.take(hour, mode="clip") for column in self._columns)
        x = t - hour
        g *= x
        half = 0.5 * x
        cubic = g * (1 / 3)
        cubic += first
        cubic *= half
        cubic += second
        cubic *= x
        third += cubic
        half *= g
        half += x * first
        second += half
        first += g
        return first, second, third

    def deviation(self, t: Array) -> Array:
        """Return ∫₀ᵗ (weight − 1), shape of `t`."""
        hour = np.minimum(t.astype(np.int32), len(self._columns[0]) - 1)
        out = t - hour
        out *= self._columns[0].take(hour, mode="clip")
        out += self._columns[1].take(hour, mode="clip")
        return np.asarray(out)

    def gauss(self, begin: Array, length: Array) -> Array:
        """Return weights `(3, n)` of the three Gauss nodes of panels, `(n,)` each.

        They integrate every quadratic against the calendar weight exactly.
        """
        first0, second0, third0 = self.read(begin)
        first1, second1, third1 = self.read(begin + length)
        # In short panels the higher moments are nothing but rounding: the weight is constant there.
        double = 2.0 / np.maximum(length, 1e-3)
        moment0 = first1 - first0
        moment1 = np.where(length > 1e-3, first1 + first0 - double * (second1 - second0), 0.0)
        moment2 = double * (third0 - third1) + second1 + second0
        moment2 = np.where(length > 0.5, moment0 - 3.0 * double * moment2, 0.0)
        whole = length + moment0
        moment1 *= 5 / 6 * _ROOT
        even = whole * (5 / 18) + moment2 * (5 / 9)
        return np.stack([even - moment1, whole * (8 / 18) - moment2 * (10 / 9), even + moment1])

    def between(self, start: Array, end: Array) -> Array:
        """Return ∫ weight dt from `start` to `end` (hours)."""
        return (end - start) + (self.deviation(end) - self.deviation(start))


class Fading:
    """Demand-weighted length of an effect that fades: ∫₀^∞ weight(t + x)·e^(−x/T) dx.

    Tabulated as a mean weight on whole hours × a geometric grid of time constants; read by
    quadratic interpolation in ln T and exactly within the hour (error below 2e-4, tested).
    """

    PER_HALVING = 6
    SHORTEST_H = 0.04
    LONGEST_H = SHORTEST_H * 2.0**20
    NODES = 20 * PER_HALVING + 1

    def __init__(self, weight: Array, hours: int) -> None:
        fade = np.exp(-1.0 / np.geomspace(self.SHORTEST_H, self.LONGEST_H, self.NODES))
        mean = np.empty((hours + 1, self.NODES), dtype=np.float32)
        tail = np.ones(self.NODES)
        for hour in range(len(weight) - 1, -1, -1):
            tail = weight[hour] * (1 - fade) + fade * tail
            if hour <= hours:
                mean[hour] = tail
        self.mean = mean.ravel()
        self.weight = weight
        self.last_hour = hours - 1
        self.highest = float(weight.max())
        self.drift = _drift(mean, weight)
        """Largest step, per time constant, by which readings of neighbouring hours disagree."""

    def at(self, constant_h: Array) -> Faded:
        """Return the readings of effects with time constant T `(n,)`."""
        return Faded(self, constant_h)

    def length(self, t: Array, constant_h: Array) -> Array:
        """Return the weighted length (h) of an effect that starts at `t` with time constant T."""
        return np.asarray(constant_h * Faded(self, constant_h).mean(t))


def _drift(mean: NDArray[np.float32], weight: Array) -> Array:
    """Return how far readings break w̄(h) = w(1 − φ) + φ·w̄(h + 1), φ = e^(−1/T), `(NODES,)`.

    The largest over all hours, halfway between a node and its neighbours, where it is largest.
    """
    nodes = np.geomspace(Fading.SHORTEST_H, Fading.LONGEST_H, Fading.NODES)[1:-1]
    below, middle, above = mean[:, :-2], mean[:, 1:-1], mean[:, 2:]
    bend = (above - middle + (below - middle)) / 8
    worst = np.zeros(Fading.NODES - 2)
    for side in (-0.5, 0.5):
        read = middle + bend + (above - below) * np.float32(side / 2)
        fade = np.exp(-1.0 / (nodes * 2.0 ** (side / Fading.PER_HALVING))).astype(np.float32)
        now = weight[: len(mean) - 1, None].astype(np.float32)
        off = read[:-1] - now - fade * (read[1:] - now)
        np.maximum(worst, np.maximum(off.max(axis=0), -off.min(axis=0)), out=worst)
    return np.pad(worst, 1, mode="edge")


class Faded:
    """Readings of one `Fading` for given time constants, at any number of times."""

    def __init__(self, table: Fading, constant_h: Array) -> None:
        position = np.asarray(np.log(constant_h))
        position -= np.log(table.SHORTEST_H)
        position *= table.PER_HALVING / np.log(2.0)
        np.minimum(np.maximum(position, 0.0, out=position), table.NODES - 1.0, out=position)
        node = np.minimum(np.maximum((position + 0.5).astype(np.int32), 1), table.NODES - 2)
        position -= node
        self._table, self._node = table, node + np.int32(table.NODES)
        self._y = position.astype(np.float32)
        self._per_h = -1.0 / constant_h
        # What deviates from one on average does so for as long, however long the effect lasts.
        longer = np.any(constant_h > table.LONGEST_H)
        self._diluted = np.minimum(table.LONGEST_H / constant_h, 1.0) if longer else None

    def drifts(self) -> tuple[Array, Array]:
        """Return `Fading.drift` for T and for T/2, shape of T."""
        node = self._node - np.int32(self._table.NODES)
        drift = self._table.drift
        return drift.take(node), drift.take(node - self._table.PER_HALVING, mode="clip")

    def mean(self, t: Array) -> Array:
        """Return the mean weight seen by an effect that starts at `t`, shape of `t`."""
        hour, t = self._hour(t)
        here = self._table.weight.take(hour, mode="clip")
        mean = here + self._left(hour, t) * (self._later(hour, 0) - here)
        if self._diluted is not None:
            mean = 1.0 + self._diluted * (mean - 1.0)
        return np.asarray(mean)

    def means(self, t: Array) -> tuple[Array, Array]:
        """Return the mean weights of effects that fade with T and with T/2, shape of `t`.

        T/2 has to be within the table.
        """
        hour, t = self._hour(t)
        here = self._table.weight.take(hour, mode="clip")
        left = self._left(hour, t)
        whole = left * (self._later(hour, 0) - here)
        left *= left
        left *= self._later(hour, self._table.PER_HALVING) - here
        whole += here
        left += here
        return whole, left

    def _hour(self, t: Array) -> tuple[NDArray[np.int32], Array]:
        """Return the hour of `t` within the table, and `t` brought into it."""
        hour, last = t.astype(np.int32), self._table.last_hour
        if hour.size and hour.max() > last:
            # The calendar repeats: the same hour of week 52 weeks before, in the same season.
            late = hour > last
            t = t - np.where(late, _WEEKS_52_H * np.ceil((t - last) / _WEEKS_52_H), 0.0)
            hour = t.astype(np.int32)
        return hour, t

    def _left(self, hour: NDArray[np.int32], t: Array) -> Array:
        """Return what is left of the effect at the end of the hour."""
        left = hour - t
        left += 1.0
        left *= self._per_h
        return np.asarray(np.exp(left, out=left))

    def _later(self, hour: NDArray[np.int32], nodes_below: int) -> NDArray[np.float32]:
        """Interpolate the table at the end of the hour, for T of `nodes_below` nodes less."""
        mean = self._table.mean
        cell = hour * np.int32(self._table.NODES)
        cell += self._node
        if nodes_below:
            cell -= np.int32(nodes_below)
        middle = mean.take(cell, mode="clip")
        cell += 1
        above = mean.take(cell, mode="clip")
        cell -= 2
        below = mean.take(cell, mode="clip")
        bend = above + below
        bend -= middle
        bend -= middle
        bend *= self._y
        above -= below
        bend += above
        bend *= self._y
        bend *= np.float32(0.5)
        bend += middle
        return bend


@dataclass(frozen=True, eq=False, kw_only=True)
class Calendar:
    """Everything the chain needs of the calendar; hourly arrays of shape `(TABLE_H,)`."""

    SHARED: ClassVar[bool] = True
    """`build` keeps it: whoever holds one holds no memory of their own."""
    words: tuple[str, str, str, str, str]
    """First day, zone, profiles of demand, uploads and price: equal words make equal calendars."""
    clock: Clock
    demand: Array
    price: Array
    """Ad price × season, scaled so that demand·price has mean one over the simulated year."""
    uploads: Array
    value: Cumulative
    """Of demand·price: what an hour of full viewing is worth, in average revenue-hours."""
    viewing: Cumulative
    """Of demand."""
    posting: Cumulative
    """Of uploads."""
    fading: Fading
    """Of demand·price."""
    viewing_fading: Fading
    """Of demand."""

    def __reduce__(self) -> tuple[Callable[..., Calendar], tuple[str, ...]]:
        """Pickle the words alone; the tables are made again from them."""
        return build, self.words

    def price_at(self, t: Array) -> Array:
        """Return the ad price at hours `t`, shape of `t`."""
        return self.price.take(t.astype(np.int32), mode="clip")

    def month_at(self, t: Array) -> Index:
        """Return the months since the start at hours `t`, shape of `t`."""
        return self.clock.month.take(t.astype(np.int32), mode="clip")


@lru_cache(maxsize=8)
def build(start_date: str, time_zone: str, demand: str, uploads: str, price: str) -> Calendar:
    """Lay the three profiles over the real dates from `start_date` on (MODEL §2)."""
    when = clock(start_date, time_zone)
    w = profile(demand, "weight", 168)[when.hour_of_week]
    p = profile(uploads, "weight", 168)[when.hour_of_week]
    r = profile(price, "weight", 12)[when.calendar_month - 1]
    r = r / np.mean((w * r)[:YEAR_H])
    value = w * r
    return Calendar(
        words=(start_date, time_zone, demand, uploads, price),
        clock=when,
        demand=w,
        price=r,
        uploads=p,
        value=Cumulative(value),
        viewing=Cumulative(w),
        posting=Cumulative(p),
        fading=Fading(value, YEAR_H + 1000),
        viewing_fading=Fading(w, YEAR_H + 1000),
    )
