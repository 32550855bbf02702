"""Variants: scenarios pinned under a name while the visit lasts. Results are not kept with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from model.assumptions.messages import quoted
from model.limits import MOST_VARIANTS
from model.present.files.several_scenarios import Found
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.session import state

_PINNED, _TOLD = "variants_pinned", "variants_told"


def pinned() -> tuple[Scenario, ...]:
    """Return the variants in the order they were pinned; each is called by its name."""
    found: tuple[Scenario, ...] = st.session_state.get(_PINNED, ())
    return found


def pin(name: str) -> tuple[str, ...]:
    """Pin the scenario in hand under a name; return what is wrong with that."""
    return _add(state.current(), name)


def _add(scenario: Scenario, name: str) -> tuple[str, ...]:
    if len(pinned()) >= MOST_VARIANTS:
        return (f"{quoted(name)}: {MOST_VARIANTS} variants are pinned, the most there can be",)
    named, problems = _named(scenario, name, pinned())
    if named is not None:
        st.session_state[_PINNED] = (*pinned(), named)
    return problems


def _named(
    scenario: Scenario, name: str, others: Iterable[Scenario]
) -> tuple[Scenario | None, tuple[str, ...]]:
    """Return a scenario under a name that no other variant has, or what is wrong with the name."""
    wanted = " ".join(name.split())
    if any(wanted.casefold() == one.name.casefold() for one in others):
        return None, (f"{quoted(wanted)}: another variant is called that",)
    try:
        return scenario.with_({"scenario.name": wanted}), ()
    except ScenarioError as error:
        return None, error.problems


def rename(place: int, name: str) -> tuple[str, ...]:
    """Call a variant something else; return what is wrong with that."""
    there = pinned()
    named, problems = _named(there[place], name, (*there[:place], *there[place + 1 :]))
    if named is not None:
        st.session_state[_PINNED] = (*there[:place], named, *there[place + 1 :])
    return problems


def remove(name: str) -> None:
    """Let go of a variant."""
    st.session_state[_PINNED] = tuple(one for one in pinned() if one.name != name)


def take(name: str) -> None:
    """Take a variant in hand; it stays pinned as it is."""
    state.replace(next(one for one in pinned() if one.name == name))


def restore(found: Iterable[Found]) -> None:
    """Pin what files say, under names of their own, and keep what is to be told about them.

    What is pinned already, under any name, is not pinned again.
    """
    problems: list[str] = []
    remarks: list[str] = []
    for one in found:
        problems += [f"{one.place} is left out: {line}" for line in one.problems]
        remarks += [f"{one.place}: {line}" for line in one.remarks]
        if one.scenario is None:
            continue
        if one.scenario in pinned():
            remarks.append(f"{one.place}: pinned already")
            continue
        problems += [f"{one.place}: {line}" for line in _add(one.scenario, _free(one.scenario))]
    st.session_state[_TOLD] = (tuple(problems), tuple(remarks))


def _free(scenario: Scenario) -> str:
    """Return the name of a scenario, with a number if a variant has it."""
    taken = {one.name.casefold() for one in pinned()}
    names = (scenario.name, *(f"{scenario.name[:190]} ({k})" for k in range(2, MOST_VARIANTS + 2)))
    return next(name for name in names if name.casefold() not in taken)


def told() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the problems and the remarks of the files opened last."""
    found: tuple[tuple[str, ...], tuple[str, ...]] = st.session_state.get(_TOLD, ((), ()))
    return found


def forget_told() -> None:
    """Put away what was told of the files opened last."""
    st.session_state.pop(_TOLD, None)


def unnamed(scenario: Scenario) -> Scenario:
    """Return a scenario without name, note and sources, so that runs do not hang on them."""
    return replace(scenario.unsourced(), name="variant", note="")
