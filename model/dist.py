"""Beliefs: a 90 % interval and a shape, fitted exactly to the interval's ends (MODEL §2).

>>> revenue = fit(Belief("lognormal", 11e9, 17e9))
>>> [f"{value / 1e9:.4f}" for value in (revenue.ppf(0.05), revenue.median(), revenue.p95())]
['11.0000', '13.6748', '17.0000']

A distribution is a monotone map of a standard normal, so beliefs are correlated by correlating
normals. Tails are computed from the nearer end, so that eight sigmas out is still a number.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import brentq

from model import data

Floats = NDArray[np.float64]

SHAPES = (
    "normal",
    "lognormal",
    "logitnormal",
    "uniform",
    "gamma",
    "weibull",
    "loglogistic",
    "pert",
)
EMPIRICAL = "empirical:"
POSITIVE = ("lognormal", "logitnormal", "gamma", "weibull", "loglogistic")

Z95 = float(special.ndtri(0.95))
LOGIT95 = math.log(19.0)
LN20 = math.log(20.0)
FARTHEST_Z = 8.0  # beyond any draw: one in 10^15


class BeliefError(ValueError):
    """A belief that no distribution can meet; one line saying what is wrong and what is allowed."""


@dataclass(frozen=True)
class Belief:
    """A shape and its 5th and 95th percentile; pert: absolute ends and mode (MODEL §2)."""

    shape: str
    low: float
    high: float
    mid: float | None = None

    @property
    def certain(self) -> bool:
        """Whether the value is known: `low == high`, whatever the shape."""
        return self.low == self.high and not self.shape.startswith(EMPIRICAL)


class Distribution(ABC):
    """A frozen, continuous, monotone map of standard normals; arrays in, arrays out."""

    support: tuple[float, float] = (-math.inf, math.inf)

    @abstractmethod
    def from_normal(self, z: ArrayLike) -> Floats:
        """Draws from standard normals `z`, same shape, increasing in `z`, not clipped to bounds."""

    @abstractmethod
    def _cdf(self, x: Floats) -> Floats: ...

    @abstractmethod
    def _pdf(self, x: Floats) -> Floats: ...

    @abstractmethod
    def mean(self) -> float:
        """Expected value; infinite for a log-logistic with `high` over 361 times `low`."""

    def ppf(self, u: ArrayLike) -> Floats:
        """Quantiles at the probabilities `u`, same shape."""
        return self.from_normal(special.ndtri(np.asarray(u, dtype=float)))

    def cdf(self, x: ArrayLike) -> Floats:
        """Probabilities of at most `x`, same shape."""
        with np.errstate(divide="ignore"):
            return np.asarray(self._cdf(np.clip(np.asarray(x, dtype=float), *self.support)))

    def pdf(self, x: ArrayLike) -> Floats:
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
class _Certain(Distribution):
    value: float

    def from_normal(self, z: ArrayLike) -> Floats:
        return np.full(np.shape(z), self.value)

    def _cdf(self, x: Floats) -> Floats:
        return np.where(x >= self.value, 1.0, 0.0)

    def _pdf(self, x: Floats) -> Floats:
        return np.where(x == self.value, math.inf, 0.0)

    def mean(self) -> float:
        return self.value


@dataclass(frozen=True)
class _Normal(Distribution):
    mu: float
    sigma: float
    support: tuple[float, float] = (-math.inf, math.inf)

    @cached_property
    def _ends(self) -> tuple[float, float, float]:
        """Standardised bounds and the log of the probability between them."""
        a, b = ((end - self.mu) / self.sigma for end in self.support)
        return a, b, float(_log_mass(a, b))

    def from_normal(self, z: ArrayLike) -> Floats:
        z = np.asarray(z, dtype=float)
        a, b, log_mass = self._ends
        if log_mass > -1e-17:
            return np.clip(self.mu + self.sigma * z, *self.support)
        below = np.logaddexp(special.log_ndtr(a), special.log_ndtr(z) + log_mass)
        above = np.logaddexp(special.log_ndtr(-b), special.log_ndtr(-z) + log_mass)
        # Each end from its own side: the probability near 1 has no digits left for the tail.
        inner = np.where(below < above, special.ndtri_exp(below), -special.ndtri_exp(above))
        return np.clip(self.mu + self.sigma * inner, *self.support)

    def _cdf(self, x: Floats) -> Floats:
        a, _, log_mass = self._ends
        return np.exp(_log_mass(a, (x - self.mu) / self.sigma) - log_mass)

    def _pdf(self, x: Floats) -> Floats:
        return _normal_density((x - self.mu) / self.sigma, self._ends[2]) / self.sigma

    def mean(self) -> float:
        a, b, log_mass = self._ends
        tilt = _normal_density(a, log_mass) - _normal_density(b, log_mass)
        return float(self.mu + self.sigma * tilt)


@dataclass(frozen=True)
class _LogNormal(Distribution):
    mu: float
    sigma: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Floats:
        x = np.asarray(np.multiply(z, self.sigma, dtype=float))
        x += self.mu
        np.exp(x, out=x)
        return x

    def _cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((np.log(x) - self.mu) / self.sigma))

    def _pdf(self, x: Floats) -> Floats:
        return _normal_density((np.log(x) - self.mu) / self.sigma) / (self.sigma * x)

    def mean(self) -> float:
        return _exp(self.mu + self.sigma**2 / 2)


@dataclass(frozen=True)
class _LogitNormal(Distribution):
    mu: float
    sigma: float
    support = (0.0, 1.0)

    def from_normal(self, z: ArrayLike) -> Floats:
        x = np.asarray(np.multiply(z, -self.sigma, dtype=float))
        x -= self.mu
        with np.errstate(over="ignore"):  # exp(710) is infinite and 1/(1 + inf) the right 0
            np.exp(x, out=x)
        x += 1.0
        np.divide(1.0, x, out=x)
        return x

    def _cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((special.logit(x) - self.mu) / self.sigma))

    def _pdf(self, x: Floats) -> Floats:
        z = (special.logit(x) - self.mu) / self.sigma
        return _normal_density(z) / (self.sigma * x * (1 - x))

    def mean(self) -> float:
        # No closed form. The integrand is analytic with poles π/σ off the axis, so the trapezoid
        # rule errs by exp(−2π²/(σ·step)): below 1e-17 at this step, whatever σ.
        step = 1 / (4 + 2 * self.sigma)
        z = np.arange(-38.0, 38.0, step)  # to where the density underflows
        return float(np.sum(self.from_normal(z) * _normal_density(z)) * step)


@dataclass(frozen=True)
class _Uniform(Distribution):
    support: tuple[float, float]

    def from_normal(self, z: ArrayLike) -> Floats:
        start, end = self.support
        return _from_tails(
            z, lambda p: start + (end - start) * p, lambda q: end - (end - start) * q
        )

    def _cdf(self, x: Floats) -> Floats:
        start, end = self.support
        return (x - start) / (end - start)

    def _pdf(self, x: Floats) -> Floats:
        start, end = self.support
        return np.full(x.shape, 1 / (end - start))

    def mean(self) -> float:
        return sum(self.support) / 2


@dataclass(frozen=True)
class _Gamma(Distribution):
    k: float
    scale: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Floats:
        return self.scale * _from_tails(
            z,
            lambda p: special.gammaincinv(self.k, p),
            lambda q: special.gammainccinv(self.k, q),
        )

    def _cdf(self, x: Floats) -> Floats:
        return np.asarray(special.gammainc(self.k, x / self.scale), dtype=float)

    def _pdf(self, x: Floats) -> Floats:
        y = x / self.scale
        log_density = special.xlogy(self.k - 1, y) - y - special.gammaln(self.k)
        return np.exp(log_density) / self.scale

    def mean(self) -> float:
        return self.k * self.scale


@dataclass(frozen=True)
class _Weibull(Distribution):
    k: float
    log_scale: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Floats:
        hazard = -special.log_ndtr(-np.asarray(z, dtype=float))
        return np.exp(np.log(hazard) / self.k + self.log_scale)

    def _hazard(self, x: Floats) -> Floats:
        return np.exp(self.k * (np.log(x) - self.log_scale))

    def _cdf(self, x: Floats) -> Floats:
        return -np.expm1(-self._hazard(x))

    def _pdf(self, x: Floats) -> Floats:
        hazard = self._hazard(x)
        return self.k / x * hazard * np.exp(-hazard)

    def mean(self) -> float:
        return _exp(self.log_scale + math.lgamma(1 + 1 / self.k))


@dataclass(frozen=True)
class _LogLogistic(Distribution):
    k: float
    log_scale: float
    support = (0.0, math.inf)

    def from_normal(self, z: ArrayLike) -> Floats:
        z = np.asarray(z, dtype=float)
        log_odds = special.log_ndtr(z) - special.log_ndtr(-z)
        return np.exp(log_odds / self.k + self.log_scale)

    def _cdf(self, x: Floats) -> Floats:
        return special.expit(self.k * (np.log(x) - self.log_scale))

    def _pdf(self, x: Floats) -> Floats:
        log_odds = self.k * (np.log(x) - self.log_scale)
        return self.k / x * special.expit(log_odds) * special.expit(-log_odds)

    def mean(self) -> float:
        if self.k <= 1:
            return math.inf
        return _exp(self.log_scale) * (math.pi / self.k) / math.sin(math.pi / self.k)


@dataclass(frozen=True)
class _Pert(Distribution):
    alpha: float
    beta: float
    support: tuple[float, float]

    def from_normal(self, z: ArrayLike) -> Floats:
        low, high = self.support
        return _from_tails(
            z,
            lambda p: low + (high - low) * special.betaincinv(self.alpha, self.beta, p),
            lambda q: high - (high - low) * special.betaincinv(self.beta, self.alpha, q),
        )

    def _cdf(self, x: Floats) -> Floats:
        low, high = self.support
        return special.betainc(self.alpha, self.beta, (x - low) / (high - low))

    def _pdf(self, x: Floats) -> Floats:
        low, high = self.support
        powers = ((x - low) / (high - low)) ** (self.alpha - 1)
        powers *= ((high - x) / (high - low)) ** (self.beta - 1)
        return powers / special.beta(self.alpha, self.beta) / (high - low)

    def mean(self) -> float:
        low, high = self.support
        return low + (high - low) * self.alpha / (self.alpha + self.beta)


@dataclass(frozen=True)
class _Empirical(Distribution):
    sample: tuple[float, ...]  # sorted; the quantile is linear between its points (type 7)
    support: tuple[float, float]

    @cached_property
    def _points(self) -> tuple[Floats, Floats]:
        return np.linspace(0.0, 1.0, len(self.sample)), np.array(self.sample)

    def from_normal(self, z: ArrayLike) -> Floats:
        u = special.ndtr(np.asarray(z, dtype=float))
        return np.asarray(np.interp(u, *self._points))

    def _cdf(self, x: Floats) -> Floats:
        probabilities, values = self._points
        return np.interp(x, values, probabilities)

    def _pdf(self, x: Floats) -> Floats:
        _, values = self._points
        after = np.minimum(np.searchsorted(values, x, side="right"), len(values) - 1)
        with np.errstate(divide="ignore"):  # a value seen twice has a jump there, not a density
            return np.asarray(1 / (values[after] - values[after - 1]) / (len(values) - 1))

    def mean(self) -> float:
        """Mean of what is drawn, which weighs the two end points half; not the sample's mean."""
        return float(np.trapezoid(self._points[1], self._points[0]))


