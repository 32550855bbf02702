"""Numbers as people write them: one value, a question or a refusal, never another number."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from model.formats.answers import Question, Refusal, Unknown, quoted, word_in
from model.formats.characters import plainer
from model.formats.table import Cell, text_of

POINT, COMMA, UNSETTLED = ".", ",", ""
PROGRAM = "program"
"""Nothing settles the mark, but a program wrote the file: a point is decimal, a comma asked."""

_SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS",
    "₫": "VND", "₴": "UAH", "₦": "NGN", "฿": "THB", "₱": "PHP", "zł": "PLN", "Kč": "CZK",
    "R$": "BRL", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD",
    "NZ$": "NZD", "MX$": "MXN", "NT$": "TWD", "CN¥": "CNY",
    "HK$": "HKD", "S$": "SGD", "$": "$", "¥": "¥", "￥": "¥", "kr": "kr", "kr.": "kr",
    "Fr.": "CHF",
}  # fmt: skip
_KNOWN_CODES = (
    "USD EUR GBP JPY CNY CHF CAD AUD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN TRY RUB UAH ILS INR"
    " PKR BDT LKR KRW TWD HKD SGD MYR THB IDR PHP VND BRL MXN ARS CLP COP PEN ZAR EGP NGN KES MAD"
    " AED SAR QAR KWD BHD OMR JOD"
)
_CODES = frozenset(_KNOWN_CODES.split())
_SHARED = {"$": "USD CAD AUD NZD HKD SGD TWD MXN CLP COP", "¥": "JPY CNY", "kr": "SEK NOK DKK ISK"}
_POWERS = {
    "k": 3, "K": 3, "tsd": 3, "tsd.": 3, "thousand": 3, "tausend": 3,
    "M": 6, "MM": 6, "mm": 6, "mio": 6, "mio.": 6, "mn": 6, "mln": 6, "million": 6, "millions": 6,
    "millionen": 6, "B": 9, "b": 9, "bn": 9, "bln": 9, "mrd": 9, "mrd.": 9, "mia": 9, "mia.": 9,
    "milliarde": 9, "milliarden": 9, "milliard": 9, "milliards": 9,
    "tn": 12, "trn": 12, "lakh": 5, "lac": 5, "crore": 7,
}  # fmt: skip
_TWO_MEANINGS = {  # not everybody reads these alike
    "m": 6, "T": 3, "t": 3, "billion": 9, "billions": 9, "billionen": 12, "trillion": 12, "mil": 3,
}  # fmt: skip
_WORD = r"[A-Za-z€£₹₩₽₺₪₫₴₦฿₱¥￥$łč]{1,9}\.?"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<before>{_WORD})?\s*(?P<inner>[+-]?)\s*"
    r"(?P<body>[0-9.,][0-9.,' ]*?)(?P<exponent>[eE][+-]?[0-9]{1,6})?\s*"
    rf"(?P<after>{_WORD}(?:\s*{_WORD})?)?\s*(?P<share>[%‰]?)"
)
_LONGEST = 400
_NOT_NUMBERS = ("nan", "nat", "none", "null", "nil")
_GROUPED = {m: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(m)}[0-9]{{3}})+") for m in (*".,'", " ")}
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_ASKED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_PLAIN = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
BEYOND = "beyond the numbers a computer holds"
_ALLOWED = "a number such as 0.05 or 1500000 is needed"


@dataclass(frozen=True)
class Number:
    """A number as read: a percentage is its share of one, a currency is the caller's to check."""

    value: float
    percent: bool = False
    currency: str = ""
    """A code such as EUR, or `$`, `¥`, `kr`, which several currencies write."""


@dataclass(frozen=True)
class _Parts:
    negative: bool
    body: str
    power: int
    percent: bool
    currency: str
    doubt: str


def read_number(cell: Cell, decimal: str = UNSETTLED) -> Number | Question | Refusal | Unknown:
    """Return the number in a cell, judged with the decimal mark of its file.

    >>> read_number("$12,000,000,000"), read_number("3.0%"), read_number("0,03").value
    (Number(value=12000000000.0, percent=False, currency='$'), Number(value=0.03, percent=True, \
currency=''), 0.03)
    >>> read_number("5.000", POINT).text
    "'5.000' can be 5000 or 5: write 5000 or 5"
    """
    if isinstance(cell, float):
        return Number(cell) if math.isfinite(cell) else Refusal(f"{cell}: {_ALLOWED}")
    if not isinstance(cell, str):
        return Refusal(f"{quoted(text_of(cell))} is a time: format the cell as a number")
    word = word_in(cell)
    if word and word.text.casefold() not in _NOT_NUMBERS:
        return word
    parts = _parts(cell)
    if parts is None:
        return Refusal(f"{quoted(cell.strip())}: {_ALLOWED}")
    return _valued(cell, parts, decimal)


