"""Faults injected into a server that runs: its clocks are moved, its threads struck."""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from visiting.browser import PATIENCE_S, served

_LOADED = Path(__file__).parent / "faults"


@dataclass(frozen=True)
class Faulty:
    """A server that runs, and the folder it takes its faults from."""

    url: str
    folder: Path

    def move_clocks(self, *, of_day_s: float = 0.0, passed_s: float = 0.0) -> None:
        """Move the time of day, and the time that passes, away from those of the machine."""
        with (self.folder / "clock").open("r+b") as file:
            file.write(struct.pack("dd", of_day_s, passed_s))

    def strike(self, threads: str) -> None:
        """Let every thread whose name begins so run out of memory when it next waits for work."""
        self._ask("kill", threads)

    def fill_disk(self) -> None:
        """Leave no room on any disk, as far as the server goes."""
        self._ask("disk", "full")

    def free_disk(self) -> None:
        """Give all room back."""
        self._ask("disk", "free")

    def _ask(self, name: str, what: str) -> None:
        """Ask the server for a fault and wait until it is there."""
        draft, asked = self.folder / "draft", self.folder / name
        draft.write_text(what, encoding="utf-8")
        draft.rename(asked)
        until = time.monotonic() + PATIENCE_S
        while asked.exists():
            assert time.monotonic() < until, "the server takes no faults"
            time.sleep(0.02)


@contextlib.contextmanager
def faulty(folder: Path) -> Iterator[Faulty]:
    """Serve the app so that faults can be injected into it."""
    (folder / "clock").write_bytes(struct.pack("dd", 0.0, 0.0))
    path = os.pathsep.join(filter(None, (str(_LOADED), os.environ.get("PYTHONPATH"))))
    with served(environment={"FAULTS": str(folder), "PYTHONPATH": path}) as url:
        yield Faulty(url, folder)
