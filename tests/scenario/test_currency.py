"""A scenario in another currency is the default times a rate; zones and names travel with it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from model.assumptions.currency import belief_in, currencies, is_money, rate
from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.beliefs.belief import Belief
from model.chain.per_year import COLUMNS
from model.decisions.compare import compare
from model.drivers.reverse import reverse
from model.replays.incident import typed
from model.replays.replay import replay
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

DEFAULT = Scenario.default()
CODES = ("EUR", "JPY", "KRW")


def into(code: str, scenario: Scenario = DEFAULT) -> Scenario:
    return scenario.with_({"simulation.currency": code})


def test_the_table_of_currencies_is_whole() -> None:
    for code, one in currencies().items():
        assert len(code) == 3
        assert code.isupper()
        assert 0.0 < one.per_usd < 1e6
        assert one.symbol
        assert one.date.startswith("2026-")
        assert one.grade in "AB"
    assert rate("USD") == 1.0
    assert rate("EUR") == pytest.approx(1 / 1.1172, rel=1e-6)


def money_rows(scenario: Scenario) -> Iterator[Assumption]:
    for name in scenario.names():
        item = scenario.declared(name)
        if isinstance(item, Assumption) and is_money(item.unit):
            yield item


@pytest.mark.parametrize("code", CODES)
def test_what_is_not_said_is_the_figure_in_dollars_times_the_rate(code: str) -> None:
    scenario, times = into(code), rate(code)
    assert scenario.changes == (("simulation.currency", code),)
    rows = list(money_rows(scenario))
    assert len(rows) == 8
    for item in rows:
        usd = declared(item.name)
        assert isinstance(usd, Assumption)
        assert item.unit == usd.unit.replace("USD", code)
        assert item.upper == pytest.approx(usd.upper * times, rel=1e-14)
        assert item.typical == (usd.typical[0] * times, usd.typical[1] * times)
        assert scenario.belief(item.name) == belief_in(usd.default, code) == item.default


@pytest.mark.parametrize("code", CODES)
def test_a_file_of_all_rows_differs_from_the_default_in_its_currency_alone(code: str) -> None:
    scenario = into(code)
    for file in (scenario.to_csv().encode("utf-8-sig"), scenario.to_xlsx()):
        assert Scenario.read(file).changes == scenario.changes
    assert f",{code},Ad revenue per year," in scenario.to_csv()


@pytest.mark.parametrize("code", CODES)
def test_every_amount_of_a_run_is_the_dollars_times_the_rate(code: str) -> None:
    usd, other = (simulate(one, years=500, seed=2) for one in (DEFAULT, into(code)))
    for name in COLUMNS:
        times = rate(code) if name.endswith("_usd") else 1.0
        np.testing.assert_allclose(other[name], usd[name] * times, rtol=1e-9, atol=1e-9 * times)
    same = ("incidents", "incident_h", "minutes_lost", "uploads_failed", "freshness_deficit_h")
    for name in same:
        assert other[name].tobytes() == usd[name].tobytes(), name


def test_remedies_cost_and_save_the_dollars_times_the_rate() -> None:
    usd, eur = (list(compare(one, years=300).rows()) for one in (DEFAULT, into("EUR")))
    for row, other in zip(usd, eur, strict=True):
        assert other.delta_eal.value == pytest.approx(row.delta_eal.value * rate("EUR"), rel=1e-9)
        assert other.annual_cost.value == pytest.approx(
            row.annual_cost.value * rate("EUR"), rel=1e-9
        )
        assert other.p_pays_back_years == row.p_pays_back_years


def test_a_bill_is_the_dollars_times_the_rate() -> None:
    bills = []
    for one in (DEFAULT, into("JPY")):
        incident = typed("2026-05-05T10:00", 5.0, 0.5, 0.1, 0.05, scenario=one)
        bills.append(replay(one, incident, worlds=200).bill())
    usd, jpy = bills
    np.testing.assert_allclose(jpy.expected_usd, usd.expected_usd * rate("JPY"), rtol=1e-9)
    np.testing.assert_allclose(jpy.expected_revenue_hours, usd.expected_revenue_hours, rtol=1e-9)


def test_what_an_assumption_would_have_to_be_is_searched_within_its_bounds() -> None:
    name = "costs.response_per_incident"
    usd = reverse(DEFAULT, name, 12e6, years=2_000)
    krw = reverse(into("KRW"), name, 12e6 * rate("KRW"), years=2_000)
    assert usd.value is not None
    assert krw.value is not None
    assert krw.value == pytest.approx(usd.value * rate("KRW"), rel=1e-6)


def test_bounds_are_those_of_the_currency() -> None:
    """Two million million yen are less than the most that is allowed, 1e13 dollars."""
    revenue = Belief("lognormal", 1e15, 1.2e15)
    assert into("JPY").with_({"platform.ad_revenue_per_year": revenue})
    with pytest.raises(ScenarioError, match=r"to 10,000,000,000,000 USD"):
        DEFAULT.with_({"platform.ad_revenue_per_year": revenue})
    with pytest.raises(ScenarioError, match="EUR"):
        into("EUR").with_({"platform.cpm": Belief("lognormal", 9_000.0, 9_990.0)})


def file(*rows: str) -> bytes:
    return ("name,shape,low,mid,high\n" + "\n".join(rows)).encode()


@pytest.mark.parametrize("order", [1, -1])
def test_numbers_of_a_file_are_in_its_currency_wherever_it_is_said(order: int) -> None:
    rows = ["simulation.currency,EUR,,,", "platform.cpm,,€4,,5 €"]
    scenario = Scenario.read(file(*rows[::order]))
    assert scenario.belief("platform.cpm") == Belief("lognormal", 4.0, 5.0)
    assert scenario.assumption("platform.cpm").unit == "EUR"


def test_an_amount_of_another_currency_is_refused() -> None:
    for rows, wanted in (
        (("platform.cpm,,4 €,,5",), "amounts are in USD: convert it"),
        (("simulation.currency,GBP,,,", "platform.cpm,,4 €,,5"), "amounts are in GBP: convert it"),
        (("simulation.currency,GBP,,,", "platform.cpm,,$4,,5"), "amounts are in GBP: convert it"),
        (("simulation.currency,EURO,,,",), "one of USD, EUR, GBP"),
    ):
        with pytest.raises(ScenarioError, match=wanted):
            Scenario.read(file(*rows))


def test_own_amounts_stay_as_they_stand_when_the_currency_is_said() -> None:
    own = DEFAULT.with_({"platform.cpm": Belief("lognormal", 4.0, 5.0)})
    assert into("EUR", own).belief("platform.cpm") == Belief("lognormal", 4.0, 5.0)
    converted = own.in_currency("EUR")
    assert converted.belief("platform.cpm").low == 4.0 * rate("EUR")
    assert converted.currency == "EUR"
    assert into("EUR").in_currency("USD") == DEFAULT


def test_own_prices_of_remedies_are_converted_too_and_shares_are_not() -> None:
    rows = {
        "remedies.quarterly_failover_drills.upfront": Belief("lognormal", 1e6, 2e6),
        "remedies.warm_standby.annual_share": Belief("lognormal", 0.1, 0.2),
    }
    converted = DEFAULT.with_(rows).in_currency("EUR")
    assert converted.belief("remedies.quarterly_failover_drills.upfront").low == 1e6 * rate("EUR")
    assert converted.belief("remedies.warm_standby.annual_share").low == 0.1


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin"])
def test_a_start_without_offset_is_on_the_clock_of_the_scenario(zone: str) -> None:
    scenario = DEFAULT.with_({"simulation.time_zone": zone})
    incident = typed("2026-05-05T10:00", 5.0, 0.5, 0.1, 0.05, scenario=scenario)
    assert incident.start_in(zone).isoformat().startswith("2026-05-05T10:00:00+0")
    course = replay(scenario, incident, worlds=2).course
    # A Tuesday: its tenth hour is that of the week's 24 + 10.
    assert course.calendar.clock.hour_of_week[int(course.start_h)] == 34
    assert math.isclose(course.start_h % 1, 0.0)


def test_the_year_of_another_zone_is_another_year() -> None:
    here, there = (
        simulate(one, years=500)["loss_usd"]
        for one in (DEFAULT, DEFAULT.with_({"simulation.time_zone": "Asia/Kolkata"}))
    )
    assert here.tobytes() != there.tobytes()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "posixrules", ""])
def test_a_zone_is_one_of_the_list(zone: str) -> None:
    with pytest.raises(ScenarioError, match="IANA"):
        DEFAULT.with_({"simulation.time_zone": zone})


NAMED = {
    "platform.name": "Kurzfilm „Süd“ 第二",
    "incidents.capacity.label": "Überlast; <b>zu viel</b>",
    "incidents.own.rate_per_year": Belief("lognormal", 0.1, 0.2),
    "incidents.own.duration": Belief("lognormal", 1.0, 2.0),
    "incidents.own.publish_loss": Belief("logitnormal", 0.1, 0.2),
    "incidents.own.playback_loss": Belief("logitnormal", 0.1, 0.2),
    "incidents.own.ads_loss": Belief("logitnormal", 0.1, 0.2),
    "incidents.own.label": "=Eigene Ursache",
}


def test_names_travel_in_files_and_are_no_figures() -> None:
    named = DEFAULT.with_(NAMED)
    for raw in (named.to_csv().encode("utf-8-sig"), named.changes_csv().encode(), named.to_xlsx()):
        assert Scenario.read(raw).changes == named.changes
    assert named.platform == NAMED["platform.name"]
    assert named.cause_label("own") == "=Eigene Ursache"
    assert named.declared("incidents.capacity.duration").label.startswith("Überlast; ")
    bare = named.without("platform.name", "incidents.capacity.label", "incidents.own.label")
    assert named.digest() == bare.digest()
    assert named.simulated == bare.simulated


def test_two_causes_are_not_called_the_same() -> None:
    for label in ("network  AND latency", "Capacity"):
        with pytest.raises(ScenarioError, match="is called that too"):
            DEFAULT.with_({"incidents.change_and_configuration.label": label})


@pytest.mark.parametrize("name", ["platform.name", "incidents.capacity.label"])
@pytest.mark.parametrize("text", ["", "x" * 81, "a\x00b"])
def test_a_name_has_letters_and_an_end(name: str, text: str) -> None:
    with pytest.raises(ScenarioError, match="character"):
        DEFAULT.with_({name: text})
