"""The findings about the loss itself: how much, how bad it can get, where, and why.

Every sentence is generated from the runs, rounded to what their error supports.
"""

from __future__ import annotations

import numpy as np

from model.estimate import Estimate, Sample
from model.money import COMPONENTS
from model.present import decision, rounding
from model.present import format as fmt
from model.present.material import Material
from model.present.outline import Bar, Bars, Chart, Figure, Line, Lines, Mark, Section, Table
from model.present.words import COMPONENT_LABELS, cause_label, headline, plain
from model.replay import Replay

GROSS = COMPONENTS[: COMPONENTS.index("make_goods")]
"""The lines of the ledger that are lost ad revenue, before anything comes back."""
_RETURNS = ("budget_recapture", "viewing_recapture")
_PERIODS = (2, 5, 10, 20, 50, 100)
_RAREST = 0.01
_POINTS = 70
_AFTERMATH_H = 72.0


def answer(found: Material) -> Section:
    """Return the headline with the decision asked for."""
    measures = {m.name: m for m in found.result.measures(found.threshold_usd)}
    return Section(
        key="answer",
        topic="The answer",
        headline=plain(headline(measures)),
        sentences=decision.asked_for(found),
        figures=_figures(found),
        question="How sure are we of these figures?",
        answer=_sure(found),
    )


def _figures(found: Material) -> tuple[Figure, ...]:
    result, limit = found.result, fmt.money(found.threshold_usd, 3)
    average, median, bad = result.mean("loss_usd"), result.quantile(0.5), result.quantile(0.9)
    over = result.chance_over(found.threshold_usd)
    calm = Estimate(*result.measure("p_no_incident")[1:5])
    half = (
        f"half of all years cost less than {rounding.money(median)}"
        if median.value > 0
        else "more than half of all years cost nothing"
    )
    return (
        Figure("Average year", rounding.money(average), half),
        Figure("1-in-10 year", rounding.money(bad), "nine years in ten cost less"),
        Figure(
            f"Chance of a year above {limit}",
            rounding.chance(over),
            rounding.years(over) or _unlikely(over),
        ),
        Figure("Years without an incident", rounding.chance(calm), "no visible outage all year"),
    )


def _unlikely(chance: Estimate) -> str:
    return "not seen in the simulation" if chance.value <= 0 else "most years are above it"


def _sure(found: Material) -> str:
    average = found.result.mean("loss_usd")
    low, high = (found.result.quantile(p).value for p in (0.05, 0.95))
    return (
        f"The simulation itself is exact to {rounding.noise(average)} on the average year. What "
        "next year brings is far less certain: nine years in ten fall between "
        f"{fmt.money(low)} and {fmt.money(high)}, which covers both luck and what we do not know "
        "about the inputs. What the model leaves out is on the last pages."
    )


def tolerance(found: Material) -> Section:
    """Return the chance of a year above the tolerance, now and after."""
    now, option = found.result.chance_over(found.threshold_usd), found.candidate
    limit = fmt.money(found.threshold_usd, 3)
    lead = f"A year above {limit} has a chance of {rounding.chance(now)}"
    sentences = [
        f"{limit} is the tolerance: the loss in one year above which somebody must answer for it."
    ]
    if now.value <= 0:
        lead = f"No simulated year costs more than {limit}"
        sentences.append(f"A year above {limit} has a chance of {rounding.chance(now)}.")
    elif option:
        after = option.row.p_breach
        lead += f"; with {decision.name(option)} {rounding.chance(after)}"
        sentences.append(
            f"Now {_per_years(now)}; with {decision.name(option)} {_per_years(after)}, judged on "
            "the same simulated incidents."
        )
        sentences.append(decision.why_this_one(found))
    return Section(
        key="tolerance",
        topic="How bad it can get",
        headline=f"{lead}.",
        sentences=tuple(sentence for sentence in sentences if sentence),
        charts=_curves(found),
        data=(_return_periods(found),),
        reading="Pick a loss on the bottom axis; the height of the curve is the chance that a year "
        "costs more. The lower the curve, the better.",
        question="Why not plan for the average year?",
        answer="Because no year is average: most cost less, and a few bad ones make up the bill. "
        "The curve shows all of them.",
    )


