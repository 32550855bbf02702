"""The tables behind the charts of what was believed, what the log shows, what is believed now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.arrays import Array
from model.evidence.backtests import Outcome
from model.evidence.durations.quantile_plot import QuantilePlot
from model.evidence.fitting import foreseen
from model.evidence.fitting.fitted import Fitted
from model.evidence.fitting.lengths import ALL, Lengths
from model.evidence.fitting.rates import FittedRates, RateRow
from model.present.words.learned.backtests import figure
from model.present.words.numbers import share, significant
from model.present.words.spoken.subject import cause_label

BEFORE, DATA, AFTER = "Believed before", "The log itself", "Believed after"
_ORDER = {BEFORE: 0, DATA: 1, AFTER: 2}
_MOST_POINTS = 300
_LEAST = 1e-3

Row = dict[str, object]


def label(cause: str) -> str:
    """Return what a cause is called; all together stand for themselves."""
    return "All causes" if cause == ALL else cause_label(cause)


def rates(found: FittedRates) -> pd.DataFrame:
    """Return the rates by cause: before, counted a year, after.

    Columns: label, order, part (before, data, after), low, mid, high (a year), text.
    """
    rows: list[Row] = []
    for order, row in enumerate(found.rows):
        rows += _rate(row, order)
    return pd.DataFrame(rows)


def _rate(row: RateRow, order: int) -> list[Row]:
    name = {"label": label(row.cause), "order": order}
    out: list[Row] = []
    if row.prior:
        low, high = (max(each, _LEAST) for each in row.prior)
        mid = float(np.sqrt(low * high))
        out.append({**name, "part": "before", "low": low, "mid": mid, "high": high})
    if row.incidents:
        rate = row.incidents / row.exposure_years
        out.append({**name, "part": "data", "low": rate, "mid": rate, "high": rate})
    if row.posterior:
        after = row.posterior
        low, mid, high = (max(x, _LEAST) for x in (after.low, after.median, after.high))
        out.append({**name, "part": "after", "low": low, "mid": mid, "high": high})
    years = significant(row.exposure_years, 2)
    said = f"{row.incidents} in {years} years"
    return [{**one, "text": said if one["part"] == "data" else _span(one)} for one in out]


def _span(one: Row) -> str:
    low, high = float(str(one["low"])), float(str(one["high"]))
    return f"{significant(low, 2)} to {significant(high, 2)} a year"


def _causes(fitted: Fitted, cause: str) -> tuple[str, ...]:
    """Return the causes of the scenario that a row of the fit stands for."""
    if cause in fitted.before.causes:
        return (cause,)
    return fitted.before.causes if cause == ALL else ()


def hours(fitted: Fitted, of: Lengths) -> pd.DataFrame:
    """Return the next incident's hours before and after, and the log's own.

    Columns: part (before, data, after), label, order, low, mid, high, exact (yes, no), text.
    """
    rows: list[Row] = []
    causes = _causes(fitted, of.cause)
    if causes:
        rows.append(_bar("before", BEFORE, foreseen.hours(fitted.before, causes), _hours))
    durations = of.durations
    shown = np.where(np.isfinite(durations.upper_h), durations.upper_h, durations.lower_h)
    rows += _points(shown, durations.lower_h == durations.upper_h, _hours)
    if of.fit is not None:
        rows.append(_bar("after", AFTER, of.fit.predictive_h, _hours))
    return pd.DataFrame(rows)


def losses(fitted: Fitted, of: Lengths, kind: str) -> pd.DataFrame:
    """Return the next incident's share lost before and after, and the log's own, as `hours`."""
    rows: list[Row] = []
    causes = _causes(fitted, of.cause)
    if causes:
        rows.append(_bar("before", BEFORE, foreseen.loss(fitted.before, causes, kind), share))
    log = fitted.log
    chosen = log.of_cause(of.cause) & log.incidents.counted
    values = log.incidents.losses[kind][chosen]
    values = values[~np.isnan(values)]
    rows += _points(values, np.ones(len(values), dtype=bool), share)
    if of.losses is not None and kind in of.losses.losses:
        one = of.losses.losses[kind]
        rows.append(_bar("after", AFTER, (one.predictive[0], one.median, one.predictive[1]), share))
    return pd.DataFrame(rows)


def _hours(value: float) -> str:
    return f"{significant(value, 2)} h"


def _bar(part: str, name: str, span: foreseen.Span, write: object) -> Row:
    assert callable(write)
    low, mid, high = (max(each, _LEAST) for each in span)
    text = f"{write(low)} to {write(high)}, half of them below {write(mid)}"
    return {"part": part, "label": name, "order": _ORDER[name], "low": low, "mid": mid,
            "high": high, "exact": "yes", "text": text}  # fmt: skip


def _points(values: Array, exact: Array, write: object) -> list[Row]:
    """Return the log's own values, thinned by rank where there are many."""
    assert callable(write)
    order = np.argsort(values)
    if len(order) > _MOST_POINTS:
        order = order[np.linspace(0, len(order) - 1, _MOST_POINTS).astype(int)]
    at = np.maximum(values[order], _LEAST)
    return [
        {"part": "data", "label": DATA, "order": _ORDER[DATA], "low": value, "mid": value,
         "high": value, "exact": "yes" if sure else "no", "text": write(value)}
        for value, sure in zip(at.tolist(), exact[order], strict=True)
    ]  # fmt: skip


def quantiles(found: QuantilePlot) -> pd.DataFrame:
    """Return the Q–Q points with their envelope: fitted, observed, low, high, in hours."""
    table = pd.DataFrame(
        {
            "fitted": found.fitted_h,
            "observed": found.observed_h,
            "low": found.low_h,
            "high": found.high_h,
        }
    )
    return table.clip(lower=1e-4)


def outside(found: QuantilePlot) -> int:
    """Return how many of the Q–Q points lie outside their envelope."""
    beyond = (found.observed_h < found.low_h) | (found.observed_h > found.high_h)
    return int(np.count_nonzero(beyond))


def backtests(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return where each truth lies in what the model says: label, percentile, inside, text."""
    return pd.DataFrame(
        [
            {
                "label": f"{one.name}: {figure(one.figure)}",
                "order": order,
                "percentile": one.verdict.percentile,
                "inside": "yes" if one.verdict.inside else "no",
                "text": share(one.verdict.percentile),
            }
            for order, one in enumerate(outcomes)
        ]
    )
