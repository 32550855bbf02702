"""Own traffic or revenue by month: a profile of the scenario, hours of incidents left out."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from model.assumptions import profiles
from model.assumptions.lookup import declared
from model.evidence.log.log import Log
from model.evidence.traffic import KNOWN, Traffic, read_traffic, rows_of
from model.formats.progress import WHOLE, OnProgress, part
from model.formats.reading import read
from model.limits import MEGABYTE, MOST_UPLOAD_BYTES
from model.present.charts import overview_data
from model.present.words import evidence, headline
from model.present.words import numbers as fmt
from views.incident_log.in_hand import InHand
from views.session import state
from views.shell import charts
from views.waiting import receiving
from views.waiting.receiving import Received

_UPLOAD, _RECEIVED = "traffic.upload", "traffic.received"


def show(in_hand: InHand | None, log: Log | None) -> None:
    """Offer to bring a traffic export; the hours in which the log had an incident do not count."""
    with st.expander("Your own traffic, or revenue by month", key="traffic"):
        st.caption(
            "Timestamp and value: hours or finer over two weeks at least make the profile of "
            "demand, twelve months of revenue that of ad prices."
        )
        left, right = st.columns([3, 2])
        file = left.file_uploader(
            "A traffic export",
            type=["csv", "txt", "tsv", "xlsx", "json", "jsonl"],
            max_upload_size=MOST_UPLOAD_BYTES // MEGABYTE,
            key=_UPLOAD,
        )
        zones = ["", *sorted(name for name in available_timezones() if "/" in name)]
        zone = right.selectbox(
            "Its times without a zone are in",
            zones,
            format_func=lambda name: name or "UTC, or what the column says",
            key="traffic.zone",
            persist_state="session",
        )
        clock, digest = state.current().time_zone, in_hand.digest if in_hand else ""

        def make(raw: bytes, name: str, on_progress: OnProgress) -> Traffic:
            table = read(
                raw, name, known=KNOWN, sheets="alike", on_progress=part(on_progress, 0, 600)
            )
            rest = part(on_progress, 600, WHOLE)
            return read_traffic(table, clock=clock, zone=zone, log=log, on_progress=rest)

        how = (clock, zone, digest, log.options if log else None)
        received = receiving.receive(_UPLOAD, file, make, *how)
        if received is not None:
            st.session_state[_RECEIVED] = received
        if file is not None:
            _shown(st.session_state.get(_RECEIVED))


def _shown(received: Received[Traffic] | None) -> None:
    """Show what was read last, or why nothing was."""
    if received is None:
        return
    if received.problems:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in received.problems[:12])
        st.error(f"Not taken; the scenario stays as it was.\n{lines}", icon=":material/block:")
    for found in received.found:
        _found(found, received.file)


def _found(found: Traffic, file: str) -> None:
    """Show a profile with its coverage, and offer it to the scenario."""
    st.markdown(headline.markdown(f"**{evidence.traffic(found)}.**"))
    for line in found.remarks:
        st.caption(headline.markdown(line))
    weights = profiles.weights(found.word)
    span = f"from {fmt.significant(weights.min(), 2)} to {fmt.significant(weights.max(), 2)}"
    item = declared(found.profile)
    charts.chart(
        "profile",
        overview_data.profile(weights),
        alt=f"{item.label}: weights {span}.",
        key="traffic.profile",
    )
    months = len(weights) == profiles.ROWS["profiles.price"]
    st.caption(
        "Weights by month from January, around a mean of one."
        if months
        else "Weights by hour of the week from Monday midnight, around a mean of one."
    )
    if state.current().word(found.profile) == found.word:
        st.success("In the scenario.", icon=":material/check:")
        st.button(
            "Back to the default profile",
            on_click=state.reset,
            args=(found.profile,),
            key="traffic.undo",
            icon=":material/undo:",
        )
        return
    st.button(
        "Use this profile",
        type="primary",
        on_click=_use,
        args=(found, file),
        key="traffic.use",
    )


def _use(found: Traffic, file: str) -> None:
    state.replace(state.current().with_(*rows_of(found, file)))
