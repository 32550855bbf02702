"""Variants as people handle them: pinned, renamed, taken in hand, removed, in files and back."""

from __future__ import annotations

import streamlit as st

from model.limits import LONGEST_NAME, MEGABYTE, MOST_SCENARIO_BYTES, MOST_VARIANTS
from model.present.files.several_scenarios import in_workbook, in_zip, read_several
from model.present.words import headline
from model.scenario.scenario import Scenario
from views.decide import pins
from views.fields import in_force, refused
from views.session import state
from views.shell import downloads

_FILES, _NEW, PRESETS = "beside.files", "beside.new", "beside.presets"
DEFAULT = "default"


def show() -> None:
    """Show the variants there are, and how to come by more."""
    _pin()
    # A place for all of them: a field for files that moved would lose its file.
    with st.container():
        for place, one in enumerate(pins.pinned()):
            _pinned(place, one)
    _in_and_out()
    _told()


def _pin() -> None:
    full = len(pins.pinned()) >= MOST_VARIANTS
    left, right = st.columns([3, 2], gap="large")
    left.text_input(
        "Pin the scenario in hand as",
        key=_NEW,
        placeholder="a name, for example Two regions",
        max_chars=LONGEST_NAME,
        on_change=_typed_new,
        disabled=full,
        help=f"Change it afterwards, and hold the two against each other. Up to {MOST_VARIANTS:d} "
        "are kept while this page is open; save them in one file to keep them longer.",
    )
    with left:
        refused.show(_NEW)
    known = {DEFAULT: "Default", **{id: name for id, name, _ in Scenario.presets()}}
    right.multiselect(
        "Hold against what is shipped",
        list(known),
        format_func=known.__getitem__,
        key=PRESETS,
        placeholder="Pick scenarios",
        persist_state="session",
    )


def _typed_new() -> None:
    name = str(st.session_state[_NEW])
    if not name.strip():
        return
    problems = pins.pin(name)
    if problems:
        refused.note(_NEW, problems)
    else:
        st.session_state[_NEW] = ""


def _pinned(place: int, one: Scenario) -> None:
    """Show one variant: its name to be changed, and what can be done with it."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    key = in_force.field_key(f"beside.name.{place}", one.name)
    row.text_input(
        f"Name of variant {place + 1:d}",
        one.name,
        key=key,
        max_chars=LONGEST_NAME,
        label_visibility="collapsed",
        on_change=_renamed,
        args=(place, key),
        width=320,
    )
    same = one.changes == state.current().changes
    row.button(
        "In hand" if same else "Take in hand",
        key=f"beside.take.{place}",
        on_click=pins.take,
        args=(one.name,),
        disabled=same and one.name == state.current().name,
        icon=":material/back_hand:",
        type="tertiary",
    )
    row.button(
        "Remove",
        key=f"beside.remove.{place}",
        on_click=pins.remove,
        args=(one.name,),
        icon=":material/close:",
        type="tertiary",
    )
    refused.show(key)


def _renamed(place: int, key: str) -> None:
    if not in_force.counts(key):
        return
    in_force.typed(key)
    problems = pins.rename(place, str(st.session_state[key]))
    if problems:
        refused.note(key, problems)


def _in_and_out() -> None:
    """Offer the variants as one file, and take them from files."""
    left, right = st.columns([3, 2], gap="large")
    left.file_uploader(
        "Pin scenarios from files",
        type=["csv", "txt", "tsv", "xlsx", "zip"],
        accept_multiple_files=True,
        max_upload_size=MOST_SCENARIO_BYTES // MEGABYTE,
        key=_FILES,
        on_change=_opened,
        help="One scenario a file, or several: a workbook with a sheet each, a zip of CSV files. "
        "None of them replaces the scenario in hand.",
    )
    there = pins.pinned()
    if not there:
        return
    downloads.offer(
        "All variants in one workbook",
        "variants.xlsx",
        lambda: in_workbook(there),
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="beside.workbook",
        place=right,
        icon=":material/download:",
    )
    downloads.offer(
        "All as a zip of CSV files",
        "variants.zip",
        lambda: in_zip(there),
        mime="application/zip",
        key="beside.zip",
        place=right,
        icon=":material/folder_zip:",
        type="tertiary",
    )


def _opened() -> None:
    """Pin what files bring that were not there before."""
    files = st.session_state.get(_FILES) or []
    seen: set[str] = st.session_state.setdefault("beside.seen", set())
    fresh = [file for file in files if file.file_id not in seen]
    seen |= {file.file_id for file in fresh}
    if fresh:
        pins.restore(found for file in fresh for found in read_several(file))


def _told() -> None:
    problems, remarks = pins.told()
    if problems:
        lines = "\n".join(f"- {headline.markdown(line)}" for line in problems[:30])
        st.error(f"Not all of it was pinned:\n{lines}", icon=":material/block:")
    for line in remarks[:30]:
        st.caption(headline.markdown(line))
    if problems or remarks:
        st.button("Put away", key="beside.away", on_click=pins.forget_told, type="tertiary")
