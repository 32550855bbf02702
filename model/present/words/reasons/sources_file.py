"""Why a default is what it is: the tables of `data/SOURCES.md`, found by the name of a row.

>>> dict(reasoning("platform.daily_users"))["Weakness"]
'Panel estimate; the upper end is judgement. Moves minutes, not dollars'
>>> reasoning("sla.tier_2.credit") == reasoning("sla.tier_1.below")
True
"""

from __future__ import annotations

import html as escaping
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from model import data
from model.assumptions import correlations, remedies
from model.assumptions.cause_defaults import CAUSES
from model.assumptions.lookup import cause_of, declared

FILE = "SOURCES.md"
Reasoning = tuple[tuple[str, str], ...]
"""Headings of a table with what stands below them for one row."""
_NOT_REASONS = ("Default", "Grade")
"""Columns that stand beside the field anyway."""
_NOTHING = ("–", "-", "")
_ADDRESS = re.compile(
    r"\b(?:doi (?P<doi>10\.\d+/[\w./-]*\w)|arXiv (?P<arxiv>\d{4}\.\d{4,5}))\b"
    r"|\b(?P<host>(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|int|io|gh|jp|tw|ventures)"
    r"(?:/[\w./?=&%#-]*\w)?)"
)


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Reasoning]:
    """Return the rows of all tables of the file, by each name in their first cell."""
    found: dict[str, Reasoning] = {}
    for heads, cells in _rows(data.path(FILE).read_text(encoding="utf-8")):
        pairs = zip(heads[1:], cells[1:], strict=True)
        told = tuple((h, c) for h, c in pairs if h not in _NOT_REASONS and c not in _NOTHING)
        for name in re.split(r"[;,] ", cells[0].replace("`", "")):
            found.setdefault(name.removesuffix(" by cause"), told)
    return MappingProxyType(found)


def _rows(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield each row of each table in a text with the headings above it."""
    heads: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = cells
        elif not set(line) <= set("|-: ") and len(cells) == len(heads):
            yield heads, cells


def reasoning(name: str) -> Reasoning:
    """Return what the sources say of the default of a row; nothing where they are silent."""
    found = _tables()
    return tuple(pair for key in dict.fromkeys(_keys(name)) for pair in found.get(key, ()))


def _keys(name: str) -> Iterator[str]:
    """Yield the names under which a row may stand in the file."""
    cause, remedy = cause_of(name), remedies.remedy_of(name)
    if name.startswith(correlations.PREFIX):
        yield _of_pair(name)
    elif remedy:
        yield remedy
    elif name.startswith("sla.tier_"):
        yield "tiers"
    elif name.startswith("profiles."):
        yield str(declared(name).default)
    elif name.endswith(".timing"):
        yield f"timing_{declared(name).default}.csv"
    elif cause in CAUSES and name.endswith((".rate_per_year", ".duration", "_loss")):
        yield str(cause)
    if not remedy:
        yield name.rpartition(".")[2]


def _of_pair(name: str) -> str:
    pair = correlations.pair_of(name, correlations.is_declared)
    if pair is None or correlations.cause_within(pair) is None:
        return "correlation of rates"
    within = "correlation within an incident: "
    timed = any(part.endswith(".duration") for part in pair)
    return within + ("duration and each loss" if timed else "any two losses")


def html(name: str) -> str:
    """Return the reasoning as HTML with its addresses as links; nothing where there is none."""
    lines = (f"<p><b>{escaping.escape(h)}.</b> {_linked(c)}</p>" for h, c in reasoning(name))
    return "".join(lines)


def _linked(text: str) -> str:
    """Return our own text as HTML: emphasis kept, every address a link to it."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escaping.escape(text[at : found.start()]), _link(found)]
        at = found.end()
    whole = "".join([*parts, escaping.escape(text[at:])])
    whole = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", whole)
    return re.sub(r"(?<!\*)\*([^*]+?)\*(?!\*)", r"<em>\1</em>", whole)


def _link(found: re.Match[str]) -> str:
    doi, arxiv = found["doi"], found["arxiv"]
    there = f"doi.org/{doi}" if doi else f"arxiv.org/abs/{arxiv}" if arxiv else found["host"]
    href = escaping.escape(f"https://{there}", quote=True)
    shown = escaping.escape(found[0])
    opens = "target='_blank' rel='noopener noreferrer' style='color:inherit'"
    return f"<a href='{href}' {opens}>{shown}</a>"
