"""What the links hand on: incidents in phases, world values for them, backlog, hours lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Selection


@dataclass(frozen=True, eq=False, kw_only=True)
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
            start_h=self.start_h[where],
            duration_h=self.duration_h[:, where],
            publish_loss=self.publish_loss[:, where],
            playback_loss=self.playback_loss[:, where],
            ads_loss=self.ads_loss[:, where],
            offset_h=None if self.offset_h is None else self.offset_h[:, where],
        )


@dataclass(frozen=True, eq=False, kw_only=True)
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
        return Links(**{k: v[where] if np.ndim(v) else v for k, v in vars(self).items()})


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
    deficit_h: Array
    """∫D dt, hours of a wholly missing fresh supply, `(n,)`."""

    def subset(self, where: Selection) -> Backlog:
        """Return the backlog of the selected incidents."""
        return Backlog(*(values[..., where] for values in self))


class Session(NamedTuple):
    """Losses of the fast links per incident, `(n,)`, revenue-hours unless said otherwise."""

    playback: Array
    freshness: Array
    freshness_running: Array
    ad_serving: Array
    lost_h: Array
    """Average hours of session time lost (∫ w(1 − A·m))."""
    unserved_h: Array
    """Average hours of session time whose ads were not served."""
    playback_running: Array
    """Of `playback`, without the return of viewers after the end."""
    unwatched_h: Array
    """Of `lost_h`, what playback loses (∫ w(1 − A)); the rest is freshness."""


class Slow(NamedTuple):
    """Losses of the slow links per incident, revenue-hours, `(n,)`."""

    creator_attrition: Array
    retention_temporary: Array
    retention_permanent: Array
    ad_price: Array
    after_year: Array
    """Their part that falls after the end of the simulated year."""
    viewing: SlowViewing
    """The same in viewing, whatever an ad is worth."""


class SlowViewing(NamedTuple):
    """What the slow links lose in average hours of viewing, `(n,)`."""

    creator_attrition: Array
    retention: Array
    after_year: Array
    """Their part that falls after the end of the simulated year."""
    gone_h: Array
    """Hours × share of viewers who do not come back within the horizon, at any hour alike."""
    gone_after_year_h: Array
