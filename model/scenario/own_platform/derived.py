"""Rows that follow from facts: scaled from the default, of a second region, taken over, assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from model.assumptions.names import Value
from model.assumptions.remedies import PREFIX
from model.assumptions.remedy_library import library
from model.beliefs.belief import Belief
from model.scenario.own_platform.fields import FAILOVER, FIELDS, PER_HOUR, PER_INCIDENT, RESPONSE
from model.scenario.own_platform.scaling import Facts, factor, scaled
from model.scenario.provenance import JUDGED, Provenance
from model.scenario.scenario import Scenario

Row = tuple[Value | None, Provenance]
"""A value, None for that of the default, and where it comes from."""
SCALED = "scaled from the default by "
TAKEN_OVER = "taken over unscaled from the default, a US short-video app"
ASSUMED = "assumed because left open: "
ONE_REGION = ": one region"
_TWO_REGIONS, _OF_TWO_REGIONS = "mature_two_region", ("resilience.", "incidents.")
"""A preset, and which of its rows come with a second region."""
_NO_MIGRATION_MONTHS = 60.0
NAMELESS = "Your platform"
_CALLED = {"users": "daily users", "revenue": "ad revenue", "cloud_bill": "the cloud bill"}
_CPM = "platform.cpm"
OF_ONE_APP = (
    "platform.minutes_per_user_day",
    "platform.visits_per_user_day",
    _CPM,
    "platform.loss_share_borne",
    "simulation.currency",
    "simulation.time_zone",
    "simulation.start_date",
    "profiles.demand",
    "profiles.uploads",
    "profiles.price",
)
"""Rows of the default that are about one app in one country and have no yardstick of their own.

All others without one are beliefs about how outages, viewers, creators and contracts behave.
"""


def derived(facts: Facts, default: Scenario) -> dict[str, Row]:
    """Return every row that follows from facts; `default` is it in their currency."""
    return {
        **_taken_over(),
        **_scaled(facts, default),
        **_regions(facts),
        **_assumed(facts),
    }


def is_derived(name: str, source: Provenance) -> bool:
    """Tell whether a row's source says that it follows from facts, not that it is one."""
    made = source.source.startswith((SCALED, TAKEN_OVER, ASSUMED))
    return made or (name in two_regions() and source == two_regions()[name][1])


@lru_cache(maxsize=1)
def two_regions() -> Mapping[str, Row]:
    """Return the rows that come with a second region."""
    preset = Scenario.preset(_TWO_REGIONS)
    return {
        name: (value, preset.evidence(name))
        for name, value in preset.changes
        if name.startswith(_OF_TWO_REGIONS)
    }


def _taken_over() -> dict[str, Row]:
    return {name: (None, Provenance(TAKEN_OVER, JUDGED)) for name in OF_ONE_APP}


def _regions(facts: Facts) -> dict[str, Row]:
    fact = facts.get("regions")
    if fact is None:
        return {FAILOVER: (None, Provenance(TAKEN_OVER + ONE_REGION, JUDGED))}
    return dict(two_regions()) if isinstance(fact, tuple) and fact[0] >= 2 else {}


def _assumed(facts: Facts) -> dict[str, Row]:
    """Return what is assumed where the default's own would be the history of another platform."""
    months = Belief("normal", _NO_MIGRATION_MONTHS, _NO_MIGRATION_MONTHS)
    text = f"{ASSUMED}no migration in the last five years"
    name = Provenance(f"{ASSUMED}a platform without a name", JUDGED)
    return {
        FIELDS["months"].row: (months, Provenance(text, JUDGED)),
        FIELDS["name"].row: (NAMELESS, name),
    }


def _scaled(facts: Facts, default: Scenario) -> dict[str, Row]:
    """Return the rows of open facts, and of remedies' prices, as large as their yardsticks."""
    found: dict[str, Row] = {}
    for key, field in FIELDS.items():
        if field.yardsticks and key not in RESPONSE:
            found |= _times([field.row], field.yardstick(facts), facts, default)
    found |= _price_of_ads(facts, default)
    return found | _times([PER_HOUR, PER_INCIDENT, *_prices()], "cloud_bill", facts, default)


def _price_of_ads(facts: Facts, default: Scenario) -> dict[str, Row]:
    """Return the price of ads at which an hour of viewing carries as many as in the default."""
    revenue, users, minutes = (
        factor(key, facts, default) for key in ("revenue", "users", "minutes")
    )
    if revenue is None or users is None:
        return {}
    times = revenue / users / (minutes or 1.0)
    return _scaled_by("ad revenue per hour of viewing", times, [_CPM], default)


def _prices() -> Iterable[str]:
    """Return the rows of prices in money: shares of the bill follow it by themselves."""
    for remedy in library():
        for price in (remedy.upfront, remedy.annual):
            if not price.is_share and price.belief.high > 0:
                yield f"{PREFIX}{remedy.name}.{price.row}"


def _times(names: Iterable[str], by: str, facts: Facts, default: Scenario) -> dict[str, Row]:
    times = factor(by, facts, default)
    if times is None:
        nothing = Provenance(f"{TAKEN_OVER}: nothing given to scale it by", JUDGED)
        return dict.fromkeys(names, (None, nothing))
    return _scaled_by(_CALLED[by], times, names, default)


def _scaled_by(what: str, times: float, names: Iterable[str], default: Scenario) -> dict[str, Row]:
    source = Provenance(f"{SCALED}{what} (× {times:.3g})", JUDGED)
    found: dict[str, Row] = {}
    for name in names:
        belief = default.value(name)
        assert isinstance(belief, Belief)
        found[name] = scaled(belief, times, default.assumption(name)), source
    return found
