"""The time-stepping reference against closed forms, hand calculations and its own refinement."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from reference.stepping import Case, step, with_trust
from scipy.integrate import quad

FLAT = (np.ones(0), np.ones(0), np.ones(0))

HOURS = np.arange(8760)
WAVY = (
    1.0 + 0.6 * np.sin(2.0 * np.pi * HOURS / 24.0) + 0.1 * (HOURS % 168 >= 120),
    np.where(HOURS % 1460 < 730, 0.8, 1.3),
    1.0 + 0.7 * np.cos(2.0 * np.pi * HOURS / 24.0),
)

TYPICAL = Case(
    start_h=100.3,
    duration_h=6.0,
    publish_loss=0.6,
    playback_loss=0.2,
    ads_loss=0.1,
    daily_users=95e6,
    minutes_per_user_day=80.0,
    visits_per_user_day=8.0,
    uploads_per_day=14e6,
    retry_share=0.7,
    catch_up=5.0,
    timeliness_half_life=36.0,
    attrition_per_failed_day=0.001,
    attrition_recovery=20.0,
    content_half_life=18.0,
    fresh_share=0.25,
    freshness_elasticity=0.06,
    return_lag=0.15,
    failure_return_effect=0.02,
    recovery=8.0,
    permanent_share=0.03,
    retention_horizon=10.3,
    recurrence_gain=0.4,
    cpm_sensitivity=0.1,
    failed_over=False,
    residual_impairment=0.3,
    failover_time_h=1.0,
    playback_shield=0.0,
)

LONG = replace(TYPICAL, duration_h=336.0, publish_loss=0.95, catch_up=2.0, return_lag=1.0)
WIDE = (
    replace(TYPICAL, duration_h=1.0 / 60.0, return_lag=0.02),
    replace(TYPICAL, duration_h=0.4, return_lag=0.02, content_half_life=6.0, fresh_share=0.0),
    replace(TYPICAL, failed_over=True, failover_time_h=0.25, return_lag=0.02),
    replace(TYPICAL, duration_h=60.0, failed_over=True, failover_time_h=4.0, playback_shield=0.5),
    replace(TYPICAL, publish_loss=1.0, playback_loss=0.98, ads_loss=0.5, duration_h=30.0),
    LONG,
    replace(LONG, failed_over=True, failover_time_h=400.0, content_half_life=48.0),
    replace(LONG, start_h=8700.0, attrition_per_failed_day=0.05, content_half_life=6.0),
    replace(LONG, failed_over=True, failover_time_h=0.25, return_lag=0.02),
)


def close(value: float, rel: float = 1e-5):
    return pytest.approx(value, rel=rel, abs=1e-12)


@pytest.mark.parametrize("case", WIDE)
def test_halving_every_step_changes_nothing_that_matters(case: Case) -> None:
    once, twice = step(case, *WAVY), step(case, *WAVY, refine=2)
    for name, value in twice.items():
        assert once[name] == pytest.approx(value, rel=2e-4, abs=1e-9), name


def test_error_is_of_second_order() -> None:
    """Three refinements: each halving leaves a quarter of the change."""
    runs = [step(TYPICAL, *WAVY, refine=n)["freshness"] for n in (1, 2, 4)]
    assert (runs[0] - runs[1]) / (runs[1] - runs[2]) == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize(("duration_h", "catch_up"), [(6.0, 5.0), (6.0, 1.0), (200.0, 5.0)])
def test_deficit_identity(duration_h: float, catch_up: float) -> None:
    """∫D dt = b·d·(1 − q·v), with b, c and v by hand."""
    case = replace(TYPICAL, start_h=48.0, duration_h=duration_h, catch_up=catch_up)
    b = 0.6 * WAVY[2][48 : 48 + int(duration_h)].mean()
    c = max(catch_up, 0.7 * b * duration_h)
    v = 0.5 ** ((duration_h + c) / 2.0 / 36.0)
    deficit = step(case, *WAVY)["freshness_deficit_h"]
    assert deficit == close(b * duration_h * (1.0 - 0.7 * v), rel=1e-8)


def test_full_outage_without_return_lag_costs_its_hours() -> None:
    case = replace(TYPICAL, publish_loss=0.0, playback_loss=1.0, return_lag=0.0)
    out = step(case, *FLAT)
    assert out["playback"] == close(6.0, rel=1e-12)
    nothing = ("freshness", "freshness_running", "ad_serving", "creator_attrition")
    for name in (*nothing, "failed_uploads", "abandoned_uploads", "freshness_deficit_h"):
        assert out[name] == pytest.approx(0.0, abs=1e-12), name
    assert out["minutes_lost"] == close(95e6 * 80.0 / 24.0 * 6.0)
    assert out["impressions_lost"] == close(out["minutes_lost"])
    assert out["retention_temporary"] > 0.0


def test_viewers_return_over_the_lag() -> None:
    """In a flat profile the return adds a_play·λ, λ = return_lag·d."""
    out = step(replace(TYPICAL, publish_loss=0.0), *FLAT)
    assert out["playback"] == close(0.2 * (6.0 + 0.15 * 6.0))


def test_profiles_enter_hour_by_hour() -> None:
    """A start at 10.25 for 2.5 h takes 0.75 of hour 10, all of 11, 0.75 of 12."""
    case = replace(TYPICAL, start_h=10.25, duration_h=2.5, publish_loss=0.0, return_lag=0.0)
    demand = np.arange(24.0)
    price = np.linspace(2.0, 1.0, 24)
    share = np.array([0.75, 1.0, 0.75])
    served = np.sum(demand[10:13] * price[10:13] * share)
    out = step(case, demand, price, np.ones(24))
    assert out["playback"] == close(0.2 * served, rel=1e-12)
    assert out["ad_serving"] == close(0.8 * 0.1 * served, rel=1e-12)
    minutes_per_h = 95e6 * 80.0 / 24.0
    lost = minutes_per_h * np.sum(demand[10:13] * share)
    assert out["minutes_lost"] == close(0.2 * lost, rel=1e-12)
    assert out["impressions_lost"] == close((0.2 + 0.08) * lost, rel=1e-12)


def test_failed_uploads_follow_the_profile() -> None:
    out = step(replace(TYPICAL, start_h=20.5, duration_h=2.0), *WAVY)
    p = WAVY[2]
    failed = 14e6 / 24.0 * 0.6 * (0.5 * p[20] + p[21] + 0.5 * p[22])
    assert out["failed_uploads"] == close(failed, rel=1e-12)
    assert out["abandoned_uploads"] == close(0.3 * failed, rel=1e-12)


def test_freshness_is_elasticity_times_deficit_when_small() -> None:
    """m ≈ 1 − εD: running part ε·b·(d − τ(1 − e^(−d/τ))), total ε·b·d·(1 − q·v)."""
    case = replace(TYPICAL, playback_loss=0.0, fresh_share=0.0, freshness_elasticity=1e-6)
    out = step(case, *FLAT)
    tau, v = 18.0 / np.log(2.0), 0.5 ** ((6.0 + 5.0) / 2.0 / 36.0)
    running = 6.0 + tau * np.expm1(-6.0 / tau)
    assert out["freshness_running"] == close(1e-6 * 0.6 * running)
    assert out["freshness"] == close(1e-6 * 0.6 * 6.0 * (1.0 - 0.7 * v))


@pytest.mark.parametrize("fresh_share", [0.0, 0.45, 1.0])
def test_chain_agrees_with_quadrature_of_the_closed_form(fresh_share: float) -> None:
    """Freshness and ad serving under both phases, with D as MODEL §4.2 writes it."""
    case = replace(
        TYPICAL, duration_h=40.0, failed_over=True, fresh_share=fresh_share, playback_loss=0.9
    )
    tau = 18.0 / np.log(2.0)
    phases = ((0.7, 1.0), (0.3, 40.0))

    def deficit(u: float, scale: float, hours: float) -> float:
        b = 0.6 * scale
        c = max(5.0, 0.7 * b * hours)
        rate = 0.7 * 0.5 ** ((hours + c) / 2.0 / 36.0) * b * hours / c
        at_end = -b * np.expm1(-hours / tau)
        if u < hours:
            return -b * np.expm1(-u / tau)
        x = min(u - hours, c)
        caught_up = at_end * np.exp(-x / tau) + rate * np.expm1(-x / tau)
        return caught_up * np.exp(-max(u - hours - c, 0.0) / tau)

    def engaged(u: float) -> float:
        total = sum(deficit(u, *p) for p in phases)
        if fresh_share == 0.0:
            return np.exp(-0.06 * total)
        return np.exp(0.06 / fresh_share * np.log1p(-fresh_share * total))

    def available(u: float) -> float:
        lost = (0.9 * s * np.exp(-max(u - h, 0.0) / (0.15 * h)) for s, h in phases)
        return 1.0 - sum(lost)

    def integral(function, edges: tuple[float, ...]) -> float:
        return sum(quad(function, a, b, epsabs=1e-12, limit=200)[0] for a, b in pairwise(edges))

    def stale(u: float) -> float:
        return available(u) * (1.0 - engaged(u))

    def served(u: float) -> float:
        return available(u) * engaged(u)

    out = step(case, *FLAT)
    assert out["freshness_running"] == close(integral(stale, (0.0, 1.0, 2.0, 6.0, 40.0)))
    edges = (0.0, 1.0, 2.0, 6.0, 40.0, 40.0 + 0.7 * 0.18 * 40.0, 50.0, 100.0, 300.0, 800.0)
    assert out["freshness"] == close(integral(stale, edges), rel=1e-4)
    unserved = 0.1 * integral(served, (0.0, 1.0)) + 0.03 * integral(served, (1.0, 2.0, 6.0, 40.0))
    assert out["ad_serving"] == close(unserved)


def test_wholly_stale_feed_is_finite() -> None:
    """b > 1 drives D past 1; it counts as 1: m = (1 − f)^(ε/f)."""
    uploads = np.full(8760, 3.0)
    case = replace(LONG, playback_loss=0.0, content_half_life=0.01)
    out = step(case, FLAT[0], FLAT[1], uploads)
    filling_h = 0.01  # of 336 hours at most until D passes 1
    lost = 336.0 * (1.0 - 0.75 ** (0.06 / 0.25))
    assert out["freshness_running"] == close(lost, rel=filling_h / 336.0)


def test_attrition_is_linear_when_small() -> None:
    out = step(replace(TYPICAL, attrition_per_failed_day=1e-6), *FLAT)
    drop = 1e-6 * 0.6 * 6.0 / 24.0
    assert out["creator_attrition"] == close(drop * 0.06 * 20.0 * 24.0, rel=1e-4)


def test_attrition_drop_stops_at_the_whole_supply() -> None:
    whole = replace(LONG, attrition_per_failed_day=0.1, publish_loss=1.0)
    more = replace(whole, attrition_per_failed_day=1.0)
    assert step(whole, *FLAT)["creator_attrition"] == step(more, *FLAT)["creator_attrition"]


def test_trust_drop_and_its_integrals_by_hand() -> None:
    out = step(replace(TYPICAL, trust_before=0.005), *FLAT)
    drop = 0.02 * 0.2 * (1.0 - np.exp(-2.0)) * (1.0 + 0.4 * 0.25)
    assert out["trust_drop"] == close(drop, rel=1e-12)
    assert out["retention_temporary"] == close(0.97 * drop * 8.0 * 24.0)
    assert out["retention_permanent"] == close(0.03 * drop * 10.3 * 730.0, rel=1e-12)
    both = out["retention_temporary"] + out["retention_permanent"]
    assert out["ad_price"] == close(0.1 * both, rel=1e-12)


def test_permanent_part_follows_the_profile_to_the_horizon_only() -> None:
    """End at 7306, two months of 730 h: 1454 h within the year, 6 h beyond it at 1."""
    case = replace(TYPICAL, start_h=7300.0, retention_horizon=2.0)
    out = step(case, *WAVY)
    inside = np.sum((WAVY[0] * WAVY[1])[7306:8760])
    expected = 0.03 * out["trust_drop"] * (inside + 6.0)
    assert out["retention_permanent"] == close(expected, rel=1e-12)


def test_known_trust_saturates_and_no_effect_means_no_loss() -> None:
    drops = [step(replace(TYPICAL, trust_before=t), *FLAT)["trust_drop"] for t in (0.0, 0.02, 1.0)]
    assert drops[1] == close(1.4 * drops[0])
    assert drops[2] == drops[1]
    none = step(replace(TYPICAL, failure_return_effect=0.0, trust_before=0.1), *FLAT)
    assert none["trust_drop"] == none["retention_temporary"] == none["ad_price"] == 0.0


def test_trust_of_earlier_incidents_is_carried_on() -> None:
    """A day after its end the first drop has decayed by e^(−1/8); the permanent part has not."""
    first = replace(TYPICAL, start_h=10.0)
    second = replace(TYPICAL, start_h=16.0 + 24.0)
    third = replace(TYPICAL, start_h=46.0 + 240.0)
    chain = with_trust([first, second, third])
    alone = 0.02 * 0.2 * (1.0 - np.exp(-2.0))
    left = alone * (0.03 + 0.97 * np.exp(-1.0 / 8.0))
    assert chain[0].trust_before == 0.0
    assert chain[1].trust_before == close(left)
    again = alone * (1.0 + 0.4 * left / 0.02)
    expected = alone * (0.03 + 0.97 * np.exp(-270.0 / 24.0 / 8.0))
    expected += again * (0.03 + 0.97 * np.exp(-240.0 / 24.0 / 8.0))
    assert chain[2].trust_before == close(expected)


def test_permanent_part_is_forgotten_after_the_horizon() -> None:
    first = replace(TYPICAL, start_h=0.0, retention_horizon=1.0, recovery=1.0)
    second = replace(first, start_h=6.0 + 730.0)
    chain = with_trust([first, second])
    assert chain[1].trust_before == pytest.approx(0.0, abs=1e-12)


def test_failover_leaving_everything_impaired_is_no_failover() -> None:
    failed = replace(TYPICAL, failed_over=True, residual_impairment=1.0)
    assert step(failed, *WAVY) == step(TYPICAL, *WAVY)


def test_complete_failover_is_a_shorter_incident() -> None:
    failed = replace(TYPICAL, failed_over=True, residual_impairment=0.0)
    assert step(failed, *WAVY) == step(replace(TYPICAL, duration_h=1.0), *WAVY)


def test_late_failover_changes_nothing() -> None:
    """Both phases last d: shortfalls, exposures and 1 − A add up to the one incident's."""
    case = replace(TYPICAL, failed_over=True, failover_time_h=50.0)
    late, never = step(case, *WAVY), step(TYPICAL, *WAVY)
    for name, value in never.items():
        assert late[name] == close(value, rel=1e-9), name


