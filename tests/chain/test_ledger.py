"""The bill by hand: recapture, make-goods, who bears it, SLA credit, the cap (MODEL §4.8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference.by_hand import FLAT, OF_WORLD, column, median_world, outages, priced, profiles
from reference.cases import ABS_H, REL, Z95, random_case, random_cases
from reference.money import ADS, SHOP, Worth, bill
from reference.stepping import Case, playback_running, step, with_trust

from model.chain.ledger import COMPONENTS, RECAPTURE
from model.chain.per_year import COLUMNS, COMMERCE_BY_LINK, Priced
from model.incidents.types import Incidents
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
GROSS = ("playback", "freshness", "ad_serving", "creator_attrition", "retention", "ad_price")

WORTH = Worth(
    ads=8760.0,
    commerce=1752.0,
    subscriptions=876.0,
    borne=0.3,
    budget=0.4,
    viewing=0.2,
    orders=0.6,
    horizon_h=5.0,
    make_good=0.05,
    creators=0.1,
)
TERMS = {
    "platform.loss_share_borne": WORTH.borne,
    "revenue.commerce_per_year": WORTH.commerce,
    "revenue.commerce_recapture": WORTH.orders,
    "revenue.subscriptions_per_year": WORTH.subscriptions,
    "sessions.viewing_recapture": WORTH.viewing,
    "ads.budget_recapture": WORTH.budget,
    "ads.pacing_horizon": WORTH.horizon_h,
    "ads.make_good_share": WORTH.make_good,
    "costs.creator_make_good_share": WORTH.creators,
}


def one(**changes: float) -> Incidents:
    fields = {"publish_loss": 0.7, "playback_loss": 0.3, "ads_loss": 0.2} | changes
    return outages([3000.25], [12.0], **fields, fixed_usd=1000.0, usd_per_h=10.0)


def year_of_cases(seed: int, n: int) -> list[Case]:
    """Incidents of one world from a minute to two weeks, a week or more apart."""
    world, starts = random_case(np.random.default_rng(seed), Z95, 0.0), np.arange(n) * 500.0 + 20.0
    own = ("start_h", "duration_h", "publish_loss", "playback_loss", "ads_loss")
    drawn = random_cases(seed, Z95, starts)
    cases = [replace(world, **{name: getattr(case, name) for name in own}) for case in drawn]
    return [replace(case, failed_over=False) for case in cases]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_year_of_incidents_meets_the_bill_by_hand(seed: int) -> None:
    """Every line, from the hours of the time stepping and a bill written from the law."""
    cases = year_of_cases(seed, 9)
    demand, price, uploads = profiles(DEFAULT)
    stepped = [step(case, demand, price, uploads) for case in with_trust(cases)]
    for case, true in zip(cases, stepped, strict=True):
        true["retention"] = true["retention_temporary"] + true["retention_permanent"]
        true["playback_running"] = playback_running(case, demand * price)
    expected = bill(stepped, WORTH, 9 * 1000.0 + 10.0 * sum(case.duration_h for case in cases))
    result = priced(DEFAULT, together(cases), world_of(cases[0]) | TERMS)
    for name, value in expected.items():
        got = float(column(result, f"{name}_usd")[0])
        assert got == pytest.approx(value, rel=REL, abs=9 * ABS_H), name


def test_the_bill_by_hand_can_differ() -> None:
    """Negative control: recapture of the year's sum is not the sum of its incidents' recapture."""
    found = [{**dict.fromkeys((*ADS, *SHOP, "subscriptions"), 0.0), "playback": 4.0}] * 2
    found = [{**one, "playback_running": 4.0, "freshness_running": 0.0} for one in found]
    both = {name: 2.0 * value for name, value in found[0].items()}
    apart, at_once = (bill(them, WORTH, 0.0)["budget_recapture"] for them in (found, [both]))
    assert apart < 1.2 * at_once < 0.0


def together(cases: list[Case]) -> Incidents:
    def field(name: str) -> np.ndarray:
        return np.array([getattr(case, name) for case in cases])

    own = ("start_h", "duration_h", "publish_loss", "playback_loss", "ads_loss")
    year = np.zeros(len(cases), dtype=int)
    return outages(*map(field, own), year=year, fixed_usd=1000.0, usd_per_h=10.0)


def world_of(case: Case) -> dict[str, float]:
    return {name: getattr(case, field) for field, name in OF_WORLD.items()}


@pytest.mark.parametrize("lost_h", [1e-6, 0.5, 5.0, 300.0])
def test_budgets_make_up_their_horizon_at_most(lost_h: float) -> None:
    """A blackout of ℓ hours and a quarter of it four times as long return the same."""
    values = {"sessions.return_lag": 0.0, "ads.budget_recapture": 0.4, "ads.pacing_horizon": 5.0}
    expected = 0.4 * 5.0 * -np.expm1(-lost_h / 5.0)
    for loss, hours in ((1.0, lost_h), (0.25, 4.0 * lost_h)):
        lines = priced(FLAT, outages([100.0], [hours], 0.0, loss), values).lines
        assert -lines["budget_recapture"][0] == pytest.approx(expected, rel=1e-6)


def test_make_goods_leave_out_what_came_back_and_the_way_back() -> None:
    """A share of what budgets did not make up, without viewers who return late."""
    values = {
        "sessions.return_lag": 0.5,
        "ads.budget_recapture": 0.4,
        "ads.pacing_horizon": 10.0,
        "ads.make_good_share": 0.2,
    }
    lines = priced(FLAT, outages([100.0], [4.0], 0.0, 0.5), values).lines
    lost = 0.5 * (4.0 + 2.0)
    b = 0.4 * 10.0 * -np.expm1(-lost / 10.0) / lost
    assert lines["playback"][0] == pytest.approx(lost, rel=1e-6)
    assert lines["make_goods"][0] == pytest.approx(0.2 * (1.0 - b) * 0.5 * 4.0, rel=1e-6)


def test_commerce_follows_viewing_and_not_the_price_of_ads() -> None:
    """The same incident in a dear and in a cheap month: ads differ, orders do not."""
    values = {"revenue.commerce_per_year": 8760.0, "sessions.return_lag": 0.0}
    weeks = 4 * 7 * 24.0
    found = outages([1000.0, 1000.0 + 4 * weeks], [6.0, 6.0], 0.0, 0.5)
    lines = priced(DEFAULT, found, values | {"trust.failure_return_effect": 0.0}).lines
    assert lines["commerce"][0] == pytest.approx(lines["commerce"][1], rel=1e-9)
    assert abs(lines["playback"][0] / lines["playback"][1] - 1.0) > 0.02


def test_who_skips_some_days_still_pays() -> None:
    """Subscriptions lose the permanent part of the drop for the horizon, and nothing else."""
    values = {
        "revenue.subscriptions_per_year": 8760.0,
        "trust.failure_return_effect": 0.02,
        "trust.permanent_share": 0.1,
        "trust.retention_horizon": 9.0,
        "platform.visits_per_user_day": 8.0,
    }
    lines = priced(DEFAULT, outages([1000.0], [6.0], 0.9, 0.3, 0.3), values).lines
    gone = 0.1 * 0.02 * 0.3 * (1.0 - np.exp(-2.0))
    assert lines["subscriptions"][0] == pytest.approx(gone * 9.0 * 730.0, rel=1e-9)


def test_parts_of_commerce_add_up_to_it() -> None:
    result = priced(DEFAULT, one(), TERMS)
    parts = sum(column(result, name)[0] for name in COMMERCE_BY_LINK)
    assert parts == pytest.approx(column(result, "commerce_usd")[0], rel=1e-12)
    assert all(column(result, name)[0] > 0.0 for name in COMMERCE_BY_LINK)


def test_nothing_of_trust_or_attrition_is_recaptured() -> None:
    """All spend returns: what is left are trust, attrition and ad price."""
    terms = {
        "ads.budget_recapture": 1.0,
        "sessions.viewing_recapture": 1.0,
        "ads.pacing_horizon": 1e9,
    }
    lines = {k: float(v[0]) for k, v in priced(DEFAULT, one(), terms).lines.items()}
    slow = lines["creator_attrition"] + lines["retention"] + lines["ad_price"] + lines["response"]
    assert sum(lines.values()) == pytest.approx(slow, rel=1e-9)
    assert lines["viewing_recapture"] == pytest.approx(0.0, abs=1e-6)


def test_others_bear_everything() -> None:
    """A party that bears nothing still pays make-goods and the response."""
    result = priced(DEFAULT, one(), TERMS | {"platform.loss_share_borne": 0.0})
    lines = {k: float(v[0]) for k, v in result.lines.items()}
    paid = lines["make_goods"] + lines["creator_make_goods"] + lines["response"]
    assert result.loss_usd[0] == pytest.approx(paid, rel=1e-9)


def test_creators_are_not_asked_to_pay_for_a_fresher_feed() -> None:
    """A backlog as good as fresh uploads, posted at a better hour, earns nothing to give back."""
    values = {
        "publishing.retry_share": 1.0,
        "publishing.timeliness_half_life": 87600.0,
        "publishing.catch_up": 0.1,
        "costs.creator_make_good_share": 1.0,
    }
    night = outages([24.0 * 40 + 2.0], [3.0], 1.0)
    day = priced(DEFAULT, night, values)
    lines = {k: float(v[0]) for k, v in day.lines.items()}
    assert lines["creator_make_goods"] == pytest.approx(max(0.0, lines["freshness"]), abs=1e-15)
    assert lines["freshness"] > 0.0


def test_bill_adds_up_in_every_year() -> None:
    rng = np.random.default_rng(3)
    n = 200
    found = outages(
        rng.uniform(0, 8760, n),
        np.exp(rng.uniform(-4, 5.8, n)),
        *(rng.uniform(0, 1, n) for _ in range(3)),
        fixed_usd=rng.uniform(0, 9, n),
        usd_per_h=rng.uniform(0, 9, n),
    )
    result = priced(DEFAULT, found, TERMS | {"platform.cloud_bill_per_year": 1200.0})
    total = sum(column(result, f"{name}_usd") for name in COMPONENTS)
    np.testing.assert_allclose(total, column(result, "loss_usd"), rtol=1e-9, atol=1e-9)
    net = column(result, "loss_usd") + column(result, "sla_credit_usd")
    np.testing.assert_allclose(net, column(result, "net_loss_usd"), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(result.loss_usd, column(result, "loss_usd"), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        result.net_loss_usd, column(result, "net_loss_usd"), rtol=1e-9, atol=1e-9
    )
    for name in (*(f"{name}_usd" for name in RECAPTURE), "sla_credit_usd"):
        assert (column(result, name) <= 0.0).all(), name


def test_largest_incident_of_each_year() -> None:
    found = outages([10.0, 500.0, 10.0], [5.0, 20.0, 3.0], 0.0, 0.4, year=[0, 0, 1])
    result = priced(FLAT, found)
    largest = column(result, "largest_loss_usd")
    assert largest.tolist() == [max(result.loss_usd[:2]), result.loss_usd[2]]


def test_loss_of_a_year_shrinks_to_its_revenue() -> None:
    """Returning for 80 durations costs 81 × 436 h in one year: all shrinks to 8760 h alike."""
    values = {"sessions.return_lag": 80.0, "trust.failure_return_effect": 0.0}
    year = np.zeros(2, dtype=int)
    long = outages([0.0, 5000.0], [336.0, 100.0], 0.0, 1.0, fixed_usd=500.0, year=year)
    result = priced(FLAT, long, values | TERMS)
    first, second = result.lines["playback"]
    assert first == pytest.approx(8760.0 * 336.0 / 436.0, rel=1e-3)
    assert first + second == pytest.approx(8760.0, rel=1e-12)
    long_h, short_h = 81.0 * 336.0, 81.0 * 100.0
    made_up = WORTH.horizon_h * (2.0 - np.exp(-long_h / 5.0) - np.exp(-short_h / 5.0))
    factor = 8760.0 / (long_h + short_h)
    budget = column(result, "budget_recapture_usd")[0]
    assert budget == pytest.approx(-factor * WORTH.budget * made_up, rel=1e-3)
    orders = column(result, "commerce_recapture_usd")[0]
    assert orders == pytest.approx(-factor * WORTH.orders * made_up * 0.2, rel=1e-3)
    assert result.lines["response"].tolist() == [500.0, 500.0]


def test_what_is_paid_out_is_not_capped() -> None:
    """Make-goods and response of a year that lost more than its revenue stay what they are."""
    values = {"trust.failure_return_effect": 0.0, "sessions.return_lag": 80.0, **TERMS}
    year = np.zeros(2, dtype=int)
    both = outages([0.0, 5000.0], [336.0, 100.0], 0.0, 1.0, fixed_usd=9e4, year=year)
    capped = priced(FLAT, both, values)
    free = [
        priced(FLAT, outages([start], [hours], 0.0, 1.0, fixed_usd=9e4), values)
        for start, hours in ((0.0, 336.0 * 0.3), (5000.0, 100.0))
    ]
    assert sum(capped.lines["playback"]) == pytest.approx(8760.0)
    for name in ("make_goods", "creator_make_goods", "response"):
        assert capped.lines[name][1] == pytest.approx(free[1].lines[name][0], rel=1e-9), name
    assert column(capped, "loss_usd")[0] > 8760.0


def test_capped_year_keeps_its_proportions_and_slow_parts() -> None:
    """Every component, the permanent part and what falls later shrink by the same factor."""
    incident = outages([4000.0], [336.0], 0.5, 1.0, 0.2)
    slow = {
        "sessions.return_lag": 0.0,
        "trust.failure_return_effect": 1.0,
        "trust.permanent_share": 0.01,
        "trust.recovery": 1.0,
        "trust.retention_horizon": 12.0,
    }
    # The permanent share moves trust alone, so the fast parts show the factor.
    mild, wild = (
        priced(FLAT, incident, slow | {"trust.permanent_share": share}) for share in (0.01, 0.99)
    )
    gross = sum(column(wild, f"{name}_usd")[0] for name in GROSS)
    assert gross == pytest.approx(8760.0, rel=1e-12)
    factor = wild.lines["playback"][0] / 336.0
    assert mild.lines["playback"][0] == pytest.approx(336.0)
    assert factor < 1.0
    for name in ("freshness", "ad_serving", "creator_attrition"):
        assert wild.lines[name][0] == pytest.approx(factor * mild.lines[name][0], rel=1e-9), name
    drop = 1.0 - np.exp(-values_of("platform.visits_per_user_day") * 14.0)
    permanent = factor * 0.99 * drop * 8760.0
    assert column(wild, "retention_permanent_usd")[0] == pytest.approx(permanent, rel=1e-9)
    assert column(wild, "after_year_usd")[0] < gross


def values_of(name: str) -> float:
    return float(median_world(DEFAULT)[name])


def test_ordinary_years_are_not_shrunk() -> None:
    result = priced(FLAT, outages([0.0], [336.0], 0.0, 1.0), {"sessions.return_lag": 0.0})
    assert result.lines["playback"][0] == pytest.approx(336.0, rel=1e-12)


@pytest.mark.parametrize(
    ("residual", "hours"), [(0.3, 12.0), (0.0, 2.0)], ids=["impaired to the end", "ended"]
)
def test_response_is_charged_to_the_end_of_impairment(residual: float, hours: float) -> None:
    """MODEL §3: for d if κ > 0, else for f; and outage hours likewise."""
    values = {"resilience.failover_success": 1.0, "resilience.residual_impairment": residual}
    incident = outages(
        [100.0], [12.0], 0.5, 0.3, fixed_usd=1000.0, usd_per_h=10.0,
        failover_time_h=2.0, failover_chance=0.0,
    )  # fmt: skip
    result = priced(FLAT, incident, values)
    assert result.lines["response"][0] == pytest.approx(1000.0 + 10.0 * hours)
    assert column(result, "incident_h")[0] == pytest.approx(hours)


def test_failover_works_with_its_probability() -> None:
    """success·(1 − common cause) against the incident's own uniform number."""
    values = {
        "resilience.failover_success": 0.8,
        "incidents.power_cooling_weather.common_cause": 0.25,
        "resilience.residual_impairment": 0.0,
    }
    chance = np.array([0.0, 0.599, 0.601, 0.99])
    found = outages(np.full(4, 100.0), np.full(4, 12.0), 0.5, failover_chance=chance)
    hours = column(priced(FLAT, found, values), "incident_h")
    assert hours.tolist() == [1.0, 1.0, 12.0, 12.0]


