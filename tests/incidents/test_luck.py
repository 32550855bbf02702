"""Correlations within an incident: what is asked is what incidents show, and nothing else moves."""

from __future__ import annotations

import pickle
from itertools import combinations

import numpy as np
import pytest
from given import certain, new_cause
from numpy.polynomial.hermite_e import hermegauss
from scipy import stats

from model.assumptions.correlations import LOSSES, WITHIN, pair_problem, row_name
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.beliefs.distributions import Distribution
from model.decisions.apply_remedies import treat
from model.decisions.remedies import Draws, Variant
from model.decisions.same_incidents import gather
from model.incidents.draw import sample
from model.incidents.types import Incidents
from model.present.words import run_warnings
from model.replays.incident import typed
from model.replays.replay import staged
from model.runs.reuse import what_is_reused
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.prepared import prepare
from model.worlds.streams import Block

DEFAULT = Scenario.default()
CAUSES = DEFAULT.causes
YEARS = 20_000
FIELDS = {"duration": "duration_h"} | {loss: loss for loss in LOSSES}
LEVELS = {
    f"incidents.{cause}.{level}": certain(1.0)
    for cause in CAUSES
    for level in ("duration_level", "severity_level")
}
FREQUENT = {f"incidents.{cause}.rate_per_year": certain(2.0) for cause in CAUSES}


def asked(between: float, with_duration: float, cause: str) -> dict[str, Belief]:
    names = {field: f"incidents.{cause}.{field}" for field in WITHIN}
    losses = {row_name(names[a], names[b]): certain(between) for a, b in combinations(LOSSES, 2)}
    others = {row_name(names["duration"], names[loss]): certain(with_duration) for loss in LOSSES}
    return losses | others


def of_all(between: float, with_duration: float) -> dict[str, Belief]:
    return {k: v for c in CAUSES for k, v in asked(between, with_duration, c).items()}


def drawn(scenario: Scenario, years: int = YEARS) -> Incidents:
    ready, block = prepare(scenario), Block(4, (0, 1), years, np.arange(years))
    values, _ = draw(ready, seed=4, block=(0, 0), worlds=years)
    return sample(ready, values, block).incidents


def of_cause(incidents: Incidents, k: int) -> np.ndarray:
    here = incidents.cause == k
    return np.stack([vars(incidents)[field][here] for field in FIELDS.values()])


def standard_errors(rho: np.ndarray, n: int) -> np.ndarray:
    """Of a rank correlation, after Bonett & Wright (2000)."""
    return np.sqrt(1 + rho**2 / 2) * (1 - rho**2) / np.sqrt(n - 3)


def used(scenario: Scenario, cause: str) -> np.ndarray:
    """The rank correlations in force for a cause, after repair, from its factor."""
    names, factor, _ = prepare(scenario).within_incident[cause]
    rho = np.eye(len(WITHIN))
    place = [WITHIN.index(name.rsplit(".", 1)[1]) for name in names]
    rho[np.ix_(place, place)] = 6 / np.pi * np.arcsin(np.clip(factor @ factor.T, -1, 1) / 2)
    return rho


def matrix(between: float, with_duration: float) -> np.ndarray:
    rho = np.full((4, 4), between)
    rho[0, :] = rho[:, 0] = with_duration
    np.fill_diagonal(rho, 1.0)
    return rho


@pytest.mark.parametrize(
    ("between", "with_duration", "repaired"),
    [
        (0.5, 0.0, False),
        (0.7, 0.5, False),
        (0.5, -0.5, False),
        (0.9, 0.9, False),
        (-0.8, 0.5, True),
    ],
)
def test_incidents_show_the_rank_correlation_asked(
    between: float, with_duration: float, repaired: bool
) -> None:
    scenario = DEFAULT.with_(LEVELS | FREQUENT | of_all(between, with_duration))
    incidents, ready = drawn(scenario), prepare(scenario)
    for k, cause in enumerate(CAUSES):
        rho = used(scenario, cause)
        repair = ready.within_incident[cause].repair
        assert (repair > 0) == repaired
        change = np.abs(rho - matrix(between, with_duration)).max()
        assert change == pytest.approx(repair, abs=1e-7)
        found = of_cause(incidents, k)
        seen = stats.spearmanr(found, axis=1).statistic
        # The very longest are cut at the maximum, which leaves ranks but for a few ties.
        assert (np.abs(seen - rho) <= 3 * standard_errors(rho, found.shape[1]) + 1e-12).all(), cause