def _per_years(chance: Estimate) -> str:
    said = rounding.years(chance)
    return said or f"a chance of {rounding.chance(chance)}"


def _curves(found: Material) -> tuple[Chart, ...]:
    if found.result["loss_usd"].max() <= 0:
        return ()
    option, now = found.candidate, Sample(found.result["loss_usd"], found.result.worlds)
    lines = [_curve("Now", now, "main")]
    if option and option.row.saving.value > 0:
        lines.append(_curve(f"With {option.label}", found.losses_with(option), "good"))
    limit = fmt.money(found.threshold_usd, 3)
    inside = found.threshold_usd <= 1.3 * lines[0].x[-1]
    return (
        Lines(
            "Chance of a year that costs more",
            f"Curves of the chance of a worse year over the loss. {_curve_words(found)}",
            tuple(lines),
            "Loss in a year, USD",
            "Chance of a worse year",
            "USD",
            "share",
            Mark(found.threshold_usd, f"tolerance {limit}") if inside else None,
        ),
    )


def _curve(name: str, sample: Sample, colour: str) -> Line:
    some = float((sample.x > 0).mean())
    # Evenly spaced losses draw an even line; the rarest percent of years would flatten the rest.
    top = sample.quantile(1.0 - _RAREST).value
    x = np.linspace(0.0, top if top > 0 else float(sample.sorted[-1]), _POINTS)
    y = 1.0 - np.searchsorted(sample.sorted, x, side="right") / len(sample.sorted)
    y[0] = some
    return Line(name, tuple(map(float, x)), tuple(map(float, y)), colour)


def _curve_words(found: Material) -> str:
    said = [
        f"one year in {period} costs more than {fmt.money(figure.value)}"
        for period in (2, 10, 20)
        if (figure := found.result.quantile(1 - 1 / period)).value > 0
    ]
    return f"Now {'; '.join(said)}." if said else "Most years cost nothing."


def _return_periods(found: Material) -> Table:
    now, option = Sample(found.result["loss_usd"], found.result.worlds), found.candidate
    after = found.losses_with(option) if option else None
    rows = []
    for period in _PERIODS:
        if found.result.years / period < 20:
            continue
        p = 1.0 - 1.0 / period
        cells = [f"1 in {period}", rounding.money(now.quantile(p))]
        rows.append((*cells, rounding.money(after.quantile(p)) if after else ""))
    head = ("One year in so many costs more than", "now", f"with {option.label}" if option else "")
    keep = 3 if after else 2
    return Table(
        "Loss by how rare the year is",
        head[:keep],
        tuple(row[:keep] for row in rows),
        (0.4, 0.3, 0.3)[:keep],
    )


def chain(found: Material) -> Section:
    """Return where along the chain the money is lost."""
    parts = found.result.components()
    gross = sum(parts[name].value for name in GROSS)
    total = found.result.mean("loss_usd")
    return Section(
        key="chain",
        topic="Where the money is lost",
        headline=_largest(parts, gross),
        sentences=tuple(_chain_sentences(found, parts, gross)) if gross > 0 else (),
        charts=(_waterfall(parts, total),) if total.value > 0 else (),
        data=(_ledger(parts, total), _quantities(found)),
        reading="Each bar starts where the one above ended. Green bars come back; the last bar is "
        "what an average year costs.",
        question="Why is an outage of uploads not worth more?",
        answer="Because most creators post again later, and little of an hour's viewing is of the "
        "very newest videos: a stale feed loses a small part of the viewing, slowly.",
    )


def _largest(parts: dict[str, Estimate], gross: float) -> str:
    if gross <= 0:
        return "Along the whole chain, from uploads to dollars, nothing is lost."
    first, second = sorted(GROSS, key=lambda name: -parts[name].value)[:2]
    return (
        f"{COMPONENT_LABELS[first]}: {fmt.share(parts[first].value / gross)} of the ad revenue "
        f"lost. {COMPONENT_LABELS[second]}: {fmt.share(max(parts[second].value, 0) / gross)}."
    )


