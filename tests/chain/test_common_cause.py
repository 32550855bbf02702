"""How often an incident takes down a second region too: by cause, and by the worst of several."""

from __future__ import annotations

import numpy as np
import pytest
from reference.by_hand import outages

from model.beliefs.belief import Belief
from model.chain.failover import chance_to_fail_over, fail_over
from model.decisions.compare import compare
from model.incidents.merging import merge
from model.incidents.types import Incidents, alone
from model.runs.reuse import what_is_reused
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
SHARES = (0.1, 0.2, 0.4, 0.3)
VALUES = {
    "resilience.failover_success": np.asarray(0.8),
    "resilience.residual_impairment": np.asarray(0.0),
    **{
        f"incidents.{cause}.common_cause": np.asarray(share)
        for cause, share in zip(DEFAULT.causes, SHARES, strict=True)
    },
}


def of(
    cause: list[int], start_h: list[float], hours: float = 3.0, chance: float = 0.5
) -> Incidents:
    n = len(cause)
    found = outages(start_h, np.full(n, hours), 0.5, year=np.zeros(n), failover_chance=chance)
    numbers = np.array(cause)
    return Incidents(**{**vars(found), "cause": numbers, "causes": alone(numbers)})


def chances(incidents: Incidents) -> np.ndarray:
    return chance_to_fail_over(incidents.causes, VALUES, incidents.year)


def test_each_cause_has_its_own_share() -> None:
    found = chances(of([0, 1, 2, 3], [0.0, 10.0, 20.0, 30.0]))
    np.testing.assert_allclose(found, 0.8 * (1.0 - np.array(SHARES)))


@pytest.mark.parametrize("cause", [[0, 2, 1], [2, 0, 1], [1, 0, 2]])
def test_a_merged_incident_has_the_largest_of_its_parts(cause: list[int]) -> None:
    merged = merge(of([*cause, 1], [0.0, 2.0, 4.0, 50.0]))
    assert merged.cause.tolist() == [cause[0], 1]
    np.testing.assert_allclose(chances(merged), 0.8 * (1.0 - np.array([0.4, 0.2])))


def test_merging_what_was_merged_keeps_all_causes() -> None:
    once = merge(of([0, 1, 2, 3], [0.0, 2.0, 30.0, 32.0]))
    again = merge(Incidents(**{**vars(once), "start_h": np.array([0.0, 4.0])}))
    assert again.causes.tolist() == [0b1111]


def test_an_incident_of_no_known_cause_has_the_largest_of_all() -> None:
    np.testing.assert_allclose(chances(of([-1], [0.0])), 0.8 * (1.0 - max(SHARES)))


def test_without_a_second_region_nothing_is_looked_up() -> None:
    none = {"resilience.failover_success": np.asarray(0.0)}
    incidents = of([0, 1], [0.0, 20.0], chance=0.0)
    assert len(fail_over(incidents, none, incidents.year).duration_h) == 1


def test_each_world_has_its_own_shares() -> None:
    values = {**VALUES, "incidents.capacity.common_cause": np.array([0.0, 0.5])}
    found = outages([0.0, 0.0], [3.0, 3.0], 0.5)
    causes = alone(np.array([3, 3]))
    np.testing.assert_allclose(chance_to_fail_over(causes, values, found.year), [0.8, 0.4])


def certain(value: float) -> Belief:
    return Belief("logitnormal", value, value)


SECOND_REGION = DEFAULT.with_({"resilience.failover_success": certain(0.9)})


def test_a_cause_in_both_regions_is_as_if_there_were_one() -> None:
    """By cause: where nothing of capacity can fail over, its incidents stay as without failover."""
    names = [f"incidents.{cause}.common_cause" for cause in DEFAULT.causes]
    both = SECOND_REGION.with_(dict.fromkeys(names, certain(1.0)))
    one, other = (simulate(scenario, years=2_000)["loss_usd"] for scenario in (both, DEFAULT))
    assert one.tobytes() == other.tobytes()
    part = SECOND_REGION.with_({names[-1]: certain(1.0)})
    before = simulate(SECOND_REGION, years=2_000).by_cause()
    after = simulate(part, years=2_000).by_cause()
    assert after["capacity"].value > 1.5 * before["capacity"].value
    # Other causes move only by what was merged with it, and by trust that is still missing.
    assert after["network_latency"].value == pytest.approx(
        before["network_latency"].value, rel=0.05
    )


def test_a_run_that_remembers_moves_with_the_share() -> None:
    part = SECOND_REGION.with_({"incidents.capacity.common_cause": certain(1.0)})
    for scenario in (SECOND_REGION, part, SECOND_REGION):
        plain, again = simulate(scenario, years=500), what_is_reused.simulate(scenario, years=500)
        assert plain["loss_usd"].tobytes() == again["loss_usd"].tobytes()


def test_a_second_provider_lowers_the_share_of_every_cause() -> None:
    """It saves more where incidents hit both regions more often."""
    often = dict.fromkeys(
        (f"incidents.{cause}.common_cause" for cause in DEFAULT.causes), certain(0.6)
    )
    rarely = dict.fromkeys(often, certain(0.0))
    saved = [
        compare(SECOND_REGION.with_(rows), [["second_provider"]], years=2_000)
        .row("second_provider")
        .delta_eal.value
        for rows in (often, rarely)
    ]
    assert saved[0] < min(0.0, 3 * saved[1])
