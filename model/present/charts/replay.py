"""Charts of a replay: one quantity of the chain over the hours of an incident.

The columns of each table are those of the function of the same name in `replay_data`.
"""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from model.present.charts.style import NUMBER_TICK, SHARE_TICK, Colours, stacked
from model.present.words.spoken import amounts

_STEPS: Literal["step-after"] = "step-after"
"""A row is a mean over the hours from its own to the next, so that nothing falls too early."""


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
