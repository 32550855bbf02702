"""What to do and how sure that is, in words; every figure comes from a comparison of remedies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model import paired
from model.assumptions import Assumption, declared
from model.compare import Comparison, Row
from model.estimate import Z95, Estimate
from model.information import Information, Worth
from model.mitigations import is_change, remedy_of
from model.present import format as fmt
from model.present import rounding
from model.scenario import Change, Scenario

ON_REVENUE, WITH_CREDIT = "on ad revenue alone", "with SLA credit counted"
_OPEN = (0.05, 0.95)
"""Chances of paying back between which it may be worth finding something out."""
_EVEN = 0.5
_MOST_LEADERS, _SEVERAL = 4, 3


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
        return self.benefit.low <= 0 <= self.benefit.high and self.saving.value > 0


def offers(
    one: Comparison,
    long_worlds: Comparison | None,
    tolerance_usd: float,
    *,
    credit: bool = False,
) -> list[Offer]:
    """Return the sets of a comparison; `long_worlds` has the same with many years in each world.

    With `credit` they are judged on the loss net of the provider's SLA credit.
    """
    known = {remedy.name: remedy.label for remedy in one.evaluation.scenario.mitigations}
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


def answer(
    found: Sequence[Offer],
    loss: Estimate,
    asked: Offer | None = None,
    several: Offer | None = None,
) -> str:
    """Return what to do, in one sentence or two, about remedies `found` one by one.

    `asked` is the set that is switched on, `several` all that pay as one set; `loss` is the expected
    annual loss without remedies.
    """
    if loss.value <= 0:
        return "Outages cost **nothing** in this scenario: there is nothing to decide."
    if asked is not None:
        return _verdict(asked)
    chosen = best([*found, *([several] if several else [])])
    if chosen is not None:
        others = sum(offer.clear for offer in found) - 1
        alone = others > 0 and chosen is not several
        more = f" {_count(others)} more would pay by {_itself(others)}, not on top of it."
        return _verdict(chosen) + (more if alone else "")
    offer, basis = nearest(found), _basis(found)
    subject = f"None of these {len(found)} remedies" if len(found) > 1 else "This remedy does not"
    if offer is None:
        return f"**{subject} {'saves' if len(found) > 1 else 'save'} anything {basis}.**"
    if offer.undecided:
        return _verdict(offer)
    verb = "pays" if len(found) > 1 else "pay"
    return (
        f"**{subject} {verb} {basis}.** {quoted(offer)} comes nearest: it saves "
        f"**{rounding.money(offer.saving)}** a year and costs **{_cost(offer)}**."
    )


def _basis(found: Sequence[Offer]) -> str:
    return WITH_CREDIT if found and found[0].credit else ON_REVENUE


def _count(number: int) -> str:
    return "One" if number == 1 else str(number)


def _itself(number: int) -> str:
    return "itself" if number == 1 else "themselves"


def quoted(offer: Offer) -> str:
    """Return a set in the middle of a sentence: remedies in quotes, as they are called."""
    return f"“{offer.label}”" if len(offer.row.remedies) < 3 else offer.label


def _cost(offer: Offer) -> str:
    return fmt.money(offer.cost.value) if offer.cost.value else "nothing"


def _verdict(offer: Offer) -> str:
    """Return whether to buy one set."""
    them = len(offer.row.remedies) > 1
    verb = "save" if them else "saves"
    money = f"{verb} **{rounding.money(offer.saving)}** a year and cost{'' if them else 's'}"
    trade = f"{money} **{_cost(offer)}**"
    basis = WITH_CREDIT if offer.credit else ON_REVENUE
    if offer.clear and offer.pays is not None and offer.pays.value < _EVEN:
        return f"**{quoted(offer)} is a bet on the bad years:** on average it {trade}."
    if offer.clear:
        return f"**Buy {quoted(offer)}:** it {trade}." if not them else _buy_all(offer, trade)
    subject = "they" if them else "it"
    if offer.undecided:
        return f"**Too close to call: {quoted(offer)}.** On average {subject} {trade}."
    pay = "do not pay" if them else "does not pay"
    if offer.saving.high <= 0 or offer.saving.value <= 0:
        nothing = "save" if them else "saves"
        price = "cost" if them else "costs"
        spends = f"and {price} **{_cost(offer)}** a year"
        return f"**{quoted(offer)} {nothing} nothing {basis}** {spends}."
    return f"**{quoted(offer)} {pay} {basis}:** {subject} {trade}."


def _buy_all(offer: Offer, trade: str) -> str:
    return f"**Buy {quoted(offer)}:** they {trade}."


def chance(offer: Offer) -> str:
    """Return the chance that a set pays back, never more certain than the worlds counted."""
    if offer.pays is None:
        return "…"
    least = 3.0 / offer.worlds
    if offer.pays.value <= least:
        return f"under {fmt.share(max(least, offer.pays.high), 1)}"
    if offer.pays.value >= 1.0 - least:
        return f"over {fmt.share(min(1.0 - least, offer.pays.low))}"
    return fmt.share(offer.pays.value)


def how_sure(offer: Offer, learned: Information | None, scenario: Scenario) -> str:
    """Return how sure the answer is, and what to find out first if anything would change it."""
    if offer.pays is None:
        return ""
    subject = "They pay" if len(offer.row.remedies) > 1 else "It pays"
    sure = f"{subject} back with a chance of {chance(offer)}, over all that we do not know."
    if learned is None:
        return sure
    telling = clearly(learned)
    if not telling or not _OPEN[0] < offer.pays.value < _OPEN[1]:
        return f"{sure} Finding out more about any single figure would hardly change the answer."
    return f"{sure} **It depends on {first_to_learn(learned, scenario)} first.** {gain(learned)}"


def first_to_learn(learned: Information, scenario: Scenario) -> str:
    """Return which beliefs to find out: the first, and those that cannot be told from it."""
    names = [worth.name for worth in _leaders(learned)]
    labels = [title(name, scenario) for name in names]
    heads, tails = zip(*(label.rpartition(": ")[::2] for label in labels), strict=True)
    if len(labels) > 1 and len(set(tails)) == 1 and all(heads):
        of = _listed(heads) if len(labels) < _SEVERAL else "several causes"
        what = f"“{tails[0][:1].upper()}{tails[0][1:]}” of {of}"
    else:
        what = _listed([f"“{label}”" for label in labels])
    return f"{what}: find {'that' if len(labels) == 1 else 'these'} out"


def gain(learned: Information) -> str:
    """Return what learning the first belief is worth."""
    leaders = _leaders(learned)
    which = "it" if len(leaders) == 1 else "any one of them"
    return f"Knowing {which} is worth up to {rounding.money(leaders[0].value)} a year."


def _leaders(learned: Information) -> list[Worth]:
    clear = clearly(learned)
    top = clear[0].value
    return [
        worth
        for worth in clear[:_MOST_LEADERS]
        if top.value - worth.value.value
        <= Z95 * math.hypot(top.standard_error, worth.value.standard_error)
        or worth is clear[0]
    ]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clearly(learned: Information) -> tuple[Worth, ...]:
    """Return the beliefs that are worth learning beyond simulation noise, the most first."""
    return tuple(worth for worth in learned.telling() if worth.value.low > 0)


def title(name: str, scenario: Scenario) -> str:
    """Return what an assumption, or a row of a remedy, is called."""
    remedy = remedy_of(name)
    if remedy is None:
        return declared(name).label
    label = remedy_label(remedy, scenario)
    if not is_change(name):
        part = declared(name).label.rsplit(": ", 1)[-1]
        return f"{label}: {part}"
    change = scenario.value(name)
    assert isinstance(change, Change)
    return f"{label}: effect on {path_label(change.path)[:1].lower()}{path_label(change.path)[1:]}"


def remedy_label(name: str, scenario: Scenario) -> str:
    """Return what a remedy of a scenario is called."""
    return next(one.label for one in scenario.mitigations if one.name == name)


def path_label(path: str) -> str:
    """Return what a remedy changes; `incidents.*.FIELD` is the field of all causes.

    >>> path_label("incidents.*.duration"), path_label("resilience.failover_success")
    ('All causes: duration', 'Failover success')
    """
    if path.startswith("incidents.*."):
        field = declared(path.replace("*", "any")).label.rsplit(": ", 1)[-1]
        return f"All causes: {field}"
    return declared(path).label


def path_unit(path: str) -> str:
    """Return the unit of what a remedy changes."""
    item = declared(path.replace("*", "any"))
    return item.unit if isinstance(item, Assumption) else ""


def breach(offer: Offer, now: Estimate, tolerance_usd: float) -> str:
    """Return the chance of a bad year now and with a set, as a sentence."""
    limit = fmt.money(tolerance_usd, 3)
    if now.value <= 0:
        return f"No simulated year costs more than {limit}, with or without."
    before, after = rounding.chance(now), rounding.chance(offer.row.p_breach)
    if before == after:
        return f"The chance of a year above {limit} stays at **{before}**."
    return f"The chance of a year above {limit} goes from **{before}** to **{after}**."
