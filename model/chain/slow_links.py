"""The slow links together: what an incident leaves behind when it is over (MODEL §4.6–7)."""

from __future__ import annotations

import numpy as np

from model.arrays import Array, Index, at
from model.chain.freshness import Appetite
from model.chain.sessions_integrated import supply_lost
from model.chain.trust import Trust, TrustTerms, horizon_hours, trust_drops, trust_losses
from model.chain.types import Backlog, PhasedIncidents, Slow, SlowViewing
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
    regain_h = pick("publishing.attrition_recovery") * 24.0
    creators, unseen = creators_lost(incidents, backlog, values, world, calendar)
    terms = TrustTerms(
        effect=pick("trust.failure_return_effect"),
        gain=pick("trust.recurrence_gain"),
        recovery_h=pick("trust.recovery") * 24.0,
        permanent=pick("trust.permanent_share"),
        horizon_h=horizon_hours(pick("trust.retention_horizon")),
    )
    drop = trust_drops(incidents, pick("platform.visits_per_user_day"), year, terms)
    sensitivity = pick("trust.cpm_sensitivity")
    left_h = np.maximum(YEAR_H - end, 0.0)
    still = np.exp(-left_h / regain_h), np.exp(-left_h / terms.recovery_h)

    def weighed(cumulative: cal.Cumulative, fading: cal.Fading) -> tuple[Trust, Array]:
        """Return trust lost against a weight, and what of it comes after the year."""
        lost = trust_losses(ends, drop, terms, cumulative, fading)
        return lost, lost.temporary * still[1] + lost.permanent_after_year

    lost, later = weighed(calendar.value, calendar.fading)
    price = sensitivity * (lost.temporary + lost.permanent)
    after_year = later * (1.0 + sensitivity) + creators * still[0]
    stayed, unseen_later = weighed(calendar.viewing, calendar.viewing_fading)
    staying = terms.permanent * _total(drop)
    viewing = SlowViewing(
        creator_attrition=unseen,
        retention=stayed.temporary + stayed.permanent,
        after_year=unseen_later + unseen * still[0],
        gone_h=staying * terms.horizon_h,
        gone_after_year_h=staying * np.maximum(terms.horizon_h - left_h, 0.0),
    )
    return Slow(
        creator_attrition=creators,
        retention_temporary=lost.temporary,
        retention_permanent=lost.permanent,
        ad_price=price,
        after_year=after_year,
        viewing=viewing,
    )


def creators_lost(
    incidents: PhasedIncidents,
    backlog: Backlog,
    values: Values,
    world: Index,
    calendar: cal.Calendar,
) -> tuple[Array, Array]:
    """Return what creators who stay away cost, revenue-hours and hours of viewing (MODEL §4.6).

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
    lost, unseen = (
        slope * _total(drop * fading.length(ends, regain_h))
        for fading in (calendar.fading, calendar.viewing_fading)
    )
    whole = _total(drop)
    bent = Appetite(f, slope).bend(whole) * whole * whole * regain_h
    rough = bent > np.maximum(_TOLERATED_H, _TOLERATED_SHARE * np.minimum(lost, unseen))
    rough |= whole > 1.0
    beyond = _latest(ends) > calendar.fading.last_hour
    rough |= (beyond | (regain_h > calendar.fading.LONGEST_H)) & (whole > 0.0)
    chosen = np.flatnonzero(rough)
    if len(chosen):
        lost[chosen], unseen[chosen] = supply_lost(
            incidents.subset(chosen),
            drop[:, chosen],
            regain_h[chosen],
            (f[chosen], slope[chosen]),
            calendar,
        )
    return lost, unseen


def _total(phases: Array) -> Array:
    """Return the sum over phases, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.sum(axis=0))


def _latest(phases: Array) -> Array:
    """Return the latest of the phases' hours, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.max(axis=0))
