"""Remedies: named changes of assumptions with a price and a life (MODEL §5, "Remedies").

The library comes from `data/remedies.csv`; a scenario's changes edit it or add to it, in rows
`remedies.NAME.label|on|upfront|annual|life` and `remedies.NAME.change.K`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from model.assumptions import labels
from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.declaration import (
    JUDGEMENT,
    REMEDIES,
    USD,
    Assumption,
    Bounds,
    entry,
    fixed,
    lognormal,
)
from model.assumptions.defaults import REMEDY_FIELDS
from model.assumptions.lookup import cause_of, declared
from model.assumptions.messages import nearest, quoted
from model.assumptions.remedy_library import (
    SHARE_OF_BILL,
    Change,
    Price,
    Remedy,
    library,
    library_in,
)
from model.assumptions.values import judged
from model.beliefs.belief import Belief

PREFIX = "remedies."
SET_HERE = "Set here, no source yet"
"""What is said of a changed value without a source of its own; files leave the cell empty."""
_ROW = re.compile(
    r"remedies\.([a-z0-9_]{1,40})\.(label|on|upfront|annual|upfront_share|annual_share|life|change\.[1-9][0-9]?)"
)


RowValue = Belief | Change | str


def remedy_of(name: str) -> str | None:
    """Return the remedy that a row name belongs to, None for any other name."""
    match = _ROW.fullmatch(name)
    return match and match.group(1)


def is_change(name: str) -> bool:
    """Tell whether a row name is that of a remedy's change."""
    return remedy_of(name) is not None and name.rsplit(".", 2)[-2] == "change"


def rows_of(remedy: Remedy) -> dict[str, RowValue]:
    """Return the rows of a remedy: full name to label, belief or change."""
    stem = f"{PREFIX}{remedy.name}"
    changes = {f"{stem}.change.{k}": change for k, change in enumerate(remedy.changes, 1)}
    return {
        f"{stem}{labels.LABEL}": remedy.label,
        f"{stem}.on": fixed(float(remedy.on)),
        f"{stem}.{remedy.upfront.row}": remedy.upfront.belief,
        f"{stem}.{remedy.annual.row}": remedy.annual.belief,
        f"{stem}.life": fixed(remedy.life_years),
        **changes,
    }


@lru_cache(maxsize=64)
def library_rows(currency: str = USD) -> Mapping[str, RowValue]:
    """Return the rows of the whole library, money in a currency."""
    remedies = library_in(currency)
    return MappingProxyType({k: v for remedy in remedies for k, v in rows_of(remedy).items()})


