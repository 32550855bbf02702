"""Options of the command line: what may be typed, and the messages when it may not."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from model.assumptions.messages import condensed, quoted
from model.assumptions.values import text_problem
from model.formats.characters import unfit
from model.limits import LONGEST_NAME, MOST_WORKERS, MOST_YEARS
from model.present.files.several_scenarios import Several, read_one, read_several
from model.present.words.spoken.subject import speak_of
from model.runs.blocks import plan
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

DEFAULT_YEARS = 100_000
_WHOLE = re.compile(r"[0-9]{1,40}")
NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
"""A plain number, without sign."""


class BadInput(Exception):
    """Something given to a command cannot be used; `problems` has one line for each fault."""

    def __init__(self, *problems: str) -> None:
        """Keep every problem."""
        super().__init__("\n".join(problems))
        self.problems = problems


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage."""

    def __init__(self, **options: Any) -> None:
        """Make a parser that takes options by their whole name only."""
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with the message on one line."""
        raise BadInput(" ".join(f"{self.prog}: {message}; see --help".split()))

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help or version; where argparse would say nothing of a full disk, OSError."""
        (file or sys.stdout).write(message)


def whole(lowest: int, highest: int | None = None) -> Callable[[str], int]:
    """Return a reader of plain whole numbers within limits, digits only."""
    limits = f"from {lowest:,} up" if highest is None else f"from {lowest:,} to {highest:,}"

    def read(text: str) -> int:
        value = int(text) if _WHOLE.fullmatch(text) else -1
        if value < lowest or (highest is not None and value > highest):
            allowed = f"allowed is a whole number {limits}, in digits only"
            raise argparse.ArgumentTypeError(f"value {quoted(text)}: {allowed}")
        return value

    return read


def number(lowest: float, highest: float = math.inf) -> Callable[[str], float]:
    """Return a reader of plain numbers within limits, without separators or units."""
    limits = f"from {lowest:g} {'up' if highest == math.inf else f'to {highest:g}'}"

    def read(text: str) -> float:
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        if not (lowest <= value <= highest and value < math.inf):
            allowed = f"allowed is a plain number {limits}"
            raise argparse.ArgumentTypeError(f"value {quoted(text)}: {allowed}")
        return value

    return read


def place(text: str) -> str:
    """Read the name of a folder or zip to write."""
    if not text.strip() or unfit(text):
        allowed = "allowed is a folder, or a file that ends in .zip"
        raise argparse.ArgumentTypeError(f"value {quoted(text)}: {allowed}")
    return text


def file(text: str) -> str:
    """Read the name of a file to write."""
    if not text.strip() or unfit(text):
        raise argparse.ArgumentTypeError(f"value {quoted(text)}: allowed is the name of a file")
    return text


def name(text: str) -> str:
    """Read what somebody or something is called; nothing is nobody."""
    if problem := text_problem(text, 0, LONGEST_NAME):
        raise argparse.ArgumentTypeError(problem)
    return text


def day(text: str) -> str:
    """Read a day in ISO form."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        allowed = "allowed is a day like 2026-04-01"
        raise argparse.ArgumentTypeError(f"value {quoted(text)}: {allowed}") from None


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Add the scenario file that a command reads."""
    parser.add_argument(
        "scenario",
        nargs="?",
        metavar="SCENARIO.csv",
        help="a scenario file, all rows or only what differs, or a workbook or zip of several; "
        "without it the default scenario",
    )
    add_variant(parser)


def add_variant(parser: argparse.ArgumentParser) -> None:
    """Add which of several scenarios in a file is meant."""
    parser.add_argument(
        "--variant",
        type=name,
        default="",
        metavar="NAME",
        help="which scenario of a workbook or zip with several: by its name, sheet or file",
    )


def add_remedies(parser: argparse.ArgumentParser, help: str) -> None:
    """Add the remedies that a command is about, one word or several at a time."""
    parser.add_argument(
        "--remedy", nargs="+", action="extend", default=[], metavar="NAME", help=help
    )


