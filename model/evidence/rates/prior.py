"""What was believed before the log: monotone maps of correlated standard normals (MODEL §2, §6).

That is what a run draws from, so the posterior is one of standard normals and nothing needs a
density. A belief is a map of its normal: the distribution's own `from_normal`, kept in its bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import special

from model.arrays import Array

FromNormal = Callable[[Array], Array]
"""From standard normals `(n,)` to values of one belief, clipped to its bounds, `(n,)`."""
Values = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Prior:
    """World beliefs by name, and the correlation of their normals (None: independent)."""

    maps: Mapping[str, FromNormal]
    correlation: Array | None = None
    """`(names, names)`, in the order of `maps`; of the normals, r = 2·sin(πρ/6)."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names, certain ones too."""
        return tuple(self.maps)

    @cached_property
    def matrix(self) -> Array:
        """The correlation of the normals, `(names, names)`."""
        return np.eye(len(self.maps)) if self.correlation is None else self.correlation

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """Names whose value moves with its normal."""
        z = np.array([-2.0, 0.0, 2.0])
        return tuple(name for name, at in self.maps.items() if np.ptp(at(z)) > 0)

    def values(self, names: Sequence[str], independent: Array) -> dict[str, Array]:
        """Return values by name from independent standard normals `(n, names)`.

        Names left out are as they are at the median, which matters only for certain ones.
        """
        n = len(independent)
        at = [self.names.index(name) for name in names]
        z = independent @ _root(self.matrix[np.ix_(at, at)]).T
        values = {name: self.maps[name](np.zeros(n)) for name in self.names if name not in names}
        return values | {name: self.maps[name](z[:, i]) for i, name in enumerate(names)}


def _root(matrix: Array) -> Array:
    """Return A with A·Aᵀ the matrix, which may be singular."""
    variance, axes = np.linalg.eigh(matrix)
    return np.asarray(axes * np.sqrt(np.maximum(variance, 0.0)))


def gamma_map(a: float, b: float) -> FromNormal:
    """Return the map of a gamma belief of a rate with shape `a` and rate `b` (years)."""

    def from_normal(z: Array) -> Array:
        low = special.gammaincinv(a, special.ndtr(np.minimum(z, 0.0)))
        high = special.gammainccinv(a, special.ndtr(-np.maximum(z, 0.0)))
        return np.asarray(np.where(z < 0, low, high) / b)

    return from_normal


def vague_map() -> FromNormal:
    """Return a rate's map that leaves the word to the log: Gamma(½, 0), as near as matters."""
    return gamma_map(0.5, 1e-9)
