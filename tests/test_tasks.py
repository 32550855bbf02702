"""Threads that stay, and memory laid in: neither may block, mix up or outlive what it is for."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import current_thread

import numpy as np
import pytest

from model import memory, tasks
from model.scenario import Scenario
from model.simulate import simulate

PATIENCE_S = 120


@pytest.fixture(autouse=True)
def on_two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there is one, or many."""
    monkeypatch.setattr(tasks, "_CORES", 2)


def thread_names(number: int) -> list[str]:
    return list(tasks.in_order(lambda _: current_thread().name, range(number), None))


def test_results_come_in_order_whatever_their_number() -> None:
    for number in (0, 1, 2, 3, 50):
        found = list(tasks.in_order(lambda k: k * k, range(number), None))
        assert found == [k * k for k in range(number)]


def test_short_work_is_done_by_threads_that_stay_and_long_work_by_others() -> None:
    first, again = thread_names(2), thread_names(2)
    assert all(name.startswith("standing") for name in (*first, *again))
    assert not any(name.startswith("standing") for name in thread_names(20))


def test_work_within_work_does_not_wait_for_itself() -> None:
    def within(_: int) -> list[str]:
        return thread_names(2)

    with ThreadPoolExecutor(1) as aside:
        found = aside.submit(lambda: list(tasks.in_order(within, range(2), None)))
        for names in found.result(timeout=PATIENCE_S):
            assert len(names) == 2


def short_run() -> bytes:
    return simulate(Scenario.default(), years=300, seed=8)["loss_usd"].tobytes()


def test_a_process_that_splits_off_has_threads_of_its_own() -> None:
    here = short_run()
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in kinds else "spawn")
    with ProcessPoolExecutor(1, mp_context=context) as away:
        assert away.submit(short_run).result(timeout=PATIENCE_S) == here


def test_an_error_reaches_the_caller_and_the_threads_go_on() -> None:
    def fails(_: int) -> None:
        raise KeyError("this one")

    with pytest.raises(KeyError, match="this one"):
        list(tasks.in_order(fails, range(2), None))
    assert len(thread_names(2)) == 2


def test_memory_laid_in_is_given_once_and_only_where_it_fits() -> None:
    memory.lay_in((3, 5))
    other = memory.table((3, 4))
    one, two = memory.table((3, 5)), memory.table((3, 5))
    assert (other.shape, one.shape, two.shape) == ((3, 4), (3, 5), (3, 5))
    assert not np.shares_memory(one, two)
    memory.lay_in((3, 5))
    memory.lay_in((2, 2))
    assert len(memory._laid_in) == 1


def test_runs_do_not_share_the_memory_laid_in() -> None:
    memory.lay_in((len(simulate(Scenario.default(), years=1).columns), 300))
    first = simulate(Scenario.default(), years=300, seed=8)
    before = first["loss_usd"].tobytes()
    simulate(Scenario.default(), years=300, seed=9)
    assert first["loss_usd"].tobytes() == before
