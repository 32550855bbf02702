"""The commands of the command line: what each takes and does.

A command is one entry of `COMMANDS`: a function that adds its options and one that runs it.
"""

from __future__ import annotations

import argparse
import math

from model import console, options
from model.assumptions.declaration import HOURS_MAX
from model.assumptions.messages import counted, nearest, quoted
from model.commands_decide import DRIVERS
from model.compare_command import COMPARE
from model.console import Arguments, Command
from model.incidents.types import SHORTEST_H
from model.options import BadInput
from model.present import remarks
from model.present.format import money, shown, significant
from model.replay import Replay, replay
from model.replays.incident import Incident, named, typed
from model.report_command import REPORT
from model.result import Measure, Result
from model.scenario.scenario import Scenario
from model.simulate import simulate


def _run_options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    options.add_years(parser)
    options.add_worlds(parser)
    options.add_seed(parser)
    options.add_workers(parser)
    options.add_threshold(parser)
    options.add_out(parser, "scenario, tables, manifest and dictionary")
    parser.add_argument(
        "--annual",
        action="store_true",
        help="write annual.csv above a million years too",
    )


def _run(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario)
    options.check_sizes(scenario, given.years, given.worlds)
    console.prepare_out(given.out)
    with console.simulating(given) as how:
        result = simulate(scenario, years=given.years, worlds=given.worlds, **how)
    _print_run(result, given.threshold)
    if given.out is not None:
        from model.present.bundle import MOST_ANNUAL_YEARS, of_run

        up_to = given.years if given.annual else MOST_ANNUAL_YEARS
        console.save_out(of_run(result, given.threshold, up_to), given.out)


def _print_run(result: Result, threshold_usd: float) -> None:
    sizes = f"{counted(result.years, 'year')}, {counted(result.worlds, 'world')}"
    print(f"{result.scenario.name}: {sizes}, seed {result.seed}")
    console.print_rows(
        [
            ("measure", "value", "standard error", "95 % interval", "unit"),
            *(_measure_row(row) for row in result.measures(threshold_usd)),
        ]
    )
    console.warn(remarks.of_run(result))


def _measure_row(row: Measure) -> tuple[str, ...]:
    value, error, low, high = ("–" if math.isnan(x) else shown(x, row.unit) for x in row[1:5])
    unknown = math.isnan(row.low) or row.low == row.high
    interval = "–" if unknown else f"{low} to {high}"
    return row.name, value, error, interval, row.unit


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO.csv", help="the scenario file to check")


def _check(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario)
    count = len(scenario.changes)
    rows = "1 row differs" if count == 1 else f"{count} rows differ"
    print(f"{given.scenario}: valid; {rows} from the default")
    console.warn(remarks.of_scenario(scenario))


def _replay_options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    parser.add_argument("--incident", metavar="ID", help=f"a named incident: {', '.join(named())}")
    parser.add_argument(
        "--start",
        metavar="ISO",
        help="start of an incident of your own, like 2026-03-03T08:24 (Eastern) or with an offset",
    )
    parser.add_argument(
        "--hours",
        type=options.number(SHORTEST_H, HOURS_MAX),
        metavar="H",
        help=f"its length in hours, {SHORTEST_H} to {HOURS_MAX:g}; not capped",
    )
    for loss, what in _LOST.items():
        parser.add_argument(
            f"--{loss}-loss",
            type=options.number(0.0, 1.0),
            metavar="SHARE",
            help=f"share of {what} lost, 0 to 1 (default: drawn from the cause)",
        )
    parser.add_argument("--cause", help="cause of losses left out (default: the mix of causes)")
    options.add_seed(parser)
    options.add_out(parser, "hours (replay.csv), bill, scenario and manifest")


_LOST = {"publish": "uploads", "playback": "viewing", "ads": "the remaining ad impressions"}
_DESCRIBING = ("incident", "start", "hours", *(f"{loss}_loss" for loss in _LOST), "cause")


def _replay(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario)
    try:
        incident = _incident(given, scenario)
        console.prepare_out(given.out)
        replayed = replay(scenario, incident, seed=given.seed)
    except ValueError as error:
        raise BadInput(f"--{error}") from None
    _print_replay(replayed)
    if given.out is not None:
        from model.present.bundle import of_replay

        console.save_out(of_replay(replayed, _describing(given)), given.out)


def _describing(given: Arguments) -> dict[str, object]:
    """Return the options given that describe the incident, in the order of the help."""
    return {name: vars(given)[name] for name in _DESCRIBING if vars(given)[name] is not None}


def _incident(given: Arguments, scenario: Scenario) -> Incident:
    """Return the incident that is named, or described by options of its own."""
    described = list(_describing(given))
    if given.incident is None:
        for needed in ("start", "hours"):
            if needed not in described:
                raise ValueError(f"{needed}: missing; --incident, or --start and --hours is needed")
        losses = (given.publish_loss, given.playback_loss, given.ads_loss)
        return typed(given.start, given.hours, *losses, given.cause, scenario)
    if len(described) > 1:
        raise ValueError(f"incident and --{described[1]}: only one of the two is allowed")
    known = named()
    if given.incident not in known:
        allowed = f"allowed is one of {', '.join(known)}{nearest(given.incident, known)}"
        raise ValueError(f"incident: {quoted(given.incident)} given; {allowed}")
    return known[given.incident]


def _print_replay(replayed: Replay) -> None:
    incident, bill = replayed.incident, replayed.bill()
    start = f"{incident.start_eastern:%Y-%m-%d %H:%M} Eastern"
    print(f"{incident.name}: {start}, {incident.hours:g} h, {counted(replayed.worlds, 'world')}")
    columns = zip(*bill.columns().values(), bill.standard_error_usd, strict=True)
    head = ("component", "revenue-hours", "expected", "standard error", "5 % to 95 %")
    rows = [
        (name, significant(hours, 3), *(money(x, 3) for x in (usd, error)), _span(low, high))
        for name, hours, usd, low, high, error in columns
    ]
    console.print_rows([head, *rows])
    console.warn(remarks.of_scenario(replayed.scenario))


def _span(low: float, high: float) -> str:
    return f"{money(low, 3)} to {money(high, 3)}"


COMMANDS: tuple[Command, ...] = (
    Command("run", "simulate a scenario and print the annual loss", _run_options, _run),
    Command(
        "replay",
        "price one incident and print its bill; hours with --out",
        _replay_options,
        _replay,
    ),
    COMPARE,
    DRIVERS,
    REPORT,
    Command("check", "check a scenario file and print every problem", _check_options, _check),
)
