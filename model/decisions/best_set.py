"""The best set of remedies for a budget, and the efficient frontier (MODEL §5, "Remedies").

Every set of up to `MOST_REMEDIES` remedies is evaluated on a screening sample: years of the full
run drawn with probability proportional to their baseline loss, so that a few hundred of them say
what thousands would (importance sampling; Owen, Monte Carlo theory, ch. 9). On that sample the
search is exact. Sets that are efficient there, or within its error of being so, are the finalists,
and these are evaluated on every year. Sets grow one remedy at a time, and only the years the new
one changes are priced again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.remedy_library import Remedy
from model.decisions.best_set_search import Screened, draw_years, screen
from model.decisions.compare import Comparison, Row, compare
from model.decisions.early_life import HORIZON_YEARS
from model.decisions.evaluate import evaluate
from model.decisions.remedies import variant
from model.runs.blocks import plan
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

MOST_REMEDIES = 12
"""Up to so many remedies every set is looked at; of more, the most effective for their price."""
MOST_FINALISTS = 24
FULL_SETS = 16
"""Up to so many sets are evaluated on every year without screening."""
SCREENING_YEARS = 600
RANKING_YEARS = 2_000
NEAR = 2.0
"""Standard errors of the screening within which a set may still be efficient."""
FIGURES = ("eal", "tvar_95")

Progress = Callable[[int, int], None]


class Point(NamedTuple):
    """A set on the efficient frontier: no cheaper set has a lower figure."""

    remedies: tuple[str, ...]
    cost_usd: float
    """Expected annual cost."""
    figure: Estimate
    enters: tuple[str, ...]
    """Remedies that the next cheaper point did not have."""
    leaves: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Frontier:
    """Sets of remedies from nothing to everything affordable, the finalists in full."""

    comparison: Comparison
    """The finalists on every year of the run; the baseline, the empty set, comes first."""
    screened: Screened | None
    """Every set on the screening sample; None if all were evaluated in full."""
    left_out: tuple[str, ...]
    """Remedies not searched: they save nothing before SLA credit, or there are too many."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row per finalist, the empty set first."""
        return self.comparison.rows()

    def best(self, budget_usd: float, by: str = "net_benefit") -> Row:
        """Return the best set whose expected annual cost is within the budget.

        `by` is `net_benefit` (highest), `eal` or `tvar_95` (lowest). Buying nothing is a set too.
        ValueError for another word or a negative budget.
        """
        if by not in ("net_benefit", *FIGURES):
            raise ValueError(f"by: {by!r} given; net_benefit, eal or tvar_95 is allowed")
        affordable = [row for row in self.rows if row.annual_cost.value <= budget_usd]
        if not affordable:
            raise ValueError(f"budget: {budget_usd!r} given; 0 or more USD per year is allowed")
        sign = -1.0 if by == "net_benefit" else 1.0
        return min(affordable, key=lambda row: (sign * getattr(row, by).value, len(row.remedies)))

    def efficient(self, by: str = "eal") -> tuple[Point, ...]:
        """Return the frontier of cost against `eal`, `tvar_95` or `saving`, cheapest first."""
        sign = -1.0 if by == "saving" else 1.0
        figures = sign * np.array([getattr(row, by).value for row in self.rows])
        costs = np.array([row.annual_cost.value for row in self.rows])
        points: list[Point] = []
        before: tuple[str, ...] = ()
        for k in lower_envelope(costs, figures):
            row = self.rows[k]
            enters = tuple(name for name in row.remedies if name not in before)
            leaves = tuple(name for name in before if name not in row.remedies)
            points.append(
                Point(
                    remedies=row.remedies,
                    cost_usd=costs[k],
                    figure=getattr(row, by),
                    enters=enters,
                    leaves=leaves,
                )
            )
            before = row.remedies
        return tuple(points)