def _parts(cell: str) -> _Parts | None:
    """Return what stands around the digits of a cell, None if it is no number."""
    text = plainer(cell)
    if len(text) > _LONGEST:
        return None
    inside = text.startswith("(") and text.endswith(")")
    found = _NUMBER.fullmatch(text[1:-1].strip() if inside else text)
    if not found or (found["sign"] and found["inner"]):
        return None
    return _named_parts(found, inside)


def _named_parts(found: re.Match[str], inside: bool) -> _Parts | None:
    sign = found["sign"] or found["inner"]
    words = [w for w in (found["before"], *_words(found["after"] or "")) if w]
    monies = [money for word in words if (money := _money(word))]
    powers = [word for word in words if not _money(word)]
    if len(monies) > 1 or len(powers) > 1 or (inside and sign):
        return None
    power, doubt = _power(powers[0], bool(monies)) if powers else (0, "")
    share = {"%": -2, "‰": -3, "": 0}[found["share"]]
    wrong_place = found["before"] is not None and found["before"] in powers
    if power is None or wrong_place or (share and words) or (powers and found["exponent"]):
        return None
    body = found["body"].strip() + ("e" if found["exponent"] else "")
    power += share + int((found["exponent"] or "e0")[1:])
    below = inside or sign == "-"
    return _Parts(below, body, power, percent=bool(share), currency="".join(monies), doubt=doubt)


def _words(after: str) -> list[str]:
    """Return the words behind a number; `M€` and `k$` are two of them."""
    words = after.split()
    if len(words) != 1 or _money(after) or _is_power(after):
        return words
    for cut in range(1, len(after)):
        if _is_power(after[:cut]) and _money(after[cut:]):
            return [after[:cut], after[cut:]]
    return words


def _is_power(word: str) -> bool:
    return any(w in known for known in (_POWERS, _TWO_MEANINGS) for w in (word, word.lower()))


def _money(word: str) -> str:
    return _SYMBOLS.get(word, word if word in _CODES else "")


def _power(word: str, money: bool) -> tuple[int | None, str]:
    """Return the power of ten of a word, and the word itself if it has two meanings."""
    if word == "m" and money:
        return 6, ""
    lower = word if len(word) == 1 else word.lower()
    if word in _POWERS or lower in _POWERS:
        return _POWERS.get(word, _POWERS.get(lower)), ""
    return _TWO_MEANINGS.get(lower), word


def _valued(cell: str, parts: _Parts, decimal: str) -> Number | Question | Refusal:
    readings = _readings(parts.body, decimal)
    values = [_value(digits, parts) for digits in readings]
    said = quoted(cell.strip())
    if not readings:
        return Refusal(f"{said}: {_ALLOWED}")
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(readings):
        return Refusal(f"{said}: {BEYOND}")
    if len(numbers) > 1:
        return _question(cell, parts, readings, numbers)
    if parts.doubt:
        full = text_of(numbers[0])
        means = f"{quoted(parts.doubt)} means different numbers to different readers"
        return Question(f"{said}: {means}: write it in full, such as {full}", (numbers[0],))
    return Number(numbers[0], parts.percent, parts.currency)


def _question(cell: str, parts: _Parts, readings: list[str], numbers: list[float]) -> Question:
    whole, fraction = readings[0], readings[1].rstrip("0").rstrip(".")
    # Four digits behind the mark can be no thousands.
    sure = f"{fraction}0" if len(fraction.partition(".")[2]) == 3 else fraction
    text = plainer(cell)
    whole, fraction, sure = (text.replace(parts.body, way) for way in (whole, fraction, sure))
    said = f"{quoted(text)} can be {whole} or {fraction}: write {whole} or {sure}"
    return Question(said, tuple(numbers))


def _value(digits: str, parts: _Parts) -> float | None:
    """Return the float nearest to the digits, None if it is beyond what floats hold."""
    value = float(f"{digits}e{parts.power}")
    vanished = value == 0 and any(digit in digits for digit in "123456789")
    if not math.isfinite(value) or vanished:
        return None
    return -value if parts.negative else value


