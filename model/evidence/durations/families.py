"""Families of durations on the scale of ln d: mu says where, sigma how wide (MODEL §6).

`lognormal`, `weibull` and `loglogistic` are ln d = mu + sigma·z with z standard normal, smallest
extreme or logistic; for `gamma` mu is the log of the mean and sigma the coefficient of variation.

>>> weibull = FAMILIES["weibull"]
>>> {name: round(value, 3) for name, value in weibull.parameters(1.0, 0.5).items()}
{'k': 2.0, 'scale': 2.718}
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
from scipy import special

from model.arrays import Array

_LN_TINY = -700.0  # e to this is still a number
EULER = 0.5772156649015329


class Family(ABC):
    """A distribution of durations d > 0 by mu and sigma > 0; y is ln d, all arrays broadcast."""

    name: str

    @abstractmethod
    def log_density(self, y: Array, mu: Array, sigma: Array) -> Array:
        """Log density of y."""

    @abstractmethod
    def log_below(self, y: Array, mu: Array, sigma: Array) -> Array:
        """Log probability of at most y."""

    @abstractmethod
    def log_above(self, y: Array, mu: Array, sigma: Array) -> Array:
        """Log probability of more than y."""

    @abstractmethod
    def log_quantile(self, u: Array, mu: Array, sigma: Array) -> Array:
        """The y with probability `u` below it."""

    @abstractmethod
    def start(self, mean: Array, sd: Array) -> tuple[Array, Array]:
        """The mu and sigma of which y has about this mean and standard deviation."""

    @abstractmethod
    def parameters(self, mu: float, sigma: float) -> dict[str, float]:
        """The parameters as a textbook names them; scales in hours."""

    def log_between(self, low: Array, high: Array, mu: Array, sigma: Array) -> Array:
        """Log probability of `low` < y ≤ `high`, from the tail both are nearer to."""
        below, above = self.log_below(low, mu, sigma), self.log_above(high, mu, sigma)
        left, right = self.log_below(high, mu, sigma), self.log_above(low, mu, sigma)
        from_left = left + _log1m_exp(below - left)
        from_right = right + _log1m_exp(above - right)
        return np.where(left < right, from_left, from_right)


def _log1m_exp(x: Array) -> Array:
    """log(1 − e^x) for x ≤ 0."""
    return np.log(np.maximum(-np.expm1(np.minimum(x, 0.0)), 1e-300))


class _Lognormal(Family):
    name = "lognormal"

    def log_density(self, y: Array, mu: Array, sigma: Array) -> Array:
        z = (y - mu) / sigma
        return np.asarray(-0.5 * z * z - np.log(sigma) - 0.5 * math.log(2 * math.pi))

    def log_below(self, y: Array, mu: Array, sigma: Array) -> Array:
        return np.asarray(special.log_ndtr((y - mu) / sigma))

    def log_above(self, y: Array, mu: Array, sigma: Array) -> Array:
        return np.asarray(special.log_ndtr((mu - y) / sigma))

    def log_quantile(self, u: Array, mu: Array, sigma: Array) -> Array:
        return np.asarray(mu + sigma * special.ndtri(u))

    def start(self, mean: Array, sd: Array) -> tuple[Array, Array]:
        return mean, sd

    def parameters(self, mu: float, sigma: float) -> dict[str, float]:
        return {"mu": mu, "sigma": sigma}


class _Weibull(Family):
    name = "weibull"

    @staticmethod
    def _z(y: Array, mu: Array, sigma: Array) -> Array:
        return np.asarray(np.minimum((y - mu) / sigma, -_LN_TINY))

    def log_density(self, y: Array, mu: Array, sigma: Array) -> Array:
        z = self._z(y, mu, sigma)
        return np.asarray(z - np.exp(z) - np.log(sigma))

    def log_below(self, y: Array, mu: Array, sigma: Array) -> Array:
        return _log1m_exp(-np.exp(self._z(y, mu, sigma)))

    def log_above(self, y: Array, mu: Array, sigma: Array) -> Array:
        return -np.exp(self._z(y, mu, sigma))

    def log_quantile(self, u: Array, mu: Array, sigma: Array) -> Array:
        with np.errstate(divide="ignore"):
            return np.asarray(mu + sigma * np.log(-np.log1p(-u)))

    def start(self, mean: Array, sd: Array) -> tuple[Array, Array]:
        sigma = sd * math.sqrt(6.0) / math.pi
        return mean + EULER * sigma, sigma

    def parameters(self, mu: float, sigma: float) -> dict[str, float]:
        return {"k": 1.0 / sigma, "scale": math.exp(mu)}


class _Loglogistic(Family):
    name = "loglogistic"

    def log_density(self, y: Array, mu: Array, sigma: Array) -> Array:
        z = (y - mu) / sigma
        return np.asarray(-z - 2.0 * np.logaddexp(0.0, -z) - np.log(sigma))

    def log_below(self, y: Array, mu: Array, sigma: Array) -> Array:
        return -np.logaddexp(0.0, (mu - y) / sigma)

    def log_above(self, y: Array, mu: Array, sigma: Array) -> Array:
        return -np.logaddexp(0.0, (y - mu) / sigma)

    def log_quantile(self, u: Array, mu: Array, sigma: Array) -> Array:
        return np.asarray(mu + sigma * special.logit(u))

    def start(self, mean: Array, sd: Array) -> tuple[Array, Array]:
        return mean, sd * math.sqrt(3.0) / math.pi

    def parameters(self, mu: float, sigma: float) -> dict[str, float]:
        return {"k": 1.0 / sigma, "scale": math.exp(mu)}


class _Gamma(Family):
    name = "gamma"

    @staticmethod
    def _log_x(y: Array, mu: Array, sigma: Array) -> tuple[Array, Array]:
        """Shape k, and ln of d over the scale."""
        return np.asarray(sigma**-2.0), np.asarray(
            np.minimum(y - mu - 2.0 * np.log(sigma), -_LN_TINY)
        )

    def log_density(self, y: Array, mu: Array, sigma: Array) -> Array:
        k, x = self._log_x(y, mu, sigma)
        return np.asarray(k * x - np.exp(x) - special.gammaln(k))

    def log_below(self, y: Array, mu: Array, sigma: Array) -> Array:
        k, x = self._log_x(y, mu, sigma)
        below = special.gammainc(k, np.exp(x))
        # Far below the scale only the leading term x^k/Γ(k + 1) is left.
        return np.where(below > 1e-290, np.log(below + 1e-300), k * x - special.gammaln(k + 1.0))

    def log_above(self, y: Array, mu: Array, sigma: Array) -> Array:
        k, x = self._log_x(y, mu, sigma)
        above = special.gammaincc(k, np.exp(x))
        far = (k - 1.0) * x - np.exp(x) - special.gammaln(k)
        return np.where(above > 1e-290, np.log(above + 1e-300), far)

    def log_quantile(self, u: Array, mu: Array, sigma: Array) -> Array:
        k = sigma**-2.0
        x = special.gammaincinv(k, u)
        with np.errstate(divide="ignore"):
            far = (np.log(u) + special.gammaln(k + 1.0)) / k
            y = np.where(x > 1e-290, np.log(x), far)
        return np.asarray(y + mu + 2.0 * np.log(sigma))

    def start(self, mean: Array, sd: Array) -> tuple[Array, Array]:
        sigma = np.clip(sd, 0.02, 3.0)
        return mean + np.minimum(sd, 3.0) ** 2 / 2.0, sigma

    def parameters(self, mu: float, sigma: float) -> dict[str, float]:
        return {"k": sigma**-2.0, "scale": math.exp(mu) * sigma**2}


FAMILIES: dict[str, Family] = {
    family.name: family for family in (_Lognormal(), _Weibull(), _Gamma(), _Loglogistic())
}
"""By the name of the shape a belief has."""

_STEPS = 800
_REACH = 20.0  # below e^−20 of the cap nothing of the mean is left


def capped_mean(family: Family, mu: Array, sigma: Array, cap_h: float) -> Array:
    """E[min(d, cap)] in hours for parameters `(n,)`: the area under the survival curve.

    >>> one = np.ones(1)
    >>> round(float(capped_mean(FAMILIES["weibull"], 0 * one, one, 2.0)[0]), 6)  # 1 − e^−2
    0.864665
    """
    y = math.log(cap_h) - _REACH * np.linspace(1.0, 0.0, _STEPS + 1)
    simpson = np.ones(_STEPS + 1)
    simpson[1:-1:2], simpson[2:-1:2] = 4.0, 2.0
    simpson *= np.exp(y) * _REACH / _STEPS / 3.0
    survival = np.exp(family.log_above(y, np.asarray(mu)[:, None], np.asarray(sigma)[:, None]))
    return np.asarray(survival @ simpson + cap_h * math.exp(-_REACH))
