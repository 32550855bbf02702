"""Where the value of a row comes from: source, grade, owner and date, of the default or one's own.

Provenance is about a value and no part of it: two scenarios that differ only here are equal and
share their results. It stays beside the value it was given for: a changed value has its own or
none, never that of the default.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from model.assumptions import correlations, remedies
from model.assumptions.lookup import cause_of, declared
from model.assumptions.messages import quoted
from model.assumptions.names import all_causes
from model.assumptions.remedy_library import library
from model.assumptions.values import text_problem
from model.formats.answers import listed
from model.formats.characters import replaced
from model.limits import LONGEST_OWNER, LONGEST_SOURCE

GRADES = ("A", "B", "C")
JUDGED = "C"
"""The grade of a value for which nobody has given one."""
_FORMERLY = "Set by the scenario"
_LONGEST = {"source": LONGEST_SOURCE, "owner": LONGEST_OWNER}


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from; an empty part is not known. `date` is an ISO day."""

    source: str = ""
    grade: str = ""
    owner: str = ""
    date: str = ""

    @property
    def graded(self) -> str:
        """The grade; judgement where none is given."""
        return self.grade or JUDGED


def made_of(text: str) -> str:
    r"""Return a source made of names that others gave: on one line, without what no file carries.

    >>> made_of("Fitted to a\n\x07.csv"), len(made_of("x" * 999))
    ('Fitted to a �.csv', 500)
    """
    flat = " ".join(replaced(text).split())
    return flat if len(flat) <= LONGEST_SOURCE else f"{flat[: LONGEST_SOURCE - 1]}…"


NONE = Provenance()
Given = Mapping[str, Provenance]


def of_default(name: str) -> Provenance:
    """Return where the default of a row comes from; KeyError if no scenario can have the row."""
    if name.startswith(correlations.PREFIX):
        pair = correlations.pair_of(name, correlations.is_declared)
        grade, source = correlations.evidence(pair) if pair else (JUDGED, "")
        return Provenance(source, grade)
    known = {remedy.name: remedy for remedy in library()}
    remedy = known.get(remedies.remedy_of(name) or "")
    if remedy:
        return Provenance(remedy.source, remedy.grade)
    if remedies.remedy_of(name):
        return NONE
    item = declared(name)
    return Provenance(item.source, item.grade)


def problems(given: Provenance) -> list[str]:
    """Return what is wrong with the parts of a provenance, one line each."""
    found = []
    for part, longest in _LONGEST.items():
        problem = text_problem(getattr(given, part), 0, longest)
        found += [f"{part}, {problem}"] if problem else []
    if given.grade not in ("", *GRADES):
        found.append(f"grade {quoted(str(given.grade))}: {listed(GRADES, 'or')}, or left empty")
    if given.date and not _is_day(given.date):
        found.append(f"date {quoted(str(given.date))}: a day like 2026-04-01, or left empty")
    return found


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


def own(name: str, given: Provenance, *, changed: bool) -> Provenance:
    """Return what of a provenance is a row's own: nothing that the default would say itself.

    Beside a changed value stands no source of the default's.
    """
    default = of_default(name)
    if given == default or (given.source == _FORMERLY and given.grade in ("", JUDGED)):
        return Provenance(owner=given.owner, date=given.date)
    if not changed or given.source != default.source:
        return given
    grade = "" if given.grade == default.grade else given.grade
    return Provenance("", grade, given.owner, given.date)


def all_problems(given: Given) -> list[tuple[str, str]]:
    """Return what is wrong with the provenance of rows, as (name, problem)s."""
    found = []
    for name, one in given.items():
        try:
            of_default(name)
        except KeyError:
            found.append((name, "unknown name"))
        found += [(name, problem) for problem in problems(one)]
    return found


def kept(
    given: Given, changes: Mapping[str, object], always_own: frozenset[str]
) -> dict[str, Provenance]:
    """Return what of the provenance of rows is their own, of the rows that there are."""
    found = {
        name: own(name, one, changed=name in always_own or name in changes)
        for name, one in given.items()
        if _is_row(name, changes)
    }
    return {name: one for name, one in found.items() if one != NONE}


def _is_row(name: str, changes: Mapping[str, object]) -> bool:
    """Tell whether a row exists: it is changed, or belongs to no cause or remedy that is gone."""
    if name in changes:
        return True
    pair = name.removeprefix(correlations.PREFIX).split(correlations.BETWEEN)
    causes, known = (None, *all_causes(changes)), (None, *remedies.remedies(changes))
    return all(cause_of(one) in causes and remedies.remedy_of(one) in known for one in pair)


def borrowed(given: Given, changes: Mapping[str, object]) -> list[str]:
    """Return a line on the changed rows that still carry the source of the default."""
    rows = [
        name
        for name, one in given.items()
        if name in changes and one.source and one.source == of_default(name).source
    ]
    if not rows:
        return []
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return [f"{rows[0]}{more}: the source is the default's, the value is not: source left empty"]
