"""The slow links: creators who stay away, viewers who come back less (MODEL §4.6–7)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference.by_hand import FLAT, column, outages, priced, priced_cases, profiles
from reference.cases import ABS_H, REL, TYPICAL, Z95, random_case
from reference.stepping import Case, step, with_trust
from scipy.integrate import quad
from scipy.special import exp1

from model.chain.trust import TrustTerms, trust_drops
from model.chain.types import PhasedIncidents
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
EFFECT, GAIN, STAYS, RECOVERY_D, HORIZON_M, SENSITIVITY = 0.02, 0.8, 0.1, 5.0, 9.0, 0.3
VIEWERS = {
    "trust.failure_return_effect": EFFECT,
    "trust.recurrence_gain": GAIN,
    "trust.permanent_share": STAYS,
    "trust.recovery": RECOVERY_D,
    "trust.retention_horizon": HORIZON_M,
    "trust.cpm_sensitivity": SENSITIVITY,
    "platform.visits_per_user_day": 8.0,
    "publishing.attrition_per_failed_day": 0.0,
}


def drops(
    start_h: list[float], playback: list[float], d: float = 6.0, **changes: float
) -> np.ndarray:
    """ΔT of incidents of one year on a flat calendar, from what their retention costs."""
    values = VIEWERS | {name.replace("__", "."): value for name, value in changes.items()}
    year = np.zeros(len(start_h), dtype=int)
    found = outages(start_h, [d] * len(start_h), 0.0, playback, year=year)
    retention = priced(FLAT, found, values).lines["retention"]
    stays = values["trust.permanent_share"]
    cost_of_one = (1.0 - stays) * values["trust.recovery"] * 24.0
    cost_of_one += stays * values["trust.retention_horizon"] * 730.0
    return retention / cost_of_one


def exposed(playback: float, d: float = 6.0) -> float:
    return playback * (1.0 - np.exp(-8.0 * d / 24.0))


def test_first_incident_drops_effect_times_exposure() -> None:
    for d in (0.5, 6.0, 300.0):
        got = drops([1000.0], [0.3], d)
        again = 1.0 + GAIN * (1.0 - np.exp(-max(0.0, d / 24.0 - 1.0)))
        assert got[0] == pytest.approx(EFFECT * exposed(0.3, d) * again, rel=1e-6)


@pytest.mark.parametrize("gap_h", [0.0, 0.999, 1.0])
def test_incidents_within_an_hour_are_one_for_trust(gap_h: float) -> None:
    """40 h with 30 % and then 20 h with 50 %: 20 % are hit for 20 h and 30 % for all 60."""
    year = np.zeros(2, dtype=int)
    found = outages([100.0, 140.0 + gap_h], [40.0, 20.0], 0.0, [0.3, 0.5], year=year)
    lost = priced(FLAT, found, VIEWERS | {"trust.permanent_share": 0.0}).lines["retention"]
    got = lost / (24.0 * RECOVERY_D)

    def days(hours: float) -> float:
        return 1.0 - np.exp(-max(0.0, hours / 24.0 - 1.0))

    apart = [EFFECT * exposed(0.3, 40.0) * (1.0 + GAIN * days(40.0))]
    left = np.exp(-gap_h / (24.0 * RECOVERY_D))
    repeated = min(1.0, apart[0] * left / EFFECT)
    apart.append(EFFECT * exposed(0.5, 20.0) * (1.0 + GAIN * repeated))
    one = EFFECT * exposed(0.2, 20.0)
    one += EFFECT * exposed(0.3, 60.0) * (1.0 + GAIN * days(60.0))
    if gap_h >= 1.0:
        np.testing.assert_allclose(got, apart, rtol=1e-6)
    else:
        assert got.sum() == pytest.approx(one, rel=1e-6)
        alone = apart[0], EFFECT * exposed(0.5, 20.0)
        assert got[0] / got[1] == pytest.approx(alone[0] / alone[1], rel=1e-6)


def test_trust_missing_is_never_more_than_all() -> None:
    """Neither one incident nor several take away more trust than there is."""
    effects = ((0.9, 1), (0.5, 8))
    for effect, n in effects:
        start, full, nothing = np.arange(1.0, n + 1.0) * 100.0, np.ones((1, n)), np.zeros((1, n))
        found = PhasedIncidents(
            start_h=start,
            duration_h=30.0 * full,
            publish_loss=nothing,
            playback_loss=full,
            ads_loss=nothing,
        )
        values = (effect, GAIN, 24000.0, STAYS, 6570.0)
        terms = TrustTerms(*(np.full(n, x) for x in values))
        got = trust_drops(found, np.full(n, 8.0), np.zeros(n, dtype=int), terms)[0]
        assert 0.5 < got[0] <= 1.0
        for k in range(n):
            since_h = start[k] - start[:k] - 30.0
            left = STAYS + (1.0 - STAYS) * np.exp(-since_h / 24000.0)
            assert float(got[:k] @ left) + got[k] <= 1.0 + 1e-12
    assert got[1:].max() < got[0]


def test_phases_that_follow_each_other_hit_the_same_viewers() -> None:
    """A replay's phases: 10 h at 0.1, 30 h at 0.4, 20 h at 0.2 are hours above each level."""
    hours, losses = np.array([10.0, 30.0, 20.0]), np.array([0.1, 0.4, 0.2])
    offset = np.array([0.0, 10.0, 40.0])
    nothing = np.zeros((3, 1))
    incident = PhasedIncidents(
        start_h=np.array([500.0]),
        duration_h=hours[:, None],
        publish_loss=nothing,
        playback_loss=losses[:, None],
        ads_loss=nothing,
        offset_h=offset[:, None],
    )
    terms = TrustTerms(*(np.array([x]) for x in (EFFECT, GAIN, 24.0 * RECOVERY_D, STAYS, 6570.0)))
    got = trust_drops(incident, np.array([8.0]), np.array([0]), terms)
    true = 0.0
    for thickness, above in ((0.1, 60.0), (0.1, 50.0), (0.2, 30.0)):
        again = 1.0 + GAIN * (1.0 - np.exp(-(above / 24.0 - 1.0)))
        true += EFFECT * exposed(thickness, above) * again
    assert got.sum() == pytest.approx(true, rel=1e-9)
    assert got.shape == (3, 1)
    assert (got > 0.0).all()


