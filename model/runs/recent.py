"""The last few things made, kept under what they were made from; any thread may ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """Keeps what was put last under each of its latest keys.

    >>> last = Recent[int](2)
    >>> for key in "abc":
    ...     last.put(key, ord(key))
    >>> last.get("a"), last.get("c")
    (None, 99)
    """

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._most, self._lock = most, Lock()

    def get(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key, None if there is nothing."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, made: Kept) -> None:
        """Keep something under a key, and let go of what has not been asked for longest."""
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
