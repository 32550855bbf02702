"""The findings about the loss itself: the answer, and how bad a year can get.

Every sentence is generated from the runs, rounded to what their error supports.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.drivers.ranges import Range
from model.present.charts.overview_data import REACH
from model.present.story.elements import Chart, Figure, Line, Lines, Mark, Section, Table
from model.present.story.material import Material
from model.present.words import estimates, remedies
from model.present.words import numbers as fmt
from model.present.words.foreign import plain
from model.present.words.headline import headline
from model.present.words.spoken import subject
from model.runs.quantiles import Sample
from model.runs.result import Measure
from model.runs.standard_errors import Estimate

_PERIODS = (2, 5, 10, 20, 50, 100)
_RAREST = 0.01
_POINTS = 70


def answer(found: Material) -> Section:
    """Return the headline with the decision asked for."""
    measures = {m.name: _rounded(m) for m in found.result.measures(found.tolerance_usd)}
    return Section(
        key="answer",
        headline=plain(headline(measures)),
        sentences=_asked_for(found) if "remedies" in found.there else (),
        figures=_figures(found),
        question="How sure are we of these figures?",
        answer=_sure(found),
    )


def _asked_for(found: Material) -> tuple[str, ...]:
    average, limit = found.result.mean("loss_usd"), found.tolerance_usd
    return remedies.asked_for(found.choice, average, found.result.chance_over(limit), limit)


def _rounded(measure: Measure) -> Measure:
    """Return a figure with no more digits than its error supports."""
    digits = max(estimates.supported_digits(measure.estimate), 1)
    return measure._replace(value=float(f"{measure.value:.{digits - 1}e}"))


def _figures(found: Material) -> tuple[Figure, ...]:
    """Return the figures, each with the range of what we do not know about it."""
    result, known, limit = found.result, found.known, found.tolerance_usd
    over = result.chance_over(limit)
    calm = result.measure("p_no_incident").estimate
    often = estimates.years(over) or (
        "most years" if over.value > 0 else "not seen in the simulation"
    )
    return (
        _figure("Average year", estimates.money(result.mean("loss_usd")), known.mean()),
        _figure("1-in-10 year", estimates.money(result.quantile(0.9)), known.quantile(0.9)),
        _figure(
            f"Chance of a year above {fmt.money(limit, 3)}",
            estimates.chance(over),
            known.chance_over(limit),
            fmt.share,
            often,
        ),
        _figure(
            "Years without an incident", estimates.chance(calm), known.no_incident(), fmt.share
        ),
    )


def _figure(
    label: str,
    value: str,
    known: Range,
    write: Callable[..., str] = fmt.money,
    before: str = "",
) -> Figure:
    about = estimates.span(*known, write)
    note = f"{about}, depending on what is true" if known.low < known.high else ""
    return Figure(label, value, "; ".join(filter(None, (before, note))) or "in any case")


def _sure(found: Material) -> str:
    average, half = found.result.mean("loss_usd"), found.result.quantile(0.5)
    low, high = (found.result.quantile(p).value for p in (0.05, 0.95))
    return (
        "The range beside each figure is what we do not know: it holds what 90\xa0% of the worlds "
        "that may be true say, and only better inputs make it narrower. Next year is luck on top: "
        f"nine years in ten fall between {fmt.money(low)} and {fmt.money(high)}, half of all years "
        f"cost {_less(half)}. The simulation itself is precise to {estimates.noise(average)} on "
        "the average year. What the model leaves out is on the last pages."
    )


def _less(half: Estimate) -> str:
    return f"less than {estimates.money(half)}" if half.value > 0 else "nothing"


def tolerance(found: Material) -> Section:
    """Return the chance of a year above the tolerance, now and after."""
    now, offer = found.result.chance_over(found.tolerance_usd), found.choice.candidate
    limit = fmt.money(found.tolerance_usd, 3)
    lead = f"A year above {limit} has a chance of {estimates.chance(now)}"
    sentences = [
        f"{limit} is the tolerance: the loss in one year above which somebody must answer for it."
    ]
    if now.value <= 0:
        lead = f"No simulated year costs more than {limit}"
        sentences.append(
            f"That is not never: so many years can only tell that the chance is "
            f"{estimates.chance(now)}."
        )
    elif offer:
        after = offer.row.p_breach
        lead += f"; with {remedies.quoted(offer)} {estimates.chance(after)}"
        sentences.append(
            f"Now {_per_years(now)}; with {remedies.quoted(offer)} {_per_years(after)}, judged on "
            "the same simulated incidents."
        )
        sentences.append(remedies.why_this_one(found.choice))
    return Section(
        key="tolerance",
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
    said = estimates.years(chance)
    return said or f"a chance of {estimates.chance(chance)}"


def _curves(found: Material) -> tuple[Chart, ...]:
    if found.result["loss_usd"].max() <= 0:
        return ()
    offer, now = found.choice.candidate, Sample(found.result["loss_usd"], found.result.worlds)
    lines = [_curve("Now", now, "main")]
    if offer and offer.saves:
        lines.append(_curve(f"With {offer.label}", found.losses_with(offer), "good"))
    limit = fmt.money(found.tolerance_usd, 3)
    inside = found.tolerance_usd <= REACH * lines[0].x[-1]
    return (
        Lines(
            title="Chance of a year that costs more",
            alt=f"Curves of the chance of a worse year over the loss. {_curve_words(found)}",
            lines=tuple(lines),
            x_title=f"Loss in a year, {subject.code()}",
            y_title="Chance of a worse year",
            x_unit=subject.code(),
            y_unit="share",
            mark=Mark(found.tolerance_usd, f"tolerance {limit}") if inside else None,
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
    now, offer = Sample(found.result["loss_usd"], found.result.worlds), found.choice.candidate
    after = found.losses_with(offer) if offer else None
    rows = []
    for period in _PERIODS:
        if found.result.years / period < 20:
            continue
        p = 1.0 - 1.0 / period
        cells = [f"1 in {period}", estimates.money(now.quantile(p))]
        rows.append((*cells, estimates.money(after.quantile(p)) if after else ""))
    head = ("One year in so many costs more than", "now", f"with {offer.label}" if offer else "")
    keep = 3 if after else 2
    return Table(
        "Loss by how rare the year is",
        head[:keep],
        tuple(row[:keep] for row in rows),
        (0.4, 0.3, 0.3)[:keep],
    )
