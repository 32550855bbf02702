"""The command line: `python -m model COMMAND`; see `model.cli.commands` for what each does.

Exit status 0 when done, 2 for bad input (one line each on standard error), 1 for a failure.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from typing import TextIO

from model.beliefs.belief import BeliefError
from model.cli.commands import COMMANDS
from model.cli.options import BadInput, Parser
from model.scenario.old_names import current_flags
from model.scenario.validation import ScenarioError
from model.version import RESULTS_VERSION, VERSION

BAD_INPUT = 2
FAILED = 1
INTERRUPTED = 130


def parser() -> Parser:
    """Return the parser with every command."""
    top = Parser(
        prog="python -m model",
        description="What outages cost a creator platform in a year.",
        epilog="COMMAND --help explains the options of a command.",
    )
    version = f"Downstream {VERSION}, results version {RESULTS_VERSION}"
    top.add_argument("--version", action="version", version=version)
    verbs = top.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        verb = verbs.add_parser(command.name, help=command.summary, description=command.summary)
        command.add_options(verb)
        verb.set_defaults(run=command.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; `arguments` default to those of the process."""
    try:
        try:
            given = parser().parse_args(_today(arguments))
            # What one command says of its scenario is forgotten with it.
            copy_context().run(given.run, given)
        finally:
            sys.stdout.flush()
    except (BadInput, ScenarioError) as error:
        return _end(BAD_INPUT, *error.problems)
    except BeliefError as error:
        return _end(BAD_INPUT, str(error))
    except MemoryError:
        return _end(FAILED, "not enough memory: ask for fewer --years")
    except KeyboardInterrupt:
        return _end(INTERRUPTED, "interrupted")
    except BrokenPipeError:
        # The reader of the table has left (`| head`).
        return _end(FAILED)
    except OSError as error:
        return _end(FAILED, f"failed: {error.strerror or error}")
    return 0


def _today(arguments: Sequence[str] | None) -> list[str]:
    try:
        return current_flags(sys.argv[1:] if arguments is None else arguments)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _end(status: int, *said: str) -> int:
    """Say why it ends, as far as anybody can still be told, and return the exit status."""
    for line in said:
        with suppress(OSError):  # standard error is full or closed as well: the status is left
            print(line, file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _print_nothing_more(stream)
    return status


def _print_nothing_more(stream: TextIO) -> None:
    """See to it that Python does not fail a second time when it empties its buffers at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tolerate_any_console() -> None:
    """Do without an output that is closed, and replace what a console cannot show."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Opened for good: else the next file that is opened takes the place of the console.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    _tolerate_any_console()
    sys.exit(main())
