"""What the log says: the timeline, luck or design, change, rates, durations, losses."""

from __future__ import annotations

from datetime import date

import streamlit as st

from model.evidence.fitting.fitted import Fitted
from model.evidence.fitting.lengths import ALL, Lengths
from model.evidence.fitting.rates import FittedRates
from model.evidence.log.options import LOSSES
from model.present.charts.evidence import learned, specs, timeline
from model.present.charts.style import DARK, LIGHT
from model.present.files import evidence_tables
from model.present.words import evidence, headline
from model.present.words.learned import luck
from views.incident_log.asking import FIELD_LABELS
from views.incident_log.in_hand import InHand
from views.shell import charts, downloads, tables

_LEGEND = (("believed before", "pale"), ("the log itself", "harm"), ("believed after", "main"))


def draw_timeline(log: InHand, fitted_log: Fitted) -> None:
    """Show what happened when."""
    read = fitted_log.log
    if not len(read.incidents.start):
        return
    st.subheader("What happened when")
    table = timeline.timeline(read, log.table)
    found = timeline.severities(table)
    if len(found) > 1 or (found and found[0][0] != "not said"):
        colours = specs.shades(DARK if charts.mode() == "dark" else LIGHT)
        st.html(tables.dots([(word, colours[rank]) for word, rank in found[:6]]))
    charts.draw(
        specs.spec("timeline", charts.mode()),
        table,
        alt=f"Timeline of the log: {timeline.spoken(table)}.",
        key="log.timeline",
    )
    many = bool((table["kind"] == "many").any())
    st.caption(
        "How to read this: one mark for the incidents of a cause in a stretch of time; the larger, "
        "the more hours they lasted together."
        if many
        else "How to read this: one mark per incident, the larger, the longer; a triangle where "
        "the length is not exactly known; a ring where several rows are one incident. Point at it "
        "for what it was."
    )


def show(log: InHand, fitted: Fitted) -> None:
    """Show all that was learned."""
    if fitted.rates is None:
        undated = fitted.log.options.begin is None
        said = "No rates yet: say both dates above." if undated else "No rates were fitted:"
        why = "" if undated else f" {fitted.no_rates}: what was believed of rates stays."
        st.info(headline.markdown(f"{said}{why}"), icon=":material/calendar_month:")
    else:
        _verdicts(fitted.rates, fitted)
        _rates(fitted.rates)
        downloads.csv("Rates as CSV", "rates.csv", lambda: evidence_tables.rates(fitted))
    _lengths(log, fitted)
    small = evidence.too_small(fitted)
    if small:
        with st.expander("What the log is too small for", key=log.key("too_small")):
            for line in small:
                st.markdown(headline.markdown(f"- {line}"))
    notes = [line for line in evidence.warnings(fitted, evidence.PAGE) if line not in small]
    if fitted.no_rates:
        notes = notes[1:]  # said above
    if notes:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in notes)
        st.warning(f"Before you use this:\n{lines}", icon=":material/warning:")
    _begin_at_the_change(log, fitted)


def _begin_at_the_change(log: InHand, fitted: Fitted) -> None:
    """Offer the time since the change as what the log covers."""
    if fitted.rates is None:
        return
    day = luck.changed_on(fitted.rates)
    if day is not None:
        st.button(
            f"Count only what came from {day:%Y-%m-%d} on",
            on_click=_begin_on,
            args=(log, day),
            key=log.key("begin_at_change"),
            icon=":material/event_repeat:",
        )


def _begin_on(log: InHand, day: date) -> None:
    st.session_state[log.key("begin")] = day


