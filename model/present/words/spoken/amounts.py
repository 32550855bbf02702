"""How amounts of money are written, as English-reading people of the currency write them.

>>> from model.scenario.scenario import Scenario
>>> from model.present.words.spoken.subject import speaking_of
>>> def written(code: str, value: float) -> str:
...     with speaking_of(Scenario.default().with_({"simulation.currency": code})):
...         return marked(scaled(value, 2, 1e3))
>>> written("EUR", 8.6e6), written("CHF", 8.6e6), written("JPY", 1.35e9), written("INR", 8.6e7)
('€8.6M', 'CHF\\xa08.6M', '¥1.4bn', '₹8.6\\xa0crore')
"""

from __future__ import annotations

import math
from collections.abc import Callable

from model.present.words.spoken import subject

NBSP = "\u00a0"
MAGNITUDES = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))
_INDIAN = ((1e7, f"{NBSP}crore"), (1e5, f"{NBSP}lakh"), (1e3, "k"))
_OWN_MAGNITUDES = {"INR": _INDIAN}

Magnitudes = tuple[tuple[float, str], ...]


def magnitudes() -> Magnitudes:
    """Return sizes and their words, the largest first, as amounts of the subject are said."""
    return _OWN_MAGNITUDES.get(subject.code(), MAGNITUDES)


def symbol() -> str:
    """Return the sign that stands before an amount; letters are set apart from the number."""
    sign = subject.currency().symbol
    return f"{sign}{NBSP}" if sign[-1].isalpha() else sign


def marked(text: str) -> str:
    """Return an amount written without sign or currency with its currency."""
    return f"{symbol()}{text}"


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


def scaled(
    value: float, digits: int, smallest: float, sizes: Callable[[], Magnitudes] = magnitudes
) -> str:
    """Return a number with its magnitude from `smallest` up."""
    rounded = float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value
    for size, letter in sizes():
        if abs(rounded) >= size and size >= smallest:
            return f"{significant(value / size, digits)}{letter}"
    return significant(value, digits)


def tick() -> str:
    """Return the expression that writes an amount on the axis of a chart.

    A minus stands before the currency.
    """
    return _tick(symbol(), magnitudes())


def number_tick() -> str:
    """Return the expression that writes a number with its magnitude on the axis of a chart."""
    return _tick("", MAGNITUDES)


def _tick(sign: str, sizes: Magnitudes) -> str:
    size = "abs(datum.value)"
    steps = "".join(
        f"{size} >= {least:g} ? '{sign}' + format({size} / {least:g}, '.3~r') + '{letter}' : "
        for least, letter in sizes
    )
    plain = f"'{sign}' + format({size}, '.3~r')"
    minus = "datum.value < 0 ? '−' : ''"
    return f"datum.value == 0 ? '{sign}0' : ({minus}) + ({steps}{plain})"