@lru_cache(maxsize=4096)
def fit(belief: Belief, lower: float = -math.inf, upper: float = math.inf) -> Distribution:
    """The distribution with the belief's 5 % and 95 % points exactly; BeliefError if none has them.

    `lower` and `upper` are the assumption's bounds: `low` and `high` must respect them and `normal`
    is truncated to them; draws of the other shapes may lie beyond and are the caller's to clip.
    """
    if belief.shape.startswith(EMPIRICAL):
        return _empirical(belief.shape.removeprefix(EMPIRICAL))
    _check(belief, lower, upper)
    if belief.certain:
        return _Certain(belief.low)
    distribution = (
        _normal(belief, lower, upper) if belief.shape == "normal" else _FITS[belief.shape](belief)
    )
    with np.errstate(over="ignore"):
        if not np.isfinite(distribution.from_normal(FARTHEST_Z)):
            raise _too_wide(belief)
    return distribution


def _check(belief: Belief, lower: float, upper: float) -> None:
    """Raise BeliefError for what no shape, or not this one, allows."""
    shape, low, high, mid = belief.shape, belief.low, belief.high, belief.mid
    between = f"between {low:.10g} and {high:.10g}"
    if shape not in SHAPES:
        raise BeliefError(f"unknown shape {shape!r}; allowed: {', '.join(SHAPES)}, {EMPIRICAL}FILE")
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(high - low)):
        raise BeliefError(f"low {low} and high {high} must be finite numbers")
    if low > high:
        raise BeliefError(f"low {low:.10g} is above high {high:.10g}; allowed: low <= high")
    if low < lower or high > upper:
        raise BeliefError(f"{low:.10g} – {high:.10g} is outside the bounds {lower:g} – {upper:g}")
    if mid is not None and shape != "pert":
        raise BeliefError(f"mid {mid:.10g} has no meaning for {shape}; only pert takes a mid")
    if shape == "pert" and not belief.certain and mid is None:
        raise BeliefError(f"pert needs mid, its most likely value, {between}")
    if mid is not None and not low <= mid <= high:
        raise BeliefError(f"mid {mid:.10g} is outside low and high; allowed: {between}")
    if shape in POSITIVE and low <= 0 and not belief.certain:
        raise BeliefError(
            f"low {low:.10g} is not possible for {shape}; allowed: above 0, or low = high"
        )
    if shape == "logitnormal" and high >= 1 and not belief.certain:
        raise BeliefError(
            f"high {high:.10g} is not possible for {shape}; allowed: below 1, or low = high"
        )