def frontier(
    scenario: Scenario,
    names: Iterable[str] | None = None,
    *,
    budget_usd: float = np.inf,
    years: int = 20_000,
    seed: int = 0,
    screening_years: int = SCREENING_YEARS,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
) -> Frontier:
    """Search the sets of remedies within a budget, USD per year; the loss is before SLA credit.

    `names` are the remedies to choose from (default: all). `on_progress(done, total)` is called in
    the caller's thread after each piece of work; raising from it ends the search.
    """
    report = on_progress or (lambda done, total: None)
    cut = plan(scenario, years, None)
    remedies, reach, left_out = _searched(scenario, names, seed, executor)
    run = evaluate(
        scenario,
        (),
        cut=cut,
        seed=seed,
        remedies=remedies,
        lives=[HORIZON_YEARS],
        covering=[variant(remedy.name, [remedy]) for remedy in remedies],
        executor=executor,
        on_block=_between(report, 5, 10),
    )
    screened: Screened | None = None
    if 2 ** len(remedies) > FULL_SETS:
        screened = screen(
            run,
            cut,
            reach,
            budget_usd=budget_usd,
            sample=draw_years(run.loss(0), screening_years),
            life_years=HORIZON_YEARS,
            executor=executor,
            on_piece=_between(report, 10, 65),
        )
        chosen = [screened.names(k) for k in finalists(screened)]
    else:
        cost = dict(zip((m.name for m in remedies), run.costs.mean(axis=1), strict=True))
        every = (s for n in range(len(cost) + 1) for s in combinations(cost, n))
        chosen = [names for names in every if sum(cost[name] for name in names) <= budget_usd]
    comparison = compare(
        scenario,
        [names for names in chosen if names],
        years=years,
        seed=seed,
        executor=executor,
        on_block=_between(report, 65, 100),
    )
    return Frontier(comparison, screened, left_out)


def _between(report: Progress, first: int, last: int) -> Progress:
    """Return a reporter of one stage of the work, in percent of all of it."""
    return lambda done, total: report(first + (last - first) * done // total, 100)


def _searched(
    scenario: Scenario, names: Iterable[str] | None, seed: int, executor: Executor | None
) -> tuple[tuple[Remedy, ...], dict[str, float], tuple[str, ...]]:
    """Return the remedies worth searching, their reach, and the names of those left out.

    What only changes the contract saves nothing before SLA credit. Of more than `MOST_REMEDIES`,
    those that save most for their price alone are kept. The reach is the share of years changed.
    """
    wanted = [m.name for m in scenario.remedies] if names is None else list(names)
    alone = compare(
        scenario,
        [[name] for name in wanted],
        years=RANKING_YEARS,
        seed=seed,
        executor=executor,
    )
    losses = alone.evaluation.losses[:, 0]
    reach = dict(zip(alone.names, (losses != losses[0]).mean(axis=1).tolist(), strict=True))
    moving = [row for row in alone.rows() if reach[row.name] > 0]
    moving.sort(key=lambda row: row.delta_eal.value / max(row.annual_cost.value, 1.0))
    kept = {row.name for row in moving[:MOST_REMEDIES]}
    remedies = tuple(m for m in scenario.remedies if m.name in kept)
    return remedies, reach, tuple(name for name in wanted if name not in kept)


def lower_envelope(cost: Array, figure: Array) -> list[int]:
    """Return the positions of which none is both as cheap and as low, cheapest first.

    >>> lower_envelope(np.array([0.0, 1.0, 1.0, 2.0]), np.array([9.0, 8.0, 5.0, 6.0]))
    [0, 2]
    """
    order = np.lexsort((figure, cost))
    lowest = np.minimum.accumulate(figure[order])
    fresh = np.concatenate(([True], lowest[1:] < lowest[:-1]))
    return [int(k) for k in order[fresh]]


def finalists(screened: Screened) -> list[int]:
    """Return at most `MOST_FINALISTS` sets: the steps that matter, and what may be as good.

    Every set in turn is held against the best one that costs no more. Those ahead of it lie on the
    frontier; they rank by how far ahead they are, in standard errors of the screening. Sets behind
    by less than `NEAR` standard errors fill the places left.
    """
    score: dict[int, float] = {}
    order = np.argsort(screened.cost_usd, kind="stable")
    rank = np.arange(len(order))
    for name, figures in screened.figures().items():
        figure = figures[order]
        lowest = np.minimum.accumulate(figure)
        ahead = np.concatenate(([True], figure[1:] < lowest[:-1]))
        leading = np.maximum.accumulate(np.where(ahead, rank, 0))
        # The leader itself is held against the leader before it.
        rival = np.where(ahead, np.concatenate(([0], leading[:-1])), leading)
        apart = screened.influence(name, order) - screened.influence(name, order[rival])
        z = (figure[rival] - figure) / np.maximum(screened.error(apart), 1e-9)
        for k, gain in zip(order.tolist(), z.tolist(), strict=True):
            score[k] = max(score.get(k, -np.inf), gain)
    score[int(order[0])] = np.inf
    best = sorted(score, key=lambda k: -score[k])
    return [k for k in best[:MOST_FINALISTS] if score[k] > -NEAR]
