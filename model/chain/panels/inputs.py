"""What panels ask about incidents: how fresh the feed is, who is away, what needs panels at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, Mask
from model.chain.freshness import Stretches, flattened
from model.chain.types import PhasedIncidents
from model.worlds.calendar import Calendar

_OVER = 10.0  # time constants after which another month's ad price no longer counts
_SMALL_SHARE, _SMALL_H = 1e-3, 1e-5
"""Bend of the last decay, relative and in hours, that its closed form may leave out."""


class Away(NamedTuple):
    """Viewers whom a phase keeps away at the beginning of panels, and how fast they return."""

    share: Array
    per_h: Array


class Given:
    """The incidents and what their panels ask about them."""

    def __init__(
        self,
        incidents: PhasedIncidents,
        fresh_share: Array,
        elasticity: Array,
        return_lag: Array,
        tau_h: Array,
        course: Stretches,
        calendar: Calendar,
    ) -> None:
        n = len(incidents.start_h)
        self.start_h, self.calendar, self.course = incidents.start_h, calendar, course
        self.fresh_share = np.broadcast_to(np.maximum(fresh_share, 1e-12), (n,))
        self.elasticity = np.broadcast_to(elasticity, (n,))
        self.tau_h = np.broadcast_to(tau_h, (n,))
        self.loss, self.ends = incidents.playback_loss, incidents.phase_ends
        self.lag_h = np.maximum(return_lag * incidents.duration_h, 1e-12)
        begins = incidents.offset_h
        self.begins = np.zeros_like(self.ends) if begins is None else begins
        self.entire = self._entire()
        """Whose lost playback needs panels: all are away for a while, or the tables end."""
        self.settles = self._settles()
        """Whose last decay is known in closed form."""
        self.spans = self._spans()
        """Who are not over within a month, so that more than one ad price counts."""

    def away(self, owner: Index | slice, at_h: Array, middle_h: Array) -> Iterator[Away]:
        """Yield, phase by phase, who is away at some hours, and how fast they return.

        Whether a phase runs is asked in the middle of the panel, which lies on no event.
        """
        for loss, begin, end, lag in zip(
            self.loss, self.begins, self.ends, self.lag_h, strict=True
        ):
            if loss.any():
                over = middle_h > end[owner]
                rate = np.where(over, 1.0 / lag[owner], 0.0)
                share = np.where(middle_h > begin[owner], loss[owner], 0.0)
                yield Away(share * np.exp((end[owner] - at_h) * rate), rate)

    def gone(self, owner: Index | slice, at_h: Array, middle_h: Array) -> Array:
        """Return who is away, all phases added up, which may be more than all."""
        total = np.zeros_like(at_h)
        for one in self.away(owner, at_h, middle_h):
            total += one.share
        return total

    def _entire(self) -> Mask:
        entire = self.start_h + self.ends.max(axis=0) > self.calendar.fading.last_hour
        if len(self.ends) > 1:
            every = slice(None)
            for at, length in zip(self.course.begin_h, self.course.length_h, strict=True):
                entire |= (self.gone(every, at, at + 0.5 * length) > 1.0 + 1e-9) & (length > 0.0)
        return np.asarray(entire)

    def _settles(self) -> Mask:
        last = np.clip(self.course.deficit[-1], 0.0, 1.0)
        off = flattened(self.fresh_share, self.elasticity, last)[2]
        fading = self.calendar.fading
        known = (self.tau_h > 2.0 * fading.SHORTEST_H) & (self.tau_h < fading.LONGEST_H)
        known &= self.start_h + self.course.begin_h[-1] <= fading.last_hour
        small = off < _SMALL_SHARE * self.elasticity
        small |= off * last * self.tau_h < _SMALL_H
        return np.asarray(known & small & (last < 1.0) & ~self.entire)

    def _spans(self) -> Mask:
        stale = self.course.begin_h[-1] + _OVER * self.tau_h * (self.course.deficit[-1] > 0.0)
        back = (self.ends + _OVER * self.lag_h * (self.loss > 0.0)).max(axis=0)
        month_at = self.calendar.month_at
        over = month_at(self.start_h + np.maximum(stale, back))
        return np.asarray(over != month_at(self.start_h))
