"""Present: the answer and one finding at a time, for a projector, with a live what-if."""

from __future__ import annotations

import base64
import html
import textwrap
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.present.charts import overview
from model.present.deck import deck
from model.present.files.bundle import zip_bytes
from model.present.html import report, svg_charts, svg_parts
from model.present.story import slide_assumptions
from model.present.story.elements import TOPICS, Bars, Chart, Section, Table
from model.present.story.slides import SECTIONS, command, facts, source_line
from model.present.words import headline
from views.present import preparing, slide_type, what_if
from views.present.preparing import Preparation
from views.shell import charts, downloads, head, messages, style

_REMOTE = Path(__file__).parent / "remote.js"
_FULL_SCREEN = (
    "<button type='button' class='plain' data-full-screen>Full screen <kbd>F</kbd></button>"
)
_AT, _STOPPED = "present.at", "present.stopped"
_LOOK_AGAIN_S = 0.5
_MOST_BARS = 7
_LONGEST_CELL = 110


def present() -> None:
    """Show the page."""
    st.html(style.PRESENT)
    head.script(_REMOTE)
    first = st.empty()
    _heading(f"{TOPICS['answer']} is being worked out …", first)
    there = preparing.preparation()
    first.empty()
    at = min(st.session_state.get(_AT, 0), len(SECTIONS) - 1)
    key = tuple(SECTIONS)[at]
    _bar(there, key, at)
    section = there.section(key)
    if section is None:
        _heading(f"{TOPICS[key]} is being worked out …")
        what_if.strip(there.found)
    else:
        _finding(there, section)
    if there.ready:
        _source(there)
    elif st.session_state.get(_STOPPED) is there:
        _source(there)
        st.button("Stopped. Go on", on_click=st.session_state.pop, args=(_STOPPED,))
    else:
        _coming(there, key, there.has(key))


