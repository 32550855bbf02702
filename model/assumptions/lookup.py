"""The one declaration of every assumption: the catalogue, the words and the cause blocks.

Slider, typed field, file, validation, command line and data dictionary all read it (MODEL §2).

>>> declared("platform.cpm").unit
'USD'
>>> declared("incidents.network_latency.duration").default.high
16.0
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from model.assumptions.cause_defaults import (
    CAUSE_FIELDS,
    CAUSE_LABELS,
    CAUSE_WORDS,
    CAUSES,
    EVIDENCE,
)
from model.assumptions.currency import declared_in
from model.assumptions.declaration import DRAWN, USD, Assumption, Word
from model.assumptions.defaults import (
    ASSUMPTIONS,
    REMEDY_FIELDS,
    REMEDY_LABEL,
    SCENARIO_WORDS,
    WORDS,
)
from model.assumptions.labels import by_default
from model.beliefs.belief import Belief

Entry = Assumption | Word
_ALL_NAMED: tuple[Entry, ...] = (*SCENARIO_WORDS, *ASSUMPTIONS, *WORDS)
_ALL_CAUSE_PARTS: tuple[Entry, ...] = (*CAUSE_FIELDS, *CAUSE_WORDS)
_NAMED = {item.name: item for item in _ALL_NAMED}
_CAUSE_PARTS = {item.name: item for item in _ALL_CAUSE_PARTS}
_ALL_REMEDY_PARTS: tuple[Entry, ...] = (REMEDY_LABEL, *REMEDY_FIELDS)
_REMEDY_PARTS = {item.name: item for item in _ALL_REMEDY_PARTS}
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
    """Return what a cause is called unless a scenario calls it otherwise."""
    return CAUSE_LABELS.get(cause) or by_default(cause)


def _cause_entry(cause: str, name: str, called: str) -> Entry:
    part = _CAUSE_PARTS[name.rsplit(".", 1)[1]]
    label = f"{called or cause_label(cause)}: {part.label}"
    usual = cause_label(cause) if isinstance(part, Word) and part.longest else part.default
    default = CAUSES.get(cause, {}).get(part.name, usual)
    if isinstance(part, Word):
        return replace(part, name=name, label=label, default=str(default))
    assert isinstance(default, Belief)
    grade, source = EVIDENCE.get(name, (part.grade, part.source))
    return replace(part, name=name, label=label, default=default, grade=grade, source=source)


def _remedy_entry(name: str, called: str) -> Entry | None:
    parts = name.split(".")
    if len(parts) != 3 or parts[0] != "remedies" or not is_slug(parts[1]):
        return None
    part = _REMEDY_PARTS.get(parts[2])
    own = called or by_default(parts[1])
    if isinstance(part, Word):
        part = replace(part, default=by_default(parts[1]))
    return part and replace(part, name=name, label=f"{own}: {part.label}")


@lru_cache(maxsize=4096)
def declared(name: str, currency: str = USD, called: str = "") -> Entry:
    """Return the declaration of a full dotted name, for any cause; KeyError if there is none.

    Money is in `currency`; `called` is what the row's cause or remedy is called, if not as usual.
    Fields of a cause or remedy outside the defaults have generic defaults.
    """
    cause = cause_of(name)
    found = _cause_entry(cause, name, called) if cause else _NAMED.get(name)
    found = found or _remedy_entry(name, called)
    if found is None:
        raise KeyError(name)
    return found if isinstance(found, Word) else declared_in(found, currency)


def assumption(name: str, currency: str = USD) -> Assumption:
    """Return the declaration of a belief, money in `currency`; KeyError if the name is not one."""
    entry = declared(name, currency)
    if not isinstance(entry, Assumption):
        raise KeyError(name)
    return entry


def drawn_from(name: str) -> bool:
    """Tell whether the incidents have to be drawn again when an assumption changes."""
    return not DRAWN.isdisjoint(declared(name).enters)


def enters_beyond(name: str, steps: Collection[str]) -> bool:
    """Tell whether an assumption enters anything but some steps."""
    return any(step not in steps for step in declared(name).enters)


def values_of_worlds(step: str) -> tuple[str, ...]:
    """Return the assumptions outside the causes, drawn per world, that enter a step."""
    items = (item for item in ASSUMPTIONS if item.per != "incident")
    return tuple(item.name for item in items if step in item.enters)
