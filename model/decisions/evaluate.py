"""Evaluate many variants on one sample: every variant's yearly loss in the same worlds and luck.

Only years a variant changes are priced again; all others keep the baseline's figures, so their
difference is exactly zero (ARCHITECTURE, decision 4).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.remedies import PREFIX
from model.assumptions.remedy_library import SHARE_OF_BILL, Price, Remedy
from model.beliefs.belief import fit
from model.chain.availability import MINUTES
from model.chain.ledger import COMPONENTS
from model.chain.per_year import COLUMNS
from model.decisions.apply_remedies import treat
from model.decisions.early_life import life_weights
from model.decisions.remedies import (
    BASELINE,
    Draws,
    Variant,
    beyond_bounds,
    orders,
    within_bounds,
)
from model.decisions.repricing import gathered, priced
from model.runs.blocks import Plan
from model.runs.parallel import in_order
from model.runs.reuse.what_is_reused import prepared, simulated_block
from model.runs.standard_errors import Estimate
from model.runs.tally import WorldSums
from model.scenario.scenario import Scenario
from model.worlds.prepared import Prepared

LOSSES = ("loss_usd", "net_loss_usd")
"""What is kept of every year: the loss before SLA credit, and net of it."""
CLOUD_BILL = "platform.cloud_bill_per_year"
WITH_MINUTES = (*LOSSES, *MINUTES)
"""What is kept if the error budget is asked for."""
_PART_ROWS = [COLUMNS.index(f"{name}_usd") for name in COMPONENTS]


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """What a set of variants costs, the baseline first; V variants, R remedies, Y years."""

    scenario: Scenario
    variants: tuple[Variant, ...]
    remedies: tuple[Remedy, ...]
    years: int
    worlds: int
    seed: int
    losses: Array
    """`(V, K, Y)`: what is `kept` of every year, `LOSSES` first, USD."""
    kept: tuple[str, ...]
    parts: tuple[WorldSums, ...]
    """Of each variant, the saving per line of `COMPONENTS` against the baseline, USD, and last the
    number of years it changes."""
    weights: dict[float, Array]
    """Weights of the years `(Y,)` for an average over so many years of life."""
    costs: Array
    """`(R, worlds)`: cost of each remedy per year, upfront cost spread over its life, USD."""
    beyond: dict[str, float]
    """Share of the values that remedies would have moved beyond an assumption's bounds, by name."""

    def loss(self, variant: int) -> Array:
        """Return the yearly loss before SLA credit of a variant, USD `(Y,)`."""
        return np.asarray(self.losses[variant, 0])

    def saved(self, variant: int) -> dict[str, Estimate]:
        """Return the expected yearly saving of a variant per line of `COMPONENTS`, USD."""
        sums, last = self.parts[variant], len(COMPONENTS)
        return {line: sums.mean(k, last, years=self.years) for k, line in enumerate(COMPONENTS)}

    def column(self, variant: int, name: str) -> Array:
        """Return one of the `kept` columns of a variant `(Y,)`."""
        return np.asarray(self.losses[variant, self.kept.index(name)])

    def without_minutes(self) -> Evaluation:
        """Return the same with the losses alone, once minutes are summed up."""
        return replace(self, losses=self.losses[:, : len(LOSSES)].copy(), kept=LOSSES)

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
    kept: tuple[str, ...]


class Piece(NamedTuple):
    """What one job contributes; arrays as in `Evaluation`, sums instead of means."""

    mine: range
    first_year: int
    first_world: int
    losses: Array
    parts: tuple[WorldSums, ...]
    weights: dict[float, Array]
    costs: Array
    beyond: dict[str, tuple[int, int]]

    @property
    def years(self) -> slice:
        """Its years among all."""
        return slice(self.first_year, self.first_year + self.losses.shape[2])

    @property
    def worlds(self) -> slice:
        """Its worlds among all."""
        return slice(self.first_world, self.first_world + self.costs.shape[1])


