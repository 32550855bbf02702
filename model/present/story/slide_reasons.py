"""Why the money is lost: what could be different, the causes, and two incidents replayed."""

from __future__ import annotations

from model.chain.ledger import AD_REVENUE, COSTS, OTHER_REVENUE, RECAPTURE
from model.drivers.tornado import percentiles
from model.present.charts import replay_data
from model.present.story import axis_ticks
from model.present.story.elements import Bar, Bars, Line, Lines, Section, Table
from model.present.story.material import Material
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.spoken import subject
from model.present.words.spoken.subject import cause_label
from model.replays.replay import Replay
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.worlds.clock import called

_AFTERMATH_H = 24.0
_NEXT_TO_NOTHING = 0.005
"""Part of the average year below which a reason is no reason."""
_FAILOVER_TIME = "resilience.failover_time"
_SHADES = dict(zip(replay_data.LINES.values(), ("main", "third", "harm", "good"), strict=True))


def reasons(found: Material) -> Section:
    """Return why it is lost: one region, repeats, early life, causes."""
    average = found.result.mean("loss_usd")
    if average.value <= 0:
        return Section(
            "reasons",
            "There is nothing to explain: no money is lost.",
            ("With other inputs this page shows what one region, repeats and early life add.",),
        )
    saved = sorted(_REASON_WORDS, key=lambda k: found.reasons[k].value)
    return Section(
        key="reasons",
        headline=_main_reason(found, saved[0], average),
        sentences=(
            *(_reason_sentence(found, key, average) for key in saved[1:]),
            _dearest_cause(found, average),
            "These parts overlap, so they do not add up.",
            *_took_over(found),
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
    saved = -found.reasons[key].value
    if saved <= 0:
        return "Neither one region, nor repeats, nor early life explains the loss."
    part = fmt.share(saved / average.value)
    return {
        "second_region": f"{_region(found)} that always took over, after "
        f"{_failover_time(found)}, would avoid {part} of the average year.",
        "no_repeats": f"Faults come in series: repeats make up {part} of the average year.",
        "mature": f"The months after a migration make up {part} of the average year.",
    }[key]


def _failover_time(found: Material) -> str:
    low, high = (fmt.shown(hours, "h", 2) for hours in percentiles(found.scenario, _FAILOVER_TIME))
    return low if low == high else f"{low} to {high}"


def _took_over(found: Material) -> tuple[str, ...]:
    """Return what the imagined second region keeps, so that a remedy may save more than it."""
    if found.reasons["second_region"].value >= 0:
        return ()
    return (
        f"“Always took over” keeps this scenario's failover time ({_failover_time(found)}) and the "
        "failures that hit both regions: a remedy that fails over faster can save more.",
    )


def _region(found: Material) -> str:
    """Return what the second region is called, depending on whether there is one already."""
    failover = found.scenario.belief("resilience.failover_success")
    if failover.high > 0:
        return "A second region"
    return "One region carries everything: a second one"


def _reason_sentence(found: Material, key: str, average: Estimate) -> str:
    delta = found.reasons[key]
    saved = Estimate(-delta.value, delta.standard_error, -delta.high, -delta.low)
    words = _REASON_WORDS[key][1]
    if saved.low <= 0:
        return f"{words} nothing that the simulation can see."
    part = saved.value / average.value
    if part < _NEXT_TO_NOTHING:
        return f"{words} next to nothing."
    return f"{words} {estimates.money(saved)} a year ({fmt.share(part)})."


def _dearest_cause(found: Material, average: Estimate) -> str:
    name, figure = max(found.result.by_cause().items(), key=lambda item: item[1].value)
    part = fmt.share(figure.value / average.value)
    return f"The dearest cause is “{cause_label(name)}” with {part} of the money."


def _without(found: Material, keys: list[str], average: Estimate) -> Bars:
    bars = [
        Bar(
            label="As it is",
            start=0.0,
            end=average.value,
            text=estimates.money(average),
            colour="harm",
        )
    ]
    told = (key for key in keys if -found.reasons[key].value >= _NEXT_TO_NOTHING * average.value)
    for key in told:
        # The average year and the difference to it move together: the noise is that of the year.
        figure = average._replace(value=max(average.value + found.reasons[key].value, 0.0))
        label = _REASON_WORDS[key][0]
        bars.append(
            Bar(
                label=label,
                start=0.0,
                end=figure.value,
                text=estimates.money(figure),
                colour="main",
            )
        )
    said = "; ".join(f"{bar.label} {bar.text}" for bar in bars)
    return Bars(
        title="The average year, if one thing were different",
        alt=f"Bars of the average year: {said}.",
        bars=tuple(bars),
        x_title=f"Average year, {subject.code()}",
        unit=subject.code(),
    )


def _causes(found: Material) -> Table:
    figures = sorted(found.result.by_cause().items(), key=lambda item: -item[1].value)
    rows = tuple((cause_label(k), estimates.money(f), estimates.noise(f)) for k, f in figures)
    head = ("Cause", "average year", "simulation noise (95\xa0%)")
    return Table("By cause of the first fault", head, rows, (0.5, 0.25, 0.25))


def replays(found: Material) -> Section:
    """Return what the two incidents of 2026 would cost under this scenario."""
    rows = [_replayed(one) for one in found.replays]
    said = "; ".join(
        f"{day(one)} costs about {row[2]}" for one, row in zip(found.replays, rows, strict=True)
    )
    spans = ", ".join(
        f"{row[3]} for {day(one)}" for one, row in zip(found.replays, rows, strict=True)
    )
    charts = tuple(_course(one) for one in found.replays)
    theirs = _of_another(found)
    return Section(
        key="replays",
        headline=f"Had TikTok’s US outages of 2026 struck here: {said}."
        if theirs
        else f"Replayed in this model, {said}.",
        sentences=(
            *map(_made_of, found.replays, (True, False)),
            f"Nine draws in ten lie within {spans}.",
            "The curves show what is lost hour by hour, on average over "
            f"{found.replays[0].worlds:,} draws of what is not known.",
            "No company has published what these outages cost: how deep they went is judgement.",
            *(["They struck another platform; what they did there is not known here."] * theirs),
        ),
        charts=charts,
        data=(
            Table(
                "The two incidents, as they would strike here" if theirs else "The two incidents",
                ("Incident", "hours", "cost", "nine draws in ten", "viewing lost while it ran"),
                tuple(rows),
                (0.34, 0.1, 0.14, 0.22, 0.2),
            ),
        ),
        reading="Each curve is one way in which an hour loses money, on the platform's clock; what "
        "is lost later is in the cost, not in the curves.",
        question="Did this happen here?" if theirs else _IN_REALITY[0],
        answer="No. These outages struck TikTok in the US; the figures say what incidents of that "
        "length and depth would cost this platform, and the range how open that is."
        if theirs
        else _IN_REALITY[1],
    )


_IN_REALITY = (
    "Did these outages cost that much in reality?",
    "Nobody outside knows: no figure was published. These are the model's own figures for "
    "incidents of that length and depth, and the range says how open they are.",
)


def _of_another(found: Material) -> bool:
    """Tell whether the platform is another than the one that the outages struck."""
    name = "platform.name"
    return found.scenario.value(name) != Scenario.default().value(name)


def day(one: Replay) -> str:
    """Return the day of an incident as people say it."""
    start = one.incident.start_in(one.scenario.time_zone)
    return f"{start.day} {start:%B}"


def _replayed(one: Replay) -> tuple[str, ...]:
    bill = one.bill()
    k = bill.component.index("loss")
    loss = Estimate(float(bill.expected_usd[k]), float(bill.standard_error_usd[k]), 0.0, 0.0)
    return (
        one.incident.name,
        fmt.significant(one.incident.hours, 3),
        estimates.money(loss),
        estimates.span(float(bill.low_usd[k]), float(bill.high_usd[k])),
        fmt.share(float(one.session_share_lost().mean())),
    )


def _made_of(one: Replay, first: bool) -> str:
    """Return what an incident's cost is made of; the `first` says why part of it comes later."""
    bill, curves = one.bill(), one.curves()
    usd = dict(zip(bill.component, map(float, bill.expected_usd), strict=True))
    now = sum(float((lost * curves.length_h).sum()) for lost in curves.lost.values())
    slow = sum(usd[name] for name in (*AD_REVENUE, *OTHER_REVENUE)) - now
    costs = sum(usd[name] for name in COSTS)
    back = -sum(usd[name] for name in (*RECAPTURE, "borne_by_others"))
    why = " as viewers stay away and ad prices fall" if first else ""
    less = f", less {fmt.money(back)} that comes back" if back > 0 else ""
    return (
        f"{day(one)}: {fmt.money(now)} hour by hour, {fmt.money(slow)} later{why}, "
        f"{fmt.money(costs)} of costs{less}."
    )


def _course(one: Replay) -> Lines:
    """Return money lost an hour, line by line, on the clock of the platform."""
    until = one.incident.hours + _AFTERMATH_H
    curves, zone = one.curves(until), one.scenario.time_zone
    start = one.incident.start_in(zone).replace(tzinfo=None)
    seen = curves.hour >= 0
    at = tuple(axis_ticks.serial(start) + hour / 24.0 for hour in map(float, curves.hour[seen]))
    told = replay_data.lines_lost(curves)
    lines = tuple(
        Line(label, at, tuple(map(float, usd[seen])), _SHADES[label]) for label, usd in told.items()
    )
    title = f"{day(one)} {start.year}: money lost an hour"
    most = "; ".join(f"{line.name} up to {fmt.money(max(line.y))}" for line in lines)
    return Lines(
        title=title,
        alt=f"Money lost an hour, {day(one)} {start.year}: {most}.",
        lines=lines,
        x_title=called(zone),
        y_title="Lost an hour",
        x_unit=axis_ticks.CLOCK,
        y_unit=one.scenario.currency,
    )
