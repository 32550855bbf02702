"""Keeps memory between blocks and between runs: each needs as much as the one before.

By default the C library gives large freed arrays back to the system at once and asks for them again
in the next block, page by page, which costs a tenth of a run and more in a busy server.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import numpy as np

from model.arrays import Array

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # parameters of glibc's mallopt
_MIB = 1 << 20


@cache
def keep_freed() -> bool:
    """Ask glibc to keep up to 256 MiB of freed memory per arena; return whether it does.

    Other C libraries are left as they are.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    wanted = ((_MMAP_THRESHOLD, 32 * _MIB), (_TRIM_THRESHOLD, 256 * _MIB), (_TOP_PAD, 16 * _MIB))
    return all(mallopt(name, size) == 1 for name, size in wanted)


_laid_in: dict[tuple[int, int], Array] = {}


def lay_in(shape: tuple[int, int]) -> None:
    """Have an array of this shape ready for the next run, while nobody is waiting.

    A run keeps its columns, so the next one needs new memory, which the system hands out page by
    page on first use.
    """
    if shape not in _laid_in:
        array = np.empty(shape)
        array.fill(0.0)
        _laid_in.clear()
        _laid_in[shape] = array


def table(shape: tuple[int, int]) -> Array:
    """Return an array of this shape to be filled, the one laid in if there is one."""
    array = _laid_in.pop(shape, None)
    return np.empty(shape) if array is None else array
