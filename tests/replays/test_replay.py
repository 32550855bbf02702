"""Replays against the engine, the time-stepping reference, closed forms and published facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from reference.stepping import Case, step

from model.beliefs.belief import Belief
from model.chain.per_year import COLUMNS, price
from model.incidents.draw import DrawnBlock
from model.incidents.types import Incidents
from model.limits import MOST_REPLAY_WORLDS
from model.replays.incident import Incident, Phase, drawn, named, typed
from model.replays.incident import phased as typed_phases
from model.replays.phases import sliced
from model.replays.replay import LINES, Replay, replay
from model.scenario.scenario import Scenario
from model.worlds.clock import YEAR_H, start_instant
from model.worlds.draw import draw
from model.worlds.prepared import get_calendar, prepare
from model.worlds.streams import Block

DEFAULT = Scenario.default()
START = "2026-03-03T08:24"
ZONE = "America/New_York"
PRICED = LINES[: LINES.index("loss")]


def certain(**values: float) -> dict[str, Belief]:
    """Certain beliefs; `__` stands for the dot of a name."""
    return {name.replace("__", "."): Belief("lognormal", v, v) for name, v in values.items()}


CHEAP = certain(costs__response_per_incident=0.0, costs__response_per_hour=0.0)
WORKING = certain(
    resilience__failover_success=1.0,
    resilience__failover_time=1.5,
    resilience__residual_impairment=0.3,
    **{f"incidents__{cause}__common_cause": 0.0 for cause in DEFAULT.causes},
)
FLAT = {f"profiles.{name}": "flat" for name in ("demand", "uploads", "price")}


def phased(*phases: tuple[float, float, float, float], start: str = START) -> Incident:
    """An incident of phases (hours, publish, playback, ads), all certain."""
    parts = (Phase(h, *(Belief("logitnormal", x, x) for x in losses)) for h, *losses in phases)
    return Incident("test", "test", datetime.fromisoformat(f"{start}-05:00"), tuple(parts))


def per_world(one: Replay) -> np.ndarray:
    return np.stack([one.lines[name] for name in LINES])


def expected(one: Replay) -> dict[str, float]:
    bill = one.bill()
    return dict(zip(bill.component, bill.expected_revenue_hours.tolist(), strict=True))


def revenue_lost(one: Replay, until_h: float) -> float:
    rows = one.curves(until_h)
    gap = rows.baseline["revenue_usd"] - rows.expected["revenue_usd"]
    return float((gap * rows.length_h).sum())


@pytest.mark.parametrize(
    "resilience",
    [
        {},
        WORKING,
        WORKING | certain(resilience__residual_impairment=0.0, resilience__playback_shield=0.4),
        WORKING | certain(resilience__failover_success=0.5),
    ],
)
def test_one_phase_is_priced_as_the_engine_prices_it(resilience: dict[str, Belief]) -> None:
    n, hours, losses = 300, 11.0, (0.6, 0.75, 0.1)
    response = certain(costs__response_per_incident=2e5, costs__response_per_hour=1e4)
    scenario = DEFAULT.with_(resilience | response)
    one = replay(scenario, phased((hours, *losses)), worlds=n, seed=4)

    day = "2026-03-02"
    start = datetime.fromisoformat(f"{START}-05:00") - start_instant(day, ZONE)
    block = Block(4, (0, 0), n, np.arange(n))
    values, _ = draw(prepare(scenario), seed=4, block=(0, 0), worlds=n)
    publish, playback, ads = losses
    outages = Incidents(
        year=np.arange(n),
        cause=np.zeros(n, dtype=np.int64),
        causes=np.ones(n, dtype=np.int64),
        start_h=np.full(n, start.total_seconds() / 3600.0),
        duration_h=np.full(n, hours),
        publish_loss=np.full(n, publish),
        playback_loss=np.full(n, playback),
        ads_loss=np.full(n, ads),
        response_fixed_usd=np.full(n, 2e5),
        response_usd_per_h=np.full(n, 1e4),
        failover_time_h=np.full(n, 1.5),
        failover_chance=block.uniform("replay.failover", n),
    )
    if not resilience:
        outages = replace(outages, failover_chance=np.ones(n))
    dated = scenario.with_({"simulation.start_date": day})
    drawn = DrawnBlock(values=values, incidents=outages, capped=0, before_merging=n, clipped={})
    priced = price(prepare(dated), drawn, block)

    for name in PRICED:
        np.testing.assert_allclose(one.lines[name], priced.lines[name], rtol=1e-12, atol=1e-6)
    for name in ("loss", "sla_credit", "net_loss"):
        column = priced.columns[COLUMNS.index(f"{name}_usd")]
        np.testing.assert_allclose(one.lines[name], column, rtol=1e-12, atol=1e-6)
    for name, volume in one.volumes.items():
        column = priced.columns[COLUMNS.index(name)]
        np.testing.assert_allclose(volume, column, rtol=1e-12, err_msg=name)
    assert (one.lines["sla_credit"] < 0).any()


@pytest.mark.parametrize("resilience", [{}, WORKING])
def test_splitting_a_phase_changes_nothing(resilience: dict[str, Belief]) -> None:
    scenario = DEFAULT.with_(resilience)
    beliefs = (
        Belief("logitnormal", 0.3, 0.9),
        Belief("logitnormal", 0.1, 0.4),
        Belief("logitnormal", 0.1, 0.2),
    )
    whole = replace(phased((8.0, 0, 0, 0)), phases=(Phase(8.0, *beliefs),))
    halves = replace(whole, phases=(Phase(4.0, *beliefs),) * 2)
    thirds = replace(
        whole, phases=(Phase(1.0, *beliefs), Phase(5.0, *beliefs), Phase(2.0, *beliefs))
    )
    reference = replay(scenario, whole, worlds=200)
    for other in (halves, thirds):
        parts = replay(scenario, other, worlds=200)
        np.testing.assert_allclose(per_world(parts), per_world(reference), rtol=1e-9)


def test_splitting_a_phase_among_others_changes_nothing() -> None:
    early, late = (5.0, 0.3, 0.1, 0.05), (3.0, 0.1, 0.05, 0.02)
    whole = phased(early, (6.0, 0.8, 0.3, 0.1), late)
    split = phased(early, (2.0, 0.8, 0.3, 0.1), (4.0, 0.8, 0.3, 0.1), late)
    for resilience in ({}, WORKING):
        scenario = DEFAULT.with_(resilience)
        one, two = (replay(scenario, incident, worlds=100) for incident in (whole, split))
        np.testing.assert_allclose(per_world(two), per_world(one), rtol=1e-9, atol=1e-6)


def test_slices_add_up_to_every_phase() -> None:
    numbers = np.random.default_rng(1)
    losses = numbers.random((3, 6, 50)).round(1)
    bounds = np.concatenate([[0.0], np.cumsum(numbers.random(6) + 0.1)])
    slices = sliced(np.zeros(50), np.tile(bounds[:, None], 50), losses)
    middle = (bounds[:-1] + bounds[1:]) / 2
    assert slices.offset_h is not None
    for phase, t in enumerate(middle):
        on = (slices.offset_h < t) & (t < slices.phase_ends)
        heights = (slices.publish_loss, slices.playback_loss, slices.ads_loss)
        total = np.stack([(height * on).sum(axis=0) for height in heights])
        np.testing.assert_allclose(total, losses[:, phase], atol=1e-12)


def test_a_rising_incident_is_the_whole_at_first_plus_what_comes_on_top() -> None:
    """Exact for everything linear in the losses: the second slice begins with the second phase."""
    names = ("playback", "retention", "ad_price")
    rising = phased((4.0, 0.2, 0.1, 0), (7.0, 0.5, 0.35, 0))
    base = phased((11.0, 0.2, 0.1, 0))
    on_top = phased((7.0, 0.3, 0.25, 0), start="2026-03-03T12:24")
    whole, low, high = (replay(DEFAULT, one, worlds=50) for one in (rising, base, on_top))
    for name in names:
        np.testing.assert_allclose(whole.lines[name], low.lines[name] + high.lines[name], rtol=1e-9)
    for name in ("uploads_failed", "uploads_abandoned", "freshness_deficit_h"):
        both = low.volumes[name] + high.volumes[name]
        np.testing.assert_allclose(whole.volumes[name], both, rtol=1e-9)
    falling = replay(DEFAULT, phased((4.0, 0.5, 0.35, 0), (7.0, 0.2, 0.1, 0)), worlds=50)
    assert (np.abs(falling.lines["playback"] / whole.lines["playback"] - 1) > 0.01).all()


def test_failover_leaves_its_residual_share_of_every_phase() -> None:
    """With no return lag the availability shows the loss itself, phase by phase."""
    scenario = DEFAULT.with_(WORKING | certain(sessions__return_lag=0.0))
    incident = phased(
        (1.0, 0.5, 0.2, 0), (2.0, 0.9, 0.6, 0), (1.0, 0.1, 0.1, 0), (1.0, 0.6, 0.4, 0)
    )
    one = replay(scenario, incident, worlds=3)
    x = np.array([0.5, 1.25, 1.75, 2.5, 3.5, 4.5, 5.5])
    lost = np.array([0.2, 0.6, 0.6 * 0.3, 0.6 * 0.3, 0.1 * 0.3, 0.4 * 0.3, 0.0])
    np.testing.assert_allclose(one.course.available(x), np.tile(1 - lost, (3, 1)).T, atol=1e-12)
    none_left = scenario.with_(certain(resilience__residual_impairment=0.0))
    over = replay(none_left, incident, worlds=3)
    np.testing.assert_allclose(over.course.incidents.phase_ends.max(axis=0), 1.5)
    assert (over.lines["response"] < one.lines["response"]).all()


CASE = Case(
    start_h=0.0,
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
GROUPS = {
    "platform": ("daily_users", "minutes_per_user_day", "visits_per_user_day"),
    "publishing": (
        "uploads_per_day",
        "retry_share",
        "catch_up",
        "timeliness_half_life",
        "attrition_per_failed_day",
        "attrition_recovery",
    ),
    "freshness": ("content_half_life", "fresh_share"),
    "sessions": ("freshness_elasticity", "return_lag"),
    "trust": (
        "failure_return_effect",
        "recovery",
        "permanent_share",
        "retention_horizon",
        "recurrence_gain",
        "cpm_sensitivity",
    ),
}


def assert_as_stepped(case: Case, incident: Incident) -> None:
    """The bill of a certain world is the stepped one, within 0.5 % or 1e-4 revenue-hours."""
    known = {f"{group}.{name}": getattr(case, name) for group in GROUPS for name in GROUPS[group]}
    scenario = DEFAULT.with_({name: Belief("lognormal", v, v) for name, v in known.items()})
    one = replay(scenario, incident, worlds=1)
    calendar = one.course.calendar
    placed = replace(case, start_h=one.course.start_h)
    reference = step(placed, calendar.demand, calendar.price, calendar.uploads)
    retention = reference["retention_temporary"] + reference["retention_permanent"]
    hours = {"retention": retention, **{name: reference[name] for name in PRICED[:4]}}
    hours["ad_price"] = reference["ad_price"]
    found = {name: float(one.lines[name][0] / one.revenue_usd_per_h[0]) for name in hours}
    assert found == pytest.approx(hours, rel=5e-3, abs=1e-4)
    for name, key in (
        ("uploads_failed", "failed_uploads"),
        ("uploads_abandoned", "abandoned_uploads"),
    ):
        assert one.volumes[name][0] == pytest.approx(reference[key], rel=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"duration_h": 0.25, "return_lag": 1.0},
        {"duration_h": 60.0, "publish_loss": 0.95, "content_half_life": 8.0},
        {"playback_loss": 0.95, "ads_loss": 0.5, "freshness_elasticity": 0.2},
    ],
)
def test_one_phase_against_time_stepping(change: dict[str, float]) -> None:
    case = replace(CASE, **change)
    phase = (case.duration_h, case.publish_loss, case.playback_loss, case.ads_loss)
    assert_as_stepped(case, phased(phase))


@pytest.mark.parametrize(("first_h", "left"), [(1.0, 0.3), (10.0, 0.8)])
def test_two_falling_phases_against_time_stepping(first_h: float, left: float) -> None:
    """A failover that leaves a share is the same thing as a second phase with that share."""
    case = replace(
        CASE, duration_h=14.0, failed_over=True, failover_time_h=first_h, residual_impairment=left
    )
    losses = (case.publish_loss, case.playback_loss, case.ads_loss)
    rest = (case.duration_h - first_h, *(left * loss for loss in losses))
    assert_as_stepped(case, phased((first_h, *losses), rest))


def test_nothing_fails_nothing_is_lost() -> None:
    one = replay(DEFAULT.with_(CHEAP), phased((5.0, 0, 0, 0), (5.0, 0, 0, 0)), worlds=50)
    assert not per_world(one).any()
    assert not np.signbit(per_world(one)).any()
    rows = one.curves()
    for name, usual in rows.baseline.items():
        np.testing.assert_allclose(rows.expected[name], usual, rtol=1e-12)


def test_a_total_outage_of_six_hours_costs_six_revenue_hours() -> None:
    off = certain(
        sessions__return_lag=0.0,
        sessions__viewing_recapture=0.0,
        trust__failure_return_effect=0.0,
        ads__budget_recapture=0.0,
        ads__make_good_share=0.0,
        costs__creator_make_good_share=0.0,
        platform__cloud_bill_per_year=0.0,
        revenue__commerce_per_year=0.0,
    )
    one = replay(DEFAULT.with_(FLAT | CHEAP | off), phased((6.0, 0, 1, 1)), worlds=40)
    hours = expected(one)
    assert hours.pop("playback") == pytest.approx(6.0, rel=1e-12)
    assert hours.pop("loss") == pytest.approx(6.0, rel=1e-12)
    assert hours.pop("net_loss") == pytest.approx(6.0, rel=1e-12)
    assert set(hours.values()) == {0.0}
    rows = one.curves()
    down = (rows.hour >= 0) & (rows.hour < 6)
    assert not rows.expected["revenue_usd"][down].any()
    np.testing.assert_allclose(rows.expected["revenue_usd"][~down], one.revenue_usd_per_h.mean())


@pytest.mark.parametrize("id", named())
def test_curves_hold_the_bill(id: str) -> None:
    one = replay(DEFAULT, named()[id], worlds=300)
    billed = one.bill().expected_usd[:3].sum()
    # The engine is within 0.5 % per component; a tail of years leaves nothing to come.
    assert revenue_lost(one, 3000.0) == pytest.approx(billed, rel=5e-3)
    assert revenue_lost(one, 1.0) < billed
    default = one.curves()
    gap = default.baseline["revenue_usd"] - default.expected["revenue_usd"]
    assert (gap * default.length_h).sum() == pytest.approx(billed, rel=0.03)


def test_nobody_is_away_twice() -> None:
    """All fail again while viewers still return: at most all are away, in bill and curves."""
    scenario = DEFAULT.with_(certain(sessions__return_lag=1.0) | FLAT)
    incident = phased((10.0, 0.5, 1.0, 0.0), (1.0, 0.5, 0.0, 0.0), (10.0, 0.5, 1.0, 0.0))
    one = replay(scenario, incident, worlds=100)
    # Full hours, returning for one, full hours; at last both returns together are all for a while.
    full_h = 10.0 * np.log1p(np.exp(-1.1))
    hours = 10.0 - 10.0 * np.expm1(-0.1) + 10.0 + full_h + 10.0
    playback = one.lines["playback"] / one.revenue_usd_per_h
    np.testing.assert_allclose(playback, hours, rtol=1e-3)
    billed = one.bill().expected_usd[:3].sum()
    assert revenue_lost(one, 3000.0) == pytest.approx(billed, rel=5e-3)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_curves_hold_the_bill_under_failover(share: float) -> None:
    change = certain(resilience__failover_success=share, resilience__playback_shield=0.2)
    change |= {"resilience.residual_impairment": Belief("logitnormal", 0.05, 0.4)}
    change |= {"resilience.failover_time": Belief("lognormal", 0.5, 3.0)}
    scenario = DEFAULT.with_(change)
    for incident in (named()["tiktok-2026-03-03"], phased((6.0, 0.6, 0.3, 0.2))):
        one = replay(scenario, incident, worlds=300)
        billed = one.bill().expected_usd[:3].sum()
        # Failovers fall within the pieces of the curves: 1 %.
        assert revenue_lost(one, 3000.0) == pytest.approx(billed, rel=1e-2)


def test_uploads_are_conserved() -> None:
    one = replay(DEFAULT, named()["tiktok-2026-01-25"], worlds=200)
    rows = one.curves(3000.0)
    missing = rows.baseline["uploads"] - rows.expected["uploads"]
    assert (missing * rows.length_h).sum() == pytest.approx(one.lost("uploads_abandoned").value)
    after = rows.hour >= 178.0
    assert (rows.expected["uploads"] > rows.baseline["uploads"])[after].any()


def test_minutes_and_impressions_of_the_curves_are_those_of_the_volumes() -> None:
    one = replay(DEFAULT, named()["tiktok-2026-03-03"], worlds=300)
    rows = one.curves(3000.0)
    for name, volume in (("session_minutes", "minutes_lost"), ("impressions", "impressions_lost")):
        gap = ((rows.baseline[name] - rows.expected[name]) * rows.length_h).sum()
        # Volumes divide by the price of the month, so they are less exact than dollars.
        assert gap == pytest.approx(one.lost(volume).value, rel=1e-2)


def test_rows_of_the_curves() -> None:
    rows = replay(DEFAULT, phased((20.0, 0.6, 0.2, 0.1)), worlds=100).curves()
    np.testing.assert_array_equal(rows.hour, np.arange(len(rows.hour)) - 6.0)
    before = rows.hour < 0
    for name, usual in rows.baseline.items():
        np.testing.assert_allclose(rows.expected[name][before], usual[before], rtol=1e-12)
        assert (rows.low[name] <= rows.high[name]).all()
    assert set(rows.baseline["freshness"]) == set(rows.baseline["availability"]) == {1.0}
    assert rows.expected["availability"].min() == pytest.approx(0.8)
    assert list(rows.columns())[:3] == ["hour", "uploads", "baseline_uploads"]


@pytest.mark.parametrize("hours", [0.001, 2000.0, 8760.0])
def test_very_short_and_very_long_incidents(hours: float) -> None:
    one = replay(DEFAULT, phased((hours, 0.5, 0.2, 0.1)), worlds=20)
    rows = one.curves()
    assert len(rows.hour) <= 410
    assert rows.hour[-1] + rows.length_h[-1] >= hours
    assert all(np.isfinite(values).all() for values in rows.columns().values())
    assert np.isfinite(per_world(one)).all()
    assert one.bill().expected_usd[LINES.index("loss")] > 0


def test_gross_loss_stays_within_the_years_revenue() -> None:
    one = replay(DEFAULT, phased((8760.0, 1, 1, 1)), worlds=20)
    gross = sum(one.lines[name] for name in PRICED[:6])
    np.testing.assert_allclose(gross, one.revenue_usd_per_h * YEAR_H)


def test_bill_adds_up_and_is_signed_like_a_ledger() -> None:
    borne = DEFAULT.with_({"platform.loss_share_borne": Belief("logitnormal", 0.3, 0.6)})
    one = replay(borne, named()["tiktok-2026-03-03"], worlds=500)
    bill = one.bill()
    usd = dict(zip(bill.component, bill.expected_usd, strict=True))
    assert bill.component == LINES
    assert sum(usd[name] for name in PRICED) == pytest.approx(usd["loss"])
    assert usd["loss"] + usd["sla_credit"] == pytest.approx(usd["net_loss"])
    for name in ("budget_recapture", "viewing_recapture", "borne_by_others"):
        assert usd[name] < 0
    assert usd["sla_credit"] <= 0
    np.testing.assert_allclose(
        bill.expected_revenue_hours, bill.expected_usd / one.revenue_usd_per_h.mean()
    )
    assert (bill.low_usd <= bill.high_usd).all()
    spread = one.lines["loss"].std(ddof=1) / np.sqrt(500)
    assert bill.standard_error_usd[LINES.index("loss")] == pytest.approx(spread)


def test_frames_have_the_columns_of_the_files() -> None:
    frames = replay(DEFAULT, phased((1.0, 0.5, 0.2, 0.1)), worlds=20).frames()
    pairs = (
        "uploads",
        "freshness",
        "availability",
        "session_minutes",
        "impressions",
        "revenue_usd",
    )
    twins = [column for name in pairs for column in (name, f"baseline_{name}")]
    assert list(frames.replay.columns) == ["hour", *twins]
    money = ["expected_revenue_hours", "expected_usd", "low_usd", "high_usd"]
    assert list(frames.bill.columns) == ["component", *money]
    assert not frames.bill.isna().any(axis=None)


def test_sla_counts_the_phases_that_are_down_in_their_months() -> None:
    terms = certain(
        platform__cloud_bill_per_year=12e6,
        sla__scope_share=1.0,
        sla__claim_success=1.0,
        sla__counted_from=0.8,
    )
    scenario = DEFAULT.with_(terms)

    def credit(incident: Incident) -> float:
        return float(replay(scenario, incident, worlds=1).lines["sla_credit"][0])

    up_and_down = phased((5.0, 0.9, 0, 0), (60.0, 0.3, 0.1, 0), (2.0, 0, 0.8, 0))
    assert credit(up_and_down) == -0.10e6  # 7 of 744 hours: 99.06 %
    assert (
        credit(phased((5.0, 0.9, 0, 0), (60.0, 0.3, 0.1, 0), (3.0, 1, 0, 0))) == -0.25e6
    )  # 98.9 %
    assert credit(phased((60.0, 0.79, 0.79, 1))) == 0.0
    over_the_end = phased((12.0, 1, 1, 1), start="2026-02-28T18:00")
    assert credit(over_the_end) == -0.20e6  # 6 of 672 hours and 6 of 744, each above 99 %


def test_january_week_is_near_the_published_loss_of_daily_users() -> None:
    """Published: −4.3 to −6.5 % daily users (Similarweb, 2026), an upper bound; median 3 to 7 %."""
    lost = replay(DEFAULT, named()["tiktok-2026-01-25"]).session_share_lost()
    assert 0.03 < np.median(lost) < 0.07
    assert 0.03 < lost.mean() < 0.07


def test_a_week_worse_than_thought_is_worse_throughout() -> None:
    one = replay(DEFAULT, named()["tiktok-2026-01-25"], worlds=400)
    x = np.array([8.0, 170.0])
    ads = one.course.served(x)
    first, last = 1 - ads
    np.testing.assert_array_equal(np.argsort(first), np.argsort(last))


def test_failover_helps_on_the_same_luck() -> None:
    for incident in (named()["tiktok-2026-01-25"], phased((9.0, 0.6, 0.3, 0.2))):
        before = replay(DEFAULT, incident, worlds=200)
        useless = replay(
            DEFAULT.with_(WORKING | certain(resilience__failover_success=0.0)), incident, worlds=200
        )
        after = replay(DEFAULT.with_(WORKING), incident, worlds=200)
        np.testing.assert_array_equal(per_world(useless)[:3], per_world(before)[:3])
        assert (after.lines["playback"] < before.lines["playback"]).all()


def test_the_same_seed_gives_the_same_replay_and_another_another() -> None:
    incident = typed(START, 4.0, cause="capacity")
    one, same, other = (replay(DEFAULT, incident, worlds=50, seed=s) for s in (3, 3, 4))
    np.testing.assert_array_equal(per_world(one), per_world(same))
    assert (per_world(one)[0] != per_world(other)[0]).all()


def test_times_are_eastern_and_follow_the_real_calendar() -> None:
    march = named()["tiktok-2026-03-03"]
    assert march.start == datetime(2026, 3, 3, 13, 24, tzinfo=UTC)
    assert f"{march.start_in(ZONE):%A %H:%M}" == "Tuesday 08:24"
    for text in ("2026-03-03T08:24", "2026-03-03T13:24Z", "2026-03-03 14:24+01:00"):
        assert typed(text, 1.0, 0, 0, 0).start == march.start
    course = replay(DEFAULT, march, worlds=2).course
    assert course.start_h == pytest.approx(24 + 8.4)
    assert course.calendar.clock.hour_of_week[int(course.start_h)] == 24 + 8
    assert course.calendar.clock.calendar_month[int(course.start_h)] == 3
    # The same calendar as that of a simulated year that begins the day before.
    dated = get_calendar(DEFAULT.with_({"simulation.start_date": "2026-03-02"}))
    np.testing.assert_array_equal(dated.demand, course.calendar.demand)


@pytest.mark.parametrize(
    ("text", "utc", "hour_of_week"),
    [
        ("2026-03-08T01:30", "2026-03-08T06:30", 6 * 24 + 1),  # the last hour of standard time
        ("2026-03-08T03:30", "2026-03-08T07:30", 6 * 24 + 3),
        ("2026-11-01T01:30", "2026-11-01T05:30", 6 * 24 + 1),  # the first of the two
        ("2026-11-01T02:30", "2026-11-01T07:30", 6 * 24 + 2),
        ("1971-01-01", "1971-01-01T05:00", 4 * 24),
        ("2100-12-31T23:00", "2101-01-01T04:00", 4 * 24 + 23),
    ],
)
def test_daylight_saving_and_far_years(text: str, utc: str, hour_of_week: int) -> None:
    incident = typed(text, 1.0, 0.5, 0.1, 0.1)
    assert incident.start == datetime.fromisoformat(f"{utc}Z")
    course = replay(DEFAULT, incident, worlds=2).course
    assert course.calendar.clock.hour_of_week[int(course.start_h)] == hour_of_week
    day = datetime.fromisoformat(text).date() - timedelta(days=1)
    midnight = datetime.fromisoformat(f"{utc}Z") - start_instant(day.isoformat(), ZONE)
    assert course.start_h == midnight.total_seconds() / 3600


def test_losses_left_out_come_from_the_cause() -> None:
    belief = DEFAULT.belief("incidents.capacity.publish_loss")
    level = certain(incidents__capacity__severity_level=1.0)
    one = replay(DEFAULT.with_(level), typed(START, 2.0, None, 0, 0, "capacity"), worlds=4000)
    loss = one.course.incidents.publish_loss[0]
    # Each share has a standard error of sqrt(0.05 · 0.95 / 4000) = 0.34 points.
    assert (loss < belief.low).mean() == pytest.approx(0.05, abs=4 * 0.0035)
    assert (loss > belief.high).mean() == pytest.approx(0.05, abs=4 * 0.0035)
    assert not one.lines["playback"].any()


def test_without_a_cause_losses_come_from_the_mix_by_rate() -> None:
    silent = {
        f"incidents.{cause}.rate_per_year": Belief("lognormal", 0, 0) for cause in DEFAULT.causes
    }
    two = silent | certain(
        incidents__capacity__rate_per_year=1.0,
        incidents__network_latency__rate_per_year=3.0,
        incidents__capacity__playback_loss=0.2,
        incidents__network_latency__playback_loss=0.4,
    )
    two |= certain(
        incidents__capacity__severity_level=1.0, incidents__network_latency__severity_level=1.0
    )
    one = replay(DEFAULT.with_(two), typed(START, 2.0, 0, None, 0), worlds=4000)
    loss = one.course.incidents.playback_loss[0]
    assert set(loss.round(12)) == {0.2, 0.4}
    # Standard error sqrt(0.75 · 0.25 / 4000) = 0.0068.
    assert (loss > 0.3).mean() == pytest.approx(0.75, abs=4 * 0.0068)
    with pytest.raises(ValueError, match="every cause has rate 0"):
        replay(DEFAULT.with_(silent), typed(START, 2.0, 0, None, 0), worlds=10)


def test_drawn_incidents_are_those_of_the_scenario() -> None:
    some = [drawn(DEFAULT, seed) for seed in range(8)]
    assert drawn(DEFAULT, 3) == some[3]
    assert len({incident.start for incident in some}) == 8
    for incident in some:
        assert date(2026, 4, 1) <= incident.start_in(ZONE).date() <= date(2027, 4, 1)
        assert incident.cause in DEFAULT.causes
        assert 0.001 <= incident.hours <= 336.0
    assert replay(DEFAULT, some[0], worlds=20).lines["loss"].min() > 0
    silent = {
        f"incidents.{cause}.rate_per_year": Belief("lognormal", 0, 0) for cause in DEFAULT.causes
    }
    with pytest.raises(ValueError, match="no incident"):
        drawn(DEFAULT.with_(silent))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("soon", 1.0), "start: 'soon' given; a date and time from 1971 to 2100 is allowed"),
        (("1970-12-31T23:00", 1.0), "from 1971 to 2100"),
        (("2101-01-01", 1.0), "from 1971 to 2100"),
        (
            ("2026-03-08T02:30", 1.0),
            r"skips this hour when daylight saving begins \(New York time\)",
        ),
        ((START, 0.0), "hours: 0.0 given; 0.001 to 8760 is allowed"),
        ((START, 8760.1), "hours: 8760.1 given"),
        ((START, float("nan")), "hours: nan given"),
        ((START, True), "hours: True given"),
        ((START, 1.0, 1.01), "publish_loss: 1.01 given; a share from 0 to 1 is allowed"),
        ((START, 1.0, 0.5, float("inf")), "playback_loss: inf given"),
        ((START, 1.0, 0.5, 0.5, -0.1), "ads_loss: -0.1 given"),
        ((START, 1.0, Belief("logitnormal", 0.5, 0.2)), "publish_loss: low 0.5 is above high 0.2"),
        (
            (START, 1.0, None, None, None, "capacty"),
            "cause: 'capacty' given; .* nearest known: capacity",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        typed(*arguments)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_impossible_replays_are_refused() -> None:
    incident = typed(START, 1.0, 0.5, 0.1, 0.1)
    for worlds in (0, MOST_REPLAY_WORLDS + 1, 1.5, True):
        with pytest.raises(ValueError, match="worlds: "):
            replay(DEFAULT, incident, worlds=worlds)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="seed: -1 given; a whole number from 0 up is allowed"):
        replay(DEFAULT, incident, seed=-1)
    with pytest.raises(ValueError, match="until_h: 0"):
        replay(DEFAULT, incident, worlds=2).curves(0)
    with pytest.raises(ValueError, match="phases: 0 given; 1 to 24 are allowed"):
        replace(incident, phases=())
    with pytest.raises(ValueError, match="hours: 10000"):
        replace(incident, phases=(Phase(5000.0), Phase(5000.0)))
    with pytest.raises(ValueError, match="an instant with an offset"):
        replace(incident, start=datetime(2026, 3, 3))
    with pytest.raises(ValueError, match="cause 'other' unknown"):
        replay(DEFAULT, replace(typed(START, 1.0), cause="other"), worlds=2)


def test_named_incidents_come_from_the_file() -> None:
    incidents = named()
    assert [len(incidents[id].phases) for id in ("tiktok-2026-01-25", "meta-2021-10-04")] == [4, 1]
    assert incidents["meta-2021-10-04"].phases[0].playback == Belief("logitnormal", 1.0, 1.0)
    assert incidents["tiktok-2026-03-03"].hours == pytest.approx(20.0, abs=1e-5)
    incidents.clear()
    assert named()


@pytest.mark.parametrize("id", ["tiktok-2026-01-25", "meta-2021-10-04", "aws-us-east-1-2025-10-20"])
def test_what_hours_lose_adds_up_to_the_fast_lines_of_the_bill(id: str) -> None:
    """All of playback, freshness and ads; of commerce what does not go with those who stay away."""
    played = replay(Scenario.default(), named()[id], worlds=400)
    curves, bill = played.curves(), played.bill()
    usd = dict(zip(bill.component, bill.expected_usd, strict=True))
    lost = {name: float((line * curves.length_h).sum()) for name, line in curves.lost.items()}
    for name in ("playback", "freshness", "ad_serving"):
        assert lost[name] == pytest.approx(usd[name], rel=0.02, abs=1e3)
    assert 0 < lost["commerce"] < usd["commerce"]
    gone = curves.baseline["revenue_usd"] - curves.expected["revenue_usd"]
    of_ads = sum(curves.lost[name] for name in ("playback", "freshness", "ad_serving"))
    np.testing.assert_allclose(of_ads, gone, atol=1e-6 * curves.baseline["revenue_usd"].max())
    before = curves.hour < 0
    assert all(np.allclose(line[before], 0.0, atol=1e-6) for line in curves.lost.values())


def test_phases_typed_are_replayed_one_after_the_other() -> None:
    """Two phases alike are one of twice the length."""
    halves = typed_phases("2026-03-03T08:24", [(3.0, 0.5, 0.4, 0.2)] * 2)
    whole = typed("2026-03-03T08:24", 6.0, 0.5, 0.4, 0.2)
    one, two = (replay(Scenario.default(), x, worlds=200).lines["loss"] for x in (whole, halves))
    np.testing.assert_allclose(two, one, rtol=1e-6)
    with pytest.raises(ValueError, match=r"publish_loss: 1\.5 given"):
        typed_phases("2026-03-03T08:24", [(3.0, 0.5, 0.4, 0.2), (1.0, 1.5, None, None)])
