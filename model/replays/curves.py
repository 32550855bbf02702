"""The chain hour by hour through one incident, in every world at once (MODEL §4.1–5, §5 Replay).

Each row is a mean over its hours: pieces between the incident's own breakpoints carry two Gauss
nodes for the losses and the exact mean of the calendar weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from model.arrays import Array
from model.chain.freshness import LN2, viewing_lost
from model.replays.course import Course
from model.worlds.clock import TABLE_H

BEFORE_H = 6.0
MOST_ROWS = 400
QUANTITIES = (
    "uploads",
    "freshness",
    "availability",
    "session_minutes",
    "impressions",
    "revenue_usd",
)
"""Columns of a replay in chain order; flows per hour, stocks as shares of the usual."""

FAST_LINES = ("playback", "freshness", "ad_serving", "commerce")
"""Lines of the bill that are lost hour by hour, in money per hour; the other lines come later."""

_LOST = "lost_"
_LIFETIMES = 3.0
_LONGEST_PIECE_H = 3.0
_FINEST = 64.0
_AT_ONCE = 50_000
_NODES = np.array([0.5 - np.sqrt(1 / 12), 0.5 + np.sqrt(1 / 12)])


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Rows of a replay, every array `(rows,)`; mean over the worlds and its 5–95 % band."""

    hour: Array
    """Hours since the incident's start at which the row begins."""
    length_h: Array
    """Hours the row covers."""
    expected: dict[str, Array]
    low: dict[str, Array]
    high: dict[str, Array]
    baseline: dict[str, Array]
    """What the same hours bring without the incident."""
    lost: dict[str, Array]
    """What each of `FAST_LINES` loses in an hour, the mean over the worlds."""

    def columns(self) -> dict[str, Array]:
        """Return the columns of `replay.csv`: hour, then each quantity with its baseline."""
        pairs: dict[str, Array] = {"hour": self.hour}
        for name in QUANTITIES:
            pairs |= {name: self.expected[name], f"baseline_{name}": self.baseline[name]}
        return pairs


def curves(course: Course, until_h: float | None = None) -> Curves:
    """Return the replay's rows from six hours before the start to `until_h` hours after it.

    Default: until catch-up and return are over and freshness has settled in nine of ten worlds.
    Rows are whole hours, at most about 400 of them. ValueError if `until_h` is not positive.
    """
    latest = TABLE_H - course.start_h
    until = _settled_h(course) if until_h is None else until_h
    if not until > 0:
        raise ValueError(f"until_h: {until_h} given; hours above 0 are allowed")
    edges = _row_edges(min(until, latest))
    expected, low, high = (
        {name: np.empty(len(edges) - 1) for name in QUANTITIES} for _ in range(3)
    )
    lost = {name: np.empty(len(edges) - 1) for name in FAST_LINES}
    for rows, means in _row_means(course, edges):
        for name in FAST_LINES:
            lost[name][rows] = means.pop(_LOST + name).mean(axis=1)
        for name, values in means.items():
            expected[name][rows] = values.mean(axis=1)
            low[name][rows], high[name][rows] = np.quantile(
                values, (0.05, 0.95), axis=1, method="inverted_cdf"
            )
    return Curves(
        hour=edges[:-1],
        length_h=np.diff(edges),
        expected=expected,
        low=low,
        high=high,
        baseline=_baseline(course, edges),
        lost=lost,
    )


def session_share_lost(course: Course, from_h: float, to_h: float) -> Array:
    """Return the share of the usual session time lost between two hours, `(worlds,)`."""
    edges = np.array([from_h, to_h])
    ((_, means),) = _row_means(course, edges)
    usual = _weights(course, edges)["session_minutes"][0] * course.per_hour["session_minutes"]
    return np.asarray(1.0 - means["session_minutes"][0] / usual)


def _settled_h(course: Course) -> float:
    """Hours after the start by which nine worlds of ten are back to normal."""
    incidents, links = course.incidents, course.links
    ends = incidents.phase_ends
    lifetime_h = links.content_half_life / LN2
    fresh = (ends + course.backlog.catch_up_h).max(axis=0) + _LIFETIMES * lifetime_h
    lag = links.return_lag * incidents.duration_h * (incidents.playback_loss > 0)
    back = (ends + _LIFETIMES * lag).max(axis=0)
    return float(np.quantile(np.maximum(fresh, back), 0.9))


def _row_edges(until_h: float) -> Array:
    """Return the edges of the rows: whole hours, coarser where an hour makes too many rows."""
    step = float(np.ceil((until_h + BEFORE_H) / MOST_ROWS))
    after = np.arange(0.0, np.ceil(until_h / step) + 1.0) * step
    return np.concatenate([np.arange(-BEFORE_H, 0.0, step), after])


