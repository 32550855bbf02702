"""Named streams: every quantity of every block draws from a random stream of its own.

The stream depends on the seed, the block and the quantity's name and on nothing else, so the
answer is the same for any number of workers, and changing one assumption does not reshuffle the
draws of another.

>>> a = stream(0, (3,), "platform.cpm").standard_normal(2)
>>> b = stream(0, (3,), "platform.cpm").standard_normal(2)
>>> bool((a == b).all())
True
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.arrays import Array, Index, at


@lru_cache(maxsize=4096)
def _key(name: str) -> tuple[int, ...]:
    """Four 32-bit words of the name's SHA-256: stable across versions, platforms and runs."""
    digest = hashlib.sha256(name.encode()).digest()
    return tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))


def stream(seed: int, block: tuple[int, ...], name: str) -> np.random.Generator:
    """Return the generator of one quantity in one block (ARCHITECTURE, decision 3)."""
    sequence = np.random.SeedSequence(seed, spawn_key=(*block, *_key(name)))
    return np.random.Generator(np.random.SFC64(sequence))


Values = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Block:
    """Where a block's random numbers come from and which of its years belongs to which world."""

    seed: int
    key: tuple[int, ...]
    years: int
    world_of_year: Index
    """`(years,)`."""

    @property
    def worlds(self) -> int:
        """How many worlds its years lie in."""
        return int(self.world_of_year[-1]) + 1

    def uniform(self, name: str, size: int) -> Array:
        """Uniform numbers of one named quantity."""
        return stream(self.seed, self.key, name).random(size)

    def normal(self, name: str, size: int) -> Array:
        """Standard normals of one named quantity."""
        return stream(self.seed, self.key, name).standard_normal(size)


def per_year(values: Array, block: Block) -> Array:
    """Spread world values over the block's years; scalars stay scalars."""
    return at(values, block.world_of_year)
