"""Estimates and their errors: quantile rule, coverage of intervals, clustering, TVaR (MODEL §5)."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from model.decisions import payback
from model.runs import paired, standard_errors
from model.runs.quantiles import Sample
from model.runs.standard_errors import Estimate

UNHURRIED = settings(deadline=None, derandomize=True)  # a busy machine is no failure

losses = arrays(
    np.float64,
    st.integers(1, 200),
    elements=st.one_of(st.just(0.0), st.floats(-1e6, 1e9)),
)
levels = st.floats(0.001, 0.999)


@UNHURRIED
@given(losses, levels)
def test_quantile_is_the_left_quantile_of_numpy(x: np.ndarray, p: float) -> None:
    value = Sample(x, len(x)).quantile(p).value
    assert value == np.quantile(x, p, method="inverted_cdf")


@UNHURRIED
@given(st.integers(1, 3000), st.sampled_from(["0.5", "0.9", "0.95", "0.99", "0.995", "0.07"]))
def test_decimal_levels_mean_what_they_say(n: int, p: str) -> None:
    """The smallest value that p of the sample does not exceed, p read as the decimal it is."""
    rank = math.ceil(Fraction(p) * n)
    assert Sample(np.arange(1.0, n + 1.0), n).quantile(float(p)).value == rank


@UNHURRIED
@given(losses)
def test_quantiles_do_not_fall_and_lie_within_their_interval(x: np.ndarray) -> None:
    sample = Sample(x, len(x))
    found = [sample.quantile(p) for p in (0.5, 0.9, 0.95, 0.99)]
    assert all(a.value <= b.value for a, b in pairwise(found))
    assert all(e.low <= e.value <= e.high or math.isnan(e.standard_error) for e in found)


def test_few_years_claim_no_error() -> None:
    """Thirty worlds on the rarer side: 0.9 needs some 300 years, 0.99 some 3,000."""
    for n, p, known in (
        (1, 0.5, False),
        (50, 0.5, False),
        (60, 0.5, True),
        (280, 0.9, False),
        (300, 0.9, True),
        (2800, 0.99, False),
        (3000, 0.99, True),
    ):
        figure = Sample(np.arange(float(n)), n).quantile(p)
        assert figure.value == np.quantile(np.arange(n), p, method="inverted_cdf")
        assert [math.isfinite(x) for x in figure[1:4]] == [known] * 3
    for n in (1, 10, 50):
        assert math.isnan(Sample(np.arange(float(n)), n).tail_mean(0.99).standard_error)
    assert math.isnan(standard_errors.deviation(np.ones(1), worlds=1).standard_error)


REPEATS = 2000


def coverage(
    draw: Callable[[np.random.Generator], np.ndarray],
    measure: Callable[[np.ndarray], Estimate],
    true: float,
) -> float:
    """Share of repeated samples whose 95 % interval holds the true value."""
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(REPEATS):
        found = measure(draw(rng))
        hits += found.low <= true <= found.high
    return hits / REPEATS


BINOMIAL = 4.0 * math.sqrt(0.95 * 0.05 / REPEATS)  # ± 2 points at 4 standard errors


@pytest.mark.parametrize(("p", "n"), [(0.5, 400), (0.9, 400), (0.95, 1000), (0.99, 4000)])
def test_quantile_intervals_cover_as_promised(p: float, n: int) -> None:
    """Order statistics: at least 95 % whatever the law, a little more as ranks are whole."""
    law = stats.lognorm(1.7)

    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.exp(1.7 * rng.standard_normal(n))

    got = coverage(draw, lambda x: Sample(x, n).quantile(p), float(law.ppf(p)))
    assert 0.95 - BINOMIAL < got < 0.97 + BINOMIAL


def test_mean_intervals_cover_as_promised() -> None:
    got = coverage(
        lambda rng: rng.exponential(size=500), lambda x: standard_errors.mean(x, worlds=500), 1.0
    )
    assert abs(got - 0.95) < BINOMIAL


def test_deviation_intervals_cover_as_promised() -> None:
    got = coverage(
        lambda rng: rng.standard_normal(500),
        lambda x: standard_errors.deviation(x, worlds=500),
        1.0,
    )
    assert abs(got - 0.95) < BINOMIAL


def test_ratio_intervals_cover_as_promised() -> None:
    """Numerator and denominator correlated: E[x]/E[y] = 2."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        y = rng.uniform(1.0, 3.0, 300)
        return np.stack([2.0 * y + rng.standard_normal(300), y])

    got = coverage(draw, lambda xy: standard_errors.ratio(xy[0], xy[1], worlds=300), 2.0)
    assert abs(got - 0.95) < BINOMIAL


