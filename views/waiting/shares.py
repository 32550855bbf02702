"""Whose page is drawn: everybody's at once, and one after the other of who asks for far too many.

Drawing a page keeps the one processor busy that all pages share. Who has had a share of the last
seconds waits until nobody else's page is being drawn, or for a second at most. Who comes for the
first time waits for few others who do, however many there are.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SPAN_S = 10.0
PAGES = 80
"""Pages of that time that all who are around share."""
LEAST_SHARE = 8
NEWCOMERS = 4
"""First pages that are begun together; the next follow when one is drawn, or has taken long."""
LONG_S = 2.0
EVERY_S = 1.0
"""So often one page is drawn of who has had a share, whoever else is there."""
_LOOK_UP_S = 0.05


@dataclass(eq=False)
class _Page:
    """A page that is being drawn."""

    visitor: Hashable
    first: bool
    begun_at: float


@dataclass
class _Account:
    """When the last pages of a visitor were begun, and since when the next one waits."""

    begun: deque[float] = field(default_factory=deque)
    since: float | None = None
    waiting: int = 0

    def lately(self, now: float) -> int:
        while self.begun and abs(now - self.begun[0]) >= SPAN_S:
            self.begun.popleft()
        return len(self.begun)


class Shares:
    """The pages that are being drawn, and those that wait."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start with nobody around."""
        self._clock, self._sleep = clock, sleep
        self._accounts: dict[Hashable, _Account] = {}
        self._drawn: list[_Page] = []
        self._out_of_turn_at = -EVERY_S
        self._lock = threading.Lock()

    @contextmanager
    def drawing(
        self, visitor: Hashable, still_wanted: Callable[[], None], *, first: bool = False
    ) -> Iterator[None]:
        """Draw a page of a visitor, maybe their first, once it may begin.

        `still_wanted` is asked meanwhile and may raise.
        """
        page = self._begun(visitor, still_wanted, first)
        try:
            yield
        finally:
            with self._lock:
                self._drawn.remove(page)

    def _begun(self, visitor: Hashable, still_wanted: Callable[[], None], first: bool) -> _Page:
        mine = self._account(visitor)
        try:
            still_wanted()
            while (page := self._begin(visitor, mine, first)) is None:
                self._sleep(_LOOK_UP_S)
                still_wanted()
            return page
        finally:
            with self._lock:
                mine.waiting -= 1

    def _account(self, visitor: Hashable) -> _Account:
        with self._lock:
            now = self._clock()
            around = self._accounts.items()
            self._accounts = {k: one for k, one in around if one.waiting or one.lately(now)}
            mine = self._accounts.setdefault(visitor, _Account())
            mine.waiting += 1
            return mine

    def _begin(self, visitor: Hashable, mine: _Account, first: bool) -> _Page | None:
        """Begin a page if it may."""
        with self._lock:
            now = self._clock()
            if first and self._newcomers(now) >= NEWCOMERS:
                return None
            if self._had_a_share(mine, now):
                if not self._fits_in(visitor, mine, now):
                    return None
                self._out_of_turn_at = now
            mine.begun.append(now)
            mine.since = None
            page = _Page(visitor, first, now)
            self._drawn.append(page)
            return page

    def _newcomers(self, now: float) -> int:
        return sum(page.first and abs(now - page.begun_at) < LONG_S for page in self._drawn)

    def _had_a_share(self, mine: _Account, now: float) -> bool:
        around = sum(one.lately(now) > 0 for one in self._accounts.values())
        return mine.lately(now) >= max(LEAST_SHARE, PAGES // max(around, 1))

    def _fits_in(self, visitor: Hashable, mine: _Account, now: float) -> bool:
        """Tell whether nobody is in the way of who has had a share, or it is their turn again."""
        # Who asks again in the meantime keeps their place.
        mine.since = now if mine.since is None else mine.since
        since = [one.since for one in self._accounts.values() if one.waiting]
        waits_longer = min((one for one in since if one is not None), default=now) != mine.since
        alone = all(page.visitor == visitor for page in self._drawn)
        return not waits_longer and (alone or abs(now - self._out_of_turn_at) >= EVERY_S)


shares = Shares()
"""Of this server process."""
