"""Presets as layers: what somebody set stays unless they let a preset change it."""

from __future__ import annotations

import pytest
from given import lognormal

from model.assumptions.currency import rate
from model.scenario.own_platform.layers import clashes, layered, own_values
from model.scenario.own_platform.start import started
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

IDS = [row[0] for row in Scenario.presets()]
QUIET, ARTICLE = Scenario.preset("quiet_year"), Scenario.preset("article")
RATE = "incidents.capacity.rate_per_year"
MINE = {RATE: lognormal(1, 2), "trust.recovery": lognormal(2, 8)}
SAID = Provenance("our log", "A")


@pytest.mark.parametrize("id", IDS)
def test_a_preset_alone_has_nothing_of_ones_own_and_takes_the_place_of_another(id: str):
    assert own_values(Scenario.preset(id)) == {}
    for before in (Scenario.default(), *map(Scenario.preset, IDS)):
        after = layered(Scenario.preset(id), before, keep=())
        assert after == Scenario.preset(id)
        assert after.provenance == Scenario.preset(id).provenance


def test_what_a_preset_would_change_of_ones_own_is_named():
    mine = Scenario.default().with_(MINE, {RATE: SAID})
    assert clashes(QUIET, mine) == (RATE,)
    assert clashes(ARTICLE, mine) == ()


def test_ones_own_stays_or_the_presets_is_taken():
    mine = Scenario.default().with_(MINE, {RATE: SAID})
    kept = layered(QUIET, mine, keep=MINE)
    theirs = layered(QUIET, mine, keep=())
    assert (kept.belief(RATE), kept.evidence(RATE)) == (MINE[RATE], SAID)
    assert (theirs.belief(RATE), theirs.evidence(RATE)) == (
        QUIET.belief(RATE),
        QUIET.evidence(RATE),
    )
    for after in (kept, theirs):
        assert after.belief("trust.recovery") == MINE["trust.recovery"]
        assert after.belief("simulation.platform_age_months").low == 60.0
        assert after.name == "default"


def test_another_preset_takes_the_place_of_the_one_before_below_ones_own():
    on_article = ARTICLE.with_({"trust.recovery": lognormal(2, 8)})
    after = layered(QUIET, on_article, keep=own_values(on_article))
    expected = QUIET.with_({"trust.recovery": lognormal(2, 8)})
    assert dict(after.changes) == dict(expected.changes)


def test_a_started_platform_keeps_what_follows_from_its_facts():
    made = started({"users": (12e6, 12e6), "currency": "EUR"}, Provenance("given to start", "B"))
    assert own_values(made).keys() == {"platform.daily_users", "simulation.currency"}
    after = layered(QUIET, made, keep=())
    assert after.belief("publishing.uploads_per_day") == made.belief("publishing.uploads_per_day")
    assert after.belief(RATE) == QUIET.belief(RATE)
    assert after.currency == "EUR"


def test_amounts_of_a_preset_come_in_the_currency_of_ones_own():
    usd = Scenario.default().with_({"costs.response_per_hour": lognormal(10, 20)})
    eur = Scenario.default().with_(
        {"simulation.currency": "EUR", "platform.ad_revenue_per_year": lognormal(1e8, 2e8)}
    )
    after = layered(eur, usd, keep=())
    assert after.currency == "USD"
    assert after.belief("platform.ad_revenue_per_year").low == pytest.approx(1e8 / rate("EUR"))
    assert after.belief("costs.response_per_hour").low == 10


def test_a_currency_stays_with_the_amounts_that_are_in_it():
    europe = Scenario.preset("midsize_europe")
    mine = europe.with_({"costs.response_per_hour": lognormal(10, 20)})
    after = layered(QUIET, mine, keep=own_values(mine))
    assert after.currency == "EUR"
    assert after.belief("costs.response_per_hour").high == 20
