"""Runs of the engine, shared by all visitors: finished ones are kept, new ones wait their turn.

A result is read-only and keyed by everything that determines it, so visitors may share one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import streamlit as st

from model.arrays import Array
from model.chain.per_year import COLUMNS, VOLUMES
from model.limits import LIVE_YEARS
from model.runs import memory
from model.runs.result import Exceedance, Measure, Result
from model.runs.reuse.what_is_reused import simulate
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION

MOST_BYTES = 400_000_000
"""What finished runs may hold in memory; the newest one always stays."""

MOST_MADE = 24
"""Tables of one run that are kept, of several tolerances."""

Key = tuple[int, Scenario, int, int]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Run:
    """A result with the summaries that pages show, each computed once."""

    result: Result
    _made: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    @property
    def years(self) -> int:
        """Simulated years."""
        return self.result.years

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """The measures by name; those of a tolerance are asked for with `chance_over`."""
        return {measure.name: measure for measure in self.result.measures()}

    @cached_property
    def curve(self) -> dict[str, Array]:
        """The loss exceedance curve with its band."""
        return self.result.curve(160)

    @cached_property
    def exceedance(self) -> tuple[Exceedance, ...]:
        """AEP and OEP by return period."""
        return self.result.exceedance()

    @cached_property
    def volumes(self) -> dict[str, float]:
        """What an average year loses along the chain, by the names of `VOLUMES`."""
        return {name: self.result.mean(name).value for name in VOLUMES}

    @cached_property
    def components(self) -> dict[str, Estimate]:
        """The ledger's lines of an average year."""
        return self.result.components()

    @cached_property
    def by_cause(self) -> dict[str, Estimate]:
        """Expected annual loss by cause."""
        return self.result.by_cause()

    @cached_property
    def twenty_years(self) -> Array:
        """Twenty equally likely annual losses: the middles of twenty equal slices."""
        return np.array([self.result.quantile((k + 0.5) / 20).value for k in range(20)])

    def chance_over(self, tolerance_usd: float) -> Estimate:
        """Chance of a year that loses more than the tolerance."""
        return self.once(("over", tolerance_usd), lambda: self.result.chance_over(tolerance_usd))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is made from the run under a key, made once; the last ones are kept."""
        if key not in self._made:
            self._made[key] = make()
            while len(self._made) > MOST_MADE:
                self._made.popitem(last=False)
        return cast(T, self._made[key])

    @property
    def size(self) -> int:
        """Memory of the columns, bytes."""
        return sum(column.nbytes for column in self.result.columns.values())


class Shelf:
    """Finished runs, least recently used first out, within a bound on memory."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Start empty; `most_bytes` bounds what is kept."""
        self._runs: OrderedDict[Key, Run] = OrderedDict()
        self._lock = threading.Lock()
        self._most_bytes = most_bytes
        # A long run must not keep everyone else waiting for theirs.
        self.turns = {"live": threading.Semaphore(2), "long": threading.Semaphore(1)}

    def get(self, key: Key) -> Run | None:
        """Return a finished run, None if there is none."""
        with self._lock:
            run = self._runs.get(key)
            if run is not None:
                self._runs.move_to_end(key)
            return run

    def put(self, key: Key, run: Run) -> None:
        """Keep a run and let go of the oldest beyond the bound."""
        with self._lock:
            self._runs[key] = run
            self._runs.move_to_end(key)
            while len(self._runs) > 1 and self._held() > self._most_bytes:
                self._runs.popitem(last=False)

    def _held(self) -> int:
        return sum(run.size for run in self._runs.values())


@st.cache_resource
def shelf() -> Shelf:
    """Return the shelf of this server process."""
    return Shelf()


def finished(scenario: Scenario, years: int, seed: int) -> Run | None:
    """Return a run that is already there, None otherwise."""
    found = shelf().get((RESULTS_VERSION, scenario.simulated, years, seed))
    return found and _told_with(found, scenario)


def run(
    scenario: Scenario,
    years: int,
    seed: int,
    on_block: Callable[[int, int], None] | None = None,
) -> Run:
    """Return a run, simulating it if it is not there yet; `on_block` may raise to cancel."""
    bare = scenario.simulated
    key = (RESULTS_VERSION, bare, years, seed)
    found = shelf().get(key)
    if found is None:
        with shelf().turns["live" if years <= LIVE_YEARS else "long"]:
            found = shelf().get(key)
            if found is None:
                found = Run(simulate(bare.unsourced(), years=years, seed=seed, on_block=on_block))
                shelf().put(key, found)
    return _told_with(found, scenario)


def _told_with(found: Run, scenario: Scenario) -> Run:
    """Return a run whose files say where the values come from and what things are called.

    What is shared says nothing of either.
    """
    told = scenario.called
    if not told.provenance and told == found.result.scenario:
        return found
    key = ("told with", told, told.provenance)
    return found.once(key, lambda: Run(replace(found.result, scenario=told), found._made))


def lay_in(years: int) -> None:
    """Have memory ready for the next run of so many years, if it is one that happens unasked."""
    if years <= LIVE_YEARS:
        memory.lay_in((len(COLUMNS), years))
