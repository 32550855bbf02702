"""The course of one incident: the state of every link at any time, in every world at once.

The freshness deficit obeys a linear equation, so at any time it is a sum over the moments at which
its forcing jumps: D(t) = Σ jump·(1 − e^(−(t − t_jump)/τ)) (MODEL §4.2). The other links are read
off directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.arrays import Array
from model.chain.freshness import LN2
from model.chain.types import Backlog, Links, PhasedIncidents
from model.worlds.calendar import Calendar


@dataclass(frozen=True)
class Course:
    """One incident as it runs in every world; arrays of the last axis `(worlds,)`."""

    incidents: PhasedIncidents
    backlog: Backlog
    links: Links
    calendar: Calendar
    bounds_h: Array
    """Hours since the start at which phases begin and end in the middle world, `(phases + 1,)`."""
    per_hour: dict[str, Array]
    """Uploads, session minutes, impressions, ad revenue and commerce of an average hour."""

    @cached_property
    def start_h(self) -> float:
        """Hours from the start of the calendar."""
        return float(self.incidents.start_h[0])

    @cached_property
    def offset_h(self) -> Array:
        """Hours since the start at which each slice begins, `(slices, worlds)`."""
        offset = self.incidents.offset_h
        return np.zeros_like(self.incidents.duration_h) if offset is None else offset

    @cached_property
    def jumps(self) -> tuple[Array, Array]:
        """When and by how much the forcing of the deficit jumps, `(k, worlds)` each."""
        ends, left = self.incidents.phase_ends, self.backlog
        times = np.concatenate([self.offset_h, ends, ends + left.catch_up_h])
        sizes = np.concatenate([left.shortfall, -left.shortfall - left.surplus, left.surplus])
        merged, place = np.unique(times, axis=0, return_inverse=True)
        total = np.zeros_like(merged)
        np.add.at(total, place.ravel(), sizes)
        return merged, total

    @cached_property
    def posted_per_h(self) -> Array:
        """Late uploads while catching up, relative to an average hour's, `(slices, worlds)`."""
        left = self.backlog
        backlog_h = self.links.retry_share * left.shortfall * self.incidents.duration_h
        c = left.catch_up_h
        return np.divide(backlog_h, c, out=np.zeros_like(c), where=c > 0)

    def deficit(self, x: Array) -> Array:
        """Return D at hours `x` `(m,)` since the start, `(m, worlds)` (MODEL §4.2)."""
        per_tau = -LN2 / self.links.content_half_life
        total = np.zeros((len(x), len(self.incidents.start_h)))
        for time, size in zip(*self.jumps, strict=True):
            if x[-1] > time.min() and size.any():
                since = np.maximum(x[:, None] - time, 0.0)
                since *= per_tau
                total -= size * np.expm1(since, out=since)
        return total

    def available(self, x: Array) -> Array:
        """Return A at hours `x` `(m,)` since the start, `(m, worlds)` (MODEL §4.3)."""
        total = np.zeros((len(x), len(self.incidents.start_h)))
        per_lag = 1.0 / np.maximum(self.links.return_lag * self.incidents.duration_h, 1e-12)
        slices = zip(
            self.incidents.playback_loss,
            self.offset_h,
            self.incidents.phase_ends,
            per_lag,
            strict=True,
        )
        for loss, begin, end, rate in slices:
            if x[-1] > begin.min() and loss.any():
                gone = np.exp(np.minimum((end - x[:, None]) * rate, 0.0))
                total += loss * np.where(x[:, None] > begin, gone, 0.0)
        return np.maximum(1.0 - total, 0.0)

    def served(self, x: Array) -> Array:
        """Return the share of the ads that is served at hours `x` `(m,)`, `(m, worlds)`."""
        total = np.ones((len(x), len(self.incidents.start_h)))
        slices = zip(self.incidents.ads_loss, self.offset_h, self.incidents.phase_ends, strict=True)
        for loss, begin, end in slices:
            if x[-1] > begin.min() and x[0] < end.max() and loss.any():
                total -= loss * ((x[:, None] > begin) & (x[:, None] < end))
        return total

    def uploads(self, begin: Array, end: Array) -> tuple[Array, Array]:
        """Return the share of uploads that succeed in each piece, and late ones per hour.

        `begin` and `end` are `(m,)`, results `(m, worlds)`.
        """
        shape = (len(begin), len(self.incidents.start_h))
        succeeding, late = np.ones(shape), np.zeros(shape)
        ends = self.incidents.phase_ends
        for k, loss in enumerate(self.incidents.publish_loss):
            if loss.any():
                succeeding -= loss * _overlap(begin, end, self.offset_h[k], ends[k])
                caught_up = ends[k] + self.backlog.catch_up_h[k]
                late += self.posted_per_h[k] * _overlap(begin, end, ends[k], caught_up)
        return succeeding, late


def _overlap(begin: Array, end: Array, since: Array, until: Array) -> Array:
    """Share of each piece `(m,)` that lies within `since`–`until` `(worlds,)`."""
    inside = np.minimum(end[:, None], until) - np.maximum(begin[:, None], since)
    return np.asarray(np.maximum(inside, 0.0) / (end - begin)[:, None])
