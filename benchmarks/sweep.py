"""A sweep of many scenario files on one cluster: the measures of each, as one table.

    python benchmarks/sweep.py --make 200 sweep/                  # 200 example scenarios
    python benchmarks/sweep.py sweep/ --years 1000000 --cluster tcp://HOST:8786 > sweep.csv

Start a scheduler with `dask scheduler` and, in a checkout of the same version on every machine,
workers with `dask worker tcp://HOST:8786 --nthreads 1 --nworkers -1`; or give `local:N` for N
processes here. A few scenarios run at a time, so that no worker waits for the last block of one.
Every scenario is sent once; blocks come back as summaries. All runs have the same seed, so that
differences between scenarios are far surer than the figures.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.beliefs.belief import Belief  # noqa: E402
from model.runs.blocks import plan  # noqa: E402
from model.runs.distributed import cluster  # noqa: E402
from model.runs.result import Result  # noqa: E402
from model.runs.simulate import summarise  # noqa: E402
from model.scenario.rows import encoded  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402
from model.worlds.prepared import prepare  # noqa: E402

MEASURES = ("eal", "p95", "tvar_99", "p_over_tolerance")


def examples(count: int) -> Iterator[Scenario]:
    """Yield scenarios over a grid: how often changes fail, and how often a failover succeeds."""
    wide = 20
    for k in range(count):
        row, column = divmod(k, wide)
        rate, success = 0.1 * (1 + column), 0.95 * row / max(count // wide, 1)
        yield replace(
            Scenario.default().with_(
                {
                    "incidents.change_and_configuration.rate_per_year": Belief(
                        "lognormal", rate / 3.0, rate * 3.0
                    ),
                    "resilience.failover_success": Belief("normal", success, success),
                }
            ),
            name=f"rate {rate:.1f}, failover {success:.2f}",
        )


def make(folder: Path, count: int) -> None:
    """Write example scenarios."""
    folder.mkdir(parents=True, exist_ok=True)
    for k, scenario in enumerate(examples(count), start=1):
        (folder / f"{k:04d}.csv").write_bytes(encoded(scenario.to_csv()))


def run(path: Path, years: int, seed: int, executor: Executor) -> Result:
    """Simulate one file."""
    scenario = Scenario.read(path)
    cut = plan(scenario, years, None)
    return summarise(prepare(scenario), cut, seed=seed, executor=executor, on_block=None)


def row(path: Path, result: Result) -> list[object]:
    """Return the figures of one scenario, each with the ends of its interval."""
    found = [result.measure(name) for name in MEASURES]
    return [path.name, result.scenario.name, *(x for m in found for x in (m.value, m.low, m.high))]


def sweep(files: list[Path], years: int, seed: int, address: str, at_once: int) -> None:
    """Simulate all files and print the table, in their order."""
    out = csv.writer(sys.stdout)
    figures = [f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")]
    out.writerow(["file", "scenario", *figures])
    begin = time.perf_counter()
    with cluster(address) as workers, ThreadPoolExecutor(at_once) as threads:
        one = partial(run, years=years, seed=seed, executor=workers)
        for done, (path, result) in enumerate(zip(files, threads.map(one, files), strict=True), 1):
            out.writerow(row(path, result))
            sys.stdout.flush()
            taken = time.perf_counter() - begin
            left = taken / done * (len(files) - done)
            print(f"{done} of {len(files)}, {left:,.0f} s left", file=sys.stderr)


def main() -> None:
    """Read the options, make examples or run them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--make", type=int, metavar="N", help="write N example scenarios")
    parser.add_argument("--years", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cluster", default="local:2", metavar="ADDRESS")
    parser.add_argument("--at-once", type=int, default=4, help="scenarios that run together")
    given = parser.parse_args()
    if given.make:
        make(given.folder, given.make)
        return
    files = sorted(given.folder.glob("*.csv"))
    sweep(files, given.years, given.seed, given.cluster, given.at_once)


if __name__ == "__main__":
    main()
