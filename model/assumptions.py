"""The one declaration of every assumption: the catalogue, the words and the cause blocks.

Slider, typed field, file, validation, command line and data dictionary all read it (MODEL §2).

>>> declared("platform.cpm").unit
'USD'
>>> declared("incidents.network_latency.duration").default.high
16.0
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from model.catalogue import ASSUMPTIONS
from model.cause_catalogue import (
    CAUSE_FIELDS,
    CAUSE_LABELS,
    CAUSE_REQUIRED,
    CAUSE_WORDS,
    CAUSES,
    EVIDENCE,
)
from model.declaration import (
    JUDGEMENT,
    SHARE,
    Assumption,
    Bounds,
    Word,
    above_zero,
    entry,
    fixed,
    lognormal,
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
    "cause_label",
    "cause_of",
    "declared",
    "is_slug",
]

# A table reads better with its cells in rows than one below the other.
# fmt: off
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


def cause_label(cause: str) -> str:
    """Return a cause's name in plain words."""
    return CAUSE_LABELS.get(cause) or cause.replace("_", " ").strip().capitalize() or cause


def _cause_entry(cause: str, name: str) -> Entry:
    part = _CAUSE_PARTS[name.rsplit(".", 1)[1]]
    label = f"{cause_label(cause)}: {part.label}"
    default = CAUSES.get(cause, {}).get(part.name, part.default)
    if isinstance(part, Word):
        return replace(part, name=name, label=label, default=str(default))
    assert isinstance(default, Belief)
    grade, source = EVIDENCE.get(name, (part.grade, part.source))
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