def _piece_edges(edges: Array, bounds_h: Array) -> Array:
    """Cut the rows where phases begin or end, finely just after, so that kinks fall on edges."""
    finest = float(np.diff(bounds_h).min()) / _FINEST
    doublings = int(np.ceil(np.log2(max(_LONGEST_PIECE_H / finest, 1.0))))
    graded = finest * 2.0 ** np.arange(doublings + 1)
    even = [
        np.linspace(a, b, int(np.ceil((b - a) / _LONGEST_PIECE_H)) + 1)
        for a, b in pairwise(edges.tolist())
    ]
    cuts = np.concatenate([*even, bounds_h, (bounds_h[:, None] + graded).ravel()])
    return np.unique(np.clip(cuts, edges[0], edges[-1]))


def _row_means(course: Course, edges: Array) -> Iterator[tuple[slice, dict[str, Array]]]:
    """Yield the rows, some at a time, with the mean of each quantity over them `(rows, worlds)`."""
    cuts = _piece_edges(edges, course.bounds_h)
    places = np.searchsorted(cuts, edges)
    rows_at_once = max(1, _AT_ONCE // len(course.incidents.start_h))
    for first in range(0, len(edges) - 1, rows_at_once):
        rows = slice(first, min(first + rows_at_once, len(edges) - 1))
        place = places[rows.start : rows.stop + 1]
        pieces = cuts[place[0] : place[-1] + 1]
        length_h = np.diff(edges[rows.start : rows.stop + 1])[:, None]
        opening = place[:-1] - place[0]
        yield (
            rows,
            {
                name: np.add.reduceat(values, opening, axis=0) / length_h
                for name, values in _integrals(course, pieces).items()
            },
        )


def _weights(course: Course, edges: Array) -> dict[str, Array]:
    """Return the mean calendar weight between edges, `(len(edges) - 1,)`, per quantity."""
    calendar, length_h = course.calendar, np.diff(edges)
    at = course.start_h + edges
    viewing = calendar.viewing.between(at[:-1], at[1:]) / length_h
    return {
        "uploads": calendar.posting.between(at[:-1], at[1:]) / length_h,
        "session_minutes": viewing,
        "impressions": viewing,
        "revenue_usd": calendar.value.between(at[:-1], at[1:]) / length_h,
    }


def _integrals(course: Course, cuts: Array) -> dict[str, Array]:
    """Integrate each quantity over the pieces between `cuts`, `(pieces, worlds)` each."""
    length_h = np.diff(cuts)
    x = (cuts[:-1, None] + length_h[:, None] * _NODES).ravel()

    def mean(values: Array) -> Array:
        return np.asarray(0.5 * (values[0::2] + values[1::2]))

    deficit, available = course.deficit(x), course.available(x)
    links = course.links
    viewing = available * (
        1.0 - viewing_lost(deficit, links.fresh_share, links.freshness_elasticity)
    )
    watched, served = mean(viewing), mean(viewing * course.served(x))
    weights = {name: w[:, None] for name, w in _weights(course, cuts).items()}
    succeeding, late = course.uploads(cuts[:-1], cuts[1:])
    usual = course.per_hour
    rates = {
        "uploads": usual["uploads"] * (weights["uploads"] * succeeding + late),
        "freshness": 1.0 - mean(deficit),
        "availability": mean(available),
        "session_minutes": usual["session_minutes"] * weights["session_minutes"] * watched,
        "impressions": usual["impressions"] * weights["impressions"] * served,
        "revenue_usd": usual["revenue_usd"] * weights["revenue_usd"] * served,
    }
    earned = usual["revenue_usd"] * weights["revenue_usd"]
    rates |= {
        _LOST + "playback": earned * (1.0 - rates["availability"]),
        _LOST + "freshness": earned * (rates["availability"] - watched),
        _LOST + "ad_serving": earned * (watched - served),
        _LOST + "commerce": usual["commerce_usd"] * weights["session_minutes"] * (1.0 - watched),
    }
    return {name: rate * length_h[:, None] for name, rate in rates.items()}


def _baseline(course: Course, edges: Array) -> dict[str, Array]:
    """Return the rows without the incident; freshness and availability are then one."""
    one = np.ones(len(edges) - 1)
    flows = _weights(course, edges)
    return {
        name: flows[name] * float(course.per_hour[name].mean()) if name in flows else one
        for name in QUANTITIES
    }
