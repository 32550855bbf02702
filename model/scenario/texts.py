"""The texts of a scenario: its name and its note, and how long they may be."""

from __future__ import annotations

from collections.abc import Mapping

from model.assumptions.labels import LABEL
from model.assumptions.names import Value
from model.assumptions.values import text_problem
from model.limits import LONGEST_NAME, LONGEST_NOTE
from model.scenario import results_versions
from model.scenario.sources import one_line

# The texts of a scenario with their shortest and longest length.
TEXTS = {"scenario.name": (1, LONGEST_NAME), "scenario.note": (0, LONGEST_NOTE)}
PLATFORM = "platform.name"


def is_said(name: str) -> bool:
    """Tell whether a row is for readers alone and does not count for what a scenario is."""
    said = (*TEXTS, results_versions.NAME, PLATFORM)
    return name in said or name.endswith(LABEL)


def text_problems(title: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Return what is wrong with the texts of a scenario, as (name, problem)s."""
    found = []
    for name, value in title.items():
        text = one_line(value) if isinstance(value, str) else value
        shortest, longest = TEXTS[name]
        problem = text_problem(text, shortest, longest)
        found += [(name, problem)] if problem else []
    return found
