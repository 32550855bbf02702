"""What a distribution is, and the shapes made of the normal itself (MODEL §2).

Distributions are monotone maps of a standard normal; `tails` has the other shapes. Tails are
computed from the nearer end, so that eight sigmas out is still a number.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from model.arrays import Array

Z95 = float(special.ndtri(0.95))


class Distribution(ABC):
    """A frozen, continuous, monotone map of standard normals; arrays in, arrays out."""

    support: tuple[float, float] = (-math.inf, math.inf)

    @abstractmethod
    def from_normal(self, z: ArrayLike) -> Array:
        """Draws from standard normals `z`, same shape, increasing in `z`, not clipped to bounds."""

    @abstractmethod
    def _cdf(self, x: Array) -> Array: ...

    @abstractmethod
    def _pdf(self, x: Array) -> Array: ...

    @abstractmethod
    def mean(self) -> float:
        """Expected value; infinite for a log-logistic with `high` over 361 times `low`."""

    def ppf(self, u: ArrayLike) -> Array:
        """Quantiles at the probabilities `u`, same shape."""
        return self.from_normal(special.ndtri(np.asarray(u, dtype=float)))

    def cdf(self, x: ArrayLike) -> Array:
        """Probabilities of at most `x`, same shape."""
        with np.errstate(divide="ignore"):
            return np.asarray(self._cdf(np.clip(np.asarray(x, dtype=float), *self.support)))

    def to_normal(self, x: ArrayLike) -> Array:
        """Standard normals from which `x` comes, same shape: the inverse of `from_normal`.

        Infinite from the ends of the support on.
        """
        x = np.asarray(x, dtype=float)
        inside = (x > self.support[0]) & (x < self.support[1])
        z = self._to_normal(np.where(inside, x, self.median()))
        return np.where(inside, z, np.where(x <= self.support[0], -math.inf, math.inf))

    def _to_normal(self, x: Array) -> Array:
        """Go by the lower tail's probability; shapes that reach farther have their own way."""
        return np.asarray(special.ndtri(self._cdf(x)))

    def pdf(self, x: ArrayLike) -> Array:
        """Densities at `x`, same shape, per unit of `x`; 0 from the ends of the support on."""
        x = np.asarray(x, dtype=float)
        inside = (x > self.support[0]) & (x < self.support[1])
        return np.where(inside, self._pdf(np.where(inside, x, self.median())), 0.0)

    def median(self) -> float:
        """The value as likely exceeded as not."""
        return float(self.from_normal(0.0))

    def p95(self) -> float:
        """The 95th percentile."""
        return float(self.from_normal(Z95))


@dataclass(frozen=True)
class Certain(Distribution):
    """One value, always."""

    value: float

    def from_normal(self, z: ArrayLike) -> Array:
        return np.full(np.shape(z), self.value)

    def to_normal(self, x: ArrayLike) -> Array:
        """Infinite: no draw is below the one value and none above."""
        return np.where(np.asarray(x) < self.value, -math.inf, math.inf)

    def _cdf(self, x: Array) -> Array:
        return np.where(x >= self.value, 1.0, 0.0)

    def _pdf(self, x: Array) -> Array:
        return np.where(x == self.value, math.inf, 0.0)

    def mean(self) -> float:
        return self.value


@dataclass(frozen=True)
class Normal(Distribution):
    """A normal truncated to its support by renormalising; `mu`, `sigma` before truncation."""

    mu: float
    sigma: float
    support: tuple[float, float] = (-math.inf, math.inf)

    @cached_property
    def _ends(self) -> tuple[float, float, float]:
        """Standardised bounds and the log of the probability between them."""
        a, b = ((end - self.mu) / self.sigma for end in self.support)
        return a, b, float(log_mass(a, b))

    def from_normal(self, z: ArrayLike) -> Array:
        z = np.asarray(z, dtype=float)
        a, b, whole = self._ends
        if whole > -1e-17:
            return np.clip(self.mu + self.sigma * z, *self.support)
        below = np.logaddexp(special.log_ndtr(a), special.log_ndtr(z) + whole)
        above = np.logaddexp(special.log_ndtr(-b), special.log_ndtr(-z) + whole)
        # Each end from its own side: the probability near 1 has no digits left for the tail.
        inner = np.where(below < above, special.ndtri_exp(below), -special.ndtri_exp(above))
        return np.clip(self.mu + self.sigma * inner, *self.support)

    def _to_normal(self, x: Array) -> Array:
        (a, b, whole), y = self._ends, (x - self.mu) / self.sigma
        return by_nearer_tail(log_mass(a, y) - whole, log_mass(y, b) - whole)

    def _cdf(self, x: Array) -> Array:
        a, _, whole = self._ends
        return np.exp(log_mass(a, (x - self.mu) / self.sigma) - whole)

    def _pdf(self, x: Array) -> Array:
        return _normal_density((x - self.mu) / self.sigma, self._ends[2]) / self.sigma

    def mean(self) -> float:
        a, b, whole = self._ends
        tilt = _normal_density(a, whole) - _normal_density(b, whole)
        return float(self.mu + self.sigma * tilt)


