"""The verb `replay`: one incident, its bill, and its hours."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import numpy as np

from model.assumptions.declaration import HOURS_MAX
from model.assumptions.messages import counted, nearest, quoted
from model.cli import console, options
from model.cli.console import Arguments, Command
from model.cli.options import BadInput
from model.incidents.types import SHORTEST_H
from model.present.words import run_warnings
from model.present.words.numbers import money, share, significant
from model.replays.incident import Incident, instant, named, phased, typed
from model.replays.replay import Replay, replay
from model.replays.running_now import Running, running
from model.scenario.scenario import Scenario
from model.worlds.clock import called


def _options(parser: argparse.ArgumentParser) -> None:
    options.add_scenario(parser)
    parser.add_argument("--incident", metavar="ID", help=f"a named incident: {', '.join(named())}")
    parser.add_argument(
        "--start",
        metavar="ISO",
        help="start of an incident of your own, like 2026-03-03T08:24, on the scenario's clock, "
        "or with an offset",
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
    parser.add_argument(
        "--phase",
        metavar="HOURS,PUB,PLAY,ADS",
        nargs="+",
        action="extend",
        help="hours and shares lost of one phase, in place of --hours and the losses; again for "
        "each that follows (a share left empty is drawn from the cause)",
    )
    parser.add_argument("--cause", help="cause of losses left out (default: the mix of causes)")
    parser.add_argument(
        "--running-since",
        metavar="ISO",
        help="start of an incident that is not over: its cost so far, its total, each further hour",
    )
    parser.add_argument(
        "--now",
        metavar="ISO",
        help="the moment until which it has run (default: this one; it is recorded)",
    )
    options.add_seed(parser)
    options.add_out(parser, "hours (replay.csv), bill, scenario and manifest")


_LOST = {"publish": "uploads", "playback": "viewing", "ads": "the remaining ad impressions"}
_DESCRIBING = (
    "incident",
    "start",
    "running_since",
    "now",
    "hours",
    *(f"{loss}_loss" for loss in _LOST),
    "phase",
    "cause",
)


def _replay(given: Arguments) -> None:
    scenario = options.scenario_of(given.scenario, variant=given.variant)
    if given.running_since is not None or given.now is not None:
        _replay_running(given, scenario)
        return
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


def _replay_running(given: Arguments, scenario: Scenario) -> None:
    for other in ("incident", "start", "hours", "phase"):
        if vars(given)[other] is not None:
            raise BadInput(f"--{other}: not with --running-since, which says when it began")
    if given.running_since is None:
        raise BadInput("--running-since: missing; --now says until when such an incident has run")
    if given.now is None:
        given.now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        since, now = (
            instant(text, scenario.time_zone, name)
            for text, name in ((given.running_since, "running-since"), (given.now, "now"))
        )
        console.prepare_out(given.out, given.scenario)
        losses = (given.publish_loss, given.playback_loss, given.ads_loss)
        found = running(scenario, since, now, losses, given.cause, seed=given.seed)
    except ValueError as error:
        raise BadInput(f"--{error}") from None
    _print_running(found)
    if given.out is not None:
        from model.present.files.bundle import of_running

        console.save_out(of_running(found, _describing(given)), given.out)


def _print_running(found: Running) -> None:
    incident = found.ended.incident
    print(f"{incident.name}: {significant(incident.hours, 3)} h until {found.now.isoformat()}")
    low, middle, high = np.quantile(found.hours, (0.05, 0.5, 0.95), method="inverted_cdf")
    print(
        f"it will have lasted {significant(middle, 3)} h in all "
        f"({significant(low, 3)} to {significant(high, 3)} h)"
    )
    if not incident.cause:
        chances = ", ".join(f"{c} {share(p)}" for c, p in found.chance_of_cause.items())
        print(f"cause: {chances}")
    head = ("figure", "expected", "standard error", "5 % to 95 %")
    rows = [
        (name.replace("_", " "), money(usd, 3), money(error, 3), _span(low, high))
        for name, usd, low, high, error in found.figures()
    ]
    console.print_rows([head, *rows])
    console.warn(run_warnings.of_scenario(found.ended.scenario))


def _describing(given: Arguments) -> dict[str, object]:
    """Return the options given that describe the incident, in the order of the help."""
    return {name: vars(given)[name] for name in _DESCRIBING if vars(given)[name] is not None}


def _incident(given: Arguments, scenario: Scenario) -> Incident:
    """Return the incident that is named, or described by options of its own."""
    described = list(_describing(given))
    if given.incident is None and given.phase:
        return _of_phases(given, described, scenario)
    if given.incident is None:
        for needed in ("start", "hours"):
            if needed not in described:
                ways = "--incident, --running-since, or --start and --hours or --phase is needed"
                raise ValueError(f"{needed}: missing; {ways}")
        losses = (given.publish_loss, given.playback_loss, given.ads_loss)
        return typed(given.start, given.hours, *losses, given.cause, scenario)
    if len(described) > 1:
        raise ValueError(f"incident and --{described[1]}: only one of the two is allowed")
    known = named()
    if given.incident not in known:
        allowed = f"allowed is one of {', '.join(known)}{nearest(given.incident, known)}"
        raise ValueError(f"incident: {quoted(given.incident)} given; {allowed}")
    return known[given.incident]


def _of_phases(given: Arguments, described: list[str], scenario: Scenario) -> Incident:
    """Return an incident of phases that follow each other."""
    if given.start is None:
        raise ValueError("start: missing; it says when the first phase begins")
    for other in described:
        if other not in ("start", "phase", "cause"):
            raise ValueError(f"{other.replace('_', '-')}: not with --phase, which says it")
    phases = [_phase(text) for text in given.phase]
    return phased(given.start, phases, given.cause, scenario)


def _phase(text: str) -> tuple[float, float | None, float | None, float | None]:
    problem = f"phase: {quoted(text)} given; HOURS,PUB,PLAY,ADS is allowed, like 6,0.9,0.5,"
    hours, *shares = text.split(",")
    if len(shares) != len(_LOST):
        raise ValueError(problem)
    try:
        publish, playback, ads = (float(share) if share.strip() else None for share in shares)
        return float(hours), publish, playback, ads
    except ValueError:
        raise ValueError(problem) from None


def _print_replay(replayed: Replay) -> None:
    incident, bill = replayed.incident, replayed.bill()
    zone = replayed.scenario.time_zone
    start = f"{incident.start_in(zone):%Y-%m-%d %H:%M} {called(zone)}"
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