def _too_wide(belief: Belief) -> BeliefError:
    interval = f"{belief.low:.10g} – {belief.high:.10g}"
    return BeliefError(f"{interval} is too wide for {belief.shape}; narrow the interval")


def _normal(belief: Belief, lower: float, upper: float) -> Distribution:
    """Solve μ and σ so that the normal truncated to the bounds has the 5 % and 95 % points.

    At each σ one μ makes the tails outside the interval equal; along those the tails grow with σ,
    from at most 5 % at the plain normal's σ towards those of an exponential or a uniform.
    """
    half = (belief.high - belief.low) / 2
    center = belief.low + half
    a, b = (lower - center) / half, (upper - center) / half
    plain, flattest = 1 / Z95, 20.0  # flatter than this is an exponential or a uniform
    if a < -9 * plain and b > 9 * plain:
        return _Normal(center, half * plain, (lower, upper))

    def imbalance(mu: float, sigma: float) -> float:
        left = _log_mass((a - mu) / sigma, (-1 - mu) / sigma)
        return float(left - _log_mass((1 - mu) / sigma, (b - mu) / sigma))

    def balanced(sigma: float) -> float:
        reach = sigma
        while imbalance(-reach, sigma) < 0 or imbalance(reach, sigma) > 0:
            reach *= 2
        return _root(lambda mu: imbalance(mu, sigma), -reach, reach)

    def excess(log_sigma: float) -> float:
        sigma = math.exp(log_sigma)
        mu = balanced(sigma)
        whole = _log_mass((a - mu) / sigma, (b - mu) / sigma)
        return float(_log_mass((a - mu) / sigma, (-1 - mu) / sigma) - whole) + LN20

    if a == -1 or b == 1 or excess(math.log(flattest)) < 0:
        raise BeliefError(
            f"{belief.low:.10g} – {belief.high:.10g} is too wide for normal between the bounds "
            f"{lower:g} and {upper:g}; narrow it, or choose uniform or, above 0, lognormal"
        )
    sigma = plain
    if excess(math.log(plain)) < 0:
        sigma = math.exp(_root(excess, math.log(plain), math.log(flattest)))
    return _Normal(center + half * balanced(sigma), half * sigma, (lower, upper))


