"""A replay with remedies is the replay of the eased incident, world by world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.assumptions.lookup import assumption
from model.assumptions.remedy_library import Change, Remedy
from model.beliefs.belief import Belief
from model.decisions.remedies import Draws
from model.decisions.replay_with_remedies import replay_with_remedies
from model.replays.incident import Incident, Phase, named, typed
from model.replays.replay import LINES, Replay, replay
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
WORLDS = 200
JANUARY, MARCH = named()["tiktok-2026-01-25"], named()["tiktok-2026-03-03"]
GIVEN = typed("2026-06-03T12:00", 6.0, 0.5, 0.1, 0.05, cause="network_latency")


def certain(value: float) -> Belief:
    return Belief("lognormal", value, value)


def remedy(*changes: Change) -> Remedy:
    """Return a remedy of some changes; what it costs has no bearing on a replay."""
    return replace(DEFAULT.remedies[0], name="mine", changes=changes)


def scale(path: str, belief: Belief) -> Remedy:
    return remedy(Change("scale", path, belief))


def with_(incident: Incident, *remedies: Remedy, scenario: Scenario = DEFAULT) -> Replay:
    return replay_with_remedies(scenario, incident, remedies, worlds=WORLDS)


def close(one: Replay, other: Replay, rtol: float = 1e-9) -> None:
    for name in LINES:
        np.testing.assert_allclose(one.lines[name], other.lines[name], rtol=rtol, atol=1e-6)


def same(one: Replay, other: Replay) -> None:
    for name in LINES:
        np.testing.assert_array_equal(one.lines[name], other.lines[name])


@pytest.mark.parametrize("incident", [JANUARY, MARCH, GIVEN])
def test_without_remedies_it_is_the_replay(incident):
    same(with_(incident), replay(DEFAULT, incident, worlds=WORLDS))


@pytest.mark.parametrize("incident", [JANUARY, GIVEN])
def test_half_the_duration_is_the_incident_with_half_the_hours(incident):
    halved = replace(
        incident, phases=tuple(replace(one, hours=one.hours / 2) for one in incident.phases)
    )
    got = with_(incident, scale("incidents.*.duration", certain(0.5)))
    close(got, replay(DEFAULT, halved, worlds=WORLDS))
    for name, course in got.curves().expected.items():
        expected = replay(DEFAULT, halved, worlds=WORLDS).curves().expected[name]
        np.testing.assert_allclose(course[:12], expected[:12], rtol=1e-3)


def test_a_factor_is_drawn_per_world_and_not_taken_at_its_middle():
    drills = scale("incidents.*.duration", Belief("lognormal", 0.3, 1.2))
    step = ("remedies.mine.change.1", drills.changes[0])
    draws = Draws.of_steps([step], ("capacity",), seed=0, key=(0, 0), worlds=WORLDS, currency="USD")
    drawn = draws.of(step[0], assumption("incidents.capacity.duration"), step[1])
    assert drawn.std() > 0.2
    got = with_(GIVEN, drills).lines["loss"]
    for world in (0, 7, 150):
        shorter = replace(GIVEN, phases=(replace(GIVEN.phases[0], hours=6.0 * drawn[world]),))
        alone = replay(DEFAULT, shorter, worlds=WORLDS).lines["loss"]
        assert got[world] == pytest.approx(alone[world], rel=1e-9)


@pytest.mark.parametrize("cause", ["*", "network_latency"])
def test_a_part_of_the_losses_is_the_incident_with_that_part(cause):
    got = with_(GIVEN, scale(f"incidents.{cause}.publish_loss", certain(0.3)))
    milder = typed("2026-06-03T12:00", 6.0, 0.15, 0.1, 0.05, cause="network_latency")
    close(got, replay(DEFAULT, milder, worlds=WORLDS))


@pytest.mark.parametrize(
    "path",
    [
        "incidents.capacity.duration",
        "incidents.capacity.publish_loss",
        "incidents.network_latency.rate_per_year",
        "recurrence.repeat_ratio",
    ],
)
def test_what_is_not_about_this_incident_changes_nothing(path):
    same(with_(GIVEN, scale(path, certain(0.1))), replay(DEFAULT, GIVEN, worlds=WORLDS))


def test_a_second_region_is_the_scenario_with_one():
    values = {
        "resilience.failover_success": 0.8,
        "resilience.failover_time": 1.5,
        "resilience.residual_impairment": 0.1,
        "resilience.playback_shield": 0.4,
    }
    region = remedy(*(Change("set", path, certain(value)) for path, value in values.items()))
    there = DEFAULT.with_({path: certain(value) for path, value in values.items()})
    for incident in (JANUARY, GIVEN):
        close(with_(incident, region), replay(there, incident, worlds=WORLDS))


def test_levels_of_a_cause_reach_losses_that_are_given():
    level = remedy(
        Change("scale", "incidents.network_latency.severity_level", certain(0.25)),
        Change("scale", "incidents.network_latency.duration_level", certain(0.5)),
    )
    quarter = [0.25 * x / (1 + x * (0.25 - 1)) for x in (0.5, 0.1, 0.05)]
    milder = typed("2026-06-03T12:00", 3.0, *quarter, cause="network_latency")
    close(with_(GIVEN, level), replay(DEFAULT, milder, worlds=WORLDS))


def test_what_is_set_takes_the_place_of_what_there_is():
    got = with_(GIVEN, remedy(Change("set", "incidents.*.ads_loss", certain(0.02))))
    calm = DEFAULT.with_({"incidents.network_latency.severity_level": certain(1.0)})
    other = typed("2026-06-03T12:00", 6.0, 0.5, 0.1, 0.02, cause="network_latency")
    level = with_(
        GIVEN, remedy(Change("set", "incidents.*.ads_loss", certain(0.02))), scenario=calm
    )
    close(level, replay(calm, other, worlds=WORLDS))
    # Elsewhere the world's severity comes to it, as to any loss of the cause.
    assert np.abs(got.lines["ad_serving"] / level.lines["ad_serving"] - 1).max() > 0.1


def test_of_an_incident_without_a_cause_only_the_worlds_with_that_cause_change():
    unknown = Incident("x", "x", MARCH.start, (Phase(6.0),))
    bare = replay(DEFAULT, unknown, worlds=WORLDS).lines["loss"]
    eased = with_(unknown, scale("incidents.capacity.duration", certain(0.5))).lines["loss"]
    share = (eased != bare).mean()
    assert 0.03 < share < 0.5
    assert (eased <= bare).all()


def test_a_cause_that_the_scenario_does_not_know_is_reached_by_what_changes_all():
    strange = replace(GIVEN, cause="sabotage")
    same(
        with_(strange, scale("incidents.capacity.duration", certain(0.5))),
        replay(DEFAULT, strange, worlds=WORLDS),
    )
    everywhere = with_(strange, scale("incidents.*.duration", certain(0.5)))
    close(everywhere, with_(GIVEN, scale("incidents.*.duration", certain(0.5))))


@pytest.mark.parametrize("one", DEFAULT.remedies, ids=lambda one: one.name)
def test_every_remedy_of_the_library_costs_no_more_and_order_is_irrelevant(one):
    for incident in (JANUARY, MARCH):
        bare = replay(DEFAULT, incident, worlds=WORLDS)
        got = with_(incident, one)
        assert got.lines["net_loss"].mean() <= bare.lines["net_loss"].mean() * (1 + 1e-12)
        for_rates = {change.path.rsplit(".", 1)[-1] for change in one.changes} == {"rate_per_year"}
        assert (got.lines["net_loss"] != bare.lines["net_loss"]).any() == (not for_rates)
    both = with_(MARCH, one, DEFAULT.remedies[0])
    same(both, with_(MARCH, DEFAULT.remedies[0], one))
