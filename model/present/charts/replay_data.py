"""The tables behind the charts of a replay: its hours and its bill."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.chain.ledger import COMPONENTS
from model.present.charts.money_data import money_bars
from model.present.words.waterfall import OF_INCIDENT
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
    """Return the waterfall of a bill: the groups of its lines, their parts, and the loss."""
    usd = dict(zip(bill.component, map(float, bill.expected_usd), strict=True))
    lines = {name: value for name, value in usd.items() if name in COMPONENTS}
    return money_bars(lines, usd["loss"], OF_INCIDENT)
