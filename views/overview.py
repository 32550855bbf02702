"""Overview: the answer in one sentence, its figures, the curve, and the chain of money."""

from __future__ import annotations

import html
import math

import pandas as pd
import streamlit as st

from model.present import format as fmt
from model.present import plots, tables, words
from model.result import Measure
from views import chain_row, headline_notes, look, parts, state, year_in_full
from views.runs import Run


def overview() -> None:
    """Show the page."""
    run = state.run()
    st.html(
        f"{look.ANSWER}<p class='answer'>{words.html(words.headline(run.measures))}</p>"
        f"<p class='under'>{words.html(words.subline(run.measures))}</p>"
    )
    parts.messages()
    _tiles(run)
    start_long_run = parts.offer_long_run()
    _curves(run)
    chain_row.show(run)
    _money(run)
    _tail(run)
    headline_notes.show(run)
    _files(run)
    start_long_run()


def _tiles(run: Run) -> None:
    threshold = state.settings().threshold_usd
    over = run.chance_over(threshold)
    measures = run.measures
    tiles = (
        ("Average year", _money_of(measures["eal"]), "Expected annual loss before SLA credit."),
        ("Median year", _money_of(measures["p50"]), "Half of the years cost less."),
        ("1-in-10 year", _money_of(measures["p90"]), "One year in ten costs more (VaR 90)."),
        (
            "1-in-20 year",
            _money_of(measures["p95"]),
            "One year in twenty costs more (VaR 95). Those years cost "
            f"{fmt.money(measures['tvar_95'].value)} on average (TVaR 95, "
            f"{fmt.error(measures['tvar_95'].standard_error)}).",
        ),
        ("No incident", _share_of(measures["p_no_incident"]), "Years without a visible incident."),
        (
            f"Over {fmt.money(threshold, 3)}",
            (fmt.share(over.value), fmt.error(over.standard_error, fmt.share)),
            f"Years that cost more than your threshold: {fmt.one_in(over.value)}.",
        ),
    )
    for column, (label, (value, noise), meaning) in zip(
        st.columns(6, gap="small"), tiles, strict=True
    ):
        column.metric(
            words.markdown(label),
            value,
            noise,
            delta_color="off",
            delta_arrow="off",
            help=words.markdown(
                f"{meaning} {noise} is simulation noise (95 %); more years make it smaller. What "
                "we do not know about the world is in the figure itself."
            ),
            border=True,
            height="stretch",
        )


def _money_of(measure: Measure) -> tuple[str, str]:
    return fmt.money(measure.value), fmt.error(measure.standard_error)


def _share_of(measure: Measure) -> tuple[str, str]:
    return fmt.share(measure.value), fmt.error(measure.standard_error, fmt.share)


def _curves(run: Run) -> None:
    threshold = state.settings().threshold_usd
    over = run.chance_over(threshold)
    said = words.threshold(over, threshold)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("How bad can a year get?")
        st.markdown(words.markdown(said))
        rare = st.segmented_control(
            "Years in view",
            ("Everyday", "Rare"),
            default="Everyday",
            required=True,
            key="years_in_view",
            label_visibility="collapsed",
        )
        rarest = 0.02 if rare == "Everyday" else 0.0
        table = plots.exceedance(run.curve, threshold, over.value, rarest)
        name = "exceedance" if rare == "Everyday" else "exceedance_rare"
        parts.chart(name, table, alt=words.exceedance_alt(run.curve, said), key="exceedance")
        st.caption(
            "How to read this: pick a loss on the bottom axis; the height of the curve is the "
            "chance that a year costs more. The shaded band is simulation noise (95 %)."
        )
        parts.csv("Curve as CSV", "exceedance_curve.csv", lambda: plots.curve(run.curve))
    with right:
        st.subheader("20 equally likely years")
        losses = run.twenty_years
        words_of_20 = words.twenty_years(losses, threshold)
        st.markdown(words.markdown(words_of_20))
        dots = plots.twenty_years(losses, threshold)
        parts.chart("twenty_years", dots, alt=f"Dot plot. {words_of_20}")
        st.caption(
            "How to read this: next year is one of these dots, each as likely as the other. "
            "Orange dots are above your threshold."
        )
        parts.csv("Dots as CSV", "twenty_years.csv", lambda: plots.dots(losses, threshold))


