"""What share of a function incidents break, by a log that gives shares (MODEL §6).

A logit-normal. Where a share is 0 or 1, all are drawn in to (x(n − 1) + ½)/n (Smithson and
Verkuilen, Psychological Methods 11, 2006); where none is, that would only make them look alike: of
a dozen logit-normal shares the 90 % interval of the next would hold 83 %. The next incident's
interval is Student's t; the part of it that is the mean's error, the same for all incidents, goes
to the severity level.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from model.arrays import Array
from model.evidence.durations.fit import FEWEST
from model.evidence.interval import Interval


@dataclass(frozen=True)
class LossFit:
    """The log odds of one kind of loss, and beliefs from them; shares in [0, 1]."""

    n: int
    mean: float
    """Of the log odds."""
    sd: float
    median: float
    predictive: tuple[float, float]
    """5 % and 95 % of the next incident's share."""
    loss: Interval
    """The belief of one incident's share; with the odds times the level it is the predictive."""


@dataclass(frozen=True)
class LossFits:
    """Fits by kind of loss, and the level that multiplies the odds of all of them."""

    losses: Mapping[str, LossFit]
    severity_level: Interval


def fit_losses(shares: Mapping[str, Array]) -> LossFits | None:
    """Fit shares `(n,)` in [0, 1] by kind of loss, NaN where a row gives none.

    Kinds with fewer than 8 shares are left out; None if none is left. One level serves them all:
    half as wide in log odds as the root mean square of their means' errors.
    """
    known = {name: _known(name, x) for name, x in shares.items()}
    odds = {name: log_odds(x) for name, x in known.items() if len(x) >= FEWEST}
    if not odds:
        return None
    errors = {name: _t95(len(y)) * y.std(ddof=1) / math.sqrt(len(y)) for name, y in odds.items()}
    half = math.sqrt(float(np.mean([error**2 for error in errors.values()])))
    level = Interval("lognormal", math.exp(-half), math.exp(half))
    return LossFits({name: _fit(y, half) for name, y in odds.items()}, level)


def log_odds(shares: Array) -> Array:
    """Return the log odds of shares, drawn in from 0 and 1 if there are such, `(n,)`.

    >>> log_odds(np.array([0.0, 0.5])).round(4).tolist()
    [-1.0986, 0.0]
    """
    n = len(shares)
    if np.any((shares == 0) | (shares == 1)):
        shares = (shares * (n - 1) + 0.5) / n
    return np.asarray(special.logit(shares))


def _known(name: str, shares: Array) -> Array:
    shares = shares[~np.isnan(shares)]
    wrong = shares[(shares < 0) | (shares > 1)]
    if len(wrong):
        raise ValueError(f"{name} {wrong[0]:g} is not a share; allowed: 0 to 1")
    return shares


def _t95(n: int) -> float:
    return float(special.stdtrit(n - 1, 0.95))


def _fit(y: Array, level_half: float) -> LossFit:
    """Fit log odds; `level_half` is half the level's interval, in log odds."""
    n, mean, sd = len(y), float(y.mean()), float(y.std(ddof=1))
    half = _t95(n) * sd * math.sqrt(1.0 + 1.0 / n)
    own = math.sqrt(max(half**2 - level_half**2, (half / 3.0) ** 2))
    low, median, high = special.expit(mean + half * np.array([-1.0, 0.0, 1.0])).tolist()
    ends = special.expit(mean + own * np.array([-1.0, 1.0])).tolist()
    return LossFit(
        n=n,
        mean=mean,
        sd=sd,
        median=median,
        predictive=(low, high),
        loss=Interval("logitnormal", ends[0], ends[1]),
    )
