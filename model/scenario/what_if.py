"""What if: a scenario with more or longer outages, other revenue, prices or another tolerance.

>>> from model.scenario.scenario import Scenario
>>> longer = scaled(Scenario.default(), duration=2.0)
>>> longer.belief("incidents.capacity.duration_level").high
3.4
>>> scaled(Scenario.default()) == Scenario.default()
True
"""

from __future__ import annotations

from dataclasses import replace

from model.assumptions.declaration import Assumption
from model.assumptions.remedies import PREFIX
from model.beliefs.belief import Belief
from model.scenario.scenario import TOLERANCE, Scenario

REVENUE = (
    "platform.ad_revenue_per_year",
    "revenue.commerce_per_year",
    "revenue.subscriptions_per_year",
)


def scaled(
    scenario: Scenario,
    *,
    rate: float = 1.0,
    duration: float = 1.0,
    elasticity: float = 1.0,
    revenue: float = 1.0,
    price: float = 1.0,
    tolerance: float = 1.0,
) -> Scenario:
    """Return a copy with what is named times these factors.

    Rates and durations are those of all causes, revenue is from all sources, prices are those of
    all remedies. Both ends of a belief move, within its bounds; durations by the level of each
    cause, so that their shapes stay as they are.
    """
    factors = {"sessions.freshness_elasticity": elasticity, TOLERANCE: tolerance}
    factors |= dict.fromkeys(REVENUE, revenue)
    for cause in scenario.causes:
        factors[f"incidents.{cause}.rate_per_year"] = rate
        factors[f"incidents.{cause}.duration_level"] = duration
    for remedy in scenario.remedies:
        for paid in (remedy.upfront, remedy.annual):
            factors[f"{PREFIX}{remedy.name}.{paid.row}"] = price
    changes = {
        name: _times(scenario.belief(name), factor, scenario.declared(name))
        for name, factor in factors.items()
        if factor != 1.0
    }
    return scenario.with_(changes) if changes else scenario


def _times(belief: Belief, factor: float, item: object) -> Belief:
    assert isinstance(item, Assumption)

    def moved(value: float) -> float:
        return min(max(value * factor, item.lower), item.upper)

    mid = None if belief.mid is None else moved(belief.mid)
    return replace(belief, low=moved(belief.low), high=moved(belief.high), mid=mid)