def test_three_incidents_by_hand() -> None:
    """Each meets what is left of all before it, the permanent part included."""
    got = drops([100.0, 154.0, 400.0], [0.3, 0.2, 0.5])
    alone = [EFFECT * exposed(a) for a in (0.3, 0.2, 0.5)]

    def left(hours: float) -> float:
        return STAYS + (1.0 - STAYS) * np.exp(-hours / 24.0 / RECOVERY_D)

    first = alone[0]
    second = alone[1] * (1.0 + GAIN * first * left(48.0) / EFFECT)
    missing = first * left(294.0) + second * left(240.0)
    third = alone[2] * (1.0 + GAIN * missing / EFFECT)
    np.testing.assert_allclose(got, [first, second, third], rtol=1e-6)


def test_permanent_part_lapses_at_the_horizon() -> None:
    """A month after its end the first drop is forgotten; an hour before, it is not."""
    month = {"trust__retention_horizon": 1.0, "trust__recovery": 1.0}
    alone = EFFECT * exposed(0.3)
    for begin, still in ((6.0 + 729.0, 1.0), (6.0 + 730.0, 0.0), (6.0 + 731.0, 0.0)):
        got = drops([0.0, begin], [0.3, 0.3], **month)
        missing = alone * (STAYS * still + (1.0 - STAYS) * np.exp(-(begin - 6.0) / 24.0))
        assert got[1] == pytest.approx(alone * (1.0 + GAIN * missing / EFFECT), rel=1e-6)


def test_only_lapsed_incidents_are_forgotten() -> None:
    """Of three earlier incidents the horizon has run out for the first two."""
    month = {"trust__retention_horizon": 1.0, "trust__recovery": 0.5}
    starts = [0.0, 100.0, 600.0, 900.0]
    got = drops(starts, [0.3, 0.3, 0.3, 0.3], **month)
    alone = EFFECT * exposed(0.3)
    at_third = STAYS * (got[0] + got[1])
    at_third += 0.9 * (got[0] * np.exp(-594 / 12) + got[1] * np.exp(-494 / 12))
    assert got[2] == pytest.approx(alone * (1.0 + GAIN * at_third / EFFECT), rel=1e-6)
    at_fourth = (STAYS + 0.9 * np.exp(-294.0 / 12.0)) * got[2]
    assert got[3] == pytest.approx(alone * (1.0 + GAIN * at_fourth / EFFECT), rel=1e-6)


