"""What is implausible: ratios of figures, never absolute sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from given import certain, lognormal

from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.present.words import own_platform
from model.runs.standard_errors import Estimate
from model.scenario.ratios import implausible, ratios, unusual
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
SIZES = (
    "platform.daily_users",
    "platform.ad_revenue_per_year",
    "platform.cloud_bill_per_year",
    "revenue.commerce_per_year",
    "publishing.uploads_per_day",
    "costs.response_per_incident",
    "costs.response_per_hour",
    "simulation.tolerance",
)


def times(factor: float) -> Scenario:
    """The default at another size, everything alike."""
    changes: dict[str, Value] = {}
    for name in SIZES:
        belief = DEFAULT.belief(name)
        changes[name] = replace(belief, low=belief.low * factor, high=belief.high * factor)
    return DEFAULT.with_(changes)


def odd(changes: dict[str, Value]) -> dict[str, str]:
    return dict(own_platform.of_scenario(DEFAULT.with_(changes)))


@pytest.mark.parametrize("id", [None, *(row[0] for row in Scenario.presets())])
def test_what_comes_with_the_product_fits_together(id: str | None):
    scenario = Scenario.preset(id) if id else DEFAULT
    assert implausible(scenario) == ()


@pytest.mark.parametrize("factor", [0.01, 30.0])
def test_size_alone_is_never_odd(factor: float):
    grown = times(factor)
    # Prices of remedies in money stay: what they cost is one of the ratios.
    own = {ratio.key for ratio in implausible(grown)} - {"remedy_of_revenue"}
    assert own == set()
    assert unusual(grown) == {}


@pytest.mark.parametrize(
    ("name", "value", "key", "words"),
    [
        ("platform.daily_users", lognormal(12e6, 12e6), "uploads_per_user",
         ("13M uploads a day by 12M daily users", "1.1 each", "0.05 to 0.5 each")),
        ("platform.cpm", lognormal(20, 25), "ads_per_user_hour", ("ads per user-hour", "30 to 75")),
        ("platform.ad_revenue_per_year", lognormal(15e6, 15e6), "revenue_per_user",
         ("$15M", "95M daily users", "$0.16 each", "$1 to $400")),
        ("revenue.commerce_per_year", lognormal(10e9, 10e9), "commerce_of_revenue",
         ("$10bn", "$14bn", "73 %", "50 %")),
        ("platform.cloud_bill_per_year", lognormal(58e9, 58e9), "bill_of_revenue",
         ("$58bn", "$15bn", "380 %", "1 % to 40 %")),
        ("costs.response_per_incident", lognormal(10e6, 10e6), "response_of_hour",
         ("$10M", "6.4 hours", "3 hours")),
        ("simulation.tolerance", certain(10e9), "tolerance_of_revenue", ("$10bn", "66 %", "50 %")),
        ("remedies.active_active.annual_share", lognormal(99, 99), "remedy_of_revenue",
         ("Active-active second region", "$70bn", "$15bn")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_with_both_figures(
    name: str, value: Belief, key: str, words: tuple[str, ...]
):
    text = odd({name: value})[key].replace("\xa0", " ")
    assert [word for word in words if word not in text] == [], text


def test_every_ratio_has_words_and_both_of_its_ends_are_watched():
    for ratio in ratios(DEFAULT):
        assert not ratio.odd
        assert own_platform._said(ratio)
        low, high = ratio.usual
        assert replace(ratio, amount=ratio.of * high * 1.01).odd
        assert low == 0 or replace(ratio, amount=ratio.of * low * 0.99).odd


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"trust.recovery": lognormal(3, 400)}, "trust.recovery", "0.5 to 90 days"),
        ({"sla.tier_2.below": certain(0.9)}, "sla", "tiers"),
        ({"sla.tier_3.credit": certain(0.1)}, "sla", "tiers"),
    ],
)
def test_shares_times_and_tiers_out_of_order_are_said(
    changes: dict[str, Value], name: str, words: str
):
    found = odd(changes)
    assert list(found) == [name]
    assert words in found[name]


def test_a_line_above_half_of_the_loss_is_said():
    lines = {"playback": 30.0, "response": 80.0, "budget_recapture": -10.0}
    components = {name: Estimate(value, 1.0, value, value) for name, value in lines.items()}
    (remark,) = own_platform.of_loss(components, 100.0)
    assert "Response cost" in remark.text
    assert "$80 of $100" in remark.text
    assert own_platform.of_loss(components, 161.0) == ()
    assert own_platform.of_loss(components, 0.0) == ()
    line = own_platform.answer(components, 100.0).replace("\xa0", " ")
    assert line == (
        "Outages cost about **$100** a year; the largest part is response cost ($80, 80 %)."
    )
