"""Charts of a log: pure functions on one named table, built once per mode.

The columns of each table are those of the function of the same name in `timeline` or `learned`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from model.present.charts import rows
from model.present.charts.style import (
    NUMBER_TICK,
    SHARE_TICK,
    Colours,
    built,
    stacked,
    where,
)
from model.present.words.spoken import subject

_WHEN: dict[str, Any] = {"format": "%b %Y", "labelFontSize": 13, "tickCount": 6, "grid": False}
_DECADES = [1e-3, 0.01, 0.1, 1, 10, 100, 1_000, 10_000]
_STEPS = [k * decade for decade in _DECADES for k in (1, 2, 5)]
_HOURS = [1 / 60, 1 / 6, 1, 10, 100, 1_000]
_HOURS_TICK = (
    "datum.value < 0.99 ? format(60 * datum.value, '.2~r') + ' min' "
    ": format(datum.value, ',.3~r') + ' h'"
)
_SHAPES = {"known": "circle", "unsure": "triangle-right", "many": "circle"}


def _time(field: str) -> alt.X:
    return alt.X(f"{field}:T", scale=alt.Scale(type="utc"), axis=alt.Axis(title=None, **_WHEN))


def shades(colours: Colours) -> list[str]:
    """Return the colours of a severity, from the slightest to the gravest."""
    return [colours["pale"], colours["main"], colours["third"], colours["harm"]]


def _names() -> alt.Chart:
    """Return one line for each row of a chart, whatever number of marks is in it."""
    return alt.Chart().transform_aggregate(order="min(order)", groupby=["label"])


def timeline(colours: Colours) -> Any:
    """Return every incident at its start, in the row of its cause; larger lasted longer."""
    y = rows.row()
    base = alt.Chart()
    tooltip = [
        alt.Tooltip("what:N", title="What"),
        alt.Tooltip("start:T", title="Began (UTC)", format="%Y-%m-%d %H:%M"),
        alt.Tooltip("long:N", title="Lasted"),
        alt.Tooltip("severity:N", title="Severity"),
        alt.Tooltip("united:Q", title="Rows in it"),
    ]
    size = alt.Size("hours:Q", scale=alt.Scale(type="sqrt", range=[20, 500]), legend=None)
    shade = alt.Color(
        "rank:O", scale=alt.Scale(domain=[0, 1, 2, 3], range=shades(colours)), legend=None
    )
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values())),
        legend=None,
    )
    spans = base.mark_rule(yOffset=rows.SHIFT, strokeWidth=3, opacity=0.6).encode(
        x=_time("start"), x2="end:T", y=y, color=shade
    )
    marks = base.mark_point(
        yOffset=rows.SHIFT, filled=True, opacity=0.75, stroke=colours["ground"]
    ).encode(x=_time("start"), y=y, size=size, color=shade, shape=shape, tooltip=tooltip)
    rings = (
        base.transform_filter(alt.datum.united > 1)
        .mark_point(yOffset=rows.SHIFT, filled=False, strokeWidth=1.5, color=colours["ink"])
        .encode(x=_time("start"), y=y, size=size)
    )
    return rows.charted(colours, spans, marks, rings, y=y, base=_names(), pitch=44)


def counted(colours: Colours) -> Any:
    """Return how the count grew: steps, a steady rate dashed, the likeliest change of it."""
    y = alt.Y("count:Q", axis=alt.Axis(title="Incidents so far", tickCount=4, labelFontSize=13))
    grown = (
        where("counted")
        .mark_line(interpolate="step-after", strokeWidth=2.5, color=colours["main"])
        .encode(x=_time("at"), y=y)
    )
    steady = (
        where("steady")
        .mark_line(strokeDash=[6, 4], strokeWidth=1.5, color=colours["soft"])
        .encode(x=_time("at"), y=y)
    )
    step = where("step").mark_line(strokeWidth=2, color=colours["harm"]).encode(x=_time("at"), y=y)
    when = where("at").mark_rule(strokeDash=[2, 3], color=colours["harm"]).encode(x=_time("at"))
    return stacked(colours, steady, step, when, grown, height=220)


def _learned(colours: Colours, x: alt.X, y: alt.Y) -> Any:
    """Return bars of what was believed (pale) and is (blue), and the data (orange)."""
    tooltip = [alt.Tooltip("label:N", title="Of"), alt.Tooltip("text:N", title="Says")]
    ends = {"x": x, "x2": "high:Q", "y": y, "tooltip": tooltip}
    before = (
        where("before")
        .mark_bar(yOffset=rows.SHIFT, height=14, color=colours["pale"])
        .encode(**ends)
    )
    after = (
        where("after").mark_bar(yOffset=rows.SHIFT, height=8, color=colours["main"]).encode(**ends)
    )
    middle = (
        where("before", "after")
        .mark_tick(yOffset=rows.SHIFT, thickness=2, size=16, color=colours["ink"])
        .encode(x=alt.X("mid:Q"), y=y)
    )
    data = (
        where("data")
        .mark_point(
            yOffset=rows.SHIFT,
            filled=True,
            size=70,
            shape="diamond",
            color=colours["harm"],
        )
        .encode(x=alt.X("mid:Q"), y=y, tooltip=tooltip)
    )
    return rows.charted(colours, before, after, middle, data, y=y, base=_names())


def rates(colours: Colours) -> Any:
    """Return the rates by cause on a log axis."""
    axis = alt.Axis(
        title="Incidents a year",
        labelExpr=NUMBER_TICK,
        labelFontSize=13,
        values=_STEPS,
        labelOverlap="greedy",
    )
    x = alt.X("low:Q", scale=alt.Scale(type="log", nice=False, padding=12), axis=axis)
    y = rows.row()
    return _learned(colours, x, y)


def hours(colours: Colours) -> Any:
    """Return the hours of an incident on a log axis."""
    axis = alt.Axis(title=None, labelExpr=_HOURS_TICK, labelFontSize=13, values=_HOURS)
    x = alt.X("low:Q", scale=alt.Scale(type="log", nice=False, padding=12), axis=axis)
    return _strip(colours, x)


def losses(colours: Colours) -> Any:
    """Return the share an incident breaks."""
    axis = alt.Axis(title="Share lost", labelExpr=SHARE_TICK, labelFontSize=13, tickCount=5)
    return _strip(colours, alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), axis=axis))


def _strip(colours: Colours, x: alt.X) -> Any:
    y = rows.row()
    tooltip = [alt.Tooltip("text:N", title="Says")]
    ends = {"x": x, "x2": "high:Q", "y": y, "tooltip": tooltip}
    before = (
        where("before")
        .mark_bar(yOffset=rows.SHIFT, height=14, color=colours["pale"])
        .encode(**ends)
    )
    after = (
        where("after").mark_bar(yOffset=rows.SHIFT, height=14, color=colours["main"]).encode(**ends)
    )
    middle = (
        where("before", "after")
        .mark_tick(yOffset=rows.SHIFT, thickness=3, size=22, color=colours["ink"])
        .encode(x=alt.X("mid:Q"), y=y)
    )
    shape = alt.Shape(
        "exact:N",
        scale=alt.Scale(domain=["yes", "no"], range=["circle", "triangle-right"]),
        legend=None,
    )
    data = (
        where("data")
        .mark_point(
            yOffset=rows.SHIFT,
            filled=True,
            size=60,
            opacity=0.55,
            color=colours["harm"],
        )
        .encode(x=alt.X("mid:Q"), y=y, shape=shape, tooltip=tooltip)
    )
    return rows.charted(colours, before, after, middle, data, y=y, base=_names(), pitch=44)


def quantiles(colours: Colours) -> Any:
    """Return the Q–Q plot: points on the dashed line are as the fit says; the band holds 90 %."""

    def axis(title: str) -> alt.Axis:
        return alt.Axis(title=title, labelExpr=_HOURS_TICK, labelFontSize=13, values=_HOURS)

    log = alt.Scale(type="log", nice=False)
    x = alt.X("fitted:Q", scale=log, axis=axis("As fitted"))
    y = alt.Y("observed:Q", scale=log, axis=axis("In the log"))
    base = alt.Chart()
    band = base.mark_area(opacity=0.5, color=colours["pale"]).encode(
        x=x, y=alt.Y("low:Q", scale=log), y2="high:Q"
    )
    line = base.mark_line(strokeDash=[6, 4], color=colours["soft"]).encode(
        x=x, y=alt.Y("fitted:Q", scale=log)
    )
    points = base.mark_point(filled=True, size=45, color=colours["harm"]).encode(x=x, y=y)
    return stacked(colours, band, line, points, height=260)


def backtests(colours: Colours) -> Any:
    """Return where truths lie in what the model says, from 0 to 100 %; the band holds 90 %."""
    axis = alt.Axis(
        title="Share of the model's answers below the truth",
        labelExpr=SHARE_TICK,
        labelFontSize=13,
        values=[0, 0.25, 0.5, 0.75, 1],
    )
    x = alt.X("percentile:Q", scale=alt.Scale(domain=[0, 1]), axis=axis)
    y = rows.row()
    base = alt.Chart()
    band = base.mark_bar(height=alt.RelativeBandSize(1.0), color=colours["pale"]).encode(
        x=alt.datum(0.05), x2=alt.datum(0.95), y=y, opacity=alt.value(0.35)
    )
    fill = alt.Color(
        "inside:N",
        scale=alt.Scale(domain=["yes", "no"], range=[colours["main"], colours["harm"]]),
        legend=None,
    )
    shape = alt.Shape(
        "inside:N",
        scale=alt.Scale(domain=["yes", "no"], range=["circle", "diamond"]),
        legend=None,
    )
    points = base.mark_point(yOffset=rows.SHIFT, filled=True, size=110).encode(
        x=x,
        y=y,
        color=fill,
        shape=shape,
        tooltip=[alt.Tooltip("label:N", title="Of"), alt.Tooltip("text:N", title="Percentile")],
    )
    return rows.charted(colours, band, points, y=y)


_CHARTS = {
    "timeline": timeline,
    "counted": counted,
    "rates": rates,
    "hours": hours,
    "losses": losses,
    "quantiles": quantiles,
    "backtests": backtests,
}


def spec(name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    return _spec(name, mode, subject.key())


@lru_cache(maxsize=32)
def _spec(name: str, mode: str, said: tuple[str, str]) -> dict[str, Any]:
    """Build a chart whose labels say money and times as the subject does."""
    return built(_CHARTS, name, mode)
