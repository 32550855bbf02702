"""A run that keeps no years: every figure from one summary, with the errors of a run that does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.chain.per_year import COLUMNS
from model.runs.kept.binned import FIRST, Binned, Spread, central, effective
from model.runs.kept.ranked import OF_HITS, OF_SUM
from model.runs.kept.summary import ORDERED, Summary, counted_over
from model.runs.kept.years import DERIVED
from model.runs.quantiles import rank_of
from model.runs.standard_errors import Estimate, Influence, of_influence, proportion, root

_FEWEST_AT_VAR = 10


class Tail(NamedTuple):
    """Sums of all steps that a tail by cause is made of."""

    above: Array
    """Over the years above VaR's bin."""
    down_to: Array
    """Over those and the years in it."""
    counted: float
    """The share of the latter that belong to the tail."""
    next_to: Array
    """Over the years at VaR or, if few, next to it."""


@dataclass(frozen=True, eq=False)
class Summed:
    """Summaries of all blocks together."""

    summary: Summary
    tolerance_usd: float
    """The loss that was counted exactly; other thresholds are known to the width of a bin."""
    _ordered: dict[str, Binned] = field(default_factory=dict)

    @property
    def _names(self) -> tuple[object, ...]:
        return (*COLUMNS, *DERIVED, *counted_over(self.tolerance_usd))

    def mean(self, name: str) -> Estimate:
        """Return the mean of a column, or of one of `DERIVED`."""
        k, means = self._names.index(name), self.summary.means
        worlds = means.worlds
        spread = Influence(worlds, float(means.second[k]) / worlds, float(means.third[k]) / worlds)
        behind = effective(*means.behind[:, k].tolist()) or float(worlds)
        return of_influence(float(means.mean[k]), spread, behind)

    def deviation(self) -> Estimate:
        """Return the standard deviation of the annual loss."""
        means, joint = self.summary.means, self.summary.joint
        k, worlds = self._names.index("loss_usd"), float(means.worlds)
        loss, _, square = joint.mean.tolist()
        alike = means.least[k] == means.most[k]
        variance = 0.0 if alike else max(square - loss**2, 0.0)
        spread = joint.influence(np.array([-2.0 * loss, 0.0, 1.0]))
        return root(of_influence(variance, spread, worlds), worlds)

    def share_of_revenue(self) -> Estimate:
        """Return mean loss over mean revenue."""
        loss, revenue, _ = self.summary.joint.mean.tolist()
        value = loss / revenue
        spread = self.summary.joint.influence(np.array([1.0, -value, 0.0]) / revenue)
        behind = self.summary.means.behind[:, self._names.index("loss_usd")]
        return of_influence(value, spread, effective(*behind.tolist()) or float(spread.worlds))

    def share_over(self, name: str, value: float) -> Estimate:
        """Return the share of years in which a column is above a value."""
        if (name, value) in self._names:
            return self._counted(self._names.index((name, value)))
        return self.ordered(name).share_over(value)

    def share_up_to(self, name: str, value: float) -> Estimate:
        """Return the share of years in which it is not."""
        p, error, low, high, reason = self.share_over(name, value)
        return Estimate(
            value=1.0 - p, standard_error=error, low=1.0 - high, high=1.0 - low, reason=reason
        )

    def _counted(self, k: int) -> Estimate:
        means, years = self.summary.means, self.summary.years
        p, worlds = float(means.mean[k]), means.worlds
        error = math.sqrt(means.second[k] / (worlds - 1) / worlds) if worlds > 1 else math.nan
        if worlds == years or p in (0.0, 1.0):
            return proportion(p, error, trials=worlds, behind=worlds)
        count, squares = means.behind[:, k].tolist()
        if p > 0.5:
            per_world = years / worlds
            squares += years * per_world - 2.0 * per_world * count
            count = years - count
        return proportion(p, error, trials=years, behind=effective(count, squares))

    def ordered(self, name: str) -> Binned:
        """Return the loss, the largest incident or minutes in order, for quantiles."""
        if name not in self._ordered:
            spread, found = self._spread(name), self.summary
            self._ordered[name] = Binned(
                spread.values,
                spread.least,
                spread.most,
                found.steps[ORDERED.index(name)],
                found.years,
                found.worlds,
            )
        return self._ordered[name]

    def _spread(self, name: str) -> Spread:
        k, means = COLUMNS.index(name), self.summary.means
        return Spread(self.summary.values[k], float(means.least[k]), float(means.most[k]))

    def values_at(self, name: str, levels: Sequence[float]) -> list[float]:
        """Return left quantiles of a column, without errors."""
        spread = self._spread(name)
        return [spread.at(rank_of(p, self.summary.years)) for p in levels]

    def tail_by_cause(self, p: float) -> list[Estimate]:
        """Return each cause's part of TVaR at level `p`, as `breakdowns.tail_by_cause` does.

        The years of VaR's bin count for what is missing to 1 − p.
        """
        loss = self.ordered("loss_usd")
        k = loss.bin(rank_of(p, loss.years))
        above, down_to = loss.steps.above[:, k + 1], loss.steps.above[:, k]
        counted = ((1.0 - p) * loss.years - above[0]) / (down_to[0] - above[0])
        tail = Tail(above, down_to, float(counted), self._next_to_var(loss, k))
        return [_part(loss, cause, p, tail) for cause in range(_causes(loss))]

    def _next_to_var(self, loss: Binned, k: int) -> Array:
        """Return the sums of all steps over the years at VaR or, if few, next to it."""
        above = loss.steps.above
        if loss.alike(k):
            return np.asarray(above[:, k] - above[:, k + 1])
        wanted = above[0, k] - max(above[0, k] / 10.0, _FEWEST_AT_VAR)
        to = int(np.searchsorted(-above[0, k + 1 :], -wanted)) + k + 1
        return np.asarray(above[:, k] - above[:, min(to, above.shape[1] - 1)])


def _part(loss: Binned, cause: int, p: float, tail: Tail) -> Estimate:
    """Return one cause's part of a tail mean."""
    first = FIRST + OF_SUM * (1 + cause)
    hits = FIRST + OF_SUM * (1 + _causes(loss)) + OF_HITS * cause
    above, down_to, counted = tail.above, tail.down_to, tail.counted
    value = above[first] + counted * (down_to[first] - above[first])
    usual = tail.next_to[first] / tail.next_to[0]
    without, within = (_powers(sums, first, usual) for sums in (above, down_to))
    share = np.array([counted, counted**2, counted**3])
    one, two, three = (without + share * (within - without)).tolist()
    spread = central(loss.worlds, one, two, three, loss.years / loss.worlds * (1.0 - p))
    behind = effective(*down_to[hits : hits + OF_HITS].tolist()) or float(loss.worlds)
    return of_influence(float(value) / loss.years / (1.0 - p), spread, behind)


def _causes(loss: Binned) -> int:
    return (len(loss.steps.rows) - FIRST - OF_SUM) // (OF_SUM + OF_HITS)


def _powers(tail: Array, first: int, usual: float) -> Array:
    """Return the sums over worlds of q − usual·j, of its square and its cube."""
    j, j2, j3 = tail[:FIRST].tolist()
    q, jq, q2, j2q, jq2, q3 = tail[first : first + OF_SUM].tolist()
    return np.array(
        [
            q - usual * j,
            q2 - 2.0 * usual * jq + usual**2 * j2,
            q3 - 3.0 * usual * jq2 + 3.0 * usual**2 * j2q - usual**3 * j3,
        ]
    )
