"""How much room text takes, without a font at hand: conservative widths of a plain sans-serif.

>>> lines_needed("a short line", width_pt=200, size_pt=12)
1
>>> shortened("a very long name of something", width_pt=60, size_pt=12)
'a very l…'
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

LINE_HEIGHT = 1.22
"""Height of a line in units of the type's size."""

_NARROW = frozenset("iIl.,:;'|!jtfr()[]{}/ -“”’")
_WIDE = frozenset("mwMW@%—…")


def width_em(text: str) -> float:
    """Return the width of a line of text in units of the type's size, rather too wide."""
    return sum(map(_char_em, text))


def _char_em(char: str) -> float:
    if char in _NARROW:
        return 0.36
    if char in _WIDE:
        return 0.92
    if ord(char) > 0x2E7F:
        return 1.05
    return 0.66 if char.isupper() else 0.56


def lines_needed(text: str, *, width_pt: float, size_pt: float) -> int:
    """Return how many lines text takes, broken between words, or within one that is too long."""
    lines, used = 1, 0.0
    room = width_pt / size_pt
    for word in text.replace("\u00a0", "x").split():
        width = width_em(word)
        gap = 0.36 if used else 0.0
        if used + gap + width <= room:
            used += gap + width
            continue
        lines += 1 if used else 0
        while width > room:
            lines, width = lines + 1, width - room
        used = width
    return lines


def height_pt(texts: Sequence[str], *, width_pt: float, size_pt: float, gap: float = 0.0) -> float:
    """Return the height of paragraphs with a gap after each, in units of the size."""
    lines = sum(lines_needed(text, width_pt=width_pt, size_pt=size_pt) for text in texts)
    return size_pt * (lines * LINE_HEIGHT + gap * len(texts))


def largest_size(
    texts: Sequence[str],
    sizes: Sequence[float],
    *,
    width_pt: float,
    height_pt_: float,
    gap: float = 0.0,
) -> float | None:
    """Return the largest of `sizes` (descending) at which paragraphs fit a box; None if none."""
    for size in sizes:
        if height_pt(texts, width_pt=width_pt, size_pt=size, gap=gap) <= height_pt_:
            return size
    return None


def shortened(text: str, *, width_pt: float, size_pt: float) -> str:
    """Return text on one line, cut with an ellipsis where it would not fit."""
    room = width_pt / size_pt
    if width_em(text) <= room:
        return text
    kept, used = "", _char_em("…")
    for char in text:
        used += _char_em(char)
        if used > room:
            break
        kept += char
    return f"{kept.rstrip()}…"


def balanced(words: Sequence[str], count: int) -> tuple[str, ...]:
    """Return words on `count` lines, the widest as narrow as can be.

    >>> balanced("Power, cooling and weather: incidents per year".split(), 2)
    ('Power, cooling and', 'weather: incidents per year')
    """
    places = itertools.combinations(range(1, len(words)), count - 1)
    splits = (
        tuple(" ".join(words[a:b]) for a, b in itertools.pairwise((0, *cuts, len(words))))
        for cuts in places
    )
    return min(splits, key=lambda lines: max(map(width_em, lines)))


def fitted(text: str, *, width_pt: float, size_pt: float, lines: int) -> str:
    """Return text that takes at most so many lines, cut with an ellipsis where it would not."""
    if lines_needed(text, width_pt=width_pt, size_pt=size_pt) <= lines:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        trial = f"{text[:middle].rstrip()}…"
        fits = lines_needed(trial, width_pt=width_pt, size_pt=size_pt) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return f"{text[:low].rstrip()}…"