def _finding(there: Preparation, section: Section) -> None:
    if section.key == "method":
        made_by = command(facts(there.found, there.today), deck.FILE)
        section = slide_assumptions.with_command(_cut(section), made_by)
    _heading(section.headline)
    taken_px = slide_type.STRIP_PX if what_if.strip(there.found) else 0.0
    _body(section, taken_px, whole=there.has(section.key))
    _below(section)


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
    """Show where one is, the way back and forth, the what-if and what can be taken along."""
    last = len(SECTIONS) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="present_bar"):
        st.html(
            f"<p class='topic'>{html.escape(TOPICS[key])} <span>{at + 1} of {last + 1}</span></p>",
            width="stretch",
        )
        what_if.choose(there.found)
        if messages.are_there():
            with st.popover("Notes", icon=":material/info:"):
                messages.messages()
        with st.popover("Take along", icon=":material/download:"):
            _downloads(there)
            head.link(st.container(), key="present")
        st.html(_FULL_SCREEN, width="content")
        st.button(
            "Back",
            key="present_back",
            shortcut="Left",
            disabled=at == 0,
            on_click=_go,
            args=(-1,),
            icon=":material/arrow_back:",
        )
        st.button(
            "Next",
            key="present_next",
            shortcut="Right",
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
    at = st.session_state.get(_AT, 0) + step
    st.session_state[_AT] = min(max(at, 0), len(SECTIONS) - 1)


def _body(section: Section, taken_px: float, *, whole: bool) -> None:
    """Show charts, tables and sentences; `taken_px` of the height are taken by the what-if."""
    texts = list(section.sentences)
    if not whole:
        texts.append("Remedies are being weighed on the same incidents; what to do follows.")
    if section.figures:
        st.html(
            _figures(section) + _said(texts, slide_type.UNDER_TILES.less(taken_px), strong=whole)
        )
    elif len(section.charts) > 1:
        for place, chart in zip(st.columns(2, gap="large"), section.charts, strict=True):
            place.html(_drawn(chart, svg_parts.HALF_SLIDE))
        st.html(_said(texts, slide_type.BELOW))
    elif section.charts or section.large:
        left, right = st.columns([5, 2], gap="large")
        if section.large:
            left.html(_table(section.large, "large"))
        else:
            left.html(_drawn(_few(section.charts[0]), svg_parts.SLIDE))
        right.html(_said(texts, slide_type.BESIDE.less(taken_px)))
    else:
        st.html(
            _said(texts, slide_type.ABOVE_TABLE.less(taken_px))
            + "".join(_table(table, "large") for table in section.tables)
        )


def _figures(section: Section) -> str:
    tiles = (
        f"<div role='listitem'><span>{html.escape(f.label)}</span><b>{html.escape(f.value)}</b>"
        f"<span>{html.escape(f.note)}</span></div>"
        for f in section.figures
    )
    return f"<div class='tiles' role='list'>{''.join(tiles)}</div>"


def _said(sentences: list[str], room: slide_type.Room, *, strong: bool = False) -> str:
    texts = [html.escape(text) for text in sentences]
    if strong and texts:
        texts[0] = f"<strong>{texts[0]}</strong>"
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return f"<div class='said' style='{slide_type.sentences(sentences, room)}'>{paragraphs}</div>"


def _few(chart: Chart) -> Chart:
    """Return a chart whose bars can be read from afar; those of a sum all stay."""
    if not isinstance(chart, Bars) or chart.mark is None or len(chart.bars) <= _MOST_BARS:
        return chart
    title = f"{chart.title}: the first {_MOST_BARS} of {len(chart.bars)}"
    return replace(chart, title=title, bars=chart.bars[:_MOST_BARS])


def _drawn(chart: Chart, frame: svg_parts.Frame) -> str:
    """Return a chart as a picture in the colours of the visitor's page."""
    colours = overview.DARK if charts.mode() == "dark" else overview.LIGHT
    content = base64.b64encode(svg_charts.picture(chart, colours, frame).encode()).decode()
    kind = "drawn half" if frame is svg_parts.HALF_SLIDE else "drawn"
    return (
        f"<figure class='{kind}'><figcaption><b>{html.escape(chart.title)}</b> "
        f"{html.escape(svg_charts.axes(chart))}</figcaption>"
        f"<img alt='{html.escape(chart.alt)}' src='data:image/svg+xml;base64,{content}'></figure>"
    )


def _below(section: Section) -> None:
    """Offer how to read the chart, its numbers, and the answer to the obvious question."""
    places = iter(st.columns(3))
    if section.charts:
        with next(places).expander("How to read it"):
            st.markdown(headline.markdown(section.reading))
    shown = section.tables if section.charts or section.large else ()
    tables = (*shown, *section.data)
    if tables:
        with next(places).expander("The numbers"):
            st.html("".join(map(_table, tables)))
    if section.question:
        with next(places).expander(headline.markdown(section.question)):
            st.markdown(headline.markdown(section.answer))


def _table(table: Table, size: str = "") -> str:
    head = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in table.head)
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(first)}</th>"
        + "".join(f"<td>{html.escape(text)}</td>" for text in others)
        + "</tr>"
        for first, *others in table.rows
    )
    widths = table.widths if size else ()
    columns = "".join(f"<col style='width:{100 * width:.0f}%'>" for width in widths)
    kind = "words" if table.left > 1 else "sums"
    return (
        f"<div class='scroll'><table class='told {kind} {size}'>"
        f"<caption>{html.escape(table.title)}</caption><colgroup>{columns}</colgroup>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _downloads(there: Preparation) -> None:
    """Offer the deck, the page and the tables; each is made when it is asked for."""
    found = there.found
    offers = (
        ("PowerPoint", lambda: deck.deck(there.told()), deck.FILE, deck.MIME),
        ("One HTML file", lambda: report.page(there.told()).encode(), report.FILE, report.MIME),
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