def test_correlated_losses_are_the_default_of_every_cause_also_of_added_ones() -> None:
    scenario = DEFAULT.with_(LEVELS | FREQUENT | new_cause("dns"))
    for cause in scenario.causes:
        np.testing.assert_allclose(used(scenario, cause), matrix(0.5, 0.0), atol=1e-12)


def test_losses_drawn_by_themselves_would_be_noticed() -> None:
    """Negative control: without the rows the ranks are not tied."""
    incidents = drawn(DEFAULT.with_(LEVELS | FREQUENT | of_all(0.0, 0.0)))
    for k in range(len(CAUSES)):
        found = of_cause(incidents, k)
        seen = stats.spearmanr(found, axis=1).statistic - np.eye(4)
        assert np.abs(seen).max() < 4 / np.sqrt(found.shape[1])
        assert seen[1, 2] < 0.5 - 10 * standard_errors(np.array(0.5), found.shape[1])


def test_hours_times_loss_has_the_mean_of_the_copula() -> None:
    """E[d·a] by quadrature over both normals, against incidents with levels certain."""
    rho, cause = 0.5, "network_latency"
    scenario = DEFAULT.with_(LEVELS | FREQUENT | of_all(0.7, rho))
    ready, incidents = prepare(scenario), drawn(scenario)
    here = incidents.cause == CAUSES.index(cause)
    product = incidents.duration_h[here] * incidents.playback_loss[here]
    hours, loss = (
        ready.belief(f"incidents.{cause}.{field}").distribution
        for field in ("duration", "playback_loss")
    )
    expected = _mean_of_product(hours, loss, 2 * np.sin(np.pi * rho / 6))
    alone = _mean_of_product(hours, loss, 0.0)
    error = product.std() / np.sqrt(len(product))
    assert abs(product.mean() - expected) < 3 * error
    assert abs(product.mean() - alone) > 20 * error


def _mean_of_product(hours: Distribution, loss: Distribution, r: float) -> float:
    z, weight = hermegauss(80)
    weight = weight / weight.sum()
    second = r * z[:, None] + np.sqrt(1 - r * r) * z
    inner = loss.from_normal(second) @ weight
    return float((weight * hours.from_normal(z) * inner).sum())


def test_only_what_is_correlated_moves() -> None:
    """Streams are keyed by name: the first of a pair, other causes and counts stay as they were."""
    cause = "capacity"
    before = drawn(DEFAULT)
    after = drawn(DEFAULT.with_(asked(0.5, 0.6, cause)))
    here = before.cause == CAUSES.index(cause)
    for name, column in vars(before).items():
        same = column == vars(after)[name]
        assert same[~here].all(), name
        assert same[here].all() == (name not in LOSSES), name
    alone = drawn(DEFAULT.with_(of_all(0.0, 0.0)))
    assert (alone.publish_loss == before.publish_loss).all()
    assert not (alone.ads_loss == before.ads_loss).any()


def test_a_certain_belief_keeps_its_place() -> None:
    cause = "capacity"
    known = DEFAULT.with_({f"incidents.{cause}.publish_loss": certain(0.4)})
    before, after = drawn(DEFAULT), drawn(known)
    assert (before.playback_loss == after.playback_loss).all()
    assert (before.ads_loss == after.ads_loss).all()


def test_it_travels_with_the_scenario_made_ready() -> None:
    ready = prepare(DEFAULT.with_(of_all(0.7, 0.5)))
    there = pickle.loads(pickle.dumps(ready))
    for cause in CAUSES:
        np.testing.assert_array_equal(
            there.within_incident[cause].factor, ready.within_incident[cause].factor
        )


def test_a_run_that_remembers_gives_the_bytes_of_one_that_does_not() -> None:
    for scenario in (DEFAULT, DEFAULT.with_(asked(0.7, 0.5, "capacity")), DEFAULT):
        plain, again = simulate(scenario, years=500), what_is_reused.simulate(scenario, years=500)
        assert plain["loss_usd"].tobytes() == again["loss_usd"].tobytes()


