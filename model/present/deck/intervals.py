"""Intervals of native bars: thin lines with ends, which python-pptx has no words for."""

from __future__ import annotations

from typing import Any

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn

from model.present.story import axis_ticks
from model.present.story.elements import Bar, Bars

CLEAR = 0.015
"""Part of the axis that keeps a text clear of a line; a shorter interval cannot be seen."""


def seen(chart: Bars, bar: Bar) -> tuple[float, float] | None:
    """Return the interval of a bar, None without one that could be seen."""
    low, high = axis_ticks.bar_range(chart)
    if bar.low is None or bar.high is None or bar.high - bar.low < CLEAR * (high - low):
        return None
    return bar.low, bar.high


def draw(series: Any, chart: Bars) -> None:
    """Draw the intervals of bars as thin lines across their ends."""
    known = [(k, bar, seen(chart, bar)) for k, bar in enumerate(chart.bars[::-1])]
    ends = [(k, bar.end, interval) for k, bar, interval in known if interval]
    if not ends:
        return
    sides = {
        "plus": [(k, high - end) for k, end, (_, high) in ends],
        "minus": [(k, end - low) for k, end, (low, _) in ends],
    }
    lengths = "".join(
        f'<c:{side}><c:numLit><c:ptCount val="{len(known)}"/>'
        + "".join(f'<c:pt idx="{k}"><c:v>{x}</c:v></c:pt>' for k, x in values)
        + f"</c:numLit></c:{side}>"
        for side, values in sides.items()
    )
    kind = '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
    drawn = f"<c:errBars {nsdecls('c')}>{kind}{lengths}</c:errBars>"
    series._element.find(qn("c:cat")).addprevious(parse_xml(drawn))
