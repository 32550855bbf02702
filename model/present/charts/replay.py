"""Charts of a replay: one quantity of the chain over the hours of an incident.

The columns of each table are those of the function of the same name in `replay_data`.
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from model.present.charts.replay_data import LINES
from model.present.charts.style import (
    NUMBER_TICK,
    SHARE_TICK,
    Colours,
    money_axis,
    stacked,
    where,
)
from model.present.words.spoken import amounts

_STEPS: Literal["step-after"] = "step-after"
"""A row is a mean over the hours from its own to the next, so that nothing falls too early."""


_TYPE: dict[str, Any] = {"fontSize": 13}
_ALIGNED: dict[str, Any] = {"minExtent": 52, "maxExtent": 52}
"""Of the axes of charts above each other, that one clock is under both."""


def lost(colours: Colours) -> Any:
    """Return what an incident loses an hour on clock time, line upon line, with its phases shaded.

    Where there are remedies, the whole with them is a line of its own.
    """
    x = _clock(colours)
    y = alt.Y("usd:Q", stack="zero", axis=money_axis("Lost an hour", tickCount=5, **_ALIGNED))
    shades = [colours[name] for name in ("main", "third", "harm", "good")]
    colour = alt.Color(
        "line:N", scale=alt.Scale(domain=list(LINES.values()), range=shades), legend=None
    )
    phases = where("phase")
    shade = phases.mark_rect(color=colours["pale"], opacity=0.22).encode(x=x, x2="end:T")
    edges = phases.mark_rule(strokeDash=[3, 3], color=colours["soft"]).encode(x=x)
    named = phases.mark_text(align="left", dx=5, color=colours["soft"], **_TYPE)
    layers = where("line").mark_area(interpolate=_STEPS, opacity=0.85)
    whole = where("whole").mark_line(interpolate=_STEPS, strokeWidth=1.5, color=colours["ink"])
    eased = where("eased").mark_line(
        interpolate=_STEPS, strokeWidth=2.5, strokeDash=[6, 3], color=colours["good"]
    )
    height = alt.Y("usd:Q", stack=None)
    tooltip = [
        alt.Tooltip("said:N", title="Hour from"),
        alt.Tooltip("text:N", title="Lost an hour"),
        alt.Tooltip("so_far:N", title="Lost so far"),
    ]
    return stacked(
        colours,
        shade,
        layers.encode(x=x, y=y, color=colour, order=alt.Order("order:Q")),
        whole.encode(x=x, y=height, tooltip=tooltip),
        eased.encode(x=x, y=height),
        edges,
        named.encode(x=x, y=alt.value(8), text="text:N"),
        height=280,
    )


def lost_so_far(colours: Colours) -> Any:
    """Return the running total of the same hours, with and without remedies."""
    x = _clock(colours)
    y = alt.Y("total_usd:Q", axis=money_axis("Lost so far", tickCount=3, **_ALIGNED))
    line = where("whole").mark_line(strokeWidth=2.5, color=colours["ink"])
    eased = where("eased").mark_line(strokeWidth=2.5, strokeDash=[6, 3], color=colours["good"])
    shade = where("phase").mark_rect(color=colours["pale"], opacity=0.22)
    end = where("end").mark_text(
        align="right", dx=-4, dy=-10, fontWeight="bold", color=colours["ink"], **_TYPE
    )
    return stacked(
        colours,
        shade.encode(x=x, x2="end:T"),
        line.encode(x=x, y=y),
        eased.encode(x=x, y=y),
        end.encode(x=x, y=y, text="text:N"),
        height=120,
    )


def _clock(colours: Colours) -> alt.X:
    """Return the wall clock, as if it were that of UTC, so that no browser moves it."""
    days = "hours(datum.value) == 0 && minutes(datum.value) == 0"
    label = f"{days} ? utcFormat(datum.value, '%a %-d %b') : utcFormat(datum.value, '%H:%M')"
    label = label.replace("hours(", "utchours(").replace("minutes(", "utcminutes(")
    axis = alt.Axis(title=None, labelExpr=label, tickCount=8, grid=False, labelOverlap=True)
    return alt.X("at:T", scale=alt.Scale(type="utc", nice=False), axis=axis)


def hourly(colours: Colours, tick: str = NUMBER_TICK) -> Any:
    """Return a flow of a replay over the hours; what the incident takes away is shaded.

    Columns: hour, expected, remedied, baseline.
    """
    gap = alt.Chart().mark_area(opacity=0.45, color=colours["harm"], interpolate=_STEPS)
    return _hourly(colours, gap.encode(x=_hours(), y=_height(tick), y2="baseline:Q"), tick)


def hourly_share(colours: Colours) -> Any:
    """Return a share of a replay over the hours with its 5–95 % band, in percent.

    Columns: hour, expected, remedied, low, high, baseline.
    """
    band = alt.Chart().mark_area(opacity=0.25, color=colours["main"], interpolate=_STEPS)
    band = band.encode(x=_hours(), y=_height(SHARE_TICK, "low"), y2="high:Q")
    return _hourly(colours, band, SHARE_TICK)


def hourly_money(colours: Colours) -> Any:
    """Return `hourly` with an axis of money."""
    return hourly(colours, amounts.tick())


def _hours() -> alt.X:
    axis = alt.Axis(title="Hours since the start", tickCount=8, grid=False)
    return alt.X("hour:Q", axis=axis, scale=alt.Scale(nice=False))


def _height(tick: str, column: str = "expected") -> alt.Y:
    axis = alt.Axis(title=None, labelExpr=tick, tickCount=4, labelFontSize=13)
    return alt.Y(f"{column}:Q", scale=alt.Scale(zero=False, nice=False), axis=axis)


def _hourly(colours: Colours, area: Any, tick: str) -> Any:
    """Return the course with and without the incident, and with remedies, over an area."""
    solid: dict[str, Any] = {"interpolate": _STEPS, "strokeWidth": 2.5}
    dashed: dict[str, Any] = {"interpolate": _STEPS, "strokeWidth": 2, "strokeDash": [5, 4]}
    line = alt.Chart().mark_line(color=colours["main"], **solid)
    eased = alt.Chart().mark_line(color=colours["good"], **solid)
    usual = alt.Chart().mark_line(color=colours["soft"], **dashed)
    began = alt.Chart().transform_filter(alt.datum.hour == 0)
    tooltip = [
        alt.Tooltip("hour:Q", title="Hour", format=".0f"),
        alt.Tooltip("expected:Q", title="With the incident", format=",.4~s"),
        alt.Tooltip("baseline:Q", title="Without", format=",.4~s"),
    ]
    layers = (
        area,
        usual.encode(x=_hours(), y=_height(tick, "baseline")),
        eased.encode(x=_hours(), y=_height(tick, "remedied")),
        line.encode(x=_hours(), y=_height(tick), tooltip=tooltip),
        began.mark_rule(strokeWidth=1.5, color=colours["harm"]).encode(x=_hours()),
    )
    return stacked(colours, *layers, height=200)
