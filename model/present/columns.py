"""The one declaration of the columns and measures of the files that the product writes."""

from __future__ import annotations

from typing import NamedTuple

from model.present.tables import ANNUAL_COLUMNS

LEDGER = "a cost is positive, what comes back or is borne by others negative"
DELTA = "negative: less is lost"
COST = "positive: money spent"
GAIN = "positive: money gained"
CREDIT = "negative: it reduces the loss"


class Field(NamedTuple):
    """One column of a file."""

    name: str
    type: str
    unit: str
    meaning: str
    sign: str = ""


def _usd(name: str, meaning: str, sign: str = LEDGER) -> Field:
    return Field(name, "number", "USD", meaning, sign)


def _text(name: str, meaning: str) -> Field:
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
    "p_over_threshold": "Share of years that lose more than the threshold",
    "threshold": "The threshold asked for",
    "eal_net": "Expected annual loss after SLA credit",
    "sla_credit": "Expected SLA credit; negative: it reduces the loss",
    "eal_share_of_revenue": "Expected annual loss over expected ad revenue",
    "eal_before_recapture": "Expected annual loss if no lost budget or viewing came back",
    "borne_by_others": "Part of the expected loss that other parties bear",
    "eal_after_year": "Part of the expected loss that falls after the simulated year's end",
    "incidents": "Expected number of visible incidents",
    "outage_hours": "Expected hours with an incident running",
    "duration_capped": "Share of incident durations cut at the maximum",
}
"""Meaning of each row of `summary.csv`, all before SLA credit unless said."""

_MEANINGS = {
    "incidents": ("number", "Visible incidents of the year, overlapping ones counted once"),
    "outage_h": ("h", "Hours with an incident running"),
    "uploads_failed": ("uploads", "Uploads that failed"),
    "uploads_abandoned": ("uploads", "Failed uploads that creators never posted later"),
    "freshness_deficit_h": ("h", "Integral of the relative shortfall of fresh content"),
    "minutes_lost": ("min", "Viewing minutes lost"),
    "impressions_lost": ("impressions", "Ad impressions lost"),
}
_MONEY = {
    "playback": "Ad revenue lost while viewers cannot watch or have not yet returned",
    "freshness": "Ad revenue lost because a stale feed is watched less; may be slightly negative",
    "ad_serving": "Ad revenue lost because ads are not served",
    "creator_attrition": "Ad revenue lost because some creators publish less afterwards",
    "retention": "Ad revenue lost because viewers who hit a failure return less",
    "ad_price": "Ad revenue lost because advertisers pay less for a distrusted audience",
    "make_goods": "Make-goods to advertisers",
    "creator_make_goods": "Make-goods to creators",
    "response": "Cost of responding to the incidents",
    "budget_recapture": "Lost ad spend that returns later",
    "viewing_recapture": "Lost viewing that is made up later",
    "borne_by_others": "Part of the ad-revenue loss, after recapture, that other parties bear",
    "loss": "Loss before SLA credit: the sum of the twelve components before it",
    "largest_loss": "Largest single incident's loss before SLA credit",
    "net_loss": "Loss less the SLA credit; may be negative",
    "retention_permanent": "Of retention_usd: the part that is lost for the retention horizon",
    "after_year": "Of the loss: the part that falls after the simulated year's end",
    "revenue": "Ad revenue of the year if nothing failed",
}
_WHERE = (
    Field("world", "integer", "", "Number of the draw of what is not known, from 1"),
    Field("year", "integer", "", "Number of the simulated year, from 1"),
)
_BAND = "of the 95 % Monte Carlo interval"


def _annual_field(name: str) -> Field:
    if name in _MEANINGS:
        unit, meaning = _MEANINGS[name]
        return Field(name, "integer" if name == "incidents" else "number", unit, meaning)
    if name == "sla_credit_usd":
        return _usd(name, "SLA credit of the cloud provider", CREDIT)
    return _usd(name, _MONEY[name.removesuffix("_usd")])


def _exceedance(kind: str, what: str) -> tuple[Field, ...]:
    return (
        _usd(f"{kind}_usd", f"{what} exceeded once in the return period; empty if unsupported"),
        _usd(f"{kind}_low_usd", f"Lower end {_BAND}"),
        _usd(f"{kind}_high_usd", f"Upper end {_BAND}"),
    )


