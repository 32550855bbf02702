"""Exact laws of counts and of sums of a random number of losses, to hold the engine against.

A loss is put on a grid by rounding to the nearest point; the sum of a random number of them has
the transform G(that of one), G the generating function of the number. What would wrap round the
end of the grid is damped before and restored after (Grübel and Hermesmeier, ASTIN Bulletin 29).

>>> from scipy import stats
>>> one = on_grid(stats.uniform(0.5, 0.4).cdf, 1.0, 64)
>>> law = compound(lambda z: np.exp(2.0 * (z - 1.0)), one)
>>> round(law.mean, 6), round(law.chance(0), 6) == round(float(np.exp(-2.0)), 6)
(2.0, True)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, special

from model.arrays import Array

Complex = NDArray[np.complex128]
_DAMPED = 12.0
_Z95 = float(special.ndtri(0.95))


@dataclass(frozen=True, eq=False)
class Law:
    """Chances of 0, one step, two steps, … of money."""

    chances: Array
    step: float

    @property
    def points(self) -> Array:
        """The values, `(n,)`."""
        return np.asarray(np.arange(len(self.chances)) * self.step, dtype=np.float64)

    @property
    def mean(self) -> float:
        """The expected value."""
        return float(self.chances @ self.points)

    def chance(self, index: int) -> float:
        """The chance of one point of the grid."""
        return float(self.chances[index])

    def quantile(self, level: float) -> float:
        """The left quantile."""
        return float(self.points[np.searchsorted(np.cumsum(self.chances), level)])

    def tail_mean(self, level: float) -> float:
        """VaR + E[(X − VaR)⁺]/(1 − level)."""
        at = self.quantile(level)
        return at + float(self.chances @ np.maximum(self.points - at, 0.0)) / (1.0 - level)


def on_grid(below: Callable[[Array], Array], step: float, size: int) -> Law:
    """Return a positive loss on the grid, from its distribution function."""
    edges = below(np.asarray((np.arange(size) + 0.5) * step, dtype=np.float64))
    edges[-1] = 1.0
    return Law(np.diff(edges, prepend=0.0), step)


def compound(number: Callable[[Complex], Complex], loss: Law) -> Law:
    """Return the law of the sum of so many losses, by the generating function of the number."""
    damping = np.exp(-_DAMPED * np.arange(len(loss.chances)) / len(loss.chances))
    total = fft.ifft(number(fft.fft(loss.chances * damping))).real / damping
    return Law(np.maximum(total, 0.0), loss.step)


def lognormal(low: float, high: float) -> tuple[float, float]:
    """Return mu and sigma from the 5th and 95th percentile."""
    return float(np.log(low * high)) / 2.0, float(np.log(high / low)) / (2.0 * _Z95)


def gamma(low: float, high: float) -> tuple[float, float]:
    """Return shape and scale of the gamma with this 5th and 95th percentile."""
    from scipy import optimize

    def miss(log_shape: float) -> float:
        ends = special.gammaincinv(np.exp(log_shape), [0.05, 0.95])
        return float(np.log(ends[1] / ends[0]) - np.log(high / low))

    shape = float(np.exp(optimize.brentq(miss, -3.0, 12.0, xtol=1e-13)))
    return shape, low / float(special.gammaincinv(shape, 0.05))


def borel_tanner(ancestors: float, ratio: float, size: int) -> Array:
    """Return the chances of 0, 1, … of all that Poisson many ancestors have as descendants.

    Each has Poisson(ratio) children: λ(λ + kρ)^(k − 1)·e^(−λ − kρ)/k!.
    """
    k = np.arange(size)
    total = ancestors + k * ratio
    log = np.log(ancestors) + (k - 1) * np.log(total) - total - special.gammaln(k + 1)
    return np.asarray(np.exp(log))


def lognormal_cdf(low: float, high: float) -> Callable[[Array], Array]:
    """Return a lognormal distribution function."""
    from scipy import stats

    mu, sigma = lognormal(low, high)
    return lambda x: np.asarray(stats.lognorm(sigma, scale=np.exp(mu)).cdf(x))