def remedies(changes: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of all remedies: the library's, and then the added ones by name."""
    own = [remedy.name for remedy in library()]
    added = {remedy_of(name) for name in changes} - {None} - set(own)
    return (*own, *sorted(name for name in added if name))


def assembled(changes: Mapping[str, object]) -> tuple[Remedy, ...]:
    """Return the library as edited by a scenario's changes, and the remedies they add."""
    currency = changes.get(CURRENCY, USD)
    known = {remedy.name: remedy for remedy in library_in(str(currency))}
    return tuple(_edited(name, known.get(name), changes) for name in remedies(changes))


def _edited(name: str, base: Remedy | None, changes: Mapping[str, object]) -> Remedy:
    mine = ((row, value) for row, value in changes.items() if remedy_of(row) == name)
    own = {row: value for row, value in mine if isinstance(value, Belief | Change | str)}
    if base is None:
        base = _blank(name)
    elif not own:
        return base
    stem = f"{PREFIX}{name}"
    rows = rows_of(base) | own
    on, life = (rows[f"{stem}.{part}"] for part in ("on", "life"))
    assert isinstance(on, Belief)
    assert isinstance(life, Belief)
    changes_in_order = [rows[row] for row in change_names(stem, rows)]
    edited = replace(
        base,
        label=str(rows[f"{stem}{labels.LABEL}"]),
        changes=tuple(change for change in changes_in_order if isinstance(change, Change)),
        upfront=_edited_price(stem, base.upfront, own),
        annual=_edited_price(stem, base.annual, own),
        life_years=life.low,
        on=on.low == 1.0,
    )
    if own.keys() <= {f"{stem}.on", f"{stem}{labels.LABEL}"}:
        return edited
    return replace(edited, source=SET_HERE, grade="C")


def _edited_price(stem: str, price: Price, own: Mapping[str, RowValue]) -> Price:
    """Return a price as a scenario says it, in whichever form."""
    plain = price.row.removesuffix(SHARE_OF_BILL)
    for row in (plain, plain + SHARE_OF_BILL):
        belief = own.get(f"{stem}.{row}")
        if isinstance(belief, Belief):
            return Price(row, belief)
    return price


def change_names(stem: str, rows: Iterable[str]) -> list[str]:
    """Return the names of the change rows under `remedies.NAME`, in order of their number."""
    own = [row for row in rows if row.startswith(f"{stem}.change.")]
    return sorted(own, key=lambda row: int(row.rsplit(".", 1)[1]))


def _blank(name: str) -> Remedy:
    default = {field.name: field.default for field in REMEDY_FIELDS}
    return Remedy(
        name=name,
        label=labels.by_default(name),
        changes=(),
        upfront=Price("upfront", default["upfront"]),
        annual=Price("annual", default["annual"]),
        life_years=default["life"].low,
        on=False,
        source=SET_HERE,
        grade="C",
    )


def default_of(name: str, currency: str = USD) -> RowValue | None:
    """Return what a row says unless a scenario changes it, money in `currency`; None if nothing.

    That is a change outside the library, or a price in the form that the remedy does not have.
    KeyError if `name` is not the name of a remedy's row.
    """
    if remedy_of(name) is None:
        raise KeyError(name)
    rows = library_rows(currency)
    found = rows.get(name)
    if found is not None or is_change(name):
        return found
    # What a new remedy costs is said in money unless its scenario says a share.
    in_other_form = _other_form(name) in rows or name.endswith(SHARE_OF_BILL)
    return None if in_other_form else declared(name, currency).default


def _other_form(name: str) -> str:
    """Return the row of the same price in its other form, or nothing."""
    if name.endswith(SHARE_OF_BILL):
        return name.removesuffix(SHARE_OF_BILL)
    return name + SHARE_OF_BILL if name.endswith((".upfront", ".annual")) else ""


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


def targets(path: str, causes: Iterable[str], currency: str = USD) -> Assumption | None:
    """Return the declaration a path leads to, None if no remedy can change what it names.

    Money is in `currency`. For `incidents.*.FIELD` it is the field's own, whose name is the field
    alone.
    """
    if path.startswith(ALL_CAUSES):
        fields = {field.name: field for field in CAUSE_FIELDS}
        return fields.get(path.removeprefix(ALL_CAUSES))
    try:
        item = declared(path, currency)
    except KeyError:
        return None
    fit_for_it = isinstance(item, Assumption) and item.group not in ("simulation", "remedies")
    here = cause_of(path) in (None, *causes)
    return item if isinstance(item, Assumption) and fit_for_it and here else None


def change_problem(
    name: str,
    change: Change,
    causes: Iterable[str],
    hint: Callable[[str], str],
    currency: str = USD,
) -> tuple[str | None, Change]:
    """Return the problem of a change row, if any, and the change in normal form."""
    default = library_rows(currency).get(name)
    if isinstance(default, Change):
        change = replace(change, kind=change.kind or default.kind, path=change.path or default.path)
        if not change.belief.shape and (change.kind, change.path) == (default.kind, default.path):
            change = replace(change, belief=replace(change.belief, shape=default.belief.shape))
    target = targets(change.path, causes, currency)
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
    found = [
        (name, f"a price beside {_other_form(name)}: money or a share of the cloud bill, not both")
        for name in rows
        if name.endswith(SHARE_OF_BILL) and _other_form(name) in rows
    ]
    found += _doubled_labels(rows)
    for remedy in remedies(rows):
        stem = f"{PREFIX}{remedy}"
        changes = change_names(stem, {**library_rows(), **rows})
        if not changes:
            own = [row for row in rows if remedy_of(row) == remedy]
            hint = nearest(remedy, (other.name for other in library()))
            problem = f"unknown remedy{hint}; a new one would also need {stem}.change.1"
            found += [(row, problem) for row in own]
        for place, name in enumerate(changes, 1):
            number = name.rsplit(".", 1)[1]
            if number != str(place):
                found.append((name, f"change {number} of {len(changes)}: no gap is allowed"))
    return found


def _doubled_labels(rows: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return which rows call a remedy what another one is called."""
    named = {f"{PREFIX}{name}{labels.LABEL}": name for name in remedies(rows)}
    known = {row: rows.get(row) or library_rows().get(row) for row in named}
    called = {row: str(label or labels.by_default(named[row])) for row, label in known.items()}
    return labels.doubled(called, [row for row in named if row in rows])
