"""The tables behind the charts: what is plotted, and what the CSV under a chart holds.

Each function returns the table of the chart of the same name in `model.present.charts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from model.arrays import Array
from model.beliefs.belief import Belief, fit
from model.drivers.ranges import Curve
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.headline import COMPONENT_LABELS
from model.present.words.spoken.subject import cause_label
from model.runs.one_year import Year
from model.runs.standard_errors import Estimate

NAMED_CHANCES = (
    (0.5, "1-in-2 year"),
    (0.1, "1-in-10 year"),
    (0.02, "1-in-50 year"),
    (0.01, "1-in-100 year"),
)
_MOST_IN_BAND = 80
_NEAR = 0.5
"""Points of the curve up to this share of its width have room for their name at their right."""
_LEAST_STACK = 13.0
_BINS = 26


RAREST = 0.005
"""Down to which chance of a year the curve is drawn: so far single worlds show it."""
REACH = 1.5
"""A tolerance is drawn up to this multiple of the largest loss that a curve shows."""


def exceedance(
    curve: Mapping[str, Array], tolerance_usd: float, chance: Estimate, known: Curve | None = None
) -> pd.DataFrame:
    """Return the loss exceedance curve, its band over worlds, its tolerance and points."""
    some = np.flatnonzero(curve["loss_usd"] > 0)
    first = max(int(some[0]) - 1, 0) if len(some) else len(curve["loss_usd"])
    seen = (curve["chance"] >= RAREST * 0.999) & (np.arange(len(curve["chance"])) >= first)
    rows = pd.DataFrame({name: column[seen] for name, column in curve.items()})
    rows.insert(0, "part", "curve")
    rows["text"] = [fmt.money(loss) for loss in rows["loss_usd"]]
    most, furthest = rows["chance"].max(), rows["loss_usd"].max()
    marks = [_point(curve, at, label) for at, label in NAMED_CHANCES if RAREST <= at <= most]
    marks = [mark for mark in marks if mark["loss_usd"] > 0]
    for mark in marks:
        mark["side"] = "near" if mark["loss_usd"] < _NEAR * furthest else "far"
    if tolerance_usd <= REACH * furthest:
        at = max(chance.value, RAREST) if tolerance_usd <= furthest else None
        text = f"{estimates.chance(chance)} above {fmt.money(tolerance_usd, 3)}"
        mark = {"part": "tolerance", "loss_usd": tolerance_usd, "chance": at, "text": text}
        marks.append(mark | {"side": side_of(tolerance_usd, furthest)})
    parts = [rows, pd.DataFrame(marks)]
    if known is not None:
        parts.insert(0, _band(known, furthest))
    return pd.concat(parts, ignore_index=True)


def side_of(tolerance_usd: float, furthest_usd: float) -> str:
    """Return on which side of the line at a tolerance there is room for what is said of it."""
    return "near" if tolerance_usd <= furthest_usd / 2 else "far"


def _band(known: Curve, furthest: float) -> pd.DataFrame:
    """Return the band over worlds as far as the curve goes, none of it below what is drawn."""
    seen = (known.loss_usd > 0) & (known.loss_usd <= furthest) & (known.high > RAREST)
    at = np.flatnonzero(seen)
    at = at[np.unique(np.linspace(0, len(at) - 1, _MOST_IN_BAND).astype(int))] if len(at) else at
    low, high = (np.maximum(end[at], RAREST) for end in (known.low, known.high))
    return pd.DataFrame({"part": "band", "loss_usd": known.loss_usd[at], "low": low, "high": high})


def without_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a curve, frequent losses first, whose band ends nowhere but among the rarest.

    Few years leave some quantiles without an interval. As quantiles grow, the lower end before and
    the upper end after such a one hold for it too; no loss is below zero.
    """
    high = rows["high_usd"].bfill()
    low = rows["low_usd"].ffill().fillna(0.0).where(high.notna())
    return rows.assign(low_usd=low, high_usd=high)


def _point(curve: Mapping[str, Array], chance: float, label: str) -> dict[str, Any]:
    at = int(np.argmin(np.abs(np.log(curve["chance"] / chance))))
    loss = float(curve["loss_usd"][at])
    text = f"{label}: {fmt.money(loss)}"
    return {"part": "point", "loss_usd": loss, "chance": float(curve["chance"][at]), "text": text}