CONTRACT = {
    "platform.cloud_bill_per_year": 12e6,
    "sla.scope_share": 0.5,
    "sla.claim_success": 0.4,
    "sla.counted_from": 0.6,
}
MONTH_USD = 1e6 * 0.5 * 0.4


def credit(found: Incidents, **changes: float) -> float:
    """SLA credit of one year as a share of a month's fee in scope that is obtained."""
    values = CONTRACT | {name.replace("__", "."): value for name, value in changes.items()}
    total = column(priced(DEFAULT, found, values), "sla_credit_usd")
    assert total.size == 1
    return float(-total[0] / MONTH_USD)


def down(start_h: list[float], hours: list[float], loss: float = 0.9) -> Incidents:
    return outages(start_h, hours, loss, year=np.zeros(len(start_h), dtype=int))


@pytest.mark.parametrize(
    ("hours", "share"),
    [(0.05, 0.0), (0.08, 0.10), (7.0, 0.10), (7.5, 0.25), (35.0, 0.25), (36.5, 1.0), (336.0, 1.0)],
)
def test_tiers_of_a_month_of_720_hours(hours: float, share: float) -> None:
    """April: 99.99 % leaves 0.072 h, 99 % 7.2 h, 95 % 36 h; the highest tier applies once."""
    assert credit(down([100.0], [hours])) == pytest.approx(share)


