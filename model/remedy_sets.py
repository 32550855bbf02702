"""Sets of remedies as a user names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.assumptions.messages import nearest, quoted
from model.assumptions.remedies import Mitigation
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

Sets = Mapping[str, Iterable[str]] | Iterable[Iterable[str]]


def named_sets(scenario: Scenario, sets: Sets | None) -> dict[str, tuple[str, ...]]:
    """Return the sets by name, each once, their remedies known."""
    named = _titled(_usual(scenario) if sets is None else sets)
    known = [remedy.name for remedy in scenario.mitigations]
    strange = dict.fromkeys(n for names in named.values() for n in names if n not in known)
    if strange:
        raise ScenarioError(
            f"mitigation {quoted(name)}: one of {', '.join(known)}{nearest(name, known)}"
            for name in strange
        )
    return named


def _titled(sets: Sets) -> dict[str, tuple[str, ...]]:
    if isinstance(sets, Mapping):
        return {str(name): tuple(dict.fromkeys(names)) for name, names in sets.items()}
    rows = [tuple(dict.fromkeys(names)) for names in sets]
    return {" + ".join(names): names for names in rows}


def _usual(scenario: Scenario) -> list[tuple[str, ...]]:
    on = tuple(remedy.name for remedy in scenario.mitigations if remedy.on)
    names = on or tuple(remedy.name for remedy in scenario.mitigations)
    together = [on] if len(on) > 1 else []
    return [*((name,) for name in names), *together]


def longest_life(remedies: Iterable[Mitigation]) -> float:
    """Return the longest life among remedies in years; one year if there are none."""
    return max((remedy.life_years for remedy in remedies), default=1.0)
