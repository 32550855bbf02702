"""What incidents do to the platform: phases of failover, fast and slow links, volumes lost.

Gives world values to the links' pure functions and gathers what they return, in average
revenue-hours per incident. Used alike for simulated years, remedies and replays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model import calendar as cal
from model.chain import Appetite, Array, Backlog, Incidents, Links, publishing
from model.outages import Outages
from model.platform import ad_load_per_hour
from model.sampling import Values, at
from model.sessions import PANELS, Session, sessions, stiffness, within_a_month
from model.trust import Slow, horizon_hours, trust_drops, trust_losses

Index = NDArray[np.int64]

CHUNK = 32_768
"""Incidents priced at a time: their arrays stay in cache."""


def fail_over(outages: Outages, values: Values, world: Index) -> Incidents:
    """Overlay the two phases of incidents whose failover works (MODEL §3, "Failover").

    Phase one carries (1 − κ) of the losses until the failover, phase two κ of them to the end;
    without any failover that works before the end there is one phase only.
    """
    chance = at(values["resilience.failover_success"], world) * (
        1.0 - at(values["resilience.common_cause"], world)
    )
    works = (outages.failover_chance < chance) & (outages.failover_time_h < outages.duration_h)
    losses = (outages.publish_loss, outages.playback_loss, outages.ads_loss)
    d = outages.duration_h
    if not works.any():
        return Incidents(outages.start_h, d[None], *(loss[None] for loss in losses))
    kappa = np.where(works, at(values["resilience.residual_impairment"], world), 1.0)
    until = np.where(works, outages.failover_time_h, d)
    end = np.where(kappa > 0, d, until)
    parts = [np.stack([(1.0 - kappa) * loss, kappa * loss]) for loss in losses]
    return Incidents(outages.start_h, np.stack([until, end]), *parts)


def shield(incidents: Incidents, values: Values, world: Index) -> Incidents:
    """Take the share of playback loss that graceful degradation hides off every phase."""
    kept = 1.0 - at(values["resilience.playback_shield"], world)
    if np.ndim(kept) == 0 and kept == 1.0:
        return incidents
    return replace(incidents, playback_loss=incidents.playback_loss * kept)


def links_at(values: Values, world: Index) -> Links:
    """Pick the world values the fast links need for each incident."""
    names = (
        "publishing.uploads_per_day",
        "publishing.retry_share",
        "publishing.catch_up",
        "publishing.timeliness_half_life",
        "freshness.content_half_life",
        "freshness.fresh_share",
        "sessions.freshness_elasticity",
        "sessions.return_lag",
    )
    return Links(*(at(values[name], world) for name in names))


def fast_links(
    incidents: Incidents, values: Values, world: Index, calendar: cal.Calendar
) -> tuple[Session, Backlog]:
    """Price publishing to ad serving, with panels as fine as each incident needs."""
    n = len(incidents.start_h)
    links = links_at(values, world)
    backlog = publishing(incidents, links, calendar.posting)
    phased = np.full(n, incidents.offset_h is not None)
    if len(incidents.duration_h) > 1 and incidents.offset_h is None:
        losses = incidents.publish_loss + incidents.playback_loss + incidents.ads_loss
        phased = np.all(losses > 0, axis=0)
    limits = [limit for limit, _ in PANELS[:-1]]
    stiff = np.searchsorted(limits, stiffness(incidents, backlog, links))
    steady = within_a_month(incidents, backlog, links, calendar)
    group = (2 * phased + steady) * len(PANELS) + stiff
    # Sorted by group once, every group is a slice.
    order = np.argsort(group, kind="stable")
    incidents, left, links = incidents.subset(order), backlog.subset(order), links.subset(order)
    ends = np.cumsum(np.bincount(group, minlength=4 * len(PANELS)))
    session = np.empty((len(Session._fields), n))
    for key, end in enumerate(ends):
        kind, k = divmod(key, len(PANELS))
        for begin in range(int(ends[key - 1]) if key else 0, int(end), CHUNK):
            chunk = slice(begin, min(begin + CHUNK, int(end)))
            one, its = incidents.subset(chunk), left.subset(chunk)
            if len(one.duration_h) > 1 and kind < 2:
                one, its = _folded(one, its)
            session[:, order[chunk]] = sessions(
                one,
                its,
                links.subset(chunk),
                calendar,
                panels=PANELS[k][1],
                steady=kind % 2 == 1,
            )
    return Session(*session), backlog


def _folded(incidents: Incidents, backlog: Backlog) -> tuple[Incidents, Backlog]:
    """Return one phase instead of two, one of which is empty and no longer than the other."""

    def both(values: Array) -> Array:
        return np.asarray(values.sum(axis=0, keepdims=True))

    one = Incidents(
        incidents.start_h,
        incidents.duration_h.max(axis=0, keepdims=True),
        both(incidents.publish_loss),
        both(incidents.playback_loss),
        both(incidents.ads_loss),
    )
    left = backlog._replace(
        shortfall=both(backlog.shortfall),
        catch_up_h=backlog.catch_up_h.max(axis=0, keepdims=True),
        surplus=both(backlog.surplus),
    )
    return one, left


def slow_links(
    incidents: Incidents,
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
    end = ends.max(axis=0)
    missing = backlog.shortfall * incidents.duration_h / 24.0
    regain = pick("publishing.attrition_recovery")
    supply_drop = np.minimum(pick("publishing.attrition_per_failed_day") * missing, 1.0)
    appetite = Appetite(pick("freshness.fresh_share"), pick("sessions.freshness_elasticity"))
    gone = appetite.fading(supply_drop)
    creators = (gone * calendar.fading.length(ends, regain * 24.0)).sum(axis=0)
    visits = pick("platform.visits_per_user_day")
    phases = -incidents.playback_loss * np.expm1(-visits * incidents.duration_h / 24.0)
    exposure = phases.sum(axis=0)
    part = np.divide(phases, exposure, out=np.zeros_like(phases), where=exposure > 0)
    recovery_h = pick("trust.recovery") * 24.0
    permanent = pick("trust.permanent_share")
    horizon_h = horizon_hours(pick("trust.retention_horizon"))
    drop = trust_drops(
        year,
        incidents.start_h,
        end,
        exposure,
        (part * np.exp((ends - end) / recovery_h)).sum(axis=0),
        pick("trust.failure_return_effect"),
        pick("trust.recurrence_gain"),
        recovery_h,
        permanent,
        horizon_h,
    )
    sensitivity = pick("trust.cpm_sensitivity")
    lost = trust_losses(ends, part * drop, recovery_h, permanent, horizon_h, sensitivity, calendar)
    left_h = np.maximum(cal.YEAR_H - end, 0.0)
    lasting = drop * permanent * calendar.value.between(end + left_h, end + horizon_h)
    later = creators * np.exp(-left_h / (regain * 24.0)) + (1.0 + sensitivity) * (
        lost.retention_temporary * np.exp(-left_h / recovery_h)
        + np.where(horizon_h > left_h, lasting, 0.0)
    )
    return Slow(creators, *lost, later)


def response_usd(outages: Outages, incidents: Incidents) -> Array:
    """Return the cost of responding: a fixed sum and an hourly one over the whole incident."""
    hours = incidents.phase_ends.max(axis=0)
    return np.asarray(outages.response_fixed_usd + outages.response_usd_per_h * hours)


def volumes(
    values: Values, world: Index, session: Session, backlog: Backlog
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the lost volumes of `VOLUMES` per incident."""
    per_hour = at(
        values["platform.daily_users"] * values["platform.minutes_per_user_day"] / 24.0, world
    )
    ad_load = at(
        ad_load_per_hour(
            values["platform.ad_revenue_per_year"],
            values["platform.daily_users"],
            values["platform.minutes_per_user_day"],
            values["platform.cpm"],
        ),
        world,
    )
    minutes = per_hour * session.lost_h
    impressions = (minutes + per_hour * session.unserved_h) * ad_load / 60.0
    return (
        backlog.failed_uploads,
        backlog.abandoned_uploads,
        backlog.deficit_h,
        minutes,
        impressions,
    )


def counted_hours(values: Values, incidents: Incidents, world: Index) -> Array:
    """Return the hours of each incident that the contract counts as down, `(n,)` (MODEL §4.8).

    Phases start together and end in order: the loss at any time is the sum of those still on.
    """
    needed = at(values["sla.counted_from"], world)
    down = np.zeros(len(world))
    for k in range(len(incidents.duration_h)):
        loss = np.maximum(
            incidents.publish_loss[k:].sum(axis=0), incidents.playback_loss[k:].sum(axis=0)
        )
        down = np.where(loss >= needed, incidents.duration_h[k], down)
    return down