@pytest.mark.parametrize(("hours", "share"), [(180.0, 0.0), (180.01, 0.5)])
def test_tiers_are_strict(hours: float, share: float) -> None:
    """Exactly the availability promised (here 75 %, exact in binary) is no breach."""
    tiers = {"sla__tier_1.below": 0.75, "sla__tier_1.credit": 0.5}
    none = {f"sla__tier_{k}.credit": 0.0 for k in (2, 3)}
    assert credit(down([100.0], [hours]), **tiers, **none) == pytest.approx(share)


def test_order_of_the_tiers_does_not_matter() -> None:
    swapped = {"sla__tier_1.below": 0.95, "sla__tier_1.credit": 1.0}
    swapped |= {"sla__tier_3.below": 0.9999, "sla__tier_3.credit": 0.10}
    assert credit(down([100.0], [50.0]), **swapped) == pytest.approx(1.0)
    assert credit(down([100.0], [1.0]), **swapped) == pytest.approx(0.10)


def test_hours_of_a_month_add_up() -> None:
    """Twice 4 h is 1.1 % of April; 4 h in April and 4 h in May are not."""
    assert credit(down([100.0, 300.0], [4.0, 4.0])) == pytest.approx(0.25)
    assert credit(down([100.0, 800.0], [4.0, 4.0])) == pytest.approx(0.20)


