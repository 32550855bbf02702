"""Drivers: luck versus ignorance, and which belief the variance of the annual loss comes from.

Variance shares are first-order indices read off the run itself: the worlds are sorted by one belief
and cut into bins of equal size, and the variance between the bins' means is the variance that
knowing this belief would take away (given-data estimation; Plischke, Borgonovo and Smith, European
Journal of Operational Research 226(3), 2013). What chance alone puts between the bins is subtracted
(one-way analysis of variance), so a belief without effect has share zero on average. A belief that
is correlated with others is credited with what comes through them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.arrays import Array
from model.estimate import Estimate, around, world_means
from model.remedy import Draws
from model.result import Result
from model.scenario.scenario import Scenario
from model.simulate import Plan, plan
from model.worlds.draw import draw
from model.worlds.prepared import uncertainty

if TYPE_CHECKING:
    import pandas as pd

GROUPS = 25
"""Groups left out in turn for the jackknife error of a share."""
BAND = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Ignorance:
    """What part of the spread of annual losses is ignorance (between worlds), and what is luck."""

    share: Estimate
    """Share of the variance between worlds, its error by the jackknife over worlds."""
    between_usd2: float
    within_usd2: float
    chance: Array
    """P(loss > `loss_usd`) over all years, `(points,)`."""
    loss_usd: Array
    low: Array
    """5th percentile over worlds of that probability, `(points,)`."""
    high: Array
    """95th percentile over worlds of that probability, `(points,)`."""


def ignorance(result: Result, points: int = 80) -> Ignorance:
    """Separate luck from ignorance in a run with several years per world (MODEL §5).

    [Var(world means) − mean within-variance/n]/total. The band is that of the worlds' own
    exceedance probabilities: each world's frequency over its n years, drawn towards the mean of all
    worlds so far that the variance left is the one between worlds. ValueError with fewer than two
    years per world or fewer than two worlds.
    """
    years = result.years // result.worlds
    if years < 2 or result.worlds < 2:
        raise ValueError("worlds: at least 2 worlds with at least 2 years each are needed")
    by_world = result["loss_usd"].reshape(result.worlds, years)
    means, variances = by_world.mean(axis=1), by_world.var(axis=1, ddof=1)
    parts = (means.mean(), (means**2).mean(), variances.mean())
    between, within = _split(parts, by_world.shape)
    # A curve below one year in n is not seen in a single world.
    chance = np.geomspace(0.99, 1.0 / years, points)
    loss = np.quantile(by_world.ravel(), 1.0 - chance, method="inverted_cdf")
    low, high = _band(by_world, loss)
    return Ignorance(
        _share_between(means, variances, by_world.shape),
        float(between),
        float(within),
        np.array([(by_world > x).mean() for x in loss]),
        loss,
        low,
        high,
    )


def _split(parts: tuple[Array, ...], shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Return variance between and within worlds from averages of their mean, mean², variance."""
    worlds, years = shape
    mean, square, variance = parts
    spread = (square - mean**2) * worlds / (worlds - 1)
    return np.maximum(spread - variance / years, 0.0), variance


def _share_between(means: Array, variances: Array, shape: tuple[int, ...]) -> Estimate:
    worlds, years = shape

    def share(parts: tuple[Array, ...], count: int) -> Array:
        between, within = _split(parts, (count, years))
        total = between + within
        return np.asarray(np.divide(between, total, out=np.zeros_like(total), where=total > 0))

    parts = (means, means**2, variances)
    value = float(share(tuple(np.asarray(p.mean()) for p in parts), worlds))
    if worlds < 3:
        return around(value, np.nan)
    without = share(tuple((p.sum() - p) / (worlds - 1) for p in parts), worlds - 1)
    return around(value, float(np.sqrt((worlds - 1) * without.var())))


def _band(by_world: Array, loss: Array) -> tuple[Array, Array]:
    years = by_world.shape[1]
    frequency = np.stack([(by_world > x).mean(axis=1) for x in loss])
    mean = frequency.mean(axis=1, keepdims=True)
    seen = frequency.var(axis=1, ddof=1, keepdims=True)
    luck = (frequency * (1.0 - frequency)).mean(axis=1, keepdims=True) / (years - 1)
    kept = 1.0 - np.divide(luck, seen, out=np.ones_like(seen), where=seen > 0)
    drawn = mean + (frequency - mean) * np.sqrt(np.maximum(kept, 0.0))
    low, high = np.quantile(np.clip(drawn, 0.0, 1.0), BAND, axis=1)
    return low, high


