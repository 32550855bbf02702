"""Scenarios: differences from the default, causes, correlations, presets and warnings."""

from __future__ import annotations

import pickle

import pytest
from given import certain, lognormal, new_cause

from model.assumptions.cause_defaults import CAUSES
from model.assumptions.defaults import ASSUMPTIONS
from model.assumptions.lookup import declared
from model.assumptions.names import titled
from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

DEFAULT = Scenario.default()
RATES = [f"incidents.{cause}.rate_per_year" for cause in CAUSES]


def refused(changes: dict[str, object], base: Scenario = DEFAULT) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        base.with_(changes)  # type: ignore[arg-type]
    return caught.value.problems


# --- differences from the default ---------------------------------------------------------------


def test_the_default_differs_in_nothing_and_says_everything():
    assert DEFAULT.changes == ()
    for name in DEFAULT.names():
        assert DEFAULT.value(name) == declared(name).default


def test_names_are_in_chain_order_and_complete():
    names = DEFAULT.names()
    assert len(set(names)) == len(names) == len(ASSUMPTIONS) + 7 + 12 * len(CAUSES)
    groups = list(dict.fromkeys(name.split(".")[0] for name in names))
    assert groups == [
        *dict.fromkeys(item.group for item in ASSUMPTIONS),
        "incidents",
        "profiles",
    ]


def test_a_change_that_equals_the_default_is_absent():
    changed = DEFAULT.with_({"platform.cpm": lognormal(5, 9)})
    assert changed.changes == (("platform.cpm", lognormal(5.0, 9.0)),)
    assert changed.with_({"platform.cpm": lognormal(4, 12)}) == DEFAULT
    assert hash(changed) != hash(DEFAULT)


def test_changes_are_sorted_and_do_not_touch_the_scenario_they_start_from():
    first = DEFAULT.with_({"trust.recovery": lognormal(4, 9)})
    second = first.with_({"ads.make_good_share": Belief("uniform", 0.1, 0.2)})
    assert [name for name, _ in second.changes] == ["ads.make_good_share", "trust.recovery"]
    assert len(first.changes) == 1
    assert second.belief("trust.recovery") == lognormal(4, 9)


def test_an_empty_shape_keeps_the_shape_of_the_default():
    changed = DEFAULT.with_({"publishing.retry_share": Belief("", 0.2, 0.3)})
    assert changed.belief("publishing.retry_share") == Belief("logitnormal", 0.2, 0.3)


def test_minus_zero_and_integers_become_plain_floats():
    changed = DEFAULT.with_({"trust.recurrence_gain": Belief("lognormal", -0.0, -0.0)})
    assert repr(changed.belief("trust.recurrence_gain").low) == "0.0"


def test_words_and_beliefs_are_not_mixed_up():
    assert DEFAULT.word("simulation.start_date") == "2026-04-01"
    for call, name in [
        (DEFAULT.belief, "simulation.start_date"),
        (DEFAULT.word, "platform.cpm"),
        (DEFAULT.belief, "incidents.dns.duration"),
        (DEFAULT.belief, "incidents.dns.severity_level"),
        (DEFAULT.value, "nonsense"),
    ]:
        with pytest.raises(KeyError):
            call(name)


