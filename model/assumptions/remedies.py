"""Remedies: named changes of assumptions with a price and a life (MODEL §5, "Remedies").

The library comes from `data/remedies.csv`; a scenario's changes edit it or add to it, in rows
`remedies.NAME.on|upfront|annual|life` and `remedies.NAME.change.K`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from model import data
from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.assumptions.declaration import (
    JUDGEMENT,
    REMEDIES,
    Assumption,
    Bounds,
    entry,
    fixed,
    lognormal,
)
from model.assumptions.defaults import REMEDY_FIELDS
from model.assumptions.lookup import cause_of, declared
from model.assumptions.messages import nearest, quoted
from model.assumptions.values import judged
from model.beliefs.belief import Belief

LIBRARY = "remedies.csv"
PREFIX = "remedies."
SET_BY_SCENARIO = "Set by the scenario"
_ROW = re.compile(r"remedies\.([a-z0-9_]{1,40})\.(on|upfront|annual|life|change\.[1-9][0-9]?)")


@dataclass(frozen=True)
class Change:
    """One effect of a remedy: `set` an assumption to a belief or `scale` it by one.

    `path` is a dotted name; `incidents.*.FIELD` means the field of all causes.
    """

    kind: str
    path: str
    belief: Belief


@dataclass(frozen=True)
class Remedy:
    """A remedy: its changes, its cost upfront and per year in USD, and its life in years."""

    name: str
    label: str
    changes: tuple[Change, ...]
    upfront: Belief
    annual: Belief
    life_years: float
    on: bool
    source: str
    grade: str
    note: str = ""


RowValue = Belief | Change


def remedy_of(name: str) -> str | None:
    """Return the remedy that a row name belongs to, None for any other name."""
    match = _ROW.fullmatch(name)
    return match and match.group(1)


def is_change(name: str) -> bool:
    """Tell whether a row name is that of a remedy's change."""
    return remedy_of(name) is not None and name.rsplit(".", 2)[-2] == "change"


@lru_cache(maxsize=1)
def library() -> tuple[Remedy, ...]:
    """Return the remedies that come with the product, in the order of their file; all off."""
    if LIBRARY not in data.names(".csv"):
        return ()
    with data.path(LIBRARY).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = dict.fromkeys(row["name"] for row in rows)
    return tuple(_from_library([row for row in rows if row["name"] == name]) for name in names)


def _from_library(rows: list[dict[str, str]]) -> Remedy:
    """Return one remedy; costs, life and evidence stand in its first row."""
    first = rows[0]
    return Remedy(
        name=first["name"],
        label=first["label"],
        changes=tuple(_library_change(row) for row in rows),
        upfront=lognormal(float(first["upfront_low"]), float(first["upfront_high"])),
        annual=lognormal(float(first["annual_low"]), float(first["annual_high"])),
        life_years=float(first["life_years"]),
        on=False,
        source=first["source"],
        grade=first["grade"],
        note=first["note"],
    )


def _library_change(row: dict[str, str]) -> Change:
    mid = float(row["mid"]) if row["mid"] else None
    belief = Belief(row["shape"], float(row["low"]), float(row["high"]), mid)
    return Change(row["change"], row["path"], belief)


def rows_of(remedy: Remedy) -> dict[str, RowValue]:
    """Return the rows of a remedy: full name to belief or change."""
    stem = f"{PREFIX}{remedy.name}"
    changes = {f"{stem}.change.{k}": change for k, change in enumerate(remedy.changes, 1)}
    return {
        f"{stem}.on": fixed(float(remedy.on)),
        f"{stem}.upfront": remedy.upfront,
        f"{stem}.annual": remedy.annual,
        f"{stem}.life": fixed(remedy.life_years),
        **changes,
    }


@lru_cache(maxsize=1)
def library_rows() -> Mapping[str, RowValue]:
    """Return the rows of the whole library."""
    return MappingProxyType({k: v for remedy in library() for k, v in rows_of(remedy).items()})


