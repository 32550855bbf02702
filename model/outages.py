"""Outages: how often causes strike, how long incidents last, what they break, what they trigger.

Incidents are a struct of arrays sorted by year and start. `sample` draws those of a block of years;
overlapping ones are merged (`merging`), so time is lost once (MODEL §3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtrik

from model.arrays import Array, Index

SHORTEST_H = 0.001
_MANY = 30.0


@dataclass(frozen=True)
class Outages:
    """Incidents of a block of years, every array `(n,)`; losses are shares, times hours."""

    year: Index
    """Index of the year within the block."""
    cause: Index
    """Index into the scenario's causes."""
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

    def take(self, index: Index) -> Outages:
        """Return the incidents at these positions."""
        return Outages(*(values.take(index) for values in vars(self).values()))

    def order(self) -> Index:
        """Return the positions sorted by year, then by start, `(n,)`."""
        return np.argsort(moment(self.year, self.start_h))


def moment(year: Index, start_h: Array) -> Array:
    """Return one number per incident that sorts by year, then by start, `(n,)`."""
    # Years are whole numbers far apart on this scale.
    return np.asarray(year * 65_536.0 + start_h)


def poisson(uniform: Array, mean: Array) -> Index:
    """Invert the Poisson distribution: the smallest k with P(N ≤ k) ≥ u; shape of `mean`.

    >>> poisson(np.array([0.1, 0.5, 0.95]), np.array([0.7, 0.7, 0.7])).tolist()
    [0, 1, 2]
    """
    term = np.exp(-mean)
    count = np.zeros(np.shape(mean), dtype=np.int64)
    open_ = np.flatnonzero(uniform > term)
    m, term, u = (values.take(open_) for values in (mean, term, uniform))
    count[open_] = 1
    if len(m) and m.max() > _MANY:
        large, small = np.flatnonzero(m > _MANY), np.flatnonzero(m <= _MANY)
        count[open_[large]] = np.maximum(np.ceil(pdtrik(u[large], m[large]) - 1e-9), 0)
        open_, m, term, u = open_[small], m[small], term[small], u[small]
    total, k = term.copy(), 0
    while len(open_):
        k += 1
        term *= m
        term /= k
        total += term
        # At the far end rounding stops the sum short of one; no term can then add to it.
        left = np.flatnonzero((u > total) & (term > 1e-18))
        open_ = open_[left]
        m, term, u, total = (values.take(left) for values in (m, term, u, total))
        count[open_] = k + 1
    return count
