"""What to do and how sure that is, in words; every figure comes from a comparison of remedies."""

from __future__ import annotations

from collections.abc import Sequence

from model.decisions.worth import Offer, best, nearest
from model.drivers.information import Information
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.learning import clearly, first_to_learn, gain
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

ON_REVENUE, WITH_CREDIT = "on revenue alone", "with SLA credit counted"
_OPEN = (0.05, 0.95)
"""Chances of paying back between which it may be worth finding something out."""
_EVEN = 0.5


def answer(
    found: Sequence[Offer],
    loss: Estimate,
    asked: Offer | None = None,
    several: Offer | None = None,
) -> str:
    """Return what to do, in one sentence or two, about remedies `found` one by one.

    `asked` is the set that is switched on, `several` all that pay as one set; `loss` is the
    expected annual loss without remedies.
    """
    if loss.value <= 0:
        return "Outages cost **nothing** in this scenario: there is nothing to decide."
    if asked is not None:
        return _verdict(asked)
    chosen = best([*found, *([several] if several else [])])
    if chosen is not None:
        others = sum(offer.clear for offer in found) - 1
        alone = others > 0 and chosen is not several
        more = f" {_count(others)} more would pay by {_itself(others)}"
        more += ", not on top of it." if several else "."
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
        f"**{estimates.money(offer.saving)}** a year and costs **{_cost(offer)}**."
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
    money = f"{verb} **{estimates.money(offer.saving)}** a year and cost{'' if them else 's'}"
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
    return estimates.of_worlds(offer.pays, offer.worlds)


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


def breach(offer: Offer, now: Estimate, tolerance_usd: float) -> str:
    """Return the chance of a bad year now and with a set, as a sentence."""
    limit = fmt.money(tolerance_usd, 3)
    if now.value <= 0:
        return f"No simulated year costs more than {limit}, with or without."
    before, after = estimates.chance(now), estimates.chance(offer.row.p_breach)
    if before == after:
        return f"The chance of a year above {limit} stays at **{before}**."
    return f"The chance of a year above {limit} goes from **{before}** to **{after}**."
