"""The tables behind the charts of deciding, and what their CSV holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.arrays import Array
from model.decisions.best_set import Frontier
from model.decisions.worth import Offer
from model.present.charts.overview_data import without_gaps
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.headline import COMPONENT_LABELS
from model.present.words.remedies import chance
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

_MOST_DOTS = 300
_LEAST_STEP = 0.01
"""Steps of the frontier smaller than this part of the loss without remedies are not told."""
NOW, WITH = "As it is", "With it"


def trade(found: Sequence[Offer]) -> pd.DataFrame:
    """Return saving and cost of every set, for `decide_charts.trade`."""
    rows: list[dict[str, Any]] = []
    for order, offer in enumerate(found):
        shared = {"order": order, "label": offer.label, "text": _per_unit(offer.per_dollar)}
        cost, saving = offer.cost, offer.saving
        kinds = [("cost", cost)] if cost.value > 0 else []
        kinds += [("saving", saving)] if saving.low > 0 else []
        if not kinds:
            kinds = [("nothing", saving)]
        for kind, figure in kinds:
            ends = {"usd": figure.value, "low_usd": figure.low, "high_usd": figure.high}
            rows.append({"part": kind, **shared, **ends, "shown": fmt.money(figure.value)})
    table = pd.DataFrame(rows)
    # The words stand once per row, at its right end.
    table = table.assign(said=np.where(~table["label"].duplicated(), table["text"], ""))
    # Room for those words beyond the furthest dot; nothing is drawn there.
    furthest = max((row["high_usd"] for row in rows if row["high_usd"] > 0), default=1.0)
    room = {"part": "room", "order": 0, "label": found[0].label, "said": "", "usd": 9.0 * furthest}
    return pd.concat([table, pd.DataFrame([room])], ignore_index=True)


def _per_unit(ratio: float) -> str:
    """Return what is saved for each unit of money spent.

    >>> _per_unit(0.651), _per_unit(0.0003), _per_unit(2.5), _per_unit(0.0)
    ('$0.65 per $1', 'under $0.001 per $1', '$2.5 per $1', 'saves nothing')
    """
    if ratio == float("inf"):
        return "free"
    if ratio <= 0:
        return "saves nothing"
    saved = f"under {fmt.money(0.001)}" if ratio < 0.001 else fmt.money(ratio)
    return f"{saved} per {fmt.money(1.0)}"


def cells(offer: Offer) -> tuple[str, ...]:
    """Return what stands in the row of a set: figures rounded to what their error supports."""
    row = offer.row
    ends = f"{fmt.money(offer.cost.low)}–{fmt.money(offer.cost.high)}"
    return (
        f"{estimates.money(row.delta_eal)} {fmt.error(row.delta_eal.standard_error)}",
        f"{estimates.money(row.delta_tvar_95)} {fmt.error(row.delta_tvar_95.standard_error)}",
        f"{estimates.money(offer.saving)} {fmt.error(offer.saving.standard_error)}",
        f"{fmt.money(offer.cost.value)} {ends if offer.cost.low != offer.cost.high else ''}",
        f"{estimates.money(offer.benefit)} {fmt.error(offer.benefit.standard_error)}",
        chance(offer, "…"),
        estimates.chance(row.p_breach),
    )


def curves(
    now: Mapping[str, Array],
    then: Mapping[str, Array],
    tolerance_usd: float,
    chances: tuple[float, float],
    rarest: float = 0.01,
) -> pd.DataFrame:
    """Return two loss exceedance curves and the tolerance, for `decide_charts.curves`."""
    frequent = [curve["loss_usd"][curve["chance"] >= rarest] for curve in (now, then)]
    most = max(float(losses.max(initial=0.0)) for losses in frequent)
    reach = tolerance_usd if tolerance_usd <= most else 0.0
    parts = [
        _led_on(curve, share, rarest, reach).assign(part="curve", which=name)
        for name, curve, share in zip((NOW, WITH), (now, then), chances, strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    marks: list[dict[str, object]] = [{"part": "name", "which": name} for name in (NOW, WITH)]
    if reach:
        limit = f"above {fmt.money(tolerance_usd, 3)}"
        text = f"{fmt.share(chances[0])} → {fmt.share(chances[1])} {limit}"
        for name, share in zip((NOW, WITH), chances, strict=True):
            mark = {"part": "tolerance", "which": name, "loss_usd": tolerance_usd}
            marks.append(mark | {"chance": share, "text": text if name == NOW else ""})
    table["text"] = [fmt.money(loss) for loss in table["loss_usd"]]
    return pd.concat([table, pd.DataFrame(marks)], ignore_index=True)


def _led_on(
    curve: Mapping[str, Array], share: float, rarest: float, reach_usd: float
) -> pd.DataFrame:
    """Return a curve down to the chance `rarest`, and at least to its `share` at `reach_usd`."""
    loss = curve["loss_usd"]
    seen = ((curve["chance"] >= rarest) | (loss < reach_usd)) & (loss > 0)
    rows = without_gaps(pd.DataFrame({key: column[seen][::2] for key, column in curve.items()}))
    if rows["loss_usd"].max() >= reach_usd or reach_usd == 0.0:
        return rows
    # What the sample is too small to show as a curve leads straight to the share counted.
    end = pd.DataFrame({"chance": [share], "loss_usd": [reach_usd]})
    return pd.concat([rows, end], ignore_index=True)


def saved_where(components: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return where along the chain a set saves in the coming year, for `decide_charts.saved`."""
    rows = [
        {
            "line": name,
            "label": COMPONENT_LABELS[name],
            "usd": figure.value,
            "low_usd": figure.low,
            "high_usd": figure.high,
            "text": estimates.money(figure),
            "kind": "saved" if figure.value >= 0 else "given back",
        }
        for name, figure in components.items()
        if figure.value or figure.standard_error
    ]
    return pd.DataFrame(rows, columns=["line", "label", "usd", *_ENDS, "text", "kind"])


