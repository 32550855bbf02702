"""Luck or design: scan statistics against exact ones (MODEL §6)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from model.evidence.luck.clustering import (
    chance_of_cluster,
    chance_of_two,
    most_within,
    shortest_window,
)
from model.evidence.luck.timeline import Null, Timeline

YEAR_H = 8760.0
WINDOW_H = 37 * 24.0


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def naus(k: int, mean_in_window: float, windows: int) -> float:
    """The chance of k points in a window by Naus, JASA 77 (1982): exact for 2 and 3 windows."""
    p, f = stats.poisson(mean_in_window).pmf, stats.poisson(mean_in_window).cdf
    m = mean_in_window
    two = f(k - 1) ** 2 - (k - 1) * p(k) * p(k - 2) - (k - 1 - m) * p(k) * f(k - 3)
    a1 = 2 * p(k) * f(k - 1) * ((k - 1) * f(k - 2) - m * f(k - 3))
    a2 = (
        p(k) ** 2
        / 2
        * ((k - 1) * (k - 2) * f(k - 3) - 2 * (k - 2) * m * f(k - 4) + m**2 * f(k - 5))
    )
    a3 = sum(p(2 * k - r) * f(r - 1) ** 2 for r in range(1, k))
    a4 = sum(p(2 * k - r) * p(r) * ((r - 1) * f(r - 2) - m * f(r - 3)) for r in range(2, k))
    three = f(k - 1) ** 3 - a1 + a2 + a3 - a4
    return float(1 - two * (three / two) ** (windows - 2))


@pytest.mark.parametrize(
    ("k", "mean_in_window", "windows"),
    [(3, 0.5, 3), (3, 1.0, 3), (4, 2.0, 3), (5, 2.0, 2), (5, 2.0, 3), (3, 0.5, 5), (4, 1.0, 10)],
)
def test_agrees_with_naus(k: int, mean_in_window: float, windows: int) -> None:
    null = Null.of(Timeline.flat(100.0 * windows), mean_in_window * windows)
    found = chance_of_cluster(k, 100.0, null, rng(), logs=200_000)
    # Beyond three windows his formula is an approximation, good to a few in 10,000.
    slack = 0.0 if windows <= 3 else 5e-4
    assert found.value == pytest.approx(
        naus(k, mean_in_window, windows), abs=4 * found.standard_error + slack
    )


@pytest.mark.parametrize(("mean", "share"), [(2.2, 37 / 365), (0.3, 0.5), (20.0, 0.01), (3.0, 1.5)])
def test_two_exactly(mean: float, share: float) -> None:
    n = 100_000
    log, start = Null.of(Timeline.flat(100.0), mean).simulate(n, rng(2))
    near = (log[1:] == log[:-1]) & (np.diff(start) <= 100 * share)
    simulated = len(np.unique(log[1:][near])) / n
    exact = float(chance_of_two(np.array([mean]), share)[0])
    assert simulated == pytest.approx(exact, abs=4.5 * math.sqrt(exact * (1 - exact) / n))


def test_two_in_two_windows_agree_with_naus() -> None:
    assert chance_of_two(np.array([1.4]), 1 / 2)[0] == pytest.approx(naus(2, 0.7, 2), rel=1e-9)


def test_a_window_as_long_as_the_exposure_holds_all() -> None:
    assert chance_of_two(np.array([1.3]), 1.0)[0] == pytest.approx(stats.poisson.sf(1, 1.3))


def test_two_of_hardly_any() -> None:
    """Half the square of the mean, times the share of pairs that are near."""
    near = 1 - (1 - 0.1) ** 2
    assert chance_of_two(np.array([1e-9]), 0.1)[0] == pytest.approx(1e-18 / 2 * near, rel=1e-6)


def test_one_year_and_37_days() -> None:
    """A mature region has about 1.5 incidents a year, in the year of the migration about 2.2."""
    mature, visible = chance_of_two(np.array([1.48, 2.25]), WINDOW_H / YEAR_H)
    assert mature == pytest.approx(0.16, abs=0.005)
    assert visible == pytest.approx(0.31, abs=0.005)


def test_average_over_a_belief_is_not_the_chance_at_its_mean() -> None:
    rates = rng(3).gamma(0.4, 10.0, 20_000)
    null = Null.of(Timeline.flat(YEAR_H), rates)
    exact = chance_of_cluster(2, WINDOW_H, null, rng())
    assert exact.standard_error == 0.0
    assert exact.value == pytest.approx(chance_of_two(rates, WINDOW_H / YEAR_H).mean())
    assert exact.value != pytest.approx(
        float(chance_of_two(rates.mean()[None], WINDOW_H / YEAR_H)[0]), abs=0.05
    )


def test_repeats_and_early_life_make_clusters_likelier() -> None:
    plain = chance_of_cluster(3, WINDOW_H, Null.of(Timeline.flat(YEAR_H), 3.0), rng())
    repeats = Null.of(Timeline.flat(YEAR_H), 3.0 * 0.7, 0.3, 24.0 * 5)
    early = Timeline.of_hours(np.ones(int(YEAR_H)), 0.0, 6.0, 2.0)
    for null in (repeats, Null.of(early, 3.0)):
        assert chance_of_cluster(3, WINDOW_H, null, rng()).value > plain.value + 0.02


def test_early_life_starts_where_its_weight_is() -> None:
    timeline = Timeline.of_hours(np.ones(int(YEAR_H)), 0.0, 6.0, 2.0)
    exact = 1 + 5 * 2 / 12 * (1 - math.exp(-6))
    assert timeline.mature_years == pytest.approx(exact, rel=1e-5)
    _, start = Null.of(timeline, 5.0).simulate(20_000, rng())
    assert stats.kstest(timeline.share(start), "uniform").pvalue > 1e-3
    assert stats.kstest(start / YEAR_H, "uniform").pvalue < 1e-6


def test_repeats_follow_the_lag_and_stop_at_the_end() -> None:
    log, start = Null.of(Timeline.flat(YEAR_H), 2.0, 0.5, 24.0).simulate(100_000, rng())
    assert start.max() < YEAR_H
    assert len(log) / 100_000 == pytest.approx(4.0, rel=0.02)
    gaps = np.diff(start)[log[1:] == log[:-1]]
    assert np.mean(gaps < 24.0) > 0.3


def test_observed_clusters() -> None:
    start = np.array([30.0, 0.0, 9.0, 5.0])
    assert [most_within(start, w) for w in (1.0, 5.0, 9.0, 30.0)] == [1, 2, 3, 4]
    assert [shortest_window(start, k) for k in (2, 3, 4, 5)] == [4.0, 9.0, 30.0, math.inf]


def test_what_is_no_cluster_is_refused() -> None:
    with pytest.raises(ValueError, match="cluster of 1"):
        chance_of_cluster(1, 10.0, Null.of(Timeline.flat(100.0), 1.0), rng())
    with pytest.raises(ValueError, match="allowed: above 0"):
        chance_of_two(np.array([1.0]), 0.0)
