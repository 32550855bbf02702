"""The one declaration of the columns of the CSV files that the product writes."""

from __future__ import annotations

import re

import pandas as pd

from model.assumptions.currency import named_in
from model.present.files.declared.driver_columns import DRIVER_FILES
from model.present.files.declared.evidence_columns import EVIDENCE_FILES
from model.present.files.declared.meanings import (
    COST,
    CREDIT,
    DELTA,
    EARNED,
    GAIN,
    LEDGER,
    MONEY,
    QUANTITIES,
    Field,
    field_in,
    text,
    usd,
)
from model.present.files.declared.page_columns import PAGE_FILES
from model.present.files.tables import ANNUAL_COLUMNS, csv_bytes
from model.present.words.spoken import subject

_WHERE = (
    Field("world", "integer", "", "Number of the draw of what is not known, from 1"),
    Field("year", "integer", "", "Number of the simulated year, from 1"),
)
_BAND = "of the 95 % Monte Carlo interval"


def _annual_field(name: str) -> Field:
    if name in QUANTITIES:
        unit, meaning = QUANTITIES[name]
        return Field(name, "integer" if name == "incidents" else "number", unit, meaning)
    if name == "sla_credit_usd":
        return usd(name, "SLA credit of the cloud provider", CREDIT)
    return usd(name, MONEY[name.removesuffix("_usd")], EARNED if name == "revenue_usd" else LEDGER)


def _exceedance(kind: str, what: str) -> tuple[Field, ...]:
    return (
        usd(f"{kind}_usd", f"{what} exceeded once in the return period; empty if unsupported"),
        usd(f"{kind}_low_usd", f"Lower end {_BAND}"),
        usd(f"{kind}_high_usd", f"Upper end {_BAND}"),
    )


def _loss(name: str, of: str) -> Field:
    return Field(name, "number", "share", f"Share of {of} lost while it runs, as drawn")


