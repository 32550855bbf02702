"""One simulated year in full: its incidents and how each was priced (the audit trail of a figure).

>>> from model.scenario.scenario import Scenario
>>> found = one_year(Scenario.default(), 1000, years=2000, seed=1)
>>> bool(abs(found.loss_usd.sum() - found.annual["loss_usd"]) < 1e-6 * (1 + found.loss_usd.sum()))
True
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.arrays import Array
from model.chain.per_year import COLUMNS, price
from model.incidents.draw import draw_block
from model.runs.blocks import plan
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare


@dataclass(frozen=True, eq=False, kw_only=True)
class Year:
    """The incidents of one simulated year, `(n,)` each, and the year's columns."""

    year: int
    """Counted from 1, as in `annual.csv`."""
    cause: tuple[str, ...]
    start_h: Array
    duration_h: Array
    impairments: dict[str, Array]
    lines: dict[str, Array]
    """Each line of the ledger per incident, USD."""
    loss_usd: Array
    net_loss_usd: Array
    annual: dict[str, float]
    world: dict[str, float]
    """What this year's world holds true: the drawn value of every assumption of that level."""


def one_year(scenario: Scenario, year: int, *, years: int, seed: int = 0) -> Year:
    """Return a year (from 1) of the run with one year per world; ValueError if there is none.

    Its block is computed again from the same streams, so the figures are those of the run.
    """
    if not 1 <= year <= years:
        raise ValueError(f"year: {year} given; 1 to {years:,} are simulated")
    cut = plan(scenario, years, None)
    block, world_key, first, _ = cut.block((year - 1) // cut.block_years, seed)
    prepared = prepare(scenario)
    drawn = draw_block(prepared, block, world_block=world_key)
    priced = price(prepared, drawn, block)
    at = year - 1 - first
    mine = priced.outages.year == at
    outages = priced.outages
    fields = ("publish_loss", "playback_loss", "ads_loss")
    return Year(
        year=year,
        cause=tuple(prepared.causes[k] for k in outages.cause[mine]),
        start_h=outages.start_h[mine],
        duration_h=outages.duration_h[mine],
        impairments={name: getattr(outages, name)[mine] for name in fields},
        lines={name: line[mine] for name, line in priced.lines.items()},
        loss_usd=priced.loss_usd[mine],
        net_loss_usd=priced.net_loss_usd[mine],
        annual={name: float(priced.columns[k][at]) for k, name in enumerate(COLUMNS)},
        world={
            name: float(value if np.ndim(value) == 0 else value[at])
            for name, value in drawn.values.items()
        },
    )
