"""The live what-if of a meeting: on a copy of the scenario in hand, which stays as it is."""

from __future__ import annotations

import html

import streamlit as st

from model.decisions.compare import Row, compare
from model.present.story.material import Material
from model.present.words import estimates, headline
from model.present.words import numbers as fmt
from model.runs.quantiles import Sample
from model.runs.standard_errors import Estimate
from model.scenario import what_if
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION

FACTORS = {"a quarter": 0.25, "half": 0.5, "as it is": 1.0, "twice": 2.0, "four times": 4.0}
_AS_IT_IS, _NONE = "as it is", "no remedy"
_CHOICES = {
    "rate": "Outages come",
    "duration": "They last",
    "elasticity": "Viewing lost per stale feed",
}


def choose(found: Material) -> None:
    """Offer the factors and a remedy."""
    with st.popover("What if …", icon=":material/tune:"):
        for name, label in _CHOICES.items():
            st.selectbox(
                headline.markdown(label),
                list(FACTORS),
                index=list(FACTORS).index(_AS_IT_IS),
                key=f"what_if.{name}",
                persist_state="session",
            )
        labels = {remedy.name: remedy.label for remedy in found.scenario.remedies}
        st.selectbox(
            "With",
            [_NONE, *labels],
            format_func=lambda name: labels.get(name, name),
            key="what_if.remedy",
            persist_state="session",
        )
        st.button("As it is", on_click=_reset, key="what_if.reset")


def _reset() -> None:
    for name in _CHOICES:
        st.session_state[f"what_if.{name}"] = _AS_IT_IS
    st.session_state["what_if.remedy"] = _NONE


def strip(found: Material) -> bool:
    """Show what the what-if does to the answer, if there is one; tell whether there is."""
    chosen = {name: st.session_state.get(f"what_if.{name}", _AS_IT_IS) for name in _CHOICES}
    factors = {name: FACTORS.get(word, 1.0) for name, word in chosen.items()}
    remedy = st.session_state.get("what_if.remedy", _NONE)
    known = {one.name: one.label for one in found.scenario.remedies}
    names = (remedy,) if remedy in known else ()
    if all(factor == 1.0 for factor in factors.values()) and not names:
        return False
    changed = what_if.scaled(found.scenario, **factors)
    result = found.result
    row, bad = _run(RESULTS_VERSION, changed, names, result.years, result.seed, found.tolerance_usd)
    said = [f"{_CHOICES[k].lower()} {word}" for k, word in chosen.items() if word != _AS_IT_IS]
    said += [f"with “{known[name]}”" for name in names]
    st.html(_strip(", ".join(said), _pairs(found, row, bad)))
    return True


def _pairs(found: Material, row: Row, bad: Estimate) -> list[tuple[str, str, str]]:
    """Return label, now and then of the figures that the answer consists of."""
    result, limit = found.result, fmt.money(found.tolerance_usd, 3)
    over = result.chance_over(found.tolerance_usd)
    average = estimates.money(result.mean("loss_usd")), estimates.money(row.eal)
    # What a remedy takes off the coming year is not what it saves a year over the horizon.
    return [
        ("Average coming year", *average),
        ("1-in-10 year", estimates.money(result.quantile(0.9)), estimates.money(bad)),
        (f"Year above {limit}", estimates.chance(over), estimates.chance(row.p_breach)),
    ]


@st.cache_resource(max_entries=32, show_spinner="Simulating …")
def _run(
    version: int,
    scenario: Scenario,
    names: tuple[str, ...],
    years: int,
    seed: int,
    tolerance_usd: float,
) -> tuple[Row, Estimate]:
    """Return the changed year with the remedy, if any, and its 1-in-10 loss."""
    one = compare(scenario, [names] if names else [], years=years, seed=seed)
    k = len(one.names) - 1
    loss = Sample(one.evaluation.loss(k), one.evaluation.worlds)
    return one.rows(tolerance_usd)[k], loss.quantile(0.9)


def _strip(said: str, pairs: list[tuple[str, str, str]]) -> str:
    cells = "".join(
        f"<span>{html.escape(label)} <s>{html.escape(now)}</s> <b>{html.escape(then)}</b></span>"
        for label, now, then in pairs
    )
    return f"<div class='whatif' role='status'><em>What if {html.escape(said)}:</em> {cells}</div>"
