"""What was made lately, kept up to a number of bytes; any thread may ask."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from itertools import count
from threading import Event, Lock
from typing import Any, NamedTuple
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

LOOK_UP_S = 0.05
"""How often who waits for what another makes looks whether it is still wanted."""


class _Entry(NamedTuple):
    made: Any
    arrays: tuple[NDArray[Any], ...]
    """Those that own the memory behind it; kept with it, so no other takes their identity."""
    besides: int
    """Bytes that are not in arrays."""


class Cache:
    """Keeps what was put last, as much as fits; an array that several things share counts once.

    >>> cache = Cache(most_bytes=2400)
    >>> for key in "abc":
    ...     cache.put(key, np.zeros(100))
    >>> cache.get("b") is None, cache.get("c") is None, cache.held_bytes
    (False, False, 2400)
    >>> cache.put("d", (cache.get("b"), np.zeros(100)))
    >>> cache.get("a") is None, cache.held_bytes
    (True, 2400)
    """

    def __init__(self, most_bytes: int) -> None:
        """Keep up to `most_bytes`; what is larger by itself is not kept at all."""
        self.most_bytes = most_bytes
        self.held_bytes = 0
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._users: Counter[int] = Counter()
        self._making: dict[Hashable, _Making] = {}
        self._gone = deque[int]()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Return what is kept under a key, None if there is nothing."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key].made

    def put(self, key: Hashable, made: object, *, besides: int = 0) -> None:
        """Keep something under a key, and let go of what has not been asked for longest.

        `besides` are bytes it holds that are not in arrays. What is there already is weighed anew.
        """
        arrays = tuple({id(array): array for array in owners(made)}.values())
        if besides + sum(array.nbytes for array in arrays) > self.most_bytes:
            return
        with self._lock:
            self._let_go_of_gone()
            self._let_go(key)
            self._entries[key] = _Entry(made, arrays, besides)
            self.held_bytes += besides
            for array in arrays:
                self._users[id(array)] += 1
                self.held_bytes += array.nbytes if self._users[id(array)] == 1 else 0
            while self.held_bytes > self.most_bytes:
                self._let_go(next(iter(self._entries)))

    def once(
        self,
        key: Hashable,
        make: Callable[[], Any],
        *,
        besides: int = 0,
        still_wanted: Callable[[], None] = lambda: None,
    ) -> Any:
        """Return what is kept under a key, else make and keep it: once for all who ask meanwhile.

        `still_wanted` may raise in who waits for another's; if the other gives up, the next makes
        it. What is too large to keep is handed on to those who wait.
        """
        while (found := self.get(key)) is None:
            with self._lock:
                other = self._making.get(key)
                if other is None:
                    mine = self._making[key] = _Making()
            if other is None:
                try:
                    mine.made = make()
                    self.put(key, mine.made, besides=besides)
                    return mine.made
                finally:
                    with self._lock:
                        del self._making[key]
                    mine.over.set()
            while not other.over.wait(LOOK_UP_S):
                still_wanted()
            if other.made is not None:
                return other.made
        return found

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            for key in tuple(self._entries):
                self._let_go(key)

    def own(self) -> Own:
        """Return a part of this cache that nobody else can read."""
        own = Own(self)
        # The collector may be at work in a thread that holds the lock: it only leaves a note.
        finalize(own, self._gone.append, own.number)
        return own

    def _let_go_of_gone(self) -> None:
        gone = {self._gone.popleft() for _ in range(len(self._gone))}
        for key in tuple(self._entries) if gone else ():
            if isinstance(key, _OwnKey) and key.own in gone:
                self._let_go(key)

    def _let_go(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        self.held_bytes -= entry.besides if entry else 0
        for array in entry.arrays if entry else ():
            self._users[id(array)] -= 1
            if not self._users[id(array)]:
                del self._users[id(array)]
                self.held_bytes -= array.nbytes


class _OwnKey(NamedTuple):
    own: int
    key: Hashable


class Own:
    """What one visitor keeps within the bounds of a cache; it goes after this is gone.

    >>> cache = Cache(most_bytes=2400)
    >>> mine, yours = cache.own(), cache.own()
    >>> mine.put("a", np.zeros(100))
    >>> yours.get("a") is None, cache.get("a") is None, cache.held_bytes
    (True, True, 800)
    >>> del mine
    >>> yours.put("b", np.zeros(10))
    >>> cache.held_bytes
    80
    """

    _numbers = count()

    def __init__(self, cache: Cache) -> None:
        """Begin with nothing."""
        self._cache, self.number = cache, next(self._numbers)

    def get(self, key: Hashable) -> Any:
        """Return what is kept under a key, None if there is nothing."""
        return self._cache.get(_OwnKey(self.number, key))

    def put(self, key: Hashable, made: object, *, besides: int = 0) -> None:
        """Keep something, as `Cache.put`."""
        self._cache.put(_OwnKey(self.number, key), made, besides=besides)

    def once(self, key: Hashable, make: Callable[[], Any], **how: Any) -> Any:
        """Return what is kept under a key, else make and keep it, as `Cache.once`."""
        return self._cache.once(_OwnKey(self.number, key), make, **how)


class _Making:
    """Something that is being made."""

    def __init__(self) -> None:
        self.made: Any = None
        self.over = Event()


def owners(made: object) -> Iterator[NDArray[Any]]:
    """Yield the arrays that own the memory of something made of arrays, some more than once.

    What says of itself that it is `SHARED` is kept elsewhere, and its arrays do not count.
    """
    left: list[object] = [made]
    seen = set[int]()  # what keeps something worked out may keep itself
    while left:
        one = left.pop()
        if isinstance(one, np.ndarray):
            yield _owner(one)
        elif id(one) in seen or getattr(one, "SHARED", False):
            continue
        seen.add(id(one))
        if isinstance(one, tuple | list):
            left.extend(one)
        elif isinstance(one, dict):
            left.extend(one.values())
        elif hasattr(one, "__dict__"):
            left.extend(vars(one).values())


def _owner(array: NDArray[Any]) -> NDArray[Any]:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
