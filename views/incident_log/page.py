"""Incident log: from the file of the house to an applied scenario, in four steps."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime, timedelta

import streamlit as st

from model.evidence.fitting.fitted import FitOptions, Fitted, fit_log
from model.evidence.log.log import Log, LogError, read_log
from model.evidence.log.options import LogOptions
from model.evidence.log.times import midnight
from model.limits import MEGABYTE, MOST_UPLOAD_BYTES
from model.present.words import evidence, headline
from model.runs.turns import Urgency
from views.incident_log import (
    applying,
    asking,
    backtesting,
    findings,
    in_hand,
    rows,
    traffic,
)
from views.incident_log.in_hand import InHand
from views.session import comparisons, long_work, state
from views.session.link import EVERYDAY_YEARS
from views.shell import messages
from views.waiting import receiving

_UPLOAD, _WRONG = "log.upload", "log.wrong"
_MOST_TOLD = 12
_BYTES_OF_A_FIT = 2_000_000
_BYTES_A_ROW = 300


def incident_log() -> None:
    """Show the page."""
    st.markdown(
        "Bring the log your team keeps. How often incidents strike, how long they last and how "
        "much they break becomes **measured** instead of judged."
    )
    messages.messages()
    # What comes and goes has a place of its own: a field for files that moved would lose its file.
    with st.container():
        _drop()
    log = in_hand.current()
    with st.container():
        read = _understood(log) if log is not None else None
        if log is not None and read is not None:
            _learned(log, read)
    st.header("More from your own data")
    traffic.show(log, read)
    backtesting.show(log, read)


def _learned(log: InHand, read: Log) -> None:
    st.header("3 · What it says")
    fitted = _fitted(log, read)
    if fitted is None:
        return
    findings.draw_timeline(log, fitted)
    findings.show(log, fitted)
    st.header("4 · Take it into the scenario")
    applying.show(log, fitted)


def _drop() -> None:
    st.header("1 · Drop your log")
    most = MOST_UPLOAD_BYTES // MEGABYTE
    file = st.file_uploader(
        "An export of Jira, PagerDuty, Statuspage, ServiceNow or your own table",
        type=["csv", "txt", "tsv", "xlsx", "json", "jsonl", "ndjson"],
        max_upload_size=most,
        key=_UPLOAD,
        help=f"CSV of any kind, Excel or JSON, up to {most:d} MB. It stays in this visit: nothing "
        "of it enters the link, and it is gone when you close the page.",
    )
    with st.container():
        received = receiving.receive(_UPLOAD, file, in_hand.read)
    if received is not None:
        problems = tuple(f"{received.file}: {line}" for line in received.problems)
        st.session_state[_WRONG] = problems
        if received.found:
            in_hand.take(received.found[0])
    wrong: tuple[str, ...] = st.session_state.get(_WRONG, ())
    log = in_hand.current()
    if wrong:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in wrong[:_MOST_TOLD])
        kept = f"The log before, {log.file}, stays." if log else ""
        st.error(
            f"This file was not taken. {headline.markdown(kept)}\n{lines}", icon=":material/block:"
        )
    if log is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(headline.markdown(f"In hand: **{log.file}**, {len(log.table.rows):,} rows"))
            st.button("Put away", on_click=in_hand.put_away, key="log.away", type="tertiary")


def _understood(log: InHand) -> Log | None:
    """Show how the log was read and what can be changed in that."""
    st.header("2 · How it was read")
    summary = st.container()
    options = asking.options(log)
    if options.begin and options.end and options.begin >= options.end:
        st.error("“Exported on” has to be after the day from which incidents were written down.")
        return None
    if (options.begin is None) != (options.end is None):
        options = replace(options, begin=None, end=None)
    try:
        read = _read(log, options)
    except LogError as error:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in error.problems)
        st.error(f"It cannot be read like this:\n{lines}", icon=":material/block:")
        return None
    if read is None:
        return None
    with summary:
        st.markdown(headline.markdown(f"**{evidence.covers(read)}.**"))
        if options.begin is None:
            st.caption(headline.markdown(evidence.span(read)))
    asking.compare_ends(log, read)
    _remarks(log, read)
    rows.show(log, read)
    return read


def _remarks(log: InHand, read: Log) -> None:
    if read.questions:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in read.questions)
        st.warning(f"Please look at these:\n{lines}", icon=":material/help:")
    if read.remarks:
        with st.expander("How the file was understood", key=log.key("remarks")):
            for line in read.remarks:
                st.markdown(f"- {headline.markdown(line)}")


def _read(log: InHand, options: LogOptions) -> Log | None:
    """Return the log as the options have it read, read once for them; None if stopped."""

    def make(progress: long_work.Progress, threads: Executor) -> Log:
        return threads.submit(read_log, log.table, options, progress).result()

    return long_work.work(
        st.empty(),
        "log.read",
        (log.digest, options),
        make,
        on=(state.current(), EVERYDAY_YEARS),
        doing="Reading every row",
        urgency=Urgency.SHOWN,
        size=_BYTES_A_ROW * len(log.table.rows),
        kept=long_work.own_store(),
    )


def _fitted(log: InHand, read: Log) -> Fitted | None:
    """Return the log fitted to what was believed before, with progress; None if stopped."""
    how = _more(log, read)
    scenario = comparisons.switched_off(in_hand.believed_before(state.current()))

    def make(progress: long_work.Progress, threads: Executor) -> Fitted:
        fitted: Fitted = threads.submit(fit_log, read, scenario, how, progress).result()
        return fitted

    try:
        return long_work.work(
            st.empty(),
            "log.fit",
            (log.digest, read.options, scenario, how),
            make,
            on=(scenario, EVERYDAY_YEARS),
            doing="Learning from the log",
            size=_BYTES_OF_A_FIT,
            kept=long_work.own_store(),
        )
    except ValueError as error:
        st.error(headline.markdown(str(error)), icon=":material/block:")
        return None


def _more(log: InHand, read: Log) -> FitOptions:
    """Ask what few need: a limit, why the log is looked at, a prior that says nothing."""
    how = FitOptions(file=log.file)
    if read.options.begin is None:
        return how
    with st.expander("Ask more of it", key=log.key("more")):
        left, middle, right = st.columns(3)
        limit = left.number_input(
            "How likely are more than … incidents a year?",
            min_value=0.0,
            value=None,
            step=1.0,
            key=log.key("limit"),
            persist_state="session",
        )
        first = middle.date_input(
            "I look because of what happened from",
            None,
            key=log.key("selection_from"),
            persist_state="session",
            help="Whoever looks at a log because of a bad month finds bad months. The window "
            "(first and last day) corrects the rates for that.",
        )
        last = middle.date_input("to", None, key=log.key("selection_to"), persist_state="session")
        vague = right.toggle(
            "Let the log speak alone about the rates",
            key=log.key("vague"),
            persist_state="session",
            help="The belief before is left out of the rates. For when it and the log disagree.",
        )
    window = _window(first, last, read.options.time_zone)
    return replace(how, limit=limit, vague=vague, selection=window)


def _window(first: date | None, last: date | None, zone: str) -> tuple[datetime, datetime] | None:
    """Return the moments of a window of days, the last one whole; None while there is none."""
    if first is None or last is None or first > last:
        return None
    return midnight(first, zone), midnight(last + timedelta(days=1), zone)
