"""A chart of a page with what belongs to it: what it says, how to read it, its CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from model.present.words import headline
from views.shell import charts, downloads

Specification = Callable[[str, str], Mapping[str, Any]]


@dataclass(frozen=True)
class Csv:
    """The table that is offered under a chart: words of the button, name of the file."""

    label: str
    file: str
    table: Callable[[], pd.DataFrame]


def show(
    spec: Specification,
    name: str,
    table: pd.DataFrame,
    *,
    alt: str,
    read: str,
    csv: Csv,
    key: str = "",
    empty: bool = False,
) -> None:
    """Show the chart `name` of a module's `spec`; `read` says how to read it.

    Of an `empty` one, in which all is zero, only the table is offered.
    """
    if not empty:
        charts.draw(spec(name, charts.mode()), table, alt=alt, key=key or name)
        st.caption(headline.markdown(read))
    downloads.csv(csv.label, csv.file, csv.table)
