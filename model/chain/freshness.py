"""Freshness: how session time responds to a feed that goes stale (MODEL §4.2–3)."""

from __future__ import annotations

import numpy as np

from model.arrays import Array

_SMALL = 0.005  # f·D up to which two terms of a series are exact to one in 10^5
LN2 = float(np.log(2.0))
ROOT = float(np.sqrt(0.6))
NODES = ((1 - ROOT) / 2, 0.5, (1 + ROOT) / 2)
_GAUSS = tuple(zip(NODES, (5 / 18, 8 / 18, 5 / 18), strict=True))


class Appetite:
    """How session time responds to a freshness deficit (MODEL §4.3); values `(n,)` or scalar.

    >>> appetite = Appetite(fresh_share=np.array(0.5), elasticity=np.array(0.1))
    >>> appetite.lost(np.array([0.0, 1.0, 2.0])).round(4).tolist()
    [0.0, 0.1294, 0.1294]
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

        m = (1 − f·min(D, 1))^(ε/f), which has slope −ε at D = 0 and stays finite at D = 1.
        """
        x = np.minimum(deficit, 1.0)
        x *= self._minus_f
        if self._may_vanish:
            np.maximum(np.log1p(x, where=x > -1.0, out=np.full_like(x, -1e300)), -1e300, out=x)
        else:
            np.log1p(x, out=x)
        x *= self._power
        np.expm1(x, out=x)
        return np.negative(x, out=x)

    def fading(self, peak: Array) -> Array:
        """Return ∫₀^peak (1 − m(y))/y dy: lost to a deficit that fades from `peak`, per T.

        The deficit peak·e^(−x/T) takes T·dy/y hours to fall by dy.
        """
        whole = np.asarray(self.elasticity * peak + 0.5 * self.curvature * peak * peak)
        large = np.abs(self._minus_f * peak) > _SMALL
        if large.any():
            f, elasticity = (
                np.broadcast_to(v, peak.shape)[large] for v in (-self._minus_f, self.elasticity)
            )
            whole[large] = Appetite(f, elasticity)._by_nodes(peak[large])
        return whole

    def _by_nodes(self, peak: Array) -> Array:
        whole = np.zeros_like(peak)
        for node, weight in _GAUSS:
            part = self.lost(peak * node)
            part *= weight / node
            whole += part
        return whole


def viewing_lost(deficit: Array, fresh_share: Array, elasticity: Array) -> Array:
    """Return 1 − m(D), the share of session time lost at freshness deficit D (MODEL §4.3)."""
    return Appetite(fresh_share, elasticity).lost(deficit)
