"""The slow links together: what an incident leaves behind when it is over (MODEL §4.6–7)."""

from __future__ import annotations

import numpy as np

from model.arrays import Array, Index, at
from model.chain.freshness import Appetite
from model.chain.sessions_integrated import supply_lost
from model.chain.trust import horizon_hours, trust_drops, trust_losses
from model.chain.types import Backlog, PhasedIncidents, Slow
from model.worlds import calendar as cal
from model.worlds.clock import YEAR_H
from model.worlds.streams import Values

_TOLERATED_H = 8e-5
_TOLERATED_SHARE = 0.004
"""Bound of what the bend of m does to the cost of lost supply, up to which it is left out."""


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
    creators = creators_lost(incidents, backlog, values, world, calendar)
    regain_h = pick("publishing.attrition_recovery") * 24.0
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


def creators_lost(
    incidents: PhasedIncidents,
    backlog: Backlog,
    values: Values,
    world: Index,
    calendar: cal.Calendar,
) -> Array:
    """Return what creators who stay away cost, revenue-hours `(n,)` (MODEL §4.6).

    A small drop costs in proportion; what bends, or lasts beyond the tables, is left to panels.
    """
    n = len(incidents.start_h)

    def pick(name: str) -> Array:
        return np.broadcast_to(at(values[name], world), (n,))

    f, slope = pick("freshness.fresh_share"), pick("sessions.freshness_elasticity")
    regain_h = pick("publishing.attrition_recovery") * 24.0
    drop = backlog.shortfall * incidents.duration_h
    drop *= pick("publishing.attrition_per_failed_day") / 24.0
    np.minimum(drop, 1.0, out=drop)
    ends = incidents.start_h + incidents.phase_ends
    lost = _total(drop * calendar.fading.length(ends, regain_h))
    lost *= slope
    whole = _total(drop)
    bent = Appetite(f, slope).bend(whole) * whole * whole * regain_h
    rough = bent > np.maximum(_TOLERATED_H, _TOLERATED_SHARE * lost)
    rough |= whole > 1.0
    rough |= (_latest(ends) > calendar.fading.last_hour) & (whole > 0.0)
    rough |= (regain_h > calendar.fading.LONGEST_H) & (whole > 0.0)
    chosen = np.flatnonzero(rough)
    if len(chosen):
        lost[chosen] = supply_lost(
            incidents.subset(chosen),
            drop[:, chosen],
            regain_h[chosen],
            (f[chosen], slope[chosen]),
            calendar,
        )
    return np.asarray(lost)


def _total(phases: Array) -> Array:
    """Return the sum over phases, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.sum(axis=0))


def _latest(phases: Array) -> Array:
    """Return the latest of the phases' hours, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.max(axis=0))
