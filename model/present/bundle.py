"""The bundle: every table of a run, its scenario, a manifest and a dictionary, byte for byte.

The same scenario, years, worlds, seed and threshold give the same bytes: nothing in a bundle
depends on the day, the folder or the number of workers (PRODUCT "Files").
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shlex
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy
import scipy

from model.present import remarks, tables
from model.present.dictionary import datapackage, dictionary_csv
from model.replay import Replay
from model.result import DEFAULT_THRESHOLD_USD, Result
from model.scenario import Scenario
from model.scenario_csv import encoded, number
from model.version import RESULTS_VERSION, VERSION

MOST_ANNUAL_YEARS = 1_000_000
"""Above so many years `annual.csv` is written only when asked for."""

# A zip remembers the time of each file; one fixed time keeps its bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

Pieces = Callable[[], Iterable[bytes]]
Store = Callable[[str, Iterable[bytes]], None]


@dataclass(frozen=True)
class Bundle:
    """Files to be written, made when they are, and what the manifest says besides them."""

    scenario: Scenario
    title: str
    facts: dict[str, object]
    files: dict[str, Pieces]
    absent: tuple[str, ...] = ()
    """Files that an earlier bundle of this kind may have left and this one does not have."""


def of_run(result: Result, threshold_usd: float, annual_up_to: int = MOST_ANNUAL_YEARS) -> Bundle:
    """Return the bundle of a run; `annual.csv` is in it up to `annual_up_to` years."""
    with_annual = result.years <= annual_up_to
    files: dict[str, Pieces] = {
        "summary.csv": lambda: [tables.csv_bytes(tables.summary(result, threshold_usd))],
        "exceedance.csv": lambda: [tables.csv_bytes(tables.exceedance(result))],
        "chain.csv": lambda: [tables.csv_bytes(tables.chain(result))],
        "by_cause.csv": lambda: [tables.csv_bytes(tables.by_cause(result))],
        "per_minute.csv": lambda: [tables.csv_bytes(tables.per_minute(result))],
        "incidents.csv": lambda: [tables.csv_bytes(tables.incidents(result))],
    }
    if with_annual:
        files["annual.csv"] = lambda: tables.annual_csv(result)
    sizes = {"years": result.years, "worlds": result.worlds, "seed": result.seed}
    options = sizes | {"threshold": number(threshold_usd)}
    annual = ["--annual"] if with_annual and result.years > MOST_ANNUAL_YEARS else []
    facts = sizes | {
        "threshold_usd": threshold_usd,
        "command": command("run", options, *annual),
        "warnings": remarks.of_run(result),
    }
    title = f"Annual loss from outages, scenario {result.scenario.name}"
    return Bundle(result.scenario, title, facts, files, () if with_annual else ("annual.csv",))


def of_replay(replayed: Replay, given: Mapping[str, object]) -> Bundle:
    """Return the bundle of a replay; `given` are the options that described the incident."""
    incident = replayed.incident
    frames = replayed.frames()
    facts: dict[str, object] = {
        "incident": incident.id,
        "incident_name": incident.name,
        "start_utc": incident.start.isoformat(),
        "hours": incident.hours,
        "worlds": replayed.worlds,
        "seed": replayed.seed,
        "command": command("replay", {**given, "seed": replayed.seed}),
        "warnings": remarks.of_scenario(replayed.scenario),
    }
    files: dict[str, Pieces] = {
        "replay.csv": lambda: [tables.csv_bytes(frames.replay)],
        "bill.csv": lambda: [tables.csv_bytes(frames.bill)],
    }
    title = f"Replay of {incident.name}, scenario {replayed.scenario.name}"
    return Bundle(replayed.scenario, title, facts, files)


def command(verb: str, options: Mapping[str, object], *flags: str) -> str:
    """Return the command that makes a bundle again from its own `scenario.csv`."""
    given = [
        text
        for name, value in options.items()
        for text in (f"--{name.replace('_', '-')}", str(value))
    ]
    return shlex.join(
        ["python", "-m", "model", verb, "scenario.csv", *given, *flags, "--out", "out"]
    )


def write(
    result: Result,
    threshold_usd: float,
    path: str | os.PathLike[str],
    *,
    annual_up_to: int = MOST_ANNUAL_YEARS,
) -> tuple[str, ...]:
    """Write a run's bundle into a folder, or a zip if `path` ends in `.zip`; return its files."""
    return save(of_run(result, threshold_usd, annual_up_to), path)


def zip_bytes(result: Result, threshold_usd: float = DEFAULT_THRESHOLD_USD) -> bytes:
    """Return a run's bundle as the bytes of a zip."""
    buffer = io.BytesIO()
    _save_zip(of_run(result, threshold_usd), buffer)
    return buffer.getvalue()


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
            names = _save_zip(bundle, file)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return names


def _save_zip(bundle: Bundle, file: IO[bytes]) -> tuple[str, ...]:
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
    scenario = bundle.scenario
    described = ("scenario.csv", *bundle.files, "dictionary.csv")
    package = datapackage("downstream", bundle.title, described)
    files: dict[str, Pieces] = {
        "scenario.csv": lambda: [encoded(scenario.to_csv())],
        **bundle.files,
        "dictionary.csv": lambda: [dictionary_csv(described, scenario)],
        "datapackage.json": lambda: [package.encode()],
    }
    listed = []
    for name, pieces in files.items():
        counted = _Counted(pieces())
        store(name, counted)
        listed.append(counted.entry(name))
    store("manifest.json", [_manifest(bundle, listed).encode()])
    return (*files, "manifest.json")


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
    manifest = {
        "product": "Downstream",
        "product_version": VERSION,
        "results_version": RESULTS_VERSION,
        "scenario_name": bundle.scenario.name,
        "scenario_note": bundle.scenario.note,
        "scenario_hash": bundle.scenario.digest(),
        **bundle.facts,
        "packages": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
        },
        "files": files,
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
