"""How long incidents last, by a log: families, what is uncertain, and beliefs from it (MODEL §6).

The fitted pair is simulated and fitted again, many logs at once, each row under its own censoring.
The same replicates give the uncertainty of the parameters, the envelope of the Q–Q plot and the
goodness of fit. Parameters are drawn by turning the bootstrap around its pivots, (mu* − mu)/sigma*
and sigma*/sigma (Lawless, Statistical Models and Methods for Lifetime Data): for complete data
of a location and scale that is exact (the predictive of a lognormal is then Student's t), where
plain percentiles are too narrow for a dozen incidents.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from model.arrays import Array
from model.evidence.durations.censored import Batch, Durations, maximise
from model.evidence.durations.families import FAMILIES, Family, capped_mean
from model.evidence.durations.quantile_plot import (
    QuantilePlot,
    anderson_darling,
    plot,
    probabilities,
)
from model.evidence.interval import Interval

FEWEST = 8
"""With fewer known ends the prior stays."""
MOST_ROWS = 2_000
"""Logs with more rows are simulated with this many; spread shrinks with the root of the number."""
_CELLS = 400_000
_FEWEST_REPLICATES = 200
_Z95 = float(special.ndtri(0.95))
_CLOSE_AIC = 2.0


@dataclass(frozen=True)
class FamilyFit:
    """One family at its greatest likelihood; mu and sigma as in `families`, durations in hours."""

    name: str
    mu: float
    sigma: float
    log_likelihood: float
    median_h: float
    p95_h: float

    @property
    def aic(self) -> float:
        """Akaike's criterion; comparable between families of the same rows."""
        return 4.0 - 2.0 * self.log_likelihood

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters as a textbook names them."""
        return FAMILIES[self.name].parameters(self.mu, self.sigma)


@dataclass(frozen=True, eq=False)
class DurationFit:
    """What a log says of durations: the families, the one chosen, its uncertainty, its fit."""

    n: int
    ended: int
    families: tuple[FamilyFit, ...]
    chosen: FamilyFit
    mu: Array
    """What mu of the chosen family may be, `(replicates,)`."""
    sigma: Array
    capped_mean_h: Array
    """E[min(d, cap)] for these, `(replicates,)`."""
    predictive_h: tuple[float, float, float]
    """5 %, 50 % and 95 % of the next duration, parameters uncertain."""
    duration: Interval
    """The belief of one incident's duration; times the level it has the predictive 5–95 %."""
    duration_level: Interval
    p_fit: float
    """How often data of the chosen family fit it worse (Anderson and Darling)."""
    quantiles: QuantilePlot

    @property
    def censored(self) -> int:
        """How many durations have no known end."""
        return self.n - self.ended


