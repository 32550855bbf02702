"""Back-tests in words: what was measured, where the truth lies, how years were foreseen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.evidence.backtests import USERS, Outcome
from model.evidence.own_years import YearScore
from model.present.words.numbers import money, share, significant

HEAD = ("Case", "Published", "Model, 90\xa0%", "Middle", "Percentile", "Inside")
FIGURES = {
    "time_share_day": "time lost on the day",
    "credit": "SLA credit",
    "loss": "loss",
    "incidents": "incidents in the year",
    "hours": "hours of incidents in the year",
}


def figure(name: str) -> str:
    """Return what was measured, in plain words.

    >>> figure("users_share_day_3"), figure("credit")
    ('users missing 3 days later', 'SLA credit')
    """
    found = USERS.fullmatch(name)
    if found:
        return f"users missing {found[1]} day{'s' if found[1] != '1' else ''} later"
    return FIGURES.get(name, name)


def value(name: str, number: float) -> str:
    """Return a figure in its unit."""
    if name.endswith("_day") or USERS.fullmatch(name):
        return share(number)
    return money(number) if name in ("credit", "loss") else significant(number, 3)


def row(one: Outcome) -> tuple[str, tuple[str, ...]]:
    """Return an outcome as a row of words."""
    said = one.verdict
    low, middle, high = (value(one.figure, x) for x in (said.low, said.median, said.high))
    inside = f"{'yes' if said.inside else 'no'} (of {share(said.chance)})"
    name = f"{one.name}: {figure(one.figure)}"
    published = value(one.figure, one.published)
    return name, (published, f"{low} to {high}", middle, share(said.percentile), inside)


def summary(outcomes: Sequence[Outcome]) -> str:
    """Say in one sentence how many truths the model's intervals hold."""
    inside = sum(one.verdict.inside for one in outcomes)
    return f"**{inside} of {len(outcomes)}** lie inside what the model says with 90\xa0%."


def reasons(outcomes: Sequence[Outcome]) -> list[str]:
    """Say of each truth outside the model's interval why, where that is known."""
    missed = [one for one in outcomes if not one.verdict.inside and one.note]
    return [f"{one.name}, {figure(one.figure)}: {one.note}" for one in missed]


def calibration(scores: Sequence[YearScore]) -> list[str]:
    """Say over the years held out how often they were inside, and who foresaw them better."""
    lines = []
    for name in dict.fromkeys(score.figure for score in scores):
        of = [score for score in scores if score.figure == name]
        inside = sum(score.fitted.verdict.inside for score in of)
        fitted = float(np.mean([score.crps_fitted for score in of]))
        before = float(np.mean([score.crps_before for score in of]))
        pits = ", ".join(share(score.pit) for score in of)
        lines.append(
            f"{name}: {inside} of {len(of)} years inside 90\xa0% of the fit; mean CRPS "
            f"{significant(fitted, 3)} fitted, {significant(before, 3)} as believed before; "
            f"randomised PIT {pits}"
        )
    return lines


def better(scores: Sequence[YearScore]) -> str:
    """Say in one sentence whether the fit foresaw the years better than what was believed."""
    fitted = sum(score.crps_fitted < score.crps_before for score in scores)
    return (
        f"The fit to what came before foresaw **{fitted} of {len(scores)}** figures better than "
        "what was believed before (smaller CRPS)."
    )
