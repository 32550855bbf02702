"""What if: factors on a copy of the scenario, within the bounds."""

import numpy as np
import pytest

from model.beliefs.belief import Belief
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.what_if import scaled


def test_factors_of_one_change_nothing():
    assert (
        scaled(Scenario.default()) is Scenario.default() or not scaled(Scenario.default()).changes
    )


def test_the_scenario_in_hand_stays_as_it_is():
    before = Scenario.default()
    after = scaled(before, rate=2.0, elasticity=0.5)
    assert before == Scenario.default()
    assert after.belief("incidents.capacity.rate_per_year").high == 1.6
    assert after.belief("sessions.freshness_elasticity").high == 0.1


def test_values_stop_at_their_bounds():
    wild = Scenario.default().with_(
        {"incidents.capacity.duration_level": Belief("lognormal", 1.0, 90.0)}
    )
    assert scaled(wild, duration=4.0).belief("incidents.capacity.duration_level").high == 100.0


def test_twice_the_rate_is_twice_the_incidents_without_repeats_and_overlaps():
    # Short incidents hardly overlap; the mean count is then proportional to the rate.
    short = {f"incidents.{c}.duration": Belief("lognormal", 0.01, 0.02) for c in _causes()}
    base = Scenario.default().with_({**short, "recurrence.repeat_ratio": _none()})
    once, twice = (simulate(s, years=20_000)["incidents"] for s in (base, scaled(base, rate=2.0)))
    error = np.hypot(2 * once.std(), twice.std()) / np.sqrt(len(once))
    assert twice.mean() - 2 * once.mean() == pytest.approx(0.0, abs=4 * error)


def test_a_rate_of_zero_stays_zero():
    name = "incidents.capacity.rate_per_year"
    off = Scenario.default().with_({name: _none("lognormal")})
    assert scaled(off, rate=4.0).belief(name) == _none("lognormal")


def _causes() -> tuple[str, ...]:
    return Scenario.default().causes


def _none(shape: str = "logitnormal") -> Belief:
    return Belief(shape, 0.0, 0.0)
