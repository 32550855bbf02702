"""What a column is, and the meaning of measures, quantities and lines of money in any file."""

from __future__ import annotations

from typing import NamedTuple

from model.assumptions.currency import named_in
from model.assumptions.declaration import USD

LEDGER = "a cost is positive, what comes back or is borne by others negative"
DELTA = "negative: less is lost"
COST = "positive: money spent"
GAIN = "positive: money gained"
EARNED = "positive: money earned"
CREDIT = "negative: it reduces the loss"
DISTANCE = "positive: a distance"
NONE = "none"
"""The set of remedies of a scenario as it is."""


class Field(NamedTuple):
    """One column of a file."""

    name: str
    type: str
    unit: str
    meaning: str
    sign: str = ""


def usd(name: str, meaning: str, sign: str = LEDGER) -> Field:
    """Return a column of money."""
    return Field(name=name, type="number", unit=USD, meaning=meaning, sign=sign)


def field_in(field: Field, code: str) -> Field:
    """Return a column in a currency: its name, its unit, and the columns its meaning names."""
    return field._replace(
        name=named_in(field.name, code),
        unit=field.unit.replace(USD, code),
        meaning=named_in(field.meaning, code),
    )


def text(name: str, meaning: str) -> Field:
    """Return a column of words."""
    return Field(name, "string", "", meaning)


MEASURES = {
    "eal": "Expected annual loss before SLA credit: the mean over simulated years",
    "sd": "Standard deviation of the annual loss",
    "p_no_incident": "Share of years without any incident",
    "p50": "Median annual loss (left quantile)",
    "p90": "Annual loss exceeded in one year in 10 (left quantile)",
    "p95": "Annual loss exceeded in one year in 20 (left quantile)",
    "p99": "Annual loss exceeded in one year in 100 (left quantile)",
    "tvar_95": "Mean annual loss of the worst 5 % of years",
    "tvar_99": "Mean annual loss of the worst 1 % of years",
    "p_over_tolerance": "Share of years that lose more than the tolerance",
    "tolerance": "The tolerance asked for",
    "eal_net": "Expected annual loss after SLA credit",
    "sla_credit": "Expected SLA credit; negative: it reduces the loss",
    "eal_ad_revenue": "Part of the expected loss that is ad revenue lost less what of it comes "
    "back; the rest is other revenue and costs",
    "eal_share_of_revenue": "Expected annual loss over expected revenue of all streams",
    "eal_before_recapture": "Expected annual loss if no lost budget, viewing or order came back",
    "borne_by_others": "Part of the expected loss that other parties bear",
    "eal_after_year": "Part of the expected loss that falls after the simulated year's end",
    "incidents": "Expected number of visible incidents",
    "incident_hours": "Expected hours with an incident running",
    "duration_capped": "Share of incident durations cut at the maximum",
}
"""Meaning of each row of `summary.csv`, all before SLA credit unless said."""

_WEIGHED = "each by the share lost and by how busy it usually is; while incidents run"
QUANTITIES = {
    "incidents": ("number", "Visible incidents of the year, overlapping ones counted once"),
    "incident_h": ("h", "Hours with an incident running"),
    "uploads_failed": ("uploads", "Uploads that failed"),
    "uploads_abandoned": ("uploads", "Failed uploads that creators never posted later"),
    "freshness_deficit_h": ("h", "Integral of the relative shortfall of fresh content"),
    "minutes_lost": ("min", "Viewing minutes lost"),
    "impressions_lost": ("impressions", "Ad impressions lost"),
    "minutes_unavailable_playback": ("min", f"Minutes without playback, {_WEIGHED}"),
    "minutes_unavailable_publishing": ("min", f"Minutes without publishing, {_WEIGHED}"),
    "minutes_unavailable_ads": ("min", f"Minutes without ad serving, {_WEIGHED}"),
}
"""Unit and meaning of what is counted per year."""

MONEY = {
    "playback": "Ad revenue lost while viewers cannot watch or have not yet returned",
    "freshness": "Ad revenue lost because a stale feed is watched less; may be slightly negative",
    "ad_serving": "Ad revenue lost because ads are not served",
    "creator_attrition": "Ad revenue lost because some creators publish less afterwards",
    "retention": "Ad revenue lost because viewers who hit a failure return less",
    "ad_price": "Ad revenue lost because advertisers pay less for a distrusted audience",
    "commerce": "Commission on orders, gifts and tips lost, at all links",
    "subscriptions": "Subscriptions lost with the viewers who stay away for good",
    "make_goods": "Make-goods to advertisers for what budgets did not make up while it failed",
    "creator_make_goods": "Make-goods to creators",
    "response": "Cost of responding to the incidents",
    "budget_recapture": "Lost ad spend that returns later",
    "viewing_recapture": "Lost viewing that is made up later",
    "commerce_recapture": "Lost orders and gifts that are made later",
    "borne_by_others": "Part of the lost revenue, after recapture, that other parties bear",
    "loss": "Loss before SLA credit: the sum of the components before it",
    "largest_loss": "Largest single incident's loss before SLA credit; no component of the loss",
    "net_loss": "Loss less the SLA credit; may be negative",
    "retention_permanent": "Of retention_usd, no component of its own: the part that is lost for "
    "the retention horizon",
    "commerce_playback": "Of commerce_usd: while viewers cannot watch or have not yet returned",
    "commerce_freshness": "Of commerce_usd: because a stale feed is watched less",
    "commerce_attrition": "Of commerce_usd: because some creators publish less afterwards",
    "commerce_retention": "Of commerce_usd: because viewers who hit a failure return less",
    "after_year": "Of the loss, no component of its own: the part that falls after the simulated "
    "year's end",
    "revenue": "Revenue of all streams in the year if nothing failed; no component of the loss",
}
"""Meaning of the lines of money, by their column without `_usd`."""