@pytest.mark.parametrize("p", [0.01, 0.1, 0.5])
def test_share_intervals_cover_as_promised(p: float) -> None:
    got = coverage(
        lambda rng: rng.random(800) < p, lambda hit: standard_errors.share(hit, worlds=800), p
    )
    assert abs(got - 0.95) < BINOMIAL + 0.01  # Wilson's interval jumps with whole counts


def test_shares_stay_shares() -> None:
    for hit in (np.zeros(50, dtype=bool), np.ones(50, dtype=bool)):
        found = standard_errors.share(hit, worlds=50)
        assert found.low >= -1e-12
        assert found.high <= 1.0 + 1e-12
        assert found.high > found.low, "none of fifty does not prove never"


def test_tail_mean_intervals_cover_as_promised() -> None:
    """Exponential: VaR_p = −ln(1 − p), TVaR_p = VaR_p + 1."""
    true = 1.0 - math.log(0.05)
    got = coverage(
        lambda rng: rng.exponential(size=4000), lambda x: Sample(x, 4000).tail_mean(0.95), true
    )
    assert abs(got - 0.95) < BINOMIAL + 0.01  # the mean of 200 skewed excesses is not yet normal


def test_coverage_notices_errors_that_are_too_small() -> None:
    """Negative control: intervals of half the width must not pass."""

    def half(x: np.ndarray) -> Estimate:
        found = standard_errors.mean(x, worlds=500)
        return standard_errors.around(found.value, found.standard_error / 2.0)

    assert coverage(lambda rng: rng.exponential(size=500), half, 1.0) < 0.95 - 4 * BINOMIAL


# --- worlds: years that share what is not known ---------------------------------------------------

WORLDS, PER_WORLD, ICC = 200, 25, 0.3
EFFECT = 1.0 + (PER_WORLD - 1) * ICC  # Kish's design effect of equal clusters


def clustered(rng: np.random.Generator) -> np.ndarray:
    """Normal random effects with intraclass correlation ICC, variance one, world by world."""
    world = rng.standard_normal(WORLDS)[:, None] * math.sqrt(ICC)
    return (world + rng.standard_normal((WORLDS, PER_WORLD)) * math.sqrt(1.0 - ICC)).ravel()


def test_design_effect_of_random_effects() -> None:
    rng = np.random.default_rng(3)
    found = [standard_errors.design_effect(clustered(rng), WORLDS) for _ in range(300)]
    error = np.std(found) / math.sqrt(len(found))
    assert abs(np.mean(found) - EFFECT) < 4 * error + 0.01 * EFFECT


def test_error_of_a_clustered_mean() -> None:
    rng = np.random.default_rng(4)
    found = [standard_errors.mean(clustered(rng), worlds=WORLDS).standard_error for _ in range(300)]
    true = math.sqrt(EFFECT / (WORLDS * PER_WORLD))
    assert np.mean(found) == pytest.approx(true, rel=0.02)
    naive = math.sqrt(1.0 / (WORLDS * PER_WORLD))
    assert np.mean(found) > 2.5 * naive, "ignoring the worlds would understate the error"


def test_one_year_per_world_is_the_plain_error() -> None:
    x = np.random.default_rng(5).standard_normal(1000)
    plain = x.std(ddof=1) / math.sqrt(1000)
    assert standard_errors.mean(x, worlds=1000).standard_error == pytest.approx(plain)
    assert standard_errors.design_effect(x, 1000) == 1.0


def test_one_world_alone_has_no_error() -> None:
    """A single draw of what is not known says nothing about how sure we are."""
    found = standard_errors.mean(np.arange(10.0), worlds=1)
    assert found.value == 4.5
    assert math.isnan(found.standard_error)
    assert math.isnan(found.low)


