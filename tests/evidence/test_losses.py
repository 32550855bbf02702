"""Shares lost, by a log that gives them (MODEL §6)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from model.beliefs.belief import Belief, fit
from model.evidence.interval import Interval
from model.evidence.losses import fit_losses, log_odds


def draws(each: Interval, size: int, rng: np.random.Generator) -> np.ndarray:
    return fit(Belief(each.shape, each.low, each.high)).from_normal(rng.standard_normal(size))


def test_closed_form_of_one_loss() -> None:
    x = np.array([0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9])
    y = special.logit(x)
    fits = fit_losses({"publish_loss": x})
    assert fits is not None
    fitted = fits.losses["publish_loss"]
    t, s = stats.t.ppf(0.95, 8), np.std(y, ddof=1)
    assert special.logit(fitted.predictive) == pytest.approx(
        [y.mean() - t * s * math.sqrt(10 / 9), y.mean() + t * s * math.sqrt(10 / 9)]
    )
    assert special.logit([fitted.loss.low, fitted.loss.high]) == pytest.approx(
        [y.mean() - t * s, y.mean() + t * s]
    )
    assert math.log(fits.severity_level.high) == pytest.approx(t * s / 3)
    assert fits.severity_level.low * fits.severity_level.high == pytest.approx(1.0)


def test_next_loss_is_covered() -> None:
    rng = np.random.default_rng(1)
    mass = []
    for _ in range(200):
        y = rng.normal(-1.0, 1.2, (2, 12))
        shares = special.expit(y)
        fits = fit_losses({"publish_loss": shares[0], "playback_loss": shares[1]})
        assert fits is not None
        level = draws(fits.severity_level, 1_000, rng)
        for one in fits.losses.values():
            odds = special.logit(draws(one.loss, 1_000, rng)) + np.log(level)
            mass.append(np.diff(stats.norm.cdf((np.percentile(odds, [5, 95]) + 1.0) / 1.2))[0])
    assert np.mean(mass) == pytest.approx(0.9, abs=0.015)


def test_shares_at_the_ends_are_drawn_in() -> None:
    assert log_odds(np.array([0.0, 1.0, 0.5])) == pytest.approx(special.logit([1 / 6, 5 / 6, 0.5]))
    assert log_odds(np.array([0.1, 0.5])) == pytest.approx(special.logit([0.1, 0.5]))


def test_fewer_than_eight_leave_the_prior() -> None:
    x = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, math.nan])
    assert fit_losses({"publish_loss": x}) is None
    both = fit_losses({"publish_loss": x, "ads_loss": np.linspace(0.1, 0.5, 8)})
    assert both is not None
    assert list(both.losses) == ["ads_loss"]


def test_what_is_no_share_is_named() -> None:
    with pytest.raises(ValueError, match=r"ads_loss 1.2 is not a share"):
        fit_losses({"ads_loss": np.array([0.1] * 9 + [1.2])})
