"""The shapes whose draws go by the probability of a tail (MODEL §2).

Each is computed from the nearer end, so that eight sigmas out is still a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from model.arrays import Array
from model.beliefs.distributions import Distribution, by_nearer_tail, exp_or_infinity


@dataclass(frozen=True)
class Uniform(Distribution):
    """Equally likely anywhere in its support."""

    support: tuple[float, float]

    def from_normal(self, z: ArrayLike) -> Array:
        start, end = self.support
        return _from_tails(
            z, lambda p: start + (end - start) * p, lambda q: end - (end - start) * q
        )

    def _to_normal(self, x: Array) -> Array:
        start, end = self.support
        return _by_tails((x - start) / (end - start), (end - x) / (end - start))

    def _cdf(self, x: Array) -> Array:
        start, end = self.support
        return (x - start) / (end - start)

    def _pdf(self, x: Array) -> Array:
        start, end = self.support
        return np.full(x.shape, 1 / (end - start))

    def mean(self) -> float:
        return sum(self.support) / 2


_FARTHEST_Z, _PER_Z = 8, 256
"""How far the table of a gamma's quantiles reaches, in σ, and its nodes for each."""


@lru_cache(maxsize=64)
def _gamma_table(k: float) -> tuple[Array, ...] | None:
    """Cubics of ln x between nodes of z: an exact quantile takes twenty times as long.

    They meet values and slopes of the exact one; None where it leaves what a float can hold.
    """
    z = np.arange(-_FARTHEST_Z * _PER_Z, _FARTHEST_Z * _PER_Z + 1) / _PER_Z
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        x = _gamma_exact(k, z)
        log_x = np.log(x)
        log_density = k * log_x - x - special.gammaln(k)
        normal = -0.5 * z * z - 0.5 * math.log(2.0 * math.pi)
        begin = np.exp(normal - log_density) / _PER_Z
        rise = np.diff(log_x)
    if not (np.isfinite(log_x).all() and np.isfinite(begin).all()):
        return None
    begin, end = begin[:-1], begin[1:]
    return begin + end - 2.0 * rise, 3.0 * rise - 2.0 * begin - end, begin, log_x[:-1]


def _gamma_exact(k: float, z: Array) -> Array:
    return _from_tails(z, lambda p: special.gammaincinv(k, p), lambda q: special.gammainccinv(k, q))


@dataclass(frozen=True)
class Gamma(Distribution):
    """Gamma with shape `k` and `scale`."""

    k: float
    scale: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Array:
        z = np.asarray(z, dtype=float)
        table = _gamma_table(self.k)
        if table is None:
            return self.scale * _gamma_exact(self.k, z)
        place = np.asarray((z + _FARTHEST_Z) * _PER_Z)
        node = np.clip(place.astype(np.int64), 0, len(table[0]) - 1)
        step = place - node
        third, second, first, start = (part.take(node) for part in table)
        x = np.exp(((third * step + second) * step + first) * step + start)
        beyond = np.abs(z) >= _FARTHEST_Z
        if beyond.any():  # one draw in 10^15
            x = np.where(beyond, _gamma_exact(self.k, z), x)
        return np.asarray(self.scale * x)

    def _to_normal(self, x: Array) -> Array:
        y = x / self.scale
        return _by_tails(special.gammainc(self.k, y), special.gammaincc(self.k, y))

    def _cdf(self, x: Array) -> Array:
        return np.asarray(special.gammainc(self.k, x / self.scale), dtype=float)

    def _pdf(self, x: Array) -> Array:
        y = x / self.scale
        log_density = special.xlogy(self.k - 1, y) - y - special.gammaln(self.k)
        return np.exp(log_density) / self.scale

    def mean(self) -> float:
        return self.k * self.scale


