"""Downloads: a table as CSV, and everything about a run as one zip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from model.present.files.bundle import zip_bytes
from model.present.files.declared.columns import declared_csv
from views.session import runs, state


def csv(label: str, file: str, table: Callable[[], pd.DataFrame], **more: Any) -> None:
    """Offer a table as the CSV declared for this file name, written when it is asked for."""
    st.download_button(
        label,
        lambda: declared_csv(file, table()),
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
    tolerance = state.current().tolerance_usd
    st.download_button(
        "Everything as one zip",
        lambda: zip_bytes(run.result, tolerance),
        file_name="downstream_run.zip",
        mime="application/zip",
        key="bundle",
        on_click="ignore",
        type="primary",
        icon=":material/folder_zip:",
        help="Scenario, measures, curve, chain, every simulated year, a sample of incidents, a "
        "manifest with the command that reproduces it, and a data dictionary.",
    )
