"""Timing: where in the year a cause strikes, by calendar weight and early life (MODEL §2–3)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array, Index
from model.beliefs.distributions import Distribution
from model.worlds.clock import MONTH_H, YEAR_H, clock, profile


class Inverse:
    """Inverts cumulative hourly weights; a guide table finds the hour in a step or two."""

    GUIDES = 1 << 14

    def __init__(self, cumulative: Array) -> None:
        """Take cumulative weights of one or more kinds, `(kinds, hours + 1)`."""
        self.total = cumulative[:, -1].copy()
        self._hours = cumulative.shape[1] - 1
        self._end = cumulative[:, 1:].ravel()
        self._step = np.diff(cumulative).ravel()
        self._guide = np.stack([self._guides(row) for row in cumulative]).ravel()

    def _guides(self, cumulative: Array) -> NDArray[np.int32]:
        targets = np.arange(self.GUIDES) * (cumulative[-1] / self.GUIDES)
        hours = np.searchsorted(cumulative, targets, "right") - 1
        return np.asarray(np.minimum(hours, self._hours - 1), dtype=np.int32)

    def hours(self, kind: Index, u: Array) -> Array:
        """Return the hours at which the cumulative weights reach `u × total`, `(n,)`."""
        target = u * self.total.take(kind)
        hour = self._guide.take(
            kind * self.GUIDES + (u * self.GUIDES).astype(np.int64), mode="clip"
        )
        cell = kind * self._hours + hour
        end = self._end.take(cell, mode="clip")
        late = np.flatnonzero(end <= target)
        late = late[hour[late] < self._hours - 1]
        while len(late):
            hour[late] += 1
            cell[late] += 1
            end[late] = self._end.take(cell[late])
            late = late[(end[late] <= target[late]) & (hour[late] < self._hours - 1)]
        return np.asarray(hour + 1 - (end - target) / self._step.take(cell, mode="clip"))


@dataclass(frozen=True, eq=False)
class Starts:
    """Where in the year a cause strikes: calendar weight and early-life fade on an hourly grid."""

    words: tuple[str, str, str, str, tuple[float, ...]]
    """Arguments of `starts` that it was made with."""
    weights: Inverse
    """Of the calendar weight, and of the same times e^(−t/θ) for each θ of the grid."""
    log_months: Array
    """ln θ of the grid (months), `(m,)`; one point when θ is certain."""

    def __reduce__(self) -> tuple[Callable[..., Starts], tuple[Hashable, ...]]:
        """Pickle the words alone; the tables are made again from them."""
        return starts, self.words


@lru_cache(maxsize=64)
def starts(
    start_date: str, time_zone: str, timing: str, demand: str, months: tuple[float, ...]
) -> Starts:
    """Tabulate when a cause strikes, for a grid of early-life fade times in months."""
    weight = hourly_weight(start_date, time_zone, timing, demand)
    weight = weight / weight.mean()
    hours = np.arange(YEAR_H) + 0.5
    theta_h = np.array(months)[:, None] * MONTH_H
    # ∫ over an hour of e^(−t/θ) = its value at the middle × sinh(x)/x with x = 1/(2θ).
    x = 0.5 / theta_h
    fade = np.exp(-hours / theta_h) * np.sinh(x) / x
    rows = np.concatenate([weight[None, :], weight * fade])
    cumulative = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    words = (start_date, time_zone, timing, demand, months)
    return Starts(words, Inverse(cumulative), np.log(np.array(months)))


def hourly_weight(start_date: str, time_zone: str, timing: str, demand: str) -> Array:
    """Hourly weight of a timing word over the year, `(YEAR_H,)`."""
    when = clock(start_date, time_zone)
    if timing == "flat":
        return np.ones(YEAR_H)
    if timing == "load":
        return profile(demand, "weight", 168)[when.hour_of_week[:YEAR_H]]
    if timing == "winter":
        return profile("timing_winter.csv", "weight", 12)[when.calendar_month[:YEAR_H] - 1]
    if timing == "working_hours":
        return profile("timing_working_hours.csv", "weight", 168)[when.hour_of_week[:YEAR_H]]
    raise ValueError(f"unknown timing {timing!r}")


def expected_count(
    table: Starts, rate: Array, multiplier: Array, months: Array, age_months: Array
) -> tuple[Array, Array, Array]:
    """Return the mean count of a year, the early-life part of it, and the position of θ.

    Rate × ∫ weight·(1 + (E − 1)·e^(−(age + t)/θ)) dt / 8760 (MODEL §2).
    """
    integral = table.weights.total[1:] / YEAR_H
    if len(integral) == 1:
        position = np.zeros(np.shape(months))
        mass = np.asarray(integral[0])
    else:
        nodes = np.arange(len(integral), dtype=np.float64)
        position = np.interp(np.log(months), table.log_months, nodes)
        mass = np.interp(position, nodes, integral)
    early = np.asarray(rate * (multiplier - 1.0) * np.exp(-age_months / months) * mass)
    return np.asarray(rate + early), early, position


def start_hours(
    table: Starts, uniform: Array, early_share: Array, position: Array, pick: Array
) -> Array:
    """Return start hours by inverse cumulative weight, all arguments `(n,)`.

    The first `early_share` of the uniform numbers belongs to the early-life part; between two fade
    times of the grid, `pick` chooses one of them in proportion to its nearness.
    """
    late = uniform >= early_share
    u = np.where(late, uniform - early_share, uniform)
    u /= np.maximum(np.where(late, 1.0 - early_share, early_share), 1e-300)
    below = np.floor(position)
    node = below + (pick < position - below)
    kind = np.where(late, 0, 1 + np.minimum(node, len(table.log_months) - 1))
    return table.weights.hours(kind.astype(np.int64), u)


def fade_times(months: Distribution) -> tuple[float, ...]:
    """Return a grid of early-life fade times, months, that holds what a belief about them draws."""
    low, high = months.from_normal(np.array([-5.0, 5.0]))
    return tuple(np.geomspace(max(low, 1e-3), max(high, 2e-3), 65).tolist())
