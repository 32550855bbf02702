"""Is the rate changing: a step, a trend, or neither (MODEL §6)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from model.evidence.luck.change import Step, Trend, find_changes
from model.evidence.luck.clustering import chance_of_cluster, most_within
from model.evidence.luck.timeline import Null, Timeline

YEAR_H = 8760.0
MONTH_H = 730.0
# Major and critical incidents of GitHub by month, March 2022 – August 2026 (mrshu/github-statuses).
BY_MONTH = [
    *(1, 1, 3, 4, 0, 1, 1, 4, 2, 0),
    *(1, 2, 5, 4, 3, 2, 0, 0, 2, 1, 1, 2),
    *(4, 2, 2, 5, 0, 2, 3, 1, 3, 1, 1, 2),
    *(3, 1, 2, 3, 3, 3, 1, 3, 3, 4, 3, 6),
    *(3, 8, 6, 10, 10, 7, 15, 4),
]
OCTOBER_2025 = 43


def find_step(*given: Any, **how: Any) -> Step | None:
    return find_changes(*given, **how)[0]


def find_trend(*given: Any, **how: Any) -> Trend | None:
    return find_changes(*given, **how)[1]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def starts(months: list[int]) -> np.ndarray:
    """Starts somewhere in their month."""
    month = np.repeat(np.arange(len(months)), months)
    return np.sort((month + rng(2).random(len(month))) * MONTH_H)


def test_the_step_of_a_real_log_is_found() -> None:
    found = find_step(starts(BY_MONTH), Timeline.flat(len(BY_MONTH) * MONTH_H), rng())
    assert found is not None
    assert found.p_value < 0.001
    assert 2.5 < found.ratio < 4.6
    assert found.rate_before == pytest.approx(25.4, abs=2.0)
    assert found.earliest_h <= (OCTOBER_2025 + 1) * MONTH_H
    assert found.latest_h >= OCTOBER_2025 * MONTH_H
    with_repeats = find_step(
        starts(BY_MONTH),
        Timeline.flat(len(BY_MONTH) * MONTH_H),
        rng(),
        repeat_ratio=0.2,
        lag_h=240.0,
    )
    assert with_repeats is not None
    assert with_repeats.p_value < 0.01


def test_nothing_is_found_before_that_step() -> None:
    before = BY_MONTH[:OCTOBER_2025]
    start, timeline = starts(before), Timeline.flat(len(before) * MONTH_H)
    step, trend = find_step(start, timeline, rng()), find_trend(start, timeline, rng())
    assert step is not None
    assert trend is not None
    assert step.p_value > 0.05
    assert trend.p_value > 0.05
    null = Null.of(timeline, float(len(start)))
    for days in (1, 7, 37):
        k = most_within(start, 24.0 * days)
        assert chance_of_cluster(k, 24.0 * days, null, rng(), logs=5_000).value > 0.05


def test_step_by_hand() -> None:
    """Two incidents in the first half, eight in the second: 2·ln(2/5) + 8·ln(8/5)."""
    start = np.array([10.0, 50.0, *np.linspace(50.001, 99.0, 8)])
    found = find_step(start, Timeline.flat(100.0), rng(), logs=99)
    assert found is not None
    assert (found.before, found.after) == (2, 8)
    assert found.rate_before == pytest.approx(2 / 50 * YEAR_H, rel=1e-3)
    assert found.rate_after == pytest.approx(8 / 50 * YEAR_H, rel=1e-3)


def p_values(
    timeline: Timeline, null: Null, logs: int, **repeats: float
) -> tuple[np.ndarray, np.ndarray]:
    drawn, found = null.simulate(logs, rng(3)), []
    for log in range(logs):
        start = drawn.start_h[drawn.log == log]
        step = find_step(start, timeline, rng(log), logs=199, **repeats)
        trend = find_trend(start, timeline, rng(log), logs=199, **repeats)
        if step is not None and trend is not None:
            found.append((step.p_value, trend.p_value))
    both = np.array(found)
    return both[:, 0], both[:, 1]


def test_no_change_is_found_as_seldom_as_said() -> None:
    timeline = Timeline.of_hours(np.ones(int(YEAR_H)), 0.0, 4.0, 3.0)
    for p in p_values(timeline, Null.of(timeline, 25.0), 200):
        assert stats.kstest(p, "uniform").pvalue > 1e-3
        assert np.mean(p <= 0.1) < 0.1 + 3 * math.sqrt(0.09 / 200)


def test_early_life_that_is_not_told_is_a_change() -> None:
    """Negative control: the same logs judged by a flat clock."""
    early = Timeline.of_hours(np.ones(int(YEAR_H)), 0.0, 12.0, 2.0)
    p, _ = p_values(Timeline.flat(YEAR_H), Null.of(early, 40.0), 50)
    assert np.mean(p < 0.05) > 0.5


def test_repeats_that_are_not_told_look_like_change() -> None:
    flat = Timeline.flat(YEAR_H)
    clustered = Null.of(flat, 12.0, 0.6, 24.0 * 20)
    untold, _ = p_values(flat, clustered, 120)
    told, _ = p_values(flat, clustered, 120, repeat_ratio=0.6, lag_h=24.0 * 20)
    assert np.mean(untold < 0.05) > 0.2
    assert np.mean(told < 0.05) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 120)


def test_no_other_time_is_likelier() -> None:
    """Against a search over every minute: same point, same rates, likelihood by its definition."""
    for seed in range(20):
        draws = rng(seed)
        start = np.sort(draws.random(draws.integers(8, 60)) ** draws.uniform(0.4, 1.5)) * 1_000.0
        found = find_step(start, Timeline.flat(1_000.0), draws, logs=9)
        at = np.arange(50.0, 950.0, 1 / 60)
        before = np.searchsorted(start, at)
        after = len(start) - before
        allowed = (before >= 2) & (after >= 2)
        expected = (before / at)[allowed], (after / (1_000.0 - at))[allowed]
        counts = before[allowed], after[allowed]
        likelihood = sum(n * np.log(rate) for n, rate in zip(counts, expected, strict=True))
        best = int(np.argmax(likelihood))
        assert found is not None
        own = found.before * math.log(found.rate_before / YEAR_H)
        own += found.after * math.log(found.rate_after / YEAR_H)
        assert own == pytest.approx(likelihood[best], abs=0.02)
        assert own > likelihood[best] - 1e-9
        assert found.at_h == pytest.approx(at[allowed][best], abs=2 / 60)


@pytest.mark.parametrize(
    ("ratio", "lag_h"), [(0.0, 24.0), (0.1, 120.0), (0.3, 240.0)], ids=["alone", "few", "many"]
)
def test_point_of_change_is_centred_and_covered(ratio: float, lag_h: float) -> None:
    """25 incidents a year, then 86, for 4.5 years: the step of a large log, somewhere else."""
    length, n, inside, off, width = 4.5 * YEAR_H, 300, [], [], []
    for seed in range(n):
        draws = rng(seed)
        at = draws.uniform(0.25, 0.85)
        worth = np.array([0.0, 25.0 * at, 25.0 * at + 86.0 * (1 - at)]) * 4.5
        truth = Timeline(np.array([0.0, at, 1.0]) * length, worth)
        null = Null.of(truth, worth[-1] * (1 - ratio), ratio, lag_h)
        start = null.simulate(1, draws).start_h
        flat = Timeline.flat(length)
        found = find_step(start, flat, draws, logs=9, repeat_ratio=ratio, lag_h=lag_h)
        assert found is not None
        inside.append(found.earliest_h <= at * length <= found.latest_h)
        off.append(found.at_h - at * length)
        width.append(found.latest_h - found.earliest_h)
    assert 0.85 <= np.mean(inside) <= 0.95
    assert abs(np.median(off)) < 0.1 * np.median(width)


def test_families_counted_as_independent_cover_less() -> None:
    """Negative control: the same logs, told that nothing repeats."""
    covered = []
    for seed in range(150):
        draws = rng(seed)
        truth = Timeline(np.array([0.0, 2.0, 4.0]) * YEAR_H, np.array([0.0, 50.0, 222.0]))
        start = Null.of(truth, 222.0 * 0.6, 0.4, 240.0).simulate(1, draws).start_h
        found = find_step(start, Timeline.flat(4 * YEAR_H), draws, logs=9)
        assert found is not None
        covered.append(found.earliest_h <= 2 * YEAR_H <= found.latest_h)
    assert np.mean(covered) < 0.8


def test_trend_of_many_is_the_truth() -> None:
    """Density ∝ e^(βu) over two years: a factor of e^(β/2) a year."""
    beta, n = 1.4, 20_000
    u = np.log1p(rng().random(n) * math.expm1(beta)) / beta
    found = find_trend(u * 2 * YEAR_H, Timeline.flat(2 * YEAR_H), rng(), logs=19)
    assert found is not None
    variance = 1 / beta**2 - 1 / (4 * math.sinh(beta / 2) ** 2)
    error = 1 / math.sqrt(n * variance) / 2
    assert math.log(found.factor_per_year) == pytest.approx(beta / 2, abs=4 * error)


def test_falling_rate_falls() -> None:
    start = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 12.0, 20.0]) * 100
    found = find_trend(start, Timeline.flat(YEAR_H), rng(), logs=199)
    assert found is not None
    assert found.factor_per_year < 1
    assert found.p_value < 0.05


def test_too_few_incidents_say_nothing() -> None:
    timeline = Timeline.flat(YEAR_H)
    assert find_step(np.array([1.0, 2.0, 3.0]), timeline, rng()) is None
    assert find_trend(np.array([1.0, 2.0, 3.0]), timeline, rng()) is None
    assert find_step(np.full(6, 1.0), timeline, rng()) is None
