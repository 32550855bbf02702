"""The form for another pair offers only pairs that there can be."""

from __future__ import annotations

import pytest

from model.assumptions.correlations import WITHIN, row_name
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.scenario.scenario import Scenario
from views.fields.correlations import partners
from views.session import link

NAMES = [
    name
    for name in Scenario.default().names()
    if isinstance(item := declared(name), Assumption) and item.per != "fixed"
]


@pytest.mark.parametrize("field", WITHIN)
def test_within_an_incident_it_offers_the_rest_of_its_cause(field: str) -> None:
    names = [f"incidents.capacity.{other}" for other in WITHIN]
    found = partners(f"incidents.capacity.{field}", NAMES)
    assert sorted(found) == sorted(set(names) - {f"incidents.capacity.{field}"})


def test_what_is_drawn_by_itself_has_no_partner() -> None:
    for name in ("costs.response_per_hour", "resilience.failover_time"):
        assert partners(name, NAMES) == []


def test_between_worlds_it_offers_what_is_drawn_per_world() -> None:
    found = partners("platform.cpm", NAMES)
    assert "incidents.capacity.common_cause" in found
    assert "platform.cpm" not in found
    assert {declared(name).per for name in found} == {"world"}  # type: ignore[union-attr]


def test_a_link_carries_pairs_within_an_incident() -> None:
    name = row_name("incidents.capacity.duration", "incidents.capacity.ads_loss")
    visit = link.decoded({name: "-0.4"})
    assert not visit.problems
    assert link.encoded(visit.scenario, visit.settings) == {name: "-0.4"}
    assert Scenario.read(visit.scenario.changes_csv().encode()).changes == visit.scenario.changes