def evaluate(
    scenario: Scenario,
    variants: Iterable[Variant],
    *,
    cut: Plan,
    seed: int = 0,
    remedies: Iterable[Remedy] = (),
    lives: Iterable[float] = (),
    covering: Iterable[Variant] = (),
    kept: tuple[str, ...] = LOSSES,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Price the baseline and the variants on the same incidents (MODEL §5, "Remedies").

    `cut` is years, worlds and blocks; `remedies` are priced per world; `lives`, years, weigh them.
    The incidents suffice for the variants `covering` too, which are not priced; `kept` columns are
    kept of every year, `LOSSES` or `WITH_MINUTES`. `executor` and `on_block` as in `simulate`.
    """
    every, chosen, horizons = (BASELINE, *variants), tuple(remedies), tuple(sorted(set(lives)))
    losses = np.empty((len(every), len(kept), cut.years))
    parts: list[WorldSums | None] = [None] * len(every)
    weights = {life: np.empty(cut.years) for life in horizons}
    costs = np.empty((len(chosen), cut.worlds))
    beyond: dict[str, tuple[int, int]] = {}
    whole = Job(
        prepared=prepared(scenario),
        cut=cut,
        seed=seed,
        part=0,
        variants=(*every, *covering),
        mine=range(len(every)),
        remedies=chosen,
        lives=horizons,
        kept=kept,
    )
    jobs = _dealt_out(whole)
    for done, piece in enumerate(in_order(_piece, jobs, executor), start=1):
        mine = slice(piece.mine.start, piece.mine.stop)
        losses[mine, :, piece.years], costs[:, piece.worlds] = piece.losses, piece.costs
        for life, weight in piece.weights.items():
            weights[life][piece.years] = weight
        _count_in(beyond, piece.beyond)
        _add_in(parts, piece)
        if on_block is not None:
            on_block(done, len(jobs))
    return Evaluation(
        scenario=scenario,
        variants=every,
        remedies=chosen,
        years=cut.years,
        worlds=cut.worlds,
        seed=seed,
        losses=losses,
        kept=kept,
        parts=tuple(sums for sums in parts if sums is not None),
        weights=weights,
        costs=costs,
        beyond={name: out / drawn for name, (out, drawn) in sorted(beyond.items()) if out},
    )


def _add_in(parts: list[WorldSums | None], piece: Piece) -> None:
    """Add what a piece saves on each line to what its variants save in earlier blocks."""
    for k, sums in zip(piece.mine, piece.parts, strict=True):
        before = parts[k]
        parts[k] = sums if before is None else before + sums


def _count_in(total: dict[str, tuple[int, int]], more: Mapping[str, tuple[int, int]]) -> None:
    """Add pairs of counts, by name."""
    for name, counts in more.items():
        before = total.get(name, (0, 0))
        total[name] = (before[0] + counts[0], before[1] + counts[1])


def _dealt_out(whole: Job) -> list[Job]:
    """Deal out blocks and variants so that every core has work; no figure depends on it."""
    variants, blocks, cores = len(whole.mine), len(whole.cut), os.cpu_count() or 1
    wanted = -(-2 * cores // blocks) if blocks < cores else 1
    shares = max(1, min(wanted, variants // 3))
    edges = [variants * k // shares for k in range(shares + 1)]
    mine = [range(a, b) for a, b in pairwise(edges)]
    return [whole._replace(part=k, mine=one) for k in range(blocks) for one in mine]


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
    rows = [COLUMNS.index(name) for name in job.kept]
    losses, parts = np.repeat(columns[None, rows], len(job.mine), axis=0), columns[_PART_ROWS]
    sums: list[WorldSums] = []
    beyond: dict[str, tuple[int, int]] = {}
    for k, variant in enumerate(job.variants[job.mine.start : job.mine.stop]):
        treated = treat(pool, variant, draws)
        wanted = orders(job.prepared.scenario.causes, variant.steps)
        _count_in(beyond, {**beyond_bounds(pool.values, wanted, draws), **treated.beyond})
        again = treated.years_unlike(base)
        by_world = np.zeros((worlds, len(COMPONENTS) + 1))
        if not again.any():
            sums.append(WorldSums.of(by_world, first_world))
            continue
        new, changed = priced(treated, again), np.flatnonzero(again)
        losses[k][:, changed] = new[rows]
        saved = parts.take(changed, axis=1)
        saved -= new[_PART_ROWS]
        world = block.world_of_year[changed]
        for line, row in enumerate((*saved, np.ones(len(changed)))):
            by_world[:, line] = np.bincount(world, weights=row, minlength=worlds)
        sums.append(WorldSums.of(by_world, first_world))
    return Piece(
        mine=job.mine,
        first_year=first_year,
        first_world=first_world,
        losses=losses,
        parts=tuple(sums),
        weights={life: life_weights(pool, life) for life in job.lives},
        costs=remedy_costs(job.remedies, draws, pool.values[CLOUD_BILL]),
        beyond=beyond,
    )


def remedy_costs(remedies: Iterable[Remedy], draws: Draws, bill_usd: Array) -> Array:
    """Return what each remedy costs per year: upfront ÷ life + annual, USD `(R, worlds)`.

    A price that is a share is a share of the world's own cloud bill, `(worlds,)` or scalar.
    """
    rows = [
        np.broadcast_to(
            _cost(remedy, remedy.upfront, draws, bill_usd) / remedy.life_years
            + _cost(remedy, remedy.annual, draws, bill_usd),
            (draws.worlds,),
        )
        for remedy in remedies
    ]
    return np.stack(rows) if rows else np.zeros((0, draws.worlds))


def _cost(remedy: Remedy, price: Price, draws: Draws, bill_usd: Array) -> Array:
    unit = bill_usd if price.is_share else np.asarray(1.0)
    if price.belief.certain:
        return np.asarray(price.belief.low * unit)
    # One stream for a price in either form: how dear it is does not hang on how it is said.
    luck = f"{PREFIX}{remedy.name}.{price.row.removesuffix(SHARE_OF_BILL)}"
    item = draws.assumption(f"{PREFIX}{remedy.name}.{price.row}")
    drawn = fit(price.belief, item.lower, item.upper).from_normal(draws.normal(luck))
    return np.asarray(within_bounds(drawn, item) * unit)
