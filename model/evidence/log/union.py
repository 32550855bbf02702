"""Rows that overlap are one incident, whatever they name; touching are two (MODEL §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model.arrays import Array, Index
from model.incidents.merging import clusters, largest_running


@dataclass(frozen=True, eq=False)
class Spans:
    """Rows that stay, `(n,)` each, hours since 1970: begun, surely running until, over by."""

    row: Index
    start: Array
    lower: Array
    upper: Array
    """Infinite if it may still run."""
    known: Array
    """Until when the row was followed; infinite where its end is known."""


@dataclass(frozen=True, eq=False)
class United:
    """Incidents, in order of their starts, and the incident of each row of the spans."""

    spans: Spans
    """`row` is the earliest row of each incident."""
    incident_of: Index
    """`(rows,)` in the order of the spans given."""
    losses: Mapping[str, Array]


def unite(spans: Spans, ids: Index, losses: Mapping[str, Array]) -> United:
    """Unite rows whose certain parts overlap, or that have the same id (negative: none).

    Bounds of an end combine: an incident surely runs as long as any of its rows, and is over when
    all are. A loss is the time average of the largest one running, over the rows that say one.
    """
    order = np.lexsort((spans.row, spans.start))
    start, lower = spans.start[order], spans.lower[order]
    cluster = clusters(np.zeros(len(order), dtype=np.int64), start, lower)
    cluster = _joined(cluster, ids[order])
    again = np.argsort(cluster, kind="stable")
    order, cluster = order[again], cluster[again]
    first = np.flatnonzero(np.concatenate([[True], cluster[1:] != cluster[:-1]])[: len(order)])
    place = np.cumsum(np.bincount(first, minlength=len(order))) - 1

    def most(values: Array) -> Array:
        return np.maximum.reduceat(values[order], first) if len(first) else values[:0]

    whole = Spans(
        row=spans.row[order[first]],
        start=spans.start[order[first]],
        lower=most(spans.lower),
        upper=most(spans.upper),
        known=most(spans.known),
    )
    incident_of = np.empty(len(order), dtype=np.int64)
    incident_of[order] = place
    found = {name: _average(place, spans, order, values) for name, values in losses.items()}
    return United(whole, incident_of, found)


def _joined(cluster: Index, ids: Index) -> Index:
    """Return clusters with those of one id made one, numbered by their first row."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    named = ids >= 0
    if not named.any() or not len(cluster):
        return cluster
    count = int(cluster.max()) + 1
    links = (np.ones(named.sum()), (cluster[named], count + ids[named]))
    size = count + int(ids.max()) + 1
    label = connected_components(coo_array(links, shape=(size, size)), directed=False)[1][cluster]
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse])


def _average(place: Index, spans: Spans, order: Index, loss: Array) -> Array:
    """Return the time average of the largest loss running, NaN where no row says one."""
    count = int(place[-1]) + 1 if len(place) else 0
    out = np.full(count, np.nan)
    start, end = spans.start[order], np.maximum(spans.lower[order], spans.start[order] + 1e-6)
    values = loss[order]
    told = ~np.isnan(values)
    if not told.any():
        return out
    _, cluster = np.unique(place[told], return_inverse=True)
    start, end, values = start[told], end[told], values[told]
    areas = largest_running(cluster, start, end, [values])[0]
    covered = largest_running(cluster, start, end, [np.ones(len(values))])[0]
    out[np.unique(place[told])] = np.clip(areas / covered, 0.0, 1.0)
    return out