@dataclass(frozen=True)
class LogNormal(Distribution):
    """ln x is normal with `mu`, `sigma`."""

    mu: float
    sigma: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Array:
        x = np.asarray(np.multiply(z, self.sigma, dtype=float))
        x += self.mu
        np.exp(x, out=x)
        return x

    def _to_normal(self, x: Array) -> Array:
        return (np.log(x) - self.mu) / self.sigma

    def _cdf(self, x: Array) -> Array:
        return np.asarray(special.ndtr((np.log(x) - self.mu) / self.sigma))

    def _pdf(self, x: Array) -> Array:
        return _normal_density((np.log(x) - self.mu) / self.sigma) / (self.sigma * x)

    def mean(self) -> float:
        return exp_or_infinity(self.mu + self.sigma**2 / 2)


@dataclass(frozen=True)
class LogitNormal(Distribution):
    """ln(x/(1 − x)) is normal with `mu`, `sigma`."""

    mu: float
    sigma: float
    support = (0.0, 1.0)

    def from_normal(self, z: ArrayLike) -> Array:
        x = np.asarray(np.multiply(z, -self.sigma, dtype=float))
        x -= self.mu
        with np.errstate(over="ignore"):  # exp(710) is infinite and 1/(1 + inf) the right 0
            np.exp(x, out=x)
        x += 1.0
        np.divide(1.0, x, out=x)
        return x

    def _to_normal(self, x: Array) -> Array:
        return np.asarray((special.logit(x) - self.mu) / self.sigma)

    def _cdf(self, x: Array) -> Array:
        return np.asarray(special.ndtr((special.logit(x) - self.mu) / self.sigma))

    def _pdf(self, x: Array) -> Array:
        z = (special.logit(x) - self.mu) / self.sigma
        return _normal_density(z) / (self.sigma * x * (1 - x))

    def mean(self) -> float:
        # No closed form. The integrand is analytic with poles π/σ off the axis, so the trapezoid
        # rule errs by exp(−2π²/(σ·step)): below 1e-17 at this step, whatever σ.
        step = 1 / (4 + 2 * self.sigma)
        z = np.arange(-38.0, 38.0, step)  # to where the density underflows
        return float(np.sum(self.from_normal(z) * _normal_density(z)) * step)


def log_mass(a: ArrayLike, b: ArrayLike) -> Array:
    """log(Φ(b) − Φ(a)) for a <= b, computed from the tail both are nearer to."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    flip = a > 0
    log_a = special.log_ndtr(np.where(flip, -b, a))
    log_b = special.log_ndtr(np.where(flip, -a, b))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a == b, -math.inf, log_b + np.log1p(-np.exp(log_a - log_b)))


def by_nearer_tail(log_below: Array, log_above: Array) -> Array:
    """Standard normals from the logs of both tails' probabilities, by the smaller of the two."""
    by_below, by_above = special.ndtri_exp(log_below), special.ndtri_exp(log_above)
    return np.where(log_below < log_above, by_below, -by_above)


def _normal_density(z: ArrayLike, whole: float = 0.0) -> Array:
    """Standard normal density at `z`, divided by the probability exp(`whole`)."""
    return np.exp(-(np.asarray(z) ** 2) / 2 - math.log(2 * math.pi) / 2 - whole)


def exp_or_infinity(x: float) -> float:
    """e^x, infinite where a float cannot hold it."""
    return math.exp(x) if x < 709 else math.inf
