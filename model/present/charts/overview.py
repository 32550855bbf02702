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

from model.present.charts import beliefs, money, replay, rows
from model.present.charts.overview_data import RAREST
from model.present.charts.style import (
    DARK,
    LIGHT,
    TABLE,
    Colours,
    built,
    money_axis,
    rim,
    share_axis,
    stacked,
    tolerance_rule,
    where,
)
from model.present.words.spoken import subject

__all__ = ["DARK", "LIGHT", "TABLE", "spec"]

_DOT = "min(330, 0.62 * pow(height / domain('y')[1], 2))"
"""Area of a dot, so that dots on each other do not touch."""


def exceedance(colours: Colours) -> Any:
    """Return the loss exceedance curve with its band over worlds, a tolerance and named points.

    Columns: part (curve, band, tolerance, point), loss_usd, chance, low, high, text.
    """
    axis = share_axis(
        "Chance of a worse year", values=[0.9, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005]
    )
    scale = alt.Scale(type="log", nice=False, domain=[RAREST, 1.0], clamp=True)
    y = alt.Y("chance:Q", scale=scale, axis=axis)
    x = alt.X("loss_usd:Q", axis=money_axis("Loss in a year", tickCount=7))
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
    named = where("point").mark_point(size=70, filled=True, color=colours["main"], opacity=1)
    halo, names = _beside_points(colours, x, y)
    layers = [
        tolerance_rule(colours, x),
        *halo,
        band,
        line,
        named.encode(x=x, y=y, tooltip=tooltip),
        *names,
        at.encode(x=x, y=y, tooltip=tooltip),
        *rows.beside_tolerance(colours, x, fontSize=16, fontWeight="bold", color=colours["harm"]),
    ]
    return rows.asking(stacked(colours, *layers, height=400))


def _beside_points(colours: Colours, x: alt.X, y: alt.Y) -> tuple[list[Any], list[Any]]:
    """Return rims and names of the points: right of them, but for what would leave a phone."""
    # A rim stands between tolerance and band, so that a name is readable across the one and cuts
    # no gap into the other.
    edge = rim(colours, 10)
    halos, names = [], []
    for side in ("near", "far"):
        left = "true" if side == "near" else f"!{rows.NARROW}"
        place: dict[str, Any] = {
            "align": alt.expr(f"{left} ? 'left' : 'right'"),
            "dx": alt.expr(f"{left} ? 9 : -7"),
            "dy": alt.expr(f"{left} ? -9 : 12"),
            "fontSize": 14,
        }
        points = where("point").transform_filter(alt.datum.side == side)
        halos.append(points.mark_text(**place, **edge).encode(x=x, y=y, text="text:N"))
        named = points.mark_text(**place, color=colours["ink"])
        names.append(named.encode(x=x, y=y, text="text:N"))
    return halos, names


def twenty_years(colours: Colours) -> Any:
    """Return a quantile dot plot: a dot is one of twenty equally likely years.

    Columns: part (dot, tolerance, label), loss_usd (of the bin; 0 only without a loss), stack (from
    1), over (yes/no), text.
    """
    x = alt.X(
        "loss_usd:Q",
        axis=money_axis("Loss in a year", tickCount=6, grid=False),
        scale=alt.Scale(nice=False, zero=True, padding=12),
    )
    y = alt.Y("stack:Q", axis=None, scale=alt.Scale(domainMin=0, nice=False, padding=0))
    fill = alt.Color(
        "over:N",
        scale=alt.Scale(domain=["no", "yes"], range=[colours["main"], colours["harm"]]),
        legend=None,
    )
    dots = (
        where("dot")
        .mark_circle(size=alt.expr(_DOT), opacity=1)
        .encode(x=x, y=y, color=fill, tooltip=alt.Tooltip("text:N", title="A year that costs"))
    )
    said = (
        where("tolerance")
        .mark_text(align="left", dx=7, fontSize=14, fontWeight="bold", color=colours["harm"])
        .encode(x=x, y=y, text="text:N")
    )
    edge = rim(colours, 6)
    style: dict[str, Any] = {"align": "right", "dx": 2, "dy": -36, "fontSize": 14}
    style["lineBreak"] = "\n"
    label = [
        where("label").mark_text(**style, **one).encode(x=x, y=y, text="text:N")
        for one in (edge, {"color": colours["ink"]})
    ]
    # As high as many dots on each other need, and no lower than a few dots look well in.
    room = where("room").mark_point(opacity=0, tooltip=None).encode(y=y)
    return stacked(colours, tolerance_rule(colours, x), dots, said, *label, room, height=300)


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
    y = alt.Y("loss_usd:Q", axis=money_axis("Loss", tickCount=4))
    stems = base.mark_rule(strokeWidth=3, color=colours["main"]).encode(x=x, y=y, y2=alt.datum(0))
    heads = base.mark_circle(size=160, color=colours["main"], opacity=1).encode(
        x=x, y=y, tooltip=[alt.Tooltip("label:N", title="Cause"), alt.Tooltip("text:N")]
    )
    names = base.mark_text(align="left", dx=10, dy=-6, fontSize=13, color=colours["ink"]).encode(
        x=x, y=y, text="label:N"
    )
    return stacked(colours, stems, heads, names, height=240)


_CHARTS = {
    "exceedance": exceedance,
    "twenty_years": twenty_years,
    "money_bars": money.money_bars,
    "causes": money.causes,
    "hour_of_week": money.hour_of_week,
    "timeline": timeline,
    "density": beliefs.density,
    "density_money": beliefs.density_money,
    "density_share": beliefs.density_share,
    "profile": beliefs.profile,
    "profile_of_year": beliefs.profile_of_year,
    "lost": replay.lost,
    "lost_so_far": replay.lost_so_far,
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