def remedies(changes: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of all remedies: the library's, and then the added ones by name."""
    own = [remedy.name for remedy in library()]
    added = {remedy_of(name) for name in changes} - {None} - set(own)
    return (*own, *sorted(name for name in added if name))


def assembled(changes: Mapping[str, object]) -> tuple[Remedy, ...]:
    """Return the library as edited by a scenario's changes, and the remedies they add."""
    known = {remedy.name: remedy for remedy in library()}
    return tuple(_edited(name, known.get(name), changes) for name in remedies(changes))


def _edited(name: str, base: Remedy | None, changes: Mapping[str, object]) -> Remedy:
    mine = ((row, value) for row, value in changes.items() if remedy_of(row) == name)
    own = {row: value for row, value in mine if isinstance(value, Belief | Change)}
    if base is None:
        base = _blank(name)
    elif not own:
        return base
    stem = f"{PREFIX}{name}"
    rows = rows_of(base) | own
    parts = [rows[f"{stem}.{part}"] for part in ("on", "upfront", "annual", "life")]
    on, upfront, annual, life = (part for part in parts if isinstance(part, Belief))
    changes_in_order = [rows[row] for row in change_names(stem, rows)]
    edited = replace(
        base,
        changes=tuple(change for change in changes_in_order if isinstance(change, Change)),
        upfront=upfront,
        annual=annual,
        life_years=life.low,
        on=on.low == 1.0,
    )
    if own.keys() <= {f"{stem}.on"}:
        return edited
    return replace(edited, source=SET_BY_SCENARIO, grade="C")


def change_names(stem: str, rows: Iterable[str]) -> list[str]:
    """Return the names of the change rows under `remedies.NAME`, in order of their number."""
    own = [row for row in rows if row.startswith(f"{stem}.change.")]
    return sorted(own, key=lambda row: int(row.rsplit(".", 1)[1]))


def _blank(name: str) -> Remedy:
    default = {field.name: field.default for field in REMEDY_FIELDS}
    return Remedy(
        name,
        name.replace("_", " ").capitalize(),
        (),
        default["upfront"],
        default["annual"],
        default["life"].low,
        False,
        SET_BY_SCENARIO,
        "C",
    )


def default_of(name: str) -> RowValue | None:
    """Return what a row says unless a scenario changes it; None for a change outside the library.

    KeyError if `name` is not the name of a remedy's row.
    """
    if remedy_of(name) is None:
        raise KeyError(name)
    return library_rows().get(name) or (None if is_change(name) else _declared_default(name))


def _declared_default(name: str) -> Belief:
    item = declared(name)
    assert isinstance(item, Assumption)
    return item.default


ALL_CAUSES = "incidents.*."


KINDS = ("set", "scale")


FACTOR = entry(
    "factor",
    "Factor",
    "times",
    Bounds(0.0, 100.0),
    (0.0, 3.0),
    lognormal(1.0, 1.0),
    "C",
    JUDGEMENT,
    "Multiplies the assumption.",
    enters=(REMEDIES,),
)


def targets(path: str, causes: Iterable[str]) -> Assumption | None:
    """Return the declaration a path leads to, None if no remedy can change what it names.

    For `incidents.*.FIELD` it is the field's own, whose name is the field alone.
    """
    if path.startswith(ALL_CAUSES):
        fields = {field.name: field for field in CAUSE_FIELDS}
        return fields.get(path.removeprefix(ALL_CAUSES))
    try:
        item = declared(path)
    except KeyError:
        return None
    fit_for_it = isinstance(item, Assumption) and item.group not in ("simulation", "remedies")
    here = cause_of(path) in (None, *causes)
    return item if isinstance(item, Assumption) and fit_for_it and here else None


def change_problem(
    name: str, change: Change, causes: Iterable[str], hint: Callable[[str], str]
) -> tuple[str | None, Change]:
    """Return the problem of a change row, if any, and the change in normal form."""
    default = library_rows().get(name)
    if isinstance(default, Change):
        change = replace(change, kind=change.kind or default.kind, path=change.path or default.path)
        if not change.belief.shape and (change.kind, change.path) == (default.kind, default.path):
            change = replace(change, belief=replace(change.belief, shape=default.belief.shape))
    target = targets(change.path, causes)
    if change.kind not in KINDS:
        return f"shape {quoted(change.kind)}: set or scale", change
    if target is None:
        allowed = "the name of an assumption, or incidents.*.FIELD for all causes"
        return f"label {quoted(change.path)}: {allowed}{hint(change.path)}", change
    item = target if change.kind == "set" else replace(FACTOR, per=target.per)
    problem, belief = judged(item, change.belief)
    return problem, replace(change, belief=belief)


def shape_cell(name: str, change: Change) -> str:
    """Return what stands in the `shape` column of a change row; `change_problem` reads it back.

    The belief's own shape is left out where reading would fill in the same.
    """
    bare = replace(change, belief=replace(change.belief, shape=""))
    everything = [cause for cause in (cause_of(change.path),) if cause]
    _, read_back = change_problem(name, bare, everything, lambda path: "")
    return change.kind if read_back == change else f"{change.kind} {change.belief.shape}"


def set_problems(rows: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what is wrong with the remedies as a whole, given all rows a scenario changes."""
    found = []
    for remedy in remedies(rows):
        stem = f"{PREFIX}{remedy}"
        changes = change_names(stem, {**library_rows(), **rows})
        if not changes:
            own = [row for row in rows if remedy_of(row) == remedy]
            hint = nearest(remedy, (other.name for other in library()))
            problem = f"unknown remedy{hint}; a new one would also need {stem}.change.1"
            found += [(row, problem) for row in own]
        elif changes[-1] != f"{stem}.change.{len(changes)}":
            message = f"change {changes[-1].rsplit('.', 1)[1]} of {len(changes)}: no gap is allowed"
            found.append((changes[-1], message))
    return found
