"""The ranges of what is not known behind the everyday run: made once for all visitors and pages."""

from __future__ import annotations

from model.drivers import ranges as drivers_ranges
from model.drivers.ranges import Ranges
from model.runs.turns import Urgency
from model.scenario.scenario import Scenario
from views.session import comparisons, long_work, state
from views.waiting.turns import Patience, turn


def known() -> Ranges | None:
    """Return the ranges of the scenario in hand if they are there."""
    found: Ranges | None = long_work.found("ranges", *_key())
    return found


def made(patience: Patience) -> Ranges:
    """Return the ranges of the scenario in hand, simulating them if they are not there."""
    found = known()
    if found is None:
        scenario, seed = _key()
        years = drivers_ranges.WORLDS * drivers_ranges.YEARS
        mine = turn(Urgency.ADDED, scenario, years, still_wanted=patience)
        found = drivers_ranges.ranges(scenario, seed=seed, executor=mine)
        long_work.keep("ranges", scenario, seed, value=found)
    return found


def _key() -> tuple[Scenario, int]:
    return comparisons.switched_off(state.current()), state.settings().seed
