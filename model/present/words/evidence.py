"""What a log says, in sentences: luck or design, change, and what to think of before applying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from model.evidence.fitting.fitted import Fitted, too_small_for
from model.evidence.fitting.lengths import Lengths
from model.evidence.fitting.rates import FittedRates
from model.evidence.log.log import Log
from model.evidence.log.times import hours_of
from model.evidence.rates.posterior import CONFLICT
from model.evidence.traffic import Traffic
from model.present.words.learned.luck import UNLIKELY, day_of, length
from model.present.words.numbers import share, significant


@dataclass(frozen=True)
class Ways:
    """How somebody does what a line proposes; each begins in the middle of it."""

    begin: str
    """With `{day}`: have the log begin on that day."""
    later: str
    alone: str
    assign: str


COMMAND = Ways(
    begin="--from {day} fits what it is since then",
    later="--from leaves them out",
    alone="--vague-prior lets the log speak alone",
    assign="--assign WORD=CAUSE says which",
)
PAGE = Ways(
    begin="have the log begin on {day} to fit what it is since then",
    later="have the log begin later to leave them out",
    alone="“Let the log speak alone” under “Ask more of it” leaves the belief before out",
    assign="say under “Causes” which",
)
_DAY_H = 24.0


def limit(rates: FittedRates, rate: float) -> str:
    """Say how likely the rate is above a limit."""
    assert rates.over_limit is not None
    return (
        f"More than {significant(rate, 3)} incidents a year, repeats included: "
        f"{share(rates.over_limit)} after this log."
    )


def warnings(fitted: Fitted, ways: Ways = COMMAND) -> tuple[str, ...]:
    """Return what somebody should know before these beliefs are used."""
    lines: list[str] = []
    if fitted.no_rates:
        lines.append(f"no rates were fitted: {fitted.no_rates}")
    if fitted.rates is not None:
        lines += _of_rates(fitted, fitted.rates, ways)
    return (*lines, *too_small(fitted))


def too_small(fitted: Fitted) -> tuple[str, ...]:
    """Return what the log is too small for, one line for each reason."""
    small = too_small_for(fitted)
    lines = []
    for why in dict.fromkeys(small.values()):
        which = [what for what, reason in small.items() if reason == why]
        lines.append(f"{'; '.join(which)}: {why}: what was believed stays")
    return tuple(lines)


def _of_rates(fitted: Fitted, rates: FittedRates, ways: Ways) -> list[str]:
    lines = []
    if fitted.another_class and fitted.times_prior is not None:
        times = significant(fitted.times_prior, 2)
        lines.append(
            f"the log counts {times} times as many incidents as were believed in, while their "
            "losses stay those of the few large ones: filter the log to that class, or say what "
            "its incidents lose"
        )
    if rates.surprise.conflict:
        least = min(rates.surprise.at_least, rates.surprise.at_most)
        lines.append(
            f"prior and log disagree: so many or so few had a chance below "
            f"{share(max(least, 1e-5))} (less than {share(CONFLICT)}); {ways.alone}"
        )
    step = rates.all.step
    if step is not None and step.p_value < UNLIKELY:
        lines.append(f"the rate changed: {ways.begin.format(day=day_of(rates, step.at_h))}")
    if rates.observed.unassigned and rates.observed.log.tells_causes:
        known = set(rates.observed.by_cause)
        strange = [cause for cause in rates.observed.log.causes if cause not in known]
        lines.append(
            f"{rates.observed.unassigned} incidents are of causes that the scenario does not know "
            f"({', '.join(strange[:8])}): they may be of any; {ways.assign}"
        )
    if not rates.by_starts:
        lines.append("so many incidents that the rates are from their number, not their times")
    return lines


def early_regime(rates: FittedRates, ways: Ways = COMMAND) -> str:
    """Say how much of the log lies before the migration, empty if none does."""
    months = -rates.observed.months
    if months <= 0:
        return ""
    covered = min(months * 730.0, rates.observed.hours)
    return (
        f"{length(covered)} of the log lie before the migration of the scenario and count as "
        f"mature operation: {ways.later}"
    )


def covers(log: Log) -> str:
    """Say what of a log was counted over which time."""
    counts = ", ".join(f"{number} {verdict}" for verdict, number in log.rows.counts().items())
    if log.options.begin is None or log.options.end is None:
        return f"{len(log.rows.number):,} rows: {counts}"
    days = (hours_of(log.options.end) - hours_of(log.options.begin)) / _DAY_H
    return (
        f"{len(log.rows.number):,} rows: {counts}; {log.n:,} incidents in "
        f"{significant(days, 4)} days"
    )


def span(log: Log) -> str:
    """Say between which moments a log has something, where nobody said what it covers."""
    known = log.rows.start[~np.isnan(log.rows.start)]
    if not len(known):
        return "No row has a start."
    first, last = (datetime.fromtimestamp(float(h) * 3600, UTC) for h in (known.min(), known.max()))
    return (
        f"The first incident begins on {first:%Y-%m-%d}, the last on {last:%Y-%m-%d}. From when to "
        "when were incidents written down? Without both dates there are no rates."
    )


def traffic(found: Traffic) -> str:
    """Say which profile an export makes, and how well it is covered."""
    span = f"{found.begin:%Y-%m-%d} to {found.end:%Y-%m-%d}"
    if found.profile == "profiles.price":
        return f"{found.values} months, {span}: the profile of ad prices"
    gaps = f", longest gap {length(found.longest_gap_h)}" if found.longest_gap_h else ""
    left = f", {found.left_out_h} hours of incidents left out" if found.left_out_h else ""
    return (
        f"{significant(found.weeks, 3)} weeks, {span}, {share(found.coverage)} of their hours "
        f"used{gaps}{left}: the profile of demand"
    )


def answer(sentence: str) -> str:
    """Return a verdict without the question it begins with, for where that is the heading.

    >>> answer("Is it changing? Too few incidents to tell.")
    'Too few incidents to tell.'
    """
    return sentence.partition("? ")[2] or sentence


def lengths(log: Log) -> tuple[str, str, str]:
    """Return how many ends a log knows, the hours together, and the middle of the lengths."""
    found = log.incidents
    known = (found.lower == found.upper) & np.isfinite(found.upper)
    hours = (found.upper - found.start)[known]
    middle = length(float(np.median(hours))) if len(hours) else "–"
    return f"{len(hours):,}", f"{significant(float(hours.sum()), 3)} h", middle


def durations(of: Lengths) -> str:
    """Say in one sentence how long incidents last, or why that was not fitted."""
    known = of.durations.ended
    if of.fit is None:
        why = of.why_not or f"{known} known ends"
        return f"**Too few to fit** ({why}): what was believed about durations stays."
    low, middle, high = (length(each) for each in of.fit.predictive_h)
    unsure = of.durations.size - known
    more = f", {unsure} more known in part" if unsure else ""
    return (
        f"The next incident lasts **{low} to {high}** (90\xa0%), half of them less than {middle}: "
        f"from {known:,} known ends{more}."
    )


def fits(of: Lengths) -> str:
    """Say in one sentence how well the chosen family fits."""
    assert of.fit is not None
    chance = share(of.fit.p_fit)
    verdict = "fits" if of.fit.p_fit >= UNLIKELY else "does not fit well"
    return (
        f"The {of.fit.chosen.name} {verdict}: data of its own would lie as far off with a chance "
        f"of {chance}."
    )


FAMILY_HEAD = ("Family", "Half below", "95\xa0% below", "AIC", "Chosen")


def families(of: Lengths) -> list[tuple[str, tuple[str, ...]]]:
    """Return a row of words for each family that was tried."""
    chosen = of.fit.chosen.name if of.fit else ""
    return [
        (
            one.name,
            (
                f"{significant(one.median_h, 4)} h",
                f"{significant(one.p95_h, 4)} h",
                f"{one.aic:.2f}",
                "yes" if one.name == chosen else "",
            ),
        )
        for one in of.families
    ]
