"""Poisson counts by inversion: the same uniform number gives more incidents at a higher mean."""

from __future__ import annotations

import numpy as np
from scipy.special import pdtrik

from model.arrays import Array, Index

_MANY = 30.0


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
