"""Charts of where the money goes: along the chain, by cause, and by the hour of the day.

The columns of each table are those of the function of the same name in `money_data`.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from model.present.charts import rows
from model.present.charts.money_data import WEEKDAYS, WEEKENDS
from model.present.charts.style import Colours, money_axis, stacked
from model.present.words.spoken import subject
from model.present.words.waterfall import STRONG


def money_bars(colours: Colours) -> Any:
    """Return a waterfall: groups that lead to the total, and their parts, paler, below each."""
    base, y = alt.Chart(), rows.row(bold=STRONG)
    x = alt.X("start_usd:Q", axis=money_axis(None, tickCount=5))
    fill = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["loss", "back", "total"],
            range=[colours["main"], colours["good"], colours["harm"]],
        ),
        legend=None,
    )
    pale = alt.condition("datum.rank == 'part'", alt.value(0.5), alt.value(1.0))
    tooltip = [alt.Tooltip("label:N", title="Line"), alt.Tooltip("text:N", title="Average")]
    layers = [
        rows.bars(base).encode(x=x, x2="end_usd:Q", y=y, color=fill, opacity=pale, tooltip=tooltip),
        *rows.figures(base, colours, y=y, at="text_usd"),
        rows.room(base, y=y, at="text_usd"),
    ]
    return rows.charted(colours, *layers, y=y, pitch=rows.DENSE)


def causes(colours: Colours) -> Any:
    """Return expected loss by cause as bars with their interval."""
    base, y = alt.Chart(), rows.row()
    x = alt.X("usd:Q", axis=money_axis(None, tickCount=4))
    pale = alt.condition("datum.cause == 'other'", alt.value(0.5), alt.value(1.0))
    tooltip = [alt.Tooltip("label:N", title="Cause"), alt.Tooltip("text:N", title="Average year")]
    layers = [
        rows.bars(base, color=colours["main"]).encode(x=x, y=y, opacity=pale, tooltip=tooltip),
        rows.intervals(base, colours).encode(x=alt.X("low_usd:Q"), x2="high_usd:Q", y=y),
        *rows.figures(base, colours, y=y, at="high_usd"),
        rows.room(base, y=y, at="high_usd"),
    ]
    return rows.charted(colours, *layers, y=y)


def hour_of_week(colours: Colours) -> Any:
    """Return the price of a minute of incident over the hours of a weekday and a weekend day."""
    base = alt.Chart()
    hours = alt.Axis(
        title=f"Hour at which it starts, {subject.clock()}",
        values=[0, 3, 6, 9, 12, 15, 18, 21, 24],
        labelExpr="format(datum.value % 24, '02') + ':00'",
        labelOverlap=True,
        grid=False,
    )
    x = alt.X("hour:Q", scale=alt.Scale(domain=[0, 24], nice=False), axis=hours)
    y = alt.Y(
        "usd_per_minute:Q",
        scale=alt.Scale(domainMin=0),
        axis=money_axis("Cost of a minute", tickCount=5),
    )
    days = [WEEKDAYS, WEEKENDS]
    colour = alt.Color(
        "day:N",
        scale=alt.Scale(domain=days, range=[colours["main"], colours["third"]]),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("day:N", title="Days"),
        alt.Tooltip("hours:N", title="Starting hours"),
        alt.Tooltip("text:N", title="A minute costs"),
    ]
    band = base.mark_area(opacity=0.18, interpolate="step-after").encode(
        x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=3, interpolate="step-after").encode(
        x=x, y=y, color=colour, tooltip=tooltip
    )
    return stacked(colours, band, line, height=280)
