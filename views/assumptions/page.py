"""Assumptions: every belief, what differs from the default, causes, correlations, files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model.assumptions.declaration import Word
from model.assumptions.defaults import ASSUMPTIONS
from model.assumptions.lookup import declared
from model.assumptions.values import PROFILE_ROWS, word_problem
from model.data import column, names
from model.present.charts import overview_data
from model.present.html.report import scenario_from_html
from model.present.words import headline
from model.present.words import numbers as fmt
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.assumptions import causes, rows
from views.fields import correlations
from views.session import state
from views.shell import charts, messages

GROUPS = {
    "platform": "Platform",
    "incidents": "Outages",
    "recurrence": "Repeats",
    "publishing": "Publishing",
    "freshness": "Freshness",
    "sessions": "Viewing",
    "trust": "Trust",
    "ads": "Ads",
    "costs": "Costs",
    "sla": "SLA",
    "resilience": "Resilience",
    "simulation": "Year and calendar",
    "correlations": "Correlations",
}


def assumptions() -> None:
    """Show the page."""
    st.title("Assumptions")
    run = state.run()
    st.markdown(headline.markdown(headline.headline(run.measures)))
    messages.messages()
    _files()
    _changes()
    wanted = st.text_input(
        "Search",
        key="search",
        placeholder="Search by name, help or source",
        type="search",
        label_visibility="collapsed",
        persist_state="session",
    )
    group = st.segmented_control(
        "Link of the chain",
        list(GROUPS),
        format_func=GROUPS.__getitem__,
        default="platform",
        required=True,
        key="group",
        wrap=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    if wanted:
        _found(wanted)
    elif group == "incidents":
        causes.show()
    elif group == "correlations":
        correlations.show()
    else:
        _group(str(group))
    _table()


def _group(group: str) -> None:
    rows.show([item.name for item in ASSUMPTIONS if item.group == group])
    if group == "simulation":
        _start_date()
        st.subheader("Calendar profiles")
        for place, name in zip(st.columns(3, gap="large"), PROFILE_ROWS, strict=True):
            with place:
                _profile(name)
    if group == "platform":
        st.caption(headline.markdown(f"Implied: {headline.implied_ad_load(state.current())}."))


def _found(wanted: str) -> None:
    """Show what matches every word typed, the first thirty."""
    scenario, parts_of = state.current(), wanted.lower().split()
    hits = [name for name in scenario.names() if _matches(name, parts_of)]
    beliefs = [name for name in hits if not isinstance(declared(name), Word)]
    st.caption(f"{len(beliefs)} found" + ("; the first 30 are shown" if len(beliefs) > 30 else ""))
    rows.show(beliefs[:30])


def _matches(name: str, wanted: list[str]) -> bool:
    item = declared(name)
    text = f"{name} {item.label} {item.help} {item.source}".lower().replace("_", " ")
    return all(part.replace("_", " ") in text for part in wanted)


def _files() -> None:
    scenario = state.current()
    with st.expander("Name, open and save", expanded=False, key="files"):
        left, middle, right = st.columns([4, 4, 3], gap="large")
        for field, place in (("name", left), ("note", left)):
            key = f"scenario.{field}"
            if st.session_state.get(key) != getattr(scenario, field):
                st.session_state[key] = getattr(scenario, field)
            place.text_input(field.capitalize(), key=key, on_change=_rename, args=(key,))
        middle.file_uploader(
            "Open a scenario CSV or a report",
            type=["csv", "txt", "html"],
            key=f"upload.{st.session_state.get('uploads', 0)}",
            on_change=_open,
            help="The file people mail to each other, or an HTML report, which carries its "
            "scenario. If anything in it is wrong, every problem is listed and the scenario in "
            "hand stays as it was.",
        )
        for label, text, file in (
            ("Save all rows", scenario.to_csv, "scenario.csv"),
            ("Save changes", scenario.changes_csv, "scenario_changes.csv"),
        ):
            right.download_button(
                label,
                partial(_encoded, text),
                file_name=file,
                mime="text/csv",
                key=f"save.{file}",
                on_click="ignore",
                icon=":material/download:",
            )


def _encoded(text: Callable[[], str]) -> bytes:
    return encoded(text())


def _rename(key: str) -> None:
    state.change({key: st.session_state[key]})


def _open() -> None:
    file = st.session_state.get(f"upload.{st.session_state.get('uploads', 0)}")
    if file is None:
        return
    try:
        state.replace(_read(file))
    except ScenarioError as error:
        state.report(error.problems)
    # A new key empties the field, so that the same file can be opened again.
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1


def _read(file: UploadedFile) -> Scenario:
    """Return the scenario of an uploaded CSV, or the one embedded in an HTML report."""
    if file.name.lower().endswith(".html"):
        return scenario_from_html(file.getvalue().decode("utf-8", errors="replace"))
    return Scenario.read(file)


def _changes() -> None:
    changes = state.current().changes
    if not changes:
        st.caption("Nothing differs from the default.")
        return
    with st.expander(f"What differs from the default ({len(changes)})", key="changes"):
        st.button("Reset all", on_click=state.replace, args=(Scenario.default(),), key="reset_each")
        for name, value in changes:
            left, middle, right = st.columns([5, 5, 1], vertical_alignment="center")
            left.markdown(headline.markdown(rows.row_label(name)), help=f"`{name}`")
            before = rows.default_words(name)
            now = rows.value_words(name, value)
            middle.markdown(headline.markdown(f"{before} → **{now}**"))
            right.button("Reset", key=f"reset.{name}", on_click=_reset, args=(name,))


def _reset(name: str) -> None:
    """Set one row back; a row that an added cause needs takes the whole cause with it."""
    cause = name.split(".")[1] if name.startswith("incidents.") else ""
    added = cause and causes.is_added(cause)
    state.reset(f"incidents.{cause}" if added else name)


def _start_date() -> None:
    name, shown = "simulation.start_date", state.current().word("simulation.start_date")
    if st.session_state.get(name) != shown:
        st.session_state[name] = shown
    item = declared(name)
    st.text_input(item.label, key=name, help=item.help, on_change=_word, args=(name,), width=220)


def _word(name: str) -> None:
    state.change({name: st.session_state[name]})


def _profile(name: str) -> None:
    item, shown = declared(name), state.current().word(name)
    assert isinstance(item, Word)
    fit_files = [file for file in names(".csv") if word_problem(item, file) is None]
    if st.session_state.get(name) != shown:
        st.session_state[name] = shown
    st.selectbox(
        item.label,
        sorted({"flat", item.default, shown, *fit_files}),
        key=name,
        help=headline.markdown(f"{item.help}\n\n{headline.evidence(item.source, item.grade)}"),
        on_change=_word,
        args=(name,),
    )
    weights = column(shown, "weight") if shown != "flat" else np.ones(PROFILE_ROWS[name])
    table = overview_data.profile(weights)
    span = f"from {fmt.significant(min(weights), 2)} to {fmt.significant(max(weights), 2)}"
    charts.chart("profile", table, alt=f"{item.label}: weights {span}.", key=f"chart.{name}")


def _table() -> None:
    with st.expander("All assumptions in one table", key="all_rows"):
        st.dataframe(rows.table(state.current()), hide_index=True, width="stretch", height=460)
