"""Present: the answer and one finding at a time, for a projector, with a live what-if."""

from __future__ import annotations

import html
import textwrap
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.limits import LONGEST_NAME
from model.present import deck
from model.present.files.bundle import zip_bytes
from model.present.html import report
from model.present.story import slide_assumptions
from model.present.story.elements import TOPICS, Section, Story
from model.present.story.slides import SECTIONS, facts, source_line, title, title_lines
from model.present.words import headline
from views.present import drawing, preparing, slide_type, what_if
from views.present.preparing import Preparation
from views.session import comparisons, state
from views.shell import downloads, head, messages, style

_REMOTE = Path(__file__).parent / "remote.js"
_FULL_SCREEN = (
    "<button type='button' class='plain' data-full-screen>Full screen <kbd>F</kbd></button>"
)
TITLE = "title"
KEYS = (TITLE, *SECTIONS)
"""The slides in order."""
_AT, _STOPPED, _ASKED_BY = "present.at", "present.stopped", "present.asked_by"
_LOOK_AGAIN_S = 0.5
_LONGEST_CELL = 110


def present() -> None:
    """Show the page."""
    st.html(style.PRESENT)
    head.script(_REMOTE)
    first = st.empty()
    _heading(f"{TOPICS['answer']} is being worked out …", first)
    here = state.current()
    asked = what_if.asked(here)
    there = preparing.preparation(asked.scenario if asked else here)
    first.empty()
    at = _at()
    key = KEYS[at]
    _bar(there, key, at)
    what_if.panel(here)
    if asked:
        before = state.result(years=comparisons.years())
        what_if.strip(asked, before, here.tolerance_usd, there.found)
    if key == TITLE:
        _title(there)
    else:
        _slide(there, key, slide_type.STRIP_PX if asked else 0.0)
    key = KEYS[max(at, 1)]
    if there.ready:
        _source(there)
    elif st.session_state.get(_STOPPED) is there:
        _source(there)
        st.button("Stopped. Go on", on_click=st.session_state.pop, args=(_STOPPED,))
    else:
        _coming(there, key, there.has(key))


def _title(there: Preparation) -> None:
    """Show whose platform it is about, who asks, and when."""
    about = facts(there.found, there.today, _asked_by())
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in title_lines(about))
    st.html(
        f"<div class='opening'><h1 class='finding'>{html.escape(title(about))}</h1>{lines}</div>"
    )


def _asked_by() -> str:
    return str(st.session_state.get(_ASKED_BY, "")).strip()


def _slide(there: Preparation, key: str, taken_px: float) -> None:
    """Show a finding as far as it is known; `taken_px` of the height are taken already."""
    section = there.section(key)
    if section is None:
        _heading(f"{TOPICS[key]} is being worked out …")
        return
    if key == "method":
        section = _cut(slide_assumptions.for_a_slide(section))
    _heading(section.headline)
    left = _body(section, taken_px, whole=there.has(key))
    _below(section, left)


def _cut(section: Section) -> Section:
    """Return the section on method without what the foot says, a long note cut.

    The report has all of it.
    """
    table = section.tables[0]
    rows = tuple(
        (name, textwrap.shorten(text, _LONGEST_CELL, placeholder=" …"))
        for name, text in table.rows
        if name not in slide_assumptions.AT_THE_FOOT
    )
    return replace(section, tables=(replace(table, rows=rows),))


def _heading(text: str, place: DeltaGenerator | None = None) -> None:
    (place or st).html(
        f"<h1 class='finding' style='{slide_type.heading(text)}'>{html.escape(text)}</h1>"
    )


def _source(there: Preparation) -> None:
    line = source_line(facts(there.found, there.today))
    st.html(f"<p class='source'>{html.escape(line)}</p>")


@st.fragment(run_every=_LOOK_AGAIN_S)
def _coming(there: Preparation, key: str, whole: bool) -> None:
    """Show how far the rest is, and the page again once what is looked at, or all, is there."""
    there.look(key)
    if there.ready or there.has(key) != whole:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="present_coming"):
        st.progress(there.share, headline.markdown(f"{there.doing} …"))
        if st.button("Stop", key="present_stop"):
            st.session_state[_STOPPED] = there
            st.rerun()