_ENDS = ["low_usd", "high_usd"]


def frontier(found: Frontier, by: str, budget_usd: float, best: tuple[str, ...]) -> pd.DataFrame:
    """Return all sets looked at, the efficient ones and the best, for `decide_charts.frontier`."""
    rows: list[dict[str, object]] = []
    if found.screened is not None:
        figures = found.screened.figures()[by]
        every = max(len(figures) // _MOST_DOTS, 1)
        rows += [
            {"part": "set", "cost_usd": cost, "figure_usd": figure}
            for cost, figure in zip(found.screened.cost_usd[::every], figures[::every], strict=True)
        ]
    for point in found.efficient(by):
        text = f"{fmt.money(point.figure.value)} for {fmt.money(point.cost_usd)} a year"
        cells = {"cost_usd": point.cost_usd, "figure_usd": point.figure.value, "text": text}
        ends = {"low_usd": point.figure.low, "high_usd": point.figure.high}
        named = {"remedies": " + ".join(point.remedies) or "none"}
        rows.append({"part": "efficient", **cells, **ends, **named})
    row = next(row for row in found.rows if row.remedies == best)
    figure = getattr(row, by)
    at = {"cost_usd": row.annual_cost.value, "figure_usd": figure.value}
    rows.append({"part": "best", **at, "text": f"best: {fmt.money(figure.value)}"})
    rows.append({"part": "budget", "cost_usd": budget_usd, "text": fmt.money(budget_usd, 3)})
    return pd.DataFrame(rows)


def steps(found: Frontier, by: str, scenario: Scenario) -> pd.DataFrame:
    """Return which remedies enter when, along the frontier; steps too small to matter left out."""
    label = {remedy.name: remedy.label for remedy in scenario.remedies}
    points = found.efficient(by)
    least = _LEAST_STEP * points[0].figure.value
    told = [points[0]]
    for point in points[1:]:
        if told[-1].figure.value - point.figure.value >= least:
            told.append(point)
    rows = []
    for before, point in zip([None, *told], told, strict=False):
        had = before.remedies if before else ()
        enters = [label[name] for name in point.remedies if name not in had]
        leaves = [label[name] for name in had if name not in point.remedies]
        rows.append(
            {
                "cost_usd": point.cost_usd,
                "figure_usd": point.figure.value,
                "low_usd": point.figure.low,
                "high_usd": point.figure.high,
                "enters": " + ".join(enters),
                "leaves": " + ".join(leaves),
            }
        )
    return pd.DataFrame(rows)
