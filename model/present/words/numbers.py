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

from model.assumptions.currency import is_money
from model.formats.numbers import POINT
from model.present.words.spoken import subject
from model.present.words.spoken.amounts import MAGNITUDES as MAGNITUDES
from model.present.words.spoken.amounts import NBSP as NBSP
from model.present.words.spoken.amounts import marked, scaled
from model.present.words.spoken.amounts import significant as significant
from model.present.words.spoken.typing import Ambiguous as Ambiguous
from model.present.words.spoken.typing import parsed as parsed
from model.present.words.spoken.typing import unit_words as unit_words

_LIKE_THOUSANDS = re.compile(r"(?<![\d.])[1-9]\d{0,2}\.\d{3}(?!\d)")
_LEAST_PERCENT, _TYPED = 1e-4, 10
"""The least percentage that is written out to be read, and digits of what is typed again."""
_SUFFIXES = {"h": "h", "days": "days", "months": "months", "min": "min"}


def number(value: float, digits: int = 2) -> str:
    """Return a count with its magnitude: 950, 5.3k, 86M."""
    if abs(value) < 10_000 and value == int(value):
        return significant(value, max(digits, 4))
    plain = abs(value) < 10_000
    return significant(value, digits) if plain else scaled(value, digits, 1e3, lambda: MAGNITUDES)


def money(value: float, digits: int = 2) -> str:
    """Return an amount with its currency: $950, $140k, $8.6M, €13bn; minus before the sign."""
    text = scaled(abs(value), digits, 1e3)
    return f"−{marked(text)}" if value < 0 and text != "0" else marked(text)


def round_money(of_revenue: float) -> str:
    """Return a round amount, about a share of the subject's ad revenue a year."""
    revenue = subject.subject().belief("platform.ad_revenue_per_year")
    return money(float(f"{of_revenue * (revenue.low + revenue.high) / 2:.0e}")).replace(NBSP, " ")


def signed_money(value: float, digits: int = 2) -> str:
    """Return an amount with a sign in front, for what is added or taken away."""
    return money(value, digits) if value <= 0 else f"+{money(value, digits)}"


def share(value: float, digits: int = 2) -> str:
    """Return a share in percent; close to 100 % it keeps the digits of what is missing.

    >>> share(0.99953), share(0.0), share(0.00001), share(1e-12)
    ('99.953\\xa0%', '0\\xa0%', '0.001\\xa0%', 'under 0.0001\\xa0%')
    """
    percent = 100.0 * value
    if 0.0 < percent < _LEAST_PERCENT:
        return f"under {_LEAST_PERCENT:.4f}{NBSP}%"
    if 99.0 < percent < 100.0:
        gap = 100.0 - percent
        places = digits - 1 - math.floor(math.log10(gap)) if gap > 0 else 0
        return f"{percent:.{min(max(places, 0), 4)}f}{NBSP}%"
    return f"{significant(percent, digits)}{NBSP}%"


def error(standard_error: float, write: object = money) -> str:
    """Return the half-width of a 95 % interval of simulation noise: ±$140k."""
    assert callable(write)
    if not math.isfinite(standard_error):
        return "error unknown"
    return f"±{NBSP}{write(1.96 * standard_error)}"


def shown(value: float, unit: str, digits: int = 3) -> str:
    """Return a value of an assumption in the unit people read: money, %, hours, counts.

    >>> shown(0.9999, "share"), shown(0.35, "share"), shown(1.0, "days"), shown(21.0, "days")
    ('99.99\xa0%', '35\xa0%', '1\xa0day', '21\xa0days')
    """
    if is_money(unit):
        return money(value, digits)
    if unit == "share" and 0.0 < 100.0 * value < _LEAST_PERCENT and digits < _TYPED:
        return share(value)
    if unit == "share":
        # An availability of 99.99 % is not one of 100 %.
        return f"{significant(100.0 * value, max(digits, 5 if 0.99 < value < 1.0 else 0))}{NBSP}%"
    text = number(value, digits)
    suffix = _SUFFIXES.get(unit)
    if suffix is None:
        return text
    return f"{text}{NBSP}{suffix.removesuffix('s') if text == '1' else suffix}"


def editable(value: float, unit: str) -> str:
    """Return a value for a field that people edit: as shown, with up to ten digits.

    Where both marks are usual it is written so that it can be typed again and means one thing.
    """
    text = shown(value, unit, _TYPED).replace(NBSP, " ")
    if subject.currency().decimal_mark == POINT:
        return text
    return _LIKE_THOUSANDS.sub(lambda found: f"{found[0]}0", text.replace(",", ""))


def reading(value: float, unit: str) -> str:
    """Return a number that something typed can mean, so that it means nothing else.

    >>> reading(1500.0, "USD"), reading(1.5, "USD"), reading(1.234e9, "USD"), reading(0.25, "share")
    ('$1500', '$1.5', '$1.234bn', '25 %')
    """
    if is_money(unit) and abs(value) < 1e6:
        digits = significant(value, 10).replace(",", "")
        return marked(_LIKE_THOUSANDS.sub(lambda found: f"{found[0]}0", digits)).replace(NBSP, " ")
    return editable(value, unit)
