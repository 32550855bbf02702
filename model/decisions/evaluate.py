"""Evaluate many variants on one sample: every variant's yearly loss in the same worlds and luck.

Only years a variant changes are priced again; all others keep the baseline's figures, so their
difference is exactly zero (ARCHITECTURE, decision 4).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.lookup import assumption
from model.assumptions.remedies import PREFIX, Remedy
from model.beliefs.belief import fit
from model.chain.ledger import COMPONENTS
from model.chain.per_year import COLUMNS
from model.decisions.apply_remedies import treat
from model.decisions.early_life import life_weights
from model.decisions.remedies import BASELINE, Draws, Variant, within_bounds
from model.decisions.repricing import gathered, priced
from model.runs.blocks import Plan
from model.runs.parallel import in_order
from model.runs.reuse import prepared, simulated_block
from model.scenario.scenario import Scenario
from model.worlds.prepared import Prepared

LOSSES = ("loss_usd", "net_loss_usd")
"""What is kept of every year: the loss before SLA credit, and net of it."""
_LOSS_ROWS = [COLUMNS.index(name) for name in LOSSES]
_PART_ROWS = [COLUMNS.index(f"{name}_usd") for name in COMPONENTS]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a set of variants costs, the baseline first; V variants, R remedies, Y years."""

    scenario: Scenario
    variants: tuple[Variant, ...]
    remedies: tuple[Remedy, ...]
    years: int
    worlds: int
    seed: int
    losses: Array
    """`(V, 2, Y)`: `LOSSES` of every year, USD."""
    parts: Array
    """`(V, C)`: expected yearly saving per line of `COMPONENTS` against the baseline, USD."""
    part_errors: Array
    """Standard errors of `parts`, clustered by world."""
    weights: dict[float, Array]
    """Weights of the years `(Y,)` for an average over so many years of life."""
    costs: Array
    """`(R, worlds)`: cost of each remedy per year, upfront cost spread over its life, USD."""

    def loss(self, variant: int) -> Array:
        """Return the yearly loss before SLA credit of a variant, USD `(Y,)`."""
        return np.asarray(self.losses[variant, 0])

    def net(self, variant: int) -> Array:
        """Return the yearly loss net of SLA credit of a variant, USD `(Y,)`."""
        return np.asarray(self.losses[variant, 1])


class Job(NamedTuple):
    """One block of an evaluation, or some of its variants."""

    prepared: Prepared
    cut: Plan
    seed: int
    part: int
    variants: tuple[Variant, ...]
    mine: range
    """The variants to be priced; the pool serves all."""
    remedies: tuple[Remedy, ...]
    lives: tuple[float, ...]


class Piece(NamedTuple):
    """What one job contributes; arrays as in `Evaluation`, sums instead of means."""

    mine: range
    first_year: int
    first_world: int
    clusters: int
    losses: Array
    part_sums: Array
    part_squares: Array
    weights: dict[float, Array]
    costs: Array


