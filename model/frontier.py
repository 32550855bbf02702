"""The best set of remedies for a budget, and the efficient frontier (MODEL §5, "Mitigations").

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
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.compare import Comparison, Row, longest_life
from model.evaluate import evaluate
from model.estimate import Estimate
from model.mitigations import Mitigation
from model.remedy import variant
from model.scenario import Scenario
from model.screening import Screened, screen
from model.simulate import plan
from model.worlds import Array

MOST_REMEDIES = 12
"""Up to so many remedies every set is looked at; of more, the most effective for their price."""
MOST_FINALISTS = 24
FULL_SETS = 16
"""Up to so many sets are evaluated on every year without screening."""
SCREENING_YEARS = 600
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
    """Remedies not searched: they save nothing here, or there are too many."""

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
        """Return the frontier of cost against `eal` or `tvar_95`, cheapest first."""
        figures = np.array([getattr(row, by).value for row in self.rows])
        costs = np.array([row.annual_cost.value for row in self.rows])
        points: list[Point] = []
        before: tuple[str, ...] = ()
        for k in lower_envelope(costs, figures):
            row = self.rows[k]
            enters = tuple(name for name in row.remedies if name not in before)
            leaves = tuple(name for name in before if name not in row.remedies)
            points.append(Point(row.remedies, costs[k], getattr(row, by), enters, leaves))
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
    cut = plan(scenario, years, None)
    wanted = set(names) if names is not None else {m.name for m in scenario.mitigations}
    offered = tuple(m for m in scenario.mitigations if m.name in wanted)
    remedies, left_out = _searched(offered)
    subsets = 2 ** len(remedies)
    pieces = len(cut)
    steps = _Steps(on_progress)
    if subsets <= FULL_SETS:
        steps.total = pieces
        return _full(scenario, remedies, None, left_out, cut, seed, executor, steps, budget_usd)
    raise NotImplementedError
