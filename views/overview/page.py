"""Overview: the answer in one sentence, its figures, the curve, and the chain of money."""

from __future__ import annotations

import html
from collections.abc import Callable, Hashable

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.drivers.ranges import Ranges
from model.present.charts import money_data, overview_data
from model.present.charts.money_data import WEEKDAYS, WEEKENDS
from model.present.files import page_tables, tables
from model.present.words import headline as words
from model.present.words import numbers as fmt
from model.present.words import waterfall
from views.overview import chain_row, follow, headline_notes, surer, tiles, year_in_full
from views.session import ranges, state
from views.session.first_look import FirstLook
from views.session.runs import Run
from views.shell import charts, downloads, long_run, messages
from views.shell import tables as tables_of
from views.waiting.turns import Patience


def overview() -> Callable[[], None]:
    """Show the page; return what fills in the figures that take longer."""
    top, row = st.container(), st.container(horizontal=True, gap="small")
    answer, places = top, [row] * tiles.COUNT
    look, known = state.first_look(), ranges.known()
    if look:
        places, answer = tiles.show(places, look, known), _answer(answer, look, known)
    patience = Patience()
    run = state.run_in_time(patience)
    if run.years == state.years_shown():
        state.note_shown()
    # Over what the first look wrote, unless that knows more than so few years by themselves.
    best = look if look and look.years == run.years else run
    places, answer = tiles.show(places, best, known), _answer(answer, best, known)
    st.caption(
        "Below each figure: the range of what we do not know (90\xa0% of the worlds that may be "
        "true), then ± the simulation noise (95\xa0%)."
    )
    surer.offer(run)
    with top:
        messages.messages()
        later = st.container()
    # Made before any of them is sent, as the browser draws all anew whenever it has to wait.
    shown = _tables(run)
    long_run.offer()
    curve = _curves(run, shown, known)
    chain = st.container()
    _money(run, shown)
    _tail(run, shown)
    # What is sent before the charts delays them.
    with chain:
        chain_row.show(run)
    compare_with_mature_year = headline_notes.show(run)
    _files(run)

    def add() -> None:
        if known is None:
            found = ranges.made(patience)
            tiles.show(places, run, found)
            _answer(answer, run, found)
            if curve:
                _curve(run, found, before=curve)
        compare_with_mature_year(patience)

    def finish() -> None:
        follow.up(later, run, add)

    return finish


def _answer(place: DeltaGenerator, run: Run | FirstLook, known: Ranges | None) -> DeltaGenerator:
    headline = words.headline(run.measures)
    under = words.subline(run.measures, known.mean() if known else None)
    return place.html(
        f"<p class='answer' data-years='{run.years:d}'>{words.html(headline)}</p>"
        f"<p class='under'>{words.html(under)}</p>"
    )


def _tables(run: Run) -> dict[str, pd.DataFrame]:
    """Return the tables of the charts by their names."""
    tolerance = state.current().tolerance_usd
    made: dict[tuple[Hashable, ...], Callable[[], pd.DataFrame]] = {
        ("twenty_years", tolerance): lambda: overview_data.twenty_years(
            run.twenty_years, tolerance
        ),
        ("money_bars",): lambda: money_data.money_bars(
            {name: figure.value for name, figure in run.components.items()},
            run.measures["eal"].value,
            waterfall.OF_YEAR,
        ),
        ("causes",): lambda: money_data.causes(run.by_cause),
        ("hour_of_week",): lambda: money_data.hour_of_week(run.result.tally.by_hour),
    }
    return {str(key[0]): run.once(key, make) for key, make in made.items()}


def _curves(run: Run, shown: dict[str, pd.DataFrame], known: Ranges | None) -> charts.Drawn | None:
    """Show the curve and the dots; return where the curve is, if there is one."""
    tolerance = state.current().tolerance_usd
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("How bad can a year get?", anchor=False)
        st.markdown(words.markdown(words.tolerance(run.chance_over(tolerance), tolerance)))
        curve = _curve(run, known)
        if run.measures["eal"].value:
            st.caption(
                "How to read this: pick a loss on the bottom axis; the height of the curve is the "
                "chance that a year costs more. The shaded band is what we do not know: the curves "
                "of 90\xa0% of the worlds that may be true."
            )
        downloads.csv(
            "Curve as CSV", "exceedance_curve.csv", lambda: page_tables.exceedance_curve(run.curve)
        )
    with right:
        st.subheader("20 equally likely years", anchor=False)
        losses = run.twenty_years
        words_of_20 = words.twenty_years(losses, tolerance)
        st.markdown(words.markdown(words_of_20))
        if losses.any():
            charts.chart(
                "twenty_years", shown["twenty_years"], alt="Dot plot of these twenty years"
            )
            st.caption(
                "How to read this: next year is like one of these dots, each as likely as another. "
                "A dot is the middle of a twentieth of all years: the last one, the worst 5\xa0%, "
                "begins at the 1-in-20 year, and half of it costs more than its dot. Orange: above "
                "your tolerance."
            )
        downloads.csv(
            "Dots as CSV", "twenty_years.csv", lambda: page_tables.twenty_years(losses, tolerance)
        )
    return curve


