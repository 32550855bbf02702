"""The closed form of mild incidents against panels, on the incidents of real runs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from model.beliefs.belief import Belief
from model.chain import sessions_closed_form
from model.chain.failover import fail_over
from model.chain.freshness import flattened, viewing_lost
from model.chain.publishing import publishing
from model.chain.sessions import links_at
from model.chain.sessions_closed_form import mild
from model.chain.sessions_integrated import ALLOWED_H, ALLOWED_SHARE, Lost, sessions
from model.chain.types import Backlog, Links, PhasedIncidents, Session
from model.incidents.draw import draw_block
from model.runs.blocks import plan
from model.scenario.scenario import Scenario
from model.worlds.prepared import get_calendar, prepare

YEARS = 3000
REL, ABS_H = 0.005, 1e-4  # MODEL §4 "Accuracy"
ARTICLE = Scenario.preset("article")
LONG_LIVED = Scenario.default().with_(
    {"freshness.content_half_life": Belief("lognormal", 400.0, 8e4)}
)


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
    true = sessions(incidents, backlog, links, get_calendar(scenario))
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
        LONG_LIVED,
    ],
    ids=["default", "article", "december", "slow return", "content for years"],
)
def test_what_stands_is_within_the_stated_accuracy(scenario: Scenario) -> None:
    missed, rough = off(scenario)
    for name, wrong in zip(Session._fields, missed, strict=True):
        assert not (wrong & ~rough).any(), name


def test_almost_all_default_incidents_are_mild() -> None:
    _, rough = off(Scenario.default())
    assert 0.001 < rough.mean() < 0.06


def test_the_bound_of_the_error_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: where every bound is tolerated, many of long-lived content are wrong."""
    monkeypatch.setattr(sessions_closed_form, "_TOLERATED_H", 1e9)
    missed, rough = off(LONG_LIVED)
    assert missed.freshness_running[~rough].mean() > 0.01


def test_the_comparison_notices_another_calendar() -> None:
    """Negative control: priced against flat demand, most incidents miss."""
    flat = Scenario.default().with_({"profiles.demand": "flat"})
    missed, rough = off(Scenario.default(), flat)
    assert missed.playback[~rough].mean() > 0.5


def test_without_a_backlog_a_brief_incident_costs_its_deficit() -> None:
    """A short, weightless incident: the loss is ε·∫D to first order, and exact on the way there."""
    incidents, _, links = struck(Scenario.default())
    flat = get_calendar(
        Scenario.default().with_(dict.fromkeys(("profiles.demand", "profiles.price"), "flat"))
    )
    brief = np.flatnonzero(incidents.duration_h[0] < 0.3)
    alone = replace(incidents.subset(brief), playback_loss=np.zeros((1, len(brief))))
    own = replace(links.subset(brief), retry_share=np.zeros(len(brief)))
    its = publishing(alone, own, flat.posting)
    got, rough = mild(alone, its, own, flat)
    assert not rough.any()
    first = own.freshness_elasticity * its.deficit_h
    np.testing.assert_allclose(got.freshness, first, rtol=0.02, atol=2e-6)


def test_flattened_response_is_within_its_bound() -> None:
    """|1 − m(D) − uD − vD²| ≤ δD up to the peak, and the bound is not idle."""
    rng = np.random.default_rng(5)
    tightest = np.inf
    for _ in range(300):
        f, slope, peak = rng.random(), 2.0 * rng.random(), 0.999 * rng.random()
        deficit = np.linspace(0.0, peak, 201)[1:]
        first, second, bound = flattened(np.array(f), np.array(slope), np.array(peak))
        true = viewing_lost(deficit, np.array(f), np.array(slope))
        miss = np.abs(true - first * deficit - second * deficit**2)
        assert (miss <= bound * deficit * (1 + 1e-9) + 1e-15).all(), (f, slope, peak)
        tightest = min(tightest, float(bound / np.max(miss / deficit)))
    assert tightest < 1.5


def test_beyond_is_how_many_times_an_error_is_what_is_allowed() -> None:
    """Below a line's own share the absolute bound counts, above it the share."""
    line = np.array([0.0, 10.0 * ALLOWED_H / ALLOWED_SHARE])
    none = np.zeros(2)
    allowed = np.array([ALLOWED_H, 10.0 * ALLOWED_H])
    lost = Lost(
        freshness=line,
        running=none,
        ads=none,
        playback=none,
        off=3.0 * allowed,
        off_running=none,
        off_playback=none,
    )
    assert lost.beyond() == pytest.approx([3.0, 3.0])
