"""Workers in other processes: the same bytes, one sending of a scenario, and workers that die."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import cloudpickle
import pytest

from model.__main__ import main
from model.runs import blocks, distributed, precision
from model.runs.blocks import plan
from model.runs.distributed import ClusterError, OnCluster, cluster, computed_there
from model.runs.parallel import in_order
from model.runs.precision import simulate_until
from model.runs.result import Result
from model.runs.simulate import simulate, summarise
from model.scenario.scenario import Scenario
from model.worlds.prepared import Prepared, prepare

DEFAULT = Scenario.default()
WORKERS, YEARS, BLOCK_YEARS = 3, 30_000, 1_000
PATIENCE_S = 120.0

# What a test defines travels whole: workers cannot import it.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(scope="module", autouse=True)
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_YEARS", BLOCK_YEARS)
        yield


@pytest.fixture(scope="module")
def workers(small_blocks: None) -> Iterator[OnCluster]:
    with cluster(f"local:{WORKERS}") as executor:
        yield executor


def same(one: Result, other: Result) -> None:
    assert one.columns.keys() == other.columns.keys()
    for name, column in one.columns.items():
        assert column.tobytes() == other.columns[name].tobytes(), name
    assert one.measures() == other.measures()
    assert one.tail_by_cause() == other.tail_by_cause()
    assert one.error_budget() == other.error_budget()
    assert one.tally.by_hour.tobytes() == other.tally.by_hour.tobytes()


@pytest.fixture(scope="module")
def here(small_blocks: None) -> Result:
    return simulate(DEFAULT, years=YEARS, seed=4)


def test_bytes_are_those_of_a_local_run(workers: OnCluster, here: Result) -> None:
    told: list[int] = []
    there = simulate(
        DEFAULT, years=YEARS, seed=4, executor=workers, on_block=lambda done, _: told.append(done)
    )
    same(there, here)
    assert told == list(range(1, YEARS // BLOCK_YEARS + 1))


def test_summaries_and_precision_are_those_of_a_local_run(
    workers: OnCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, ready = plan(DEFAULT, YEARS, None), prepare(DEFAULT)
    same(*(summarise(ready, cut, seed=4, executor=e, on_block=None) for e in (None, workers)))
    for module in (blocks, precision):
        monkeypatch.setattr(module, "LONG_RUN_YEARS", 4 * BLOCK_YEARS)
    asked = {"eal": 0.05}
    same(*(simulate_until(DEFAULT, asked, executor=e).result for e in (None, workers)))


def whose(task: tuple[Prepared, int]) -> tuple[int, int]:
    time.sleep(0.02)
    return os.getpid(), id(task[0])


def test_a_scenario_is_sent_once_and_kept_by_every_worker(
    workers: OnCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def watched(self: Any, protocol: Any) -> Any:
        sent.append(type(self).__name__)
        return object.__reduce_ex__(self, protocol)

    for kind in (Scenario, Prepared):
        monkeypatch.setattr(kind, "__reduce_ex__", watched)
    ready = prepare(DEFAULT.with_tolerance(1e6))
    found = list(in_order(whose, [(ready, k) for k in range(60)], workers))
    assert "Prepared" not in sent
    assert 1 <= sent.count("Scenario") <= 2
    processes = {pid for pid, _ in found}
    assert len(processes) > 1
    assert os.getpid() not in processes
    # Dask drops copies that nobody seems to need, so a worker may fetch one from another again.
    assert len(set(found)) <= 2 * len(processes)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.fault("every worker of a cluster is killed in turn in mid-run")
def test_a_run_survives_a_worker_that_is_killed(here: Result) -> None:
    """With two workers, one of them has what is sent; killing both in turn loses all of it."""
    with cluster("local:2") as executor:
        pids = list(executor.processes().values())
        victims = dict(zip((3, 12), pids, strict=True))

        def strike(done: int, total: int) -> None:
            if done in victims:
                os.kill(victims[done], signal.SIGKILL)

        there = simulate(DEFAULT, years=YEARS, seed=4, executor=executor, on_block=strike)
        assert not any(alive(pid) for pid in pids)
    same(there, here)


def ends_its_worker(task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.fault("a task kills every worker that takes it")
def test_a_task_that_ends_every_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "_LOST", 0)
    with pytest.raises(ClusterError, match="ended"), cluster("local:1") as executor:
        list(in_order(ends_its_worker, [1], executor))


def fails(task: int) -> None:
    raise KeyError("this one")


def test_an_error_reaches_the_caller(workers: OnCluster) -> None:
    with pytest.raises(KeyError, match="this one"):
        list(in_order(fails, [1, 2], workers))


def test_a_worker_with_other_versions_computes_nothing() -> None:
    assert computed_there(distributed.this(), len, (1, 2)) == 2
    with pytest.raises(ClusterError, match="a worker has results version"):
        computed_there((0, "1.0", "1.0"), len, (1, 2))


@pytest.mark.parametrize(
    "address",
    ["", "local", "local:0", "local:65", "local:-1", "tcp://", "tcp://host", "http://a:1"],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ClusterError, match=r"allowed is tcp://HOST:PORT"), cluster(address):
        pass


# The command line.


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["run", "--years", "6000", *words]) == 0
    return capsys.readouterr().out


def test_the_command_line_uses_a_scheduler(
    workers: OnCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    there = printed(capsys, "--cluster", workers.address)
    assert there == printed(capsys)
    assert workers.address.startswith("tcp://")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cluster", "tcp://127.0.0.1:1"], "--cluster: 'tcp://127.0.0.1:1' cannot be reached"),
        (["--cluster", "everywhere"], "--cluster: 'everywhere' given; allowed is tcp://HOST:PORT"),
        (["--cluster", "local:2", "--workers", "2"], "--workers: not with --cluster"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distributed, "_PATIENCE_S", 1)
    assert main(["run", "--years", "100", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ClusterError, match="pip install -r requirements-cluster"),
        cluster("local:1"),
    ):
        pass
