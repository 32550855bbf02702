"""Turns: the work of many people on the same few threads, what somebody waits for first.

Work comes block by block, as tasks of an executor, so whatever is more urgent never waits longer
than a block; what has waited for long becomes more urgent itself. Among equally urgent work, who
has asked for more than a fair share of the last minute goes behind everybody who has not.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from itertools import count
from typing import Any, TypeVar

from model.limits import MOST_INCIDENTS_A_MINUTE
from model.runs.parallel import CORES, InThreads

Out = TypeVar("Out")

MINUTE_S = 60.0
AGES_S = 5.0
"""After waiting for so long work is as urgent as what is one step more urgent: nothing starves."""
AROUND_S = 10.0
"""Who asked for something urgent so lately may do it again any moment."""
LONG_BLOCK = 200_000
"""Incidents of a block that nobody should have to wait for."""
LOOK_UP_S = 0.05
"""How often those who wait look whether anybody still wants it."""
TIDY_S = 2.0


class Urgency(IntEnum):
    """What is done before what."""

    LOOK = 0
    """A first look at a change."""
    SHOWN = 1
    """The figures of all years that a page shows."""
    ADDED = 2
    """What a page adds to them by itself."""
    HEAVY = 3
    """What takes long: remedies, drivers, slides."""
    LONG = 4
    """A long run that was asked for."""


@dataclass(eq=False)
class _Task:
    work: Callable[[], object]
    done: Future[Any]
    turn: Turn
    ticket: int
    since: float

    def urgency(self, now: float) -> int:
        """Return how urgent it is by now; 0 is most."""
        return max(0, self.turn.urgency - int((now - self.since) / AGES_S))

    @property
    def background(self) -> bool:
        return self.turn.urgency >= Urgency.HEAVY

    @property
    def holds_up(self) -> bool:
        """Whether it may keep a thread busy for longer than anybody should wait."""
        return self.background or self.turn.incidents > LONG_BLOCK


class Turns:
    """Threads that take the most urgent task of all that wait, and one for first looks alone.

    Looks do not wait for a block of half a second. A test may have no threads (`threads=0`) and do
    one task after the other itself, with `do_next`.
    """

    def __init__(
        self,
        threads: int = max(CORES, 2),
        *,
        clock: Callable[[], float] = time.monotonic,
        tidy: Callable[[float], object] = lambda quiet_s: None,
    ) -> None:
        """Be ready; `tidy` is called every `TIDY_S` with the seconds since a task last began."""
        self._threads, self._clock, self._tidy = threads, clock, tidy
        self._tidied_at = self._begun_at = clock()
        self._waiting: list[_Task] = []
        self._running: list[_Task] = []
        self._accounts: dict[Hashable, _Account] = {}
        self._tickets = count()
        self._changed = threading.Condition()
        self._serving: dict[int, threading.Thread] = {}

    def turn(
        self,
        urgency: Urgency,
        visitor: Hashable,
        incidents: float,
        still_wanted: Callable[[], None] = lambda: None,
    ) -> Turn:
        """Return an executor for one piece of work of a visitor.

        `incidents` are expected in each task. Who waits for a result calls `still_wanted`; what
        that raises ends the wait.
        """
        ticket = next(self._tickets)
        return Turn(self, urgency, visitor, incidents, still_wanted=still_wanted, ticket=ticket)

    def room(self, least: Urgency = Urgency.SHOWN, besides: Hashable = None) -> bool:
        """Tell whether nobody, besides a visitor, waits for anything at `least` so urgent."""
        with self._changed:
            turns = [task.turn for task in self._waiting if task.turn.visitor != besides]
            return not any(turn.urgency <= least for turn in turns)

    def crowded(self, visitor: Hashable) -> bool:
        """Tell whether others wait for figures of a page, more than are computed at once."""
        with self._changed:
            others = (task.turn for task in self._waiting if task.turn.visitor != visitor)
            return sum(turn.urgency <= Urgency.SHOWN for turn in others) > self._threads

    def do_next(self) -> bool:
        """Do the task whose turn it is in this thread; False if there is none."""
        with self._changed:
            task = self._take(Urgency.LONG)
        if task is None:
            return False
        self._do(task)
        return True

    def put(self, turn: Turn, work: Callable[[], object], done: Future[Any]) -> None:
        """Let a task wait for its turn."""
        with self._changed:
            task = _Task(work, done, turn, ticket=next(self._tickets), since=self._clock())
            self._waiting.append(task)
            self._changed.notify_all()
        self.start()

    def drop(self, result: Future[Any]) -> None:
        """Forget the task of a result that has not begun."""
        with self._changed:
            self._waiting = [task for task in self._waiting if task.done is not result]

    def start(self) -> None:
        """Start the threads that do not run: at first all, later those that died."""
        with self._changed:
            for number in range(self._threads + 1 if self._threads else 0):
                if number not in self._serving or not self._serving[number].is_alive():
                    name, mine = f"turns-{number}", (number,)
                    thread = threading.Thread(target=self._serve, args=mine, name=name, daemon=True)
                    thread.start()
                    self._serving[number] = thread

    def _serve(self, number: int) -> None:
        least = Urgency.LOOK if number == self._threads else Urgency.LONG
        while True:
            self._do_or_wait(least)
            if number == 0 and self._clock() - self._tidied_at >= TIDY_S:
                self._tidied_at = self._clock()
                self._tidy(self._tidied_at - self._begun_at)

    def _do_or_wait(self, least: Urgency) -> None:
        with self._changed:
            task = self._take(least)
            if task is None:
                # Others may be around no longer, which only the clock tells.
                self._changed.wait(1.0 if self._waiting else TIDY_S)
                return
        self._do(task)

    def _take(self, least: Urgency) -> _Task | None:
        """Take the task whose turn it is, `least` urgent, and charge it to its visitor."""
        now = self._clock()
        may_begin = [
            task
            for task in self._waiting
            if task.turn.urgency <= least and self._leaves_room(task, now)
        ]
        if not may_begin:
            return None
        task = min(may_begin, key=self._place)
        self._waiting.remove(task)
        self._running.append(task)
        task.turn.begun, self._begun_at = True, now
        account = self._account(task.turn.visitor)
        account.charge(now, task.turn.incidents)
        if not task.background:
            account.urgent_at = now
        return task

    def _leaves_room(self, task: _Task, now: float) -> bool:
        """Tell whether a task may begin without taking the last thread from somebody else.

        Only what is soon over does while others are around who may want something any moment.
        """
        if self._threads < 2 or not task.holds_up:
            return True
        holding = sum(one.holds_up for one in self._running)
        return holding < self._threads - 1 or not self._somebody_else(task.turn.visitor, now)

    def _somebody_else(self, visitor: Hashable, now: float) -> bool:
        return any(
            other != visitor and now - account.urgent_at < AROUND_S
            for other, account in self._accounts.items()
        )

    def _place(self, task: _Task) -> tuple[int, float, int, int]:
        """Return what sorts tasks: urgency, what is above the budget, then who came first."""
        turn, urgency = task.turn, task.urgency(self._clock())
        return urgency, self._over_budget(turn.visitor), turn.ticket, task.ticket

    def _over_budget(self, visitor: Hashable) -> float:
        spent = self._account(visitor).spent(self._clock())
        return max(0.0, spent - MOST_INCIDENTS_A_MINUTE)

    def _account(self, visitor: Hashable) -> _Account:
        if visitor not in self._accounts:
            now = self._clock()
            self._accounts = {k: one for k, one in self._accounts.items() if one.spent(now) > 0}
            self._accounts[visitor] = _Account()
        return self._accounts[visitor]

    def _do(self, task: _Task) -> None:
        try:
            if task.done.set_running_or_notify_cancel():
                try:
                    task.done.set_result(task.work())
                except BaseException as error:  # it is told to whoever waits for the result
                    task.done.set_exception(error)
        finally:
            if not task.done.done():
                task.done.set_exception(RuntimeError("the thread that did it has ended"))
            with self._changed:
                self._running.remove(task)
                self._changed.notify_all()


@dataclass
class _Account:
    """What a visitor's work of the last minute was expected to be, in incidents."""

    charged: deque[tuple[float, float]] = field(default_factory=deque)
    total: float = 0.0
    urgent_at: float = -float("inf")

    def charge(self, now: float, incidents: float) -> None:
        self.charged.append((now, incidents))
        self.total += incidents

    def spent(self, now: float) -> float:
        while self.charged and now - self.charged[0][0] >= MINUTE_S:
            self.total -= self.charged.popleft()[1]
        return self.total if self.charged else 0.0


