"""Incidents: how often causes strike, how long incidents last, what they break, what they trigger.

Incidents are a struct of arrays sorted by year and start. `sample` draws those of a block of years;
overlapping ones are merged (`merging`), so time is lost once (MODEL §3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.arrays import Array, Index

SHORTEST_H = 0.001


@dataclass(frozen=True, eq=False, kw_only=True)
class Incidents:
    """Incidents of a block of years, every array `(n,)`; losses are shares, times hours."""

    year: Index
    """Index of the year within the block."""
    cause: Index
    """Index into the scenario's causes; −1 for one that it does not know."""
    causes: Index
    """All causes that were merged into it, its own among them, as `alone` writes one."""
    start_h: Array
    duration_h: Array
    publish_loss: Array
    playback_loss: Array
    ads_loss: Array
    response_fixed_usd: Array
    response_usd_per_h: Array
    failover_time_h: Array
    failover_chance: Array
    """A uniform number; below the probability of success, the failover works."""

    def take(self, index: Index) -> Incidents:
        """Return the incidents at these positions."""
        return Incidents(**{name: values.take(index) for name, values in vars(self).items()})

    def order(self) -> Index:
        """Return the positions sorted by year, then by start, `(n,)`."""
        return np.argsort(moment(self.year, self.start_h))


def alone(cause: Index) -> Index:
    """Return the set that is one cause: bit k for cause k, every bit for one not known, `(n,)`.

    >>> alone(np.array([0, 2, -1])).tolist()
    [1, 4, -1]
    """
    return np.where(cause < 0, -1, np.left_shift(1, np.maximum(cause, 0)))


def moment(year: Index, start_h: Array) -> Array:
    """Return one number per incident that sorts by year, then by start, `(n,)`."""
    # Years are whole numbers far apart on this scale.
    return np.asarray(year * 65_536.0 + start_h)
