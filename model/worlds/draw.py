"""Worlds: joint draws of everything that is not known but does not change within a year.

A world gives one value to every belief declared `per = "world"`; beliefs that are certain stay
scalars, so they cost nothing. Rank correlations enter through a Gaussian copula (MODEL §2).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.worlds.prepared import Fitted, Prepared
from model.worlds.streams import stream


class Drawing(NamedTuple):
    """What one named stream of a block's worlds is drawn from; equal ones give equal draws."""

    seed: int
    block: tuple[int, ...]
    name: str
    worlds: int


def normals(one: Drawing) -> Array:
    """Draw standard normals, `(worlds,)`."""
    return stream(one.seed, one.block, one.name).standard_normal(one.worlds)


def by_itself(fitted: Fitted, one: Drawing) -> tuple[Array, int]:
    """Draw a belief that nothing is correlated with, and count how many draws were clipped."""
    return fitted.from_normal(normals(one))


def draw(
    prepared: Prepared,
    *,
    seed: int,
    block: tuple[int, ...],
    worlds: int,
    normals: Callable[[Drawing], Array] = normals,
    by_itself: Callable[[Fitted, Drawing], tuple[Array, int]] = by_itself,
) -> tuple[dict[str, Array], dict[str, int]]:
    """Draw `worlds` worlds: name → values `(worlds,)` (or a scalar), and how many were clipped.

    `normals` and `by_itself` stand for the functions above where their results may be known.
    """
    values: dict[str, Array] = {name: np.asarray(v) for name, v in prepared.certain.items()}
    clipped: dict[str, int] = {}
    mixing = prepared.between_worlds

    @cache
    def own(name: str) -> Array:
        return normals(Drawing(seed, block, name, worlds))

    for name, fitted in prepared.uncertain.items():
        if name in mixing.names:
            values[name], beyond = fitted.from_normal(mixing.normals(name, own))
        else:
            values[name], beyond = by_itself(fitted, Drawing(seed, block, name, worlds))
        if fitted.bounds:
            clipped[name] = beyond
    return values, clipped
