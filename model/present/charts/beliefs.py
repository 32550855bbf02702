"""Charts of assumptions: the distribution of a belief, and a calendar profile.

The columns of each table are those of the function of the same name in `overview_data`.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from model.present.charts.style import (
    NUMBER_TICK,
    SHARE_TICK,
    TABLE,
    Colours,
    finished,
    stacked,
    where,
)
from model.present.words.spoken import amounts


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
    whole = where("density").mark_area(color=colours["pale"], opacity=0.7).encode(x=x, y=y)
    inside = where("inside").mark_area(color=colours["main"], opacity=0.75).encode(x=x, y=y)
    rule = (
        where("mark")
        .mark_rule(strokeWidth=2, color=colours["harm"])
        .encode(x=x, y=alt.Y("density:Q"), y2=alt.value("height"))
    )
    names = (
        where("mark")
        .mark_text(align="left", dx=5, fontSize=13, color=colours["ink"])
        .encode(x=x, y=alt.Y("density:Q"), text="text:N")
    )
    return stacked(colours, whole, inside, rule, names, height=160)


def density_money(colours: Colours) -> Any:
    """Return `density` with an axis of money."""
    return density(colours, amounts.tick())


def density_share(colours: Colours) -> Any:
    """Return `density` of a share with an axis in percent."""
    return density(colours, SHARE_TICK)


def profile(colours: Colours) -> Any:
    """Return a calendar profile over the hours of a week as a stepped line around its mean of one.

    Columns: at (hour of week or month), weight.
    """
    days = "['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun', ''][datum.value / 24]"
    return _profile(colours, [24 * day for day in range(8)], days, 168)


def profile_of_year(colours: Colours) -> Any:
    """Return `profile` over the months of a year."""
    names = "['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']"
    return _profile(colours, list(range(12)), f"{names}[datum.value]", 12)


def _profile(colours: Colours, ticks: list[int], label: str, end: int) -> Any:
    axis = alt.Axis(
        title=None, values=ticks, labelExpr=label, labelAlign="left", labelOverlap=True, tickSize=4
    )
    scale = alt.Scale(domain=[0, end], nice=False)
    line = (
        alt.Chart(alt.NamedData(name=TABLE))
        .mark_line(interpolate="step-after", strokeWidth=2, color=colours["main"])
        .encode(
            x=alt.X("at:Q", axis=axis, scale=scale),
            y=alt.Y(
                "weight:Q",
                axis=alt.Axis(title="Times the average", tickCount=3),
                scale=alt.Scale(domainMin=0),
            ),
        )
    )
    return finished(line, 130, colours)
