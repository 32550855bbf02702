"""One block of simulated years, from random numbers to the columns that are kept.

`strike` draws the incidents, `price` carries them through the chain; both stand apart so that
other questions (mitigations, replays) can price the same incidents again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model import calendar as cal
from model.chain import (
    PANELS,
    Appetite,
    Array,
    Backlog,
    Incidents,
    Links,
    Session,
    publishing,
    sessions,
    stiffness,
)
from model.merging import merge
from model.money import COMPONENTS, Contract, Hours, Terms, ledger, sla_credit, year_factor
from model.outages import Outages
from model.platform import ad_load_per_hour
from model.sampling import Block, Values, at, per_year, sample
from model.scenario import Scenario
from model.trust import horizon_hours, trust_drops, trust_losses
from model.worlds import draw

Index = NDArray[np.int64]

CHUNK = 8192
"""Incidents priced at a time: their arrays stay in cache."""

VOLUMES = (
    "uploads_failed",
    "uploads_abandoned",
    "freshness_deficit_h",
    "minutes_lost",
    "impressions_lost",
)
COLUMNS = (
    "incidents",
    "outage_h",
    *VOLUMES,
    *(f"{name}_usd" for name in COMPONENTS),
    "retention_permanent_usd",
    "after_year_usd",
    "loss_usd",
    "largest_loss_usd",
    "sla_credit_usd",
    "net_loss_usd",
    "revenue_usd",
)
"""Columns kept of every simulated year, in the order of the rows of `Priced.columns`."""


@dataclass(frozen=True)
class Struck:
    """The incidents of a block after merging, with the worlds they happen in."""

    values: Values
    outages: Outages
    capped: int
    before_merging: int
    clipped: dict[str, int]


@dataclass(frozen=True)
class Priced:
    """What a block contributes: columns `(len(COLUMNS), years)` and each incident's loss."""

    columns: Array
    outages: Outages
    lines: dict[str, Array]
    """Each line of the ledger per incident, USD `(n,)`."""
    loss_usd: Array
    """Per incident before SLA credit, `(n,)`."""
    net_loss_usd: Array
    """The same less its part, by counted hours, of the year's SLA credit."""


def get_calendar(scenario: Scenario) -> cal.Calendar:
    """Return the calendar of a scenario."""
    return cal.build(
        scenario.word("simulation.start_date"),
        scenario.word("profiles.demand"),
        scenario.word("profiles.uploads"),
        scenario.word("profiles.price"),
    )


def strike(scenario: Scenario, block: Block, *, world_block: tuple[int, ...]) -> Struck:
    """Draw the worlds of a block and the incidents of its years (MODEL §3)."""
    worlds = int(block.world_of_year[-1]) + 1
    values, clipped = draw(scenario, seed=block.seed, block=world_block, worlds=worlds)
    sampled = sample(scenario, values, block)
    return Struck(
        values,
        merge(sampled.outages),
        sampled.capped,
        len(sampled.outages.year),
        clipped,
    )


def price(scenario: Scenario, struck: Struck, block: Block) -> Priced:
    """Carry the incidents of a block through the chain to money, year by year (MODEL §4)."""
    values, outages = struck.values, struck.outages
    calendar = get_calendar(scenario)
    world = block.world_of_year[outages.year]
    shaped = shield(fail_over(outages, values, world), values, world)
    session, backlog = _fast_links(shaped, values, world, calendar)
    slow = _slow_links(shaped, backlog, values, world, outages.year, calendar)
    hours = Hours(
        session.playback,
        session.freshness,
        session.freshness_running,
        session.ad_serving,
        *slow[:4],
    )
    factor = year_factor(outages.year, hours.gross(), block.years)
    if factor.min(initial=1.0) < 1.0:
        hours = hours.scaled(factor[outages.year])
    terms = terms_at(values, world)
    lines = ledger(hours, terms, response_usd(outages, shaped))
    loss = np.sum([lines[name] for name in COMPONENTS], axis=0)
    down = _counted_hours(values, shaped, world)
    credit = sla_credit(
        outages.year, outages.start_h, down, block.years, contract(values, block), calendar.clock
    )

    def yearly(weights: Array) -> Array:
        sums = np.bincount(outages.year, weights=weights, minlength=block.years)
        return np.asarray(sums, dtype=np.float64)

    revenue = per_year(values["platform.ad_revenue_per_year"], block)
    volumes = _volumes(values, world, session, backlog)
    kept = terms.revenue_usd_per_h * terms.loss_share_borne
    after = slow[4] * factor[outages.year] if factor.min(initial=1.0) < 1.0 else slow[4]
    columns = [
        np.bincount(outages.year, minlength=block.years).astype(np.float64),
        yearly(shaped.end_h - outages.start_h),
        *(yearly(volume) for volume in volumes),
        *(yearly(lines[name]) for name in COMPONENTS),
        yearly(terms.revenue_usd_per_h * hours.retention_permanent),
        yearly(kept * after),
    ]
    total = np.sum(columns[7 : 7 + len(COMPONENTS)], axis=0)
    columns += [total, _largest(outages.year, loss, block.years), -credit, total - credit]
    columns.append(np.broadcast_to(revenue, (block.years,)))
    per_h = credit / np.maximum(yearly(down), 1e-12)
    return Priced(np.stack(columns), outages, lines, loss, loss - per_h[outages.year] * down)


