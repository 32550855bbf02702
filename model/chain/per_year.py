"""One block of simulated years, from its incidents to the columns that are kept.

`incidents.draw` draws the incidents, `price` carries them through the chain; both stand apart so
that other questions (remedies, replays) can price the same incidents again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from model.arrays import Array, Index, at
from model.chain.ads import lost_volumes, volumes
from model.chain.availability import MINUTES, unavailable
from model.chain.failover import fail_over, shield
from model.chain.ledger import (
    COMPONENTS,
    Hours,
    Rates,
    Recapture,
    Streams,
    Terms,
    incident_loss,
    ledger,
    response_usd,
)
from model.chain.sessions import fast_links
from model.chain.sla import Contract, counted_hours, sla_credit
from model.chain.slow_links import slow_links
from model.chain.types import Backlog, PhasedIncidents, Session, Slow
from model.incidents.draw import DrawnBlock
from model.incidents.types import Incidents
from model.worlds import calendar as cal
from model.worlds.clock import YEAR_H
from model.worlds.finite import demand_finite
from model.worlds.prepared import Prepared
from model.worlds.streams import Block, Values, per_year

FastLinks = Callable[[PhasedIncidents, Values, Index, cal.Calendar], tuple[Session, Backlog]]

STREAMS = (
    "platform.ad_revenue_per_year",
    "revenue.commerce_per_year",
    "revenue.subscriptions_per_year",
)
"""What the platform earns in a year, in the order of `Streams`."""
VOLUMES = (
    "uploads_failed",
    "uploads_abandoned",
    "freshness_deficit_h",
    "minutes_lost",
    "impressions_lost",
)
COMMERCE_BY_LINK = tuple(
    f"commerce_{link}_usd" for link in ("playback", "freshness", "attrition", "retention")
)
"""Parts of `commerce_usd`."""
COLUMNS = (
    "incidents",
    "incident_h",
    *VOLUMES,
    *(f"{name}_usd" for name in COMPONENTS),
    "retention_permanent_usd",
    *COMMERCE_BY_LINK,
    "after_year_usd",
    "loss_usd",
    "largest_loss_usd",
    "sla_credit_usd",
    "net_loss_usd",
    "revenue_usd",
    *MINUTES,
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
    unavailable: Mapping[str, Array]
    """Per incident, the minutes of each function it takes, by `MINUTES`."""

    @property
    def lines(self) -> dict[str, Array]:
        """Each line of the ledger per incident, USD `(n,)`."""
        year = self.outages.year
        terms = Terms(**{name: at(term, year) for name, term in vars(self.terms).items()})
        return ledger(self.hours, terms, self.response_usd)

    @property
    def net_loss_usd(self) -> Array:
        """Each incident's loss less its part, by counted hours, of its year's SLA credit."""
        year, years = self.outages.year, self.columns.shape[1]
        down = np.bincount(year, weights=self.down_h, minlength=years)
        per_h = self.columns[COLUMNS.index("sla_credit_usd")] / np.maximum(down, 1e-12)
        return np.asarray(self.loss_usd + per_h[year] * self.down_h)


def price(
    prepared: Prepared,
    drawn: DrawnBlock,
    block: Block,
    fast: FastLinks = fast_links,
    *,
    out: Array | None = None,
) -> Priced:
    """Carry the incidents of a block through the chain to money, year by year (MODEL §4).

    `fast` stands for `fast_links` where its results may be known from another run. The columns are
    written into `out`, `(len(COLUMNS), years)`, if that is given.
    """
    values, outages = drawn.values, drawn.incidents
    calendar = prepared.calendar
    world = block.world_of_year.take(outages.year)
    shaped = shield(fail_over(outages, values, world), values, world)
    session, backlog = fast(shaped, values, world, calendar)
    slow = slow_links(shaped, backlog, values, world, outages.year, calendar)
    hours = Hours.of(session, slow, Recapture.at(values, world))
    response = response_usd(outages, shaped)
    down = counted_hours(values, shaped, world)
    yearly = _Sums(outages.year, block.years)
    summed, within = _within_revenue(Hours(*map(yearly, hours)))
    terms = terms_at(values, block.world_of_year)
    lines = ledger(summed, terms, yearly(response))
    loss = _added_up(lines)
    signed = contract(values, block)
    credit = sla_credit(outages.year, outages.start_h, down, block.years, signed, calendar.clock)
    kept = np.empty((len(COLUMNS), block.years)) if out is None else out
    columns = dict(zip(COLUMNS, kept, strict=True))
    columns["incidents"][:] = yearly.count()
    columns["incident_h"][:] = yearly(shaped.end_h - outages.start_h)
    lost = {name: yearly(one) for name, one in lost_volumes(session, backlog).items()}
    minutes = unavailable(shaped, calendar)
    yearly_minutes = {name: yearly(one) for name, one in minutes.items()}
    usd = {f"{name}_usd": line for name, line in lines.items()}
    for name, column in (volumes(values, block.world_of_year, lost) | yearly_minutes | usd).items():
        columns[name][:] = column
    _fill_parts(columns, summed, terms)
    columns["after_year_usd"][:] = _after_year(slow, terms, within, yearly)
    columns["loss_usd"][:] = loss
    np.negative(credit, out=columns["sla_credit_usd"])
    np.subtract(loss, credit, out=columns["net_loss_usd"])
    columns["revenue_usd"][:] = sum(per_year(values[name], block) for name in STREAMS)
    hours, each = _losses(hours, terms, response, within, outages.year)
    columns["largest_loss_usd"][:] = _largest(outages.year, each, block.years)
    demand_finite(kept, values, block.world_of_year, prepared.scenario.currency)
    return Priced(
        columns=kept,
        outages=outages,
        hours=hours,
        response_usd=response,
        loss_usd=each,
        down_h=down,
        terms=terms,
        unavailable=minutes,
    )


def _within_revenue(summed: Hours) -> tuple[Hours, Streams]:
    """Return the hours of years within each stream's revenue, and the factors of that."""
    within = summed.gross().year_factor()
    return (summed if within.whole else summed.within(within)), within


