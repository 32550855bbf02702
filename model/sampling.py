"""Sampling the outages of a block of years: counts, starts, repeats, durations, losses.

Each cause draws from streams of its own, so a change to one cause leaves the others' incidents as
they were (MODEL §3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, at
from model.outages import SHORTEST_H, Outages, poisson
from model.scenario.scenario import Scenario
from model.worlds.clock import YEAR_H
from model.worlds.draw import kept_within
from model.worlds.prepared import distribution, leaves
from model.worlds.streams import Block, Values, per_year, stream
from model.worlds.timing import expected_count, start_hours, start_table

_LOSSES = ("publish_loss", "playback_loss", "ads_loss")
_SHARED = {
    "response_fixed_usd": "costs.response_per_incident",
    "response_usd_per_h": "costs.response_per_hour",
}
_FAILOVER = {"failover_time_h": "resilience.failover_time"}
"""Properties of an incident that are the same belief whatever its cause."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """Incidents of a block before merging, as drawn and in order."""

    drawn: Outages
    """Cause after cause, each cause's own before their repeats."""
    trigger: Index
    """Position there of what triggered an incident, −1 for nothing."""
    parts: tuple[slice, ...]
    """Where each cause's incidents are."""
    capped_of: tuple[int, ...]
    """How many durations of each cause were cut at the maximum."""
    clipped_of: tuple[Counter[str], ...]
    """How many draws of each incident-level belief were set to a physical bound, by cause."""

    @cached_property
    def order(self) -> Index:
        """Where each incident stood when drawn, by year and start."""
        return self.drawn.order()

    @cached_property
    def outages(self) -> Outages:
        """The incidents sorted by year and start."""
        return self.drawn.take(self.order)

    @property
    def per_cause(self) -> tuple[int, ...]:
        """How many incidents each cause has."""
        return tuple(part.stop - part.start for part in self.parts)

    @property
    def capped(self) -> int:
        """How many durations were cut at the maximum."""
        return sum(self.capped_of)

    @property
    def clipped(self) -> dict[str, int]:
        """How many draws of each incident-level belief were set to a physical bound."""
        return dict(sum(self.clipped_of, Counter[str]()))

    @property
    def parent(self) -> Index:
        """Position of the incident that triggered this one, −1 for none, in order, `(n,)`."""
        place = np.empty(len(self.order) + 1, dtype=np.int64)
        place[self.order], place[-1] = np.arange(len(self.order)), -1
        return np.asarray(place[self.trigger][self.order])


def sample(
    scenario: Scenario, values: Values, block: Block, causes: tuple[str, ...] | None = None
) -> Sampled:
    """Draw the incidents of some causes in the block (default: of all), not yet merged.

    `cause` counts in the causes asked for.
    """
    causes = scenario.causes if causes is None else causes
    struck = _with_repeats(values, block, causes, _strikes(scenario, causes, values, block))
    drawn, clipped = _properties(scenario, causes, values, block, struck)
    longest = float(values["simulation.max_duration"])
    capped = [int(np.count_nonzero(drawn["duration_h"][part] > longest)) for part in struck.parts]
    np.clip(drawn["duration_h"], SHORTEST_H, longest, out=drawn["duration_h"])
    if not _fails_over(values):
        n = len(struck.year)
        drawn |= {"failover_time_h": np.zeros(n), "failover_chance": np.ones(n)}
    outages = Outages(struck.year, struck.cause, struck.start_h, **drawn)
    return Sampled(outages, struck.trigger, tuple(struck.parts), tuple(capped), clipped)


class _Strikes(NamedTuple):
    """When incidents begin, cause after cause, each cause's own before their repeats, `(n,)`."""

    year: Index
    start_h: Array
    cause: Index
    trigger: Index
    """Position of the incident that triggered this one, −1 for none."""
    parts: list[slice]
    """Where each cause's incidents are."""


def _parts(cause: Index, causes: int) -> list[slice]:
    """Return where each cause is in an array sorted by cause."""
    ends = np.searchsorted(cause, np.arange(causes + 1)).tolist()
    return [slice(begin, end) for begin, end in pairwise(ends)]


def _fails_over(values: Values) -> bool:
    """Tell whether any failover can work, so that it matters when."""
    return bool(np.any(values["resilience.failover_success"] > 0))


def _properties(
    scenario: Scenario, causes: tuple[str, ...], values: Values, block: Block, struck: _Strikes
) -> tuple[dict[str, Array], tuple[Counter[str], ...]]:
    """Draw how long incidents last and what they break and cost, `(n,)` each.

    Also return, by cause, how many draws of each belief were set to a physical bound.
    """
    n = len(struck.year)
    world = block.world_of_year.take(struck.year)
    clipped = tuple(Counter[str]() for _ in causes)
    drawn = {name: np.empty(n) for name in ("duration_h", *_LOSSES)}
    for cause, part, beyond in zip(causes, struck.parts, clipped, strict=True):
        prefix, size = f"incidents.{cause}", part.stop - part.start
        mine = [(slice(0, size), beyond)]
        level = at(values[f"{prefix}.duration_level"], world[part])
        hours = _draw(scenario, f"{prefix}.duration", block.normal, size, mine)
        np.multiply(hours, level, out=drawn["duration_h"][part])
        odds = at(values[f"{prefix}.severity_level"], world[part])
        for name in _LOSSES:
            loss = _draw(scenario, f"{prefix}.{name}", block.normal, size, mine)
            drawn[name][part] = scale_odds(loss, odds)

    def normal(name: str, size: int) -> Array:
        """Draw a property that is the same belief for all causes from each cause's own stream."""
        out = np.empty(size)
        for cause, part in zip(causes, struck.parts, strict=True):
            own = stream(block.seed, block.key, f"incidents.{cause}.{name}")
            own.standard_normal(out=out[part])
        return out

    shared = {**_SHARED, **(_FAILOVER if _fails_over(values) else {})}
    for field, name in shared.items():
        drawn[field] = _draw(scenario, name, normal, n, zip(struck.parts, clipped, strict=True))
    if _fails_over(values):
        chance = [
            block.uniform(f"incidents.{cause}.failover", part.stop - part.start)
            for cause, part in zip(causes, struck.parts, strict=True)
        ]
        drawn["failover_chance"] = np.concatenate(chance)
    return drawn, clipped


