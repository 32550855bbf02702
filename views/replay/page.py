"""Replay: one incident hour by hour along the chain, and its bill, with and without remedies."""

from __future__ import annotations

import html
from collections.abc import Callable

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.arrays import Array
from model.decisions.replay_with_remedies import replay_with_remedies
from model.present.words import headline
from model.present.words import numbers as fmt
from model.replays import asked as replayed
from model.replays.asked import Asked, Drawn, Own, Since
from model.replays.curves import Curves
from model.replays.incident import Incident
from model.replays.replay import Bill, Replay
from model.runs.standard_errors import mean
from model.scenario.scenario import Scenario
from model.worlds.clock import called
from views.replay import money, running
from views.replay.choosing import chosen_incident
from views.session import long_work, state
from views.shell import messages


def _replayed(
    scenario: Scenario, incident: Incident, seed: int, names: tuple[str, ...] = ()
) -> Replay:
    """Return a replay with some remedies."""
    remedies = [remedy for remedy in scenario.remedies if remedy.name in names]
    return long_work.once(
        "replay",
        (scenario, scenario.provenance, incident, seed, names),
        lambda: replay_with_remedies(scenario, incident, remedies, seed=seed),
    )


def _curves(
    scenario: Scenario, incident: Incident, seed: int, names: tuple[str, ...] = ()
) -> Curves:
    return long_work.once(
        "replay.curves",
        (scenario, scenario.provenance, incident, seed, names),
        lambda: _replayed(scenario, incident, seed, names).curves(),
    )


def replaying() -> None:
    """Show the page."""
    messages.messages()
    asked = chosen_incident()
    if isinstance(asked, Since):
        running.show(asked)
        return
    scenario, seed = state.current(), state.settings().seed
    try:
        incident = replayed.incident(asked, scenario, seed)
        key = (scenario, incident, seed)
        played = _replayed(*key)
    except ValueError as error:
        st.error(headline.markdown(str(error)), icon=":material/block:")
        return
    bill = played.bill()
    _headline(_name(asked, incident), played, bill)
    eased = _remedies(scenario, incident, bill, seed)
    money.hours(_curves(*key), incident, bill, eased)
    money.bill(bill)
    _about(incident)


def _row(bill: Bill, component: str) -> tuple[float, float, float]:
    at = bill.component.index(component)
    return float(bill.expected_usd[at]), float(bill.low_usd[at]), float(bill.high_usd[at])


def _name(asked: Asked, incident: Incident) -> str:
    """Return what an incident is called; when it was stands beside it."""
    if isinstance(asked, Drawn):
        return f"Drawn: {state.current().cause_label(incident.cause)}"
    own = isinstance(asked, Own) and not asked.name
    return "Your incident" if own else incident.name


def _headline(name: str, played: Replay, bill: Bill) -> None:
    expected, low, high = _row(bill, "loss")
    incident, zone = played.incident, played.scenario.time_zone
    start = incident.start_in(zone)
    when = f"{start:%A}, {start.day} {start:%B} {start.year}, {start:%H:%M} {called(zone)}"
    sentence = (
        f"It would cost about **{fmt.money(expected)}**; nine times in ten between "
        f"{fmt.money(low)} and {fmt.money(high)}."
    )
    st.html(
        f"<p class='answer'>{headline.html(sentence)}</p><p class='under'>"
        f"{html.escape(f'{name}. {when}, {fmt.significant(incident.hours, 3)}')} hours.</p>"
    )
    tiles = (
        ("Loss", played.lines["loss"], fmt.money),
        ("Net of SLA credit", played.lines["net_loss"], fmt.money),
        ("Viewing minutes lost", played.volumes["minutes_lost"], fmt.number),
        ("Impressions lost", played.volumes["impressions_lost"], fmt.number),
        ("Share of viewing lost", played.session_share_lost(), fmt.share),
    )
    row = st.container(horizontal=True, gap="small")
    for label, values, write in tiles:
        _tile(row, label, values, write)


def _tile(row: DeltaGenerator, label: str, values: Array, write: Callable[[float], str]) -> None:
    """Show the mean over the worlds, `values`, with their 5–95 % interval."""
    figure = mean(values, worlds=len(values))
    low, high = np.quantile(values, (0.05, 0.95), method="inverted_cdf")
    noise = fmt.error(figure.standard_error, write)
    row.metric(
        headline.markdown(label),
        write(figure.value),
        f"{write(float(low))} to {write(float(high))}",
        delta_color="off",
        delta_arrow="off",
        help=headline.markdown(
            "The mean over possible worlds; below it, where 90\xa0% of them lie (5–95\xa0%): what "
            f"we do not know. The simulation noise of the mean is {noise} (95\xa0%)."
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
    key = (scenario, incident, seed, tuple(sorted(chosen)))
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
