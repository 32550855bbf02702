"""Show me one simulated year: its incidents, and how each was priced."""

from __future__ import annotations

import datetime as dt
import html
from zoneinfo import ZoneInfo

import numpy as np
import streamlit as st

from model.present.charts import overview_data
from model.present.files import page_tables
from model.present.words import headline
from model.present.words import numbers as fmt
from model.runs.one_year import Year, one_year
from model.runs.result import Result
from model.worlds.clock import start_instant
from views.session import long_work, state
from views.session.runs import Run
from views.shell import charts, downloads, tables

_KEY = "year_in_full"


def _year(result: Result, year: int) -> Year:
    """Return a year of a run."""
    scenario, years, seed = result.scenario, result.years, result.seed
    return long_work.once(
        "one_year",
        (scenario, scenario.provenance, year, years, seed),
        lambda: one_year(scenario, year, years=years, seed=seed),
    )


def show(run: Run) -> None:
    """Show the section; nothing is computed while it is closed."""
    section = st.expander("Show me one simulated year", key="open_year", on_change="rerun")
    if not section.open:
        return
    with section:
        _controls(run)
        number = min(int(st.session_state[_KEY]), run.result.years)
        year = _year(run.result, number)
        _said(year)
        if year.cause:
            _incidents(year)


def _controls(run: Run) -> None:
    loss = run.result["loss_usd"]
    st.session_state.setdefault(_KEY, _nearest(loss, run.measures["p90"].value))
    if st.session_state[_KEY] > run.result.years:
        st.session_state[_KEY] = run.result.years
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Simulated year",
            1,
            run.result.years,
            step=1,
            key=_KEY,
            width=190,
            persist_state="session",
        )
        picks = {
            "A median year": _nearest(loss, run.measures["p50"].value),
            "A 1-in-10 year": _nearest(loss, run.measures["p90"].value),
            "The worst year": int(np.argmax(loss)) + 1,
        }
        st.button(
            "Draw one",
            on_click=_draw,
            args=(run.result.years,),
            icon=":material/casino:",
            key="draw_year",
        )
        for label, number in picks.items():
            st.button(headline.markdown(label), on_click=_pick, args=(number,), key=f"pick.{label}")


def _nearest(loss: np.ndarray, value: float) -> int:
    return int(np.argmin(np.abs(loss - value))) + 1


def _draw(years: int) -> None:
    _pick(int(np.random.default_rng().integers(1, years + 1)))


def _pick(number: int) -> None:
    st.session_state[_KEY] = number


def _said(year: Year) -> None:
    annual = year.annual
    count = int(annual["incidents"])
    if count == 0:
        st.markdown(f"**Year {year.year:,}** passes without a visible incident: it costs nothing.")
        return
    noun = "incident" if count == 1 else "incidents"
    st.markdown(
        headline.markdown(
            f"**Year {year.year:,}**: {count} {noun}, "
            f"{fmt.significant(annual['incident_h'], 3)} hours of outage, a loss of "
            f"**{fmt.money(annual['loss_usd'], 3)}** ({fmt.money(annual['net_loss_usd'], 3)} net "
            "of SLA credit)."
        )
    )


def _incidents(year: Year) -> None:
    table = overview_data.timeline(year)
    said = "; ".join(f"day {row.day:.0f} {row.label} {row.text}" for row in table.itertuples())
    charts.chart("timeline", table, alt=f"Incidents of the year: {said}.")
    st.html(_ledger(year))
    downloads.csv("This year as CSV", f"year_{year.year}.csv", lambda: page_tables.one_year(year))


def _ledger(year: Year) -> str:
    """Return the bills of the year's incidents side by side, at most twelve of them."""
    table = page_tables.one_year(year).head(12)
    scenario = state.current()
    zone = ZoneInfo(scenario.time_zone)
    first = start_instant(scenario.word("simulation.start_date"), scenario.time_zone)
    incidents = zip(table["cause"], table["start_h"], table["duration_h"], strict=True)
    heads = "".join(
        f"<th scope='col'>{html.escape(scenario.cause_label(str(cause)))}<br><small>"
        f"{(first + dt.timedelta(hours=float(start_h))).astimezone(zone):%d %b %H:%M}, "
        f"{html.escape(fmt.significant(float(duration_h), 2))} h</small></th>"
        for cause, start_h, duration_h in incidents
    )
    rows = []
    for name, label in (
        ("publish_loss", "Publishing lost"),
        ("playback_loss", "Playback lost"),
        ("ads_loss", "Ad serving lost"),
    ):
        cells = "".join(f"<td>{html.escape(fmt.share(value))}</td>" for value in table[name])
        rows.append(f"<tr><th scope='row'>{label}</th>{cells}<td></td></tr>")
    for name in (*year.lines, "loss"):
        total = float(page_tables.one_year(year)[f"{name}_usd"].sum())
        cells = "".join(
            f"<td>{html.escape(fmt.money(value))}</td>" for value in (*table[f"{name}_usd"], total)
        )
        kind = " class='sum'" if name == "loss" else ""
        label = html.escape(overview_data.bill_label(name))
        rows.append(f"<tr{kind}><th scope='row'>{label}</th>{cells}</tr>")
    return tables.scrolled(
        "<table class='figures'><thead><tr>"
        f"<th scope='col'>Line</th>{heads}<th scope='col'>Year</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>",
        "Bills of the incidents",
    )
