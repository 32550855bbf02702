"""Work that goes on when its page is left: in a thread of its own, until its visitor is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from streamlit.runtime import Runtime

_MINUTE_S = 60.0
TIMED_AFTER_S = 3.0
"""The first blocks come together and say little about the next."""
AWAY_S = 60.0
"""So long after a visitor has closed the page their work is given up: a reload is no farewell."""


class Ended(Exception):
    """The work was cancelled, or nobody is here any more who waits for it."""


def is_here(visitor: str | None) -> bool:
    """Tell whether a visitor has the app open; without a server somebody always has."""
    if visitor is None or not Runtime.exists():
        return True
    return Runtime.instance().is_active_session(visitor)


def time_left(seconds: float | None) -> str:
    """Return how to go on behind how far work is; nothing while that is not known."""
    if seconds is None:
        return ""
    if seconds < _MINUTE_S:
        return f", about {max(round(seconds), 1):d} s left"
    minutes = round(seconds / _MINUTE_S)
    return f", about {minutes:,} minute{'s' if minutes > 1 else ''} left"


class Pace:
    """How long work takes from now at the pace so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_at: float | None = None

    def begin(self) -> None:
        """Note when the first of it was reported; a second time does not count."""
        if self._began_at is None:
            self._began_at = self._clock()

    def left_s(self, share: float) -> float | None:
        """Seconds from now, of work of which a share is done; None before that is known."""
        if self._began_at is None or share <= 0:
            return None
        passed = self._clock() - self._began_at
        return passed * (1 - share) / share if passed > TIMED_AFTER_S else None


class GoingOn:
    """A piece of work of one visitor, how far it is, and what went wrong with it."""

    def __init__(
        self,
        make: Callable[[GoingOn], object],
        visitor: str | None,
        *,
        here: Callable[[str | None], bool] = is_here,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin; `make` gets this work, reports to `advance` and asks `go_on` now and then."""
        self.share, self.error = 0.0, ""
        self.ended = False
        """Whether it was given up before its end."""
        self._make, self._visitor, self._here, self._clock = make, visitor, here, clock
        self._pace = Pace(clock)
        self._seen_at = clock()
        self._cancelled = False
        self._thread = threading.Thread(target=self._work, name="going_on", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether it is finished, cancelled or failed."""
        return not self._thread.is_alive()

    @property
    def left_s(self) -> float | None:
        """Seconds that it takes from now at the pace so far; None before that is known."""
        return self._pace.left_s(self.share)

    def advance(self, done: int, total: int) -> None:
        """Note how far it is; raises `Ended` as `go_on` does."""
        self._pace.begin()
        self.share = done / total
        self.go_on()

    def go_on(self) -> None:
        """Raise `Ended` if it was cancelled or its visitor has been away for too long."""
        now = self._clock()
        if self._here(self._visitor):
            self._seen_at = now
        if self._cancelled or now - self._seen_at > AWAY_S:
            raise Ended

    def cancel(self) -> None:
        """End it where it next looks up."""
        self._cancelled = True

    def join(self, timeout_s: float | None = None) -> None:
        """Wait until it is over, or for so long."""
        self._thread.join(timeout_s)

    def _work(self) -> None:
        try:
            self._make(self)
        except Ended:
            self.ended = True
        except ValueError as error:
            # Its memory does not suffice; whoever looks next is told.
            self.error = str(error)
        except BaseException:
            self.error = "It broke off because of a fault of the program."
            raise