class Share(NamedTuple):
    """Share of the variance of the annual loss that knowing one belief would take away."""

    name: str
    share: Estimate


@dataclass(frozen=True)
class Shares:
    """First-order shares of all world-level beliefs, the largest first."""

    shares: tuple[Share, ...]

    def frame(self) -> pd.DataFrame:
        """Return one row per belief."""
        import pandas as pd

        return pd.DataFrame([{"name": row.name, **row.share._asdict()} for row in self.shares])


def variance_shares(result: Result, names: Iterable[str] | None = None) -> Shares:
    """Return the first-order variance shares of the world-level beliefs, from a finished run.

    `names` default to all uncertain ones. What is missing to one is luck and interaction.
    """
    wanted = tuple(uncertainty(result.scenario).uncertain if names is None else names)
    cut = plan(result.scenario, result.years, result.worlds)
    values = world_inputs(result.scenario, cut, result.seed, wanted)
    loss = result["loss_usd"]
    means = world_means(loss, result.worlds)
    scale = float(means.var() / loss.var()) if loss.var() > 0 else 0.0
    rows = []
    for name in wanted:
        found = first_order(values[name], means)
        rows.append(Share(name, Estimate(*(scale * part for part in found))))
    return Shares(tuple(sorted(rows, key=lambda row: -row.share.value)))


def first_order(x: Array, y: Array, *, bins: int | None = None) -> Estimate:
    """Return the first-order index Var(E[y|x])/Var(y) of paired draws `(n,)`.

    Unbiased up to the width of the bins; may come out slightly negative where there is no effect.
    The error is a jackknife over groups of draws, up to √2 too large where there is no effect
    (Efron and Stein, Annals of Statistics 9(3), 1981: a jackknife never errs low on average).
    """
    n = len(x)
    count = min(max(n // 100, 4), 50) if bins is None else bins
    if n < 2 * count or not y.any() or y.min() == y.max():
        return around(0.0, 0.0)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(x, kind="stable")] = np.arange(n)
    cell = (rank * count // n) * GROUPS + np.arange(n) % GROUPS
    centred = y - y.mean()
    sums = [
        np.bincount(cell, weights=w, minlength=count * GROUPS).reshape(count, GROUPS)
        for w in (np.ones(n), centred, centred**2)
    ]
    everything = _index(*(part.sum(axis=1, keepdims=True) for part in sums))
    without = _index(*(part.sum(axis=1, keepdims=True) - part for part in sums))
    spread = (GROUPS - 1) / GROUPS * ((without - without.mean()) ** 2).sum()
    return around(float(everything[0]), float(np.sqrt(spread)))


def _index(number: Array, total: Array, squares: Array) -> Array:
    """Return the index from counts, sums and sums of squares by bin, `(bins, k)` → `(k,)`."""
    n, bins = number.sum(axis=0), len(number)
    mean = total.sum(axis=0) / n
    of_bins = total / number
    within = (squares - number * of_bins**2).sum(axis=0) / (n - bins)
    between = (number * (of_bins - mean) ** 2).sum(axis=0) / (bins - 1)
    size = (n - (number**2).sum(axis=0) / n) / (bins - 1)
    variance = squares.sum(axis=0) / n - mean**2
    return np.asarray((between - within) / size * (bins - 1) / bins / variance)


def world_inputs(
    scenario: Scenario, cut: Plan, seed: int, names: Iterable[str]
) -> dict[str, Array]:
    """Return what every world of a run drew for some assumptions, `(worlds,)` each.

    Names of remedies' rows (`mitigations.NAME.change.K`, `.upfront`, `.annual`) give the standard
    normals behind their draws, which order the worlds as the draws do.
    """
    wanted = tuple(names)
    out = {name: np.empty(cut.worlds) for name in wanted}
    for part in range(len(cut)):
        block, key, _, first = cut.block(part, seed)
        worlds = int(block.world_of_year[-1]) + 1
        values, _ = draw(scenario, seed=seed, block=key, worlds=worlds)
        draws = Draws(seed, key, worlds)
        for name in wanted:
            drawn = values[name] if name in values else draws.normal(name)
            out[name][first : first + worlds] = drawn
    return out
