"""The parts of a slide as HTML: figures, sentences, pictures of charts, tables."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import replace

from model.present.charts import overview
from model.present.html import svg_charts, svg_parts
from model.present.story.elements import Bars, Chart, Section, Table
from views.present import slide_type
from views.shell import charts

MOST_BARS = 7
"""Bars of a picture that is to be read from afar."""
FULL = (svg_parts.SLIDE, svg_parts.HALF_SLIDE)
LOW = (svg_parts.LOW_SLIDE, svg_parts.LOW_HALF_SLIDE)
"""Frames beside text and beside another chart, on a whole slide and under a what-if."""


def figures(section: Section) -> str:
    """Return the figures of a section as tiles."""
    tiles = (
        f"<div role='listitem'><span>{html.escape(f.label)}</span><b>{html.escape(f.value)}</b>"
        f"<span>{html.escape(f.note)}</span></div>"
        for f in section.figures
    )
    return f"<div class='tiles' role='list'>{''.join(tiles)}</div>"


def said(sentences: list[str], room: slide_type.Room, *, strong: bool = False) -> str:
    """Return sentences as large as their room allows, the first one strong if wanted."""
    texts = [html.escape(one) for one in sentences]
    if strong and texts:
        texts[0] = f"<strong>{texts[0]}</strong>"
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return f"<div class='said' style='{slide_type.sentences(sentences, room)}'>{paragraphs}</div>"


def few(chart: Chart, frame: svg_parts.Frame) -> Chart:
    """Return a chart whose bars can be read from afar: of a sum all, or its subtotals."""
    if not isinstance(chart, Bars) or len(chart.bars) <= MOST_BARS:
        return chart
    if chart.mark is None:
        low = frame in LOW
        return replace(chart, bars=tuple(b for b in chart.bars if not b.pale)) if low else chart
    title = f"{chart.title}: the first {MOST_BARS} of {len(chart.bars)}"
    return replace(chart, title=title, bars=chart.bars[:MOST_BARS])


def drawn(chart: Chart, frame: svg_parts.Frame) -> str:
    """Return a chart as a picture in the colours of the visitor's page."""
    colours = overview.DARK if charts.mode() == "dark" else overview.LIGHT
    # A picture for the projector would be too small to read on a phone.
    sizes = {"wide": frame, "narrow": svg_parts.NARROW}
    pictures = "".join(
        f"<img class='{size}' alt='{html.escape(chart.alt)}' src='{_source(chart, colours, one)}'>"
        for size, one in sizes.items()
    )
    kind = "drawn" if frame.beside else "drawn half"
    return (
        f"<figure class='{kind}'><figcaption><b>{html.escape(chart.title)}</b> "
        f"<span class='wide'>{html.escape(svg_charts.axes(chart))}</span></figcaption>"
        f"{pictures}</figure>"
    )


def _source(chart: Chart, colours: Mapping[str, str], frame: svg_parts.Frame) -> str:
    picture = svg_charts.picture(chart, colours, frame)
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


def table(table: Table, size: str = "") -> str:
    """Return a table; `size` is the class of its type."""
    heads = "".join(f"<th scope='col'>{html.escape(text)}</th>" for text in table.head)
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.head) else ""
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
        f"{head}<tbody>{rows}</tbody></table></div>"
    )
