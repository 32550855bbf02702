"""Exact laws of counts and of sums of a random number of losses, for comparison with simulation.

A severity is put on a grid by rounding to the nearest point; the sum's distribution is then
ifft(G(fft(severity))) with G the generating function of the count. What would wrap round the end
of the grid is held down by tilting: the severity is multiplied by e^(−θk) before and the sum by
e^(θk) after the transform, which is an identity. (Grübel and Hermesmeier, ASTIN Bulletin 29, 1999.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lgamma

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats
from scipy.optimize import brentq

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Generating = Callable[[Complex], Complex]
Cdf = Callable[[Array], Array]

TILT = 12.0  # θ × number of grid points: what wraps round is damped by e^−12
Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Law:
    """Probabilities of 0, step, 2·step, …"""

    probability: Array
    step: float

    @property
    def points(self) -> Array:
        return np.arange(self.probability.size) * self.step

    def mean(self) -> float:
        return float(self.probability @ self.points)

    def variance(self) -> float:
        return float(self.probability @ self.points**2) - self.mean() ** 2

    def quantile(self, p: float) -> float:
        """The left quantile."""
        return float(self.points[np.searchsorted(np.cumsum(self.probability), p)])

    def chance_over(self, x: float) -> float:
        """P(X > x), read between grid points so that it is smooth in x."""
        tail = 1.0 - np.cumsum(self.probability)
        return float(np.interp(x, self.points + self.step / 2, tail))

    def tail_mean(self, p: float) -> float:
        """TVaR = VaR + E[(X − VaR)⁺]/(1 − p)."""
        var = self.quantile(p)
        return var + float(self.probability @ np.maximum(self.points - var, 0.0)) / (1.0 - p)


def on_grid(cdf: Cdf, step: float, size: int) -> Law:
    """A positive severity rounded to the grid; what lies beyond it sits on the last point."""
    below = cdf((np.arange(size) + 0.5) * step)
    below[-1] = 1.0
    return Law(np.diff(below, prepend=0.0), step)


def compound(count: Generating, severity: Law) -> Law:
    """The law of the sum of `count` independent severities."""
    size = severity.probability.size
    tilt = np.exp(-TILT / size * np.arange(size))
    transform = np.fft.fft(severity.probability * tilt)
    total = np.fft.ifft(count(transform)).real / tilt
    return Law(np.maximum(total, 0.0), severity.step)


def mixture(weights: Sequence[float], severities: Sequence[Law]) -> Law:
    """One severity drawn from several with the given relative frequencies."""
    share = np.asarray(weights) / np.sum(weights)
    mixed = sum(w * law.probability for w, law in zip(share, severities, strict=True))
    return Law(np.asarray(mixed), severities[0].step)


def poisson(mean: float) -> Generating:
    return lambda z: np.exp(mean * (z - 1.0))


def negative_binomial(shape: float, scale: float) -> Generating:
    """A Poisson count whose mean is gamma distributed."""
    return lambda z: (1.0 - scale * (z - 1.0)) ** (-shape)


def generalised_poisson(mean: float, ratio: float, size: int) -> Array:
    """P(N = 0 … size − 1) of all descendants of Poisson(mean) ancestors, themselves included.

    Each individual has Poisson(ratio) children: Consul's generalised Poisson law
    λ(λ + kρ)^(k−1)·e^(−λ−kρ)/k!, mean λ/(1 − ρ), variance λ/(1 − ρ)³.
    """
    k = np.arange(size)
    factorial = np.array([lgamma(i + 1.0) for i in k])
    log = np.log(mean) + (k - 1) * np.log(mean + k * ratio) - mean - k * ratio - factorial
    return np.exp(log)


def lognormal_cdf(low: float, high: float) -> Cdf:
    """From the 5th and 95th percentile."""
    mu, sigma = np.log(low * high) / 2.0, np.log(high / low) / (2.0 * Z95)
    return stats.lognorm(sigma, scale=np.exp(mu)).cdf


def weibull_cdf(low: float, high: float) -> Cdf:
    shape = np.log(np.log(0.05) / np.log(0.95)) / np.log(high / low)
    return stats.weibull_min(shape, scale=low / (-np.log(0.95)) ** (1.0 / shape)).cdf


def loglogistic_cdf(low: float, high: float) -> Cdf:
    shape = 2.0 * np.log(19.0) / np.log(high / low)
    return stats.fisk(shape, scale=np.sqrt(low * high)).cdf


def gamma_parameters(low: float, high: float) -> tuple[float, float]:
    """Shape and scale of the gamma with these 5th and 95th percentiles."""

    def miss(log_shape: float) -> float:
        ends = special.gammaincinv(np.exp(log_shape), [0.05, 0.95])
        return float(np.log(ends[1] / ends[0]) - np.log(high / low))

    shape = float(np.exp(brentq(miss, -2.5, 12.0, xtol=1e-14)))
    return shape, low / float(special.gammaincinv(shape, 0.05))


def gamma_cdf(low: float, high: float) -> Cdf:
    shape, scale = gamma_parameters(low, high)
    return stats.gamma(shape, scale=scale).cdf


def cut(cdf: Cdf, longest: float) -> Cdf:
    """The law of min(X, longest)."""
    return lambda x: np.where(x >= longest, 1.0, cdf(x))
