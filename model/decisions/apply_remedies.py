"""Treatment: a pool of incidents as a variant leaves it, ready to be priced.

Thins the pool, moves repeats, and changes durations, losses and costs along each incident's own
luck (MODEL §5, "Remedies").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from model.arrays import Array, Index, Mask, at
from model.assumptions.lookup import assumption
from model.beliefs.belief import fit
from model.decisions.early_life import averaged_early_life
from model.decisions.remedies import (
    Draws,
    Orders,
    Variant,
    changed_worlds,
    factor,
    most_protective,
    orders,
    within_bounds,
    world_values,
)
from model.decisions.same_incidents import LAG, RATIO, Pool, pace
from model.incidents.draw import DrawnBlock
from model.incidents.merging import merge
from model.incidents.properties import scale_odds
from model.incidents.types import SHORTEST_H, Incidents
from model.worlds.clock import YEAR_H
from model.worlds.prepared import distribution
from model.worlds.streams import Block, Values

_FIELDS = {
    "duration": "duration_h",
    "publish_loss": "publish_loss",
    "playback_loss": "playback_loss",
    "ads_loss": "ads_loss",
    "costs.response_per_incident": "response_fixed_usd",
    "costs.response_per_hour": "response_usd_per_h",
    "resilience.failover_time": "failover_time_h",
}
_LEVELS = {
    "duration": "duration_level",
    "publish_loss": "severity_level",
    "playback_loss": "severity_level",
    "ads_loss": "severity_level",
}


@dataclass(frozen=True, eq=False)
class Treated:
    """A pool under one variant: all incidents of the pool, and which of them happen."""

    pool: Pool
    values: Values
    outages: Incidents
    present: Mask

    def years_unlike(self, other: Treated, ignore: tuple[str, ...] = ()) -> Mask:
        """Return the years of the block that must be priced again, `(years,)`.

        A year is the same if its incidents are and its world's values are; changes of values whose
        names begin with one of `ignore` do not count.
        """
        block = self.pool.block
        worlds = int(block.world_of_year[-1]) + 1
        before = {**other.values, **{n: v for n, v in self.values.items() if n.startswith(ignore)}}
        world = changed_worlds(before if ignore else other.values, self.values, worlds)
        unlike = self.present != other.present
        for name, column in vars(self.outages).items():
            if column is not vars(other.outages)[name]:
                unlike |= self.present & (column != vars(other.outages)[name])
        unlike |= (self.present | other.present) & world[self.pool.world]
        years = np.zeros(block.years, dtype=bool)
        years[self.pool.outages.year[unlike]] = True
        return years

    def struck(self, years: Mask) -> tuple[DrawnBlock, Block]:
        """Return some years of the block, incidents merged, and the block they make up."""
        block = self.pool.block
        chosen = np.flatnonzero(self.present & years[self.outages.year])
        outages = self.outages.take(chosen)
        if self.outages.start_h is not self.pool.outages.start_h:
            outages = outages.take(outages.order())
        place = np.cumsum(years) - 1
        outages = replace(outages, year=place[outages.year])
        part = replace(block, years=int(years.sum()), world_of_year=block.world_of_year[years])
        struck = DrawnBlock(
            values=self.values,
            outages=merge(outages),
            capped=self.pool.capped,
            before_merging=len(chosen),
            clipped={},
        )
        return struck, part


def treat(pool: Pool, variant: Variant, draws: Draws) -> Treated:
    """Apply a variant to the incidents of a pool and the worlds they happen in."""
    wanted = orders(pool.scenario, variant.steps)
    values = world_values(pool.values, wanted, draws)
    if variant.life_years:
        values = averaged_early_life(values, pool.scenario, variant.life_years)
    columns = {
        _FIELDS[suffix]: column
        for suffix in _FIELDS
        for column in [_column(pool, values, wanted, draws, suffix)]
        if column is not None
    }
    present = _presence(pool, values)
    start = _moved(pool, values)
    if start is not None:
        columns["start_h"] = start
        present &= start < YEAR_H
    outages = Incidents(**{**vars(pool.outages), **columns})
    return Treated(pool, values, outages, present)


def _presence(pool: Pool, values: Values) -> Mask:
    """Return which incidents of the pool happen: their own kind does, and what triggered them."""
    own = pool.parent < 0
    share = np.ones(len(own))
    for k, cause in enumerate(pool.scenario.causes):
        _thin_own(share, pool, values, k, cause, own)
    triggered = values[RATIO] / np.where(pool.ceiling[RATIO] > 0, pool.ceiling[RATIO], 1.0)
    if np.any(triggered < 1.0):
        share[~own] = np.broadcast_to(at(np.asarray(triggered), pool.world), len(own))[~own]
    if not (share < 1.0).any():
        return np.ones(len(own), dtype=bool)
    kept = pool.thinning < share
    present = kept
    while True:
        # A repeat comes after its cause, so each round settles at least one more generation.
        settled = kept & (own | present[pool.parent])
        if np.array_equal(settled, present):
            return present
        present = settled


def _thin_own(share: Array, pool: Pool, values: Values, k: int, cause: str, own: Mask) -> None:
    """Set the share that remains of a cause's incidents that were not triggered by others."""
    parts = ("rate_per_year", "early_life_multiplier", "early_life_months")
    names = [f"incidents.{cause}.{part}" for part in parts]
    mine = own & (pool.outages.cause == k)
    changed = [name for name in names if values[name] is not pool.values[name]]
    base = np.flatnonzero(mine & ~pool.extra)
    if changed == names[:1]:
        before = np.where(pool.values[names[0]] > 0, pool.values[names[0]], 1.0)
        ratio = np.asarray(values[names[0]] / before)
        share[base] = at(ratio, pool.world[base])
    elif changed:
        here = (pool.outages.start_h[base], pool.world[base])
        share[base] = pace(values, cause, *here) / pace(pool.values, cause, *here)
    extra = np.flatnonzero(mine & pool.extra)
    if len(extra):
        here = (pool.outages.start_h[extra], pool.world[extra])
        on_top = pace(values, cause, *here) - pace(pool.values, cause, *here)
        share[extra] = on_top / at(pool.ceiling[names[0]], pool.world[extra])


