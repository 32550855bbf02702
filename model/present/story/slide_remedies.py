"""The findings about what to do: remedies against their price, and what would change the answer."""

from __future__ import annotations

from model.assumptions.lookup import declared
from model.drivers import tornado
from model.present.story import decision
from model.present.story.decision import cost, name, saving
from model.present.story.elements import Bar, Bars, Mark, Section, Table
from model.present.story.inputs import Material, Option
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.weakest import weakest

MOST_BARS = 12
SHOWN_SWINGS = 7


def options(found: Material) -> Section:
    """Return every remedy with cost, saving, chance of paying back, and the recommended set."""
    ranked = sorted(found.options, key=lambda option: -option.rank)
    sets = [found.together, *ranked] if found.together else ranked
    return Section(
        key="options",
        headline=_headline(found),
        table_headline=_saves_most(found),
        sentences=_sentences(found),
        charts=_per_dollar(sets),
        tables=(_table(found, sets),),
        reading="For each remedy, what it saves for every dollar it costs, averaged over its life. "
        "To the right of the line at $1 it earns more than it costs.",
        question="Why does a large remedy look so poor?",
        answer="A remedy can at most save what outages cost: "
        f"{estimates.money(found.result.mean('loss_usd'))} in an average year. What it protects "
        "besides ad revenue (sales in the app, subscriptions, legal risk, reputation) is not in "
        "this model.",
    )


def _headline(found: Material) -> str:
    best, option = found.recommended, found.candidate
    if best is not None:
        return (
            f"{_capital(name(best))} pays on average: {saving(best)} saved a year for {cost(best)}."
        )
    text = decision.verdict(found)
    ratio = option.per_dollar if option and not found.asked else None
    if option and ratio:
        text += f" {_capital(name(option))} comes nearest: {_cents(ratio)} saved per dollar."
    return text


def _saves_most(found: Material) -> str:
    """Return what the table of remedies tells: the largest saving and its price."""
    most = max(found.options, key=lambda option: option.row.saving.value, default=None)
    if most is None or most.row.saving.low <= 0:
        return "No remedy saves anything that the simulation can see."
    only = " saves" if len(found.options) == 1 else " saves most:"
    return f"{_capital(name(most))}{only} {saving(most)} a year, for {cost(most)} a year."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cents(ratio: float) -> str:
    return f"{fmt.significant(100 * ratio, 2)} cents" if ratio < 1 else fmt.money(ratio)


def _sentences(found: Material) -> tuple[str, ...]:
    if found.result.mean("loss_usd").value <= 0:
        return ("Savings are nothing, so any price is too high.",)
    best = found.recommended
    lines = [
        f"Recommended: {name(best)}. {_pays_sentence(found, best)}"
        if best
        else "Recommended on ad revenue alone: none."
    ]
    by_credit = decision.by_credit(found)
    if by_credit:
        listed = " and ".join(name(option) for option in by_credit[:2])
        verb = "pays" if len(by_credit) == 1 else "pay"
        also = " too" if found.paying else ""
        lines.append(f"Counting SLA credit (money back from the provider), {listed} {verb}{also}.")
    lines += [
        "Savings are on the same simulated incidents; ± is simulation noise (95 %). The cost is "
        "an estimate with a range of its own.",
        "Single remedies were compared, and those that pay as one set; other mixes were not."
        if not found.asked
        else "Remedies that protect the same minutes do not add up: together they save less.",
    ]
    return tuple(lines)


def _pays_sentence(found: Material, option: Option) -> str:
    years = fmt.share(option.row.p_pays_back_years.value)
    return (
        f"The chance that it pays back over what we do not know is "
        f"{decision.pays_back(found, option)}; of single years, {years} repay its cost."
    )


def _per_dollar(sets: list[Option]) -> tuple[Bars, ...]:
    bars = []
    for option in sets[:MOST_BARS]:
        ratio = option.per_dollar
        if ratio is None:
            continue
        sure = option.row.net_benefit.low > 0
        colour = "good" if sure else "third" if decision.open_question(option) else "main"
        text = fmt.money(ratio, 2) if ratio >= 0.005 else "under $0.01"
        bars.append(Bar(option.label, 0.0, ratio, "$0" if ratio <= 0 else text, colour))
    if not any(bar.end for bar in bars):
        return ()
    said = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    return (
        Bars(
            "Saved on ad revenue for each dollar spent",
            f"Bars of USD saved for each USD spent: {said}. A remedy pays from $1 up.",
            tuple(bars),
            "USD saved per USD spent",
            "USD",
            Mark(1.0, "$1: pays for itself"),
        ),
    )


