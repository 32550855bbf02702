"""The fast links of one incident by plain time-stepping, to validate the engine (MODEL §4.1–4.5).

Written from the law and not from the engine: the freshness deficit is stepped through its
differential equation, and every loss is a sum over short steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.arrays import Array

STEP_H = 1.0 / 240.0
_CONSTANTS = 25.0
"""Time constants after which nothing is left of a tail."""


@dataclass(frozen=True)
class Struck:
    """One incident in a known world; shares in [0, 1], times in hours."""

    start_h: float
    hours: float
    publish_loss: float
    playback_loss: float
    ads_loss: float
    retry_share: float
    catch_up: float
    timeliness_half_life: float
    content_half_life: float
    fresh_share: float
    freshness_elasticity: float
    return_lag: float


def stepped(one: Struck, revenue: Array, uploads: Array) -> dict[str, float]:
    """Return what the fast links lose, in average revenue-hours.

    `revenue` (w·r) and `uploads` (p) are weights of the hours since the start of the year.
    """
    lifetime = one.content_half_life / np.log(2.0)
    missing = one.publish_loss * _mean(uploads, one.start_h, one.hours)
    kept = one.retry_share * missing * one.hours
    catch_up = max(one.catch_up, kept)
    worth = 2.0 ** (-(one.hours + catch_up) / (2.0 * one.timeliness_half_life))
    back = one.return_lag * one.hours
    end = one.hours + catch_up + _CONSTANTS * max(lifetime, back)
    u = np.arange(0.0, end, STEP_H) + STEP_H / 2.0
    running = u < one.hours
    posted = np.where(u < one.hours + catch_up, -worth * kept / catch_up, 0.0)
    stale = np.clip(_relaxed(np.where(running, missing, posted), lifetime), 0.0, 1.0)
    watched = (1.0 - one.fresh_share * stale) ** (one.freshness_elasticity / one.fresh_share)
    gone = one.playback_loss * np.where(running, 1.0, np.exp(-(u - one.hours) / back))
    weight = revenue[(one.start_h + u).astype(int)] * STEP_H
    unserved = np.where(running, one.ads_loss, 0.0)
    lost = {
        "playback": gone,
        "freshness": (1.0 - gone) * (1.0 - watched),
        "ad_serving": (1.0 - gone) * watched * unserved,
    }
    return {name: float(np.sum(weight * part)) for name, part in lost.items()}


def _relaxed(shortfall: Array, lifetime_h: float) -> Array:
    """Step τ·D′ = shortfall − D from D = 0 (Crank–Nicolson), in the middle of each step."""
    from scipy.signal import lfilter

    half = STEP_H / (2.0 * lifetime_h)
    ends = lfilter([2.0 * half / (1.0 + half)], [1.0, -(1.0 - half) / (1.0 + half)], shortfall)
    before = np.concatenate(([0.0], ends[:-1]))
    return np.asarray((ends + before) / 2.0)


def _mean(weights: Array, start_h: float, hours: float) -> float:
    """Return the mean of hourly weights from a start on."""
    at = start_h + np.arange(0.0, hours, STEP_H) + STEP_H / 2.0
    return float(weights[at.astype(int)].mean())