def _draw(
    scenario: Scenario,
    name: str,
    normals: Callable[[str, int], Array],
    size: int,
    clipped: Iterable[tuple[slice, Counter[str]]],
) -> Array:
    """Draw one incident-level belief, and count the draws clipped in each part."""
    belief = scenario.belief(name)
    if belief.certain:
        return np.full(size, belief.low)
    drawn = distribution(scenario, name).from_normal(normals(name, size))
    bounds = leaves(scenario, name)
    if bounds:
        for part, beyond in clipped:
            drawn[part], outside = kept_within(drawn[part], bounds)
            beyond[name] += outside
    return drawn


def scale_odds(loss: Array, level: Array) -> Array:
    """Multiply the odds of a share; 0 stays 0 and 1 stays 1.

    >>> scale_odds(np.array([0.0, 0.5, 1.0]), np.array(3.0)).tolist()
    [0.0, 0.75, 1.0]
    """
    return np.asarray(loss * level / (1.0 + loss * (level - 1.0)))


def _strikes(scenario: Scenario, causes: tuple[str, ...], values: Values, block: Block) -> _Strikes:
    """Draw year and start hour of each cause's own incidents."""
    means, uniform = np.zeros((2, len(causes), block.years))
    starting = []
    for cause, mean, u in zip(causes, means, uniform, strict=True):
        prefix = f"incidents.{cause}"
        expected, early, position = expected_count(
            start_table(scenario, cause),
            values[f"{prefix}.rate_per_year"],
            values[f"{prefix}.early_life_multiplier"],
            values[f"{prefix}.early_life_months"],
            values["simulation.platform_age_months"],
        )
        mean[:] = per_year(expected, block)
        stream(block.seed, block.key, f"{prefix}.count").random(out=u)
        starting.append((early / np.where(expected > 0, expected, 1.0), position))
    which = _repeated(poisson(uniform.ravel(), means.ravel()))
    index, year = np.divmod(which, block.years)
    parts = _parts(index, len(causes))
    start = np.empty(len(year))
    for cause, part, (share, position) in zip(causes, parts, starting, strict=True):
        start[part] = _start(scenario, block, cause, year[part], share, position)
    return _Strikes(year, start, index, np.full(len(year), -1), parts)


def _start(
    scenario: Scenario, block: Block, cause: str, year: Index, share: Array, position: Array
) -> Array:
    """Draw the start hours of a cause's own incidents, `(n,)`."""
    n, world = len(year), block.world_of_year.take(year)
    table = start_table(scenario, cause)
    several = len(table.log_months) > 1
    return start_hours(
        table,
        block.uniform(f"incidents.{cause}.start", n),
        np.broadcast_to(at(share, world), (n,)),
        np.broadcast_to(at(position, world), (n,)),
        block.uniform(f"incidents.{cause}.start.fade", n) if several else np.zeros(n),
    )


def _repeated(count: Index) -> Index:
    """Return each position as often as it counts, in order."""
    hit = np.flatnonzero(count)
    times = count.take(hit)
    return hit if np.all(times == 1) else np.repeat(hit, times)


def _with_repeats(values: Values, block: Block, causes: tuple[str, ...], own: _Strikes) -> _Strikes:
    """Add the repeats of all generations that fall within the year."""
    ratio, lag_h = values["recurrence.repeat_ratio"], values["recurrence.repeat_lag"] * 24.0
    if not np.any(ratio > 0):
        return own
    numbers = [stream(block.seed, block.key, f"incidents.{cause}.repeats") for cause in causes]
    generations = [own[:4]]
    year, start, cause, place = own.year, own.start_h, own.cause, np.arange(len(own.year))
    while len(year):
        uniform = np.empty(len(year))
        for source, part in zip(numbers, _parts(cause, len(causes)), strict=True):
            source.random(out=uniform[part])
        means = np.broadcast_to(at(ratio, block.world_of_year.take(year)), (len(year),))
        of = _repeated(poisson(uniform, means))
        lag = np.empty(len(of))
        for source, part in zip(numbers, _parts(cause[of], len(causes)), strict=True):
            source.standard_exponential(out=lag[part])
        lag *= at(lag_h, block.world_of_year[year[of]])
        lag += start[of]
        inside = np.flatnonzero(lag < YEAR_H)
        of = of[inside]
        year, start, cause, trigger = year[of], lag[inside], cause[of], place[of]
        place = place[-1:] + 1 + np.arange(len(year))
        generations.append((year, start, cause, trigger))
    year, start, cause, trigger = (np.concatenate(each) for each in zip(*generations, strict=True))
    order = np.argsort(cause.astype(np.int16), kind="stable")
    placed = np.empty(len(order) + 1, dtype=np.int64)
    placed[order], placed[-1] = np.arange(len(order)), -1
    cause = cause.take(order)
    return _Strikes(
        year.take(order),
        start.take(order),
        cause,
        placed[trigger.take(order)],
        _parts(cause, len(causes)),
    )
