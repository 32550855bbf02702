"""The closed form of mild incidents against very fine panels, on the incidents of real runs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from model.beliefs.belief import Belief
from model.chain.failover import fail_over
from model.chain.freshness import Appetite, viewing_lost
from model.chain.publishing import publishing
from model.chain.sessions import links_at
from model.chain.sessions_closed_form import mild
from model.chain.sessions_integrated import sessions
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.incidents.draw import draw_block
from model.runs.blocks import plan
from model.scenario.scenario import Scenario
from model.worlds.prepared import get_calendar, prepare

YEARS = 3000
FINE = tuple((k / 40) ** 1.7 for k in range(1, 41))
REL, ABS_H = 0.005, 1e-4  # MODEL §4 "Accuracy"
ARTICLE = Scenario.preset("article")


@lru_cache(maxsize=4)
def struck(scenario: Scenario) -> tuple[PhasedIncidents, Backlog, Links]:
    """All incidents of a run, of one phase each, and what the fast links need of them."""
    block, world_key, _, _ = plan(scenario, YEARS, None).block(0, 3)
    found = draw_block(prepare(scenario), block, world_block=world_key)
    world = block.world_of_year[found.incidents.year]
    incidents = fail_over(found.incidents, found.values, world)
    links = links_at(found.values, world)
    return incidents, publishing(incidents, links, get_calendar(scenario).posting), links


def off(scenario: Scenario, calendar_of: Scenario | None = None) -> tuple[Session, np.ndarray]:
    """Which components of the closed form miss the panels, and which incidents are rough."""
    incidents, backlog, links = struck(scenario)
    calendar = get_calendar(calendar_of or scenario)
    got, rough = mild(incidents, backlog, links, calendar)
    true = sessions(incidents, backlog, links, get_calendar(scenario), panels=FINE)
    missed = (
        np.abs(a - b) > np.maximum(ABS_H, REL * np.abs(b)) for a, b in zip(got, true, strict=True)
    )
    return Session(*missed), rough


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario.default(),
        ARTICLE,
        Scenario.default().with_({"simulation.start_date": "2028-12-20"}),
        Scenario.default().with_({"sessions.return_lag": Belief("lognormal", 0.5, 3.0)}),
    ],
    ids=["default", "article", "december", "slow return"],
)
def test_what_stands_is_within_the_stated_accuracy(scenario: Scenario) -> None:
    missed, rough = off(scenario)
    for name, wrong in zip(Session._fields, missed, strict=True):
        # One in two thousand may lie on the edge of what the estimate of the error can tell.
        assert np.mean(wrong & ~rough) < 5e-4, name


def test_almost_all_default_incidents_are_mild() -> None:
    _, rough = off(Scenario.default())
    assert 0.001 < rough.mean() < 0.06


def test_the_estimate_of_the_error_is_needed() -> None:
    """Negative control: among the incidents marked as rough, many are wrong."""
    missed, rough = off(Scenario.default())
    assert missed.freshness[rough].mean() > 0.05


def test_the_comparison_notices_another_calendar() -> None:
    """Negative control: priced against flat demand, most incidents miss."""
    flat = Scenario.default().with_({"profiles.demand": "flat"})
    missed, rough = off(Scenario.default(), flat)
    assert missed.playback[~rough].mean() > 0.5


def test_series_of_session_time_lost() -> None:
    """A short, weightless incident: the loss is ε·∫D to first order, and exact on the way there."""
    incidents, backlog, links = struck(Scenario.default())
    flat = get_calendar(
        Scenario.default().with_(dict.fromkeys(("profiles.demand", "profiles.price"), "flat"))
    )
    brief = np.flatnonzero(incidents.duration_h[0] < 0.3)
    alone = replace(incidents.subset(brief), playback_loss=np.zeros((1, len(brief))))
    its, own = backlog.subset(brief), links.subset(brief)
    got, rough = mild(alone, its, own, flat)
    deficit_h = its.deficit_h
    first = own.freshness_elasticity * deficit_h
    assert not rough.any()
    np.testing.assert_allclose(got.freshness, first, rtol=0.02, atol=2e-6)
    slope = viewing_lost(np.full(len(brief), 1e-6), own.fresh_share, own.freshness_elasticity)
    np.testing.assert_allclose(slope / 1e-6, own.freshness_elasticity, rtol=1e-5)


def test_fading_meets_its_integral_on_both_sides_of_zero() -> None:
    """∫₀^D (1 − m(y))/y dy, also where a backlog has made the feed fresher than usual."""
    f, elasticity = np.array(0.4), np.array(0.1)
    for peak in (-0.9, -0.3, -0.01, 0.004, 0.02, 0.5, 0.95):
        y = (np.arange(20_000) + 0.5) / 20_000 * peak
        true = np.mean(viewing_lost(y, f, elasticity) / y) * peak
        got = Appetite(f, elasticity).fading(np.array([peak]))[0]
        assert got == pytest.approx(true, rel=5e-4), peak
