"""The columns of the tables that single pages of the app offer besides those of the bundles."""

from __future__ import annotations

from model.chain.ledger import COMPONENTS
from model.present.files.declared.meanings import COST, DELTA, GAIN, LEDGER, MONEY, Field, text, usd

_BAND = "of the 95 % Monte Carlo interval"
_ENDS = ("low", f"Lower end {_BAND}"), ("high", f"Upper end {_BAND}")
_BELIEF = (
    ("low", "5th percentile, or the lowest value of a pert"),
    ("mid", "Most likely value, of a pert alone"),
    ("high", "95th percentile, or the highest value of a pert; low if certain"),
)
_LINE = text("line", "Line of the ledger, or loss for their sum")


def _share(name: str, meaning: str) -> Field:
    return Field(name, "number", "share", meaning)


def _with_error(stem: str, unit: str, meaning: str, sign: str) -> tuple[Field, ...]:
    tail, kind = ("_usd", "USD") if unit == "USD" else ("", unit)
    cells = (
        ("", meaning, sign),
        ("_standard_error", "Monte Carlo standard error", ""),
        *((f"_{end}", said, sign) for end, said in _ENDS),
    )
    return tuple(
        Field(name=f"{stem}{part}{tail}", type="number", unit=kind, meaning=said, sign=s)
        for part, said, s in cells
    )


PAGE_FILES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "exceedance_curve.csv": (
        "The loss exceedance curve, as the overview draws it",
        (
            _share("chance", "Probability of a year that loses more"),
            usd("loss_usd", "Annual loss before SLA credit"),
            *(usd(f"{end}_usd", said) for end, said in _ENDS),
        ),
    ),
    "twenty_years.csv": (
        "Twenty equally likely years: the middles of twenty equal slices of all years",
        (
            usd("annual_loss_usd", "Annual loss before SLA credit"),
            text("over_tolerance", "yes if it is above the tolerance, else no"),
        ),
    ),
    "money.csv": (
        "Where the money of an average year goes; the lines before the loss add up to it",
        (
            _LINE,
            text("label", "The line in plain words"),
            usd("usd", "Mean over simulated years"),
            usd("standard_error_usd", "Monte Carlo standard error", ""),
        ),
    ),
    "year.csv": (
        "The incidents of one simulated year and how each was priced",
        (
            Field("year", "integer", "", "Number of the simulated year, from 1"),
            text("cause", "Cause of the incident; of overlapping ones, the earliest"),
            Field("start_h", "number", "h", "Elapsed hours since the year's first midnight"),
            Field("duration_h", "number", "h", "Hours from start to end"),
            _share("publish_loss", "Share of uploads lost while the incident runs"),
            _share("playback_loss", "Share of viewing lost while the incident runs"),
            _share("ads_loss", "Share of the remaining ad impressions lost while it runs"),
            *(usd(f"{name}_usd", MONEY[name]) for name in COMPONENTS),
            usd("loss_usd", "Loss before SLA credit, slow consequences included"),
            usd("net_loss_usd", "Loss less its part, by hours, of the year's SLA credit"),
        ),
    ),
    "frontier.csv": (
        "The efficient frontier: sets of remedies of which none is both cheaper and better",
        (
            text(
                "figure",
                "saving a year over the horizon, or eal or tvar_95 of the coming year",
            ),
            text("set", "Remedies bought; none for the scenario as it is"),
            usd("cost_usd", "Expected cost a year", COST),
            usd("figure_usd", "The figure with the set in place, before SLA credit"),
            *(usd(f"{end}_usd", said) for end, said in _ENDS),
            text("enters", "Remedies that the next cheaper set does not have"),
            text("leaves", "Remedies of the next cheaper set that this one does not have"),
        ),
    ),
    "curves.csv": (
        "The loss exceedance curve of the coming year as it is and with a set of remedies",
        (
            text("set", "Remedies switched on; none for the scenario as it is"),
            _share("chance", "Probability of a year that loses more"),
            usd("loss_usd", "Annual loss before SLA credit"),
            *(usd(f"{end}_usd", said) for end, said in _ENDS),
        ),
    ),
    "savings.csv": (
        "Where along the chain a set of remedies saves in the coming year",
        (
            text("line", "Line of the ledger"),
            usd("usd", "Mean saving of the coming year", GAIN),
            usd("standard_error_usd", "Monte Carlo standard error", ""),
            *(usd(f"{end}_usd", said, GAIN) for end, said in _ENDS),
            text("reason", "Why there is no interval; empty if there is one"),
        ),
    ),
    "scenarios.csv": (
        "Scenarios side by side on the same random numbers; differences are from the first",
        (
            text("scenario", "Name of the scenario"),
            *_with_error("eal", "USD", "Expected annual loss before SLA credit", LEDGER),
            *_with_error("p95", "USD", "Annual loss exceeded in one year in 20", LEDGER),
            *_with_error("tvar_95", "USD", "Mean annual loss of the worst 5 % of years", LEDGER),
            *_with_error("p_over_tolerance", "share", "Share of years above the tolerance", ""),
            *_with_error("delta_eal", "USD", "Difference of the expected annual loss", DELTA),
            *_with_error("delta_eal_net", "USD", "The same after SLA credit", DELTA),
            *_with_error("delta_p95", "USD", "Difference of the loss of one year in 20", DELTA),
            *_with_error("delta_tvar_95", "USD", "Difference of the worst 5 % of years", DELTA),
        ),
    ),
    "differences.csv": (
        "What differs in the inputs of scenarios side by side: a row for each that says something",
        (
            text("name", "Dotted name of the row"),
            text("label", "What the row is about; of a remedy's effect, the row it changes"),
            text("scenario", "Name of the scenario"),
            text("shape", "Shape of the belief, or the word itself"),
            *(Field(end, "number", "see unit", said) for end, said in _BELIEF),
            text("unit", "Unit of the numbers"),
            text("source", "Where the value comes from"),
            text("grade", "A measured, B estimated, C judgement"),
        ),
    ),
    "reverse.csv": (
        "A figure followed over the values of one assumption",
        (
            text("name", "Dotted name of the assumption"),
            text("unit", "Unit of the value"),
            Field("value", "number", "see unit", "Value of the assumption that was tried"),
            text("figure", "The figure: eal, p95, tvar_95, or net_benefit of remedies"),
            usd("usd", "The figure at that value"),
            usd("standard_error_usd", "Monte Carlo standard error", ""),
            *(usd(f"{end}_usd", said) for end, said in _ENDS),
        ),
    ),
}
"""Title and columns of each table."""
