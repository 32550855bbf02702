"""Charts of a story as SVG text: no script, colours and fonts are those of the page around them.

Colours are `var(--ink)`, `--soft`, `--grid` and the roles of the theme, so one drawing fits light,
dark and paper. Every chart has a title and a description for those who cannot see it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from model.present.charts import axis_ticks
from model.present.story.elements import Bar, Bars, Chart, Line, Lines
from model.present.words import text_width


@dataclass(frozen=True)
class Frame:
    """What a chart is drawn for, in units of the drawing."""

    width: int
    sizes: tuple[float, ...]
    """Sizes of type, the largest first; the first at which all fits is taken."""
    height: float | None = None
    """The height to fill; None: as much as it takes."""
    beside: bool = True
    """Whether the names of bars stand beside them, not above."""


WIDE, NARROW = Frame(960, (17.0,)), Frame(440, (15.0,), beside=False)
"""For a page and for a phone."""
SLIDE = Frame(860, (20.0, 19.0, 18.0, 17.0, 16.0, 15.0, 14.0), height=380.0)
HALF_SLIDE = Frame(588, (19.0,), height=250.0, beside=False)
"""For a projector of 1280 by 720, in its own pixels: beside text, and beside another chart.

What the axes are stands with the title then, which is not part of the drawing (`axes`).
"""
_VARIABLE = re.compile(r"var\(--([a-z]+)\)")
_BROAD = 1.14
"""Allowance for a reader's font that runs wider than usual."""
_MOST_LINES = 3
"""Lines of the name of a bar."""
_LEADING = 1.1
"""Height of such a line, in sizes of type."""
_CAP = 0.35
"""Half the height of the end of a whisker, in sizes of type."""


