"""The declaration of assumptions says what MODEL §2 says, completely and consistently."""

from __future__ import annotations

import pytest

from model.assumptions.cause_defaults import CAUSE_FIELDS, CAUSE_REQUIRED, CAUSE_WORDS, CAUSES
from model.assumptions.declaration import Assumption, Word
from model.assumptions.defaults import ASSUMPTIONS, REMEDY_FIELDS, SCENARIO_WORDS, WORDS
from model.assumptions.lookup import cause_of, declared
from model.beliefs.belief import Belief, fit

CONTRACT = {
    "platform": "daily_users minutes_per_user_day visits_per_user_day ad_revenue_per_year "
    "cloud_bill_per_year cpm loss_share_borne",
    "revenue": "commerce_per_year commerce_recapture subscriptions_per_year",
    "publishing": "uploads_per_day retry_share catch_up timeliness_half_life "
    "attrition_per_failed_day attrition_recovery",
    "freshness": "content_half_life fresh_share",
    "sessions": "freshness_elasticity return_lag viewing_recapture",
    "trust": "failure_return_effect recovery permanent_share retention_horizon recurrence_gain "
    "cpm_sensitivity",
    "ads": "budget_recapture pacing_horizon make_good_share",
    "costs": "response_per_incident response_per_hour creator_make_good_share",
    "sla": "scope_share claim_success counted_from tier_1.below tier_1.credit "
    "tier_2.below tier_2.credit tier_3.below tier_3.credit",
    "recurrence": "repeat_ratio repeat_lag",
    "resilience": "failover_success residual_impairment playback_shield failover_time",
    "simulation": "tolerance platform_age_months max_duration",
}
NAMES = [f"{group}.{part}" for group, parts in CONTRACT.items() for part in parts.split()]
CAUSE_NAMES = [f"incidents.{cause}.{field.name}" for cause in CAUSES for field in CAUSE_FIELDS]
REMEDY_NAMES = [f"remedies.any.{field.name}" for field in REMEDY_FIELDS]
NUMBERS = [*NAMES, *CAUSE_NAMES, "incidents.new_one.duration", *REMEDY_NAMES]
WORD_NAMES = [word.name for word in (*WORDS, *SCENARIO_WORDS)] + [
    f"incidents.{cause}.{word.name}" for cause in CAUSES for word in CAUSE_WORDS
]


def number(name: str) -> Assumption:
    item = declared(name)
    assert isinstance(item, Assumption)
    return item


def test_the_names_are_those_of_the_model_in_chain_order():
    assert [item.name for item in ASSUMPTIONS] == NAMES


def test_the_cause_fields_and_words_are_those_of_the_model():
    assert [field.name for field in CAUSE_FIELDS] == [
        "rate_per_year",
        "duration",
        "publish_loss",
        "playback_loss",
        "ads_loss",
        "duration_level",
        "severity_level",
        "early_life_multiplier",
        "early_life_months",
        "common_cause",
    ]
    assert [word.name for word in CAUSE_WORDS] == ["timing", "label"]
    assert set(CAUSE_REQUIRED) <= {field.name for field in CAUSE_FIELDS}
    assert [word.name for word in WORDS] == [
        "platform.name",
        "simulation.start_date",
        "simulation.currency",
        "simulation.time_zone",
        "profiles.demand",
        "profiles.uploads",
        "profiles.price",
    ]


@pytest.mark.parametrize(
    ("name", "shape", "low", "high"),
    [
        ("platform.daily_users", "lognormal", 86e6, 105e6),
        ("platform.ad_revenue_per_year", "lognormal", 11e9, 17e9),
        ("platform.loss_share_borne", "logitnormal", 1, 1),
        ("publishing.attrition_per_failed_day", "lognormal", 0.0002, 0.005),
        ("sessions.freshness_elasticity", "gamma", 0.005, 0.20),
        ("trust.retention_horizon", "lognormal", 6, 18),
        ("platform.cloud_bill_per_year", "lognormal", 400e6, 1.25e9),
        ("revenue.commerce_per_year", "lognormal", 1e9, 2.5e9),
        ("trust.failure_return_effect", "logitnormal", 0.015, 0.06),
        ("simulation.tolerance", "normal", 25e6, 25e6),
        ("sla.tier_2.credit", "normal", 0.25, 0.25),
        ("sla.tier_3.below", "normal", 0.95, 0.95),
        ("recurrence.repeat_ratio", "logitnormal", 0.02, 0.30),
        ("incidents.power_cooling_weather.common_cause", "logitnormal", 0.01, 0.06),
        ("incidents.network_latency.common_cause", "logitnormal", 0.02, 0.20),
        ("incidents.change_and_configuration.common_cause", "logitnormal", 0.08, 0.45),
        ("incidents.capacity.common_cause", "logitnormal", 0.03, 0.20),
        ("simulation.max_duration", "normal", 336, 336),
        ("incidents.power_cooling_weather.duration", "lognormal", 0.4, 80),
        ("incidents.network_latency.early_life_multiplier", "lognormal", 1.05, 2),
        ("incidents.change_and_configuration.publish_loss", "logitnormal", 0.10, 0.90),
        ("incidents.capacity.rate_per_year", "lognormal", 0.05, 0.8),
        ("incidents.capacity.severity_level", "lognormal", 0.6, 1.7),
        ("incidents.power_cooling_weather.early_life_multiplier", "lognormal", 1, 1),
    ],
)
def test_defaults_are_those_of_the_model(name: str, shape: str, low: float, high: float):
    assert number(name).default == Belief(shape, low, high)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("simulation.start_date", "2026-04-01"),
        ("incidents.power_cooling_weather.timing", "winter"),
        ("incidents.change_and_configuration.timing", "working_hours"),
        ("incidents.capacity.timing", "load"),
        ("incidents.network_latency.timing", "flat"),
        ("incidents.something_new.timing", "flat"),
    ],
)
def test_default_words_are_those_of_the_model(name: str, word: str):
    item = declared(name)
    assert isinstance(item, Word)
    assert item.default == word


