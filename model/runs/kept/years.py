"""A run that keeps every simulated year: figures from whole columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from model.arrays import Array
from model.chain.ledger import AD_RECAPTURE, AD_REVENUE, OTHER_REVENUE, RECAPTURE
from model.runs import standard_errors
from model.runs.quantiles import Ordered, Sample, rank_of
from model.runs.standard_errors import Estimate


class Kept(Protocol):
    """What the figures of a run come from: its years, or summaries of them."""

    def mean(self, name: str) -> Estimate:
        """Return the mean of a column, or of one of `DERIVED`."""

    def deviation(self) -> Estimate:
        """Return the standard deviation of the annual loss."""

    def share_of_revenue(self) -> Estimate:
        """Return mean loss over mean revenue."""

    def share_over(self, name: str, value: float) -> Estimate:
        """Return the share of years in which a column is above a value."""

    def share_up_to(self, name: str, value: float) -> Estimate:
        """Return the share of years in which it is not."""

    def ordered(self, name: str) -> Ordered:
        """Return the loss, the largest incident or minutes in order, for quantiles."""

    def values_at(self, name: str, levels: Sequence[float]) -> list[float]:
        """Return left quantiles of a column, without errors."""


@dataclass(frozen=True, eq=False)
class Years:
    """Every simulated year."""

    columns: Mapping[str, Array]
    worlds: int
    _ordered: dict[str, Sample] = field(default_factory=dict)

    def mean(self, name: str) -> Estimate:
        """Return the mean of a column, or of one of `DERIVED`."""
        of_year = DERIVED[name](self.columns) if name in DERIVED else self.columns[name]
        return standard_errors.mean(of_year, worlds=self.worlds)

    def deviation(self) -> Estimate:
        """Return the standard deviation of the annual loss."""
        return standard_errors.deviation(self.columns["loss_usd"], worlds=self.worlds)

    def share_of_revenue(self) -> Estimate:
        """Return mean loss over mean revenue."""
        loss, revenue = self.columns["loss_usd"], self.columns["revenue_usd"]
        return standard_errors.ratio(loss, revenue, worlds=self.worlds)

    def share_over(self, name: str, value: float) -> Estimate:
        """Return the share of years in which a column is above a value."""
        return standard_errors.share(self.columns[name] > value, worlds=self.worlds)

    def share_up_to(self, name: str, value: float) -> Estimate:
        """Return the share of years in which it is not."""
        return standard_errors.share(self.columns[name] <= value, worlds=self.worlds)

    def ordered(self, name: str) -> Sample:
        """Return a column in order; it is sorted once."""
        if name not in self._ordered:
            self._ordered[name] = Sample(self.columns[name], self.worlds)
        return self._ordered[name]

    def values_at(self, name: str, levels: Sequence[float]) -> list[float]:
        """Return left quantiles of a column, without errors."""
        in_order = np.sort(self.columns[name])
        return [float(in_order[rank_of(p, len(in_order))]) for p in levels]


def _borne(columns: Mapping[str, Array], lines: Sequence[str]) -> Array:
    """Return what the party of this analysis bears of some lines of revenue, `(years,)`."""
    every = (*AD_REVENUE, *OTHER_REVENUE, *RECAPTURE)
    lost, part = (sum(columns[f"{name}_usd"] for name in of) for of in (every, lines))
    others = columns["borne_by_others_usd"]
    share = np.divide(others, lost, out=np.zeros(len(others)), where=lost != 0)
    return np.asarray(part * (1.0 + share))


DERIVED: dict[str, Callable[[Mapping[str, Array]], Array]] = {
    "ad_revenue": lambda columns: _borne(columns, (*AD_REVENUE, *AD_RECAPTURE)),
    "before_recapture": lambda columns: columns["loss_usd"] - _borne(columns, RECAPTURE),
    "borne_by_others": lambda columns: -columns["borne_by_others_usd"],
}
"""Figures of a year that come from several of its columns."""
