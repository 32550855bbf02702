"""Faults inside a server under test: Python loads this file by itself where it is on its path.

The clocks of the process are moved by what stands in the file `clock`, two numbers in seconds: of
the time of day, and of the time that passes. Every thread whose name begins with what the file
`kill` says runs out of memory when it next waits for work; then the file is taken away.
While `disk` says `full`, nothing can be written to any file.
"""

from __future__ import annotations

import mmap
import os
import resource
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_FOLDER = Path(os.environ["FAULTS"])
_LOOKS_EVERY_S = 0.02
_MOST_BYTES = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
_time, _monotonic, _perf_counter, _sleep = time.time, time.monotonic, time.perf_counter, time.sleep

with (_FOLDER / "clock").open("rb") as _file:
    _moved = mmap.mmap(_file.fileno(), 16, access=mmap.ACCESS_READ)


def _by(which: int) -> float:
    moved: float = struct.unpack_from("d", _moved, 8 * which)[0]
    return moved


time.time = lambda: _time() + _by(0)
time.monotonic = lambda: _monotonic() + _by(1)
time.perf_counter = lambda: _perf_counter() + _by(1)


_doomed: set[int] = set()


def _watch() -> None:
    asked, disk = _FOLDER / "kill", _FOLDER / "disk"
    while True:
        _sleep(_LOOKS_EVERY_S)
        if disk.exists():
            room = 0 if disk.read_text(encoding="utf-8") == "full" else _MOST_BYTES
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, _MOST_BYTES))
            disk.unlink()
        if asked.exists():
            name = asked.read_text(encoding="utf-8")
            found = {one.ident for one in threading.enumerate() if one.name.startswith(name)}
            if found:
                _arm(found)
                asked.unlink()


def _arm(threads: set[int | None]) -> None:
    """Let these threads run out of memory when they next wait for work, or look for some.

    Not anywhere: an error from outside may strike while a lock changes hands, as none of its own
    would.
    """
    turns = sys.modules["model.runs.turns"].Turns
    for name in ("_take", "start"):
        setattr(turns, name, _striking(getattr(turns, name)))
    _doomed.update(filter(None, threads))


def _striking(function: Callable[..., Any]) -> Callable[..., Any]:
    def struck(*given: Any, **more: Any) -> Any:
        ident = threading.get_ident()
        if ident in _doomed:
            _doomed.discard(ident)
            raise MemoryError
        return function(*given, **more)

    return struck


threading.Thread(target=_watch, name="faults", daemon=True).start()
