"""What it is worth to learn one belief before deciding among remedies (MODEL §5, EVPPI).

The expected value of partial perfect information is E[max over options of E[net benefit | x]] less
the best expected net benefit without knowing x. The conditional expectations are regressions on x
(Strong, Oakley and Brennan, Medical Decision Making 34(3), 2014), cross-fitted: each fold of worlds
is decided by what the other folds show and scored by its own net benefits, so the estimate does not
feed on its own noise. It is floored at zero and stands beside what the same procedure finds in a
belief without any bearing (shuffled worlds).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from model.arrays import Array, Index
from model.assumptions.remedies import PREFIX
from model.decisions.compare import Comparison
from model.drivers.shares import world_inputs
from model.runs.blocks import plan
from model.runs.reuse.what_is_reused import prepared
from model.runs.standard_errors import Estimate, skewed, world_means
from model.worlds.streams import stream

if TYPE_CHECKING:
    pass

FOLDS, BINS, DEGREE, SHUFFLES = 5, 60, 3, 40


class Worth(NamedTuple):
    """What learning one belief is worth, USD per year."""

    name: str
    value: Estimate


@dataclass(frozen=True)
class Information:
    """The worth of every belief, the largest first, and what mere chance would show."""

    worths: tuple[Worth, ...]
    null_95_usd: float
    """95th percentile of the estimate for a belief without any bearing."""
    best: str
    """The option to choose without learning anything."""
    net_benefit: Estimate
    """Its expected net benefit, USD per year."""

    def telling(self) -> tuple[Worth, ...]:
        """Return the beliefs whose worth stands out from chance."""
        return tuple(w for w in self.worths if w.value.value > self.null_95_usd)


def information(
    comparison: Comparison, names: Iterable[str] | None = None, *, shuffles: int = SHUFFLES
) -> Information:
    """Return what learning each belief is worth before choosing among the sets of a comparison.

    The options are the sets and buying nothing. `names` default to all uncertain world-level
    beliefs and the effects and costs of the remedies compared.
    """
    run = comparison.evaluation
    wanted = tuple(_all_names(comparison) if names is None else names)
    cut = plan(run.scenario, run.years, run.worlds)
    inputs = world_inputs(run.scenario, cut, run.seed, wanted)
    benefit = net_benefits(comparison)
    worths = [Worth(name, evppi(benefit, inputs[name])) for name in wanted]
    shuffled = stream(run.seed, (), "information.shuffle")
    order = np.arange(run.worlds, dtype=np.float64)
    null = [evppi(benefit, shuffled.permutation(order)).value for _ in range(shuffles)]
    means = benefit.mean(axis=1)
    best = int(means.argmax())
    return Information(
        tuple(sorted(worths, key=lambda worth: -worth.value.value)),
        float(np.quantile(null, 0.95, method="inverted_cdf")) if null else np.nan,
        comparison.names[best],
        skewed(float(means[best]), benefit[best], run.worlds),
    )


def _all_names(comparison: Comparison) -> list[str]:
    run = comparison.evaluation
    beliefs = list(prepared(run.scenario).uncertain)
    for remedy in run.remedies:
        stem = f"{PREFIX}{remedy.name}"
        parts = {"upfront": remedy.upfront.belief, "annual": remedy.annual.belief}
        parts |= {f"change.{k}": c.belief for k, c in enumerate(remedy.changes, 1)}
        beliefs += [f"{stem}.{part}" for part, belief in parts.items() if not belief.certain]
    return beliefs


def net_benefits(comparison: Comparison) -> Array:
    """Return the net benefit of every set in every world, USD per year `(V, worlds)`.

    The first row is buying nothing: zero. It is the mean over a world's simulated years.
    """
    run = comparison.evaluation
    rows = [
        world_means(comparison.saving(k), run.worlds) - comparison.cost(k)
        for k in range(len(comparison.sets))
    ]
    return np.stack(rows)


def evppi(benefit: Array, x: Array) -> Estimate:
    """Return the expected value of learning `x` `(n,)` before choosing a row of `benefit` `(D, n)`.

    In the unit of `benefit`; floored at zero, its error that of the gain over the best row.
    """
    n = len(x)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(x, kind="stable")] = np.arange(n)
    bins = min(BINS, max(n // 20, 2))
    bin_of = rank * bins // n
    fold_of = np.arange(n) % FOLDS
    choice = _choices(benefit, bin_of * FOLDS + fold_of, bins)
    best = int(benefit.mean(axis=1).argmax())
    chosen = choice[bin_of, fold_of]
    gain = benefit[chosen, np.arange(n)] - benefit[best]
    behind = float(np.count_nonzero(gain) if gain.any() else n)
    free = skewed(float(gain.mean()), gain, behind)
    value, low, high = max(free.value, 0.0), _floored(free.low), _floored(free.high)
    return free._replace(value=value, low=low, high=high)


def _floored(end: float) -> float:
    """Return an end of an interval, zero at least; unknown stays unknown."""
    return float(np.maximum(end, 0.0))


def _choices(benefit: Array, cell: Index, bins: int) -> Index:
    """Return the best option by bin of x, as each fold's complement sees it, `(bins, FOLDS)`."""
    size = bins * FOLDS
    number = np.bincount(cell, minlength=size).reshape(bins, FOLDS).astype(np.float64)
    sums = np.stack(
        [np.bincount(cell, weights=row, minlength=size).reshape(bins, FOLDS) for row in benefit]
    )
    scores = ndtri((np.arange(bins) + 0.5) / bins)
    basis = np.polynomial.hermite_e.hermevander(scores, min(DEGREE, bins - 1))
    choice = np.empty((bins, FOLDS), dtype=np.int64)
    for fold in range(FOLDS):
        weight = number.sum(axis=1) - number[:, fold]
        total = sums.sum(axis=2) - sums[:, :, fold]
        normal = basis.T @ (weight[:, None] * basis)
        fitted = basis @ np.linalg.solve(normal, basis.T @ total.T)
        choice[:, fold] = fitted.argmax(axis=1)
    return choice
