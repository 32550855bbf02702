"""Arrivals: when the incidents of each cause begin, before their repeats (MODEL §3)."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, at
from model.incidents.poisson import poisson
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values, per_year, stream
from model.worlds.timing import Starts, expected_count, start_hours


class Arrivals(NamedTuple):
    """When incidents begin, cause after cause, each cause's own before their repeats, `(n,)`."""

    year: Index
    start_h: Array
    cause: Index
    trigger: Index
    """Position of the incident that triggered this one, −1 for none."""
    parts: list[slice]
    """Where each cause's incidents are."""


def parts_of(cause: Index, causes: int) -> list[slice]:
    """Return where each cause is in an array sorted by cause."""
    ends = np.searchsorted(cause, np.arange(causes + 1)).tolist()
    return [slice(begin, end) for begin, end in pairwise(ends)]


def own_arrivals(
    prepared: Prepared, causes: tuple[str, ...], values: Values, block: Block
) -> Arrivals:
    """Draw year and start hour of each cause's own incidents."""
    means, uniform = np.zeros((2, len(causes), block.years))
    starting = []
    for cause, mean, u in zip(causes, means, uniform, strict=True):
        prefix = f"incidents.{cause}"
        expected, early, position = expected_count(
            prepared.starts[cause],
            values[f"{prefix}.rate_per_year"],
            values[f"{prefix}.early_life_multiplier"],
            values[f"{prefix}.early_life_months"],
            values["simulation.platform_age_months"],
        )
        mean[:] = per_year(expected, block)
        stream(block.seed, block.key, f"{prefix}.count").random(out=u)
        starting.append((early / np.where(expected > 0, expected, 1.0), position))
    which = repeated(poisson(uniform.ravel(), means.ravel()))
    index, year = np.divmod(which, block.years)
    parts = parts_of(index, len(causes))
    start = np.empty(len(year))
    for cause, part, (share, position) in zip(causes, parts, starting, strict=True):
        source = f"incidents.{cause}.start"
        start[part] = _start(prepared.starts[cause], block, source, year[part], share, position)
    return Arrivals(
        year=year, start_h=start, cause=index, trigger=np.full(len(year), -1), parts=parts
    )


def _start(
    table: Starts, block: Block, source: str, year: Index, share: Array, position: Array
) -> Array:
    """Draw the start hours of a cause's own incidents, `(n,)`, from the streams of `source`."""
    n, world = len(year), block.world_of_year.take(year)
    several = len(table.log_months) > 1
    return start_hours(
        table,
        block.uniform(source, n),
        np.broadcast_to(at(share, world), (n,)),
        np.broadcast_to(at(position, world), (n,)),
        block.uniform(f"{source}.fade", n) if several else np.zeros(n),
    )


def repeated(count: Index) -> Index:
    """Return each position as often as it counts, in order."""
    hit = np.flatnonzero(count)
    times = count.take(hit)
    return hit if np.all(times == 1) else np.repeat(hit, times)
