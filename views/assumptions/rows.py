"""Rows of the assumptions page: a belief with its evidence, its fields and its distribution."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from model.assumptions.currency import is_money
from model.beliefs.belief import Belief, fit
from model.present.charts import overview_data
from model.present.words import headline, titles
from model.present.words import numbers as fmt
from model.present.words.spoken.subject import assumption, declared
from model.scenario.scenario import Scenario
from views.fields import beliefs, evidence
from views.session import state
from views.shell import charts


def show(names: Sequence[str]) -> None:
    """Show beliefs one below the other."""
    for name in names:
        with st.container(border=True, key=f"row.{name}"):
            _row(name)


_DRAWN = {
    "fixed": "one number",
    "world": "one value for all incidents",
    "incident": "each incident has its own value",
}


def _row(name: str) -> None:
    item, belief = assumption(name), state.current().belief(name)
    about, fields, picture = st.columns([4, 4, 4], gap="medium")
    with about:
        changed = " · **changed**" if belief != state.current().default_of(name) else ""
        unit = f" ({item.unit if is_money(item.unit) else fmt.unit_words(item.unit)})"
        st.markdown(headline.markdown(f"**{item.label}**{unit}{changed}"))
        st.caption(headline.markdown(item.help))
        given = state.current().evidence(name)
        drawn = _DRAWN[item.per]
        st.caption(headline.markdown(f"**{given.graded}** · {headline.cited(given)} · {drawn}"))
        if changed:
            st.button(
                f"Back to {headline.markdown(titles.default_words(name))}",
                key=f"back.{name}",
                on_click=state.reset,
                args=(name,),
                type="tertiary",
                icon=":material/undo:",
            )
    with fields:
        if item.per == "fixed":
            beliefs.single(name, place="row")
        else:
            beliefs.show(name, place="row")
            beliefs.shape(name, place="row")
        evidence.show(name)
    with picture:
        _picture(name, belief)


def _picture(name: str, belief: Belief) -> None:
    item = assumption(name)
    if item.per == "fixed" or belief.certain:
        st.caption("Certain: one value, no spread.")
        return
    fitted = fit(belief, item.lower, item.upper)
    figures = {"median": fitted.median(), "mean": fitted.mean(), "P95": fitted.p95()}
    said = " · ".join(f"{word} **{fmt.shown(v, item.unit)}**" for word, v in figures.items())
    st.markdown(headline.markdown(said))
    alt = f"Distribution of {item.label}: {headline.plain(said)}"
    table = overview_data.density(belief, item.lower, item.upper, item.unit)
    chart = "density_money" if is_money(item.unit) else "density"
    chart = "density_share" if item.unit == "share" else chart
    charts.chart(chart, table, alt=alt, key=f"density.{name}")


def table(scenario: Scenario) -> pd.DataFrame:
    """Return every row of the model with unit, source and grade, in chain order."""
    rows = []
    for name in scenario.names():
        item, value = declared(name), scenario.value(name)
        rows.append(
            {
                "name": name,
                "label": item.label,
                "value": titles.value_words(name, value),
                "unit": titles.row_unit(name),
                "differs": "yes" if value != scenario.default_of(name) else "",
                "grade": scenario.evidence(name).graded,
                "source": headline.cited(scenario.evidence(name)),
            }
        )
    return pd.DataFrame(rows)
