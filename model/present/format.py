"""The one number format of screen, slides and reports; full precision stays in the files.

>>> money(8_613_821), money(22_180_727), share(0.0827), number(5_285_736)
('$8.6M', '$22M', '8.3\\xa0%', '5.3M')
>>> shown(0.35, "share"), shown(12.0, "h"), shown(13.4e9, "USD")
('35\\xa0%', '12\\xa0h', '$13.4bn')
>>> parsed("11bn", "USD"), parsed("35 %", "share")
(11000000000.0, 0.35)
"""

from __future__ import annotations

import math
import re

_MAGNITUDES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "tn": 1e12}
_TYPED = re.compile(
    r"(?P<sign>[-−]?)\s*(?:\$|USD)?\s*(?P<number>(?:\d[\d,  _]*)?\.?\d*(?:e[+-]?\d+)?)\s*"
    r"(?P<magnitude>(?:k|mn|m|bn|b|tn|t)(?![a-z]))?\s*(?P<unit>[a-z% ]*)",
    re.IGNORECASE,
)
_SUFFIXES = {"h": "h", "days": "days", "months": "months", "min": "min"}
NBSP = "\u00a0"


def significant(value: float, digits: int) -> str:
    """Return a number rounded to significant digits, without exponent or trailing zeros.

    >>> significant(0.04217, 2), significant(86.0, 3), significant(1234.0, 2)
    ('0.042', '86', '1,200')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "∞" if value > 0 else "−∞" if value < 0 else "–"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = f"{abs(rounded):,.{max(places, 0)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"−{text}" if rounded < 0 else text


def _scaled(value: float, digits: int, smallest: float) -> str:
    """Return a number with its magnitude letter from `smallest` up."""
    rounded = float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value
    for size, letter in _MAGNITUDES:
        if abs(rounded) >= size and size >= smallest:
            return f"{significant(value / size, digits)}{letter}"
    return significant(value, digits)


def number(value: float, digits: int = 2) -> str:
    """Return a count with its magnitude: 950, 5.3k, 86M."""
    if abs(value) < 10_000 and value == int(value):
        return significant(value, max(digits, 4))
    return _scaled(value, digits, 1e3) if abs(value) >= 10_000 else significant(value, digits)


def money(value: float, digits: int = 2) -> str:
    """Return USD with currency and magnitude: $950, $140k, $8.6M, $13bn; minus before the sign."""
    text = _scaled(abs(value), digits, 1e3)
    return f"−${text}" if value < 0 and text != "0" else f"${text}"


def signed_money(value: float, digits: int = 2) -> str:
    """Return USD with a sign in front, for what is added or taken away."""
    return money(value, digits) if value <= 0 else f"+{money(value, digits)}"


def share(value: float, digits: int = 2) -> str:
    """Return a share in percent; close to 100 % it keeps the digits of what is missing.

    >>> share(0.99953), share(0.0), share(0.00001)
    ('99.953\\xa0%', '0\\xa0%', '0.001\\xa0%')
    """
    percent = 100.0 * value
    if 99.0 < percent < 100.0:
        gap = 100.0 - percent
        places = digits - 1 - math.floor(math.log10(gap)) if gap > 0 else 0
        return f"{percent:.{min(max(places, 0), 4)}f}{NBSP}%"
    return f"{significant(percent, digits)}{NBSP}%"


def one_in(chance: float) -> str:
    """Return a chance the way people say it.

    >>> one_in(0.083), one_in(0.5), one_in(0.0), one_in(0.95)
    ('1 in 12', '1 in 2', 'never seen', 'almost every year')
    """
    if chance <= 0:
        return "never seen"
    if chance > 0.67:
        return "almost every year"
    return f"1 in {significant(1.0 / chance, 2)}"


def error(standard_error: float, write: object = money) -> str:
    """Return the half-width of a 95 % interval of simulation noise: ±$140k."""
    assert callable(write)
    if not math.isfinite(standard_error):
        return "error unknown"
    return f"±{NBSP}{write(1.96 * standard_error)}"


def shown(value: float, unit: str, digits: int = 3) -> str:
    """Return a value of an assumption in the unit people read: USD, %, hours, counts."""
    if unit == "USD" or unit.startswith("USD "):
        return money(value, digits)
    if unit == "share":
        return f"{significant(100.0 * value, digits)}{NBSP}%"
    text = number(value, digits)
    return f"{text}{NBSP}{_SUFFIXES[unit]}" if unit in _SUFFIXES else text


def editable(value: float, unit: str) -> str:
    """Return a value for a field that people edit: as shown, with up to ten digits."""
    return shown(value, unit, 10).replace(NBSP, " ")


def unit_words(unit: str) -> str:
    """Return a unit as a column heading; a share is typed in percent."""
    return {"share": "%", "USD": "$"}.get(unit, unit)


def parsed(text: str, unit: str) -> float:
    """Return what someone typed: 11bn, $1.2M, 35 %, 1,000; ValueError says what is understood.

    A share is read in percent, the way it is shown.
    """
    found = _TYPED.fullmatch(text.strip())
    digits = re.sub(r"[,  _]", "", found["number"]) if found else ""
    try:
        value = float(digits)
    except ValueError:
        example = {"share": "35 %", "USD": "$1.2M"}.get(unit, "1.5 or 86M")
        raise ValueError(f"{text[:60]!r} is not a number; write it like {example}") from None
    assert found is not None
    value *= _FACTORS[(found["magnitude"] or "").lower()]
    value = -value if found["sign"] else value
    return value / 100.0 if unit == "share" else value