@pytest.mark.parametrize(
    ("name", "lower", "upper", "lower_open"),
    [
        ("platform.ad_revenue_per_year", 1e-6, 1e13, False),
        ("revenue.commerce_per_year", 0, 1e13, False),
        ("platform.cpm", 1e-6, 1e4, False),
        ("ads.pacing_horizon", 0.01, 87600, False),
        ("trust.recovery", 0.000416666666666667, 3650, False),
        ("trust.recurrence_gain", 0, 5, False),
        ("publishing.uploads_per_day", 0, 1e12, False),
        ("recurrence.repeat_ratio", 0, 0.9, False),
        ("recurrence.repeat_lag", 0.01, 365, False),
        ("incidents.x.duration", 0.001, 8760, False),
        ("incidents.x.early_life_multiplier", 1, 50, False),
        ("incidents.x.severity_level", 0.01, 100, False),
        ("incidents.x.rate_per_year", 0, 1000, False),
        ("freshness.content_half_life", 0.01, 87600, False),
        ("trust.permanent_share", 0, 1, False),
    ],
)
def test_bounds_are_those_of_the_model(name: str, lower: float, upper: float, lower_open: bool):
    item = number(name)
    assert (item.lower, item.upper, item.lower_open) == (lower, upper, lower_open)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_default_lies_in_the_typical_range_and_that_in_the_bounds(name: str):
    item = number(name)
    low, high = item.typical
    assert item.lower <= low <= item.default.low <= item.default.high <= high <= item.upper
    assert not item.lower_open or low > item.lower
    fit(item.default, item.lower, item.upper)


@pytest.mark.parametrize("name", [*NUMBERS, *WORD_NAMES])
def test_every_entry_is_documented(name: str):
    item = declared(name)
    assert item.name == name
    assert item.grade in {"A", "B", "C"}
    for text in (item.label, item.source, item.help, item.group):
        assert text.strip() == text != ""
    assert item.help.endswith(".")
    assert item.label[0].isupper()


@pytest.mark.parametrize("name", NUMBERS)
def test_shares_are_shares_and_levels_are_declared(name: str):
    item = number(name)
    assert item.per in {"world", "incident", "fixed"}
    assert item.default.certain or item.per != "fixed"
    assert item.unit != "share" or (item.lower, item.upper) == (0.0, 1.0)


def test_what_is_drawn_per_incident_is_what_the_model_says():
    drawn = {name for name in NAMES if number(name).per == "incident"}
    assert drawn == {
        "costs.response_per_incident",
        "costs.response_per_hour",
        "resilience.failover_time",
    }
    fields = {field.name for field in CAUSE_FIELDS if field.per == "incident"}
    assert fields == {"duration", "publish_loss", "playback_loss", "ads_loss"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "platform",
        "platform.users",
        "incidents.x",
        "incidents.X.duration",
        "incidents.*.duration",
        "incidents.x.duration.y",
        f"incidents.{'x' * 41}.duration",
        "rate_per_year",
        "remedies.x.change.1",
    ],
)
def test_other_names_are_unknown(name: str):
    with pytest.raises(KeyError):
        declared(name)


def test_the_cause_of_a_name():
    assert cause_of("incidents.capacity.timing") == "capacity"
    assert cause_of("incidents.new_one.duration") == "new_one"
    assert cause_of("incidents.new_one.colour") is None
    assert cause_of("platform.cpm") is None
