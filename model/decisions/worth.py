"""Sets of remedies as they are put to people: saving, cost, and whether they pay back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.decisions.compare import Comparison, Row
from model.runs import paired
from model.runs.standard_errors import Estimate


@dataclass(frozen=True)
class Offer:
    """A set of remedies as it is put to people: what it saves, and whether it pays back."""

    label: str
    row: Row
    saving: Estimate
    """Expected saving a year over its life, USD; the price below which it pays."""
    benefit: Estimate
    """The saving less the cost, USD a year."""
    pays: Estimate | None
    """Share of worlds in which it pays back; None if that was not counted."""
    worlds: int
    """Worlds behind that share."""
    credit: bool
    """Whether the provider's SLA credit is counted."""

    @property
    def cost(self) -> Estimate:
        """Cost a year, USD, with the central 90 % of its belief."""
        return self.row.annual_cost

    @property
    def per_dollar(self) -> float:
        """USD saved for each USD spent; what is free comes first."""
        return self.saving.value / self.cost.value if self.cost.value > 0 else float("inf")

    @property
    def clear(self) -> bool:
        """Whether it pays on average, beyond simulation noise."""
        return self.benefit.low > 0

    @property
    def undecided(self) -> bool:
        """Whether simulation noise leaves open if it pays on average."""
        known = self.benefit.low > 0 or self.benefit.high < 0
        return not known and self.saving.value > 0


def offers_of(
    one: Comparison,
    long_worlds: Comparison | None,
    tolerance_usd: float,
    *,
    credit: bool = False,
) -> list[Offer]:
    """Return the sets of a comparison; `long_worlds` has the same with many years in each world.

    With `credit` they are judged on the loss net of the provider's SLA credit.
    """
    known = {remedy.name: remedy.label for remedy in one.evaluation.scenario.remedies}
    return [
        Offer(
            set_label([known[name] for name in row.remedies]),
            row,
            row.saving_net if credit else row.saving,
            row.net_benefit_net if credit else row.net_benefit,
            _pays(long_worlds, row.name, credit),
            long_worlds.evaluation.worlds if long_worlds else 0,
            credit,
        )
        for row in one.rows(tolerance_usd)[1:]
    ]


def _pays(long_worlds: Comparison | None, name: str, credit: bool) -> Estimate | None:
    if long_worlds is None:
        return None
    k = long_worlds.names.index(name)
    saving, worlds = long_worlds.saving(k, net=credit), long_worlds.evaluation.worlds
    return paired.pays_back_worlds(saving, long_worlds.cost(k), worlds=worlds)


def set_label(labels: Sequence[str]) -> str:
    """Return what a set of remedies is called.

    >>> set_label(["Drills"]), set_label(["Drills", "Queue"]), set_label(["a"] * 3)
    ('Drills', 'Drills + Queue', '3 remedies together')
    """
    return " + ".join(labels) if len(labels) < 3 else f"{len(labels)} remedies together"


def best(found: Iterable[Offer]) -> Offer | None:
    """Return the set with the highest net benefit among those that clearly pay; None if none."""
    return max((o for o in found if o.clear), key=lambda o: o.benefit.value, default=None)


def nearest(found: Iterable[Offer]) -> Offer | None:
    """Return the set that saves most for its price; None if none saves anything."""
    saving = (o for o in found if o.saving.low > 0)
    return max(saving, key=lambda o: o.per_dollar, default=None)
