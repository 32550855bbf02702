"""Where the values of a scenario come from, in a link: source, grade, owner, date as one text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from functools import lru_cache
from urllib.parse import unquote

from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

BETWEEN = "~"
_OF_PRESET = "preset:"


def with_sources(
    scenario: Scenario, cited: Mapping[str, Provenance]
) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario with where its values come from, as far as that holds, and the problems."""
    try:
        return scenario.with_({}, cited), ()
    except ScenarioError as error:
        if len(cited) == 1:
            return scenario, error.problems
    # Halves are tried on their own: what is wrong spoils nothing else, and is soon found.
    names = list(cited)
    problems: tuple[str, ...] = ()
    for part in (names[: len(names) // 2], names[len(names) // 2 :]):
        scenario, more = with_sources(scenario, {name: cited[name] for name in part})
        problems += more
    return scenario, problems


def written(name: str, given: Provenance) -> str:
    """Return a provenance as one text; of a preset that says the same, only which."""
    for preset, known in _in_presets():
        if known.get(name) == given:
            return f"{_OF_PRESET}{preset}"
    # The parts are apart even if somebody's name has the sign between them.
    parts = (part.replace("%", "%25").replace(BETWEEN, "%7E") for part in astuple(given))
    return BETWEEN.join(parts).rstrip(BETWEEN)


def read(name: str, text: str) -> Provenance:
    """Return what a text of a link says about where the value of a row comes from."""
    of_preset = dict(_in_presets()).get(text.removeprefix(_OF_PRESET), {}).get(name)
    if text.startswith(_OF_PRESET) and of_preset:
        return of_preset
    parts = [unquote(part) for part in (*text.split(BETWEEN), "", "", "", "")]
    return Provenance(*parts[:4])


@lru_cache(maxsize=1)
def _in_presets() -> tuple[tuple[str, dict[str, Provenance]], ...]:
    """Return where the values of the shipped scenarios come from, by preset and row."""
    presets = [id for id, _, _ in Scenario.presets()]
    return tuple((id, dict(Scenario.preset(id).provenance)) for id in presets)
