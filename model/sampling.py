"""Sampling the outages of a block of years: counts, starts, repeats, durations, losses.

Each cause draws from streams of its own, so a change to one cause leaves the others' incidents as
they were (MODEL §3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.calendar import YEAR_H
from model.outages import (
    SHORTEST_H,
    Outages,
    Starts,
    expected_count,
    poisson,
    start_hours,
    starts,
)
from model.scenario import Scenario
from model.streams import stream
from model.worlds import Array, assumption, distribution

Index = NDArray[np.int64]
Values = Mapping[str, Array]

_LOSSES = ("publish_loss", "playback_loss", "ads_loss")


@dataclass(frozen=True)
class Sampled:
    """Incidents of a block before merging, and how many durations were cut at the maximum."""

    outages: Outages
    capped: int


@dataclass(frozen=True)
class Block:
    """Where a block's random numbers come from and which of its years belongs to which world."""

    seed: int
    key: tuple[int, ...]
    years: int
    world_of_year: Index
    """`(years,)`."""

    def uniform(self, name: str, size: int) -> Array:
        """Uniform numbers of one named quantity."""
        return stream(self.seed, self.key, name).random(size)

    def normal(self, name: str, size: int) -> Array:
        """Standard normals of one named quantity."""
        return stream(self.seed, self.key, name).standard_normal(size)


def per_year(values: Array, block: Block) -> Array:
    """Spread world values over the block's years; scalars stay scalars."""
    return values[block.world_of_year] if np.ndim(values) else values


def at(values: Array, index: Index) -> Array:
    """Pick values by index; scalars stay scalars."""
    return values[index] if np.ndim(values) else values


@lru_cache(maxsize=64)
def _starts(scenario: Scenario, cause: str) -> Starts:
    """Start table of a cause, with a grid of fade times wide enough for its belief."""
    belief = scenario.belief(f"incidents.{cause}.early_life_months")
    months: tuple[float, ...] = (belief.low,)
    if not belief.certain:
        fitted = distribution(scenario, f"incidents.{cause}.early_life_months")
        low, high = fitted.from_normal(np.array([-5.0, 5.0]))
        months = tuple(np.geomspace(max(low, 1e-3), max(high, 2e-3), 65).tolist())
    return starts(
        scenario.word("simulation.start_date"),
        scenario.word(f"incidents.{cause}.timing"),
        scenario.word("profiles.demand"),
        months,
    )


def sample(scenario: Scenario, values: Values, block: Block) -> Sampled:
    """Draw all incidents of the block, sorted by year and start, overlaps not yet merged."""
    drawn = [_cause(scenario, values, block, k) for k in range(len(scenario.causes))]
    parts = [part.outages for part in drawn]
    merged = Outages(
        *(np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0]))
    )
    # Years are whole numbers far apart on this scale, so one sort orders by year, then by start.
    order = np.argsort(merged.year * 65_536.0 + merged.start_h)
    return Sampled(merged.take(order), sum(part.capped for part in drawn))


def _cause(scenario: Scenario, values: Values, block: Block, index: int) -> Sampled:
    """Draw the incidents of one cause: its own and, in generations, the repeats they trigger."""
    cause = scenario.causes[index]
    year, start = _strikes(scenario, values, block, cause)
    year, start = _with_repeats(values, block, cause, year, start)
    world = block.world_of_year[year]
    n = len(year)

    def incident(name: str) -> Array:
        return _draw(scenario, block, name, f"incidents.{cause}", n)

    duration = incident(f"incidents.{cause}.duration")
    duration = duration * at(values[f"incidents.{cause}.duration_level"], world)
    longest = float(values["simulation.max_duration"])
    capped = int(np.count_nonzero(duration > longest))
    odds = at(values[f"incidents.{cause}.severity_level"], world)
    losses = [_scale_odds(incident(f"incidents.{cause}.{name}"), odds) for name in _LOSSES]
    if np.any(values["resilience.failover_success"] > 0):
        time, chance = incident("resilience.failover_time"), block.uniform(
            f"incidents.{cause}.failover", n
        )
    else:
        time, chance = np.zeros(n), np.ones(n)
    outages = Outages(
        year,
        np.full(n, index),
        start,
        np.clip(duration, SHORTEST_H, longest),
        *losses,
        incident("costs.response_per_incident"),
        incident("costs.response_per_hour"),
        time,
        chance,
    )
    return Sampled(outages, capped)


def _draw(scenario: Scenario, block: Block, name: str, owner: str, size: int) -> Array:
    """Draw one incident-level belief for the incidents of `owner`, within its bounds."""
    belief = scenario.belief(name)
    if belief.certain:
        return np.full(size, belief.low)
    entry = assumption(name)
    key = name if name.startswith(owner) else f"{owner}.{name}"
    drawn = distribution(scenario, name).from_normal(block.normal(key, size))
    return np.clip(drawn, entry.lower, entry.upper, out=drawn)


def _scale_odds(loss: Array, level: Array) -> Array:
    """Multiply the odds of a share; 0 stays 0 and 1 stays 1.

    >>> _scale_odds(np.array([0.0, 0.5, 1.0]), np.array(3.0)).tolist()
    [0.0, 0.75, 1.0]
    """
    return np.asarray(loss * level / (1.0 + loss * (level - 1.0)))


def _strikes(
    scenario: Scenario, values: Values, block: Block, cause: str
) -> tuple[Index, Array]:
    """Draw year and start hour of a cause's own incidents, `(n,)` each."""
    prefix = f"incidents.{cause}"
    table = _starts(scenario, cause)
    mean, early, position = expected_count(
        table,
        values[f"{prefix}.rate_per_year"],
        values[f"{prefix}.early_life_multiplier"],
        values[f"{prefix}.early_life_months"],
        values["simulation.platform_age_months"],
    )
    if np.ndim(mean) == 0 and mean == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    means = np.broadcast_to(per_year(mean, block), (block.years,))
    count = poisson(block.uniform(f"{prefix}.count", block.years), means)
    year = np.repeat(np.arange(block.years), count)
    n = len(year)
    share = early / np.where(mean > 0, mean, 1.0)
    world = block.world_of_year[year]
    start = start_hours(
        table,
        block.uniform(f"{prefix}.start", n),
        np.broadcast_to(at(share, world), (n,)),
        np.broadcast_to(at(position, world), (n,)),
        block.uniform(f"{prefix}.start.fade", n) if len(table.fading) > 1 else np.zeros(n),
    )
    return year, start


def _with_repeats(
    values: Values, block: Block, cause: str, year: Index, start: Array
) -> tuple[Index, Array]:
    """Append the repeats of all generations that fall within the year."""
    ratio, lag_h = values["recurrence.repeat_ratio"], values["recurrence.repeat_lag"] * 24.0
    if not np.any(ratio > 0):
        return year, start
    numbers = stream(block.seed, block.key, f"incidents.{cause}.repeats")
    years, begins = [year], [start]
    while len(year):
        world = block.world_of_year[year]
        means = np.broadcast_to(at(ratio, world), (len(year),))
        count = poisson(numbers.random(len(year)), means)
        year, start, world = (np.repeat(x, count) for x in (year, start, world))
        start = start + at(lag_h, world) * numbers.standard_exponential(len(year))
        inside = start < YEAR_H
        year, start = year[inside], start[inside]
        years.append(year)
        begins.append(start)
    return np.concatenate(years), np.concatenate(begins)
