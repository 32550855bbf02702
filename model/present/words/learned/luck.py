"""Whether chance crowds incidents and whether their rate changes, a sentence each (MODEL §6)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from model.evidence.fitting.rates import FittedRates
from model.evidence.luck.change import Step
from model.present.words.numbers import share, significant

UNLIKELY = 0.05
_DAY_H = 24.0


def length(hours: float) -> str:
    """Return a length of time in the unit people would say it in.

    >>> length(37 * 24), length(8.1), length(0.4)
    ('37 days', '8.1 h', '24 min')
    """
    if hours >= 2 * _DAY_H:
        return f"{significant(hours / _DAY_H, 2)} days"
    return f"{significant(hours, 2)} h" if hours >= 1 else f"{significant(60 * hours, 2)} min"


def luck_or_design(rates: FittedRates) -> str:
    """Say in one sentence whether chance alone crowds incidents as the log has them."""
    found = rates.cluster
    if found is None:
        n = rates.all.incidents
        return f"Luck or design? {n} incident{'s' if n != 1 else ''}: too few to crowd."
    chance = found.chance.value
    verdict = (
        "chance alone explains it"
        if chance >= UNLIKELY
        else "chance alone hardly explains it: look for a common cause"
    )
    rate = f"{significant(found.rate, 2)} a year"
    return (
        f"Luck or design? {found.k} incidents began within {length(found.window_h)}; at {rate}, "
        f"repeats included, that happens somewhere in such a time with a chance of "
        f"{share(chance)}: {verdict}."
    )


def changing(rates: FittedRates) -> str:
    """Say in one sentence whether the rate changes, and with which chance without any change."""
    step, trend = rates.all.step, rates.all.changes.trend
    if step is None:
        return "Is it changing? Too few incidents to tell."
    found = f"from {_rates(step)}"
    if step.p_value < UNLIKELY:
        at, first, last = (day_of(rates, h) for h in (step.at_h, step.earliest_h, step.latest_h))
        return (
            f"Is it changing? Yes: {found}, at some time from {first} to {last} (90\xa0%), most "
            f"likely on {at}; as strong a step shows with a chance of {share(step.p_value)} if "
            f"nothing changes.{_explained(rates, step)}"
        )
    if (early := rates.all.changes.without_early_life) and early.p_value < UNLIKELY:
        return (
            f"Is it changing? From {_rates(early)} about {day_of(rates, early.at_h)}, but the "
            "early life that the scenario expects after its migration explains it: with it, the "
            f"likeliest step shows with a chance of {share(step.p_value)} if nothing else changes, "
            f"without it {share(early.p_value)}."
        )
    slope = ""
    if trend is not None and trend.p_value < UNLIKELY:
        slope = (
            f"; a steady change by a factor of {significant(trend.factor_per_year, 2)} a year has "
            f"{share(trend.p_value)}"
        )
    return (
        f"Is it changing? Not visibly: the likeliest step, {found}, shows with a chance of "
        f"{share(step.p_value)} if nothing changes{slope}."
    )


def _explained(rates: FittedRates, told: Step) -> str:
    """Name the step elsewhere that would be told if the scenario had no early life."""
    early = rates.all.changes.without_early_life
    if early is None or told.earliest_h <= early.at_h <= told.latest_h:
        return ""
    return (
        f" A step from {_rates(early)} about {day_of(rates, early.at_h)} is what the scenario "
        "expects of early life after its migration."
    )


def _rates(step: Step) -> str:
    return f"{significant(step.rate_before, 3)} to {significant(step.rate_after, 3)} a year"


def changed_on(rates: FittedRates) -> date | None:
    """Return the day from which the rate is another, None where no change shows."""
    step = rates.all.step
    if step is None or step.p_value >= UNLIKELY:
        return None
    return datetime.fromtimestamp((rates.observed.begin + step.at_h) * 3600, UTC).date()


def day_of(rates: FittedRates, hours: float) -> str:
    """Return the day of some hours after the begin of a log."""
    moment = datetime.fromtimestamp((rates.observed.begin + hours) * 3600, UTC)
    return f"{moment:%Y-%m-%d}"
