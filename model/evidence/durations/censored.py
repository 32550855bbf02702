"""Durations as far as a log knows them, and maximum likelihood from them (MODEL §6).

Every duration lies between a lower and an upper bound: equal if it is exact, an infinite upper
bound if it is still open, 0 as lower bound if it had ended by the upper one. Who was running when
the log begins is seen only because it had lasted that long (`entry_h`, left truncation).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.arrays import Array, Index, Mask
from model.evidence.durations.families import Family

_STEP = 1e-4  # of mu in units of sigma, and of ln sigma, for the derivatives
_MOST_STEPS = 60
_SIGMA = (1e-3, 50.0)


@dataclass(frozen=True, eq=False)
class Durations:
    """Bounds of durations in hours, `(n,)` each."""

    lower_h: Array
    upper_h: Array
    entry_h: Array
    """How long they had lasted when the log began; 0 for all that began in it."""
    followed_h: Array
    """From their start to the log's date, infinite if that is no limit; simulated logs need it."""

    def __post_init__(self) -> None:
        """Raise ValueError at the first row that is no duration."""
        low, high, entry = self.lower_h, self.upper_h, self.entry_h
        fine = (low >= 0) & (high >= low) & (high > entry) & (entry >= 0)
        fine &= np.isfinite(low) & ~((low == 0) & np.isinf(high)) & (high > 0)
        fine &= self.followed_h >= low
        if not np.all(fine):
            row = int(np.flatnonzero(~fine)[0])
            raise ValueError(
                f"duration {row}: between {low[row]:g} and {high[row]:g} h, seen from "
                f"{entry[row]:g} h on; allowed: 0 <= lower <= upper, 0 <= entry < upper, "
                "lower <= followed, and something known"
            )

    @classmethod
    def of(
        cls,
        lower_h: ArrayLike,
        upper_h: ArrayLike | None = None,
        entry_h: ArrayLike = 0.0,
        followed_h: ArrayLike | None = None,
    ) -> Durations:
        """Return durations from anything array-like; without upper bounds they are exact.

        Without `followed_h` those without an upper bound are taken to be open at the log's date,
        and the others to have been followed for ever.
        """
        low = np.asarray(lower_h, dtype=float)
        high = low if upper_h is None else np.asarray(upper_h, dtype=float)
        entry = np.asarray(entry_h, dtype=float)
        if followed_h is None:
            followed = np.where(np.isinf(high), low, np.inf)
        else:
            followed = np.asarray(followed_h, dtype=float)
        return cls(*(each.ravel() for each in np.broadcast_arrays(low, high, entry, followed)))

    @property
    def exact(self) -> Mask:
        """Which are known exactly, `(n,)`."""
        return np.asarray(self.lower_h == self.upper_h)

    @property
    def ended(self) -> int:
        """How many have a known end, exact or between two times."""
        return int(np.count_nonzero((self.lower_h > 0) & np.isfinite(self.upper_h)))

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.lower_h)

    def take(self, index: Index) -> Durations:
        """Return the durations at these positions."""
        return Durations(*(values[index] for values in vars(self).values()))

    @property
    def watched(self) -> Mask:
        """Which are exact, or would be had they ended by the log's date, `(n,)`."""
        open_ = np.isinf(self.upper_h) & (self.lower_h == self.followed_h)
        return np.asarray(self.exact | open_)


