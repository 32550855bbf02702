"""The loss curves of several scenarios, overlaid; each told apart by colour and by dashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from model.arrays import Array
from model.present.charts import rows
from model.present.charts.overview_data import REACH, side_of
from model.present.charts.style import Colours, built, money_axis, share_axis, stacked, where
from model.present.words import numbers as fmt
from model.present.words.spoken import subject

COLOURS = ("main", "harm", "good", "third", "ink")
"""Colours of the curves, by their names, in order; after the last they come again, dashed."""
DASHES = {"solid": (1, 0), "dashed": (7, 4), "dotted": (2, 3)}
"""Kinds of line, as style sheets call them, with how they are dashed."""
MOST_CURVES = len(COLOURS) * len(DASHES)
_MOST_POINTS = 480


def style_of(place: int) -> tuple[str, str]:
    """Return the colour's name and the kind of line of a curve."""
    return COLOURS[place % len(COLOURS)], tuple(DASHES)[place // len(COLOURS)]


def table(
    curves: Sequence[tuple[str, Mapping[str, Array]]], tolerance: float, rarest: float = 0.01
) -> pd.DataFrame:
    """Return named exceedance curves down to the chance `rarest`, and the tolerance."""
    every = max(1, -(-160 * len(curves) // _MOST_POINTS))
    parts = []
    for place, (name, curve) in enumerate(curves):
        seen = (curve["chance"] >= rarest) & (curve["loss_usd"] > 0)
        rows = pd.DataFrame({"chance": curve["chance"][seen], "loss": curve["loss_usd"][seen]})
        parts.append(rows[::every].assign(part="curve", place=place, which=name))
    found = pd.concat(parts, ignore_index=True)
    found["text"] = [fmt.money(loss) for loss in found["loss"]]
    furthest = float(found["loss"].max())
    if tolerance > REACH * furthest:
        return found
    mark = {"part": "tolerance", "loss": tolerance, "text": f"tolerance {fmt.money(tolerance, 3)}"}
    mark["side"] = side_of(tolerance, furthest)
    return pd.concat([found, pd.DataFrame([mark])], ignore_index=True)


def overlaid(colours: Colours) -> Any:
    """Return the curves above each other, and an upright line at the tolerance."""
    places = list(range(MOST_CURVES))
    styles = [style_of(place) for place in places]
    shared: dict[str, Any] = {"legend": None}
    x = alt.X("loss:Q", axis=money_axis("Loss in the coming year", tickCount=7))
    y = alt.Y("chance:Q", scale=alt.Scale(domainMin=0), axis=share_axis("Chance of a worse year"))
    lines = (
        where("curve")
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=y,
            detail="place:N",
            order=alt.Order("chance:Q"),
            color=alt.Color(
                "place:O",
                scale=alt.Scale(domain=places, range=[colours[name] for name, _ in styles]),
                **shared,
            ),
            strokeDash=alt.StrokeDash(
                "place:O",
                scale=alt.Scale(domain=places, range=[list(DASHES[kind]) for _, kind in styles]),
                **shared,
            ),
            tooltip=[
                alt.Tooltip("which:N", title="Scenario"),
                alt.Tooltip("text:N", title="Loss"),
                alt.Tooltip("chance:Q", title="Chance of a worse year", format=".1%"),
            ],
        )
    )
    rule = (
        where("tolerance")
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=colours["soft"])
        .encode(x=x)
    )
    said = rows.beside_tolerance(colours, x, fontSize=13, color=colours["soft"])
    return rows.asking(stacked(colours, lines, rule, *said, height=320))


def spec(mode: str) -> dict[str, Any]:
    """Return the finished specification for the mode `light` or `dark`."""
    return _spec(mode, subject.key())


@lru_cache(maxsize=16)
def _spec(mode: str, said: tuple[str, str]) -> dict[str, Any]:
    """Build the chart with labels that say money as the subject does."""
    return built({"overlaid": overlaid}, "overlaid", mode)
