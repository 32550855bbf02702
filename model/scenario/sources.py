"""Where scenarios come from: a path, bytes or an open file, and the presets in `data/`."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import IO

from model import data
from model.limits import LONGEST_NAME, MOST_SCENARIO_BYTES
from model.scenario.validation import ScenarioError

PRESETS = "presets.csv"
UNNAMED = "scenario.csv"

Source = str | os.PathLike[str] | bytes | IO[bytes] | IO[str]


def content(source: Source) -> tuple[bytes, str]:
    """Return the bytes of a source, a little more than allowed at most, and its file name."""
    most = MOST_SCENARIO_BYTES + 1
    if isinstance(source, bytes):
        return source, UNNAMED
    if isinstance(source, str | os.PathLike):
        return _on_disk(source, most)
    read = source.read(most)
    raw = read.encode("utf-8", "surrogatepass") if isinstance(read, str) else read
    name = getattr(source, "name", UNNAMED)
    return raw, _file_name(name) if isinstance(name, str) else UNNAMED


def _on_disk(path: str | os.PathLike[str], most: int) -> tuple[bytes, str]:
    name = _file_name(path)
    try:
        with open(path, "rb") as file:
            return file.read(most), name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([f"{name}: cannot be read: {reason}"]) from None


def _file_name(path: str | os.PathLike[str]) -> str:
    return one_line(_printable(Path(path).name)) or UNNAMED


def stem(file: str) -> str:
    """Return the name of a scenario whose file does not say one: the file's, without ending."""
    return Path(file).stem[:LONGEST_NAME].strip() or "scenario"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str) -> str:
    """Return text on one line, with single spaces."""
    return " ".join(text.split())


def preset_rows() -> list[dict[str, str]]:
    """Return the rows of the index of presets: id, file, name, note."""
    if PRESETS not in data.names(".csv"):
        return []
    with data.path(PRESETS).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
