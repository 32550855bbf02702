"""How well a family fits durations: Q–Q points and Anderson–Darling (MODEL §6).

A duration that is not known exactly stands at the middle of the probability it may have; the
simulated logs are treated alike, so the comparison is fair however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.evidence.durations.censored import Durations
from model.evidence.durations.families import Family

_MOST_POINTS = 200


@dataclass(frozen=True, eq=False)
class QuantilePlot:
    """Durations of the log against those of the fit, hours, `(points,)` each.

    `low_h` and `high_h` hold 90 % of the points of logs simulated from the fit and fitted again.
    """

    fitted_h: Array
    observed_h: Array
    low_h: Array
    high_h: Array


def probabilities(
    kind: Family, durations: Durations, mu: Array | float, sigma: Array | float
) -> Array:
    """Return the probability of less than each duration, given that it was seen, `(n,)`."""
    mu, sigma = np.asarray(mu, dtype=float), np.asarray(sigma, dtype=float)
    with np.errstate(divide="ignore"):
        low, high = np.log(np.maximum(durations.lower_h, durations.entry_h)), durations.upper_h
        below = np.exp(kind.log_below(low, mu, sigma))
        u = np.where(
            durations.exact, below, below + np.exp(kind.log_below(np.log(high), mu, sigma))
        )
        u = np.where(durations.exact, u, u / 2)
        gone = np.exp(kind.log_below(np.log(durations.entry_h), mu, sigma))
    return np.asarray((u - gone) / np.maximum(1.0 - gone, 1e-12))


def anderson_darling(u: Array) -> Array:
    """Anderson and Darling's A² of probabilities `(logs, n)` against the uniform, `(logs,)`."""
    u = np.clip(np.sort(u, axis=1), 1e-12, 1 - 1e-12)
    n = u.shape[1]
    weight = (2 * np.arange(n) + 1) / n
    return np.asarray(-n - (np.log(u) + np.log1p(-u[:, ::-1])) @ weight)


def plot(kind: Family, mu: float, sigma: float, u: Array, simulated: Array) -> QuantilePlot:
    """Return Q–Q points of probabilities `(n,)`; `simulated` `(logs, m)`, sorted, are the envelope.

    More than 200 points are thinned; where the simulated logs are shorter the envelope narrows
    with the root of the number.
    """
    points = min(len(u), _MOST_POINTS)
    at = (np.arange(points) + 0.5) / points
    rows = (at * len(u)).astype(int)
    narrower = np.sqrt(simulated.shape[1] / len(u))
    low, high = np.percentile(simulated[:, (at * simulated.shape[1]).astype(int)], [5, 95], axis=0)

    def hours(chance: Array) -> Array:
        chance = np.clip(chance, 1e-9, 1 - 1e-9)
        y = kind.log_quantile(chance, np.array(mu), np.array(sigma))
        return np.exp(np.minimum(y, 700.0))

    return QuantilePlot(
        hours((rows + 0.5) / len(u)),
        hours(np.sort(u)[rows]),
        hours(at + (low - at) * narrower),
        hours(at + (high - at) * narrower),
    )