def test_extra_harm_is_limited_to_the_gain() -> None:
    """However much trust is missing, harm is at most 1 + gain times the plain one."""
    starts = [10.0 * k for k in range(20)]
    got = drops(starts, [1.0] * 20, trust__permanent_share=0.9, trust__retention_horizon=1.0)
    alone = EFFECT * exposed(1.0)
    assert got.max() == pytest.approx(alone * (1.0 + GAIN), rel=1e-6)
    assert got[-1] == pytest.approx(alone * (1.0 + GAIN), rel=1e-6)


def test_without_gain_incidents_do_not_know_each_other() -> None:
    got = drops([100.0, 120.0, 140.0], [0.3, 0.3, 0.3], trust__recurrence_gain=0.0)
    np.testing.assert_allclose(got, EFFECT * exposed(0.3), rtol=1e-6)


def test_without_an_effect_there_is_no_loss() -> None:
    got = drops([100.0, 120.0], [0.3, 0.3], trust__failure_return_effect=0.0)
    assert got.tolist() == [0.0, 0.0]


def test_years_start_with_whole_trust() -> None:
    """The same incidents in two years cost the same, whatever happened in the first."""
    start, play = [100.0, 150.0, 100.0, 150.0], [0.9, 0.2, 0.9, 0.2]
    both = priced(FLAT, outages(start, [6.0] * 4, 0.0, play, year=[0, 0, 1, 1]), VIEWERS)
    one = priced(FLAT, outages(start[:2], [6.0] * 2, 0.0, play[:2], year=[0, 0]), VIEWERS)
    np.testing.assert_allclose(both.lines["retention"][2:], one.lines["retention"], rtol=1e-12)
    np.testing.assert_allclose(both.lines["retention"][:2], one.lines["retention"], rtol=1e-12)


def test_retention_and_ad_price_by_hand() -> None:
    """On a flat calendar: temporary (1 − π)·ΔT·τ, permanent π·ΔT·horizon, ad price κ of both."""
    result = priced(FLAT, outages([1000.0], [6.0], 0.0, [0.3]), VIEWERS)
    drop = EFFECT * exposed(0.3)
    permanent = STAYS * drop * HORIZON_M * 730.0
    temporary = (1.0 - STAYS) * drop * RECOVERY_D * 24.0
    assert column(result, "retention_permanent_usd")[0] == pytest.approx(permanent, rel=1e-9)
    assert column(result, "retention_usd")[0] == pytest.approx(permanent + temporary, rel=1e-6)
    price = SENSITIVITY * (permanent + temporary)
    assert column(result, "ad_price_usd")[0] == pytest.approx(price, rel=1e-6)


def test_what_falls_after_the_year_by_hand() -> None:
    """An incident that ends 100 h before the year does: tails fade on, the horizon runs on."""
    result = priced(FLAT, outages([8654.0], [6.0], 0.0, [0.3]), VIEWERS)
    drop = EFFECT * exposed(0.3)
    later = STAYS * drop * (HORIZON_M * 730.0 - 100.0)
    later += (1.0 - STAYS) * drop * RECOVERY_D * 24.0 * np.exp(-100.0 / (24.0 * RECOVERY_D))
    got = column(result, "after_year_usd")[0]
    assert got == pytest.approx((1.0 + SENSITIVITY) * later, rel=1e-6)


def random_year(rng: np.random.Generator) -> list[Case]:
    """Two to eight incidents of one world, some within an hour, with failover now and then."""
    world = random_case(rng, Z95, 0.0)
    cases, at = [], rng.uniform(0.0, 200.0)
    for _ in range(rng.integers(2, 9)):
        one = random_case(rng, Z95, at)
        own = (
            "start_h",
            "duration_h",
            "publish_loss",
            "playback_loss",
            "ads_loss",
            "failover_time_h",
        )
        case = replace(world, **{name: getattr(one, name) for name in own})
        cases.append(replace(case, failed_over=one.failed_over))
        apart_h = rng.choice([0.1, 0.9, rng.exponential(300.0)], p=[0.1, 0.1, 0.8])
        at += one.duration_h + apart_h
    return [case for case in cases if case.start_h < 8760.0]


