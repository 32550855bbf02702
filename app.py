"""The app: `streamlit run app.py`. Navigation, the sidebar, and the page in view."""

from __future__ import annotations

import gc
from collections.abc import Callable

import streamlit as st

from views.assumptions.page import assumptions
from views.decide.page import decide
from views.drivers.page import drivers
from views.incident_log.page import incident_log
from views.overview.page import overview
from views.present.page import present
from views.replay.page import replaying
from views.session import origin, sign_in, state
from views.session.desk import desk
from views.shell import page_bar, sidebar, style

unfinished: list[Callable[[], None]] = []


def first() -> None:
    """Show the overview, and leave for the end what takes longer."""
    unfinished.append(overview())


OVERVIEW = ""  # its path
FIRST = st.Page(first, title="Overview", url_path="overview", default=True)
PAGES = (
    FIRST,
    st.Page(assumptions, title="Assumptions", url_path="assumptions"),
    st.Page(replaying, title="Replay", url_path="replay"),
    st.Page(decide, title="Compare and decide", url_path="decide"),
    st.Page(drivers, title="Drivers", url_path="drivers"),
    st.Page(incident_log, title="Incident log", url_path="incident-log"),
    st.Page(present, title="Present", url_path="present"),
)


@st.cache_resource
def _freeze_what_stays() -> bool:
    """Take all that is loaded by now out of the garbage collector's sight.

    Streamlit collects after every rerun; walking through the libraries costs 70 ms each time.
    """
    gc.collect()
    gc.freeze()
    return True


def draw() -> None:
    """Draw the page in view."""
    origin.admit()
    sign_in.ask()
    state.simulate_ahead(OVERVIEW)
    st.set_page_config(page_title="Downstream", page_icon="🌊", layout="wide")
    page = st.navigation(PAGES, position="hidden")
    st.html(style.PAGE)
    state.open_visit(page.url_path)
    bar = page_bar.bar()
    # A new figure is what a slider is moved for; the browser draws what comes first at once.
    if page is FIRST:
        page.run()
    page_bar.fill(bar, PAGES)
    if page.url_path != "present":
        sidebar.show(page.url_path)
    if page is not FIRST:
        page.run()
    for finish in unfinished:
        finish()


with desk().drawing():
    draw()
_freeze_what_stays()
