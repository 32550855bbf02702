"""The links of the chain: what an incident is, failed publishing, appetite for stale feeds.

Pure functions, arrays in, arrays out. An incident may run in overlaid phases (failover, MODEL §3);
arrays that belong to a phase have shape `(phases, n)`, all others `(n,)` or scalar.
"""

from __future__ import annotations

import numpy as np

from model.chain.freshness import LN2
from model.chain.types import Backlog, Links, PhasedIncidents
from model.worlds.calendar import Cumulative


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
        shortfall=b,
        catch_up_h=c,
        surplus=q * value * failed_h / c,
        failed_uploads=failed,
        deficit_h=(failed_h * (1.0 - q * value)).sum(axis=0),
    )