def _loss(name: str, of: str) -> Field:
    return Field(name, "number", "share", f"Share of {of} lost while the incident runs")


def _with_baseline(name: str, unit: str, meaning: str) -> tuple[Field, Field]:
    usual = f"{meaning}, if nothing had failed"
    return Field(name, "number", unit, meaning), Field(f"baseline_{name}", "number", unit, usual)


_REPLAYED = (
    ("uploads", "uploads per h", "Uploads posted, late ones included"),
    ("freshness", "ratio", "Stock of fresh content over its usual level"),
    ("availability", "share", "Share of the viewing that is possible or has returned"),
    ("session_minutes", "min per h", "Viewing minutes"),
    ("impressions", "impressions per h", "Ad impressions served"),
    ("revenue_usd", "USD per h", "Ad revenue"),
)
_USUAL_HOUR = "expected ad revenue of an average hour"
_NUMBER_CELL = "; empty for words and empirical shapes"
FILES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "scenario.csv": (
        "Every assumption of the run; opens in the product as a scenario",
        (
            _text("name", "Dotted name of the assumption"),
            _text("shape", "Shape of the belief, or the word chosen, or set / scale of a remedy"),
            Field("low", "number", "see unit", f"5th percentile (pert: minimum){_NUMBER_CELL}"),
            Field("mid", "number", "see unit", "Mode, for pert only"),
            Field("high", "number", "see unit", f"95th percentile (pert: maximum){_NUMBER_CELL}"),
            _text("unit", "Unit of low, mid and high"),
            _text("label", "The assumption in plain words; of a remedy's change, what it changes"),
            _text("source", "Where the default comes from, or that the scenario set it"),
            _text("grade", "Evidence: A measured, B published estimate, C judgement"),
        ),
    ),
    "summary.csv": (
        "Measures of the annual loss, each with its Monte Carlo error",
        (
            _text("measure", "Name of the measure; each is explained below its file"),
            Field("value", "number", "see unit", "The estimate", LEDGER),
            Field("standard_error", "number", "see unit", "Monte Carlo standard error"),
            Field("low", "number", "see unit", f"Lower end {_BAND}"),
            Field("high", "number", "see unit", f"Upper end {_BAND}"),
            _text("unit", "Unit of the four numbers"),
        ),
    ),
    "exceedance.csv": (
        "Loss by return period: years in total (AEP) and largest single incidents (OEP)",
        (
            Field("return_period", "integer", "years", "Once in so many years"),
            *_exceedance("aep", "Loss of a whole year"),
            *_exceedance("oep", "Largest single incident of a year"),
            _text("supported", "yes if the run has at least 20 such years, else no"),
        ),
    ),
    "chain.csv": (
        "What a year loses at each link of the chain; revenue rows up to the loss add up to it",
        (
            _text("link", "Link of the chain"),
            _text("quantity", "What is lost there"),
            _text("unit", "Unit of expected, p50 and p95"),
            Field("expected", "number", "see unit", "Mean over simulated years", LEDGER),
            Field("p50", "number", "see unit", "Median over simulated years", LEDGER),
            Field("p95", "number", "see unit", "95th percentile over simulated years", LEDGER),
            _usd("expected_usd", "Mean money lost at the link; empty where it is not priced"),
        ),
    ),
    "annual.csv": (
        "One row per simulated year",
        (*_WHERE, *(_annual_field(name) for name in ANNUAL_COLUMNS[2:])),
    ),
    "incidents.csv": (
        "The first simulated incidents, after overlapping ones became one",
        (
            Field("year", "integer", "", "Number of the simulated year, from 1"),
            _text("cause", "Cause of the incident; of overlapping ones, the earliest"),
            Field("start_h", "number", "h", "Elapsed hours since the year's first midnight"),
            Field("duration_h", "number", "h", "Hours from start to end"),
            _loss("publish_loss", "uploads"),
            _loss("playback_loss", "viewing"),
            _loss("ads_loss", "the remaining ad impressions"),
            _usd("loss_usd", "Loss before SLA credit, slow consequences included"),
            _usd("net_loss_usd", "Loss less its part, by hours, of the year's SLA credit"),
        ),
    ),
    "by_cause.csv": (
        "Expected annual loss before SLA credit by cause",
        (
            _text("cause", "Cause of the incidents"),
            _usd("expected_usd", "Mean annual loss"),
            _usd("standard_error_usd", "Monte Carlo standard error", ""),
            _usd("low_usd", f"Lower end {_BAND}"),
            _usd("high_usd", f"Upper end {_BAND}"),
        ),
    ),
    "per_minute.csv": (
        "Expected loss per outage minute by starting hour of week",
        (
            Field("hour_of_week", "integer", "h", "0 is Monday 00:00 Eastern wall time"),
            Field("usd_per_minute", "number", "USD per min", "Expected loss over expected minutes"),
            Field("standard_error", "number", "USD per min", "Monte Carlo standard error"),
        ),
    ),
    "compare.csv": (
        "What remedies save on the same simulated incidents, against what they cost",
        (
            _text("mitigation_set", "Remedies switched on; none for the scenario as it is"),
            _usd("eal_usd", "Expected annual loss before SLA credit"),
            _usd("delta_eal_usd", "Difference of the expected annual loss", DELTA),
            _usd("delta_eal_low_usd", f"Lower end {_BAND}", DELTA),
            _usd("delta_eal_high_usd", f"Upper end {_BAND}", DELTA),
            _usd("delta_tvar_95_usd", "Difference of the mean of the worst 5 % of years", DELTA),
            _usd("delta_tvar_95_low_usd", f"Lower end {_BAND}", DELTA),
            _usd("delta_tvar_95_high_usd", f"Upper end {_BAND}", DELTA),
            _usd("annual_cost_usd", "Upfront cost over the life, and the cost per year", COST),
            _usd("net_benefit_usd", "Saving averaged over the life less the annual cost", GAIN),
            _usd("net_benefit_low_usd", f"Lower end {_BAND}", GAIN),
            _usd("net_benefit_high_usd", f"Upper end {_BAND}", GAIN),
            Field("p_pays_back", "number", "share", "Share of worlds whose saving pays the cost"),
            _usd("break_even_usd", "Annual price at which the net benefit is zero", GAIN),
            Field("p_pays_back_years", "number", "share", "Share of single years that do"),
            _usd("delta_eal_net_usd", "Difference of the expected loss after SLA credit", DELTA),
            Field("p_over_threshold", "number", "share", "Share of years above the threshold"),
            _text("scenario", "Name of the scenario"),
            _text("against", "Scenario, without remedies, that the differences are from"),
        ),
    ),
    "replay.csv": (
        "One incident hour by hour, each quantity beside what it would be without the incident",
        (
            Field("hour", "number", "h", "Hours since the incident's start at which a row begins"),
            *(field for row in _REPLAYED for field in _with_baseline(*row)),
        ),
    ),
    "bill.csv": (
        "What one incident costs, line by line; the lines before the loss add up to it",
        (
            _text("component", "Line of the bill"),
            Field("expected_revenue_hours", "number", "h", f"USD over the {_USUAL_HOUR}", LEDGER),
            _usd("expected_usd", "Mean over the worlds"),
            _usd("low_usd", "5th percentile over the worlds"),
            _usd("high_usd", "95th percentile over the worlds"),
        ),
    ),
    "dictionary.csv": (
        "This dictionary",
        (
            _text("file", "File of the bundle"),
            _text("column", "Column of the file"),
            _text("item", "A row of the file that is explained; empty for the column itself"),
            _text("type", "Type of the column's cells: string, integer or number"),
            _text("unit", "Unit"),
            _text("meaning", "What it is"),
            _text("sign", "Sign convention, where there is one"),
        ),
    ),
}
"""Title and columns of every CSV file that the product writes."""


def file_title(file: str) -> str:
    """Return what a file is; the second scenario of a bundle is described like the first."""
    return FILES[_described_as(file)][0]


def file_columns(file: str) -> tuple[Field, ...]:
    """Return the columns of a file in order."""
    return FILES[_described_as(file)][1]


def _described_as(file: str) -> str:
    return "scenario.csv" if file.startswith("scenario_") else file
