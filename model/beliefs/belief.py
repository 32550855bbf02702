"""Beliefs: a 90 % interval and a shape, fitted exactly to the interval's ends (MODEL §2).

>>> revenue = fit(Belief("lognormal", 11e9, 17e9))
>>> [f"{value / 1e9:.4f}" for value in (revenue.ppf(0.05), revenue.median(), revenue.p95())]
['11.0000', '13.6748', '17.0000']

A distribution is a monotone map of a standard normal, so beliefs are correlated by correlating
normals.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special
from scipy.optimize import brentq

from model import data
from model.beliefs.distributions import (
    Z95,
    Certain,
    Distribution,
    LogitNormal,
    LogNormal,
    Normal,
    log_mass,
)
from model.beliefs.tails import Empirical, Gamma, LogLogistic, Pert, Uniform, Weibull

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

LOGIT95 = math.log(19.0)
LN20 = math.log(20.0)
_NEAREST = -1.0 - 1e-9  # a bound as near as this to the interval leaves no room for 5 % beyond
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
        return Certain(belief.low)
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
    if 0 < high - low < 1e-9 * max(abs(low), abs(high)):
        raise BeliefError(f"{low!r} – {high!r} is too narrow; make them equal if it is certain")
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
        return Normal(center, half * plain, (lower, upper))

    def imbalance(mu: float, sigma: float) -> float:
        left = log_mass((a - mu) / sigma, (-1 - mu) / sigma)
        return float(left - log_mass((1 - mu) / sigma, (b - mu) / sigma))

    def balanced(sigma: float) -> float:
        reach = sigma
        while imbalance(-reach, sigma) < 0 or imbalance(reach, sigma) > 0:
            reach *= 2
        return _root(lambda mu: imbalance(mu, sigma), -reach, reach)

    def excess(log_sigma: float) -> float:
        sigma = math.exp(log_sigma)
        mu = balanced(sigma)
        whole = log_mass((a - mu) / sigma, (b - mu) / sigma)
        return float(log_mass((a - mu) / sigma, (-1 - mu) / sigma) - whole) + LN20

    if a > _NEAREST or b < -_NEAREST or excess(math.log(flattest)) < 0:
        raise BeliefError(
            f"{belief.low:.10g} – {belief.high:.10g} is too wide for normal between the bounds "
            f"{lower:g} and {upper:g}; narrow it, or choose uniform or, above 0, lognormal"
        )
    sigma = plain
    if excess(math.log(plain)) < 0:
        sigma = math.exp(_root(excess, math.log(plain), math.log(flattest)))
    return Normal(center + half * balanced(sigma), half * sigma, (lower, upper))


def _lognormal(belief: Belief) -> Distribution:
    low, high = math.log(belief.low), math.log(belief.high)
    return LogNormal((low + high) / 2, (high - low) / (2 * Z95))


def _logitnormal(belief: Belief) -> Distribution:
    low, high = float(special.logit(belief.low)), float(special.logit(belief.high))
    return LogitNormal((low + high) / 2, (high - low) / (2 * Z95))


def _uniform(belief: Belief) -> Distribution:
    beyond = (belief.high - belief.low) / 18  # a twentieth of the whole, on either side
    return Uniform((belief.low - beyond, belief.high + beyond))


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
    return Gamma(k, belief.high / float(special.gammainccinv(k, 0.05)))


def _weibull(belief: Belief) -> Distribution:
    k = math.log(LN20 / -math.log(0.95)) / (math.log(belief.high) - math.log(belief.low))
    return Weibull(k, math.log(belief.high) - math.log(LN20) / k)


def _loglogistic(belief: Belief) -> Distribution:
    low, high = math.log(belief.low), math.log(belief.high)
    return LogLogistic(2 * LOGIT95 / (high - low), (low + high) / 2)


def _pert(belief: Belief) -> Distribution:
    assert belief.mid is not None
    peak = (belief.mid - belief.low) / (belief.high - belief.low)
    return Pert(1 + 4 * peak, 5 - 4 * peak, (belief.low, belief.high))


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
        return Certain(float(sample[0]))
    return Empirical(tuple(sample.tolist()), (float(sample[0]), float(sample[-1])))


def _root(function: Callable[[float], float], start: float, end: float) -> float:
    return float(brentq(function, start, end, xtol=1e-15, rtol=8.9e-16))
