"""What a report is written from: one run, the remedies on the same luck, reasons, two replays.

Everything that page, deck and HTML show comes from one `Material`, so they show the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property

from model.compare import Comparison, Row, compare
from model.compare_command import PAYING_WORLDS, PAYING_YEARS
from model.dist import Belief
from model.estimate import Estimate, Sample
from model.mitigations import Change, Mitigation
from model.replay import Replay, named, replay
from model.result import DEFAULT_THRESHOLD_USD, Result
from model.scenario import Scenario
from model.simulate import simulate

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
SWINGS = (
    "incidents.change_and_configuration.rate_per_year",
    "incidents.power_cooling_weather.rate_per_year",
    "incidents.network_latency.rate_per_year",
    "incidents.change_and_configuration.duration_level",
    "platform.ad_revenue_per_year",
    "sessions.freshness_elasticity",
    "sessions.return_lag",
    "trust.failure_return_effect",
    "trust.permanent_share",
    "trust.recovery",
    "ads.budget_recapture",
    "recurrence.repeat_ratio",
)
"""Assumptions of the world that move the average year most in the default scenario."""
SWING_YEARS = 10_000
_IMAGINED = "imagined_"

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Option:
    """A remedy, or several together, with what it costs and saves."""

    label: str
    row: Row
    pays: Estimate | None
    """Chance that it pays back, over what is not known; None if the run cannot tell."""

    @property
    def per_dollar(self) -> float | None:
        """USD saved for each USD spent, over its life; None if it costs nothing."""
        cost = self.row.annual_cost.value
        return self.row.saving.value / cost if cost > 0 else None


@dataclass(frozen=True)
class Swing:
    """The average year with one assumption at the low and at the high end of its interval."""

    name: str
    belief: Belief
    low: Estimate
    """Difference of the expected annual loss at the low end, USD."""
    high: Estimate

    @property
    def width(self) -> float:
        """How far the two ends lie apart, USD."""
        return abs(self.high.value - self.low.value)


@dataclass(frozen=True, eq=False)
class Material:
    """All runs behind a report."""

    scenario: Scenario
    result: Result
    threshold_usd: float
    asked: tuple[str, ...]
    """Remedies the reader asked about; empty: the whole library was looked through."""
    options: tuple[Option, ...]
    together: Option | None
    """All remedies asked about, or all that pay by themselves, as one set."""
    comparisons: tuple[Comparison, ...]
    reasons: dict[str, Row]
    swings: tuple[Swing, ...]
    replays: tuple[Replay, ...]
    paid_in: tuple[int, int]
    """Worlds and years of the run behind the chance of paying back."""

    @cached_property
    def paying(self) -> tuple[Option, ...]:
        """Remedies that clearly pay on ad revenue alone."""
        return tuple(option for option in self.options if option.row.net_benefit.low > 0)

    @cached_property
    def recommended(self) -> Option | None:
        """The set with the highest net benefit among those that clearly pay; None if none does."""
        sets = [*self.paying, *([self.together] if self.together else [])]
        sets = [option for option in sets if option.row.net_benefit.low > 0]
        return max(sets, key=lambda option: option.row.net_benefit.value, default=None)

    @cached_property
    def candidate(self) -> Option | None:
        """What "after" means: what is asked about or recommended, else what comes nearest to it."""
        if self.asked:
            return self.together or self.options[0]
        return self.recommended or max(
            (option for option in self.options if option.row.saving.value > 0),
            key=lambda option: option.per_dollar or float("inf"),
            default=None,
        )

    def losses_with(self, option: Option) -> Sample:
        """Return the annual losses with a set in place."""
        for one in self.comparisons:
            if option.row.name in one.names:
                run = one.evaluation
                return Sample(run.loss(one.names.index(option.row.name)), run.worlds)
        raise KeyError(option.row.name)


def gather(
    scenario: Scenario,
    *,
    asked: Iterable[str] = (),
    years: int,
    seed: int = 0,
    threshold_usd: float = DEFAULT_THRESHOLD_USD,
    paying: tuple[int, int] = (PAYING_WORLDS, PAYING_YEARS),
    result: Result | None = None,
    executor: Executor | None = None,
    on_progress: Progress | None = None,
) -> Material:
    """Run everything a report needs; ScenarioError for an unknown remedy.

    `asked` are remedies to decide on (default: those that are on, else all are looked through);
    `paying` is the number of worlds and years of the run behind the chance of paying back; `result`
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
    comparisons, options = run.options(singles, known, 0.65)
    together = None
    names = wanted or tuple(o.row.name for o in options if o.row.net_benefit.low > 0)
    if len(names) > 1:
        more, (together,) = run.options([names], known, 0.1)
        comparisons = (*comparisons, *more)
    reasons = run.reasons(0.08)
    swings = run.swings(0.07)
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
        self, sets: list[tuple[str, ...]], known: dict[str, Mitigation], share: float
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

    def swings(self, share: float) -> tuple[Swing, ...]:
        """Put each of `SWINGS` that is uncertain at both ends of its interval, the widest first."""
        beliefs = {name: self.scenario.belief(name) for name in SWINGS}
        beliefs = {name: belief for name, belief in beliefs.items() if not belief.certain}
        ends = {f"{k}_{end}": (name, end) for k, name in enumerate(beliefs) for end in _ENDS}
        changes = {
            f"mitigations.{_IMAGINED}{key}.change.1": Change("set", name, _end(beliefs[name], end))
            for key, (name, end) in ends.items()
        }
        if not changes:
            return ()
        years = min(self.years, SWING_YEARS)
        imagined, sets = self.scenario.with_(changes), [(f"{_IMAGINED}{key}",) for key in ends]
        one = self._compare(imagined, sets, years, None, share, "What would change the answer")
        moved = dict(zip(ends, (row.delta_eal for row in one.rows()[1:]), strict=True))
        found = (
            Swing(name, belief, moved[f"{k}_low"], moved[f"{k}_high"])
            for k, (name, belief) in enumerate(beliefs.items())
        )
        return tuple(sorted(found, key=lambda swing: -swing.width))

    def _compare(
        self,
        scenario: Scenario,
        sets: list[tuple[str, ...]],
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


_ENDS = ("low", "high")


def _end(belief: Belief, end: str) -> Belief:
    """Return the certain belief at one end of an interval."""
    value = belief.low if end == "low" else belief.high
    return Belief("uniform", value, value)


def _certain(value: float) -> Belief:
    return Belief("uniform", value, value)


def option_label(labels: list[str]) -> str:
    """Return what a set of remedies is called.

    >>> option_label(["Drills"]), option_label(["Drills", "Queue"]), option_label(["a"] * 3)
    ('Drills', 'Drills + Queue', '3 remedies together')
    """
    return " + ".join(labels) if len(labels) < 3 else f"{len(labels)} remedies together"
