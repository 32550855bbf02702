"""Ranges of what is not known: known worlds, luck taken out, and one reading of curve and tile."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from model import Belief, Scenario, simulate
from model.drivers import ranges as drawn_ranges
from model.drivers.ranges import Ranges, ranges
from model.runs import blocks

DEFAULT = Scenario.default()
ENDS = (0.05, 0.95)


def exponential_worlds(worlds: int, years: int, spread: float) -> tuple[Ranges, np.ndarray]:
    """Worlds whose years are exponential, with lognormal means; and those means."""
    rng = np.random.default_rng(4)
    means = np.exp(rng.normal(scale=spread, size=worlds))
    return Ranges(rng.exponential(means[:, None], (worlds, years)), np.zeros(worlds)), means


def test_the_range_of_the_average_is_that_of_the_worlds_own_averages() -> None:
    found, means = exponential_worlds(4_000, 200, 0.6)
    for end, truth in zip(found.mean(), np.quantile(means, ENDS), strict=True):
        assert end == pytest.approx(truth, rel=0.04)


@pytest.mark.parametrize("p", [0.5, 0.9, 0.95])
def test_the_range_of_a_quantile_is_that_of_the_worlds_own_quantiles(p: float) -> None:
    found, means = exponential_worlds(4_000, 200, 0.6)
    own = -np.log1p(-p) * means
    for end, truth in zip(found.quantile(p), np.quantile(own, ENDS), strict=True):
        assert end == pytest.approx(truth, rel=0.06)


def test_the_range_of_a_chance_is_that_of_the_worlds_own_chances() -> None:
    found, means = exponential_worlds(4_000, 200, 0.6)
    truth = np.quantile(np.exp(-3.0 / means), ENDS)
    assert found.chance_over(3.0) == pytest.approx(tuple(truth), abs=0.01)


def test_luck_alone_has_hardly_a_range() -> None:
    """Of 200 years each, the plain averages of equal worlds would spread by 0.23."""
    found, _ = exponential_worlds(2_000, 200, 0.0)
    low, high = found.mean()
    assert high - low < 0.06
    assert stats.norm.ppf(0.95) * 2 / np.sqrt(200) == pytest.approx(0.23, abs=0.01)


def test_more_years_do_not_narrow_what_is_not_known() -> None:
    few, _ = exponential_worlds(4_000, 50, 0.6)
    many, _ = exponential_worlds(4_000, 400, 0.6)
    assert few.mean() == pytest.approx(many.mean(), rel=0.08)


def test_tile_and_curve_are_read_off_the_same_band() -> None:
    found = Ranges.of(simulate(DEFAULT, years=20_000, worlds=200, seed=3))
    low, high = found.quantile(0.9)
    assert found.chance_over(high).high <= 0.1 < found.chance_over(high * 0.9).high
    assert found.chance_over(low).low <= 0.1 < found.chance_over(low * 0.8).low


def test_a_world_without_incidents_has_no_loss_in_any_world() -> None:
    none = Belief("normal", 0.0, 0.0)
    off = {f"incidents.{cause}.rate_per_year": none for cause in DEFAULT.causes}
    found = ranges(DEFAULT.with_(off))
    assert found.mean() == (0.0, 0.0)
    assert found.quantile(0.95) == (0.0, 0.0)
    assert found.no_incident() == (1.0, 1.0)
    assert found.chance_over(0.0) == (0.0, 0.0)


def test_a_quantile_that_a_world_of_few_years_cannot_show_is_unknown() -> None:
    found, _ = exponential_worlds(50, 20, 2.0)
    assert np.isnan(found.quantile(0.96)).all()
    assert np.isfinite(found.quantile(0.95)).all()


def test_the_band_says_of_each_loss_what_is_said_of_it_alone() -> None:
    """Losses that some years have exactly, none, and more than any."""
    found, _ = exponential_worlds(60, 20, 0.6)
    losses = np.array([0.0, *np.sort(found.loss_usd[3]), 1e12])
    low, high = found.band(losses)
    alone = [found.chance_over(float(loss)) for loss in losses]
    assert (low.tolist(), high.tolist()) == tuple(map(list, zip(*alone, strict=True)))


@pytest.mark.parametrize("incidents_a_block", [400_000, 1_500])
def test_they_are_those_of_a_whole_run(
    monkeypatch: pytest.MonkeyPatch, incidents_a_block: int
) -> None:
    """Also where a scenario is so busy that a block is less than a world."""
    monkeypatch.setattr(blocks, "_MOST_INCIDENTS", incidents_a_block)
    monkeypatch.setattr(drawn_ranges, "WORLDS", 30)
    plain = Ranges.of(simulate(DEFAULT, years=30 * drawn_ranges.YEARS, worlds=30, seed=5))
    found = ranges(DEFAULT, seed=5)
    assert np.array_equal(found.loss_usd, plain.loss_usd)
    assert np.array_equal(found.calm, plain.calm)
