"""Phases as overlaid slices, so that the formulas for one constant incident serve them too.

Every formula of the chain is linear in the losses, so an incident whose losses change is a sum of
incidents whose losses do not (MODEL §3, "Failover", does the same with two).
"""

from __future__ import annotations

import numpy as np

from model.arrays import Array
from model.chain.types import PhasedIncidents


def sliced(start_h: Array, bounds_h: Array, losses: Array) -> PhasedIncidents:
    """Decompose phases into slices whose losses add up to those of every phase.

    `bounds_h` `(phases + 1, n)`, `losses` `(3, phases, n)`. A slice is a run of phases with the
    height by which its lowest loss stands above its neighbours. The first slice spans the whole
    incident; others that are empty everywhere are left out.
    """
    n, phases = len(start_h), losses.shape[1]
    wall = np.concatenate([np.zeros((3, 1, n)), losses, np.zeros((3, 1, n))], axis=1)
    runs = sorted(((i, j) for i in range(phases) for j in range(i, phases)), key=_longest_first)
    kept: list[tuple[int, int]] = []
    heights: list[Array] = []
    for i, j in runs:
        beside = np.maximum(wall[:, i], wall[:, j + 2])
        height = np.maximum(losses[:, i : j + 1].min(axis=1) - beside, 0.0)
        if not kept or height.any():
            kept.append((i, j))
            heights.append(height)
    begin = bounds_h[[i for i, _ in kept]]
    hours = bounds_h[[j + 1 for _, j in kept]] - begin
    publish, playback, ads = np.stack(heights, axis=1)
    return PhasedIncidents(
        start_h=start_h,
        duration_h=hours,
        publish_loss=publish,
        playback_loss=playback,
        ads_loss=ads,
        offset_h=None if len(kept) == 1 else begin,
    )


def _longest_first(run: tuple[int, int]) -> tuple[int, int]:
    return run[0] - run[1], run[0]


def failed_over(slices: PhasedIncidents, kappa: Array, until_h: Array) -> PhasedIncidents:
    """End (1 − κ) of every slice `until_h` hours after the incident's start; `(n,)` both.

    The rest runs on. What is empty then shrinks with the incident, so that it ends no later.
    """
    if slices.offset_h is None or (kappa == 1.0).all():
        return slices
    begin, hours = slices.offset_h, slices.duration_h
    shrink = until_h / slices.phase_ends.max(axis=0)
    lasting = kappa > 0.0
    early = (begin < until_h) & (kappa < 1.0)
    cut = np.minimum(slices.phase_ends, until_h) - begin

    def both(late: Array, soon: Array) -> Array:
        return np.concatenate([late, soon])

    def parts(loss: Array) -> Array:
        return both(kappa * loss, np.where(early, (1.0 - kappa) * loss, 0.0))

    ends = both(np.where(lasting, hours, hours * shrink), np.where(early, cut, hours * shrink))
    return PhasedIncidents(
        start_h=slices.start_h,
        duration_h=ends,
        publish_loss=parts(slices.publish_loss),
        playback_loss=parts(slices.playback_loss),
        ads_loss=parts(slices.ads_loss),
        offset_h=both(
            np.where(lasting, begin, begin * shrink), np.where(early, begin, begin * shrink)
        ),
    )