def _curve(
    run: Run, known: Ranges | None, *, before: charts.Drawn | None = None
) -> charts.Drawn | None:
    tolerance = state.current().tolerance_usd
    over = run.chance_over(tolerance)
    table = overview_data.exceedance(run.curve, tolerance, over, known.curve if known else None)
    said = words.exceedance_alt(run.curve, words.tolerance(over, tolerance))
    if "curve" in set(table["part"]):
        return charts.chart("exceedance", table, alt=said, before=before)
    st.markdown("No simulated year loses anything, so there is no curve to draw.")
    return None


def _money(run: Run, shown: dict[str, pd.DataFrame]) -> None:
    if not run.measures["eal"].value:
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Where the money goes", anchor=False)
        table, total = shown["money_bars"], run.result.mean("loss_usd")
        lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
        charts.chart("money_bars", table, alt=f"Waterfall of an average year: {lines}.")
        st.caption(
            "How to read this: full bars "
            + words.markdown(waterfall.bars_lead(table["usd"], "what a year costs"))
        )
        downloads.csv("Lines as CSV", "money.csv", lambda: page_tables.money(run.components, total))
    with right:
        st.subheader("By cause", anchor=False)
        table_of_causes = shown["causes"]
        lines = "; ".join(f"{row.label} {row.text}" for row in table_of_causes.itertuples())
        charts.chart("causes", table_of_causes, alt=f"Expected annual loss by cause: {lines}.")
        st.caption(
            "Overlapping incidents count for the cause of the first. The thin line is simulation "
            "noise (95\xa0%). The CSV has every cause."
        )
        downloads.csv("Causes as CSV", "by_cause.csv", lambda: tables.by_cause(run.result))


def _tail(run: Run, shown: dict[str, pd.DataFrame]) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("When an outage minute costs most", anchor=False)
        table = shown["hour_of_week"]
        known = table[table["known"] == "yes"]
        if known.empty:
            st.markdown("No price of a minute is known well enough to be drawn.")
        else:
            st.html(tables_of.legend((WEEKDAYS, "main"), (WEEKENDS, "third")))
            charts.chart("hour_of_week", table, alt=_hours_alt(known))
            st.caption(words.markdown(_hours_read(known)))
        downloads.csv("Hours as CSV", "per_minute.csv", lambda: tables.per_minute(run.result))
    with right:
        st.subheader("Return periods", anchor=False)
        st.html(_return_periods(run))
        st.caption(
            "AEP: all incidents of a year together. OEP: the largest single one. Greyed out: "
            "fewer than 20 such years in the run."
        )
        downloads.csv(
            "Return periods as CSV", "exceedance.csv", lambda: tables.exceedance(run.result)
        )


def _hours_alt(known: pd.DataFrame) -> str:
    dearest = known.iloc[int(known["usd_per_minute"].argmax())]
    cheapest = known.iloc[int(known["usd_per_minute"].argmin())]
    return (
        f"Cost of a minute by starting hour: highest {dearest['day']} {dearest['hours']}, "
        f"{dearest['text']}; lowest {cheapest['day']} {cheapest['hours']}, {cheapest['text']}."
    )


def _hours_read(known: pd.DataFrame) -> str:
    """Return how to read the lines, with the error that their differences have to beat."""
    typical = fmt.share(known["relative_error"].median())
    return (
        "How to read this: what one minute costs of an outage that begins at that hour. The band "
        f"is simulation noise (95\xa0%; the typical standard error is {typical}): smaller "
        f"differences mean nothing. Hours noisier than {fmt.share(money_data.NOISY)} are left out. "
        "The CSV has all 168 hours of the week."
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
    return tables_of.scrolled(
        "<table class='figures dense'><thead><tr><th scope='col'>Year</th>"
        "<th scope='col'>All incidents (AEP)</th><th scope='col'>Largest (OEP)</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>",
        "Return periods",
    )


def _files(run: Run) -> None:
    year_in_full.show(run)
    st.subheader("Download", anchor=False)
    downloads.bundle(run)
