"""Runs of the engine, shared by all visitors: finished ones are kept, new ones wait their turn.

A result is read-only and keyed by everything that determines it, so visitors may share one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakValueDictionary

import numpy as np
import streamlit as st

from model.arrays import Array
from model.chain.per_year import COLUMNS, VOLUMES
from model.limits import (
    LIVE_YEARS,
    MOST_INCIDENTS_ASKED,
    MOST_INCIDENTS_UNASKED,
    MOST_KEPT_BYTES,
    MOST_REUSED_BYTES,
)
from model.runs.blocks import most_years
from model.runs.result import Exceedance, Measure, Result
from model.runs.reuse import what_is_reused
from model.runs.reuse.cache import Cache
from model.runs.reuse.what_is_reused import simulate
from model.runs.standard_errors import Estimate
from model.runs.turns import Turn, Urgency
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION
from views.waiting.turns import give_way, turn, visitor_id

STAYING = ("loss_usd", "largest_loss_usd")
"""Columns that pages read again and again."""
FEW_YEARS = 10_000
"""Up to here all columns stay: they are small."""
MOST_MADE = 24
"""Tables of one run that are kept, of several tolerances."""

_BEGUN = "run_begun"

Key = tuple[str, int, Scenario, int, int]
T = TypeVar("T")


done = Cache(MOST_KEPT_BYTES - MOST_REUSED_BYTES)
"""What was computed for all visitors: runs, and all other work of pages."""
_longest: dict[Key, Run] = {}
"""The long run that was made last, which is larger than what may be kept."""


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

    def lean(self, again: Callable[[], dict[str, Array]]) -> Run:
        """Return the run with its summaries made and without most of its columns.

        `again` returns all of them.
        """
        for name in _SUMMARIES:
            getattr(self, name)
        return self.of(replace(self.result, columns=Lean(self.result.columns, again)))

    def of(self, result: Result) -> Run:
        """Return the run with another result that says the same, and the summaries made so far."""
        run = Run(result, self._made)
        vars(run).update({name: vars(self)[name] for name in _SUMMARIES if name in vars(self)})
        return run


_SUMMARIES = tuple(name for name, one in vars(Run).items() if isinstance(one, cached_property))


class Lean(dict[str, Array]):
    """Columns of a run of which few stay; the others are simulated again when they are asked for.

    A page holds its run as long as it is open, and needs most columns only to sum them up once.
    """

    def __init__(self, columns: dict[str, Array], again: Callable[[], dict[str, Array]]) -> None:
        """Keep `STAYING` of the columns by themselves; `again` returns all of them."""
        super().__init__({name: columns[name].copy() for name in STAYING})
        self._again = again

    def __missing__(self, name: str) -> Array:
        """Return a column that did not stay."""
        if name not in COLUMNS:
            raise KeyError(name)
        return self._again()[name]


def finished(scenario: Scenario, years: int, seed: int) -> Run | None:
    """Return a run that is already there, None otherwise."""
    key = _key(scenario.simulated, years, seed)
    found: Run | None = _longest.get(key) or done.get(key)
    return found and _told_with(found, scenario)


def run(
    scenario: Scenario,
    years: int,
    seed: int,
    on_block: Callable[[int, int], None] | None = None,
    *,
    urgency: Urgency = Urgency.SHOWN,
    still_wanted: Callable[[Turn], None] = lambda turn: None,
) -> Run:
    """Return a run, simulating it when its turn comes if it is not there yet.

    `on_block` and `still_wanted` may raise to cancel. Whoever asks for what is being simulated
    waits for that. ValueError if there is no memory for it.
    """
    scenario = scenario.simulated
    key, bare = _key(scenario, years, seed), scenario.unsourced()

    def make() -> Run:
        begun = _taken(key)
        if begun:
            begun.still_wanted = still_wanted
            result = replace(begun.under_way.finish(on_block), scenario=bare)
        else:
            mine = turn(urgency, bare, years, still_wanted=still_wanted)
            result = simulate(bare, years=years, seed=seed, executor=mine, on_block=on_block)
        few = FEW_YEARS < years <= LIVE_YEARS
        return Run(result).lean(partial(_columns, bare, years, seed)) if few else Run(result)

    found: Run | None = _longest.get(key)
    if found is None:
        found = done.once(key, make, still_wanted=give_way)
        _forget_begun(key)
        if years > LIVE_YEARS:
            _longest.clear()
            _longest[key] = found
    return _told_with(found, scenario)


class _Ahead:
    """A run that has begun while its page is at something else; whoever comes first finishes it."""

    def __init__(self, scenario: Scenario, years: int, seed: int) -> None:
        self.key = _key(scenario, years, seed)
        self.still_wanted: Callable[[Turn], None] = lambda turn: None
        """Of the page, once it waits."""
        mine = turn(Urgency.SHOWN, scenario, years, still_wanted=lambda it: self.still_wanted(it))
        self.under_way = what_is_reused.begin(scenario, years=years, seed=seed, executor=mine)


_ahead: WeakValueDictionary[Key, _Ahead] = WeakValueDictionary()
"""What visitors have begun and no page has come for; two who make the same move share it."""
_beginning = Lock()


def begin(scenario: Scenario, years: int, seed: int) -> None:
    """Begin a run that the visitor's page is going to show; what was begun before is given up."""
    give_up()
    scenario = scenario.simulated.unsourced()
    # Without memory for it the page asks again, and what is missing is said there.
    with _beginning, suppress(ValueError):
        key = _key(scenario, years, seed)
        if key not in _ahead:
            _ahead[key] = st.session_state[_BEGUN] = _Ahead(scenario, years, seed)