def _added_up(lines: Mapping[str, Array]) -> Array:
    """Return the sum of all lines, in their order."""
    first, *others = lines.values()
    total = first.copy()
    for line in others:
        total += line
    return total


def _fill_parts(columns: Mapping[str, Array], summed: Hours, terms: Terms) -> None:
    """Fill in the columns that are parts of lines of the ledger."""
    rate = terms.ads_usd_per_h
    np.multiply(rate, summed.retention_permanent, out=columns["retention_permanent_usd"])
    for name in COMMERCE_BY_LINK:
        hours_lost = getattr(summed, name.removesuffix("_usd"))
        np.multiply(terms.commerce_usd_per_h, hours_lost, out=columns[name])


def _after_year(slow: Slow, terms: Terms, within: Streams, yearly: _Sums) -> Array:
    """Return the part of each year's loss that falls after its end, USD `(years,)`."""
    later = (slow.after_year, slow.viewing.after_year, slow.viewing.gone_after_year_h)
    streams = (yearly(hours) * kept for hours, kept in zip(later, within, strict=True))
    return terms.loss_share_borne * terms.usd(Streams(*streams))


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
    hours: Hours, terms: Terms, response_usd: Array, within: Streams, year: Index
) -> tuple[Hours, Array]:
    """Return the hours and the loss of each incident, within the revenue of its year."""
    rates = Rates(*(at(rate, year) for rate in Rates.of(terms)))
    if not within.whole:
        hours = hours.within(Streams(*(factor[year] for factor in within)))
    return hours, incident_loss(hours, rates, response_usd)


def terms_at(values: Values, world: Index) -> Terms:
    """Pick the money terms for each incident or each year."""
    ads, commerce, subscriptions = (at(values[name] / YEAR_H, world) for name in STREAMS)
    return Terms(
        ads_usd_per_h=ads,
        commerce_usd_per_h=commerce,
        subscriptions_usd_per_h=subscriptions,
        loss_share_borne=at(values["platform.loss_share_borne"], world),
        make_good_share=at(values["ads.make_good_share"], world),
        creator_make_good_share=at(values["costs.creator_make_good_share"], world),
    )


def contract(values: Values, block: Block) -> Contract:
    """Return the SLA terms of the block's years."""
    tiers = tuple(
        (float(values[f"sla.tier_{k}.below"]), float(values[f"sla.tier_{k}.credit"]))
        for k in (1, 2, 3)
    )
    return Contract(
        per_year(values["platform.cloud_bill_per_year"] / 12.0, block),
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
