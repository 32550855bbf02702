"""The pool: every incident of a block that the baseline or any of its variants may have.

The baseline's own sample comes first and is exactly that of `simulate`. Where a variant makes
incidents more frequent, a second, independent sample holds what may come on top (the sum of two
Poisson processes is one), so that each variant is a thinning of one pool (MODEL §5, "Remedies").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.arrays import Array, Index, Mask, at
from model.incidents.draw import Sampled, sample
from model.incidents.luck import luck
from model.incidents.types import Incidents
from model.worlds.clock import MONTH_H, YEAR_H
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values

RATIO, LAG = "recurrence.repeat_ratio", "recurrence.repeat_lag"
_EXTRA = 1
"""Ends the key of the streams from which the incidents on top are drawn."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """Incidents before merging, sorted by year and start, arrays `(n,)`."""

    prepared: Prepared
    values: Values
    """World values of the baseline."""
    block: Block
    incidents: Incidents
    parent: Index
    """Position of the incident that triggered this one, −1 for none."""
    extra: Mask
    """True for incidents the baseline does not have."""
    world: Index
    ceiling: Mapping[str, Array]
    """Sampled values of what governs the count: rates on top per cause, repeat ratio and lag."""
    capped: int
    thinning: Array
    """Each incident's own uniform number: below the share kept, it stays, `(n,)`."""
    normals: Mapping[str, Array]
    """Standard normals behind the incident-level draws that variants change, `(n,)` each."""

    @property
    def of_the_run(self) -> bool:
        """Whether the baseline's incidents are those that `simulate` draws.

        They are not where repeats were sampled at a higher ratio or a shorter lag and thinned.
        """
        return all(same(self.ceiling[name], self.values[name]) for name in (RATIO, LAG))

    def at(self, name: str) -> Array:
        """Return a world value of the baseline at each incident; scalars stay scalars."""
        return at(self.values[name], self.world)

    def within(self, years: Index) -> tuple[Pool, Index]:
        """Return the pool of some years of the block alone, in order, and which worlds those are.

        The same incidents in a block of its own, whose worlds are only the ones needed.
        """
        year = np.full(self.block.years, -1)
        year[years] = np.arange(len(years))
        inside = year[self.incidents.year] >= 0
        chosen = np.flatnonzero(inside)
        place = np.append(np.cumsum(inside) - 1, -1)
        worlds, world_of_year = np.unique(self.block.world_of_year[years], return_inverse=True)
        block = replace(self.block, years=len(years), world_of_year=world_of_year)
        incidents = self.incidents.take(chosen)
        incidents = replace(incidents, year=year[incidents.year])
        part = replace(
            self,
            values={name: at(value, worlds) for name, value in self.values.items()},
            ceiling={name: at(value, worlds) for name, value in self.ceiling.items()},
            block=block,
            incidents=incidents,
            parent=place[self.parent[chosen]],
            extra=self.extra[chosen],
            world=world_of_year[incidents.year],
            thinning=self.thinning[chosen],
            normals={name: normals[chosen] for name, normals in self.normals.items()},
        )
        return part, worlds


def gather(
    prepared: Prepared,
    values: Values,
    limits: Mapping[str, Array],
    block: Block,
    changing: Collection[str],
) -> Pool:
    """Sample the pool of a block.

    `limits` holds the least protective value any variant gives to what governs the count; names
    that are absent stay as in the baseline. `changing` names the incident-level draws that a
    variant changes, e.g. `duration`.
    """
    ceiling = {name: limits.get(name, values[name]) for name in (RATIO, LAG)}
    # Whether a failover would work is drawn for all, because variants may have one.
    ceiling["resilience.failover_success"] = np.asarray(1.0)
    base = sample(prepared, {**values, **ceiling}, block)
    excess = {
        name: rate
        for cause in prepared.causes
        for name, rate in [_excess(values, limits, cause)]
        if np.any(rate > 0)
    }
    pool = _pool(prepared, values, block, base, {**ceiling, **excess}, changing)
    if not excess:
        return pool
    none = {f"incidents.{cause}.rate_per_year": np.asarray(0.0) for cause in prepared.causes}
    flat = {f"incidents.{c}.early_life_multiplier": np.asarray(1.0) for c in prepared.causes}
    on_top = replace(block, key=(*block.key, _EXTRA))
    more = sample(prepared, {**values, **ceiling, **none, **flat, **excess}, on_top)
    return _joined(pool, _pool(prepared, values, on_top, more, pool.ceiling, changing))


