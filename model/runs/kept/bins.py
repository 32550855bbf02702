"""Bins of equal relative width, and tables over them that merge in any order.

A bin is the leading bits of a double: its sign, its power of two and one of 512 equal parts of
that octave. Bins are thus the same in every block, and a value is known to 0.2 % from its bin
alone; below a millionth of a unit everything counts as zero.

>>> width(bin_of(np.array([5e6]))) / 5e6 < RELATIVE_WIDTH
array([ True])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.arrays import Array, Index

_BITS = 9
_SHIFT = 52 - _BITS
_WITHIN = (1 << _SHIFT) - 1
RELATIVE_WIDTH = 2.0**-_BITS
"""Width of a bin over its lower end, at most."""
_ZERO = int(np.float64(2.0**-20).view(np.int64) >> _SHIFT) - 1
"""The last bin, by its bits, that counts as zero."""


def bin_of(x: Array) -> Index:
    """Return the bin of each value: 0 for zero, negative ones for what is below it."""
    size = (np.abs(x).view(np.int64) >> _SHIFT) - _ZERO
    np.maximum(size, 0, out=size)
    return np.where(x < 0.0, -size, size)


def place_in(x: Array) -> Array:
    """Return where in its bin each value lies, from 0 at the end near zero to 1."""
    within = np.abs(x).view(np.int64) & _WITHIN
    return np.where(np.abs(x) < 2.0**-20, 0.0, within * 2.0**-_SHIFT)


def near_end(bins: Index) -> Array:
    """Return the end of each bin that is nearer to zero, without its sign."""
    bits = (np.abs(bins) + _ZERO) << _SHIFT
    return np.where(bins == 0, 0.0, bits.view(np.float64))


def width(bins: Index) -> Array:
    """Return how wide each bin is; zero is a point."""
    far = ((np.abs(bins) + _ZERO + 1) << _SHIFT).view(np.float64)
    return np.where(bins == 0, 0.0, far - near_end(bins))


@dataclass(frozen=True, eq=False)
class Table:
    """Sums over the years of each bin, for the bins that have any."""

    bins: Index
    """`(b,)`, rising."""
    rows: Array
    """`(rows, b)`; the first counts years."""

    @staticmethod
    def of(bins: Index, weights: Sequence[Array]) -> Table:
        """Count years by bin and sum up weights of them, `(years,)` each."""
        low, size = int(bins.min()), int(np.ptp(bins)) + 1
        at = bins - low
        counts = np.bincount(at, minlength=size)
        there = np.flatnonzero(counts)
        sums = [np.bincount(at, weights=one, minlength=size)[there] for one in weights]
        return Table(there + low, np.stack([counts[there], *sums]).astype(np.float64))

    @staticmethod
    def together(tables: Sequence[Table]) -> Table:
        """Return the sums of all tables, added in their order."""
        low = min(int(one.bins[0]) for one in tables)
        high = max(int(one.bins[-1]) for one in tables)
        sums = np.zeros((len(tables[0].rows), high - low + 1))
        for one in tables:
            sums[:, one.bins - low] += one.rows
        there = np.flatnonzero(sums[0])
        return Table(there + low, sums[:, there])

    @cached_property
    def above(self) -> Array:
        """The sums over all bins from the k-th on, `(rows, b + 1)`; the last are none."""
        sums = np.zeros((len(self.rows), len(self.bins) + 1))
        sums[:, :-1] = np.cumsum(self.rows[:, ::-1], axis=1)[:, ::-1]
        return sums
