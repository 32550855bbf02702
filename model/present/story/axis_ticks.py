"""Axes: round steps that cover a range, and how their labels are written.

>>> [tick.label for tick in ticks(0.0, 56e6, "USD")]
['$0', '$20M', '$40M', '$60M']
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from model.assumptions.currency import is_money
from model.present.story.elements import Bar, Bars, Lines
from model.present.words import numbers as fmt
from model.present.words.spoken.amounts import symbol

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SPREAD = 1.04
_WHISKER = 1.02


CLOCK = "clock"
"""Unit of a wall clock: days as spreadsheets count them."""
_FIRST_DAY = datetime(1899, 12, 30)
_HOURS = (1, 2, 3, 6, 12, 24, 48, 72, 96, 168, 336, 672, 1344, 2688)


class Tick(NamedTuple):
    """A place on an axis and its label."""

    at: float
    label: str


def step(low: float, high: float, most: int = 5) -> float:
    """Return the smallest round step that covers a range with at most so many intervals."""
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return 1.0
    size = 10.0 ** math.floor(math.log10(span / most))
    return next(size * k for k in _STEPS if size * k * most >= span * (1 - 1e-9))


def serial(moment: datetime) -> float:
    """Return what a clock shows as a spreadsheet counts it.

    >>> serial(datetime(2026, 1, 25, 3)), label(serial(datetime(2026, 1, 25, 3)), CLOCK)
    (46047.125, '03:00')
    """
    return (moment - _FIRST_DAY) / timedelta(days=1)


def _clock_step(span: float, most: int) -> float:
    """Return the smallest step of a clock, in days, that covers a span of days."""
    hours = next((h for h in _HOURS if h * most >= 24.0 * span * (1 - 1e-9)), _HOURS[-1])
    return hours / 24.0


def ticks(low: float, high: float, unit: str, most: int = 5) -> list[Tick]:
    """Return ticks from at or below `low` to at or above `high`."""
    if unit == CLOCK:
        size = _clock_step(high - low, most)
        # A clock has no zero to count from: days begin with the first one.
        start = math.floor(low / min(size, 1.0) + 1e-9) * min(size, 1.0)
    else:
        size = step(low, high, most)
        start = math.floor(low / size + 1e-9) * size
    last = math.ceil((high - start) / size - 1e-9)
    places = [start + k * size for k in range(max(last, 1) + 1)]
    return [Tick(at, label(at, unit)) for at in places]


def label(value: float, unit: str) -> str:
    """Return a value on an axis as text."""
    if is_money(unit):
        return fmt.money(value, 3)
    if unit == "share":
        return fmt.share(value, 3)
    if unit == CLOCK:
        then = _FIRST_DAY + timedelta(minutes=round(1440.0 * value))
        return f"{then:%H:%M}" if then.hour or then.minute else f"{then.day} {then:%b}"
    return fmt.significant(value, 4)


def number_format(size: float, highest: float, unit: str) -> str:
    """Return the spreadsheet format of an axis with steps of `size` up to `highest`.

    >>> number_format(2e5, 1e6, "USD")
    '"$"0.0,,"M";-"$"0.0,,"M";"$"0'
    """
    if unit == "share":
        return f"0{_decimals(100 * size)}%"
    if unit == CLOCK:
        return "d mmm" if size >= 1.0 else "hh:mm"
    if not is_money(unit):
        return f"0{_decimals(size)}"
    for magnitude, commas, letter in ((1e9, ",,,", "bn"), (1e6, ",,", "M"), (1e3, ",", "k")):
        if highest >= magnitude:
            some = f'"{symbol()}"0{_decimals(size / magnitude)}{commas}"{letter}"'
            return f'{some};-{some};"{symbol()}"0'
    return f'"{symbol()}"0{_decimals(size)}'


def _decimals(size: float) -> str:
    places = 0
    while places < 6 and abs(round(size, places) - size) > 1e-9 * size:
        places += 1
    return f".{'0' * places}" if places else ""


def line_ranges(chart: Lines) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what the two axes of curves must cover, across and up; up starts at zero."""
    x = [at for line in chart.lines for at in (line.x[0], line.x[-1])]
    x += [chart.mark.at] if chart.mark else []
    top = max(max(line.y) for line in chart.lines)
    # A whisker above all of something would cost a fifth of the height.
    whole = chart.y_unit == "share" and 1.0 < top < _WHISKER
    return (min(x), max(x)), (0.0, 1.0 if whole else top or 1.0)


def bar_range(chart: Bars) -> tuple[float, float]:
    """Return what the horizontal axis of bars must cover, zero or the bars' own range included."""
    ends = [x for bar in chart.bars for x in (bar.start, bar.end, *_interval(bar))]
    ends += [chart.mark.at] if chart.mark else []
    low, high = min(ends), max(ends)
    if not floating(chart):
        return min(low, 0.0), max(high, 0.0) * _SPREAD or 1.0
    margin = 0.05 * (high - low)
    return max(low - margin, 0.0) if low >= 0 else low - margin, high + margin


def floating(chart: Bars) -> bool:
    """Tell whether no bar starts at zero, as in a tornado."""
    return all(bar.before for bar in chart.bars)


def _interval(bar: Bar) -> list[float]:
    return [] if bar.low is None or bar.high is None else [bar.low, bar.high]
