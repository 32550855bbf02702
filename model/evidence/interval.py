"""A belief as this wing hands it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A belief's shape with its 5th and 95th percentile."""

    shape: str
    low: float
    high: float
