"""What a reader should know about a run besides its numbers: unusual input, cut or moved draws."""

from __future__ import annotations

from collections.abc import Sequence

from model.assumptions.messages import allowed_range, plain
from model.assumptions.names import titled
from model.decisions.compare import Comparison
from model.present.words import own_platform
from model.present.words.numbers import NBSP, share
from model.present.words.spoken.subject import assumption
from model.runs.result import Result
from model.runs.reuse.what_is_reused import prepared
from model.scenario.scenario import Scenario


def of_scenario(scenario: Scenario) -> tuple[str, ...]:
    """Return one line for each thing about a valid scenario that looks unusual or was repaired."""
    return (*without_remedies(scenario), *_remedies(scenario))


def of_comparison(compared: Sequence[Comparison]) -> tuple[str, ...]:
    """Return the lines of several scenarios whose remedies are compared, each line once."""
    told = [(*without_remedies(one.evaluation.scenario), *moved_too_far(one)) for one in compared]
    return tuple(dict.fromkeys(line for lines in told for line in lines))


def without_remedies(scenario: Scenario) -> tuple[str, ...]:
    """Return the lines of a scenario where it does not matter which remedies are on."""
    odd = (remark.text.replace(NBSP, " ") for remark in own_platform.of_scenario(scenario))
    return (*odd, *_repair(scenario))


def moved_too_far(compared: Comparison, least: float = 0.0) -> list[str]:
    """Return a line for each assumption that a remedy sets or scales beyond its bounds.

    Where no more than a share `least` of its values are, there is none.
    """
    return [
        f"remedies: {_percent(share)} of the values of {titled(name)} would leave its bounds and "
        f"were set to them; allowed is {allowed_range(assumption(name))}"
        for name, share in compared.evaluation.beyond.items()
        if share > least
    ]


def of_run(result: Result) -> tuple[str, ...]:
    """Return the lines of the scenario and one for each kind of draw that was cut or moved."""
    return (
        *of_scenario(result.scenario),
        *_clipped(result),
        *_capped(result),
        *_without_interval(result),
    )


def _repair(scenario: Scenario) -> list[str]:
    ready = prepared(scenario)
    repairs = {"": ready.between_worlds.repair}
    repairs |= {
        f" within an incident of {cause}": one.repair
        for cause, one in ready.within_incident.items()
    }
    return [
        f"correlation{where}: not all possible together; repaired to the nearest possible ones, "
        f"changed by up to {plain(round(repair, 4))}"
        for where, repair in repairs.items()
        if repair > 0.0
    ]


def _remedies(scenario: Scenario) -> list[str]:
    on = ", ".join(remedy.name for remedy in scenario.remedies if remedy.on)
    return [f"remedies: {on} on; a run is without remedies, compare prices them"] if on else []


def _clipped(result: Result) -> list[str]:
    tally = result.tally
    drawn = {"incident": tally.before_merging}
    # A world that is cut into several blocks is drawn in each.
    worlds = max(result.worlds, tally.blocks)
    return [
        f"{name}: {_percent(count / drawn.get(assumption(name).per, worlds))} of draws "
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


def _without_interval(result: Result) -> list[str]:
    """Return which of the main figures have no interval, and why."""
    figures = {"eal": result.mean("loss_usd")}
    figures |= {f"p{100 * p:.0f}": result.quantile(p) for p in (0.5, 0.9, 0.95, 0.99)}
    bare = {name: figure.reason for name, figure in figures.items() if figure.reason}
    if not bare:
        return []
    return [f"{name}: {reason}" for name, reason in bare.items()]


def _percent(part: float) -> str:
    return share(part).replace(NBSP, " ")
