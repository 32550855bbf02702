"""Screening: every set of remedies on the years that carry the baseline's loss.

Years are drawn with probability proportional to their baseline loss (importance sampling), so a
set's expected loss is the baseline's times the mean share of it that remains. Sets grow one remedy
at a time, the most far-reaching first, and only the years that a remedy changes are priced again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, Mask
from model.assumptions.declaration import CONTRACT
from model.assumptions.remedy_library import Remedy
from model.chain.per_year import COLUMNS
from model.decisions.apply_remedies import Treated, treat
from model.decisions.early_life import strained
from model.decisions.evaluate import Evaluation
from model.decisions.remedies import BASELINE, Draws, variant
from model.decisions.repricing import gathered, priced, priced_together
from model.runs.blocks import Plan
from model.runs.paired import TAIL
from model.runs.parallel import in_order
from model.runs.reuse.what_is_reused import prepared
from model.worlds.prepared import Prepared

_LOSS = COLUMNS.index("loss_usd")
_PREFIX = 3
"""Sets are dealt out to workers by which of the first so many remedies they have."""
_TOGETHER = 4_000
"""Years priced at one go: enough for NumPy to be quick, few enough for the cache."""


class Drawn(NamedTuple):
    """A sample of years, each once, `(n,)`."""

    year: Index
    weight: Array
    """A year's weight in an expectation; together about the share of years with a loss."""
    draws: Array
    """How often the year was drawn."""


@dataclass(frozen=True, eq=False)
class Screened:
    """S sets of remedies on a sample of n years; bit r of a set stands for remedy r."""

    remedies: tuple[Remedy, ...]
    sets: Index
    """`(S,)`, the empty set first."""
    cost_usd: Array
    """Expected annual cost, `(S,)`."""
    losses: Array
    """Loss before SLA credit, USD `(S, n)`."""
    sample: Drawn
    life_weight: Array
    """Weight of the years for an average over the remedies' life, `(n,)`; 1 if too unequal."""

    def names(self, k: int) -> tuple[str, ...]:
        """Return the remedies of one set, the most far-reaching first."""
        bits = int(self.sets[k])
        return tuple(m.name for r, m in enumerate(self.remedies) if bits >> r & 1)

    def figures(self) -> dict[str, Array]:
        """Return what is to be low: `eal`, `tvar_95` and minus the net benefit, USD `(S,)`."""
        eal = self.losses @ self.sample.weight
        over_life = self.losses @ (self.sample.weight * self.life_weight)
        tails = np.array([weighted_tail(loss, self.sample.weight) for loss in self.losses])
        loss = over_life - over_life[0] + self.cost_usd
        return {"eal": eal, "tvar_95": tails[:, 1], "net_benefit": loss}

    def influence(self, figure: str, k: int | Index) -> Array:
        """Return what each draw adds to a figure of one or more sets, `(…, n)`."""
        loss = self.losses[k]
        if figure == "tvar_95":
            var = np.array([weighted_tail(row, self.sample.weight)[0] for row in self.losses])[k]
            loss = np.maximum(loss - np.expand_dims(var, -1), 0.0) / (1.0 - TAIL)
        weight = self.sample.weight * (self.life_weight if figure == "net_benefit" else 1.0)
        return np.asarray(loss * (weight / self.sample.draws * self.sample.draws.sum()))

    def error(self, influence: Array) -> Array:
        """Return the standard error of a mean over the draws, `(…,)`."""
        n = self.sample.draws.sum()
        mean = (influence * self.sample.draws).sum(axis=-1, keepdims=True) / n
        spread = ((influence - mean) ** 2 * self.sample.draws).sum(axis=-1) / max(n - 1.0, 1.0)
        return np.asarray(np.sqrt(spread / n))


def weighted_tail(loss: Array, weight: Array, p: float = TAIL) -> tuple[float, float]:
    """Return VaR and TVaR of weighted losses `(n,)`; what the weights lack to one loses nothing."""
    order = np.argsort(-loss)
    reached = np.searchsorted(np.cumsum(weight[order]), 1.0 - p)
    var = float(loss[order[reached]]) if reached < len(loss) else 0.0
    return var, var + float(weight @ np.maximum(loss - var, 0.0)) / (1.0 - p)


def draw_years(loss: Array, n: int) -> Drawn:
    """Draw `n` years in proportion to their loss, evenly along the cumulative loss."""
    carried = np.cumsum(np.maximum(loss, 0.0))
    total = float(carried[-1])
    picks = np.searchsorted(carried, (np.arange(n) + 0.5) * (total / n), side="right")
    year, draws = np.unique(picks, return_counts=True)
    return Drawn(year, draws * (total / n / len(loss)) / loss[year], draws.astype(np.float64))


class _Job(NamedTuple):
    prepared: Prepared
    cut: Plan
    seed: int
    part: int
    remedies: tuple[Remedy, ...]
    costs: tuple[float, ...]
    budget_usd: float
    prefix: int
    years: Index
    """Years of the block that were drawn."""

    def chosen(self, bits: int) -> list[Remedy]:
        """Return the remedies of a set."""
        return [remedy for r, remedy in enumerate(self.remedies) if bits >> r & 1]

    def affordable(self, bits: int) -> bool:
        """Tell whether a set is within the budget."""
        cost = sum(cost for r, cost in enumerate(self.costs) if bits >> r & 1)
        return cost <= self.budget_usd


