"""The model held against what happened: published figures, own cases, own years."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from concurrent.futures import Executor

import streamlit as st

from model.evidence.backtests import (
    COLUMNS,
    FIGURES,
    WORLDS,
    Case,
    Outcome,
    backtest,
    cases,
    published,
)
from model.evidence.fitting.fitted import FitOptions
from model.evidence.log.log import Log
from model.evidence.own_years import YearScore, held_out, own_years
from model.formats.answers import FormatError
from model.limits import MEGABYTE, MOST_UPLOAD_BYTES
from model.present.charts.evidence import learned, specs
from model.present.files import evidence_tables
from model.present.words import headline
from model.present.words.learned import backtests as words
from views.incident_log import in_hand
from views.incident_log.in_hand import InHand
from views.session import comparisons, long_work, state
from views.session.long_work import Progress
from views.shell import charts, downloads, tables

_CASES, _WRONG, _FILE, _SEEN = "case.own", "case.wrong", "case.file", "case.seen"
_MOST_PHASES = 6
_BYTES = 200_000
_USERS = "users_share_day_K"
_LOSSES = ("Uploads lost", "Viewing lost", "Ads lost")


def show(log: InHand | None, read: Log | None) -> None:
    """Offer the back-tests, each folded away until somebody wants it."""
    _published()
    if log is not None and read is not None:
        _own_years(log, read)


def _published() -> None:
    one = st.expander("Published incidents, and yours", key="case.published", on_change="rerun")
    if not one.open:
        return
    with one:
        known = (*published(state.current().time_zone), *_own_cases())
        scenario = comparisons.switched_off(state.current())

        def make(progress: Progress, threads: Executor) -> tuple[Outcome, ...]:
            return threads.submit(backtest, known, scenario, on_progress=progress).result()

        outcomes = long_work.work(
            st.empty(),
            "backtest",
            (known, scenario),
            make,
            on=(scenario, WORLDS),
            doing="Replaying each case",
            size=_BYTES,
            kept=long_work.own_store(),
        )
        # Here also while there is nothing yet: what comes after it stays in its place.
        with st.container():
            if outcomes is not None:
                _published_are(outcomes, known)
        _another()


def _published_are(outcomes: tuple[Outcome, ...], known: Sequence[Case]) -> None:
    _drawn(outcomes, "published")
    downloads.csv("Back-tests as CSV", "backtest.csv", lambda: evidence_tables.backtest(outcomes))
    with st.expander("Where the figures come from", key="case.sources"):
        for case in known:
            said = f"{case.name}, {words.figure(case.figure)}: {case.source}"
            st.markdown(headline.markdown(f"- {said}"))


def _drawn(outcomes: tuple[Outcome, ...], key: str) -> None:
    st.markdown(headline.markdown(words.summary(outcomes)))
    table = learned.backtests(outcomes)
    lines = "; ".join(f"{row.label}: {row.text}" for row in table.itertuples())
    charts.draw(
        specs.spec("backtests", charts.mode()),
        table,
        alt=f"Share of the model's answers below the truth, by case: {lines}.",
        key=f"log.backtests.{key}",
    )
    st.html(tables.table(words.HEAD, map(words.row, outcomes), words=True))
    for line in words.reasons(outcomes):
        st.caption(headline.markdown(line))


def _own_cases() -> tuple[Case, ...]:
    found: tuple[Case, ...] = st.session_state.get(_CASES, ())
    return found


def _another() -> None:
    """Ask for another case, typed or as a file."""
    st.markdown("**Add a case whose figure you know**")
    file = st.file_uploader(
        "A file of cases",
        type=["csv", "xlsx"],
        max_upload_size=MOST_UPLOAD_BYTES // MEGABYTE,
        key=_FILE,
        help=headline.markdown(f"Columns {', '.join(COLUMNS)}; a row for each phase."),
    )
    if file is not None and st.session_state.get(_SEEN) != file.file_id:
        st.session_state[_SEEN] = file.file_id
        _add(file.getvalue(), file.name)
        st.rerun()
    _typed()
    wrong: tuple[str, ...] = st.session_state.get(_WRONG, ())
    if wrong:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in wrong)
        st.error(f"Not added:\n{lines}", icon=":material/block:")
    if _own_cases():
        st.button("Remove the cases added here", on_click=_forget, key="case.forget")


def _typed() -> None:
    count = st.number_input("Phases", 1, _MOST_PHASES, 1, key="case.phases")
    with st.form("case.form"):
        name, what, days = st.columns([3, 3, 1])
        name.text_input("Name", key="case.name")
        what.selectbox("Figure", (*FIGURES, _USERS), format_func=_figure_label, key="case.figure")
        days.number_input("Days later", 1, 365, 1, key="case.days", help="For users missing.")
        low, high, start = st.columns(3)
        low.text_input("Published, at least", key="case.low", help="A share like 0.24, or money.")
        high.text_input("At most", key="case.high", placeholder="the same")
        start.text_input("Began", key="case.start", placeholder="2026-03-03T08:24")
        st.text_input("Source", key="case.source")
        for k in range(int(count)):
            places = st.columns(4)
            places[0].text_input(f"Phase {k + 1:d}: hours", key=f"case.hours.{k}")
            for place, label in zip(places[1:], _LOSSES, strict=True):
                place.text_input(
                    headline.markdown(label),
                    key=f"case.{label}.{k}",
                    placeholder="0.3, or 0.1-0.4, or drawn",
                )
        st.form_submit_button("Add the case", on_click=_take, args=(int(count),))


def _figure_label(name: str) -> str:
    return "users missing some days later" if name == _USERS else words.figure(name)


def _take(phases: int) -> None:
    """Add the case in the form, by the file it would be."""

    def said(part: str) -> str:
        return str(st.session_state.get(f"case.{part}", "")).strip()

    figure = said("figure").replace("_K", f"_{said('days')}")
    head = (said("name"), figure, said("low"), said("high") or said("low"), said("source"))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for k in range(phases):
        losses = (said(f"{label}.{k}") for label in _LOSSES)
        writer.writerow((*head, said("start"), said(f"hours.{k}"), *losses))
    _add(out.getvalue().encode(), "the form")


def _add(raw: bytes, name: str) -> None:
    try:
        here = state.current()
        found = cases(raw, name, here.time_zone, here.currency)
    except FormatError as error:
        st.session_state[_WRONG] = tuple(f"{name}: {line}" for line in error.problems)
        return
    st.session_state[_WRONG] = ()
    st.session_state[_CASES] = (*_own_cases(), *found)


def _forget() -> None:
    st.session_state[_CASES] = ()


def _own_years(log: InHand, read: Log) -> None:
    years = held_out(read)
    one = st.expander("Your own years, each foreseen from what came before", key=log.key("years"))
    with one:
        if not years:
            st.caption("The log has to cover 15 months at least (both dates, above).")
            return
        scenario = comparisons.switched_off(in_hand.believed_before(state.current()))

        def make(progress: Progress, threads: Executor) -> tuple[YearScore, ...]:
            how = FitOptions(file=log.file)
            return threads.submit(
                own_years, read, log.table, scenario, how, on_progress=progress
            ).result()

        scores = long_work.work(
            st.empty(),
            "log.years",
            (log.digest, read.options, scenario),
            make,
            on=(scenario, WORLDS),
            doing="Fitting what came before each year",
            size=_BYTES,
            start=f"Hold out {len(years):d} year{'s' if len(years) > 1 else ''}",
            kept=long_work.own_store(),
        )
        if scores:
            outcomes = tuple(each for score in scores for each in (score.fitted, score.before))
            _drawn(outcomes, "own")
            st.markdown(headline.markdown(words.better(scores)))
            for line in words.calibration(scores):
                st.caption(headline.markdown(line))
