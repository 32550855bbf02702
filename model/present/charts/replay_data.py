"""The tables behind the charts of a replay: its hours and its bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from model.arrays import Array
from model.chain.ledger import COMPONENTS
from model.present.charts.money_data import money_bars
from model.present.words import numbers as fmt
from model.present.words.headline import COMPONENT_LABELS
from model.present.words.waterfall import OF_INCIDENT
from model.replays.curves import Curves
from model.replays.incident import RUNNING, Incident
from model.replays.replay import Bill

SUMS = ("loss", "net_loss")
_LEAST_LINE = 0.005
"""Lines below this share of what is lost hour by hour are not drawn."""


LINES = {
    name: COMPONENT_LABELS[name] for name in ("playback", "freshness", "ad_serving", "commerce")
}
"""What is lost hour by hour, from the bottom up."""


def lost(
    curves: Curves,
    incident: Incident,
    time_zone: str,
    until_h: float,
    eased: Curves | None = None,
) -> pd.DataFrame:
    """Return what an incident loses an hour up to an hour, for `replay.lost` and `lost_so_far`."""
    clock = _Clock(incident.start, time_zone)
    rows = [*_lines(curves, clock, until_h), *_whole("whole", curves, clock, until_h)]
    if eased is not None:
        rows += _whole("eased", eased, clock, until_h)
    whole = [row for row in rows if row["part"] == "whole"]
    rows.append({**whole[-1], "part": "end", "text": whole[-1]["so_far"]})
    return pd.DataFrame([*rows, *_phases(incident, clock)])


@dataclass(frozen=True)
class _Clock:
    """The wall clock of a zone during an incident."""

    start: datetime
    time_zone: str

    def at(self, hour: float) -> datetime:
        """Return what the clock shows so many hours after the start, without its zone."""
        then = self.start + timedelta(hours=hour)
        return then.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)


def lines_lost(curves: Curves) -> dict[str, Array]:
    """Return the lines that lose anything worth drawing, money an hour, by their labels."""
    sums = {name: float((usd * curves.length_h).sum()) for name, usd in curves.lost.items()}
    least = _LEAST_LINE * max(sum(sums.values()), 1e-300)
    return {LINES[name]: usd for name, usd in curves.lost.items() if sums[name] >= least}


def _lines(curves: Curves, clock: _Clock, until_h: float) -> list[dict[str, object]]:
    seen = int((curves.hour <= until_h).sum())
    order = {label: k for k, label in enumerate(LINES.values())}
    return [
        {"part": "line", "at": clock.at(hour), "line": label, "order": order[label], "usd": value}
        for label, usd in lines_lost(curves).items()
        for hour, value in zip(curves.hour[:seen].tolist(), usd[:seen].tolist(), strict=True)
    ]


def _whole(part: str, curves: Curves, clock: _Clock, until_h: float) -> list[dict[str, object]]:
    seen = int((curves.hour <= until_h).sum())
    usd = np.sum(list(curves.lost.values()), axis=0)[:seen]
    before = np.concatenate([[0.0], np.cumsum(usd * curves.length_h[:seen])[:-1]])
    return [
        {
            "part": part,
            "at": clock.at(hour),
            "usd": value,
            "total_usd": so_far,
            "said": f"{clock.at(hour):%a %H:%M}",
            "text": fmt.money(value),
            "so_far": fmt.money(so_far),
        }
        for hour, value, so_far in zip(
            curves.hour[:seen].tolist(), usd.tolist(), before.tolist(), strict=True
        )
    ]


def _phases(incident: Incident, clock: _Clock) -> list[dict[str, object]]:
    ends = np.cumsum([phase.hours for phase in incident.phases]).tolist()
    many = len(ends) > 1
    whole = "until now" if incident.id == RUNNING else "it runs"
    return [
        {
            "part": "phase",
            "at": clock.at(begin),
            "end": clock.at(end),
            "text": f"{k + 1}" if many else whole,
        }
        for k, (begin, end) in enumerate(zip([0.0, *ends[:-1]], ends, strict=True))
    ]


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