@pytest.mark.parametrize("p", [0.5, 0.9])
def test_clustered_quantile_intervals_cover_as_promised(p: float) -> None:
    got = coverage(clustered, lambda x: Sample(x, WORLDS).quantile(p), float(stats.norm.ppf(p)))
    assert 0.95 - BINOMIAL - 0.01 < got < 0.97 + BINOMIAL


def test_clustered_tail_means_and_shares_cover_as_promised() -> None:
    z = float(stats.norm.ppf(0.9))
    tail = float(stats.norm.pdf(z)) / 0.1
    got = coverage(clustered, lambda x: Sample(x, WORLDS).tail_mean(0.9), tail)
    assert abs(got - 0.95) < BINOMIAL + 0.01
    got = coverage(clustered, lambda x: standard_errors.share(x > z, worlds=WORLDS), 0.1)
    assert abs(got - 0.95) < BINOMIAL + 0.01


# --- TVaR ----------------------------------------------------------------------------------------


def test_tail_mean_when_value_at_risk_is_zero() -> None:
    """96 of 100 years lose nothing: TVaR 95 is (1 + 2 + 3 + 4)/5, not the mean of all years ≥ 0."""
    x = np.concatenate([np.zeros(96), [1.0, 2.0, 3.0, 4.0]])
    sample = Sample(x, 100)
    assert sample.quantile(0.95).value == 0.0
    assert sample.tail_mean(0.95).value == pytest.approx(2.0)
    assert x[x >= 0.0].mean() == 0.1, "what the common mistake would give"


def test_tail_mean_of_whole_numbers_of_years_is_their_mean() -> None:
    x = np.random.default_rng(2).permutation(np.arange(1.0, 201.0))
    assert Sample(x, 200).tail_mean(0.95).value == pytest.approx(np.arange(191.0, 201.0).mean())


def test_tail_mean_with_ties_at_the_value_at_risk() -> None:
    """Ten years at 5, ninety at 1: the worst 20 years hold ten of each."""
    x = np.concatenate([np.full(90, 1.0), np.full(10, 5.0)])
    assert Sample(x, 100).tail_mean(0.8).value == pytest.approx(3.0)


@UNHURRIED
@given(losses, levels)
def test_tail_mean_is_at_least_value_at_risk_and_mean(x: np.ndarray, p: float) -> None:
    sample = Sample(x, len(x))
    slack = 1e-9 * (1.0 + float(np.abs(x).max())) / (1.0 - p)
    assert sample.tail_mean(p).value >= sample.quantile(p).value - slack
    assert sample.tail_mean(p).value >= x.mean() - slack


pairs = arrays(np.float64, st.tuples(st.just(2), st.integers(2, 60)), elements=st.floats(0, 1e6))


@UNHURRIED
@given(pairs, levels)
def test_tail_mean_is_subadditive(xy: np.ndarray, p: float) -> None:
    """Coherence (Acerbi and Tasche, 2002), which VaR alone does not have."""
    parts = sum(Sample(x, x.size).tail_mean(p).value for x in xy)
    whole = Sample(xy.sum(axis=0), xy.shape[1]).tail_mean(p).value
    assert whole <= parts + 1e-6 * (1.0 + parts) / (1.0 - p)


@UNHURRIED
@given(losses)
def test_constant_and_shifted_samples(x: np.ndarray) -> None:
    """A shift moves quantile and tail mean along and leaves the deviation."""
    shift = 1000.0
    one, other = Sample(x, len(x)), Sample(x + shift, len(x))
    scale = 1.0 + float(np.abs(x).max())
    for p in (0.5, 0.95):
        assert other.quantile(p).value - one.quantile(p).value == pytest.approx(
            shift, abs=1e-9 * scale
        )
        assert other.tail_mean(p).value - one.tail_mean(p).value == pytest.approx(
            shift, abs=1e-7 * scale
        )
    constant = Sample(np.full(100, 7.0), 100)
    assert constant.quantile(0.9)[:2] == (7.0, 0.0)
    assert standard_errors.deviation(np.full(5, 3.0), worlds=5).value == 0.0


# --- what intervals rest on -----------------------------------------------------------------------


def test_effective_worlds_of_equal_and_of_lone_worlds() -> None:
    assert standard_errors.effective_worlds(np.full(40, 3.0)) == pytest.approx(40.0)
    assert standard_errors.effective_worlds(np.array([7.0, 0.0, 0.0])) == pytest.approx(1.0)
    assert standard_errors.effective_worlds(np.zeros(3)) == 0.0


