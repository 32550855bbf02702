"""What a simulation found: columns per year, measures with their errors, curves and breakdowns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.currency import named_in
from model.assumptions.declaration import USD
from model.chain.ledger import COMPONENTS
from model.chain.per_year import COLUMNS, VOLUMES
from model.runs import breakdowns, quantiles, standard_errors
from model.runs.breakdowns import Unavailable
from model.runs.kept.summary import Summary
from model.runs.kept.summed import Summed
from model.runs.kept.years import Kept, Years
from model.runs.standard_errors import Estimate
from model.runs.tally import Tally, ratios
from model.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


class Measure(NamedTuple):
    """A named figure with its Monte Carlo error and unit; name as in `summary.csv`."""

    name: str
    value: float
    standard_error: float
    low: float
    high: float
    unit: str
    reason: str
    """Why there is no interval; empty if there is one."""

    @property
    def estimate(self) -> Estimate:
        """The figure without name and unit."""
        return Estimate(self.value, self.standard_error, self.low, self.high, reason=self.reason)


class Exceedance(NamedTuple):
    """One return period: annual total (AEP) and largest single incident (OEP), USD or None."""

    return_period: int
    aep: Estimate | None
    oep: Estimate | None


class Link(NamedTuple):
    """One row of the chain: a quantity per year and the money lost there."""

    link: str
    quantity: str
    unit: str
    expected: Estimate
    p50: float
    p95: float
    expected_usd: Estimate | None


@dataclass(frozen=True, eq=False)
class Result:
    """A finished run: `result["loss_usd"]` is a column `(years,)`; see `COLUMNS`.

    A run above `MOST_KEPT_YEARS` keeps a summary and no columns; its figures are the same.
    """

    scenario: Scenario
    years: int
    worlds: int
    seed: int
    columns: dict[str, Array]
    tally: Tally
    summary: Summary | None = None

    def __getitem__(self, name: str) -> Array:
        """Return a column of `COLUMNS`, shape `(years,)`; KeyError if years were not kept."""
        if self.summary is not None:
            raise KeyError(f"{name}: a run of {self.years:,} years keeps summaries and no years")
        return self.columns[name]

    @cached_property
    def kept(self) -> Kept:
        """What figures come from."""
        if self.summary is None:
            return Years(self.columns, self.worlds)
        return Summed(self.summary, self.scenario.tolerance_usd)

    def mean(self, name: str) -> Estimate:
        """Return the expected value of a column per year."""
        return self.kept.mean(name)

    def quantile(self, p: float) -> Estimate:
        """Return the left quantile of the annual loss (before SLA credit), USD."""
        return self.kept.ordered("loss_usd").quantile(p)

    def chance_over(self, tolerance_usd: float) -> Estimate:
        """Return P(annual loss > tolerance), strict."""
        return self.kept.share_over("loss_usd", tolerance_usd)

    def measures(self, tolerance_usd: float | None = None) -> tuple[Measure, ...]:
        """Return the figures of `summary.csv`, in its order (MODEL §5, PRODUCT "Files").

        Without a tolerance, against the scenario's own.
        """
        return tuple(self.measure(name, tolerance_usd) for name in MEASURES)

    def measure(self, name: str, tolerance_usd: float | None = None) -> Measure:
        """Return one figure of `measures` by name."""
        unit, find = MEASURES[name]
        found = find(self, self.scenario.tolerance_usd if tolerance_usd is None else tolerance_usd)
        return Measure(name=name, unit=self._unit(unit), **found._asdict())

    def duration_capped(self) -> Estimate:
        """Return the share of incidents that were longer than is counted."""
        n = self.tally.before_merging
        p = self.tally.capped / n if n else 0.0
        # Incidents of one world share what makes them long: they may tell no more than it does.
        trials = min(n, self.worlds)
        error = (p * (1 - p) / trials) ** 0.5 if n else 0.0
        return standard_errors.proportion(p, error, trials=trials, behind=trials)

    def exceedance(self) -> tuple[Exceedance, ...]:
        """Return AEP and OEP at `RETURN_PERIODS`; None where the run cannot support it."""
        kinds = [self.kept.ordered(name) for name in ("loss_usd", "largest_loss_usd")]
        rows = []
        for period in quantiles.RETURN_PERIODS:
            supported = self.years / period >= quantiles.FEWEST_EXCEEDANCES
            p = 1.0 - 1.0 / period
            rows.append(Exceedance(period, *(k.quantile(p) if supported else None for k in kinds)))
        return tuple(rows)

    def curve(self, points: int = 300) -> dict[str, Array]:
        """Return the loss exceedance curve (`quantiles.exceedance_curve`)."""
        return quantiles.exceedance_curve(self.kept.ordered("loss_usd"), points)

    def by_cause(self) -> dict[str, Estimate]:
        """Return the expected annual loss by cause (of the earliest incident of a cluster)."""
        return {cause: breakdowns.of_cause(self, "loss", cause) for cause in self.scenario.causes}

    def tail_by_cause(self, p: float = 0.95) -> dict[str, Estimate]:
        """Return each cause's part of the mean of the worst 1 − p of years; they add up to it."""
        if isinstance(self.kept, Summed):
            return dict(zip(self.scenario.causes, self.kept.tail_by_cause(p), strict=True))
        return breakdowns.tail_by_cause(self, p)

    def error_budget(self) -> tuple[Unavailable, ...]:
        """Return the minutes that each function is unavailable, of all causes and of each."""
        return breakdowns.error_budget(self)

    def budget_kept(self, minutes: float, function: str = "playback") -> Estimate:
        """Return P(a year keeps a budget of so many audience-weighted minutes unavailable)."""
        return self.kept.share_up_to(f"minutes_unavailable_{function}", minutes)

    def per_minute(self) -> dict[str, Array]:
        """Return the expected loss per outage minute by starting hour of week, `(168,)` each.

        A ratio of expectations; no `standard_error` where too few worlds are behind it.
        """
        value, error = ratios(self.tally.by_hour)
        return {"hour_of_week": np.arange(168.0), "usd_per_minute": value, "standard_error": error}

    def chain(self) -> tuple[Link, ...]:
        """Return the chain: quantities lost at each link and the money lost there (MODEL §4)."""
        return tuple(self._link(*row) for row in _CHAIN)

    def _link(self, link: str, quantity: str, unit: str, volume: str, usd: str) -> Link:
        p50, p95 = self.kept.values_at(volume, (0.50, 0.95))
        expected_usd = self.mean(usd) if usd else None
        return Link(
            link=link,
            quantity=quantity,
            unit=self._unit(unit),
            expected=self.mean(volume),
            p50=p50,
            p95=p95,
            expected_usd=expected_usd,
        )

    def _unit(self, unit: str) -> str:
        """Return a unit with money in the scenario's currency."""
        return unit.replace(USD, self.scenario.currency)

    def components(self) -> dict[str, Estimate]:
        """Return the expected annual amount of each line of the ledger; they add up to the loss."""
        return {name: self.mean(f"{name}_usd") for name in COMPONENTS}

    def frame(self) -> pd.DataFrame:
        """Return the columns per year as a DataFrame with `world` and `year` (from 1)."""
        import pandas as pd

        year = np.arange(self.years)
        head = {"world": year // (self.years // self.worlds) + 1, "year": year + 1}
        code = self.scenario.currency
        return pd.DataFrame({**head, **{named_in(name, code): self[name] for name in COLUMNS}})


_MONEY_ROWS = tuple(
    ("revenue", f"{name.replace('_', ' ')}", "USD", f"{name}_usd", f"{name}_usd")
    for name in COMPONENTS
)
_CHAIN: tuple[tuple[str, str, str, str, str], ...] = (
    ("outages", "visible incidents", "incidents", "incidents", "response_usd"),
    ("outages", "outage hours", "h", "incident_h", ""),
    ("publishing", "uploads failed", "uploads", VOLUMES[0], "creator_attrition_usd"),
    ("publishing", "uploads abandoned", "uploads", VOLUMES[1], ""),
    ("freshness", "hours without fresh content", "h", VOLUMES[2], "freshness_usd"),
    ("sessions", "viewing minutes lost", "min", VOLUMES[3], "playback_usd"),
    ("inventory", "ad impressions lost", "impressions", VOLUMES[4], "ad_serving_usd"),
    *_MONEY_ROWS,
    ("revenue", "loss before SLA credit", "USD", "loss_usd", "loss_usd"),
    ("contract", "SLA credit", "USD", "sla_credit_usd", "sla_credit_usd"),
    ("contract", "net loss", "USD", "net_loss_usd", "net_loss_usd"),
)

Find = Callable[[Result, float], Estimate]


def _mean(name: str) -> Find:
    return lambda result, tolerance_usd: result.mean(name)


def _quantile(p: float) -> Find:
    return lambda result, tolerance_usd: result.quantile(p)


def _tail(p: float) -> Find:
    return lambda result, tolerance_usd: result.kept.ordered("loss_usd").tail_mean(p)


_A_YEAR = "USD per year"
MEASURES: dict[str, tuple[str, Find]] = {
    "eal": (_A_YEAR, _mean("loss_usd")),
    "sd": (_A_YEAR, lambda result, _: result.kept.deviation()),
    "p_no_incident": ("share", lambda result, _: result.kept.share_up_to("incidents", 0.0)),
    **{f"p{100 * p:.0f}": (_A_YEAR, _quantile(p)) for p in (0.50, 0.90, 0.95, 0.99)},
    **{f"tvar_{100 * p:.0f}": (_A_YEAR, _tail(p)) for p in (0.95, 0.99)},
    "p_over_tolerance": ("share", lambda result, tolerance_usd: result.chance_over(tolerance_usd)),
    "eal_net": (_A_YEAR, _mean("net_loss_usd")),
    "eal_ad_revenue": (_A_YEAR, _mean("ad_revenue")),
    "eal_share_of_revenue": ("share", lambda result, _: result.kept.share_of_revenue()),
    "tolerance": ("USD", lambda _, usd: Estimate(usd, 0.0, usd, usd)),
    "sla_credit": (_A_YEAR, _mean("sla_credit_usd")),
    "eal_before_recapture": (_A_YEAR, _mean("before_recapture")),
    "borne_by_others": (_A_YEAR, _mean("borne_by_others")),
    "eal_after_year": (_A_YEAR, _mean("after_year_usd")),
    "incidents": ("per year", _mean("incidents")),
    "incident_hours": ("h per year", _mean("incident_h")),
    "duration_capped": ("share", lambda result, _: result.duration_capped()),
}
"""The figures of `summary.csv` in its order: the unit of each and how it is found."""
