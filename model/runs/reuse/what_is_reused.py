"""What is remembered between runs: the one place, above an engine that remembers nothing.

Moving a slider changes one belief of some fifty. An everyday run, which pages show, computes again
only what that touches, and gives the bytes that `runs.simulate` gives.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import lru_cache, partial

from model.arrays import Array
from model.chain.sessions import fast_links
from model.incidents.draw import DrawnBlock, draw_years
from model.limits import MOST_REUSED_BYTES
from model.runs import simulate as plain
from model.runs.blocks import plan
from model.runs.result import Result
from model.runs.reuse import incidents
from model.runs.reuse.cache import Cache
from model.runs.reuse.fast_links import fast_links_again
from model.runs.simulate import Simulated, Task, UnderWay
from model.scenario.scenario import Scenario
from model.worlds import draw as worlds_plain
from model.worlds.prepared import Prepared, prepare
from model.worlds.streams import Block

_EVERYDAY_BLOCKS, _EVERYDAY_YEARS = 2, 25_000
kept = Cache(MOST_REUSED_BYTES)
"""Of the last everyday runs: worlds, incidents by cause, fast links."""


def everyday(block: tuple[int, ...], years: int) -> bool:
    """Tell whether a block, by its key, is of an everyday run, which is remembered."""
    return block[0] < _EVERYDAY_BLOCKS and years <= _EVERYDAY_YEARS


@lru_cache(maxsize=4)
def prepared(scenario: Scenario) -> Prepared:
    """Return a scenario made ready, as `prepare` does."""
    # Not in the cache, as the tables of its calendar are kept already.
    return prepare(scenario)


def simulate(
    scenario: Scenario,
    *,
    years: int,
    worlds: int | None = None,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate as `runs.simulate.simulate` does: the same arguments, errors and bytes."""
    plain.check_seed(seed)
    result = plain.run(
        prepared(scenario),
        plan(scenario, years, worlds),
        seed=seed,
        executor=executor,
        on_block=on_block,
        block=simulated_block,
    )
    # What is remembered may have been made ready for an equal scenario with other sources.
    return replace(result, scenario=scenario)


def begin(scenario: Scenario, *, years: int, seed: int, executor: Executor) -> UnderWay:
    """Begin what `simulate` does, for runs that keep their years."""
    cut = plan(scenario, years, None)
    return plain.begin(prepared(scenario), cut, seed=seed, executor=executor, block=simulated_block)


def simulated_block(task: Task, *, table: Array | None = None) -> Simulated:
    """Compute a block as `runs.simulate.simulated_block` does."""
    _, cut, seed, index = task
    block = cut.block(index, seed)[0]
    if not everyday(block.key, block.years):
        return plain.simulated_block(task, table=table)
    alone = cut.years_per_world == 1
    fast = fast_links_again(kept, block) if alone else fast_links
    return plain.simulated_block(task, draw=draw_block, fast=fast, table=table)


def draw_block(ready: Prepared, block: Block, *, world_block: tuple[int, ...]) -> DrawnBlock:
    """Draw a block as `incidents.draw.draw_block` does."""
    values, clipped = draw_worlds(ready, seed=block.seed, block=world_block, worlds=block.worlds)
    if everyday(block.key, block.years) and block.worlds == block.years:
        return incidents.draw_incidents(kept, ready, values, clipped, block)
    return draw_years(ready, values, clipped, block)


def draw_worlds(
    ready: Prepared, *, seed: int, block: tuple[int, ...], worlds: int
) -> tuple[dict[str, Array], dict[str, int]]:
    """Draw worlds as `worlds.draw.draw` does; the arrays are not to be changed."""
    everyday_draw = partial(incidents.draw_worlds, kept)
    draw = everyday_draw if everyday(block, worlds) else worlds_plain.draw
    return draw(ready, seed=seed, block=block, worlds=worlds)
