"""Treatment: a pool of incidents as a variant leaves it, ready to be priced.

Thins the pool, moves repeats, and changes durations, losses and costs along each incident's own
luck (MODEL §5, "Remedies").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from model.arrays import Array, Index, Mask, at
from model.assumptions.declaration import DRAWN
from model.assumptions.lookup import cause_of, enters_beyond
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
from model.decisions.same_incidents import LAG, RATIO, Pool, pace, same
from model.incidents.draw import DrawnBlock
from model.incidents.merging import merge
from model.incidents.properties import scale_odds
from model.incidents.types import SHORTEST_H, Incidents
from model.worlds.clock import YEAR_H
from model.worlds.streams import Block, Values

PROPERTIES = {
    "duration": "duration_h",
    "publish_loss": "publish_loss",
    "playback_loss": "playback_loss",
    "ads_loss": "ads_loss",
    "costs.response_per_incident": "response_fixed_usd",
    "costs.response_per_hour": "response_usd_per_h",
    "resilience.failover_time": "failover_time_h",
}
"""What differs from incident to incident: its assumption, of its cause or of all, and its field."""
LEVELS = {
    "duration": "duration_level",
    "publish_loss": "severity_level",
    "playback_loss": "severity_level",
    "ads_loss": "severity_level",
}
"""The world's level that comes to a property of a cause."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Treated:
    """A pool under one variant: all incidents of the pool, and which of them happen."""

    pool: Pool
    values: Values
    incidents: Incidents
    present: Mask
    beyond: Mapping[str, tuple[int, int]]
    """How many values of each incident-level assumption the variant would move past its bounds, of
    how many; they are set to the bound."""

    def years_unlike(self, other: Treated, *, ignore: Collection[str] = ()) -> Mask:
        """Return the years of the block that must be priced again, `(years,)`.

        A year is the same if its incidents are and its world's values are; changes of assumptions
        that enter nothing but the steps in `ignore` do not count.
        """
        block = self.pool.block
        names = [name for name in self.values if enters_beyond(name, DRAWN.union(ignore))]
        world = changed_worlds(other.values, self.values, names, block.worlds)
        unlike = self.present != other.present
        for name, column in vars(self.incidents).items():
            before = vars(other.incidents)[name]
            # A variant makes a column anew only if it changes it; the same one is equal to itself.
            if column is not before:
                unlike |= self.present & (column != before)
        unlike |= (self.present | other.present) & world[self.pool.world]
        years = np.zeros(block.years, dtype=bool)
        years[self.pool.incidents.year[unlike]] = True
        return years

    def drawn(self, years: Mask) -> tuple[DrawnBlock, Block]:
        """Return some years of the block, incidents merged, and the block they make up."""
        block = self.pool.block
        chosen = np.flatnonzero(self.present & years[self.incidents.year])
        incidents = self.incidents.take(chosen)
        # Start hours are those of the pool itself, in order, unless the variant moved them.
        if self.incidents.start_h is not self.pool.incidents.start_h:
            incidents = incidents.take(incidents.order())
        place = np.cumsum(years) - 1
        incidents = replace(incidents, year=place[incidents.year])
        part = replace(block, years=int(years.sum()), world_of_year=block.world_of_year[years])
        drawn = DrawnBlock(
            values=self.values,
            incidents=merge(incidents),
            capped=self.pool.capped,
            before_merging=len(chosen),
            clipped={},
        )
        return drawn, part


def changing(names: Iterable[str]) -> set[str]:
    """Return which incident-level draws change when some assumptions do, e.g. `duration`."""
    return {suffix for name in names for suffix in PROPERTIES if _changes(name, suffix)}


def _changes(name: str, suffix: str) -> bool:
    of_cause = cause_of(name) is not None
    part = name.rsplit(".", 1)[-1] if of_cause else name
    return part == suffix or (of_cause and part == LEVELS.get(suffix))


def treat(pool: Pool, variant: Variant, draws: Draws) -> Treated:
    """Apply a variant to the incidents of a pool and the worlds they happen in."""
    wanted = orders(pool.prepared.causes, variant.steps)
    values = world_values(pool.values, wanted, draws)
    if variant.life_years:
        values = averaged_early_life(values, pool.prepared.causes, variant.life_years)
    beyond: dict[str, tuple[int, int]] = {}
    columns = {
        PROPERTIES[suffix]: column
        for suffix in PROPERTIES
        for column in [_column(pool, values, wanted, draws, suffix, beyond)]
        if column is not None
    }
    present = _presence(pool, values)
    start = _moved(pool, values)
    if start is not None:
        columns["start_h"] = start
        present &= start < YEAR_H
    incidents = Incidents(**{**vars(pool.incidents), **columns})
    return Treated(pool=pool, values=values, incidents=incidents, present=present, beyond=beyond)


