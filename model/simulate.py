"""Simulate: from a scenario to a distribution of annual loss.

>>> from model.scenario.scenario import Scenario
>>> result = simulate(Scenario.default(), years=2000, seed=1)
>>> result.years, bool(result["loss_usd"].mean() > 1e6)
(2000, True)

Work is cut into blocks of years; each block is computed from named streams alone, so the answer is
the same bytes for any number of workers and any `concurrent.futures.Executor`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.arrays import Array
from model.chain.per_year import COLUMNS, price
from model.chain.sessions import fast_links
from model.memory import keep_freed, table
from model.result import Result
from model.reuse import remembering
from model.scenario.scenario import Scenario
from model.striking import draw_block
from model.tally import Ledger, Tally
from model.tasks import CORES, in_order, standing
from model.worlds.draw import everyday
from model.worlds.prepared import distribution
from model.worlds.streams import Block

MOST_YEARS = 10_000_000
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
    busy = _expected_incidents(scenario)
    while size > 1 and size * busy > _MOST_INCIDENTS:
        size //= 2
    return Plan(years, worlds, size)


def _expected_incidents(scenario: Scenario) -> float:
    """Rough number of incidents a year, early life and repeats included, for cutting blocks."""
    total = 0.0
    for cause in scenario.causes:
        rate = distribution(scenario, f"incidents.{cause}.rate_per_year").mean()
        total += rate * distribution(scenario, f"incidents.{cause}.early_life_multiplier").mean()
    return total / (1.0 - min(distribution(scenario, "recurrence.repeat_ratio").p95(), 0.9))


def simulate(
    scenario: Scenario,
    *,
    years: int,
    worlds: int | None = None,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate `years` years and return the result (MODEL §2–§5).

    `worlds` divides the years (default: one year per world). `executor` runs the blocks (default:
    threads, one per core). `on_block(done, total)` is called in the caller's thread after each
    block; raising from it ends the run. ValueError if a size is not allowed.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed: {seed!r} given; a whole number from 0 up is allowed")
    cut = plan(scenario, years, worlds)
    keep_freed()
    columns = table((len(COLUMNS), years))
    tally: Tally | None = None
    tasks = [(scenario, cut, seed, index) for index in range(len(cut))]
    soon_over = len(tasks) <= CORES
    threads = standing() if executor is None and soon_over else executor
    with closing(in_order(simulated_block, tasks, threads)) as outputs:
        for done, (first, part, block_tally) in enumerate(outputs, start=1):
            columns[:, first : first + part.shape[1]] = part
            tally = block_tally if tally is None else tally + block_tally
            if on_block is not None:
                on_block(done, len(cut))
    assert tally is not None
    named = dict(zip(COLUMNS, columns, strict=True))
    return Result(scenario, years, cut.worlds, seed, named, tally)


Task = tuple[Scenario, Plan, int, int]


def simulated_block(task: Task) -> tuple[int, Array, Tally]:
    """Compute one block: its first year, its columns and what it adds to the run's tallies.

    `task` is the scenario, how the run is cut, the seed and the block. The columns are not to be
    changed: those of an everyday run are kept, because remedies are judged against them.
    """
    _, cut, seed, index = task
    block, _, _, _ = cut.block(index, seed)
    return _recently(task) if everyday(block.key, block.years) else _simulated(task)


def _simulated(task: Task) -> tuple[int, Array, Tally]:
    scenario, cut, seed, index = task
    block, world_key, first_year, _ = cut.block(index, seed)
    struck = draw_block(scenario, block, world_block=world_key)
    again = everyday(block.key, block.years) and cut.years_per_world == 1
    priced = price(scenario, struck, block, remembering(block) if again else fast_links)
    priced.columns.setflags(write=False)
    keep = Ledger.SAMPLE if first_year == 0 else 0
    return first_year, priced.columns, Tally.of(scenario, struck, priced, block, keep)


_recently = lru_cache(maxsize=8)(_simulated)
