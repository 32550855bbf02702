"""What a reader should know about a run besides its numbers: unusual input, cut or moved draws."""

from __future__ import annotations

from collections.abc import Sequence

from model.assumptions.lookup import assumption
from model.assumptions.messages import allowed_range, plain
from model.present.words.numbers import NBSP, share
from model.runs.result import Result
from model.runs.reuse import prepared
from model.scenario.ratios import warnings
from model.scenario.scenario import Scenario


def of_scenario(scenario: Scenario) -> tuple[str, ...]:
    """Return one line for each thing about a valid scenario that looks unusual or was repaired."""
    return (*warnings(scenario), *_repair(scenario), *_remedies(scenario))


def of_comparison(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Return the lines of several scenarios whose remedies are compared, each line once."""
    lines = [line for one in scenarios for line in (*warnings(one), *_repair(one))]
    return tuple(dict.fromkeys(lines))


def of_run(result: Result) -> tuple[str, ...]:
    """Return the lines of the scenario and one for each kind of draw that was cut or moved."""
    return (*of_scenario(result.scenario), *_clipped(result), *_capped(result))


def _repair(scenario: Scenario) -> list[str]:
    repair = prepared(scenario).repair
    if repair == 0.0:
        return []
    return [
        "correlation: not all possible together; repaired to the nearest possible ones, "
        f"changed by up to {plain(round(repair, 4))}"
    ]


def _remedies(scenario: Scenario) -> list[str]:
    on = ", ".join(remedy.name for remedy in scenario.remedies if remedy.on)
    return [f"remedies: {on} on; a run is without remedies, compare prices them"] if on else []


def _clipped(result: Result) -> list[str]:
    tally = result.tally
    drawn = {"incident": tally.before_merging}
    return [
        f"{name}: {_percent(count / drawn.get(assumption(name).per, tally.clusters))} of draws "
        f"were beyond the bound and set to it; allowed is {allowed_range(assumption(name))}"
        for name, count in sorted(tally.clipped.items())
        if count
    ]


def _capped(result: Result) -> list[str]:
    tally = result.tally
    if not tally.capped:
        return []
    longest = plain(result.scenario.belief("simulation.max_duration").low)
    return [
        f"simulation.max_duration: {_percent(tally.capped / tally.before_merging)} of incidents "
        f"were longer and cut at {longest} h"
    ]


def _percent(part: float) -> str:
    return share(part).replace(NBSP, " ")
