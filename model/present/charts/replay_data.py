"""The tables behind the charts of a replay: its hours and its bill."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.present.charts.overview_data import bill_label
from model.present.words import numbers as fmt
from model.replays.curves import Curves
from model.replays.replay import Bill

SUMS = ("loss", "net_loss")


def hourly(
    curves: Curves, name: str, until_h: float, remedied: Curves | None = None
) -> pd.DataFrame:
    """Return one quantity of a replay up to an hour, with its band and its usual course.

    Without remedies their course is that of the incident.
    """
    eased = remedied or curves
    # Its rows may be of another length: each holds until the next.
    at = np.maximum(np.searchsorted(eased.hour, curves.hour, side="right") - 1, 0)
    table = pd.DataFrame(
        {
            "hour": curves.hour,
            "expected": curves.expected[name],
            "remedied": eased.expected[name][at],
            "low": curves.low[name],
            "high": curves.high[name],
            "baseline": curves.baseline[name],
        }
    )
    in_view: pd.DataFrame = table.head(int((curves.hour <= until_h).sum()))
    return in_view


def bill(bill: Bill) -> pd.DataFrame:
    """Return the waterfall of a bill: its lines, the loss, the credit and the net loss."""
    rows, at = [], 0.0
    lines = zip(bill.component, bill.expected_usd, bill.low_usd, bill.high_usd, strict=True)
    for name, usd, low, high in lines:
        start = 0.0 if name in SUMS else at
        at = float(usd) if name in SUMS else at + float(usd)
        if usd == 0.0 and name not in SUMS:
            continue
        kind = "total" if name in SUMS else "loss" if usd > 0 else "back"
        rows.append(
            {
                "line": name,
                "label": bill_label(name),
                "start_usd": start,
                "end_usd": at,
                "usd": float(usd),
                "low_usd": float(low),
                "high_usd": float(high),
                "kind": kind,
                "text": fmt.money(float(usd)),
            }
        )
    table = pd.DataFrame(rows)
    table.insert(0, "order", range(len(table)))
    table["text_usd"] = table[["start_usd", "end_usd"]].max(axis=1)
    return table
