"""Failover and shield: what redundancy takes off an incident (MODEL §3)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.arrays import Array, Index, at
from model.assumptions.names import all_causes
from model.chain.types import PhasedIncidents
from model.incidents.types import Incidents
from model.worlds.streams import Values


def fail_over(incidents: Incidents, values: Values, world: Index) -> PhasedIncidents:
    """Overlay the two phases of incidents whose failover works (MODEL §3, "Failover").

    Phase one carries (1 − κ) of the losses until the failover, phase two κ of them to the end;
    without any failover that works before the end there is one phase only.
    """
    works = (incidents.failover_chance < chance_to_fail_over(incidents.causes, values, world)) & (
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


def chance_to_fail_over(causes: Index, values: Values, world: Index) -> Array:
    """Return the probability that a failover works, `(n,)` or one for all, given sets of causes.

    Of several causes the one that most often takes down a second region too counts.
    """
    success = values["resilience.failover_success"]
    if not np.any(success > 0):
        return np.asarray(0.0)
    common = np.zeros(len(world))
    for k, cause in enumerate(all_causes(values)):
        here = np.flatnonzero(causes >> k & 1)
        own = at(values[f"incidents.{cause}.common_cause"], world[here])
        common[here] = np.maximum(common[here], own)
    return np.asarray(at(success, world) * (1.0 - common))


def shield(incidents: PhasedIncidents, values: Values, world: Index) -> PhasedIncidents:
    """Take the share of playback loss that graceful degradation hides off every phase."""
    kept = 1.0 - at(values["resilience.playback_shield"], world)
    if np.ndim(kept) == 0 and kept == 1.0:
        return incidents
    return replace(incidents, playback_loss=incidents.playback_loss * kept)