@dataclass(eq=False)
class Turn(InThreads):
    """One piece of work of one visitor: an executor whose tasks wait for their turn."""

    turns: Turns
    urgency: Urgency
    visitor: Hashable
    incidents: float
    """Expected in each task."""
    still_wanted: Callable[[], None]
    ticket: int
    begun: bool = False  # any of its tasks

    def submit(self, fn: Callable[..., Out], /, *args: Any, **kwargs: Any) -> Future[Out]:
        """Let a call wait for its turn."""
        awaited: _Awaited[Out] = _Awaited(self.turns, self.still_wanted)
        self.turns.put(self, partial(fn, *args, **kwargs), awaited)
        return awaited


class _Awaited(Future[Out]):
    """A result that may not be wanted any more while it is waited for."""

    def __init__(self, turns: Turns, still_wanted: Callable[[], None]) -> None:
        super().__init__()
        self._turns, self._still_wanted = turns, still_wanted

    def cancel(self) -> bool:
        """Cancel what has not begun, and let go of all that it would have needed."""
        cancelled = super().cancel()
        if cancelled:
            self._turns.drop(self)
        return cancelled

    def result(self, timeout: float | None = None) -> Out:
        """Wait for the result as any future does, looking up now and then."""
        while timeout is None and not self.done():
            wait((self,), LOOK_UP_S)
            self._turns.start()
            self._still_wanted()
        return super().result(timeout)