def fail_over(outages: Outages, values: Values, world: Index) -> Incidents:
    """Overlay the two phases of incidents whose failover works (MODEL §3, "Failover").

    Phase one carries (1 − κ) of the losses until the failover, phase two κ of them to the end;
    without any working failover there is one phase only.
    """
    chance = at(values["resilience.failover_success"], world) * (
        1.0 - at(values["resilience.common_cause"], world)
    )
    works = outages.failover_chance < chance
    losses = (outages.publish_loss, outages.playback_loss, outages.ads_loss)
    d = outages.duration_h
    if not works.any():
        return Incidents(outages.start_h, d[None], *(loss[None] for loss in losses))
    kappa = np.where(works, at(values["resilience.residual_impairment"], world), 1.0)
    until = np.where(works, np.minimum(d, outages.failover_time_h), d)
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


def terms_at(values: Values, world: Index) -> Terms:
    """Pick the money terms for each incident."""
    names = (
        "platform.loss_share_borne",
        "sessions.viewing_recapture",
        "ads.budget_recapture",
        "ads.make_good_share",
        "costs.creator_make_good_share",
    )
    revenue = at(values["platform.ad_revenue_per_year"] / cal.YEAR_H, world)
    return Terms(revenue, *(at(values[name], world) for name in names))


def _fast_links(
    incidents: Incidents, values: Values, world: Index, calendar: cal.Calendar
) -> tuple[Session, Backlog]:
    """Price publishing to ad serving, with panels as fine as each incident needs."""
    n = len(incidents.start_h)
    links = links_at(values, world)
    backlog = publishing(incidents, links, calendar.posting)
    phased = np.zeros(n, dtype=bool)
    if len(incidents.duration_h) > 1:
        losses = incidents.publish_loss + incidents.playback_loss + incidents.ads_loss
        phased = np.all(losses > 0, axis=0)
    session = np.empty((len(Session._fields), n))
    stiff = np.searchsorted(
        [limit for limit, _ in PANELS[:-1]], stiffness(incidents, backlog, links)
    )
    groups = [(np.flatnonzero(~phased & (stiff == k)), PANELS[k][1]) for k in range(len(PANELS))]
    for members, panels in (*groups, (np.flatnonzero(phased), PANELS[-1][1])):
        for begin in range(0, len(members), CHUNK):
            chunk = members[begin : begin + CHUNK]
            part, left = incidents.subset(chunk), backlog.subset(chunk)
            if len(part.duration_h) > 1 and not phased[chunk[0]]:
                part, left = _folded(part, left)
            session[:, chunk] = sessions(part, left, links.subset(chunk), calendar, panels=panels)
    return Session(*session), backlog


def _folded(incidents: Incidents, backlog: Backlog) -> tuple[Incidents, Backlog]:
    """Return one phase instead of two, one of which is empty; durations are the same then."""

    def both(values: Array) -> Array:
        return np.asarray(values.sum(axis=0, keepdims=True))

    one = Incidents(
        incidents.start_h,
        incidents.duration_h[:1],
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


def _slow_links(
    incidents: Incidents,
    backlog: Backlog,
    values: Values,
    world: Index,
    year: Index,
    calendar: cal.Calendar,
) -> tuple[Array, Array, Array, Array, Array]:
    """Return attrition, temporary and permanent retention, ad price, and what falls later."""
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
    return creators, lost.retention_temporary, lost.retention_permanent, lost.ad_price, later


def response_usd(outages: Outages, incidents: Incidents) -> Array:
    """Return the cost of responding: a fixed sum and an hourly one over the whole incident."""
    hours = incidents.phase_ends.max(axis=0)
    return np.asarray(outages.response_fixed_usd + outages.response_usd_per_h * hours)


def _volumes(
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


def contract(values: Values, block: Block) -> Contract:
    """Return the SLA terms of the block's years."""
    tiers = tuple(
        (float(values[f"sla.tier_{k}.below"]), float(values[f"sla.tier_{k}.credit"]))
        for k in (1, 2, 3)
    )
    return Contract(
        per_year(values["sla.monthly_fee"], block),
        per_year(values["sla.scope_share"], block),
        per_year(values["sla.claim_success"], block),
        tiers,
    )


def _counted_hours(values: Values, incidents: Incidents, world: Index) -> Array:
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


def _largest(year: Index, loss: Array, years: int) -> Array:
    """Return the largest single incident of each year, 0 without incidents, `(years,)`."""
    largest = np.zeros(years)
    if len(year):
        first = np.flatnonzero(np.concatenate(([True], year[1:] != year[:-1])))
        largest[year[first]] = np.maximum(np.maximum.reduceat(loss, first), 0.0)
    return largest
