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
from functools import lru_cache

from model.arrays import Array
from model.chain.per_year import COLUMNS, price
from model.chain.sessions import fast_links
from model.runs.blocks import Plan, plan
from model.runs.drawn_again import draw_block
from model.runs.memory import keep_freed, table
from model.runs.parallel import CORES, in_order, standing
from model.runs.result import Result
from model.runs.reuse import remembering
from model.runs.tally import Ledger, Place, Tally
from model.scenario.scenario import Scenario
from model.worlds.draw import everyday


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
    block, world_key, first_year, first_world = cut.block(index, seed)
    struck = draw_block(scenario, block, world_block=world_key)
    again = everyday(block.key, block.years) and cut.years_per_world == 1
    priced = price(scenario, struck, block, remembering(block) if again else fast_links)
    priced.columns.setflags(write=False)
    keep = Ledger.SAMPLE if first_year == 0 else 0
    place = Place(index, first_year, first_world)
    return first_year, priced.columns, Tally.of(scenario, struck, priced, block, keep, place)


_recently = lru_cache(maxsize=8)(_simulated)
