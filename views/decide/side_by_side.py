"""Variants held against the scenario in hand on the same luck: figures, curves, and inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.decisions.side_by_side import Beside, SideBySide, differing
from model.present.charts import variants as chart
from model.present.files import page_tables
from model.present.words import estimates, headline, titles
from model.present.words import numbers as fmt
from model.runs.result import Measure
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from views.decide import pins, variants
from views.session import comparisons, presets, runs, state
from views.shell import charts, downloads, tables

_SAME = "same"
_MOST_ROWS = 60
"""Rows of what differs; nobody reads further on a page."""


@dataclass(frozen=True)
class Held:
    """A scenario held against others, and what it is called among them."""

    label: str
    scenario: Scenario


def show() -> None:
    """Show the section; nothing is simulated until there is something to hold against."""
    st.subheader("Variants side by side")
    variants.show()
    held = _held()
    if len(held) > 1:
        _compared(held)


def _held() -> list[Held]:
    """Return the scenario in hand, then all others that differ from it, under names of their own.

    A variant that is as the scenario in hand is not shown beside it.
    """
    here = state.current()
    shipped = [
        # What comes with the product is the same in any currency.
        (Scenario.default() if id == variants.DEFAULT else presets.preset(id)).in_currency(
            here.currency
        )
        for id in st.session_state.get(variants.PRESETS, ())
    ]
    same = [one for one in pins.pinned() if one.changes == here.changes]
    own = same[0].name if same else here.name
    found = [Held(f"{own} (in hand)", here)]
    for one in (*_in_currency(here.currency), *shipped):
        if one.changes != here.changes:
            found.append(Held(_apart(one.name, [other.label for other in found]), one))
    return found


def _in_currency(code: str) -> list[Scenario]:
    """Return the variants in a currency, and say which are in another."""
    others = [one for one in pins.pinned() if one.currency != code]
    for one in others:
        said = f"“{one.name}” is in {one.currency}, the scenario in hand in {code}"
        st.warning(headline.markdown(f"{said}: only amounts of one currency are compared."))
    return [one for one in pins.pinned() if one not in others]


def _apart(name: str, taken: Sequence[str]) -> str:
    """Return a name that no other row has: what is shipped may be called like a variant."""
    names = (name, *(f"{name} ({k})" for k in range(2, len(taken) + 2)))
    return next(one for one in names if one not in taken)


def _compared(held: Sequence[Held]) -> None:
    years, seed = comparisons.years(), state.settings().seed
    bar = st.empty()
    ran = [_run(held, k, years, seed, bar) for k in range(len(held))]
    bar.empty()
    tolerance = state.current().tolerance_usd
    found = SideBySide(tuple(run.result for run in ran), tuple(one.label for one in held))
    rows = ran[0].once(
        ("beside", tuple(one.scenario for one in held), tolerance),
        lambda: found.rows(tolerance),
    )
    _table(rows, tolerance)
    st.caption(
        f"Same random numbers for all, {years:,} years; differences are against the scenario in "
        "hand, ± is simulation noise (95\xa0%)."
    )
    downloads.csv(
        "Scenarios as CSV", "scenarios.csv", lambda: page_tables.scenarios(found, tolerance)
    )
    _curves(ran, rows, tolerance)
    _differences(held)


def _run(held: Sequence[Held], k: int, years: int, seed: int, bar: DeltaGenerator) -> runs.Run:
    """Return the run of one of the scenarios; what it is called is no part of it."""
    scenario = held[k].scenario if k == 0 else pins.unnamed(held[k].scenario)
    found = runs.finished(scenario, years, seed)
    if found is not None:
        return found

    def advance(done: int, total: int) -> None:
        said = headline.markdown(f"Simulating “{held[k].label}” …")
        bar.progress((k + done / total) / len(held), said)

    advance(0, 1)
    return runs.run(scenario, years, seed, advance)


def _table(rows: Sequence[Beside], tolerance: float) -> None:
    heads = (
        "Scenario",
        "Average year",
        "Difference",
        "1-in-20 year",
        "Difference",
        "Worst 5\xa0% of years",
        "Difference",
        f"Over {fmt.money(tolerance, 3)}",
    )
    lines = [(row.name, _cells(row, first=k == 0)) for k, row in enumerate(rows)]
    st.html(tables.table(heads, lines, marked=rows[0].name))


def _cells(row: Beside, *, first: bool) -> tuple[str, ...]:
    def figure(one: Measure) -> str:
        return f"{fmt.money(one.value)} {fmt.error(one.standard_error)}"

    def difference(one: Estimate) -> str:
        if first:
            return "–"
        return f"{fmt.signed_money(one.value)} {fmt.error(one.standard_error)}"

    over = row.p_over_tolerance
    return (
        figure(row.eal),
        difference(row.delta_eal),
        figure(row.p95),
        difference(row.delta_p95),
        figure(row.tvar_95),
        difference(row.delta_tvar_95),
        f"{estimates.chance(over.estimate)} {fmt.error(over.standard_error, fmt.share)}",
    )


def _curves(ran: Sequence[runs.Run], rows: Sequence[Beside], tolerance: float) -> None:
    named = [(row.name, run.curve) for row, run in zip(rows, ran, strict=True)]
    shown = named[: chart.MOST_CURVES]
    st.html(tables.lines((name, *chart.style_of(k)) for k, (name, _) in enumerate(shown)))
    said = "; ".join(f"{row.name} {fmt.money(row.p95.value)}" for row in rows)
    charts.draw(
        chart.spec(charts.mode()),
        chart.table(shown, tolerance),
        alt=f"Loss exceedance curves of {len(shown)} scenarios. Loss of a 1-in-20 year: {said}.",
        key="beside.curves",
    )


def _differences(held: Sequence[Held]) -> None:
    scenarios = [one.scenario for one in held]
    names = differing(scenarios)
    st.markdown(f"**What differs in the inputs** ({len(names)})")
    if not names:
        st.caption("Nothing but what they are called.")
        return
    rows = [(_about(name, scenarios), _said(name, scenarios)) for name in names[:_MOST_ROWS]]
    st.html(tables.table(("Assumption", *(one.label for one in held)), rows, words=True))
    spare = len(names) - _MOST_ROWS
    if spare > 0:
        st.caption(f"… and {spare:,} more; all of them are in the file.")
    labelled = [(one.label, one.scenario) for one in held]
    downloads.csv(
        "What differs as CSV", "differences.csv", lambda: page_tables.differences(labelled)
    )


def _said(name: str, scenarios: Sequence[Scenario]) -> list[str]:
    """Return what a row says in each scenario, of the others only what is not as in the first."""
    first, *others = (titles.words_in(one, name) for one in scenarios)
    return [first, *(_SAME if words == first else words for words in others)]


def _about(name: str, scenarios: Sequence[Scenario]) -> str:
    """Return what a row is about, as the first scenario says that changes it."""
    own = next(one for one in scenarios if name in dict(one.changes))
    return titles.row_label(name, own)
