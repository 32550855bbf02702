"""The slow links together: what an incident leaves behind when it is over (MODEL §4.6–7)."""

from __future__ import annotations

import numpy as np

from model.arrays import Array, Index, at
from model.chain.freshness import Appetite
from model.chain.trust import horizon_hours, trust_drops, trust_losses
from model.chain.types import Backlog, PhasedIncidents, Slow
from model.worlds import calendar as cal
from model.worlds.clock import YEAR_H
from model.worlds.streams import Values


def slow_links(
    incidents: PhasedIncidents,
    backlog: Backlog,
    values: Values,
    world: Index,
    year: Index,
    calendar: cal.Calendar,
) -> Slow:
    """Price the drop of supply and of trust that each incident leaves behind (MODEL §4.6–7)."""
    n = len(year)

    def pick(name: str) -> Array:
        return np.broadcast_to(at(values[name], world), (n,))

    ends = incidents.start_h + incidents.phase_ends
    end = _latest(ends)
    supply_drop = backlog.shortfall * incidents.duration_h
    supply_drop *= pick("publishing.attrition_per_failed_day") / 24.0
    np.minimum(supply_drop, 1.0, out=supply_drop)
    regain_h = pick("publishing.attrition_recovery") * 24.0
    appetite = Appetite(pick("freshness.fresh_share"), pick("sessions.freshness_elasticity"))
    creators = appetite.fading(supply_drop) * calendar.fading.length(ends, regain_h)
    creators = _total(creators)
    phases = np.expm1(incidents.duration_h * (pick("platform.visits_per_user_day") / -24.0))
    phases *= -incidents.playback_loss
    exposure = _total(phases)
    part = np.divide(phases, exposure, out=np.zeros_like(phases), where=exposure > 0)
    recovery_h = pick("trust.recovery") * 24.0
    permanent = pick("trust.permanent_share")
    horizon_h = horizon_hours(pick("trust.retention_horizon"))
    drop = trust_drops(
        year,
        incidents.start_h,
        end,
        exposure,
        _total(part * np.exp((ends - end) / recovery_h)),
        pick("trust.failure_return_effect"),
        pick("trust.recurrence_gain"),
        recovery_h,
        permanent,
        horizon_h,
    )
    sensitivity = pick("trust.cpm_sensitivity")
    lost = trust_losses(ends, part * drop, recovery_h, permanent, horizon_h, sensitivity, calendar)
    left_h = np.maximum(YEAR_H - end, 0.0)
    later = lost.retention_temporary * np.exp(-left_h / recovery_h) + lost.permanent_after_year
    later *= 1.0 + sensitivity
    later += creators * np.exp(-left_h / regain_h)
    return Slow(creators, *lost[:3], later)


def _total(phases: Array) -> Array:
    """Return the sum over phases, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.sum(axis=0))


def _latest(phases: Array) -> Array:
    """Return the latest of the phases' hours, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.max(axis=0))
