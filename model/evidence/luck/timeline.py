"""When incidents begin if only chance decides: the model's own null (MODEL §3, §6).

A timeline maps hours of the exposure to the mature years they are worth; in that time incidents
without repeats are a Poisson process. The null draws them there, adds repeats in clock time and
drops those beyond the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index
from model.evidence.rates.exposure import HOURS_A_MONTH, HOURS_A_YEAR


@dataclass(frozen=True, eq=False)
class Timeline:
    """Hours from the start of the exposure, and mature years passed by then, `(edges,)` each."""

    hours: Array
    years: Array

    @classmethod
    def flat(cls, hours: float) -> Timeline:
        """Return a timeline without seasons or early life."""
        return cls(np.array([0.0, hours]), np.array([0.0, hours / HOURS_A_YEAR]))

    @classmethod
    def of_hours(
        cls, weight: Array, months: float, multiplier: float, fade_months: float
    ) -> Timeline:
        """Return a timeline by the timing weight of each hour, `(hours,)`, and early life.

        `months` since the migration at the start; before the migration the multiplier is 1.
        """
        since = months + (np.arange(len(weight)) + 0.5) / HOURS_A_MONTH
        fade = np.exp(-np.maximum(since, 0.0) / fade_months) * (since >= 0)
        years = weight * (1.0 + (multiplier - 1.0) * fade) / HOURS_A_YEAR
        edges = np.arange(len(weight) + 1, dtype=np.float64)
        return cls(edges, np.concatenate([[0.0], np.cumsum(years)]))

    @property
    def length_h(self) -> float:
        """The exposure in hours."""
        return float(self.hours[-1])

    @property
    def mature_years(self) -> float:
        """What it is worth."""
        return float(self.years[-1])

    def share(self, times_h: Array) -> Array:
        """Return the part of the timeline passed at these hours, in [0, 1]."""
        return np.asarray(np.interp(times_h, self.hours, self.years) / self.mature_years)

    def hours_at(self, share: Array) -> Array:
        """Return the hours at which this part has passed."""
        return np.asarray(np.interp(share * self.mature_years, self.years, self.hours))


class Logs(NamedTuple):
    """Starts of incidents of simulated logs, sorted by log and time, `(n,)` each."""

    log: Index
    start_h: Array


@dataclass(frozen=True, eq=False)
class Null:
    """What chance alone does in an exposure.

    Arrays `(draws,)` or numbers: how many incidents it is expected to hold that no other triggered,
    repeats of one incident, and their mean lag. Each simulated log takes one draw of all three.
    """

    timeline: Timeline
    mean: Array
    repeat_ratio: Array
    repeat_lag_h: Array

    @classmethod
    def of(
        cls, timeline: Timeline, mean: object, repeat_ratio: object = 0.0, lag_h: object = 24.0
    ) -> Null:
        """Return a null from arrays or numbers."""
        three = [np.asarray(each, dtype=float) for each in (mean, repeat_ratio, lag_h)]
        return cls(timeline, *(each.ravel() for each in np.broadcast_arrays(*three)))

    def simulate(self, logs: int, rng: np.random.Generator) -> Logs:
        """Draw so many logs."""
        world = rng.integers(len(self.mean), size=logs)
        return self._grown(world, rng.poisson(self.mean[world]), rng)

    def simulate_number(self, number: int, logs: int, rng: np.random.Generator) -> Logs:
        """Draw so many logs, each with this `number` of incidents that no other triggered."""
        world = rng.integers(len(self.mean), size=logs)
        return self._grown(world, np.full(logs, number), rng)

    def _grown(self, world: Index, number: Index, rng: np.random.Generator) -> Logs:
        """Start the incidents and add their repeats."""
        # Sorted draws dealt out at random: the same law, and a fast look-up in the timeline.
        log = rng.permutation(np.repeat(np.arange(len(world)), number))
        start = self.timeline.hours_at(np.sort(rng.random(len(log))))
        logs_of, starts = [log], [start]
        while len(log):
            of = np.repeat(np.arange(len(log)), rng.poisson(self.repeat_ratio[world[log]]))
            log = log[of]
            start = start[of] + rng.exponential(self.repeat_lag_h[world[log]])
            inside = start < self.timeline.length_h
            log, start = log[inside], start[inside]
            logs_of.append(log)
            starts.append(start)
        log, start = np.concatenate(logs_of), np.concatenate(starts)
        order = np.argsort(log * self.timeline.length_h + start)
        return Logs(log[order], start[order])
