"""The findings about what to do: remedies against their price, and what would change the answer."""

from __future__ import annotations

from collections.abc import Sequence

from model.decisions.worth import Offer
from model.drivers import tornado
from model.present.charts import decide_data
from model.present.story.elements import Bar, Bars, Mark, Section, Table
from model.present.story.material import Material
from model.present.words import estimates, remedies
from model.present.words import numbers as fmt
from model.present.words.drivers import weakest
from model.present.words.remedies import cost, first_word, quoted, saving
from model.present.words.spoken import subject
from model.present.words.spoken.subject import declared

MOST_BARS = 12
SHOWN_SWINGS = 7


def options(found: Material) -> Section:
    """Return every remedy with cost, saving, chance of paying back, and the recommended set."""
    choice = found.choice
    ranked = sorted(choice.offers, key=lambda offer: -offer.per_dollar)
    sets = [choice.several, *ranked] if choice.several else ranked
    return Section(
        key="options",
        headline=_headline(found),
        table_headline=_saves_most(found),
        sentences=_sentences(found),
        charts=_per_dollar(sets),
        tables=(_table(found, sets),),
        reading=f"For each remedy, what it saves for every {_one()} it costs, both a year"
        f"{_averaged(sets)}. To the right of the line at {_one()} it earns more than it costs. "
        "Thin lines reach from the low end of the saving at the highest price believed to its high "
        "end at the lowest.",
        question="Why does a large remedy look so poor?",
        answer="A remedy can at most save what outages cost: "
        f"{estimates.money(found.result.mean('loss_usd'))} in an average year. What it protects "
        "besides revenue (legal risk, reputation, the stock price) is not in "
        "this model.",
    )


def _headline(found: Material) -> str:
    best, nearest = found.choice.best, found.choice.nearest
    if best is not None:
        pays = f"{first_word(quoted(best))} pays on average"
        return f"{pays}: {saving(best)} saved a year for {cost(best)}."
    text = remedies.verdict(found.choice, found.result.mean("loss_usd"))
    if nearest is not None and not found.choice.names:
        saved = f"{fmt.money(nearest.per_dollar)} saved per {_one()} spent"
        text += f" {first_word(quoted(nearest))} comes nearest: {saved}."
    return text


def _saves_most(found: Material) -> str:
    """Return what the table of remedies tells: the largest saving and its price."""
    most = max(found.choice.offers, key=lambda offer: offer.saving.value, default=None)
    if most is None or not most.saves:
        return "No remedy saves anything that the simulation can see."
    only = " saves" if len(found.choice.offers) == 1 else " saves most:"
    return f"{first_word(quoted(most))}{only} {saving(most)} a year, for {cost(most)} a year."


def _averaged(sets: Sequence[Offer]) -> str:
    """Return over what the savings of all sets are averaged, as the end of a clause."""
    return f", {remedies.averaged(sets[0].row.horizon_years)}" if sets else ""


def _one() -> str:
    """Return one unit of the currency."""
    return fmt.money(1.0)


def _sentences(found: Material) -> tuple[str, ...]:
    if found.result.mean("loss_usd").value <= 0:
        return ("Savings are nothing, so any price is too high.",)
    choice = found.choice
    best = choice.best
    lines = [
        f"Recommended: {quoted(best)}. {_pays_sentence(best)}"
        if best
        else "Recommended on revenue alone: none."
    ]
    by_credit = remedies.by_credit(choice)
    if by_credit:
        listed = " and ".join(quoted(offer) for offer in by_credit[:2])
        lines.append(
            f"Only SLA credit (money back from the provider) makes {listed} worth the price."
        )
    lines += [
        f"Savings are on the same simulated incidents{_averaged(choice.sets)}; ± is simulation "
        "noise (95\xa0%). The cost is an estimate with a range of its own.",
        "Single remedies were compared, and those that pay as one set; other mixes were not."
        if not choice.names
        else "Remedies that protect the same minutes do not add up: together they save less.",
    ]
    return tuple(lines)


def _pays_sentence(offer: Offer) -> str:
    years = fmt.share(offer.row.p_pays_back_years.value)
    return f"{remedies.sure(offer)} Of single years, {years} repay the cost."


_COLOURS = {decide_data.PAYS: "good", decide_data.OPEN: "third", decide_data.NOT: "main"}


