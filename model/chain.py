"""The links of the chain: what an incident is, failed publishing, appetite for stale feeds.

Pure functions, arrays in, arrays out. An incident may run in overlaid phases (failover, MODEL §3);
arrays that belong to a phase have shape `(phases, n)`, all others `(n,)` or scalar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Selection
from model.worlds.calendar import Cumulative

_SMALL = 0.005  # f·D up to which two terms of a series are exact to one in 10^5
LN2 = float(np.log(2.0))
ROOT = float(np.sqrt(0.6))
NODES = ((1 - ROOT) / 2, 0.5, (1 + ROOT) / 2)
_GAUSS = tuple(zip(NODES, (5 / 18, 8 / 18, 5 / 18), strict=True))


@dataclass(frozen=True)
class PhasedIncidents:
    """Incidents as they hit the platform; start `(n,)` h, the rest `(phases, n)`."""

    start_h: Array
    duration_h: Array
    publish_loss: Array
    playback_loss: Array
    ads_loss: Array
    offset_h: Array | None = None
    """Hours after the start at which each phase begins; None: all with the start."""

    @property
    def end_h(self) -> Array:
        """Hour at which the last phase ends, `(n,)`."""
        ends = self.phase_ends
        return np.asarray(self.start_h + (ends[0] if len(ends) == 1 else ends.max(axis=0)))

    @property
    def phase_ends(self) -> Array:
        """Hours after the start at which each phase ends, `(phases, n)`."""
        return self.duration_h if self.offset_h is None else self.offset_h + self.duration_h

    def subset(self, where: Selection) -> PhasedIncidents:
        """Return the incidents selected by a mask, by indices or by a slice."""
        return PhasedIncidents(
            self.start_h[where],
            self.duration_h[:, where],
            self.publish_loss[:, where],
            self.playback_loss[:, where],
            self.ads_loss[:, where],
            None if self.offset_h is None else self.offset_h[:, where],
        )


@dataclass(frozen=True)
class Links:
    """World values the fast links need, each `(n,)` per incident or scalar; units as MODEL §2."""

    uploads_per_day: Array
    retry_share: Array
    catch_up: Array
    timeliness_half_life: Array
    content_half_life: Array
    fresh_share: Array
    freshness_elasticity: Array
    return_lag: Array

    def subset(self, where: Selection) -> Links:
        """Return the values of the selected incidents; scalars stay scalars."""
        return Links(*(v[where] if np.ndim(v) else v for v in vars(self).values()))


class Backlog(NamedTuple):
    """What failed publishing leaves behind; `(phases, n)` unless said otherwise."""

    shortfall: Array
    """Relative supply missing while running (b)."""
    catch_up_h: Array
    """Hours over which the deferred uploads are posted after the end (c)."""
    surplus: Array
    """Relative extra supply while catching up (q·v·b·d/c)."""
    failed_uploads: Array
    """`(n,)`."""
    abandoned_uploads: Array
    """`(n,)`."""
    deficit_h: Array
    """∫D dt, hours of a wholly missing fresh supply, `(n,)`."""

    def subset(self, where: Selection) -> Backlog:
        """Return the backlog of the selected incidents."""
        return Backlog(*(values[..., where] for values in self))


def publishing(incidents: PhasedIncidents, links: Links, posting: Cumulative) -> Backlog:
    """Return the backlog of deferred uploads and the supply it feeds back (MODEL §4.1)."""
    d = incidents.duration_h
    ends = incidents.start_h + incidents.phase_ends
    mean_uploads = posting.between(ends - d, ends) / d
    b = incidents.publish_loss * mean_uploads
    failed_h = b * d
    q = links.retry_share
    c = np.maximum(links.catch_up, q * failed_h)
    value = np.exp(-(0.5 * LN2) * (d + c) / links.timeliness_half_life)
    failed = (links.uploads_per_day / 24.0) * failed_h.sum(axis=0)
    return Backlog(
        b,
        c,
        q * value * failed_h / c,
        failed,
        (1.0 - q) * failed,
        (failed_h * (1.0 - q * value)).sum(axis=0),
    )


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
