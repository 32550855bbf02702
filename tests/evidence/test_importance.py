"""Draws from posteriors with several modes, whose masses are known (MODEL §6)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from model.arrays import Array
from model.evidence.rates import importance
from model.evidence.rates.importance import LogDensity, draw

DIMENSIONS = 5
SPREAD = 0.15
CENTERS = np.array(
    [[3.0, 2.0, 0.0, -1.0, 0.0], [-2.0, 0.0, 3.0, 1.0, 2.0], [0.0, -3.0, -2.0, 2.0, 0.0]]
)
HEIGHTS = np.array([0.5, 0.2, 0.3])


def places(count: int) -> LogDensity:
    """Log likelihood of the first so many narrow bells far from each other."""

    def of(points: Array) -> Array:
        bells = [
            math.log(height) + stats.norm.logpdf(points, center, SPREAD).sum(axis=1)
            for center, height in zip(CENTERS[:count], HEIGHTS, strict=False)
        ]
        return np.asarray(np.logaddexp.reduce(bells))

    return of


def masses(count: int) -> Array:
    """Posterior masses: a bell times a standard normal integrates to a normal density."""
    wide = math.sqrt(1.0 + SPREAD**2)
    mass = HEIGHTS[:count] * stats.norm.pdf(CENTERS[:count], 0.0, wide).prod(axis=1)
    return np.asarray(mass / mass.sum())


def found(count: int, seed: int) -> tuple[Array, Array, float]:
    """The mass near each bell, its standard error, and the effective draws."""
    drawn = draw(places(count), DIMENSIONS, np.random.default_rng(seed))
    away = np.linalg.norm(drawn.points[:, None, :] - CENTERS[:count], axis=2)
    near = np.argmin(away, axis=1)
    mass = np.bincount(near, drawn.weights, minlength=count)
    away = (near[:, None] == np.arange(count)) - mass
    return mass, np.sqrt(((drawn.weights[:, None] * away) ** 2).sum(axis=0)), drawn.effective


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_place_has_its_mass(count: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell is so well found from its top alone that nothing would look for others: made to."""
    monkeypatch.setattr(importance, "_GOOD", 1.0)
    mass, error, effective = found(count, seed)
    assert effective >= 1_000
    assert np.all(np.abs(mass - masses(count)) < 4 * error + 1e-12)


def test_one_mode_alone_finds_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what starts at the greatest density, without the search for others."""
    monkeypatch.setattr(importance, "_GOOD", 0.0)
    mass, _, _ = found(3, 0)
    assert np.abs(mass - masses(3)).max() > 0.1


def test_means_and_spreads_of_a_bent_posterior() -> None:
    """x ~ N(0, 1) and y = x² up to 0.1: E[y] of the posterior by a grid."""

    def bent(points: Array) -> Array:
        return -0.5 * ((points[:, 1] - points[:, 0] ** 2) / 0.1) ** 2

    drawn = draw(bent, 2, np.random.default_rng(4))
    grid = np.linspace(-6, 6, 2_401)
    x, y = np.meshgrid(grid, grid, indexing="ij")
    weight = np.exp(-0.5 * ((y - x**2) / 0.1) ** 2 - 0.5 * (x**2 + y**2))
    expected = float((weight * y).sum() / weight.sum())
    spread = math.sqrt(float((weight * (y - expected) ** 2).sum() / weight.sum()))
    mean = float(drawn.weights @ drawn.points[:, 1])
    assert mean == pytest.approx(expected, abs=4 * spread / math.sqrt(drawn.effective))
