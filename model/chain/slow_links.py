"""The slow links together: what an incident leaves behind when it is over (MODEL §4.6–7)."""

from __future__ import annotations

import numpy as np

from model.arrays import Array, Index, at
from model.chain.freshness import Appetite
from model.chain.trust import Trust, TrustTerms, horizon_hours, trust_drops, trust_losses
from model.chain.types import Backlog, PhasedIncidents, Slow, SlowViewing
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
    missed = appetite.fading(supply_drop)
    terms = TrustTerms(
        pick("trust.failure_return_effect"),
        pick("trust.recurrence_gain"),
        pick("trust.recovery") * 24.0,
        pick("trust.permanent_share"),
        horizon_hours(pick("trust.retention_horizon")),
    )
    drop = trust_drops(incidents, pick("platform.visits_per_user_day"), year, terms)
    sensitivity = pick("trust.cpm_sensitivity")
    left_h = np.maximum(YEAR_H - end, 0.0)
    still = np.exp(-left_h / regain_h), np.exp(-left_h / terms.recovery_h)

    def weighed(cumulative: cal.Cumulative, fading: cal.Fading) -> tuple[Array, Trust, Array]:
        """Return attrition and trust against a weight, and what of both comes after the year."""
        creators = _total(missed * fading.length(ends, regain_h))
        lost = trust_losses(ends, drop, terms, cumulative, fading)
        return creators, lost, lost.temporary * still[1] + lost.permanent_after_year

    creators, lost, later = weighed(calendar.value, calendar.fading)
    price = sensitivity * (lost.temporary + lost.permanent)
    after_year = later * (1.0 + sensitivity) + creators * still[0]
    unseen, stayed, unseen_later = weighed(calendar.viewing, calendar.viewing_fading)
    staying = terms.permanent * _total(drop)
    viewing = SlowViewing(
        unseen,
        stayed.temporary + stayed.permanent,
        unseen_later + unseen * still[0],
        staying * terms.horizon_h,
        staying * np.maximum(terms.horizon_h - left_h, 0.0),
    )
    return Slow(creators, lost.temporary, lost.permanent, price, after_year, viewing)


def _total(phases: Array) -> Array:
    """Return the sum over phases, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.sum(axis=0))


def _latest(phases: Array) -> Array:
    """Return the latest of the phases' hours, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.max(axis=0))
