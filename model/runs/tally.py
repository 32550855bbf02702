"""Sums over a run that need no column per year: by cause, by hour of week, a few incidents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.chain.per_year import Priced
from model.incidents.draw import DrawnBlock
from model.worlds.prepared import Prepared
from model.worlds.streams import Block


@dataclass(frozen=True, eq=False)
class Ledger:
    """Single simulated incidents, as struct of arrays `(n,)`."""

    SAMPLE = 5000

    columns: dict[str, NDArray[np.generic]]


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over a run that need no column per year; blocks add up."""

    cause_sum: Array
    """Loss by cause, `(causes,)`."""
    cause_squares: Array
    """Sum over worlds of the squared loss by cause, `(causes,)`."""
    clusters: int
    by_hour: Array
    """`(5, 168)`: loss, minutes, loss², loss·minutes, minutes² by starting hour of week."""
    incidents: int
    before_merging: int
    capped: int
    clipped: dict[str, int]
    sample: Ledger

    @staticmethod
    def of(prepared: Prepared, drawn: DrawnBlock, priced: Priced, block: Block, keep: int) -> Tally:
        """Sum up one block, keeping the first `keep` incidents."""
        outages, loss = priced.outages, priced.loss_usd
        causes = len(prepared.causes)
        worlds = block.worlds
        cell = block.world_of_year[outages.year] * causes + outages.cause
        by_world = np.bincount(cell, weights=loss, minlength=worlds * causes)
        by_world = by_world.reshape(worlds, causes)
        hours = prepared.calendar.clock.hour_of_week
        hour = hours[outages.start_h.astype(np.int64)]
        minutes = outages.duration_h * 60.0
        products = (loss, minutes, loss * loss, loss * minutes, minutes * minutes)
        return Tally(
            by_world.sum(axis=0),
            (by_world**2).sum(axis=0),
            worlds,
            np.stack([np.bincount(hour, weights=w, minlength=168) for w in products]),
            len(loss),
            drawn.before_merging,
            drawn.capped,
            drawn.clipped,
            _sample(prepared, priced, keep),
        )

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both blocks, in order."""
        names = {*self.clipped, *other.clipped}
        return Tally(
            self.cause_sum + other.cause_sum,
            self.cause_squares + other.cause_squares,
            self.clusters + other.clusters,
            self.by_hour + other.by_hour,
            self.incidents + other.incidents,
            self.before_merging + other.before_merging,
            self.capped + other.capped,
            {n: self.clipped.get(n, 0) + other.clipped.get(n, 0) for n in sorted(names)},
            self.sample,
        )


def _sample(prepared: Prepared, priced: Priced, keep: int) -> Ledger:
    if not keep:
        return Ledger({})
    outages = priced.outages
    names = np.array(prepared.causes)
    first = slice(0, keep)
    return Ledger(
        {
            "year": outages.year[first] + 1,
            "cause": names[outages.cause[first]],
            "start_h": outages.start_h[first],
            "duration_h": outages.duration_h[first],
            "publish_loss": outages.publish_loss[first],
            "playback_loss": outages.playback_loss[first],
            "ads_loss": outages.ads_loss[first],
            "loss_usd": priced.loss_usd[first],
            "net_loss_usd": priced.net_loss_usd[first],
        }
    )
