"""The verb `replay`: one incident, its bill, and its hours."""

from __future__ import annotations

import argparse

from model.assumptions.declaration import HOURS_MAX
from model.assumptions.messages import counted, nearest, quoted
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.incidents.types import SHORTEST_H
from model.present.words import run_warnings
from model.present.words.numbers import money, significant
from model.replays.incident import Incident, named, typed
from model.replays.replay import Replay, replay
from model.scenario.scenario import Scenario


def _options(parser: argparse.ArgumentParser) -> None:
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
        console.prepare_out(given.out, given.scenario)
        replayed = replay(scenario, incident, seed=given.seed)
    except ValueError as error:
        raise BadInput(f"--{error}") from None
    _print_replay(replayed)
    if given.out is not None:
        from model.present.files.bundle import of_replay

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
    console.warn(run_warnings.of_scenario(replayed.scenario))


def _span(low: float, high: float) -> str:
    return f"{money(low, 3)} to {money(high, 3)}"


REPLAY = Command(
    "replay", "price one incident and print its bill; hours with --out", _options, _replay
)