def fit_durations(
    durations: Durations,
    *,
    cap_h: float,
    rng: np.random.Generator,
    family: str | None = None,
    preferred: str = "lognormal",
    most_replicates: int = 1_000,
) -> DurationFit | None:
    """Fit the families and say how sure that is; None below 8 durations whose end is known.

    Chosen is `family` if it is given, else `preferred` (the shape the scenario has) if its AIC is
    within 2 of the lowest, else the family of the lowest.
    """
    if durations.ended < FEWEST:
        return None
    families = tuple(fit_family(durations, name) for name in FAMILIES)
    chosen = _choose(families, family, preferred)
    kind = FAMILIES[chosen.name]
    few = _thinned(durations, rng)
    count = min(max(_CELLS // few.size, _FEWEST_REPLICATES), most_replicates)
    refits = _Replicates.of(kind, chosen, few, count, rng)
    mu, sigma = refits.parameters(chosen, math.sqrt(few.size / durations.size))
    mean = capped_mean(kind, mu, sigma, cap_h)
    level = _level(mean)
    low, mid, high = _predictive(kind, mu, sigma)
    u = probabilities(kind, durations, chosen.mu, chosen.sigma)
    statistic = anderson_darling(u[None, :])[0]
    return DurationFit(
        n=durations.size,
        ended=durations.ended,
        families=families,
        chosen=chosen,
        mu=mu,
        sigma=sigma,
        capped_mean_h=mean,
        predictive_h=(low, mid, high),
        duration=without_level(kind, (low, high), level, (chosen.mu, chosen.sigma)),
        duration_level=level,
        p_fit=float((1 + np.count_nonzero(refits.statistic >= statistic)) / (1 + len(mu))),
        quantiles=plot(kind, chosen.mu, chosen.sigma, u, refits.u),
    )


def fit_family(durations: Durations, name: str) -> FamilyFit:
    """Fit one family; ValueError if the durations are all the same."""
    kind = FAMILIES[name]
    batch = Batch.of(durations.lower_h[None, :], durations.upper_h[None, :], durations.entry_h)
    best = maximise(kind, batch)
    y = kind.log_quantile(np.array([0.5, 0.95]), best.mu, best.sigma)
    median, p95 = np.exp(np.minimum(y, 700.0)).tolist()
    mu, sigma = float(best.mu[0]), float(best.sigma[0])
    return FamilyFit(
        name=name,
        mu=mu,
        sigma=sigma,
        log_likelihood=float(best.log_likelihood[0]),
        median_h=median,
        p95_h=p95,
    )


def _choose(families: tuple[FamilyFit, ...], family: str | None, preferred: str) -> FamilyFit:
    if family is not None:
        return next(each for each in families if each.name == family)
    best = min(families, key=lambda each: each.aic)
    close = [each for each in families if each.aic <= best.aic + _CLOSE_AIC]
    return next((each for each in close if each.name == preferred), best)


def _thinned(durations: Durations, rng: np.random.Generator) -> Durations:
    if durations.size <= MOST_ROWS:
        return durations
    return durations.take(rng.choice(durations.size, MOST_ROWS, replace=False))


@dataclass(frozen=True, eq=False)
class _Replicates:
    """Logs simulated from a fit and fitted again."""

    mu: Array
    sigma: Array
    u: Array
    """Sorted probabilities under the refit, `(replicates, n)`."""
    statistic: Array

    @classmethod
    def of(
        cls,
        kind: Family,
        fit: FamilyFit,
        durations: Durations,
        count: int,
        rng: np.random.Generator,
    ) -> _Replicates:
        lower, upper = simulate(kind, fit, durations, count, rng)
        start = np.full(count, fit.mu), np.full(count, fit.sigma)
        best = maximise(kind, Batch.of(lower, upper, durations.entry_h), start)
        u = probabilities(
            kind,
            Durations.of(lower.ravel(), upper.ravel(), np.tile(durations.entry_h, count)),
            np.repeat(best.mu, durations.size),
            np.repeat(best.sigma, durations.size),
        ).reshape(lower.shape)
        u.sort(axis=1)
        return cls(best.mu, best.sigma, u, anderson_darling(u))

    def parameters(self, fit: FamilyFit, shrunk: float) -> tuple[Array, Array]:
        """Return what mu and sigma may be: the replicates turned around their pivots."""
        ratio = np.clip(fit.sigma / self.sigma, 0.05, 20.0)
        return (
            fit.mu - (self.mu - fit.mu) * ratio * shrunk,
            np.asarray(fit.sigma * ratio**shrunk),
        )


def simulate(
    kind: Family, fit: FamilyFit, durations: Durations, count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Simulate bounds `(count, n)` in hours: new durations, seen as the log's rows were.

    A row that was watched is exact if it ends by the log's date, else open; any other is known to
    lie before, between or after the times it was looked at.
    """
    mu, sigma = np.array(fit.mu), np.array(fit.sigma)
    with np.errstate(divide="ignore"):
        gone = 1.0 - np.exp(kind.log_above(np.log(durations.entry_h), mu, sigma))
    u = gone + (1.0 - gone) * rng.uniform(1e-12, 1.0, (count, durations.size))
    d = np.exp(np.minimum(kind.log_quantile(u, mu, sigma), 700.0))
    low, high, followed = durations.lower_h, durations.upper_h, durations.followed_h
    lower = np.where(d < low, 0.0, np.where(d < high, low, high))
    upper = np.where(d < low, low, np.where(d < high, high, np.inf))
    ended = d < followed
    watched = durations.watched
    return (
        np.where(watched, np.where(ended, d, followed), lower),
        np.where(watched, np.where(ended, d, np.inf), upper),
    )


def _level(mean_h: Array) -> Interval:
    low, mid, high = np.percentile(mean_h, [5.0, 50.0, 95.0]) / np.median(mean_h)
    return Interval("lognormal", float(min(low, mid)), float(max(high, mid)))


def _predictive(kind: Family, mu: Array, sigma: Array) -> tuple[float, float, float]:
    """Return 5 %, 50 % and 95 % of the mixture over the parameters, hours."""
    u = (np.arange(200) + 0.5) / 200
    y = kind.log_quantile(u, mu[:, None], sigma[:, None])
    low, mid, high = np.exp(np.percentile(y, [5.0, 50.0, 95.0])).tolist()
    return low, mid, high


def without_level(
    kind: Family, interval_h: tuple[float, float], level: Interval, start: tuple[float, float]
) -> Interval:
    """Return the belief that times the level has its 5 % and 95 % at the ends of `interval_h`.

    Where the level alone is nearly as wide, the belief keeps a third of the interval's width.
    """
    from scipy import optimize

    ends = np.log(np.array(interval_h))
    center = math.log(level.low * level.high) / 2
    spread = math.log(level.high / level.low) / 2 / _Z95
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    y = ends[:, None] - center - spread * nodes

    def error(theta: Array) -> Array:
        mu, sigma = theta[0], np.exp(np.clip(theta[1], -5.0, 4.0))
        chance = np.exp(kind.log_below(y, mu, sigma)) @ weights
        return np.asarray(special.ndtri(np.clip(chance, 1e-12, 1 - 1e-12)) - [-_Z95, _Z95])

    found = optimize.root(error, np.array([start[0] - center, math.log(start[1])]))
    mu, sigma = np.array(found.x[0]), np.array(np.exp(found.x[1]))
    low, high = kind.log_quantile(np.array([0.05, 0.95]), mu, sigma)
    if not found.success or high - low < (ends[1] - ends[0]) / 3:
        middle = ends.mean() - center
        low, high = middle + (ends - ends.mean()) / 3
    return Interval(kind.name, math.exp(low), math.exp(high))
