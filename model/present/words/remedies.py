"""What is asked, whether remedies pay and how sure that is, in words: the page's and the report's.

Every figure comes from a comparison of remedies; what is chosen is decided by `Choice`.
"""

from __future__ import annotations

from model.decisions.worth import Choice, Offer
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
_BET = "pays on average, though more likely it does not"

# One set


def quoted(offer: Offer) -> str:
    """Return a set in the middle of a sentence: remedies in quotes, as they are called."""
    return f"“{offer.label}”" if len(offer.row.remedies) < 3 else offer.label


def first_word(text: str) -> str:
    """Return text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def saving(offer: Offer) -> str:
    """Return what a set saves a year."""
    return estimates.money(offer.saving)


def cost(offer: Offer) -> str:
    """Return what a set costs a year."""
    return fmt.money(offer.cost.value) if offer.cost.value else "nothing"


def averaged(years: float) -> str:
    """Return over what savings are averaged.

    >>> averaged(5.0)
    'averaged over 5 years'
    """
    return f"averaged over {fmt.significant(years, 2)} years"


def chance(offer: Offer, unknown: str = "not known") -> str:
    """Return the chance that a set pays back, never more certain than the worlds counted."""
    return unknown if offer.pays is None else estimates.of_worlds(offer.pays, offer.worlds)


def sure(offer: Offer) -> str:
    """Return how likely a set is to pay back, as a sentence."""
    if offer.pays is None:
        return "How likely it is to pay back was not examined."
    subject = "They pay" if len(offer.row.remedies) > 1 else "It pays"
    return f"{subject} back with a chance of {chance(offer)}, over all that we do not know."


def breach(offer: Offer, now: Estimate, tolerance_usd: float) -> str:
    """Return the chance of a bad year now and with a set, as a sentence."""
    limit = fmt.money(tolerance_usd, 3)
    if now.value <= 0:
        return f"No simulated year costs more than {limit}, with or without."
    before, after = estimates.chance(now), estimates.chance(offer.row.p_breach)
    if before == after:
        return f"The chance of a year above {limit} stays at **{before}**."
    return f"The chance of a year above {limit} goes from **{before}** to **{after}**."


def _a_bet(offer: Offer) -> bool:
    """Tell whether a set that pays on average more often does not."""
    return offer.clear and offer.pays is not None and offer.pays.value < _EVEN


# The page that decides: what to do, in a line


def answer(choice: Choice, loss: Estimate) -> str:
    """Return what to do, in one sentence or two; `loss` is that of a year without remedies."""
    if loss.value <= 0:
        return "Outages cost **nothing** in this scenario: there is nothing to decide."
    if choice.asked is not None:
        return _worth(choice.asked)
    if choice.best is not None:
        return _worth(choice.best) + _others(choice)
    offer, basis, many = choice.nearest, _basis(choice), len(choice.offers) > 1
    subject = f"None of these {len(choice.offers)} remedies" if many else "This remedy does not"
    if offer is None:
        return f"**{subject} {'saves' if many else 'save'} anything {basis}.**"
    if offer.undecided:
        return _worth(offer)
    return (
        f"**{subject} {'pays' if many else 'pay'} {basis}.** {quoted(offer)} comes nearest: it "
        f"saves **{saving(offer)}** a year, {_over(offer)}, and costs **{cost(offer)}**."
    )


def _over(offer: Offer) -> str:
    return averaged(offer.row.horizon_years)


def _basis(choice: Choice) -> str:
    return WITH_CREDIT if any(offer.credit for offer in choice.offers) else ON_REVENUE


def _others(choice: Choice) -> str:
    """Return how many would pay besides the best, if that is a single remedy."""
    others = len(choice.paying) - 1
    if others <= 0 or choice.best is choice.several:
        return ""
    count, itself = ("One", "itself") if others == 1 else (str(others), "themselves")
    return f" {count} more would pay by {itself}{', not on top of it' * bool(choice.several)}."


def _worth(offer: Offer) -> str:
    """Return whether to buy one set."""
    them = len(offer.row.remedies) > 1
    subject, saves, costs = ("they", "save", "cost") if them else ("it", "saves", "costs")
    trade = f"{saves} **{saving(offer)}** a year, {_over(offer)}, and {costs} **{cost(offer)}**"
    basis = WITH_CREDIT if offer.credit else ON_REVENUE
    if _a_bet(offer):
        return f"**{quoted(offer)} {_BET}:** {subject} {trade}."
    if offer.clear:
        return f"**Buy {quoted(offer)}:** {subject} {trade}."
    if offer.undecided:
        return f"**Too close to call: {quoted(offer)}.** On average {subject} {trade}."
    if not offer.saves:
        price = f"and {costs} **{cost(offer)}** a year"
        return f"**{quoted(offer)} {saves} nothing {basis}** {price}."
    pay = "do not pay" if them else "does not pay"
    return f"**{quoted(offer)} {pay} {basis}:** {subject} {trade}."


def how_sure(offer: Offer, learned: Information | None, scenario: Scenario) -> str:
    """Return how sure the answer is, and what to find out first if anything would change it."""
    if offer.pays is None:
        return ""
    if learned is None:
        return sure(offer)
    telling = clearly(learned)
    if not telling or not _OPEN[0] < offer.pays.value < _OPEN[1]:
        hardly = "Finding out more about any single figure would hardly change the answer."
        return f"{sure(offer)} {hardly}"
    first = first_to_learn(learned, scenario)
    return f"{sure(offer)} **It depends on {first} first.** {gain(learned)}"


# The report: the decision asked for


def asked_for(
    choice: Choice, loss: Estimate, now: Estimate, tolerance_usd: float
) -> tuple[str, ...]:
    """Return the decision asked for, in two or three sentences.

    `loss` is that of a year without remedies, `now` its chance of a year above the tolerance.
    """
    if loss.value <= 0:
        return ("No decision is needed: in this scenario no outage costs anything.",)
    best, offer = choice.best, choice.candidate
    if best is not None:
        verb, bet = ("weigh", f"It {_BET}. ") if _a_bet(best) else ("approve", "")
        return (
            f"Decision asked for: {verb} {quoted(best)}. It saves {saving(best)} a year, "
            f"{_over(best)}, and costs {cost(best)} a year.",
            f"{bet}{sure(best)}",
            *_by_credit(choice),
        )
    if offer is None:
        nothing = "Decision asked for: none. No remedy looked at saves anything here."
        return (nothing, *_by_credit(choice))
    if offer.undecided:
        return (
            f"Decision asked for: none yet. Whether {quoted(offer)} pays on revenue is too "
            f"close to call: it saves {saving(offer)} a year, {_over(offer)}, and costs "
            f"{cost(offer)}.",
            *_by_credit(choice),
        )
    nearest = "" if choice.names else " comes nearest: it"
    saves = f"saves {saving(offer)} a year, {_over(offer)}," if offer.saves else "saves nothing"
    return (
        f"Decision asked for: carry the risk, or pay to reduce it. {verdict(choice, loss)}",
        f"{first_word(quoted(offer))}{nearest} {saves} for {cost(offer)}"
        f"{_fewer_bad_years(offer, now, tolerance_usd)}.",
        *_by_credit(choice),
    )


def verdict(choice: Choice, loss: Estimate) -> str:
    """Return whether remedies pay on revenue alone, as one sentence."""
    count, paying = len(choice.offers), len(choice.paying)
    if loss.value <= 0:
        return "With nothing to lose, no remedy can pay."
    if paying == 0:
        if not any(offer.saves for offer in choice.offers):
            return f"No remedy looked at saves anything {ON_REVENUE}."
        if any(offer.undecided for offer in choice.offers):
            none = "None of the remedies clearly pays" if count > 1 else "It does not clearly pay"
        else:
            none = f"None of the {count} remedies pays" if count > 1 else "It does not pay"
        return f"{none} {ON_REVENUE}."
    if count == 1:
        return f"{choice.offers[0].label} pays {ON_REVENUE}, on average."
    verb = "pays" if paying == 1 else "pay"
    return f"{paying} of the {count} remedies {verb} {ON_REVENUE}, on average."


def why_this_one(choice: Choice) -> str:
    """Return why just this set stands for what can be done."""
    offer = choice.candidate
    if offer is None or choice.names:
        return ""
    if offer is choice.best:
        return f"{first_word(quoted(offer))} is what is recommended here."
    return f"{first_word(quoted(offer))} is shown because it comes nearest to paying for itself."


def _fewer_bad_years(offer: Offer, now: Estimate, tolerance_usd: float) -> str:
    after = offer.row.p_breach
    if now.value <= 0 or after.value >= now.value:
        return ""
    return (
        f", and cuts the chance of a year above {fmt.money(tolerance_usd, 3)} from "
        f"{estimates.chance(now)} to {estimates.chance(after)}: the difference in money is the "
        "price of fewer bad years"
    )


def by_credit(choice: Choice) -> tuple[Offer, ...]:
    """Return remedies that pay only once the provider's SLA credit is counted."""
    return tuple(offer for offer in choice.offers if offer.only_by_credit)


def _by_credit(choice: Choice) -> tuple[str, ...]:
    offers = by_credit(choice)
    if not offers:
        return ()
    most = max(offers, key=lambda offer: offer.row.net_benefit_net.value)
    more = estimates.money(most.row.net_benefit_net)
    return (
        f"Only SLA credit, the money the cloud provider owes for outages, makes {quoted(most)} "
        f"worth more than it costs: by {more} a year.",
    )
