"""Scenarios side by side on common random numbers."""

from __future__ import annotations

import streamlit as st

from model.decisions.side_by_side import Beside, SideBySide, one_currency
from model.limits import MEGABYTE, MOST_FILES_BESIDE, MOST_SCENARIO_BYTES
from model.present.files import page_tables
from model.present.words import estimates, headline
from model.present.words import numbers as fmt
from model.runs.result import Measure
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.session import comparisons, presets, runs, state
from views.shell import downloads, tables

_FILES = "beside.files"
_DEFAULT = "default"


def show() -> None:
    """Show the section; nothing is simulated until a scenario is picked."""
    st.subheader("Scenarios side by side")
    titles = {_DEFAULT: "Default", **{id: name for id, name, _ in Scenario.presets()}}
    left, right = st.columns([3, 2], gap="large")
    picked = left.multiselect(
        "Hold the scenario in hand against",
        list(titles),
        format_func=titles.__getitem__,
        key="beside.presets",
        placeholder="Pick scenarios that come with the product",
        persist_state="session",
    )
    files = right.file_uploader(
        "or scenario files",
        type=["csv", "txt", "tsv", "xlsx"],
        accept_multiple_files=True,
        max_upload_size=MOST_SCENARIO_BYTES // MEGABYTE,
        key=_FILES,
        help="Each is read like a file that is opened; none of them replaces the scenario in hand.",
    )
    code = state.current().currency
    shipped = [Scenario.default() if id == _DEFAULT else presets.preset(id) for id in picked]
    # What comes with the product is the same in any currency.
    others = [one.in_currency(code) for one in shipped]
    if len(files) > MOST_FILES_BESIDE:
        spare = len(files) - MOST_FILES_BESIDE
        st.warning(f"The first {MOST_FILES_BESIDE:,} files are held against it; {spare:,} are not.")
    for file in files[:MOST_FILES_BESIDE]:
        try:
            other, remarks = Scenario.read_with_remarks(file)
            one_currency([state.current(), other], ["the scenario in hand", file.name])
            others.append(other)
            for line in remarks:
                st.caption(headline.markdown(f"{file.name}: {line}"))
        except ScenarioError as error:
            lines = "\n".join(f"- {headline.markdown(line)}" for line in error.problems[:10])
            st.error(
                f"{headline.markdown(file.name)} is left out:\n{lines}", icon=":material/block:"
            )
    if others:
        _table([state.current(), *others])


def _table(scenarios: list[Scenario]) -> None:
    years, seed = comparisons.years(), state.settings().seed
    tolerance = state.current().tolerance_usd
    bar = st.empty()
    results = []
    for k, scenario in enumerate(scenarios):
        if runs.finished(scenario, years, seed) is None:
            bar.progress(k / len(scenarios), f"Simulating “{headline.markdown(scenario.name)}” …")
        results.append(runs.run(scenario, years, seed).result)
    bar.empty()
    found = SideBySide(tuple(results))
    rows = found.rows(tolerance)
    heads = (
        "Scenario",
        "Average year",
        "Difference",
        "1-in-20 year",
        "Difference",
        "Worst 5 % of years",
        f"Over {fmt.money(tolerance, 3)}",
    )
    names = [f"{row.name} (in hand)" if k == 0 else row.name for k, row in enumerate(rows)]
    cells = [_cells(row, first=k == 0) for k, row in enumerate(rows)]
    lines = list(zip(names, cells, strict=True))
    st.html(tables.table(heads, lines, marked=names[0]))
    st.caption(
        f"Same random numbers for all, {years:,} years; differences are against the scenario in "
        "hand, ± is simulation noise (95 %)."
    )
    downloads.csv(
        "Scenarios as CSV", "scenarios.csv", lambda: page_tables.scenarios(found, tolerance)
    )


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
        f"{estimates.chance(Estimate(*over[1:5]))} {fmt.error(over.standard_error, fmt.share)}",
    )