def _bar(there: Preparation, key: str, at: int) -> None:
    """Show where one is, the way back and forth, the what-if and what can be downloaded."""
    last = len(KEYS) - 1
    topic = (
        "Title" if key == TITLE else f"{html.escape(TOPICS[key])} <span>{at:d} of {last:d}</span>"
    )
    with st.container(horizontal=True, vertical_alignment="center", key="present_bar"):
        st.html(f"<p class='topic'>{topic}</p>", width="stretch")
        what_if.button()
        # A place of its own: what stands beside it must not move under a click.
        with st.container(width="content"):
            if messages.are_there():
                with st.popover("Notes", icon=":material/info:"):
                    messages.messages()
        with st.popover("Download", icon=":material/download:"):
            _downloads(there)
            head.link(st.container(), key="present")
        st.html(_FULL_SCREEN, width="content")
        st.button(
            "Back",
            key="present_back",
            disabled=at == 0,
            on_click=_go,
            args=(-1,),
            icon=":material/arrow_back:",
        )
        st.button(
            "Next",
            key="present_next",
            disabled=at == last,
            on_click=_go,
            args=(1,),
            icon=":material/arrow_forward:",
            icon_position="right",
        )
        # Pressed by the keys Home and End.
        for name, to in (("first", 0), ("last", last)):
            label = "First" if to == 0 else "Last"
            st.button(label, key=f"present_{name}", on_click=_go_to, args=(to,))


def _go_to(at: int) -> None:
    st.session_state[_AT] = at


def _go(step: int) -> None:
    """Go on from where one is by now, so that two quick presses are two steps."""
    st.session_state[_AT] = min(max(_at() + step, 0), len(KEYS) - 1)


def _at() -> int:
    """Return where one is: at first at the answer, which the title stands before."""
    return int(st.session_state.get(_AT, 1))


def _body(section: Section, taken_px: float, *, whole: bool) -> list[str]:
    """Show charts, tables and sentences; return the sentences that there is no room for.

    `taken_px` of the height are taken by the what-if.
    """
    room = _room(section).less(taken_px)
    beside_text, half = drawing.LOW if taken_px else drawing.FULL
    texts = slide_type.that_fit(section.sentences, room)
    if not whole:
        texts.append("Remedies are being weighed on the same incidents; what to do follows.")
    if section.figures:
        st.html(drawing.figures(section) + drawing.said(texts, room, strong=whole))
    elif len(section.charts) > 1:
        for place, chart in zip(st.columns(2, gap="large"), section.charts, strict=True):
            place.html(drawing.drawn(chart, half))
        st.html(drawing.said(texts, room))
    elif section.charts or section.large:
        left, right = st.columns([5, 2], gap="large")
        if section.large:
            left.html(drawing.table(section.large, "large"))
        else:
            chart = drawing.few(section.charts[0], beside_text)
            left.html(drawing.drawn(chart, beside_text))
        right.html(drawing.said(texts, room))
    else:
        st.html(
            drawing.said(texts, room)
            + "".join(drawing.table(table, "large") for table in section.tables)
        )
    return list(section.sentences[len(texts) :]) if whole else []


def _room(section: Section) -> slide_type.Room:
    """Return the place for the sentences of a section."""
    if section.figures:
        return slide_type.UNDER_TILES
    if len(section.charts) > 1:
        return slide_type.BELOW
    return slide_type.BESIDE if section.charts or section.large else slide_type.ABOVE_TABLE


def _below(section: Section, left: list[str]) -> None:
    """Offer how to read the chart, its numbers, what is `left` to say, the obvious question."""
    places = iter(st.columns(3))
    if section.charts:
        with next(places).expander("How to read it"):
            st.markdown(headline.markdown(section.reading))
    shown = section.tables if section.charts or section.large else ()
    tables = (*shown, *section.data)
    if tables:
        with next(places).expander("The numbers"):
            for text in left:
                st.markdown(headline.markdown(text))
            st.html("".join(map(drawing.table, tables)))
    if section.question:
        with next(places).expander(headline.markdown(section.question)):
            st.markdown(headline.markdown(section.answer))


def _deck(told: Story) -> bytes:
    """Return the deck; what writes it takes 15 MB and is loaded when somebody asks for one."""
    from model.present.deck.deck import deck as written

    return written(told)


def _downloads(there: Preparation) -> None:
    """Offer the deck, the page and the tables; each is made when it is asked for."""
    found = there.found
    st.text_input(
        "Who asks, for the title", key=_ASKED_BY, max_chars=LONGEST_NAME, persist_state="session"
    )
    who = _asked_by()
    offers = (
        ("PowerPoint", lambda: _deck(there.told(who)), deck.FILE, deck.MIME),
        ("One HTML file", lambda: report.page(there.told(who)).encode(), report.FILE, report.MIME),
        (
            "Tables as one zip",
            lambda: zip_bytes(found.result, found.tolerance_usd),
            "downstream_run.zip",
            "application/zip",
        ),
    )
    for label, make, name, mime in offers:
        downloads.offer(
            label,
            name,
            make,
            mime=mime,
            key=f"take.{name}",
            icon=":material/download:",
            width="stretch",
            disabled=not there.ready,
        )
    st.caption(
        "The same figures as here. PowerPoint charts and tables can be edited."
        if there.ready
        else "Ready as soon as all nine findings are."
    )
