"""Replay: one incident hour by hour along the chain, and its bill, with and without remedies."""

from __future__ import annotations

import html
from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.arrays import Array
from model.decisions.replay_with_remedies import replay_with_remedies
from model.present.charts import overview_data, replay_data
from model.present.words import headline
from model.present.words import numbers as fmt
from model.replays.curves import Curves
from model.replays.incident import Incident
from model.replays.replay import Bill, Replay
from model.runs.standard_errors import mean
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION
from model.worlds.clock import called
from views.replay.choosing import DRAWN, chosen_incident
from views.session import state
from views.shell import charts, downloads, messages

_PANELS = {
    "uploads": ("Uploads an hour", "hourly"),
    "freshness": ("Freshness of the feed", "hourly_share"),
    "availability": ("Availability", "hourly_share"),
    "session_minutes": ("Viewing minutes an hour", "hourly"),
    "impressions": ("Ad impressions an hour", "hourly"),
    "revenue_usd": ("Ad revenue an hour", "hourly_money"),
}


@st.cache_resource(max_entries=24, show_spinner=False)
def _replayed(
    version: int, scenario: Scenario, incident: Incident, seed: int, names: tuple[str, ...] = ()
) -> Replay:
    """Return a replay with some remedies; the version of the results is part of the key."""
    remedies = [remedy for remedy in scenario.remedies if remedy.name in names]
    return replay_with_remedies(scenario, incident, remedies, seed=seed)


@st.cache_resource(max_entries=24, show_spinner=False)
def _curves(
    version: int, scenario: Scenario, incident: Incident, seed: int, names: tuple[str, ...] = ()
) -> Curves:
    return _replayed(version, scenario, incident, seed, names).curves()


def replaying() -> None:
    """Show the page."""
    messages.messages()
    incident = chosen_incident()
    if incident is None:
        return
    scenario, seed = state.current(), state.settings().seed
    key = (RESULTS_VERSION, scenario, incident, seed)
    try:
        replayed = _replayed(*key)
    except ValueError as error:
        st.error(headline.markdown(str(error)), icon=":material/block:")
        return
    bill = replayed.bill()
    _headline(incident, replayed, bill)
    eased = _remedies(scenario, incident, bill, seed)
    _panels(_curves(*key), incident.hours, eased)
    _bill(bill)
    _about(incident)


def _row(bill: Bill, component: str) -> tuple[float, float, float]:
    at = bill.component.index(component)
    return float(bill.expected_usd[at]), float(bill.low_usd[at]), float(bill.high_usd[at])


def _name(incident: Incident) -> str:
    """Return what an incident is called; when it was stands beside it."""
    if st.session_state.get("replay.how") == DRAWN:
        return f"Drawn: {state.current().cause_label(incident.cause)}"
    return incident.name


def _headline(incident: Incident, replayed: Replay, bill: Bill) -> None:
    expected, low, high = _row(bill, "loss")
    zone = replayed.scenario.time_zone
    start = incident.start_in(zone)
    when = f"{start:%A}, {start.day} {start:%B} {start.year}, {start:%H:%M} {called(zone)}"
    sentence = (
        f"It would cost about **{fmt.money(expected)}**; nine times in ten between "
        f"{fmt.money(low)} and {fmt.money(high)}."
    )
    st.html(
        f"<p class='answer'>{headline.html(sentence)}</p><p class='under'>"
        f"{html.escape(_name(incident))}. {when}, {fmt.significant(incident.hours, 3)} hours.</p>"
    )
    tiles = (
        ("Loss", replayed.lines["loss"], fmt.money),
        ("Net of SLA credit", replayed.lines["net_loss"], fmt.money),
        ("Viewing minutes lost", replayed.volumes["minutes_lost"], fmt.number),
        ("Impressions lost", replayed.volumes["impressions_lost"], fmt.number),
        ("Viewing lost while it ran", replayed.session_share_lost(), fmt.share),
    )
    for column, (label, values, write) in zip(st.columns(5, gap="small"), tiles, strict=True):
        _tile(column, label, values, write)


def _tile(column: DeltaGenerator, label: str, values: Array, write: Callable[[float], str]) -> None:
    """Show the mean over the worlds, `values`, with their 5–95 % interval."""
    figure = mean(values, worlds=len(values))
    low, high = np.quantile(values, (0.05, 0.95), method="inverted_cdf")
    noise = fmt.error(figure.standard_error, write)
    column.metric(
        headline.markdown(label),
        write(figure.value),
        f"{write(float(low))} to {write(float(high))}",
        delta_color="off",
        delta_arrow="off",
        help=headline.markdown(
            "The mean over possible worlds; below it, where 90 % of them lie (5–95 %): what we do "
            f"not know. The simulation noise of the mean is {noise} (95 %)."
        ),
        border=True,
        height="stretch",
    )


