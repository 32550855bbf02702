"""A run gives finite numbers or one line that says why not (MODEL §2.5)."""

from __future__ import annotations

import numpy as np
import pytest
from given import certain, lognormal

from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.decisions.compare import compare
from model.present.words import run_warnings
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds.finite import demand_finite

DEFAULT = Scenario.default()
WORLDS = {
    "platform.cpm": np.array([5.0, 1e300, 7.0]),
    "trust.recovery": np.array([3.0, 100.0, 3.0]),
    "simulation.max_duration": np.array(336.0),
}


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_an_error_that_names_its_reason(number: float) -> None:
    columns = np.ones((2, 3))
    columns[1, 1] = number
    with pytest.raises(ScenarioError) as error:
        demand_finite(columns, WORLDS, np.arange(3), "USD")
    (line,) = error.value.problems
    assert line.startswith("1 of 3 years give no finite number; unusual there: platform.cpm is")
    assert "trust.recovery" not in line


def test_finite_numbers_pass() -> None:
    demand_finite(np.full((2, 3), 1e300), WORLDS, np.arange(3), "USD")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("platform.cpm", 1e-6),
        ("platform.ad_revenue_per_year", 1e-6),
        ("platform.daily_users", 1e-6),
        ("ads.pacing_horizon", 0.01),
        ("ads.pacing_horizon", 87600.0),
        ("trust.recovery", 0.01 / 24.0),
        ("trust.retention_horizon", 120.0),
        ("trust.recurrence_gain", 5.0),
        ("trust.cpm_sensitivity", 100.0),
        ("platform.cloud_bill_per_year", 0.0),
        ("revenue.commerce_per_year", 1e13),
        ("revenue.subscriptions_per_year", 1e13),
    ],
)
def test_certain_values_on_the_bounds_give_numbers(name: str, end: float) -> None:
    result = simulate(DEFAULT.with_({name: certain(end)}), years=500)
    assert all(np.isfinite(column).all() for column in result.columns.values())


@pytest.mark.parametrize("name", ["platform.cpm", "trust.recovery", "ads.pacing_horizon"])
def test_a_remedy_cannot_leave_the_bounds(name: str) -> None:
    """A factor of 0 stops at the bound, gives numbers, and is said."""
    nothing = {"remedies.none.change.1": Change("scale", name, Belief("lognormal", 0.0, 0.0))}
    found = compare(DEFAULT.with_(nothing), [["none"]], years=500)
    assert np.isfinite(found.evaluation.losses).all()
    assert found.evaluation.beyond == {name: 1.0}
    assert any(name in line and "100 %" in line for line in run_warnings.of_comparison([found]))


@pytest.mark.parametrize(
    ("name", "kind", "belief"),
    [
        ("resilience.failover_time", "set", Belief("lognormal", 1.0, 80_000.0)),
        ("platform.cloud_bill_per_year", "set", Belief("lognormal", 1e6, 9e11)),
        ("incidents.*.publish_loss", "scale", Belief("lognormal", 3.0, 3.0)),
        ("costs.response_per_hour", "scale", Belief("lognormal", 1.0, 90.0)),
    ],
)
def test_what_a_remedy_moves_to_a_bound_is_said(name: str, kind: str, belief: Belief) -> None:
    change = {"remedies.far.change.1": Change(kind, name, belief)}
    found = compare(DEFAULT.with_(change), [["far"]], years=500)
    told = {key for key in found.evaluation.beyond if key.endswith(name.rpartition("*")[2])}
    assert told
    assert all(0.0 < found.evaluation.beyond[key] <= 1.0 for key in told)
    assert all(any(key in line for line in run_warnings.of_comparison([found])) for key in told)


def test_what_a_remedy_sets_within_the_bounds_is_not_worth_a_word() -> None:
    change = Change("set", "incidents.capacity.publish_loss", Belief("logitnormal", 0.1, 0.2))
    found = compare(DEFAULT.with_({"remedies.near.change.1": change}), [["near"]], years=500)
    assert found.evaluation.beyond == {}


def test_a_page_leaves_out_what_hardly_any_value_is_moved_by() -> None:
    far = {"remedies.far.change.1": Change("set", "resilience.failover_time", lognormal(0.05, 1.0))}
    found = compare(DEFAULT.with_(far), [["far"]], years=2_000)
    (share,) = found.evaluation.beyond.values()
    assert 0.0 < share < 0.005
    assert run_warnings.moved_too_far(found)
    assert not run_warnings.moved_too_far(found, 0.005)
