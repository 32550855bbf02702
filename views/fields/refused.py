"""Entries that were refused: explained at their field, where they stay to be mended.

An entry stands as long as nobody types another and what it would have changed stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import streamlit as st

from model.assumptions.names import Value
from model.present.words import headline
from views.session import state

_REFUSED = "fields_refused"
_UNSEEN = object()


@dataclass
class _Refusal:
    """What was typed, why it does not hold, and what was in force beside it."""

    typed: object
    lines: tuple[str, ...]
    readings: tuple[str, ...] = ()
    """What it can mean, each as it may be typed in its place."""
    again: Callable[[], None] | None = None
    """Takes over what is in the field once one of them is."""
    beside: object = _UNSEEN


def note(key: str, lines: Iterable[str]) -> None:
    """Keep what is in a field, which cannot be, with the reasons."""
    _all()[key] = _Refusal(st.session_state.get(key), tuple(lines))


def ask(key: str, line: str, readings: Iterable[str], again: Callable[[], None]) -> None:
    """Keep what is in a field and can mean several things, and ask which."""
    _all()[key] = _Refusal(st.session_state.get(key), (line,), tuple(readings), again)


def change(key: str, changes: Mapping[str, Value]) -> bool:
    """Change the scenario in hand as a field says; False, and said there, if it cannot be so."""
    if state.change(changes):
        return True
    note(key, state.problems())
    state.report(())
    return False


def stands(key: str, in_force: object) -> bool:
    """Tell whether a field keeps an entry that was refused, beside the value in force."""
    refusal = _all().get(key)
    if refusal is None:
        return False
    if refusal.beside is _UNSEEN:
        refusal.beside = in_force
    if st.session_state.get(key) == refusal.typed and refusal.beside == in_force:
        return True
    del _all()[key]
    return False


def show(*keys: str) -> None:
    """Say below fields what is wrong with their entries, if anything is, each thing once."""
    told = {key: _all()[key] for key in keys if key in _all()}
    standing = [one for key, one in told.items() if st.session_state.get(key) == one.typed]
    every = dict.fromkeys(line for one in standing for line in one.lines)
    if every:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in every)
        st.error(f"Not changed, mend it here:\n{lines}", icon=":material/block:")
    for key, one in told.items():
        if one in standing and one.readings:
            with st.container(horizontal=True, key=f"readings.{key}"):
                for reading in one.readings:
                    st.button(
                        headline.markdown(f"I mean {reading}"),
                        key=f"reading.{key}.{reading}",
                        on_click=_choose,
                        args=(key, reading),
                    )


def _choose(key: str, reading: str) -> None:
    """Put one reading into its field and take it over, as if it had been typed."""
    refusal = _all().get(key)
    if refusal is None or refusal.again is None:
        return
    st.session_state[key] = reading
    refusal.again()


def is_shown(key: str) -> bool:
    """Tell whether a field holds an entry that was refused."""
    found = _all().get(key)
    return found is not None and st.session_state.get(key) == found.typed


def _all() -> dict[str, _Refusal]:
    found: dict[str, _Refusal] = st.session_state.setdefault(_REFUSED, {})
    return found
