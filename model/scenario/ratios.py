"""Soft warnings: what is allowed but unusual, for the reader to confirm (MODEL §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.assumptions.ad_load import USUAL_AD_LOAD_PER_HOUR, ad_load_per_hour
from model.assumptions.declaration import Assumption
from model.assumptions.messages import plain
from model.beliefs.belief import EMPIRICAL, fit

if TYPE_CHECKING:
    from model.scenario.scenario import Scenario

_TIERS = (1, 2, 3)


def warnings(scenario: Scenario) -> tuple[str, ...]:
    """Return one sentence for each thing about a valid scenario that looks unusual."""
    return (*_outside_typical(scenario), *_ad_load(scenario), *_tiers(scenario))


def _outside_typical(scenario: Scenario) -> list[str]:
    found = []
    for name, value in scenario.changes:
        item = scenario.declared(name) if name in scenario.names() else None
        if not isinstance(item, Assumption) or isinstance(value, str):
            continue
        belief = scenario.belief(name)
        low, high = item.typical
        if not belief.shape.startswith(EMPIRICAL) and not low <= belief.low <= belief.high <= high:
            given = f"{plain(belief.low)} to {plain(belief.high)}"
            usual = f"{plain(low)} to {plain(high)} {item.unit}"
            found.append(f"{name}: {given} is unusual; usual is {usual}")
    return found


def _median(scenario: Scenario, name: str) -> float:
    item = scenario.assumption(name)
    return fit(scenario.belief(name), item.lower, item.upper).median()


def _ad_load(scenario: Scenario) -> list[str]:
    parts = ("ad_revenue_per_year", "daily_users", "minutes_per_user_day", "cpm")
    load = float(ad_load_per_hour(*(_median(scenario, f"platform.{part}") for part in parts)))
    low, high = USUAL_AD_LOAD_PER_HOUR
    if low <= load <= high:
        return []
    return [
        f"platform: revenue, users, minutes and CPM imply {load:.2g} ad impressions per user-hour; "
        f"usual is {plain(low)} to {plain(high)}"
    ]


def _tiers(scenario: Scenario) -> list[str]:
    below = [scenario.belief(f"sla.tier_{tier}.below").low for tier in _TIERS]
    credit = [scenario.belief(f"sla.tier_{tier}.credit").low for tier in _TIERS]
    if below == sorted(below, reverse=True) and credit == sorted(credit):
        return []
    return ["sla: less availability should earn a higher credit; the tiers are not in that order"]
