"""Present: the answer and one finding at a time, for a projector, with a live what-if."""

from __future__ import annotations

import base64
import html
from datetime import date

import streamlit as st

from model.present import basis, charts, deck, drawing, page, words
from model.present.bundle import zip_bytes
from model.present.gathering import gather
from model.present.material import Material
from model.present.outline import Chart, Section, Story, Table
from model.present.story import command, source_line, story
from views import kept, look, parts, state, weighing, what_if

_AT = "present.at"
_BYTES = 16


def present() -> None:
    """Show the page."""
    st.html(look.PRESENT)
    place = st.empty()
    parts.messages()
    found = _found(place)
    if found is None:
        st.html(_opening())
        return
    told = story(found, date=date.today().isoformat())
    at = min(st.session_state.get(_AT, 0), len(told.sections) - 1)
    section = told.sections[at]
    if section.key == "method":
        section = basis.with_command(section, command(told, deck.FILE))
    _bar(told, found, at)
    st.html(f"<h1 class='finding'>{html.escape(section.headline)}</h1>")
    what_if.strip(found)
    _body(section, first=at == 0)
    _below(section)
    st.html(f"<p class='source'>{html.escape(source_line(told))}</p>")


def _found(place: st.delta_generator.DeltaGenerator) -> Material | None:
    """Return the runs behind the story, made once for everyone with this scenario."""
    scenario, settings = state.current(), state.settings()
    years, count = weighing.years(), len(state.current().mitigations)

    def make(progress: kept.Progress) -> Material:
        return gather(
            scenario,
            years=years,
            seed=settings.seed,
            threshold_usd=settings.threshold_usd,
            result=state.result(years=years),
            on_progress=lambda share, what: progress(round(1000 * share), 1000),
        )

    return kept.work(
        place,
        "present",
        (scenario, years, settings.seed, settings.threshold_usd),
        make,
        doing="Preparing the story: remedies, reasons, what would change the answer",
        size=2 * (count + 4) * years * _BYTES,
    )


def _opening() -> str:
    run = state.run()
    text = words.html(words.headline(run.measures))
    return f"{look.ANSWER}<p class='answer'>{text}</p>"


def _bar(told: Story, found: Material, at: int) -> None:
    """Show where one is, the way back and forth, the what-if and what can be taken along."""
    section, last = told.sections[at], len(told.sections) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="present_bar"):
        st.html(
            f"<p class='topic'>{html.escape(section.topic)} "
            f"<span>{at + 1} of {last + 1}</span></p>",
            width="stretch",
        )
        what_if.choose(found)
        with st.popover("Take along", icon=":material/download:"):
            _downloads(told, found)
        st.button(
            "Back",
            key="present_back",
            shortcut="Left",
            disabled=at == 0,
            on_click=_go,
            args=(at - 1,),
            icon=":material/arrow_back:",
        )
        st.button(
            "Next",
            key="present_next",
            shortcut="Right",
            disabled=at == last,
            on_click=_go,
            args=(at + 1,),
            icon=":material/arrow_forward:",
            icon_position="right",
        )


def _go(to: int) -> None:
    st.session_state[_AT] = max(to, 0)


def _body(section: Section, *, first: bool) -> None:
    if first:
        st.html(_figures(section) + _sentences(section, strong=True))
    elif len(section.charts) > 1:
        for place, chart in zip(st.columns(2, gap="large"), section.charts, strict=True):
            place.html(_drawn(chart, drawing.NARROW))
        st.html(_sentences(section))
    elif section.charts:
        left, right = st.columns([5, 2], gap="large")
        left.html(_drawn(section.charts[0]))
        right.html(_sentences(section))
    else:
        st.html(_sentences(section) + "".join(_table(table) for table in section.tables))


def _figures(section: Section) -> str:
    tiles = (
        f"<div role='listitem'><span>{html.escape(f.label)}</span><b>{html.escape(f.value)}</b>"
        f"<span>{html.escape(f.note)}</span></div>"
        for f in section.figures
    )
    return f"<div class='tiles' role='list'>{''.join(tiles)}</div>"


def _sentences(section: Section, *, strong: bool = False) -> str:
    texts = [html.escape(text) for text in section.sentences]
    if strong and texts:
        texts[0] = f"<strong>{texts[0]}</strong>"
    return f"<div class='said'>{''.join(f'<p>{text}</p>' for text in texts)}</div>"


def _drawn(chart: Chart, width: int = drawing.WIDE) -> str:
    """Return a chart as a picture in the colours of the visitor's page."""
    colours = charts.DARK if parts.mode() == "dark" else charts.LIGHT
    content = base64.b64encode(drawing.picture(chart, colours, width).encode()).decode()
    kind = "drawn half" if width == drawing.NARROW else "drawn"
    return (
        f"<figure class='{kind}'><b>{html.escape(chart.title)}</b>"
        f"<img alt='{html.escape(chart.alt)}' src='data:image/svg+xml;base64,{content}'></figure>"
    )


def _below(section: Section) -> None:
    """Offer how to read the chart, its numbers, and the answer to the obvious question."""
    shown = section.tables if section.charts else ()
    left, middle, right = st.columns(3)
    if section.charts:
        with left.expander("How to read it"):
            st.markdown(words.markdown(section.reading))
    tables = (*shown, *section.data)
    if tables:
        with middle.expander("The numbers"):
            st.html("".join(_table(table) for table in tables))
            for k, table in enumerate(tables):
                name = f"{section.key}_{k + 1}.csv"
                parts.csv(f"{table.title} as CSV", name, lambda table=table: _frame(table))
    if section.question:
        with right.expander(words.markdown(section.question)):
            st.markdown(words.markdown(section.answer))


def _frame(table: Table) -> object:
    import pandas as pd

    head = [name or f"column {k + 1}" for k, name in enumerate(table.head)]
    return pd.DataFrame(table.rows, columns=head)


def _table(table: Table) -> str:
    head = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in table.head)
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(first)}</th>"
        + "".join(f"<td>{html.escape(text)}</td>" for text in others)
        + "</tr>"
        for first, *others in table.rows
    )
    kind = "words" if table.left > 1 else "sums"
    return (
        f"<div class='scroll'><table class='told {kind}'><caption>{html.escape(table.title)}"
        f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _downloads(told: Story, found: Material) -> None:
    """Offer the deck, the page and the tables; each is made when it is asked for."""
    offers = (
        ("PowerPoint", lambda: deck.deck(told), deck.FILE, deck.MIME),
        ("One HTML file", lambda: page.page(told).encode(), page.FILE, page.MIME),
        (
            "Tables as one zip",
            lambda: zip_bytes(found.result, found.threshold_usd),
            "downstream_run.zip",
            "application/zip",
        ),
    )
    for label, make, name, mime in offers:
        st.download_button(
            label,
            make,
            file_name=name,
            mime=mime,
            key=f"take.{name}",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
    st.caption("The same figures as here. PowerPoint charts and tables can be edited.")
