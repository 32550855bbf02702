"""What the command line prints and writes: tables, warnings, progress, bundles."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.assumptions.messages import quoted
from model.cli.options import BadInput
from model.present.words.numbers import NBSP

if TYPE_CHECKING:
    from model.present.files.packing import Bundle


Arguments = argparse.Namespace


@dataclass(frozen=True)
class Command:
    """A verb of the command line: what it is, the options it adds and what it does with them."""

    name: str
    summary: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Arguments], None]


@contextmanager
def threads(count: int | None) -> Iterator[Executor | None]:
    """Provide `count` threads, or None to leave their number to the simulation."""
    if count is None:
        yield None
        return
    with ThreadPoolExecutor(count) as executor:
        yield executor


@contextmanager
def simulating(given: Arguments) -> Iterator[dict[str, Any]]:
    """Provide what every simulation of a command takes: its seed, who computes, and progress."""
    address = getattr(given, "cluster", None)
    with threads(given.workers) if address is None else _cluster(address) as executor:
        yield {"seed": given.seed, "executor": executor, "on_block": reporter()}


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Provide workers elsewhere; BadInput if they cannot be used."""
    from model.runs.distributed import ClusterError, cluster

    try:
        with cluster(address) as executor:
            yield executor
    except ClusterError as error:
        raise BadInput(f"--cluster: {error}") from None


def reporter() -> Callable[[int, int], None] | None:
    """Return what shows progress, None where nobody watches a terminal."""
    return progress if sys.stderr.isatty() else None


def progress(done: int, total: int) -> None:
    """Show on the terminal how far a long run is."""
    end = "\n" if done == total else ""
    print(f"\r{done:,} of {total:,} blocks", end=end, file=sys.stderr, flush=True)


def warn(lines: Iterable[str]) -> None:
    """Print remarks to standard error, so that they do not mix with the table."""
    for line in lines:
        print(f"warning: {line}", file=sys.stderr)


def note(lines: Iterable[str]) -> None:
    """Print what happened otherwise than one might think to standard error."""
    for line in lines:
        print(f"note: {line}", file=sys.stderr)


def print_rows(rows: list[tuple[str, ...]]) -> None:
    """Print a table: the first column to the left, numbers to the right, the last as it is."""
    rows = [tuple(cell.replace(NBSP, " ") for cell in row) for row in rows]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for first, *middle, last in rows:
        cells = [cell.rjust(width) for cell, width in zip(middle, widths[1:-1], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells, last]).rstrip())


def prepare_out(path: str | None, *inputs: str | None) -> None:
    """See that a place can be written to before long work begins; BadInput if not.

    The files that are read, `inputs`, are never written over.
    """
    if path is None:
        return
    from model.present.files.packing import prepare

    try:
        prepare(path, inputs)
    except OSError as error:
        raise unwritable(path, error) from None


def save_out(bundle: Bundle, path: str) -> None:
    """Write a bundle and say so; BadInput if the place cannot be written to."""
    from model.present.files.packing import save

    try:
        names = save(bundle, path)
    except OSError as error:
        raise unwritable(path, error) from None
    print(f"{len(names)} files written to {path}")


def unwritable(path: str, error: OSError) -> BadInput:
    """Return the error of a place that cannot be written to."""
    reason = error.strerror or str(error)
    return BadInput(f"--out {path!r}: cannot be written: {reason}; a folder or .zip is needed")


def prepare_file(out: str, *inputs: str | None, flag: str = "--out") -> None:
    """See that the file of a flag can be written before the work begins; BadInput if not."""
    from model.present.files import placing

    target = Path(os.path.abspath(out))
    try:
        placing.refuse_no_file(target)
        placing.refuse_inputs([target], inputs)
        placing.prepare(target)
    except OSError as error:
        raise _no_such_file(out, error, flag) from None


def save_file(content: bytes, out: str, *, flag: str = "--out") -> None:
    """Write the file of a flag; BadInput if the place cannot be written to."""
    from model.present.files import packing

    try:
        packing.save_file(content, out)
    except OSError as error:
        raise _no_such_file(out, error, flag) from None


def _no_such_file(out: str, error: OSError, flag: str) -> BadInput:
    reason = error.strerror or str(error)
    return BadInput(f"{flag} {quoted(out)}: cannot be written: {reason}; a file is needed")
