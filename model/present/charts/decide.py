"""Charts of deciding among remedies: pure functions on one named table, built once per mode.

The columns of each table are those of the function of the same name in `decide_plots`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import altair as alt

from model.present.charts.decide_data import NOW, WITH
from model.present.charts.style import Colours, built, money_axis, row_names, stacked, where
from model.present.words.spoken import subject

_ROW = 34


def trade(colours: Colours) -> Any:
    """Return saving against cost of every set on one scale: green right of orange pays."""
    y = row_names().sort(field="order", op="min")
    scale = alt.Scale(type="log", nice=False, padding=24)
    decades = [10.0**k for k in range(3, 19)]
    x = alt.X(
        "usd:Q",
        scale=scale,
        axis=money_axis(f"{subject.code()} a year, each step ten times", values=decades),
    )
    tooltip = [
        alt.Tooltip("label:N", title="Remedy"),
        alt.Tooltip("part:N", title="What"),
        alt.Tooltip("shown:N", title=f"{subject.code()} a year"),
    ]
    link = (
        where("cost", "saving")
        .mark_line(aria=False, strokeWidth=2, color=colours["pale"])
        .encode(x=x, y=y, detail="label:N")
    )
    room = where("room").mark_point(aria=False, opacity=0, tooltip=None).encode(x=x, y=y)
    layers = [link, room]
    for part, colour in (("cost", colours["harm"]), ("saving", colours["good"])):
        rows = where(part)
        layers += [
            rows.mark_rule(aria=False, strokeWidth=7, opacity=0.35, color=colour).encode(
                x=alt.X("low_usd:Q", scale=scale), x2="high_usd:Q", y=y
            ),
            rows.mark_circle(aria=False, size=150, color=colour, opacity=1).encode(
                x=x, y=y, tooltip=tooltip
            ),
        ]
    said = (
        alt.Chart()
        .mark_text(aria=False, align="right", fontSize=13, color=colours["ink"])
        .encode(x=alt.value("width"), y=y, text="said:N")
    )
    return stacked(*layers, said, height=alt.Step(_ROW))


def curves(colours: Colours) -> Any:
    """Return two loss exceedance curves with bands, and where they cross the tolerance."""
    colour = alt.Color(
        "which:N",
        scale=alt.Scale(domain=[NOW, WITH], range=[colours["main"], colours["good"]]),
        legend=None,
    )
    x = alt.X("loss_usd:Q", axis=money_axis(f"Loss in a year, {subject.code()}", tickCount=7))
    y = alt.Y(
        "chance:Q",
        scale=alt.Scale(domainMin=0),
        axis=alt.Axis(title="Chance of a worse year", format=".0%", tickCount=5, labelFontSize=13),
    )
    tooltip = [
        alt.Tooltip("which:N", title="Remedies"),
        alt.Tooltip("text:N", title="Loss"),
        alt.Tooltip("chance:Q", title="Chance of a worse year", format=".1%"),
    ]
    curve = where("curve")
    band = curve.mark_area(aria=False, opacity=0.2, orient="horizontal").encode(
        x=alt.X("low_usd:Q"), x2="high_usd:Q", y=y, color=colour
    )
    line = curve.mark_line(aria=False, strokeWidth=3).encode(
        x=x, y=y, color=colour, order=alt.Order("chance:Q"), tooltip=tooltip
    )
    names = [
        where("name")
        .transform_filter(alt.datum.which == which)
        .mark_text(aria=False, align="right", fontSize=15, fontWeight="bold")
        .encode(x=alt.value("width"), y=alt.value(40 + 22 * k), text="which:N", color=colour)
        for k, which in enumerate((NOW, WITH))
    ]
    rule = (
        where("tolerance")
        .mark_rule(aria=False, strokeWidth=2, strokeDash=[6, 4], color=colours["soft"])
        .encode(x=x)
    )
    at = where("tolerance").mark_point(aria=False, size=100, filled=True, opacity=1)
    said = where("tolerance").mark_text(
        aria=False, align="left", dx=9, fontSize=15, fontWeight="bold", color=colours["ink"]
    )
    layers = [
        band,
        line,
        rule,
        at.encode(x=x, y=y, color=colour),
        *names,
        said.encode(x=x, y=alt.value(10), text="text:N"),
    ]
    return stacked(*layers, height=340)


def saved(colours: Colours) -> Any:
    """Return where along the chain a set saves, as bars with their interval."""
    y = row_names()
    x = alt.X("usd:Q", axis=money_axis(f"{subject.code()} saved", tickCount=4))
    fill = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["saved", "given back"], range=[colours["good"], colours["harm"]]),
        legend=None,
    )
    base = alt.Chart()
    bars = base.mark_bar(aria=False, height=18).encode(
        x=x,
        y=y,
        color=fill,
        tooltip=[alt.Tooltip("label:N", title="Line"), alt.Tooltip("text:N", title="Saved")],
    )
    noise = base.mark_rule(aria=False, strokeWidth=2, color=colours["ink"]).encode(
        x="low_usd:Q", x2="high_usd:Q", y=y
    )
    # To the right of whatever reaches furthest, so that no figure lies on a bar.
    text = (
        base.transform_calculate(right="max(datum.high_usd, 0)")
        .mark_text(aria=False, align="left", dx=8, fontSize=13, color=colours["ink"])
        .encode(x="right:Q", y=y, text="text:N")
    )
    room = (
        base.transform_joinaggregate(most="max(high_usd)")
        .transform_calculate(room="datum.most * 1.22")
        .mark_point(aria=False, opacity=0, tooltip=None)
        .encode(x="room:Q", y=y)
    )
    return stacked(bars, noise, text, room, height=alt.Step(28))


def frontier(colours: Colours, title: str) -> Any:
    """Return cost against loss: all sets in grey, the efficient ones as steps, the best one."""
    small = 2e6 * subject.currency().per_usd
    scale = alt.Scale(type="symlog", constant=small, domainMin=0, nice=False, padding=14)
    first = round(math.log10(small)) + 0
    ticks = [0, *(m * 10.0**k for k in range(first, first + 5) for m in (1, 3))]
    x = alt.X(
        "cost_usd:Q",
        scale=scale,
        axis=money_axis(f"Cost of the set, {subject.code()} a year", values=ticks),
    )
    y = alt.Y(
        "figure_usd:Q",
        scale=alt.Scale(domainMin=0),
        axis=money_axis(title, tickCount=6),
    )
    tooltip = [
        alt.Tooltip("remedies:N", title="Remedies"),
        alt.Tooltip("text:N", title="Loss and cost"),
    ]
    all_sets = where("set").mark_circle(aria=False, size=18, color=colours["pale"], opacity=0.7)
    efficient = where("efficient")
    noise = efficient.mark_rule(
        aria=False, strokeWidth=2, opacity=0.5, color=colours["main"]
    ).encode(x=x, y="low_usd:Q", y2="high_usd:Q")
    line = efficient.mark_line(
        aria=False, interpolate="step-after", strokeWidth=2.5, color=colours["main"]
    ).encode(x=x, y=y, order=alt.Order("cost_usd:Q"))
    dots = efficient.mark_circle(aria=False, size=70, color=colours["main"], opacity=1).encode(
        x=x, y=y, tooltip=tooltip
    )
    limit = where("budget").mark_rule(
        aria=False, strokeWidth=2, strokeDash=[6, 4], color=colours["soft"]
    )
    limit_said = where("budget").mark_text(
        aria=False, align="left", dx=7, fontSize=14, fontWeight="bold", color=colours["soft"]
    )
    best = where("best").mark_point(aria=False, size=330, strokeWidth=3, color=colours["harm"])
    best_said = where("best").mark_text(
        aria=False,
        align="left",
        dx=14,
        dy=-14,
        fontSize=15,
        fontWeight="bold",
        color=colours["harm"],
    )
    layers = [
        all_sets.encode(x=x, y=y),
        noise,
        line,
        dots,
        limit.encode(x=x),
        limit_said.encode(x=x, y=alt.value(10), text="text:N"),
        best.encode(x=x, y=y),
        best_said.encode(x=x, y=y, text="text:N"),
    ]
    return stacked(*layers, height=380)


def frontier_eal(colours: Colours) -> Any:
    """Return `frontier` for the average year."""
    return frontier(colours, f"Average year before SLA credit, {subject.code()}")


def frontier_tvar_95(colours: Colours) -> Any:
    """Return `frontier` for the worst 5 % of years."""
    return frontier(colours, f"Mean of the worst 5 % of years before SLA credit, {subject.code()}")


_CHARTS = {
    "trade": trade,
    "curves": curves,
    "saved": saved,
    "frontier_eal": frontier_eal,
    "frontier_tvar_95": frontier_tvar_95,
}


def spec(name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    return _spec(name, mode, subject.key())


@lru_cache(maxsize=32)
def _spec(name: str, mode: str, said: tuple[str, str]) -> dict[str, Any]:
    """Build a chart whose labels say money and times as the subject does."""
    return built(_CHARTS, name, mode)
