"""What is around every page: the bar of pages."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from views import state


def navigation(pages: Sequence[StreamlitPage]) -> None:
    """Show links to all pages that carry the scenario in hand.

    Streamlit's own menu drops the query, which would leave an entry in the browser's history
    that stands for nothing; a link that carries it keeps the back button true.
    """
    parameters = state.parameters()
    with st.container(horizontal=True, gap="small", key="pages"):
        for page in pages:
            st.page_link(page, query_params=parameters)
