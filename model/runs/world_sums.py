"""Sums over the years of each world, so that errors are clustered however a run is cut.

>>> import numpy as np
>>> whole = WorldSums.of(np.array([[1.0], [2.0], [4.0]]), first_world=0)
>>> parts = [WorldSums.of(np.array([[x]]), first_world=w) for w, x in ((0, 1), (1, 1.5), (1, 0.5))]
>>> cut = parts[0] + parts[1] + (parts[2] + WorldSums.of(np.array([[4.0]]), first_world=2))
>>> whole.squares.tolist() == cut.squares.tolist() == [21.0]
True
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.runs.standard_errors import FEWEST_WORLDS, Estimate, around, resting_on


@dataclass(frozen=True, eq=False)
class WorldSums:
    """Sums over worlds of k quantities and of the squares of each world's own sum, `(k,)` each.

    A block holds whole worlds or a part of one, so the first and the last world may go on in the
    next: their sums stay apart until it is added.
    """

    first: int
    last: int
    total: Array
    inner: Array
    """Squares of the worlds between the first and the last."""
    head: Array
    """Sums of the first world."""
    tail: Array
    """Sums of the last world, which may be the first."""

    @staticmethod
    def of(by_world: Array, first_world: int) -> WorldSums:
        """Sum up consecutive worlds, `(worlds, k)`."""
        return WorldSums(
            first_world,
            first_world + len(by_world) - 1,
            np.einsum("wk->k", by_world),
            np.einsum("wk,wk->k", by_world[1:-1], by_world[1:-1]),
            by_world[0],
            by_world[-1],
        )

    @property
    def squares(self) -> Array:
        """The sum over worlds of the squares, `(k,)`."""
        alone = self.first == self.last
        return self.inner + self.head**2 + (0.0 if alone else self.tail**2)

    def __add__(self, other: WorldSums) -> WorldSums:
        """Return the sums of both, in order; the world at the seam may be in both."""
        alone, other_alone = self.first == self.last, other.first == other.last
        inner, head, tail = self.inner + other.inner, self.head, other.tail
        if self.last == other.first:
            seam = self.tail + other.head
            if not (alone or other_alone):
                inner = inner + seam**2
            head, tail = seam if alone else head, seam if other_alone else tail
        else:
            inner = inner + (0.0 if alone else self.tail**2)
            inner = inner + (0.0 if other_alone else other.head**2)
        return WorldSums(self.first, other.last, self.total + other.total, inner, head, tail)

    def mean(self, k: int, behind: int, *, years: int) -> Estimate:
        """Return the mean per year of quantity `k`, which rests on the years that `behind` counts.

        `behind` is the place of that count among the quantities.
        """
        worlds, total = self.last - self.first + 1, float(self.total[k])
        if not self.squares[k] and worlds >= FEWEST_WORLDS:
            return around(0.0, 0.0)
        spread = max(float(self.squares[k]) - total**2 / worlds, 0.0)
        error = math.sqrt(spread * worlds / (worlds - 1)) / years if worlds > 1 else math.nan
        return resting_on(total / years, error, self.worlds_behind(behind))

    def worlds_behind(self, k: int) -> float:
        """Return the effective number of worlds among the years that quantity `k` counts."""
        squares = float(self.squares[k])
        return float(self.total[k]) ** 2 / squares if squares else 0.0


def by_world(values: Array, worlds: int) -> Array:
    """Return sums over the years of each world of values `(years, k)`, `(worlds, k)`."""
    return values if len(values) == worlds else values.reshape(worlds, -1, values.shape[1]).sum(1)