def _verdicts(rates: FittedRates, fitted: Fitted) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Bad luck or a design problem?")
        st.markdown(headline.markdown(evidence.answer(luck.luck_or_design(rates))))
        if fitted.options.limit is not None and rates.over_limit is not None:
            st.markdown(headline.markdown(evidence.limit(rates, fitted.options.limit)))
        if early := evidence.early_regime(rates, evidence.PAGE):
            st.caption(headline.markdown(early))
    with right:
        st.subheader("Is it changing?")
        said = evidence.answer(luck.changing(rates))
        st.markdown(headline.markdown(said))
        if rates.all.incidents:
            charts.draw(
                specs.spec("counted", charts.mode()),
                timeline.counted(rates),
                alt=f"Incidents so far over time. {said}",
                key="log.counted",
            )
            st.caption(
                "Blue counts the incidents, dashed is a steady rate, orange the likeliest change."
            )


def _rates(rates: FittedRates) -> None:
    st.subheader("How often")
    st.html(tables.legend(*_LEGEND))
    table = learned.rates(rates)
    lines = "; ".join(
        f"{row.label}, {_PARTS[str(row.part)]} {row.text}" for row in table.itertuples()
    )
    charts.draw(
        specs.spec("rates", charts.mode()),
        table,
        alt=f"Incidents a year by cause, on a log axis: {lines}.",
        key="log.rates",
    )
    st.caption(
        "Bars hold 90\xa0%, the mark in them is the middle. Bars are rates of a mature year "
        "without repeats; the diamond is what was counted, repeats and early life included."
    )


_PARTS = {"before": "believed before", "data": "counted", "after": "believed after"}


def _lengths(log: InHand, fitted: Fitted) -> None:
    st.subheader("How long, and how much breaks")
    choices = list(fitted.lengths)
    cause = ALL
    if len(choices) > 1:
        cause = str(
            st.segmented_control(
                "Cause",
                [ALL, *(each for each in choices if each != ALL)],
                default=ALL,
                required=True,
                format_func=lambda each: headline.markdown(learned.label(each)),
                wrap=True,
                label_visibility="collapsed",
                key=log.key("lengths_of"),
                persist_state="session",
            )
        )
    of = fitted.lengths.get(cause, fitted.lengths[ALL])
    _hours(fitted, of)
    known = [name for name in LOSSES if name in fitted.log.incidents.losses]
    for name in known:
        _loss(fitted, of, name)


def _hours(fitted: Fitted, of: Lengths) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        table = learned.hours(fitted, of)
        if table.empty:
            st.caption("No durations.")
            return
        st.markdown(headline.markdown(evidence.durations(of)))
        shown = table[table["part"] != "data"]
        lines = "; ".join(f"{row.label}: {row.text}" for row in shown.itertuples())
        charts.draw(
            specs.spec("hours", charts.mode()),
            table,
            alt=f"Hours of an incident, on a log axis: {lines}.",
            key="log.hours",
        )
    with right:
        if of.fit is not None:
            st.markdown(headline.markdown(evidence.fits(of)))
            charts.draw(
                specs.spec("quantiles", charts.mode()),
                learned.quantiles(of.fit.quantiles),
                alt=f"Hours in the log against hours as fitted. {evidence.fits(of)}",
                key="log.quantiles",
            )
            st.caption("Points in the band are as the fit says; the band holds 90\xa0% of them.")
    if of.families:
        with st.expander("The families that were tried"):
            st.html(tables.table(evidence.FAMILY_HEAD, evidence.families(of), words=True))
            downloads.csv("Fits as CSV", "durations.csv", lambda: evidence_tables.durations(fitted))


def _loss(fitted: Fitted, of: Lengths, name: str) -> None:
    table = learned.losses(fitted, of, name)
    if table.empty:
        return
    st.markdown(headline.markdown(f"**{FIELD_LABELS[name]}**"))
    shown = table[table["part"] != "data"]
    lines = "; ".join(f"{row.label}: {row.text}" for row in shown.itertuples())
    charts.draw(
        specs.spec("losses", charts.mode()),
        table,
        alt=f"{FIELD_LABELS[name]} in an incident: {lines}.",
        key=f"log.losses.{name}",
    )
