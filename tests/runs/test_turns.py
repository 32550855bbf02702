"""Whose turn it is: told by the order of grants and a clock that the test sets, never by time."""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from model.limits import MOST_INCIDENTS_A_MINUTE
from model.runs.parallel import in_order
from model.runs.simulate import simulate
from model.runs.turns import AGES_S, AROUND_S, LONG_BLOCK, MINUTE_S, TIDY_S, Turn, Turns, Urgency
from model.scenario.scenario import Scenario

PATIENCE_S = 120
FEW = 10.0
MUCH = MOST_INCIDENTS_A_MINUTE + 1.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Grants:
    """Turns without threads, whose tasks write down their names."""

    def __init__(self) -> None:
        self.clock, self.done = Clock(), list[str]()
        self.turns = Turns(threads=0, clock=self.clock)

    def ask(self, name: str, urgency: Urgency, visitor: str, incidents: float = FEW) -> Turn:
        turn = self.turns.turn(urgency, visitor, incidents)
        turn.submit(self.done.append, name)
        return turn

    def all(self) -> list[str]:
        while self.turns.do_next():
            pass
        return self.done


def test_first_looks_come_before_refinements_and_these_before_heavy_pages() -> None:
    grants = Grants()
    for urgency in reversed(Urgency):
        grants.ask(urgency.name, urgency, f"visitor {urgency}")
    assert not grants.turns.room()
    assert grants.all() == ["LOOK", "SHOWN", "ADDED", "HEAVY", "LONG"]
    assert grants.turns.room()


def test_nothing_starves_however_much_urgent_work_there_is() -> None:
    grants = Grants()
    grants.ask("heavy", Urgency.HEAVY, "patient")
    for k in range(3):
        grants.clock.now += AGES_S
        grants.ask(f"look {k}", Urgency.LOOK, "eager")
        if k < 2:
            grants.turns.do_next()
    assert grants.all() == ["look 0", "look 1", "heavy", "look 2"]


def test_equally_urgent_work_goes_piece_by_piece_as_it_came() -> None:
    grants = Grants()
    first = grants.ask("a1", Urgency.SHOWN, "a")
    grants.ask("b1", Urgency.SHOWN, "b")
    first.submit(grants.done.append, "a2")
    assert grants.all() == ["a1", "a2", "b1"]


def test_whoever_asked_for_much_comes_after_all_who_did_not_until_a_minute_is_over() -> None:
    grants = Grants()
    grants.ask("much", Urgency.SHOWN, "greedy", MUCH)
    grants.all()
    grants.ask("greedy", Urgency.SHOWN, "greedy")
    grants.ask("modest", Urgency.SHOWN, "modest")
    grants.ask("looks", Urgency.LOOK, "greedy")
    assert grants.all()[1:] == ["looks", "modest", "greedy"]
    grants.clock.now += MINUTE_S
    grants.ask("greedy again", Urgency.SHOWN, "greedy")
    grants.ask("modest again", Urgency.SHOWN, "modest")
    assert grants.all()[4:] == ["greedy again", "modest again"]


def test_what_counts_is_incidents_and_not_pieces() -> None:
    """Negative control: many small pieces do not make anybody wait."""
    grants = Grants()
    for _ in range(1_000):
        grants.ask("small", Urgency.SHOWN, "busy", FEW)
    grants.all()
    grants.ask("busy", Urgency.SHOWN, "busy")
    grants.ask("other", Urgency.SHOWN, "other")
    assert grants.all()[-2:] == ["busy", "other"]