def _effective(name: str, of: str) -> Field:
    left = f"Share of {of} lost on average over duration_h, after shield and failover"
    return Field(f"{name}_effective", "number", "share", left)


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
_OF_SIGNED = "of the signed value over simulated years"
_LEAST = "; of a negative line, what comes back, the least: 19 years in 20 bring more"
_NO_YEARS = "empty for a single cause above ten million years"
_OF_YEARS = f"over simulated years; {_NO_YEARS}"
_ONLY_ALL = f"availability, through a single cause as if it were alone; {_NO_YEARS}"
_SAVING = "Saving a year averaged over the horizon"
_NUMBER_CELL = "; empty for words and empirical shapes"
FILES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "scenario.csv": (
        "Every assumption of the run; opens in the product as a scenario",
        (
            text("name", "Dotted name of the assumption"),
            text("shape", "Shape of the belief, or the word chosen, or set / scale of a remedy"),
            Field("low", "number", "see unit", f"5th percentile (pert: minimum){_NUMBER_CELL}"),
            Field("mid", "number", "see unit", "Mode, for pert only"),
            Field("high", "number", "see unit", f"95th percentile (pert: maximum){_NUMBER_CELL}"),
            text("unit", "Unit of low, mid and high"),
            text("label", "The assumption in plain words; of a remedy's change, what it changes"),
            text("source", "Where the value comes from; empty for a changed value without one"),
            text("grade", "Evidence: A measured, B published estimate, C judgement"),
            text("owner", "Who answers for the value"),
            text("date", "Day from which the value holds or was given"),
        ),
    ),
    "summary.csv": (
        "Measures of the annual loss, each with its Monte Carlo error",
        (
            text("measure", "Name of the measure; each is explained below its file"),
            Field("value", "number", "see unit", "The estimate", LEDGER),
            Field("standard_error", "number", "see unit", "Monte Carlo standard error"),
            Field("low", "number", "see unit", f"Lower end {_BAND}"),
            Field("high", "number", "see unit", f"Upper end {_BAND}"),
            text("unit", "Unit of the four numbers"),
            text("reason", "Why there is no interval; empty if there is one"),
        ),
    ),
    "exceedance.csv": (
        "Loss by return period: years in total (AEP) and largest single incidents (OEP)",
        (
            Field("return_period", "integer", "years", "Once in so many years"),
            *_exceedance("aep", "Loss of a whole year"),
            *_exceedance("oep", "Largest single incident of a year"),
            text("supported", "yes if the run has at least 20 such years, else no"),
            text("reason", "Why a supported figure has no interval; empty if both have one"),
        ),
    ),
    "chain.csv": (
        "What a year loses at each link of the chain; revenue rows up to the loss add up to it",
        (
            text("link", "Link of the chain"),
            text("quantity", "What is lost there"),
            text("unit", "Unit of expected, p50 and p95"),
            Field("expected", "number", "see unit", "Mean over simulated years", LEDGER),
            Field("p50", "number", "see unit", f"Median {_OF_SIGNED}", LEDGER),
            Field("p95", "number", "see unit", f"95th percentile {_OF_SIGNED}{_LEAST}", LEDGER),
            usd("expected_usd", "Mean money lost at the link; empty where it is not priced"),
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
            text("cause", "Cause of the incident; of overlapping ones, the earliest"),
            Field("start_h", "number", "h", "Elapsed hours since the year's first midnight"),
            Field("duration_h", "number", "h", "Hours from start to end"),
            _loss("publish_loss", "uploads"),
            _loss("playback_loss", "viewing"),
            _loss("ads_loss", "the remaining ad impressions"),
            Field("failover_after_h", "number", "h", "Hours until failover; empty without one"),
            _effective("publish_loss", "uploads"),
            _effective("playback_loss", "viewing"),
            _effective("ads_loss", "the remaining ad impressions"),
            usd("response_usd", "Response cost, part of the loss"),
            usd("loss_usd", "Loss before SLA credit, slow consequences included"),
            usd("net_loss_usd", "Loss less its part, by hours, of the year's SLA credit"),
        ),
    ),
    "by_cause.csv": (
        "Expected annual loss before SLA credit by cause",
        (
            text("cause", "Cause of the incidents"),
            usd("expected_usd", "Mean annual loss"),
            usd("standard_error_usd", "Monte Carlo standard error", ""),
            usd("low_usd", f"Lower end {_BAND}"),
            usd("high_usd", f"Upper end {_BAND}"),
            usd("tail_95_usd", "Part of the mean of the worst 5 % of years; adds up to tvar_95"),
            usd("tail_95_standard_error_usd", "Monte Carlo standard error of that part", ""),
            usd("tail_95_low_usd", f"Lower end {_BAND}"),
            usd("tail_95_high_usd", f"Upper end {_BAND}"),
            text("reason", "Why there is no interval of the mean; empty if there is one"),
            text("tail_95_reason", "Why there is none of the part of the tail"),
            text("label", "What the scenario calls the cause"),
        ),
    ),
    "error_budget.csv": (
        "Minutes a year in which a function is unavailable, weighed by its audience",
        (
            text("cause", "Cause of the incidents; all for every cause together"),
            text("remedy", "Remedies switched on; none for the scenario as it is"),
            Field("minutes", "number", "min", "Expected minutes a year"),
            Field("low", "number", "min", f"Lower end {_BAND}"),
            Field("high", "number", "min", f"Upper end {_BAND}"),
            Field("availability", "number", "share", "1 less minutes ÷ 525,600"),
            text("function", "playback, publishing or ads: what is unavailable"),
            Field("p50", "number", "min", f"Median {_OF_YEARS}"),
            Field("p95", "number", "min", f"95th percentile {_OF_YEARS}"),
            Field("p_kept_999", "number", "share", f"Share of years that reach 99.9 % {_ONLY_ALL}"),
            Field("p_kept_9999", "number", "share", f"Share that reach 99.99 % {_ONLY_ALL}"),
            text("reason", "Why there is no interval; empty if there is one"),
        ),
    ),
    "per_minute.csv": (
        "Expected loss per outage minute by starting hour of week",
        (
            Field("hour_of_week", "integer", "h", "0 is Monday 00:00 on the scenario's clock"),
            Field("usd_per_minute", "number", "USD per min", "Expected loss over expected minutes"),
            Field("standard_error", "number", "USD per min", "Monte Carlo standard error"),
        ),
    ),
    "compare.csv": (
        "What remedies save on the same simulated incidents, against what they cost",
        (
            text("set", "Remedies switched on; none for the scenario as it is"),
            usd("eal_usd", "Expected annual loss before SLA credit"),
            usd("delta_eal_usd", "Difference of the expected loss of the coming year", DELTA),
            usd("delta_eal_low_usd", f"Lower end {_BAND}", DELTA),
            usd("delta_eal_high_usd", f"Upper end {_BAND}", DELTA),
            usd("delta_tvar_95_usd", "Difference of the mean of the worst 5 % of years", DELTA),
            usd("delta_tvar_95_low_usd", f"Lower end {_BAND}", DELTA),
            usd("delta_tvar_95_high_usd", f"Upper end {_BAND}", DELTA),
            usd("annual_cost_usd", "Upfront cost over its own life, and the cost per year", COST),
            usd("net_benefit_usd", "Saving averaged over the horizon less the annual cost", GAIN),
            usd("net_benefit_low_usd", f"Lower end {_BAND}", GAIN),
            usd("net_benefit_high_usd", f"Upper end {_BAND}", GAIN),
            Field("p_pays_back", "number", "share", "Share of worlds whose saving pays the cost"),
            usd("break_even_usd", f"{_SAVING}: the annual price with no net benefit", GAIN),
            Field("p_pays_back_years", "number", "share", "Share of single years that do"),
            usd("delta_eal_net_usd", "Difference of the expected loss after SLA credit", DELTA),
            Field("p_over_tolerance", "number", "share", "Share of years above the tolerance"),
            text("scenario", "Name of the scenario"),
            text("against", "Scenario, without remedies, that the differences are from"),
            text("best_by", "With a budget: the figures in which no set within it is better"),
            usd("net_benefit_net_usd", "The net benefit with SLA credit counted", GAIN),
            Field("horizon_years", "number", "years", "Years that savings are averaged over"),
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
            text("component", "Line of the bill"),
            Field("expected_revenue_hours", "number", "h", f"Money over the {_USUAL_HOUR}", LEDGER),
            usd("expected_usd", "Mean over the worlds"),
            usd("low_usd", "5th percentile over the worlds"),
            usd("high_usd", "95th percentile over the worlds"),
        ),
    ),
    "running.csv": (
        "What an incident that is not over has cost, will cost, and costs an hour from now",
        (
            text("figure", "cost_so_far (if it ended now), expected_total, each_further_hour"),
            usd("expected_usd", "Mean over the worlds"),
            usd("low_usd", "5th percentile over the worlds"),
            usd("high_usd", "95th percentile over the worlds"),
            usd("standard_error_usd", "Monte Carlo standard error of the mean", ""),
        ),
    ),
    **DRIVER_FILES,
    **EVIDENCE_FILES,
    **PAGE_FILES,
    "dictionary.csv": (
        "This dictionary",
        (
            text("file", "File of the bundle, or table that a page of the app offers"),
            text("column", "Column of the file"),
            text("item", "A row of the file that is explained; empty for the column itself"),
            text("type", "Type of the column's cells: string, integer or number"),
            text("unit", "Unit"),
            text("meaning", "What it is"),
            text("sign", "Sign convention, where there is one"),
        ),
    ),
}
"""Title and columns of every CSV file that the product writes; a name has one schema everywhere."""


def file_title(file: str) -> str:
    """Return what a file is; scenarios of a bundle and years are described like the first."""
    return FILES[_described_as(file)][0]


def file_columns(file: str) -> tuple[Field, ...]:
    """Return the columns of a file in order, money in the subject's currency."""
    return tuple(field_in(field, subject.code()) for field in FILES[_described_as(file)][1])


def declared_csv(file: str, table: pd.DataFrame) -> bytes:
    """Return a table as a CSV of this name; ValueError if its columns are not those declared."""
    declared = [field.name for field in file_columns(file)]
    given = [named_in(str(name), subject.code()) for name in table.columns]
    if given != declared:
        raise ValueError(f"{file}: columns {given} given; declared are {declared}")
    return csv_bytes(table.set_axis(given, axis="columns"))


def _described_as(file: str) -> str:
    """Return the name under which a file is declared.

    >>> _described_as("scenario_2.csv"), _described_as("year_17.csv"), _described_as("chain.csv")
    ('scenario.csv', 'year.csv', 'chain.csv')
    """
    return re.sub(r"^(scenario|year)_\d+\.csv$", r"\1.csv", file)
