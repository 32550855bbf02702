"""Assumptions: every belief, what differs from the default, causes, correlations, files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model.assumptions import profiles
from model.assumptions.declaration import Word
from model.assumptions.defaults import ASSUMPTIONS
from model.assumptions.messages import counted
from model.assumptions.values import word_problem
from model.data import names
from model.limits import MEGABYTE, MOST_SCENARIO_BYTES
from model.present.charts import overview_data
from model.present.files.several_scenarios import Several, read_one
from model.present.html.report import opened_from_html
from model.present.words import headline, titles
from model.present.words import numbers as fmt
from model.present.words.spoken.subject import declared
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds import clock
from views.assumptions import causes, rows, sla, words
from views.fields import correlations, evidence
from views.session import state
from views.shell import charts, downloads, messages

_UPLOAD = "upload"
_CSV = "text/csv"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_TOLD = 30
GROUPS = {
    "platform": "Platform",
    "revenue": "Other revenue",
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

_MONTHS = 12


def assumptions() -> None:
    """Show the page."""
    run = state.run()
    st.markdown(headline.markdown(headline.headline(run.measures)))
    messages.messages()
    messages.implausible(run)
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
        format_func=lambda group: headline.markdown(GROUPS[group]),
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
    of_group = [item.name for item in ASSUMPTIONS if item.group == group]
    rows.show([name for name in of_group if name not in sla.NAMES])
    if group == "sla":
        sla.show()
    if group == "simulation":
        places = st.columns(3, gap="large")
        for place, show in zip(places, (_start_date, words.time_zone, words.currency), strict=True):
            with place:
                show()
        st.subheader("Calendar profiles")
        for place, name in zip(st.columns(3, gap="large"), profiles.ROWS, strict=True):
            with place:
                _profile(name)
    if group == "platform":
        words.text("platform.name")
        st.caption(headline.markdown(f"Implied: {headline.implied_ad_load(state.current())}."))


def _found(wanted: str) -> None:
    """Show what matches every word typed, the first thirty."""
    scenario, parts_of = state.current(), wanted.lower().split()
    hits = [name for name in scenario.names() if _matches(name, parts_of)]
    beliefs = [name for name in hits if not isinstance(declared(name), Word)]
    st.caption(f"{len(beliefs)} found" + ("; the first 30 are shown" if len(beliefs) > 30 else ""))
    rows.show([name for name in beliefs[:30] if name not in sla.NAMES])
    if not sla.NAMES.isdisjoint(beliefs[:30]):
        sla.show()


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
            place.text_input(
                headline.markdown(field.capitalize()), key=key, on_change=_rename, args=(key,)
            )
        middle.file_uploader(
            "Open a scenario file or a report",
            type=["csv", "txt", "tsv", "xlsx", "html"],
            max_upload_size=MOST_SCENARIO_BYTES // MEGABYTE,
            key=_UPLOAD,
            on_change=_open,
            help="The file people mail to each other, or an HTML report, which carries its "
            "scenario. If anything in it is wrong, every problem is listed and the scenario in "
            "hand stays as it was.",
        )
        saves: tuple[tuple[str, str, Callable[[], bytes], str], ...] = (
            ("Save all rows", "scenario.csv", partial(_encoded, scenario.to_csv), _CSV),
            ("Save changes", "scenario_changes.csv", partial(_encoded, scenario.changes_csv), _CSV),
            ("Save as Excel", "scenario.xlsx", scenario.to_xlsx, _XLSX),
        )
        for label, file, content, mime in saves:
            downloads.offer(
                label,
                file,
                content,
                mime=mime,
                key=f"save.{file}",
                place=right,
                icon=":material/download:",
            )


def _encoded(text: Callable[[], str]) -> bytes:
    return encoded(text())


def _rename(key: str) -> None:
    state.change({key: st.session_state[key]})


def _open() -> None:
    # Its key stays: what is dropped on a field that has just been replaced would be lost.
    file = st.session_state.get(_UPLOAD)
    if file is None:
        return
    before = state.current()
    try:
        opened, remarks = _read(file)
    except ScenarioError as error:
        state.report(error.problems)
    else:
        state.replace(opened)
        state.note([*_changed_by(file.name, before, opened), *remarks])


def _read(file: UploadedFile) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario of an uploaded file or of an HTML report, and how it was understood."""
    if file.name.lower().endswith(".html"):
        return opened_from_html(file.getvalue().decode("utf-8", errors="replace"))
    try:
        return read_one(file)
    except Several as error:
        pinned = "pin them on Compare and decide, and take one in hand there"
        raise ScenarioError([f"{error.problems[0]}: {pinned}"]) from None


def _changed_by(file: str, before: Scenario, opened: Scenario) -> list[str]:
    """Return how many values a file changed, and then each with what it was before."""
    was, now = dict(before.changes), dict(opened.changes)
    names = [name for name in sorted({*was, *now}) if was.get(name) != now.get(name)]
    if not names:
        return [f"{file}: nothing differs from the scenario that was in hand."]
    lines = [
        f"{_label(name, before, opened)}: {titles.words_in(before, name)} → "
        f"**{titles.words_in(opened, name)}**"
        for name in names[:_MOST_TOLD]
    ]
    more = [f"… and {len(names) - _MOST_TOLD} more"] if len(names) > _MOST_TOLD else []
    return [f"{file}: {counted(len(names), 'value')} changed.", *lines, *more]


def _label(name: str, before: Scenario, opened: Scenario) -> str:
    """Return what a row is about in the scenario that has it."""
    return titles.row_label(name, opened if name in dict(opened.changes) else before)


def _changes() -> None:
    changes = state.current().changes
    if not changes:
        st.caption("Nothing differs from the default.")
        return
    with st.expander(f"What differs from the default ({len(changes)})", key="changes"):
        st.button("Reset all", on_click=state.replace, args=(Scenario.default(),), key="reset_each")
        for name, value in changes:
            left, middle, right = st.columns([5, 5, 1], vertical_alignment="center")
            left.markdown(
                headline.markdown(titles.row_label(name, state.current())),
                help=headline.markdown(name),
            )
            before = titles.default_words(name)
            now = titles.value_words(name, value)
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
    st.text_input(
        headline.markdown(item.label),
        key=name,
        help=headline.markdown(item.help),
        on_change=_word,
        args=(name,),
        width=220,
    )
    evidence.beside(name)


def _word(name: str) -> None:
    state.change({name: st.session_state[name]})


def _profile(name: str) -> None:
    item, shown = declared(name), state.current().word(name)
    assert isinstance(item, Word)
    fit_files = [file for file in names(".csv") if word_problem(item, file) is None]
    if st.session_state.get(name) != shown:
        st.session_state[name] = shown
    st.selectbox(
        headline.markdown(item.label),
        sorted({"flat", item.default, shown, *fit_files}),
        key=name,
        format_func=lambda word: "the scenario's own" if profiles.is_own(word) else word,
        help=headline.markdown(item.help),
        on_change=_word,
        args=(name,),
    )
    evidence.beside(name)
    weights = clock.profile(shown, "weight", profiles.ROWS[name])
    table = overview_data.profile(weights)
    span = f"from {fmt.significant(min(weights), 2)} to {fmt.significant(max(weights), 2)}"
    chart = "profile" if len(weights) > _MONTHS else "profile_of_year"
    charts.chart(chart, table, alt=f"{item.label}: weights {span}.", key=f"chart.{name}")


def _table() -> None:
    with st.expander("All assumptions in one table", key="all_rows"):
        st.dataframe(rows.table(state.current()), hide_index=True, width="stretch", height=460)
