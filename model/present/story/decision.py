"""What is asked of the reader, in words: which remedies pay, how sure, and what they buy."""

from __future__ import annotations

from model.present.story.inputs import Material, Option
from model.present.words import estimates
from model.present.words import numbers as fmt

_EVEN = 0.5


def name(option: Option) -> str:
    """Return an option in the middle of a sentence: in quotes, as it is called elsewhere."""
    return f"“{option.label}”" if len(option.row.remedies) < 3 else option.label


def asked_for(found: Material) -> tuple[str, ...]:
    """Return the decision asked for, in two or three sentences."""
    if found.result.mean("loss_usd").value <= 0:
        return ("No decision is needed: in this scenario no outage costs anything.",)
    best, option = found.recommended, found.candidate
    if best is not None:
        verb = "weigh" if _a_bet(best) else "approve"
        return (
            f"Decision asked for: {verb} {name(best)}. It saves {saving(best)} a year on average "
            f"and costs {cost(best)} a year.",
            _how_sure(found, best),
            *_by_credit(found),
        )
    if option is None:
        return ("Decision asked for: none. No remedy looked at saves anything here.",)
    return (*_none_pays(found, option), *_by_credit(found))


def _none_pays(found: Material, option: Option) -> tuple[str, ...]:
    if open_question(option):
        return (
            f"Decision asked for: none yet. Whether {name(option)} pays on revenue is too close "
            f"to call: it saves {saving(option)} a year and costs {cost(option)}.",
        )
    nearest = "" if found.asked else " comes nearest: it"
    return (
        f"Decision asked for: carry the risk, or pay to reduce it. {verdict(found)}",
        f"{_capital(name(option))}{nearest} saves {saving(option)} a year for {cost(option)}"
        f"{_breach(found, option)}.",
    )


def verdict(found: Material) -> str:
    """Return whether remedies pay on revenue alone, as one sentence."""
    count = len(found.options)
    paying = len(found.paying)
    if found.result.mean("loss_usd").value <= 0:
        return "With nothing to lose, no remedy can pay."
    if paying == 0:
        subject = "It does not pay" if count == 1 else f"None of the {count} remedies pays"
        if any(open_question(option) for option in found.options):
            subject = (
                "None of the remedies clearly pays" if count > 1 else "It does not clearly pay"
            )
        return f"{subject} on revenue alone."
    if count == 1:
        return f"{found.options[0].label} pays on revenue alone, on average."
    verb = "pays" if paying == 1 else "pay"
    return f"{paying} of the {count} remedies {verb} on revenue alone, on average."


def open_question(option: Option) -> bool:
    """Tell whether the simulation leaves it open if an option pays."""
    benefit = option.row.net_benefit
    return benefit.low <= 0 <= benefit.high and option.row.saving.value > 0


def saving(option: Option) -> str:
    """Return the yearly saving over the life of an option."""
    return estimates.money(option.row.saving)


def cost(option: Option) -> str:
    """Return the yearly cost of an option."""
    return fmt.money(option.row.annual_cost.value) if option.row.annual_cost.value else "nothing"


def pays_back(found: Material, option: Option) -> str:
    """Return the chance that an option pays back, never more certain than the worlds drawn."""
    if option.pays is None:
        return "not known"
    return estimates.of_worlds(option.pays, found.paid_in[0])


def _a_bet(option: Option) -> bool:
    """Tell whether an option that pays on average more often does not."""
    return option.pays is not None and option.pays.value < _EVEN


def _how_sure(found: Material, option: Option) -> str:
    if option.pays is None:
        return "How likely it is to pay back was not examined."
    chance = pays_back(found, option)
    where = f"over what we do not know, the chance that it pays back is {chance}"
    if _a_bet(option):
        return f"It is a bet on the bad years: {where}."
    return f"It is likely to pay: {where}."


def _breach(found: Material, option: Option) -> str:
    now, after = found.result.chance_over(found.tolerance_usd), option.row.p_breach
    if now.value <= 0 or after.value >= now.value:
        return ""
    return (
        f", and cuts the chance of a year above {fmt.money(found.tolerance_usd, 3)} from "
        f"{estimates.chance(now)} to {estimates.chance(after)}: the difference in money is the "
        "price of fewer bad years"
    )


def by_credit(found: Material) -> tuple[Option, ...]:
    """Return options that pay only once the provider's SLA credit is counted."""
    return tuple(
        option
        for option in found.options
        if option.row.net_benefit_net.low > 0 and option.row.net_benefit.low <= 0
    )


def _by_credit(found: Material) -> tuple[str, ...]:
    options = by_credit(found)
    if not options:
        return ()
    best = max(options, key=lambda option: option.row.net_benefit_net.value)
    gain = estimates.money(best.row.net_benefit_net)
    return (
        f"{name(best)} pays through SLA credit, the money the cloud provider owes for outages: "
        f"{gain} a year more than it costs.",
    )


def why_this_one(found: Material) -> str:
    """Return why just this option stands for what can be done."""
    option = found.candidate
    if option is None or found.asked:
        return ""
    if option is found.recommended:
        return f"{_capital(name(option))} is what is recommended here."
    return f"{_capital(name(option))} is shown because it comes nearest to paying for itself."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
