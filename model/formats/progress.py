"""How far a long reading is, told to whoever waits for it; who raises when told ends it."""

from __future__ import annotations

from collections.abc import Callable

OnProgress = Callable[[int, int], None]
"""Gets what is done and the whole."""
WHOLE = 1_000
EVERY = 2_000
"""Rows after which it is told anew."""


def unheard(done: int, total: int) -> None:
    """Tell nobody."""


def part(on_progress: OnProgress, first: int, last: int) -> OnProgress:
    """Return what tells of a part of the whole, from its first thousandth to its last.

    >>> part(lambda done, total: print(done, total), 200, 600)(1, 4)
    300 1000
    """

    def told(done: int, total: int) -> None:
        on_progress(first + (last - first) * min(done, total) // max(total, 1), WHOLE)

    return told
