"""Scores of forecasts (MODEL §6, back-tests)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from model.evidence.scores import crps, mid_pit, randomised_pit, uniformity, verdict


def test_crps_of_a_normal() -> None:
    """Gneiting and Raftery 2007: σ·(z(2Φ(z) − 1) + 2φ(z) − 1/√π)."""
    z = 0.7
    exact = 2.0 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))
    sample = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000) * 2.0
    assert crps(sample, 1.4) == pytest.approx(exact, abs=1e-4)


def test_crps_by_all_pairs() -> None:
    x = np.random.default_rng(1).random(30)
    pairs = np.abs(x - 0.4).mean() - np.abs(x[:, None] - x).mean() / 2
    assert crps(x, 0.4) == pytest.approx(pairs)


def test_crps_is_least_for_the_truth() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(size=400)
    right, wide = rng.normal(size=2_000), 3 * rng.normal(size=2_000)
    assert np.mean([crps(right, t) for t in truth]) < np.mean([crps(wide, t) for t in truth])


def test_randomised_pit_of_counts_is_uniform_and_mid_pit_is_not() -> None:
    rng = np.random.default_rng(3)
    sample, truth = rng.poisson(1.5, 20_000), rng.poisson(1.5, 400)
    randomised = np.array([randomised_pit(sample, t, rng) for t in truth])
    assert uniformity(randomised) > 1e-3
    assert uniformity(np.array([mid_pit(sample, t) for t in truth])) < 1e-6
    assert np.mean([mid_pit(sample, t) for t in truth]) == pytest.approx(
        0.5, abs=4 * math.sqrt(1 / 12 / 400)
    )


def test_an_interval_of_counts_says_what_it_holds() -> None:
    sample = stats.poisson.ppf((np.arange(100_000) + 0.5) / 100_000, 3.0)
    told = verdict(sample, 8)
    assert (told.low, told.median, told.high) == (1, 3, 6)
    assert told.chance == pytest.approx(stats.poisson.cdf(6, 3) - stats.poisson.cdf(0, 3), abs=1e-4)
    assert not told.inside
    assert told.percentile == pytest.approx(
        stats.poisson.cdf(7, 3) + stats.poisson.pmf(8, 3) / 2, abs=1e-4
    )
