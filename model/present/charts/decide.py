"""Charts of deciding among remedies: pure functions on one named table, built once per mode.

The columns of each table are those of the function of the same name in `decide_data`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import altair as alt

from model.present.charts import rows
from model.present.charts.decide_data import NOT, NOW, OPEN, PAYS, WITH
from model.present.charts.style import Colours, built, money_axis, rim, share_axis, stacked, where
from model.present.words.spoken import subject


def worth(colours: Colours) -> Any:
    """Return what each set saves for what it costs: right of the line at one it pays."""
    y, base = rows.row(), where("set")
    scale = alt.Scale(domainMin=0, nice=False)
    axis = alt.Axis(title="Saving divided by cost", tickCount=4)
    fill = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=[PAYS, OPEN, NOT], range=[colours["good"], colours["third"], colours["main"]]
        ),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("label:N", title="Remedy"),
        alt.Tooltip("saves:N", title="Saves a year"),
        alt.Tooltip("costs:N", title="Costs a year"),
    ]
    bars = rows.bars(base).encode(
        x=alt.X("ratio:Q", scale=scale, axis=axis), y=y, color=fill, tooltip=tooltip
    )
    doubt = rows.intervals(base, colours).encode(x=alt.X("low:Q"), x2="high:Q", y=y)
    one = where("line").mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["harm"])
    said = where("line").mark_text(fontSize=13, fontWeight="bold", color=colours["harm"])
    layers = [
        bars,
        doubt,
        one.encode(x=alt.X("ratio:Q")),
        said.encode(x=alt.X("ratio:Q"), y=alt.value(-10), text="text:N"),
        *rows.figures(base, colours, y=y),
        rows.room(base, y=y),
    ]
    return rows.charted(colours, *layers, y=y, base=base)


def curves(colours: Colours) -> Any:
    """Return two loss exceedance curves with bands, and where they cross the tolerance."""
    colour = alt.Color(
        "which:N",
        scale=alt.Scale(domain=[NOW, WITH], range=[colours["main"], colours["good"]]),
        legend=None,
    )
    x = alt.X("loss_usd:Q", axis=money_axis("Loss in a year", tickCount=7))
    y = alt.Y(
        "chance:Q",
        scale=alt.Scale(domainMin=0),
        axis=share_axis("Chance of a worse year", tickCount=5),
    )
    tooltip = [
        alt.Tooltip("which:N", title="Remedies"),
        alt.Tooltip("text:N", title="Loss"),
        alt.Tooltip("chance:Q", title="Chance of a worse year", format=".1%"),
    ]
    curve = where("curve")
    band = curve.mark_area(opacity=0.2, orient="horizontal").encode(
        x=alt.X("low_usd:Q"), x2="high_usd:Q", y=y, color=colour
    )
    line = curve.mark_line(strokeWidth=3).encode(
        x=x, y=y, color=colour, order=alt.Order("chance:Q"), tooltip=tooltip
    )
    edge = rim(colours)
    names = [
        where("name")
        .transform_filter(alt.datum.which == which)
        .mark_text(align="right", fontSize=15, fontWeight="bold", **style)
        .encode(x=alt.value("width"), y=alt.value(40 + 22 * k), text="which:N", color=colour)
        for k, which in enumerate((NOW, WITH))
        for style in (edge, {})
    ]
    rule = (
        where("tolerance")
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["soft"])
        .encode(x=x)
    )
    at = where("tolerance").mark_point(size=100, filled=True, opacity=1)
    said = rows.beside_tolerance(colours, x, fontSize=14, fontWeight="bold", color=colours["ink"])
    layers = [
        band,
        line,
        rule,
        at.encode(x=x, y=y, color=colour),
        *names,
        *said,
    ]
    return rows.asking(stacked(colours, *layers, height=340))


def saved(colours: Colours) -> Any:
    """Return where along the chain a set saves, as bars with their interval."""
    y, base = rows.row(), alt.Chart()
    x = alt.X("usd:Q", axis=money_axis("Saved in the coming year", tickCount=4))
    fill = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["saved", "given back"], range=[colours["good"], colours["harm"]]),
        legend=None,
    )
    tooltip = [alt.Tooltip("label:N", title="Line"), alt.Tooltip("text:N", title="Saved")]
    layers = [
        rows.bars(base).encode(x=x, y=y, color=fill, tooltip=tooltip),
        rows.intervals(base, colours).encode(x=alt.X("low_usd:Q"), x2="high_usd:Q", y=y),
        *rows.figures(base, colours, y=y),
        rows.room(base, y=y),
    ]
    return rows.charted(colours, *layers, y=y)


def frontier(colours: Colours, title: str) -> Any:
    """Return cost against what it buys: all sets in grey, the efficient ones, the best one.

    Where the table says so, the area in which a set pays is shaded.
    """
    small = 2e6 * subject.currency().per_usd
    scale = alt.Scale(type="symlog", constant=small, domainMin=0, nice=False, padding=14)
    first = round(math.log10(small))
    ticks = [0, *(m * 10.0**k for k in range(first, first + 5) for m in (1, 3))]
    x = alt.X("cost_usd:Q", scale=scale, axis=money_axis("Cost of the set, a year", values=ticks))
    height = alt.Scale(domainMin=0, nice=False)
    y = alt.Y("figure_usd:Q", scale=height, axis=money_axis(title, tickCount=6))
    tooltip = [
        alt.Tooltip("remedies:N", title="Remedies"),
        alt.Tooltip("text:N", title="What it buys"),
    ]
    pays = where("pays").mark_area(opacity=0.16, color=colours["good"])
    pays_said = _said("pays_said", colours["good"], align="left", dx=8)
    all_sets = where("set").mark_circle(size=18, color=colours["pale"], opacity=0.7)
    efficient = where("efficient")
    noise = efficient.mark_rule(strokeWidth=2, opacity=0.5, color=colours["main"]).encode(
        x=x, y=alt.Y("low_usd:Q"), y2="high_usd:Q"
    )
    line = efficient.mark_line(
        interpolate="step-after", strokeWidth=2.5, color=colours["main"]
    ).encode(x=x, y=y, order=alt.Order("cost_usd:Q"))
    dots = efficient.mark_circle(size=70, color=colours["main"], opacity=1).encode(
        x=x, y=y, tooltip=tooltip
    )
    limit = where("budget").mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["soft"])
    best = where("best").mark_point(size=330, strokeWidth=3, color=colours["harm"])
    layers = [
        pays.encode(x=x, y=alt.Y("low_usd:Q"), y2="high_usd:Q"),
        all_sets.encode(x=x, y=y),
        noise,
        line,
        dots,
        limit.encode(x=x),
        _said("budget", colours["soft"], align="left", dx=7, dy=-8).encode(x=x, y=alt.value(0)),
        best.encode(x=x, y=y),
        _said("best", colours["harm"], align="left", dx=14, dy=-14).encode(x=x, y=y),
        pays_said.encode(x=alt.value(0), y=alt.value(14)),
    ]
    return stacked(colours, *layers, height=380)


def _said(part: str, colour: str, **place: Any) -> Any:
    style: dict[str, Any] = {"fontSize": 14, "fontWeight": "bold", "color": colour}
    return where(part).mark_text(**style, **place).encode(text="text:N")


def frontier_saving(colours: Colours) -> Any:
    """Return `frontier` for what is saved a year, with the area where a set pays."""
    return frontier(colours, "Saved a year, before SLA credit")


def frontier_tvar_95(colours: Colours) -> Any:
    """Return `frontier` for the worst 5 % of years."""
    return frontier(colours, "Mean of the worst 5\xa0% of years, before SLA credit")


_CHARTS = {
    "worth": worth,
    "curves": curves,
    "saved": saved,
    "frontier_saving": frontier_saving,
    "frontier_tvar_95": frontier_tvar_95,
}


def spec(name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    return _spec(name, mode, subject.key())


@lru_cache(maxsize=32)
def _spec(name: str, mode: str, said: tuple[str, str]) -> dict[str, Any]:
    """Build a chart whose labels say money and times as the subject does."""
    return built(_CHARTS, name, mode)
