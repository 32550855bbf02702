"""Properties: how long each incident lasts, what it breaks and what it costs (MODEL §3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial

import numpy as np

from model.arrays import Array, at
from model.incidents.arrivals import Arrivals
from model.worlds.prepared import Fitted, Prepared, kept_within
from model.worlds.streams import Block, Values, stream

_LOSSES = ("publish_loss", "playback_loss", "ads_loss")
_SHARED = {
    "response_fixed_usd": "costs.response_per_incident",
    "response_usd_per_h": "costs.response_per_hour",
}
_FAILOVER = {"failover_time_h": "resilience.failover_time"}
"""Properties of an incident that are the same belief whatever its cause."""


def fails_over(values: Values) -> bool:
    """Tell whether any failover can work, so that it matters when."""
    return bool(np.any(values["resilience.failover_success"] > 0))


def properties(
    prepared: Prepared, causes: tuple[str, ...], values: Values, block: Block, arrivals: Arrivals
) -> tuple[dict[str, Array], tuple[Counter[str], ...]]:
    """Draw how long incidents last and what they break and cost, `(n,)` each.

    Also return, by cause, how many draws of each belief were set to a physical bound.
    """
    n = len(arrivals.year)
    world = block.world_of_year.take(arrivals.year)
    clipped = tuple(Counter[str]() for _ in causes)
    beliefs = prepared.per_incident
    drawn = {name: np.empty(n) for name in ("duration_h", *_LOSSES)}
    for cause, part, beyond in zip(causes, arrivals.parts, clipped, strict=True):
        prefix, size = f"incidents.{cause}", part.stop - part.start
        mine = [(slice(0, size), beyond)]
        own = lru_cache(maxsize=None)(partial(block.normal, size=size))
        luck = partial(prepared.within_incident[cause].normals, own=own)
        level = at(values[f"{prefix}.duration_level"], world[part])
        hours = _draw(beliefs, f"{prefix}.duration", luck, size, mine)
        np.multiply(hours, level, out=drawn["duration_h"][part])
        odds = at(values[f"{prefix}.severity_level"], world[part])
        for name in _LOSSES:
            loss = _draw(beliefs, f"{prefix}.{name}", luck, size, mine)
            drawn[name][part] = scale_odds(loss, odds)

    def normal(name: str) -> Array:
        """Draw a property that is the same belief for all causes from each cause's own stream."""
        out = np.empty(n)
        for cause, part in zip(causes, arrivals.parts, strict=True):
            own = stream(block.seed, block.key, f"incidents.{cause}.{name}")
            own.standard_normal(out=out[part])
        return out

    shared = {**_SHARED, **(_FAILOVER if fails_over(values) else {})}
    for field, name in shared.items():
        drawn[field] = _draw(beliefs, name, normal, n, zip(arrivals.parts, clipped, strict=True))
    if fails_over(values):
        chance = [
            block.uniform(f"incidents.{cause}.failover", part.stop - part.start)
            for cause, part in zip(causes, arrivals.parts, strict=True)
        ]
        drawn["failover_chance"] = np.concatenate(chance)
    return drawn, clipped


def _draw(
    beliefs: Mapping[str, Fitted],
    name: str,
    normals: Callable[[str], Array],
    size: int,
    clipped: Iterable[tuple[slice, Counter[str]]],
) -> Array:
    """Draw one incident-level belief, and count the draws clipped in each part."""
    belief = beliefs[name]
    if belief.certain is not None:
        return np.full(size, belief.certain)
    drawn = belief.distribution.from_normal(normals(name))
    if belief.bounds:
        for part, beyond in clipped:
            drawn[part], outside = kept_within(drawn[part], belief.bounds)
            beyond[name] += outside
    return drawn


def scale_odds(loss: Array, level: Array) -> Array:
    """Multiply the odds of a share; 0 stays 0 and 1 stays 1.

    >>> scale_odds(np.array([0.0, 0.5, 1.0]), np.array(3.0)).tolist()
    [0.0, 0.75, 1.0]
    """
    return np.asarray(loss * level / (1.0 + loss * (level - 1.0)))