def test_failover_adds_two_overlaid_incidents() -> None:
    out = step(replace(TYPICAL, failed_over=True), *FLAT)
    hours = 0.7 * 1.0 + 0.3 * 6.0
    assert out["playback"] == close(0.2 * hours * 1.15)
    assert out["failed_uploads"] == close(14e6 / 24.0 * 0.6 * hours)
    drop = 0.02 * 0.2 * (0.7 * (1.0 - np.exp(-1.0 / 3.0)) + 0.3 * (1.0 - np.exp(-2.0)))
    assert out["trust_drop"] == close(drop)
    assert out["retention_temporary"] == close(0.97 * drop * 8.0 * 24.0)
    worths = (0.5 ** ((1.0 + 5.0) / 2.0 / 36.0), 0.5 ** ((6.0 + 5.0) / 2.0 / 36.0))
    deficit = 0.6 * (0.7 * (1.0 - 0.7 * worths[0]) + 0.3 * 6.0 * (1.0 - 0.7 * worths[1]))
    assert out["freshness_deficit_h"] == close(deficit)


def test_shield_spares_viewing_only() -> None:
    whole = step(TYPICAL, *FLAT)
    half = step(replace(TYPICAL, playback_shield=0.5), *FLAT)
    assert half["playback"] == close(0.5 * whole["playback"])
    assert half["trust_drop"] == close(0.5 * whole["trust_drop"])
    assert half["freshness_deficit_h"] == whole["freshness_deficit_h"]
