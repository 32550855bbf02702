"""What of a set of changes makes a scenario: the rest is left out, with the reason of each."""

from __future__ import annotations

from collections.abc import Mapping

from model.assumptions import correlations, remedies
from model.assumptions.cause_defaults import CAUSES
from model.assumptions.lookup import cause_of
from model.assumptions.names import Value
from model.assumptions.remedy_library import library
from model.limits import MOST_CAUSES, MOST_CHANGES, MOST_REMEDIES
from model.scenario.old_names import current, spread
from model.scenario.validation import Findings, check


def salvaged(changes: Mapping[str, Value]) -> Findings:
    """Return what holds of the changes, in normal form, and why each of the others does not.

    What needs something that is left out goes with it, so rounds follow until nothing goes.
    """
    once, problems = _once(changes)
    doubled = spread(once).doubled
    problems += [(name, "an old name beside the new one, left out") for name in doubled]
    now = spread({name: value for name, value in once.items() if name not in doubled})
    rest, more = _within_limits(now.rows)
    problems += more
    while True:
        found = check(rest)
        problems += found.problems
        gone = {name for name, _ in found.problems} & rest.keys()
        if not gone:
            reported = ((now.given_as.get(name, name), text) for name, text in problems)
            return Findings(found.changes, list(dict.fromkeys(reported)), now.given_as)
        rest = {name: value for name, value in rest.items() if name not in gone}


def _once(changes: Mapping[str, Value]) -> tuple[dict[str, Value], list[tuple[str, str]]]:
    """Return the changes under the names they have today; of two for one thing the first."""
    found: dict[str, Value] = {}
    problems = []
    # A name of today comes before an old one of the same thing.
    for name in sorted(changes, key=lambda name: name != current(name)):
        own = correlations.canonical(current(name))
        if own in found:
            problems.append((name, f"also given as {own}, left out"))
        else:
            found[own] = changes[name]
    return found, problems


def _within_limits(
    changes: Mapping[str, Value],
) -> tuple[dict[str, Value], list[tuple[str, str]]]:
    """Return the changes without the causes, remedies and effects beyond what a scenario may have.

    Those that come first stay.
    """
    own = {remedy.name for remedy in library()}
    limits = (
        (cause_of, set(CAUSES), MOST_CAUSES, "causes"),
        (remedies.remedy_of, own, MOST_REMEDIES, "remedies"),
        (_effect, set[str](), MOST_CHANGES, "changes of all remedies together"),
    )
    rest, problems = dict(changes), []
    for part_of, there, most, what in limits:
        added = dict.fromkeys(part for name in rest if (part := part_of(name)))
        kept = there | set([part for part in added if part not in there][: most - len(there)])
        spare = [name for name in rest if part_of(name) not in kept | {None}]
        problems += [(name, f"at most {most} {what}, left out") for name in spare]
        for name in spare:
            del rest[name]
    return rest, problems


def _effect(name: str) -> str | None:
    return name if remedies.is_change(name) else None
