"""The offer to convert own amounts when the currency changes; until then they stay as typed."""

from __future__ import annotations

import streamlit as st

from model.assumptions.currency import currency, rate
from model.present.words import headline
from model.present.words.spoken.amounts import significant
from model.scenario.own_platform.start import converted
from model.scenario.scenario import Scenario
from views.session import state

_OFFERED = "conversion_offered"
"""The scenario before the change of currency, and the one it made."""


def changed_from(before: Scenario) -> None:
    """Remember what was in hand before the currency changed, if it has amounts of its own."""
    here = state.current()
    if here.currency != before.currency and before.own_amounts:
        st.session_state[_OFFERED] = before, here


def offer() -> None:
    """Say that amounts stay as typed, and offer to convert them, until something else changes."""
    before, after = st.session_state.get(_OFFERED, (None, None))
    if before is None or after != state.current():
        return
    was, now = currency(before.currency), currency(after.currency)
    times = significant(rate(now.code) / rate(was.code), 4)
    st.caption(
        headline.markdown(
            f"Amounts of your own stay as typed and are now {now.code}. Converted from {was.code}, "
            f"they would be times {times} ({now.source}, {now.date})."
        )
    )
    st.button(
        headline.markdown(f"Convert them from {was.code} to {now.code}"),
        key="conversion.take",
        on_click=_convert,
        icon=":material/currency_exchange:",
        type="tertiary",
    )


def _convert() -> None:
    before, after = st.session_state.pop(_OFFERED, (None, None))
    if before is not None and after == state.current():
        state.replace(converted(before, after.currency))
