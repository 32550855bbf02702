"""Keeps memory between blocks and between runs: each needs as much as the one before.

By default the C library gives large freed arrays back to the system at once and asks for them again
in the next block, page by page, which costs a tenth of a run and more in a busy server.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

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
