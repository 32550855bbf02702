"""The tables behind the charts of deciding, and what their CSV holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.arrays import Array
from model.decisions.best_set import Frontier, Point
from model.decisions.worth import Offer
from model.present.charts.overview_data import REACH, side_of, without_gaps
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
PAYS, OPEN, NOT = "pays on average", "noise leaves it open", "does not pay on average"
_MOST_TIMES, _LEAST_TIMES = 3.0, 0.01
_BEFORE_ONE = 0.7
_AREA_POINTS = 40


def worth(found: Sequence[Offer]) -> pd.DataFrame:
    """Return what every set saves for what it costs, for `decide.worth`.

    `low` is the low end of the saving at the high end of the price, `high` the other way round.
    Bars end at `_MOST_TIMES`: a cheap remedy that saves much must not make all others unreadable.
    """
    rows = [_ratio(offer) | {"order": order} for order, offer in enumerate(found)]
    top = min(max([1.15, *(row["high"] for row in rows)]), _MOST_TIMES)
    table = pd.DataFrame(rows)
    for end in ("ratio", "low", "high"):
        table[end] = table[end].clip(0.0, top)
    tip = table[["ratio", "high"]].max(axis=1)
    # What would lie across the line at one stands right of it.
    table["text_at"] = tip.where((tip < _BEFORE_ONE) | (tip > 1.0), 1.0)
    line = {"part": "line", "ratio": 1.0, "text": "pays for itself"}
    return pd.concat([table, pd.DataFrame([line])], ignore_index=True)


def _ratio(offer: Offer) -> dict[str, Any]:
    cost, saving = offer.cost, offer.saving
    kind = PAYS if offer.clear else OPEN if offer.undecided else NOT
    return {
        "part": "set",
        "label": offer.label,
        "kind": kind,
        "ratio": offer.per_dollar if saving.value > 0 else 0.0,
        "low": _times(max(saving.low, 0.0), cost.high),
        "high": _times(max(saving.high, 0.0), cost.low),
        "saves": fmt.money(saving.value),
        "costs": fmt.money(cost.value),
        "text": per_unit(offer.per_dollar if saving.value > 0 else 0.0),
    }


def _times(saving_usd: float, cost_usd: float) -> float:
    if saving_usd <= 0:
        return 0.0
    return saving_usd / cost_usd if cost_usd > 0 else math.inf


def per_unit(ratio: float) -> str:
    """Return what is saved for each unit of money spent.

    >>> per_unit(0.651), per_unit(0.0003), per_unit(2.5), per_unit(0.0)
    ('$0.65', 'under $0.01', '$2.5', 'saves nothing')
    """
    if ratio == math.inf:
        return "free"
    if ratio <= 0:
        return "saves nothing"
    return fmt.money(ratio) if ratio >= _LEAST_TIMES else f"under {fmt.money(_LEAST_TIMES)}"


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
    chances: tuple[Estimate, Estimate],
    rarest: float = 0.01,
) -> pd.DataFrame:
    """Return two loss exceedance curves and the tolerance, for `decide.curves`."""
    frequent = [curve["loss_usd"][curve["chance"] >= rarest] for curve in (now, then)]
    most = max(float(losses.max(initial=0.0)) for losses in frequent)
    reach = tolerance_usd if tolerance_usd <= REACH * most else 0.0
    parts = [
        _led_on(curve, share.value, rarest, reach).assign(part="curve", which=name)
        for name, curve, share in zip((NOW, WITH), (now, then), chances, strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    marks: list[dict[str, object]] = [{"part": "name", "which": name} for name in (NOW, WITH)]
    if reach:
        limit = f"above {fmt.money(tolerance_usd, 3)}"
        text = f"{' → '.join(map(estimates.chance, chances))} {limit}"
        for name, share in zip((NOW, WITH), chances, strict=True):
            mark = {"part": "tolerance", "which": name, "loss_usd": tolerance_usd}
            mark |= {"chance": share.value, "side": side_of(tolerance_usd, most)}
            marks.append(mark | {"text": text if name == NOW else ""})
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
    """Return where along the chain a set saves in the coming year, for `decide.saved`."""
    rows = [
        {
            "order": order,
            "line": name,
            "label": COMPONENT_LABELS[name],
            "usd": figure.value,
            "low_usd": figure.low,
            "high_usd": figure.high,
            "text": estimates.money(figure),
            "text_at": max(figure.high, figure.value, 0.0),
            "kind": "saved" if figure.value >= 0 else "given back",
        }
        for order, (name, figure) in enumerate(components.items())
        if figure.value or figure.standard_error
    ]
    return pd.DataFrame(rows, columns=_SAVED)


_SAVED = ["order", "line", "label", "usd", "low_usd", "high_usd", "text", "text_at", "kind"]


def frontier(found: Frontier, by: str, budget_usd: float, best: tuple[str, ...]) -> pd.DataFrame:
    """Return all sets looked at, the efficient ones and the best, for `decide.frontier`.

    `by` is `saving` or `tvar_95`.
    """
    rows: list[dict[str, object]] = []
    if found.screened is not None:
        costs, figures = found.screened.cost_usd, found.screened.figures()
        bought = costs - figures["net_benefit"] if by == "saving" else figures[by]
        every = max(len(bought) // _MOST_DOTS, 1)
        rows += [
            {"part": "set", "cost_usd": cost, "figure_usd": figure}
            for cost, figure in zip(costs[::every], bought[::every], strict=True)
        ]
    points = found.efficient(by)
    for point in points:
        text = f"{fmt.money(point.figure.value)} for {fmt.money(point.cost_usd)} a year"
        cells = {"cost_usd": point.cost_usd, "figure_usd": point.figure.value, "text": text}
        ends = {"low_usd": point.figure.low, "high_usd": point.figure.high}
        named = {"remedies": " + ".join(point.remedies) or "none"}
        rows.append({"part": "efficient", **cells, **ends, **named})
    row = next(row for row in found.rows if row.remedies == best)
    figure = getattr(row, by)
    at = {"cost_usd": row.annual_cost.value, "figure_usd": figure.value}
    rows.append({"part": "best", **at, "text": f"best: {fmt.money(figure.value)}"})
    text = f"budget {fmt.money(budget_usd, 3)}"
    rows.append({"part": "budget", "cost_usd": budget_usd, "text": text})
    if by == "saving":
        rows += _where_it_pays(found, points)
    return pd.DataFrame(rows)


def _where_it_pays(found: Frontier, points: Sequence[Point]) -> list[dict[str, object]]:
    """Return the area above the line on which a set saves what it costs, and what is said of it."""
    top = 1.08 * max(point.figure.high for point in points)
    if not top > 0:
        return []
    dearest = max(row.annual_cost.value for row in found.rows)
    costs = np.linspace(0.0, min(top, max(dearest, points[-1].cost_usd)), _AREA_POINTS)
    area: list[dict[str, object]] = [
        {"part": "pays", "cost_usd": cost, "low_usd": cost, "high_usd": top} for cost in costs
    ]
    text = "Up here a set pays" if pays(found) else "Up here a set would pay; none does"
    return [*area, {"part": "pays_said", "text": text}]


def pays(found: Frontier) -> bool:
    """Tell whether any of the finalists saves more than it costs, before SLA credit."""
    return any(row.remedies and row.net_benefit.value > 0 for row in found.rows)


def steps(found: Frontier, by: str, scenario: Scenario) -> pd.DataFrame:
    """Return which remedies enter when, along the frontier; steps too small to matter left out."""
    label = {remedy.name: remedy.label for remedy in scenario.remedies}
    points = found.efficient(by)
    least = _LEAST_STEP * max(abs(point.figure.value) for point in points)
    told = [points[0]]
    for point in points[1:]:
        if abs(told[-1].figure.value - point.figure.value) >= least:
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
