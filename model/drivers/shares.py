"""Which belief the variance of the annual loss comes from.

Variance shares are first-order indices read off the run itself: the worlds are sorted by one belief
and cut into bins, and the variance between the bins' means is the variance that knowing this belief
would take away (given-data estimation; Plischke, Borgonovo and Smith, European Journal of
Operational Research 226(3), 2013). The bins are equally wide in normal scores, so that the few
worlds at the ends of a heavy-tailed belief have bins of their own. What chance puts between the
bins, each bin's own variance over its number, is subtracted: a belief without effect has share
zero on average. What the belief does within a bin is read off a smooth trend, and the bias of a
ratio is taken out. A belief that is correlated with others is credited with what comes through
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from model.arrays import Array, Index
from model.decisions.remedies import Draws
from model.runs.blocks import Plan, plan
from model.runs.result import Result
from model.runs.reuse.what_is_reused import draw_worlds, prepared
from model.runs.standard_errors import Estimate, skewed, world_means
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    pass

WIDTH = 0.1
"""Of a bin, in normal scores: a normal effect hides less than a thousandth of itself in it."""
FEWEST_IN_BIN = 5


class Share(NamedTuple):
    """Share of the variance of the annual loss that knowing one belief would take away."""

    name: str
    share: Estimate


@dataclass(frozen=True)
class Shares:
    """First-order shares of all world-level beliefs, the largest first."""

    shares: tuple[Share, ...]


def variance_shares(result: Result, names: Iterable[str] | None = None) -> Shares:
    """Return the first-order variance shares of the world-level beliefs, from a finished run.

    `names` default to all uncertain ones. What is missing to one is luck and interaction.
    """
    wanted = tuple(prepared(result.scenario).uncertain if names is None else names)
    cut = plan(result.scenario, result.years, result.worlds)
    values = world_inputs(result.scenario, cut, result.seed, wanted)
    loss = result["loss_usd"]
    means, squares = (world_means(x, result.worlds) for x in (loss, loss * loss))
    rows = [Share(name, first_order(values[name], means, squares=squares)) for name in wanted]
    return Shares(tuple(sorted(rows, key=lambda row: -row.share.value)))


def first_order(x: Array, y: Array, *, squares: Array | None = None) -> Estimate:
    """Return the first-order index Var(E[y|x])/Var(y) of paired draws `(n,)`.

    `squares` are the means of y² where each draw is a mean itself: the index is then the share of
    the variance of what it is a mean of. It may come out slightly negative where there is no
    effect. The error is that of the draws' influences on it, up to √2 too large where there is no
    effect.
    """
    n = len(x)
    y = y - y.mean() if squares is None else y
    squares = y * y if squares is None else squares
    middle = float(y.mean())
    total = float(squares.mean()) - middle**2
    if total <= 1e-12 * float(squares.mean()) or n < 2 * FEWEST_IN_BIN:
        return skewed(0.0, np.zeros(n), n)
    order = np.argsort(x, kind="stable")
    x, y, squares = x[order], y[order] - middle, squares[order] - 2.0 * middle * y[order]
    edges = _edges(n)
    starts, number = edges[:-1], np.diff(edges)
    of_bin = np.repeat(np.add.reduceat(y, starts) / number, number)
    fitted = _trend(x, y)
    bend = fitted - np.repeat(np.add.reduceat(fitted, starts) / number, number)
    apart = y - of_bin - bend
    # Of a bin, what its own mean and the slope within it do not explain is chance.
    chance = np.add.reduceat(apart**2, starts) / (number - 1)
    explained = of_bin**2 + bend**2 + 2.0 * (of_bin + bend) * apart
    index = float(explained.mean() - chance @ (1.0 - number / n) / n) / total
    # Held against the others in its bin: with itself, a draw would seem to explain itself.
    others = of_bin - (y - of_bin) / np.repeat(number - 1, number) + bend
    influence = (others * (2.0 * y - others) - index * squares) / total
    ratio_bias = -float(np.cov(influence, squares)[0, 1]) / n / total
    return skewed(index - ratio_bias, influence, n)


def _trend(x: Array, y: Array) -> Array:
    """Return a smooth fit of `y` on sorted draws: a line in them, a cubic in their scores."""
    n = len(x)
    scores = ndtri((np.arange(n) + 0.5) / n)
    basis = np.polynomial.hermite_e.hermevander(scores, 3)
    spread = float(x.std())
    if spread > 0.0:
        basis = np.column_stack([basis, (x - x.mean()) / spread])
    return np.asarray(basis @ np.linalg.lstsq(basis, y, rcond=None)[0])


@lru_cache(maxsize=16)
def _edges(n: int) -> Index:
    """Return where the bins of `n` sorted draws begin, and the end, `(bins + 1,)`."""
    reach = float(ndtri(1.0 - FEWEST_IN_BIN / n))
    count = max(round(2.0 * reach / WIDTH), 2)
    inner = np.rint(n * ndtr(np.linspace(-reach, reach, count + 1))).astype(np.int64)
    edges = [0]
    for edge in inner.tolist():
        if edge - edges[-1] >= FEWEST_IN_BIN and n - edge >= FEWEST_IN_BIN:
            edges.append(edge)
    return np.array([*edges, n], dtype=np.int64)


def world_inputs(
    scenario: Scenario, cut: Plan, seed: int, names: Iterable[str]
) -> dict[str, Array]:
    """Return what every world of a run drew for some assumptions, `(worlds,)` each.

    Names of remedies' rows (`remedies.NAME.change.K`, `.upfront`, `.annual`) give the standard
    normals behind their draws, which order the worlds as the draws do.
    """
    ready, wanted = prepared(scenario), tuple(names)
    out = {name: np.empty(cut.worlds) for name in wanted}
    for part in range(len(cut)):
        block, key, _, first = cut.block(part, seed)
        worlds = block.worlds
        values, _ = draw_worlds(ready, seed=seed, block=key, worlds=worlds)
        draws = Draws(
            seed=seed, key=key, worlds=worlds, currency=scenario.currency, drawn={}, moved={}
        )
        for name in wanted:
            drawn = values[name] if name in values else draws.normal(name)
            out[name][first : first + worlds] = drawn
    return out
