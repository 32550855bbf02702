"""Your platform: a dozen fields, each may stay open; the answer follows at once."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from model.evidence.traffic import KNOWN, Traffic, read_traffic, rows_of
from model.formats.progress import WHOLE, OnProgress, part
from model.formats.reading import read
from model.limits import MEGABYTE, MOST_UPLOAD_BYTES
from model.present.words import evidence, headline, own_platform
from views.session import state
from views.shell import messages
from views.waiting import receiving
from views.your_platform import entries

_ROWS = (
    ("name", "currency", "time_zone", "regions"),
    ("users", "minutes", "visits", "uploads"),
    ("revenue", "commerce", "subscriptions", "cloud_bill"),
    ("people", "hours", "rate", "months"),
)
_ONWARD = ":material/arrow_forward:"
_UPLOAD, _READ = "own.traffic", "own.traffic.read"


def your_platform(*onward: StreamlitPage) -> None:
    """Show the page, with links to where people go on from it."""
    answer = st.container()
    messages.messages()
    with st.container(key="own_fields"):
        for keys in _ROWS:
            for place, key in zip(st.columns(len(keys), gap="small"), keys, strict=True):
                with place:
                    entries.show(key)
        left, right = st.columns([1, 3], gap="small")
        with left:
            entries.show("tolerance")
        with right:
            entries.provenance()
    _traffic()
    run = state.run()
    loss = run.result.mean("loss_usd").value
    with answer:
        said = own_platform.answer(run.components, loss)
        st.html(f"<p class='answer short'>{headline.html(said)}</p>")
        st.caption(
            "Type what you know. What stays open is scaled from the default and says so; "
            "an interval is written like 10M to 14M."
        )
    row = st.container(horizontal=True)
    for page in onward:
        label = headline.markdown(f"On to {page.title}")
        row.page_link(page, label=label, query_params=state.parameters(), icon=_ONWARD)
    messages.implausible(run)


def _traffic() -> None:
    """Take own traffic, or revenue by month, in place of the default's curves."""
    with st.expander("Own hourly traffic, or revenue by month", key="own.curves"):
        file = st.file_uploader(
            "A file with timestamp and value",
            type=["csv", "txt", "tsv", "xlsx"],
            max_upload_size=MOST_UPLOAD_BYTES // MEGABYTE,
            key=_UPLOAD,
            help="Hours, or finer, over two weeks at least become the profile of demand; twelve "
            "months of revenue become that of ad prices.",
        )
        clock = state.current().time_zone

        def make(raw: bytes, name: str, on_progress: OnProgress) -> Traffic:
            table = read(
                raw, name, known=KNOWN, sheets="alike", on_progress=part(on_progress, 0, 600)
            )
            rest = part(on_progress, 600, WHOLE)
            return read_traffic(table, clock=clock, on_progress=rest)

        received = receiving.receive(_UPLOAD, file, make)
        if received is not None:
            _take(received)
        for line in st.session_state.get(_READ, ()):
            st.markdown(headline.markdown(f"- {line}"))
        for name in ("profiles.demand", "profiles.price"):
            given = state.current().evidence(name)
            label = state.current().declared(name).label
            st.caption(headline.markdown(f"{label}: {headline.cited(given)}"))


def _take(received: receiving.Received[Traffic]) -> None:
    """Take what was read into the scenario, or say why nothing was."""
    lines = [f"{received.file}: {problem}" for problem in received.problems]
    for found in received.found:
        lines += [*found.remarks, f"{received.file}: {evidence.traffic(found)}"]
        state.replace(state.current().with_(*rows_of(found, received.file)))
    st.session_state[_READ] = lines
    if received.found:
        st.rerun()
