"""Charts as pure functions: a specification on one named table, built once per colour mode.

A page sends only the table (`TABLE`), a few hundred rows at most; the columns each chart needs are
in its docstring. `spec` keeps the finished dictionaries.

>>> spec("twenty_years", "light")["data"]
{'name': 'table'}
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import altair as alt

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

# d3 writes G for 10^9 and M for 10^6; people read bn.
MONEY_TICK = (
    "datum.value == 0 ? '$0' : abs(datum.value) >= 1e9 ? '$' + format(datum.value / 1e9, '.3~r') "
    "+ 'bn' : abs(datum.value) >= 1e6 ? '$' + format(datum.value / 1e6, '.3~r') + 'M' : "
    "abs(datum.value) >= 1e3 ? '$' + format(datum.value / 1e3, '.3~r') + 'k' : "
    "'$' + format(datum.value, '.3~r')"
)
NUMBER_TICK = MONEY_TICK.replace("'$", "'")
SHARE_TICK = "format(100 * datum.value, '.3~r') + ' %'"


def _table() -> alt.NamedData:
    return alt.NamedData(name=TABLE)


def _part(name: str) -> alt.Chart:
    """Return a chart on those rows of the table whose column `part` says so."""
    return alt.Chart().transform_filter(alt.datum.part == name)


def _layers(*charts: Any) -> Any:
    """Return charts above each other that share the table."""
    return alt.layer(*charts, data=_table())


def _money_axis(title: str | None, **more: Any) -> alt.Axis:
    return alt.Axis(title=title, labelExpr=MONEY_TICK, labelFontSize=13, **more)


def _finished(chart: Any, height: int) -> Any:
    return chart.properties(height=height).configure_view(stroke=None)


def exceedance(colours: Colours, scale: str = "linear") -> Any:
    """Return the loss exceedance curve with its band, a threshold and named points.

    Columns: part (curve, threshold, point), loss_usd, chance, low_usd, high_usd, text.
    `scale` is that of the chance: linear shows everyday years, log the rare ones.
    """
    values = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001] if scale == "log" else None
    axis = alt.Axis(
        title="Chance of a worse year",
        labelExpr=SHARE_TICK,
        labelFontSize=13,
        **({"values": values} if values else {"tickCount": 5}),
    )
    domain = alt.Scale(type="log", nice=False) if scale == "log" else alt.Scale(domainMin=0)
    y = alt.Y("chance:Q", scale=domain, axis=axis)
    x = alt.X("loss_usd:Q", axis=_money_axis("Loss in a year, USD", tickCount=7))
    tooltip = [
        alt.Tooltip("text:N", title="Loss"),
        alt.Tooltip("chance:Q", title="Chance of a worse year", format=".2%"),
    ]
    curve = _part("curve")
    band = curve.mark_area(opacity=0.22, color=colours["main"]).encode(
        y=y, x=alt.X("low_usd:Q", title="Loss in a year, USD"), x2="high_usd:Q"
    )
    # An area runs along x or y by what is quantitative; here the band lies between two losses.
    band = band.mark_area(opacity=0.22, color=colours["main"], orient="horizontal")
    line = curve.mark_line(strokeWidth=3, color=colours["main"]).encode(
        x=x, y=y, order=alt.Order("chance:Q"), tooltip=tooltip
    )
    rule = (
        _part("threshold")
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["harm"])
        .encode(x=x)
    )
    at = _part("threshold").mark_point(size=110, filled=True, color=colours["harm"], opacity=1)
    said = _part("threshold").mark_text(
        align="left", dx=9, y=10, fontSize=16, fontWeight="bold", color=colours["harm"]
    )
    named = _part("point").mark_point(size=70, filled=True, color=colours["main"], opacity=1)
    names = _part("point").mark_text(align="left", dx=9, dy=-9, fontSize=14, color=colours["ink"])
    # Drawn below its own text, so that a label stays readable across the threshold.
    halo = _part("point").mark_text(
        align="left", dx=9, dy=-9, fontSize=14, stroke=colours["ground"], strokeWidth=5
    )
    layers = [
        band,
        line,
        rule,
        named.encode(x=x, y=y, tooltip=tooltip),
        halo.encode(x=x, y=y, text="text:N"),
        names.encode(x=x, y=y, text="text:N"),
        at.encode(x=x, y=y, tooltip=tooltip),
        said.encode(x=x, text="text:N"),
    ]
    return _finished(_layers(*layers), 400)


def exceedance_rare(colours: Colours) -> Any:
    """Return the loss exceedance curve with a log scale of chance, for rare years."""
    return exceedance(colours, "log")


def twenty_years(colours: Colours) -> Any:
    """Return a quantile dot plot: a dot is one of twenty equally likely years.

    Columns: part (dot, threshold, label), loss_usd (of the bin; 0 only without a loss), stack (from
    1), over (yes/no), text.
    """
    x = alt.X(
        "loss_usd:Q",
        axis=_money_axis("Loss in a year, USD", tickCount=6, grid=False),
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
        _part("dot")
        .mark_circle(size=330, opacity=1)
        .encode(x=x, y=y, color=fill, tooltip=alt.Tooltip("text:N", title="A year that costs"))
    )
    rule = (
        _part("threshold")
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["harm"])
        .encode(x=x)
    )
    said = (
        _part("threshold")
        .mark_text(align="left", dx=7, fontSize=14, fontWeight="bold", color=colours["harm"])
        .encode(x=x, y=y, text="text:N")
    )
    label = (
        _part("label")
        .mark_text(align="right", dx=2, dy=-20, fontSize=14, color=colours["ink"])
        .encode(x=x, y=y, text="text:N")
    )
    return _finished(_layers(rule, dots, said, label), 300)


def money_bars(colours: Colours) -> Any:
    """Return a waterfall along the chain: each line from where the one before ended.

    Columns: order, label, start_usd, end_usd, kind (loss, back, total), text, text_usd (where the
    figure stands).
    """
    y = alt.Y(
        "label:N",
        sort=None,
        axis=alt.Axis(title=None, labelFontSize=14, labelLimit=260, ticks=False, domain=False),
    )
    x = alt.X("start_usd:Q", axis=_money_axis("USD", tickCount=6))
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
    return _finished(_layers(bars, figures), 420)


def causes(colours: Colours) -> Any:
    """Return expected loss by cause as bars with their interval.

    Columns: label, usd, low_usd, high_usd, room_usd, text, order.
    """
    y = alt.Y(
        "label:N",
        sort=None,
        axis=alt.Axis(title=None, labelFontSize=14, labelLimit=260, ticks=False, domain=False),
    )
    x = alt.X("usd:Q", axis=_money_axis("USD in an average year", tickCount=5))
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
    return _finished(_layers(bars, error, figures, room), 260)


def hour_of_week(colours: Colours) -> Any:
    """Return the price of an outage minute by starting hours of workdays and weekends.

    Columns: day, hours (00–03 …), usd_per_minute, known (yes/no; no is grey), text.
    """
    scheme = ["#EAF2F9", "#0B5FA5"] if colours is LIGHT else ["#182430", "#6DB7F0"]
    price = alt.Color(
        "usd_per_minute:Q",
        scale=alt.Scale(range=scheme),
        legend=alt.Legend(
            title="USD per outage minute",
            labelExpr=MONEY_TICK,
            orient="top",
            gradientLength=220,
            titleLimit=260,
        ),
    )
    hours = alt.Axis(title="Starting hour, Eastern time", labelAngle=0, labelFontSize=13)
    days = alt.Axis(title=None, labelFontSize=13, labelOverlap=False)
    chart = (
        alt.Chart(_table())
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
    return _finished(chart, 260)


def density(colours: Colours, tick: str = NUMBER_TICK) -> Any:
    """Return the distribution of one assumption with its 90 % interval, median and mean.

    Columns: part (density, inside, mark), value, density (of a mark: how high it stands), text.
    """
    x = alt.X(
        "value:Q",
        axis=alt.Axis(title=None, labelFontSize=13, tickCount=5, labelExpr=tick, grid=False),
        scale=alt.Scale(nice=False, zero=False),
    )
    y = alt.Y("density:Q", axis=None, scale=alt.Scale(domain=[0, 1.3]))
    whole = _part("density").mark_area(color=colours["pale"], opacity=0.7).encode(x=x, y=y)
    inside = _part("inside").mark_area(color=colours["main"], opacity=0.75).encode(x=x, y=y)
    rule = (
        _part("mark")
        .mark_rule(strokeWidth=2, color=colours["harm"])
        .encode(x=x, y=alt.Y("density:Q"), y2=alt.value("height"))
    )
    names = (
        _part("mark")
        .mark_text(align="left", dx=5, fontSize=13, color=colours["ink"])
        .encode(x=x, y=alt.Y("density:Q"), text="text:N")
    )
    return _finished(_layers(whole, inside, rule, names), 160)


def density_money(colours: Colours) -> Any:
    """Return `density` with an axis in USD."""
    return density(colours, MONEY_TICK)


def density_share(colours: Colours) -> Any:
    """Return `density` of a share with an axis in percent."""
    return density(colours, SHARE_TICK)


def hourly(colours: Colours, tick: str = NUMBER_TICK) -> Any:
    """Return a flow of a replay over the hours; what the incident takes away is shaded.

    Columns: hour, expected, remedied, baseline.
    """
    gap = alt.Chart().mark_area(opacity=0.45, color=colours["harm"])
    return _hourly(colours, gap.encode(x=_hours(), y=_height(tick), y2="baseline:Q"), tick)


def hourly_share(colours: Colours) -> Any:
    """Return a share of a replay over the hours with its 5–95 % band, in percent.

    Columns: hour, expected, remedied, low, high, baseline.
    """
    band = alt.Chart().mark_area(opacity=0.25, color=colours["main"])
    band = band.encode(x=_hours(), y=_height(SHARE_TICK, "low"), y2="high:Q")
    return _hourly(colours, band, SHARE_TICK)


def hourly_money(colours: Colours) -> Any:
    """Return `hourly` with an axis in USD."""
    return hourly(colours, MONEY_TICK)


def _hours() -> alt.X:
    axis = alt.Axis(title="Hours since the start", tickCount=8, grid=False)
    return alt.X("hour:Q", axis=axis, scale=alt.Scale(nice=False))


def _height(tick: str, column: str = "expected") -> alt.Y:
    axis = alt.Axis(title=None, labelExpr=tick, tickCount=4, labelFontSize=13)
    return alt.Y(f"{column}:Q", scale=alt.Scale(zero=False, nice=False), axis=axis)


def _hourly(colours: Colours, area: Any, tick: str) -> Any:
    """Return the course with and without the incident, and with remedies, over an area."""
    eased = alt.Chart().mark_line(strokeWidth=2.5, color=colours["good"])
    usual = alt.Chart().mark_line(strokeDash=[5, 4], strokeWidth=2, color=colours["soft"])
    line = alt.Chart().mark_line(strokeWidth=2.5, color=colours["main"])
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
    return _finished(_layers(*layers), 200)


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
    y = alt.Y("loss_usd:Q", axis=_money_axis("Loss, USD", tickCount=4))
    stems = base.mark_rule(strokeWidth=3, color=colours["main"]).encode(x=x, y=y, y2=alt.datum(0))
    heads = base.mark_circle(size=160, color=colours["main"], opacity=1).encode(
        x=x, y=y, tooltip=[alt.Tooltip("label:N", title="Cause"), alt.Tooltip("text:N")]
    )
    names = base.mark_text(align="left", dx=10, dy=-6, fontSize=13, color=colours["ink"]).encode(
        x=x, y=y, text="label:N"
    )
    return _finished(_layers(stems, heads, names), 240)


def profile(colours: Colours) -> Any:
    """Return a calendar profile as a stepped line around its mean of one.

    Columns: at (hour of week or month), weight.
    """
    line = (
        alt.Chart(_table())
        .mark_line(interpolate="step-after", strokeWidth=2, color=colours["main"])
        .encode(
            x=alt.X("at:Q", axis=alt.Axis(title=None, tickCount=7, grid=False)),
            y=alt.Y("weight:Q", axis=alt.Axis(title=None, tickCount=3)),
        )
    )
    return _finished(line, 130)


_CHARTS: dict[str, Callable[[Colours], Any]] = {
    "exceedance": exceedance,
    "exceedance_rare": exceedance_rare,
    "twenty_years": twenty_years,
    "money_bars": money_bars,
    "causes": causes,
    "hour_of_week": hour_of_week,
    "density": density,
    "density_money": density_money,
    "density_share": density_share,
    "hourly": hourly,
    "hourly_share": hourly_share,
    "hourly_money": hourly_money,
    "timeline": timeline,
    "profile": profile,
}


@lru_cache(maxsize=64)
def spec(name: str, mode: str) -> dict[str, Any]:
    """Return the finished specification of a chart for the mode `light` or `dark`."""
    built: dict[str, Any] = _CHARTS[name](DARK if mode == "dark" else LIGHT).to_dict()
    return built
