"""Simulate: from a scenario to a distribution of annual loss.

>>> from model.scenario.scenario import Scenario
>>> result = simulate(Scenario.default(), years=2000, seed=1)
>>> result.years, bool(result["loss_usd"].mean() > 1e6)
(2000, True)

Work is cut into blocks of years; each block is computed from named streams alone, so the answer is
the same bytes for any number of workers and any `concurrent.futures.Executor`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from model.arrays import Array
from model.chain.availability import MINUTES
from model.chain.per_year import COLUMNS, FastLinks, Priced, price
from model.chain.sessions import fast_links
from model.incidents.draw import DrawnBlock, draw_block
from model.limits import MOST_KEPT_YEARS
from model.runs.blocks import Plan, expected_incidents, plan
from model.runs.kept.summary import Merging, Part, Summary, of_block
from model.runs.memory import keep_freed, table
from model.runs.parallel import CORES, Begun, in_order, share_memory, standing
from model.runs.result import Result
from model.runs.tally import Ledger, Place, Tally
from model.scenario.scenario import Scenario
from model.worlds.prepared import Prepared, prepare
from model.worlds.streams import Block

Task = tuple[Prepared, Plan, int, int]
"""A scenario made ready, how the run is cut, the seed and the block."""
Simulated = tuple[int, Array, Tally]
"""The first year of a block, its columns and what it adds to the run's tallies."""
Summarised = tuple[Summary | Part, Tally]
"""A summary of a block's years and what it adds to the run's tallies."""
_STRIKE_BYTES = 2 + 4 * len(MINUTES)
"""What a tally keeps of a cause in a year in which it struck (`CauseMinutes`)."""


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
    check_seed(seed)
    return run(
        prepare(scenario),
        plan(scenario, years, worlds),
        seed=seed,
        executor=executor,
        on_block=on_block,
        block=simulated_block,
    )


def check_seed(seed: int) -> None:
    """Raise ValueError for what cannot be a seed."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed: {seed!r} given; a whole number from 0 up is allowed")


def run(
    prepared: Prepared,
    cut: Plan,
    *,
    seed: int,
    executor: Executor | None,
    on_block: Callable[[int, int], None] | None,
    block: ComputeBlock,
) -> Result:
    """Compute a run block by block and put it together; `block` computes one of them."""
    keep_freed()
    if cut.years > MOST_KEPT_YEARS:
        return summarise(prepared, cut, seed=seed, executor=executor, on_block=on_block)
    return begin(prepared, cut, seed=seed, executor=executor, block=block).finish(on_block)


def begin(
    prepared: Prepared, cut: Plan, *, seed: int, executor: Executor | None, block: ComputeBlock
) -> UnderWay:
    """Begin a run that keeps its years.

    Threads fill their part of the table themselves: new memory is handed out page by page on first
    use, which would otherwise happen in one thread while the others wait.
    """
    struck = min(expected_incidents(prepared.scenario), len(prepared.scenario.causes))
    columns = table((len(COLUMNS), cut.years), struck * _STRIKE_BYTES)
    tasks = [(prepared, cut, seed, index) for index in range(len(cut))]
    soon_over = len(tasks) <= CORES
    threads = standing() if executor is None and soon_over else executor
    shared = share_memory(threads)
    work = partial(block, table=columns) if shared else block
    outputs = in_order(work, tasks, None) if threads is None else Begun(work, tasks, threads)
    return UnderWay(
        prepared=prepared, cut=cut, seed=seed, columns=columns, shared=shared, outputs=outputs
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class UnderWay:
    """A run that has begun: whoever needs it finishes or closes it."""

    prepared: Prepared
    cut: Plan
    seed: int
    columns: Array
    shared: bool
    """Whether blocks write into the columns themselves."""
    outputs: Generator[Simulated, None, None] | Begun[Simulated]

    def close(self) -> None:
        """Cancel what of it has not begun."""
        self.outputs.close()

    def finish(self, on_block: Callable[[int, int], None] | None = None) -> Result:
        """Wait for all blocks and put them together; what `on_block` raises ends the run."""
        tally: Tally | None = None
        with closing(self.outputs):
            for done, (first, part, block_tally) in enumerate(self.outputs, start=1):
                if not self.shared:
                    self.columns[:, first : first + part.shape[1]] = part
                tally = block_tally if tally is None else tally + block_tally
                if on_block is not None:
                    on_block(done, len(self.cut))
        assert tally is not None
        return Result(
            scenario=self.prepared.scenario,
            years=self.cut.years,
            worlds=self.cut.worlds,
            seed=self.seed,
            columns=dict(zip(COLUMNS, self.columns, strict=True)),
            tally=tally,
        )


def summarise(
    prepared: Prepared,
    cut: Plan,
    *,
    seed: int,
    executor: Executor | None,
    on_block: Callable[[int, int], None] | None,
) -> Result:
    """Compute a run that keeps a summary of its years and not the years (MODEL §5.3)."""
    tally: Tally | None = None
    merging = Merging()
    tasks = [(prepared, cut, seed, index) for index in range(len(cut))]
    with closing(in_order(summarised_block, tasks, executor)) as outputs:
        for done, (summary, block_tally) in enumerate(outputs, start=1):
            merging.add(summary)
            tally = block_tally if tally is None else tally + block_tally
            if on_block is not None:
                on_block(done, len(cut))
    assert tally is not None
    whole = merging.so_far()
    return Result(
        scenario=prepared.scenario,
        years=cut.years,
        worlds=cut.worlds,
        seed=seed,
        columns={},
        tally=tally,
        summary=whole,
    )


class ComputeBlock(Protocol):
    """What computes a block, as `simulated_block`."""

    def __call__(self, task: Task, *, table: Array | None = None) -> Simulated:
        """Return what a block adds to its run; its columns lie in the run's table if given."""


class DrawBlock(Protocol):
    """What draws a block, as `incidents.draw.draw_block`."""

    def __call__(
        self, prepared: Prepared, block: Block, /, *, world_block: tuple[int, ...]
    ) -> DrawnBlock:
        """Return the worlds of a block and the incidents of its years."""


def simulated_block(
    task: Task,
    draw: DrawBlock = draw_block,
    fast: FastLinks = fast_links,
    *,
    table: Array | None = None,
) -> Simulated:
    """Compute one block; `draw` and `fast` stand for its costly steps where they may be known.

    Its columns are written into those of the whole run, `table`, if that is given.
    """
    priced, tally, place, _ = computed(task, draw, fast, table=table)
    return place.first_year, priced.columns, tally


def summarised_block(task: Task) -> Summarised:
    """Compute one block and keep a summary of its years."""
    priced, tally, place, block = computed(task)
    prepared, cut, _, _ = task
    part = cut.years_per_world > cut.block_years
    found = of_block(prepared, priced, block, first_world=place.first_world, part=part)
    return found, tally.without_years()


def computed(
    task: Task,
    draw: DrawBlock = draw_block,
    fast: FastLinks = fast_links,
    *,
    table: Array | None = None,
) -> tuple[Priced, Tally, Place, Block]:
    """Compute one block: its years priced, what it adds up to, and where it stands in its run."""
    prepared, cut, seed, index = task
    block, world_key, first_year, first_world = cut.block(index, seed)
    drawn = draw(prepared, block, world_block=world_key)
    own = None if table is None else table[:, first_year : first_year + block.years]
    priced = price(prepared, drawn, block, fast, out=own)
    keep = Ledger.SAMPLE if first_year == 0 else 0
    place = Place(index, first_year, first_world)
    return priced, Tally.of(prepared, drawn, priced, block, keep, place), place, block
