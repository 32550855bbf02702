"""The law book (`model/MODEL.md`) as the page of methods shows it.

>>> [chapter.title for chapter in chapters()][:3]
['Assumptions', 'Incidents', 'From one incident to money']
>>> dict(glossary())["EAL"]
'expected annual loss'
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

BOOK = Path(__file__).parents[2] / "MODEL.md"
_GLOSSARY = "Vocabulary"
_NUMBER = re.compile(r"§\d+ ")
_ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)


class Chapter(NamedTuple):
    """A chapter of the law book: its title and its text, Markdown of our own."""

    title: str
    text: str

    def markdown(self) -> str:
        """Return the text: Markdown that nobody but us wrote."""
        return self.text


@lru_cache(maxsize=1)
def _book() -> dict[str, str]:
    text = BOOK.read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    titles = (_NUMBER.sub("", title) for title in parts[1::2])
    return dict(zip(titles, map(str.strip, parts[2::2]), strict=True))


def chapters() -> tuple[Chapter, ...]:
    """Return the chapters in their order, without the vocabulary."""
    return tuple(Chapter(title, text) for title, text in _book().items() if title != _GLOSSARY)


def glossary() -> tuple[tuple[str, str], ...]:
    """Return the words of the product and what each means."""
    rows = _ROW.findall(_book()[_GLOSSARY])
    return tuple((word, meaning) for word, meaning in rows if word not in ("word", "---"))


def paragraph(number: str) -> str:
    """Return one paragraph, such as 5.16, without its number.

    >>> paragraph("5.16")[:13]
    'Not modelled.'
    """
    whole = "\n".join(_book().values())
    found = re.search(rf"\*\*§{re.escape(number)} (.+?)(?=\n\n|\Z)", whole, flags=re.DOTALL)
    assert found, number
    return found[1].replace("**", "", 1)
