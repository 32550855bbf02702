"""Striking: the worlds of a block of years, and the incidents that happen in them.

An everyday run draws again only what the change of a slider touches: nothing if it only moves
prices, one cause if it is about that cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.assumptions.names import Value
from model.incidents.draw import DrawnBlock, Sampled, sample
from model.incidents.merging import merge
from model.incidents.types import Incidents
from model.runs.recent import Recent
from model.scenario.scenario import Scenario
from model.worlds.draw import draw, everyday
from model.worlds.streams import Block, Values

ONLY_PRICES = tuple(
    f"{group}."
    for group in (
        "platform",
        "revenue",
        "publishing",
        "freshness",
        "sessions",
        "trust",
        "ads",
        "sla",
    )
)
"""Assumptions that no incident's time, length or loss of function depends on."""
_OF_ALL = ("recurrence.", "resilience.", "simulation.")
"""World values that the incidents of every cause depend on."""

Changes = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class _OfCause:
    """The incidents of one cause in a block, before merging, and the world values behind them."""

    values: Values
    drawn: Sampled
    place: int
    """Of the cause among those drawn together."""

    @property
    def columns(self) -> tuple[Array, ...]:
        """The cause's own incidents, the columns of `Incidents`."""
        part = self.drawn.parts[self.place]
        return tuple(column[part] for column in vars(self.drawn.drawn).values())

    @property
    def capped(self) -> int:
        """How many durations were cut at the maximum."""
        return self.drawn.capped_of[self.place]

    @property
    def clipped(self) -> Counter[str]:
        """How many draws of each belief were set to a physical bound."""
        return self.drawn.clipped_of[self.place]


_struck_last = Recent[DrawnBlock](8)
_causes_last = Recent[_OfCause](40)


def draw_block(scenario: Scenario, block: Block, *, world_block: tuple[int, ...]) -> DrawnBlock:
    """Draw the worlds of a block and the incidents of its years (MODEL §3)."""
    worlds = int(block.world_of_year[-1]) + 1
    values, clipped = draw(scenario, seed=block.seed, block=world_block, worlds=worlds)
    if worlds == block.years and everyday(block.key, worlds):
        struck = _struck_again(scenario, values, block)
    else:
        sampled = sample(scenario, values, block)
        struck = _merged(sampled.outages, sampled.capped, sampled.clipped)
    total = dict(Counter(clipped) + Counter(struck.clipped))
    return replace(struck, values=values, clipped=total)


def _merged(outages: Incidents, capped: int, clipped: dict[str, int]) -> DrawnBlock:
    return DrawnBlock({}, merge(outages), capped, len(outages.year), clipped)


def _struck_again(scenario: Scenario, values: Values, block: Block) -> DrawnBlock:
    """Return the incidents of an everyday block, drawing only those of causes that changed."""
    changes = tuple(one for one in scenario.changes if not one[0].startswith(ONLY_PRICES))
    key = (changes, block.seed, block.key, block.years)
    struck = _struck_last.get(key)
    if struck is None:
        struck = _of_causes(scenario, changes, values, block)
        for column in vars(struck.outages).values():
            column.setflags(write=False)
        _struck_last.put(key, struck)
    return struck


class _Asked(NamedTuple):
    """What decides about the incidents of a cause in a block."""

    key: Hashable
    values: Values
    """Of its worlds: through a correlation, another cause's belief may change them."""


def _asked(
    scenario: Scenario, changes: Changes, cause: str, values: Values, block: Block
) -> _Asked:
    own = f"incidents.{cause}."
    others = tuple(f"incidents.{name}." for name in scenario.causes if name != cause)
    mine = tuple(one for one in changes if not one[0].startswith(others))
    behind = {name: value for name, value in values.items() if name.startswith((own, *_OF_ALL))}
    return _Asked((cause, mine, block.seed, block.key, block.years), behind)


def _drawn_last(asked: _Asked) -> _OfCause | None:
    last = _causes_last.get(asked.key)
    return last if last is not None and same_values(last.values, asked.values) else None


def _of_causes(scenario: Scenario, changes: Changes, values: Values, block: Block) -> DrawnBlock:
    """Put together the incidents of causes that are as they were, and of those drawn anew."""
    causes = scenario.causes
    asked = {cause: _asked(scenario, changes, cause, values, block) for cause in causes}
    parts = {cause: last for cause in causes if (last := _drawn_last(asked[cause]))}
    missing = tuple(cause for cause in causes if cause not in parts)
    if missing:
        drawn = sample(scenario, values, block, missing)
        for place, cause in enumerate(missing):
            parts[cause] = _OfCause(asked[cause].values, drawn, place)
            _causes_last.put(asked[cause].key, parts[cause])
        if missing == causes:
            return _merged(drawn.outages, drawn.capped, drawn.clipped)
    every = [parts[cause] for cause in causes]
    clipped = sum((part.clipped for part in every), Counter[str]())
    capped = sum(part.capped for part in every)
    return _merged(_together([part.columns for part in every]), capped, dict(clipped))


def same_values(before: Values, after: Values) -> bool:
    """Tell whether the same names have the same values."""
    return before.keys() == after.keys() and all(
        value is before[name] or np.array_equal(value, before[name])
        for name, value in after.items()
    )


def _together(parts: list[tuple[Array, ...]]) -> Incidents:
    """Return the incidents of all causes, in the causes' order, sorted by year and start."""
    whole = Incidents(*map(np.concatenate, zip(*parts, strict=True)))
    whole = replace(whole, cause=np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts]))
    return whole.take(whole.order())
