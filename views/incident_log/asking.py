"""How the log is to be read: dates, zone, which end counts, columns, filters."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import available_timezones

import streamlit as st

from model.evidence.log.guessing import EndColumn
from model.evidence.log.log import Log, with_end
from model.evidence.log.options import DATE, FIELDS, LOSSES, LogOptions
from model.evidence.log.times import midnight
from model.present.words import evidence, headline
from views.incident_log import causes
from views.incident_log.in_hand import InHand
from views.session import state
from views.shell import tables

_NONE = "(none)"
_MOST_VALUES = 200
_FILTERS = ("severity", "kind", "status", "service", "cause")
_MOST_COMPARED = 5_000
"""Rows up to which every possible end is tried out at once."""
FIELD_LABELS = {
    "start": "Start", "end": "End", "updated": "Last update", "status": "Status",
    "duration": "Duration", "cause": "Cause", "kind": "Kind of record", "severity": "Severity",
    "service": "Service", "title": "Title", "id": "Number or id",
    "publish_loss": "Uploads lost", "playback_loss": "Viewing lost", "ads_loss": "Ads lost",
    DATE: "Day (where start and end are clock times)",
}  # fmt: skip


def options(log: InHand) -> LogOptions:
    """Show what can be said about the log; return how it is to be read."""
    zone, begin, end = _when(log)
    own_columns = [*_end(log), *_columns(log)]
    where = _filters(log, dict(own_columns))
    assign, cause = causes.ask(log, dict(own_columns))
    return LogOptions(
        begin=begin,
        end=end,
        time_zone=zone,
        columns=tuple(own_columns),
        where=where,
        assign=assign,
        cause=cause,
        max_duration_h=state.current().belief("simulation.max_duration").low,
        left_out=log.by_hand.left_out,
        corrected=log.by_hand.corrected,
    )


def _when(log: InHand) -> tuple[str, datetime | None, datetime | None]:
    """Ask for the time that the log covers and the zone of its clocks."""
    first, last, where = st.columns(3)
    begin = first.date_input(
        "Incidents were written down from",
        None,
        min_value=date(1990, 1, 1),
        max_value=date(2100, 1, 1),
        key=log.key("begin"),
        persist_state="session",
        help="Not the first incident: a quiet time before it counts too. Needed for rates.",
    )
    end = last.date_input(
        "Exported on",
        None,
        min_value=date(1990, 1, 1),
        max_value=date(2100, 1, 1),
        key=log.key("end"),
        persist_state="session",
        help="The log covers the time up to this day, not the day itself; what is open was still "
        "open then. Needed for rates.",
    )
    zones = ["", *sorted(name for name in available_timezones() if "/" in name or name == "UTC")]
    zone = where.selectbox(
        "Times without a zone are in",
        zones,
        0,
        format_func=lambda name: name or "UTC, or what the columns say",
        key=log.key("zone"),
        persist_state="session",
    )
    if not zone and log.says_no_zone:
        st.info(
            "The times in this file name no zone and are read as UTC. Say which zone they are in, "
            "so that nights, weekends and clock changes are where they were.",
            icon=":material/schedule:",
        )
    return zone, _midnight(begin, zone), _midnight(end, zone)


def _midnight(day: date | None, zone: str) -> datetime | None:
    return midnight(day, zone) if isinstance(day, date) else None


def _end(log: InHand) -> list[tuple[str, str]]:
    """Ask which column is the end; nothing if the guess stands."""
    kinds = {each.column: each.kind for each in log.guess.ends}
    others = [name for name in log.table.columns if name not in kinds]
    choices = [*kinds, *others, _NONE]
    guessed = log.guess.columns.get("end", _NONE)
    chosen = st.selectbox(
        "An incident ends at",
        choices,
        choices.index(guessed),
        format_func=lambda name: f"{name} ({kinds[name]})" if name in kinds else name,
        key=log.key("end_column"),
        persist_state="session",
        help="Impact: users were served again. Resolved and closed are paperwork, which may "
        "come days later and makes incidents look longer.",
    )
    if chosen == guessed:
        return []
    return [("end", "" if chosen == _NONE else str(chosen))]


def compare_ends(log: InHand, read: Log) -> None:
    """Show what each column that may be the end would make of the durations."""
    ends = log.guess.ends
    if len(ends) < 2:
        return
    many = len(log.table.rows) > _MOST_COMPARED
    if many and not st.button("Compare the possible ends", key=log.key("compare_ends")):
        return
    rows = [(f"{each.column} ({each.kind})", _end_cells(log, read, each)) for each in ends]
    now = read.columns.get("end", "")
    marked = next((f"{each.column} ({each.kind})" for each in ends if each.column == now), "")
    heads = ("End", "Known ends", "Hours together", "Half are shorter than")
    st.html(tables.table(heads, rows, marked=marked, words=True))


def _end_cells(log: InHand, read: Log, end: EndColumn) -> tuple[str, ...]:
    same = read.columns.get("end") == end.column
    return evidence.lengths(read if same else with_end(log.table, read.options, end.column))


def _columns(log: InHand) -> list[tuple[str, str]]:
    """Show which column is what; return what was changed by hand."""
    changed = []
    with st.expander("Columns: guessed, change what is wrong", key=log.key("columns")):
        places = st.columns(3)
        fields = [field for field in (*FIELDS, DATE) if field != "end"]
        for k, field in enumerate(fields):
            choices = [_NONE, *log.table.columns]
            guessed = log.guess.columns.get(field, _NONE)
            chosen = places[k % 3].selectbox(
                headline.markdown(FIELD_LABELS[field]),
                choices,
                choices.index(guessed),
                key=log.key(f"column.{field}"),
                persist_state="session",
            )
            if chosen != guessed:
                changed.append((field, "" if chosen == _NONE else str(chosen)))
    return changed


def _filters(log: InHand, by_hand: dict[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Ask which rows are meant; of each field the values that count."""
    columns = {**log.guess.columns, **by_hand}
    found: list[tuple[str, tuple[str, ...]]] = []
    with st.expander("Only some of the rows", key=log.key("filters")):
        st.caption(
            "The scenario's rates count incidents that users notice. Keep the rows that are such; "
            "the source of what is fitted names the filter."
        )
        places = st.columns(2)
        offered = [field for field in _FILTERS if columns.get(field)]
        for k, field in enumerate(offered):
            values = _values(log, columns[field])
            chosen = places[k % 2].multiselect(
                headline.markdown(FIELD_LABELS[field]),
                values,
                format_func=headline.plain,
                key=log.key(f"where.{field}"),
                placeholder="all",
                persist_state="session",
                accept_new_options=len(values) >= _MOST_VALUES,
            )
            if chosen:
                found.append((field, tuple(chosen)))
        least = places[len(offered) % 2].number_input(
            "Lasted at least, hours",
            min_value=0.0,
            value=0.0,
            step=0.25,
            key=log.key("where.least"),
            persist_state="session",
        )
        if least > 0:
            found.append(("duration", (f">={least:g}",)))
        for name in LOSSES:
            if columns.get(name):
                found += _least_loss(log, name)
    return tuple(found)


def _least_loss(log: InHand, name: str) -> list[tuple[str, tuple[str, ...]]]:
    least = st.slider(
        headline.markdown(f"{FIELD_LABELS[name]}: at least"),
        0.0,
        1.0,
        0.0,
        0.05,
        key=log.key(f"where.{name}"),
        persist_state="session",
    )
    return [(name, (f">={least:g}",))] if least > 0 else []


def _values(log: InHand, column: str) -> list[str]:
    """Return the different texts of a column, the most frequent first."""
    if column not in log.table.columns:
        return []
    counts = log.words(column)
    named = [text for text in counts if not text.startswith(("<", ">"))]
    return sorted(named, key=lambda text: (-counts[text], text))[:_MOST_VALUES]
