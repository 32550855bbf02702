"""Sampling the incidents of a block of years: counts, starts, repeats, durations, losses.

Each cause draws from streams of its own, so a change to one cause leaves the others' incidents as
they were (MODEL §3).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.arrays import Index
from model.incidents.arrivals import own_arrivals
from model.incidents.merging import merge
from model.incidents.properties import fails_over, properties
from model.incidents.repeats import with_repeats
from model.incidents.types import SHORTEST_H, Incidents, alone
from model.worlds.draw import draw
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values


@dataclass(frozen=True, eq=False)
class Sampled:
    """Incidents of a block before merging, as drawn and in order."""

    drawn: Incidents
    """Cause after cause, each cause's own before their repeats."""
    trigger: Index
    """Position there of what triggered an incident, −1 for nothing."""
    parts: tuple[slice, ...]
    """Where each cause's incidents are."""
    capped_of: tuple[int, ...]
    """How many durations of each cause were cut at the maximum."""
    clipped_of: tuple[Counter[str], ...]
    """How many draws of each incident-level belief were set to a physical bound, by cause."""

    @cached_property
    def order(self) -> Index:
        """Where each incident stood when drawn, by year and start."""
        return self.drawn.order()

    @cached_property
    def incidents(self) -> Incidents:
        """The incidents sorted by year and start."""
        return self.drawn.take(self.order)

    @property
    def per_cause(self) -> tuple[int, ...]:
        """How many incidents each cause has."""
        return tuple(part.stop - part.start for part in self.parts)

    @property
    def capped(self) -> int:
        """How many durations were cut at the maximum."""
        return sum(self.capped_of)

    @property
    def clipped(self) -> dict[str, int]:
        """How many draws of each incident-level belief were set to a physical bound."""
        return dict(sum(self.clipped_of, Counter[str]()))

    @property
    def parent(self) -> Index:
        """Position of the incident that triggered this one, −1 for none, in order, `(n,)`."""
        place = np.empty(len(self.order) + 1, dtype=np.int64)
        place[self.order], place[-1] = np.arange(len(self.order)), -1
        return np.asarray(place[self.trigger][self.order])


def sample(
    prepared: Prepared, values: Values, block: Block, causes: tuple[str, ...] | None = None
) -> Sampled:
    """Draw the incidents of some causes in the block (default: of all), not yet merged.

    `cause` counts in the causes asked for.
    """
    causes = prepared.causes if causes is None else causes
    arrivals = with_repeats(values, block, causes, own_arrivals(prepared, causes, values, block))
    drawn, clipped = properties(prepared, causes, values, block, arrivals)
    longest = float(values["simulation.max_duration"])
    capped = [int(np.count_nonzero(drawn["duration_h"][part] > longest)) for part in arrivals.parts]
    np.clip(drawn["duration_h"], SHORTEST_H, longest, out=drawn["duration_h"])
    if not fails_over(values):
        n = len(arrivals.year)
        drawn |= {"failover_time_h": np.zeros(n), "failover_chance": np.ones(n)}
    return Sampled(
        drawn=Incidents(
            year=arrivals.year,
            cause=arrivals.cause,
            causes=alone(arrivals.cause),
            start_h=arrivals.start_h,
            **drawn,
        ),
        trigger=arrivals.trigger,
        parts=tuple(arrivals.parts),
        capped_of=tuple(capped),
        clipped_of=clipped,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class DrawnBlock:
    """The incidents of a block after merging, with the worlds they happen in."""

    values: Values
    incidents: Incidents
    capped: int
    before_merging: int
    clipped: dict[str, int]


def draw_block(prepared: Prepared, block: Block, *, world_block: tuple[int, ...]) -> DrawnBlock:
    """Draw the worlds of a block, from the streams of `world_block`, and what happens there."""
    values, clipped = draw(prepared, seed=block.seed, block=world_block, worlds=block.worlds)
    return draw_years(prepared, values, clipped, block)


def draw_years(
    prepared: Prepared, values: Values, clipped: dict[str, int], block: Block
) -> DrawnBlock:
    """Draw what happens in worlds already drawn, of which `clipped` draws were set to a bound."""
    sampled = sample(prepared, values, block)
    return DrawnBlock(
        values=values,
        incidents=merge(sampled.incidents),
        capped=sampled.capped,
        before_merging=len(sampled.trigger),
        clipped=dict(Counter(clipped) + Counter(sampled.clipped)),
    )
