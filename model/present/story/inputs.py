"""What a report is written from: one run, the remedies on the same luck, reasons, two replays.

Everything that page, deck and HTML show comes from one `Material`, so they show the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from model.decisions.compare import Comparison, Row
from model.drivers.ranking import Ranking
from model.drivers.tornado import Bar
from model.replays.replay import Replay
from model.runs.result import Result
from model.runs.standard_errors import Estimate, Sample
from model.scenario.scenario import Scenario


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

    @property
    def rank(self) -> float:
        """What it saves for its price, for putting options in order; free ones come first."""
        return float("inf") if self.per_dollar is None else self.per_dollar


@dataclass(frozen=True, eq=False)
class Material:
    """The runs behind a report; those that take longer are added step by step (`gathering`)."""

    scenario: Scenario
    result: Result
    tolerance_usd: float
    asked: tuple[str, ...]
    """Remedies the reader asked about; empty: the whole library was looked through."""
    paid_in: tuple[int, int]
    """Worlds and years of the run behind the chance of paying back."""
    there: frozenset[str] = frozenset()
    """Steps of `gathering.STEPS` whose runs are here; the fields below are empty before."""
    options: tuple[Option, ...] = ()
    together: Option | None = None
    """All remedies asked about, or all that pay by themselves, as one set."""
    comparisons: tuple[Comparison, ...] = ()
    reasons: dict[str, Estimate] = field(default_factory=dict)
    """Change of the average year without each of `imagining.REASONS`, USD."""
    swings: tuple[Bar, ...] = ()
    """Every input of the world at either end of its range, the widest first."""
    ranking: Ranking | None = None
    """Every uncertain input by how far it moves the average year."""
    replays: tuple[Replay, ...] = ()

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
            return self.together or next(iter(self.options), None)
        return self.recommended or max(
            (option for option in self.options if option.row.saving.value > 0),
            key=lambda option: option.rank,
            default=None,
        )

    def losses_with(self, option: Option) -> Sample:
        """Return the annual losses with a set in place."""
        for one in self.comparisons:
            if option.row.name in one.names:
                run = one.evaluation
                return Sample(run.loss(one.names.index(option.row.name)), run.worlds)
        raise KeyError(option.row.name)
