"""Scenarios side by side: who is called what."""

from __future__ import annotations

from dataclasses import replace

from model.decisions.side_by_side import side_by_side
from model.scenario.scenario import Scenario


def test_scenarios_have_their_own_names_unless_they_are_called_otherwise() -> None:
    pair = (Scenario.default(), Scenario.preset("article"))
    found = side_by_side(pair, years=200, seed=1)
    assert [row.name for row in found.rows()] == [one.name for one in pair]
    assert [row.name for row in replace(found, names=("a", "b")).rows()] == ["a", "b"]
