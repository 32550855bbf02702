"""Draws from a posterior whose prior is standard normal, by quadrature or importance (MODEL §6).

One dimension is integrated on a grid. Several are drawn from a mixture of Student's t that starts
at the mode and is adapted to what it finds. Where that is not nearly as good as independent draws
there may be more modes: the mixture is joined by one over all places that tempering finds. The
effective sample size (Σw)²/Σw² says how good it is; below 1,000 there is no answer but an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from model.arrays import Array
from model.evidence.rates.tempering import Part, parts_of, tempered

LogDensity = Callable[[Array], Array]
"""From points `(n, dimensions)` to log densities `(n,)`; NaN and −inf are impossible points."""

LEAST_EFFECTIVE = 1_000.0
DRAWS = 20_000
_PILOT = 4_000
_ROUNDS = 4
_PARTS = 80
_WIDTH = 0.8
_GOOD = 0.3
"""Effective share of the draws above which one mode is all there is."""
_MORE = (1, 4, 16)
_FREEDOM = 8.0
_NODES = 4_001
_DEPTH = 45.0  # e^−45 of the greatest density is nothing


class TooFewEffectiveDraws(ArithmeticError):
    """The posterior was not found well enough to be told."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """Points `(n, dimensions)` with weights `(n,)` that add up to 1."""

    points: Array
    weights: Array
    effective: float
    """Effective number of independent draws; infinite for a grid."""

    def resampled(self, count: int, rng: np.random.Generator) -> Array:
        """Return equally likely points `(count, dimensions)`, in random order."""
        edges = np.cumsum(self.weights)
        at = np.searchsorted(edges, (np.arange(count) + rng.random()) / count * edges[-1])
        return self.points[rng.permutation(np.minimum(at, len(self.weights) - 1))]


def draw(
    log_likelihood: LogDensity, dimensions: int, rng: np.random.Generator, count: int = DRAWS
) -> Weighted:
    """Draw from standard normals weighted by a likelihood; TooFewEffectiveDraws if that fails."""

    def target(points: Array) -> Array:
        with np.errstate(all="ignore"):
            value = log_likelihood(points) - 0.5 * np.einsum("ij,ij->i", points, points)
        return np.where(np.isnan(value), -np.inf, value)

    if dimensions == 1:
        return _quadrature(target)
    return _adapted(log_likelihood, target, dimensions, rng, count)


def _quadrature(target: LogDensity) -> Weighted:
    wide = np.linspace(-38.0, 38.0, 7_601)
    value = target(wide[:, None])
    near = np.flatnonzero(value > value.max() - _DEPTH)
    first, last = wide[max(near[0] - 1, 0)], wide[min(near[-1] + 1, len(wide) - 1)]
    nodes = np.linspace(first, last, _NODES)[:, None]
    value = target(nodes)
    weights = np.exp(value - value.max())
    return Weighted(nodes, weights / weights.sum(), math.inf)


def _adapted(
    log_likelihood: LogDensity,
    target: LogDensity,
    dimensions: int,
    rng: np.random.Generator,
    count: int,
) -> Weighted:
    mode = _mode(target, dimensions)
    adapting = _Around(mode[None, :], _inverse_curvature(target, mode))
    for _ in range(_ROUNDS):
        adapting = adapting.adapted(_weigh(target, adapting, _PILOT, rng), rng)
    final = _weigh(target, adapting, count, rng)
    if final.effective > _GOOD * count:
        return final
    places = _Clouds(parts_of(tempered(log_likelihood, dimensions, rng), rng))
    for times in _MORE:
        final = _weigh(target, _Joined(adapting, places), times * count, rng)
        if final.effective >= LEAST_EFFECTIVE:
            return final
    raise TooFewEffectiveDraws(
        f"only {final.effective:.0f} effective draws of {times * count} from the posterior; "
        f"needed: {LEAST_EFFECTIVE:.0f}"
    )


class _Proposal(Protocol):
    """What points are drawn from."""

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Draw points `(count, dimensions)`."""
        ...

    def log_density(self, points: Array) -> Array:
        """Return log densities but for a constant that all share, `(n,)`."""
        ...


def _stretched(count: int, size: int, rng: np.random.Generator) -> Array:
    """Draw from a standard Student's t, `(count, size)`."""
    normal = rng.standard_normal((count, size))
    return np.asarray(normal * np.sqrt(_FREEDOM / rng.chisquare(_FREEDOM, count))[:, None])


