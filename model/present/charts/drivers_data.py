"""The tables behind the charts of what drives the answer, and what their CSV holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.drivers.information import Information
from model.drivers.luck import Ignorance
from model.drivers.reverse import Reverse
from model.drivers.shares import Shares
from model.drivers.tornado import Tornado
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.drivers import ends, unit_of
from model.present.words.spoken.subject import declared
from model.present.words.titles import bar_label, title
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution

LOW, HIGH = "low input", "high input"


def tornado(found: Tornado, base_usd: float, most: int) -> pd.DataFrame:
    """Return the longest bars around the figure as all pages show it, for `tornado`."""
    rows: list[dict[str, object]] = []
    for order, bar in enumerate(found.together[:most]):
        inputs = ends(bar)
        for which, change, text in zip((LOW, HIGH), (bar.at_low, bar.at_high), inputs, strict=True):
            rows.append(
                {
                    "part": "bar",
                    "order": order,
                    "name": bar.name,
                    "label": bar_label(bar),
                    "which": which,
                    "per": bar.per,
                    "usd": base_usd + change.value,
                    "base_usd": base_usd,
                    "low_usd": base_usd + change.low,
                    "high_usd": base_usd + change.high,
                    "input": text,
                    "side": "left" if change.value < 0 else "right",
                    "shown": fmt.money(base_usd + change.value),
                }
            )
    text = f"as it is {fmt.money(base_usd)}"
    rows.append({"part": "base", "usd": base_usd, "text": text})
    return pd.DataFrame(rows)


def shares(found: Shares, most: int) -> pd.DataFrame:
    """Return the largest variance shares, for `parts`."""
    chosen = [row for row in found.shares if row.share.value > 0][:most]
    return _bars(
        [(declared(row.name).label, row.share, estimates.chance(row.share)) for row in chosen]
    )


def worths(found: Information, scenario: Scenario, most: int) -> pd.DataFrame:
    """Return what is most worth finding out, for `worths`."""
    chosen = [row for row in found.worths if row.value.value > 0][:most]
    table = _bars(
        [(title(row.name, scenario), row.value, estimates.money(row.value)) for row in chosen]
    )
    return table.assign(null_95=found.null_95_usd)


def _bars(rows: list[tuple[str, Estimate, str]]) -> pd.DataFrame:
    columns = ["order", "label", "value", "low", "high", "text"]
    cells = [(k, label, f.value, f.low, f.high, text) for k, (label, f, text) in enumerate(rows)]
    return pd.DataFrame(cells, columns=columns)


def ignorance(found: Ignorance) -> pd.DataFrame:
    """Return the loss exceedance curve with its band over worlds, for `ignorance`."""
    table = pd.DataFrame(
        {
            "loss_usd": found.loss_usd,
            "chance": found.chance,
            "low": found.low,
            "high": found.high,
        }
    )
    table = table[table["loss_usd"] > 0].drop_duplicates("loss_usd")
    return table.assign(text=[fmt.money(loss) for loss in table["loss_usd"]])


def reverse(found: Reverse, scenario: Scenario, today_usd: float | None = None) -> pd.DataFrame:
    """Return the figure over the values tried, and where it meets the level, for `reverse`.

    `today_usd` is the figure as all pages show it, over the whole belief that is in force.
    """
    unit = unit_of(found.name)
    rows: list[dict[str, object]] = [
        {
            "part": "tried",
            "value": value,
            "usd": figure.value,
            "low_usd": figure.low,
            "high_usd": figure.high,
            "text": fmt.shown(float(value), unit, 2),
            "shown": fmt.money(figure.value),
        }
        for value, figure in zip(found.tried, found.figures, strict=True)
    ]
    rows.append({"part": "level", "usd": found.level_usd, "text": fmt.money(found.level_usd, 3)})
    if found.value is not None:
        text = fmt.shown(found.value, unit, 2)
        rows.append({"part": "met", "value": found.value, "usd": found.level_usd, "text": text})
    believed = distribution(scenario, found.name).ppf(np.array([0.05, 0.95]))
    low, high = np.clip(believed, *found.searched)
    rows.append({"part": "belief", "value": low, "value_high": high, "text": "believed"})
    if today_usd is not None:
        text = f"today {fmt.money(today_usd)}"
        rows.append({"part": "today", "usd": today_usd, "text": text})
    return pd.DataFrame(rows)
