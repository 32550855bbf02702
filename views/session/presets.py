"""Presets: the scenarios that come with the product, read once."""

from __future__ import annotations

from functools import lru_cache

from model.scenario.scenario import Scenario


@lru_cache(maxsize=32)
def preset(id: str) -> Scenario:
    """Return a scenario that comes with the product, read once."""
    return Scenario.preset(id)
