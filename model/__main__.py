"""The command line: `python -m model COMMAND`; see `model.cli.commands` for what each does.

Exit status 0 when done, 2 for bad input (one line each on standard error), 1 for a failure.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextvars import copy_context

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
        return _complain(error.problems)
    except BeliefError as error:
        return _complain([str(error)])
    except MemoryError:
        print("not enough memory: ask for fewer --years", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the table has left (`| head`); Python must not write to it at exit.
        _print_nothing_more()
        return FAILED
    except OSError as error:
        print(f"failed: {error.strerror or error}", file=sys.stderr)
        _print_nothing_more()
        return FAILED
    return 0


def _today(arguments: Sequence[str] | None) -> list[str]:
    try:
        return current_flags(sys.argv[1:] if arguments is None else arguments)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _print_nothing_more() -> None:
    """See to it that Python does not fail a second time when it empties its buffers at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(problems: Sequence[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return BAD_INPUT


def _tolerate_any_console() -> None:
    """Replace what a console cannot show, instead of failing on a letter."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    _tolerate_any_console()
    sys.exit(main())
