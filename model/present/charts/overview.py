"""Charts as pure functions: a specification on one named table, built once per colour mode.

A page sends only the table (`TABLE`), a few hundred rows at most; the columns each chart needs are
in its docstring. `spec` keeps the finished dictionaries.

>>> spec("twenty_years", "light")["data"]
{'name': 'table'}
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from model.present.charts import beliefs, replay
from model.present.charts.overview_data import RAREST
from model.present.charts.style import (
    DARK,
    LIGHT,
    TABLE,
    Colours,
    built,
    finished,
    money_axis,
    row_names,
    share_axis,
    stacked,
    tolerance_rule,
    where,
)
from model.present.words.spoken import amounts, subject

__all__ = ["DARK", "LIGHT", "TABLE", "spec"]


def exceedance(colours: Colours) -> Any:
    """Return the loss exceedance curve with its band over worlds, a tolerance and named points.

    Columns: part (curve, band, tolerance, point), loss_usd, chance, low, high, text.
    """
    axis = share_axis(
        "Chance of a worse year", values=[0.9, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005]
    )
    scale = alt.Scale(type="log", nice=False, domain=[RAREST, 1.0], clamp=True)
    y = alt.Y("chance:Q", scale=scale, axis=axis)
    x = alt.X("loss_usd:Q", axis=money_axis(f"Loss in a year, {subject.code()}", tickCount=7))
    tooltip = [
        alt.Tooltip("text:N", title="Loss"),
        alt.Tooltip("chance:Q", title="Chance of a worse year", format=".2%"),
    ]
    curve = where("curve")
    band = (
        where("band")
        .mark_area(opacity=0.22, color=colours["main"])
        .encode(x=x, y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q")
    )
    line = curve.mark_line(strokeWidth=3, color=colours["main"]).encode(
        x=x, y=y, order=alt.Order("chance:Q"), tooltip=tooltip
    )
    at = where("tolerance").mark_point(size=110, filled=True, color=colours["harm"], opacity=1)
    said = where("tolerance").mark_text(
        align="left", dx=9, y=10, fontSize=16, fontWeight="bold", color=colours["harm"]
    )
    named = where("point").mark_point(size=70, filled=True, color=colours["main"], opacity=1)
    names = where("point").mark_text(align="left", dx=9, dy=-9, fontSize=14, color=colours["ink"])
    # Between tolerance and band, so that a label is readable across the one and cuts no gap into
    # the other.
    halo = where("point").mark_text(
        align="left",
        dx=9,
        dy=-9,
        fontSize=14,
        stroke=colours["ground"],
        strokeWidth=10,
        strokeJoin="round",
    )
    layers = [
        tolerance_rule(colours, x),
        halo.encode(x=x, y=y, text="text:N"),
        band,
        line,
        named.encode(x=x, y=y, tooltip=tooltip),
        names.encode(x=x, y=y, text="text:N"),
        at.encode(x=x, y=y, tooltip=tooltip),
        said.encode(x=x, text="text:N"),
    ]
    return stacked(*layers, height=400)


def twenty_years(colours: Colours) -> Any:
    """Return a quantile dot plot: a dot is one of twenty equally likely years.

    Columns: part (dot, tolerance, label), loss_usd (of the bin; 0 only without a loss), stack (from
    1), over (yes/no), text.
    """
    x = alt.X(
        "loss_usd:Q",
        axis=money_axis(f"Loss in a year, {subject.code()}", tickCount=6, grid=False),
        scale=alt.Scale(nice=False, zero=True, padding=12),
    )
    top = alt.Scale(domain=[0, 13])
    y = alt.Y("stack:Q", axis=None, scale=top)
    fill = alt.Color(
        "over:N",
        scale=alt.Scale(domain=["no", "yes"], range=[colours["main"], colours["harm"]]),
        legend=None,
    )
    dots = (
        where("dot")
        .mark_circle(size=330, opacity=1)
        .encode(x=x, y=y, color=fill, tooltip=alt.Tooltip("text:N", title="A year that costs"))
    )
    said = (
        where("tolerance")
        .mark_text(align="left", dx=7, fontSize=14, fontWeight="bold", color=colours["harm"])
        .encode(x=x, y=y, text="text:N")
    )
    label = (
        where("label")
        .mark_text(align="right", dx=2, dy=-20, fontSize=14, color=colours["ink"])
        .encode(x=x, y=y, text="text:N")
    )
    return stacked(tolerance_rule(colours, x), dots, said, label, height=300)


def money_bars(colours: Colours) -> Any:
    """Return a waterfall along the chain: each line from where the one before ended.

    Columns: order, label, start_usd, end_usd, kind (loss, back, total), text, text_usd (where the
    figure stands).
    """
    y = row_names(limit=260).sort(field="order", op="min")
    x = alt.X("start_usd:Q", axis=money_axis(subject.code(), tickCount=6))
    fill = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["loss", "back", "total"],
            range=[colours["main"], colours["good"], colours["harm"]],
        ),
        legend=None,
    )
    tooltip = [alt.Tooltip("label:N", title="Line"), alt.Tooltip("text:N", title="Average year")]
    bars = (
        alt.Chart()
        .mark_bar(height=20)
        .encode(x=x, x2="end_usd:Q", y=y, color=fill, tooltip=tooltip)
    )
    figures = (
        alt.Chart()
        .mark_text(align="left", dx=6, fontSize=14, color=colours["ink"])
        .encode(x="text_usd:Q", y=y, text="text:N")
    )
    return stacked(bars, figures, height=420)


def causes(colours: Colours) -> Any:
    """Return expected loss by cause as bars with their interval.

    Columns: label, usd, low_usd, high_usd, room_usd, text, order.
    """
    y = row_names(limit=260).sort(field="order", op="min")
    x = alt.X("usd:Q", axis=money_axis(f"{subject.code()} in an average year", tickCount=5))
    base = alt.Chart()
    tooltip = [alt.Tooltip("label:N", title="Cause"), alt.Tooltip("text:N", title="Average year")]
    bars = base.mark_bar(color=colours["main"], height=24).encode(x=x, y=y, tooltip=tooltip)
    error = base.mark_rule(strokeWidth=2, color=colours["ink"]).encode(
        x=alt.X("low_usd:Q"), x2="high_usd:Q", y=y
    )
    figures = base.mark_text(align="left", dx=8, fontSize=14, color=colours["ink"]).encode(
        x=alt.X("high_usd:Q"), y=y, text="text:N"
    )
    # Invisible, so that the axis leaves room for the figure of the longest bar.
    room = base.mark_point(opacity=0, tooltip=None).encode(x=alt.X("room_usd:Q"), y=y)
    return stacked(bars, error, figures, room, height=260)


def hour_of_week(colours: Colours) -> Any:
    """Return the price of a minute of incident by starting hours of workdays and weekends.

    Columns: day, hours (00–03 …), usd_per_minute, known (yes/no; no is grey), text.
    """
    scheme = ["#EAF2F9", "#0B5FA5"] if colours is LIGHT else ["#182430", "#6DB7F0"]
    price = alt.Color(
        "usd_per_minute:Q",
        scale=alt.Scale(range=scheme),
        legend=alt.Legend(
            title=f"{subject.code()} per outage minute",
            labelExpr=amounts.tick(),
            orient="top",
            gradientLength=220,
            titleLimit=260,
        ),
    )
    hours = alt.Axis(title=f"Starting hour, {subject.clock()}", labelAngle=0, labelFontSize=13)
    days = alt.Axis(title=None, labelFontSize=13, labelOverlap=False)
    chart = (
        alt.Chart(alt.NamedData(name=TABLE))
        .mark_rect()
        .encode(
            x=alt.X("hours:O", axis=hours),
            y=alt.Y("day:O", sort=None, axis=days),
            color=alt.condition("datum.known == 'yes'", price, alt.value(colours["pale"])),
            tooltip=[
                alt.Tooltip("day:O", title="Days"),
                alt.Tooltip("hours:O", title="Starting hours"),
                alt.Tooltip("text:N", title="Per outage minute"),
            ],
        )
    )
    return finished(chart, 260)


def timeline(colours: Colours) -> Any:
    """Return the incidents of one simulated year on its months, as large as their loss.

    Columns: day (of the year, from 0), loss_usd, label, text.
    """
    base = alt.Chart()
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, 366], nice=False),
        axis=alt.Axis(title="Day of the year", tickCount=12, grid=True, labelFontSize=13),
    )
    y = alt.Y("loss_usd:Q", axis=money_axis(f"Loss, {subject.code()}", tickCount=4))
    stems = base.mark_rule(strokeWidth=3, color=colours["main"]).encode(x=x, y=y, y2=alt.datum(0))
    heads = base.mark_circle(size=160, color=colours["main"], opacity=1).encode(
        x=x, y=y, tooltip=[alt.Tooltip("label:N", title="Cause"), alt.Tooltip("text:N")]
    )
    names = base.mark_text(align="left", dx=10, dy=-6, fontSize=13, color=colours["ink"]).encode(
        x=x, y=y, text="label:N"
    )
    return stacked(stems, heads, names, height=240)


_CHARTS = {
    "exceedance": exceedance,
    "twenty_years": twenty_years,
    "money_bars": money_bars,
    "causes": causes,
    "hour_of_week": hour_of_week,
    "timeline": timeline,
    "density": beliefs.density,
    "density_money": beliefs.density_money,
    "density_share": beliefs.density_share,
    "profile": beliefs.profile,
    "hourly": replay.hourly,
    "hourly_share": replay.hourly_share,
    "hourly_money": replay.hourly_money,
}


def spec(name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    return _spec(name, mode, subject.key())


@lru_cache(maxsize=64)
def _spec(name: str, mode: str, said: tuple[str, str]) -> dict[str, Any]:
    """Build a chart whose labels say money and times as the subject does."""
    return built(_CHARTS, name, mode)