def add_years(parser: argparse.ArgumentParser, default: int = DEFAULT_YEARS) -> None:
    """Add the size of a simulation."""
    parser.add_argument(
        "--years",
        type=whole(1, MOST_YEARS),
        default=default,
        metavar="N",
        help=f"simulated years, 1 to {MOST_YEARS:,} (default {default:,})",
    )


def add_worlds(parser: argparse.ArgumentParser) -> None:
    """Add the number of draws of what is not known."""
    parser.add_argument(
        "--worlds",
        type=whole(1),
        metavar="W",
        help="draws of what is not known; divides the years (default: one year per world)",
    )


def check_sizes(scenario: Scenario, years: int, worlds: int | None) -> None:
    """See that years and worlds go together; BadInput if not."""
    try:
        plan(scenario, years, worlds)
    except ValueError as error:
        raise BadInput(f"--{error}") from None


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed of the random numbers."""
    parser.add_argument(
        "--seed",
        type=whole(0),
        default=0,
        metavar="S",
        help="seed of the random numbers, 0 or more (default 0); the same seed, the same bytes",
    )


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the number of threads."""
    parser.add_argument(
        "--workers",
        type=whole(1, MOST_WORKERS),
        metavar="K",
        help=f"threads, 1 to {MOST_WORKERS} (default: one per core); the results are the same",
    )


def add_cluster(parser: argparse.ArgumentParser) -> None:
    """Add the workers that compute in place of this process."""
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="compute on Dask workers, in place of threads: tcp://HOST:PORT of a scheduler, or "
        "local:N for N processes here; the results are the same",
    )


def add_tolerance(parser: argparse.ArgumentParser) -> None:
    """Add the loss whose chance of being exceeded is reported."""
    parser.add_argument(
        "--tolerance",
        type=number(0.0),
        metavar="MONEY",
        help="annual loss to be exceeded, in the scenario's currency (default: the scenario's)",
    )


def add_out(parser: argparse.ArgumentParser, files: str) -> None:
    """Add the place to write to."""
    parser.add_argument(
        "--out",
        type=place,
        metavar="DIR",
        help=f"write {files} into this folder, made if missing, or a file that ends in .zip",
    )


def scenario_of(
    path: str | None, tolerance_usd: float | None = None, *, variant: str = ""
) -> Scenario:
    """Return the scenario in a file, or the default; ScenarioError, in short, if it is bad.

    Of several in the file it is the `variant`. What was understood rather than read as it stands
    is said on standard error. A tolerance replaces the scenario's. What is printed from here on is
    in its currency.
    """
    if path is None:
        if variant:
            raise BadInput("--variant: a file of several scenarios is needed")
        return _in_hand(Scenario.default(), tolerance_usd)
    try:
        scenario, remarks = read_one(path, variant)
    except Several as error:
        raise ScenarioError([f"{error.problems[0]}: say which with --variant NAME"]) from None
    except ScenarioError as error:
        raise ScenarioError(condensed(error.problems)) from None
    _note(path, remarks)
    return _in_hand(scenario, tolerance_usd)


def scenarios_of(path: str, tolerance_usd: float | None = None) -> list[Scenario]:
    """Return every scenario in a file; ScenarioError, in short, with all that is wrong."""
    found = read_several(path)
    problems = [problem for one in found for problem in one.problems]
    if problems:
        raise ScenarioError(condensed(problems))
    for one in found:
        _note(one.called if len(found) > 1 else path, one.remarks)
    return [_in_hand(one.scenario, tolerance_usd) for one in found if one.scenario]


def _in_hand(scenario: Scenario, tolerance_usd: float | None) -> Scenario:
    held = scenario if tolerance_usd is None else scenario.with_tolerance(tolerance_usd)
    speak_of(held)
    return held


def _note(place: str, remarks: Iterable[str]) -> None:
    for remark in remarks:
        print(f"note: {Path(place).name}: {remark}", file=sys.stderr)
