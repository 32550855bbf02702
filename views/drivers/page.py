"""Drivers: what moves the answer, luck against ignorance, what to find out, reverse stress."""

from __future__ import annotations

from concurrent.futures import Executor

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.drivers.luck import SHARE, Ignorance, luck_or_ignorance
from model.drivers.ranges import WORLDS, YEARS
from model.drivers.shares import Shares, variance_shares
from model.drivers.tornado import YEARS as TORNADO_YEARS
from model.drivers.tornado import Tornado, tornado
from model.limits import LIVE_YEARS
from model.present.charts import drivers as driver_charts
from model.present.charts import drivers_data
from model.present.files import driver_tables
from model.present.words import drivers as driver_words
from model.present.words import headline
from model.present.words import numbers as fmt
from model.runs.result import Result
from views.drivers import folded, reverse_stress
from views.session import comparisons, long_work, state
from views.session.runs import Run
from views.shell import figures, messages, tables
from views.shell.figures import Csv

_FIGURES = {"Average year": "eal", "1-in-20 year": "p95", "Worst 5\xa0% of years": "tvar_95"}
_FEW, _ALL = "The 12 longest", "All"
_SHOWN = {_FEW: 12, _ALL: 1000}
_MOST_SHARES = 10


def drivers() -> None:
    """Show the page: all that is light first, then what takes seconds, each with progress."""
    run = state.run()
    comparisons.make_do()
    answer, progress = st.empty(), st.empty()
    messages.messages()
    comparisons.rest_follows()
    first = st.container()
    with first:
        figure, most = _choices()
    spread = st.container()
    learn = st.container()
    with st.container():
        reverse_stress.show()
    last = st.container()
    with spread:
        _spread(run)
    with answer:
        _say("Moving every assumption to both ends of its range …")
    found = _tornado(progress, figure)
    if found is None:
        with answer:
            _say("What drives the answer is not known yet.")
        return
    base = run.measures[figure].value
    with answer:
        _say(driver_words.answer(found, base))
    with first:
        _bars(found, base, most)
        folded.ranking(found, run)
    with learn:
        _learn()
    with last:
        folded.error_budget(run.result)


def _say(said: str) -> None:
    st.html(f"<p class='answer'>{headline.html(said)}</p>")


