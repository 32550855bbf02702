"""The pool: every incident of a block that the baseline or any of its variants may have.

The baseline's own sample comes first and is exactly that of `simulate`. Where a variant makes
incidents more frequent, a second, independent sample holds what may come on top (the sum of two
Poisson processes is one), so that each variant is a thinning of one pool (MODEL §5, "Remedies").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from model.arrays import Array, Index, Mask, at
from model.incidents.draw import Sampled, sample
from model.incidents.types import Incidents
from model.scenario.scenario import Scenario
from model.worlds.clock import MONTH_H, YEAR_H
from model.worlds.streams import Block, Values

RATIO, LAG = "recurrence.repeat_ratio", "recurrence.repeat_lag"
_EXTRA = 1
"""Ends the key of the streams from which the incidents on top are drawn."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Incidents before merging, sorted by year and start, arrays `(n,)`."""

    scenario: Scenario
    values: Values
    """World values of the baseline."""
    block: Block
    outages: Incidents
    parent: Index
    """Position of the incident that triggered this one, −1 for none."""
    extra: Mask
    """True for incidents the baseline does not have."""
    world: Index
    ceiling: Mapping[str, Array]
    """Sampled values of what governs the count: rates on top per cause, repeat ratio and lag."""
    sources: tuple[tuple[Block, tuple[int, ...]], ...]
    """Where the incidents were drawn: block and number per cause, one source after the other."""
    drawn: Index
    """Where each incident stood when drawn."""
    capped: int
    _cache: dict[str, Array] = field(default_factory=dict)

    def normals(self, name: str) -> Array:
        """Return the standard normals behind an incident-level draw, e.g. `duration`, `(n,)`."""
        return self._again(name, Block.normal)

    @property
    def of_the_run(self) -> bool:
        """Whether the baseline's incidents are those that `simulate` draws.

        They are not where repeats were sampled at a higher ratio or a shorter lag and thinned.
        """
        return all(self.ceiling[name] is self.values[name] for name in (RATIO, LAG))

    @property
    def thinning(self) -> Array:
        """Each incident's own uniform number: below the share kept, it stays, `(n,)`."""
        return self._again("thin", Block.uniform)

    def _again(self, name: str, how: Callable[[Block, str, int], Array]) -> Array:
        if name not in self._cache:
            parts = [
                how(block, f"incidents.{cause}.{name}", size)
                for block, sizes in self.sources
                for cause, size in zip(self.scenario.causes, sizes, strict=True)
            ]
            self._cache[name] = np.concatenate(parts)[self.drawn]
        return self._cache[name]

    def at(self, name: str) -> Array:
        """Return a world value of the baseline at each incident; scalars stay scalars."""
        return at(self.values[name], self.world)

    def within(self, years: Index) -> tuple[Pool, Index]:
        """Return the pool of some years of the block alone, in order, and which worlds those are.

        The same incidents in a block of its own, whose worlds are only the ones needed.
        """
        year = np.full(self.block.years, -1)
        year[years] = np.arange(len(years))
        inside = year[self.outages.year] >= 0
        chosen = np.flatnonzero(inside)
        place = np.append(np.cumsum(inside) - 1, -1)
        worlds, world_of_year = np.unique(self.block.world_of_year[years], return_inverse=True)
        block = replace(self.block, years=len(years), world_of_year=world_of_year)
        outages = self.outages.take(chosen)
        outages = replace(outages, year=year[outages.year])
        part = replace(
            self,
            values={name: at(value, worlds) for name, value in self.values.items()},
            ceiling={name: at(value, worlds) for name, value in self.ceiling.items()},
            block=block,
            outages=outages,
            parent=place[self.parent[chosen]],
            extra=self.extra[chosen],
            world=world_of_year[outages.year],
            drawn=self.drawn[chosen],
            _cache={},
        )
        return part, worlds


def gather(scenario: Scenario, values: Values, limits: Mapping[str, Array], block: Block) -> Pool:
    """Sample the pool of a block.

    `limits` holds the highest value (of the lag the lowest) any variant gives to what governs the
    count; names that are absent stay as in the baseline.
    """
    ceiling = {name: limits.get(name, values[name]) for name in (RATIO, LAG)}
    # Whether a failover would work is drawn for all, because variants may have one.
    ceiling["resilience.failover_success"] = np.asarray(1.0)
    base = sample(scenario, {**values, **ceiling}, block)
    excess = {
        name: rate
        for cause in scenario.causes
        for name, rate in [_excess(values, limits, cause)]
        if np.any(rate > 0)
    }
    pool = _pool(scenario, values, block, base, {**ceiling, **excess})
    if not excess:
        return pool
    none = {f"incidents.{cause}.rate_per_year": np.asarray(0.0) for cause in scenario.causes}
    flat = {f"incidents.{c}.early_life_multiplier": np.asarray(1.0) for c in scenario.causes}
    on_top = replace(block, key=(*block.key, _EXTRA))
    more = sample(scenario, {**values, **ceiling, **none, **flat, **excess}, on_top)
    return _joined(pool, _pool(scenario, values, on_top, more, pool.ceiling))


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
    scenario: Scenario,
    values: Values,
    block: Block,
    sampled: Sampled,
    ceiling: Mapping[str, Array],
) -> Pool:
    n = len(sampled.order)
    return Pool(
        scenario,
        values,
        block,
        sampled.outages,
        sampled.parent,
        np.zeros(n, dtype=bool),
        block.world_of_year[sampled.outages.year],
        ceiling,
        ((block, sampled.per_cause),),
        sampled.order,
        sampled.capped,
    )


def _joined(base: Pool, more: Pool) -> Pool:
    """Return both pools as one, sorted by year and start."""
    n = len(base.parent)
    both = [(vars(base.outages)[name], vars(more.outages)[name]) for name in vars(base.outages)]
    outages = Incidents(*(np.concatenate(pair) for pair in both))
    order = outages.order()
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(order)), -1
    parent = np.concatenate([base.parent, np.where(more.parent < 0, -1, more.parent + n)])
    return replace(
        base,
        outages=outages.take(order),
        parent=place[parent][order],
        extra=(np.arange(len(order)) >= n)[order],
        world=np.concatenate([base.world, more.world])[order],
        sources=base.sources + more.sources,
        drawn=np.concatenate([base.drawn, more.drawn + n])[order],
        _cache={},
    )
