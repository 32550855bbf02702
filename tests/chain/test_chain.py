"""The chain against the independent time-stepping, and the identities and limits of MODEL §4."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference.by_hand import COMMERCE, FLAT, column, outages, priced, priced_cases, profiles
from reference.cases import (
    ABS_H,
    DEFAULT,
    ENSEMBLES,
    LOSSES,
    REL,
    TYPICAL,
    Z95,
    any_hour,
    random_cases,
)
from reference.stepping import Case, step

from model.scenario.scenario import Scenario

COMPONENTS = (
    "playback",
    "freshness",
    "freshness_running",
    "ad_serving",
    "creator_attrition",
    "retention_temporary",
    "retention_permanent",
    "ad_price",
    *COMMERCE,
)


def assert_components_agree(scenario: Scenario, cases: list[Case]) -> None:
    calendar = profiles(scenario)
    got = priced_cases(scenario, cases)
    for k, case in enumerate(cases):
        true = step(case, *calendar)
        for name in COMPONENTS:
            assert got[name][k] == pytest.approx(true[name], rel=REL, abs=ABS_H), (name, case)
        for name in ("failed_uploads", "abandoned_uploads", "freshness_deficit_h"):
            assert got[name][k] == pytest.approx(true[name], rel=1e-5, abs=1e-9), (name, case)


@pytest.mark.parametrize("ensemble", ENSEMBLES)
def test_every_component_meets_the_time_stepping(ensemble: str) -> None:
    assert_components_agree(DEFAULT, ENSEMBLES[ensemble])


def test_components_meet_the_time_stepping_in_another_year() -> None:
    """A leap year from a Wednesday: another clock, other months, 29 February within."""
    scenario = DEFAULT.with_({"simulation.start_date": "2028-01-05"})
    assert_components_agree(scenario, random_cases(5, Z95, any_hour(5, 12)))


@pytest.mark.parametrize("ensemble", ENSEMBLES)
def test_minutes_and_impressions_meet_the_time_stepping(ensemble: str) -> None:
    cases, calendar = ENSEMBLES[ensemble], profiles(DEFAULT)
    got = priced_cases(DEFAULT, cases)
    for k, case in enumerate(cases):
        true = step(case, *calendar)
        hour = case.daily_users * case.minutes_per_user_day / 24.0
        for name in ("minutes_lost", "impressions_lost"):
            tolerance = pytest.approx(true[name], rel=REL, abs=ABS_H * hour)
            assert got[name][k] == tolerance, (name, case)


def test_the_stepping_comparison_can_fail() -> None:
    """Negative control: the same incident an hour later in the day is not the same loss."""
    cases = [replace(case, start_h=case.start_h + 1.0) for case in ENSEMBLES["within the beliefs"]]
    calendar = profiles(DEFAULT)
    got = priced_cases(DEFAULT, ENSEMBLES["within the beliefs"])
    worst = max(
        abs(got["playback"][k] / step(case, *calendar)["playback"] - 1.0)
        for k, case in enumerate(cases)
    )
    assert worst > 10 * REL


def at_flat(**changes: float) -> dict[str, float]:
    """Price one changed typical case where every hour of the year is alike."""
    return {k: float(v[0]) for k, v in priced_cases(FLAT, [replace(TYPICAL, **changes)]).items()}


def test_full_outage_of_six_hours_costs_six_average_hours() -> None:
    """MODEL §4.3, §4.5: nobody comes late, nothing returns, every hour is an average one."""
    full = outages([1234.5], [6.0], 0.0, 1.0, 0.0)
    gone = {"sessions.return_lag": 0.0, "trust.failure_return_effect": 0.0}
    rate = 13.0e9 / 8760.0
    result = priced(FLAT, full, gone | {"platform.ad_revenue_per_year": 13.0e9})
    assert result.loss_usd[0] == pytest.approx(6.0 * rate, rel=1e-12)
    assert result.lines["playback"][0] == pytest.approx(6.0 * rate, rel=1e-12)
    assert column(result, "loss_usd")[0] == result.loss_usd[0]


@pytest.mark.parametrize("hour", [0.0, 4000.25, 8759.9])
def test_calendar_weighs_the_running_hours_exactly(hour: float) -> None:
    """Without return lag, playback is a_play·∫wr over the incident, to rounding."""
    demand, price, _ = profiles(DEFAULT)
    value, d = demand * price, 7.35
    edges = np.unique([hour, *np.arange(np.ceil(hour), hour + d), hour + d])
    exact = np.sum(value[edges[:-1].astype(int)] * np.diff(edges))
    result = priced(DEFAULT, outages([hour], [d], 0.0, 0.3), {"sessions.return_lag": 0.0})
    assert result.lines["playback"][0] == pytest.approx(0.3 * exact, rel=1e-9)


def test_demand_times_price_averages_one_over_the_year() -> None:
    """A year without any viewing loses a year of revenue, no more and no less."""
    demand, price, _ = profiles(DEFAULT)
    assert (demand * price)[:8760].mean() == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("duration_h", [1.0 / 60.0, 6.0, 336.0])
@pytest.mark.parametrize("catch_up", [0.5, 24.0])
def test_freshness_deficit_identity(duration_h: float, catch_up: float) -> None:
    """MODEL §4.2: ∫D dt = b·d·(1 − q·v)."""
    q, half_life = 0.8, TYPICAL.timeliness_half_life
    got = at_flat(duration_h=duration_h, catch_up=catch_up, retry_share=q)
    c = max(catch_up, q * 0.6 * duration_h)
    v = 2.0 ** (-((duration_h + c) / 2.0) / half_life)
    assert got["freshness_deficit_h"] == pytest.approx(0.6 * duration_h * (1.0 - q * v), rel=1e-9)


def test_freshness_is_elasticity_times_the_deficit_when_small() -> None:
    """Without a fresh share m = e^(−εD), so a small ε turns ∫wr·A(1 − m) into ε·∫D.

    Where nothing is posted later, so that the feed is never fresher than usual.
    """
    small = {"freshness_elasticity": 1e-7, "fresh_share": 0.0}
    got = at_flat(playback_loss=0.0, retry_share=0.0, **small)
    assert got["freshness"] == pytest.approx(1e-7 * got["freshness_deficit_h"], rel=REL)


def test_feed_without_a_fresh_share_fades_exponentially() -> None:
    """f → 0 turns m into e^(−εD), continuously (MODEL §4.3)."""
    none, tiny = (at_flat(fresh_share=f, duration_h=100.0) for f in (0.0, 1e-7))
    assert none["freshness"] == pytest.approx(tiny["freshness"], rel=1e-6)
    true = step(replace(TYPICAL, fresh_share=0.0, duration_h=100.0), *(np.ones(0),) * 3)
    assert none["freshness"] == pytest.approx(true["freshness"], rel=REL)


@pytest.mark.parametrize("fresh_share", [0.3, 0.9])
def test_feed_cannot_be_staler_than_wholly_stale(fresh_share: float) -> None:
    """In the evening uploads run above average, so b and D pass 1; m takes D as 1 (MODEL §4.3)."""
    uploads = profiles(DEFAULT)[2]
    evening = float(np.argmax(uploads[:168]))
    case = replace(
        TYPICAL,
        start_h=evening - 2.0,
        duration_h=5.0,
        publish_loss=1.0,
        playback_loss=0.0,
        content_half_life=0.3,
        fresh_share=fresh_share,
        freshness_elasticity=0.2,
    )
    assert uploads[int(evening) - 2 : int(evening) + 3].mean() > 1.2
    got = priced_cases(DEFAULT, [case])
    true = step(case, *profiles(DEFAULT))
    for name in ("freshness", "freshness_running"):
        assert got[name][0] == pytest.approx(true[name], rel=REL), name


def test_wholly_stale_feed_of_fresh_content_alone_keeps_nobody() -> None:
    """f = 1 makes m fall to zero at D = 1, steeply: still finite, and close."""
    case = replace(
        TYPICAL,
        duration_h=336.0,
        publish_loss=1.0,
        playback_loss=0.0,
        content_half_life=1.0,
        fresh_share=1.0,
        freshness_elasticity=0.2,
    )
    got = priced_cases(DEFAULT, [case])
    true = step(case, *profiles(DEFAULT))
    for name in ("freshness", "freshness_running"):
        assert got[name][0] == pytest.approx(true[name], rel=REL), name


def test_long_outage_with_a_finite_fresh_share_reaches_the_floor() -> None:
    """After 336 h at D = 1 nearly every hour has cost 1 − (1 − f)^(ε/f)."""
    case = {"publish_loss": 1.0, "playback_loss": 0.0, "duration_h": 336.0}
    got = at_flat(**case, content_half_life=0.5, fresh_share=0.4, freshness_elasticity=0.1)
    floor = 1.0 - 0.6 ** (0.1 / 0.4)
    tau = 0.5 / np.log(2.0)
    assert floor * (336.0 - 4 * tau) < got["freshness_running"] < floor * 336.0


def test_a_feed_that_is_briefly_fresher_earns_nothing() -> None:
    """D falls through zero at x = τ·ln(1 + D_e/k); what was lost by then is all (MODEL §4.3)."""
    small = {"freshness_elasticity": 0.5, "fresh_share": 0.5}  # ε = f: 1 − m = εD exactly
    got = at_flat(
        retry_share=1.0, timeliness_half_life=87600.0, catch_up=0.1, playback_loss=0.0, **small
    )
    tau, b, d = TYPICAL.content_half_life / np.log(2.0), 0.6, 6.0
    c = b * d
    k = b * d / c * 2.0 ** (-(d + c) / 2.0 / 87600.0)
    peak = -b * np.expm1(-d / tau)
    crossing = tau * np.log1p(peak / k)
    assert crossing < c
    falling = (peak + k) * -tau * np.expm1(-crossing / tau) - k * crossing
    running = b * (d - tau * -np.expm1(-d / tau))
    assert got["freshness_running"] == pytest.approx(0.5 * running, rel=1e-3)
    assert got["freshness"] == pytest.approx(0.5 * (running + falling), rel=1e-3)


def test_components_scale_with_revenue() -> None:
    cases = ENSEMBLES["within the beliefs"][:5]
    incidents = outages(
        *([getattr(c, f) for c in cases] for f in ("start_h", "duration_h", *LOSSES))
    )
    one, many = (
        priced(DEFAULT, incidents, {"platform.ad_revenue_per_year": 8760.0 * k}) for k in (1.0, 1e6)
    )
    for name, line in one.lines.items():
        np.testing.assert_allclose(many.lines[name], 1e6 * line, rtol=1e-12, err_msg=name)


def test_playback_and_ad_serving_scale_with_their_impairments() -> None:
    once = at_flat(publish_loss=0.0)
    twice = at_flat(publish_loss=0.0, playback_loss=0.4, ads_loss=0.1)
    assert twice["playback"] == pytest.approx(2.0 * once["playback"], rel=1e-12)
    assert twice["ad_serving"] == pytest.approx(0.6 / 0.8 * once["ad_serving"], rel=1e-9)


def test_ad_serving_alone() -> None:
    """Nothing else fails: a_ads of the served hours is lost, and no tail follows."""
    got = at_flat(publish_loss=0.0, playback_loss=0.0, ads_loss=0.25)
    assert got["ad_serving"] == pytest.approx(0.25 * 6.0, rel=1e-12)
    for name in ("playback", "freshness", "creator_attrition", "retention", "minutes_lost"):
        assert got[name] == 0.0, name
    hour = TYPICAL.daily_users * TYPICAL.minutes_per_user_day / 24.0
    assert got["impressions_lost"] == pytest.approx(0.25 * 6.0 * hour, rel=1e-9)


def test_viewers_return_over_the_lag() -> None:
    """On a flat calendar the return adds a_play·return_lag·d (MODEL §4.3)."""
    got = at_flat(publish_loss=0.0, return_lag=0.7)
    assert got["playback"] == pytest.approx(0.2 * 6.0 * 1.7, rel=1e-6)


def test_ad_load_is_derived_from_the_platform() -> None:
    """Minutes move with the audience, impressions with revenue ÷ CPM, dollars with neither."""
    one = outages([500.0], [6.0], 0.5, 0.2, 0.1)
    base = {"platform.daily_users": 9e7, "platform.minutes_per_user_day": 70.0}
    plain = priced(DEFAULT, one, base)
    crowded = priced(DEFAULT, one, base | {"platform.daily_users": 18e7})
    cheap = priced(DEFAULT, one, base | {"platform.cpm": 3.0})
    dear = priced(DEFAULT, one, base | {"platform.cpm": 6.0})
    assert crowded.loss_usd[0] == plain.loss_usd[0] == cheap.loss_usd[0]
    minutes = [column(p, "minutes_lost")[0] for p in (plain, crowded)]
    assert minutes[1] == pytest.approx(2.0 * minutes[0], rel=1e-12)
    shown = [column(p, "impressions_lost")[0] for p in (plain, crowded, cheap, dear)]
    assert shown[1] == pytest.approx(shown[0], rel=1e-12)
    assert shown[2] == pytest.approx(2.0 * shown[3], rel=1e-12)


def test_failover_is_two_overlaid_incidents() -> None:
    """MODEL §3: every linear line is that of (1 − κ)·a for f hours plus κ·a for d hours."""
    case = replace(TYPICAL, failed_over=True, residual_impairment=0.3, failover_time_h=1.5)
    case = replace(case, freshness_elasticity=1e-6, ads_loss=0.0, catch_up=30.0)
    until = replace(case, failed_over=False, duration_h=1.5, publish_loss=0.7 * 0.6)
    until = replace(until, playback_loss=0.7 * 0.2)
    rest = replace(case, failed_over=False, publish_loss=0.3 * 0.6, playback_loss=0.3 * 0.2)
    got = priced_cases(DEFAULT, [case, until, rest])
    for name in ("playback", "creator_attrition", "retention_temporary", "failed_uploads"):
        assert got[name][0] == pytest.approx(got[name][1] + got[name][2], rel=1e-4), name
    deficit = got["freshness_deficit_h"]
    assert deficit[0] == pytest.approx(deficit[1] + deficit[2], rel=1e-9)


def test_failover_that_leaves_everything_impaired_costs_the_same() -> None:
    """An ineffective remedy shows exactly nothing (MODEL §5)."""
    futile = replace(TYPICAL, failed_over=True, residual_impairment=1.0, failover_time_h=0.5)
    for name, values in priced_cases(DEFAULT, [TYPICAL, futile]).items():
        assert values[0] == values[1], name


def test_failover_that_comes_too_late_costs_the_same() -> None:
    """An ineffective remedy saves exactly nothing, also where the backlog outlasts catch_up."""
    case = replace(TYPICAL, retry_share=0.9, publish_loss=0.9, catch_up=1.0)
    late = replace(case, failed_over=True, residual_impairment=0.4, failover_time_h=50.0)
    for name, values in priced_cases(DEFAULT, [case, late]).items():
        assert values[1] == values[0], name


def test_phases_of_a_failover_catch_up_side_by_side() -> None:
    """To the letter of MODEL §3–4 each overlaid phase posts its own backlog over its own c."""
    case = replace(TYPICAL, retry_share=0.9, publish_loss=0.9, catch_up=1.0)
    halves = replace(case, failed_over=True, residual_impairment=0.4, failover_time_h=5.0)
    assert_components_agree(DEFAULT, [case, halves])


def test_complete_failover_ends_the_incident() -> None:
    case = replace(TYPICAL, failed_over=True, residual_impairment=0.0, failover_time_h=1.5)
    short = replace(TYPICAL, duration_h=1.5)
    got = priced_cases(DEFAULT, [case, short])
    for name, values in got.items():
        assert values[0] == pytest.approx(values[1], rel=1e-9, abs=1e-12), name


def test_shield_spares_viewing_and_trust_but_not_uploads() -> None:
    whole, half = at_flat(), at_flat(playback_shield=0.5)
    assert half["playback"] == pytest.approx(0.5 * whole["playback"], rel=1e-12)
    assert half["retention"] == pytest.approx(0.5 * whole["retention"], rel=1e-12)
    assert half["failed_uploads"] == whole["failed_uploads"]


@pytest.mark.parametrize(
    ("name", "factor"),
    [("publish_loss", 1.2), ("playback_loss", 1.5), ("ads_loss", 2.0), ("duration_h", 1.5)],
)
def test_worse_incidents_cost_more(name: str, factor: float) -> None:
    """On a flat calendar; on a real one a longer incident may push its tail into cheaper hours."""
    alike = {"publish_loss": 0.5, "playback_loss": 0.3, "ads_loss": 0.2, "failed_over": False}
    cases = [replace(case, **alike) for case in ENSEMBLES["within the beliefs"]]
    worse = [replace(case, **{name: getattr(case, name) * factor}) for case in cases]
    before, after = (gross(priced_cases(FLAT, group)) for group in (cases, worse))
    assert (after > before).all()


def gross(lines: dict[str, np.ndarray]) -> np.ndarray:
    names = ("playback", "freshness", "ad_serving", "creator_attrition", "retention", "ad_price")
    return np.sum([lines[name] for name in names], axis=0)
