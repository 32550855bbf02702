"""Synthetic annual losses whose measures are known, and how often an interval holds the truth.

A year of world w loses the sum of N severities, N ~ Poisson(λ_w), λ_w ~ gamma; every measure is
exact by convolution (`reference/exact.py`) or by algebra. Written apart from the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from reference.exact import Law, compound, lognormal_cdf, negative_binomial, on_grid
from scipy import stats

from model.decisions import payback
from model.drivers.luck import _share_between
from model.drivers.shares import first_order
from model.runs import paired, standard_errors
from model.runs.quantiles import Sample
from model.runs.standard_errors import Estimate

Array = np.ndarray
STEP, SIZE = 0.02, 1 << 16
KEPT = 0.6
"""Share of its incidents that a remedy leaves."""


@dataclass(frozen=True)
class Model:
    """Counts from a gamma mixed Poisson law with lognormal severities of median one."""

    shape: float
    scale: float
    sigma: float

    @cached_property
    def law(self) -> Law:
        z = 1.6448536269514722
        cdf = lognormal_cdf(np.exp(-z * self.sigma), np.exp(z * self.sigma))
        return compound(negative_binomial(self.shape, self.scale), on_grid(cdf, STEP, SIZE))

    @property
    def severity(self) -> tuple[float, float]:
        """Mean and mean square of a severity."""
        s2 = self.sigma**2
        return float(np.exp(s2 / 2)), float(np.exp(2 * s2))

    @property
    def truths(self) -> dict[str, float]:
        law, (m1, m2) = self.law, self.severity
        rate, spread = self.shape * self.scale, self.shape * self.scale**2
        within, between = rate * m2, spread * m1**2
        saved = (1.0 - KEPT) * rate * m1
        pays = float(stats.gamma(self.shape, scale=self.scale).sf(self._breaks_even))
        return {
            "mean": rate * m1,
            "sd": float(np.sqrt(within + between)),
            "p_none": float(law.probability[0]),
            "p_over": law.chance_over(self.tolerance),
            "p50": law.quantile(0.50),
            "p90": law.quantile(0.90),
            "p95": law.quantile(0.95),
            "p99": law.quantile(0.99),
            "tvar_95": law.tail_mean(0.95),
            "tvar_99": law.tail_mean(0.99),
            "saving": saved,
            "pays_back": pays,
            "ignorance": between / (within + between),
            "variance_share": between / (within + between),
        }

    @property
    def tolerance(self) -> float:
        return (round(self.law.quantile(0.97) / STEP) + 0.5) * STEP

    @property
    def _breaks_even(self) -> float:
        """The rate from which a remedy that costs a tenth of the mean loss pays back."""
        return 0.1 / (1.0 - KEPT) * self.shape * self.scale * 6.0

    @property
    def cost(self) -> float:
        return self._breaks_even * (1.0 - KEPT) * self.severity[0]

    def draw(self, rng: np.random.Generator, worlds: int, years: int) -> tuple[Array, Array, Array]:
        """Return rates `(worlds,)` and losses without and with a remedy, `(worlds × years,)`."""
        rate = rng.gamma(self.shape, self.scale, worlds)
        count = rng.poisson(np.repeat(rate, years))
        year = np.repeat(np.arange(len(count)), count)
        x = np.exp(self.sigma * rng.standard_normal(len(year)))
        x = np.rint(x / STEP) * STEP
        kept = rng.random(len(year)) < KEPT
        sums = [np.bincount(year, weights=w, minlength=len(count)) for w in (x, x * kept)]
        return rate, sums[0], sums[1]


Measure = Callable[[Model, Array, Array, Array, int], Estimate | None]


def _sample(p: float, what: str) -> Measure:
    def measure(model: Model, rate: Array, loss: Array, less: Array, worlds: int) -> Estimate:
        found: Estimate = getattr(Sample(loss, worlds), what)(p)
        return found

    return measure


def _ignorance(model: Model, rate: Array, loss: Array, less: Array, worlds: int) -> Estimate | None:
    if len(loss) == worlds:
        return None
    by_world = loss.reshape(worlds, -1)
    return _share_between(by_world.mean(axis=1), by_world.var(axis=1, ddof=1), by_world.shape)


def _variance_share(model: Model, rate: Array, loss: Array, less: Array, worlds: int) -> Estimate:
    by_world = loss.reshape(worlds, -1)
    return first_order(rate, by_world.mean(axis=1), squares=(by_world**2).mean(axis=1))


MEASURES: Mapping[str, Measure] = {
    "mean": lambda m, r, x, y, w: standard_errors.mean(x, worlds=w),
    "sd": lambda m, r, x, y, w: standard_errors.deviation(x, worlds=w),
    "p_none": lambda m, r, x, y, w: standard_errors.share(x == 0.0, worlds=w),
    "p_over": lambda m, r, x, y, w: standard_errors.share(x > m.tolerance, worlds=w),
    "p50": _sample(0.50, "quantile"),
    "p90": _sample(0.90, "quantile"),
    "p95": _sample(0.95, "quantile"),
    "p99": _sample(0.99, "quantile"),
    "tvar_95": _sample(0.95, "tail_mean"),
    "tvar_99": _sample(0.99, "tail_mean"),
    "saving": lambda m, r, x, y, w: paired.difference(x, y, worlds=w),
    "pays_back": lambda m, r, x, y, w: payback.pays_back_worlds(
        x - y, np.full(w, m.cost), worlds=w
    ),
    "ignorance": _ignorance,
    "variance_share": _variance_share,
}


def coverage(
    model: Model, worlds: int, years: int, repeats: int, *, seed: int = 0, scale: float = 1.0
) -> dict[str, tuple[float, int]]:
    """Return by measure the share of intervals that hold the truth, and how many there were.

    `scale` makes the intervals wider or narrower, for controls that must fail.
    """
    rng, truths = np.random.default_rng(seed), model.truths
    hits, told = dict.fromkeys(MEASURES, 0), dict.fromkeys(MEASURES, 0)
    for _ in range(repeats):
        rate, loss, less = model.draw(rng, worlds, years)
        for name, measure in MEASURES.items():
            found = measure(model, rate, loss, less, worlds)
            if found is None or found.reason:
                continue
            low = found.value - scale * (found.value - found.low)
            high = found.value + scale * (found.high - found.value)
            told[name] += 1
            hits[name] += low - 1e-9 <= truths[name] <= high + 1e-9
    return {name: (hits[name] / max(told[name], 1), told[name]) for name in MEASURES}
