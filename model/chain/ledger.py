"""Money: from hours of revenue lost to the loss that is booked, line by line (MODEL §4.8).

Signs are those of a ledger: recapture, the share borne by others and the SLA credit are negative,
so the lines before `loss` add up to it, and with the credit to the net loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.arrays import Array, Index, at
from model.chain.slow_links import _latest
from model.chain.types import PhasedIncidents, Session, Slow
from model.incidents.types import Incidents
from model.worlds.clock import YEAR_H
from model.worlds.streams import Values

AD_REVENUE = ("playback", "freshness", "ad_serving", "creator_attrition", "retention", "ad_price")
OTHER_REVENUE = ("commerce", "subscriptions")
COSTS = ("make_goods", "creator_make_goods", "response")
AD_RECAPTURE = ("budget_recapture", "viewing_recapture")
RECAPTURE = (*AD_RECAPTURE, "commerce_recapture")
COMPONENTS = (*AD_REVENUE, *OTHER_REVENUE, *COSTS, *RECAPTURE, "borne_by_others")
"""Lines that add up to the loss, in chain order."""


class Hours(NamedTuple):
    """What is lost and comes back in average hours of its stream of revenue, shape `(n,)` each.

    Of single incidents or summed by year: recapture is not linear, so it is taken per incident.
    """

    playback: Array
    freshness: Array
    ad_serving: Array
    creator_attrition: Array
    retention_temporary: Array
    retention_permanent: Array
    ad_price: Array
    budget_recapture: Array
    viewing_recapture: Array
    billed: Array
    """What make-goods to advertisers are a share of."""
    creators_owed: Array
    """What creators are made good for: playback and freshness of an incident, if a loss."""
    commerce_playback: Array
    commerce_freshness: Array
    commerce_attrition: Array
    commerce_retention: Array
    commerce_recapture: Array
    subscriptions: Array

    @staticmethod
    def of(session: Session, slow: Slow, back: Recapture) -> Hours:
        """Return what the fast and the slow links of incidents lose, and what comes back."""
        seen = session.playback + session.freshness
        lost = seen + session.ad_serving
        budget, share = made_up(lost, back.budget, back.horizon_h)
        viewing = (1.0 - share) * back.viewing
        billed = session.playback_running + session.freshness_running + session.ad_serving
        commerce, _ = made_up(session.lost_h, back.commerce, back.horizon_h)
        return Hours(
            playback=session.playback,
            freshness=session.freshness,
            ad_serving=session.ad_serving,
            creator_attrition=slow.creator_attrition,
            retention_temporary=slow.retention_temporary,
            retention_permanent=slow.retention_permanent,
            ad_price=slow.ad_price,
            budget_recapture=budget,
            viewing_recapture=viewing * seen,
            billed=(1.0 - share) * billed,
            creators_owed=np.maximum(seen, 0.0),
            commerce_playback=session.unwatched_h,
            commerce_freshness=session.lost_h - session.unwatched_h,
            commerce_attrition=slow.viewing.creator_attrition,
            commerce_retention=slow.viewing.retention,
            commerce_recapture=commerce,
            subscriptions=slow.viewing.gone_h,
        )

    def gross(self) -> Streams:
        """Return what each stream of revenue loses before anything comes back."""
        ads = self.playback + self.freshness
        ads += self.ad_serving
        ads += self.creator_attrition
        ads += self.retention_temporary
        ads += self.retention_permanent
        ads += self.ad_price
        commerce = self.commerce_playback + self.commerce_freshness
        commerce += self.commerce_attrition
        commerce += self.commerce_retention
        return Streams(ads, commerce, self.subscriptions)

    def within(self, factor: Streams) -> Hours:
        """Return the hours with losses and recapture of each stream times its factor.

        What is paid out stays.
        """
        ads, commerce, subscriptions = factor
        scaled = (
            *(line * ads for line in self[:9]),
            *self[9:11],
            *(line * commerce for line in self[11:16]),
            self.subscriptions * subscriptions,
        )
        return Hours._make(scaled)


class Streams(NamedTuple):
    """One quantity for each stream of revenue, `(n,)` or scalar."""

    ads: Array
    commerce: Array
    subscriptions: Array

    def year_factor(self) -> Streams:
        """Return what keeps a year's gross loss of each stream within its revenue."""
        return Streams(*(np.asarray(YEAR_H / np.maximum(hours, YEAR_H)) for hours in self))

    @property
    def whole(self) -> bool:
        """Whether every factor is one."""
        return all(bool(np.all(factor == 1.0)) for factor in self)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an average hour earns, who bears what, what is paid; `(n,)` or scalar."""

    ads_usd_per_h: Array
    commerce_usd_per_h: Array
    subscriptions_usd_per_h: Array
    loss_share_borne: Array
    make_good_share: Array
    creator_make_good_share: Array

    def usd(self, streams: Streams) -> Array:
        """Return average hours of each stream in money, added up."""
        total = self.ads_usd_per_h * streams.ads
        total = total + self.commerce_usd_per_h * streams.commerce
        return np.asarray(total + self.subscriptions_usd_per_h * streams.subscriptions)


def ledger(hours: Hours, terms: Terms, response_usd: Array) -> dict[str, Array]:
    """Return every line of `COMPONENTS` in USD, of incidents or of the sums of years, `(n,)`."""
    rate = terms.ads_usd_per_h
    gross = hours.gross()
    lines = {
        "playback": rate * hours.playback,
        "freshness": rate * hours.freshness,
        "ad_serving": rate * hours.ad_serving,
        "creator_attrition": rate * hours.creator_attrition,
        "retention": rate * (hours.retention_temporary + hours.retention_permanent),
        "ad_price": rate * hours.ad_price,
        "commerce": terms.commerce_usd_per_h * gross.commerce,
        "subscriptions": terms.subscriptions_usd_per_h * hours.subscriptions,
        "make_goods": terms.make_good_share * rate * hours.billed,
        "creator_make_goods": terms.creator_make_good_share * rate * hours.creators_owed,
        "response": response_usd,
        "budget_recapture": -rate * hours.budget_recapture,
        "viewing_recapture": -rate * hours.viewing_recapture,
        "commerce_recapture": -terms.commerce_usd_per_h * hours.commerce_recapture,
    }
    lost = terms.usd(gross)
    for name in RECAPTURE:
        lost += lines[name]
    lines["borne_by_others"] = (terms.loss_share_borne - 1.0) * lost
    return lines


class Rates(NamedTuple):
    """What an hour of each kind adds to the loss, USD, `(n,)` or scalar."""

    ads: Array
    commerce: Array
    subscriptions: Array
    billed: Array
    """Make-goods of an hour that advertisers had booked."""
    creators_owed: Array

    @staticmethod
    def of(terms: Terms) -> Rates:
        """Add up the lines of `ledger` that go with each kind of hour."""
        share = terms.loss_share_borne
        return Rates(
            ads=terms.ads_usd_per_h * share,
            commerce=terms.commerce_usd_per_h * share,
            subscriptions=terms.subscriptions_usd_per_h * share,
            billed=terms.ads_usd_per_h * terms.make_good_share,
            creators_owed=terms.ads_usd_per_h * terms.creator_make_good_share,
        )


def incident_loss(hours: Hours, rates: Rates, response_usd: Array) -> Array:
    """Return the loss per incident, USD `(n,)`: the sum of the lines of `ledger` in one go."""
    ads, commerce, subscriptions = hours.gross()
    ads -= hours.budget_recapture
    ads -= hours.viewing_recapture
    commerce -= hours.commerce_recapture
    loss = rates.ads * ads
    loss += rates.commerce * commerce
    loss += rates.subscriptions * subscriptions
    loss += rates.billed * hours.billed
    loss += rates.creators_owed * hours.creators_owed
    loss += response_usd
    return np.asarray(loss)


def response_usd(outages: Incidents, incidents: PhasedIncidents) -> Array:
    """Return the cost of responding: a fixed sum and an hourly one over the whole incident."""
    hours = _latest(incidents.phase_ends)
    return np.asarray(outages.response_fixed_usd + outages.response_usd_per_h * hours)


class Recapture(NamedTuple):
    """World values behind recapture, `(n,)` or scalar: shares, and the pacing horizon in hours."""

    budget: Array
    viewing: Array
    commerce: Array
    horizon_h: Array

    @staticmethod
    def at(values: Values, world: Index) -> Recapture:
        """Pick the values for each incident."""
        names = (
            "ads.budget_recapture",
            "sessions.viewing_recapture",
            "revenue.commerce_recapture",
            "ads.pacing_horizon",
        )
        return Recapture(*(at(values[name], world) for name in names))


def made_up(lost_h: Array, share: Array, horizon_h: Array) -> tuple[Array, Array]:
    """Return the hours made up of what an incident lost, and their share of it, `(n,)` both.

    Of a small loss nearly `share`, of a large one no more than `share` of the horizon.

    >>> hours, part = made_up(np.array([0.0, 0.01, 1000.0]), np.array(0.5), np.array(10.0))
    >>> hours.round(3).tolist(), part.round(3).tolist()
    ([0.0, 0.005, 5.0], [0.5, 0.5, 0.005])
    """
    lost = np.maximum(lost_h, 0.0)
    hours = np.expm1(lost / -horizon_h)
    hours *= -horizon_h
    part = np.divide(hours, lost, out=np.ones_like(lost), where=lost > 0)
    return share * hours, share * part
