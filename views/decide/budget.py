"""The best set of remedies for a budget, and the efficient frontier."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from model.decisions.best_set import Frontier
from model.decisions.compare import Row
from model.decisions.early_life import HORIZON_YEARS
from model.present.charts import decide, decide_data
from model.present.files import page_tables
from model.present.words import estimates, headline, titles
from model.present.words import numbers as fmt
from model.present.words import remedies as remedy_words
from model.present.words.spoken import subject
from views.fields import remedies
from views.session import comparisons, state
from views.shell import charts, downloads, tables

_AIMS = {
    "Average year": "eal",
    "Worst years": "tvar_95",
    "Net benefit": "net_benefit",
}
_LOWEST = {
    "eal": "the lowest average year",
    "tvar_95": "the mildest bad years",
    "net_benefit": "the highest net benefit",
}
_NET = "Net of SLA credit"
_BUDGET_OF_REVENUE = 0.00075
"""What the field asks for at first: about as much as matters to a platform of this size."""
_AVERAGED = remedy_words.averaged(HORIZON_YEARS)


def show() -> None:
    """Show the section."""
    st.subheader("The best set for a budget")
    left, right = st.columns([1, 2], gap="medium")
    usual = fmt.round_money(_BUDGET_OF_REVENUE)
    key = f"budget.{usual}"
    left.text_input(
        "Budget a year",
        usual,
        key=key,
        persist_state="session",
        help=headline.markdown(
            f"Expected cost of the set in {subject.code()} a year, written like {usual}."
        ),
    )
    aim = right.segmented_control(
        "Best is",
        list(_AIMS),
        default="Average year",
        required=True,
        key="budget.aim",
        wrap=True,
        persist_state="session",
    )
    try:
        limit = fmt.parsed(st.session_state[key], subject.code())
        if limit < 0:
            raise ValueError("0 or more is needed")
    except ValueError as error:
        st.error(headline.markdown(f"Budget a year: {error}"), icon=":material/block:")
        return
    found = comparisons.searched(st.empty())
    if found is None:
        st.caption(
            "Every set is held against every other on the same incidents; that takes some "
            "seconds and can be stopped."
        )
        return
    by = _AIMS[str(aim)]
    best = found.best(limit, by)
    _sentence(found, best, by, limit)
    _frontier(found, best, by, limit)


def _sentence(found: Frontier, best: Row, by: str, limit: float) -> None:
    scenario = state.current()
    label = {remedy.name: remedy.label for remedy in scenario.remedies}
    bought = " + ".join(label[name] for name in best.remedies)
    spend = fmt.money(limit, 3)
    if not best.remedies:
        said = f"For up to {spend} a year, buying **nothing** gives {_LOWEST[by]}."
    else:
        averaged = remedy_words.averaged(best.horizon_years)
        said = (
            f"For up to {spend} a year, **{bought}** gives {_LOWEST[by]}: it saves "
            f"**{estimates.money(best.saving)}** a year, {averaged} (coming year: "
            f"{fmt.money(-best.delta_eal.value)} {fmt.error(best.delta_eal.standard_error)}), "
            f"costs {fmt.money(best.annual_cost.value)} a year; net benefit "
            f"{estimates.money(best.net_benefit)}.{_loses(best)}"
        )
    st.markdown(headline.markdown(said))
    if st.session_state.get("decide.judged") == _NET:
        st.caption(_before_credit(best))
    if best.remedies:
        st.button(
            "Switch just these on",
            key="budget.take",
            on_click=remedies.switch_on,
            args=(best.remedies,),
            icon=":material/toggle_on:",
        )


def _loses(best: Row) -> str:
    """Return that a set loses money, if the simulation leaves no doubt."""
    if best.net_benefit.high >= 0:
        return ""
    return " **It loses money:** it costs more than it saves before SLA credit."


def _before_credit(best: Row) -> str:
    said = "This search counts savings before SLA credit, whatever is chosen above."
    if best.remedies:
        benefit = estimates.money(best.net_benefit_net)
        said += f" Net of SLA credit, the net benefit of this set is {benefit} a year."
    return headline.markdown(said)


def _frontier(found: Frontier, best: Row, by: str, limit: float) -> None:
    figure = "tvar_95" if by == "tvar_95" else "saving"
    table = decide_data.frontier(found, figure, limit, best.remedies)
    steps = decide_data.steps(found, figure, state.current())
    first, last = steps.iloc[0], steps.iloc[-1]
    what = "saved a year" if figure == "saving" else "lost in the worst 5\xa0% of years"
    reach = f"without remedies {fmt.money(first.figure_usd)} {what}; at most"
    said = f"{reach} {fmt.money(last.figure_usd)} for {fmt.money(last.cost_usd)} a year"
    if figure == "saving":
        st.markdown(headline.markdown(_whether_any_pays(found)))
    alt = f"Efficient frontier: {said}."
    charts.draw(decide.spec(f"frontier_{figure}", charts.mode()), table, alt=alt, key="frontier")
    looked = len(found.screened.sets) if found.screened else len(found.rows)
    left_out = [titles.remedy_label(name, state.current()) for name in found.left_out]
    aside = f" Left out, as they save nothing before SLA credit: {', '.join(left_out)}."
    averaged = f" Savings are {_AVERAGED}." if figure == "saving" else ""
    st.caption(
        headline.markdown(
            f"Grey: all {looked:,} sets, screened on the years that carry the loss; blue: no "
            f"cheaper set is as good, priced on {comparisons.FRONTIER_YEARS:,} years; orange: the "
            f"best for the budget. All is before SLA credit.{averaged}"
            f"{aside if left_out else ''}"
        )
    )
    st.html(_steps(steps, figure))
    downloads.csv("Frontier as CSV", "frontier.csv", lambda: page_tables.frontier(found, figure))


def _whether_any_pays(found: Frontier) -> str:
    """Return whether any set lies in the green area, and which saves most beyond its price."""
    if not decide_data.pays(found):
        return (
            "**No set pays for itself**: none of them lies in the green area, where a set saves "
            "more than it costs."
        )
    best = found.best(math.inf, "net_benefit")
    bought = " + ".join(titles.remedy_label(name, state.current()) for name in best.remedies)
    return (
        "In the green area a set saves more than it costs. The widest margin has "
        f"**{bought}**: {estimates.money(best.net_benefit)} a year."
    )


def _steps(steps: pd.DataFrame, figure: str) -> str:
    what = "Saves a year" if figure == "saving" else "Worst 5\xa0% of coming years"
    rows = [
        (fmt.money(cost), (fmt.money(loss), enters or "nothing bought", leaves or "–"))
        for cost, loss, enters, leaves in zip(
            steps["cost_usd"], steps["figure_usd"], steps["enters"], steps["leaves"], strict=True
        )
    ]
    heads = ("Costs a year", what, "Comes in", "Goes out")
    title = "<p><b>Which remedies enter when</b>, in steps of at least 1\xa0%</p>"
    return title + tables.table(heads, rows, words=True)
