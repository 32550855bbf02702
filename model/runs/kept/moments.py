"""Moments of worlds that merge: count, mean and the second and third sums about it.

Merging two sets gives what all their worlds together would (Pébay, Sandia report SAND2008-6212).

>>> a, b = Moments.of(np.array([[1.0, 2.0]])), Moments.of(np.array([[6.0]]))
>>> both = a + b
>>> both.worlds, both.mean.tolist(), both.second.ravel().tolist()
(3, [3.0], [14.0])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.runs.standard_errors import Influence


@dataclass(frozen=True, eq=False)
class Moments:
    """Of vectors of k quantities, one vector a world."""

    worlds: int
    mean: Array
    """`(k,)`."""
    second: Array
    """Sums of products of two distances from the mean, `(k, k)`."""
    third: Array
    """Sums of products of three, `(k, k, k)`."""

    @staticmethod
    def of(values: Array) -> Moments:
        """Return the moments of values `(k, worlds)`."""
        mean = values.mean(axis=1)
        away = values - mean[:, None]
        products = away[:, None] * away
        third = np.einsum("ijw,kw->ijk", products, away)
        return Moments(values.shape[1], mean, products.sum(axis=2), third)

    def __add__(self, other: Moments) -> Moments:
        """Return the moments of the worlds of both."""
        n, m = self.worlds, other.worlds
        both = n + m
        step = other.mean - self.mean
        square = np.multiply.outer(step, step)
        lean = (n * other.second - m * self.second) / both
        third = self.third + other.third
        third = third + np.multiply.outer(square, step) * (n * m * (n - m) / both**2)
        third = third + np.einsum("i,jk->ijk", step, lean)
        third = third + np.einsum("j,ik->ijk", step, lean)
        third = third + np.einsum("k,ij->ijk", step, lean)
        second = self.second + other.second + square * (n * m / both)
        return Moments(both, self.mean + step * (m / both), second, third)

    def joined(self, other: Moments, share: float) -> Moments:
        """Return one world of two parts; the other is a `share` of its years."""
        mean = self.mean + (other.mean - self.mean) * share
        return Moments(1, mean, self.second, self.third)

    def influence(self, weights: Array) -> Influence:
        """Return the moments of a weighted sum of the quantities, weights `(k,)`."""
        variance = float(weights @ self.second @ weights) / self.worlds
        third = float(np.einsum("ijk,i,j,k->", self.third, weights, weights, weights))
        return Influence(self.worlds, variance, third / self.worlds)


@dataclass(frozen=True, eq=False)
class Means:
    """Moments of many quantities, each for itself, `(k,)` each, and the extremes of their years."""

    worlds: int
    mean: Array
    second: Array
    third: Array
    behind: Array
    """Years that are not zero, and the squares of how many each world has of them, `(2, k)`."""
    least: Array
    most: Array

    @staticmethod
    def of(values: Array, worlds: int) -> Means:
        """Return the moments of the worlds' means of values `(k, years)`."""
        mean_of_world, counted = values, (values != 0.0).astype(np.float64)
        if values.shape[1] > worlds:
            mean_of_world = values.reshape(len(values), worlds, -1).mean(axis=2)
            counted = counted.reshape(len(values), worlds, -1).sum(axis=2)
        mean = mean_of_world.mean(axis=1)
        away = mean_of_world - mean[:, None]
        squares = away * away
        return Means(
            worlds=worlds,
            mean=mean,
            second=squares.sum(axis=1),
            third=np.einsum("kw,kw->k", squares, away),
            behind=np.stack([counted.sum(axis=1), np.einsum("kw,kw->k", counted, counted)]),
            least=values.min(axis=1),
            most=values.max(axis=1),
        )

    def __add__(self, other: Means) -> Means:
        """Return the moments of the worlds of both."""
        n, m = self.worlds, other.worlds
        both = n + m
        step = other.mean - self.mean
        lean = 3.0 * step * (n * other.second - m * self.second) / both
        return Means(
            worlds=both,
            mean=self.mean + step * (m / both),
            second=self.second + other.second + step**2 * (n * m / both),
            third=self.third + other.third + step**3 * (n * m * (n - m) / both**2) + lean,
            behind=self.behind + other.behind,
            least=np.minimum(self.least, other.least),
            most=np.maximum(self.most, other.most),
        )

    def joined(self, other: Means, share: float) -> Means:
        """Return one world of two parts; the other is a `share` of its years."""
        counted = self.behind[0] + other.behind[0]
        return Means(
            worlds=1,
            mean=self.mean + (other.mean - self.mean) * share,
            second=self.second,
            third=self.third,
            behind=np.stack([counted, counted**2]),
            least=np.minimum(self.least, other.least),
            most=np.maximum(self.most, other.most),
        )
