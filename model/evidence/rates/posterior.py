"""How often incidents strike, by a log and what was believed before, jointly (MODEL §6).

Counts of a cause, repeats included, follow the generalised Poisson law (Consul and Jain 1973): the
total progeny of Poisson(λ·X) ancestors of whom each triggers Poisson(ρ) repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.evidence.rates.counts import AnyCount, CountLaw, progeny
from model.evidence.rates.exposure import Exposure
from model.evidence.rates.importance import DRAWS, LogDensity, draw
from model.evidence.rates.prior import Prior, Values

_CONFLICT_DRAWS = 200_000
CONFLICT = 0.01


@dataclass(frozen=True, eq=False)
class Selection:
    """What made us look: how likely it was, over the time in which anybody would have noticed.

    The likelihood is divided by that chance. This is right where the prior is about those who look
    anyway, or already knows of what made them look; were it about all, looked at or not, the data
    themselves would say enough.
    """

    exposures: Mapping[str, Exposure]
    """That time, by cause."""
    chance: Callable[[Array, Array], Array]
    """From expected ancestors of all causes in it and repeat ratio, `(draws,)`, to the chance."""


@dataclass(frozen=True)
class Marginal:
    """One belief after the log: moments and 5 %, 50 %, 95 %."""

    mean: float
    sd: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, eq=False)
class Posterior:
    """The beliefs the log has touched."""

    marginals: Mapping[str, Marginal]
    total: Marginal
    """The rate of all causes of the log together, per mature year, repeats not counted."""
    visible: Marginal
    """The same with repeats: what a long log would count."""
    draws: Mapping[str, Array]
    """Equally likely joint draws by name, `(draws,)`."""
    names: tuple[str, ...]
    rank_correlation: Array
    """Spearman's, `(names, names)`."""
    effective: float
    """The smallest effective number of draws; infinite where all was integrated."""


def posterior(
    prior: Prior,
    counts: Sequence[AnyCount],
    *,
    law: CountLaw,
    rng: np.random.Generator,
    selection: Selection | None = None,
    draws: int = DRAWS,
) -> Posterior:
    """Return what is believed after the counts; zeros count too. `law` says what counts are like.

    Beliefs that neither the counts nor a correlation reach are left out. Raise
    TooFewEffectiveDraws where the posterior was not found well enough.
    """

    def likelihood(names: Sequence[str], which: Sequence[AnyCount]) -> LogDensity:
        def of(independent: Array) -> Array:
            values = prior.values(names, independent)
            terms = [law(count, values) for count in which]
            if selection is not None:
                noticed = _noticed(selection, counts, values, values[law.names[0]])
                terms.append(-np.log(np.maximum(noticed, 1e-300)))
            return np.asarray(np.sum(terms, axis=0))

        return of

    marginals: dict[str, Marginal] = {}
    joint: dict[str, Array] = {}
    effective = np.inf
    for names, which in _blocks(prior, counts, law.names, joined=selection is not None):
        found = draw(likelihood(names, which), len(names), rng, draws)
        effective = min(effective, found.effective)
        values = prior.values(names, found.points)
        marginals |= {name: _marginal(values[name], found.weights) for name in names}
        equal = prior.values(names, found.resampled(draws, rng))
        joint |= {name: equal[name] for name in names}
    order = tuple(name for name in prior.names if name in joint)
    total, visible = _totals(prior, counts, joint, law.names[0], draws)
    return Posterior(
        marginals=marginals,
        total=total,
        visible=visible,
        draws=joint,
        names=order,
        rank_correlation=_spearman(joint, order),
        effective=float(effective),
    )


def _noticed(
    selection: Selection, counts: Sequence[AnyCount], values: Values, ratio: Array
) -> Array:
    parts = {part.cause: part for count in counts for part in count.parts}
    means = [
        values[part.rate] * exposure.effective_years(values[part.multiplier], values[part.months])
        for cause, exposure in selection.exposures.items()
        if (part := parts.get(cause))
    ]
    return selection.chance(np.sum(means, axis=0), ratio)


def _blocks(
    prior: Prior, counts: Sequence[AnyCount], shared: Sequence[str], *, joined: bool
) -> list[tuple[tuple[str, ...], list[AnyCount]]]:
    """Split the uncertain names into groups that neither data nor correlations connect."""
    groups = [{name} for name in prior.uncertain]
    touches = [{*count.names, *shared} for count in counts]
    links = [set.union(*touches)] if joined else list(touches)
    linked = np.argwhere(np.abs(np.triu(prior.matrix, 1)) > 1e-12)
    links += [{prior.names[i], prior.names[j]} for i, j in linked]
    for link in links:
        met = [group for group in groups if group & link]
        groups = [group for group in groups if not group & link]
        groups += [set.union(*met)] if met else []
    blocks = []
    for group in groups:
        which = [count for count, touch in zip(counts, touches, strict=True) if touch & group]
        if which:
            blocks.append((tuple(name for name in prior.names if name in group), which))
    return blocks


def _marginal(x: Array, weights: Array) -> Marginal:
    mean = float(weights @ x)
    sd = float(np.sqrt(weights @ (x - mean) ** 2))
    order = np.argsort(x, kind="stable")
    middle = np.cumsum(weights[order]) - weights[order] / 2
    low, median, high = np.interp([0.05, 0.5, 0.95], middle, x[order]).tolist()
    return Marginal(mean=mean, sd=sd, low=low, median=median, high=high)


def _totals(
    prior: Prior, counts: Sequence[AnyCount], joint: Values, ratio: str, draws: int
) -> tuple[Marginal, Marginal]:
    """Return the rate of all causes together, without and with repeats."""

    def of(name: str) -> Array:
        return joint[name] if name in joint else prior.maps[name](np.zeros(draws))

    rates = dict.fromkeys(name for count in counts for name in count.rates)
    rate = np.sum([of(name) for name in rates], axis=0)
    equal = np.full(len(rate), 1.0 / len(rate))
    return _marginal(rate, equal), _marginal(rate / (1.0 - of(ratio)), equal)


def _spearman(joint: Values, names: Sequence[str]) -> Array:
    ranks = [np.argsort(np.argsort(joint[name])) for name in names]
    return np.atleast_2d(np.corrcoef(np.array(ranks))) if names else np.zeros((0, 0))


@dataclass(frozen=True)
class Surprise:
    """How likely the prior held at least, or at most, as many incidents as the log has."""

    at_least: float
    at_most: float

    @property
    def conflict(self) -> bool:
        """Whether prior and log disagree (either chance below 1 %)."""
        return min(self.at_least, self.at_most) < CONFLICT


def surprise(
    prior: Prior, counts: Sequence[AnyCount], *, repeat_ratio: str, rng: np.random.Generator
) -> Mapping[str, Surprise]:
    """Return by cause, and for `all`, how the counts lie in what the prior foresaw."""
    normals = rng.standard_normal((_CONFLICT_DRAWS, len(prior.uncertain)))
    values = prior.values(prior.uncertain, normals)
    drawn = {
        count.cause: progeny(count.mean(values), values[repeat_ratio], rng) for count in counts
    }
    seen = {count.cause: count.n for count in counts}
    drawn["all"], seen["all"] = np.sum(list(drawn.values()), axis=0), sum(seen.values())
    return {
        cause: Surprise(float(np.mean(n >= seen[cause])), float(np.mean(n <= seen[cause])))
        for cause, n in drawn.items()
    }
