"""The quadrature reference against the time-stepping, closed forms and itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import quadrature
from reference.by_hand import profiles
from reference.cases import DEFAULT, TYPICAL
from reference.quadrature import Phase, World, integrate
from reference.stepping import Case, step

CASES = {
    "typical": TYPICAL,
    "fresher than usual": replace(TYPICAL, retry_share=1.0, catch_up=0.5, content_half_life=2.0),
    "wholly stale": replace(
        TYPICAL, duration_h=30.0, publish_loss=1.0, content_half_life=1.5, fresh_share=0.9
    ),
    "slow return": replace(TYPICAL, playback_loss=0.9, return_lag=3.0, freshness_elasticity=1.0),
    "no fresh share": replace(TYPICAL, fresh_share=0.0, freshness_elasticity=2.0),
    "creators gone": replace(TYPICAL, attrition_per_failed_day=1.0, attrition_recovery=0.5),
    "failover": replace(
        TYPICAL, duration_h=30.0, failed_over=True, failover_time_h=4.0, residual_impairment=0.4
    ),
    "failover, fresher between": replace(
        TYPICAL,
        duration_h=60.0,
        failed_over=True,
        failover_time_h=20.0,
        residual_impairment=0.1,
        retry_share=1.0,
        catch_up=2.0,
        timeliness_half_life=500.0,
        content_half_life=3.0,
    ),
}


def as_stepped(case: Case) -> dict[str, float]:
    """The case by quadrature, under the names of the stepping."""
    kappa = case.residual_impairment
    parts = [(1.0, case.duration_h)]
    if case.failed_over:
        parts = [(1.0 - kappa, case.failover_time_h), (kappa, case.duration_h)]
    losses = (case.publish_loss, case.playback_loss * (1 - case.playback_shield), case.ads_loss)
    phases = [Phase(0.0, hours, *(share * loss for loss in losses)) for share, hours in parts]
    world = World(**{name: getattr(case, name) for name in World.__dataclass_fields__})
    out = integrate(case.start_h, phases, world, *profiles(DEFAULT))
    per_h = case.daily_users * case.minutes_per_user_day / 24.0
    out["minutes_lost"] = per_h * out.pop("lost_h")
    out["impressions_lost"] = out["minutes_lost"] + per_h * out.pop("unserved_h")
    return out


@pytest.mark.parametrize("name", CASES)
def test_quadrature_meets_the_time_stepping(name: str) -> None:
    stepped = step(CASES[name], *profiles(DEFAULT), refine=2)
    got = as_stepped(CASES[name])
    assert len(set(got) & set(stepped)) >= 7
    for line in set(got) & set(stepped):
        assert got[line] == pytest.approx(stepped[line], rel=2e-4, abs=1e-6), line


def test_the_comparison_can_fail() -> None:
    """Negative control: a fresher feed that earned would be seen."""
    case = CASES["fresher than usual"]
    earning = replace(case, freshness_elasticity=1.01 * case.freshness_elasticity)
    true = step(case, *profiles(DEFAULT))["freshness"]
    assert as_stepped(earning)["freshness"] != pytest.approx(true, rel=2e-3)


def test_phases_in_sequence_are_those_of_one_incident() -> None:
    """Where every phase posts nothing later, two halves are the whole."""
    world = World(0.0, 5.0, 36.0, 18.0, 0.25, 0.06, 0.0)
    whole = integrate(100.3, [Phase(0.0, 8.0, 0.5, 0.2, 0.1)], world, *profiles(DEFAULT))
    uploads = np.ones(0)
    flat = profiles(DEFAULT)[:2]
    halves = [Phase(0.0, 3.0, 0.5, 0.2, 0.1), Phase(3.0, 5.0, 0.5, 0.2, 0.1)]
    one = integrate(100.3, [Phase(0.0, 8.0, 0.5, 0.2, 0.1)], world, *flat, uploads)
    two = integrate(100.3, halves, world, *flat, uploads)
    for line, value in one.items():
        if not line.startswith("creator"):
            assert two[line] == pytest.approx(value, rel=1e-9, abs=1e-12), line
    assert whole["playback"] == pytest.approx(one["playback"], rel=1e-12)


def test_finer_cells_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    once = {name: as_stepped(case) for name, case in CASES.items()}
    monkeypatch.setattr(quadrature, "SPREAD", np.geomspace(1e-7, 1e8, 15 * 40))
    for name, case in CASES.items():
        for line, value in as_stepped(case).items():
            assert once[name][line] == pytest.approx(value, rel=1e-7, abs=1e-12), (name, line)