def test_every_problem_is_reported_at_once():
    found = refused(
        {
            "platform.cpm": lognormal(0, 5),
            "platform.daily_user": lognormal(1, 2),
            "simulation.start_date": "1 April",
            "ads.budget_recapture": Belief("logitnormal", 0.5, 1.5),
        }
    )
    assert len(found) == 4
    cpm = "Price per 1,000 impressions (CPM) [platform.cpm]"
    assert f"{cpm}: low 0: from 1e-06 to 10,000 USD" in found
    assert "platform.daily_user: unknown name; nearest known: platform.daily_users" in found
    assert any(
        "[ads.budget_recapture]: high 1.5: from 0 to 1 (0 % to 100 %)" in line for line in found
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("platform.cpm", lognormal(9, 5)),
        ("platform.cpm", Belief("lognormal", float("nan"), 5)),
        ("platform.cpm", Belief("lognormal", 5, float("inf"))),
        ("platform.cpm", Belief("triangular", 4, 5)),
        ("platform.cpm", Belief("lognormal", 4, 5, 4.5)),
        ("platform.cpm", Belief("pert", 4, 5)),
        ("platform.cpm", Belief("lognormal", None, 5)),  # type: ignore[arg-type]
        ("platform.cpm", Belief("lognormal", "4", 5)),  # type: ignore[arg-type]
        ("platform.cpm", "seven"),
        ("platform.cpm", Change("set", "platform.cpm", lognormal(1, 2))),
        ("platform.cpm", Belief("empirical:durations_oci_ashburn.csv", 0, 0)),
        ("incidents.capacity.publish_loss", Belief("empirical:durations_oci_ashburn.csv", 0, 0)),
        ("incidents.capacity.duration", Belief("empirical:../data/incidents.csv", 0, 0)),
        ("incidents.capacity.duration", Belief("empirical:/etc/passwd", 0, 0)),
        ("incidents.capacity.duration", Belief("empirical:price.csv", 0, 0)),
        ("incidents.capacity.duration", lognormal(0.0001, 1)),
        ("incidents.capacity.rate_per_year", lognormal(0, 1)),
        ("incidents.capacity.timing", "summer"),
        ("incidents.capacity.timing", lognormal(1, 2)),
        ("sla.tier_1.below", Belief("uniform", 0.9, 0.99)),
        ("simulation.max_duration", lognormal(24, 48)),
        ("simulation.start_date", "20260401"),
        ("simulation.start_date", "2026-02-30"),
        ("simulation.start_date", "1970-12-31"),
        ("simulation.start_date", "2101-01-01"),
        ("simulation.start_date", "２０２６-04-01"),
        ("profiles.demand", "price.csv"),
        ("profiles.price", "../data/price.csv"),
        ("profiles.demand", "nothing.csv"),
        ("scenario.name", ""),
        ("scenario.name", "x" * 201),
        ("scenario.note", "a\x07b"),
        ("scenario.note", certain(1)),
        ("incidents.NEW.duration", lognormal(1, 2)),
        ("incidents.dns.duration", lognormal(1, 2)),
        ("nonsense", lognormal(1, 2)),
        ("", lognormal(1, 2)),
        ("remedies.nothing_known.on", certain(1)),
        ("correlation.platform.cpm", certain(0.5)),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(name: str, value: object):
    (found,) = refused({name: value})
    assert found.startswith(f"{titled(name)}: ")
    assert (name or "''") in found


def test_a_problem_says_what_people_call_the_row_and_where_to_find_it():
    for name, label in (
        ("platform.cpm", "Price per 1,000 impressions (CPM)"),
        ("incidents.capacity.duration", "Capacity: duration"),
        ("remedies.warm_standby.upfront", "Warm standby: cost upfront"),
        ("remedies.warm_standby.change.1", "Effect of warm standby"),
        ("correlation.platform.cpm.with.platform.daily_users", "Rank correlation"),
        ("scenario.name", "Name of the scenario"),
    ):
        assert titled(name) == f"{label} [{name}]"
    assert titled("no name") == "'no name'"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publishing.uploads_per_day", lognormal(0, 0)),
        ("publishing.retry_share", Belief("logitnormal", 1, 1)),
        ("sessions.freshness_elasticity", lognormal(0, 0)),
        ("incidents.capacity.rate_per_year", lognormal(0, 0)),
        ("incidents.capacity.duration", Belief("pert", 0.5, 12, 2)),
        ("incidents.capacity.duration", Belief("empirical:durations_oci_ashburn.csv", 0, 0)),
        ("incidents.capacity.timing", "winter"),
        ("sla.tier_1.credit", certain(0.3)),
        ("simulation.platform_age_months", certain(0)),
        ("simulation.start_date", "2100-12-31"),
        ("profiles.demand", "flat"),
        ("profiles.demand", "uploads.csv"),
    ],
)
def test_what_is_allowed_is_accepted(name: str, value: Belief | str):
    changed = DEFAULT.with_({name: value})
    assert changed.value(name) == value
    assert len(changed.changes) == 1


def test_errors_keep_their_problems_across_processes():
    error = ScenarioError(["one", "two"])
    assert pickle.loads(pickle.dumps(error)).problems == ("one", "two")
    assert str(error) == "one\ntwo"


# --- causes -------------------------------------------------------------------------------------


def test_an_added_cause_takes_the_generic_defaults():
    grown = DEFAULT.with_(new_cause("zebra") | new_cause("dns"))
    assert grown.causes == (*CAUSES, "dns", "zebra")
    assert grown.belief("incidents.dns.duration_level") == lognormal(0.6, 1.7)
    assert grown.belief("incidents.dns.early_life_multiplier") == lognormal(1, 1)
    assert grown.belief("incidents.dns.early_life_months") == lognormal(6, 6)
    assert grown.word("incidents.dns.timing") == "flat"
    assert grown.names().index("incidents.dns.duration") > grown.names().index(
        "incidents.capacity.timing"
    )


def test_a_cause_without_its_losses_is_unknown():
    rows = new_cause()
    del rows["incidents.dns.ads_loss"]
    found = refused(rows | {"incidents.dns.timing": "winter"})
    assert len(found) == 5
    assert all("unknown name" in line and "ads_loss" in line for line in found)


def test_a_cause_of_the_default_stays_listed_at_rate_zero():
    off = DEFAULT.with_({"incidents.capacity.rate_per_year": lognormal(0, 0)})
    assert off.causes == DEFAULT.causes


