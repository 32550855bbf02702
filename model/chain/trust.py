"""The slow links: creators who stop posting, viewers who come back less, advertisers who pay less.

Slow effects start when an incident (each of its phases) ends and fade with a time constant;
`calendar.fading` weighs them with demand and price (MODEL §4.6–7). Results are revenue-hours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index
from model.worlds.calendar import Calendar
from model.worlds.clock import MONTH_H, YEAR_H


class Trust(NamedTuple):
    """What the lost trust of each incident costs, revenue-hours, `(n,)`."""

    retention_temporary: Array
    retention_permanent: Array
    ad_price: Array
    permanent_after_year: Array
    """Part of the permanent retention that falls after the year's end."""


def trust_drops(
    year: Index,
    start_h: Array,
    end_h: Array,
    exposure: Array,
    kept: Array,
    effect: Array,
    gain: Array,
    recovery_h: Array,
    permanent: Array,
    horizon_h: Array,
) -> Array:
    """Return ΔT of incidents sorted by year and start, `(n,)` (MODEL §4.7).

    What is still missing from the year's earlier incidents raises the harm of the next, so years
    advance together, one incident each at a time. `kept` is the share of an incident's temporary
    drop still missing at its end (below one if an earlier phase has begun to recover).
    """
    n = len(year)
    drop = effect * exposure
    follows = np.zeros(n, dtype=np.bool_)
    follows[1:] = year[1:] == year[:-1]
    if not follows.any():
        return drop
    opening = np.maximum.accumulate(np.where(follows, 0, np.arange(n)))
    # Trust that was still to regain when the next incident began keeps regaining during it.
    fading = np.exp((start_h - end_h) / recovery_h)
    since_last = np.ones(n)
    since_last[1:] = np.exp(np.minimum(end_h[:-1] - start_h[1:], 0.0) / recovery_h[1:])
    fresh = kept * (1.0 - permanent)
    lapsed = _lapsed(year, start_h, end_h, horizon_h, opening)
    total, temporary = drop.copy(), fresh * drop
    i = np.flatnonzero(~follows)
    while len(i):
        i = i[i < n - 1] + 1
        i = i[follows[i]]
        before, harmed = i - 1, effect.take(i)
        earlier = lasting = total.take(before)
        if lapsed is not None:
            gone = lapsed.take(i)
            old = np.where(gone > opening.take(i), total.take(np.maximum(gone - 1, 0)), 0.0)
            lasting = earlier - old
        regaining = temporary.take(before) * since_last.take(i)
        missing = regaining + permanent.take(i) * lasting
        share = np.divide(missing, harmed, out=np.zeros(len(i)), where=harmed > 0)
        here = drop.take(i) * (1.0 + gain.take(i) * np.minimum(share, 1.0))
        drop[i], total[i] = here, earlier + here
        temporary[i] = regaining * fading.take(i) + here * fresh.take(i)
    return drop


def _lapsed(
    year: Index,
    start_h: Array,
    end_h: Array,
    horizon_h: Array,
    opening: Index,
) -> Index | None:
    """Index of the first incident of the same year whose horizon is not over at each start.

    None if no horizon is over within its year.
    """
    old = np.flatnonzero(start_h - horizon_h >= end_h[opening])
    if not len(old):
        return None
    lapsed = opening.copy()
    span = 2.0 * (1.0 + float(end_h.max()))
    keys = year * span + end_h
    lapsed[old] = np.searchsorted(keys, (year * span + start_h - horizon_h)[old], "right")
    return lapsed


def trust_losses(
    end_h: Array,
    drop: Array,
    recovery_h: Array,
    permanent: Array,
    horizon_h: Array,
    sensitivity: Array,
    calendar: Calendar,
) -> Trust:
    """Return what missing trust costs in viewing and in ad price (MODEL §4.7).

    `end_h` and `drop` are `(phases, n)`: each phase drops its part at its own end.
    """
    staying = permanent * drop
    fading = ((drop - staying) * calendar.fading.length(end_h, recovery_h)).sum(axis=0)
    until = end_h + horizon_h
    worth = calendar.value.deviation(until)
    worth += until
    ended = calendar.value.deviation(end_h)
    ended += end_h
    lasting = (staying * (worth - ended)).sum(axis=0)
    year_ended = YEAR_H + float(calendar.value.deviation(np.array([float(YEAR_H)]))[0])
    after = (staying * np.maximum(worth - np.maximum(ended, year_ended), 0.0)).sum(axis=0)
    return Trust(fading, lasting, sensitivity * (fading + lasting), after)


def horizon_hours(months: Array) -> Array:
    """Return months of 730 h as hours."""
    return months * MONTH_H