@dataclass(frozen=True, eq=False)
class Batch:
    """Durations of several replicates of a log, flat; `*_of` says of which replicate each is."""

    replicates: int
    exact_of: Index
    exact: Array
    """ln of the duration."""
    within_of: Index
    low: Array
    high: Array
    """ln of the bounds of those not exact; −inf and inf where there is none."""
    entered_of: Index
    entry: Array
    """ln of the entry of those seen late."""

    @classmethod
    def of(cls, lower_h: Array, upper_h: Array, entry_h: Array) -> Batch:
        """Return the batch of bounds `(replicates, n)` and entries `(n,)`."""
        replicate = np.broadcast_to(np.arange(len(lower_h))[:, None], lower_h.shape)
        entry = np.broadcast_to(entry_h, lower_h.shape)
        exact = lower_h == upper_h
        late = entry > 0
        with np.errstate(divide="ignore"):
            return cls(
                replicates=len(lower_h),
                exact_of=replicate[exact],
                exact=np.log(lower_h[exact]),
                within_of=replicate[~exact],
                low=np.log(np.maximum(lower_h, entry)[~exact]),
                high=np.log(upper_h[~exact]),
                entered_of=replicate[late],
                entry=np.log(entry[late]),
            )

    def log_likelihood(self, family: Family, mu: Array, sigma: Array) -> Array:
        """Of durations in hours, given parameters `(replicates,)`; same shape."""
        of, y = self.exact_of, self.exact
        total = self._sum(of, family.log_density(y, mu[of], sigma[of]) - y)
        if len(of := self.within_of):
            within = family.log_between(self.low, self.high, mu[of], sigma[of])
            total += self._sum(of, within)
        if len(of := self.entered_of):
            total -= self._sum(of, family.log_above(self.entry, mu[of], sigma[of]))
        return total

    def _sum(self, of: Index, values: Array) -> Array:
        return np.bincount(of, weights=values, minlength=self.replicates).astype(np.float64)

    def start(self, family: Family) -> tuple[Array, Array]:
        """Return starting values from the durations with the inexact ones put somewhere."""
        low, high = self.low, self.high
        somewhere = np.where(np.isinf(high), low + 0.5, np.where(np.isinf(low), high - 0.5, 0.0))
        both = np.isfinite(low) & np.isfinite(high)
        somewhere[both] = (low[both] + high[both]) / 2.0
        of = np.concatenate([self.exact_of, self.within_of])
        y = np.concatenate([self.exact, somewhere])
        n = self._sum(of, np.ones(len(y)))
        mean = self._sum(of, y) / n
        sd = np.sqrt(self._sum(of, (y - mean[of]) ** 2) / n)
        return family.start(mean, np.maximum(sd, 0.05))


@dataclass(frozen=True)
class Fitted:
    """Parameters of greatest likelihood, `(replicates,)` each."""

    mu: Array
    sigma: Array
    log_likelihood: Array


def maximise(family: Family, batch: Batch, start: tuple[Array, Array] | None = None) -> Fitted:
    """Maximise the likelihood of every replicate at once, by Newton's method with halved steps.

    Parameters are mu in units of sigma and ln sigma; mu is good to 1e-7 sigma. Raise ValueError if
    the data hold no maximum (all durations the same).
    """
    mu, sigma = batch.start(family) if start is None else start
    value = batch.log_likelihood(family, mu, sigma)
    moving = np.ones(batch.replicates, dtype=bool)
    for _ in range(_MOST_STEPS):
        step = np.where(moving, _newton_step(family, batch, mu, sigma, value), 0.0)
        for _ in range(12):
            with np.errstate(invalid="ignore"):
                next_mu = mu + sigma * step[0]
                next_sigma = np.clip(sigma * np.exp(step[1]), *_SIGMA)
                next_value = batch.log_likelihood(family, next_mu, next_sigma)
            worse = ~(next_value >= value - 1e-9 * np.abs(value))
            if not worse.any():
                break
            step = np.where(worse, step / 4.0, step)
        step = np.where(worse, 0.0, step)
        mu, value = np.where(worse, mu, next_mu), np.where(worse, value, next_value)
        sigma = np.where(worse, sigma, next_sigma)
        moving = np.abs(step).max(axis=0) > 1e-7
        if not moving.any():
            break
    if np.any(sigma <= _SIGMA[0]):
        raise ValueError("the durations are all the same; no distribution can be fitted to them")
    return Fitted(mu, sigma, value)


def _newton_step(family: Family, batch: Batch, mu: Array, sigma: Array, value: Array) -> Array:
    """Return the steps of mu/sigma and ln sigma, `(2, replicates)`, uphill and bounded."""
    h = _STEP

    def at(a: float, b: float) -> Array:
        return batch.log_likelihood(family, mu + a * h * sigma, sigma * math.exp(b * h))

    right, left, up, down = at(1, 0), at(-1, 0), at(0, 1), at(0, -1)
    slope = np.stack([right - left, up - down]) / (2 * h)
    aa = -(right + left - 2 * value) / h**2
    bb = -(up + down - 2 * value) / h**2
    ab = -(at(1, 1) + at(-1, -1) - right - left - up - down + 2 * value) / (2 * h**2)
    det = aa * bb - ab**2
    peaked = (aa > 0) & (bb > 0) & (det > 1e-8 * aa * bb)
    safe = np.where(peaked, det, 1.0)
    newton = np.stack([bb * slope[0] - ab * slope[1], aa * slope[1] - ab * slope[0]]) / safe
    uphill = slope / np.maximum(np.abs(np.stack([aa, bb])), 1.0)
    return np.clip(np.where(peaked, newton, uphill), -1.0, 1.0)
