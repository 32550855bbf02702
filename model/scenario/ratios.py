"""What is allowed but implausible: ratios of a scenario's figures, for the reader to confirm.

Absolute sizes are never odd – there are small and large platforms; what does not fit together is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.assumptions.ad_load import USUAL_AD_LOAD_PER_HOUR, ad_load_per_hour
from model.assumptions.currency import is_money, rate
from model.assumptions.declaration import Assumption
from model.assumptions.messages import plain
from model.assumptions.remedy_library import Price, Remedy
from model.beliefs.belief import EMPIRICAL, Belief, fit

if TYPE_CHECKING:
    from model.scenario.scenario import Scenario

_TIERS = (1, 2, 3)
_SIZES = ("users", "uploads")
"""Units of what grows with the platform, as money does."""
_HOURS_A_YEAR = 8760.0
MOST_OF_LOSS = 0.5
"""A line of the loss above this share of it is worth a look."""


@dataclass(frozen=True)
class Ratio:
    """Two figures that do not fit together: `amount` over `of`, and the range usual for it."""

    key: str
    amount: float
    of: float
    usual: tuple[float, float]
    name: str = ""
    """Of what there are several."""

    @property
    def value(self) -> float:
        """The ratio."""
        return self.amount / self.of

    @property
    def odd(self) -> bool:
        """Whether it lies outside the usual range."""
        return not self.usual[0] <= self.value <= self.usual[1]


USUAL = {
    "uploads_per_user": (0.05, 0.5),
    "ads_per_user_hour": USUAL_AD_LOAD_PER_HOUR,
    "revenue_per_user": (1.0, 400.0),
    "commerce_of_revenue": (0.0, 0.5),
    "bill_of_revenue": (0.01, 0.4),
    "response_of_hour": (0.0, 3.0),
    "tolerance_of_revenue": (0.0, 0.5),
    "remedy_of_revenue": (0.0, 1.0),
}
"""Usual range of each ratio: judgement around published figures of creator platforms, money in USD.

Uploads per daily user and day; ads per hour of viewing; USD of ad revenue per daily user and year
(Snap about 12 worldwide, Meta above 200 in North America); commerce, cloud bill, tolerance and the
yearly cost of a remedy over revenue; response to an incident in hours of ad revenue.
"""


def implausible(scenario: Scenario) -> tuple[Ratio, ...]:
    """Return every ratio of a scenario's medians that is not usual."""
    return tuple(ratio for ratio in ratios(scenario) if ratio.odd)


def ratios(scenario: Scenario) -> tuple[Ratio, ...]:
    """Return the ratios of a scenario's medians, those that have something to be a ratio of."""
    users = _median(scenario, "platform.daily_users")
    ads = _median(scenario, "platform.ad_revenue_per_year")
    commerce = _median(scenario, "revenue.commerce_per_year")
    revenue = ads + commerce + _median(scenario, "revenue.subscriptions_per_year")
    bill = _median(scenario, "platform.cloud_bill_per_year")
    found = (
        _ratio("uploads_per_user", _median(scenario, "publishing.uploads_per_day"), users),
        _ratio("ads_per_user_hour", _ad_load(scenario), 1.0),
        _ratio("revenue_per_user", ads, users, times=rate(scenario.currency)),
        _ratio("commerce_of_revenue", commerce, ads),
        _ratio("bill_of_revenue", bill, revenue),
        _ratio(
            "response_of_hour", _median(scenario, "costs.response_per_incident"),
            ads / _HOURS_A_YEAR,
        ),
        _ratio("tolerance_of_revenue", scenario.tolerance_usd, revenue),
    )  # fmt: skip
    costs = {one.label: _yearly(one, bill) for one in scenario.remedies}
    dearest = max(costs, key=costs.__getitem__, default="")
    most = (_ratio("remedy_of_revenue", costs[dearest], revenue, dearest),) if dearest else ()
    return (*found, *most)


def _ratio(key: str, amount: float, of: float, name: str = "", times: float = 1.0) -> Ratio:
    low, high = USUAL[key]
    return Ratio(key=key, amount=amount, of=of, usual=(low * times, high * times), name=name)


def _yearly(remedy: Remedy, bill: float) -> float:
    """Return what a remedy costs a year, its upfront cost spread over its life."""
    return _price(remedy.annual, bill) + _price(remedy.upfront, bill) / remedy.life_years


def _price(price: Price, bill: float) -> float:
    amount = fit(price.belief, 0.0).median()
    return amount * bill if price.is_share else amount


def _median(scenario: Scenario, name: str) -> float:
    item = scenario.assumption(name)
    return fit(scenario.belief(name), item.lower, item.upper).median()


def _ad_load(scenario: Scenario) -> float:
    parts = ("ad_revenue_per_year", "daily_users", "minutes_per_user_day", "cpm")
    return float(ad_load_per_hour(*(_median(scenario, f"platform.{part}") for part in parts)))


def unusual(scenario: Scenario) -> dict[str, str]:
    """Return what else is unusual, by name: shares, times and rates out of range, SLA tiers."""
    return _outside_typical(scenario) | _tiers(scenario)


def _outside_typical(scenario: Scenario) -> dict[str, str]:
    found = {}
    for name, value in scenario.changes:
        item = scenario.declared(name) if name in scenario.names() else None
        if not isinstance(item, Assumption) or not isinstance(value, Belief):
            continue
        low, high = item.typical
        if is_money(item.unit) or item.unit in _SIZES or value.shape.startswith(EMPIRICAL):
            continue
        if not low <= value.low <= value.high <= high:
            given = f"{plain(value.low)} to {plain(value.high)}"
            usual = f"{plain(low)} to {plain(high)} {item.unit}"
            found[name] = f"{name}: {given} is unusual; usual is {usual}"
    return found


def _tiers(scenario: Scenario) -> dict[str, str]:
    below = [scenario.belief(f"sla.tier_{tier}.below").low for tier in _TIERS]
    credit = [scenario.belief(f"sla.tier_{tier}.credit").low for tier in _TIERS]
    if below == sorted(below, reverse=True) and credit == sorted(credit):
        return {}
    text = "less availability should earn a higher credit; the tiers are not in that order"
    return {"sla": f"sla: {text}"}
