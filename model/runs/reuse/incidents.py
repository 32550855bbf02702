"""Worlds and incidents drawn again only where a change touches them; all else comes from a cache.

A belief that nothing is correlated with keeps its draws while it stays as it was. A cause keeps its
incidents while everything that the declaration says they are drawn from stays as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.incidents.draw import DrawnBlock, Sampled, sample
from model.incidents.merging import merge
from model.incidents.types import Incidents, alone
from model.runs.reuse.cache import Cache
from model.worlds import draw
from model.worlds.prepared import Fitted, Prepared
from model.worlds.streams import Block, Values


class Worlds(NamedTuple):
    """Draws of worlds that remember, for `worlds.draw.draw`."""

    kept: Cache

    def normals(self, one: draw.Drawing) -> Array:
        """Return standard normals as `worlds.draw.normals`; not to be changed."""
        key = ("normals", one)
        drawn: Array | None = self.kept.get(key)
        if drawn is None:
            drawn = draw.normals(one)
            drawn.setflags(write=False)
            self.kept.put(key, drawn)
        return drawn

    def by_itself(self, fitted: Fitted, one: draw.Drawing) -> tuple[Array, int]:
        """Return the draws of a belief as `worlds.draw.by_itself`; not to be changed."""
        key = ("belief", fitted, one)
        drawn: tuple[Array, int] | None = self.kept.get(key)
        if drawn is None:
            drawn = draw.by_itself(fitted, one)
            drawn[0].setflags(write=False)
            self.kept.put(key, drawn)
        return drawn


def draw_worlds(
    kept: Cache, prepared: Prepared, *, seed: int, block: tuple[int, ...], worlds: int
) -> tuple[dict[str, Array], dict[str, int]]:
    """Draw worlds as `worlds.draw.draw` does."""
    again = Worlds(kept)
    return draw.draw(
        prepared,
        seed=seed,
        block=block,
        worlds=worlds,
        normals=again.normals,
        by_itself=again.by_itself,
    )


def draw_incidents(
    kept: Cache, prepared: Prepared, values: Values, clipped: dict[str, int], block: Block
) -> DrawnBlock:
    """Return the incidents of a block in worlds already drawn, as `incidents.draw.draw_block`."""
    drawn = _of_causes(kept, prepared, values, block)
    for column in vars(drawn.incidents).values():
        column.setflags(write=False)
    total = dict(Counter(clipped) + Counter(drawn.clipped))
    return replace(drawn, values=values, clipped=total)


_WHICH = ("cause", "causes")


@dataclass(frozen=True, eq=False, kw_only=True)
class _OfCause:
    """The incidents of one cause in a block, before merging, and the world values behind them."""

    values: Values
    columns: dict[str, Array]
    """Those of `Incidents`, as drawn, but which cause it is."""
    capped: int
    """How many durations were cut at the maximum."""
    clipped: Counter[str]
    """How many draws of each belief were set to a physical bound."""

    @staticmethod
    def of(drawn: Sampled, place: int, values: Values) -> _OfCause:
        """Take the incidents of one of the causes that were drawn together."""
        part, single = drawn.parts[place], len(drawn.parts) == 1
        every = vars(drawn.drawn)
        columns = {name: every[name][part] for name in every if name not in _WHICH}
        return _OfCause(
            values=values,
            # Copies, as views would keep those of the others in memory.
            columns=columns if single else {name: one.copy() for name, one in columns.items()},
            capped=drawn.capped_of[place],
            clipped=drawn.clipped_of[place],
        )


class _Asked(NamedTuple):
    """What decides about the incidents of a cause in a block."""

    key: Hashable
    values: Values
    """Of its worlds: through a correlation, another cause's belief may change them."""


def _asked(prepared: Prepared, cause: str, values: Values, block: Block) -> _Asked:
    behind = prepared.behind[cause]
    of_worlds = {name: values[name] for name, _ in behind if name in values}
    return _Asked(("cause", cause, behind, block.seed, block.key, block.years), of_worlds)


def _drawn_last(kept: Cache, asked: _Asked) -> _OfCause | None:
    last: _OfCause | None = kept.get(asked.key)
    return last if last is not None and same_values(last.values, asked.values) else None


def _of_causes(kept: Cache, prepared: Prepared, values: Values, block: Block) -> DrawnBlock:
    """Put together the incidents of causes that are as they were, and of those drawn anew."""
    causes = prepared.causes
    asked = {cause: _asked(prepared, cause, values, block) for cause in causes}
    parts = {cause: last for cause in causes if (last := _drawn_last(kept, asked[cause]))}
    missing = tuple(cause for cause in causes if cause not in parts)
    if missing:
        drawn = sample(prepared, values, block, missing)
        for place, cause in enumerate(missing):
            parts[cause] = _OfCause.of(drawn, place, asked[cause].values)
            kept.put(asked[cause].key, parts[cause])
        if missing == causes:
            return _merged(drawn.incidents, drawn.capped, drawn.clipped)
    every = [parts[cause] for cause in causes]
    clipped = sum((part.clipped for part in every), Counter[str]())
    capped = sum(part.capped for part in every)
    return _merged(_together([part.columns for part in every]), capped, dict(clipped))


def _merged(incidents: Incidents, capped: int, clipped: dict[str, int]) -> DrawnBlock:
    return DrawnBlock(
        values={},
        incidents=merge(incidents),
        capped=capped,
        before_merging=len(incidents.year),
        clipped=clipped,
    )


def _together(parts: list[dict[str, Array]]) -> Incidents:
    """Return the incidents of all causes, in the causes' order, sorted by year and start."""
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    columns["cause"] = np.repeat(np.arange(len(parts)), [len(part["year"]) for part in parts])
    columns["causes"] = alone(columns["cause"])
    whole = Incidents(**columns)
    return whole.take(whole.order())


def same_values(before: Values, after: Values) -> bool:
    """Tell whether the same names have the same values."""
    return before.keys() == after.keys() and all(
        # The same array is equal to itself: most are, and need not be read.
        value is before[name] or np.array_equal(value, before[name])
        for name, value in after.items()
    )
