"""Charts of rows with a name each: beside the row where there is room, above it where there is not.

A name of forty letters beside a bar would leave a phone no room for bars: they would have no
length, or a negative one, and say the opposite. So the drawing itself asks how wide it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from model.present.charts.style import TABLE, Colours, finished, rim, where

NARROW = "narrow"
"""A signal of every such chart: whether names stand above their rows."""
LEAST_BESIDE_PX = 480
"""Width of a chart from which on names stand beside the rows."""
ROW, DENSE = 36, 32
"""Height of a row, and of one where there are many."""
_SHARE_OF_NAMES = 0.42
_TALL, _FLAT = 18, 8
_DOWN, _UP = 7, -7
_TYPE_PX = 14
_LEFT_OF_IT: dict[str, Any] = {"align": "right", "dx": -9}
SHIFT = alt.expr(f"{NARROW} ? {_DOWN} : 0")


def row(*, bold: Sequence[str] = (), by: str | None = "order") -> alt.Y:
    """Return the rows by a column of their table, or as they come, with their names beside.

    Names that are `bold` stand out.
    """
    strong = {"test": f"indexof({list(bold)}, datum.label) >= 0", "value": 700}
    axis = alt.Axis(
        title=None,
        labelExpr=f"{NARROW} ? '' : datum.label",
        labelFontSize=_TYPE_PX,
        labelFontWeight={"condition": strong, "value": 400},
        labelLimit=alt.expr(f"{_SHARE_OF_NAMES} * containerSize()[0]"),
        labelOverlap=False,
        ticks=False,
        domain=False,
        grid=False,
    )
    # A row that is new in a table comes last without a column to go by.
    sort = alt.EncodingSortField(field=by, op="min") if by else None
    return alt.Y("label:N", axis=axis, sort=sort)


def bars(base: alt.Chart, **style: Any) -> Any:
    """Return the bars of rows."""
    tall = alt.expr(f"{NARROW} ? {_FLAT} : {_TALL}")
    return base.mark_bar(height=tall, yOffset=SHIFT, **style)


def intervals(base: alt.Chart, colours: Colours) -> Any:
    """Return the intervals of rows as thin lines across their bars."""
    return base.mark_rule(strokeWidth=2, color=colours["ink"], yOffset=SHIFT)


def figures(
    base: alt.Chart, colours: Colours, *, y: alt.Y, text: str = "text", at: str = "text_at"
) -> tuple[Any, Any]:
    """Return the figure of each row at the end of its bar, legible across lines."""
    return _legible(
        base, colours, align="left", dx=8, yOffset=SHIFT, x=alt.X(f"{at}:Q"), y=y, text=f"{text}:N"
    )


def before(base: alt.Chart, colours: Colours, *, y: alt.Y, text: str, at: str) -> tuple[Any, Any]:
    """Return a figure that ends where a bar begins."""
    return _legible(
        base,
        colours,
        align="right",
        dx=-8,
        yOffset=SHIFT,
        x=alt.X(f"{at}:Q"),
        y=y,
        text=f"{text}:N",
    )


def _legible(
    base: alt.Chart, colours: Colours, *, x: Any, y: alt.Y, text: str, **style: Any
) -> tuple[Any, Any]:
    """Return text on a rim of the ground, so that no line runs through it."""
    style |= {"fontSize": _TYPE_PX, "color": colours["ink"]}
    edge = rim(colours)
    return (
        base.mark_text(**style | edge).encode(x=x, y=y, text=text),
        base.mark_text(**style).encode(x=x, y=y, text=text),
    )


def room(
    base: alt.Chart,
    *,
    y: alt.Y,
    at: str = "text_at",
    wide: float = 0.15,
    narrow: float = 0.25,
) -> Any:
    """Return nothing to be seen, which makes the axis leave room for figures beyond the bars.

    `wide` and `narrow` are shares of what the bars take.
    """
    return (
        base.transform_joinaggregate(most=f"max({at})")
        .transform_calculate(room=f"datum.most * ({NARROW} ? {1.0 + narrow} : {1.0 + wide})")
        .mark_point(opacity=0, tooltip=None)
        .encode(x=alt.X("room:Q"), y=y)
    )


def charted(
    colours: Colours, *layers: Any, y: alt.Y, base: alt.Chart | None = None, pitch: int = ROW
) -> Any:
    """Return the layers as a chart of rows with their names; `base` has one line for each row."""
    named = (base or alt.Chart()).transform_calculate(name=f"{NARROW} ? datum.label : ''")
    names = _legible(
        named,
        colours,
        align="left",
        yOffset=_UP,
        limit=alt.expr("width"),
        x=alt.value(0),
        y=y,
        text="name:N",
    )
    drawn = alt.layer(*layers, *names, data=alt.NamedData(name=TABLE))
    return finished(asking(drawn), alt.Step(pitch), colours)


def asking(chart: Any) -> Any:
    """Return a chart that knows whether it is `NARROW`."""
    # Asked again whenever the browser gives the drawing another width.
    width = f"width > -1 && containerSize()[0] < {LEAST_BESIDE_PX}"
    return chart.add_params(alt.param(name=NARROW, expr=width))


def beside_tolerance(colours: Colours, x: alt.X, **style: Any) -> list[Any]:
    """Return what is said of the tolerance, at a height that all rows of its part share.

    It stands on that side of the line where there is room (column `side`, of `side_of`), or, where
    there is none on either, at the right end.
    """
    base, y = where("tolerance"), alt.value(10)
    beside = base.transform_calculate(said=f"{NARROW} ? '' : datum.text")
    told = [
        beside.transform_filter(alt.datum.side == side)
        .mark_text(**style | place)
        .encode(x=x, y=y, text="said:N")
        for side, place in (("near", {"align": "left", "dx": 9}), ("far", _LEFT_OF_IT))
    ]
    edge = rim(colours)
    last = base.transform_calculate(said=f"{NARROW} ? datum.text : ''")
    return told + [
        last.mark_text(align="right", **one).encode(x=alt.value("width"), y=y, text="said:N")
        for one in (style | edge, style)
    ]