@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull with shape `k`; `log_scale` is ln of the scale."""

    k: float
    log_scale: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Array:
        hazard = -special.log_ndtr(-np.asarray(z, dtype=float))
        return np.exp(np.log(hazard) / self.k + self.log_scale)

    def _hazard(self, x: Array) -> Array:
        return np.exp(self.k * (np.log(x) - self.log_scale))

    def _to_normal(self, x: Array) -> Array:
        hazard = self._hazard(x)
        with np.errstate(divide="ignore"):
            return by_nearer_tail(np.log(-np.expm1(-hazard)), -hazard)

    def _cdf(self, x: Array) -> Array:
        return -np.expm1(-self._hazard(x))

    def _pdf(self, x: Array) -> Array:
        hazard = self._hazard(x)
        return self.k / x * hazard * np.exp(-hazard)

    def mean(self) -> float:
        return exp_or_infinity(self.log_scale + math.lgamma(1 + 1 / self.k))


@dataclass(frozen=True)
class LogLogistic(Distribution):
    """The log odds are linear in ln x: slope `k`, `log_scale` is ln of the median."""

    k: float
    log_scale: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Array:
        z = np.asarray(z, dtype=float)
        log_odds = special.log_ndtr(z) - special.log_ndtr(-z)
        return np.exp(log_odds / self.k + self.log_scale)

    def _to_normal(self, x: Array) -> Array:
        log_odds = self.k * (np.log(x) - self.log_scale)
        return by_nearer_tail(-np.logaddexp(0.0, -log_odds), -np.logaddexp(0.0, log_odds))

    def _cdf(self, x: Array) -> Array:
        return special.expit(self.k * (np.log(x) - self.log_scale))

    def _pdf(self, x: Array) -> Array:
        log_odds = self.k * (np.log(x) - self.log_scale)
        return self.k / x * special.expit(log_odds) * special.expit(-log_odds)

    def mean(self) -> float:
        if self.k <= 1:
            return math.inf
        return exp_or_infinity(self.log_scale) * (math.pi / self.k) / math.sin(math.pi / self.k)


@dataclass(frozen=True)
class Pert(Distribution):
    """Beta(`alpha`, `beta`) stretched over its support (PERT with λ = 4)."""

    alpha: float
    beta: float
    support: tuple[float, float]

    def from_normal(self, z: ArrayLike) -> Array:
        low, high = self.support
        return _from_tails(
            z,
            lambda p: low + (high - low) * special.betaincinv(self.alpha, self.beta, p),
            lambda q: high - (high - low) * special.betaincinv(self.beta, self.alpha, q),
        )

    def _to_normal(self, x: Array) -> Array:
        low, high = self.support
        below = special.betainc(self.alpha, self.beta, (x - low) / (high - low))
        return _by_tails(below, special.betainc(self.beta, self.alpha, (high - x) / (high - low)))

    def _cdf(self, x: Array) -> Array:
        low, high = self.support
        return special.betainc(self.alpha, self.beta, (x - low) / (high - low))

    def _pdf(self, x: Array) -> Array:
        low, high = self.support
        powers = ((x - low) / (high - low)) ** (self.alpha - 1)
        powers *= ((high - x) / (high - low)) ** (self.beta - 1)
        return powers / special.beta(self.alpha, self.beta) / (high - low)

    def mean(self) -> float:
        low, high = self.support
        return low + (high - low) * self.alpha / (self.alpha + self.beta)


@dataclass(frozen=True)
class Empirical(Distribution):
    """A sorted sample, its quantile linear between the points."""

    sample: tuple[float, ...]  # sorted; the quantile is linear between its points (type 7)
    support: tuple[float, float]

    @cached_property
    def _points(self) -> tuple[Array, Array]:
        return np.linspace(0.0, 1.0, len(self.sample)), np.array(self.sample)

    def from_normal(self, z: ArrayLike) -> Array:
        u = special.ndtr(np.asarray(z, dtype=float))
        return np.asarray(np.interp(u, *self._points))

    def _cdf(self, x: Array) -> Array:
        probabilities, values = self._points
        return np.interp(x, values, probabilities)

    def _pdf(self, x: Array) -> Array:
        _, values = self._points
        after = np.minimum(np.searchsorted(values, x, side="right"), len(values) - 1)
        with np.errstate(divide="ignore"):  # a value seen twice has a jump there, not a density
            return np.asarray(1 / (values[after] - values[after - 1]) / (len(values) - 1))

    def mean(self) -> float:
        """Mean of what is drawn, which weighs the two end points half; not the sample's mean."""
        return float(np.trapezoid(self._points[1], self._points[0]))


def _by_tails(below: ArrayLike, above: ArrayLike) -> Array:
    """Standard normals from both tails' probabilities."""
    with np.errstate(divide="ignore"):
        return by_nearer_tail(np.log(below), np.log(above))


def _from_tails(
    z: ArrayLike, left: Callable[[Array], ArrayLike], right: Callable[[Array], ArrayLike]
) -> Array:
    """Quantiles by the lower tail's probability below the median, by the upper tail's above it."""
    z = np.asarray(z, dtype=float)
    x = np.empty(z.shape)
    low = z < 0
    x[low] = left(special.ndtr(z[low]))
    x[~low] = right(special.ndtr(-z[~low]))
    return x
