"""One block of simulated years, from random numbers to the columns that are kept.

`strike` draws the incidents, `price` carries them through the chain; both stand apart so that
other questions (mitigations, replays) can price the same incidents again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model import calendar as cal
from model import impact
from model.merging import merge
from model.money import (
    COMPONENTS,
    Contract,
    Hours,
    Terms,
    ledger,
    sla_credit,
    within_revenue,
    year_factor,
)
from model.outages import Outages
from model.sampling import Block, Values, at, per_year, sample
from model.scenario import Scenario
from model.worlds import Array, draw

Index = NDArray[np.int64]

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
        dict(Counter(clipped) + Counter(sampled.clipped)),
    )


def price(scenario: Scenario, struck: Struck, block: Block) -> Priced:
    """Carry the incidents of a block through the chain to money, year by year (MODEL §4)."""
    values, outages = struck.values, struck.outages
    calendar = get_calendar(scenario)
    world = block.world_of_year[outages.year]
    shaped = impact.shield(impact.fail_over(outages, values, world), values, world)
    session, backlog = impact.fast_links(shaped, values, world, calendar)
    slow = impact.slow_links(shaped, backlog, values, world, outages.year, calendar)
    hours = Hours.of(session, slow)
    factor = year_factor(outages.year, hours.gross(), block.years)[outages.year]
    hours = hours.scaled(factor)
    terms = terms_at(values, world)
    lines = ledger(hours, terms, impact.response_usd(outages, shaped))
    revenue = per_year(values["platform.ad_revenue_per_year"], block)
    lines, loss = within_revenue(lines, outages.year, np.broadcast_to(revenue, (block.years,)))
    down = impact.counted_hours(values, shaped, world)
    credit = sla_credit(
        outages.year, outages.start_h, down, block.years, contract(values, block), calendar.clock
    )

    def yearly(weights: Array) -> Array:
        sums = np.bincount(outages.year, weights=weights, minlength=block.years)
        return np.asarray(sums, dtype=np.float64)

    rate = terms.revenue_usd_per_h
    columns = {
        "incidents": yearly(np.ones(len(loss))),
        "outage_h": yearly(shaped.end_h - outages.start_h),
        **{
            name: yearly(volume)
            for name, volume in zip(
                VOLUMES, impact.volumes(values, world, session, backlog), strict=True
            )
        },
        **{f"{name}_usd": yearly(lines[name]) for name in COMPONENTS},
        "retention_permanent_usd": yearly(rate * hours.retention_permanent),
        "after_year_usd": yearly(rate * terms.loss_share_borne * factor * slow.after_year),
        "largest_loss_usd": _largest(outages.year, loss, block.years),
        "sla_credit_usd": -credit,
        "revenue_usd": revenue,
    }
    columns["loss_usd"] = np.sum([columns[f"{name}_usd"] for name in COMPONENTS], axis=0)
    columns["net_loss_usd"] = columns["loss_usd"] - credit
    kept = np.empty((len(COLUMNS), block.years))
    for row, name in zip(kept, COLUMNS, strict=True):
        row[:] = columns[name]
    per_h = credit / np.maximum(yearly(down), 1e-12)
    return Priced(kept, outages, lines, loss, loss - per_h[outages.year] * down)


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
