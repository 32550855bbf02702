"""Beside the headline: revenue, recapture, credit, who bears it, and a mature year."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from model.decisions.counterfactuals import MATURE_YEARS, mature
from model.drivers.ranking import ranked
from model.present.words import estimates, headline
from model.present.words import numbers as fmt
from model.present.words.drivers import weakest
from model.runs.standard_errors import Estimate
from model.runs.turns import Urgency
from model.scenario.scenario import Scenario
from views.session import comparisons, long_work, state
from views.session.runs import Run
from views.waiting.turns import Patience, turn


def show(run: Run) -> Callable[[Patience], None]:
    """Show the figures; return what fills in the mature year, which needs runs of its own."""
    st.subheader("Beside the headline", anchor=False)
    measures = run.measures
    columns = st.columns(3, gap="large")
    with columns[0]:
        st.markdown(
            headline.markdown(
                f"**Share of revenue** {fmt.share(measures['eal_share_of_revenue'].value)}\n\n"
                f"**Before recapture** {fmt.money(measures['eal_before_recapture'].value)}\n\n"
                f"**After the year's end** {fmt.money(measures['eal_after_year'].value)} of it "
                "falls due later"
            )
        )
    with columns[1]:
        st.markdown(
            headline.markdown(
                f"**SLA credit** {fmt.money(-measures['sla_credit'].value)}, which leaves "
                f"{fmt.money(measures['eal_net'].value)} net\n\n"
                f"**Borne by others** {fmt.money(measures['borne_by_others'].value)}\n\n"
                f"**Implied ad load** {headline.implied_ad_load(state.current())}"
            )
        )
    with columns[2]:
        # Unlike an empty place it keeps what it says until the new figure is there.
        slot = st.container()
    st.info(
        headline.markdown(f"{_weakest(run)} {headline.NOT_MODELLED}"),
        icon=":material/search:",
    )

    def compare(patience: Patience) -> None:
        slot.markdown(headline.markdown(_mature(run, patience)))

    return compare


def _weakest(run: Run) -> str:
    """Return the weakest input if Drivers or Present have worked it out."""
    scenario = comparisons.switched_off(state.current())
    moved = long_work.found("tornado", scenario, "eal", run.result.seed)
    eal_usd = run.measures["eal"].value
    return weakest(None if moved is None else ranked(scenario, moved, eal_usd), scenario)


def _mature(run: Run, patience: Patience) -> str:
    """Return this year against a mature one; the difference is the one that Present shows."""
    title, now = "**This year against a mature year**", run.measures["eal"].value
    scenario, years = comparisons.switched_off(state.current()), min(run.result.years, MATURE_YEARS)
    extra = _extra(scenario, years, run.result.seed, patience)
    if not extra.low > 0.0 and not extra.high < 0.0:
        return f"{title} about the same, {fmt.money(now)}: the simulation sees no difference"
    return (
        f"{title} {fmt.money(now)} against about {fmt.money(now - extra.value)}: "
        f"{estimates.money(extra)} ({fmt.error(extra.standard_error)}) for the months after the "
        "migration"
    )


def _extra(scenario: Scenario, years: int, seed: int, patience: Patience) -> Estimate:
    """Return what the months after a migration add to the average year; made once for all."""
    less: Estimate | None = long_work.found("mature", scenario, years, seed)
    if less is None:
        mine = turn(Urgency.ADDED, scenario, years, still_wanted=patience)
        less = mature(scenario, years=years, seed=seed, executor=mine)
        long_work.keep("mature", scenario, years, seed, value=less)
    return Estimate(-less.value, less.standard_error, -less.high, -less.low)
