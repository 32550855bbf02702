"""An incident that is not over: its cost so far, what it will come to, and each further hour."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.words import headline
from model.present.words import numbers as fmt
from model.replays.asked import Since
from model.replays.incident import instant
from model.replays.running_now import Figure, Running, running
from model.scenario.scenario import Scenario
from views.replay import money
from views.replay.choosing import now_shown
from views.session import long_work, state
from views.shell import downloads


def _priced(scenario: Scenario, asked: Since, now: datetime, seed: int) -> Running:
    """Return an incident priced at a moment."""

    def make() -> Running:
        since = instant(asked.start, scenario.time_zone)
        return running(scenario, since, now, asked.losses, asked.cause or None, seed=seed)

    parts = (scenario, scenario.provenance, asked, now, seed)
    return long_work.once("running", parts, make, doing="Pricing it …")


def show(asked: Since) -> None:
    """Show what an incident that runs now costs."""
    scenario, seed = state.current(), state.settings().seed
    try:
        found = _priced(scenario, asked, now_shown(), seed)
    except ValueError as error:
        st.error(headline.markdown(str(error)), icon=":material/block:")
        return
    so_far, total, hour = found.figures()
    sentence = (
        f"So far it has cost about **{fmt.money(so_far.usd)}**. As such incidents go on, it will "
        f"come to about **{fmt.money(total.usd)}**; nine times in ten between "
        f"{fmt.money(total.low_usd)} and {fmt.money(total.high_usd)}."
    )
    st.html(
        f"<p class='answer'>{headline.html(sentence)}</p>"
        f"<p class='under'>{headline.html(_lasting(found))}</p>"
    )
    tiles = (("Cost so far", so_far), ("Expected total", total), ("The next hour adds", hour))
    row = st.container(horizontal=True, gap="small")
    for label, figure in tiles:
        _tile(row, label, figure)
    curves = found.ended.curves()
    bill, most = found.ended.bill(), float(np.quantile(found.hours, 0.9))
    money.hours(curves, found.ended.incident, bill, None, until_h=most)
    money.bill(bill)
    downloads.csv("Figures as CSV", "running.csv", lambda: _table(found))


def _lasting(found: Running) -> str:
    hours, scenario = found.ended.incident.hours, found.ended.scenario
    low, middle, high = np.quantile(found.hours, (0.05, 0.5, 0.95), method="inverted_cdf")
    said = (
        f"It has run for {fmt.significant(hours, 3)} hours and will have lasted "
        f"{fmt.significant(float(middle), 2)} in all, nine times in ten between "
        f"{fmt.significant(float(low), 2)} and {fmt.significant(float(high), 2)}."
    )
    if found.ended.incident.cause:
        return said
    likely = max(found.chance_of_cause.items(), key=lambda item: item[1])
    label = scenario.cause_label(likely[0])
    return f"{said} The likeliest cause is “{label}” ({fmt.share(likely[1])})."


def _tile(row: DeltaGenerator, label: str, figure: Figure) -> None:
    noise = fmt.error(figure.standard_error_usd)
    row.metric(
        headline.markdown(label),
        headline.markdown(fmt.money(figure.usd)),
        headline.markdown(f"{fmt.money(figure.low_usd)} to {fmt.money(figure.high_usd)}"),
        delta_color="off",
        delta_arrow="off",
        help=headline.markdown(
            "The mean over possible worlds; below it, where 90\xa0% of them lie (5–95\xa0%): what "
            f"we do not know. The simulation noise of the mean is {noise} (95\xa0%). What it costs "
            "so far is what it would cost if it ended now, late losses included."
        ),
        border=True,
        height="stretch",
    )


def _table(found: Running) -> pd.DataFrame:
    table = pd.DataFrame(found.figures())
    return table.rename(columns={"name": "figure", "usd": "expected_usd"})
