"""Threads: they may not block, mix up or outlive what they are for."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import current_thread
from typing import Any

import numpy as np
import pytest

from model.runs import parallel
from model.runs import simulate as simulating
from model.runs.blocks import BLOCK_YEARS, plan
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare

PATIENCE_S = 120


def names_of_threads(number: int, executor: Executor | None) -> set[str]:
    return set(parallel.in_order(lambda _: current_thread().name, range(number), executor))


def test_results_come_in_order_whatever_their_number() -> None:
    for number in (0, 1, 2, 3, 50):
        for executor in (None, parallel.standing()):
            found = list(parallel.in_order(lambda k: k * k, range(number), executor))
            assert found == [k * k for k in range(number)]


def test_only_runs_of_a_few_blocks_use_the_threads_that_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody waits behind a long run, nor behind the evaluation of remedies."""
    seen: list[bool] = []
    block = simulating.simulated_block

    def watched(task: simulating.Task, **more: Any) -> Any:
        seen.append(current_thread().name.startswith("standing"))
        return block(task, **more)

    monkeypatch.setattr(simulating, "simulated_block", watched)
    monkeypatch.setattr(simulating, "CORES", 2)
    simulate(Scenario.default(), years=2 * BLOCK_YEARS, seed=8)
    assert seen == [True, True]
    simulate(Scenario.default(), years=3 * BLOCK_YEARS, seed=8)
    assert seen[2:] == [False] * 3
    assert not any(name.startswith("standing") for name in names_of_threads(2, None))


def test_threads_write_into_the_table_of_their_run_and_processes_cannot() -> None:
    tables: list[Any] = []

    def watched(task: simulating.Task, *, table: Any = None) -> simulating.Simulated:
        out = simulating.simulated_block(task, table=table)
        tables.append(table is not None and np.shares_memory(out[1], table))
        return out

    ready, cut = prepare(Scenario.default()), plan(Scenario.default(), 2 * BLOCK_YEARS, None)
    more: Any = {"seed": 8, "on_block": None, "block": watched}
    with ThreadPoolExecutor(2) as threads:
        ours = simulating.run(ready, cut, executor=threads, **more)
    away = simulating.run(ready, cut, executor=InTheCallersThread(), **more)
    assert tables == [True, True, False, False]
    assert all(np.array_equal(ours[name], away[name]) for name in ours.columns)


class InTheCallersThread(Executor):
    """Stands for processes: what it runs is not known to share the caller's memory."""

    def submit(self, fn: Any, /, *args: Any, **more: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **more))
        return done


def short_run() -> bytes:
    return simulate(Scenario.default(), years=300, seed=8)["loss_usd"].tobytes()


def exit_well_if_the_same(expected: bytes) -> None:
    sys.exit(0 if short_run() == expected else 1)


def test_a_process_that_splits_off_has_threads_of_its_own() -> None:
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in kinds else "spawn")
    away = context.Process(target=exit_well_if_the_same, args=(short_run(),), daemon=True)
    away.start()
    away.join(PATIENCE_S)
    ended = away.exitcode
    away.kill()
    assert ended == 0


def test_an_error_reaches_the_caller_and_the_threads_go_on() -> None:
    def fails(_: int) -> None:
        raise KeyError("this one")

    with pytest.raises(KeyError, match="this one"):
        list(parallel.in_order(fails, range(2), parallel.standing()))
    (name,) = names_of_threads(1, parallel.standing())
    assert name.startswith("standing")
