"""What a fit changes in a scenario, belief by belief, in words."""

from __future__ import annotations

from collections.abc import Mapping

from model.assumptions import correlations
from model.beliefs.belief import Belief
from model.present.words.numbers import shown
from model.present.words.spoken.subject import assumption
from model.present.words.titles import title
from model.scenario.provenance import Given
from model.scenario.scenario import Scenario

HEAD = ("Belief", "Before", "After", "Grade")

Row = tuple[str, tuple[str, str, str]]


def beliefs(
    changes: Mapping[str, Belief], origins: Given, before: Scenario
) -> tuple[list[Row], int]:
    """Return a row for each belief that changes, those that move most first, and the pairs.

    Correlations are only counted.
    """
    names = [name for name in changes if not name.startswith(correlations.PREFIX)]
    names.sort(key=lambda name: -_moved(before.belief(name), changes[name]))
    rows = [
        (
            title(name, before),
            (
                _span(name, before.belief(name)),
                _span(name, changes[name]),
                f"{before.evidence(name).graded} → {origins[name].graded}",
            ),
        )
        for name in names
    ]
    return rows, len(changes) - len(names)


def _moved(was: Belief, now: Belief) -> float:
    """Return by how much the ends move together, relative to where they were."""
    ends = ((was.low, now.low), (was.high, now.high))
    return sum(abs(b - a) / max(abs(a), abs(b), 1e-12) for a, b in ends)


def _span(name: str, belief: Belief) -> str:
    unit = assumption(name).unit
    low, high = shown(belief.low, unit), shown(belief.high, unit)
    return low if low == high else f"{low} – {high}"
