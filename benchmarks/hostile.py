"""One hostile visitor among many: by how much the others wait longer; prints Markdown.

    python benchmarks/hostile.py [KIND ...] [--seconds 60] [--visitors 29] [--think 3]

Serves the app on this machine, sends it visitors as `soak.py` does, and one more who does harm in
one way after the other (`harms.py`). Before each, the others are by themselves, so that what else
the machine does in the meantime counts on both sides. A wait tells nothing of who got nowhere:
moves count too. What was found is kept in `benchmarks/results/hostile.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from visiting.browser import free_port  # noqa: E402

from benchmarks import record  # noqa: E402
from benchmarks.harms import KINDS  # noqa: E402
from benchmarks.soak import Seen, app, come_and_go, resident_mb  # noqa: E402

_WARM_UP_S = 20.0


async def others(options: argparse.Namespace, url: str, seconds: float) -> Seen:
    """Return what the other visitors meet with meanwhile."""
    seen, until = Seen(), time.monotonic() + seconds
    visits = range(1, options.visitors + 1)
    await asyncio.gather(*(come_and_go(url, k, until, options.think, seen, "") for k in visits))
    return seen


def waits(seen: Seen) -> dict[str, float]:
    """Return the 95th percentiles of all waits, s: to the first new figure, and to the last."""

    def late(times: dict[str, list[float]]) -> float:
        found = sorted(itertools.chain(*times.values()))
        return round(found[int(0.95 * len(found))], 2) if found else float("nan")

    moves = sum(map(len, seen.whole.values()))
    return {"moves": moves, "first": late(seen.first), "whole": late(seen.whole)}


async def measured(options: argparse.Namespace, url: str, pid: int, kind: str) -> dict[str, object]:
    """Return the others' waits without a kind of hostile visitor, and with one."""
    before = await others(options, url, options.seconds)
    until = time.monotonic() + options.seconds + 5.0
    harm = asyncio.create_task(KINDS[kind](url, until))
    await asyncio.sleep(5.0)
    beside = await others(options, url, options.seconds)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(harm, 60.0)
    without, with_ = waits(before), waits(beside)
    return {
        "kind": kind,
        "without": without,
        "with": with_,
        "times": round(with_["whole"] / without["whole"], 2),
        "errors": sorted({*before.errors, *beside.errors})[:5],
        "memory_mb": round(resident_mb(pid)),
        "load": round(os.getloadavg()[0], 1),
    }


def line(found: dict[str, object]) -> str:
    """Return a row of the table."""
    without, with_ = found["without"], found["with"]
    assert isinstance(without, dict)
    assert isinstance(with_, dict)
    return (
        f"| {found['kind']} | {without['moves']} → {with_['moves']} "
        f"| {without['first']} → {with_['first']} "
        f"| {without['whole']} → {with_['whole']} | {found['times']} | {found['errors'] or ''} "
        f"| {found['memory_mb']} | {found['load']} |"
    )


async def each(options: argparse.Namespace, url: str, pid: int) -> bool:
    """Try all kinds; print and keep what came of each; tell whether the others got through."""
    await others(options, url, _WARM_UP_S)
    print("| hostile | moves | first, p95, s | all of it, p95, s | times | errors | MB | load |")
    print("|---|---|---|---|---|---|---|---|")
    by_kind = {one["kind"]: one for one in record.read("hostile").get("kinds", [])}
    good = True
    for kind in options.kinds or KINDS:
        found = await measured(options, url, pid, kind)
        print(line(found), flush=True)
        by_kind[kind] = found
        good &= found["times"] <= 2.0 and not found["errors"]
        record.write("hostile", {"others": options.visitors, "kinds": list(by_kind.values())})
    return good


def main() -> int:
    """Print what was found; return 1 if the others waited more than twice as long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=29)
    parser.add_argument("--think", type=float, default=3.0, help="seconds between moves")
    options = parser.parse_args()
    if unknown := {*options.kinds} - {*KINDS}:
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(KINDS)}")
    with app(free_port()) as (url, pid):
        return 0 if asyncio.run(each(options, url, pid)) else 1


if __name__ == "__main__":
    sys.exit(main())
