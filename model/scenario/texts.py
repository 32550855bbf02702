"""The texts of a scenario: its name and its note, and how long they may be."""

from __future__ import annotations

from collections.abc import Mapping

from model.assumptions.names import Value
from model.assumptions.values import text_problem
from model.scenario.sources import MAX_NAME, one_line

MAX_NOTE = 500


# The texts of a scenario with their shortest and longest length.
TEXTS = {"scenario.name": (1, MAX_NAME), "scenario.note": (0, MAX_NOTE)}


def text_problems(title: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Return what is wrong with the texts of a scenario, as (name, problem)s."""
    found = []
    for name, value in title.items():
        text = one_line(value) if isinstance(value, str) else value
        shortest, longest = TEXTS[name]
        problem = text_problem(text, shortest, longest)
        found += [(name, problem)] if problem else []
    return found
