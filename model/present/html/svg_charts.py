"""Charts of a story as SVG text: no script, colours and fonts are those of the page around them.

Colours are `var(--ink)`, `--soft`, `--grid` and the roles of the theme, so one drawing fits light,
dark and paper. Every chart has a title and a description for those who cannot see it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from model.present.html.svg_bars import bars, room_for
from model.present.html.svg_parts import (
    DASHED,
    SOFT,
    WIDE,
    Axis,
    Frame,
    centred,
    rule,
    text_at,
    width_of,
)
from model.present.story import axis_ticks
from model.present.story.elements import Bars, Chart, Line, Lines
from model.present.words import text_width

_FONT = "font-family=\"system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif\""
"""Of a picture of its own, which has no page to take its font from."""
_VARIABLE = re.compile(r"var\(--([a-z]+)\)")


def svg(chart: Chart, ident: str, frame: Frame = WIDE) -> str:
    """Return a chart as an SVG element; `ident` tells its title and description from others."""
    width = frame.width
    if isinstance(chart, Lines):
        size = frame.sizes[0]
        inner, height = _lines(chart, frame, size)
    else:
        size = next((s for s in frame.sizes if room_for(chart, frame, s).fits), frame.sizes[-1])
        inner, height = bars(chart, frame, size)
    title, alt = escape(chart.title), escape(chart.alt)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:.0f}" role="img" '
        f'aria-labelledby="{ident}-t {ident}-d" font-size="{size:g}">'
        f'<title id="{ident}-t">{title}</title><desc id="{ident}-d">{alt}</desc>{inner}</svg>'
    )


def picture(chart: Chart, colours: Mapping[str, str], frame: Frame = WIDE) -> str:
    """Return a chart as the text of an SVG file of its own, with colours by role."""
    drawn = svg(chart, "chart", frame).replace("<svg ", f"<svg {_FONT} ", 1)
    return _VARIABLE.sub(lambda found: colours[found.group(1)], drawn)


def _lines(chart: Lines, frame: Frame, size: float) -> tuple[str, float]:
    """Draw curves with a key above, axes, and the mark."""
    line_px, width = size * 1.45, frame.width
    key, top = _key(chart.lines, width, size)
    top += line_px if chart.mark else size * 0.6
    across, up = axis_ticks.line_ranges(chart)
    most = 5 if frame.beside else 4
    x_ticks = axis_ticks.ticks(*across, chart.x_unit, most)
    y_ticks = axis_ticks.ticks(*up, chart.y_unit, 5 if frame.beside or not frame.height else 2)
    left = max(width_of(tick.label, size) for tick in y_ticks) + 10
    right = width - width_of(x_ticks[-1].label, size) / 2 - 4
    foot = (1.4 if frame.height else 2.9) * line_px
    bottom = frame.height - foot if frame.height else top + (330 if frame.beside else 260)
    x = Axis(x_ticks[0].at, x_ticks[-1].at, left, right)
    y = Axis(y_ticks[0].at, y_ticks[-1].at, bottom, top)
    out = [key]
    for tick in y_ticks:
        out.append(rule(left, y(tick.at), right, y(tick.at), "grid"))
        out.append(text_at(left - 8, y(tick.at) + size / 3, tick.label, anchor="end", more=SOFT))
    below = bottom + line_px
    out += [text_at(x(at), below, label, anchor="middle", more=SOFT) for at, label in x_ticks]
    if not frame.height:
        out.append(text_at(left, bottom + 2.4 * line_px, axes(chart), more=SOFT))
    if chart.mark:
        at = x(chart.mark.at)
        out.append(rule(at, top, at, bottom, "harm", DASHED))
        out.append(centred(at, top - size * 0.4, chart.mark.label, width, size))
    for line in chart.lines:
        points = " ".join(
            f"{x(a):.1f},{max(y(b), y.end):.1f}" for a, b in zip(line.x, line.y, strict=True)
        )
        dash = ' stroke-dasharray="7 5"' if line.dashed else ""
        out.append(
            f'<polyline points="{points}" fill="none" stroke="var(--{line.colour})" '
            f'stroke-width="3.2" stroke-linejoin="round"{dash}/>'
        )
    return "".join(out), bottom + foot


def axes(chart: Chart) -> str:
    """Return what the axes of a chart are."""
    if isinstance(chart, Bars):
        return chart.x_title
    return f"{chart.x_title} (up: {chart.y_title[:1].lower()}{chart.y_title[1:]})"


def _key(lines: tuple[Line, ...], width: int, size: float) -> tuple[str, float]:
    """Draw the names of the curves, one below the other where they do not fit side by side."""
    out, x, y = [], 0.0, size
    for line in lines:
        name = text_width.shortened(line.name, width_pt=width - 44, size_pt=size)
        needed = 40 + width_of(name, size)
        if x and x + needed > width:
            x, y = 0.0, y + size * 1.5
        out.append(rule(x, y - size / 3, x + 28, y - size / 3, line.colour, 'stroke-width="4"'))
        out.append(text_at(x + 36, y, name))
        x += needed + 20
    return "".join(out), y + size * 0.6
