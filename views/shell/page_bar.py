"""The bar of pages, on top of every page at any width."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from views.session import state


def bar() -> DeltaGenerator:
    """Return the place of the bar at the top of the page."""
    return st.container(horizontal=True, wrap=False, gap="xxsmall", key="pages")


def fill(place: DeltaGenerator, pages: Sequence[StreamlitPage]) -> None:
    """Show links to all pages that carry the scenario in hand.

    Streamlit's own menu drops the query, which would leave an entry in the browser's history
    that stands for nothing; a link that carries it keeps the back button true.
    """
    parameters = state.parameters()
    for page in pages:
        place.page_link(page, query_params=parameters)