@dataclass(frozen=True, eq=False)
class _Joined:
    """Half of the points from each of two."""

    one: _Proposal
    other: _Proposal

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Draw points `(count, dimensions)`."""
        half = count // 2
        return np.concatenate([self.one.draw(half, rng), self.other.draw(count - half, rng)])

    def log_density(self, points: Array) -> Array:
        """Return log densities but for a constant, `(n,)`."""
        both = self.one.log_density(points), self.other.log_density(points)
        return np.asarray(np.logaddexp(*both))


@dataclass(frozen=True, eq=False)
class _Clouds:
    """A mixture of Student's t of different spreads."""

    parts: list[Part]

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Draw points `(count, dimensions)`."""
        share = np.array([part.share for part in self.parts])
        part = rng.choice(len(share), size=count, p=share / share.sum())
        points = _stretched(count, len(self.parts[0].center), rng)
        for k, one in enumerate(self.parts):
            mine = part == k
            points[mine] = one.center + points[mine] @ np.linalg.cholesky(one.covariance).T
        return points

    def log_density(self, points: Array) -> Array:
        """Return log densities but for a constant, `(n,)`."""
        return np.asarray(np.logaddexp.reduce([self._of(one, points) for one in self.parts]))

    @staticmethod
    def _of(one: Part, points: Array) -> Array:
        root = np.linalg.cholesky(one.covariance)
        distance = np.sum(((points - one.center) @ np.linalg.inv(root).T) ** 2, axis=1)
        density = -0.5 * (_FREEDOM + len(root)) * np.log1p(distance / _FREEDOM)
        return np.asarray(density + math.log(one.share) - np.log(np.diag(root)).sum())


@dataclass(frozen=True, eq=False)
class _Around:
    """An even mixture of Student's t of one spread, which follows bent posteriors (West 1993)."""

    centers: Array
    """`(parts, dimensions)`."""
    spread: Array

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """Draw points `(count, dimensions)`."""
        away = _stretched(count, len(self.spread), rng) @ np.linalg.cholesky(self.spread).T
        return np.asarray(self.centers[rng.integers(len(self.centers), size=count)] + away)

    def log_density(self, points: Array) -> Array:
        """Return log densities but for a constant, `(n,)`."""
        root = np.linalg.cholesky(self.spread)
        inverse = np.linalg.inv(root).T
        standard, centers = points @ inverse, self.centers @ inverse
        blocks = np.array_split(standard, len(standard) // DRAWS + 1)
        log_sum = np.concatenate([self._log_sum(block, centers) for block in blocks])
        return np.asarray(log_sum - np.log(np.diag(root)).sum())

    @staticmethod
    def _log_sum(standard: Array, centers: Array) -> Array:
        norm = np.sum(standard**2, axis=1)[:, None] + np.sum(centers**2, axis=1)
        distance = np.maximum(norm - 2.0 * standard @ centers.T, 0.0)
        part = (1.0 + distance / _FREEDOM) ** (-0.5 * (_FREEDOM + standard.shape[1]))
        return np.asarray(np.log(part.mean(axis=1)))

    def adapted(self, draws: Weighted, rng: np.random.Generator) -> _Around:
        """Return a mixture around resampled draws, with their mean and covariance.

        Few effective draws are helped by the covariance before.
        """
        size = len(self.spread)
        center = draws.weights @ draws.points
        away = draws.points - center
        trust = draws.effective / (draws.effective + 10.0 * size)
        found = trust * (away * draws.weights[:, None]).T @ away + (1.0 - trust) * self.spread
        parts = draws.resampled(_PARTS, rng)
        shrunk = center + (parts - center) * math.sqrt(1.0 - _WIDTH)
        return _Around(shrunk, _WIDTH * found)


def _weigh(
    target: LogDensity, proposal: _Proposal, count: int, rng: np.random.Generator
) -> Weighted:
    """Draw from the proposal and weigh by the target's density over it."""
    points = proposal.draw(count, rng)
    log_weight = target(points) - proposal.log_density(points)
    weights = np.exp(log_weight - log_weight.max())
    weights /= weights.sum()
    return Weighted(points, weights, float(1.0 / np.sum(weights**2)))


def _mode(target: LogDensity, dimensions: int) -> Array:
    from scipy import optimize

    def fall(point: Array) -> float:
        value = float(target(point[None, :])[0])
        return -value if math.isfinite(value) else 1e30

    def slope(point: Array) -> Array:
        step = 1e-4 * np.eye(dimensions)
        value = -target(np.concatenate([point + step, point - step]))
        value = np.where(np.isfinite(value), value, 1e30)
        return np.asarray((value[:dimensions] - value[dimensions:]) / 2e-4)

    found = optimize.minimize(fall, np.zeros(dimensions), jac=slope, method="BFGS")
    return np.asarray(found.x, dtype=float)


def _inverse_curvature(target: LogDensity, center: Array) -> Array:
    """Return the inverse of minus the Hessian, its variances kept between 1e-6 and 4."""
    size, h = len(center), 1e-3
    step = h * np.eye(size)

    def at(a: int, b: int) -> Array:
        points = center + a * step[:, None, :] + b * step[None, :, :]
        return target(points.reshape(-1, size)).reshape(size, size)

    hessian = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h**2)
    hessian = np.where(np.isfinite(hessian), hessian, 0.0)
    variance, axes = np.linalg.eigh(-(hessian + hessian.T) / 2)
    return np.asarray((axes / np.clip(variance, 0.25, 1e6)) @ axes.T)
