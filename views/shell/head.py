"""The head of a page: which page of which product, whose platform, which scenario, its link."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from model.scenario.rows import encoded
from views.session import presets, state
from views.shell import charts, downloads
from views.shell.pages import FIRST, PRODUCT, Place

_WHAT = "What outages cost a creator platform."
_SCRIPT = Path(__file__).parent / "frame.js"
_COPY = (
    "<div class='copy'><button type='button' data-copy-link>Copy link</button>"
    "<span role='status'></span></div>"
)
OWN = "your-platform"
_AGAIN = "draw_again"


def script(path: Path = _SCRIPT) -> None:
    """Send a script to the browser: the frame's, or what a page has besides."""
    st.html(
        f"<span class='unseen'></span><script>{_read(path)}</script>",
        unsafe_allow_javascript=True,
    )


def follow_the_theme() -> None:
    """Have the page drawn again when its theme is no longer that of its charts.

    A browser tells its theme with each run and asks for none when it changes; the script of the
    frame presses the button then, which nobody sees.
    """
    st.html(f"<span class='unseen' data-mode='{charts.mode()}'></span>")
    st.button("Draw again", key=_AGAIN)


@lru_cache(maxsize=8)
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def head() -> DeltaGenerator:
    """Return the place of the head."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key="head")


def fill(place: DeltaGenerator, here: Place, pages: Mapping[str, StreamlitPage]) -> None:
    """Show the head of a page; the first one says what the product is and how to make it one's own.

    `pages` are those there are, by path.
    """
    first = here.path == FIRST
    title = html.escape(PRODUCT if first else here.title)
    place.html(f"<h1>{title}</h1>", width="content")
    if first:
        place.html(f"<p class='what'>{_WHAT}</p>", width="content")
        if OWN in pages:
            own = pages[OWN]
            place.page_link(own, label="Make it yours", query_params=state.parameters())
    place.html(names(), width="stretch")
    link(place, key="head")


def names() -> str:
    """Return whose platform and which scenario, as HTML."""
    return f"<p class='whose'>{html.escape(' · '.join(presets.in_hand()))}</p>"


def link(place: DeltaGenerator, *, key: str) -> None:
    """Offer the link to what is in hand; where none brings it back, the file that does."""
    if state.fits_a_link():
        place.html(_COPY, width="content")
        return
    scenario = state.current()
    downloads.offer(
        "Too long for a link: save the file",
        "scenario_changes.csv",
        lambda: encoded(scenario.changes_csv()),
        mime="text/csv",
        key=f"{key}.instead_of_a_link",
        place=place,
        icon=":material/download:",
    )
