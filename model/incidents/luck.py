"""Luck: the standard normals behind how long an incident lasts and what it breaks (MODEL §2.4).

Each comes from the stream of its own name; those of one cause that are correlated are mixed.
"""

from __future__ import annotations

from model.arrays import Array
from model.worlds.prepared import Prepared
from model.worlds.streams import Block


def luck(prepared: Prepared, cause: str, field: str, block: Block, size: int) -> Array:
    """Return the normals behind one field of a cause's incidents in a block, `(size,)`."""

    def own(name: str) -> Array:
        return block.normal(name, size)

    return prepared.within_incident[cause].normals(f"incidents.{cause}.{field}", own)