def test_outage_across_two_months_counts_in_each() -> None:
    """From 710 h on for 18 h: 10 h of April (1.4 %) and 8 h of May (1.08 %)."""
    assert credit(down([710.0], [18.0])) == pytest.approx(0.50)
    assert credit(down([719.96], [7.0])) == pytest.approx(0.0 + 0.10)


def test_outage_over_a_whole_month() -> None:
    """200 h before May to 100 h after it: all of May is down."""
    assert credit(down([520.0], [200.0 + 744.0 + 100.0])) == pytest.approx(3.0)


def test_outage_after_the_end_of_the_year_still_counts() -> None:
    """Year's end is the end of March 2027: 5 h fall in March (10 %), 19 h in April (25 %)."""
    assert credit(down([8755.0], [24.0])) == pytest.approx(0.10 + 0.25)


def test_impairment_decides_what_counts() -> None:
    """The larger of publishing and playback, from the threshold on; ad serving never."""
    for losses, share in (
        ((0.6, 0.0, 0.0), 0.10),
        ((0.0, 0.6, 0.0), 0.10),
        ((0.59, 0.59, 1.0), 0.0),
        ((0.0, 0.0, 1.0), 0.0),
    ):
        assert credit(outages([100.0], [1.0], *losses)) == pytest.approx(share), losses