def _lognormal(belief: Belief) -> Distribution:
    low, high = math.log(belief.low), math.log(belief.high)
    return _LogNormal((low + high) / 2, (high - low) / (2 * Z95))


def _logitnormal(belief: Belief) -> Distribution:
    low, high = float(special.logit(belief.low)), float(special.logit(belief.high))
    return _LogitNormal((low + high) / 2, (high - low) / (2 * Z95))


def _uniform(belief: Belief) -> Distribution:
    beyond = (belief.high - belief.low) / 18  # a twentieth of the whole, on either side
    return _Uniform((belief.low - beyond, belief.high + beyond))


def _gamma(belief: Belief) -> Distribution:
    log_ratio = math.log(belief.high) - math.log(belief.low)
    if log_ratio < 0.0035:
        # Above a shape of 1e6 scipy's incomplete gamma loses its tails. A lognormal with the same
        # interval is there within 1e-5 of the gamma's value, even eight sigmas out.
        return _lognormal(belief)

    def excess(log_k: float) -> float:
        k = math.exp(log_k)
        upper, lower = special.gammainccinv(k, 0.05), special.gammaincinv(k, 0.05)
        return math.log(upper) - math.log(lower) - log_ratio

    widest, narrowest = math.log(0.01), math.log(1e6)
    if excess(widest) < 0:
        raise _too_wide(belief)
    k = math.exp(_root(excess, widest, narrowest))
    return _Gamma(k, belief.high / float(special.gammainccinv(k, 0.05)))


