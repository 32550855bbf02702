"""The contract: hours it counts as down, and the credit of each month (MODEL §4.8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.arrays import Array, Index, at
from model.chain.types import PhasedIncidents
from model.worlds.clock import Clock
from model.worlds.streams import Values


@dataclass(frozen=True)
class Contract:
    """SLA terms; `(years,)` or scalar except the tiers."""

    monthly_bill: Array
    scope_share: Array
    claim_success: Array
    tiers: tuple[tuple[float, float], ...]
    """(availability below which, share of the bill credited)."""


def sla_credit(
    year: Index, start_h: Array, down_h: Array, years: int, contract: Contract, clock: Clock
) -> Array:
    """Return the SLA credit of each year in USD (positive), `(years,)`.

    Counted hours fall in the calendar months they run in; a month takes the highest credit among
    the tiers its availability is strictly below (MODEL §4.8).
    """
    counted = np.flatnonzero(down_h > 0)
    if not len(counted):
        return np.zeros(years)
    year, begin = year[counted], start_h[counted]
    end = begin + down_h[counted]
    month = np.searchsorted(clock.month_ends_h, begin, side="right")
    months = int(np.searchsorted(clock.month_ends_h, end.max(), side="left")) + 1
    cells, hours = [], []
    while len(year):
        stop = np.minimum(end, clock.month_ends_h[month])
        cells.append(year * months + month)
        hours.append(stop - begin)
        left = np.flatnonzero(end > stop)
        year, begin, end, month = year[left], stop[left], end[left], month[left] + 1
    cell, down = np.concatenate(cells), np.concatenate(hours)
    # All but the few that run into another month are in order already.
    order = np.argsort(cell, kind="stable")
    cell, down = cell[order], down[order]
    first = np.flatnonzero(np.concatenate(([True], cell[1:] != cell[:-1])))
    cell, down = cell[first], np.add.reduceat(down, first)
    availability = np.maximum(0.0, 1.0 - down / clock.month_hours[cell % months])
    credit = np.zeros(len(cell))
    for below, share in contract.tiers:
        np.maximum(credit, np.where(availability < below, share, 0.0), out=credit)
    credited = np.bincount(cell // months, weights=credit, minlength=years)
    return np.asarray(
        credited * contract.monthly_bill * contract.scope_share * contract.claim_success
    )


def counted_hours(values: Values, incidents: PhasedIncidents, world: Index) -> Array:
    """Return the hours of each incident that the contract counts as down, `(n,)` (MODEL §4.8).

    Phases start together and end in order: the loss at any time is the sum of those still on.
    """
    needed = at(values["sla.counted_from"], world)
    down = np.zeros(len(world))
    for k in range(len(incidents.duration_h)):
        loss = np.maximum(
            incidents.publish_loss[k:].sum(axis=0), incidents.playback_loss[k:].sum(axis=0)
        )
        down = np.where(loss >= needed, incidents.duration_h[k], down)
    return down
