"""A run gives numbers or an error: what is not finite never reaches a file (MODEL §2.5)."""

from __future__ import annotations

import math

import numpy as np

from model.arrays import Array, Index, at
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import assumption
from model.assumptions.messages import plain
from model.scenario.validation import ScenarioError
from model.worlds.streams import Values

_MOST_NAMED = 3


def demand_finite(columns: Array, values: Values, world_of_year: Index, currency: str) -> None:
    """Raise a ScenarioError if a number of some years, `(columns, years)`, is none.

    It names what in those years' worlds is farthest outside its usual range.
    """
    if math.isfinite(float(columns.sum())):
        return
    bad = np.flatnonzero(~np.isfinite(columns).all(axis=0))
    if not len(bad):
        return
    world = world_of_year[bad]
    items = {name: item for name in values if (item := _declared(name, currency))}
    far = {name: _beyond_usual(item, at(values[name], world)) for name, item in items.items()}
    farthest = max(far.values())
    blamed = sorted((n for n in far if far[n] > 0.5 * farthest), key=lambda name: -far[name])
    said = "; ".join(_usual(items[name], at(values[name], world)) for name in blamed[:_MOST_NAMED])
    share = f"{len(bad):,} of {columns.shape[1]:,} years give no finite number"
    raise ScenarioError([f"{share}; unusual there: {said or 'nothing'}"])


def _beyond_usual(item: Assumption, value: Array) -> float:
    """Return how far, in powers of e, values lie outside the usual range of an assumption."""
    low, high = item.typical
    largest, smallest = float(np.max(value)), float(np.min(value))
    above = math.log(largest / high) if largest > high > 0.0 else 0.0
    below = math.log(low / max(smallest, 5e-324)) if low > smallest else 0.0
    return max(above, below)


def _usual(item: Assumption, value: Array) -> str:
    ends = " to ".join(dict.fromkeys(plain(float(end)) for end in (np.min(value), np.max(value))))
    low, high = item.typical
    return f"{item.name} is {ends}, usual is {plain(low)} to {plain(high)} {item.unit}"


def _declared(name: str, currency: str) -> Assumption | None:
    try:
        return assumption(name, currency)
    except KeyError:
        return None
