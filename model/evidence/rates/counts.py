"""How likely a number of incidents is, repeats of every generation included (MODEL §3, §6).

`GeneralisedPoisson` forgets when they began and that an exposure ends; it is the law of exposures
long against the lag. `ShortExposure` counts what falls within one. `SelfExciting` looks at every
start: of the same model it knows most, above all how many of the incidents were repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import special

from model.arrays import Array, Index
from model.evidence.rates.exposure import HOURS_A_YEAR, Exposure
from model.evidence.rates.prior import Values

_LAGS_H = 24.0 * np.geomspace(0.005, 730.0, 241)
_CELLS = 1_000_000
"""Draws times incidents computed at once."""


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

    @cached_property
    def _by_lag(self) -> tuple[Array, Array]:
        return self._echoes(_LAGS_H)

    def _echoes(self, lags_h: Array) -> tuple[Array, Array]:
        """Return, by lag, the echo at each start, `(lags, n)`, and what is cut off, `(lags,)`."""
        step = np.diff(self.hours, prepend=self.hours[:1])
        echo = np.zeros((len(lags_h), len(self.hours)))
        last = np.zeros(len(lags_h))
        for place in range(1, len(self.hours)):
            last = (last + 1.0) * np.exp(-step[place] / lags_h)
            echo[:, place] = last
        cut = np.expm1(-(self.length_h - self.hours) / lags_h[:, None]).sum(axis=1)
        return echo / lags_h[:, None], np.asarray(cut)

    def echo(self, lag_h: Array) -> tuple[Array, Array]:
        """Return the repeats per hour if each triggered one, and minus those within the exposure.

        `(draws, n)` and `(draws,)`; linear between tabulated lags.
        """
        if np.ptp(lag_h) == 0.0:
            echo, cut = self._echoes(lag_h[:1])
            return np.repeat(echo, len(lag_h), axis=0), np.repeat(cut, len(lag_h))
        echo, cut = self._by_lag
        at = np.interp(np.log(lag_h), np.log(_LAGS_H), np.arange(len(_LAGS_H)))
        low = np.minimum(at.astype(int), len(_LAGS_H) - 2)
        part = at - low
        between = echo[low]
        between += part[:, None] * (echo[low + 1] - between)
        return between, np.asarray(cut[low] + part * (cut[low + 1] - cut[low]))


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

    @property
    def parts(self) -> tuple[Count, ...]:
        """The causes that it counts: its own."""
        return (self,)

    @property
    def rates(self) -> tuple[str, ...]:
        """Names of the rates that made them."""
        return (self.rate,)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all beliefs that made them."""
        return self.rate, self.multiplier, self.months

    def mean(self, values: Values) -> Array:
        """Return λ·X, the expected number of incidents that no other triggered, `(draws,)`."""
        years = self.exposure.effective_years(values[self.multiplier], values[self.months])
        return np.asarray(values[self.rate] * years)

    def expected(self, values: Values) -> Array:
        """Return how many of the incidents that no other triggered this count answers for."""
        return self.mean(values)

    def own(self, values: Values, starts: Starts) -> Array:
        """Return the rate of these at each start, per year, `(draws, n)`."""
        own = np.outer(values[self.rate], starts.weight)
        self.add_early(own, values, starts)
        return own

    def add_early(self, own: Array, values: Values, starts: Starts) -> None:
        """Add to rates `(draws, n)` of a mature platform what early life adds to them."""
        fading = np.flatnonzero(np.isfinite(starts.months) & (starts.months >= 0))
        if not len(fading) or np.all(values[self.multiplier] == 1.0):
            return
        early = np.exp(-starts.months[fading] / values[self.months][:, None])
        early *= starts.weight[fading]
        early *= (values[self.rate] * (values[self.multiplier] - 1.0))[:, None]
        own[:, fading] += early


@dataclass(frozen=True, eq=False)
class Unassigned:
    """Incidents that may be of any of several causes.

    `parts` are those causes with the timing of these starts. Beside counts by cause, which answer
    for what each cause was expected to bring, it answers for none; `alone` it answers for all.
    """

    cause: str
    n: int
    parts: tuple[Count, ...]
    alone: bool = False

    @property
    def starts(self) -> Starts | None:
        """When they began; the timing in it is that of the first part."""
        return self.parts[0].starts

    @property
    def rates(self) -> tuple[str, ...]:
        """Names of the rates that made them."""
        return tuple(part.rate for part in self.parts)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all beliefs that made them."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.names))

    def mean(self, values: Values) -> Array:
        """Return the expected number of all causes together, `(draws,)`."""
        return np.asarray(np.sum([part.mean(values) for part in self.parts], axis=0))

    def expected(self, values: Values) -> Array:
        """Return how many of the incidents that no other triggered this count answers for."""
        mean = self.mean(values)
        return mean if self.alone else np.zeros_like(mean)

    def own(self, values: Values, starts: Starts) -> Array:
        """Return the rate of all causes together at each start, per year, `(draws, n)`."""
        del starts  # each part has its own timing
        parts = [(part, part.starts) for part in self.parts if part.starts is not None]
        # The sum over causes is a product of matrices but for early life.
        rates = np.stack([values[part.rate] for part, _ in parts], axis=1)
        own = np.asarray(rates @ np.stack([at.weight for _, at in parts]))
        for part, at in parts:
            part.add_early(own, values, at)
        return own


AnyCount = Count | Unassigned


class CountLaw(Protocol):
    """Log likelihood of one cause's incidents; `names` of what all causes share, ratio first."""

    @property
    def names(self) -> tuple[str, ...]:
        """The repeat ratio's name, and the lag's if the law uses it."""
        ...

    def __call__(self, count: AnyCount, values: Values) -> Array:
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

    def __call__(self, count: AnyCount, values: Values) -> Array:
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

    def __call__(self, count: AnyCount, values: Values) -> Array:
        """Return the log density of the starts, per year each, `(draws,)`."""
        total = -count.expected(values)
        if count.n == 0:
            return total
        starts = count.starts
        if starts is None or len(starts.hours) != count.n:
            raise ValueError(f"{count.cause}: the starts of all {count.n} incidents are needed")
        blocks = np.array_split(np.arange(len(total)), len(total) * count.n // _CELLS + 1)
        parts = [self._of_starts(count, starts, _taken(values, block)) for block in blocks]
        return np.asarray(total + np.concatenate(parts))

    def _of_starts(self, count: AnyCount, starts: Starts, values: Values) -> Array:
        ratio = values[self.ratio]
        echo, cut = starts.echo(values[self.lag_days] * 24.0)
        echo *= ratio[:, None] * HOURS_A_YEAR
        echo += count.own(values, starts)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(echo).sum(axis=1) + ratio * cut)


def _taken(values: Values, block: Index) -> dict[str, Array]:
    return {name: each[block] for name, each in values.items()}


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
