"""What people call the causes and remedies of a scenario: any letters, each once.

Names are for files and links and never change; labels are for people.

>>> free_name("Zweiter Anbieter: Köln", ["zweiter_anbieter_koln"], "remedy")
'zweiter_anbieter_koln_2'
>>> free_name("第二", [], "remedy")
'remedy'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from typing import TypeVar

from model.assumptions.messages import quoted

T = TypeVar("T")
LABEL = ".label"
"""How the rows end that say what something is called."""
_LONGEST_NAME = 40
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def by_default(name: str) -> str:
    """Return what something is called that says nothing else: its name in plain words."""
    return name.replace("_", " ").strip().capitalize() or name


def free_name(label: str, taken: Container[str], otherwise: str) -> str:
    """Return a name for files and links near a label; `otherwise` is for what no letter is left."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = _NO_LETTER.sub("_", letters).strip("_")[:_LONGEST_NAME].strip("_") or otherwise
    name, number = stem, 2
    while name in taken:
        ending = f"_{number}"
        name, number = stem[: _LONGEST_NAME - len(ending)] + ending, number + 1
    return name


def one_line(value: T) -> T | str:
    """Return text on one line, with single spaces; anything else as it is."""
    return " ".join(value.split()) if isinstance(value, str) else value


def doubled(labels: Mapping[str, str], own: Iterable[str]) -> list[tuple[str, str]]:
    """Return what is wrong with labels by row, of the rows in `own`: two things of one label.

    Charts and tables would show them as one.
    """
    rows: dict[str, list[str]] = {}
    for row, label in labels.items():
        rows.setdefault(_heard(label), []).append(row)
    return [
        (row, f"value {quoted(labels[row])}: {_who(other)} is called that too")
        for row in own
        for other in [one for one in rows[_heard(labels[row])] if one != row][:1]
    ]


def _heard(label: str) -> str:
    return str(one_line(label)).casefold()


def _who(row: str) -> str:
    return row.removesuffix(LABEL)
