"""Who may talk to the app: pages of its own address, and those that the configuration names.

Streamlit accepts a connection without an origin, and one from any port of this machine. Such a
visitor gets no page.

>>> own("http://127.0.0.1:8501", "127.0.0.1:8501"), own("http://127.0.0.1:9", "127.0.0.1:8501")
(True, False)
>>> own(None, "127.0.0.1:8501"), own("https://a.example", "b:1", ["https://a.example"])
(False, True)
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

import streamlit as st


def own(origin: str | None, host: str, allowed: Collection[str] = ()) -> bool:
    """Tell whether a connection to a host comes from a page of the same address."""
    return bool(origin) and (origin in allowed or urlsplit(origin).netloc == host)


def admit() -> None:
    """End the run of a visitor who comes from a page of another address."""
    headers = st.context.headers
    host = headers.get("Host")
    # Without any host there is no connection: a test draws the page.
    if host is None or own(headers.get("Origin"), host, st.get_option("server.corsAllowedOrigins")):
        return
    st.error("This app answers only to its own address. Open it there.", icon=":material/block:")
    st.stop()
