"""One incident of MODEL §4.1–6 by Gauss–Legendre quadrature of its closed-form deficit.

Written from the law like `stepping`, and held to it in `test_quadrature`; it reaches what steps
cannot: time constants from seconds to years, any number of phases, thousands of cases. Cells end at
every full hour, at every event, where the deficit passes 0 or 1 and where all viewers are away, and
grow by a sixth from each of these on, in both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Array = NDArray[np.float64]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)
SPREAD = np.geomspace(1e-7, 1e8, 15 * 20)  # distances of cells from what they are graded at, hours
LIFETIMES = 30.0  # time constants after which nothing is left


@dataclass(frozen=True)
class World:
    """What MODEL §2 asks of a world; hours but for the recovery, which is in days."""

    retry_share: float
    catch_up: float
    timeliness_half_life: float
    content_half_life: float
    fresh_share: float
    freshness_elasticity: float
    return_lag: float
    attrition_per_failed_day: float = 0.0
    attrition_recovery: float = 1.0


@dataclass(frozen=True)
class Phase:
    """A constant impairment; hours since the incident's start."""

    begin: float
    hours: float
    publish_loss: float
    playback_loss: float
    ads_loss: float

    @property
    def end(self) -> float:
        return self.begin + self.hours


@dataclass(frozen=True)
class Forcing:
    """What a phase does to the supply: missing for a while, then more than usual."""

    begin: float
    end: float
    until: float
    shortfall: float
    surplus: float


def integrate(
    start_h: float,
    phases: Sequence[Phase],
    world: World,
    demand: Array,
    price: Array,
    uploads: Array,
) -> dict[str, float]:
    """Lines of the fast links and of attrition in revenue-hours, hours of viewing lost.

    Profiles hold one value per hour since the start of the year and count as 1 beyond their end.
    """
    tau = world.content_half_life / np.log(2.0)
    forcings = [_forcing(start_h, phase, world, uploads) for phase in phases]
    lags = [world.return_lag * phase.hours for phase in phases]

    def deficit(x: Array) -> Array:
        return sum(
            f.shortfall * _box(x, f.begin, f.end, tau) - f.surplus * _box(x, f.end, f.until, tau)
            for f in forcings
        )

    def away(x: Array) -> Array:
        return sum(
            phase.playback_loss * _present(x, phase, lag)
            for phase, lag in zip(phases, lags, strict=True)
        )

    events = {0.0, *(x for f in forcings for x in (f.begin, f.end, f.until))}
    longest = max(tau, *(lag for lag, p in zip(lags, phases, strict=True) if p.playback_loss), 0.0)
    stop = max(events) + LIFETIMES * longest
    found = (deficit, lambda x: deficit(x) - 1.0, lambda x: away(x) - 1.0)
    x, length = _nodes(start_h, events, stop, found, demand.size)
    viewers, value = (_at(w, start_h + x) for w in (demand, demand * price))
    available = 1.0 - np.minimum(away(x), 1.0)
    lost = 1.0 - _engagement(deficit(x), world)
    ads = sum(p.ads_loss * ((x > p.begin) & (x < p.end)) for p in phases)
    hit = sum(p.playback_loss * ((x > p.begin) & (x < p.end)) for p in phases)
    running = x < max(p.end for p in phases)
    lines = {
        "playback": value * (1.0 - available),
        "freshness": value * available * lost,
        "freshness_running": value * available * lost * running,
        "ad_serving": value * available * (1.0 - lost) * ads,
        "lost_h": viewers * (1.0 - available * (1.0 - lost)),
        "unserved_h": viewers * available * (1.0 - lost) * ads,
        "playback_running": value * hit,
        "unwatched_h": viewers * (1.0 - available),
    }
    out = {name: float(np.sum(line * length)) for name, line in lines.items()}
    creators = (_attrition(start_h, phases, forcings, world, w) for w in (demand * price, demand))
    out["creator_attrition"], out["creators_unseen_h"] = creators
    return out


