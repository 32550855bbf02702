"""Whether the rows of remedies are allowed, and the normal form of their changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from model.assumptions import CAUSE_FIELDS, Assumption, cause_of, declared
from model.declaration import JUDGEMENT, Bounds, entry, lognormal
from model.messages import nearest, quoted
from model.mitigations import (
    PREFIX,
    Change,
    change_names,
    library,
    library_rows,
    remedies,
    remedy_of,
)
from model.values import judged

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
    fit_for_it = isinstance(item, Assumption) and item.group not in ("simulation", "mitigations")
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
