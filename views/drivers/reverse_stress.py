"""Reverse stress: what one assumption would have to be for a figure to reach a level."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from model.assumptions.currency import is_money
from model.assumptions.declaration import Assumption
from model.drivers.reverse import YEARS as REVERSE_YEARS
from model.drivers.reverse import Reverse, reverse
from model.present.charts import drivers as driver_charts
from model.present.charts import drivers_data
from model.present.files import page_tables
from model.present.words import drivers as driver_words
from model.present.words import headline
from model.present.words import numbers as fmt
from model.present.words.spoken import subject
from model.present.words.spoken.subject import declared
from model.scenario.scenario import Scenario
from views.session import comparisons, long_work, state
from views.shell import figures
from views.shell.figures import Csv

_FIGURES = {
    "eal": "Average year",
    "p95": "1-in-20 year",
    "tvar_95": "Worst 5\xa0% of years",
    "net_benefit": "Net benefit",
}
_FIRST = "incidents.change_and_configuration.rate_per_year"
_LEVEL_OF_REVENUE = 0.0015
"""Which level is asked for at first, as a share of ad revenue."""


@dataclass(frozen=True)
class Question:
    """What is asked: which assumption, which figure, which level, with which remedies."""

    scenario: Scenario
    name: str
    figure: str
    level_usd: float
    remedies: tuple[str, ...]
    seed: int


def show() -> None:
    """Show the section; it waits for its button."""
    st.subheader("What would it take?")
    scenario = comparisons.switched_off(state.current())
    names = [name for name in scenario.names() if _can_move(scenario, name)]
    one, two, three = st.columns([3, 2, 1], gap="medium", vertical_alignment="bottom")
    name = one.selectbox(
        "Assumption",
        names,
        index=names.index(_FIRST) if _FIRST in names else 0,
        format_func=lambda name: declared(name).label,
        key="reverse.name",
        persist_state="session",
    )
    figure = two.selectbox(
        "Figure",
        list(_FIGURES),
        format_func=_FIGURES.__getitem__,
        key="reverse.figure",
        persist_state="session",
        help="Net benefit is that of the remedies switched on under “Compare and decide”.",
    )
    usual = fmt.round_money(_LEVEL_OF_REVENUE)
    typed = three.text_input(
        "Reaches",
        usual,
        key=f"reverse.level.{usual}",
        persist_state="session",
        help=headline.markdown(f"{subject.code()} a year"),
    )
    remedies = comparisons.switched_on(state.current()) if figure == "net_benefit" else ()
    if figure == "net_benefit" and not remedies:
        st.info("Switch remedies on under “Compare and decide” first.", icon=":material/info:")
        return
    try:
        level = fmt.parsed(typed, subject.code())
    except ValueError as error:
        st.error(headline.markdown(f"Reaches: {error}"), icon=":material/block:")
        return
    seed = state.settings().seed
    _answer(
        Question(
            scenario=scenario,
            name=str(name),
            figure=str(figure),
            level_usd=level,
            remedies=remedies,
            seed=seed,
        )
    )


def _can_move(scenario: Scenario, name: str) -> bool:
    item = declared(name)
    return isinstance(item, Assumption) and item.per != "fixed"


def _answer(asked: Question) -> None:
    found = long_work.work(
        st.empty(),
        "reverse",
        (asked,),
        lambda progress, threads: reverse(
            asked.scenario,
            asked.name,
            asked.level_usd,
            figure=asked.figure,
            remedies=asked.remedies,
            seed=asked.seed,
            executor=threads,
            on_step=progress,
        ),
        on=(asked.scenario, REVERSE_YEARS),
        doing="Following the figure",
        start="Find it",
    )
    if found is not None:
        _shown(found, asked)


def _shown(found: Reverse, asked: Question) -> None:
    said = driver_words.reached(found)
    st.markdown(headline.markdown(said))
    # A net benefit is no figure of the run: it is nothing without its remedies.
    today = state.run().measures.get(found.figure)
    table = drivers_data.reverse(found, asked.scenario, today.value if today else None)
    unit = driver_words.unit_of(found.name)
    chart = "reverse_money" if is_money(unit) else "reverse"
    chart = "reverse_share" if unit == "share" else chart
    dotted = "dotted: the figure today, over that whole range; " if today else ""
    read = (
        "All else and all luck as it is, on 4,000 years; the band is simulation noise (95\xa0%). "
        f"Shaded upright: today's belief (90\xa0%); {dotted}dashed: the level asked for."
    )
    figures.show(
        driver_charts.spec,
        chart,
        table,
        alt=f"The figure over the values tried. {headline.plain(said)}",
        read=read,
        csv=Csv("Values as CSV", "reverse.csv", lambda: page_tables.reverse(found)),
        key="reverse",
    )
