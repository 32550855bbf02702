from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model.beliefs.copula import mixing, nearest_correlation

IMPOSSIBLE = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]])


@st.composite
def any_correlations(draw):
    size = draw(st.integers(1, 6))
    entries = draw(arrays(float, (size, size), elements=st.floats(-1, 1)))
    upper = np.triu(entries, 1)
    return upper + upper.T + np.eye(size)


def pearson(rho):
    return 2 * np.sin(np.pi * rho / 6)


def test_draws_have_the_asked_rank_correlation():
    rho = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 1.0]])
    factor, repair = mixing(rho)
    n = 40_000
    draws = np.random.default_rng(1).standard_normal((n, 3)) @ factor.T
    seen = stats.spearmanr(np.exp(draws)).statistic  # monotone maps leave ranks alone
    # The standard error of a rank correlation is below 1.06 (1 − ρ²)/√n, see Bonett & Wright 2000.
    errors = np.sqrt(1 + rho**2 / 2) * (1 - rho**2) / np.sqrt(n - 3)
    assert (np.abs(seen - rho) <= 4 * errors + 1e-12).all()
    assert repair == 0.0


def test_a_linear_correlation_of_rho_itself_would_be_noticed():
    """Negative control: without the sine the ranks are too loosely tied."""
    n = 200_000
    factor = np.linalg.cholesky([[1.0, 0.5], [0.5, 1.0]])
    draws = np.random.default_rng(1).standard_normal((n, 2)) @ factor.T
    error = np.sqrt(1 + 0.5**2 / 2) * (1 - 0.5**2) / np.sqrt(n - 3)
    assert abs(stats.spearmanr(draws).statistic - 0.5) > 4 * error


def test_possible_matrix_is_left_alone():
    rho = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    factor, repair = mixing(rho)
    expected = pearson(rho)
    np.fill_diagonal(expected, 1.0)
    assert repair == 0.0
    np.testing.assert_allclose(factor @ factor.T, expected, atol=1e-14)
    np.testing.assert_array_equal(factor, np.tril(factor))


def test_independent_normals_pass_through_unchanged():
    factor, repair = mixing(np.eye(5))
    np.testing.assert_array_equal(factor, np.eye(5))
    assert repair == 0.0


def test_nothing_to_correlate():
    factor, repair = mixing(np.eye(0))
    assert factor.shape == (0, 0)
    assert repair == 0.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_whole_correlation_gives_the_same_normal(sign):
    factor, repair = mixing(np.array([[1.0, sign], [sign, 1.0]]))
    z = np.random.default_rng(2).standard_normal((100, 2)) @ factor.T
    np.testing.assert_allclose(z[:, 1], sign * z[:, 0], atol=1e-14)
    assert repair == 0.0


def test_singular_matrix_of_rank_two_needs_no_repair():
    angles = np.array([0.0, 0.4, 1.1, 2.0])
    rho = 6 / np.pi * np.arcsin(np.cos(angles[:, None] - angles) / 2)
    np.fill_diagonal(rho, 1.0)
    factor, repair = mixing((rho + rho.T) / 2)
    np.testing.assert_allclose(factor @ factor.T, np.cos(angles[:, None] - angles), atol=1e-9)
    assert repair == 0.0


def test_nearest_correlation_of_higham_2002_three_by_three():
    nearest = nearest_correlation(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    expected = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    np.testing.assert_allclose(nearest, expected, atol=5e-5)


def test_nearest_correlation_of_higham_2002_tridiagonal():
    nearest = nearest_correlation(2 * np.eye(4) - np.eye(4, k=1) - np.eye(4, k=-1))
    expected = [
        [1, -0.8084, 0.1916, 0.1068],
        [-0.8084, 1, -0.6562, 0.1916],
        [0.1916, -0.6562, 1, -0.8084],
        [0.1068, 0.1916, -0.8084, 1],
    ]
    np.testing.assert_allclose(nearest, expected, atol=5e-5)


def test_impossible_correlations_are_repaired_and_the_repair_is_told():
    factor, repair = mixing(IMPOSSIBLE)
    used = 6 / np.pi * np.arcsin(factor @ factor.T / 2)
    assert np.linalg.eigvalsh(pearson(IMPOSSIBLE))[0] < 0
    assert repair == pytest.approx(np.abs(used - IMPOSSIBLE).max(), abs=1e-9)
    assert repair > 0.3


def test_repair_is_nearer_than_shrinking_towards_independence():
    target = pearson(IMPOSSIBLE)
    np.fill_diagonal(target, 1.0)
    smallest = np.linalg.eigvalsh(target)[0]
    shrunk = np.eye(3) + (target - np.eye(3)) / (1 - smallest)
    assert np.linalg.eigvalsh(shrunk)[0] >= -1e-12
    distance = np.linalg.norm(nearest_correlation(target) - target)
    assert distance <= np.linalg.norm(shrunk - target) + 1e-12


@settings(max_examples=60, deadline=None, derandomize=True)
@given(any_correlations())
def test_any_correlations_give_a_correlation_matrix(rho):
    factor, repair = mixing(rho)
    product = factor @ factor.T
    np.testing.assert_allclose(np.diag(product), 1.0, atol=1e-12)
    np.testing.assert_allclose(factor, np.tril(factor), atol=1e-12)
    used = 6 / np.pi * np.arcsin(np.clip(product, -1, 1) / 2)
    assert np.abs(used - rho).max() == pytest.approx(repair, abs=1e-7)


@pytest.mark.parametrize(
    ("rho", "message"),
    [
        (np.ones((2, 3)), "square"),
        (np.array([[1.0, 1.1], [1.1, 1.0]]), "between -1 and 1"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "not a number"),
        (np.array([[1.0, 0.2], [0.3, 1.0]]), "symmetric"),
        (np.array([[0.9, 0.2], [0.2, 1.0]]), "diagonal"),
    ],
)
def test_what_is_not_a_correlation_matrix_is_refused(rho, message):
    with pytest.raises(ValueError, match=message):
        mixing(rho)
