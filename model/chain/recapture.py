"""Recapture: how much of what an incident loses is made up later (MODEL §4.8)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, at
from model.worlds.streams import Values


class Recapture(NamedTuple):
    """World values behind recapture, `(n,)` or scalar: shares, and the pacing horizon in hours."""

    budget: Array
    viewing: Array
    commerce: Array
    horizon_h: Array

    @staticmethod
    def at(values: Values, world: Index) -> Recapture:
        """Pick the values for each incident."""
        names = (
            "ads.budget_recapture",
            "sessions.viewing_recapture",
            "revenue.commerce_recapture",
            "ads.pacing_horizon",
        )
        return Recapture(*(at(values[name], world) for name in names))


def made_up(lost_h: Array, share: Array, horizon_h: Array) -> tuple[Array, Array]:
    """Return the hours made up of what an incident lost, and their share of it, `(n,)` both.

    Of a small loss nearly `share`, of a large one no more than `share` of the horizon.

    >>> hours, part = made_up(np.array([0.0, 0.01, 1000.0]), np.array(0.5), np.array(10.0))
    >>> hours.round(3).tolist(), part.round(3).tolist()
    ([0.0, 0.005, 5.0], [0.5, 0.5, 0.005])
    """
    lost = np.maximum(lost_h, 0.0)
    hours = np.expm1(lost / -horizon_h)
    hours *= -horizon_h
    part = np.divide(hours, lost, out=np.ones_like(lost), where=lost > 0)
    return share * hours, share * part
