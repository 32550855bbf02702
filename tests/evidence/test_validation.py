"""The exact laws of the product against independent ones, and the table they make."""

from __future__ import annotations

import numpy as np
import pytest
from reference import exact as reference
from scipy import stats

from model.evidence import exact
from model.evidence.validation_table import Check, validate


def test_the_sum_of_a_poisson_number_is_that_of_the_reference() -> None:
    cdf = reference.lognormal_cdf(1e5, 1e6)
    ours = exact.compound(
        lambda z: np.exp(1.3 * (z - 1)), exact.on_grid(exact.lognormal_cdf(1e5, 1e6), 1e3, 2**15)
    )
    theirs = reference.compound(reference.poisson(1.3), reference.on_grid(cdf, 1e3, 2**15))
    assert ours.chances == pytest.approx(theirs.probability, abs=1e-12)
    for level in (0.5, 0.95, 0.99):
        assert ours.quantile(level) == theirs.quantile(level)
        assert ours.tail_mean(level) == pytest.approx(theirs.tail_mean(level))


def test_counts_and_gammas_are_those_of_the_reference() -> None:
    ours = exact.borel_tanner(0.9, 0.3, 40)
    assert ours == pytest.approx(reference.generalised_poisson(0.9, 0.3, 40))
    assert exact.gamma(0.3, 4.0) == pytest.approx(reference.gamma_parameters(0.3, 4.0))
    law = stats.lognorm(exact.lognormal(2.0, 9.0)[1], scale=np.exp(exact.lognormal(2.0, 9.0)[0]))
    assert law.ppf([0.05, 0.95]) == pytest.approx([2.0, 9.0])


def test_every_check_passes_and_covers_what_it_should() -> None:
    found = validate(40_000, seed=3)
    assert [check for check in found if not check.passed] == []
    names = " ".join(check.name for check in found)
    for what in ("FFT", "generalised Poisson", "97 % of years", "Calendar", "intervals", "Rate"):
        assert what in names


def test_a_wrong_engine_does_not_pass() -> None:
    """Negative control: five standard errors off is said."""
    assert not Check("a", "b", 105.0, 100.0, 1.0).passed
    assert Check("a", "b", 105.0, 100.0, 1.0).difference == 5.0
