"""Run what a report needs: the year, then remedies, reasons, replays and inputs, same luck.

The year alone is enough for the first findings; the steps add the rest, in any order, and change
nothing that is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeVar

from model.decisions.compare import PAYING_WORLDS, PAYING_YEARS, Comparison, compare
from model.decisions.counterfactuals import REASONS, imagined, mature
from model.decisions.worth import Choice, Offer, offers_of
from model.drivers.ranges import ranges
from model.drivers.ranking import ranked
from model.drivers.tornado import YEARS as SWING_YEARS
from model.drivers.tornado import tornado
from model.present.story.material import Material
from model.replays.incident import named
from model.replays.replay import replay
from model.runs.result import Result
from model.runs.reuse.what_is_reused import simulate
from model.scenario.scenario import Scenario

REPLAYED = ("tiktok-2026-01-25", "tiktok-2026-03-03")

Progress = Callable[[float, str], None]
T = TypeVar("T")


class Step(NamedTuple):
    """A part of the work: its share of the whole, and what it does."""

    share: float
    doing: str


STEPS = {
    "remedies": Step(0.45, "Weighing remedies on the same incidents"),
    "reasons": Step(0.07, "Looking for reasons"),
    "replays": Step(0.03, "Replaying incidents"),
    "inputs": Step(0.4, "What would change the answer"),
}
_YEAR = Step(0.05, "Simulating the year")


class Reuse(Protocol):
    """Returns a run that is there already under what it is, else makes it."""

    def __call__(self, what: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """Return the run `what` (a name, and remedies if they are a choice) or `make` it."""
        ...


def always(what: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """Make every run."""
    return make()


@dataclass(frozen=True)
class Gathering:
    """What a report is to be about, and how large its runs are.

    `asked` are remedies to decide on (default: those that are on, else all are looked through);
    `paying` is the number of worlds and years of the run behind the chance of paying back,
    `swing_years` those of the inputs moved one at a time (default: as on their own page). `reuse`
    is asked for `ranges`, `singles`, `paying`, `together`, `paying_together`, `mature` and
    `tornado`.
    """

    scenario: Scenario
    years: int
    asked: tuple[str, ...] = ()
    seed: int = 0
    paying: tuple[int, int] = (PAYING_WORLDS, PAYING_YEARS)
    swing_years: int = SWING_YEARS
    executor: Executor | None = None
    reuse: Reuse = always

    def begin(self, result: Result | None = None, on_progress: Progress | None = None) -> Material:
        """Return the year alone; `result` is its run if it is there already."""
        if result is None:
            counter = _counter(_YEAR, 0.0, on_progress)
            result = simulate(
                self.scenario,
                years=self.years,
                seed=self.seed,
                executor=self.executor,
                on_block=counter(1.0),
            )
        on = tuple(remedy.name for remedy in self.scenario.remedies if remedy.on)
        asked = tuple(dict.fromkeys(self.asked)) or on
        choice, limit = Choice(names=asked), self.scenario.tolerance_usd
        known = self.reuse(
            ("ranges",), lambda: ranges(self.scenario, seed=self.seed, executor=self.executor)
        )
        return Material(
            scenario=self.scenario,
            result=result,
            tolerance_usd=limit,
            known=known,
            choice=choice,
            paid_in=self.paying,
        )

    def add(self, step: str, found: Material, on_progress: Progress | None = None) -> Material:
        """Return the material with one of `STEPS` added; ScenarioError for an unknown remedy.

        `on_progress(share, what)` may raise to cancel.
        """
        done = _YEAR.share + sum(STEPS[name].share for name in found.there)
        counter = _counter(STEPS[step], done, on_progress)
        more = {
            "remedies": self._remedies,
            "reasons": self._reasons,
            "replays": self._replays,
            "inputs": self._inputs,
        }[step](found, counter)
        return replace(more, there=found.there | {step})

    def _remedies(self, found: Material, counter: _Counter) -> Material:
        """Compare remedies one by one, then those asked about, or those that pay, as one set."""
        names = found.choice.names
        singles = [(name,) for name in names or (one.name for one in self.scenario.remedies)]
        one, offers = self._offers(("singles", "paying"), names, singles, counter, 0.85)
        choice = Choice(offers, None, names)
        both = names or tuple(offer.row.name for offer in choice.paying)
        if len(both) < 2:
            return replace(found, comparisons=(one,), choice=choice)
        two, (several,) = self._offers(("together", "paying_together"), both, [both], counter, 0.15)
        return replace(found, comparisons=(one, two), choice=Choice(offers, several, names))

    def _offers(
        self,
        whats: tuple[str, str],
        names: tuple[str, ...],
        sets: Sequence[tuple[str, ...]],
        counter: _Counter,
        share: float,
    ) -> tuple[Comparison, tuple[Offer, ...]]:
        """Compare sets, and in many years per world to learn which worlds pay back."""
        worlds, years = self.paying
        first, second = counter(share / 2), counter(share / 2)
        one = self.reuse((whats[0], *names), lambda: self._compare(sets, self.years, None, first))
        many = self.reuse((whats[1], *names), lambda: self._compare(sets, years, worlds, second))
        return one, offers_of(one, many, self.scenario.tolerance_usd)

    def _compare(
        self,
        sets: Sequence[tuple[str, ...]],
        years: int,
        worlds: int | None,
        on_block: Callable[[int, int], None],
    ) -> Comparison:
        return compare(
            self.scenario,
            sets,
            years=years,
            worlds=worlds,
            seed=self.seed,
            executor=self.executor,
            on_block=on_block,
        )

    def _reasons(self, found: Material, counter: _Counter) -> Material:
        years, seed, executor = found.result.years, self.seed, self.executor
        late = self.reuse(
            ("mature",),
            lambda: mature(self.scenario, years=years, seed=seed, executor=executor),
        )
        others = imagined(
            self.scenario,
            [reason for reason in REASONS if reason != "mature"],
            years=years,
            seed=seed,
            executor=executor,
            on_block=counter(1.0),
        )
        return replace(found, reasons={**others, "mature": late})

    def _replays(self, found: Material, counter: _Counter) -> Material:
        played = []
        for name in REPLAYED:
            counter(1.0 / len(REPLAYED))(1, 1)
            played.append(replay(self.scenario, named()[name], seed=self.seed))
        return replace(found, replays=tuple(played))

    def _inputs(self, found: Material, counter: _Counter) -> Material:
        """Put each input of the world at both ends of its range, as the page of drivers does."""
        on_block = counter(1.0)
        moved = self.reuse(
            ("tornado",),
            lambda: tornado(
                self.scenario,
                years=self.swing_years,
                seed=self.seed,
                executor=self.executor,
                on_block=on_block,
            ),
        )
        swings = tuple(bar for bar in moved.bars if bar.per == "world")
        eal = found.result.mean("loss_usd").value
        return replace(found, swings=swings, ranking=ranked(self.scenario, moved, eal))


_Counter = Callable[[float], Callable[[int, int], None]]


def _counter(step: Step, done: float, tell: Progress | None) -> _Counter:
    """Return what makes block counters for one part of a step after the other."""
    at = done

    def part(share: float) -> Callable[[int, int], None]:
        nonlocal at
        start, width = at, step.share * share
        at += width

        def on_block(blocks: int, total: int) -> None:
            if tell is not None:
                tell(min(start + width * blocks / total, 1.0), step.doing)

        return on_block

    return part


def gather(
    scenario: Scenario,
    *,
    asked: Iterable[str] = (),
    years: int,
    seed: int = 0,
    paying: tuple[int, int] = (PAYING_WORLDS, PAYING_YEARS),
    swing_years: int = SWING_YEARS,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
) -> Material:
    """Run everything a report needs; ScenarioError for an unknown remedy.

    Arguments as in `Gathering`; `on_progress(share, what)` may raise to cancel.
    """
    work = Gathering(
        scenario=scenario,
        years=years,
        asked=tuple(asked),
        seed=seed,
        paying=paying,
        swing_years=swing_years,
        executor=executor,
    )
    found = work.begin(on_progress=on_progress)
    for step in STEPS:
        found = work.add(step, found, on_progress)
    return found