def give_up() -> None:
    """Give up a run that was begun and that no page waits for."""
    begun: _Ahead | None = st.session_state.pop(_BEGUN, None)
    if begun and _taken(begun.key, begun):
        begun.under_way.close()


def _taken(key: Key, only: _Ahead | None = None) -> _Ahead | None:
    """Take a run that was begun; None if there is none, or another than the only one wanted."""
    with _beginning:
        found = _ahead.get(key)
        return _ahead.pop(key) if found and only in (None, found) else None


def _forget_begun(key: Key) -> None:
    """Let go of the run of a key that is finished, whoever finished it."""
    if visitor_id() is not None:
        begun: _Ahead | None = st.session_state.get(_BEGUN)
        if begun and begun.key == key:
            del st.session_state[_BEGUN]


def _columns(scenario: Scenario, years: int, seed: int) -> dict[str, Array]:
    """Return all columns of a run, simulating again what of them is not kept."""

    def make() -> dict[str, Array]:
        mine = turn(Urgency.SHOWN, scenario, years)
        return simulate(scenario, years=years, seed=seed, executor=mine).columns

    found: dict[str, Array] = done.once(("columns", *_key(scenario, years, seed)), make)
    return found


def _key(scenario: Scenario, years: int, seed: int) -> Key:
    return "run", RESULTS_VERSION, scenario, years, seed


def years_given(scenario: Scenario, years: int) -> int:
    """Return the years of a run that is made without being asked: fewer of a busy scenario."""
    return most_years(scenario, years, MOST_INCIDENTS_UNASKED)


def years_asked(scenario: Scenario, years: int) -> int:
    """Return the years of a run that is asked for, as far as they can be run."""
    return most_years(scenario, years, MOST_INCIDENTS_ASKED)


def _told_with(found: Run, scenario: Scenario) -> Run:
    """Return a run whose files say where the values come from and what things are called.

    What is shared says nothing of either.
    """
    told = scenario.called
    if not told.provenance and told == found.result.scenario:
        return found
    key = ("told with", told, told.provenance)
    return found.once(key, lambda: found.of(replace(found.result, scenario=told)))
