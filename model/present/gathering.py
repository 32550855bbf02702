"""Run everything a report needs: the year, remedies, reasons, swings and replays, same luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from model.compare import Comparison, Row, compare
from model.compare_command import PAYING_WORLDS, PAYING_YEARS
from model.dist import Belief
from model.mitigations import Change, Mitigation
from model.present.material import Material, Option
from model.replay import named, replay
from model.result import DEFAULT_THRESHOLD_USD, Result
from model.scenario import Scenario
from model.simulate import simulate
from model.tornado import YEARS as SWING_YEARS
from model.tornado import Bar, tornado

REPLAYED = ("tiktok-2026-01-25", "tiktok-2026-03-03")
REASONS: dict[str, tuple[tuple[str, float], ...]] = {
    "second_region": (
        ("resilience.failover_success", 1.0),
        ("resilience.residual_impairment", 0.0),
    ),
    "no_repeats": (("recurrence.repeat_ratio", 0.0),),
    "mature": (("incidents.*.early_life_multiplier", 1.0),),
}
"""What is imagined away, one at a time, to see what it adds to the average year."""
_IMAGINED = "imagined_"

Progress = Callable[[float, str], None]


def gather(
    scenario: Scenario,
    *,
    asked: Iterable[str] = (),
    years: int,
    seed: int = 0,
    threshold_usd: float = DEFAULT_THRESHOLD_USD,
    paying: tuple[int, int] = (PAYING_WORLDS, PAYING_YEARS),
    swing_years: int = SWING_YEARS,
    result: Result | None = None,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
) -> Material:
    """Run everything a report needs; ScenarioError for an unknown remedy.

    `asked` are remedies to decide on (default: those that are on, else all are looked through);
    `paying` is the number of worlds and years of the run behind the chance of paying back,
    `swing_years` those of the inputs moved one at a time (default: as on their own page); `result`
    is the run of the same years and seed if it is there already. `on_progress(share, what)` may
    raise to cancel.
    """
    steps = _Steps(on_progress or (lambda share, what: None))
    on = tuple(remedy.name for remedy in scenario.mitigations if remedy.on)
    wanted = tuple(dict.fromkeys(asked)) or on
    known = {remedy.name: remedy for remedy in scenario.mitigations}
    run = _Run(scenario, years, seed, threshold_usd, paying, executor, steps)
    if result is None:
        on_block = steps.part(0.05, "Simulating the year")
        result = simulate(scenario, years=years, seed=seed, executor=executor, on_block=on_block)
    singles = [(name,) for name in wanted or known]
    comparisons, options = run.options(singles, known, 0.55)
    together = None
    names = wanted or tuple(o.row.name for o in options if o.row.net_benefit.low > 0)
    if len(names) > 1:
        more, (together,) = run.options([names], known, 0.1)
        comparisons = (*comparisons, *more)
    reasons = run.reasons(0.08)
    swings = run.swings(swing_years, 0.17)
    replays = []
    for name in REPLAYED:
        steps.part(0.02, "Replaying incidents")(1, 1)
        replays.append(replay(scenario, named()[name], seed=seed))
    steps.part(0.01, "Ready")(1, 1)
    return Material(
        scenario,
        result,
        threshold_usd,
        wanted,
        options,
        together,
        comparisons,
        reasons,
        swings,
        tuple(replays),
        paying,
    )


class _Steps:
    """Progress of several pieces of work as one share."""

    def __init__(self, tell: Progress) -> None:
        self.tell, self.done = tell, 0.0

    def part(self, share: float, what: str) -> Callable[[int, int], None]:
        """Return a block counter for the next `share` of the work."""
        start = self.done
        self.done += share

        def on_block(done: int, total: int) -> None:
            self.tell(min(start + share * done / total, 1.0), what)

        return on_block


@dataclass(frozen=True)
class _Run:
    """How remedies are compared for one report."""

    scenario: Scenario
    years: int
    seed: int
    threshold_usd: float
    paying: tuple[int, int]
    executor: Executor | None
    steps: _Steps

    def options(
        self, sets: Sequence[tuple[str, ...]], known: dict[str, Mitigation], share: float
    ) -> tuple[tuple[Comparison, ...], tuple[Option, ...]]:
        """Compare sets, and in many years per world to learn which worlds pay back."""
        worlds, years = self.paying
        one = self._compare(self.scenario, sets, self.years, None, share * 0.4, "Pricing remedies")
        many = self._compare(self.scenario, sets, years, worlds, share * 0.6, "Do they pay back?")
        pays = {row.name: row.p_pays_back_worlds for row in many.rows()}
        found = (
            Option(option_label([known[name].label for name in row.remedies]), row, pays[row.name])
            for row in one.rows(self.threshold_usd)[1:]
        )
        return (one,), tuple(found)

    def reasons(self, share: float) -> dict[str, Row]:
        """Imagine away each of `REASONS`, on the same incidents."""
        changes = {
            f"mitigations.{_IMAGINED}{reason}.change.{k}": Change("set", path, _certain(value))
            for reason, parts in REASONS.items()
            for k, (path, value) in enumerate(parts, 1)
        }
        imagined = self.scenario.with_(changes)
        sets = [(f"{_IMAGINED}{reason}",) for reason in REASONS]
        one = self._compare(imagined, sets, self.years, None, share, "Looking for reasons")
        return {row.name.removeprefix(_IMAGINED): row for row in one.rows()[1:]}

    def swings(self, years: int, share: float) -> tuple[Bar, ...]:
        """Put each input of the world at both ends of its range, as the page of drivers does."""
        moved = tornado(
            self.scenario,
            years=years,
            seed=self.seed,
            executor=self.executor,
            on_block=self.steps.part(share, "What would change the answer"),
        )
        return tuple(bar for bar in moved.bars if bar.per == "world")

    def _compare(
        self,
        scenario: Scenario,
        sets: Sequence[tuple[str, ...]],
        years: int,
        worlds: int | None,
        share: float,
        what: str,
    ) -> Comparison:
        return compare(
            scenario,
            sets,
            years=years,
            worlds=worlds,
            seed=self.seed,
            executor=self.executor,
            on_block=self.steps.part(share, what),
        )


def _certain(value: float) -> Belief:
    return Belief("uniform", value, value)


def option_label(labels: list[str]) -> str:
    """Return what a set of remedies is called.

    >>> option_label(["Drills"]), option_label(["Drills", "Queue"]), option_label(["a"] * 3)
    ('Drills', 'Drills + Queue', '3 remedies together')
    """
    return " + ".join(labels) if len(labels) < 3 else f"{len(labels)} remedies together"
