"""The one declaration of every assumption: the catalogue, the words and the cause blocks.

Slider, typed field, file, validation, command line and data dictionary all read it (MODEL §2).

>>> declared("platform.cpm").unit
'USD'
>>> declared("incidents.network_latency.duration").default.high
16.0
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from model.catalogue import (
    ASSUMPTIONS,
    HOURS_MAX,
    JUDGEMENT,
    SHARE,
    Assumption,
    Bounds,
    Word,
    above_zero,
    entry,
    fixed,
    lognormal,
    share,
)
from model.dist import Belief

__all__ = [
    "ASSUMPTIONS",
    "CAUSES",
    "CAUSE_FIELDS",
    "CAUSE_REQUIRED",
    "CAUSE_WORDS",
    "MITIGATION_FIELDS",
    "SCENARIO_WORDS",
    "WORDS",
    "Assumption",
    "Entry",
    "Word",
    "cause_of",
    "declared",
    "is_slug",
]

GENERIC_SOURCE = "Judgement for a cause without evidence of its own"

# A table reads better with its cells in rows than one below the other.
# fmt: off
CAUSE_FIELDS: tuple[Assumption, ...] = (
    entry(
        "rate_per_year", "incidents per year", "per year", Bounds(0.0, 1000.0), (0.0, 10.0),
        lognormal(0.1, 1.0), "C",
        "Judgement between Google Cloud (0.2 per region-year, 2021–24) and Oracle Ashburn "
        "(11 multi-service incidents a year, 2020–22)",
        "How often this cause produces a visible incident on a mature platform. 0 switches the "
        "cause off.", group="incidents",
    ),
    entry(
        "duration", "duration", "h", Bounds(0.001, HOURS_MAX), (0.01, 336.0),
        lognormal(0.5, 18.0), "C", GENERIC_SOURCE,
        "Hours from the start of an incident to its end.", per="incident", group="incidents",
    ),
    entry(
        "publish_loss", "publishing lost", "share", SHARE, (0.0, 1.0), share(0.10, 0.80), "C",
        JUDGEMENT,
        "Share of uploads that fail while the incident runs, platform-wide.",
        per="incident", group="incidents",
    ),
    entry(
        "playback_loss", "playback lost", "share", SHARE, (0.0, 1.0), share(0.01, 0.30), "C",
        JUDGEMENT,
        "Share of the viewing that is impossible while the incident runs, platform-wide.",
        per="incident", group="incidents",
    ),
    entry(
        "ads_loss", "ad serving lost", "share", SHARE, (0.0, 1.0), share(0.01, 0.15), "C",
        JUDGEMENT,
        "Share of the remaining ad impressions that are not served while the incident runs.",
        per="incident", group="incidents",
    ),
    entry(
        "duration_level", "duration level", "ratio", Bounds(0.01, 100.0), (0.1, 10.0),
        lognormal(0.6, 1.7), "C", JUDGEMENT,
        "What we do not know about this cause's durations in general: multiplies all of them "
        "alike.", group="incidents",
    ),
    entry(
        "severity_level", "severity level", "ratio", Bounds(0.01, 100.0), (0.1, 10.0),
        lognormal(0.6, 1.7), "C", JUDGEMENT,
        "What we do not know about this cause's losses in general: multiplies the odds of all of "
        "them alike.", group="incidents",
    ),
    entry(
        "early_life_multiplier", "early-life multiplier", "ratio", Bounds(1.0, 50.0),
        (1.0, 20.0), lognormal(1.0, 1.0), "C", JUDGEMENT,
        "How many times as many incidents a platform has right after a migration. 1 means no "
        "more than later.", group="incidents",
    ),
    entry(
        "early_life_months", "early life", "months", above_zero(1200.0), (1.0, 36.0),
        lognormal(6.0, 6.0), "C", JUDGEMENT,
        "Time in which the early-life excess fades to about a third.", group="incidents",
    ),
)

CAUSE_WORDS: tuple[Word, ...] = (
    Word(
        "timing", "timing", "flat", ("flat", "load", "working_hours", "winter"),
        JUDGEMENT, "C",
        "When in the year and week incidents start: evenly, with the load, in working hours, or "
        "in winter.", "incidents",
    ),
)

WORDS: tuple[Word, ...] = (
    Word(
        "simulation.start_date", "First day of the year", "2026-04-01", (),
        "Oracle status page, 2026: the month after the second outage", "A",
        "The simulated year begins on this day, written like 2026-04-01.", "simulation",
    ),
    Word(
        "profiles.demand", "Demand by hour of week", "demand.csv", (),
        "Judgement; no measured US curve found", "C",
        "File in the data folder with a weight per hour of week, or flat.", "profiles",
    ),
    Word(
        "profiles.uploads", "Uploads by hour of week", "uploads.csv", (),
        "Judgement: the demand curve an hour earlier and flatter at night", "C",
        "File in the data folder with a weight per hour of week, or flat.", "profiles",
    ),
    Word(
        "profiles.price", "Ad price and season by month", "price.csv", (),
        "Derived from Meta's quarterly ad revenue, 2024; months by judgement", "C",
        "File in the data folder with a weight per month, or flat.", "profiles",
    ),
)

SCENARIO_WORDS: tuple[Word, ...] = (
    Word(
        "scenario.name", "Name of the scenario", "default", (), "The scenario's author", "C",
        "A short name, up to 200 characters.", "scenario",
    ),
    Word(
        "scenario.note", "Note on the scenario", "", (), "The scenario's author", "C",
        "A remark for the reader, up to 200 characters.", "scenario",
    ),
)

MITIGATION_FIELDS: tuple[Assumption, ...] = (
    entry(
        "on", "switched on", "share", SHARE, (0.0, 1.0), fixed(0.0), "C",
        "The scenario's author", "1 applies the remedy, 0 leaves it out.",
        per="fixed", group="mitigations",
    ),
    entry(
        "upfront", "cost upfront", "USD", Bounds(0.0, 1e12), (0.0, 1e9), lognormal(0.0, 0.0),
        "C", JUDGEMENT, "One-time cost of the remedy.", group="mitigations",
    ),
    entry(
        "annual", "cost per year", "USD", Bounds(0.0, 1e12), (0.0, 2e9), lognormal(0.0, 0.0),
        "C", JUDGEMENT, "Running cost of the remedy per year.", group="mitigations",
    ),
    entry(
        "life", "life in years", "years", above_zero(100.0), (1.0, 15.0), fixed(5.0), "C",
        JUDGEMENT, "Years over which the upfront cost is spread.",
        per="fixed", group="mitigations",
    ),
)
# fmt: on

CAUSE_REQUIRED = ("rate_per_year", "duration", "publish_loss", "playback_loss", "ads_loss")


def _cause(
    rate: tuple[float, float],
    duration: tuple[float, float],
    losses: tuple[tuple[float, float], tuple[float, float], tuple[float, float]],
    early_life: tuple[float, float],
    timing: str,
) -> Mapping[str, Belief | str]:
    """Return the defaults of one cause by field; the fields left out are the generic ones."""
    generic: dict[str, Belief | str] = {field.name: field.default for field in CAUSE_FIELDS}
    publish, playback, ads = losses
    return MappingProxyType(
        generic
        | {
            "rate_per_year": lognormal(*rate),
            "duration": lognormal(*duration),
            "publish_loss": share(*publish),
            "playback_loss": share(*playback),
            "ads_loss": share(*ads),
            "early_life_multiplier": lognormal(*early_life),
            "timing": timing,
        }
    )


CAUSES: Mapping[str, Mapping[str, Belief | str]] = MappingProxyType(
    {
        "power_cooling_weather": _cause(
            rate=(0.05, 0.6),
            duration=(0.4, 80.0),
            losses=((0.30, 0.95), (0.02, 0.40), (0.01, 0.20)),
            early_life=(1.0, 1.0),
            timing="winter",
        ),
        "network_latency": _cause(
            rate=(0.1, 1.2),
            duration=(0.8, 16.0),
            losses=((0.10, 0.80), (0.01, 0.30), (0.01, 0.15)),
            early_life=(1.05, 2.0),
            timing="flat",
        ),
        "change_and_configuration": _cause(
            rate=(0.15, 1.2),
            duration=(0.5, 18.0),
            losses=((0.10, 0.90), (0.01, 0.50), (0.01, 0.25)),
            early_life=(1.5, 6.0),
            timing="working_hours",
        ),
        "capacity": _cause(
            rate=(0.05, 0.8),
            duration=(0.3, 8.0),
            losses=((0.05, 0.60), (0.01, 0.30), (0.01, 0.15)),
            early_life=(1.1, 3.0),
            timing="load",
        ),
    }
)

# Only the durations of these causes have been measured; (grade, source).
_EVIDENCE = {
    "incidents.power_cooling_weather.duration": (
        "A",
        "Derived from post-mortems published with ISSRE 2022: 24 of power and cooling",
    ),
    "incidents.network_latency.duration": (
        "A",
        "Derived from the Oracle status page: 15 multi-service incidents in Ashburn, 2020–22",
    ),
    "incidents.change_and_configuration.duration": (
        "A",
        "Derived from post-mortems published with ISSRE 2022: 111 of configuration",
    ),
    "incidents.capacity.duration": (
        "C",
        "Judgement on post-mortems published with ISSRE 2022: request floods are shorter",
    ),
}

Entry = Assumption | Word
_ALL_NAMED: tuple[Entry, ...] = (*SCENARIO_WORDS, *ASSUMPTIONS, *WORDS)
_ALL_CAUSE_PARTS: tuple[Entry, ...] = (*CAUSE_FIELDS, *CAUSE_WORDS)
_NAMED = {item.name: item for item in _ALL_NAMED}
_CAUSE_PARTS = {item.name: item for item in _ALL_CAUSE_PARTS}
_MITIGATION_PARTS = {item.name: item for item in MITIGATION_FIELDS}
_SLUG = re.compile(r"[a-z0-9_]{1,40}")


def is_slug(text: str) -> bool:
    """Tell whether `text` can name a cause or a remedy: 1–40 of a–z, 0–9 and underscore."""
    return _SLUG.fullmatch(text) is not None


def cause_of(name: str) -> str | None:
    """Return the cause that a dotted name belongs to, None for any other assumption."""
    parts = name.split(".")
    belongs = len(parts) == 3 and parts[0] == "incidents" and parts[2] in _CAUSE_PARTS
    return parts[1] if belongs and is_slug(parts[1]) else None


def _cause_entry(cause: str, name: str) -> Entry:
    part = _CAUSE_PARTS[name.rsplit(".", 1)[1]]
    label = f"{cause.replace('_', ' ').capitalize()}: {part.label}"
    default = CAUSES.get(cause, {}).get(part.name, part.default)
    if isinstance(part, Word):
        return replace(part, name=name, label=label, default=str(default))
    assert isinstance(default, Belief)
    grade, source = _EVIDENCE.get(name, (part.grade, part.source))
    return replace(part, name=name, label=label, default=default, grade=grade, source=source)


def _mitigation_entry(name: str) -> Assumption | None:
    parts = name.split(".")
    if len(parts) != 3 or parts[0] != "mitigations" or not is_slug(parts[1]):
        return None
    part = _MITIGATION_PARTS.get(parts[2])
    label = parts[1].replace("_", " ").capitalize()
    return part and replace(part, name=name, label=f"{label}: {part.label}")


@lru_cache(maxsize=4096)
def declared(name: str) -> Entry:
    """Return the declaration of a full dotted name, for any cause; KeyError if there is none.

    Fields of a cause or remedy outside the defaults have generic defaults.
    """
    cause = cause_of(name)
    found = _cause_entry(cause, name) if cause else _NAMED.get(name) or _mitigation_entry(name)
    if found is None:
        raise KeyError(name)
    return found
