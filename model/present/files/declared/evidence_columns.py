"""The columns of the files of the commands `fit`, `backtest` and `validate`."""

from __future__ import annotations

from model.present.files.declared.meanings import Field, text

_CAUSE = text("cause", "Cause of the incidents; all: every row together")
_PER_YEAR = "per year"


def _rate(name: str, meaning: str) -> Field:
    return Field(name, "number", _PER_YEAR, meaning)


def _hours(name: str, meaning: str) -> Field:
    return Field(name, "number", "h", meaning)


EVIDENCE_FILES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "rates.csv": (
        "How often incidents strike: believed before the log, counted, believed after it",
        (
            _CAUSE,
            Field("incidents", "integer", "", "Incidents counted, overlapping ones once"),
            Field("exposure_years", "number", "years", "Time the log covers, in years of 8760 h"),
            _rate("prior_low", "5th percentile before; empty for a cause the scenario lacks"),
            _rate("prior_high", "95th percentile before the log"),
            _rate("posterior_mean", "Mean of the mature rate after the log, repeats not counted"),
            _rate("posterior_low", "5th percentile after the log"),
            _rate("posterior_high", "95th percentile after the log"),
            Field("p_change", "number", "share", "Chance of as strong a step without any change"),
            _rate("rate_before", "Rate before the likeliest step, given that there is one"),
            _rate("rate_after", "Rate after it"),
        ),
    ),
    "durations.csv": (
        "How long incidents last: each family of distributions at its greatest likelihood",
        (
            _CAUSE,
            text("family", "Family of distributions"),
            Field("n", "integer", "", "Durations, exact or known in part"),
            Field("censored", "integer", "", "Of these, without a known end"),
            Field("mu", "number", "", "Mean of ln hours, of the lognormal"),
            Field("sigma", "number", "", "Standard deviation of ln hours, of the lognormal"),
            Field("shape", "number", "", "Shape, of the other families"),
            _hours("scale", "Scale, of the other families"),
            _hours("median_h", "Median duration"),
            _hours("p95_h", "95th percentile of the duration"),
            Field("aic", "number", "", "Akaike's criterion; lower fits better"),
            text("chosen", "yes if the belief is made from this family, else no"),
        ),
    ),
    "rows.csv": (
        "Every row of the log, and how it was read",
        (
            Field("row", "integer", "", "Number of the row in the file, as its program shows it"),
            text("read", "counted, merged, censored, maintenance, duplicate or refused"),
            text("reason", "Why, where it is not simply counted"),
            text("start_utc", "Start, in UTC"),
            text("end_utc", "End, in UTC; empty if it is not known"),
            _hours("hours", "From start to end"),
            text("cause", "Cause assigned to the row"),
        ),
    ),
    "backtest.csv": (
        "What the model says of figures that are known, and where the truth lies in that",
        (
            text("case", "The incident or period that is known"),
            text("figure", "What was measured of it"),
            Field("published", "number", "see figure", "The figure; of a range, its middle"),
            Field("low", "number", "see figure", "5th percentile of what the model says of it"),
            Field("median", "number", "see figure", "Median of what the model says"),
            Field("high", "number", "see figure", "95th percentile of what the model says"),
            Field("percentile", "number", "share", "Share of the model's answers below it"),
            text("inside", "yes if it lies between low and high, else no"),
        ),
    ),
    "validation.csv": (
        "The engine against exact values, differences in standard errors",
        (
            text("check", "What is computed in two ways"),
            text("measure", "Which figure of it"),
            Field("engine", "number", "see measure", "What the engine says"),
            Field("exact", "number", "see measure", "The exact value"),
            Field("standard_error", "number", "see measure", "Monte Carlo error of the engine's"),
            Field("difference", "number", "standard errors", "Engine less exact, in these errors"),
            text("passed", "yes if within four standard errors, or the accuracy promised"),
        ),
    ),
}
"""Title and columns of each file."""
