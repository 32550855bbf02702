"""Luck: the standard normals behind how long an incident lasts and what it breaks (MODEL §2.4).

Each comes from the stream of its own name; those of one cause that are correlated are mixed.
"""

from __future__ import annotations

from collections.abc import Callable

from model.arrays import Array
from model.worlds.prepared import Mixing, Prepared
from model.worlds.streams import Block


def luck(prepared: Prepared, cause: str, field: str, block: Block, size: int) -> Array:
    """Return the normals behind one field of a cause's incidents in a block, `(size,)`."""

    def own(name: str) -> Array:
        return block.normal(name, size)

    return mixed(prepared.within_incident[cause], own, f"incidents.{cause}.{field}")


def mixed(mixing: Mixing, own: Callable[[str], Array], name: str) -> Array:
    """Return the normals behind a belief, given each belief's `own` independent ones.

    Number by number, so that any part of an array has the bits of the whole.
    """
    if name not in mixing.names:
        return own(name)
    row = mixing.factor[mixing.names.index(name)]
    weights = {one: weight for one, weight in zip(mixing.names, row, strict=True) if weight}
    first, *others = weights
    total: Array = weights[first] * own(first)
    for one in others:
        total += weights[one] * own(one)
    return total
