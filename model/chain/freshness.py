"""Freshness: how session time responds to a feed that goes stale (MODEL §4.2–3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Mask
from model.chain.types import Backlog, Links, PhasedIncidents

LN2 = float(np.log(2.0))
_LINEAR = 1.0 / np.sqrt(27.0)
"""How far t³ and the straight line t − 1/√27 are apart, from 0 to 1."""


class Appetite:
    """How session time responds to a freshness deficit (MODEL §4.3); values `(n,)` or scalar.

    >>> appetite = Appetite(fresh_share=np.array(0.5), elasticity=np.array(0.1))
    >>> appetite.lost(np.array([-1.0, 0.0, 1.0, 2.0])).round(4).tolist()
    [0.0, 0.0, 0.1294, 0.1294]
    """

    def __init__(self, fresh_share: Array, elasticity: Array) -> None:
        f = np.maximum(fresh_share, 1e-12)
        self.elasticity = elasticity
        self.curvature = 0.5 * elasticity * (f - elasticity)
        """Second coefficient of the loss at small deficits: εD + curvature·D² + …"""
        self._minus_f = -f
        self._power = elasticity / f
        self._may_vanish = bool(np.any(f >= 1.0))

    def lost(self, deficit: Array) -> Array:
        """Return 1 − m(D), the share of session time lost at freshness deficit D.

        m = (1 − f·D)^(ε/f) with D taken within 0 and 1: it has slope −ε at D = 0, a fresher feed
        earns nothing, and a wholly stale one still keeps (1 − f)^(ε/f).
        """
        x = np.minimum(np.maximum(deficit, 0.0), 1.0)
        x *= self._minus_f
        return self._lost(self._logarithm(x))

    def lost_near(self, level: Array, off: Array) -> Array:
        """Return 1 − m(D) of D = level + off from 0 to 1, exactly also where D comes close to 1.

        There 1 − f·D is known to all digits only from its parts.
        """
        x = np.clip(level + off, 0.0, 1.0) * self._minus_f
        near = x < -0.5
        left = np.maximum((1.0 + self._minus_f * level) + self._minus_f * off, 0.0)
        x = np.where(near, left - 1.0, x)
        logarithm = self._logarithm(x)
        np.log(left, where=near & (left > 0.0), out=logarithm)
        return self._lost(logarithm)

    def _logarithm(self, x: Array) -> Array:
        if not self._may_vanish:
            return np.asarray(np.log1p(x, out=x))
        out = np.full_like(x, -1e300)
        return np.asarray(np.maximum(np.log1p(x, where=x > -1.0, out=out), -1e300, out=out))

    def _lost(self, logarithm: Array) -> Array:
        logarithm *= self._power
        np.expm1(logarithm, out=logarithm)
        return np.negative(logarithm, out=logarithm)

    def bend(self, peak: Array) -> Array:
        """Return a bound of |m″| from 0 to `peak`, shape of `peak`."""
        left = np.maximum(1.0 + self._minus_f * np.minimum(peak, 1.0), 1e-9)
        return np.asarray(np.abs(2.0 * self.curvature) / (left * left))


def flattened(fresh_share: Array, slope: Array, peak: Array) -> tuple[Array, Array, Array]:
    """Return u, v and δ with |1 − m(D) − uD − vD²| ≤ δ·D for all D from 0 to `peak` < 1.

    Of the series of m = (1 − fD)^(ε/f) the cube is replaced by peak·D² − (peak²/8)·D, off by up to
    (peak²/8)·D, and the fourth power by peak²·D² − 0.19245·peak³·D, off by at most 0.19245·peak³·D
    (Chebyshev); what comes after is at most the fifth term times (1 − f·peak)^−5 (Taylor).
    """
    f = fresh_share
    second = slope * (f - slope) / 2.0
    third = second * (2.0 * f - slope) * (peak / 3.0)
    fourth = third * (3.0 * f - slope) * (peak / 4.0)
    cube, power = third * (peak / 8.0), fourth * (_LINEAR * peak)
    left = 1.0 / np.maximum(1.0 - f * peak, 1e-6)
    rest = np.abs(fourth * (4.0 * f - slope)) * (peak * peak / 5.0)
    rest *= left
    left *= left
    rest *= left
    rest *= left
    off = rest + np.abs(cube)
    off += np.abs(power)
    return slope - cube - power, second + third + fourth, off


def viewing_lost(deficit: Array, fresh_share: Array, elasticity: Array) -> Array:
    """Return 1 − m(D), the share of session time lost at freshness deficit D (MODEL §4.3)."""
    return Appetite(fresh_share, elasticity).lost(deficit)


class Stretches(NamedTuple):
    """Hours of an incident in which nothing begins or ends, in order; `(k, n)` each.

    The freshness deficit relaxes from `deficit` towards `level`. Of the last stretch, which has
    no end, the length is 0.
    """

    begin_h: Array
    """Hours since the incident's start."""
    length_h: Array
    level: Array
    deficit: Array
    ads_loss: Array
    running: Mask
    """Whether any phase runs."""


