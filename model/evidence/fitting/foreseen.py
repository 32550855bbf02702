"""What a scenario foresees of the next incident: its hours and its losses, the level in it (§6).

The belief of one incident's duration and the level that all share are drawn together, so this can
be laid beside what a log's own incidents show and what a fit says of the next one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.arrays import Array
from model.evidence.fitting.observed import rate_name, scenario_median
from model.incidents.properties import scale_odds
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution
from model.worlds.streams import stream

_DRAWS = 20_000

Of = Callable[[str, Array], Array]
Span = tuple[float, float, float]
"""5 %, 50 % and 95 %."""


def hours(scenario: Scenario, causes: tuple[str, ...]) -> Span:
    """Return how long the next incident lasts, of one of these causes by their rates."""
    cap_h = scenario.belief("simulation.max_duration").low

    def of(cause: str, z: Array) -> Array:
        prefix = f"incidents.{cause}"
        level = distribution(scenario, f"{prefix}.duration_level").from_normal(z[1])
        own = distribution(scenario, f"{prefix}.duration").from_normal(z[0])
        return np.asarray(np.minimum(own * level, cap_h))

    return _mixed(scenario, causes, "hours", of)


def loss(scenario: Scenario, causes: tuple[str, ...], kind: str) -> Span:
    """Return which share of a function the next incident breaks; `kind` as in `LOSSES`."""

    def of(cause: str, z: Array) -> Array:
        prefix = f"incidents.{cause}"
        odds = distribution(scenario, f"{prefix}.severity_level").from_normal(z[1])
        return scale_odds(distribution(scenario, f"{prefix}.{kind}").from_normal(z[0]), odds)

    return _mixed(scenario, causes, kind, of)


def _mixed(scenario: Scenario, causes: tuple[str, ...], what: str, of: Of) -> Span:
    """Return the quantiles over causes, each as often as its median rate says."""
    rates = np.array([scenario_median(scenario, rate_name(cause)) for cause in causes])
    rates = rates if rates.sum() > 0 else np.ones(len(causes))
    parts = np.round(_DRAWS * rates / rates.sum()).astype(int)
    drawn = []
    for cause, size in zip(causes, parts.tolist(), strict=True):
        z = stream(0, (), f"evidence.foreseen.{what}.{cause}").standard_normal((2, size))
        drawn.append(np.broadcast_to(of(cause, z), (size,)))
    low, mid, high = np.percentile(np.concatenate(drawn), [5.0, 50.0, 95.0]).tolist()
    return low, mid, high
