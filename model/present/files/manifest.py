"""The manifest of a bundle: what made it, and each of its files with size and hash."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy
import scipy

from model.assumptions.currency import named_in
from model.present.files.placing import MANIFEST
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION, VERSION

PRODUCT = "Downstream"
_LARGEST = 10_000_000


class Counted:
    """Pieces of a file that are counted and hashed while they pass."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        """Take the pieces; nothing is counted before they pass."""
        self._pieces, self._hash, self._size = pieces, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces as they are."""
        for piece in self._pieces:
            self._hash.update(piece)
            self._size += len(piece)
            yield piece

    def entry(self, name: str) -> dict[str, object]:
        """Return the manifest's entry of the file."""
        return {"name": name, "bytes": self._size, "sha256": self._hash.hexdigest()}


def manifest(
    scenario: Scenario, facts: Mapping[str, object], files: Iterable[Mapping[str, object]]
) -> bytes:
    """Return the manifest of files made from a scenario; `facts` say how."""
    said = {
        "product": PRODUCT,
        "product_version": VERSION,
        "results_version": RESULTS_VERSION,
        "scenario_name": scenario.name,
        "scenario_note": scenario.note,
        "scenario_hash": scenario.digest(),
        "platform": scenario.platform,
        "currency": scenario.currency,
        "time_zone": scenario.time_zone,
        **{named_in(name, scenario.currency): fact for name, fact in facts.items()},
        "packages": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
        },
        "files": list(files),
    }
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()


def listed_in(folder: Path) -> frozenset[str]:
    """Return the files of the bundle that lies in a folder, none if there is no manifest of ours.

    Only plain names count: no path from a file leads out of its folder.
    """
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return frozenset()
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return frozenset()
    if not isinstance(said, dict) or said.get("product") != PRODUCT:
        return frozenset()
    entries = said.get("files")
    names = {
        entry["name"]
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    }
    return frozenset({name for name in names if _is_plain(name)} | {MANIFEST})


def _is_plain(name: str) -> bool:
    return bool(name) and Path(name).name == name and name not in (".", "..") and "\0" not in name
