"""What matters most: every uncertain assumption by how far it moves the average year (MODEL §5).

One ranking, from the tornado of the expected annual loss, for every place that says what matters.
The weakest input is computed too: what rests on judgement, grade C, and moves the answer most.

>>> from model.scenario.scenario import Scenario
>>> found = ranking(Scenario.default(), years=200)
>>> found.rows[0].movement >= found.rows[-1].movement
True
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

from model.drivers.tornado import YEARS, Bar, Tornado, tornado
from model.scenario.scenario import Scenario

JUDGEMENT = "C"


class Ranked(NamedTuple):
    """One assumption: its grade, both inputs, and the expected annual loss at each, USD."""

    name: str
    grade: str
    unit: str
    low: float
    """5th percentile of the belief, as `high` the 95th."""
    high: float
    eal_from: float
    eal_to: float
    bar: Bar

    @property
    def movement(self) -> float:
        """How far it moves the answer, USD: the longest way between both ends and as it is."""
        return self.bar.swing

    @property
    def telling(self) -> bool:
        """Whether it moves the answer beyond simulation noise."""
        return any(end.low > 0 or end.high < 0 for end in (self.bar.at_low, self.bar.at_high))


@dataclass(frozen=True, eq=False)
class Ranking:
    """All uncertain assumptions, those that move the answer most first."""

    rows: tuple[Ranked, ...]

    @property
    def weakest(self) -> tuple[Ranked, ...]:
        """Return the inputs that are judgement and move the answer visibly, the weakest first."""
        return tuple(row for row in self.rows if row.grade == JUDGEMENT and row.telling)


def ranking(
    scenario: Scenario,
    *,
    years: int = YEARS,
    seed: int = 0,
    executor: Executor | None = None,
    on_block: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Rank the assumptions of a scenario; arguments as in `tornado`."""
    moved = tornado(scenario, years=years, seed=seed, executor=executor, on_block=on_block)
    return ranked(scenario, moved)


def ranked(scenario: Scenario, found: Tornado, eal_usd: float | None = None) -> Ranking:
    """Rank the bars of a tornado of the expected annual loss; ValueError for another figure.

    What it goes from and to stands around `eal_usd`, the figure of the run on show if there is
    one: it has more years than a tornado, whose differences are surer than its level.
    """
    if found.figure != "eal":
        raise ValueError(f"figure: {found.figure!r} given; the ranking is by eal")
    base = found.baseline.value if eal_usd is None else eal_usd
    rows = (_row(scenario, bar, base) for bar in found.bars)
    return Ranking(tuple(sorted(rows, key=lambda row: -row.movement)))


def _row(scenario: Scenario, bar: Bar, base: float) -> Ranked:
    return Ranked(
        name=bar.name,
        grade=grade_of(scenario, bar.name),
        unit=bar.unit,
        low=bar.low_input,
        high=bar.high_input,
        eal_from=base + bar.at_low.value,
        eal_to=base + bar.at_high.value,
        bar=bar,
    )


def grade_of(scenario: Scenario, name: str) -> str:
    """Return the grade of the evidence behind an input's own value; without one, judgement."""
    return scenario.evidence(name).graded
