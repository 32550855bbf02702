"""Bars as SVG text: labels that fit their gutter, whiskers, a marked value."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from model.present.html.svg_parts import (
    BROAD,
    DASHED,
    SOFT,
    Axis,
    Frame,
    centred,
    kept_within,
    rule,
    text_at,
    width_of,
)
from model.present.story import axis_ticks
from model.present.story.elements import Bar, Bars
from model.present.words import text_width

_GUTTERS = (0.34, 0.38, 0.42, 0.46)
"""Parts of the width that names may take, the less the better."""
_MOST_LINES = 3
"""Lines of the name of a bar."""
_LEADING = 1.1
"""Height of such a line, in sizes of type."""
_PALE = ' fill-opacity="0.5"'
_CAP = 0.35
"""Half the height of the end of a whisker, in sizes of type."""


class Room(NamedTuple):
    """Where bars and their names stand: units of the drawing."""

    gutter: float
    top: float
    pitch: float
    bar: float
    foot: float
    fits: bool


def room_for(chart: Bars, frame: Frame, size: float) -> Room:
    """Share out the frame for bars with type of a size."""
    line_px, count = size * 1.45, len(chart.bars)
    widest = max(width_of(bar.label, size) for bar in chart.bars) + 14
    top = line_px if chart.mark else size * 0.4
    if frame.height:
        foot = 1.4 * line_px
        pitch = (frame.height - top - foot) / count
        bar = min(0.68 * pitch, 2.2 * size)
        gutter, whole = _gutter(chart, frame, size, widest, _lines_beside(pitch, size))
        return Room(
            gutter=gutter,
            top=top,
            pitch=pitch,
            bar=bar,
            foot=foot,
            fits=whole and pitch >= 1.4 * size,
        )
    gutter = min(widest, _GUTTERS[0] * frame.width) if frame.beside else 2.0
    names = [_wrapped(bar.label, gutter, size) for bar in chart.bars] if frame.beside else []
    lines = max(map(len, names), default=1)
    bar = size * (1.35 if count > 6 else 1.9)
    beside = max(bar * 1.45, size * (_LEADING * lines + 0.4) if lines > 1 else 0.0)
    pitch = beside if frame.beside else line_px + bar * 1.35
    return Room(gutter=gutter, top=top, pitch=pitch, bar=bar, foot=2.8 * line_px, fits=True)


def _gutter(chart: Bars, frame: Frame, size: float, widest: float, most: int) -> tuple[float, bool]:
    """Return the narrowest room that holds all names on so many lines, and whether one does."""
    if not frame.beside:
        return 2.0, True
    for part in _GUTTERS:
        gutter = min(widest, part * frame.width)
        names = (_wrapped(bar.label, gutter, size, most) for bar in chart.bars)
        if all(_holds(gutter, size, line) for name in names for line in name):
            return gutter, True
    return gutter, False


def _lines_beside(pitch: float, size: float) -> int:
    """Return how many lines of a name stand beside a bar without touching those of the next."""
    return max(int((pitch / size - 0.1) / _LEADING), 1)


def bars(chart: Bars, frame: Frame, size: float) -> tuple[str, float]:
    """Draw bars; labels stand at the left where there is room, else above each bar."""
    line_px, beside, width = size * 1.45, frame.beside, frame.width
    gutter, top, pitch, bar_px, foot, _ = room_for(chart, frame, size)
    low, high = axis_ticks.bar_range(chart)
    before = max(width_of(bar.before, size) + 14 if bar.before else 0.0 for bar in chart.bars)
    left = gutter + before
    plot = width - left
    after = max(width_of(bar.text, size) for bar in chart.bars) + 14
    high += min(after / max(plot - after, plot / 2), 1.0) * (high - low)
    x = Axis(low, high, left, float(width))
    ticks = _apart(chart, x, size, 6 if beside else 3)
    bottom = top + pitch * len(chart.bars)
    out = []
    for tick, placed in ticks:
        out.append(rule(x(tick.at), top, x(tick.at), bottom, "grid"))
        out.append(text_at(placed, bottom + line_px, tick.label, anchor="middle", more=SOFT))
    if chart.mark:
        at = x(chart.mark.at)
        out.append(centred(at, top - size * 0.4, chart.mark.label, width, size))
    for k, bar in enumerate(chart.bars):
        row = top + k * pitch
        y = row + (pitch - bar_px) / 2 if beside else row + line_px
        out.append(_bar(bar, x, y, bar_px, size, x(chart.mark.at) if chart.mark else None))
        if beside:
            most = _lines_beside(pitch, size)
            out.append(_label(bar.label, gutter, y + bar_px / 2, size, most))
        else:
            name = text_width.shortened(bar.label, width_pt=width - 4, size_pt=size)
            out.append(text_at(2, row + size, name))
    if chart.mark:
        # Last, so that no bar hides it.
        out.append(rule(x(chart.mark.at), top, x(chart.mark.at), bottom, "harm", DASHED))
    if not frame.height:
        out.append(text_at(gutter, bottom + 2.3 * line_px, chart.x_title, more=SOFT))
    return "".join(out), bottom + foot


def _apart(chart: Bars, x: Axis, size: float, most: int) -> list[tuple[axis_ticks.Tick, float]]:
    """Return as many ticks within the axis as have labels that stand apart, and where those do."""
    placed: list[tuple[axis_ticks.Tick, float]] = []
    for count in range(most, 0, -1):
        ticks = axis_ticks.ticks(x.low, x.high, chart.unit, count)
        placed = [
            (tick, kept_within(x(tick.at), tick.label, x.end, size))
            for tick in ticks
            if x.low <= tick.at <= x.high
        ]
        widest = max((width_of(tick.label, size) for tick, _ in placed), default=0.0)
        if all(b - a >= widest + size / 3 for (_, a), (_, b) in itertools.pairwise(placed)):
            break
    return placed


def _label(text: str, gutter: float, middle: float, size: float, most: int = _MOST_LINES) -> str:
    """Draw the name of a bar to the left of it, on no more lines than stand beside it."""
    lines = _wrapped(text, gutter, size, most)
    top = middle + size / 3 - (len(lines) - 1) * size * _LEADING / 2
    return "".join(
        text_at(
            gutter - 10,
            top + k * size * _LEADING,
            text_width.shortened(line, width_pt=_label_room(gutter), size_pt=size),
            anchor="end",
        )
        for k, line in enumerate(lines)
    )


def _label_room(gutter: float) -> float:
    return (gutter - 12) / BROAD


def _holds(gutter: float, size: float, line: str) -> bool:
    return text_width.width_em(line) * size <= _label_room(gutter)


def _wrapped(text: str, gutter: float, size: float, most: int = _MOST_LINES) -> tuple[str, ...]:
    """Return the name of a bar on as few lines as hold it, all as short as can be."""
    lines: tuple[str, ...] = (text,)
    words = text.split(" ")
    for count in range(1, min(most, _MOST_LINES, len(words)) + 1):
        lines = text_width.balanced(words, count)
        if all(_holds(gutter, size, line) for line in lines):
            break
    return lines


def _bar(bar: Bar, x: Axis, y: float, height: float, size: float, mark: float | None) -> str:
    left, right = sorted((x(bar.start), x(bar.end)))
    middle = y + height / 2
    drawn = (
        f'<rect x="{left:.1f}" y="{y:.1f}" width="{max(right - left, 1.0):.1f}" '
        f'height="{height:.1f}" rx="2" fill="var(--{bar.colour})"{_PALE if bar.pale else ""}/>'
    )
    if bar.low is not None and bar.high is not None and x(bar.high) - x(bar.low) > _CAP * size:
        drawn += _whisker(x(bar.low), x(bar.high), middle, size)
        # The text must not stand so near that the whisker reads as its minus.
        right = max(right, x(bar.high) + size / 2)
    if (
        mark is not None
        and not bar.before
        and right <= mark < right + 12 + width_of(bar.text, size)
    ):
        # The mark would run through the text.
        right = mark
    drawn += text_at(right + 7, middle + size / 3, bar.text, more='font-weight="600"')
    if bar.before:
        drawn += text_at(
            left - 7, middle + size / 3, bar.before, anchor="end", more='font-weight="600"'
        )
    return drawn


def _whisker(low: float, high: float, middle: float, size: float) -> str:
    """Draw an interval with an upright end on either side."""
    half, thick = _CAP * size, 'stroke-width="2"'
    ends = "".join(rule(at, middle - half, at, middle + half, "ink", thick) for at in (low, high))
    return rule(low, middle, high, middle, "ink", thick) + ends
