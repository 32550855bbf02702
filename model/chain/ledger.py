"""Money: from revenue-hours to the loss that is booked, line by line (MODEL §4.8).

Signs are those of a ledger: recapture, the share borne by others and the SLA credit are negative,
so the lines before `loss` add up to it, and with the credit to the net loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array
from model.chain.slow_links import _latest
from model.chain.types import PhasedIncidents, Session, Slow
from model.incidents.types import Incidents
from model.worlds.clock import YEAR_H

COMPONENTS = (
    "playback",
    "freshness",
    "ad_serving",
    "creator_attrition",
    "retention",
    "ad_price",
    "make_goods",
    "creator_make_goods",
    "response",
    "budget_recapture",
    "viewing_recapture",
    "borne_by_others",
)
"""Lines that add up to the loss, in chain order."""


class Hours(NamedTuple):
    """Gross losses in average revenue-hours, shape `(n,)` each."""

    playback: Array
    freshness: Array
    freshness_running: Array
    ad_serving: Array
    creator_attrition: Array
    retention_temporary: Array
    retention_permanent: Array
    ad_price: Array
    creators_owed: Array
    """What creators are made good for: playback and freshness of an incident, if a loss."""

    @staticmethod
    def of(session: Session, slow: Slow) -> Hours:
        """Return the losses of the fast and the slow links together."""
        return Hours(
            session.playback,
            session.freshness,
            session.freshness_running,
            session.ad_serving,
            slow.creator_attrition,
            slow.retention_temporary,
            slow.retention_permanent,
            slow.ad_price,
            np.maximum(session.playback + session.freshness, 0.0),
        )

    def gross(self) -> Array:
        """Return the gross ad-revenue loss, revenue-hours."""
        return (
            self.playback
            + self.freshness
            + self.ad_serving
            + self.creator_attrition
            + self.retention_temporary
            + self.retention_permanent
            + self.ad_price
        )

    def scaled(self, factor: Array) -> Hours:
        """Return all lines times a factor."""
        return Hours(*(line * factor for line in self))


@dataclass(frozen=True)
class Terms:
    """Who bears what, and what comes back; `(n,)` or scalar, shares unless said."""

    revenue_usd_per_h: Array
    loss_share_borne: Array
    viewing_recapture: Array
    budget_recapture: Array
    make_good_share: Array
    creator_make_good_share: Array


def ledger(hours: Hours, terms: Terms, response_usd: Array) -> dict[str, Array]:
    """Return every line of `COMPONENTS` in USD, of incidents or of the sums of years, `(n,)`."""
    rate = terms.revenue_usd_per_h
    fast = hours.playback + hours.freshness
    budget = terms.budget_recapture * rate * (fast + hours.ad_serving)
    viewing = (1.0 - terms.budget_recapture) * terms.viewing_recapture * rate * fast
    billed = hours.playback + hours.freshness_running + hours.ad_serving
    lines = {
        "playback": rate * hours.playback,
        "freshness": rate * hours.freshness,
        "ad_serving": rate * hours.ad_serving,
        "creator_attrition": rate * hours.creator_attrition,
        "retention": rate * (hours.retention_temporary + hours.retention_permanent),
        "ad_price": rate * hours.ad_price,
        "make_goods": terms.make_good_share * rate * billed,
        "creator_make_goods": terms.creator_make_good_share * rate * hours.creators_owed,
        "response": response_usd,
        "budget_recapture": -budget,
        "viewing_recapture": -viewing,
    }
    others = (1.0 - terms.loss_share_borne) * (rate * hours.gross() - budget - viewing)
    lines["borne_by_others"] = -others
    return lines


class Rates(NamedTuple):
    """What an hour of each kind adds to the loss, USD per revenue-hour, `(n,)` or scalar."""

    viewing: Array
    """Of playback and freshness."""
    ad_serving: Array
    slow: Array
    billed: Array
    """Make-goods of an hour that advertisers had booked."""
    creators_owed: Array

    @staticmethod
    def of(terms: Terms) -> Rates:
        """Add up the lines of `ledger` that go with each kind of hour."""
        rate = terms.revenue_usd_per_h
        borne = rate * terms.loss_share_borne
        ad_serving = borne * (1.0 - terms.budget_recapture)
        return Rates(
            ad_serving * (1.0 - terms.viewing_recapture),
            ad_serving,
            borne,
            rate * terms.make_good_share,
            rate * terms.creator_make_good_share,
        )


def incident_loss(hours: Hours, rates: Rates, response_usd: Array) -> Array:
    """Return the loss per incident, USD `(n,)`: the sum of the lines of `ledger` in one go."""
    viewing = hours.playback + hours.freshness
    billed = hours.playback + hours.freshness_running
    billed += hours.ad_serving
    slow = hours.creator_attrition + hours.retention_temporary
    slow += hours.retention_permanent
    slow += hours.ad_price
    loss = rates.viewing * viewing
    loss += rates.ad_serving * hours.ad_serving
    loss += rates.slow * slow
    loss += rates.billed * billed
    loss += rates.creators_owed * hours.creators_owed
    loss += response_usd
    return np.asarray(loss)


def year_factor(gross_hours: Array) -> Array:
    """Return the factor that keeps a year's gross loss within its revenue, shape of the sums."""
    return np.asarray(YEAR_H / np.maximum(gross_hours, YEAR_H))


def revenue_factor(loss_usd: Array, revenue_usd: Array) -> Array:
    """Return the factor that keeps the loss of a year within its revenue, `(years,)`.

    Only years of almost permanent outage shrink: the gross loss is within the revenue already, but
    make-goods and response come on top.
    """
    ratio = np.divide(revenue_usd, loss_usd, out=np.ones_like(loss_usd), where=loss_usd > 0)
    return np.minimum(ratio, 1.0)


def response_usd(outages: Incidents, incidents: PhasedIncidents) -> Array:
    """Return the cost of responding: a fixed sum and an hourly one over the whole incident."""
    hours = _latest(incidents.phase_ends)
    return np.asarray(outages.response_fixed_usd + outages.response_usd_per_h * hours)
