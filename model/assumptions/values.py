"""Whether one value is allowed for one assumption; normal forms of values (MODEL §2 "Bounds").

A message has the form `value X: what is allowed`; the caller puts name and place before it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zoneinfo
from functools import lru_cache
from numbers import Real

import numpy as np

from model import data
from model.assumptions import profiles
from model.assumptions.currency import NAME as CURRENCY
from model.assumptions.currency import currencies
from model.assumptions.declaration import Assumption, Word
from model.assumptions.messages import allowed_range, nearest, plain, quoted
from model.beliefs.belief import EMPIRICAL, SHAPES, Belief, BeliefError, fit
from model.formats.characters import named, unfit
from model.formats.table import kept_by_spreadsheets

_BREAK = re.compile(r"[\t\n]")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def text_problem(value: object, shortest: int, longest: int) -> str | None:
    """Say what is wrong with free text, None if nothing is."""
    if not isinstance(value, str):
        return f"value {quoted(str(value))}: text is needed here"
    if wrong := unfit(value):
        return f"value {quoted(value)}: {named(wrong[:5])} is no character of a text: delete it"
    if _BREAK.search(value) or not shortest <= len(value) <= longest:
        return f"value {quoted(value)}: {shortest} to {longest} characters of plain text"
    return None


def word_problem(item: Word, value: object) -> str | None:
    """Say what is wrong with a word, None if nothing is."""
    if not isinstance(value, str):
        return "a number: a word is needed here"
    if item.allowed and value not in item.allowed:
        return f"value {quoted(value)}: one of {', '.join(item.allowed)}"
    if item.longest:
        return text_problem(value, 1, item.longest)
    if item.name == "simulation.start_date":
        return _date_problem(value)
    if item.name == CURRENCY and value not in currencies():
        known = "" if value.upper() not in currencies() else f"; write {value.upper()}"
        return f"value {quoted(value)}: one of {', '.join(currencies())}{known}"
    if item.name == "simulation.time_zone" and not is_zone(value):
        near = nearest(value, zones())
        return f"value {quoted(value)}: a zone of the IANA list like Europe/Berlin{near}"
    if item.group == "profiles" and value not in (item.default, "flat"):
        return _profile_problem(item.name, value)
    return None


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the time zones that are known, by name."""
    return tuple(sorted(zoneinfo.available_timezones()))


def is_zone(name: str) -> bool:
    """Tell whether `name` is a time zone of the IANA list."""
    return name in zones()


def _date_problem(value: str) -> str | None:
    try:
        year = dt.date.fromisoformat(value).year if _ISO_DATE.fullmatch(value) else 0
    except ValueError:
        year = 0
    if 1971 <= year <= 2100:
        return None
    return f"value {quoted(value)}: a date like 2026-04-01, from 1971 to 2100"


def _profile_problem(name: str, value: str) -> str | None:
    if profiles.is_own(value):
        return profiles.problem(name, value)
    rows = profiles.ROWS[name]
    try:
        weights = data.column(value, "weight") if value in data.names(".csv") else np.zeros(0)
    except (ValueError, OSError):
        weights = np.zeros(0)
    if len(weights) == rows and np.isfinite(weights).all() and weights.min() >= 0 < weights.max():
        return None
    return f"value {quoted(value)}: flat, or a file in data/ with {rows} weights"


def judged(item: Assumption, belief: Belief) -> tuple[str | None, Belief]:
    """Return what is wrong with a belief about `item`, if anything, and its normal form."""
    for part, number in (("low", belief.low), ("high", belief.high), ("mid", belief.mid)):
        if not isinstance(number, Real) and not (part == "mid" and number is None):
            return f"{part} {quoted(str(number))}: a number is needed", belief
    normal = _normal_form(item, belief)
    return _belief_problem(item, normal), normal


def _normal_form(item: Assumption, belief: Belief) -> Belief:
    """Return the belief with the default's shape where it has none, and its numbers as kept.

    They have the digits that spreadsheets keep, so that a file saved by one comes back, and no -0.
    A fixed number has the default's shape always: its shape means nothing.
    """
    shape = belief.shape or item.default.shape
    if shape.startswith(EMPIRICAL):
        return Belief(shape, 0.0, 0.0)
    if item.per == "fixed" and belief.certain and shape in SHAPES:
        shape = item.default.shape
    mid = None if belief.mid is None else _kept(belief.mid)
    return Belief(shape, _kept(belief.low), _kept(belief.high), mid)


def _kept(number: float) -> float:
    return kept_by_spreadsheets(float(number)) + 0.0


def _belief_problem(item: Assumption, belief: Belief) -> str | None:
    if belief.shape.startswith(EMPIRICAL):
        problem = _empirical_problem(item, belief.shape.removeprefix(EMPIRICAL))
    else:
        problem = _shape_problem(belief) or _number_problem(item, belief)
    return problem or _fit_problem(item, belief)


def _fit_problem(item: Assumption, belief: Belief) -> str | None:
    try:
        fit(belief, item.lower, item.upper)
    except BeliefError as error:
        return str(error)
    except (ArithmeticError, ValueError):  # numbers at the very edge of what a float can hold
        given = f"low {plain(belief.low)}, high {plain(belief.high)}"
        return f"{given}: no {belief.shape} found; use another interval or another shape"
    return None


def _shape_problem(belief: Belief) -> str | None:
    if belief.shape not in SHAPES:
        return f"shape {quoted(belief.shape)}: one of {', '.join(SHAPES)}"
    if belief.mid is not None and belief.shape != "pert":
        return f"mid {plain(belief.mid)}: only the shape pert has a mid, leave it empty"
    return None


def _empirical_problem(item: Assumption, file: str) -> str | None:
    shape = f"shape {quoted(EMPIRICAL + file)}"
    if not (item.group == "incidents" and item.unit == "h"):
        return f"{shape}: only the duration of a cause can be empirical"
    if file not in data.names(".csv"):
        return f"{shape}: the name of a file in data/"
    try:
        hours = data.column(file, "duration_h")
    except (ValueError, OSError):
        return f"{shape}: the file needs a column duration_h with numbers"
    hours = hours[~np.isnan(hours)]
    if len(hours) and item.lower <= hours.min() and hours.max() <= item.upper:
        return None
    return f"{shape}: the file needs durations {allowed_range(item)}"


def _number_problem(item: Assumption, belief: Belief) -> str | None:
    for part, number in (("low", belief.low), ("mid", belief.mid), ("high", belief.high)):
        if number is not None and not _within(item, number):
            return f"{part} {plain(number)}: {allowed_range(item)}"
    if belief.low > belief.high:
        return f"low {plain(belief.low)}: at most high, which is {plain(belief.high)}"
    if item.per == "fixed" and not belief.certain:
        return (
            f"low {plain(belief.low)}, high {plain(belief.high)}: "
            "one number is needed, low equal to high"
        )
    return None


def _within(item: Assumption, number: float) -> bool:
    above = number > item.lower if item.lower_open else number >= item.lower
    return math.isfinite(number) and above and number <= item.upper
