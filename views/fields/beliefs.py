"""Two-handled slider and typed ends for one belief, bound to the scenario in hand."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import streamlit as st

from model import data
from model.assumptions.currency import is_money
from model.assumptions.declaration import Assumption
from model.assumptions.names import titled
from model.beliefs.belief import EMPIRICAL, POSITIVE, SHAPES, Belief
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.spoken.subject import assumption
from model.present.words.titles import shape_label
from views.fields import in_force, refused, typed
from views.session import state

_UNIT_IN_FIGURE = ("share", "h", "days", "months", "min")
_STEPS = 60
_SHARES = (0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07)


def grid(name: str, shape: str) -> tuple[float, ...]:
    """Return the values a slider of an assumption stops at, over its typical reach.

    Positive shapes get equal ratios, shares finer steps near 0 and 1, others equal steps.
    """
    return _grid(assumption(name), shape)


@lru_cache(maxsize=1024)
def _grid(item: Assumption, shape: str) -> tuple[float, ...]:
    low, high = item.typical
    if item.unit == "share" and (low, high) == (0.0, 1.0):
        middle = [k / 20 for k in range(2, 19)]
        values = [0.0, *_SHARES, *middle, *(1 - s for s in reversed(_SHARES)), 1.0]
    elif shape in POSITIVE:
        start = low if low > 0 else _least(item)
        values = [*([low] if low == 0 else []), *np.geomspace(start, high, _STEPS)]
    else:
        values = list(np.linspace(low, high, _STEPS))
    rounded = {_rounded(value) for value in values}
    ends = (0.0, 1.0) if item.unit == "share" and shape in POSITIVE else (0.0,)
    # A positive shape cannot begin at 0; a certain 0 is typed.
    return tuple(sorted(rounded - set(ends) if shape in POSITIVE else rounded))


def _reaching(item: Assumption, belief: Belief) -> Assumption:
    """Return an assumption whose usual reach is around a belief that lies outside the declared one.

    That is so for amounts of platforms of another size. Whole powers of ten, so that the slider
    stays as it is while somebody moves it.
    """
    low, high = item.typical
    apart = belief.high < low or belief.low > high
    if not apart or belief.low <= 0:
        return item
    near = 10.0 ** math.floor(math.log10(belief.low / 3.0))
    far = 10.0 ** math.ceil(math.log10(belief.high * 3.0))
    return replace(item, typical=(max(near, item.lower), min(far, item.upper)))


def _least(item: Assumption) -> float:
    """Return where a logarithmic scale starts when the typical reach starts at 0."""
    default = item.default.low if item.default.low > 0 else item.typical[1] / 1000
    return max(min(default / 5, item.typical[1] / 100), item.typical[1] / 1e5)


def _rounded(value: float) -> float:
    return float(f"{value:.1e}") if abs(value) < 1 or value > 100 else round(value, 1)


def options(name: str, belief: Belief) -> dict[float, str]:
    """Return the stops of the slider with their labels, among them the belief's own ends."""
    return _options(assumption(name), belief)


@lru_cache(maxsize=4096)
def _options(item: Assumption, belief: Belief) -> dict[float, str]:
    unit = item.unit
    chosen = {end: fmt.shown(end, unit) for end in (belief.low, belief.high)}
    if belief.low != belief.high and len(set(chosen.values())) < 2:
        chosen = {end: fmt.editable(end, unit) for end in chosen}
    taken = set(chosen.values())
    for stop in _grid(_reaching(item, belief), belief.shape):
        label = fmt.shown(stop, unit)
        if label not in taken and not any(math.isclose(stop, end) for end in chosen):
            chosen[stop] = label
            taken.add(label)
    return dict(sorted(chosen.items()))


def show(name: str, *, place: str, label: str | None = None) -> None:
    """Show slider and typed ends of a belief; `place` tells two on one page apart."""
    item, belief = assumption(name), state.current().belief(name)
    said = label or item.label
    unit = fmt.unit_words(item.unit)
    given = state.current().evidence(name)
    explained = (
        f"{item.help}\n\n{headline.evidence(headline.cited(given), given.graded)}\n\n"
        "The two handles span what you hold 90\xa0% likely."
    )
    if not belief.shape.startswith(EMPIRICAL):
        _slider(name, belief, place, said if label else _with_unit(item), explained)
    typed.show_ends(name, place=place, label=f"{said}, {unit}", unit=item.unit)


