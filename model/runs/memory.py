"""Memory: kept between blocks and between runs, given back when nobody works, refused in time.

By default the C library gives large freed arrays back to the system at once and asks for them again
in the next block, page by page, which costs a tenth of a run and more in a busy server. It also
keeps an arena of its own for every thread; a server has many that seldom work. What outlives its
block – tables of a run, kept losses – lies outside of the arena, so that it leaves no holes there.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

import numpy as np

from model.arrays import Array

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Parameters of glibc's mallopt."""
_MIB = 1 << 20
_LEFT_FREE = 0.1
"""Share of what is free that a run leaves for everything else."""


@cache
def keep_freed() -> bool:
    """Ask glibc to keep up to 32 MiB of freed memory, in one arena; return whether it does.

    Other C libraries are left as they are.
    """
    return _set(
        (_MMAP_THRESHOLD, _MIB),
        (_TRIM_THRESHOLD, 32 * _MIB),
        (_TOP_PAD, 4 * _MIB),
        (_ARENA_MAX, 1),
    )


def _set(*wanted: tuple[int, int]) -> bool:
    mallopt = _of_glibc("mallopt")
    return mallopt is not None and all(mallopt(name, size) == 1 for name, size in wanted)


def give_back() -> bool:
    """Give freed memory back to the system; return whether there was any."""
    trim = _of_glibc("malloc_trim")
    return trim is not None and trim(0) == 1


def _of_glibc(name: str) -> ctypes._NamedFuncPointer | None:
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), name, None)


def table(shape: tuple[int, int], besides: float = 0.0) -> Array:
    """Return an array to be filled, a column a year; ValueError if there is no memory for it.

    `besides` are bytes a year that the run keeps outside of it.
    """
    of_year, free = 8 * shape[0] + besides, free_bytes()
    needed = of_year * shape[1]
    if free is not None and needed > (1.0 - _LEFT_FREE) * free:
        most = int((1.0 - _LEFT_FREE) * free / of_year)
        raise ValueError(
            f"years: {shape[1]:,} given; they need {needed / 1e9:.1f} GB of memory and "
            f"{free / 1e9:.1f} GB are free: at most {most:,} years now"
        )
    return np.empty(shape)


def free_bytes(root: Path = Path("/")) -> int | None:
    """Return the memory that this process may still take, None where the system does not say."""
    there = [_available(root / "proc/meminfo"), _left_in_group(root / "sys/fs/cgroup")]
    known = [each for each in there if each is not None]
    return min(known) if known else None


def resident_bytes(root: Path = Path("/")) -> int | None:
    """Return the memory that this process takes, None where the system does not say."""
    pages = " ".join(_lines(root / "proc/self/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else None


def _available(file: Path) -> int | None:
    """Return what Linux says could be taken without swapping, bytes."""
    rows = [line.split() for line in _lines(file) if line.startswith("MemAvailable:")]
    return 1024 * int(rows[0][1]) if rows else None


def _left_in_group(folder: Path) -> int | None:
    """Return what a container's limit leaves, bytes."""
    limit, used = _lines(folder / "memory.max"), _lines(folder / "memory.current")
    if not limit or not used or limit[0] == "max":
        return None
    stat = dict(row.split() for row in _lines(folder / "memory.stat"))
    held = int(used[0]) - int(stat.get("inactive_file", 0))  # what was read is let go of first
    return max(0, int(limit[0]) - held)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
