"""Tasks in parallel: run in order, a few ahead of the consumer, on any executor."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from functools import cache
from itertools import islice
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
        with closing(Begun(function, tasks, executor)) as begun:
            yield from begun
        return
    threads = min(CORES, len(tasks))
    if threads <= 1:
        yield from map(function, tasks)
        return
    with ThreadPoolExecutor(threads) as own:
        try:
            yield from Begun(function, tasks, own)
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


class Begun(Iterator[Out]):
    """Tasks under way from now on, a few ahead of whoever takes their results in order."""

    def __init__(
        self, function: Callable[[Task], Out], tasks: Iterable[Task], executor: Executor
    ) -> None:
        """Hand the first tasks on."""
        ahead = getattr(executor, "ahead", None)
        self._limit = 2 * CORES + 2 if ahead is None else ahead()
        self._function, self._executor, self._left = function, executor, iter(tasks)
        self._pending: deque[Future[Out]] = deque()
        self._hand_on()

    def __next__(self) -> Out:
        """Return the next result when it is there; who gives up waiting leaves it to `close`."""
        self._hand_on()
        if not self._pending:
            raise StopIteration
        result = self._pending[0].result()
        self._pending.popleft()
        return result

    def close(self) -> None:
        """Cancel what has not begun."""
        while self._pending:
            self._pending.popleft().cancel()

    def _hand_on(self) -> None:
        for task in islice(self._left, max(self._limit - len(self._pending), 0)):
            self._pending.append(self._executor.submit(self._function, task))