def _remedies(scenario: Scenario, incident: Incident, bill: Bill, seed: int) -> Curves | None:
    """Offer remedies and return the curves with those chosen, None without any."""
    known = {remedy.name: remedy for remedy in scenario.remedies}
    chosen = st.multiselect(
        "With remedies in place",
        list(known),
        default=[name for name, remedy in known.items() if remedy.on],
        format_func=lambda name: known[name].label,
        key="replay.remedies",
        placeholder="Pick remedies to see the same incident with them",
        persist_state="session",
    )
    if not chosen:
        return None
    key = (RESULTS_VERSION, scenario, incident, seed, tuple(sorted(chosen)))
    after, curves = _replayed(*key).bill(), _curves(*key)
    before_usd, after_usd = _row(bill, "loss")[0], _row(after, "loss")[0]
    saved = before_usd - after_usd
    share = fmt.share(saved / before_usd) if before_usd else "none"
    st.success(
        headline.markdown(
            f"With them this incident costs **{fmt.money(after_usd)}** instead of "
            f"{fmt.money(before_usd)}: {fmt.money(saved)} less ({share}). It is the same incident "
            "in the same possible worlds; fewer incidents are not part of a replay."
        ),
        icon=":material/shield:",
    )
    return curves


def _panels(curves: Curves, hours: float, eased: Curves | None) -> None:
    st.subheader("The chain, hour by hour")
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.caption(
        "How to read this: solid is with the incident, dashed the same hours undisturbed, orange "
        f"what is lost{', green with the remedies' if eased else ''}. Freshness and availability "
        "show the 5–95 % band of what we do not know."
    )
    whole = right.toggle("Until all is settled", key="replay.whole", persist_state="session")
    until = float(curves.hour[-1]) if whole else 2.0 * hours + 24.0
    names = list(_PANELS)
    for first in range(0, len(names), 3):
        for place, name in zip(st.columns(3, gap="medium"), names[first : first + 3], strict=True):
            with place:
                _panel(name, replay_data.hourly(curves, name, until, eased))
    downloads.csv("Hours as CSV", "replay.csv", lambda: pd.DataFrame(curves.columns()))


def _panel(name: str, table: pd.DataFrame) -> None:
    title, chart = _PANELS[name]
    worst = int((table["expected"] / table["baseline"].where(table["baseline"] > 0)).argmin())
    lowest = float(table["expected"].iloc[worst] / table["baseline"].iloc[worst])
    hour = fmt.significant(float(table["hour"].iloc[worst]), 2)
    at = f"at most {fmt.share(1 - lowest)} below the usual, {hour} h after the start"
    st.markdown(headline.markdown(f"**{title}**"))
    charts.chart(chart, table, alt=f"{title} over the hours: {at}.", key=f"hourly.{name}")


def _bill(bill: Bill) -> None:
    st.subheader("The bill")
    left, right = st.columns([11, 9], gap="large")
    table = replay_data.bill(bill)
    with left:
        lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
        charts.chart("money_bars", table, alt=f"Waterfall of the bill: {lines}.", key="bill")
        st.caption("Each bar starts where the one above ended; green comes back.")
    with right:
        st.html(_bill_table(bill))
        downloads.csv("Bill as CSV", "bill.csv", lambda: pd.DataFrame(bill.columns()))


def _bill_table(bill: Bill) -> str:
    rows = []
    for row in zip(bill.component, bill.expected_usd, bill.low_usd, bill.high_usd, strict=True):
        name, *figures = row
        cells = "".join(f"<td>{html.escape(fmt.money(float(usd)))}</td>" for usd in figures)
        kind = " class='sum'" if name in replay_data.SUMS else ""
        label = html.escape(overview_data.bill_label(name))
        rows.append(f"<tr{kind}><th scope='row'>{label}</th>{cells}</tr>")
    heads = "".join(f"<th scope='col'>{head}</th>" for head in ("Expected", "5 %", "95 %"))
    return (
        f"<table class='figures'><thead><tr><th scope='col'>Line</th>{heads}</tr>"
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _about(incident: Incident) -> None:
    if not incident.source:
        return
    with st.expander("Where this incident comes from", key="replay.source"):
        st.markdown(
            headline.markdown(
                f"{incident.note}\n\nEvidence grade {incident.grade}. {incident.source} "
                f"({incident.source_url})"
            )
        )
