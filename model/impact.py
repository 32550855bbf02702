"""What incidents do to the platform: phases of failover, fast and slow links, volumes lost.

Gives world values to the links' pure functions and gathers what they return, in average
revenue-hours per incident. Used alike for simulated years, remedies and replays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from model.arrays import Array, Index, Mask, at
from model.assumptions.ad_load import ad_load_per_hour
from model.chain import Appetite, Backlog, Links, PhasedIncidents, publishing
from model.incidents.types import Incidents
from model.mild import mild
from model.sessions import PANELS, Session, sessions, stiffness, within_a_month
from model.trust import Slow, horizon_hours, trust_drops, trust_losses
from model.worlds import calendar as cal
from model.worlds.clock import YEAR_H
from model.worlds.streams import Values

LINKS = (
    "publishing.uploads_per_day",
    "publishing.retry_share",
    "publishing.catch_up",
    "publishing.timeliness_half_life",
    "freshness.content_half_life",
    "freshness.fresh_share",
    "sessions.freshness_elasticity",
    "sessions.return_lag",
)
"""World values that the fast links depend on, in the order of `Links`."""
CHUNK = 131_072
"""Incidents priced at a time: their arrays stay in cache."""


def fail_over(outages: Incidents, values: Values, world: Index) -> PhasedIncidents:
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
        return PhasedIncidents(outages.start_h, d[None], *(loss[None] for loss in losses))
    kappa = np.where(works, at(values["resilience.residual_impairment"], world), 1.0)
    until = np.where(works, outages.failover_time_h, d)
    end = np.where(kappa > 0, d, until)
    parts = [np.stack([(1.0 - kappa) * loss, kappa * loss]) for loss in losses]
    return PhasedIncidents(outages.start_h, np.stack([until, end]), *parts)


def shield(incidents: PhasedIncidents, values: Values, world: Index) -> PhasedIncidents:
    """Take the share of playback loss that graceful degradation hides off every phase."""
    kept = 1.0 - at(values["resilience.playback_shield"], world)
    if np.ndim(kept) == 0 and kept == 1.0:
        return incidents
    return replace(incidents, playback_loss=incidents.playback_loss * kept)


def links_at(values: Values, world: Index) -> Links:
    """Pick the world values the fast links need for each incident."""
    return Links(*(at(values[name], world) for name in LINKS))


def fast_links(
    incidents: PhasedIncidents, values: Values, world: Index, calendar: cal.Calendar
) -> tuple[Session, Backlog]:
    """Price publishing to ad serving: in closed form where that is enough, else by panels."""
    n = len(incidents.start_h)
    links = links_at(values, world)
    backlog = publishing(incidents, links, calendar.posting)
    session = np.empty((len(Session._fields), n))
    rough = _phased(incidents)
    plain = slice(0, n) if not rough.any() else np.flatnonzero(~rough)
    for chunk in _chunks(plain, n):
        one, its = _folded(incidents.subset(chunk), backlog.subset(chunk))
        found, rough[chunk] = mild(one, its, links.subset(chunk), calendar)
        for row, hours in zip(session, found, strict=True):
            row[chunk] = hours
    chosen = np.flatnonzero(rough)
    if len(chosen):
        session[:, chosen] = _by_panels(
            incidents.subset(chosen), backlog.subset(chosen), links.subset(chosen), calendar
        )
    return Session(*session), backlog


def _phased(incidents: PhasedIncidents) -> Mask:
    """Tell which incidents run in more than one phase that does anything, `(n,)`."""
    if incidents.offset_h is not None:
        return np.ones(len(incidents.start_h), dtype=np.bool_)
    if len(incidents.duration_h) == 1:
        return np.zeros(len(incidents.start_h), dtype=np.bool_)
    losses = incidents.publish_loss + incidents.playback_loss + incidents.ads_loss
    return np.asarray(np.all(losses > 0, axis=0))


def _chunks(chosen: Index | slice, n: int) -> Iterator[Index | slice]:
    """Cut a selection out of `n` incidents into parts that stay in cache."""
    if isinstance(chosen, slice):
        yield from (slice(begin, min(begin + CHUNK, n)) for begin in range(0, n, CHUNK))
    else:
        yield from (chosen[begin : begin + CHUNK] for begin in range(0, len(chosen), CHUNK))


_COARSER = np.array([2, 2, 2, 3])
"""Which of `PANELS` serves each class of stiffness where incidents are few."""


def _by_panels(
    incidents: PhasedIncidents, backlog: Backlog, links: Links, calendar: cal.Calendar
) -> Array:
    """Price incidents with panels as fine as each of them needs, `(6, n)`."""
    n = len(incidents.start_h)
    phased = _phased(incidents)
    limits = [limit for limit, _ in PANELS[:-1]]
    stiff = np.searchsorted(limits, stiffness(incidents, backlog, links))
    # Of one phase, few are left: fewer and larger groups cost less than finer panels.
    stiff = np.where(phased, stiff, _COARSER[stiff])
    steady = phased & within_a_month(incidents, backlog, links, calendar)
    group = (2 * phased + steady) * len(PANELS) + stiff
    # Sorted by group once, every group is a slice.
    order = np.argsort(group, kind="stable")
    incidents, backlog, links = incidents.subset(order), backlog.subset(order), links.subset(order)
    ends = np.cumsum(np.bincount(group, minlength=4 * len(PANELS)))
    session = np.empty((len(Session._fields), n))
    for key, end in enumerate(ends):
        kind, k = divmod(key, len(PANELS))
        for begin in range(int(ends[key - 1]) if key else 0, int(end), CHUNK):
            chunk: Index | slice = slice(begin, min(begin + CHUNK, int(end)))
            if begin + 1 == end:
                # Of a single column NumPy adds up the panels in another order than of several.
                chunk = np.array([begin, begin])
            one, its = incidents.subset(chunk), backlog.subset(chunk)
            if kind < 2:
                one, its = _folded(one, its)
            session[:, order[chunk]] = sessions(
                one,
                its,
                links.subset(chunk),
                calendar,
                panels=PANELS[k][1],
                steady=kind % 2 == 1,
            )
    return session


def _folded(incidents: PhasedIncidents, backlog: Backlog) -> tuple[PhasedIncidents, Backlog]:
    """Return one phase instead of two, one of which is empty and no longer than the other."""
    if len(incidents.duration_h) == 1:
        return incidents, backlog

    def both(values: Array) -> Array:
        return np.asarray(values.sum(axis=0, keepdims=True))

    one = PhasedIncidents(
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


def response_usd(outages: Incidents, incidents: PhasedIncidents) -> Array:
    """Return the cost of responding: a fixed sum and an hourly one over the whole incident."""
    hours = _latest(incidents.phase_ends)
    return np.asarray(outages.response_fixed_usd + outages.response_usd_per_h * hours)


def _total(phases: Array) -> Array:
    """Return the sum over phases, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.sum(axis=0))


