"""Finding every place where a posterior is, from the prior on (MODEL §6).

A log may be explained in several ways, as by a high rate or by many repeats, and what starts at the
greatest density finds one of them. Particles that feel the likelihood little by little find all
(sequential Monte Carlo, Del Moral 2006; moves by differences of others, ter Braak 2006).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.arrays import Array, Index

_PARTICLES = 2_000
_MOVES = 4
_KEPT = 0.5
"""Effective share of the particles that each step of the likelihood leaves."""
_LEAPS = 0.1
"""Moves as long as the way between two particles, which lead from one place to another."""
_PARTS = 20
_LLOYD = 5


@dataclass(frozen=True, eq=False)
class Part:
    """A cloud of particles: its share, center `(dimensions,)` and covariance."""

    share: float
    center: Array
    covariance: Array


def tempered(
    log_likelihood: Callable[[Array], Array], dimensions: int, rng: np.random.Generator
) -> Array:
    """Return particles `(n, dimensions)` of standard normals weighted by a likelihood, roughly.

    A likelihood of −inf or NaN is an impossible point.
    """

    def of(points: Array) -> Array:
        with np.errstate(all="ignore"):
            value = log_likelihood(points)
        return np.where(np.isfinite(value), value, -1e300)

    points = rng.standard_normal((_PARTICLES, dimensions))
    value, felt = of(points), 0.0
    while felt < 1.0:
        weight = _next(value, felt) - felt
        felt += weight
        edges = np.cumsum(np.exp(weight * (value - value.max())))
        at = np.searchsorted(edges, (np.arange(_PARTICLES) + rng.random()) / _PARTICLES * edges[-1])
        at = rng.permutation(np.minimum(at, _PARTICLES - 1))
        points, value = points[at], value[at]
        for _ in range(_MOVES):
            _move(points, value, felt, of, rng)
    return points


def _next(value: Array, felt: float) -> float:
    """Return how much of the likelihood to feel next, 1 at most, by bisection."""
    away = value - value.max()

    def left(share: float) -> float:
        weight = np.exp((share - felt) * away)
        return float(weight.sum() ** 2 / np.sum(weight**2)) / len(value)

    low, high = felt, 1.0
    if left(high) >= _KEPT:
        return 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) >= _KEPT else (low, middle)
    return high


def _move(
    points: Array,
    value: Array,
    felt: float,
    of: Callable[[Array], Array],
    rng: np.random.Generator,
) -> None:
    """Move each half of the particles by differences of the other half, in place."""
    count, dimensions = points.shape
    halves = np.arange(count // 2), np.arange(count // 2, count)
    for mine, others in (halves, halves[::-1]):
        one, other = rng.choice(others, (2, len(mine)))
        step = np.where(rng.random(len(mine)) < _LEAPS, 1.0, 2.38 / math.sqrt(2 * dimensions))
        step *= np.exp(rng.normal(0.0, 0.3, len(mine)))
        tried = points[mine] + step[:, None] * (points[one] - points[other])
        tried += rng.normal(0.0, 1e-3, tried.shape)
        found = of(tried)
        gain = felt * (found - value[mine])
        gain += 0.5 * np.sum(points[mine] ** 2 - tried**2, axis=1)
        taken = np.log(rng.random(len(mine))) < gain
        points[mine[taken]], value[mine[taken]] = tried[taken], found[taken]


def parts_of(points: Array, rng: np.random.Generator) -> list[Part]:
    """Divide particles into clouds that are each about round."""
    count, dimensions = points.shape
    most = max(min(_PARTS, count // (8 * dimensions)), 1)
    scaled = points / np.maximum(points.std(axis=0), 1e-9)
    centers = scaled[rng.choice(count, most, replace=False)]
    for _ in range(_LLOYD):
        nearest = _nearest(scaled, centers)
        held = [scaled[nearest == k] for k in range(len(centers))]
        centers = np.array([cloud.mean(axis=0) for cloud in held if len(cloud)])
    nearest = _nearest(scaled, centers)
    whole = np.cov(points.T)
    clouds = [points[nearest == k] for k in range(len(centers))]
    return [_part(cloud, count, whole) for cloud in clouds if len(cloud) > 1]


def _nearest(points: Array, centers: Array) -> Index:
    distance = np.sum(centers**2, axis=1) - 2.0 * points @ centers.T
    return np.asarray(np.argmin(distance, axis=1))


def _part(cloud: Array, count: int, whole: Array) -> Part:
    """Return a cloud, its covariance helped by that of all where it is small."""
    size, dimensions = cloud.shape
    trust = size / (size + 4.0 * dimensions)
    covariance = trust * np.cov(cloud.T) + (1.0 - trust) * 0.1 * whole
    floor = 1e-9 * np.eye(dimensions)
    return Part(size / count, cloud.mean(axis=0), 1.3 * covariance + floor)
