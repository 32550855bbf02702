"""Sums over the worst years of every world, for any threshold, in bounded memory.

For a threshold t a world has j years above it, and some quantity sums up to q over them. Errors
need sums over worlds of j², j·q, q², … for a t that is known only when the run is over. As t
falls past the years of a world, from its worst one on, each of these products grows by steps; a
step belongs to the bin of its year. So a table of steps has, in the bins above any t, the sum of
all products there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.arrays import Array, Index
from model.runs.kept.bins import Table

OF_COUNT = 2
"""Steps of j² and j³ beside the count itself."""
OF_SUM = 6
"""Steps of q, j·q, q², j²·q, j·q², q³, in this order, for every quantity."""
OF_HITS = 2
"""Steps of h and h², h counting years in which something happened."""


def steps(bins: Index, worlds: int, sums: Sequence[Array], hits: Sequence[Array]) -> Table:
    """Return the steps of whole worlds.

    `bins`, every quantity of `sums` and of `hits` are `(years,)`, world by world.
    """
    if worlds == len(bins):
        return _steps_of_years(bins, sums, hits)
    of_world = bins.reshape(worlds, -1)
    worst_first = np.argsort(-of_world, axis=1, kind="stable")
    ordered = [np.take_along_axis(x.reshape(worlds, -1), worst_first, 1) for x in (*sums, *hits)]
    ones = np.ones(of_world.shape)
    rows = _steps(ones, ordered[: len(sums)], ordered[len(sums) :])
    sorted_bins = np.take_along_axis(of_world, worst_first, 1)
    return Table.of(sorted_bins.ravel(), [row.ravel() for row in rows])


def _steps_of_years(bins: Index, sums: Sequence[Array], hits: Sequence[Array]) -> Table:
    """Return the steps of worlds of one year each, where j and h are one or nothing."""
    powers = [power for q in sums for power in (q, q * q, q**3)]
    table = Table.of(bins, [*powers, *hits])
    rows = [0] * (1 + OF_COUNT)
    for k in range(len(sums)):
        rows += [1 + 3 * k + power for power in (0, 0, 1, 0, 1, 2)]
    rows += [1 + len(powers) + k for k in range(len(hits)) for _ in range(OF_HITS)]
    return Table(table.bins, table.rows[rows])


def steps_of_world(plain: Table, sums: int) -> Table:
    """Return the steps of one world from its plain sums by bin: years, `sums` quantities, hits."""
    rows = plain.rows[:, ::-1]
    found = _steps(rows[:1], list(rows[1 : 1 + sums, None]), list(rows[1 + sums :, None]))
    return Table(plain.bins, np.concatenate([rows[:1], *found])[:, ::-1])


def _steps(count: Array, sums: Sequence[Array], hits: Sequence[Array]) -> list[Array]:
    """Return the steps of all products along the last axis, from the worst on."""
    j = np.cumsum(count, axis=-1)
    found = [j**2, j**3]
    for one in sums:
        q = np.cumsum(one, axis=-1)
        found += [q, j * q, q * q, j * j * q, j * q * q, q**3]
    for one in hits:
        h = np.cumsum(one, axis=-1)
        found += [h, h * h]
    return [np.diff(each, axis=-1, prepend=0.0) for each in found]
