"""Counts in an exposure that is short against the lag of repeats (MODEL §6).

The model's clusters seen through a window. With s marking an incident seen, g(t) the expected
(s^seen − 1) of the repeats that one incident leaves in the t hours it is still watched obeys
lag·g′ = s·e^(ratio·g) − 1 − g, g(0) = 0, and the same equation without s carries it back to
incidents before the window. So the counts are compound Poisson with numbers per cluster that are
found once, on a grid of ratio and lag, by Cauchy's integral, and counted up by Panjer's recursion.
Incidents before the window struck at the same rate as in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.evidence.rates.counts import AnyCount, log_generalised_poisson
from model.evidence.rates.prior import Values

Complex = NDArray[np.complex128]

LONGEST_LAGS = 10.0
"""From this many lags on the generalised Poisson law serves."""
MOST = 60
"""Larger counts are left to the generalised Poisson law too."""
_RADIUS, _CIRCLE = 0.9, 128
_RATIOS = np.linspace(0.0, 0.9, 19)
_LAGS = np.geomspace(0.1, 100.0, 19)
_STEPS = 400


@dataclass(frozen=True)
class ShortExposure:
    """Counts in a window of so many hours, repeats of what came before it included."""

    ratio: str
    lag_days: str
    length_h: float

    @property
    def names(self) -> tuple[str, ...]:
        """The names of repeat ratio and lag."""
        return self.ratio, self.lag_days

    def __call__(self, count: AnyCount, values: Values) -> Array:
        """Return the log probability of the number, `(draws,)`."""
        mean, ratio = count.mean(values), values[self.ratio]
        if count.n > MOST:
            return log_generalised_poisson(count.n, mean, ratio)
        return log_windowed(count.n, mean, ratio, self.length_h / (values[self.lag_days] * 24.0))


def log_windowed(n: int, mean: Array, ratio: Array, lags: Array) -> Array:
    """Return log P(N = n) for `mean` triggered by none in a window of so many lags, `(draws,)`.

    >>> one = np.ones(1)
    >>> np.exp(log_windowed(2, 3 * one, 0 * one, one)).round(6).tolist()  # Poisson
    [0.224042]
    """
    clusters = _at(ratio, lags)
    log_none = mean * clusters[0]
    chance = [np.ones_like(log_none)]
    for k in range(1, n + 1):
        terms = [j * clusters[j] * chance[k - j] for j in range(1, k + 1)]
        chance.append(mean / k * np.sum(terms, axis=0))
    return np.asarray(log_none + np.log(np.maximum(chance[n], 1e-300)))


def _at(ratio: Array, lags: Array) -> Array:
    """Return clusters by number seen, per incident triggered by none, `(sizes, draws)`.

    Row 0 is minus the sum of the others.
    """
    i = np.interp(ratio, _RATIOS, np.arange(len(_RATIOS)))
    j = np.interp(np.log(lags), np.log(_LAGS), np.arange(len(_LAGS)))
    a = np.minimum(i.astype(int), len(_RATIOS) - 2)
    b = np.minimum(j.astype(int), len(_LAGS) - 2)
    u, v, table = i - a, j - b, _table()
    low = (1 - u) * table[:, a, b] + u * table[:, a + 1, b]
    high = (1 - u) * table[:, a, b + 1] + u * table[:, a + 1, b + 1]
    return np.asarray((1 - v) * low + v * high)


@lru_cache(maxsize=1)
def _table() -> Array:
    """Tabulate the clusters, `(sizes, ratios, lags)`, by their generating function on a circle."""
    angle = 2 * np.pi * np.arange(_CIRCLE // 2 + 1) / _CIRCLE
    s = (_RADIUS * np.exp(1j * angle))[:, None, None]
    ratio, lags = _RATIOS[None, :, None], _LAGS[None, None, :]
    whole = np.fft.irfft(np.conj(_generating(s, ratio, lags)), _CIRCLE, axis=0)
    sizes = np.arange(MOST + 1)
    return np.asarray(whole[: MOST + 1] / _RADIUS ** sizes[:, None, None])


def _generating(s: Complex, ratio: Array, lags: Array) -> Complex:
    """Return the log generating function of the count per `mean`, by Runge and Kutta's steps."""
    h = lags / _STEPS
    g = np.zeros(np.broadcast_shapes(s.shape, ratio.shape, lags.shape), dtype=complex)
    area = np.zeros_like(g)

    def slope(g: Complex) -> Complex:
        return np.asarray(s * np.exp(ratio * g) - 1.0 - g)

    for _ in range(_STEPS):
        one = slope(g)
        two = slope(g + h / 2 * one)
        three = slope(g + h / 2 * two)
        four = slope(g + h * three)
        area += h * (g + h / 6 * (one + two + three))
        g += h / 6 * (one + 2 * two + 2 * three + four)
    return np.asarray((g + area + _before(g, ratio)) / lags)


def _before(g: Complex, ratio: Array) -> Complex:
    """Return what came before the window, in lags: ∫₀^g (e^(ρa) − 1)/(1 + a − e^(ρa)) da."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    total = np.zeros_like(g)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        a = node * g
        grown = np.expm1(ratio * a)
        total += weight * np.where(a == 0, 0.0, grown / np.where(a == 0, 1.0, a - grown))
    return np.asarray(total * g)