def _weibull(belief: Belief) -> Distribution:
    k = math.log(LN20 / -math.log(0.95)) / (math.log(belief.high) - math.log(belief.low))
    return _Weibull(k, math.log(belief.high) - math.log(LN20) / k)


def _loglogistic(belief: Belief) -> Distribution:
    low, high = math.log(belief.low), math.log(belief.high)
    return _LogLogistic(2 * LOGIT95 / (high - low), (low + high) / 2)


def _pert(belief: Belief) -> Distribution:
    assert belief.mid is not None
    peak = (belief.mid - belief.low) / (belief.high - belief.low)
    return _Pert(1 + 4 * peak, 5 - 4 * peak, (belief.low, belief.high))


_FITS: dict[str, Callable[[Belief], Distribution]] = {
    "lognormal": _lognormal,
    "logitnormal": _logitnormal,
    "uniform": _uniform,
    "gamma": _gamma,
    "weibull": _weibull,
    "loglogistic": _loglogistic,
    "pert": _pert,
}


def _empirical(file: str) -> Distribution:
    """The numbers in the column `duration_h` of a file in `data/`; empty cells are left out."""
    try:
        sample = data.column(file, "duration_h")
    except ValueError as error:
        raise BeliefError(f"{EMPIRICAL}{file}: {error}") from None
    sample = np.sort(sample[~np.isnan(sample)])
    if len(sample) < 2 or not np.isfinite(sample).all():
        raise BeliefError(f"{EMPIRICAL}{file}: needs at least two finite values of duration_h")
    if sample[0] == sample[-1]:
        return _Certain(float(sample[0]))
    return _Empirical(tuple(sample.tolist()), (float(sample[0]), float(sample[-1])))


def _from_tails(
    z: ArrayLike, left: Callable[[Floats], ArrayLike], right: Callable[[Floats], ArrayLike]
) -> Floats:
    """Quantiles by the lower tail's probability below the median, by the upper tail's above it."""
    z = np.asarray(z, dtype=float)
    x = np.empty(z.shape)
    low = z < 0
    x[low] = left(special.ndtr(z[low]))
    x[~low] = right(special.ndtr(-z[~low]))
    return x


def _log_mass(a: ArrayLike, b: ArrayLike) -> Floats:
    """log(Φ(b) − Φ(a)) for a <= b, computed from the tail both are nearer to."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    flip = a > 0
    log_a = special.log_ndtr(np.where(flip, -b, a))
    log_b = special.log_ndtr(np.where(flip, -a, b))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a == b, -math.inf, log_b + np.log1p(-np.exp(log_a - log_b)))


def _normal_density(z: ArrayLike, log_mass: float = 0.0) -> Floats:
    """Standard normal density at `z`, divided by the probability exp(`log_mass`)."""
    return np.exp(-(np.asarray(z) ** 2) / 2 - math.log(2 * math.pi) / 2 - log_mass)


def _root(function: Callable[[float], float], start: float, end: float) -> float:
    return float(brentq(function, start, end, xtol=1e-15, rtol=8.9e-16))


def _exp(x: float) -> float:
    """e^x, infinite where a float cannot hold it."""
    return math.exp(x) if x < 709 else math.inf
