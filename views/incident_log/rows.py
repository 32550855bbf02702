"""Every row of the log with its verdict: filtered, downloaded, corrected, left out, replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import streamlit as st

from model.evidence.log.log import Log
from model.evidence.log.options import LOSSES, Correction
from model.formats.dates import Moment, read_moment
from model.formats.table import text_of
from model.present.files import evidence_tables
from model.present.words import headline
from model.present.words.spoken.subject import cause_label
from views.incident_log import in_hand
from views.incident_log.in_hand import InHand
from views.session import state, to_replay
from views.session.to_replay import ToReplay
from views.shell import downloads

_MOST_SHOWN = 1_000
_LONGEST = 60
_PROBLEM = "log.row_problem"


def show(log: InHand, read: Log) -> None:
    """Show the rows, and what can be done with one of them."""
    counts = read.rows.counts()
    with st.expander("Every row, and how it was read", key=log.key("rows")):
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        wanted = left.pills(
            "Read as",
            list(counts),
            selection_mode="multi",
            format_func=lambda verdict: headline.markdown(f"{verdict} {counts[verdict]:,}"),
            key=log.key("verdicts"),
            persist_state="session",
        )
        text = right.text_input(
            "Contains",
            key=log.key("row_text"),
            placeholder="a word of the title, reason or cause",
            persist_state="session",
        )
        chosen = _chosen(log, read, list(wanted), text)
        shown = chosen[:_MOST_SHOWN]
        st.dataframe(_table(log, read, shown), hide_index=True, width="stretch", height=300)
        if len(chosen) > _MOST_SHOWN:
            st.caption(f"The first {_MOST_SHOWN:,} of {len(chosen):,} rows; the file has them all.")
        downloads.csv("All rows as CSV", "rows.csv", lambda: evidence_tables.rows(read))
        _one(log, read, shown)


def _chosen(log: InHand, read: Log, verdicts: list[str], text: str) -> list[int]:
    """Return the positions of the rows that are wanted."""
    keep = np.ones(len(read.rows.number), dtype=bool)
    if verdicts:
        keep &= np.isin(read.rows.read.astype(str), verdicts)
    places = np.flatnonzero(keep).tolist()
    wanted = text.casefold().split()
    if not wanted:
        return places
    titles = _titles(log, read)
    return [row for row in places if _has(read, titles[row], row, wanted)]


def _has(read: Log, title: str, row: int, wanted: list[str]) -> bool:
    text = f"{title} {read.rows.reason[row]} {read.rows.cause[row]}".casefold()
    return all(word in text for word in wanted)


def _titles(log: InHand, read: Log) -> tuple[str, ...]:
    column = read.columns.get("title") or read.columns.get("service")
    if column is None:
        return ("",) * len(log.table.rows)
    return tuple(text_of(cell).strip() for cell in log.table.column(column))


def _table(log: InHand, read: Log, places: list[int]) -> pd.DataFrame:
    titles, rows = _titles(log, read), read.rows
    hours = rows.end - rows.start
    return pd.DataFrame(
        {
            log.table.place: [rows.number[k] for k in places],
            "read as": [rows.read[k] for k in places],
            "why": [rows.reason[k] for k in places],
            "start (UTC)": [_moment(float(rows.start[k])) for k in places],
            "end (UTC)": [_moment(float(rows.end[k])) for k in places],
            "hours": [round(float(hours[k]), 3) for k in places],
            "cause": [cause_label(rows.cause[k]) if read.tells_causes else "" for k in places],
            "title": [titles[k][:_LONGEST] for k in places],
        }
    )


def _moment(hours: float) -> str:
    if np.isnan(hours):
        return ""
    return f"{datetime.fromtimestamp(round(hours * 3600), UTC):%Y-%m-%d %H:%M}"


def _one(log: InHand, read: Log, places: list[int]) -> None:
    """Show one row and what can be done with it."""
    titles = _titles(log, read)
    row = st.selectbox(
        "One row",
        places,
        None,
        format_func=lambda k: headline.plain(
            f"{log.table.place} {read.rows.number[k]} · {_moment(float(read.rows.start[k]))} · "
            f"{titles[k][:_LONGEST]}"
        ),
        key=log.key("row"),
        placeholder="Pick a row to correct it, leave it out or replay it",
    )
    if row is None:
        return
    number = read.rows.number[row]
    why = f": {read.rows.reason[row]}" if read.rows.reason[row] else ""
    st.markdown(headline.markdown(f"Read as **{read.rows.read[row]}**{why}"))
    _replay(log, read, int(row), titles[row])
    by_hand = {n for n, _ in log.by_hand.left_out} | {c.row for c in log.by_hand.corrected}
    if number in by_hand:
        st.button(
            "As the file has it",
            key=log.key("row_back"),
            on_click=_as_written,
            args=(log, number),
            icon=":material/undo:",
        )
    _form(log, read, int(row))


def _form(log: InHand, read: Log, row: int) -> None:
    """Ask for what is known better, or why the row does not count."""
    number = read.rows.number[row]

    def key(part: str) -> str:
        return log.key(f"row.{number}.{part}")

    with st.form(key("form")):
        places = st.columns([2, 2, 2])
        zone = read.options.time_zone or "UTC"
        for place, part, hours in (
            (places[0], "start", read.rows.start[row]),
            (places[1], "end", read.rows.end[row]),
        ):
            place.text_input(
                headline.markdown(f"{part.capitalize()} ({zone})"),
                placeholder=_local(hours, zone) or "2026-04-01 13:30",
                key=key(part),
            )
        places[2].selectbox(
            "Cause",
            ["", *state.current().causes],
            format_func=lambda cause: cause_label(cause) if cause else "as it is",
            key=key("cause"),
        )
        st.text_input("Reason", key=key("why"), placeholder="why the file is wrong; it is kept")
        left, right, _ = st.columns([1, 1, 2])
        left.form_submit_button("Correct", on_click=_correct, args=(log, number, zone))
        right.form_submit_button("Leave out", on_click=_leave_out, args=(log, number))
    problem = st.session_state.pop(_PROBLEM, "")
    if problem:
        st.error(headline.markdown(problem), icon=":material/block:")


def _local(hours: float, zone: str) -> str:
    if np.isnan(hours):
        return ""
    return f"{datetime.fromtimestamp(round(hours * 3600), ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _said(log: InHand, number: int, part: str) -> str:
    return str(st.session_state.get(log.key(f"row.{number}.{part}"), "")).strip()


def _correct(log: InHand, number: int, zone: str) -> None:
    moments: dict[str, datetime | None] = {}
    for part in ("start", "end"):
        text = _said(log, number, part)
        found = read_moment(text, zone=ZoneInfo(zone)) if text else None
        if text and not (isinstance(found, Moment) and found.utc):
            st.session_state[_PROBLEM] = f"{part}: {getattr(found, 'text', 'no date and time')}"
            return
        moments[part] = found.utc if isinstance(found, Moment) else None
    why, cause = _said(log, number, "why"), _said(log, number, "cause")
    if not why or not (cause or any(moments.values())):
        st.session_state[_PROBLEM] = "Say what is right (start, end or cause) and the reason."
        return
    one = Correction(row=number, why=why, cause=cause, **moments)
    kept = tuple(c for c in log.by_hand.corrected if c.row != number)
    in_hand.say(replace(log.by_hand, corrected=(*kept, one)))


def _leave_out(log: InHand, number: int) -> None:
    why = _said(log, number, "why")
    if not why:
        st.session_state[_PROBLEM] = "Say the reason for leaving it out."
        return
    kept = tuple(pair for pair in log.by_hand.left_out if pair[0] != number)
    in_hand.say(replace(log.by_hand, left_out=(*kept, (number, why))))


def _as_written(log: InHand, number: int) -> None:
    left_out = tuple(pair for pair in log.by_hand.left_out if pair[0] != number)
    corrected = tuple(one for one in log.by_hand.corrected if one.row != number)
    in_hand.say(replace(log.by_hand, left_out=left_out, corrected=corrected))


def _replay(log: InHand, read: Log, row: int, title: str) -> None:
    """Offer to replay the incident that a row is the first of."""
    places = {first: k for k, first in enumerate(read.incidents.row)}
    at = places.get(row)
    if at is None:
        return
    found = read.incidents
    until = found.upper[at] if np.isfinite(found.upper[at]) else found.lower[at]
    hours = float(until - found.start[at])
    if hours <= 0:
        return
    losses = {
        name: float(found.losses[name][at])
        for name in LOSSES
        if name in found.losses and not np.isnan(found.losses[name][at])
    }
    cause = found.cause[at] if found.cause[at] in state.current().causes else ""
    name = title[:_LONGEST] or f"{log.file}, {log.table.place} {read.rows.number[row]}"
    start = datetime.fromtimestamp(round(found.start[at] * 3600), UTC)
    handed = to_replay.handed_over()
    st.button(
        "Replay this one",
        key=log.key("replay"),
        on_click=to_replay.hand_over,
        args=(ToReplay(name=name, start=start, hours=hours, cause=cause, losses=losses),),
        icon=":material/replay:",
    )
    if handed is not None and handed.start == start:
        st.caption("Ready: the page **Replay** now begins with it.")
