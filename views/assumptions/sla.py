"""The tiers of the contract as one small table, which holds together or says why it does not."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from model.assumptions.declaration import fixed
from model.present.words import headline
from model.present.words import numbers as fmt
from views.fields import evidence, in_force, refused
from views.session import state

TIERS = (1, 2, 3)
_PARTS = ("below", "credit")
NAMES = frozenset(f"sla.tier_{tier}.{part}" for tier in TIERS for part in _PARTS)
_HEADS = {"below": "Availability below", "credit": "Credit"}
_MONTH_MIN = 365.0 * 24.0 * 60.0 / 12.0


def show() -> None:
    """Show the table, and below it what is wrong with it."""
    with st.container(border=True, key="sla.tiers"):
        st.markdown("**Tiers of the contract**")
        st.caption(
            "A month with less availability than a tier's earns its credit, a share of the month's "
            "bill in scope. The highest tier breached counts, once. An availability of 0\xa0% "
            "leaves a tier out."
        )
        keys = {name: _key(name) for name in _names()}
        for tier in TIERS:
            _row(tier, keys)
        refused.show(*keys.values())
        if not NAMES.isdisjoint(dict(state.current().changes)):
            st.button(
                "Back to the default tiers",
                key="sla.back",
                on_click=state.reset,
                args=_names(),
                type="tertiary",
                icon=":material/undo:",
            )


def _names() -> tuple[str, ...]:
    return tuple(f"sla.tier_{tier}.{part}" for tier in TIERS for part in _PARTS)


def _shown(name: str) -> str:
    return fmt.editable(state.current().belief(name).low, "share")


def _key(name: str) -> str:
    return in_force.field_key(f"tier.{name}", _shown(name))


def _row(tier: int, keys: dict[str, str]) -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    names = [f"sla.tier_{tier}.{part}" for part in _PARTS]
    for name, part in zip(names, _PARTS, strict=True):
        row.text_input(
            headline.markdown(f"Tier {tier:d}: {_HEADS[part].lower()}"),
            _shown(name),
            key=keys[name],
            on_change=_typed,
            args=(name, keys),
            width=210,
        )
    below = state.current().belief(names[0]).low
    down = fmt.significant((1.0 - below) * _MONTH_MIN, 2)
    said = f"more than {down} min down in a month" if below else "left out"
    row.caption(headline.markdown(said), width=180)
    with row:
        evidence.beside(*names)


def _typed(name: str, keys: dict[str, str]) -> None:
    """Take the whole table as typed, so that tiers may be moved past each other one by one."""
    if not in_force.counts(keys[name]):
        return
    in_force.typed(keys[name])
    values, problems = {}, []
    for each, key in keys.items():
        try:
            values[each] = _read(str(st.session_state[key]))
        except ValueError as error:
            problems.append(f"{headline.plain(_said(each))}: {error}")
    problems = problems or _out_of_order(values)
    if problems:
        for each, key in keys.items():
            if st.session_state[key] != _shown(each):
                refused.note(key, problems)
        return
    refused.change(keys[name], {each: fixed(value) for each, value in values.items()})


def _said(name: str) -> str:
    _, tier, part = name.split(".")
    return f"Tier {tier[-1]}, {_HEADS[part].lower()}"


def _read(text: str) -> float:
    """Return a share typed in percent; ValueError if it is none."""
    value = fmt.parsed(text, "share")
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{text!r}: from 0\xa0% to 100\xa0%")
    return value


def _out_of_order(values: dict[str, float]) -> list[str]:
    """Return what is wrong with the order of the tiers; those left out do not count."""
    used = [tier for tier in TIERS if values[f"sla.tier_{tier}.below"] > 0.0]
    found = []
    for upper, lower in pairwise(used):
        below, credit = (
            [values[f"sla.tier_{tier}.{part}"] for tier in (upper, lower)] for part in _PARTS
        )
        if below[0] <= below[1]:
            found.append(f"Tier {lower}: its availability must be less than that of tier {upper}")
        if credit[0] > credit[1]:
            found.append(f"Tier {lower}: its credit must be at least that of tier {upper}")
    return found
