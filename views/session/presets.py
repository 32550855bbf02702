"""Presets: the scenarios that come with the product, and how the one in hand is called."""

from __future__ import annotations

from functools import lru_cache

from model.scenario.scenario import Scenario
from views.session import state

DEFAULT, OWN = "default", "own"


@lru_cache(maxsize=32)
def preset(id: str) -> Scenario:
    """Return a scenario that comes with the product, read once."""
    return Scenario.preset(id)


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Return the titles of the scenarios that come with the product, by id."""
    return {DEFAULT: "Default", **{id: name for id, name, _ in Scenario.presets()}}


def which() -> str:
    """Return the id of the preset in hand, or that it is one's own."""
    scenario = state.current()
    if scenario == Scenario.default():
        return DEFAULT
    for id in titles():
        if id != DEFAULT and preset(id) == scenario:
            return id
    return OWN


def own_title() -> str:
    """Return the name of the scenario in hand, told apart from the presets it may be named like.

    Only the default itself is called so.
    """
    name = state.current().name
    if name == DEFAULT:
        return "Own version"
    taken = {OWN, *titles(), *titles().values()}
    return f"{name} (own version)" if name in taken else name


def in_hand() -> tuple[str, str]:
    """Return whose platform and which scenario is in hand, in words."""
    return state.current().platform, titles().get(which()) or own_title()
