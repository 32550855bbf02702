"""Characters that a file may carry, and text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

# Beyond what XML 1.0 forbids also DEL, C1 controls and every noncharacter: none of them is text.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
_UNFIT = re.compile(f"[{_CONTROLS}\\r\ud800-\udfff{_NONCHARACTERS}]")
_UNFIT_IN_FILE = re.compile(f"[{_CONTROLS}\ud800-\udfff{_NONCHARACTERS}]")
REPLACEMENT = "\ufffd"

_FORMULA = "=+\\-@\t\r\n\0＝＋－＠"
_RISKY = re.compile(rf"'*[{_FORMULA}]")
_NEUTRALISED = re.compile(rf"''*[{_FORMULA}]")


def unfit(text: str) -> tuple[str, ...]:
    """Return the characters of a text that no XML file or slide can carry, each once, in order.

    >>> unfit("Plan \\uffff B"), unfit("one\\ttwo\\n")
    (('\\uffff',), ())
    """
    return tuple(dict.fromkeys(_UNFIT.findall(text)))


def is_plain(text: str) -> bool:
    """Return whether every file format can carry the text as it is."""
    return _UNFIT.search(text) is None


def is_plain_file(text: str) -> bool:
    """Return whether a whole text file has plain characters only; carriage returns end lines."""
    return _UNFIT_IN_FILE.search(text) is None


def named(characters: tuple[str, ...]) -> str:
    """Return characters by their numbers, as people look them up.

    >>> named(("\\uffff", "\\x0b"))
    'U+FFFF, U+000B'
    """
    return ", ".join(f"U+{ord(character):04X}" for character in characters)


def replaced(text: str) -> str:
    """Return a text whose unfit characters are the replacement character."""
    return _UNFIT.sub(REPLACEMENT, text)


def one_kind_of_break(text: str) -> str:
    """Return a cell whose line breaks are line feeds, whatever system wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def neutralised(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; `restored` undoes it.

    >>> neutralised("=1+1"), neutralised("'=x"), neutralised("it's")
    ("'=1+1", "''=x", "it's")
    """
    return f"'{text}" if _RISKY.match(text) else text


def restored(cell: str) -> str:
    """Return the text behind a cell written by `neutralised`.

    >>> restored("'=1+1"), restored("''=x"), restored("'tis")
    ('=1+1', "'=x", "'tis")
    """
    return cell[1:] if _NEUTRALISED.match(cell) else cell
