"""Estimates as text, rounded to what their simulation error supports.

>>> from model.runs.standard_errors import around
>>> money(around(8_594_637.0, 71_842.0)), money(around(8_594_637.0, 2_000_000.0))
('$8.6M', '$9M')
>>> money(around(100.0, 200.0)), chance(around(0.0836, 0.001))
('about $0', '8.4\\xa0%')
"""

from __future__ import annotations

import math
from collections.abc import Callable

from model.present.words import numbers as fmt
from model.runs.standard_errors import Z95, Estimate

_RARE = 0.01
"""Share of worlds below which the figure itself says nothing more."""
_ALMOST_SURE = 0.67
_TWO_DIGITS = 0.3
"""Up to this half-width of the interval, relative to the value, two digits are shown."""


def supported_digits(figure: Estimate) -> int:
    """Return how many significant digits the error of a figure supports, 0 to 2."""
    half = Z95 * figure.standard_error
    size = abs(figure.value)
    if not math.isfinite(half):
        return 1
    return 0 if half >= size > 0 else 2 if half <= _TWO_DIGITS * size else 1


def money(figure: Estimate) -> str:
    """Return an amount; "about $0" where the error leaves the sign open."""
    digits = supported_digits(figure)
    return fmt.money(figure.value, digits) if digits else f"about {fmt.money(0.0)}"


def chance(figure: Estimate) -> str:
    """Return a share in percent; of nothing seen, the most it could be."""
    if figure.value <= 0.0:
        return f"under {fmt.share(figure.high, 1)}" if figure.high > 0 else fmt.share(0.0)
    return fmt.share(figure.value, max(supported_digits(figure), 1))


def of_worlds(figure: Estimate, worlds: int) -> str:
    """Return a share of the worlds counted, never more certain than so many draws can be.

    All below 1 % are alike.
    """
    # With no hit in n draws, three in n is what could have been missed (95 %).
    least = 3.0 / worlds
    if figure.value <= least and least > _RARE:
        return f"under {fmt.share(max(least, figure.high), 1)}"
    if figure.value < _RARE:
        return f"under {fmt.share(_RARE, 1)}"
    if figure.value >= 1.0 - least:
        return f"over {fmt.share(min(1.0 - least, figure.low))}"
    return fmt.share(figure.value, max(supported_digits(figure), 1))


def span(low: float, high: float, write: Callable[..., str] = fmt.money) -> str:
    """Return an interval, with a third digit where two would make its ends alike."""
    ends = write(low), write(high)
    if ends[0] == ends[1] and low != high:
        ends = write(low, 3), write(high, 3)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def noise(figure: Estimate) -> str:
    """Return the half-width of the 95 % simulation interval of an amount."""
    half = (figure.high - figure.low) / 2
    return f"±{fmt.NBSP}{fmt.money(half)}" if math.isfinite(half) else "error unknown"


def one_in(figure: Estimate) -> str:
    """Return a yearly chance the way people say it, rounded as far as its error supports.

    >>> one_in(Estimate(0.083, 0.001, 0.081, 0.085)), one_in(Estimate(6e-5, 3e-5, 1e-5, 2e-4))
    ('1 in 12', '1 in 20,000')
    """
    if figure.value <= 0:
        return "never seen"
    return f"1 in {_period(figure)}" if _period(figure) else "almost every year"


def years(figure: Estimate) -> str:
    """Return a yearly chance as one year in so many, empty where that says nothing."""
    return f"about one year in {_period(figure)}" if _period(figure) else ""


def _period(figure: Estimate) -> str:
    if not 0.0 < figure.value <= _ALMOST_SURE:
        return ""
    digits = max(supported_digits(figure), 1)
    return fmt.significant(1.0 / figure.value, digits)
