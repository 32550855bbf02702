"""The early life over the years that savings are averaged over (MODEL §5.9).

A remedy bought today still works when the platform has outgrown the troubles of its youth. The
incidents are those of the coming year; a later year's are had by weighing each simulated year by
its likelihood at that age over its likelihood today. The weights average one, and the weighted mean
of any yearly figure is its mean over these years. No incident is sampled or priced again.

Where the early life brings many incidents the weights grow unequal and the mean with them
uncertain. Then the incidents are thinned to the rate averaged over these years and priced again,
which is exact but for how incidents of one year act on each other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.arrays import Array, at
from model.decisions.same_incidents import Pool
from model.worlds.clock import MONTH_H
from model.worlds.streams import per_year
from model.worlds.timing import expected_count

HORIZON_YEARS = 5.0
"""Years from now over which every saving is averaged, whatever the lives of the remedies.

One horizon for all, so that they can be held against each other; what lives shorter is renewed at
its price, what lives longer is charged its share. The longest lives of the library are as long.
"""
_MATURE = 1e-12
"""Share of the early-life excess below which a platform counts as mature."""
_WORTH = 0.5
"""Share of the years that weighted years must be worth at least (Kish's effective sample size)."""


def life_weights(pool: Pool, life_years: float) -> Array:
    """Return the weight of each year of the block for an average over `life_years`, `(years,)`.

    The last year counts by the part of it within the life. Incidents a remedy adds are not aged.
    """
    left, total, age_years = float(life_years), np.zeros(pool.block.years), 0
    while left > 0:
        weight, mature = _likelihood_ratio(pool, age_years)
        share = left if mature else min(left, 1.0)
        total += share * weight
        left -= share
        age_years += 1
    return total / life_years


def strained(weights: Array) -> bool:
    """Tell whether weights are so unequal that the years are worth less than `_WORTH` of them."""
    return float(weights.sum()) ** 2 < _WORTH * len(weights) * float((weights**2).sum())


def averaged_early_life(
    values: Mapping[str, Array], causes: tuple[str, ...], life_years: float
) -> dict[str, Array]:
    """Return world values whose early-life excess is averaged over `life_years` from now on."""
    years = np.arange(np.ceil(life_years))
    shares = np.minimum(life_years - years, 1.0) / life_years
    aged = dict(values)
    for cause in causes:
        name = f"incidents.{cause}.early_life_multiplier"
        months = np.asarray(values[f"incidents.{cause}.early_life_months"])
        left = np.exp(-12.0 * years / months[..., None]) @ shares
        if np.any(values[name] > 1.0):
            aged[name] = np.asarray(1.0 + (values[name] - 1.0) * left)
    return aged


def _likelihood_ratio(pool: Pool, later_years: int) -> tuple[Array, bool]:
    """Return how much likelier each year's incidents are so much later; and if nothing changes."""
    block = pool.block
    log_ratio = np.zeros(block.years)
    mature = True
    for k, cause in enumerate(pool.prepared.causes):
        names = ("rate_per_year", "early_life_multiplier", "early_life_months")
        rate, gain, months = (pool.values[f"incidents.{cause}.{name}"] for name in names)
        if not np.any(gain > 1.0):
            continue
        age = pool.values["simulation.platform_age_months"]
        _, early, _ = expected_count(pool.prepared.starts[cause], rate, gain, months, age)
        fade = np.exp(-12.0 * later_years / months)
        mature = mature and bool(np.all(fade < _MATURE))
        log_ratio += per_year(np.asarray(early * (1.0 - fade)), block)
        own = (pool.parent < 0) & ~pool.extra & (pool.incidents.cause == k)
        chosen = np.flatnonzero(own)
        world = pool.world[chosen]
        since = age + pool.incidents.start_h[chosen] / MONTH_H
        excess = at(gain - 1.0, world) * np.exp(-since / at(months, world))
        change = np.log1p(excess * at(fade, world)) - np.log1p(excess)
        year = pool.incidents.year[chosen]
        log_ratio += np.bincount(year, weights=change, minlength=block.years)
    return np.exp(log_ratio), mature
