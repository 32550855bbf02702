"""How likely a number of incidents is, repeats of every generation included (MODEL §3, §6).

`GeneralisedPoisson` forgets when they began and that an exposure ends; it is the law of exposures
long against the lag. `ShortExposure` counts what falls within one. `SelfExciting` looks at every
start: of the same model it knows most, above all how many of the incidents were repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from model.arrays import Array, Index
from model.evidence.rates.exposure import HOURS_A_YEAR, Exposure
from model.evidence.rates.prior import Values


@dataclass(frozen=True, eq=False)
class Starts:
    """When incidents of one cause began, `(n,)` each, sorted."""

    hours: Array
    """From the start of the exposure."""
    weight: Array
    """Timing weight at that hour."""
    months: Array
    """From the migration; before it negative, on a mature platform infinite."""
    length_h: float
    """Of the exposure."""


@dataclass(frozen=True, eq=False)
class Count:
    """Incidents of one cause in an exposure, and the names of the beliefs that made them."""

    cause: str
    n: int
    exposure: Exposure
    rate: str
    multiplier: str
    months: str
    starts: Starts | None = None
    """Needed by `SelfExciting` only."""

    def mean(self, values: Values) -> Array:
        """Return λ·X, the expected number of incidents that no other triggered, `(draws,)`."""
        years = self.exposure.effective_years(values[self.multiplier], values[self.months])
        return np.asarray(values[self.rate] * years)


class CountLaw(Protocol):
    """Log likelihood of one cause's incidents; `names` of what all causes share, ratio first."""

    @property
    def names(self) -> tuple[str, ...]:
        """The repeat ratio's name, and the lag's if the law uses it."""
        ...

    def __call__(self, count: Count, values: Values) -> Array:
        """Return it, `(draws,)`."""
        ...


@dataclass(frozen=True)
class GeneralisedPoisson:
    """Total progeny of Poisson(λ·X) incidents of whom each triggers Poisson(ratio) repeats."""

    ratio: str

    @property
    def names(self) -> tuple[str, ...]:
        """The repeat ratio's name."""
        return (self.ratio,)

    def __call__(self, count: Count, values: Values) -> Array:
        """Return the log probability of the number, `(draws,)`."""
        return log_generalised_poisson(count.n, count.mean(values), values[self.ratio])


@dataclass(frozen=True)
class SelfExciting:
    """Starts of a Hawkes process: every incident adds ratio/lag·e^(−t/lag) to the rate.

    Exact for the model's own repeats and exposures of any length; incidents before the exposure
    leave none, as in a simulated year.
    """

    ratio: str
    lag_days: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of repeat ratio and lag."""
        return self.ratio, self.lag_days

    def __call__(self, count: Count, values: Values) -> Array:
        """Return the log density of the starts, per year each, `(draws,)`."""
        ratio, lag_h = values[self.ratio], values[self.lag_days] * 24.0
        total = -count.mean(values)
        if count.n == 0:
            return total
        starts = count.starts
        if starts is None or len(starts.hours) != count.n:
            raise ValueError(f"{count.cause}: the starts of all {count.n} incidents are needed")
        rate, early = values[count.rate], values[count.multiplier] - 1.0
        echo, before = np.zeros_like(total), starts.hours[0]
        each = zip(starts.hours, starts.weight, starts.months, strict=True)
        for place, (hours, weight, months) in enumerate(each):
            echo = (echo + (place > 0)) * np.exp(-(hours - before) / lag_h)
            fade = np.exp(-months / values[count.months]) if 0 <= months < np.inf else 0.0
            own = rate * weight * (1.0 + early * fade)
            total = total + np.log(own + ratio / lag_h * HOURS_A_YEAR * echo)
            total = total + ratio * np.expm1(-(starts.length_h - hours) / lag_h)
            before = hours
        return np.asarray(total)


def log_generalised_poisson(n: int, mean: Array, ratio: Array) -> Array:
    """Return log P(N = n) for `mean` ancestors and `ratio` repeats of each, `(draws,)`.

    >>> sum(np.exp(log_generalised_poisson(n, np.array([2.0]), np.array([0.3]))) for n in range(99))
    array([1.])
    """
    total = mean + ratio * n
    return np.asarray(
        special.xlogy(float(n > 0), mean)
        + special.xlogy(n - 1.0 if n else 0.0, total)
        - total
        - special.gammaln(n + 1.0)
    )


def progeny(mean: Array, ratio: Array, rng: np.random.Generator) -> Index:
    """Draw generalised Poisson counts generation by generation, `(draws,)`."""
    generation = rng.poisson(mean)
    total = generation.copy()
    while generation.any():
        generation = rng.poisson(ratio * generation)
        total += generation
    return np.asarray(total, dtype=np.int64)
