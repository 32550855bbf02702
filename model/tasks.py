"""Tasks in parallel: run in order, a few ahead of the consumer, on any executor."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Out = TypeVar("Out")


def in_order(
    function: Callable[[Task], Out], tasks: Sequence[Task], executor: Executor | None
) -> Generator[Out, None, None]:
    """Run tasks a few ahead of the consumer and yield their results in order.

    Without an executor: threads, one per core. Leaving early cancels what has not begun.
    """
    if executor is not None:
        yield from _ahead(function, tasks, executor)
        return
    threads = min(os.cpu_count() or 1, len(tasks))
    if threads <= 1:
        yield from map(function, tasks)
        return
    with ThreadPoolExecutor(threads) as own:
        try:
            yield from _ahead(function, tasks, own)
        finally:
            own.shutdown(wait=True, cancel_futures=True)


def _ahead(
    function: Callable[[Task], Out], tasks: Sequence[Task], executor: Executor
) -> Iterator[Out]:
    limit = 2 * (os.cpu_count() or 1) + 2
    pending: list[Future[Out]] = []
    try:
        for task in tasks:
            pending.append(executor.submit(function, task))
            if len(pending) >= limit:
                yield pending.pop(0).result()
        while pending:
            yield pending.pop(0).result()
    finally:
        for future in pending:
            future.cancel()