def _table(found: Material, sets: list[Option]) -> Table:
    limit = fmt.money(found.tolerance_usd, 3)
    now = estimates.chance(found.result.chance_over(found.tolerance_usd))
    rows = [
        (
            option.label,
            _cost_range(option),
            _saved(option),
            decision.pays_back(found, option),
            _net(option),
            estimates.chance(option.row.p_breach),
        )
        for option in sets
    ]
    rows.append(("As it is", "", "", "", "", now))
    head = (
        "Remedy",
        "cost a year (90 % range)",
        "saves a year",
        "chance it pays back",
        "net, with SLA credit",
        f"year above {limit}",
    )
    return Table("Remedies", head, tuple(rows), (0.3, 0.2, 0.15, 0.11, 0.12, 0.12))


def _cost_range(option: Option) -> str:
    figure = option.row.annual_cost
    if figure.value == 0:
        return "$0"
    span = estimates.span(figure.low, figure.high)
    price = fmt.money(figure.value)
    return price if span == price else f"{price} ({span})"


def _saved(option: Option) -> str:
    figure = option.row.saving
    return (
        f"{saving(option)} {estimates.noise(figure)}" if figure.standard_error else saving(option)
    )


def _net(option: Option) -> str:
    figure = option.row.net_benefit_net
    text = estimates.money(figure)
    return f"+{text}" if figure.low > 0 else text


def drivers(found: Material) -> Section:
    """Return what would change the answer: the widest inputs, and the price at which one pays."""
    swings = [swing for swing in found.swings if swing.swing > 0]
    return Section(
        key="drivers",
        headline=_driver_headline(swings),
        sentences=(*_break_even(found), weakest(found.ranking, found.scenario)),
        charts=_tornado(found, swings[:SHOWN_SWINGS]),
        data=(_prices(found),) if swings else (),
        reading="Each bar is the average year with one input at the low and at the high end of its "
        "90 % range, all else as it is. The wider the bar, the more it matters. What is drawn anew "
        "for each incident, such as its depth, is left out: no data can settle it beforehand.",
        question="Which number should we find out first?",
        answer="The widest bar that can be measured: how often such outages come is in the "
        "incident log; how many viewers return after a failure can be read from usage data.",
    )


def _driver_headline(swings: list[tornado.Bar]) -> str:
    if not swings:
        return "No input that better data could settle changes the answer."
    first = input_label(swings[0].name)
    if len(swings) == 1:
        return f"Of what better data could settle, one input moves the answer: “{first}”."
    return (
        "Of what better data could settle, the answer moves most with "
        f"“{first}” and “{input_label(swings[1].name)}”."
    )


def input_label(name: str) -> str:
    """Return the label of an input; of those of trust it does not say what it is about."""
    item = declared(name)
    return (
        f"Trust: {item.label[:1].lower()}{item.label[1:]}" if item.group == "trust" else item.label
    )


def _break_even(found: Material) -> tuple[str, ...]:
    option = found.candidate
    if option is None or option.row.saving.low <= 0 or not option.row.annual_cost.value:
        return ()
    price, limit = option.row.annual_cost.value, option.row.saving.value
    if price > limit:
        cut = fmt.share(1 - limit / price)
        return (
            f"{_capital(name(option))} would pay for itself below {saving(option)} a year, {cut} "
            f"less than the {cost(option)} estimated.",
        )
    return (
        f"{_capital(name(option))} stops paying for itself above {saving(option)} a year; "
        f"{cost(option)} is estimated.",
    )


def _tornado(found: Material, swings: list[tornado.Bar]) -> tuple[Bars, ...]:
    if not swings:
        return ()
    base = found.result.mean("loss_usd").value
    bars = []
    for swing in swings:
        ends = [
            (base + swing.at_low.value, fmt.shown(swing.low_input, swing.unit, 2)),
            (base + swing.at_high.value, fmt.shown(swing.high_input, swing.unit, 2)),
        ]
        (start, before), (end, text) = sorted(ends)
        bars.append(Bar(input_label(swing.name), start, end, text, "main", before=before))
    said = "; ".join(
        f"{bar.label}: {bar.before} gives {fmt.money(bar.start)}, {bar.text} {fmt.money(bar.end)}"
        for bar in bars
    )
    mark = Mark(base, f"as it is {fmt.money(base)}")
    title = "Average year with one input at either end of its 90 % range"
    return (Bars(title, f"{title}. {said}.", tuple(bars), "Average year, USD", "USD", mark),)


def _prices(found: Material) -> Table:
    rows = []
    for option in found.options:
        price, limit = option.row.annual_cost.value, option.row.saving
        change = f"{fmt.significant(price / limit.value, 2)} times" if limit.low > 0 else "–"
        rows.append((option.label, fmt.money(price), estimates.money(limit), change))
    head = ("Remedy", "cost a year", "pays below", "cost over that")
    return Table("The price below which each remedy pays", head, tuple(rows), (0.4, 0.2, 0.2, 0.2))