def screen(
    run: Evaluation,
    cut: Plan,
    reach: dict[str, float],
    *,
    budget_usd: float,
    sample: Drawn,
    life_years: float,
    executor: Executor | None,
    on_piece: Callable[[int, int], None],
) -> Screened:
    """Evaluate every affordable set of a run's remedies on a sample of its years.

    `run`, cut as `cut`, holds the baseline, the costs and the weights for `life_years`, and covers
    each remedy alone. `reach` is the share of years each remedy changes.
    """
    order = sorted(range(len(run.remedies)), key=lambda r: -reach[run.remedies[r].name])
    ranked = tuple(run.remedies[r] for r in order)
    costs = tuple(float(run.costs[r].mean()) for r in order)
    prefixes = range(1 << min(_PREFIX, len(ranked)))
    ready, jobs, first = prepared(run.scenario), [], 0
    for part in range(len(cut)):
        size = cut.block(part, run.seed)[0].years
        mine = sample.year[(sample.year >= first) & (sample.year < first + size)] - first
        jobs += [
            _Job(
                prepared=ready,
                cut=cut,
                seed=run.seed,
                part=part,
                remedies=ranked,
                costs=costs,
                budget_usd=budget_usd,
                prefix=prefix,
                years=mine,
            )
            for prefix in prefixes
        ]
        first += size
    pieces = []
    for done, piece in enumerate(in_order(_screened, jobs, executor), start=1):
        pieces.append(piece)
        on_piece(done, len(jobs))
    step = len(prefixes)
    blocks = [pieces[k : k + step] for k in range(0, len(pieces), step)]
    bits = np.concatenate([found for found, _ in blocks[0]])
    losses = np.hstack([np.concatenate([loss for _, loss in block]) for block in blocks])
    has = bits[:, None] >> np.arange(len(order)) & 1
    cost = has @ np.array(costs)
    by_cost = np.lexsort((bits, cost))
    weight = run.weights[life_years]
    weight = np.ones(len(sample.year)) if strained(weight) else weight[sample.year]
    return Screened(
        remedies=ranked,
        sets=bits[by_cost],
        cost_usd=cost[by_cost],
        losses=losses[by_cost],
        sample=sample,
        life_weight=weight,
    )


def _screened(job: _Job) -> tuple[Index, Array]:
    """Evaluate the sets with one choice of the first remedies: bits `(s,)`, losses `(s, n)`."""
    block, world_key, _, _ = job.cut.block(job.part, job.seed)
    alone = [variant(remedy.name, [remedy]) for remedy in job.remedies]
    pool, draws = gathered(job.prepared, block, world_key, alone)
    pool, worlds = pool.within(job.years)
    draws = draws.within(worlds)
    if not job.affordable(job.prefix):
        return np.zeros(0, dtype=np.int64), np.zeros((0, len(job.years)))
    base = treat(pool, BASELINE, draws)
    loss = priced(base, np.ones(len(job.years), dtype=bool))[_LOSS]
    found = [(job.prefix, *_grown(job, draws, [(0, base, loss)], [job.prefix])[0][1:])]
    for r in range(min(_PREFIX, len(job.remedies)), len(job.remedies)):
        parents = [one for one in found if job.affordable(one[0] | 1 << r)]
        found += _grown(job, draws, parents, [bits | 1 << r for bits, _, _ in parents])
    return np.array([bits for bits, _, _ in found]), np.stack([loss for _, _, loss in found])


_Found = tuple[int, Treated, Array]


def _grown(job: _Job, draws: Draws, parents: list[_Found], sets: list[int]) -> list[_Found]:
    """Evaluate sets, each from the one it grew out of; only the years that differ are priced."""
    out: list[_Found] = []
    queue: list[tuple[int, Treated, Mask, Array]] = []
    for (_, before, loss), bits in zip(parents, sets, strict=True):
        after = treat(before.pool, variant("", job.chosen(bits)), draws)
        queue.append((bits, after, after.years_unlike(before, ignore=(CONTRACT,)), loss))
        if sum(int(years.sum()) for _, _, years, _ in queue) > _TOGETHER:
            out += _settled(queue)
            queue = []
    return out + _settled(queue)


def _settled(queue: list[tuple[int, Treated, Mask, Array]]) -> list[_Found]:
    """Price the years that differ of several sets together."""
    moving = [item for item in queue if item[2].any()]
    new = {}
    if moving:
        columns = priced_together([item[1] for item in moving], [item[2] for item in moving])
        new = {item[0]: part[_LOSS] for item, part in zip(moving, columns, strict=True)}
    out = []
    for bits, after, years, loss in queue:
        if bits in new:
            loss = loss.copy()
            loss[years] = new[bits]
        out.append((bits, after, loss))
    return out
