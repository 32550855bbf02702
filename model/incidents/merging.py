"""Merging: incidents that overlap become one, so that no hour is lost twice (MODEL §3).

Overlap is transitive and touching is not overlapping. The merged incident runs over the union of
the intervals; each loss is the time average of the largest one running; cause, start and response
are those of the earliest; which causes are in it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.arrays import Array, Index
from model.incidents.types import Incidents

LOSSES = ("publish_loss", "playback_loss", "ads_loss")


def merge(incidents: Incidents) -> Incidents:
    """Return the incidents, sorted by year and start, with overlapping ones made one."""
    year, start = incidents.year, incidents.start_h
    end = start + incidents.duration_h
    # In sorted order a cluster always shows as an overlap of neighbours, so most blocks pay
    # for one comparison only and the rest for the few years concerned.
    touching = (year[1:] == year[:-1]) & (start[1:] < end[:-1])
    if not touching.any():
        return incidents
    concerned = np.zeros(int(year[-1]) + 1, dtype=np.bool_)
    concerned[year[1:][touching]] = True
    chosen = np.flatnonzero(concerned[year])
    cluster = clusters(year[chosen], start[chosen], end[chosen])
    several = np.bincount(cluster)[cluster] > 1
    chosen, cluster = chosen[several], cluster[several]
    first = np.concatenate(([True], cluster[1:] != cluster[:-1]))
    cluster = np.cumsum(first) - 1
    opening = chosen[first]
    length = np.maximum.reduceat(end[chosen], np.flatnonzero(first)) - start[opening]
    merged = {name: vars(incidents)[name].copy() for name in ("causes", "duration_h", *LOSSES)}
    merged["causes"][opening] = np.bitwise_or.reduceat(
        incidents.causes[chosen], np.flatnonzero(first)
    )
    merged["duration_h"][opening] = length
    losses = [vars(incidents)[name][chosen] for name in LOSSES]
    areas = largest_running(cluster, start[chosen], end[chosen], losses)
    for name, area in zip(LOSSES, areas, strict=True):
        merged[name][opening] = np.clip(area / length, 0.0, 1.0)
    kept = np.ones(len(year), dtype=bool)
    kept[chosen] = False
    kept[opening] = True
    return replace(incidents, **merged).take(np.flatnonzero(kept))


def clusters(year: Index, start: Array, end: Array) -> Index:
    """Number the clusters of overlapping intervals, sorted by year and start, from 0, `(n,)`.

    >>> clusters(np.zeros(3, int), np.array([0.0, 1.0, 3.0]), np.array([2.0, 3.0, 4.0])).tolist()
    [0, 0, 1]
    """
    n = len(year)
    # The running latest end per year, kept exact by accumulating ranks instead of times.
    by_end = np.argsort(end, kind="stable")
    rank = np.empty(n, dtype=np.int64)
    rank[by_end] = np.arange(n)
    latest = np.maximum.accumulate(year * n + rank)
    begins = np.ones(n, dtype=bool)
    begins[1:] = (year[1:] != year[:-1]) | (start[1:] >= end[by_end[latest[:-1] % n]])
    return np.asarray(np.cumsum(begins) - 1)


def largest_running(
    cluster: Index, start: Array, end: Array, losses: Sequence[Array]
) -> list[Array]:
    """Return ∫ max over running intervals dt for each cluster, `(n_clusters,)`, of each loss.

    Cuts time at every start and end; each interval raises a contiguous run of cuts to at least its
    loss. Runs are covered by two overlapping powers of two (a sparse table filled top-down).
    """
    n = len(start)
    times = np.concatenate([start, end])
    owner = np.concatenate([cluster, cluster])
    order = np.lexsort((times, owner))
    place = np.empty(2 * n, dtype=np.int64)
    place[order] = np.arange(2 * n)
    low, high = place[:n], place[n:]
    level = np.frexp((high - low).astype(np.float64))[1] - 1
    times, owner = times[order], owner[order]
    width = np.append(np.diff(times), 0.0)
    width[np.append(owner[1:] != owner[:-1], True)] = 0.0
    areas = []
    for loss in losses:
        height = np.zeros((int(level.max()) + 1, 2 * n))
        np.maximum.at(height, (level, low), loss)
        np.maximum.at(height, (level, high - (1 << level)), loss)
        for k in range(len(height) - 1, 0, -1):
            half = 1 << (k - 1)
            np.maximum(height[k - 1], height[k], out=height[k - 1])
            np.maximum(height[k - 1, half:], height[k, :-half], out=height[k - 1, half:])
        areas.append(np.asarray(np.bincount(owner, weights=width * height[0]), dtype=np.float64))
    return areas
