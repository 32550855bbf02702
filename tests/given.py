"""Beliefs and rows that many tests of scenarios start from."""

from __future__ import annotations

from itertools import combinations

from model.assumptions.cause_defaults import CAUSE_FIELDS, CAUSES
from model.assumptions.correlations import LOSSES, row_name
from model.beliefs.belief import Belief


def lognormal(low: float, high: float) -> Belief:
    return Belief("lognormal", low, high)


def certain(value: float) -> Belief:
    return Belief("normal", value, value)


def new_cause(name: str = "dns") -> dict[str, Belief]:
    """The rows that a cause beside the default's needs at least."""
    fields = {field.name: field.default for field in CAUSE_FIELDS[:5]}
    return {f"incidents.{name}.{part}": belief for part, belief in fields.items()}


def without_rate_correlation() -> dict[str, Belief]:
    rates = sorted(f"incidents.{cause}.rate_per_year" for cause in CAUSES)
    return {
        f"correlation.{a}.with.{b}": certain(0.0)
        for i, a in enumerate(rates)
        for b in rates[i + 1 :]
    }


def without_loss_correlation() -> dict[str, Belief]:
    return {
        row_name(f"incidents.{cause}.{a}", f"incidents.{cause}.{b}"): certain(0.0)
        for cause in CAUSES
        for a, b in combinations(LOSSES, 2)
    }
