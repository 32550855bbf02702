"""Rank correlations between beliefs, by a Gaussian copula (MODEL §2).

>>> factor, repair = mixing(np.array([[1.0, 0.5], [0.5, 1.0]]))
>>> normals = np.random.default_rng(0).standard_normal((4, 2)) @ factor.T
>>> repair
0.0
"""

from __future__ import annotations

import numpy as np

from model.arrays import Array

ROUNDING = 1e-12  # an eigenvalue this little below zero is a singular matrix's zero
CONVERGED = 1e-11
MAX_PROJECTIONS = 20_000


def mixing(rho_spearman: Array) -> tuple[Array, float]:
    """Lower factor L `(m, m)` that correlates normals (`z @ L.T`), and how far ρ was repaired.

    The second value is the largest absolute change of a Spearman correlation, 0.0 if `rho_spearman`
    `(m, m)` was possible as it stood; ValueError if it is not a symmetric matrix of correlations
    with ones on the diagonal. r = 2 sin(πρ/6), repaired after Higham (2002) (MODEL §2).
    """
    rho = _checked(rho_spearman)
    # Whole correlations are kept by hand: the sine of a rounded π is not quite a half.
    pearson = np.where(np.abs(rho) == 1, rho, 2 * np.sin(np.pi * rho / 6))
    if len(rho) == 0 or np.linalg.eigvalsh(pearson)[0] >= -ROUNDING:
        return _lower_factor(pearson), 0.0
    possible = nearest_correlation(pearson)
    repaired = 6 / np.pi * np.arcsin(possible / 2)
    return _lower_factor(possible), float(np.abs(repaired - rho).max())


def nearest_correlation(matrix: Array) -> Array:
    """The correlation matrix `(m, m)` nearest to a symmetric one in the Frobenius norm.

    Alternating projections onto the positive semi-definite matrices and onto those with a unit
    diagonal, with Dykstra's correction: Higham (2002), IMA J. Numer. Anal. 22, algorithm 3.3.
    """
    unit = np.asarray(matrix, dtype=float)
    correction = np.zeros_like(unit)
    for _ in range(MAX_PROJECTIONS):
        corrected = unit - correction
        semidefinite = _semidefinite(corrected)
        correction = semidefinite - corrected
        previous, unit = unit, semidefinite.copy()
        np.fill_diagonal(unit, 1.0)
        if np.abs(unit - previous).max() < CONVERGED:
            break
    # Projected once more, because the unit diagonal may have cost a last eigenvalue its sign.
    semidefinite = _semidefinite(unit)
    deviation = np.sqrt(np.diag(semidefinite))
    nearest = semidefinite / np.outer(deviation, deviation)
    np.fill_diagonal(nearest, 1.0)
    return np.asarray(np.clip(nearest, -1.0, 1.0))


def _checked(rho_spearman: Array) -> Array:
    rho = np.asarray(rho_spearman, dtype=float)
    if rho.ndim != 2 or rho.shape[0] != rho.shape[1]:
        raise ValueError(f"correlations of shape {rho.shape}; allowed: a square matrix")
    if not (np.abs(rho) <= 1).all():
        raise ValueError("a correlation is not a number between -1 and 1")
    if not (np.array_equal(rho, rho.T) and (np.diag(rho) == 1).all()):
        raise ValueError("correlations must be symmetric, and 1 on the diagonal")
    return rho


def _semidefinite(symmetric: Array) -> Array:
    values, vectors = np.linalg.eigh(symmetric)
    product: Array = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return (product + product.T) / 2


def _lower_factor(correlation: Array) -> Array:
    """L with L Lᵀ = `correlation`, also where that is singular; rows of length one."""
    try:
        factor = np.linalg.cholesky(correlation)  # leaves uncorrelated normals exactly as they are
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(correlation)
        values[values < ROUNDING * len(values)] = 0.0
        _, upper = np.linalg.qr((vectors * np.sqrt(values)).T)
        factor = upper.T * np.where(np.diag(upper) < 0, -1.0, 1.0)
    lengths: Array = np.linalg.norm(factor, axis=1, keepdims=True)
    return factor / lengths
