"""Failover and shield: what redundancy takes off an incident (MODEL §3)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.arrays import Index, at
from model.chain.types import PhasedIncidents
from model.incidents.types import Incidents
from model.worlds.streams import Values


def fail_over(incidents: Incidents, values: Values, world: Index) -> PhasedIncidents:
    """Overlay the two phases of incidents whose failover works (MODEL §3, "Failover").

    Phase one carries (1 − κ) of the losses until the failover, phase two κ of them to the end;
    without any failover that works before the end there is one phase only.
    """
    chance = at(values["resilience.failover_success"], world) * (
        1.0 - at(values["resilience.common_cause"], world)
    )
    works = (incidents.failover_chance < chance) & (
        incidents.failover_time_h < incidents.duration_h
    )
    losses = {name: vars(incidents)[name] for name in ("publish_loss", "playback_loss", "ads_loss")}
    d = incidents.duration_h
    if not works.any():
        whole = {name: loss[None] for name, loss in losses.items()}
        return PhasedIncidents(start_h=incidents.start_h, duration_h=d[None], **whole)
    kappa = np.where(works, at(values["resilience.residual_impairment"], world), 1.0)
    until = np.where(works, incidents.failover_time_h, d)
    end = np.where(kappa > 0, d, until)
    parts = {name: np.stack([(1.0 - kappa) * loss, kappa * loss]) for name, loss in losses.items()}
    hours = np.stack([until, end])
    return PhasedIncidents(start_h=incidents.start_h, duration_h=hours, **parts)


def shield(incidents: PhasedIncidents, values: Values, world: Index) -> PhasedIncidents:
    """Take the share of playback loss that graceful degradation hides off every phase."""
    kept = 1.0 - at(values["resilience.playback_shield"], world)
    if np.ndim(kept) == 0 and kept == 1.0:
        return incidents
    return replace(incidents, playback_loss=incidents.playback_loss * kept)