def _excess(values: Values, limits: Mapping[str, Array], cause: str) -> tuple[str, Array]:
    """Return the rate that covers what any variant adds to a cause at any time of the year."""
    rate, gain, fade = (
        f"incidents.{cause}.{part}"
        for part in ("rate_per_year", "early_life_multiplier", "early_life_months")
    )
    highest = {**values, **{name: limits[name] for name in (rate, gain, fade) if name in limits}}
    if not (rate in limits or gain in limits or fade in limits):
        return rate, np.asarray(0.0)
    if gain in limits or fade in limits:
        on_top = pace(highest, cause, 0.0) - pace(values, cause, float(YEAR_H))
    else:
        on_top = pace(highest, cause, 0.0) - pace(values, cause, 0.0)
    raised = [highest[name] > values[name] for name in (rate, gain, fade)]
    return rate, np.where(raised[0] | raised[1] | raised[2], np.maximum(on_top, 0.0), 0.0)


def pace(values: Values, cause: str, start_h: Array | float, world: Index | None = None) -> Array:
    """Return a cause's rate per year at some hours, early life included, calendar weight left out.

    Rate × (1 + (E − 1)·e^(−(age + t)/θ)) (MODEL §2). Without `world`, one value per world.
    """

    def pick(name: str) -> Array:
        value = values[f"incidents.{cause}.{name}"]
        return value if world is None else at(value, world)

    months = values["simulation.platform_age_months"] + np.asarray(start_h) / MONTH_H
    early = (pick("early_life_multiplier") - 1.0) * np.exp(-months / pick("early_life_months"))
    return np.asarray(pick("rate_per_year") * (1.0 + early))


def _pool(
    prepared: Prepared,
    values: Values,
    block: Block,
    sampled: Sampled,
    ceiling: Mapping[str, Array],
    changing: Collection[str],
) -> Pool:
    def again(how: Callable[[str, int], Array]) -> Array:
        """Draw once more, from the streams of each cause with its number of incidents."""
        parts = map(how, prepared.causes, sampled.per_cause)
        return np.concatenate(list(parts))[sampled.order]

    def thinning(cause: str, size: int) -> Array:
        return block.uniform(f"incidents.{cause}.thin", size)

    def normals(field: str) -> Array:
        return again(lambda cause, size: luck(prepared, cause, field, block, size))

    return Pool(
        prepared=prepared,
        values=values,
        block=block,
        incidents=sampled.incidents,
        parent=sampled.parent,
        extra=np.zeros(len(sampled.order), dtype=bool),
        world=block.world_of_year[sampled.incidents.year],
        ceiling=ceiling,
        capped=sampled.capped,
        thinning=again(thinning),
        normals={field: normals(field) for field in changing},
    )


def _joined(base: Pool, more: Pool) -> Pool:
    """Return both pools as one, sorted by year and start."""
    n = len(base.parent)
    incidents = Incidents(**_both(vars(base.incidents), vars(more.incidents)))
    order = incidents.order()
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(order)), -1
    parent = np.concatenate([base.parent, np.where(more.parent < 0, -1, more.parent + n)])
    normals = _both(base.normals, more.normals)
    return replace(
        base,
        incidents=incidents.take(order),
        parent=place[parent][order],
        extra=(np.arange(len(order)) >= n)[order],
        world=np.concatenate([base.world, more.world])[order],
        thinning=np.concatenate([base.thinning, more.thinning])[order],
        normals={name: one[order] for name, one in normals.items()},
    )


def _both(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.concatenate([values, more[name]]) for name, values in base.items()}


def same(a: Array, b: Array) -> bool:
    """Tell whether two world values agree in every world."""
    # The same array is equal to itself: most are, and need not be read.
    return a is b or bool(np.all(a == b))
