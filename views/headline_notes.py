"""Beside the headline: revenue, recapture, credit, who bears it, and a mature year."""

from __future__ import annotations

import streamlit as st

from model import estimate
from model.assumptions import Assumption, declared
from model.dist import Belief
from model.present import format as fmt
from model.present import words
from model.scenario import Scenario
from views import runs, state
from views.runs import Run

_MATURE_YEARS = 12_500
"""Enough for a difference on the same luck, a fraction of a second after everything else."""


def show(run: Run) -> None:
    """Show the figures; the mature year comes last, it needs a run of its own."""
    st.subheader("Beside the headline")
    measures, slot = run.measures, None
    columns = st.columns(3, gap="large")
    with columns[0]:
        st.markdown(
            words.markdown(
                f"**Share of revenue** {fmt.share(measures['eal_share_of_revenue'].value)}\n\n"
                f"**Before recapture** {fmt.money(measures['eal_before_recapture'].value)}\n\n"
                f"**After the year's end** {fmt.money(measures['eal_after_year'].value)} of it "
                "falls due later"
            )
        )
    with columns[1]:
        st.markdown(
            words.markdown(
                f"**SLA credit** {fmt.money(-measures['sla_credit'].value)}, which leaves "
                f"{fmt.money(measures['eal_net'].value)} net\n\n"
                f"**Borne by others** {fmt.money(measures['borne_by_others'].value)}\n\n"
                f"**Implied ad load** {words.implied_ad_load(state.current())}"
            )
        )
    with columns[2]:
        slot = st.empty()
    st.info(words.markdown(f"{words.WEAKEST_INPUT} {words.NOT_MODELLED}"), icon=":material/search:")
    # A second run: everything else is on the page before it starts.
    slot.markdown(words.markdown(_mature(run)))


def _mature(run: Run) -> str:
    """Return this year against a mature one, on the same luck in the first years of the run."""
    title, now = "**This year against a mature year**", run.measures["eal"].value
    mature = mature_year(state.current())
    if mature == state.current():
        return f"{title} the same, {fmt.money(now)}"
    years = min(run.result.years, _MATURE_YEARS)
    other = runs.run(mature, years, run.result.seed).result["loss_usd"]
    extra = estimate.mean(run.result["loss_usd"][:years] - other, worlds=years)
    return (
        f"{title} {fmt.money(now)} against about {fmt.money(now - extra.value)}: "
        f"{fmt.money(extra.value)} ({fmt.error(extra.standard_error)}) for the months after the "
        "migration"
    )


def mature_year(scenario: Scenario) -> Scenario:
    """Return a scenario without the excess of incidents after a migration."""
    changes = {}
    for cause in scenario.causes:
        name = f"incidents.{cause}.early_life_multiplier"
        item = declared(name)
        assert isinstance(item, Assumption)
        changes[name] = Belief(item.default.shape, 1.0, 1.0)
    mature = scenario.with_(changes)
    same = all(scenario.belief(name).high == 1.0 for name in changes)
    return scenario if same else mature
