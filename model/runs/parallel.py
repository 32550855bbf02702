"""Tasks in parallel: run in order, a few ahead of the consumer, on any executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Task = TypeVar("Task")
Out = TypeVar("Out")

CORES = os.cpu_count() or 1


def in_order(
    function: Callable[[Task], Out], tasks: Sequence[Task], executor: Executor | None
) -> Generator[Out, None, None]:
    """Run tasks a few ahead of the consumer and yield their results in order.

    Without an executor: threads, one per core. Leaving early cancels what has not begun.
    """
    if executor is not None:
        yield from _ahead(function, tasks, executor)
        return
    threads = min(CORES, len(tasks))
    if threads <= 1:
        yield from map(function, tasks)
        return
    with ThreadPoolExecutor(threads) as own:
        try:
            yield from _ahead(function, tasks, own)
        finally:
            own.shutdown(wait=True, cancel_futures=True)


class InThreads(Executor):
    """An executor whose tasks run in threads of this process."""


def share_memory(executor: Executor | None) -> bool:
    """Tell whether tasks can write into what the caller holds: threads can, processes cannot."""
    return executor is None or isinstance(executor, ThreadPoolExecutor | InThreads)


@cache
def standing() -> Executor:
    """Return threads that stay, one per core, for blocks that are soon over.

    A new thread would have to ask the system for memory that the last one had. Nothing that takes
    seconds belongs here, as others wait behind it, and no task may hand on tasks to it.
    """
    return ThreadPoolExecutor(CORES, "standing")


# Threads do not survive a fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=standing.cache_clear)


def _ahead(
    function: Callable[[Task], Out], tasks: Sequence[Task], executor: Executor
) -> Iterator[Out]:
    ahead = getattr(executor, "ahead", None)
    limit = 2 * CORES + 2 if ahead is None else ahead()
    pending: deque[Future[Out]] = deque()
    try:
        for task in tasks:
            pending.append(executor.submit(function, task))
            if len(pending) >= limit:
                yield _first(pending)
        while pending:
            yield _first(pending)
    finally:
        for future in pending:
            future.cancel()


def _first(pending: deque[Future[Out]]) -> Out:
    """Take the first result when it is there; who gives up waiting leaves it to be cancelled."""
    result = pending[0].result()
    pending.popleft()
    return result