def twenty_years(losses: Array, tolerance_usd: float) -> pd.DataFrame:
    """Return the dots of twenty sorted annual losses, stacked in bins of equal width.

    Only years without any loss stand on zero.
    """
    width = max(float(losses.max()), 1.0) / _BINS
    bin_of = np.where(losses > 0, np.maximum(np.rint(losses / width), 1.0), 0.0)
    stack = np.array([int((bin_of[: k + 1] == bin_of[k]).sum()) for k in range(len(losses))])
    rows = pd.DataFrame(
        {
            "part": "dot",
            "loss_usd": bin_of * width,
            "stack": stack,
            "over": np.where(losses > tolerance_usd, "yes", "no"),
            "text": [fmt.money(loss) for loss in losses],
        }
    )
    last = {
        "part": "label",
        "loss_usd": float(rows["loss_usd"].iloc[-1]),
        "stack": int(stack[-1]),
        "text": f"middle of the\nworst 5\xa0%: {fmt.money(float(losses[-1]))}",
    }
    room = {"part": "room", "stack": max(_LEAST_STACK, stack.max() + 1.5)}
    marks: list[dict[str, Any]] = [last, room]
    if tolerance_usd <= losses.max():
        text = f"{fmt.money(tolerance_usd, 3)}"
        marks.append(
            {"part": "tolerance", "loss_usd": tolerance_usd, "stack": stack.max(), "text": text}
        )
    return pd.concat([rows, pd.DataFrame(marks)], ignore_index=True)


def density(belief: Belief, lower: float, upper: float, unit: str) -> pd.DataFrame:
    """Return the density of a belief from its 1st to its 99th percentile, with its marks.

    Heights are relative to the highest point in view. A certain belief has only its value.
    """
    fitted = fit(belief, lower, upper)
    if belief.certain:
        text = fmt.shown(belief.low, unit)
        return pd.DataFrame([{"part": "mark", "value": belief.low, "density": 1.0, "text": text}])
    ends = np.asarray(fitted.ppf([0.01, 0.05, 0.95, 0.985]))
    value = np.linspace(ends[0], ends[3], 90)
    with np.errstate(all="ignore"):  # within a float's last digits from zero it may overflow
        height = np.nan_to_num(fitted.pdf(value))
        height = np.nan_to_num(height / (height.max() or 1.0))
    rows = pd.DataFrame({"part": "density", "value": value, "density": height})
    inside = rows[(value >= ends[1]) & (value <= ends[2])].assign(part="inside")
    mean = fitted.mean()
    marks = pd.DataFrame(
        [
            {"part": "mark", "value": at, "density": level, "text": name}
            for name, at, level in (
                ("median", fitted.median(), 1.22),
                ("mean", mean if np.isfinite(mean) else np.nan, 1.02),
                ("P95", fitted.p95(), 1.22),
            )
            if ends[0] <= at <= ends[3]
        ]
    )
    table: pd.DataFrame = pd.concat([rows, inside, marks], ignore_index=True)
    return table


def profile(weights: Array) -> pd.DataFrame:
    """Return a calendar profile by position, starting at 0; the last holds until the end."""
    at = np.arange(len(weights) + 1)
    return pd.DataFrame({"at": at, "weight": np.append(weights, weights[-1])})


_BILL_LABELS = COMPONENT_LABELS | {
    "loss": "Loss",
    "sla_credit": "SLA credit",
    "net_loss": "Net loss",
}


def bill_label(component: str) -> str:
    """Return the name of a line of the bill for people."""
    return _BILL_LABELS[component]


def timeline(year: Year) -> pd.DataFrame:
    """Return the incidents of one simulated year, the first first."""
    labels = [cause_label(cause) for cause in year.cause]
    table = pd.DataFrame(
        {
            "day": year.start_h / 24.0,
            "loss_usd": year.loss_usd,
            "label": labels,
            "text": [fmt.money(float(loss)) for loss in year.loss_usd],
        }
    )
    return table.sort_values("day", ignore_index=True)
