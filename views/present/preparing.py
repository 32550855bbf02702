"""The story of Present, gathered step by step in a thread: the first findings show at once.

Whoever has the same scenario shares it. Going to another finding or page interrupts nothing; the
work ends by itself once nobody has looked for a while, and goes on when somebody looks again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

from model.decisions.compare import PAYING_WORLDS, PAYING_YEARS
from model.decisions.counterfactuals import MATURE_YEARS
from model.present.story.elements import Section, Story
from model.present.story.gather import STEPS, Gathering
from model.present.story.material import Material
from model.present.story.slides import BEGUN, SECTIONS, complete, section, story
from model.runs.turns import Turn, Urgency
from model.scenario.scenario import Scenario
from views.session import comparisons, long_work, state
from views.waiting.turns import turn

NOBODY_LOOKS_S = 15.0
"""So long after the last look the work is given up."""
_MOST_LOOKED_AT = 3
"""Stories that stay whatever else is kept: one that is pushed out would begin again, for ever."""

T = TypeVar("T")


class _Left(Exception):
    """Nobody looks any more."""


class Preparation:
    """Material and sections as far as they are there; a thread adds what is missing."""

    def __init__(self, work: Gathering, found: Material, today: str) -> None:
        """Start with the year alone."""
        wait = turn(
            Urgency.HEAVY,
            work.scenario,
            work.years,
            variants=len(work.scenario.remedies),
            still_wanted=self._look_up,
        )
        self.work, self.found, self.today = replace(work, executor=wait), found, today
        self.share, self.doing = 0.0, next(iter(STEPS.values())).doing
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        self._seen, self._looked = next(iter(SECTIONS)), 0.0
        self._sections: dict[str, Section] = {}
        self._whole: set[str] = set()
        self._write()

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return len(self._whole) == len(SECTIONS)

    def has(self, key: str) -> bool:
        """Tell whether a section is complete."""
        return key in self._whole

    def section(self, key: str) -> Section | None:
        """Return a section as far as it goes; None if all of it is to come."""
        return self._sections.get(key)

    def told(self, asked_by: str = "") -> Story:
        """Return the whole story, once it is ready, with who asks for the decision."""
        return story(self.found, date=self.today, asked_by=asked_by, ready=self._sections)

    def look(self, key: str) -> None:
        """Note that somebody waits for a section, and see to it that the work goes on."""
        with self._lock:
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            self._seen, self._looked = key, time.monotonic()
            if self.ready or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._go, name="present", daemon=True)
            self._thread.start()

    def _go(self) -> None:
        try:
            while not self.ready:
                self.found = self.work.add(self._next(), self.found, self._tell)
                self._write()
        except _Left:
            pass
        except Exception as error:  # told to whoever looks next
            self._error = error

    def _next(self) -> str:
        """Return the step to do next: what is looked at comes first."""
        missing = [step for step in STEPS if step not in self.found.there]
        _, wanted = SECTIONS[self._seen]
        return next((step for step in missing if step in wanted), missing[0])

    def _look_up(self, mine: Turn) -> None:
        self._tell(self.share, self.doing if mine.begun else "Waiting for its turn")

    def _tell(self, share: float, doing: str) -> None:
        self.share, self.doing = share, doing
        if time.monotonic() - self._looked > NOBODY_LOOKS_S:
            raise _Left

    def _write(self) -> None:
        """Write the sections that this material completes, and those that it begins."""
        for key in SECTIONS:
            whole = complete(key, self.found)
            if key not in self._whole and (whole or key in BEGUN):
                self._sections[key] = section(key, self.found, date=self.today)
                self._whole |= {key} if whole else set()


_looked_at: OrderedDict[tuple[Hashable, ...], Preparation] = OrderedDict()
_lock = threading.Lock()


def preparation(scenario: Scenario) -> Preparation:
    """Return the story of a scenario, begun with a run of the years that pages show."""
    settings = state.settings()
    years, today = comparisons.years(), date.today().isoformat()
    # Where values come from is no part of what a scenario equals, but it is told.
    parts = (scenario, scenario.provenance, years, settings.seed, today)
    there = _looked_at.get(parts) or long_work.found("present", *parts)
    if there is None:
        there = _begun(scenario, years, settings.seed, today)
    # It has grown since it was weighed.
    long_work.keep("present", *parts, value=there)
    with _lock:
        _looked_at[parts] = there
        _looked_at.move_to_end(parts)
        while len(_looked_at) > _MOST_LOOKED_AT:
            _looked_at.popitem(last=False)
    return there


def _begun(scenario: Scenario, years: int, seed: int, today: str) -> Preparation:
    work = Gathering(
        scenario.unsourced(),
        years,
        seed=seed,
        reuse=_Shared(comparisons.switched_off(scenario), years, seed),
    )
    found = replace(work.begin(state.result(years=years, scenario=scenario)), scenario=scenario)
    return Preparation(work, found, today)


class _Shared:
    """Runs shared with the pages that show the same, by their keys."""

    def __init__(self, bare: Scenario, years: int, seed: int) -> None:
        """Look for runs of a scenario whose remedies are all switched off."""
        self._bare, self._years, self._seed = bare, years, seed

    def __call__(self, what: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """Return a run that is kept under what it is, else make and keep it."""
        name, parts = str(what[0]), self._parts(str(what[0]), tuple(map(str, what[1:])))
        there = long_work.found(name, *parts)
        if there is None:
            there = make()
            long_work.keep(name, *parts, value=there)
        return cast(T, there)

    def _parts(self, name: str, names: tuple[str, ...]) -> tuple[Hashable, ...]:
        """Return what pages keep a run under."""
        bare, seed = self._bare, self._seed
        if name == "tornado":
            return bare, "eal", seed
        if name == "ranges":
            return bare, seed
        if name == "mature":
            return bare, min(self._years, MATURE_YEARS), seed
        paying = name.startswith("paying")
        years, worlds = (PAYING_YEARS, PAYING_WORLDS) if paying else (self._years, None)
        return bare, names or None, years, worlds, seed
