"""Repeats: incidents that other incidents trigger, of all generations (MODEL §3)."""

from __future__ import annotations

import numpy as np

from model.arrays import at
from model.incidents.arrivals import Arrivals, parts_of, repeated
from model.incidents.poisson import poisson
from model.worlds.clock import YEAR_H
from model.worlds.streams import Block, Values, stream


def with_repeats(values: Values, block: Block, causes: tuple[str, ...], own: Arrivals) -> Arrivals:
    """Add the repeats of all generations that fall within the year."""
    ratio, lag_h = values["recurrence.repeat_ratio"], values["recurrence.repeat_lag"] * 24.0
    if not np.any(ratio > 0):
        return own
    numbers = [stream(block.seed, block.key, f"incidents.{cause}.repeats") for cause in causes]
    generations = [own[:4]]
    year, start, cause, place = own.year, own.start_h, own.cause, np.arange(len(own.year))
    while len(year):
        uniform = np.empty(len(year))
        for source, part in zip(numbers, parts_of(cause, len(causes)), strict=True):
            source.random(out=uniform[part])
        means = np.broadcast_to(at(ratio, block.world_of_year.take(year)), (len(year),))
        of = repeated(poisson(uniform, means))
        lag = np.empty(len(of))
        for source, part in zip(numbers, parts_of(cause[of], len(causes)), strict=True):
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
    return Arrivals(
        year=year.take(order),
        start_h=start.take(order),
        cause=cause,
        trigger=placed[trigger.take(order)],
        parts=parts_of(cause, len(causes)),
    )
