"""Pieces of error messages: the value as given, the range as allowed, in shown units."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable

from model.assumptions.declaration import Assumption
from model.limits import LONGEST_QUOTE, MOST_ALIKE

_PARTICULAR = re.compile(r"""'[^']*'|"[^"]*"|[\w*]+(?:\.[\w*]+)+|\d+""")


def quoted(text: str) -> str:
    """Return text from outside in quotes, printable and not longer than a line bears."""
    shown = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    return repr(shown)


def quoted_name(name: str) -> str:
    """Return a row's name as it is when it looks like one, else in quotes and shortened."""
    return name if re.fullmatch(r"[\w.*]{1,120}", name, re.ASCII) else quoted(name)


def plain(value: float) -> str:
    """Return a number as people write it, with as many digits as it needs up to twelve."""
    whole = 1000 <= abs(value) < 1e15 and value == int(value)
    return f"{value:,.0f}" if whole else f"{value:.12g}"


def allowed_range(item: Assumption) -> str:
    """Return the hard bounds of an assumption in words, with its unit."""
    start = f"more than {plain(item.lower)}" if item.lower_open else f"from {plain(item.lower)}"
    if item.unit == "share":
        return "from 0 to 1 (0 % to 100 %)"
    return f"{start} to {plain(item.upper)} {item.unit}"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "year"), counted(2_000, "year")
    ('1 year', '2,000 years')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def condensed(problems: Iterable[str], most: int = MOST_ALIKE) -> list[str]:
    """Return problems, at most so many of a kind; a line after them says how many more."""
    kinds = [(problem, _kind(problem)) for problem in problems]
    total, seen = Counter(kind for _, kind in kinds), Counter[str]()
    found = []
    for problem, kind in kinds:
        seen[kind] += 1
        if seen[kind] <= most:
            found.append(problem)
        if seen[kind] == most < total[kind]:
            found.append(f"… and {total[kind] - most:,} more like this")
    return found


def _kind(problem: str) -> str:
    """Return what a problem says of any row: without names, numbers and what was given."""
    said = problem.partition("; nearest known")[0].rpartition(": ")[2]
    return _PARTICULAR.sub("", said)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `; nearest known: …` for an unknown name, nothing when none is near."""
    close = difflib.get_close_matches(name[:200], list(known), n=1, cutoff=0.6)
    return f"; nearest known: {close[0]}" if close else ""
