"""Packing: files into a folder or a zip, with the manifest and the dictionary that describe them.

Nothing that is written depends on the day, the folder or the number of workers.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy
import scipy

from model.present.files.dictionary import datapackage, dictionary_csv
from model.present.files.page_columns import PAGE_FILES
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION, VERSION

SCENARIO = "scenario.csv"
# A zip remembers the time of each file; one fixed time keeps its bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

Pieces = Callable[[], Iterable[bytes]]
Store = Callable[[str, Iterable[bytes]], None]


@dataclass(frozen=True)
class Bundle:
    """Files to be written, made when they are, and what the manifest says besides them."""

    scenarios: tuple[Scenario, ...]
    title: str
    facts: dict[str, object]
    files: dict[str, Pieces]
    absent: tuple[str, ...] = ()
    """Files that an earlier bundle of this kind may have left and this one does not have."""


def command(
    verb: str, options: Mapping[str, object], *flags: str, scenarios: Sequence[str] = (SCENARIO,)
) -> str:
    """Return the command that makes a bundle again from the scenarios in it.

    An option with a list of values has them after its name; an empty list leaves it out.
    """
    words = ["python", "-m", "model", verb, *scenarios]
    for name, value in options.items():
        values = value if isinstance(value, list) else [value]
        words += [f"--{name.replace('_', '-')}", *map(str, values)] if values else []
    return shlex.join([*words, *flags, "--out", "out"])


def scenario_names(count: int) -> tuple[str, ...]:
    """Return the files of the scenarios of a bundle: scenario.csv, scenario_2.csv, …"""
    return (SCENARIO, *(f"scenario_{k}.csv" for k in range(2, count + 1)))


def prepare(path: str | os.PathLike[str]) -> None:
    """Make the folder that `path` needs and see that it can be written to; OSError if not."""
    target = Path(path)
    if _is_zip(target) and target.is_dir():
        raise IsADirectoryError(21, "a folder of that name is there")
    folder = target.parent if _is_zip(target) else target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def save(bundle: Bundle, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write a bundle into a folder or, if `path` ends in `.zip`, a zip; return its files."""
    prepare(path)
    target = Path(path)
    if _is_zip(target):
        return _replace_zip(bundle, target)
    for name in bundle.absent:
        (target / name).unlink(missing_ok=True)

    def store(name: str, pieces: Iterable[bytes]) -> None:
        with (target / name).open("wb") as file:
            file.writelines(pieces)

    return _save(bundle, store)


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _replace_zip(bundle: Bundle, target: Path) -> tuple[str, ...]:
    """Write the zip beside its place first, so that an error leaves no half of one."""
    handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            names = save_zip(bundle, file)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return names


def save_zip(bundle: Bundle, file: IO[bytes]) -> tuple[str, ...]:
    """Write a bundle as a zip into an open file; return its files."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:

        def store(name: str, pieces: Iterable[bytes]) -> None:
            # Sizes are not known beforehand and may pass 4 GB, hence zip64.
            with archive.open(_entry(name), "w", force_zip64=True) as entry:
                entry.writelines(pieces)

        return _save(bundle, store)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info


def _save(bundle: Bundle, store: Store) -> tuple[str, ...]:
    """Store the files of a bundle and then the manifest that lists them."""
    texts = {
        name: encoded(scenario.to_csv())
        for name, scenario in zip(
            scenario_names(len(bundle.scenarios)), bundle.scenarios, strict=True
        )
    }
    described = (*texts, *bundle.files, "dictionary.csv")
    package = datapackage("downstream", bundle.title, described)
    files: dict[str, Pieces] = {
        **{name: partial(_whole, text) for name, text in texts.items()},
        **bundle.files,
        "dictionary.csv": lambda: [dictionary_csv((*described, *PAGE_FILES), bundle.scenarios[0])],
        "datapackage.json": lambda: [package.encode()],
    }
    listed = []
    for name, pieces in files.items():
        counted = _Counted(pieces())
        store(name, counted)
        listed.append(counted.entry(name))
    store("manifest.json", [_manifest(bundle, listed).encode()])
    return (*files, "manifest.json")


def _whole(content: bytes) -> list[bytes]:
    return [content]


class _Counted:
    """Pieces of a file that are counted and hashed while they pass."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._hash, self._size = pieces, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._hash.update(piece)
            self._size += len(piece)
            yield piece

    def entry(self, name: str) -> dict[str, object]:
        """Return the manifest's entry of the file."""
        return {"name": name, "bytes": self._size, "sha256": self._hash.hexdigest()}


def _manifest(bundle: Bundle, files: list[dict[str, object]]) -> str:
    first = bundle.scenarios[0]
    manifest = {
        "product": "Downstream",
        "product_version": VERSION,
        "results_version": RESULTS_VERSION,
        "scenario_name": first.name,
        "scenario_note": first.note,
        "scenario_hash": first.digest(),
        **bundle.facts,
        "packages": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
        },
        "files": files,
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