@dataclass(frozen=True)
class _Axis:
    """A linear axis in drawing units: `low` and `high` of the data at `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def svg(chart: Chart, ident: str, frame: Frame = WIDE) -> str:
    """Return a chart as an SVG element; `ident` tells its title and description from others."""
    width = frame.width
    if isinstance(chart, Lines):
        size = frame.sizes[0]
        inner, height = _lines(chart, frame, size)
    else:
        size = next((s for s in frame.sizes if _room(chart, frame, s).fits), frame.sizes[-1])
        inner, height = _bars(chart, frame, size)
    title, alt = escape(chart.title), escape(chart.alt)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" role="img" '
        f'aria-labelledby="{ident}-t {ident}-d" font-size="{size:g}">'
        f'<title id="{ident}-t">{title}</title><desc id="{ident}-d">{alt}</desc>{inner}</svg>'
    )


def _width(text: str, size: float) -> float:
    """Return the width of text in drawing units, rather too wide."""
    return text_width.width_em(text) * size * _BROAD


def picture(chart: Chart, colours: Mapping[str, str], frame: Frame = WIDE) -> str:
    """Return a chart as the text of an SVG file of its own, with colours by role."""
    drawn = svg(chart, "chart", frame)
    return _VARIABLE.sub(lambda found: colours[found.group(1)], drawn)


def _text(x: float, y: float, text: str, *, anchor: str = "start", more: str = "") -> str:
    fill = "" if "fill=" in more else ' fill="var(--ink)"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{fill}{" " + more if more else ""}>'
        f"{escape(text)}</text>"
    )


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="var(--{colour})"{" " + more if more else ""}/>'
    )


_SOFT = 'fill="var(--soft)"'
_HARM = 'fill="var(--harm)" font-weight="600"'
_DASHED = 'stroke-width="2" stroke-dasharray="7 5"'


def _lines(chart: Lines, frame: Frame, size: float) -> tuple[str, float]:
    """Draw curves with a key above, axes, and the mark."""
    line_px, width = size * 1.45, frame.width
    key, top = _key(chart.lines, width, size)
    top += line_px if chart.mark else size * 0.6
    across, up = axis_ticks.line_ranges(chart)
    most = 5 if frame.beside else 4
    x_ticks = axis_ticks.ticks(*across, chart.x_unit, most)
    y_ticks = axis_ticks.ticks(*up, chart.y_unit, 5 if frame.beside or not frame.height else 2)
    left = max(_width(tick.label, size) for tick in y_ticks) + 10
    right = width - _width(x_ticks[-1].label, size) / 2 - 4
    foot = (1.4 if frame.height else 2.9) * line_px
    bottom = frame.height - foot if frame.height else top + (330 if frame.beside else 260)
    x = _Axis(x_ticks[0].at, x_ticks[-1].at, left, right)
    y = _Axis(y_ticks[0].at, y_ticks[-1].at, bottom, top)
    out = [key]
    for tick in y_ticks:
        out.append(_rule(left, y(tick.at), right, y(tick.at), "grid"))
        out.append(_text(left - 8, y(tick.at) + size / 3, tick.label, anchor="end", more=_SOFT))
    below = bottom + line_px
    out += [_text(x(at), below, label, anchor="middle", more=_SOFT) for at, label in x_ticks]
    if not frame.height:
        out.append(_text(left, bottom + 2.4 * line_px, axes(chart), more=_SOFT))
    if chart.mark:
        at = x(chart.mark.at)
        out.append(_rule(at, top, at, bottom, "harm", _DASHED))
        out.append(_centred(at, top - size * 0.4, chart.mark.label, width, size))
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
        needed = 40 + _width(name, size)
        if x and x + needed > width:
            x, y = 0.0, y + size * 1.5
        out.append(_rule(x, y - size / 3, x + 28, y - size / 3, line.colour, 'stroke-width="4"'))
        out.append(_text(x + 36, y, name))
        x += needed + 20
    return "".join(out), y + size * 0.6


def _centred(at: float, y: float, text: str, width: int, size: float) -> str:
    """Draw the label of a mark around its line, kept within the drawing."""
    return _text(_placed(at, text, width, size), y, text, anchor="middle", more=_HARM)


class _Room(NamedTuple):
    """Where bars and their names stand: units of the drawing."""

    gutter: float
    top: float
    pitch: float
    bar: float
    foot: float
    fits: bool


def _room(chart: Bars, frame: Frame, size: float) -> _Room:
    """Share out the frame for bars with type of a size."""
    line_px, count = size * 1.45, len(chart.bars)
    widest = max(_width(bar.label, size) for bar in chart.bars) + 14
    gutter = min(widest, 0.34 * frame.width) if frame.beside else 2.0
    names = [_wrapped(bar.label, gutter, size) for bar in chart.bars] if frame.beside else []
    lines = max(map(len, names), default=1)
    top = line_px if chart.mark else size * 0.4
    if frame.height:
        foot = 1.4 * line_px
        pitch = (frame.height - top - foot) / count
        bar = min(0.68 * pitch, 2.2 * size)
        whole = all(_holds(gutter, size, line) for name in names for line in name)
        fits = whole and pitch >= size * (1.4 if lines == 1 else _LEADING * lines + 0.1)
        return _Room(gutter, top, pitch, bar, foot, fits)
    bar = size * (1.35 if count > 6 else 1.9)
    beside = max(bar * 1.45, size * (_LEADING * lines + 0.4) if lines > 1 else 0.0)
    pitch = beside if frame.beside else line_px + bar * 1.35
    return _Room(gutter, top, pitch, bar, 2.8 * line_px, True)


def _bars(chart: Bars, frame: Frame, size: float) -> tuple[str, float]:
    """Draw bars; labels stand at the left where there is room, else above each bar."""
    line_px, beside, width = size * 1.45, frame.beside, frame.width
    gutter, top, pitch, bar_px, foot, _ = _room(chart, frame, size)
    plot = width - gutter
    low, high = axis_ticks.bar_range(chart)
    room = (high - low) / plot
    if axis_ticks.floating(chart):
        before = max(_width(bar.before, size) for bar in chart.bars) + 14
        low = max(low - before * room, 0.0) if low >= 0 else low - before * room
    after = max(_width(bar.text, size) for bar in chart.bars) + 14
    high += min(after / max(plot - after, plot / 2), 1.0) * (high - low)
    x = _Axis(low, high, gutter, float(width))
    ticks = _apart(chart, x, size, 6 if beside else 3)
    bottom = top + pitch * len(chart.bars)
    out = []
    for tick, placed in ticks:
        out.append(_rule(x(tick.at), top, x(tick.at), bottom, "grid"))
        out.append(_text(placed, bottom + line_px, tick.label, anchor="middle", more=_SOFT))
    if chart.mark:
        at = x(chart.mark.at)
        out.append(_centred(at, top - size * 0.4, chart.mark.label, width, size))
    for k, bar in enumerate(chart.bars):
        row = top + k * pitch
        y = row + (pitch - bar_px) / 2 if beside else row + line_px
        out.append(_bar(bar, x, y, bar_px, size, x(chart.mark.at) if chart.mark else None))
        if beside:
            out.append(_label(bar.label, gutter, y + bar_px / 2, size))
        else:
            name = text_width.shortened(bar.label, width_pt=width - 4, size_pt=size)
            out.append(_text(2, row + size, name))
    if chart.mark:
        # Last, so that no bar hides it.
        out.append(_rule(x(chart.mark.at), top, x(chart.mark.at), bottom, "harm", _DASHED))
    if not frame.height:
        out.append(_text(gutter, bottom + 2.3 * line_px, chart.x_title, more=_SOFT))
    return "".join(out), bottom + foot


def _placed(at: float, text: str, width: float, size: float) -> float:
    """Return the middle of a text around a place, kept within the drawing."""
    half = _width(text, size) / 2
    return min(max(at, half), width - half)


def _apart(chart: Bars, x: _Axis, size: float, most: int) -> list[tuple[axis_ticks.Tick, float]]:
    """Return as many ticks within the axis as have labels that stand apart, and where those do."""
    placed: list[tuple[axis_ticks.Tick, float]] = []
    for count in range(most, 0, -1):
        ticks = axis_ticks.ticks(x.low, x.high, chart.unit, count)
        placed = [
            (tick, _placed(x(tick.at), tick.label, x.end, size))
            for tick in ticks
            if x.low <= tick.at <= x.high
        ]
        widest = max((_width(tick.label, size) for tick, _ in placed), default=0.0)
        if all(b - a >= widest + size / 3 for (_, a), (_, b) in itertools.pairwise(placed)):
            break
    return placed


def _label(text: str, gutter: float, middle: float, size: float) -> str:
    """Draw the name of a bar to the left of it."""
    lines = _wrapped(text, gutter, size)
    top = middle + size / 3 - (len(lines) - 1) * size * _LEADING / 2
    return "".join(
        _text(
            gutter - 10,
            top + k * size * _LEADING,
            text_width.shortened(line, width_pt=_label_room(gutter), size_pt=size),
            anchor="end",
        )
        for k, line in enumerate(lines)
    )


def _label_room(gutter: float) -> float:
    return (gutter - 12) / _BROAD


def _holds(gutter: float, size: float, line: str) -> bool:
    return text_width.width_em(line) * size <= _label_room(gutter)


def _wrapped(text: str, gutter: float, size: float) -> tuple[str, ...]:
    """Return the name of a bar on as few lines as hold it, all as short as can be."""
    lines: tuple[str, ...] = (text,)
    words = text.split(" ")
    for count in range(1, min(_MOST_LINES, len(words)) + 1):
        lines = text_width.balanced(words, count)
        if all(_holds(gutter, size, line) for line in lines):
            break
    return lines


def _bar(bar: Bar, x: _Axis, y: float, height: float, size: float, mark: float | None) -> str:
    left, right = sorted((x(bar.start), x(bar.end)))
    middle = y + height / 2
    drawn = (
        f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(right - left, 1.0):.1f}" '
        f'height="{height:.1f}" rx="2" fill="var(--{bar.colour})"/>'
    )
    if bar.low is not None and bar.high is not None:
        drawn += _whisker(x(bar.low), x(bar.high), middle, size)
        # The text must not stand so near that the whisker reads as its minus.
        right = max(right, x(bar.high) + size / 2)
    if mark is not None and not bar.before and right <= mark < right + 12 + _width(bar.text, size):
        # The mark would run through the text.
        right = mark
    drawn += _text(right + 7, middle + size / 3, bar.text, more='font-weight="600"')
    if bar.before:
        drawn += _text(
            left - 7, middle + size / 3, bar.before, anchor="end", more='font-weight="600"'
        )
    return drawn


def _whisker(low: float, high: float, middle: float, size: float) -> str:
    """Draw an interval with an upright end on either side."""
    half, thick = _CAP * size, 'stroke-width="2"'
    ends = "".join(_rule(at, middle - half, at, middle + half, "ink", thick) for at in (low, high))
    return _rule(low, middle, high, middle, "ink", thick) + ends
