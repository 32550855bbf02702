"""The verb `run`: simulate years, print the main figures, and write the bundle."""

from __future__ import annotations

import argparse
import math

from model.assumptions.messages import counted
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.limits import MOST_ANNUAL_YEARS, MOST_KEPT_YEARS
from model.present.words import run_warnings
from model.present.words.numbers import shown
from model.runs.result import Measure, Result
from model.runs.reuse.what_is_reused import simulate


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    options.add_years(parser)
    options.add_worlds(parser)
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_tolerance(parser)
    options.add_out(parser, "scenario, tables, manifest and dictionary")
    parser.add_argument(
        "--annual",
        action="store_true",
        help=f"write annual.csv above {MOST_ANNUAL_YEARS:,} years too, up to {MOST_KEPT_YEARS:,}",
    )


def _run(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario, given.tolerance)
    options.check_sizes(scenario, given.years, given.worlds)
    if given.annual and given.years > MOST_KEPT_YEARS:
        allowed = f"up to {MOST_KEPT_YEARS:,} years; above, a run keeps no years"
        raise BadInput(f"--annual: not with --years {given.years}; allowed is {allowed}")
    console.prepare_out(given.out, given.scenario)
    with console.simulating(given) as how:
        result = simulate(scenario, years=given.years, worlds=given.worlds, **how)
    _print_run(result)
    if given.out is not None:
        from model.present.files.bundle import annual_left_out, of_run

        up_to = given.years if given.annual else MOST_ANNUAL_YEARS
        console.save_out(of_run(result, scenario.tolerance_usd, up_to), given.out)
        console.note(annual_left_out(result.years, up_to))


def _print_run(result: Result) -> None:
    sizes = f"{counted(result.years, 'year')}, {counted(result.worlds, 'world')}"
    print(f"{result.scenario.name}: {sizes}, seed {result.seed}")
    console.print_rows(
        [
            ("measure", "value", "standard error", "95 % interval", "unit"),
            *(_measure_row(row) for row in result.measures()),
        ]
    )
    console.warn(run_warnings.of_run(result))


def _measure_row(row: Measure) -> tuple[str, ...]:
    value, error, low, high = ("–" if math.isnan(x) else shown(x, row.unit) for x in row[1:5])
    unknown = math.isnan(row.low) or row.low == row.high
    interval = "–" if unknown else f"{low} to {high}"
    return row.name, value, error, interval, row.unit


RUN = Command("run", "simulate a scenario and print the annual loss", _options, _run)
