"""The bill of one year by MODEL §4.8, written for single numbers and from the law alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp


@dataclass(frozen=True)
class Worth:
    """One world's money: revenue a year of each stream, shares, hours."""

    ads: float
    commerce: float
    subscriptions: float
    borne: float
    budget: float
    viewing: float
    orders: float
    horizon_h: float
    make_good: float
    creators: float


ADS = ("playback", "freshness", "ad_serving", "creator_attrition", "retention", "ad_price")
SHOP = ("commerce_playback", "commerce_freshness", "commerce_attrition", "commerce_retention")


def bill(
    incidents: Sequence[Mapping[str, float]], worth: Worth, response: float
) -> dict[str, float]:
    """Every line of a year's bill, from the hours that each of its incidents loses."""
    total = {name: sum(one[name] for one in incidents) for name in (*ADS, *SHOP, "subscriptions")}
    per_h = {name: getattr(worth, name) / 8760.0 for name in ("ads", "commerce", "subscriptions")}
    keep = {
        "ads": kept(sum(total[name] for name in ADS)),
        "commerce": kept(sum(total[name] for name in SHOP)),
        "subscriptions": kept(total["subscriptions"]),
    }
    lines = {name: per_h["ads"] * keep["ads"] * total[name] for name in ADS}
    lines["commerce"] = per_h["commerce"] * keep["commerce"] * sum(total[name] for name in SHOP)
    lines["subscriptions"] = per_h["subscriptions"] * keep["subscriptions"] * total["subscriptions"]
    lines |= dict.fromkeys(
        ("budget_recapture", "viewing_recapture", "commerce_recapture", "make_goods"), 0.0
    )
    lines["creator_make_goods"] = 0.0
    for one in incidents:
        seen = one["playback"] + one["freshness"]
        lost = seen + one["ad_serving"]
        back = worth.budget * worth.horizon_h * (1.0 - exp(-lost / worth.horizon_h))
        b = back / lost if lost else worth.budget
        ordered = one["commerce_playback"] + one["commerce_freshness"]
        orders = worth.orders * worth.horizon_h * (1.0 - exp(-ordered / worth.horizon_h))
        lines["budget_recapture"] -= per_h["ads"] * keep["ads"] * back
        lines["viewing_recapture"] -= per_h["ads"] * keep["ads"] * (1.0 - b) * worth.viewing * seen
        lines["commerce_recapture"] -= per_h["commerce"] * keep["commerce"] * orders
        running = one["playback_running"] + one["freshness_running"] + one["ad_serving"]
        lines["make_goods"] += worth.make_good * (1.0 - b) * per_h["ads"] * running
        lines["creator_make_goods"] += worth.creators * per_h["ads"] * seen
    lines["response"] = response
    revenue = (*ADS, "commerce", "subscriptions")
    back = ("budget_recapture", "viewing_recapture", "commerce_recapture")
    lost = sum(lines[name] for name in (*revenue, *back))
    lines["borne_by_others"] = -(1.0 - worth.borne) * lost
    lines["loss"] = worth.borne * lost + sum(
        lines[name] for name in ("make_goods", "creator_make_goods", "response")
    )
    return lines


def kept(gross_h: float) -> float:
    """What keeps a stream's loss within the year's revenue."""
    return min(1.0, 8760.0 / gross_h) if gross_h > 0.0 else 1.0
