"""Where along the chain the money is lost, in words, as a waterfall and as tables."""

from __future__ import annotations

from model.chain.ledger import AD_REVENUE, COSTS, OTHER_REVENUE, RECAPTURE
from model.present.story.elements import Bar, Bars, Section, Table
from model.present.story.material import Material
from model.present.words import estimates, waterfall
from model.present.words import numbers as fmt
from model.present.words.headline import COMPONENT_LABELS
from model.present.words.spoken import subject
from model.runs.standard_errors import Estimate

GROSS = (*AD_REVENUE, *OTHER_REVENUE)
"""The lines of the ledger that are lost revenue, before anything comes back."""
_NOTHING = "No simulated year has an outage that costs anything."


def chain(found: Material) -> Section:
    """Return where along the chain the money is lost."""
    parts = found.result.components()
    gross = sum(parts[name].value for name in GROSS)
    back = (parts[name].value for name in RECAPTURE)
    total = found.result.mean("loss_usd")
    return Section(
        key="chain",
        headline=_largest(parts, gross),
        sentences=tuple(_chain_sentences(found, parts, gross)) if gross > 0 else (_NOTHING,),
        charts=(_waterfall(parts, total),) if total.value > 0 else (),
        data=(_ledger(parts, total), _quantities(found)),
        reading=f"Full bars {waterfall.bars_lead(back, 'what an average year costs')}",
        question="Does viewing follow fresh uploads?",
        answer="As closely as the elasticity says: the percent of viewing lost per percent of "
        "fresh supply. It is judgement, and small in all that is published. Most creators post "
        "again later, so a stale feed lasts hours.",
    )


def _largest(parts: dict[str, Estimate], gross: float) -> str:
    if gross <= 0:
        return "Along the whole chain, from uploads to money, nothing is lost."
    first, second = sorted(GROSS, key=lambda name: -parts[name].value)[:2]
    shares = [fmt.share(max(parts[name].value, 0.0) / gross) for name in (first, second)]
    return f"{shares[0]} of the lost revenue goes {_LOST[first]}, {shares[1]} {_LOST[second]}."


_LOST = {
    "playback": "while viewers cannot watch",
    "freshness": "because the feed is stale",
    "ad_serving": "because ads are not served",
    "creator_attrition": "because creators leave",
    "retention": "because viewers stay away afterwards",
    "ad_price": "because ad prices fall",
    "commerce": "with orders and gifts missed",
    "subscriptions": "with subscribers who leave",
}


def _chain_sentences(found: Material, parts: dict[str, Estimate], gross: float) -> list[str]:
    back = -sum(parts[name].value for name in RECAPTURE)
    other = sum(parts[name].value for name in OTHER_REVENUE)
    stale = parts["freshness"].value + parts["creator_attrition"].value
    costs = sum(parts[name].value for name in COSTS)
    lines = [
        f"An average year loses {fmt.money(gross)} of revenue, "
        f"{fmt.money(other) if other > 0 else 'none'} of it not from ads. "
        f"{fmt.money(back) if back > 0 else 'Nothing'} of it comes back later, and "
        f"{fmt.money(costs)} is spent on response and make-goods (compensation).",
        f"Failed uploads alone cost {fmt.money(stale)} of ad revenue, through a stale feed and "
        f"creators who leave; {'most' if stale < 0.5 * gross else 'the rest'} of the money goes "
        "elsewhere.",
    ]
    others = -parts["borne_by_others"].value
    if others > 0:
        lines.append(f"Others bear {fmt.money(others)} of it.")
    credit = -found.result.mean("sla_credit_usd").value
    if credit > 0:
        lines.append(
            f"Not deducted: {fmt.money(credit)} a year of SLA credit, which the cloud provider "
            "owes when availability falls below the contract."
        )
    return lines


def _waterfall(parts: dict[str, Estimate], total: Estimate) -> Bars:
    lines = {name: figure.value for name, figure in parts.items()}
    bars = [_bar(step, total) for step in waterfall.steps(lines, total.value, "Average year")]
    said = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    return Bars(
        title="From lost revenue to the cost of an average year",
        alt=f"Bars along the chain: {said}.",
        bars=tuple(bars),
        x_title=f"Average year, {subject.code()}",
        unit=subject.code(),
    )


def _bar(step: waterfall.Step, total: Estimate) -> Bar:
    """Return a bar of the waterfall; parts are paler than what they add up to."""
    start, end = step.start_usd, step.end_usd
    if step.rank == waterfall.TOTAL:
        return Bar(
            label=step.label,
            start=start,
            end=end,
            text=estimates.money(total),
            colour="harm",
            low=total.low,
            high=total.high,
        )
    colour = "main" if step.kind == "loss" else "good"
    text, part = fmt.money(step.usd), step.rank == waterfall.PART
    return Bar(label=step.label, start=start, end=end, text=text, colour=colour, pale=part)


def _ledger(parts: dict[str, Estimate], total: Estimate) -> Table:
    rows = [
        (COMPONENT_LABELS[name], fmt.money(figure.value), estimates.noise(figure))
        for name, figure in parts.items()
    ]
    rows.append(("Cost of an average year", estimates.money(total), estimates.noise(total)))
    head = ("Line", "average year", "simulation noise (95\xa0%)")
    return Table("The lines of an average year", head, tuple(rows), (0.5, 0.25, 0.25))


def _quantities(found: Material) -> Table:
    wanted = {"outages", "publishing", "freshness", "sessions", "inventory"}
    rows = [
        (row.quantity.capitalize(), fmt.number(row.expected.value), fmt.number(row.p95))
        for row in found.result.chain()
        if row.link in wanted
    ]
    head = ("Quantity", "average year", "one year in 20 exceeds")
    return Table("What is lost on the way", head, tuple(rows), (0.5, 0.25, 0.25))