def test_student_widens_intervals_of_few_worlds() -> None:
    """Exact for normal means: 35 worlds cover as promised, 1.96 errors would not."""
    got = coverage(
        lambda rng: rng.standard_normal(35), lambda x: standard_errors.mean(x, worlds=35), 0.0
    )
    assert abs(got - 0.95) < BINOMIAL
    even = np.arange(35.0)  # without skewness the interval is Student's
    found = standard_errors.mean(even + 1.0, worlds=35)
    reach = float(stats.t(34).ppf(0.975)) * even.std(ddof=1) / math.sqrt(35)
    assert (found.low, found.high) == pytest.approx((18.0 - reach, 18.0 + reach))


def test_deviation_of_heavy_tails_covers_where_its_error_alone_does_not() -> None:
    """Lognormal, kurtosis 114: a symmetric interval covers some 87 %."""
    law = stats.lognorm(1.0)

    def draw(rng: np.random.Generator) -> np.ndarray:
        return np.exp(rng.standard_normal(2000))

    def plain(x: np.ndarray) -> Estimate:
        return standard_errors.around(*standard_errors.deviation(x, worlds=2000)[:2])

    corrected = lambda x: standard_errors.deviation(x, worlds=2000)  # noqa: E731
    assert coverage(draw, corrected, law.std()) > 0.95 - 2 * BINOMIAL
    assert coverage(draw, plain, law.std()) < 0.95 - 2 * BINOMIAL


def test_shares_near_nothing_and_everything_are_exact_limits() -> None:
    """Clopper and Pearson: none of n leaves 1 − 0.025^(1/n); clustered, none of the worlds."""
    none = standard_errors.share(np.zeros(500, dtype=bool), worlds=500)
    assert none[:3] == (0.0, 0.0, 0.0)
    assert none.high == pytest.approx(1.0 - 0.025 ** (1 / 500))
    every = standard_errors.share(np.ones(5000, dtype=bool), worlds=50)
    assert every.low == pytest.approx(0.025 ** (1 / 50))
    assert every.high == 1.0


def test_the_interval_of_a_share_of_independent_years_is_the_binomial_one() -> None:
    hit = np.arange(400) < 12
    found = standard_errors.share(hit, worlds=400)
    exact = stats.binomtest(12, 400).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), rel=1e-6)


def test_clustering_widens_the_interval_of_a_share() -> None:
    """Worlds that are hit in all their years or in none count once each."""
    hit = np.repeat(np.arange(200) < 60, 50)
    found = standard_errors.share(hit, worlds=200)
    exact = stats.binomtest(60, 200).proportion_ci(method="exact")
    assert found.low == pytest.approx(exact.low, abs=0.004)
    assert found.high == pytest.approx(exact.high, abs=0.004)


def test_worlds_that_pay_back_are_never_certain() -> None:
    saving = np.ones(200 * 40)
    always = payback.pays_back_worlds(saving, np.zeros(200), worlds=200)
    never = payback.pays_back_worlds(saving, np.full(200, 2.0), worlds=200)
    assert always is not None
    assert never is not None
    assert (always.value, always.high, never.value, never.low) == (1.0, 1.0, 0.0, 0.0)
    assert always.low == pytest.approx(0.025 ** (1 / 200))
    assert never.high == pytest.approx(1.0 - 0.025 ** (1 / 200))


def test_one_quantile_rule() -> None:
    """The ends of a spread over worlds are values that were drawn."""
    x = np.random.default_rng(9).lognormal(size=99)
    spread = paired.belief_spread(x)
    assert {spread.low, spread.high} <= set(x.tolist())
    assert spread.low == np.quantile(x, 0.05, method="inverted_cdf")


def test_a_rare_difference_rests_on_the_years_that_differ() -> None:
    a = np.random.default_rng(10).lognormal(size=5000)
    b = a.copy()
    b[:10] *= 2.0
    assert "10 worlds" in paired.difference(b, a, worlds=5000).reason
    assert paired.difference(a, a, worlds=5000)[:4] == (0.0, 0.0, 0.0, 0.0)
