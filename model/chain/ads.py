"""Ads and the other volumes: uploads, minutes and impressions lost (MODEL §4.4)."""

from __future__ import annotations

from collections.abc import Mapping

from model.arrays import Array, Index, at
from model.assumptions.ad_load import ad_load_per_hour
from model.chain.types import Backlog, Session
from model.worlds.streams import Values


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
