"""What is imagined away changes the average year as a scenario without it does."""

from __future__ import annotations

import pytest

from model.beliefs.belief import Belief
from model.decisions.counterfactuals import REASONS, imagined
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
YEARS = 4_000
WITHOUT = {
    # A perfect second region takes every incident over and leaves no trace of it.
    "second_region": {
        "resilience.failover_success": Belief("uniform", 1.0, 1.0),
        "resilience.residual_impairment": Belief("uniform", 0.0, 0.0),
    },
    "no_repeats": {"recurrence.repeat_ratio": Belief("uniform", 0.0, 0.0)},
    "mature": {
        f"incidents.{cause}.early_life_multiplier": Belief("uniform", 1.0, 1.0)
        for cause in DEFAULT.causes
    },
}


def test_every_reason_is_held_against_a_scenario() -> None:
    assert WITHOUT.keys() == REASONS.keys()


@pytest.mark.parametrize("reason", REASONS)
def test_what_is_imagined_away_is_what_a_scenario_lacks(reason: str) -> None:
    change = imagined(DEFAULT, (reason,), years=YEARS, seed=1)[reason]
    base, without = (
        simulate(one, years=YEARS, seed=1).mean("loss_usd")
        for one in (DEFAULT, DEFAULT.with_(WITHOUT[reason]))
    )
    error = (base.standard_error**2 + without.standard_error**2) ** 0.5
    assert change.value < -4 * change.standard_error
    assert abs(change.value - (without.value - base.value)) < 4 * error