def _chain_sentences(found: Material, parts: dict[str, Estimate], gross: float) -> list[str]:
    back = -sum(parts[name].value for name in _RETURNS)
    stale = parts["freshness"].value + parts["creator_attrition"].value
    costs = sum(parts[name].value for name in ("make_goods", "creator_make_goods", "response"))
    lines = [
        f"An average year loses {fmt.money(gross)} of ad revenue. {fmt.money(back)} of it comes "
        f"back later, and {fmt.money(costs)} is spent on response and make-goods (compensation).",
        f"Uploads that fail cost {fmt.money(stale)} through a feed that goes stale and creators "
        "who leave: the link the argument starts from is not where most of the money goes."
        if stale < 0.5 * gross
        else f"Uploads that fail cost {fmt.money(stale)} through a feed that goes stale.",
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
    bars, at = [], 0.0
    for name, figure in parts.items():
        if figure.value == 0.0:
            continue
        colour = "main" if figure.value > 0 else "good"
        end = at + figure.value
        bars.append(Bar(COMPONENT_LABELS[name], at, end, fmt.money(figure.value), colour))
        at = end
    text = rounding.money(total)
    bars.append(Bar("Average year", 0.0, total.value, text, "harm", total.low, total.high))
    said = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    return Bars(
        "From lost ad revenue to the cost of an average year",
        f"Bars along the chain: {said}.",
        tuple(bars),
        "Average year, USD",
        "USD",
    )


def _ledger(parts: dict[str, Estimate], total: Estimate) -> Table:
    rows = [
        (COMPONENT_LABELS[name], fmt.money(figure.value), rounding.noise(figure))
        for name, figure in parts.items()
    ]
    rows.append(("Cost of an average year", rounding.money(total), rounding.noise(total)))
    head = ("Line", "average year", "simulation noise (95 %)")
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


def reasons(found: Material) -> Section:
    """Return why it is lost: one region, repeats, early life, causes."""
    average = found.result.mean("loss_usd")
    if average.value <= 0:
        return Section(
            "reasons", "Why", "There is nothing to explain: no money is lost.", (), data=()
        )
    saved = sorted(_REASON_WORDS, key=lambda k: found.reasons[k].delta_eal.value)
    return Section(
        key="reasons",
        topic="Why it is lost",
        headline=_main_reason(found, saved[0], average),
        sentences=(
            *(_reason_sentence(found, key, average) for key in saved[1:]),
            _dearest_cause(found, average),
            "These parts overlap, so they do not add up.",
        ),
        charts=(_without(found, saved, average),),
        data=(_causes(found),),
        reading="The first bar is the average year as it is. Each bar below is the average year "
        "if one thing were different and all else stayed.",
        question="Is it bad luck, or the design?",
        answer="How often and how long is partly luck. That one fault reaches every user, and "
        "that faults come in series, is design.",
    )


_REASON_WORDS = {
    "second_region": (
        "With a second region that always took over",
        "A second region that always took over, once its failover time is up, would avoid",
    ),
    "no_repeats": ("Without repeats of a fault", "Repeats of a fault that just happened add"),
    "mature": ("Without the months after a migration", "The months after a migration add"),
}


def _main_reason(found: Material, key: str, average: Estimate) -> str:
    saved = -found.reasons[key].delta_eal.value
    if saved <= 0:
        return "Neither one region, nor repeats, nor early life explains the loss."
    part = fmt.share(saved / average.value)
    return {
        "second_region": f"One region carries everything: a second one that always took over "
        f"would avoid {part} of the average year.",
        "no_repeats": f"Faults come in series: repeats make up {part} of the average year.",
        "mature": f"The months after a migration make up {part} of the average year.",
    }[key]


def _reason_sentence(found: Material, key: str, average: Estimate) -> str:
    delta = found.reasons[key].delta_eal
    saved = Estimate(-delta.value, delta.standard_error, -delta.high, -delta.low)
    words = _REASON_WORDS[key][1]
    if saved.low <= 0:
        return f"{words} nothing that the simulation can see."
    return f"{words} {rounding.money(saved)} a year ({fmt.share(saved.value / average.value)})."


def _dearest_cause(found: Material, average: Estimate) -> str:
    name, figure = max(found.result.by_cause().items(), key=lambda item: item[1].value)
    part = fmt.share(figure.value / average.value)
    return f"The dearest cause is “{cause_label(name).lower()}” with {part} of the money."


def _without(found: Material, keys: list[str], average: Estimate) -> Bars:
    bars = [Bar("As it is", 0.0, average.value, rounding.money(average), "harm")]
    for key in keys:
        figure = found.reasons[key].eal
        label = _REASON_WORDS[key][0]
        bars.append(Bar(label, 0.0, figure.value, rounding.money(figure), "main"))
    said = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    return Bars(
        "The average year, if one thing were different",
        f"Bars of the average year: {said}.",
        tuple(bars),
        "Average year, USD",
        "USD",
    )


def _causes(found: Material) -> Table:
    figures = sorted(found.result.by_cause().items(), key=lambda item: -item[1].value)
    rows = tuple((cause_label(k), rounding.money(f), rounding.noise(f)) for k, f in figures)
    head = ("Cause", "average year", "simulation noise (95 %)")
    return Table("By cause of the first fault", head, rows, (0.5, 0.25, 0.25))


def replays(found: Material) -> Section:
    """Return what the two incidents of 2026 would cost under this scenario."""
    rows = [_replayed(one) for one in found.replays]
    said = "; ".join(f"{day(one)} costs about {row[2]}" for one, row in zip(found.replays, rows))
    spans = ", ".join(f"{row[3]} for {day(one)}" for one, row in zip(found.replays, rows))
    return Section(
        key="replays",
        topic="Two outages, replayed",
        headline=f"Replayed in this model, {said}.",
        sentences=(
            "The curves are averages over 2,000 draws of what is not known; uploads rise above "
            "normal afterwards, because creators post what failed.",
            f"Nine draws in ten lie within {spans}. Uploads fell far more than viewing did.",
            "No company has published what these outages cost: how deep they went is judgement.",
        ),
        charts=tuple(_course(one) for one in found.replays),
        data=(
            Table(
                "The two incidents",
                ("Incident", "hours", "cost", "nine draws in ten", "viewing lost while it ran"),
                tuple(rows),
                (0.34, 0.1, 0.14, 0.22, 0.2),
            ),
        ),
        reading="100 % is what the same hours bring without the outage. Hour 0 is its start.",
        question="Did these outages cost that much in reality?",
        answer="Nobody outside knows: no figure was published. These are the model's own figures "
        "for incidents of that length and depth, and the range says how open they are.",
    )


def day(one: Replay) -> str:
    """Return the day of an incident as people say it."""
    start = one.incident.start_eastern
    return f"{start.day} {start:%B}"


def _replayed(one: Replay) -> tuple[str, ...]:
    bill = one.bill()
    k = bill.component.index("loss")
    loss = Estimate(float(bill.expected_usd[k]), float(bill.standard_error_usd[k]), 0.0, 0.0)
    return (
        one.incident.name,
        fmt.significant(one.incident.hours, 3),
        rounding.money(loss),
        rounding.span(float(bill.low_usd[k]), float(bill.high_usd[k])),
        fmt.share(float(one.session_share_lost().mean())),
    )


def _course(one: Replay) -> Lines:
    curves = one.curves(one.incident.hours + _AFTERMATH_H)
    hours = tuple(map(float, curves.hour))
    lines = []
    for name, label, colour in (
        ("uploads", "Uploads", "harm"),
        ("session_minutes", "Viewing", "main"),
    ):
        part = curves.expected[name] / curves.baseline[name]
        lines.append(Line(label, hours, tuple(map(float, part)), colour))
    lowest = {line.name: fmt.share(min(line.y)) for line in lines}
    title = f"{day(one)} {one.incident.start_eastern.year}"
    return Lines(
        title,
        f"Uploads and viewing hour by hour, {title}: uploads fall to {lowest['Uploads']} of "
        f"normal, viewing to {lowest['Viewing']}.",
        tuple(lines),
        "Hours since the start",
        "Of normal",
        "h",
        "share",
    )
