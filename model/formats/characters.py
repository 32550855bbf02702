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
# Numbers, days and times as spreadsheets guess them in a CSV file.
_MONTH = (
    "jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz?|apr(?:il)?|may|mai|june?|juni|july?|juli"
    "|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
_GUESSED = rf"(?=.*\d)(?:[\d.,:/%+ -]|e|[ap]m|(?:{_MONTH})(?![a-zäöü]))+|true|false|wahr|falsch"
_LIKE_VALUE = re.compile(_GUESSED, re.IGNORECASE)
_SAFE = re.compile(r"0|[1-9]\d{0,14}|\d{4}-\d\d-\d\d")  # come back as they were
_RISKY = re.compile(rf"'*[{_FORMULA}]|'+(?:{_GUESSED})$", re.IGNORECASE)
_NEUTRALISED = re.compile(rf"''*[{_FORMULA}]|'+(?:{_GUESSED})$", re.IGNORECASE)

_FULL_WIDTH = {0xFF01 + k: chr(0x21 + k) for k in range(94)}
_SIGNS = dict.fromkeys((0x2212, 0xFE63, 0x2012, 0x2013, 0x2010, 0x2011), "-")
_SPACES = dict.fromkeys((0xA0, 0x2009, 0x202F, 0x2007, 0x2008, 0x200A, 0x2002, 0x2003), " ")
_UNSEEN = dict.fromkeys((0x200B, 0x200E, 0x200F, 0x061C, 0x2060, 0xFEFF))
_QUOTES = dict.fromkeys((0x2019, 0xB4, 0x2018), "'")
_PLAINER = _FULL_WIDTH | _SIGNS | _SPACES | _UNSEEN | _QUOTES | {0x3000: " "}


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

    >>> neutralised("=1+1"), neutralised("'=x"), neutralised("it's"), neutralised("'07")
    ("'=1+1", "''=x", "it's", "''07")
    """
    return f"'{text}" if _RISKY.match(text) else text


def kept_as_text(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, a number, a day or a time.

    >>> kept_as_text("007"), kept_as_text("May 2026"), kept_as_text("Plan 2027")
    ("'007", "'May 2026", 'Plan 2027')
    """
    guessed = _LIKE_VALUE.fullmatch(text) and not _SAFE.fullmatch(text)
    return f"'{text}" if guessed and not _RISKY.match(text) else neutralised(text)


def restored(cell: str) -> str:
    """Return the text behind a cell written by `neutralised` or `kept_as_text`.

    >>> restored("'=1+1"), restored("''=x"), restored("'tis")
    ('=1+1', "'=x", "'tis")
    """
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def plainer(text: str) -> str:
    r"""Return text for reading a number or time in it: one kind of digit, sign and space each.

    >>> plainer("−１２\u202f000 ")
    '-12 000'
    """
    return text.translate(_PLAINER).strip()
