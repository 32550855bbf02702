"""A dozen facts become a whole scenario: given, scaled by the right yardstick, taken over."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from given import lognormal
from hypothesis import given, settings
from hypothesis import strategies as st

from model.assumptions.currency import rate
from model.assumptions.lookup import assumption
from model.beliefs.belief import Belief
from model.formats.table import kept_by_spreadsheets
from model.runs.simulate import simulate
from model.scenario.own_platform.derived import ASSUMED, OF_ONE_APP, SCALED, TAKEN_OVER
from model.scenario.own_platform.fields import FIELDS, PER_HOUR, PER_INCIDENT
from model.scenario.own_platform.scaling import Fact, mean, median
from model.scenario.own_platform.start import StartError, converted, facts_of, started
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
SAID = Provenance("given to start", "B", "", "2026-11-27")
RESPONSE: dict[str, Fact] = {"people": (12, 12), "hours": (8, 8), "rate": (90, 90)}
MID: dict[str, Fact] = {
    "users": (12e6, 12e6),
    "minutes": (50, 60),
    "visits": (6, 6),
    "revenue": (180e6, 180e6),
    "commerce": (0, 0),
    "cloud_bill": (9e6, 11e6),
    "regions": (2, 2),
    "months": (30, 30),
    "name": "Kanal 9",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    **RESPONSE,
}
MONEY_OF_REMEDIES = tuple(
    name for name, value in started(MID, SAID).changes if name.startswith("remedies.")
)


def ratio(made: Scenario, name: str) -> float:
    return median(made.belief(name), name, made) / median(DEFAULT.belief(name), name, DEFAULT)


def test_given_facts_are_rows_as_they_are_with_where_they_come_from():
    made = started(MID, SAID)
    for key in ("name", "currency", "time_zone"):
        assert made.word(FIELDS[key].row) == MID[key]
        assert made.evidence(FIELDS[key].row) == SAID
    assert made.name == "Kanal 9"
    for key in ("users", "minutes", "visits", "revenue", "commerce", "cloud_bill", "months"):
        row = FIELDS[key].row
        assert (made.belief(row).low, made.belief(row).high) == MID[key]
        assert made.evidence(row) == SAID
        assert made.belief(row).shape == DEFAULT.belief(row).shape


def test_open_facts_are_scaled_by_their_yardsticks_and_say_so():
    made = started({"users": (12e6, 12e6), "revenue": (180e6, 180e6)}, SAID)
    users = 12e6 / median(DEFAULT.belief("platform.daily_users"), "platform.daily_users", DEFAULT)
    ads = "platform.ad_revenue_per_year"
    revenue = 180e6 / median(DEFAULT.belief(ads), ads, DEFAULT)
    expected = {
        "publishing.uploads_per_day": (users, "daily users"),
        "revenue.commerce_per_year": (revenue, "ad revenue"),
        "platform.cloud_bill_per_year": (revenue, "ad revenue"),
        "simulation.tolerance": (revenue, "ad revenue"),
        PER_HOUR: (revenue, "the cloud bill"),
        PER_INCIDENT: (revenue, "the cloud bill"),
        "remedies.graceful_degradation.annual": (revenue, "the cloud bill"),
        "platform.cpm": (revenue / users, "ad revenue per hour of viewing"),
    }
    for name, (times, by) in expected.items():
        before, after = DEFAULT.value(name), made.belief(name)
        assert isinstance(before, Belief)
        assert after.low == pytest.approx(before.low * times, rel=0.006)
        assert after.high == pytest.approx(before.high * times, rel=0.006)
        said = made.evidence(name)
        assert said.source == f"{SCALED}{by} (× {times:.3g})"
        assert said.grade == "C"


def test_what_is_given_is_the_yardstick_of_what_follows():
    """A cloud bill of ten times that of the revenue makes remedies ten times as dear, no users."""
    one = started(MID, SAID)
    ten = started({**MID, "cloud_bill": (90e6, 110e6)}, SAID)
    for name in MONEY_OF_REMEDIES:
        assert ratio(ten, name) == pytest.approx(10 * ratio(one, name), rel=0.01)
    assert one.belief("publishing.uploads_per_day") == ten.belief("publishing.uploads_per_day")


def test_commerce_follows_what_is_known_of_revenue_else_the_users():
    """What a user is worth is known once revenue is: the default's would be another country's."""
    name, users = "revenue.commerce_per_year", {"users": (9.5e6, 9.5e6)}
    alone = started(users, SAID)
    assert alone.evidence(name).source == f"{SCALED}daily users (× 0.1)"
    poorer = started({**users, "revenue": (1.37e8, 1.37e8)}, SAID)
    assert ratio(poorer, name) == pytest.approx(0.1 * ratio(alone, name), rel=0.01)


def test_users_and_revenue_stand_in_for_each_other():
    users = started({"users": (9.5e6, 9.5e6)}, SAID)
    revenue = started({"revenue": (1.37e9, 1.37e9)}, SAID)
    assert ratio(users, "platform.ad_revenue_per_year") == pytest.approx(0.1, rel=0.01)
    assert ratio(revenue, "platform.daily_users") == pytest.approx(0.1, rel=0.01)


def test_shares_and_times_are_not_scaled():
    made = started({"users": (12e6, 12e6)}, SAID)
    for name in made.names():
        if name not in dict(made.changes):
            assert made.value(name) == DEFAULT.value(name)
    scaled = {name for name, said in made.provenance if said.source.startswith(SCALED)}
    assert {assumption(name).unit for name in scaled} <= {"USD", "uploads"}


def test_response_is_people_times_hours_times_rate_on_average():
    made = started(MID, SAID)
    assert mean(made.belief(PER_HOUR), PER_HOUR, made) == pytest.approx(12 * 90, rel=0.006)
    assert mean(made.belief(PER_INCIDENT), PER_INCIDENT, made) == pytest.approx(
        12 * 8 * 90, rel=0.006
    )
    assert made.evidence(PER_HOUR).source == "given to start: 12 people × 8 h × 90 an hour"


def test_a_second_region_takes_failover_and_rates_of_the_preset():
    preset, made = Scenario.preset("mature_two_region"), started(MID, SAID)
    for name, value in preset.changes:
        if name.startswith(("resilience.", "incidents.")):
            assert made.value(name) == value
            assert made.evidence(name) == preset.evidence(name)
    one = started({**MID, "regions": (1, 1)}, SAID)
    assert one.belief("resilience.failover_success") == Belief("logitnormal", 0.0, 0.0)
    assert one.evidence("resilience.failover_success").source == "given to start: one region"


def test_every_value_says_whether_it_is_given_scaled_assumed_or_taken_over():
    made = started({"users": (12e6, 12e6)}, SAID)
    for name in OF_ONE_APP:
        source = made.evidence(name).source
        assert source.startswith((TAKEN_OVER, SCALED)), name
    assert made.evidence("simulation.platform_age_months").source.startswith(ASSUMED)
    assert made.belief("simulation.platform_age_months").low == 60.0
    assert made.evidence("resilience.failover_success").source.startswith(TAKEN_OVER)


def test_audited_figures_make_fewer_judgements():
    def judged(scenario: Scenario) -> int:
        return sum(scenario.evidence(name).graded == "C" for name in scenario.names())

    first = {"users": (12e6, 12e6)}
    audited = started({**first, "cloud_bill": (9e6, 9e6), "uploads": (1e6, 1e6)}, SAID)
    assert judged(audited) < judged(started(first, SAID))


@pytest.mark.parametrize(
    "facts", [MID, {"users": (5e3, 5e3), "revenue": (20e3, 20e3)}, {"regions": (1, 1)}, RESPONSE]
)
def test_facts_come_back_from_the_scenario_its_file_and_its_changes(facts: dict[str, Fact]):
    made = started(facts, SAID)
    assert facts_of(made) == facts
    assert facts_of(Scenario.read(made.to_csv().encode())) == facts
    assert facts_of(Scenario.read(made.changes_csv().encode())) == facts


def test_the_default_has_no_facts():
    assert facts_of(DEFAULT) == {}
    assert started({}, SAID, DEFAULT).evidence("platform.cpm").source == TAKEN_OVER


@pytest.mark.parametrize("facts", [{"users": (5e3, 5e3), "revenue": (2e4, 2e4)},
                                   {"users": (2e9, 2e9), "revenue": (2e12, 2e12)},
                                   {"users": (1, 1)}, {"revenue": (1e13, 1e13)},
                                   {"cloud_bill": (0, 0), "revenue": (1e6, 1e6)}])  # fmt: skip
def test_any_size_makes_a_scenario_that_runs(facts: dict[str, Fact]):
    made = started(facts, SAID)
    loss = simulate(made, years=2_000)["loss_usd"]
    assert np.isfinite(loss).all()
    assert loss.mean() > 0
    for name, value in made.changes:
        if isinstance(value, Belief):
            assert math.isfinite(value.high), name


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-6, 1e10), st.floats(1e-6, 1e13))
def test_whatever_is_given_is_accepted_within_the_bounds(users: float, revenue: float):
    made = started({"users": (users, users), "revenue": (revenue, revenue)}, SAID)
    assert made.belief("platform.daily_users").low == kept_by_spreadsheets(users)


def test_in_another_currency_the_default_is_converted_before_it_is_scaled():
    facts: dict[str, Fact] = {"users": (12e6, 12e6)}
    usd, eur = started(facts, SAID), started({**facts, "currency": "EUR"}, SAID)
    for name in ("platform.cloud_bill_per_year", "remedies.graceful_degradation.annual", PER_HOUR):
        assert eur.belief(name).low == pytest.approx(rate("EUR") * usd.belief(name).low, rel=0.006)
    same = started({**facts, "revenue": (180e6, 180e6), "currency": "EUR"}, SAID)
    assert same.belief("platform.ad_revenue_per_year").low == 180e6
    bill, ads = "platform.cloud_bill_per_year", "platform.ad_revenue_per_year"
    assert same.belief(bill).low / 180e6 == pytest.approx(
        DEFAULT.belief(bill).low / median(DEFAULT.belief(ads), ads, DEFAULT), rel=0.006
    )


def test_a_platform_without_a_name_is_not_called_like_the_default():
    made = started({"users": (12e6, 12e6)}, SAID)
    assert made.platform == made.name == "Your platform"
    renamed = started({**facts_of(made), "name": "Kanal 9"}, SAID, made)
    assert renamed.platform == renamed.name == "Kanal 9"
    own = renamed.with_({"scenario.name": "Plan B"})
    assert started(facts_of(own) | {"users": (1e6, 1e6)}, SAID, own).name == "Plan B"


def test_a_change_of_a_fact_leaves_alone_what_was_set_elsewhere():
    before = started({"users": (12e6, 12e6), "regions": (2, 2)}, SAID)
    own = lognormal(1e6, 2e6)
    set_elsewhere = {
        "remedies.graceful_degradation.annual": own,
        "trust.recovery": lognormal(2, 8),
        "resilience.failover_success": Belief("logitnormal", 0.5, 0.9),
    }
    edited = before.with_(set_elsewhere)
    later = Provenance("typed on Your platform", "B", "", "2026-12-01")
    after = started({**facts_of(edited), "revenue": (180e6, 180e6)}, later, edited)
    for name, value in set_elsewhere.items():
        assert after.value(name) == value
        assert after.evidence(name) == Provenance()
    assert after.evidence("platform.daily_users") == SAID
    assert after.evidence("platform.ad_revenue_per_year") == later
    assert ratio(after, "platform.cloud_bill_per_year") < ratio(
        edited, "platform.cloud_bill_per_year"
    )


def test_a_fact_taken_back_is_scaled_again():
    with_bill = started(MID, SAID)
    without = {key: fact for key, fact in MID.items() if key not in ("cloud_bill", *RESPONSE)}
    again = started(without, SAID, with_bill)
    assert again == started(without, SAID)
    assert again.provenance == started(without, SAID).provenance


@pytest.mark.parametrize(
    ("facts", "key", "words"),
    [
        ({"currency": "EURO"}, "currency", "EUR"),
        ({"time_zone": "Europe/Berlinn"}, "time_zone", "Europe/Berlin"),
        ({"name": "x" * 99}, "name", "80"),
        ({"users": (-1, -1)}, "users", "from 1e-06"),
        ({"minutes": (2000, 2000)}, "minutes", "1,440"),
        ({"revenue": (5, 2)}, "revenue", "at most high"),
        ({"tolerance": (1, 2)}, "tolerance", "one number"),
        ({"regions": (1.5, 1.5)}, "regions", "whole number from 1 to 100"),
        ({"people": (3, 3)}, "people", "hours each, after it and cost of an hour are still open"),
        ({**RESPONSE, "rate": (-1, -1)}, "rate", "allowed is 0"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_by_its_key(facts: dict[str, Fact], key: str, words: str):
    with pytest.raises(StartError) as refused:
        started(facts, SAID)
    assert list(refused.value.wrong) == [key]
    assert words in refused.value.wrong[key]
    assert pickle.loads(pickle.dumps(refused.value)).wrong == refused.value.wrong


def test_converting_an_own_platform_converts_its_facts_and_moves_nothing_else():
    facts: dict[str, Fact] = {
        "users": (12e6, 12e6), "revenue": (170e6, 190e6), "people": (8, 8), "hours": (6, 6),
        "rate": (85, 85), "tolerance": (2e6, 2e6),
    }  # fmt: skip
    made = started(facts, SAID)
    there, times = converted(made, "JPY"), rate("JPY")
    known = facts_of(there)
    for key in ("revenue", "rate", "tolerance"):
        low, high = facts[key]
        assert known[key] == pytest.approx((low * times, high * times), rel=1e-11)
    assert [known[key] for key in ("users", "people", "hours")] == [(12e6, 12e6), (8, 8), (6, 6)]
    bill = "platform.cloud_bill_per_year"
    assert there.belief(bill).low == pytest.approx(made.belief(bill).low * times)
    assert there.evidence(bill) == made.evidence(bill)
    back = converted(there, "USD")
    assert facts_of(back)["rate"] == pytest.approx((85.0, 85.0))
    loss = [simulate(one, years=500)["loss_usd"].mean() for one in (made, there)]
    assert loss[1] == pytest.approx(loss[0] * times, rel=1e-9)
    assert converted(Scenario.default(), "EUR").changes == (("simulation.currency", "EUR"),)
