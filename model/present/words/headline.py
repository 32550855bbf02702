"""Sentences about a result; every figure in them comes from the result itself.

Plain text with `**bold**` for what is said first; `markdown` and `html` make it fit its place.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.arrays import Array
from model.assumptions.ad_load import USUAL_AD_LOAD_PER_HOUR, ad_load_per_hour
from model.assumptions.declaration import Assumption
from model.assumptions.remedies import SET_HERE
from model.beliefs.belief import fit
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.foreign import html as html
from model.present.words.foreign import markdown as markdown
from model.present.words.foreign import plain as plain
from model.present.words.foreign import tied
from model.present.words.spoken.subject import declared
from model.runs.result import Measure
from model.runs.standard_errors import Estimate
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

NOT_MODELLED = (
    "Not modelled: litigation, brand, stock price. Incidents before "
    "the year leave neither repeats nor missing trust in it."
)

COMPONENT_LABELS = {
    "playback": "Playback fails",
    "freshness": "Feed goes stale",
    "ad_serving": "Ads not served",
    "creator_attrition": "Creators leave",
    "retention": "Viewers stay away",
    "ad_price": "Ad prices fall",
    "commerce": "Orders and gifts missed",
    "subscriptions": "Subscribers leave",
    "make_goods": "Make-goods to advertisers",
    "creator_make_goods": "Make-goods to creators",
    "response": "Response cost",
    "budget_recapture": "Ad budget that returns",
    "viewing_recapture": "Viewing made up later",
    "commerce_recapture": "Orders made later",
    "borne_by_others": "Borne by others",
}


def headline(measures: Mapping[str, Measure]) -> str:
    """Return the answer in one sentence or two, by `Result.measures` names."""
    eal, p90 = measures["eal"].value, measures["p90"].value
    if eal <= 0.0:
        return "In this scenario outages cost **nothing**."
    average = f"an average year costs **{fmt.money(eal)}**"
    if p90 <= 0.0:
        quiet = fmt.share(measures["p_no_incident"].value)
        return f"Most years cost nothing ({quiet} pass without an incident); {average}."
    return (
        f"There is a **1-in-10 chance** that outages cost more than **{fmt.money(p90)}** in the "
        f"next 12 months; {average}."
    )


RANGE = (
    "Below it the range of what we do not know: 90\xa0% of the worlds that may be true lie in it, "
    "and only better inputs make it narrower."
)


def subline(measures: Mapping[str, Measure], known: tuple[float, float] | None) -> str:
    """Return what stands below the headline: how sure, the typical year, the share of revenue.

    `known` is the range of the average year over worlds, None while it is worked out.
    """
    eal, ads = measures["eal"].value, measures["eal_ad_revenue"].value
    if eal <= 0.0:
        return "No incident costs anything here: every cause is switched off or breaks nothing."
    p50, of_revenue = measures["p50"].value, measures["eal_share_of_revenue"].value
    typical = (
        f"Half of all years cost less than {fmt.money(p50)}"
        if p50 > 0
        else "More than half of all years cost nothing"
    )
    return (
        f"{depends(known)} {typical}. The average is {fmt.share(of_revenue)} of revenue, before "
        f"any SLA credit; {fmt.share(ads / eal)} of it is ad revenue."
    )


def depends(known: tuple[float, float] | None) -> str:
    """Return the range of the average year over worlds as a sentence.

    >>> depends((1.9e6, 18.4e6)), depends((2e6, 2e6))
    ('That average is between $1.9M and $18M, depending on what is true.', \
'Nothing about that average is uncertain.')
    """
    if known is None:
        return "How far that average depends on what we do not know follows in a moment."
    low, high = known
    if low == high:
        return "Nothing about that average is uncertain."
    ends = fmt.money(low), fmt.money(high)
    return f"That average is between {ends[0]} and {ends[1]}, depending on what is true."


def tolerance(chance: Estimate, tolerance_usd: float) -> str:
    """Return how likely a year is that loses more than a tolerance."""
    limit = fmt.money(tolerance_usd, 3)
    if chance.value <= 0:
        return f"No simulated year costs more than {limit}."
    return (
        f"A year costs more than {limit} with a chance of **{estimates.chance(chance)}** "
        f"({estimates.one_in(chance)})."
    )


def twenty_years(losses: Array, tolerance_usd: float) -> str:
    """Return what twenty equally likely years, sorted, say."""
    nothing, over = int((losses <= 0).sum()), int((losses > tolerance_usd).sum())
    return (
        f"Picture 20 equally likely years: {_years(nothing)} without any loss, "
        f"{_years(over)} above {fmt.money(tolerance_usd, 3)}."
    )


def _years(count: int) -> str:
    return "none" if count == 0 else f"{count} year" if count == 1 else f"{count} years"


def exceedance_alt(curve: Mapping[str, Array], chance: str) -> str:
    """Return the loss exceedance curve in words, for those who cannot see it."""
    points = []
    for p in (0.5, 0.1, 0.05, 0.01):
        nearest = int(np.argmin(np.abs(curve["chance"] - p)))
        loss = float(curve["loss_usd"][nearest])
        points.append(f"{fmt.share(p)} of years lose more than {fmt.money(loss)}")
    return f"Loss exceedance curve. {'; '.join(points)}. {plain(chance)}"


def implied_ad_load(scenario: Scenario) -> str:
    """Return the ad load that revenue, audience and prices imply together, judged."""
    load = float(ad_load_per_hour(*(_median(scenario, f"platform.{p}") for p in _AD_LOAD)))
    low, high = USUAL_AD_LOAD_PER_HOUR
    where = "within" if low <= load <= high else "outside"
    return (
        f"{fmt.significant(load, 2)} ads per user-hour, {where} the usual "
        f"{fmt.significant(low, 2)}–{fmt.significant(high, 2)}"
    )


_AD_LOAD = ("ad_revenue_per_year", "daily_users", "minutes_per_user_day", "cpm")


def _median(scenario: Scenario, name: str) -> float:
    item = declared(name)
    assert isinstance(item, Assumption)
    return fit(scenario.belief(name), item.lower, item.upper).median()


def evidence(source: str, grade: str) -> str:
    """Return source and grade as one line."""
    meaning = {"A": "measured", "B": "published estimate", "C": "judgement"}[grade]
    return f"Evidence grade {grade} ({meaning}). Source: {source}."


def cited(given: Provenance) -> str:
    """Return a source with who answers for it and since when, or that there is none yet.

    >>> cited(Provenance("Sales report", "A", "Ann", "2026-04-01")), cited(Provenance())
    ('Sales report (Ann, 2026-04-01)', 'Set here, no source yet')
    """
    by = ", ".join(part for part in (given.owner, given.date) if part)
    source = tied(given.source) or SET_HERE
    return f"{source} ({by})" if by else source
