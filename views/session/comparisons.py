"""The comparisons behind the pages that decide: each is made once and shared by the pages.

Switching a remedy on or off is no reason to simulate again, so the keys leave it out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from model.assumptions.remedies import PREFIX
from model.assumptions.remedy_library import Remedy
from model.decisions.best_set import Frontier, frontier
from model.decisions.compare import (
    PAYING_WORLDS,
    PAYING_YEARS,
    Comparison,
    compare,
    put_together,
    taken_apart,
)
from model.drivers.information import Information, information
from model.limits import LIVE_YEARS
from model.runs.turns import Urgency
from model.scenario.scenario import Scenario
from views.session import long_work, state
from views.waiting.follow import follows
from views.waiting.turns import turns, visitor_id

FRONTIER_YEARS = 20_000
FIRST_YEARS = 5_000
"""Remedies are compared on so many while others wait for long work."""
_FEWER = "page_compares_on_few_years"


def switched_off(scenario: Scenario) -> Scenario:
    """Return a scenario whose remedies are all switched off, edited as they are.

    What losses are held against does not matter either. It has no sources: what is computed from it
    may be shared with somebody else.
    """
    scenario = scenario.simulated
    on = [f"{PREFIX}{remedy.name}.on" for remedy in scenario.remedies if remedy.on]
    return (scenario.without(*on) if on else scenario).unsourced()


def switched_on(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the remedies that are on."""
    return tuple(remedy.name for remedy in scenario.remedies if remedy.on)


def all_years() -> int:
    """Return the years remedies are compared on: those of the pages, as far as they are live."""
    return min(state.years_shown(), LIVE_YEARS)


def years() -> int:
    """Return the years remedies are compared on for now."""
    return min(all_years(), FIRST_YEARS) if fewer() else all_years()


def make_do() -> None:
    """Have the page in view compare on few years, where all of them would take minutes.

    It says so and shows all of them when nobody else waits for long work.
    """
    key = switched_off(state.current()), None, all_years(), None, state.settings().seed
    there = long_work.found("singles", *key) is not None
    wait = not there and not turns().room(Urgency.HEAVY, visitor_id())
    st.session_state[_FEWER] = _page() if wait else ""


def fewer() -> bool:
    """Tell whether the page in view makes do with few years."""
    return bool(st.session_state.get(_FEWER, "") == _page())


def _page() -> str | None:
    """Return the path of the page in view."""
    found: str | None = st.session_state.get(state.PAGE)
    return found


def rest_follows() -> None:
    """Say on how few years the page rests, if it does, and see to it that the rest follows."""
    # There is a place for it even when there is nothing to say: what moves is built anew.
    with st.container():
        if fewer():
            said = f"remedies are compared on {years():,} of {all_years():,} years"
            follows(said, Urgency.HEAVY)


def singles(place: DeltaGenerator) -> Comparison | None:
    """Return every remedy alone on the years that pages show."""
    return _compared(place, "singles", None, years(), None, "Pricing each remedy")


def together(place: DeltaGenerator, names: tuple[str, ...]) -> Comparison | None:
    """Return several remedies as one set."""
    return _compared(place, "together", names, years(), None, "Pricing them together")


def paying(place: DeltaGenerator, names: tuple[str, ...] | None = None) -> Comparison | None:
    """Return the same with many years in every world, which tells the worlds that pay back."""
    name = "paying" if names is None else "paying_together"
    doing = "Counting the worlds that pay back"
    return _compared(place, name, names, PAYING_YEARS, PAYING_WORLDS, doing)


def _compared(
    place: DeltaGenerator,
    name: str,
    names: tuple[str, ...] | None,
    years: int,
    worlds: int | None,
    doing: str,
) -> Comparison | None:
    asked = _Asked(switched_off(state.current()), years, worlds, state.settings().seed)
    count = 1 if names else len(asked.scenario.remedies)
    return long_work.work(
        place,
        name,
        (asked.scenario, names, years, worlds, asked.seed),
        asked.each if names is None else partial(asked.sets, [names]),
        on=(asked.scenario, years),
        variants=count,
        urgency=Urgency.ADDED if fewer() else Urgency.HEAVY,
        doing=doing,
    )


@dataclass(frozen=True)
class _Asked:
    """A comparison on one sample."""

    scenario: Scenario
    years: int
    worlds: int | None
    seed: int

    def sets(
        self, sets: Iterable[tuple[str, ...]], progress: long_work.Progress, threads: Executor
    ) -> Comparison:
        return compare(
            self.scenario,
            sets,
            years=self.years,
            worlds=self.worlds,
            seed=self.seed,
            executor=threads,
            on_block=progress,
        )

    def each(self, progress: long_work.Progress, threads: Executor) -> Comparison:
        """Return every remedy alone; those weighed before in the same world are taken over."""
        remedies = self.scenario.remedies
        parts = {remedy: long_work.found("single", *self._key(remedy)) for remedy in remedies}
        missing = [remedy for remedy in remedies if parts[remedy] is None]
        if missing:
            fresh = taken_apart(
                self.sets([(remedy.name,) for remedy in missing], progress, threads)
            )
            parts |= dict(zip(missing, fresh, strict=True))
        whole = put_together(self.scenario, list(parts.values()))
        if whole is None:
            return self.sets([(remedy.name,) for remedy in remedies], progress, threads)
        for remedy in missing:
            long_work.keep("single", *self._key(remedy), value=parts[remedy])
        return whole

    def _key(self, remedy: Remedy) -> tuple[Hashable, ...]:
        edits = (name for name, _ in self.scenario.changes if name.startswith(PREFIX))
        bare = self.scenario.without(*edits)
        return bare, remedy, self.years, self.worlds, self.seed


def paying_already(names: tuple[str, ...] = ()) -> Comparison | None:
    """Return the comparison with many years in every world if it is there; of a set if given."""
    scenario, seed = switched_off(state.current()), state.settings().seed
    name = "paying_together" if names else "paying"
    found: Comparison | None = long_work.found(
        name, scenario, names or None, PAYING_YEARS, PAYING_WORLDS, seed
    )
    return found


def learned_already(one: Comparison) -> Information | None:
    """Return what is worth learning before choosing, if that is known already."""
    run = one.evaluation
    found: Information | None = long_work.found(
        "learning", run.scenario, one.sets, run.years, run.seed
    )
    return found


def learning(place: DeltaGenerator, one: Comparison) -> Information | None:
    """Return what it is worth to learn each belief before choosing one of the remedies."""
    run = one.evaluation
    return long_work.work(
        place,
        "learning",
        (run.scenario, one.sets, run.years, run.seed),
        lambda progress, threads: threads.submit(information, one).result(),
        on=(run.scenario, run.years),
        doing="What is worth finding out",
    )


def searched(place: DeltaGenerator) -> Frontier | None:
    """Return the search over all sets of remedies, once it has been asked for."""
    scenario, seed = switched_off(state.current()), state.settings().seed
    return long_work.work(
        place,
        "frontier",
        (scenario, seed),
        lambda progress, threads: frontier(
            scenario, years=FRONTIER_YEARS, seed=seed, executor=threads, on_progress=progress
        ),
        on=(scenario, FRONTIER_YEARS),
        variants=len(scenario.remedies),
        doing="Searching all sets of remedies",
        start=f"Search all sets of {len(scenario.remedies)} remedies",
    )
