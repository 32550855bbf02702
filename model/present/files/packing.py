"""Packing: files into a folder or a zip, with the manifest and the dictionary that describe them.

Nothing that is written depends on the day, the folder or the number of workers.
"""

from __future__ import annotations

import os
import shlex
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from model.present.files import placing
from model.present.files.declared.columns import FILES
from model.present.files.declared.page_columns import PAGE_FILES
from model.present.files.dictionary import datapackage, dictionary_csv
from model.present.files.manifest import Counted, listed_in, manifest
from model.present.files.placing import MANIFEST
from model.present.words.spoken.subject import speaking_of
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario

SCENARIO = "scenario.csv"
DICTIONARY, PACKAGE = "dictionary.csv", "datapackage.json"
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


def command(
    verb: str,
    options: Mapping[str, object],
    *flags: str,
    scenarios: Sequence[str] = (SCENARIO,),
    beside: Sequence[str] = (),
) -> str:
    """Return the command that makes a bundle again from the scenarios in it.

    An option with a list of values has them after its name; an empty list leaves it out. Files
    that lie `beside` the bundle, such as a log, are not in it.
    """
    words = ["python", "-m", "model", verb, *beside, *scenarios]
    for name, value in options.items():
        values = value if isinstance(value, list) else [value]
        words += [f"--{name.replace('_', '-')}", *map(str, values)] if values else []
    return shlex.join([*words, *flags, "--out", "out"])


def scenario_names(count: int) -> tuple[str, ...]:
    """Return the files of the scenarios of a bundle: scenario.csv, scenario_2.csv, …"""
    return (SCENARIO, *(f"scenario_{k}.csv" for k in range(2, count + 1)))


def prepare(path: str | os.PathLike[str], inputs: Iterable[str | None] = ()) -> None:
    """See that a bundle can be written to a place before long work begins; OSError if not.

    Files that are read, `inputs`, are never written over.
    """
    target = _resolved(path)
    if _is_zip(target):
        placing.refuse_no_file(target)
        placing.refuse_inputs([target], inputs)
        placing.prepare(target)
        return
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(20, "a file of that name is there")
    mine = (SCENARIO, MANIFEST, PACKAGE)
    placing.refuse_inputs([target / name for name in (*mine, *FILES)], inputs)
    numbered = (Path(one).name for one in inputs if one)
    placing.refuse_inputs([target / name for name in numbered if _is_numbered(name)], inputs)
    placing.refuse_others(target, mine, listed_in(target))
    # A folder is made at the end, whole; what is around it must be there and take it.
    placing.prepare(target / MANIFEST if target.is_dir() else target)


def _is_numbered(name: str) -> bool:
    """Tell whether a file is called like a further scenario of a bundle."""
    return name.startswith(SCENARIO.replace(".csv", "_"))


def _resolved(path: str | os.PathLike[str]) -> Path:
    """Return where a place is; a zip that is a link is replaced, the folder around it followed."""
    given = Path(os.path.abspath(path))
    return Path(os.path.realpath(given.parent)) / given.name if _is_zip(given) else given.resolve()


def save(bundle: Bundle, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write a bundle into a folder or, if `path` ends in `.zip`, a zip; return its files."""
    target = _resolved(path)
    names: list[str] = []

    def fill(folder: Path) -> list[str]:
        names[:] = _save(bundle, partial(_store_in, folder))
        return names

    def pack(draft: Path) -> None:
        with draft.open("xb") as file:
            names[:] = save_zip(bundle, file)

    target.parent.mkdir(parents=True, exist_ok=True)
    if _is_zip(target):
        placing.put_file(target, pack)
    else:
        placing.put_folder(target, fill, listed_in)
    return tuple(names)


def _store_in(folder: Path, name: str, pieces: Iterable[bytes]) -> None:
    with (folder / name).open("xb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def save_scenario(
    scenario: Scenario, path: str | os.PathLike[str], inputs: Iterable[str | None] = ()
) -> None:
    """Write a scenario file, an .xlsx workbook if `path` ends so, else CSV; OSError if not."""
    given = Path(os.path.abspath(path))
    target = Path(os.path.realpath(given.parent)) / given.name
    placing.refuse_inputs([target], inputs)
    workbook = target.suffix.lower() == ".xlsx"
    content = scenario.to_xlsx() if workbook else encoded(scenario.to_csv())
    save_file(content, target)


def save_file(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write one file whole; OSError if it cannot be, and what was there stays."""
    target = Path(os.path.abspath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    placing.put_file(target, lambda draft: _store_in(draft.parent, draft.name, [content]))


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
    with speaking_of(bundle.scenarios[0]):
        return _stored(bundle, store)


def _stored(bundle: Bundle, store: Store) -> tuple[str, ...]:
    texts = {
        name: encoded(scenario.to_csv())
        for name, scenario in zip(
            scenario_names(len(bundle.scenarios)), bundle.scenarios, strict=True
        )
    }
    described = (*texts, *bundle.files, DICTIONARY)
    package = datapackage("downstream", bundle.title, described)
    files: dict[str, Pieces] = {
        **{name: partial(_whole, text) for name, text in texts.items()},
        **bundle.files,
        DICTIONARY: lambda: [dictionary_csv((*described, *PAGE_FILES), bundle.scenarios[0])],
        PACKAGE: lambda: [package.encode()],
    }
    listed = []
    for name, pieces in files.items():
        counted = Counted(pieces())
        store(name, counted)
        listed.append(counted.entry(name))
    store(MANIFEST, [manifest(bundle.scenarios[0], bundle.facts, listed)])
    return (*files, MANIFEST)


def _whole(content: bytes) -> list[bytes]:
    return [content]