def evaluate(
    scenario: Scenario,
    variants: Iterable[Variant],
    *,
    cut: Plan,
    seed: int = 0,
    remedies: Iterable[Remedy] = (),
    lives: Iterable[float] = (),
    covering: Iterable[Variant] = (),
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Price the baseline and the variants on the same incidents (MODEL §5, "Remedies").

    `cut` says how many years and worlds, and in which blocks; `remedies` are priced per world;
    `lives` are the lives in years to return weights for. The incidents sampled suffice for the
    variants `covering` too, which are not priced. `executor` and `on_block` as in `simulate`.
    """
    every = (BASELINE, *variants)
    chosen, horizons = tuple(remedies), tuple(sorted(set(lives)))
    shares = _shares(len(every), len(cut))
    pooled = (*every, *covering)
    losses = np.empty((len(every), len(LOSSES), cut.years))
    sums, squares = (np.zeros((len(every), len(COMPONENTS))) for _ in range(2))
    weights = {life: np.empty(cut.years) for life in horizons}
    costs = np.empty((len(chosen), cut.worlds))
    clusters = 0
    ready = prepared(scenario)
    jobs = [
        Job(ready, cut, seed, part, pooled, mine, chosen, horizons)
        for part in range(len(cut))
        for mine in shares
    ]
    for done, piece in enumerate(in_order(_piece, jobs, executor), start=1):
        years = slice(piece.first_year, piece.first_year + piece.losses.shape[2])
        worlds = slice(piece.first_world, piece.first_world + piece.costs.shape[1])
        mine = slice(piece.mine.start, piece.mine.stop)
        losses[mine, :, years], costs[:, worlds] = piece.losses, piece.costs
        for life, weight in piece.weights.items():
            weights[life][years] = weight
        sums[mine] += piece.part_sums
        squares[mine] += piece.part_squares
        clusters += piece.clusters if piece.mine.start == 0 else 0
        if on_block is not None:
            on_block(done, len(jobs))
    spread = np.maximum(squares - sums**2 / clusters, 0.0) * clusters / max(clusters - 1, 1)
    return Evaluation(
        scenario,
        every,
        chosen,
        cut.years,
        cut.worlds,
        seed,
        losses,
        sums / cut.years,
        np.sqrt(spread) / cut.years if clusters > 1 else np.full_like(sums, np.nan),
        weights,
        costs,
    )


def _shares(variants: int, blocks: int) -> list[range]:
    """Deal out the variants so that every core has work; no figure depends on it."""
    cores = os.cpu_count() or 1
    wanted = -(-2 * cores // blocks) if blocks < cores else 1
    shares = max(1, min(wanted, variants // 3))
    edges = [variants * k // shares for k in range(shares + 1)]
    return [range(a, b) for a, b in pairwise(edges)]


def _piece(job: Job) -> Piece:
    """Evaluate some variants in one block."""
    block, world_key, first_year, first_world = job.cut.block(job.part, job.seed)
    pool, draws = gathered(job.prepared, block, world_key, job.variants)
    base = treat(pool, job.variants[0], draws)
    if pool.of_the_run:
        _, columns, _ = simulated_block((job.prepared, job.cut, job.seed, job.part))
    else:
        columns = priced(base, np.ones(block.years, dtype=bool))
    worlds = block.worlds
    losses, parts = np.repeat(columns[None, _LOSS_ROWS], len(job.mine), axis=0), columns[_PART_ROWS]
    sums, squares = (np.zeros((len(job.mine), len(COMPONENTS))) for _ in range(2))
    for k, variant in enumerate(job.variants[job.mine.start : job.mine.stop]):
        treated = treat(pool, variant, draws)
        again = treated.years_unlike(base)
        if not again.any():
            continue
        new, changed = priced(treated, again), np.flatnonzero(again)
        losses[k][:, changed] = new[_LOSS_ROWS]
        saved = parts.take(changed, axis=1)
        saved -= new[_PART_ROWS]
        world = block.world_of_year[changed]
        by_world = np.stack([np.bincount(world, weights=row, minlength=worlds) for row in saved])
        sums[k], squares[k] = by_world.sum(axis=1), (by_world**2).sum(axis=1)
    return Piece(
        job.mine,
        first_year,
        first_world,
        worlds,
        losses,
        sums,
        squares,
        {life: life_weights(pool, life) for life in job.lives},
        remedy_costs(job.remedies, draws),
    )


def remedy_costs(remedies: Iterable[Remedy], draws: Draws) -> Array:
    """Return what each remedy costs per year: upfront ÷ life + annual, USD `(R, worlds)`."""
    rows = [
        np.broadcast_to(
            _cost(remedy, "upfront", draws) / remedy.life_years + _cost(remedy, "annual", draws),
            (draws.worlds,),
        )
        for remedy in remedies
    ]
    return np.stack(rows) if rows else np.zeros((0, draws.worlds))


def _cost(remedy: Remedy, part: str, draws: Draws) -> Array:
    name = f"{PREFIX}{remedy.name}.{part}"
    belief = remedy.upfront if part == "upfront" else remedy.annual
    if belief.certain:
        return np.asarray(belief.low)
    item = assumption(name)
    drawn = fit(belief, item.lower, item.upper).from_normal(draws.normal(name))
    return within_bounds(drawn, item)