def test_hours_after_failover_count_only_if_still_impaired_enough() -> None:
    """40 h at 0.9: with κ = 0.7 all count (0.63), with κ = 0.6 only the 10 h before (0.54)."""
    failed = outages([100.0], [40.0], 0.9, failover_time_h=10.0, failover_chance=0.0)
    works = {"resilience__failover_success": 1.0}
    for residual, share in ((0.7, 1.0), (0.6, 0.25), (0.0, 0.25), (1.0, 1.0)):
        got = credit(failed, **works, resilience__residual_impairment=residual)
        assert got == pytest.approx(share), residual


def test_net_loss_may_be_negative() -> None:
    result = priced(DEFAULT, down([100.0], [40.0]), CONTRACT)
    assert column(result, "net_loss_usd")[0] < 0.0 < column(result, "loss_usd")[0]
    assert column(result, "largest_loss_usd")[0] == result.loss_usd[0]


def test_credit_is_shared_by_counted_hours() -> None:
    """10 h and 30 h of one month: a quarter and three quarters of its credit."""
    result: Priced = priced(DEFAULT, down([100.0, 300.0], [10.0, 30.0]), CONTRACT)
    part = (result.loss_usd - result.net_loss_usd) / MONTH_USD
    np.testing.assert_allclose(part, [0.25, 0.75], rtol=1e-9)


def test_columns_have_unique_names() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)


@pytest.mark.parametrize("hours", [0.2, 30.0, 336.0])
def test_an_incident_costs_the_sum_of_its_lines(hours: float) -> None:
    """Also where the year's losses are cut at its revenue, with every line at work."""
    starts = np.arange(0.0, 8000.0, 340.0)
    found = outages(
        starts, hours, 0.9, 0.95, 0.4, year=starts // 2000.0, fixed_usd=1e3, usd_per_h=10.0
    )
    result = priced(DEFAULT, found, {**TERMS, "costs.creator_make_good_share": 0.9})
    total = sum(result.lines[name] for name in COMPONENTS)
    np.testing.assert_allclose(result.loss_usd, total, rtol=1e-9)
    sums = np.bincount(found.year, weights=result.loss_usd)
    np.testing.assert_allclose(sums, column(result, "loss_usd"), rtol=1e-9)