def drops(ends_h: Array, drop: Array, tau_h: Array) -> Stretches:
    """Follow a supply that drops at each phase's end and comes back by itself (MODEL §4.6)."""
    order = np.argsort(ends_h, axis=0, kind="stable")
    times = np.take_along_axis(ends_h, order, axis=0)
    missing = np.take_along_axis(drop, order, axis=0)
    length = np.diff(times, axis=0, append=times[-1:])
    for k in range(len(times) - 1):
        missing[k + 1] += missing[k] * np.exp(length[k] / -tau_h)
    nothing = np.zeros_like(times)
    return Stretches(
        begin_h=times,
        length_h=length,
        level=nothing,
        deficit=missing,
        ads_loss=nothing,
        running=nothing > 0.0,
    )


def stretches(incidents: PhasedIncidents, backlog: Backlog, tau_h: Array) -> Stretches:
    """Follow the deficit from event to event (MODEL §4.2), of any number of phases."""
    ends = incidents.phase_ends
    begins = np.zeros_like(ends) if incidents.offset_h is None else incidents.offset_h
    none, once = np.zeros_like(ends), np.ones_like(ends)
    times = np.concatenate([begins, ends, ends + backlog.catch_up_h])
    jumps = (
        np.concatenate([backlog.shortfall, -backlog.shortfall - backlog.surplus, backlog.surplus]),
        np.concatenate([incidents.ads_loss, -incidents.ads_loss, none]),
        np.concatenate([once, -once, none]),
    )
    order = np.argsort(times, axis=0, kind="stable")
    times = np.take_along_axis(times, order, axis=0)
    level, ads, phases = (
        np.cumsum(np.take_along_axis(jump, order, axis=0), axis=0) for jump in jumps
    )
    level[-1] = 0.0
    length = np.diff(times, axis=0, append=times[-1:])
    fades = np.expm1(length / -tau_h)
    deficit = np.zeros_like(times)
    for k in range(len(times) - 1):
        deficit[k + 1] = deficit[k] + (deficit[k] - level[k]) * fades[k]
    running = phases > 0.5
    return Stretches(
        begin_h=times,
        length_h=length,
        level=level,
        deficit=deficit,
        ads_loss=np.where(running, ads, 0.0),
        running=running,
    )


@dataclass(frozen=True)
class Response:
    """1 − m(D) ≈ first·D + second·D² up to a peak, both ways off by at most `off`·D."""

    slope: Array
    """ε, the slope of a fresh feed."""
    first: Array
    second: Array
    off: Array

    @staticmethod
    def of(links: Links, peak: Array) -> Response:
        """Flatten the response of session time between a fresh feed and the peak (MODEL §4.3)."""
        slope = links.freshness_elasticity
        return Response(slope, *flattened(links.fresh_share, slope, np.minimum(peak, 1.0)))
