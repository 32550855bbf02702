"""Parts that several pages share: messages, charts with their CSV, the offer of a long run."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from model.assumptions.messages import MOST_ALIKE, condensed
from model.present.charts import overview
from model.present.files.bundle import zip_bytes
from model.present.files.tables import csv_bytes
from model.present.words import headline
from model.scenario.ratios import warnings
from views import runs, state

MOST_PROBLEMS = 3 * MOST_ALIKE
"""Lines of problems that a page shows."""


def mode() -> str:
    """Return the colour mode of the visitor's browser: light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def chart(name: str, table: pd.DataFrame, *, alt: str, key: str | None = None) -> None:
    """Show a chart of `model.present.charts` on its table, with its text for screen readers."""
    draw(overview.spec(name, mode()), table, alt=alt, key=key or name)


def draw(specification: Mapping[str, Any], table: pd.DataFrame, *, alt: str, key: str) -> None:
    """Show a chart on its table, with its text for screen readers.

    `alt` says what is drawn, then, after a colon or a stop, what it shows. That part stands beside
    the drawing: a browser compiles a chart anew if anything but its table changes.
    """
    what, *shown = re.split(r"[:;.] ", alt, maxsplit=1)
    whole = {**specification, "datasets": {overview.TABLE: table}}
    st.vega_lite_chart(None, whole, key=key, alt=what, width="stretch")
    if shown:
        st.html(f"<p class='unseen'>{html.escape(shown[0])}</p>")


def csv(label: str, file: str, table: Callable[[], pd.DataFrame], **more: Any) -> None:
    """Offer a table as CSV, written when it is asked for."""
    st.download_button(
        label,
        lambda: csv_bytes(table()),
        file_name=file,
        mime="text/csv",
        key=f"csv.{file}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
        **more,
    )


def bundle(run: runs.Run) -> None:
    """Offer everything about the run on show as one zip."""
    threshold = state.settings().threshold_usd
    st.download_button(
        "Everything as one zip",
        lambda: zip_bytes(run.result, threshold),
        file_name="downstream_run.zip",
        mime="application/zip",
        key="bundle",
        on_click="ignore",
        type="primary",
        icon=":material/folder_zip:",
        help="Scenario, measures, curve, chain, every simulated year, a sample of incidents, a "
        "manifest with the command that reproduces it, and a data dictionary.",
    )


def messages() -> None:
    """Show what could not be done and what is allowed but unusual."""
    problems = condensed(state.problems())
    if problems:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in problems[:MOST_PROBLEMS])
        left = len(problems) - MOST_PROBLEMS
        more = f"\n- … and {left:,} more" if left > 0 else ""
        st.error(
            f"Not changed; the scenario stays as it was.\n{lines}{more}", icon=":material/block:"
        )
    unusual = warnings(state.current())
    if unusual:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in unusual[:10])
        st.warning(f"Allowed, but unusual:\n{lines}", icon=":material/warning:")


def offer_long_run() -> Callable[[], None]:
    """Offer the long run that was chosen, while the everyday one is on show.

    Returns what starts it once it is asked for; call it when all else is on the page.
    """
    wanted = state.settings()
    if wanted.years == state.years_shown():
        return lambda: None
    with st.container(border=True, key="long_run"):
        st.markdown(
            f"Showing {state.years_shown():,} years. {wanted.years:,} years take a while; they "
            "can be cancelled, and the page can be left, at any time."
        )
        slot = st.empty()
        if not slot.button(f"Run {wanted.years:,} years", type="primary", key="run_long"):
            return lambda: None
        running = slot.container()
        bar = running.progress(0.0, "Waiting for its turn …")
        running.button("Cancel", key="cancel_long")

    def advance(done: int, total: int) -> None:
        # Reporting is also where a run that nobody waits for any more is stopped.
        bar.progress(done / total, f"{done / total:.0%} of {wanted.years:,} years")

    def start() -> None:
        runs.run(state.current(), wanted.years, wanted.seed, advance)
        st.rerun()

    return start
