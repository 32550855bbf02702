"""Incidents laid out by hand and carried through the engine, one world and year to each.

A world built here earns one USD per average hour of the year and nothing of a loss comes back, so
that every line of the ledger reads in revenue-hours (MODEL §4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from reference.stepping import Case, playback_running

from model.arrays import Array
from model.assumptions.ad_load import ad_load_per_hour
from model.assumptions.cause_defaults import CAUSES
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.chain.per_year import COLUMNS, Priced, price
from model.incidents.draw import DrawnBlock
from model.incidents.types import Incidents
from model.scenario.scenario import Scenario
from model.worlds.calendar import Calendar
from model.worlds.prepared import distribution, get_calendar, prepare
from model.worlds.streams import Block

FLAT = Scenario.default().with_(
    dict.fromkeys(("profiles.demand", "profiles.uploads", "profiles.price"), "flat")
)

ONE_USD_PER_HOUR = {
    "platform.ad_revenue_per_year": 8760.0,
    "platform.loss_share_borne": 1.0,
    "sessions.viewing_recapture": 0.0,
    "ads.budget_recapture": 0.0,
    "ads.make_good_share": 0.0,
    "costs.creator_make_good_share": 0.0,
    "platform.cloud_bill_per_year": 0.0,
    "revenue.commerce_per_year": 0.0,
    "revenue.commerce_recapture": 0.0,
    "revenue.subscriptions_per_year": 0.0,
    **{f"incidents.{cause}.common_cause": 0.0 for cause in CAUSES},
}

# Fields of a stepping.Case that are world values, with the assumption each stands for.
OF_WORLD = {
    "daily_users": "platform.daily_users",
    "minutes_per_user_day": "platform.minutes_per_user_day",
    "visits_per_user_day": "platform.visits_per_user_day",
    "uploads_per_day": "publishing.uploads_per_day",
    "retry_share": "publishing.retry_share",
    "catch_up": "publishing.catch_up",
    "timeliness_half_life": "publishing.timeliness_half_life",
    "attrition_per_failed_day": "publishing.attrition_per_failed_day",
    "attrition_recovery": "publishing.attrition_recovery",
    "content_half_life": "freshness.content_half_life",
    "fresh_share": "freshness.fresh_share",
    "freshness_elasticity": "sessions.freshness_elasticity",
    "return_lag": "sessions.return_lag",
    "failure_return_effect": "trust.failure_return_effect",
    "recovery": "trust.recovery",
    "permanent_share": "trust.permanent_share",
    "retention_horizon": "trust.retention_horizon",
    "recurrence_gain": "trust.recurrence_gain",
    "cpm_sensitivity": "trust.cpm_sensitivity",
    "residual_impairment": "resilience.residual_impairment",
    "playback_shield": "resilience.playback_shield",
}


COMMERCE = (
    "commerce_playback",
    "commerce_freshness",
    "commerce_attrition",
    "commerce_retention",
    "subscriptions",
)
"""Hours of other streams of revenue than ads."""


def median_world(scenario: Scenario) -> dict[str, Array]:
    """Every world-level belief at its median."""
    values = {}
    for name in scenario.names():
        entry = declared(name)
        if isinstance(entry, Assumption) and entry.per != "incident":
            values[name] = np.asarray(distribution(scenario, name).median())
    return values


def outages(
    start_h: ArrayLike,
    duration_h: ArrayLike,
    publish_loss: ArrayLike = 0.0,
    playback_loss: ArrayLike = 0.0,
    ads_loss: ArrayLike = 0.0,
    *,
    year: ArrayLike | None = None,
    fixed_usd: ArrayLike = 0.0,
    usd_per_h: ArrayLike = 0.0,
    failover_time_h: ArrayLike = 1.0,
    failover_chance: ArrayLike = 0.5,
) -> Incidents:
    """Incidents in the order given; without `year`, each has a year of its own."""
    n = np.size(start_h)

    def filled(values: ArrayLike) -> Array:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), (n,)).copy()

    return Incidents(
        year=np.arange(n) if year is None else np.asarray(year, dtype=np.int64),
        cause=np.zeros(n, dtype=np.int64),
        causes=np.ones(n, dtype=np.int64),
        start_h=filled(start_h),
        duration_h=filled(duration_h),
        publish_loss=filled(publish_loss),
        playback_loss=filled(playback_loss),
        ads_loss=filled(ads_loss),
        response_fixed_usd=filled(fixed_usd),
        response_usd_per_h=filled(usd_per_h),
        failover_time_h=filled(failover_time_h),
        failover_chance=filled(failover_chance),
    )


def priced(
    scenario: Scenario, incidents: Incidents, values: Mapping[str, ArrayLike] | None = None
) -> Priced:
    """Price the incidents; `values` change the median world at one USD per hour.

    An array in `values` holds one number per year, each year being its own world.
    """
    years = int(incidents.year.max(initial=0)) + 1
    chosen = median_world(scenario) | ONE_USD_PER_HOUR | dict(values or {})
    world = {
        name: np.asarray(value, dtype=np.float64)
        # The SLA tiers and the simulation's own numbers are the same in every world.
        if name.startswith(("sla.tier", "simulation."))
        else np.broadcast_to(np.asarray(value, dtype=np.float64), (years,)).copy()
        for name, value in chosen.items()
    }
    drawn = DrawnBlock(
        values=world,
        incidents=incidents,
        capped=0,
        before_merging=len(incidents.year),
        clipped={},
    )
    return price(prepare(scenario), drawn, Block(0, (0, 1), years, np.arange(years)))


def column(result: Priced, name: str) -> Array:
    """One column of `COLUMNS`, `(years,)`."""
    return result.columns[COLUMNS.index(name)]


def priced_cases(
    scenario: Scenario, cases: Sequence[Case], year: Sequence[int] | None = None
) -> dict[str, Array]:
    """Price stepping cases under the names of `stepping.step`, `(len(cases),)` each.

    Cases of one `year` share a world and must come in order of start; only lines of single
    incidents are then returned, not columns per year.
    """

    def field(name: str) -> Array:
        return np.array([float(getattr(case, name)) for case in cases])

    where = np.arange(len(cases)) if year is None else np.asarray(year)
    first = np.unique(where, return_index=True)[1]
    values: dict[str, ArrayLike] = {OF_WORLD[name]: field(name)[first] for name in OF_WORLD}
    values["resilience.failover_success"] = 1.0
    incidents = outages(
        field("start_h"),
        field("duration_h"),
        field("publish_loss"),
        field("playback_loss"),
        field("ads_loss"),
        year=where,
        failover_time_h=field("failover_time_h"),
        failover_chance=np.where(field("failed_over") > 0, 0.0, 1.0),
    )
    result = priced(scenario, incidents, values)
    lines = result.lines
    out = {name: lines[name] for name in ("playback", "freshness", "ad_serving", "ad_price")}
    out["creator_attrition"] = lines["creator_attrition"]
    out["retention"] = lines["retention"]
    hours = result.hours
    for name in COMMERCE:
        out[name] = getattr(hours, name)
    demand, price, _ = profiles(scenario)
    running = np.array([playback_running(case, demand * price) for case in cases])
    out["freshness_running"] = hours.billed - running - hours.ad_serving
    if year is None:
        out |= _columns(result, values)
    return out


def _columns(result: Priced, values: Mapping[str, ArrayLike]) -> dict[str, Array]:
    load = ad_load_per_hour(
        8760.0,
        values["platform.daily_users"],
        values["platform.minutes_per_user_day"],
        median_world(Scenario.default())["platform.cpm"],
    )
    permanent = column(result, "retention_permanent_usd")
    return {
        "retention_permanent": permanent,
        "retention_temporary": column(result, "retention_usd") - permanent,
        "failed_uploads": column(result, "uploads_failed"),
        "abandoned_uploads": column(result, "uploads_abandoned"),
        "freshness_deficit_h": column(result, "freshness_deficit_h"),
        "minutes_lost": column(result, "minutes_lost"),
        "impressions_lost": column(result, "impressions_lost") / load * 60.0,
    }


def profiles(scenario: Scenario) -> tuple[Array, Array, Array]:
    """Demand, price and uploads by the hour, as `stepping.step` takes them."""
    calendar: Calendar = get_calendar(scenario)
    return calendar.demand, calendar.price, calendar.uploads
