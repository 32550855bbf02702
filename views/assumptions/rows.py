"""Rows of the assumptions page: a belief with its evidence, its fields and its distribution."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from model.assumptions import correlations
from model.assumptions.correlations import is_declared
from model.assumptions.currency import is_money
from model.assumptions.names import Value
from model.beliefs.belief import EMPIRICAL, Belief, fit
from model.present.charts import overview_data
from model.present.words import headline
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


def _row(name: str) -> None:
    item, belief = assumption(name), state.current().belief(name)
    about, fields, picture = st.columns([4, 4, 4], gap="medium")
    with about:
        changed = " · **changed**" if belief != state.current().default_of(name) else ""
        unit = f" ({item.unit if is_money(item.unit) else fmt.unit_words(item.unit)})"
        st.markdown(headline.markdown(f"**{item.label}**{unit}{changed}"))
        st.caption(headline.markdown(item.help))
        given = state.current().evidence(name)
        drawn = "one number" if item.per == "fixed" else f"drawn per {item.per}"
        st.caption(headline.markdown(f"**{given.graded}** · {headline.cited(given)} · {drawn}"))
        if changed:
            st.button(
                f"Back to {headline.markdown(default_words(name))}",
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


def row_label(name: str) -> str:
    """Return what a row is about, for people."""
    if name.startswith(correlations.PREFIX):
        pair = correlations.pair_of(name, is_declared)
        return " ↔ ".join(declared(part).label for part in pair) if pair else name
    return declared(name).label if is_declared(name) else name


def value_words(name: str, value: Value | None) -> str:
    """Return a value of a row the way people read it."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value or "empty"
    if not isinstance(value, Belief):
        return f"{value.kind} {value.path} {value_words(value.path, value.belief)}"
    if value.shape.startswith(EMPIRICAL):
        return value.shape
    unit = _unit(name)
    ends = f"{fmt.shown(value.low, unit)} – {fmt.shown(value.high, unit)}"
    return fmt.shown(value.low, unit) if value.certain else f"{ends} {value.shape}"


def default_words(name: str) -> str:
    """Return what a row says by default."""
    if name.startswith(correlations.PREFIX):
        pair = correlations.pair_of(name, is_declared)
        return fmt.significant(correlations.default_value(pair), 2) if pair else "nothing"
    try:
        return value_words(name, state.current().default_of(name))
    except KeyError:
        return "nothing"


def _unit(name: str) -> str:
    return getattr(declared(name), "unit", "") if is_declared(name) else ""


def table(scenario: Scenario) -> pd.DataFrame:
    """Return every row of the model with unit, source and grade, in chain order."""
    rows = []
    for name in scenario.names():
        item, value = declared(name), scenario.value(name)
        rows.append(
            {
                "name": name,
                "label": item.label,
                "value": value_words(name, value),
                "unit": _unit(name),
                "differs": "yes" if value != scenario.default_of(name) else "",
                "grade": scenario.evidence(name).graded,
                "source": headline.cited(scenario.evidence(name)),
            }
        )
    return pd.DataFrame(rows)
