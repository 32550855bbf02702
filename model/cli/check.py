"""The verb `check`: every problem of a scenario file, one line each."""

from __future__ import annotations

import argparse

from model.cli import console, options
from model.cli.console import Arguments, Command
from model.present.words import run_warnings


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO.csv", help="the scenario file to check")


def _check(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario)
    count = len(scenario.changes)
    rows = "1 row differs" if count == 1 else f"{count} rows differ"
    print(f"{given.scenario}: valid; {rows} from the default")
    console.warn(run_warnings.of_scenario(scenario))


CHECK = Command("check", "check a scenario file and print every problem", _options, _check)