def _with_unit(item: Assumption) -> str:
    """Return the label, with the unit unless the figures carry it."""
    return (
        item.label
        if is_money(item.unit) or item.unit in _UNIT_IN_FIGURE
        else f"{item.label} ({item.unit})"
    )


def _slider(name: str, belief: Belief, place: str, label: str, explained: str) -> None:
    stops = options(name, belief)
    key = in_force.field_key(f"{place}.slider.{name}", (belief.low, belief.high))
    st.select_slider(
        headline.markdown(label),
        options=list(stops),
        value=(belief.low, belief.high),
        format_func=lambda stop: stops.get(stop, str(stop)),
        key=key,
        help=headline.markdown(explained),
        on_change=_slid,
        args=(name, key),
    )
    refused.show(key)


def _slid(name: str, key: str) -> None:
    if not in_force.counts(key):
        return
    belief = state.current().belief(name)
    refused.change(key, {name: typed.with_ends(belief, *st.session_state[key])})


def shape(name: str, *, place: str) -> None:
    """Show the choice of shape, and the mode where the shape has one."""
    belief = state.current().belief(name)
    key = in_force.field_key(f"{place}.shape.{name}", belief.shape)
    choices = list(SHAPES)
    if belief.shape not in choices or name.endswith(".duration"):
        files = [EMPIRICAL + file for file in data.names(".csv") if file.startswith("durations_")]
        choices += sorted({*files, *([belief.shape] if belief.shape not in choices else [])})
    st.selectbox(
        headline.markdown(f"{assumption(name).label}: shape"),
        choices,
        choices.index(belief.shape),
        format_func=shape_label,
        key=key,
        label_visibility="collapsed",
        on_change=_reshape,
        args=(name, key),
    )
    refused.show(key)
    if belief.shape == "pert":
        _mode(name, belief, place)


def _mode(name: str, belief: Belief, place: str) -> None:
    assert belief.mid is not None
    shown = fmt.editable(belief.mid, assumption(name).unit)
    key = in_force.field_key(f"{place}.mid.{name}", shown)
    st.text_input("Most likely (PERT)", shown, key=key, on_change=_typed_mode, args=(name, key))
    refused.show(key)


def _typed_mode(name: str, key: str) -> None:
    if not in_force.counts(key):
        return
    again = partial(_typed_mode, name, key)
    mid = typed.read(key, assumption(name).unit, f"{titled(name)}: mid", again)
    if mid is not None:
        refused.change(key, {name: replace(state.current().belief(name), mid=mid)})


def _reshape(name: str, key: str) -> None:
    """Take another shape with the same ends; from a file of durations, the default's ends."""
    if not in_force.counts(key):
        return
    chosen, belief = st.session_state[key], state.current().belief(name)
    low, high = belief.low, belief.high
    if belief.shape.startswith(EMPIRICAL):
        low, high = assumption(name).default.low, assumption(name).default.high
    mid = (low + high) / 2 if chosen == "pert" else None
    refused.change(key, {name: Belief(chosen, low, high, mid)})


def single(name: str, *, place: str) -> None:
    """Show the one field of a number that is certain by nature."""
    item, belief = assumption(name), state.current().belief(name)
    shown = fmt.editable(belief.low, item.unit)
    key = in_force.field_key(f"{place}.one.{name}", shown)
    st.text_input(
        headline.markdown(f"{item.label}, {fmt.unit_words(item.unit)}"),
        shown,
        key=key,
        label_visibility="collapsed",
        on_change=_typed_one,
        args=(name, key),
    )
    refused.show(key)


def _typed_one(name: str, key: str) -> None:
    if not in_force.counts(key):
        return
    again = partial(_typed_one, name, key)
    value = typed.read(key, assumption(name).unit, f"{titled(name)}: value", again)
    if value is not None:
        shape = state.current().belief(name).shape
        refused.change(key, {name: Belief(shape, value, value)})