def _presence(pool: Pool, values: Values) -> Mask:
    """Return which incidents of the pool happen: their own kind does, and what triggered them."""
    own = pool.parent < 0
    share = np.ones(len(own))
    for k, cause in enumerate(pool.prepared.causes):
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
    mine = own & (pool.incidents.cause == k)
    changed = [name for name in names if not same(values[name], pool.values[name])]
    base = np.flatnonzero(mine & ~pool.extra)
    if changed == names[:1]:
        before = np.where(pool.values[names[0]] > 0, pool.values[names[0]], 1.0)
        ratio = np.asarray(values[names[0]] / before)
        share[base] = at(ratio, pool.world[base])
    elif changed:
        here = (pool.incidents.start_h[base], pool.world[base])
        share[base] = pace(values, cause, *here) / pace(pool.values, cause, *here)
    extra = np.flatnonzero(mine & pool.extra)
    if len(extra):
        here = (pool.incidents.start_h[extra], pool.world[extra])
        on_top = pace(values, cause, *here) - pace(pool.values, cause, *here)
        share[extra] = on_top / at(pool.ceiling[names[0]], pool.world[extra])


def _moved(pool: Pool, values: Values) -> Array | None:
    """Return start hours with the delays of repeats stretched; None if nothing moves."""
    stretch = np.asarray(values[LAG] / pool.ceiling[LAG])
    if np.all(stretch == 1.0):
        return None
    repeats = np.flatnonzero(pool.parent >= 0)
    parent = pool.parent[repeats]
    sampled = pool.incidents.start_h
    delay = (sampled[repeats] - sampled[parent]) * at(stretch, pool.world[repeats])
    start = sampled.copy()
    while True:
        moved = start[parent] + delay
        if np.array_equal(moved, start[repeats]):
            return start
        start[repeats] = moved


def _column(
    pool: Pool,
    values: Values,
    wanted: Mapping[str, Orders],
    draws: Draws,
    suffix: str,
    beyond: dict[str, tuple[int, int]],
) -> Array | None:
    """Return one property of all incidents under a variant; None if it is as it was.

    What was moved past a bound is counted in `beyond`, by assumption.
    """
    new: Array | None = None
    for k, cause in enumerate(pool.prepared.causes):
        name = suffix if "." in suffix else f"incidents.{cause}.{suffix}"
        level = f"incidents.{cause}.{LEVELS[suffix]}" if suffix in LEVELS else ""
        leveled = bool(level) and not same(values[level], pool.values[level])
        if name not in wanted and not leveled:
            continue
        if new is None:
            new = vars(pool.incidents)[PROPERTIES[suffix]].copy()
        chosen = np.flatnonzero(pool.incidents.cause == k)
        order = wanted.get(name, Orders())
        new[chosen], moved = _redrawn(pool, values, order, draws, suffix, (name, level), chosen)
        before = beyond.get(name, (0, 0))
        beyond[name] = (before[0] + moved, before[1] + len(chosen))
    return new


def _redrawn(
    pool: Pool,
    values: Values,
    order: Orders,
    draws: Draws,
    suffix: str,
    names: tuple[str, str],
    chosen: Index,
) -> tuple[Array, int]:
    """Return a property of some incidents, and how many were moved past a bound.

    It is their own luck through the beliefs now in force.
    """
    name, level = names
    world = pool.world[chosen]
    normals = pool.normals[suffix][chosen]
    fitted = pool.prepared.belief(name).distribution
    own = within_bounds(fitted.from_normal(normals), draws.assumption(name))
    changed, moved = eased(
        name,
        own,
        normals,
        order,
        draws,
        world=world,
        level=at(values[level], world) if level else np.asarray(1.0),
    )
    if suffix == "duration":
        changed = np.clip(changed, SHORTEST_H, float(values["simulation.max_duration"]))
    return changed, moved


def eased(
    name: str,
    own: Array,
    normals: Array,
    order: Orders,
    draws: Draws,
    *,
    world: Index,
    level: Array,
) -> tuple[Array, int]:
    """Return a property of incidents under orders, `(n,)`; hours are not cut at the maximum.

    Also, how many of them orders would have moved past a bound of the assumption.
    `own` is what they have without any, before the world's `level` comes to it, and `normals` is
    their luck, along which a belief that is set in its place is drawn.
    """
    item = draws.assumption(name)
    fitted = [fit(change.belief, item.lower, item.upper) for _, change in order.sets]
    moved = np.zeros(len(normals), dtype=bool)
    for key, change in order.scales:
        beyond = draws.moved_of(key, item, change)
        moved |= beyond[world] if beyond.ndim else beyond
    if fitted:
        free = [one.from_normal(normals) for one in fitted]
        drawn = [within_bounds(one, item) for one in free]
        own = most_protective(name, drawn)
        moved |= np.any([a != b for a, b in zip(free, drawn, strict=True)], axis=0)
    scale = at(factor(order, item, draws), world)
    if name.endswith(".duration"):
        return np.asarray(own * level * scale), int(np.count_nonzero(moved))
    wanted = np.asarray(scale_odds(own, level) * scale)
    kept = within_bounds(wanted, item)
    return kept, int(np.count_nonzero(moved | (kept != wanted)))
