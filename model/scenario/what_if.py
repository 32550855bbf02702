"""What if: a scenario with outages more often, longer, or viewing that follows freshness closer.

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
from model.beliefs.belief import Belief
from model.scenario.scenario import Scenario


def scaled(
    scenario: Scenario, *, rate: float = 1.0, duration: float = 1.0, elasticity: float = 1.0
) -> Scenario:
    """Return a copy with rates, durations and the freshness elasticity times these factors.

    Both ends of a belief move, within its bounds; durations by the level of each cause, so that
    their shapes stay as they are.
    """
    factors = {"sessions.freshness_elasticity": elasticity}
    for cause in scenario.causes:
        factors[f"incidents.{cause}.rate_per_year"] = rate
        factors[f"incidents.{cause}.duration_level"] = duration
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