def _moved(pool: Pool, values: Values) -> Array | None:
    """Return start hours with the delays of repeats stretched; None if nothing moves."""
    stretch = np.asarray(values[LAG] / pool.ceiling[LAG])
    if np.all(stretch == 1.0):
        return None
    repeats = np.flatnonzero(pool.parent >= 0)
    parent = pool.parent[repeats]
    sampled = pool.outages.start_h
    delay = (sampled[repeats] - sampled[parent]) * at(stretch, pool.world[repeats])
    start = sampled.copy()
    while True:
        moved = start[parent] + delay
        if np.array_equal(moved, start[repeats]):
            return start
        start[repeats] = moved


def _column(
    pool: Pool, values: Values, wanted: Mapping[str, Orders], draws: Draws, suffix: str
) -> Array | None:
    """Return one property of all incidents under a variant; None if it is as it was."""
    new: Array | None = None
    for k, cause in enumerate(pool.scenario.causes):
        name = suffix if "." in suffix else f"incidents.{cause}.{suffix}"
        level = f"incidents.{cause}.{_LEVELS[suffix]}" if suffix in _LEVELS else ""
        leveled = bool(level) and values[level] is not pool.values[level]
        if name not in wanted and not leveled:
            continue
        if new is None:
            new = vars(pool.outages)[_FIELDS[suffix]].copy()
        chosen = np.flatnonzero(pool.outages.cause == k)
        order = wanted.get(name, Orders())
        new[chosen] = _redrawn(pool, values, order, draws, suffix, (name, level), chosen)
    return new


def _redrawn(
    pool: Pool,
    values: Values,
    order: Orders,
    draws: Draws,
    suffix: str,
    names: tuple[str, str],
    chosen: Index,
) -> Array:
    """Return a property of some incidents: their own luck through the beliefs now in force."""
    name, level = names
    item = assumption(name)
    world = pool.world[chosen]
    normals = pool.normals(suffix)[chosen]
    fitted = [fit(change.belief, item.lower, item.upper) for _, change in order.sets]
    fitted = fitted or [distribution(pool.scenario, name)]
    drawn = most_protective(name, [within_bounds(one.from_normal(normals), item) for one in fitted])
    scale = at(factor(order, item, draws), world)
    if suffix == "duration":
        hours = drawn * at(values[level], world) * scale
        return np.clip(hours, SHORTEST_H, float(values["simulation.max_duration"]))
    if level:
        drawn = scale_odds(drawn, at(values[level], world))
    return draws.within(np.asarray(drawn * scale), item)
