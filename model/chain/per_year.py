"""One block of simulated years, from its incidents to the columns that are kept.

`incidents.draw` draws the incidents, `price` carries them through the chain; both stand apart so
that other questions (remedies, replays) can price the same incidents again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.arrays import Array, Index, at
from model.chain.ads import lost_volumes, volumes
from model.chain.failover import fail_over, shield
from model.chain.ledger import (
    COMPONENTS,
    Hours,
    Rates,
    Terms,
    incident_loss,
    ledger,
    response_usd,
    revenue_factor,
    year_factor,
)
from model.chain.sessions import fast_links
from model.chain.sla import Contract, counted_hours, sla_credit
from model.chain.slow_links import slow_links
from model.chain.types import Backlog, PhasedIncidents, Session
from model.incidents.draw import DrawnBlock
from model.incidents.types import Incidents
from model.worlds import calendar as cal
from model.worlds.clock import YEAR_H
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values, per_year

FastLinks = Callable[[PhasedIncidents, Values, Index, cal.Calendar], tuple[Session, Backlog]]

VOLUMES = (
    "uploads_failed",
    "uploads_abandoned",
    "freshness_deficit_h",
    "minutes_lost",
    "impressions_lost",
)
COLUMNS = (
    "incidents",
    "incident_h",
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Priced:
    """What a block contributes: columns `(len(COLUMNS), years)` and each incident's part."""

    columns: Array
    outages: Incidents
    hours: Hours
    response_usd: Array
    loss_usd: Array
    """Per incident before SLA credit, `(n,)`."""
    down_h: Array
    """Per incident, the hours the contract counts."""
    terms: Terms
    """Of every year."""
    shrunk: Array
    """What keeps the loss of each year within its revenue, `(years,)`; almost always 1."""

    @property
    def lines(self) -> dict[str, Array]:
        """Each line of the ledger per incident, USD `(n,)`."""
        year = self.outages.year
        terms = Terms(*(at(term, year) for term in vars(self.terms).values()))
        lines = ledger(self.hours, terms, self.response_usd)
        return {name: line * self.shrunk[year] for name, line in lines.items()}

    @property
    def net_loss_usd(self) -> Array:
        """Each incident's loss less its part, by counted hours, of its year's SLA credit."""
        year, years = self.outages.year, len(self.shrunk)
        down = np.bincount(year, weights=self.down_h, minlength=years)
        per_h = self.columns[COLUMNS.index("sla_credit_usd")] / np.maximum(down, 1e-12)
        return np.asarray(self.loss_usd + per_h[year] * self.down_h)


def price(
    prepared: Prepared, drawn: DrawnBlock, block: Block, fast: FastLinks = fast_links
) -> Priced:
    """Carry the incidents of a block through the chain to money, year by year (MODEL §4).

    `fast` stands for `fast_links` where its results may be known from another run.
    """
    values, outages = drawn.values, drawn.incidents
    calendar = prepared.calendar
    world = block.world_of_year.take(outages.year)
    shaped = shield(fail_over(outages, values, world), values, world)
    session, backlog = fast(shaped, values, world, calendar)
    slow = slow_links(shaped, backlog, values, world, outages.year, calendar)
    hours = Hours.of(session, slow)
    response = response_usd(outages, shaped)
    down = counted_hours(values, shaped, world)
    yearly = _Sums(outages.year, block.years)
    summed = Hours(*map(yearly, hours))
    within = year_factor(summed.gross())
    summed = summed.scaled(within)
    terms = terms_at(values, block.world_of_year)
    lines = ledger(summed, terms, yearly(response))
    revenue = per_year(values["platform.ad_revenue_per_year"], block)
    loss = np.zeros(block.years)
    for line in lines.values():
        loss += line
    shrunk = revenue_factor(loss, revenue)
    credit = sla_credit(
        outages.year, outages.start_h, down, block.years, contract(values, block), calendar.clock
    )
    kept = np.empty((len(COLUMNS), block.years))
    columns = dict(zip(COLUMNS, kept, strict=True))
    columns["incidents"][:] = yearly.count()
    columns["incident_h"][:] = yearly(shaped.end_h - outages.start_h)
    lost = {name: yearly(one) for name, one in lost_volumes(session, backlog).items()}
    for name, volume in volumes(values, block.world_of_year, lost).items():
        columns[name][:] = volume
    for name, line in lines.items():
        np.multiply(line, shrunk, out=columns[f"{name}_usd"])
    rate = terms.revenue_usd_per_h
    np.multiply(rate, summed.retention_permanent, out=columns["retention_permanent_usd"])
    after_year = rate * terms.loss_share_borne * within * yearly(slow.after_year)
    columns["after_year_usd"][:] = after_year
    np.multiply(loss, shrunk, out=columns["loss_usd"])
    np.negative(credit, out=columns["sla_credit_usd"])
    np.subtract(columns["loss_usd"], credit, out=columns["net_loss_usd"])
    columns["revenue_usd"][:] = revenue
    hours, each = _losses(hours, terms, response, (within, shrunk), outages.year)
    columns["largest_loss_usd"][:] = _largest(outages.year, each, block.years)
    return Priced(
        columns=kept,
        outages=outages,
        hours=hours,
        response_usd=response,
        loss_usd=each,
        down_h=down,
        terms=terms,
        shrunk=shrunk,
    )


class _Sums:
    """Adds up what belongs to each year of a block."""

    def __init__(self, year: Index, years: int) -> None:
        self._year, self._years = year, years

    def __call__(self, values: Array) -> Array:
        """Return the sums `(years,)` of one value per incident."""
        sums = np.bincount(self._year, weights=values, minlength=self._years)
        return np.asarray(sums, dtype=np.float64)

    def count(self) -> Array:
        """Return the number of incidents of each year."""
        return np.bincount(self._year, minlength=self._years).astype(np.float64)


def _losses(
    hours: Hours, terms: Terms, response_usd: Array, factors: tuple[Array, Array], year: Index
) -> tuple[Hours, Array]:
    """Return the hours and the loss of each incident, within the revenue of its year."""
    rates = Rates(*(at(rate, year) for rate in Rates.of(terms)))
    within, shrunk = factors
    if np.any(within < 1.0):
        hours = hours.scaled(within[year])
    loss = incident_loss(hours, rates, response_usd)
    return hours, loss if np.all(shrunk == 1.0) else loss * shrunk[year]


def terms_at(values: Values, world: Index) -> Terms:
    """Pick the money terms for each incident or each year."""
    names = (
        "platform.loss_share_borne",
        "sessions.viewing_recapture",
        "ads.budget_recapture",
        "ads.make_good_share",
        "costs.creator_make_good_share",
    )
    revenue = at(values["platform.ad_revenue_per_year"] / YEAR_H, world)
    return Terms(revenue, *(at(values[name], world) for name in names))


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


def _largest(year: Index, loss: Array, years: int) -> Array:
    """Return the largest single incident of each year, 0 without incidents, `(years,)`."""
    largest = np.zeros(years)
    if len(year):
        first = np.flatnonzero(np.concatenate(([True], year[1:] != year[:-1])))
        largest[year[first]] = np.maximum(np.maximum.reduceat(loss, first), 0.0)
    return largest
