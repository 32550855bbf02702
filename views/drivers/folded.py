"""What few people need: every uncertain input ranked, and the minutes of the error budget."""

from __future__ import annotations

import math

import streamlit as st

from model.decisions.compare import Comparison
from model.drivers.ranking import Ranked, ranked
from model.drivers.tornado import Tornado
from model.present.files import driver_tables
from model.present.files import tables as files
from model.present.files.declared.meanings import NONE
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.titles import title
from model.runs.breakdowns import EVERY_CAUSE, Unavailable
from model.runs.result import Result
from model.scenario.scenario import Scenario
from views.session import comparisons, state
from views.session.runs import Run
from views.shell import downloads, tables

_FUNCTIONS = {"playback": "Watching", "publishing": "Posting", "ads": "Ad serving"}
_MOST = 30
_HEADS = ("Minutes a year", "Availability", "Median year", "1-in-20 year", "Years at 99.9\xa0%")


def ranking(found: Tornado, run: Run) -> None:
    """Show every uncertain input by how far it moves the average year of a run."""
    section = st.expander("Every input, ranked", key="drivers.ranking", on_change="rerun")
    if not section.open:
        return
    with section:
        if found.figure == "eal":
            _ranking(found, run, state.current())
        else:
            st.markdown("The ranking is by the average year: choose it above.")


def _ranking(found: Tornado, run: Run, scenario: Scenario) -> None:
    ranks = ranked(scenario, found, run.measures["eal"].value)
    heads = ("Input", "Evidence", "Low", "High", "Average year goes from", "to")
    lines = [(title(row.name, scenario), _ranked(row)) for row in ranks.rows[:_MOST]]
    st.html(tables.table(heads, lines, words=True))
    more = len(ranks.rows) - len(lines)
    rest = f" {more:,} more are in the CSV." if more > 0 else ""
    st.caption(
        "Evidence: A is measured and published, B is a published estimate, C is judgement. Low and "
        f"high are the ends of the 90\xa0% range; all else as it is.{rest}"
    )
    downloads.csv("Ranking as CSV", "ranking.csv", lambda: driver_tables.ranking(ranks, scenario))


def _ranked(row: Ranked) -> tuple[str, ...]:
    ends = (fmt.shown(end, row.unit, 2) for end in (row.low, row.high))
    return (row.grade, *ends, fmt.money(row.eal_from), fmt.money(row.eal_to))


def error_budget(result: Result) -> None:
    """Show the minutes that each function is unavailable, by cause and under each remedy."""
    label = "Error budget: minutes unavailable"
    section = st.expander(label, key="drivers.budget", on_change="rerun")
    if not section.open:
        return
    with section:
        _error_budget(result, comparisons.singles(st.empty()))


def _error_budget(result: Result, singles: Comparison | None) -> None:
    function = st.segmented_control(
        "Function",
        list(_FUNCTIONS),
        default="playback",
        required=True,
        format_func=lambda name: headline.markdown(_FUNCTIONS[name]),
        key="drivers.function",
        label_visibility="collapsed",
        persist_state="session",
    )
    scenario = result.scenario
    rows = [(NONE, row) for row in result.error_budget()]
    if singles is not None:
        rows += [(name, row) for name, row in singles.error_budget() if name != singles.names[0]]
    shown = [(remedy, row) for remedy, row in rows if row.function == function]
    whole, *others = shown
    others.sort(key=lambda pair: -pair[1].minutes.value)
    causes = [(_called(pair, scenario), _cells(pair[1])) for pair in (whole, *others)]
    st.html(tables.table(("", *_HEADS), causes, marked=_called(whole, scenario)))
    st.caption(
        "Minutes of an average year in which it does not work, weighted by how many people are "
        "there, after failover; ± is simulation noise (95\xa0%). Means of causes add up to the "
        "first row, their 1-in-20 years do not: the worst years of causes differ. With a remedy: "
        "of all causes."
    )
    downloads.csv("Error budget as CSV", "error_budget.csv", lambda: files.error_budget(rows))


def _called(pair: tuple[str, Unavailable], scenario: Scenario) -> str:
    remedy, row = pair
    if remedy != NONE:
        label = next(one.label for one in scenario.remedies if one.name == remedy)
        return f"With {label}"
    return "All causes" if row.cause == EVERY_CAUSE else scenario.cause_label(row.cause)


def _cells(row: Unavailable) -> tuple[str, ...]:
    minutes = f"{fmt.number(row.minutes.value)} {fmt.error(row.minutes.standard_error, fmt.number)}"
    known = [fmt.number(end) if math.isfinite(end) else "" for end in (row.p50, row.p95)]
    kept = fmt.share(row.p_kept_999) if math.isfinite(row.p_kept_999) else ""
    return (minutes, fmt.share(row.availability, 3), *known, kept)