def _latest(phases: Array) -> Array:
    """Return the latest of the phases' hours, `(n,)`."""
    return np.asarray(phases[0] if len(phases) == 1 else phases.max(axis=0))


def lost_volumes(session: Session, backlog: Backlog) -> dict[str, Array]:
    """Return what the volumes of incidents are made of, `(n,)` each: sums of it add up."""
    return {
        "uploads_failed": backlog.failed_uploads,
        "freshness_deficit_h": backlog.deficit_h,
        "viewing_h": session.lost_h,
        "unserved_h": session.unserved_h,
    }


def volumes(values: Values, world: Index, lost: Mapping[str, Array]) -> dict[str, Array]:
    """Return the volumes lost, `(n,)`, from `lost_volumes` of incidents or of whole years."""

    def pick(name: str) -> Array:
        return at(values[name], world)

    users, minutes_a_day = pick("platform.daily_users"), pick("platform.minutes_per_user_day")
    per_hour = users * minutes_a_day / 24.0
    revenue, cpm = pick("platform.ad_revenue_per_year"), pick("platform.cpm")
    ad_load = ad_load_per_hour(revenue, users, minutes_a_day, cpm)
    minutes = per_hour * lost["viewing_h"]
    failed = lost["uploads_failed"]
    return {
        "uploads_failed": failed,
        "uploads_abandoned": (1.0 - pick("publishing.retry_share")) * failed,
        "freshness_deficit_h": lost["freshness_deficit_h"],
        "minutes_lost": minutes,
        "impressions_lost": (minutes + per_hour * lost["unserved_h"]) * ad_load / 60.0,
    }


def counted_hours(values: Values, incidents: PhasedIncidents, world: Index) -> Array:
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
