"""The tables behind the charts of where the money goes, and what their CSV holds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from model.arrays import Array
from model.present.words import numbers as fmt
from model.present.words.spoken.subject import cause_label
from model.present.words.waterfall import steps
from model.runs.standard_errors import Estimate
from model.runs.tally import ratios

MOST_CAUSES = 7
"""So many causes are shown by name; from the next one on they are one bar."""


def money_bars(usd: Mapping[str, float], total_usd: float, total: str) -> pd.DataFrame:
    """Return the waterfall of lines of the ledger in money, for `money.money_bars`."""
    table = pd.DataFrame(
        [
            {
                "line": step.line,
                "label": step.label,
                "start_usd": step.start_usd,
                "end_usd": step.end_usd,
                "usd": step.usd,
                "kind": step.kind,
                "rank": step.rank,
                "text": fmt.money(step.usd),
            }
            for step in steps(usd, total_usd, total)
        ]
    )
    table.insert(0, "order", range(len(table)))
    table["text_usd"] = table[["start_usd", "end_usd"]].max(axis=1)
    return table


def causes(by_cause: Mapping[str, Estimate]) -> pd.DataFrame:
    """Return expected loss by cause, the dearest first; the cheapest of more than seven as one."""
    ranked = sorted(by_cause.items(), key=lambda item: -item[1].value)
    few = len(ranked) <= MOST_CAUSES + 1
    named, rest = (ranked, []) if few else (ranked[:MOST_CAUSES], ranked[MOST_CAUSES:])
    rows = [(cause, cause_label(cause), figure) for cause, figure in named]
    if rest:
        rows.append(("other", f"{len(rest)} other causes", _together([one for _, one in rest])))
    table = pd.DataFrame(
        [
            {
                "cause": cause,
                "label": label,
                "usd": figure.value,
                "low_usd": max(figure.low, 0.0),
                "high_usd": figure.high,
                "text": fmt.money(figure.value),
            }
            for cause, label, figure in rows
        ]
    )
    table.insert(0, "order", range(len(table)))
    return table


def _together(figures: list[Estimate]) -> Estimate:
    """Return the sum of estimates, with an interval that holds however they go together."""
    value = sum(figure.value for figure in figures)
    error = sum(figure.standard_error for figure in figures)
    low = value - sum(figure.value - figure.low for figure in figures)
    return Estimate(value, error, low, value + sum(f.high - f.value for f in figures))


BIN_H = 3
"""Starting hours that share a price: fewer would show noise as a pattern."""
NOISY = 0.15
"""From this relative standard error on a price is not shown."""
WEEKDAYS, WEEKENDS = "Monday to Friday", "Saturday and Sunday"


def hour_of_week(by_hour: Array) -> pd.DataFrame:
    """Return the price of a minute of incident by `BIN_H` starting hours, on workdays and weekends.

    `by_hour` are the sums of a tally. Every price stands at both ends of its hours.
    """
    by_day = by_hour.reshape(-1, 7, 24 // BIN_H, BIN_H).sum(axis=3)
    binned = np.concatenate([by_day[:, :5].sum(axis=1), by_day[:, 5:].sum(axis=1)], axis=1)
    value, error = ratios(binned)
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = error / value
    first = np.arange(0, 24, BIN_H)
    known = relative <= NOISY
    shown = np.where(known, value, np.nan)
    table = pd.DataFrame(
        {
            "day": np.repeat((WEEKDAYS, WEEKENDS), len(first)),
            "hour": np.tile(first, 2),
            "hours": [f"{h:02d}:00 to {h + BIN_H:02d}:00" for h in first] * 2,
            "usd_per_minute": shown,
            "low": np.maximum(shown - 1.96 * error, 0.0),
            "high": shown + 1.96 * error,
            "standard_error": error,
            "relative_error": relative,
            "known": np.where(known, "yes", "no"),
            "text": [
                f"{fmt.money(v)} (standard error {fmt.share(r)})" if np.isfinite(r) else "unknown"
                for v, r in zip(value, relative, strict=True)
            ],
        }
    )
    # A step ends where the day does.
    ends = table[table["hour"] == first[-1]].assign(hour=24)
    both: pd.DataFrame = pd.concat([table, ends], ignore_index=True)
    return both
