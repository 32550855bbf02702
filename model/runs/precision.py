"""Run until good enough: blocks are added until chosen figures are as sure as asked for.

>>> from model.scenario.scenario import Scenario
>>> reached = simulate_until(Scenario.default(), {"eal": 0.05})
>>> reached.result.years, reached.missed
(200000, ())

A run is looked at after 200,000 years and then whenever it has grown by a quarter; it ends at the
first look at which half the 95 % interval of every figure is at most the share of it that was asked
for. Where looks fall depends on nothing but the limit, so the same question gives the same bytes,
those of a run of as many years (MODEL §5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np

from model.arrays import Array
from model.chain.per_year import COLUMNS
from model.limits import MOST_KEPT_YEARS, MOST_YEARS
from model.runs.blocks import LONG_RUN_YEARS, Plan, plan
from model.runs.kept.summary import Merging, Part, Summary, of_block
from model.runs.memory import keep_freed
from model.runs.parallel import in_order, share_memory
from model.runs.result import MEASURES, Measure, Result
from model.runs.simulate import Task, check_seed, computed
from model.runs.tally import Tally
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare

GROWTH = 1.25
CERTAIN = ("tolerance",)
"""Measures that are no estimates."""
OnBlock = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Reached:
    """A run that was asked to be sure of something."""

    result: Result
    asked: Mapping[str, float]
    """The share of each measure that half its interval may be."""

    @property
    def shares(self) -> dict[str, float]:
        """What half of each interval is, as a share of its figure; nan without an interval."""
        return {name: share_of(self.result.measure(name)) for name in self.asked}

    @property
    def missed(self) -> tuple[str, ...]:
        """The measures that are less sure than asked for when the limit of years was reached."""
        return tuple(name for name, got in self.shares.items() if not got <= self.asked[name])

    @property
    def likely_years(self) -> float:
        """How many years are likely to do, as errors fall with their root; nan if unknown.

        Infinitely many where a computer has no number for them.
        """
        ratios = np.array([got / self.asked[name] for name, got in self.shares.items()])
        with np.errstate(over="ignore"):
            return float(self.result.years * np.max(ratios**2, initial=0.0))


def share_of(measure: Measure) -> float:
    """Return half of a measure's interval as a share of its value; nan without an interval."""
    half = (measure.high - measure.low) / 2.0
    if half == 0.0:
        return 0.0
    return half / abs(measure.value) if measure.value else np.inf


def looks(cut: Plan) -> Iterator[int]:
    """Yield after how many years a run is looked at: whole blocks, and its limit at last."""
    step = cut.block_years * max(LONG_RUN_YEARS // 4 // cut.block_years, 1)
    years = step * -(-LONG_RUN_YEARS // step)
    while years < cut.years:
        yield years
        years = step * -(-int(years * GROWTH) // step)
    yield cut.years


def planned_years(cut: Plan, years: int, got: float, wanted: float) -> int | None:
    """Return how many years are likely to do, None if more than the limit of `cut`.

    With `years` half an interval is `got` of its figure, and it falls with their root. It is a size
    at which a run that grows is looked at, with a tenth more years than a guess needs.
    """
    needed = 1.1 * years * (got / wanted) ** 2
    return next((n for n in looks(cut) if n >= needed), None)


def simulate_until(
    scenario: Scenario,
    asked: Mapping[str, float],
    *,
    most_years: int = MOST_YEARS,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: OnBlock | None = None,
) -> Reached:
    """Simulate until each measure asked for has an interval of plus or minus its share.

    `most_years` is the limit: what is not reached by then is `missed`. `on_block(done, total)` is
    called after each block with how many are likely to be needed. ValueError for what is no measure
    or no share.
    """
    check_seed(seed)
    _check(asked)
    run = _Growing(scenario, plan(scenario, most_years, None), seed, executor, on_block)
    for years in looks(run.cut):
        run.grow(years)
        reached = Reached(run.result(years), asked)
        if not reached.missed:
            break
        run.likely = reached.likely_years
    run.over()
    return reached


def _check(asked: Mapping[str, float]) -> None:
    known = [name for name in MEASURES if name not in CERTAIN]
    if not asked:
        raise ValueError("precision: no measure given")
    for name, share in asked.items():
        if name not in known:
            raise ValueError(f"precision: {name!r} given; allowed is one of {', '.join(known)}")
        if not 0.0 < share <= 1.0:
            raise ValueError(f"precision of {name}: {share!r} given; above 0 up to 1 is allowed")


Grown = tuple[int, Array | None, Summary | Part | None, Tally]
"""First year, columns if years may still be kept, summary if they may not be, and tallies."""


def _block(task: Task, *, table: Array | None = None) -> Grown:
    cut, index, seed = task[1], task[3], task[2]
    block, _, first, first_world = cut.block(index, seed)
    keeps = first + block.years <= MOST_KEPT_YEARS
    priced, tally, _, _ = computed(task, table=table if keeps else None)
    summary = None
    if cut.years > MOST_KEPT_YEARS:
        summary = of_block(task[0], priced, block, first_world=first_world, part=False)
    if keeps:
        return first, priced.columns, summary, tally
    return first, None, summary, tally.without_years()


class _Growing:
    """A run of one year per world that grows block by block."""

    def __init__(
        self,
        scenario: Scenario,
        cut: Plan,
        seed: int,
        executor: Executor | None,
        on_block: OnBlock | None,
    ) -> None:
        self.cut, self.likely = cut, float("nan")
        self._scenario, self._seed = scenario, seed
        self._prepared = prepare(scenario)
        self._executor, self._on_block = executor, on_block
        # Memory is handed out on first use, so a table for the limit costs what is filled of it.
        self._table = np.empty((len(COLUMNS), min(cut.years, MOST_KEPT_YEARS)))
        self._merging = Merging()
        self._tally: Tally | None = None
        self._done = self._told = 0

    def grow(self, years: int) -> None:
        """Compute the blocks up to so many years."""
        keep_freed()
        to = -(-years // self.cut.block_years)
        tasks = [(self._prepared, self.cut, self._seed, k) for k in range(self._done, to)]
        shared = share_memory(self._executor)
        work = partial(_block, table=self._table) if shared else _block
        with closing(in_order(work, tasks, self._executor)) as outputs:
            for first, columns, summary, tally in outputs:
                if columns is not None and not shared:
                    self._table[:, first : first + columns.shape[1]] = columns
                if summary is not None:
                    self._merging.add(summary)
                self._tally = tally if self._tally is None else self._tally + tally
                self._done += 1
                self._tell(to)

    def _tell(self, to: int) -> None:
        if self._on_block is not None:
            likely = 0 if np.isnan(self.likely) else self.likely / self.cut.block_years
            self._told = int(min(max(likely, to), len(self.cut)))
            self._on_block(self._done, self._told)

    def over(self) -> None:
        """Tell that no block is needed any more."""
        if self._on_block is not None and self._done < self._told:
            self._on_block(self._done, self._done)

    def result(self, years: int) -> Result:
        """Return the run of so many years, as `simulate` does."""
        assert self._tally is not None
        named: dict[str, Array] = {}
        summary, tally = None, self._tally
        if years > MOST_KEPT_YEARS:
            summary, tally = self._merging.so_far(), tally.without_years()
            self._tally, self._table = tally, np.empty((len(COLUMNS), 0))
        else:
            named = dict(zip(COLUMNS, self._table[:, :years], strict=True))
        return Result(
            scenario=self._scenario,
            years=years,
            worlds=years,
            seed=self._seed,
            columns=named,
            tally=tally,
            summary=summary,
        )