def _money(run: Run) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Where the money goes")
        table = plots.money_bars(run.components, run.result.mean("loss_usd"))
        lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
        parts.chart("money_bars", table, alt=f"Waterfall of an average year: {lines}.")
        st.caption(
            "How to read this: each bar starts where the one above ended; green comes back; the "
            "last bar is what is left."
        )
        parts.csv("Lines as CSV", "money.csv", lambda: plots.lines(table))
    with right:
        st.subheader("By cause")
        table_of_causes = plots.causes(run.by_cause)
        lines = "; ".join(f"{row.label} {row.text}" for row in table_of_causes.itertuples())
        parts.chart("causes", table_of_causes, alt=f"Expected annual loss by cause: {lines}.")
        st.caption(
            "Overlapping incidents count for the cause of the first. The thin line is simulation "
            "noise (95 %)."
        )
        parts.csv("Causes as CSV", "by_cause.csv", lambda: tables.by_cause(run.result))


def _tail(run: Run) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("When an outage minute costs most")
        table = plots.hour_of_week(run.result.tally.by_hour)
        parts.chart("hour_of_week", table, alt=_hours_alt(table))
        st.caption(_hours_read(table))
        parts.csv("Hours as CSV", "per_minute.csv", lambda: tables.per_minute(run.result))
    with right:
        st.subheader("Return periods")
        st.html(_return_periods(run))
        st.caption(
            "AEP: all incidents of a year together. OEP: the largest single one. Greyed out: "
            "fewer than 20 such years in the run."
        )
        parts.csv("Return periods as CSV", "exceedance.csv", lambda: tables.exceedance(run.result))


def _hours_alt(table: pd.DataFrame) -> str:
    known = table[table["known"] == "yes"]
    if known.empty:
        return "Heat map by starting hours; no price of a minute is known well enough."
    dearest = known.loc[known["usd_per_minute"].idxmax()]
    return (
        f"Heat map by starting hours; the dearest are {dearest['day']} {dearest['hours']} at "
        f"{dearest['text']} a minute."
    )


def _hours_read(table: pd.DataFrame) -> str:
    """Return how to read the heat map, with the error that its differences have to beat."""
    grey = f"grey is noisier than {fmt.share(plots.NOISY)}"
    typical = table["relative_error"].median()
    if math.isfinite(typical):
        grey = f"the typical standard error of a field is {fmt.share(typical)}; {grey}"
    return (
        "How to read this: the darker a field, the more a minute costs of an outage that starts "
        f"then. Smaller differences than the noise mean nothing: {grey}. The CSV has all 168 "
        "hours of the week with their errors."
    )


def _return_periods(run: Run) -> str:
    rows = []
    for row in run.exceedance:
        cells = "".join(
            f"<td>{html.escape(fmt.money(figure.value))} "
            f"<small>{html.escape(fmt.error(figure.standard_error))}</small></td>"
            if figure
            else "<td>needs more years</td>"
            for figure in (row.aep, row.oep)
        )
        kind = "" if row.aep else " class='no'"
        rows.append(f"<tr{kind}><th scope='row'>1 in {row.return_period:,}</th>{cells}</tr>")
    return (
        f"{look.FIGURES}<table class='figures'><thead><tr><th scope='col'>Year</th>"
        "<th scope='col'>All incidents (AEP)</th><th scope='col'>Largest (OEP)</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _files(run: Run) -> None:
    year_in_full.show(run)
    st.subheader("Take it with you")
    parts.bundle(run)
