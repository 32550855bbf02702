"""Sets of remedies as they are put to people: saving, cost, whether they pay, which to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.decisions import payback
from model.decisions.compare import Comparison, Row
from model.runs.standard_errors import Estimate


@dataclass(frozen=True)
class Offer:
    """A set of remedies as it is put to people: what it saves, and whether it pays back."""

    label: str
    row: Row
    saving: Estimate
    """Expected saving a year over the horizon, USD; the price below which it pays."""
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
    def saves(self) -> bool:
        """Whether it saves anything, beyond simulation noise."""
        return self.saving.low > 0

    @property
    def undecided(self) -> bool:
        """Whether simulation noise leaves open if it pays on average."""
        known = self.benefit.low > 0 or self.benefit.high < 0
        return not known and self.saving.value > 0

    @property
    def only_by_credit(self) -> bool:
        """Whether it clearly pays, but not without the provider's SLA credit."""
        return self.row.net_benefit_net.low > 0 and self.row.net_benefit.low <= 0


@dataclass(frozen=True)
class Choice:
    """What there is to choose from, and by one rule for every page and file what is chosen."""

    offers: tuple[Offer, ...] = ()
    """Remedies one by one."""
    several: Offer | None = None
    """Those asked about, or else all that pay, as one set; None of fewer than two."""
    names: tuple[str, ...] = ()
    """Remedies asked about: switched on, or named; empty to look through all."""

    @property
    def sets(self) -> tuple[Offer, ...]:
        """Every set: that of several first, then each remedy."""
        return (*([self.several] if self.several else []), *self.offers)

    @property
    def paying(self) -> tuple[Offer, ...]:
        """Remedies that clearly pay by themselves."""
        return tuple(offer for offer in self.offers if offer.clear)

    @property
    def asked(self) -> Offer | None:
        """The set asked about; None if all are looked through."""
        wanted = set(self.names)
        return next((o for o in self.sets if wanted and set(o.row.remedies) == wanted), None)

    @property
    def best(self) -> Offer | None:
        """The set with the highest net benefit among those that clearly pay; None if none does."""
        clear = (offer for offer in self.sets if offer.clear)
        return max(clear, key=lambda offer: offer.benefit.value, default=None)

    @property
    def nearest(self) -> Offer | None:
        """The remedy that saves most for its price; None if none saves anything."""
        saving = (offer for offer in self.offers if offer.saves)
        return max(saving, key=lambda offer: offer.per_dollar, default=None)

    @property
    def candidate(self) -> Offer | None:
        """What the answer is about: the set asked about, else the best, else the nearest."""
        return self.asked or self.best or self.nearest


def offers_of(
    one: Comparison,
    long_worlds: Comparison | None,
    tolerance_usd: float | None = None,
    *,
    credit: bool = False,
) -> tuple[Offer, ...]:
    """Return the sets of a comparison; `long_worlds` has the same with many years in each world.

    With `credit` they are judged on the loss net of the provider's SLA credit.
    """
    known = {remedy.name: remedy.label for remedy in one.evaluation.scenario.remedies}
    return tuple(
        Offer(
            label=set_label([known[name] for name in row.remedies]),
            row=row,
            saving=row.saving_net if credit else row.saving,
            benefit=row.net_benefit_net if credit else row.net_benefit,
            pays=_pays(long_worlds, row.name, credit),
            worlds=long_worlds.evaluation.worlds if long_worlds else 0,
            credit=credit,
        )
        for row in one.rows(tolerance_usd)[1:]
    )


def _pays(long_worlds: Comparison | None, name: str, credit: bool) -> Estimate | None:
    if long_worlds is None:
        return None
    k = long_worlds.names.index(name)
    saving, worlds = long_worlds.saving(k, net=credit), long_worlds.evaluation.worlds
    return payback.pays_back_worlds(saving, long_worlds.cost(k), worlds=worlds)


def set_label(labels: Sequence[str]) -> str:
    """Return what a set of remedies is called.

    >>> set_label(["Drills"]), set_label(["Drills", "Queue"]), set_label(["a"] * 3)
    ('Drills', 'Drills + Queue', '3 remedies together')
    """
    return " + ".join(labels) if len(labels) < 3 else f"{len(labels)} remedies together"
