"""Charts of what drives the answer: pure functions on one named table, built once per mode.

The columns of each table are those of the function of the same name in `drivers_data`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from model.present.charts import rows
from model.present.charts.drivers_data import HIGH, LOW
from model.present.charts.style import (
    NUMBER_TICK,
    SHARE_TICK,
    Colours,
    built,
    money_axis,
    share_axis,
    stacked,
    where,
)
from model.present.words.spoken import amounts, subject


def tornado(colours: Colours) -> Any:
    """Return the tornado: a bar for either end of each belief, the inputs printed at the ends."""
    y, base = rows.row(), where("bar")
    x = alt.X(
        "usd:Q",
        scale=alt.Scale(zero=False, padding=66),
        axis=money_axis(None, tickCount=6),
    )
    fill = alt.Color(
        "which:N",
        scale=alt.Scale(domain=[LOW, HIGH], range=[colours["main"], colours["harm"]]),
        legend=None,
    )
    faint = alt.Opacity(
        "per:N",
        scale=alt.Scale(domain=["world", "incident"], range=[1.0, 0.55]),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("label:N", title="Assumption"),
        alt.Tooltip("input:N", title="At"),
        alt.Tooltip("shown:N", title="Gives"),
    ]
    bars = rows.bars(base).encode(
        x=x, x2="base_usd:Q", y=y, color=fill, opacity=faint, tooltip=tooltip
    )
    noise = rows.intervals(base, colours).encode(x=alt.X("low_usd:Q"), x2="high_usd:Q", y=y)
    rule = where("base").mark_rule(strokeWidth=2, color=colours["ink"])
    first = base.transform_filter(alt.datum.which == LOW)
    layers = [bars, noise, *_inputs(colours, base, y), rule.encode(x=x)]
    return rows.charted(colours, *layers, y=y, base=first)


def _inputs(colours: Colours, base: alt.Chart, y: alt.Y) -> list[Any]:
    """Return the inputs at the ends of their bars."""
    ends = base.transform_calculate(
        left="min(datum.usd, datum.low_usd)", right="max(datum.usd, datum.high_usd)"
    )
    left, right = (ends.transform_filter(alt.datum.side == side) for side in ("left", "right"))
    return [
        *rows.before(left, colours, y=y, text="input", at="left"),
        *rows.figures(right, colours, y=y, text="input", at="right"),
    ]


def _bars(colours: Colours, axis: alt.Axis, *more: Any) -> Any:
    y, base = rows.row(), alt.Chart()
    tooltip = [alt.Tooltip("label:N", title="Assumption"), alt.Tooltip("text:N", title="Worth")]
    layers = [
        rows.bars(base, color=colours["main"]).encode(
            x=alt.X("value:Q", axis=axis), y=y, tooltip=tooltip
        ),
        rows.intervals(base, colours).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        *rows.figures(base, colours, y=y, at="high"),
        rows.room(base, y=y, at="high"),
        *more,
    ]
    return rows.charted(colours, *layers, y=y)


def shares(colours: Colours) -> Any:
    """Return variance shares as bars with their error."""
    return _bars(colours, share_axis("Share of the spread", tickCount=4))


def worths(colours: Colours) -> Any:
    """Return what it is worth to learn each belief, against what chance alone would show."""
    null = (
        alt.Chart()
        .transform_aggregate(null="max(null_95)")
        .transform_filter(alt.datum.null > 0)
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["soft"])
        .encode(x="null:Q")
    )
    return _bars(colours, money_axis("Worth a year", tickCount=4), null)


def ignorance(colours: Colours) -> Any:
    """Return the loss exceedance curve with its band over possible worlds."""
    x = alt.X("loss_usd:Q", axis=money_axis("Loss in a year", tickCount=6))
    axis = share_axis("Chance of a worse year", tickCount=5)
    base = alt.Chart()
    band = base.mark_area(opacity=0.28, color=colours["third"]).encode(
        x=x, y=alt.Y("low:Q", axis=axis), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=3, color=colours["main"]).encode(
        x=x,
        y=alt.Y("chance:Q", axis=axis),
        tooltip=[
            alt.Tooltip("text:N", title="Loss"),
            alt.Tooltip("chance:Q", title="Chance of a worse year", format=".1%"),
            alt.Tooltip("low:Q", title="in a good world", format=".1%"),
            alt.Tooltip("high:Q", title="in a bad world", format=".1%"),
        ],
    )
    return stacked(colours, band, line, height=340)


def reverse(colours: Colours, tick: str = NUMBER_TICK) -> Any:
    """Return a figure over the values of one assumption, and the level it is to reach."""
    x = alt.X(
        "value:Q",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(
            title="Value of the assumption", labelExpr=tick, labelFontSize=13, tickCount=8
        ),
    )
    y = alt.Y("usd:Q", axis=money_axis(None, tickCount=5), scale=alt.Scale(zero=False))
    tried = where("tried")
    band = tried.mark_area(opacity=0.22, color=colours["main"]).encode(
        x=x, y=alt.Y("low_usd:Q"), y2="high_usd:Q"
    )
    line = tried.mark_line(strokeWidth=2.5, color=colours["main"], point=True).encode(
        x=x,
        y=y,
        tooltip=[alt.Tooltip("text:N", title="At"), alt.Tooltip("shown:N", title="Figure")],
    )
    level = where("level")
    rule = level.mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["harm"]).encode(y=y)
    name = level.mark_text(
        align="right", dy=-10, fontSize=14, fontWeight="bold", color=colours["harm"]
    ).encode(x=alt.value("width"), y=y, text="text:N")
    met = where("met")
    dot = met.mark_point(size=260, strokeWidth=3, color=colours["harm"]).encode(x=x, y=y)
    said = met.mark_text(
        align="left",
        dx=14,
        dy=14,
        fontSize=15,
        fontWeight="bold",
        color=colours["harm"],
    ).encode(x=x, y=y, text="text:N")
    believed = where("belief")
    shade = believed.mark_rect(opacity=0.18, color=colours["third"]).encode(x=x, x2="value_high:Q")
    edges = believed.mark_rule(strokeWidth=3, color=colours["third"]).encode(
        x=x, x2="value_high:Q", y=alt.value("height")
    )
    today = where("today")
    now = today.mark_rule(strokeWidth=2, strokeDash=[2, 3], color=colours["ink"])
    now_said = today.mark_text(
        align="right", dy=-10, fontSize=14, fontWeight="bold", color=colours["ink"]
    ).encode(x=alt.value("width"), y=y, text="text:N")
    layers = [shade, edges, band, line, now.encode(y=y), now_said, rule, name, dot, said]
    return stacked(colours, *layers, height=300)


def reverse_money(colours: Colours) -> Any:
    """Return `reverse` of an assumption about money."""
    return reverse(colours, amounts.tick())


def reverse_share(colours: Colours) -> Any:
    """Return `reverse` of a share."""
    return reverse(colours, SHARE_TICK)


_CHARTS = {
    "tornado": tornado,
    "shares": shares,
    "worths": worths,
    "ignorance": ignorance,
    "reverse": reverse,
    "reverse_money": reverse_money,
    "reverse_share": reverse_share,
}


def spec(name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    return _spec(name, mode, subject.key())


@lru_cache(maxsize=32)
def _spec(name: str, mode: str, said: tuple[str, str]) -> dict[str, Any]:
    """Build a chart whose labels say money and times as the subject does."""
    return built(_CHARTS, name, mode)