def test_years_of_incidents_meet_the_time_stepping() -> None:
    rng = np.random.default_rng(8)
    years = [random_year(rng) for _ in range(12)]
    cases = [case for year in years for case in year]
    index = [k for k, year in enumerate(years) for _ in year]
    got = priced_cases(DEFAULT, cases, index)
    calendar = profiles(DEFAULT)
    stepped = [step(case, *calendar) for year in years for case in with_trust(year)]
    for k, true in enumerate(stepped):
        retention = true["retention_temporary"] + true["retention_permanent"]
        assert got["retention"][k] == pytest.approx(retention, rel=REL, abs=ABS_H), cases[k]
        assert got["ad_price"][k] == pytest.approx(true["ad_price"], rel=REL, abs=ABS_H), cases[k]


def test_year_comparison_notices_forgotten_trust() -> None:
    """Negative control: without what is missing from before, later incidents come out too cheap."""
    rng = np.random.default_rng(8)
    year = [replace(case, recurrence_gain=1.5) for case in random_year(rng)]
    got = priced_cases(DEFAULT, year, [0] * len(year))
    calendar = profiles(DEFAULT)
    forgetful = [step(case, *calendar)["ad_price"] for case in year]
    assert got["ad_price"][0] == pytest.approx(forgetful[0], rel=REL, abs=ABS_H)
    assert max(got["ad_price"][1:] / forgetful[1:]) > 1.0 + 4 * REL


CREATORS = {"trust.failure_return_effect": 0.0, "publishing.attrition_recovery": 20.0}


def creators_lost(drop: float, fresh_share: float, elasticity: float) -> float:
    """Creator attrition of one day of failed publishing that drops supply by `drop`."""
    values = CREATORS | {
        "publishing.attrition_per_failed_day": drop,
        "freshness.fresh_share": fresh_share,
        "sessions.freshness_elasticity": elasticity,
    }
    result = priced(FLAT, outages([1000.0], [24.0], 1.0), values)
    return float(result.lines["creator_attrition"][0])


@pytest.mark.parametrize("drop", [0.001, 0.1, 1.0])
def test_attrition_without_a_fresh_share_is_an_exponential_integral(drop: float) -> None:
    """∫(1 − exp(−εΔe^(−x/τ)))dx = τ·Ein(εΔ), Ein(z) = E₁(z) + ln z + γ."""
    z = 0.2 * drop
    ein = exp1(z) + np.log(z) + np.euler_gamma if z > 0.01 else z - z**2 / 4 + z**3 / 18
    assert creators_lost(drop, 0.0, 0.2) == pytest.approx(480.0 * ein, rel=REL)


@pytest.mark.parametrize("fresh_share", [0.1, 0.45, 0.9])
@pytest.mark.parametrize("drop", [0.005, 0.5, 1.0])
def test_attrition_meets_quadrature(drop: float, fresh_share: float) -> None:
    def lost(x: float) -> float:
        missing = drop * np.exp(-x / 480.0)
        return 1.0 - (1.0 - fresh_share * missing) ** (0.2 / fresh_share)

    true = quad(lost, 0.0, 480.0 * 40.0, limit=200)[0]
    assert creators_lost(drop, fresh_share, 0.2) == pytest.approx(true, rel=REL)


def test_supply_drops_by_all_of_it_at_most() -> None:
    """Δ = min(1, …): ten failed days at a fifth each cost no more than the whole supply."""
    values = CREATORS | {"freshness.fresh_share": 0.3, "sessions.freshness_elasticity": 0.1}
    once, more = (
        priced(FLAT, outages([1000.0], [240.0], 1.0), values | {
            "publishing.attrition_per_failed_day": share
        }).lines["creator_attrition"][0]
        for share in (0.1, 0.2)
    )  # fmt: skip
    assert once == pytest.approx(more, rel=1e-12)


def test_failover_splits_the_drop_at_both_ends() -> None:
    """Each phase's part of ΔT starts to fade at its own end (MODEL §3, §4.7)."""
    case = replace(
        TYPICAL,
        failed_over=True,
        residual_impairment=0.4,
        failover_time_h=2.0,
        duration_h=100.0,
        recovery=3.0,
        playback_loss=0.6,
    )
    got = priced_cases(DEFAULT, [case])
    true = step(case, *profiles(DEFAULT))
    assert got["retention_temporary"][0] == pytest.approx(true["retention_temporary"], rel=REL)
    assert got["retention_permanent"][0] == pytest.approx(true["retention_permanent"], rel=REL)
