"""Printed intervals hold the truth as often as they say, on losses whose measures are exact.

The nightly-sized table of all designs is `benchmarks/coverage.py`.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from reference.coverage import MEASURES, Model, coverage

MODERATE, HEAVY = Model(2.0, 1.0, 0.8), Model(2.0, 1.0, 1.3)
REPEATS = 150
NOISE = 4.0 * math.sqrt(0.95 * 0.05 / REPEATS)
SKEWED = {"sd": 0.04, "tvar_95": 0.02, "tvar_99": 0.03, "variance_share": 0.10, "ignorance": 0.06}
"""Below 95 % by so much, as samples of this size have not seen the heaviest years."""


@pytest.mark.parametrize("model", [MODERATE, HEAVY], ids=["moderate", "heavy"])
@pytest.mark.parametrize(("worlds", "years"), [(4000, 1), (200, 50)])
def test_every_interval_that_is_told_covers(model: Model, worlds: int, years: int) -> None:
    told = 0
    for name, (share, count) in coverage(model, worlds, years, REPEATS, seed=1).items():
        if count < REPEATS:
            continue
        told += 1
        assert share > 0.95 - SKEWED.get(name, 0.0) - NOISE, name
    assert told >= 11


@pytest.mark.parametrize("worlds", [2, 5, 20])
def test_few_worlds_tell_no_interval(worlds: int) -> None:
    found = coverage(MODERATE, worlds, 200, 5)
    assert {name: count for name, (_, count) in found.items()} == dict.fromkeys(MEASURES, 0)


def test_coverage_notices_intervals_that_are_too_narrow() -> None:
    """Negative control: two thirds of the width hold the truth in about four of five runs."""
    found = coverage(MODERATE, 4000, 1, REPEATS, seed=1, scale=2.0 / 3.0)
    for name in ("mean", "p90", "tvar_95", "saving", "p_over"):
        assert found[name][0] < 0.95 - NOISE / 2.0, name


def test_truths_are_those_of_a_long_run() -> None:
    """The exact law against ten times as many years as any design has."""
    model = MODERATE
    _, loss, _ = model.draw(np.random.default_rng(5), 400_000, 1)
    assert model.truths["mean"] == pytest.approx(loss.mean(), rel=0.01)
    assert model.truths["sd"] == pytest.approx(loss.std(), rel=0.02)
    assert model.truths["p95"] == pytest.approx(np.quantile(loss, 0.95), rel=0.02)
    assert model.truths["tvar_95"] == pytest.approx(
        loss[loss >= np.quantile(loss, 0.95)].mean(), rel=0.03
    )