def test_an_added_cause_can_be_edited_and_taken_out():
    grown = DEFAULT.with_(new_cause())
    edited = grown.with_({"incidents.dns.timing": "load", "platform.cpm": lognormal(5, 9)})
    linked = edited.with_({"correlation.incidents.dns.rate_per_year.with.platform.cpm": certain(1)})
    assert linked.without("incidents.dns") == DEFAULT.with_({"platform.cpm": lognormal(5, 9)})


def test_taking_out_what_a_remedy_needs_is_refused():
    rows = new_cause() | {
        "remedies.own.change.1": Change("scale", "incidents.dns.duration", certain(0.5))
    }
    with pytest.raises(ScenarioError, match=r"remedies\.own\.change\.1"):
        DEFAULT.with_(rows).without("incidents.dns")


def test_too_many_causes_are_refused():
    rows = {k: v for i in range(47) for k, v in new_cause(f"cause_{i}").items()}
    assert any("at most 50" in line for line in refused(rows))


# --- correlations -------------------------------------------------------------------------------


def test_rates_and_losses_are_correlated_by_default_also_those_of_added_causes():
    assert len(DEFAULT.correlations) == 6 + 4 * 3
    assert all(rho == 0.5 and a < b for a, b, rho in DEFAULT.correlations)
    grown = DEFAULT.with_(new_cause())
    assert len(grown.correlations) == 10 + 5 * 3


def test_zero_removes_a_pair_and_either_order_is_the_same_pair():
    a, b = RATES[0], RATES[1]
    one = DEFAULT.with_({f"correlation.{a}.with.{b}": certain(0)})
    other = DEFAULT.with_({f"correlation.{b}.with.{a}": lognormal(0, 0)})
    assert one == other
    assert len(one.correlations) == len(DEFAULT.correlations) - 1
    assert one.with_({f"correlation.{b}.with.{a}": certain(0.5)}) == DEFAULT


def test_a_pair_beyond_the_default_is_listed():
    name = "correlation.platform.cpm.with.platform.ad_revenue_per_year"
    changed = DEFAULT.with_({name: certain(-0.4)})
    assert ("platform.ad_revenue_per_year", "platform.cpm", -0.4) in changed.correlations


def test_a_cause_may_be_called_with():
    grown = DEFAULT.with_(new_cause("with"))
    name = f"correlation.incidents.with.rate_per_year.with.{RATES[0]}"
    changed = grown.with_({name: certain(0.9)})
    assert (RATES[0], "incidents.with.rate_per_year", 0.9) in changed.correlations
    assert Scenario.read(changed.to_csv().encode()) == changed


@pytest.mark.parametrize(
    ("first", "second", "rho", "word"),
    [
        ("platform.cpm", "platform.cpm", 0.5, "two different"),
        ("platform.cpm", "platform.cpx", 0.5, "nearest known: platform.cpm"),
        ("platform.cpm", "incidents.capacity.duration", 0.5, "same level"),
        ("platform.cpm", "sla.tier_1.below", 0.5, "not uncertain"),
        ("platform.cpm", "simulation.start_date", 0.5, "not uncertain"),
        ("platform.cpm", "platform.daily_users", 1.5, "-1 to 1"),
        ("platform.cpm", "platform.daily_users", float("nan"), "-1 to 1"),
        ("incidents.capacity.duration", "incidents.network_latency.duration", 0.5, "one cause"),
        ("incidents.capacity.duration", "costs.response_per_hour", 0.5, "drawn by itself"),
    ],
)
def test_impossible_pairs_are_refused(first: str, second: str, rho: float, word: str):
    (found,) = refused({f"correlation.{first}.with.{second}": certain(rho)})
    assert word in found


def test_the_same_pair_twice_is_refused():
    pair = ("platform.cpm", "platform.daily_users")
    names = [f"correlation.{a}.with.{b}" for a, b in (pair, pair[::-1])]
    assert any("twice" in line for line in refused(dict.fromkeys(names, certain(0.2))))


# --- presets --------------------------------------------------------------------------------------


def test_every_preset_reads_and_survives_its_file():
    assert len(Scenario.presets()) >= 3
    for id, name, note in Scenario.presets():
        preset = Scenario.preset(id)
        assert (preset.name, preset.note) == (name, note)
        assert Scenario.read(preset.to_csv().encode()) == preset
        assert Scenario.read(preset.changes_csv().encode()) == preset


def test_an_unknown_preset_is_refused():
    with pytest.raises(ScenarioError, match="quiet_year"):
        Scenario.preset("quiet_yeer")


def test_only_what_differs_in_nothing_is_called_default() -> None:
    default = Scenario.default()
    assert default.title == "default"
    changed = default.with_({"platform.cpm": Belief("lognormal", 3.0, 9.0)})
    assert changed.title == "Own version"
    assert changed.with_({"scenario.name": "Mine"}).title == "Mine"
