"""Charts and tables of the pages that decide, shown the way all pages show theirs."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from model.present.charts.style import DARK, LIGHT
from views.shell import charts


def legend(*entries: tuple[str, str]) -> str:
    """Return what the colours of a chart mean as HTML: pairs of words and a name of a colour."""
    colours = DARK if charts.mode() == "dark" else LIGHT
    return dots((text, colours[name]) for text, name in entries)


def dots(entries: Iterable[tuple[str, str]]) -> str:
    """Return pairs of words and a colour as HTML: a dot of the colour, then the words."""
    said = "".join(
        f"<span style='display:inline-block;margin-right:1.4em'><span aria-hidden='true' "
        f"style='color:{colour}'>●</span> {html.escape(text)}</span>"
        for text, colour in entries
    )
    return f"<p style='margin:0'>{said}</p>"


def lines(entries: Iterable[tuple[str, str, str]]) -> str:
    """Return which line of a chart is whose as HTML: words, name of a colour, kind of line."""
    colours = DARK if charts.mode() == "dark" else LIGHT
    said = "".join(
        "<span style='margin-right:1.4em;display:inline-block'><span aria-hidden='true' style='"
        "display:inline-block;width:30px;vertical-align:middle;margin-right:.4em;"
        f"border-top:3px {kind} {colours[name]}'></span>{html.escape(text)}</span>"
        for text, name, kind in entries
    )
    return f"<p style='margin:0'>{said}</p>"


def table(
    heads: Sequence[str],
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    marked: str = "",
    words: bool = False,
) -> str:
    """Return a table as HTML: a name and cells per row; what follows a blank is small print.

    The row named `marked` stands out; `words` sets the cells to the left.
    """
    lines = []
    for name, cells in rows:
        written = "".join(f"<td>{html.escape(c) if words else _cell(c)}</td>" for c in cells)
        kind = " class='here'" if name == marked else ""
        lines.append(f"<tr{kind}><th scope='row'>{html.escape(name)}</th>{written}</tr>")
    top = "".join(f"<th scope='col'>{html.escape(head)}</th>" for head in heads)
    return scrolled(
        f"<table class='figures dense{' left' if words else ''}'>"
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def scrolled(table: str, label: str = "Table") -> str:
    """Return a table that scrolls by itself where a screen is too narrow for it, as HTML."""
    said = f"tabindex='0' role='region' aria-label='{html.escape(label)}'"
    return f"<div class='scroll' {said}>{table}</div>"


def _cell(text: str) -> str:
    """Return the figure, with its interval below in small print."""
    figure, _, noise = text.partition(" ")
    if not noise.strip() or figure in ("about", "under", "over"):
        return html.escape(text)
    return f"{html.escape(figure)}<br><small>{html.escape(noise)}</small>"