def _forcing(start_h: float, phase: Phase, world: World, uploads: Array) -> Forcing:
    """Item 1: b, c and v of one phase."""
    left, right = start_h + phase.begin, start_h + phase.end
    edges = np.unique([left, right, *np.arange(np.floor(left) + 1.0, right)])
    mean = np.sum(_at(uploads, (edges[1:] + edges[:-1]) / 2.0) * np.diff(edges)) / phase.hours
    shortfall = phase.publish_loss * float(mean)
    backlog = world.retry_share * shortfall * phase.hours
    catch_up = max(world.catch_up, backlog)
    worth = 0.5 ** ((phase.hours + catch_up) / 2.0 / world.timeliness_half_life)
    return Forcing(
        begin=phase.begin,
        end=phase.end,
        until=phase.end + catch_up,
        shortfall=shortfall,
        surplus=worth * backlog / catch_up,
    )


def _box(x: Array, begin: float, end: float, tau: float) -> Array:
    """What a unit forcing from `begin` to `end` leaves at x: item 2 for one shortfall."""
    inside = -np.expm1(-np.clip(x - begin, 0.0, end - begin) / tau)
    return inside * np.exp(-np.maximum(x - end, 0.0) / tau)


def _present(x: Array, phase: Phase, lag: float) -> Array:
    """Item 3: 1 while the phase runs, then fading with its return lag."""
    since = np.maximum(x - phase.end, 0.0)
    fading = np.exp(-since / lag) if lag > 0.0 else (since <= 0.0).astype(float)
    return np.where(x > phase.begin, fading, 0.0)


def _engagement(deficit: Array, world: World) -> Array:
    clipped, f = np.clip(deficit, 0.0, 1.0), world.fresh_share
    if f == 0.0:
        return np.exp(-world.freshness_elasticity * clipped)
    return (1.0 - f * clipped) ** (world.freshness_elasticity / f)


def _attrition(
    start_h: float,
    phases: Sequence[Phase],
    forcings: Sequence[Forcing],
    world: World,
    value: Array,
) -> float:
    """Item 6 against a weight: the drops of all phases add up before they pass through m."""
    tau = 24.0 * world.attrition_recovery
    per_h = world.attrition_per_failed_day / 24.0
    drops = [(f.end, min(1.0, per_h * f.shortfall * (f.end - f.begin))) for f in forcings]

    def missing(x: Array) -> Array:
        since = [(drop, x - end) for end, drop in drops]
        return sum(drop * np.where(t > 0, np.exp(-np.maximum(t, 0) / tau), 0) for drop, t in since)

    ends = {end for end, _ in drops}
    found = (lambda x: missing(x) - 1.0,)
    x, length = _nodes(start_h, ends, max(ends) + LIFETIMES * tau, found, value.size)
    lost = 1.0 - _engagement(missing(x), world)
    return float(np.sum(_at(value, start_h + x) * lost * length))


def _nodes(
    start_h: float,
    events: set[float],
    stop: float,
    crossing: Sequence[Callable[[Array], Array]],
    table_h: int,
) -> tuple[Array, Array]:
    """Places and weights of all nodes between the first event and `stop`."""
    first = min(events)
    hours = np.arange(np.floor(start_h + first) + 1.0, min(start_h + stop, table_h + 1.0)) - start_h
    edges = _graded(events, first, stop, hours)
    # Kinks are looked for between the edges of a grid that is fine after every event.
    kinks = {root for f in crossing for root in _roots(f, edges)}
    if kinks:
        edges = np.union1d(edges, _graded(kinks, first, stop, hours))
    half = np.diff(edges)[:, None] / 2.0
    x = (edges[:-1, None] + half) + half * NODES
    return x.ravel(), (half * WEIGHTS).ravel()


def _graded(centres: set[float], first: float, stop: float, hours: Array) -> Array:
    at = np.array(sorted(centres))[:, None]
    cells = np.concatenate([(at + SPREAD).ravel(), (at - SPREAD).ravel(), at.ravel(), hours])
    return np.unique(np.concatenate([[first, stop], cells[(cells > first) & (cells < stop)]]))


def _roots(f: Callable[[Array], Array], edges: Array) -> list[float]:
    """Where f changes sign between the ends of a cell, a hair inside of them."""
    inset = 1e-9 * np.diff(edges)
    left, right = edges[:-1] + inset, edges[1:] - inset
    a, b = f(left), f(right)
    return [
        float(brentq(lambda x: float(f(np.array(x))), left[k], right[k], xtol=1e-13, rtol=1e-14))
        for k in np.flatnonzero(a * b < 0.0)
    ]


def _at(weights: Array, t: Array) -> Array:
    return np.append(weights, 1.0)[np.minimum(np.floor(t).astype(np.int64), weights.size)]