def _per_dollar(sets: Sequence[Offer]) -> tuple[Bars, ...]:
    if not any(offer.per_dollar > 0 for offer in sets[:MOST_BARS]):
        return ()
    table = decide_data.worth(sets[:MOST_BARS])
    bars = [
        Bar(
            label=row["label"],
            start=0.0,
            end=row["ratio"],
            text=row["text"],
            colour=_COLOURS[row["kind"]],
            low=row["low"],
            high=row["high"],
        )
        for row in table[table["part"] == "set"].to_dict("records")
    ]
    said = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    return (
        Bars(
            title=f"Saved on revenue for each {_one()} spent",
            alt=f"Bars of {subject.code()} saved for each {_one()} spent: {said}. A remedy pays "
            f"from {_one()} up.",
            bars=tuple(bars),
            x_title=f"{subject.code()} saved per {_one()} spent",
            unit=subject.code(),
            mark=Mark(1.0, f"{_one()}: pays for itself"),
        ),
    )


def _table(found: Material, sets: Sequence[Offer]) -> Table:
    limit = fmt.money(found.tolerance_usd, 3)
    now = estimates.chance(found.result.chance_over(found.tolerance_usd))
    rows = [
        (
            offer.label,
            _cost_range(offer),
            _saved(offer),
            remedies.chance(offer),
            _net(offer),
            estimates.chance(offer.row.p_breach),
        )
        for offer in sets
    ]
    rows.append(("As it is", "", "", "", "", now))
    head = (
        "Remedy",
        "cost a year (90\xa0% range)",
        "saves a year",
        "chance it pays back",
        "net, with SLA credit",
        f"year above {limit}",
    )
    return Table("Remedies", head, tuple(rows), (0.3, 0.2, 0.15, 0.11, 0.12, 0.12))


def _cost_range(offer: Offer) -> str:
    figure = offer.cost
    if figure.value == 0:
        return fmt.money(0.0)
    span = estimates.span(figure.low, figure.high)
    price = fmt.money(figure.value)
    return price if span == price else f"{price} ({span})"


def _saved(offer: Offer) -> str:
    noise = offer.saving.standard_error
    return f"{saving(offer)} {estimates.noise(offer.saving)}" if noise else saving(offer)


def _net(offer: Offer) -> str:
    figure = offer.row.net_benefit_net
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
        "90\xa0% range, all else as it is. The wider the bar, the more it matters. What is drawn "
        "anew for each incident, such as its depth, is left out: no data can settle it beforehand.",
        question="Which number should we find out first?",
        answer="The widest bar that can be measured: how often such outages come is in the "
        "incident log; how many viewers return after a failure can be read from usage data.",
    )


def _driver_headline(swings: list[tornado.Bar]) -> str:
    if not swings:
        return "No input that better data could settle changes the answer."
    first = declared(swings[0].name).label
    if len(swings) == 1:
        return f"Of what better data could settle, one input moves the answer: “{first}”."
    return (
        "Of what better data could settle, the answer moves most with "
        f"“{first}” and “{declared(swings[1].name).label}”."
    )


def _break_even(found: Material) -> tuple[str, ...]:
    offer = found.choice.candidate
    if offer is None or not offer.saves or not offer.cost.value:
        return ()
    price, limit = offer.cost.value, offer.saving.value
    if price > limit:
        cut = fmt.share(1 - limit / price)
        return (
            f"{first_word(quoted(offer))} would pay for itself below {saving(offer)} a year, {cut} "
            f"less than the {cost(offer)} estimated.",
        )
    return (
        f"{first_word(quoted(offer))} stops paying for itself above {saving(offer)} a year; "
        f"{cost(offer)} is estimated.",
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
        bars.append(
            Bar(
                label=declared(swing.name).label,
                start=start,
                end=end,
                text=text,
                colour="main",
                before=before,
            )
        )
    said = "; ".join(
        f"{bar.label}: {bar.before} gives {fmt.money(bar.start)}, {bar.text} {fmt.money(bar.end)}"
        for bar in bars
    )
    mark = Mark(base, f"as it is {fmt.money(base)}")
    title = "Average year with one input at either end of its 90\xa0% range"
    return (
        Bars(
            title=title,
            alt=f"{title}. {said}.",
            bars=tuple(bars),
            x_title=f"Average year, {subject.code()}",
            unit=subject.code(),
            mark=mark,
        ),
    )


def _prices(found: Material) -> Table:
    rows = []
    for offer in found.choice.offers:
        price, limit = offer.cost.value, offer.saving.value
        change = f"{fmt.significant(price / limit, 2)} times" if offer.saves else "–"
        rows.append((offer.label, fmt.money(price), saving(offer), change))
    head = ("Remedy", "cost a year", "pays below", "cost over that")
    return Table("The price below which each remedy pays", head, tuple(rows), (0.4, 0.2, 0.2, 0.2))
