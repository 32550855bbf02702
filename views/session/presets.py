"""Presets: the scenarios that come with the product, and how the one in hand is called."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from model.assumptions.messages import counted
from model.present.words.own_platform import label_of, said_of
from model.scenario.own_platform import layers
from model.scenario.scenario import Scenario
from views.session import state

DEFAULT, OWN = "default", "own"
_ASKED = "preset_asked"


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
    name = state.current().title
    taken = {OWN, *titles(), *titles().values()}
    return f"{name} (own version)" if name in taken else name


def choose(id: str) -> None:
    """Lay a preset over what is in hand; what it would change of one's own is asked about first."""
    wanted, here = _scenario(id), state.current()
    if not layers.own_values(here):
        state.replace(wanted)
    elif id == DEFAULT or layers.clashes(wanted, here):
        st.session_state[_ASKED] = (id, here)
    else:
        take(id, mine=True)


def asked() -> str:
    """Return the preset that waits for an answer, nothing if none does or what is in hand moved."""
    id, here = st.session_state.get(_ASKED, ("", None))
    return id if here == state.current() else ""


def clashes(id: str) -> tuple[tuple[str, str, str], ...]:
    """Return what of one's own a preset would change: label, own value, the preset's."""
    wanted, here = _scenario(id), state.current()
    names = layers.own_values(here) if id == DEFAULT else layers.clashes(wanted, here)
    theirs = layers.layer_of(wanted, here)
    return tuple((label_of(here, n), said_of(here, n), said_of(here, n, theirs)) for n in names)


def take(id: str, *, mine: bool) -> None:
    """Lay a preset over what is in hand: `mine` keeps one's own values where both say something."""
    wanted, here = _scenario(id), state.current()
    own = layers.own_values(here)
    forget()
    if id == DEFAULT:
        state.replace(wanted)
        return
    state.replace(layers.layered(wanted, here, keep=own if mine else ()))
    count = len(own) if mine else len(own) - len(layers.clashes(wanted, here))
    state.note([f"{wanted.name}: laid under {counted(count, 'value')} of yours."] if count else [])


def forget() -> None:
    """Drop the question whether a preset is to be taken."""
    st.session_state.pop(_ASKED, None)


def _scenario(id: str) -> Scenario:
    return Scenario.default() if id == DEFAULT else preset(id)


def in_hand() -> tuple[str, ...]:
    """Return whose platform, as far as it is known, and which scenario is in hand, in words."""
    platform, title = state.current().platform, titles().get(which()) or own_title()
    return (platform,) if title == platform else (platform, title)
