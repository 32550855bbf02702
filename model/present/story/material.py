"""What a report is written from: one run, the remedies on the same luck, reasons, two replays.

Everything that page, deck and HTML show comes from one `Material`, so they show the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from model.decisions.compare import Comparison
from model.decisions.worth import Choice, Offer
from model.drivers.ranges import Ranges
from model.drivers.ranking import Ranking
from model.drivers.tornado import Bar
from model.replays.replay import Replay
from model.runs.quantiles import Sample
from model.runs.result import Result
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Material:
    """The runs behind a report; those that take longer are added step by step (`gather`)."""

    scenario: Scenario
    result: Result
    tolerance_usd: float
    known: Ranges
    """What single worlds say about each figure: the range of what is not known."""
    choice: Choice
    """The remedies asked about, by name; their offers once they are compared."""
    paid_in: tuple[int, int]
    """Worlds and years of the run behind the chance of paying back."""
    there: frozenset[str] = frozenset()
    """Steps of `gather.STEPS` whose runs are here; the fields below are empty before."""
    comparisons: tuple[Comparison, ...] = ()
    reasons: dict[str, Estimate] = field(default_factory=dict)
    """Change of the average year without each of `counterfactuals.REASONS`."""
    swings: tuple[Bar, ...] = ()
    """Every input of the world at either end of its range, the widest first."""
    ranking: Ranking | None = None
    """Every uncertain input by how far it moves the average year."""
    replays: tuple[Replay, ...] = ()

    def losses_with(self, offer: Offer) -> Sample:
        """Return the annual losses with a set in place."""
        for one in self.comparisons:
            if offer.row.name in one.names:
                run = one.evaluation
                return Sample(run.loss(one.names.index(offer.row.name)), run.worlds)
        raise KeyError(offer.row.name)