def _choices() -> tuple[str, int]:
    st.subheader("What moves the answer")
    left, right = st.columns([3, 2], gap="medium")
    figure = left.segmented_control(
        "Figure",
        list(_FIGURES),
        default="Average year",
        required=True,
        key="drivers.figure",
        wrap=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    most = right.segmented_control(
        "How many",
        list(_SHOWN),
        default=_FEW,
        required=True,
        key="drivers.most",
        wrap=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return _FIGURES[str(figure)], _SHOWN[str(most)]


def _tornado(place: DeltaGenerator, figure: str) -> Tornado | None:
    scenario, seed = comparisons.switched_off(state.current()), state.settings().seed
    return long_work.work(
        place,
        "tornado",
        (scenario, figure, seed),
        lambda progress, threads: tornado(
            scenario, figure=figure, seed=seed, executor=threads, on_block=progress
        ),
        on=(scenario, TORNADO_YEARS),
        doing="Moving every assumption to both ends of its range",
    )


def _bars(found: Tornado, base: float, most: int) -> None:
    table = drivers_data.tornado(found, base, most)
    lines = "; ".join(
        f"{bar.label}: {driver_words.level(base, bar.at_low)} at {low}, "
        f"{driver_words.level(base, bar.at_high)} at {high}"
        for bar in found.together[:12]
        for low, high in [driver_words.ends(bar)]
    )
    what = driver_words.FIGURES[found.figure]
    nothing_moves = not any(bar.swing for bar in found.together)
    if not nothing_moves:
        ends = ("at the low end of the belief", "main"), ("at the high end", "harm")
        st.html(tables.legend(*ends))
    read = (
        f"How to read this: {what} ({fmt.money(base)}, the upright line) if one assumption is "
        "at the low (blue) or the high (orange) end of its 90\xa0% range, all else and all luck "
        "as it is. The input is printed at the bar's end. The fainter bars: drawn for every "
        "incident, here the same for all. Thin lines: simulation noise (95\xa0%), "
        f"{TORNADO_YEARS:,} years."
    )
    figures.show(
        driver_charts.spec,
        "tornado",
        table,
        alt=f"Tornado of {what}: {fmt.money(base)} as it is. {lines}.",
        read=read,
        csv=Csv("Tornado as CSV", "tornado.csv", lambda: driver_tables.tornado(found)),
        empty=nothing_moves,
    )


def _spread(run: Run) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Luck or ignorance?")
        luck = _ignorance(st.empty())
        if luck is not None:
            _band(luck)
    with right:
        st.subheader("Whose ignorance?")
        found = _shares(st.empty(), run)
        if found is not None:
            _share_bars(found)


def _ignorance(place: DeltaGenerator) -> Ignorance | None:
    scenario, seed = comparisons.switched_off(state.current()), state.settings().seed

    def make(progress: long_work.Progress, threads: Executor) -> Ignorance:
        return luck_or_ignorance(scenario, seed=seed, executor=threads, on_block=progress)

    return long_work.work(
        place,
        "ignorance",
        (scenario, seed),
        make,
        on=(scenario, WORLDS * YEARS),
        doing="Many years in each of many worlds",
    )


def _band(found: Ignorance) -> None:
    said = driver_words.luck(found)
    st.markdown(headline.markdown(said))
    table = drivers_data.ignorance(found)
    read = (
        f"The line mixes all possible worlds; the band holds the curves of 90\xa0% of them "
        f"({WORLDS:,} worlds of {YEARS:,} years; the share above is from {SHARE[0]:,} worlds of "
        f"{SHARE[1]:,}). A wide band is ignorance; the fall of the line itself is luck."
    )
    figures.show(
        driver_charts.spec,
        "ignorance",
        table,
        alt=f"Loss exceedance curve with its band over possible worlds. {headline.plain(said)}",
        read=read,
        csv=Csv("Band as CSV", "ignorance.csv", lambda: driver_tables.ignorance(found)),
        empty=table.empty,
    )


def _shares(place: DeltaGenerator, run: Run) -> Shares | None:
    result: Result = run.result
    if result.years > LIVE_YEARS:
        result = state.result(years=LIVE_YEARS)
    return long_work.work(
        place,
        "shares",
        (result.scenario, result.years, result.seed),
        lambda progress, threads: threads.submit(variance_shares, result).result(),
        on=(result.scenario, result.years),
        doing="Reading the shares off the run",
    )


def _share_bars(found: Shares) -> None:
    st.markdown(headline.markdown(driver_words.shares(found)))
    table = drivers_data.shares(found, _MOST_SHARES)
    if table.empty:
        return
    lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
    read = (
        "What knowing each input alone would remove (first-order shares), with their 95\xa0% "
        "error. What they lack to 100\xa0% is luck and interplay. Beliefs that go together are "
        "credited together."
    )
    figures.show(
        driver_charts.spec,
        "shares",
        table,
        alt=f"Share of the spread between years that knowing one belief would remove: {lines}.",
        read=read,
        csv=Csv("Shares as CSV", "variance_shares.csv", lambda: driver_tables.shares(found)),
    )


def _learn() -> None:
    st.subheader("What is worth finding out?")
    scenario = state.current()
    one = comparisons.singles(st.empty())
    found = comparisons.learning(st.empty(), one) if one is not None else None
    if found is None:
        return
    said = driver_words.worth(found, scenario)
    st.markdown(headline.markdown(said))
    table = drivers_data.worths(found, scenario, _MOST_SHARES)
    if table.empty:
        return
    lines = "; ".join(f"{row.label} {row.text}" for row in table.itertuples())
    file, worths, null = "information.csv", found, found.null_95_usd
    by_chance = (
        f" By chance, one without bearing would show {fmt.money(null)}." if null >= 1 else ""
    )
    read = (
        "Expected gain a year from knowing one belief before choosing one remedy or none (EVPPI), "
        f"with its 95\xa0% error: the most that finding it out may cost.{by_chance}"
    )
    figures.show(
        driver_charts.spec,
        "worths",
        table,
        alt=f"What it is worth to know a belief before choosing a remedy: {lines}.",
        read=read,
        csv=Csv("Worths as CSV", file, lambda: driver_tables.information(worths, scenario)),
    )
