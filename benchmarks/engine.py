"""How fast the engine is and how much memory it takes; prints Markdown.

    python benchmarks/engine.py [--years 1000000] [--repeat 5] [--full]

The unit is what NumPy takes, in one thread of the same run, to draw the numbers that any such
simulation needs: one normal per uncertain belief and world, and five per incident. A multiple of it
means the same on every machine. `--full` adds the run of ten million years.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import scipy  # noqa: E402

from model.runs.blocks import BLOCK_YEARS  # noqa: E402
from model.runs.simulate import simulate  # noqa: E402
from model.scenario.scenario import Scenario  # noqa: E402
from model.worlds.prepared import prepare  # noqa: E402

PER_INCIDENT = 5
EVERYDAY_YEARS = 50_000
MILLION = 1_000_000

# A process started by another inherits its peak in ru_maxrss, so Linux is asked for VmHWM.
MEASURE = """
import pathlib, resource, sys
sys.path.insert(0, {root!r})
from model.scenario.scenario import Scenario
from model.runs.simulate import simulate  # noqa: E402

def peak_mib():
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM")) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)

scenario = Scenario.default()
simulate(scenario, years=100)
before = peak_mib()
simulate(scenario, years={years}, seed=1)
print(before, peak_mib())
"""


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def draw(worlds: int, beliefs: int, incidents: float) -> None:
    """Draw the unit's normals, in blocks that stay in cache as the engine's do."""
    rng = np.random.default_rng(1)
    per_world = beliefs + PER_INCIDENT * incidents
    for begin in range(0, worlds, BLOCK_YEARS):
        rng.standard_normal(int(per_world * min(BLOCK_YEARS, worlds - begin)))


def medians(works: dict[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """Time each of several works in turn, so that a slow moment of the machine hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeat):
        for name, work in works.items():
            times[name].append(seconds(work))
    return {name: statistics.median(values) for name, values in times.items()}


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table, the first column left, the others right."""
    rule = ("---", *("---:" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def speed(scenario: Scenario, years: int, repeat: int) -> str:
    """Compare the engine with the unit at one size."""
    beliefs = len(prepare(scenario).uncertain)
    incidents = simulate(scenario, years=10_000).measure("incidents").value

    seeds = count(1)

    def run_with(pool: type[ThreadPoolExecutor] | type[ProcessPoolExecutor], workers: int) -> None:
        with pool(workers) as executor:
            simulate(scenario, years=years, seed=next(seeds), executor=executor)

    works: dict[str, Callable[[], object]] = {
        "unit: NumPy draws the normals, one thread": lambda: draw(years, beliefs, incidents),
        "engine, threads as by default": lambda: simulate(scenario, years=years, seed=next(seeds)),
        "engine, one thread": lambda: run_with(ThreadPoolExecutor, 1),
        "engine, two threads": lambda: run_with(ThreadPoolExecutor, 2),
        "engine, two processes": lambda: run_with(ProcessPoolExecutor, 2),
    }
    found = medians(works, repeat)
    unit = next(iter(found.values()))
    rows = [
        (name, f"{s:.2f}", f"{s * MILLION / years:.2f}", f"{s / unit:.2f}")
        for name, s in found.items()
    ]
    title = f"{years:,} years, {beliefs} uncertain beliefs, {incidents:.2f} incidents a year"
    head = (title, "seconds", "seconds per million years", "multiple of the unit")
    return table(head, rows)


def everyday(scenario: Scenario, repeat: int) -> str:
    """Time the run the app does at every move of a slider, measures and curve included.

    What the run before has drawn is kept, so each run here is one that was not made before: from
    another seed, nothing is kept; after a move of one belief, all that it does not touch.
    """
    seeds, ends = count(1000), count(1)

    def moved(name: str) -> Scenario:
        belief = scenario.belief(name)
        return scenario.with_({name: replace(belief, high=belief.high * (1 + next(ends) / 1000))})

    def shown() -> None:
        result = simulate(scenario, years=EVERYDAY_YEARS, seed=next(seeds))
        result.measures()
        result.exceedance()
        result.curve()

    works: dict[str, Callable[[], object]] = {
        "simulate, nothing kept": lambda: simulate(
            scenario, years=EVERYDAY_YEARS, seed=next(seeds)
        ),
        "the same, measures, exceedance, curve": shown,
        "simulate, a rate of incidents has moved": lambda: simulate(
            moved("incidents.capacity.rate_per_year"), years=EVERYDAY_YEARS
        ),
        "simulate, a belief about prices has moved": lambda: simulate(
            moved("sessions.freshness_elasticity"), years=EVERYDAY_YEARS
        ),
    }
    found = medians(works, 3 * repeat)
    rows = [(name, f"{1000 * s:.0f}") for name, s in found.items()]
    return table((f"{EVERYDAY_YEARS:,} years", "milliseconds"), rows)


def peak_mib(years: int) -> tuple[float, float]:
    """Return the peak memory of a fresh process before and after a run, MiB."""
    code = MEASURE.format(root=str(ROOT), years=years)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = (float(part) for part in done.stdout.split())
    return before, after


def growth(scenario: Scenario, sizes: list[int]) -> str:
    """Time and memory against the number of years."""
    rows = []
    for years in sizes:
        taken = seconds(lambda n=years: simulate(scenario, years=n, seed=1))
        before, after = peak_mib(years)
        rows.append(
            (
                f"{years:,}",
                f"{taken:.2f}",
                f"{taken * MILLION / years:.2f}",
                f"{after:.0f}",
                f"{after - before:.0f}",
            )
        )
    head = ("years", "seconds", "seconds per million", "peak MiB", "of it for the run")
    return table(head, rows)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=MILLION)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--full", action="store_true", help="also ten million years")
    options = parser.parse_args()
    scenario = Scenario.default()
    simulate(scenario, years=EVERYDAY_YEARS)  # tables that are built once
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__},")
    print(f"{os.cpu_count()} cores, {platform.machine()}; medians of {options.repeat}.\n")
    print("## Speed\n")
    print(speed(scenario, options.years, options.repeat), end="\n\n")
    print(everyday(scenario, options.repeat), end="\n\n")
    print("## Growth and memory\n")
    sizes = [10_000, 100_000, MILLION, *([10 * MILLION] if options.full else [])]
    print(growth(scenario, sizes))


if __name__ == "__main__":
    main()