def test_a_repair_is_told_with_its_cause() -> None:
    (line,) = run_warnings.of_scenario(DEFAULT.with_(asked(-0.8, 0.5, "capacity")))
    assert line.startswith("correlation within an incident of capacity: not all possible")
    assert not run_warnings.of_scenario(DEFAULT)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("costs.response_per_incident", "resilience.failover_time", "is drawn by itself"),
        ("costs.response_per_hour", "incidents.capacity.duration", "is drawn by itself"),
        ("incidents.capacity.duration", "resilience.failover_time", "is drawn by itself"),
        ("incidents.capacity.ads_loss", "incidents.network_latency.ads_loss", "one cause"),
        ("incidents.capacity.ads_loss", "incidents.capacity.severity_level", "same level"),
        ("incidents.capacity.rate_per_year", "incidents.capacity.duration", "same level"),
    ],
)
def test_any_other_pair_is_an_error_that_says_why(first: str, second: str, said: str) -> None:
    for pair in ((first, second), (second, first)):
        assert said in (pair_problem(pair) or "")


# --- redrawn along their own luck ---------------------------------------------------------------


def test_a_remedy_redraws_along_the_correlated_luck() -> None:
    """Setting a loss to the belief it has changes no bit; to another one, it keeps the ranks."""
    scenario = DEFAULT.with_(LEVELS | of_all(0.7, 0.5))
    ready, block = prepare(scenario), Block(4, (0, 1), 4_000, np.arange(4_000))
    values, _ = draw(ready, seed=4, block=(0, 0), worlds=block.years)
    name = "incidents.capacity.playback_loss"
    for belief in (scenario.belief(name), Belief("logitnormal", 0.2, 0.9)):
        steps = (("x", Change("set", name, belief)),)
        pool = gather(ready, values, {}, block, {"playback_loss"})
        draws = Draws.of_steps(
            steps, ready.causes, seed=4, key=(0, 0), worlds=block.years, currency="USD"
        )
        treated = treat(pool, Variant("one", steps), draws).incidents
        here = pool.incidents.cause == CAUSES.index("capacity")
        before, after = pool.incidents.playback_loss, treated.playback_loss
        assert (before[~here] == after[~here]).all()
        if belief == scenario.belief(name):
            assert (before == after).all()
        else:
            assert (np.argsort(before[here]) == np.argsort(after[here])).all()
            assert not (before[here] == after[here]).any()


# --- replays ------------------------------------------------------------------------------------


def test_losses_left_out_of_a_replay_go_together_as_in_its_cause() -> None:
    worlds = 20_000
    scenario = DEFAULT.with_(LEVELS)
    stage = staged(scenario, typed("2026-05-01", 3.0, cause="capacity"), worlds=worlds, seed=1)
    seen = stats.spearmanr(stage.losses[:, 0], axis=1).statistic
    rho = matrix(0.5, 0.0)[1:, 1:]
    assert (np.abs(seen - rho) <= 3 * standard_errors(rho, worlds) + 1e-12).all()


def test_losses_given_keep_the_luck_they_share() -> None:
    given = Belief("logitnormal", 0.2, 0.6)
    incident = typed("2026-05-01", 3.0, 0.5, given, given, "capacity")
    one, other = (
        staged(DEFAULT.with_(rows), incident, worlds=500, seed=1).losses
        for rows in ({}, of_all(0.9, 0.9))
    )
    np.testing.assert_array_equal(one, other)


def test_losses_left_out_are_those_of_incidents_as_long() -> None:
    """Where long ones are deep, hours far beyond the usual bring high losses, by the copula."""
    rho, cause, hours = 0.5, "capacity", 8.0
    scenario = DEFAULT.with_(LEVELS | of_all(0.5, rho))
    stage = staged(scenario, typed("2026-05-01", hours, cause=cause), worlds=40_000, seed=1)
    ready = prepare(scenario)
    r = 2 * np.sin(np.pi * rho / 6)
    z = ready.belief(f"incidents.{cause}.duration").distribution.to_normal(hours)
    loss = ready.belief(f"incidents.{cause}.playback_loss").distribution
    share = np.mean(stage.losses[1, 0] < loss.from_normal(r * z))
    assert abs(share - 0.5) < 3 * 0.5 / np.sqrt(40_000)
    assert z > 1.6
