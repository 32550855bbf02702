"""What all charts are made of: colours, ticks, axes, and the one named table.

A chart is a function of the colours of a mode. It is read out as the one text it is shown with, so
its marks, some without any data, are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt

from model.present.words.spoken.amounts import number_tick, tick

TABLE = "table"

LIGHT = {
    "ink": "#16202B",
    "soft": "#566474",
    "grid": "#E3E9EF",
    "ground": "#FFFFFF",
    "main": "#0B5FA5",
    "harm": "#C2500A",
    "good": "#00795C",
    "third": "#A8447F",
    "pale": "#B9C6D2",
}
DARK = {
    "ink": "#E8EEF4",
    "soft": "#A7B4C1",
    "grid": "#2A3643",
    "ground": "#10161D",
    "main": "#6DB7F0",
    "harm": "#F0935A",
    "good": "#4CC3A2",
    "third": "#DE93BE",
    "pale": "#4A5968",
}
Colours = dict[str, str]
Charts = Mapping[str, Callable[[Colours], Any]]

_AROUND = {"left": 6, "right": 16, "top": 5, "bottom": 16}

NUMBER_TICK = number_tick()
SHARE_TICK = "format(100 * datum.value, '.3~r') + ' %'"


def where(*names: str) -> alt.Chart:
    """Return a chart on those rows of the table whose column `part` is one of the names."""
    return alt.Chart().transform_filter(alt.FieldOneOfPredicate(field="part", oneOf=list(names)))


def stacked(colours: Colours, *charts: Any, height: Any) -> Any:
    """Return charts above each other that share the table."""
    return finished(alt.layer(*charts, data=alt.NamedData(name=TABLE)), height, colours)


def finished(chart: Any, height: Any, colours: Colours) -> Any:
    """Return a chart of a height, without a frame; labels stand where their ticks are."""
    said = {"labelColor": colours["soft"], "titleColor": colours["soft"], "titleFontWeight": 400}
    # By default the first and the last label of an axis are pushed inwards. Here they may reach
    # beyond the axis, for which its drawing has room.
    return (
        chart.properties(height=height, padding=_AROUND)
        .configure_view(stroke=None)
        .configure_mark(aria=False)
        .configure_axis(
            labelFlush=False,
            labelSeparation=8,
            labelFontSize=13,
            titleFontSize=13,
            gridColor=colours["grid"],
            **said,
        )
    )


def money_axis(title: str | None, **more: Any) -> alt.Axis:
    """Return an axis of money."""
    return alt.Axis(title=title, **{"labelExpr": tick(), "labelFontSize": 13, **more})


def share_axis(title: str | None, **more: Any) -> alt.Axis:
    """Return an axis of shares in percent."""
    return alt.Axis(title=title, labelExpr=SHARE_TICK, labelFontSize=13, **more)


def rim(colours: Colours, width: float = 5) -> dict[str, Any]:
    """Return the style of a rim of the ground around text, so that no line runs through it."""
    return {"stroke": colours["ground"], "strokeWidth": width, "strokeJoin": "round"}


def tolerance_rule(colours: Colours, x: alt.X) -> Any:
    """Return the upright line at the tolerance."""
    dashed: dict[str, Any] = {"strokeWidth": 2, "strokeDash": [6, 4]}
    return where("tolerance").mark_rule(color=colours["harm"], **dashed).encode(x=x)


def built(charts: Charts, name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    finished_chart: dict[str, Any] = charts[name](DARK if mode == "dark" else LIGHT).to_dict()
    return finished_chart
