"""The app: `streamlit run app.py`. Navigation, the sidebar, and the page in view."""

from __future__ import annotations

import gc

import streamlit as st

from views import frame, look, sidebar, state
from views.assumptions import assumptions
from views.decide import decide
from views.drivers import drivers
from views.overview import overview
from views.present import present
from views.replaying import replaying

PAGES = (
    st.Page(overview, title="Overview", url_path="overview", default=True),
    st.Page(assumptions, title="Assumptions", url_path="assumptions"),
    st.Page(replaying, title="Replay", url_path="replay"),
    st.Page(decide, title="Compare and decide", url_path="decide"),
    st.Page(drivers, title="Drivers", url_path="drivers"),
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


st.set_page_config(page_title="Downstream", page_icon="🌊", layout="wide")
page = st.navigation(PAGES, position="hidden")
st.html(look.PAGE)
state.open_visit(page.url_path)
frame.navigation(PAGES)
if page.url_path != "present":
    sidebar.show(page.url_path)
page.run()
_freeze_what_stays()
