"""The live what-if of a meeting: on a copy of the scenario in hand, which stays as it is.

All slides follow the copy; a line on top holds it against the scenario in hand.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

import streamlit as st

from model.assumptions.declaration import fixed
from model.assumptions.remedies import PREFIX
from model.decisions.compare import Row, compare
from model.limits import LONGEST_NAME
from model.present.story.material import Material
from model.present.words import estimates, headline
from model.runs.quantiles import Sample
from model.runs.result import Result
from model.runs.standard_errors import Estimate
from model.scenario import what_if
from model.scenario.scenario import Scenario
from views.session import long_work
from views.session.presets import DEFAULT

FACTORS = (0.1, 0.2, 0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 5, 10)
CHOICES = {
    "rate": "Outages come",
    "duration": "They last",
    "elasticity": "Viewing lost",
    "revenue": "Revenue",
    "price": "Remedies cost",
    "tolerance": "Tolerance",
}
_NONE = "no remedy"
_OPEN, _ASKED, _REMEDY = "what_if.open", "what_if.asked", "remedy"


@dataclass(frozen=True)
class WhatIf:
    """What is asked in a meeting: the scenario with it, the remedy if any, and both in words."""

    scenario: Scenario
    names: tuple[str, ...]
    said: str


def asked(scenario: Scenario) -> WhatIf | None:
    """Return what is asked of a scenario; None if nothing is."""
    given = _given()
    factors = {name: float(given.get(name, 1)) for name in CHOICES}
    known = {one.name: one.label for one in scenario.remedies}
    remedy = str(given.get(_REMEDY, _NONE))
    names = (remedy,) if remedy in known else ()
    said = [f"{CHOICES[k].lower()} {_words(f)}" for k, f in factors.items() if f != 1]
    said += [f"with “{known[name]}”" for name in names]
    if not said:
        return None
    text = ", ".join(said)
    before = "" if scenario.name == DEFAULT else f"{scenario.name}: "
    changed = what_if.scaled(scenario, **factors).with_(
        {f"{PREFIX}{name}.on": fixed(1.0) for name in names}
        | {"scenario.name": f"{before}what if {text}"[:LONGEST_NAME]}
    )
    return WhatIf(changed, names, text)


def button() -> None:
    """Offer to open and close the panel."""
    label = "Close what if" if _is_open() else "What if …"
    st.button(label, icon=":material/tune:", key="what_if.toggle", on_click=_toggle)


def panel(scenario: Scenario) -> None:
    """Show what can be asked, in a row above the slide, if the panel is open."""
    if not _is_open():
        return
    labels = {_NONE: _NONE} | {remedy.name: remedy.label for remedy in scenario.remedies}
    with st.container(key="what_if_panel"):
        places = st.columns([*[1] * len(CHOICES), 1.3, 0.7], vertical_alignment="bottom")
        for place, (name, label) in zip(places, CHOICES.items(), strict=False):
            key = f"what_if.{name}"
            place.select_slider(
                headline.markdown(label),
                FACTORS,
                value=_given().get(name, 1),
                format_func=_words,
                key=key,
                on_change=_take,
                args=(name,),
            )
        chosen = str(_given().get(_REMEDY, _NONE))
        places[-2].selectbox(
            "With",
            list(labels),
            index=list(labels).index(chosen) if chosen in labels else 0,
            format_func=labels.__getitem__,
            key=f"what_if.{_REMEDY}",
            on_change=_take,
            args=(_REMEDY,),
        )
        places[-1].button("As it is", on_click=_reset, key="what_if.reset")


def strip(one: WhatIf, before: Result, tolerance_usd: float, found: Material) -> None:
    """Hold what is asked, as the slides show it, against the run and tolerance in hand."""
    row, bad = _row(one, found)
    over = before.chance_over(tolerance_usd)
    pairs = (
        ("Average coming year", estimates.money(before.mean("loss_usd")), estimates.money(row.eal)),
        ("1-in-10 year", estimates.money(before.quantile(0.9)), estimates.money(bad)),
        ("Year above the tolerance", estimates.chance(over), estimates.chance(row.p_breach)),
    )
    st.html(_strip(one.said, pairs))


def _given() -> dict[str, float | str]:
    found: dict[str, float | str] = st.session_state.setdefault(_ASKED, {})
    return found


def _is_open() -> bool:
    return bool(st.session_state.get(_OPEN, False))


def _toggle() -> None:
    st.session_state[_OPEN] = not _is_open()


def _take(name: str) -> None:
    _given()[name] = st.session_state[f"what_if.{name}"]


def _reset() -> None:
    _given().clear()
    for name in CHOICES:
        st.session_state[f"what_if.{name}"] = 1
    st.session_state[f"what_if.{_REMEDY}"] = _NONE


def _words(factor: float) -> str:
    return "as it is" if factor == 1 else f"× {factor:g}"


def _row(one: WhatIf, found: Material) -> tuple[Row, Estimate]:
    """Return the changed year with the remedy, if any, and its 1-in-10 loss."""
    years, seed, tolerance_usd = found.result.years, found.result.seed, found.tolerance_usd
    scenario, names = one.scenario.unsourced(), one.names

    def make() -> tuple[Row, Estimate]:
        whole = compare(scenario, [names] if names else [], years=years, seed=seed)
        k = len(whole.names) - 1
        loss = Sample(whole.evaluation.loss(k), whole.evaluation.worlds)
        return whole.rows(tolerance_usd)[k], loss.quantile(0.9)

    parts = (scenario, names, years, seed, tolerance_usd)
    return long_work.once("what_if", parts, make, doing="Simulating …")


def _strip(said: str, pairs: tuple[tuple[str, str, str], ...]) -> str:
    cells = "".join(
        f"<span>{html.escape(label)} <s>{html.escape(now)}</s> <b>{html.escape(then)}</b></span>"
        for label, now, then in pairs
    )
    return f"<div class='whatif' role='status'><em>What if {html.escape(said)}:</em> {cells}</div>"
