"""What a simulation found: columns per year, measures with their errors, curves and breakdowns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.arrays import Array
from model.chain.ledger import AD_RECAPTURE, AD_REVENUE, COMPONENTS, OTHER_REVENUE, RECAPTURE
from model.chain.per_year import COLUMNS, VOLUMES
from model.runs import breakdowns, quantiles, standard_errors
from model.runs.breakdowns import Unavailable
from model.runs.quantiles import Sample
from model.runs.standard_errors import Estimate
from model.runs.tally import Tally
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
    """A finished run: `result["loss_usd"]` is a column `(years,)`; see `COLUMNS`."""

    scenario: Scenario
    years: int
    worlds: int
    seed: int
    columns: dict[str, Array]
    tally: Tally

    def __getitem__(self, name: str) -> Array:
        """Return a column of `COLUMNS`, shape `(years,)`."""
        return self.columns[name]

    @cached_property
    def _loss(self) -> Sample:
        return Sample(self["loss_usd"], self.worlds)

    @cached_property
    def _largest(self) -> Sample:
        return Sample(self["largest_loss_usd"], self.worlds)

    def mean(self, name: str) -> Estimate:
        """Return the expected value of a column per year."""
        return standard_errors.mean(self[name], worlds=self.worlds)

    def quantile(self, p: float) -> Estimate:
        """Return the left quantile of the annual loss (before SLA credit), USD."""
        return self._loss.quantile(p)

    def chance_over(self, tolerance_usd: float) -> Estimate:
        """Return P(annual loss > tolerance), strict."""
        return standard_errors.share(self["loss_usd"] > tolerance_usd, worlds=self.worlds)

    def measures(self, tolerance_usd: float | None = None) -> tuple[Measure, ...]:
        """Return the figures of `summary.csv`, in its order (MODEL §5, PRODUCT "Files").

        Without a tolerance, against the scenario's own.
        """
        loss, worlds = self["loss_usd"], self.worlds
        if tolerance_usd is None:
            tolerance_usd = self.scenario.tolerance_usd
        rows: list[tuple[str, Estimate, str]] = [
            ("eal", self.mean("loss_usd"), "USD per year"),
            ("sd", standard_errors.deviation(loss, worlds=worlds), "USD per year"),
            (
                "p_no_incident",
                standard_errors.share(self["incidents"] == 0, worlds=worlds),
                "share",
            ),
        ]
        rows += [
            (f"p{100 * p:.0f}", self._loss.quantile(p), "USD per year")
            for p in (0.50, 0.90, 0.95, 0.99)
        ]
        rows += [
            (f"tvar_{100 * p:.0f}", self._loss.tail_mean(p), "USD per year") for p in (0.95, 0.99)
        ]
        rows += [
            ("p_over_tolerance", self.chance_over(tolerance_usd), "share"),
            ("eal_net", self.mean("net_loss_usd"), "USD per year"),
            ("eal_ad_revenue", self._ad_revenue(), "USD per year"),
            ("eal_share_of_revenue", self._share_of_revenue(), "share"),
            ("tolerance", Estimate(tolerance_usd, 0.0, tolerance_usd, tolerance_usd), "USD"),
            ("sla_credit", self.mean("sla_credit_usd"), "USD per year"),
            ("eal_before_recapture", self._before_recapture(), "USD per year"),
            ("borne_by_others", self._borne_by_others(), "USD per year"),
            ("eal_after_year", self.mean("after_year_usd"), "USD per year"),
            ("incidents", self.mean("incidents"), "per year"),
            ("incident_hours", self.mean("incident_h"), "h per year"),
            ("duration_capped", self._capped(), "share"),
        ]
        return tuple(Measure(name, *f[:4], unit, f.reason) for name, f, unit in rows)

    def measure(self, name: str, tolerance_usd: float | None = None) -> Measure:
        """Return one figure of `measures` by name."""
        return next(m for m in self.measures(tolerance_usd) if m.name == name)

    def _share_of_revenue(self) -> Estimate:
        return standard_errors.ratio(self["loss_usd"], self["revenue_usd"], worlds=self.worlds)

    def _borne(self, lines: Sequence[str]) -> Array:
        """Return what the party of this analysis bears of some lines of revenue, `(years,)`."""
        every = (*AD_REVENUE, *OTHER_REVENUE, *RECAPTURE)
        lost, part = (sum(self[f"{name}_usd"] for name in of) for of in (every, lines))
        others = self["borne_by_others_usd"]
        share = np.divide(others, lost, out=np.zeros(self.years), where=lost != 0)
        return np.asarray(part * (1.0 + share))

    def _ad_revenue(self) -> Estimate:
        return standard_errors.mean(self._borne((*AD_REVENUE, *AD_RECAPTURE)), worlds=self.worlds)

    def _before_recapture(self) -> Estimate:
        return standard_errors.mean(self["loss_usd"] - self._borne(RECAPTURE), worlds=self.worlds)

    def _borne_by_others(self) -> Estimate:
        return standard_errors.mean(-self["borne_by_others_usd"], worlds=self.worlds)

    def _capped(self) -> Estimate:
        n = self.tally.before_merging
        p = self.tally.capped / n if n else 0.0
        # Incidents of one world share what makes them long: they may tell no more than it does.
        trials = min(n, self.worlds)
        error = (p * (1 - p) / trials) ** 0.5 if n else 0.0
        return standard_errors.proportion(p, error, trials=trials, behind=trials)

    def exceedance(self) -> tuple[Exceedance, ...]:
        """Return AEP and OEP at `estimate.RETURN_PERIODS`; None where the run cannot support it."""
        rows = []
        for period in quantiles.RETURN_PERIODS:
            supported = self.years / period >= quantiles.FEWEST_EXCEEDANCES
            p = 1.0 - 1.0 / period
            rows.append(
                Exceedance(
                    period,
                    self._loss.quantile(p) if supported else None,
                    self._largest.quantile(p) if supported else None,
                )
            )
        return tuple(rows)

    def curve(self, points: int = 300) -> dict[str, Array]:
        """Return the loss exceedance curve (`estimate.exceedance_curve`)."""
        return quantiles.exceedance_curve(self._loss, points)

    def by_cause(self) -> dict[str, Estimate]:
        """Return the expected annual loss by cause (of the earliest incident of a cluster)."""
        return {cause: breakdowns.of_cause(self, "loss", cause) for cause in self.scenario.causes}

    def tail_by_cause(self, p: float = 0.95) -> dict[str, Estimate]:
        """Return each cause's part of the mean of the worst 1 − p of years; they add up to it."""
        return breakdowns.tail_by_cause(self, p)

    def error_budget(self) -> tuple[Unavailable, ...]:
        """Return the minutes that each function is unavailable, of all causes and of each."""
        return breakdowns.error_budget(self)

    def budget_kept(self, minutes: float, function: str = "playback") -> Estimate:
        """Return P(a year keeps a budget of so many audience-weighted minutes unavailable)."""
        taken = self[f"minutes_unavailable_{function}"]
        return standard_errors.share(taken <= minutes, worlds=self.worlds)

    def per_minute(self) -> dict[str, Array]:
        """Return the expected loss per outage minute by starting hour of week, `(168,)` each.

        A ratio of expectations; `standard_error` by the delta method over incidents.
        """
        loss, minutes, loss2, cross, minutes2 = self.tally.by_hour
        with np.errstate(invalid="ignore", divide="ignore"):
            value = loss / minutes
            spread = loss2 - 2 * value * cross + value**2 * minutes2
            error = np.sqrt(np.maximum(spread, 0.0)) / minutes
        return {"hour_of_week": np.arange(168.0), "usd_per_minute": value, "standard_error": error}

    def chain(self) -> tuple[Link, ...]:
        """Return the chain: quantities lost at each link and the money lost there (MODEL §4)."""
        return tuple(self._link(*row) for row in _CHAIN)

    def _link(self, link: str, quantity: str, unit: str, volume: str, usd: str) -> Link:
        sample = Sample(self[volume], self.worlds)
        return Link(
            link,
            quantity,
            unit,
            self.mean(volume),
            sample.quantile(0.50).value,
            sample.quantile(0.95).value,
            self.mean(usd) if usd else None,
        )

    def components(self) -> dict[str, Estimate]:
        """Return the expected annual USD of each line of the ledger; they add up to the loss."""
        return {name: self.mean(f"{name}_usd") for name in COMPONENTS}

    def frame(self) -> pd.DataFrame:
        """Return the columns per year as a DataFrame with `world` and `year` (from 1)."""
        import pandas as pd

        year = np.arange(self.years)
        head = {"world": year // (self.years // self.worlds) + 1, "year": year + 1}
        return pd.DataFrame({**head, **{name: self[name] for name in COLUMNS}})


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
