"""Blocks: how a run is cut, so that any number of workers gives the same bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.limits import MOST_YEARS
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution
from model.worlds.streams import Block

BLOCK_YEARS = 25_000
LONG_RUN_YEARS = 200_000
"""From here on blocks are twice as long: fewer and longer array operations share cores better."""
_MOST_INCIDENTS = 400_000
"""Incidents expected in a block at most; busier scenarios get smaller blocks."""


@dataclass(frozen=True)
class Plan:
    """How a run is cut: blocks of whole worlds, or, for long worlds, parts of one world."""

    years: int
    worlds: int
    block_years: int

    @property
    def years_per_world(self) -> int:
        """Simulated years of each world."""
        return self.years // self.worlds

    def __len__(self) -> int:
        """Return the number of blocks."""
        per_world = self.years_per_world
        if per_world > self.block_years:
            return self.worlds * -(-per_world // self.block_years)
        return -(-self.worlds // self._worlds_per_block)

    @property
    def _worlds_per_block(self) -> int:
        return max(1, self.block_years // self.years_per_world)

    def block(self, index: int, seed: int) -> tuple[Block, tuple[int, ...], int, int]:
        """Return a block, the key of its worlds' streams, its first year and its first world."""
        per_world = self.years_per_world
        if per_world > self.block_years:
            parts = -(-per_world // self.block_years)
            world, part = divmod(index, parts)
            first = part * self.block_years
            years = min(self.block_years, per_world - first)
            key = (world, 1 + part)
            block = Block(seed, key, years, np.zeros(years, dtype=np.int64))
            return block, (world, 0), world * per_world + first, world
        worlds = self._worlds_per_block
        first_world = index * worlds
        count = min(worlds, self.worlds - first_world)
        of_year = np.repeat(np.arange(count), per_world)
        block = Block(seed, (index, 1), len(of_year), of_year)
        return block, (index, 0), first_world * per_world, first_world


def plan(scenario: Scenario, years: int, worlds: int | None) -> Plan:
    """Check the size of a run and cut it into blocks; ValueError says what is allowed."""
    if isinstance(years, bool) or not isinstance(years, int) or not 1 <= years <= MOST_YEARS:
        allowed = f"a whole number from 1 to {MOST_YEARS:,} is allowed"
        raise ValueError(f"years: {years!r} given; {allowed}")
    worlds = years if worlds is None else worlds
    if isinstance(worlds, bool) or not isinstance(worlds, int) or not 1 <= worlds <= years:
        raise ValueError(f"worlds: {worlds!r} given; a whole number from 1 to years is allowed")
    if years % worlds:
        raise ValueError(f"worlds: {worlds} given; it must divide the {years} years")
    size = BLOCK_YEARS if years < LONG_RUN_YEARS else 2 * BLOCK_YEARS
    busy = expected_incidents(scenario)
    while size > 1 and size * busy > _MOST_INCIDENTS:
        size //= 2
    return Plan(years, worlds, size)


def most_years(scenario: Scenario, years: int, incidents: float) -> int:
    """Return how many of `years` are expected to have no more than so many incidents.

    All of them, or else 1, 2 or 5 times a power of ten; one at least.
    """
    allowed = incidents / max(expected_incidents(scenario), 1e-300)
    if years <= allowed:
        return years
    power: int = 10 ** int(math.log10(max(allowed, 1.0)))
    return max(factor * power for factor in (1, 2, 5) if factor == 1 or factor * power <= allowed)


@lru_cache(maxsize=256)
def expected_incidents(scenario: Scenario) -> float:
    """Rough number of incidents a year, early life and repeats included, for cutting blocks."""
    total = 0.0
    for cause in scenario.causes:
        rate = distribution(scenario, f"incidents.{cause}.rate_per_year").mean()
        total += rate * distribution(scenario, f"incidents.{cause}.early_life_multiplier").mean()
    return total / (1.0 - min(distribution(scenario, "recurrence.repeat_ratio").p95(), 0.9))
