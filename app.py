"""The app: `streamlit run app.py`. Navigation, the sidebar, and the page in view."""

from __future__ import annotations

import gc
from collections.abc import Callable

import streamlit as st

from views.assumptions.page import assumptions
from views.decide.page import decide
from views.drivers.page import drivers
from views.fields import in_force
from views.incident_log.page import incident_log
from views.method.page import method
from views.overview.page import overview
from views.present.page import present
from views.replay.page import replaying
from views.session import origin, sign_in, state
from views.session.desk import desk
from views.shell import head, page_bar, pages, sidebar, style
from views.waiting import messages, uploads
from views.waiting.shares import shares
from views.waiting.turns import give_way, visitor_id
from views.your_platform.page import your_platform

unfinished: list[Callable[[], None]] = []


def first() -> None:
    """Show the overview, and leave for the end what takes longer."""
    unfinished.append(overview())


def own() -> None:
    """Show the page of one's own platform, with the ways on from it."""
    your_platform(PAGES["overview"], PAGES["assumptions"])


OVERVIEW = ""  # its path
# What draws the pages of `views.shell.pages`, by path.
DRAWN: dict[str, Callable[[], None]] = {
    "your-platform": own,
    "overview": first,
    "assumptions": assumptions,
    "replay": replaying,
    "decide": decide,
    "drivers": drivers,
    "incident-log": incident_log,
    "present": present,
    "method": method,
}
PAGES = {
    place.path: st.Page(
        DRAWN[place.path],
        title=place.title,
        url_path=place.path,
        default=place.path == pages.FIRST,
    )
    for place in pages.PLACES
    if place.path in DRAWN
}


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
    page = st.navigation([*PAGES.values()], position="hidden")
    place = pages.place(page.url_path)
    st.set_page_config(page_title=place.in_browser, page_icon="🌊", layout="wide")
    st.html(style.PAGE)
    head.follow_the_theme()
    head.script()
    # It may send something or nothing; what follows stays where it is.
    with st.container():
        state.open_visit(page.url_path)
    bar = page_bar.bar()
    top = head.head() if place.framed else None
    # A new figure is what a slider is moved for; the browser draws what comes first at once.
    if place.path == pages.FIRST:
        page.run()
    page_bar.fill(bar, [*PAGES.values()])
    if top:
        head.fill(top, place, PAGES)
        sidebar.show(sliders=place.sliders)
    if place.path != pages.FIRST:
        page.run()
    if in_force.settle():
        state.note((in_force.LOST,))
        st.rerun()
    for finish in unfinished:
        finish()


messages.held_back()
first_page = state.PAGE not in st.session_state
with desk().drawing(), shares.drawing(visitor_id(), give_way, first=first_page):
    draw()
uploads.bounded()
_freeze_what_stays()
