"""Blocks on other processes or machines, through Dask, an optional requirement.

    pip install -r requirements-cluster.txt

`cluster("local:4")` starts four worker processes of its own; `cluster("tcp://host:8786")` uses the
scheduler that runs there. Either is an executor for `simulate` and gives the bytes of a local run:
a block is computed from its own named streams wherever it is. A scenario made ready is sent once
and kept by the workers; if those that have it are lost, it is made ready again elsewhere, and so
are the blocks they had begun.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import numpy
import scipy

from model.limits import MOST_WORKERS
from model.version import RESULTS_VERSION
from model.worlds.prepared import Prepared, prepare

if TYPE_CHECKING:
    from distributed import Client

_LOCAL = re.compile(r"local:([0-9]{1,4})")
_REMOTE = re.compile(r"(tcp|tls)://[^\s/]+:[0-9]{1,5}")
_PATIENCE_S = 30
_LOST = 10
"""Workers that may be lost while they compute a block before the run is given up."""
_SCENARIOS = 32
"""Scenarios that the workers hold for tasks to come."""

ALLOWED = f"allowed is tcp://HOST:PORT, tls://HOST:PORT or local:N with 1 to {MOST_WORKERS} workers"
Same = tuple[int, str, str]
"""What must be the same everywhere for the same bytes: results version, NumPy, SciPy."""


class ClusterError(Exception):
    """A cluster cannot be used; the message says why."""


def is_address(text: str) -> bool:
    """Tell whether a text names a cluster."""
    local = _LOCAL.fullmatch(text)
    if local:
        return 1 <= int(local[1]) <= MOST_WORKERS
    return bool(_REMOTE.fullmatch(text))


@contextmanager
def cluster(address: str) -> Iterator[OnCluster]:
    """Provide the workers at an address as an executor; ClusterError if they cannot be used."""
    if not is_address(address):
        raise ClusterError(f"{address!r} given; {ALLOWED}")
    try:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError
    except ImportError:
        wanted = "pip install -r requirements-cluster.txt"
        raise ClusterError(f"dask is not installed; {wanted}") from None
    with ExitStack() as opened:
        client = _connected(address, opened)
        try:
            yield OnCluster(client)
        except KilledWorker as error:
            raise ClusterError(f"{address!r}: a block ended {_LOST} workers: {error}") from error
        except (CommClosedError, FutureCancelledError, CancelledError) as error:
            raise ClusterError(f"{address!r}: the connection was lost") from error


def _connected(address: str, opened: ExitStack) -> Client:
    """Return a client of the workers at an address, which is left and ended with `opened`."""
    import dask
    from distributed import Client, LocalCluster

    local = _LOCAL.fullmatch(address)
    if not local:
        try:
            client: Client = opened.enter_context(Client(address, timeout=_PATIENCE_S))
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"{address!r} cannot be reached: {error}") from error
        return client
    opened.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": _LOST}))
    own = LocalCluster(
        n_workers=int(local[1]),
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )
    client = opened.enter_context(Client(opened.enter_context(own)))
    return client


def this() -> Same:
    """Return what the bytes of a block depend on besides its task."""
    return RESULTS_VERSION, numpy.__version__, scipy.__version__


class OnCluster(Executor):
    """An executor whose tasks run on the workers of a Dask client."""

    def __init__(self, client: Client) -> None:
        """Use a client that others open and close."""
        self._client = client
        self._futures = client.get_executor(pure=False)
        self._sent: OrderedDict[int, tuple[Prepared, Any]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where the scheduler is, for others to use it too."""
        return str(self._client.scheduler_info()["address"])

    def processes(self) -> dict[str, int]:
        """Return the process of every worker by its address."""
        return dict(self._client.run(os.getpid))

    def ahead(self) -> int:
        """Return how many tasks keep all workers busy while results are fetched."""
        return 2 * int(sum(self._client.nthreads().values())) + 2

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call on a worker; a scenario made ready among its tasks is sent once."""
        sent = [tuple(map(self._once, arg)) if isinstance(arg, tuple) else arg for arg in args]
        found: Future[Any] = self._futures.submit(computed_there, this(), function, *sent, **kwargs)
        return found

    def _once(self, part: Any) -> Any:
        """Return what stands for a part of a task on the cluster."""
        if not isinstance(part, Prepared):
            return part
        with self._lock:
            if id(part) not in self._sent:
                # A task and no scattered data: it is done again if those that have it are lost.
                there = self._client.submit(prepare, part.scenario, pure=False)
                self._sent[id(part)] = (part, there)
            self._sent.move_to_end(id(part))
            while len(self._sent) > _SCENARIOS:
                self._sent.popitem(last=False)
            return self._sent[id(part)][1]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the client to whoever opened it."""
        self._futures.shutdown(wait=wait)


def computed_there(expected: Same, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Compute a task on a worker that has what it needs for the same bytes."""
    if this() != expected:
        raise ClusterError(
            f"a worker has results version, NumPy and SciPy {this()}, this process {expected}"
        )
    return function(*args, **kwargs)
