"""What an incident loses hour by hour on clock time, what comes later, the chain, and its bill."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from model.present.charts import overview_data, replay_data
from model.present.words import headline, waterfall
from model.present.words import numbers as fmt
from model.replays.curves import Curves
from model.replays.incident import Incident
from model.replays.replay import Bill
from model.worlds.clock import called
from views.session import state
from views.shell import charts, downloads, tables

_PANELS = {
    "uploads": ("Uploads an hour", "hourly"),
    "freshness": ("Freshness of the feed", "hourly_share"),
    "availability": ("Availability", "hourly_share"),
    "session_minutes": ("Viewing minutes an hour", "hourly"),
    "impressions": ("Ad impressions an hour", "hourly"),
    "revenue_usd": ("Ad revenue an hour", "hourly_money"),
}
_COLOURS = dict(zip(replay_data.LINES.values(), ("main", "third", "harm", "good"), strict=True))


def hours(
    curves: Curves, incident: Incident, bill: Bill, eased: Curves | None, until_h: float = 0.0
) -> None:
    """Show money lost an hour, its running total, what comes later, and the chain behind it.

    Hours are shown for a while after the incident, and at least up to `until_h`.
    """
    st.subheader("What it costs, hour by hour")
    whole = st.toggle("Until all is settled", key="replay.whole", persist_state="session")
    until = float(curves.hour[-1]) if whole else max(1.5 * incident.hours + 12.0, until_h)
    lines = replay_data.lines_lost(curves)
    st.markdown(headline.markdown(waterfall.later(_usd(bill), _by_line(curves))))
    if lines:
        _money(curves, incident, until, eased, list(lines))
    section = st.expander("The chain behind it", key="replay.chain", on_change="rerun")
    if section.open:
        with section:
            _chain(curves, until, eased)
    downloads.csv("Hours as CSV", "replay.csv", lambda: pd.DataFrame(curves.columns()))


def _usd(bill: Bill) -> dict[str, float]:
    return dict(zip(bill.component, map(float, bill.expected_usd), strict=True))


def _by_line(curves: Curves) -> dict[str, float]:
    return {name: float((usd * curves.length_h).sum()) for name, usd in curves.lost.items()}


def _money(
    curves: Curves, incident: Incident, until: float, eased: Curves | None, lines: list[str]
) -> None:
    zone = state.current().time_zone
    table = replay_data.lost(curves, incident, zone, until, eased)
    st.html(tables.legend(*((label, _COLOURS[label]) for label in lines)))
    whole = table[table["part"] == "whole"]
    worst = whole.iloc[int(whole["usd"].argmax())]
    (end,) = table.loc[table["part"] == "end", "text"]
    charts.chart(
        "lost",
        table,
        alt=f"Money lost an hour: most at {worst['said']} with {worst['text']} an hour.",
    )
    charts.chart(
        "lost_so_far", table, alt=f"Money lost so far: {end} at the end of the hours shown."
    )
    runs = "while it runs" if len(incident.phases) == 1 else "its phases"
    dashed = " Dashed green: with the remedies." if eased else ""
    in_all = fmt.money(sum(_by_line(curves).values()))
    so_far = "" if end == in_all else f", {end} of the {in_all} in the hours shown"
    st.caption(
        headline.markdown(
            f"How to read this: above, what each hour loses, one line upon the other; below, the "
            f"running total{so_far}. Shaded: {runs}. The clock is {called(zone)}.{dashed}"
        )
    )


def _chain(curves: Curves, until: float, eased: Curves | None) -> None:
    st.caption(
        "How to read this: solid is with the incident, dashed the same hours undisturbed, orange "
        f"what is lost{', green with the remedies' if eased else ''}. Freshness and availability "
        "show the 5–95\xa0% band of what we do not know."
    )
    names = list(_PANELS)
    for first in range(0, len(names), 3):
        for place, name in zip(st.columns(3, gap="medium"), names[first : first + 3], strict=True):
            with place:
                _panel(name, replay_data.hourly(curves, name, until, eased))


def _panel(name: str, table: pd.DataFrame) -> None:
    title, chart = _PANELS[name]
    worst = int((table["expected"] / table["baseline"].where(table["baseline"] > 0)).argmin())
    lowest = float(table["expected"].iloc[worst] / table["baseline"].iloc[worst])
    hour = fmt.significant(float(table["hour"].iloc[worst]), 2)
    at = f"at most {fmt.share(1 - lowest)} below the usual, {hour} h after the start"
    st.markdown(headline.markdown(f"**{title}**"))
    charts.chart(chart, table, alt=f"{title} over the hours: {at}.", key=f"hourly.{name}")


def bill(found: Bill) -> None:
    """Show the bill as a waterfall and as a table."""
    st.subheader("The bill")
    left, right = st.columns([11, 9], gap="large")
    table = replay_data.bill(found)
    with left:
        lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
        charts.chart("money_bars", table, alt=f"Waterfall of the bill: {lines}.", key="bill")
        st.caption(
            headline.markdown(f"Full bars {waterfall.bars_lead(table['usd'], 'what it costs')}")
        )
    with right:
        st.html(_bill_table(found))
        downloads.csv("Bill as CSV", "bill.csv", lambda: pd.DataFrame(found.columns()))


def _bill_table(found: Bill) -> str:
    rows = []
    for row in zip(found.component, found.expected_usd, found.low_usd, found.high_usd, strict=True):
        name, *figures = row
        cells = "".join(f"<td>{html.escape(fmt.money(float(usd)))}</td>" for usd in figures)
        kind = " class='sum'" if name in replay_data.SUMS else ""
        label = html.escape(overview_data.bill_label(name))
        rows.append(f"<tr{kind}><th scope='row'>{label}</th>{cells}</tr>")
    heads = "".join(f"<th scope='col'>{head}</th>" for head in ("Expected", "5\xa0%", "95\xa0%"))
    return tables.scrolled(
        f"<table class='figures'><thead><tr><th scope='col'>Line</th>{heads}</tr>"
        f"</thead><tbody>{''.join(rows)}</tbody></table>",
        "The bill",
    )
