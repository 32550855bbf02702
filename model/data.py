"""The files that come with the product: the only ones a scenario may name.

A name from a scenario is looked up among the files present and never joined to a path unseen, so
no path from a file is opened (PRODUCT "Bad input").
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from model.arrays import Array

ROOT = Path(__file__).resolve().parent.parent / "data"


def names(suffix: str = "") -> tuple[str, ...]:
    """Names of the files in `data/` that end in `suffix`, sorted."""
    return tuple(sorted(f.name for f in ROOT.iterdir() if f.is_file() and f.name.endswith(suffix)))


def path(name: str) -> Path:
    """Where the file `name` of `data/` lies; ValueError unless it is the bare name of one."""
    if name not in names():
        raise ValueError(f"no file {name!r} in data/; allowed: {', '.join(names('.csv'))}")
    return ROOT / name


def column(name: str, column: str) -> Array:
    """Numbers `(n_rows,)` of one column of a CSV file, empty cells as NaN; ValueError if absent."""
    with path(name).open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if column not in (rows.fieldnames or ()):
            raise ValueError(f"{name} has no column {column!r}; it has {rows.fieldnames}")
        cells = [row[column] or "nan" for row in rows]
    try:
        return np.array(cells, dtype=float)
    except ValueError as error:
        raise ValueError(f"{name}, column {column!r}: not a number ({error})") from None