class Gates:
    """Two threads whose tasks last until the test opens them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.turns = Turns(threads=2, clock=self.clock)
        self.began: dict[str, threading.Event] = {}
        self.gates: dict[str, threading.Event] = {}

    def ask(
        self, name: str, urgency: Urgency, visitor: str, incidents: float = FEW
    ) -> Future[None]:
        began, gate = threading.Event(), threading.Event()
        self.began[name], self.gates[name] = began, gate

        def last() -> None:
            began.set()
            assert gate.wait(PATIENCE_S)

        return self.turns.turn(urgency, visitor, incidents).submit(last)

    def runs(self, name: str) -> bool:
        return self.began[name].wait(PATIENCE_S)

    def open(self, *names: str) -> None:
        for name in names:
            self.gates[name].set()


@pytest.mark.parametrize(
    ("urgency", "incidents"), [(Urgency.HEAVY, FEW), (Urgency.SHOWN, LONG_BLOCK + 1.0)]
)
def test_what_lasts_leaves_a_thread_to_others_who_are_around(
    urgency: Urgency, incidents: float
) -> None:
    gates = Gates()
    gates.ask("look", Urgency.LOOK, "modest")
    gates.open("look")
    assert gates.runs("look")
    pieces = [gates.ask(f"piece {k}", urgency, "greedy", incidents) for k in range(2)]
    assert gates.runs("piece 0")
    gates.ask("another look", Urgency.LOOK, "modest")
    assert gates.runs("another look")
    assert not gates.began["piece 1"].is_set()
    gates.open("another look", "piece 0", "piece 1")
    assert [piece.result() for piece in pieces] == [None, None]


def test_a_look_waits_for_nobody_while_all_threads_compute_figures() -> None:
    gates = Gates()
    figures = [gates.ask(f"figures {k}", Urgency.SHOWN, "others") for k in range(3)]
    assert gates.runs("figures 0")
    assert gates.runs("figures 1")
    gates.ask("look", Urgency.LOOK, "modest")
    assert gates.runs("look")
    assert not gates.began["figures 2"].is_set()
    gates.open("look", "figures 0", "figures 1", "figures 2")
    assert [each.result() for each in figures] == [None] * 3


def test_room_and_crowds_are_what_others_wait_for() -> None:
    grants = Grants()
    assert not grants.turns.crowded("a")
    grants.ask("mine", Urgency.SHOWN, "a")
    assert not grants.turns.crowded("a")
    assert grants.turns.crowded("b")
    assert grants.turns.room(Urgency.HEAVY, "a")
    grants.ask("other's", Urgency.HEAVY, "b")
    assert not grants.turns.room(Urgency.HEAVY, "a")
    assert grants.turns.room(Urgency.SHOWN, "a")


def test_whoever_is_alone_has_all_threads() -> None:
    gates = Gates()
    gates.ask("look", Urgency.LOOK, "modest")
    gates.open("look")
    assert gates.runs("look")
    gates.clock.now += AROUND_S
    for k in range(2):
        gates.ask(f"piece {k}", Urgency.HEAVY, "greedy")
    assert gates.runs("piece 0")
    assert gates.runs("piece 1")
    gates.open("piece 0", "piece 1")


def test_work_that_nobody_wants_any_more_never_begins() -> None:
    grants = Grants()

    def moved_on() -> None:
        raise InterruptedError("moved on")

    mine = grants.turns.turn(Urgency.SHOWN, "a", FEW, moved_on)
    awaited = mine.submit(grants.done.append, "a")
    with pytest.raises(InterruptedError, match="moved on"):
        awaited.result()
    awaited.cancel()
    assert grants.all() == []
    assert not mine.begun


def test_who_gives_up_waiting_leaves_nothing_in_the_queue() -> None:
    grants = Grants()

    def moved_on() -> None:
        raise InterruptedError("moved on")

    mine = grants.turns.turn(Urgency.SHOWN, "a", FEW, moved_on)
    with pytest.raises(InterruptedError, match="moved on"):
        next(in_order(grants.done.append, ["first", "second"], mine))
    assert grants.all() == []


def test_an_error_reaches_who_waits_and_the_threads_go_on() -> None:
    turns = Turns(threads=1)

    def fails() -> None:
        raise KeyError("this one")

    turn = turns.turn(Urgency.SHOWN, "a", FEW)
    with pytest.raises(KeyError, match="this one"):
        turn.submit(fails).result()
    assert turn.submit(lambda: 2).result() == 2


def test_a_run_that_waits_for_its_turns_has_the_bytes_of_any_other() -> None:
    turn = Turns(threads=2).turn(Urgency.SHOWN, "a", FEW)
    ours = simulate(Scenario.default(), years=60_000, seed=5, executor=turn)
    plain = simulate(Scenario.default(), years=60_000, seed=5)
    assert all(np.array_equal(ours[name], plain[name]) for name in plain.columns)


def test_memory_is_tidied_now_and_then_while_there_is_work_and_while_there_is_none() -> None:
    clock, tidied, quiet_s = Clock(), threading.Semaphore(0), list[float]()

    def tidy(quiet: float) -> None:
        quiet_s.append(quiet)
        tidied.release()

    turns = Turns(threads=2, clock=clock, tidy=tidy)
    for _ in range(3):
        clock.now += TIDY_S
        turns.turn(Urgency.LOOK, "a", FEW).submit(int).result()
        assert tidied.acquire(timeout=PATIENCE_S)
    clock.now += 2 * TIDY_S
    for _ in range(100 * PATIENCE_S):  # and nothing to do
        with turns._changed:
            turns._changed.notify_all()
        if tidied.acquire(timeout=0.01):
            break
    assert quiet_s[-1] == 2 * TIDY_S
    assert max(quiet_s[:-1]) <= TIDY_S


def test_nothing_holds_on_to_what_was_computed() -> None:
    """Without waiting for the garbage collector, which knows nothing of the size of arrays."""
    turns = Turns(threads=2)
    made = [weakref.ref(turns.turn(Urgency.LOOK, "a", FEW).submit(Large).result())]
    turns.turn(Urgency.LOOK, "a", FEW).submit(int).result()
    assert made[0]() is None


class Large:
    """Stands for a table."""


class Dying(Turns):
    """Turns whose next threads that look for work end instead."""

    dying = 0

    def _take(self, least: Urgency) -> Any:
        if self.dying:
            self.dying -= 1
            raise SystemExit
        return super()._take(least)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.fault("all threads that take turns end while work waits for them")
def test_threads_that_die_are_replaced_and_what_waits_for_them_is_done() -> None:
    turns = Dying(threads=2)
    turn = turns.turn(Urgency.SHOWN, "a", FEW)
    assert turn.submit(int).result() == 0
    doomed = [one for one in threading.enumerate() if one in turns._serving.values()]
    assert len(doomed) == 3
    turns.dying = len(doomed)
    assert turn.submit(int).result() == 0
    assert turns.dying < len(doomed)
    assert turn.submit(int).result() == 0


@pytest.mark.fault("a clock that steps back, and forward by an hour")
@pytest.mark.parametrize("step_s", [-3_600.0, 3_600.0])
def test_work_is_granted_in_order_whatever_the_clock_does(step_s: float) -> None:
    grants = Grants()
    grants.ask("much", Urgency.SHOWN, "greedy", MUCH)
    grants.all()
    grants.clock.now += step_s
    for name in ("first", "second"):
        grants.ask(name, Urgency.SHOWN, name)
    grants.ask("look", Urgency.LOOK, "eager")
    assert grants.all() == ["much", "look", "first", "second"]
