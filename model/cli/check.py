"""The verb `check`: every problem of a scenario file, one line each."""

from __future__ import annotations

import argparse

from model.assumptions.messages import quoted
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.present.words import own_platform, run_warnings
from model.present.words.numbers import NBSP
from model.present.words.spoken.subject import speak_of
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

_YEARS = 10_000


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO.csv", help="the scenario file to check")


def _check(given: Arguments) -> None:
    found = options.scenarios_of(given.scenario)
    for scenario in found:
        count = len(scenario.changes)
        rows = "1 row differs" if count == 1 else f"{count} rows differ"
        place = f"{given.scenario}, {quoted(scenario.name)}" if len(found) > 1 else given.scenario
        speak_of(scenario)
        print(f"{place}: valid; {rows} from the default")
        console.warn((*run_warnings.of_scenario(scenario), *_of_loss(scenario)))


def _of_loss(scenario: Scenario) -> tuple[str, ...]:
    """Return what is odd about the loss that a scenario leads to, in a rough run."""
    try:
        result = simulate(scenario, years=_YEARS)
    except ScenarioError as error:
        return error.problems
    remarks = own_platform.of_loss(result.components(), result.mean("loss_usd").value)
    return tuple(remark.text.replace(NBSP, " ") for remark in remarks)


CHECK = Command("check", "check a scenario file and print every problem", _options, _check)
