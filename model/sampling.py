"""Sampling the outages of a block of years: counts, starts, repeats, durations, losses.

Each cause draws from streams of its own, so a change to one cause leaves the others' incidents as
they were (MODEL §3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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
from model.worlds import Array, distribution, kept_within, leaves

Index = NDArray[np.int64]
Values = Mapping[str, Array]

_LOSSES = ("publish_loss", "playback_loss", "ads_loss")


@dataclass(frozen=True)
class Sampled:
    """Incidents of a block before merging, sorted by year and start."""

    outages: Outages
    triggers: tuple[Index, ...]
    """Per cause, in the order drawn: what triggered an incident, −1 for nothing."""
    order: Index
    """Where each incident stood when the causes' incidents were drawn one after the other."""
    per_cause: tuple[int, ...]
    capped: int
    """How many durations were cut at the maximum."""
    clipped: dict[str, int]
    """How many draws of each incident-level belief were set to a physical bound."""

    @property
    def parent(self) -> Index:
        """Position of the incident that triggered this one, −1 for none, `(n,)`."""
        firsts = np.cumsum([0, *self.per_cause])
        parent = np.concatenate(
            [np.where(own < 0, -1, own + k) for own, k in zip(self.triggers, firsts, strict=False)]
        )
        place = np.empty(len(self.order) + 1, dtype=np.int64)
        place[self.order], place[-1] = np.arange(len(self.order)), -1
        return np.asarray(place[parent][self.order])

    def uniform(self, causes: tuple[str, ...], block: Block, name: str) -> Array:
        """Draw a further uniform number per incident, from each cause's own stream, `(n,)`."""
        drawn = [
            block.uniform(f"incidents.{cause}.{name}", n)
            for cause, n in zip(causes, self.per_cause, strict=True)
        ]
        return np.concatenate(drawn)[self.order]


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
def start_table(scenario: Scenario, cause: str) -> Starts:
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
    per_cause = tuple(len(part.year) for part in parts)
    outages = Outages(
        *(np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0]))
    )
    # Years are whole numbers far apart on this scale, so one sort orders by year, then by start.
    order = np.argsort(outages.year * 65_536.0 + outages.start_h)
    capped = sum(part.capped for part in drawn)
    clipped = sum((Counter(part.clipped) for part in drawn), Counter[str]())
    triggers = tuple(part.parent for part in drawn)
    return Sampled(outages.take(order), triggers, order, per_cause, capped, clipped)


class _Drawn(NamedTuple):
    """Incidents of one cause, in the order drawn; `parent` is a position among them, or −1."""

    outages: Outages
    parent: Index
    capped: int
    clipped: dict[str, int]


def _cause(scenario: Scenario, values: Values, block: Block, index: int) -> _Drawn:
    """Draw the incidents of one cause: its own and, in generations, the repeats they trigger."""
    cause = scenario.causes[index]
    year, start = _strikes(scenario, values, block, cause)
    year, start, parent = _with_repeats(values, block, cause, year, start)
    world = block.world_of_year[year]
    n = len(year)
    clipped: dict[str, int] = {}

    def incident(name: str) -> Array:
        drawn, clipped[name] = _draw(scenario, block, name, f"incidents.{cause}", n)
        return drawn

    duration = incident(f"incidents.{cause}.duration")
    duration = duration * at(values[f"incidents.{cause}.duration_level"], world)
    longest = float(values["simulation.max_duration"])
    fails_over = np.any(values["resilience.failover_success"] > 0)
    capped = int(np.count_nonzero(duration > longest))
    odds = at(values[f"incidents.{cause}.severity_level"], world)
    publish, playback, ads = (
        scale_odds(incident(f"incidents.{cause}.{name}"), odds) for name in _LOSSES
    )
    outages = Outages(
        year,
        np.full(n, index),
        start,
        np.clip(duration, SHORTEST_H, longest),
        publish,
        playback,
        ads,
        incident("costs.response_per_incident"),
        incident("costs.response_per_hour"),
        incident("resilience.failover_time") if fails_over else np.zeros(n),
        block.uniform(f"incidents.{cause}.failover", n) if fails_over else np.ones(n),
    )
    return _Drawn(outages, parent, capped, clipped)


def _draw(scenario: Scenario, block: Block, name: str, owner: str, size: int) -> tuple[Array, int]:
    """Draw one incident-level belief for the incidents of `owner`, and count the draws clipped."""
    belief = scenario.belief(name)
    if belief.certain:
        return np.full(size, belief.low), 0
    key = name if name.startswith(owner) else f"{owner}.{name}"
    drawn = distribution(scenario, name).from_normal(block.normal(key, size))
    bounds = leaves(scenario, name)
    return kept_within(drawn, bounds) if bounds else (drawn, 0)


def scale_odds(loss: Array, level: Array) -> Array:
    """Multiply the odds of a share; 0 stays 0 and 1 stays 1.

    >>> scale_odds(np.array([0.0, 0.5, 1.0]), np.array(3.0)).tolist()
    [0.0, 0.75, 1.0]
    """
    return np.asarray(loss * level / (1.0 + loss * (level - 1.0)))


def _strikes(scenario: Scenario, values: Values, block: Block, cause: str) -> tuple[Index, Array]:
    """Draw year and start hour of a cause's own incidents, `(n,)` each."""
    prefix = f"incidents.{cause}"
    table = start_table(scenario, cause)
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
    year = _repeated(count)
    n = len(year)
    share = early / np.where(mean > 0, mean, 1.0)
    world = block.world_of_year[year]
    start = start_hours(
        table,
        block.uniform(f"{prefix}.start", n),
        np.broadcast_to(at(share, world), (n,)),
        np.broadcast_to(at(position, world), (n,)),
        block.uniform(f"{prefix}.start.fade", n) if len(table.log_months) > 1 else np.zeros(n),
    )
    return year, start


def _repeated(count: Index) -> Index:
    """Return each position as often as it counts, in order."""
    hit = np.flatnonzero(count)
    times = count[hit]
    return hit if np.all(times == 1) else np.repeat(hit, times)


def _with_repeats(
    values: Values, block: Block, cause: str, year: Index, start: Array
) -> tuple[Index, Array, Index]:
    """Append the repeats of all generations that fall within the year, and who triggered them."""
    ratio, lag_h = values["recurrence.repeat_ratio"], values["recurrence.repeat_lag"] * 24.0
    parent = np.full(len(year), -1)
    if not np.any(ratio > 0):
        return year, start, parent
    numbers = stream(block.seed, block.key, f"incidents.{cause}.repeats")
    generations = [(year, start, parent)]
    place = np.arange(len(year))
    while len(year):
        world = block.world_of_year[year]
        means = np.broadcast_to(at(ratio, world), (len(year),))
        count = poisson(numbers.random(len(year)), means)
        of = _repeated(count)
        year, parent = year[of], place[of]
        start = start[of] + at(lag_h, world[of]) * numbers.standard_exponential(len(of))
        inside = np.flatnonzero(start < YEAR_H)
        year, start, parent = year[inside], start[inside], parent[inside]
        place = place[-1:] + 1 + np.arange(len(year))
        generations.append((year, start, parent))
    years, starts_, parents = zip(*generations, strict=True)
    return np.concatenate(years), np.concatenate(starts_), np.concatenate(parents)
