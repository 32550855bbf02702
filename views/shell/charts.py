"""Parts that several pages share: messages, charts with their CSV, the offer of a long run."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.charts import overview


def mode() -> str:
    """Return the colour mode of the visitor's browser: light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


Drawn = tuple[DeltaGenerator, DeltaGenerator]
"""Where a chart is, and its text for screen readers."""


def chart(
    name: str, table: pd.DataFrame, *, alt: str, key: str | None = None, before: Drawn | None = None
) -> Drawn:
    """Show a chart of `model.present.charts` on its table, with its text for screen readers."""
    return draw(overview.spec(name, mode()), table, alt=alt, key=key or name, before=before)


def draw(
    specification: Mapping[str, Any],
    table: pd.DataFrame,
    *,
    alt: str,
    key: str,
    before: Drawn | None = None,
) -> Drawn:
    """Show a chart on its table, with its text for screen readers; in place of one `before`.

    `alt` says what is drawn, then, after a colon or a stop, what it shows. That part stands beside
    the drawing: a browser compiles a chart anew if anything but its table changes.
    """
    what, *shown = re.split(r"[:;.] ", alt, maxsplit=1)
    whole = {**specification, "datasets": {overview.TABLE: table}}
    show, say = (
        (before[0].vega_lite_chart, before[1].html) if before else (st.vega_lite_chart, st.html)
    )
    drawn = show(None, whole, key=key, alt=what, width="stretch")
    text = f"<p class='unseen'>{html.escape(shown[0])}</p>" if shown else ""
    return drawn, say(text) if text else drawn
