"""The columns of the files of the command `drivers`."""

from __future__ import annotations

from model.present.files.declared.meanings import DELTA, DISTANCE, GAIN, Field, text, usd

_BAND = "of the 95 % Monte Carlo interval"
_NAME = text("name", "Dotted name of the assumption, or of a remedy's row")
_REASON = text("reason", "Why there is no interval; empty if there is one")
_LABEL = text("label", "What it is in plain words")


def _share(name: str, meaning: str) -> Field:
    return Field(name, "number", "share", meaning)


DRIVER_FILES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "tornado.csv": (
        "Each belief moved to its 5th and 95th percentile on the same luck, the widest first",
        (
            text("figure", "Figure that moves: eal, p95 or tvar_95, before SLA credit"),
            _NAME,
            _LABEL,
            text("unit", "Unit of the two inputs"),
            text("per", "world: one value; incident: drawn for each, here the same for all"),
            Field("low_input", "number", "see unit", "5th percentile of the belief"),
            Field("high_input", "number", "see unit", "95th percentile of the belief"),
            usd("change_at_low_usd", "Change of the figure at the low input", DELTA),
            usd("change_at_low_standard_error_usd", "Standard error of that change", ""),
            usd("change_at_high_usd", "Change of the figure at the high input", DELTA),
            usd("change_at_high_standard_error_usd", "Standard error of that change", ""),
            usd("baseline_usd", "The figure as it is, on the same years"),
        ),
    ),
    "ranking.csv": (
        "What matters most: each uncertain assumption by how far it moves the average year",
        (
            _NAME,
            text("grade", "Evidence: A measured, B published estimate, C judgement"),
            Field("low", "number", "see unit", "5th percentile of the belief"),
            Field("high", "number", "see unit", "95th percentile of the belief"),
            usd("eal_from_usd", "Expected annual loss at the low input"),
            usd("eal_to_usd", "Expected annual loss at the high input"),
            usd("movement_usd", "The longest way between those and the loss as it is", DISTANCE),
            text("unit", "Unit of the two inputs"),
            _LABEL,
            text("weakest", "yes for the weakest input: judgement that moves the answer most"),
        ),
    ),
    "variance_shares.csv": (
        "First-order shares of the variance of the annual loss, the largest first",
        (
            _NAME,
            _LABEL,
            _share("share", "Share of the variance that knowing this belief would take away"),
            _share("standard_error", "Standard error of the share"),
            _share("low", f"Lower end {_BAND}"),
            _share("high", f"Upper end {_BAND}"),
            _REASON,
        ),
    ),
    "ignorance.csv": (
        "The loss exceedance curve and the band of the curves of single worlds",
        (
            usd("loss_usd", "Annual loss before SLA credit"),
            _share("chance", "Probability of a year that loses more, over all worlds"),
            _share("low", "5th percentile over worlds of that probability"),
            _share("high", "95th percentile over worlds of that probability"),
        ),
    ),
    "information.csv": (
        "What it is worth to learn one belief before choosing one remedy or none",
        (
            _NAME,
            _LABEL,
            usd("value_usd", "Expected gain per year from knowing it (EVPPI)", GAIN),
            usd("standard_error_usd", "Standard error of the gain", ""),
            usd("low_usd", f"Lower end {_BAND}", GAIN),
            usd("high_usd", f"Upper end {_BAND}", GAIN),
            _REASON,
            usd("null_95_usd", "95th percentile for a belief without any bearing", GAIN),
        ),
    ),
}
"""Title and columns of each file."""
