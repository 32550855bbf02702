"""Downloads: any file, a table as CSV, and everything about a run as one zip."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.files.bundle import zip_bytes
from model.present.files.declared.columns import declared_csv
from model.present.words import headline
from views.session import comparisons, long_work, runs, state
from views.session.desk import desk, still
from views.shell import handed_out


def offer(
    label: str,
    file: str,
    make: Callable[[], bytes],
    *,
    mime: str,
    key: str,
    place: DeltaGenerator | None = None,
    disabled: bool = False,
    **more: Any,
) -> None:
    """Offer a file that is made when it is asked for, and is then what the page shows.

    While it is `disabled`, who has clicked before that waits for it.
    """
    handed_out.let_buttons_last()
    here, said = desk(), copy_context()
    # A button that outlasts its visitor holds nothing of theirs.
    there = weakref.ref(here)
    # It is made in another thread, and speaks of what the page speaks of.
    here.put(key, None if disabled else lambda: said.copy().run(make))

    def hand_out() -> bytes:
        raw = still(there()).hand_out(key)
        handed_out.keep(raw, mime, file)
        return raw

    (place or st).download_button(
        headline.markdown(label),
        hand_out,
        file_name=file,
        mime=mime,
        key=key,
        on_click="ignore",
        disabled=disabled,
        **more,
    )


def csv(label: str, file: str, table: Callable[[], pd.DataFrame], **more: Any) -> None:
    """Offer a table as the CSV declared for this file name, written when it is asked for."""
    offer(
        label,
        file,
        lambda: declared_csv(file, table()),
        mime="text/csv",
        key=f"csv.{file}",
        type="tertiary",
        icon=":material/download:",
        **more,
    )


def bundle(run: runs.Run) -> None:
    """Offer everything about the run on show as one zip."""
    tolerance = state.current().tolerance_usd
    bare = comparisons.switched_off(state.current())
    moved = long_work.found("tornado", bare, "eal", run.result.seed)
    offer(
        "Everything as one zip",
        "downstream_run.zip",
        lambda: zip_bytes(run.result, tolerance, moved),
        mime="application/zip",
        key="bundle",
        type="primary",
        icon=":material/folder_zip:",
        help="Scenario, measures, curve, chain, every simulated year, a sample of incidents, a "
        "manifest with the command that reproduces it, and a data dictionary.",
    )