def _readings(body: str, decimal: str) -> list[str]:
    """Return what digits with marks can mean, as plain digits: one, two or no readings."""
    exponent = body.endswith("e")
    body = body.removesuffix("e")
    if not exponent and _ASKED.fullmatch(body):
        return _asked(body, decimal)
    spaced = _without_spaces(body)
    if spaced is None:
        return []
    last = max(spaced.rfind("."), spaced.rfind(","))
    mark = spaced[last] if last >= 0 else ""
    whole, behind = (spaced[:last], spaced[last + 1 :]) if mark else (spaced, "")
    if mark and spaced.count(mark) > 1:
        return [] if exponent else _only_groups(spaced, mark)
    return _fraction(whole, behind, mark)


def _asked(body: str, decimal: str) -> list[str]:
    """Return the readings of a mark before exactly three digits, such as 5.000 or 1,234."""
    mark = "." if "." in body else ","
    group, fraction = body.replace(mark, ""), body.replace(mark, ".")
    if decimal in (POINT, COMMA) and decimal != mark:
        return [group]
    by_program = decimal == mark or (decimal == PROGRAM and mark == ".")
    # No program writes a decimal that ends in a zero; people write thousands so.
    return [fraction] if by_program and not body.endswith("0") else [group, fraction]


def _without_spaces(body: str) -> str | None:
    """Return digits whose groups by space or apostrophe are joined, None if they are no groups."""
    for mark in (" ", "'"):
        if mark in body:
            last = max(body.rfind("."), body.rfind(","))
            whole, behind = (body[:last], body[last:]) if last > 0 else (body, "")
            if not _GROUPED[mark].fullmatch(whole):
                return None
            return whole.replace(mark, "") + behind
    return body


def _only_groups(body: str, mark: str) -> list[str]:
    grouped = _GROUPED[mark].fullmatch(body) or (mark == "," and _INDIAN.fullmatch(body))
    return [body.replace(mark, "")] if grouped and not body.startswith("0") else []


def _fraction(whole: str, behind: str, mark: str) -> list[str]:
    other = "," if mark == "." else "."
    joined = _only_groups(whole, other) if other in whole else [whole]
    # A comma at the edge is a slip in a list rather than a decimal mark.
    if not joined or (not (whole and behind) and (mark == "," or other in whole)):
        return []
    text = f"{joined[0]}.{behind}" if mark else whole
    return [text] if _PLAIN.fullmatch(text) else []


def decimal_mark(cells: Iterable[Cell]) -> str:
    """Return the decimal mark that the numbers among cells settle, empty if none or both do.

    >>> decimal_mark(["0,03", "5.000"]), decimal_mark(["$12,000,000"]), decimal_mark(["1.5", "1,5"])
    (',', '.', '')
    """
    found = marks_in(cells)
    return min(found) if len(found) == 1 else UNSETTLED


def marks_in(cells: Iterable[Cell]) -> frozenset[str]:
    """Return every decimal mark that a number among cells cannot be read without."""
    found: set[str] = set()
    for cell in cells:
        if isinstance(cell, str) and _is_news(cell, found):
            found |= {_mark_of(cell)} - {""}
        if len(found) == 2:
            break
    return frozenset(found)


def _is_news(cell: str, found: set[str]) -> bool:
    """Return whether a cell can show a mark that is not found yet."""
    points, commas = cell.count("."), cell.count(",")
    if "." in found:
        return commas == 1 or points > 1
    return points == 1 or commas > 1 if "," in found else points + commas > 0


def _mark_of(cell: str) -> str:
    """Return the decimal mark that a cell cannot be read without, empty if it has no such."""
    parts = _parts(cell)
    if parts is None:
        return ""
    body = parts.body.removesuffix("e")
    last = max(".,", key=body.rfind)
    if last not in body or len(_readings(parts.body, UNSETTLED)) != 1:
        return ""
    grouping = body.count(last) > 1
    return {".": ",", ",": "."}[last] if grouping else last


def may_be(written: str, currency: str) -> bool:
    """Return whether a currency as written can be the one of a code.

    >>> may_be("$", "CAD"), may_be("EUR", "USD"), may_be("", "EUR")
    (True, False, True)
    """
    return not written or written == currency or currency in _SHARED.get(written, "").split()
