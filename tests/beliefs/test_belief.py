from __future__ import annotations

import itertools
import math
import pickle
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from model import data
from model.beliefs.belief import SHAPES, Belief, BeliefError, fit

INF = math.inf
Z = np.linspace(-8, 8, 4001)
UNBOUNDED = (-INF, INF)


def truncated_normal(d):
    start, end = d.support
    return stats.truncnorm((start - d.mu) / d.sigma, (end - d.mu) / d.sigma, d.mu, d.sigma)


def scaled_beta(d):
    return stats.beta(d.alpha, d.beta, d.support[0], d.support[1] - d.support[0])


TWINS = {
    "normal": truncated_normal,
    "lognormal": lambda d: stats.lognorm(d.sigma, scale=math.exp(d.mu)),
    "uniform": lambda d: stats.uniform(d.support[0], d.support[1] - d.support[0]),
    "gamma": lambda d: stats.gamma(d.k, scale=d.scale),
    "weibull": lambda d: stats.weibull_min(d.k, scale=math.exp(d.log_scale)),
    "loglogistic": lambda d: stats.fisk(d.k, scale=math.exp(d.log_scale)),
    "pert": scaled_beta,
}

CASES = [
    (Belief("normal", -3, 8), UNBOUNDED),
    (Belief("normal", 1, 2), (0.0, INF)),
    (Belief("normal", 0.5, 6), (0.0, INF)),  # truncated hard
    (Belief("normal", 0.05, 2.5), (0.0, INF)),  # all but exponential
    (Belief("normal", -2.5, -0.05), (-INF, 0.0)),
    (Belief("normal", 0.1, 0.85), (0.0, 1.0)),
    (Belief("normal", 0.06, 0.94), (0.0, 1.0)),  # all but uniform
    (Belief("normal", 1, 30), (0.001, 8760.0)),
    (Belief("lognormal", 11e9, 17e9), UNBOUNDED),
    (Belief("lognormal", 0.4, 80), UNBOUNDED),
    (Belief("logitnormal", 0.3, 0.95), UNBOUNDED),
    (Belief("logitnormal", 0.001, 0.05), UNBOUNDED),
    (Belief("logitnormal", 1e-5, 1 - 1e-3), UNBOUNDED),
    (Belief("uniform", 2, 20), UNBOUNDED),
    (Belief("uniform", -1, 0.5), UNBOUNDED),
    (Belief("gamma", 0.15, 1.2), UNBOUNDED),
    (Belief("gamma", 1, 1.004), UNBOUNDED),
    (Belief("gamma", 1e-5, 10), UNBOUNDED),
    (Belief("weibull", 0.5, 18), UNBOUNDED),
    (Belief("weibull", 1, 1.0001), UNBOUNDED),
    (Belief("loglogistic", 0.5, 18), UNBOUNDED),
    (Belief("loglogistic", 0.4, 80), UNBOUNDED),
    (Belief("pert", 1, 10, 3), UNBOUNDED),
    (Belief("pert", 0, 1, 0), UNBOUNDED),
    (Belief("pert", 0, 1, 1), UNBOUNDED),
]
WITH_TWIN = [case for case in CASES if case[0].shape in TWINS]


def label(case):
    belief, bounds = case
    return f"{belief.shape} {belief.low:g} {belief.high:g} in {bounds[0]:g} {bounds[1]:g}"


every_case = pytest.mark.parametrize("case", CASES, ids=label)
every_case_with_twin = pytest.mark.parametrize("case", WITH_TWIN, ids=label)


def fitted(case):
    belief, bounds = case
    return fit(belief, *bounds)


def normals(n, seed):
    return np.random.default_rng(seed).standard_normal(n)


def assert_hits(distribution, belief):
    """The 5 % and 95 % points are the interval's ends, to 1e-9 of the larger of value and width."""
    ends = [belief.low, belief.high]
    size = np.maximum(np.abs(ends), 0 if belief.low > 0 else belief.high - belief.low)
    assert (np.abs(distribution.ppf([0.05, 0.95]) - ends) <= 1e-9 * size).all()


def test_every_shape_is_tried():
    assert {belief.shape for belief, _ in CASES} == set(SHAPES)


@pytest.mark.parametrize("case", [c for c in CASES if c[0].shape != "pert"], ids=label)
def test_fit_hits_the_interval(case):
    assert_hits(fitted(case), case[0])
    assert fitted(case).p95() == pytest.approx(case[0].high, rel=1e-9)
    np.testing.assert_allclose(
        fitted(case).cdf([case[0].low, case[0].high]), [0.05, 0.95], rtol=1e-9
    )


@every_case
def test_cdf_undoes_ppf(case):
    u = np.linspace(0.001, 0.999, 999)
    # Near-certain intervals lose digits in x itself: 1e-16 · x / width.
    tolerance = 1e-11 + 1e-15 * abs(case[0].high) / (case[0].high - case[0].low)
    np.testing.assert_allclose(fitted(case).cdf(fitted(case).ppf(u)), u, atol=tolerance)


@every_case
def test_draws_are_monotone_and_finite_to_eight_sigmas(case):
    x = fitted(case).from_normal(Z)
    assert np.isfinite(x).all()
    assert (np.diff(x) >= -1e-15 * np.abs(x[1:])).all()
    assert (np.diff(x)[np.abs(Z[1:]) < 3] > 0).all()


@every_case
def test_density_is_the_slope_of_the_cdf(case):
    d = fitted(case)
    x = d.ppf(np.linspace(0.02, 0.98, 25))
    step = (case[0].high - case[0].low) * 1e-5 * np.minimum(1, np.gradient(x) / np.ptp(x) * 24)
    slope = (d.cdf(x + step) - d.cdf(x - step)) / (2 * step)
    np.testing.assert_allclose(d.pdf(x), slope, rtol=1e-4)


@every_case_with_twin
def test_agrees_with_scipy(case):
    d = fitted(case)
    twin = TWINS[case[0].shape](d)
    u = np.array([1e-6, 0.05, 0.3, 0.5, 0.8, 0.95, 1 - 1e-6])
    np.testing.assert_allclose(d.ppf(u), twin.ppf(u), rtol=2e-8, atol=1e-15)
    np.testing.assert_allclose(d.mean(), twin.mean(), rtol=1e-8)
    np.testing.assert_allclose(d.median(), twin.median(), rtol=1e-8)
    x = twin.ppf([0.01, 0.2, 0.7, 0.99])
    np.testing.assert_allclose(d.pdf(x), twin.pdf(x), rtol=1e-5)


def logistic(y):
    return 1 / (1 + math.exp(-y))


def logitnormal(mu, sigma):
    reach = NormalDist().inv_cdf(0.95) * sigma
    return fit(Belief("logitnormal", logistic(mu - reach), logistic(mu + reach)))


@pytest.mark.parametrize("sigma", [0.05, 1.0, 3.0, 6.0])
@pytest.mark.parametrize("mu", [-8.0, 0.0, 2.5])
def test_logitnormal_mean_against_adaptive_quadrature(mu, sigma):
    parent = NormalDist(mu, sigma)
    knots = mu + sigma * np.linspace(-14, 14, 141)
    exact = sum(
        integrate.quad(lambda y: parent.pdf(y) * logistic(y), *piece, epsabs=0)[0]
        for piece in itertools.pairwise(knots)
    )
    assert logitnormal(mu, sigma).mean() == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("sigma", [0.05, 1.0, 6.0])
def test_logitnormal_mean_of_the_mirror_image_is_the_rest(sigma):
    assert logitnormal(0.0, sigma).mean() == pytest.approx(0.5, rel=1e-11)
    both = logitnormal(1.5, sigma).mean() + logitnormal(-1.5, sigma).mean()
    assert both == pytest.approx(1.0, rel=1e-11)


@every_case
def test_mean_is_the_integral_of_the_draws(case):
    # The log-logistic's tail is felt to thirty sigmas; scipy's beta ends at twenty-two.
    reach = 20 if case[0].shape == "pert" else 30
    z, step = np.linspace(-reach, reach, 60_001, retstep=True)
    integral = np.sum(fitted(case).from_normal(z) * stats.norm.pdf(z)) * step
    assert fitted(case).mean() == pytest.approx(integral, rel=1e-8)


@every_case_with_twin
def test_draws_pass_kolmogorov_smirnov(case):
    draws = fitted(case).from_normal(normals(20_000, seed=3))
    assert stats.kstest(draws, TWINS[case[0].shape](fitted(case)).cdf).pvalue > 1e-3


@pytest.mark.parametrize("shape", ["normal", "lognormal", "uniform", "weibull", "loglogistic"])
def test_kolmogorov_smirnov_notices_another_shape_with_the_same_interval(shape):
    """Negative control: a gamma with the same 5 % and 95 % points is not mistaken for the shape."""
    draws = fit(Belief("gamma", 0.15, 3.0)).from_normal(normals(20_000, seed=3))
    other = TWINS[shape](fit(Belief(shape, 0.15, 3.0)))
    assert stats.kstest(draws, other.cdf).pvalue < 1e-6


def test_lognormal_in_closed_form():
    d = fit(Belief("lognormal", 2.0, 50.0))
    sigma = math.log(25) / (2 * NormalDist().inv_cdf(0.95))
    assert d.median() == pytest.approx(10.0, rel=1e-14)
    assert d.mean() == pytest.approx(10.0 * math.exp(sigma**2 / 2), rel=1e-13)


def test_pert_mean_is_the_mean():
    assert fit(Belief("pert", 1, 10, 3)).mean() == pytest.approx((1 + 4 * 3 + 10) / 6, rel=1e-14)
    assert fit(Belief("pert", 0, 6, 6)).mean() == pytest.approx(5.0, rel=1e-14)


def test_uniform_extends_an_eighteenth_beyond_either_side_and_is_not_clipped():
    d = fit(Belief("uniform", 0.0, 1.8), 0.0, 1.8)
    np.testing.assert_allclose(d.ppf([0.0, 0.5, 1.0]), [-0.1, 0.9, 1.9], atol=1e-15)


def test_normal_far_from_its_bounds_is_the_plain_normal():
    d = fit(Belief("normal", 9, 11), 0.0, INF)
    np.testing.assert_allclose(
        d.from_normal([-1.0, 0.0, 3.0]), 10 + np.array([-1, 0, 3]) / NormalDist().inv_cdf(0.95)
    )
    assert d.mean() == pytest.approx(10, rel=1e-14)


def test_normal_stays_within_its_bounds():
    x = fit(Belief("normal", 0.1, 0.85), 0.0, 1.0).from_normal(np.linspace(-40, 40, 401))
    assert x.min() >= 0.0
    assert x.max() <= 1.0


def test_gamma_passes_into_lognormal_where_it_is_almost_certain():
    """Below an interval of 0.35 % the lognormal stands in, and nobody can tell."""
    gamma, lognormal = (fit(Belief(shape, 1, 1.0036)) for shape in ("gamma", "lognormal"))
    np.testing.assert_allclose(gamma.from_normal(Z), lognormal.from_normal(Z), rtol=1.5e-5)
    assert hasattr(gamma, "k")
    narrow = Belief("gamma", 1, 1.0001)
    assert_hits(fit(narrow), narrow)
    k = (math.log(1.0001) / (2 * NormalDist().inv_cdf(0.95))) ** -2
    u = [0.001, 0.2, 0.5, 0.9, 0.999]
    exact = stats.gamma(k, scale=1.0001 / stats.gamma(k).ppf(0.95)).ppf(u)
    np.testing.assert_allclose(fit(narrow).ppf(u), exact, rtol=1e-8)


def test_gamma_rate_makes_counts_negative_binomial():
    """A Poisson count with a gamma rate has k, 1/(1 + scale) as its negative binomial's pair."""
    d = fit(Belief("gamma", 0.15, 1.2))
    n = 200_000
    random = np.random.default_rng(5)
    counts = random.poisson(d.from_normal(random.standard_normal(n)))
    exact = stats.nbinom(d.k, 1 / (1 + d.scale))
    mean, variance, excess = (float(m) for m in exact.stats("mvk"))
    assert mean == pytest.approx(d.mean())
    assert variance == pytest.approx(d.mean() + d.mean() * d.scale)
    assert abs(counts.mean() - mean) < 4 * math.sqrt(variance / n)
    assert abs(counts.var() - variance) < 4 * variance * math.sqrt((excess + 2) / n)
    none = exact.pmf(0)
    assert abs((counts == 0).mean() - none) < 4 * math.sqrt(none * (1 - none) / n)
    assert abs(counts.mean() - counts.var()) > 4 * variance * math.sqrt((excess + 2) / n)


def test_loglogistic_without_a_finite_mean_says_infinity():
    assert math.isinf(fit(Belief("loglogistic", 1, 400)).mean())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("value", [0.0, 1.0, -2.5, 1e13])
def test_certain_value_is_itself_in_every_shape(shape, value):
    belief = Belief(shape, value, value)
    d = fit(belief, value, value)
    assert belief.certain
    assert (d.from_normal(Z.reshape(-1, 1)) == value).all()
    assert d.from_normal(Z.reshape(-1, 1)).shape == (len(Z), 1)
    assert d.mean() == d.median() == d.p95() == value
    np.testing.assert_array_equal(d.cdf([value - 1, value, value + 1]), [0, 1, 1])


@every_case
def test_shape_of_the_input_is_kept(case):
    d = fitted(case)
    z = normals((3, 2), seed=1)
    kept = z.copy()
    for function in (d.from_normal, d.pdf, d.cdf):
        assert function(z).shape == (3, 2)
        assert function(0.5).shape == ()
        assert function(np.empty(0)).shape == (0,)
    np.testing.assert_array_equal(z, kept)


@every_case
def test_outside_the_support_there_is_nothing(case):
    d = fitted(case)
    start, end = d.support
    if math.isfinite(start):
        assert d.cdf(start - 1) == 0
        assert d.pdf(start - 1) == 0
    if math.isfinite(end):
        assert d.cdf(end + 1) == 1
        assert d.pdf(end + 1) == 0
    np.testing.assert_array_equal(d.cdf([-INF, INF]), [0, 1])


@every_case
def test_distributions_travel_between_processes(case):
    d = pickle.loads(pickle.dumps(fitted(case)))
    np.testing.assert_array_equal(d.from_normal(Z), fitted(case).from_normal(Z))


def test_fit_is_remembered():
    assert fit(Belief("gamma", 0.1, 2.0)) is fit(Belief("gamma", 0.1, 2.0))


@pytest.fixture
def durations(tmp_path, monkeypatch):
    """A data folder with the durations 1, 2, 2, 5, 10 h, one unknown, and unusable files."""
    (tmp_path / "log.csv").write_text("id,duration_h\na,5\nb,\nc,2\nd,10\ne,1\nf,2\n")
    (tmp_path / "single.csv").write_text("duration_h\n3\n")
    (tmp_path / "equal.csv").write_text("duration_h\n3\n3\n")
    (tmp_path / "top.csv").write_text("duration_h\n1\n5\n5\n5\n")
    (tmp_path / "words.csv").write_text("duration_h\nlong\nshort\n")
    (tmp_path / "other.csv").write_text("weight\n1\n2\n")
    monkeypatch.setattr(data, "ROOT", tmp_path)
    fit.cache_clear()
    yield Belief("empirical:log.csv", 0.0, 0.0)
    fit.cache_clear()


def test_empirical_interpolates_quantiles(durations):
    d = fit(durations, 0.001, 8760)
    sample = [1, 2, 2, 5, 10]
    u = np.linspace(0, 1, 41)
    np.testing.assert_allclose(d.ppf(u), np.quantile(sample, u, method="linear"), atol=1e-12)
    assert not durations.certain
    assert d.median() == 2.0
    assert d.p95() == pytest.approx(9.0)


def test_empirical_mean_is_that_of_its_draws(durations):
    d = fit(durations)
    assert d.mean() == pytest.approx((1.5 + 2 + 3.5 + 7.5) / 4)
    n = 100_000
    draws = d.from_normal(normals(n, seed=4))
    assert abs(draws.mean() - d.mean()) < 4 * draws.std() / math.sqrt(n)


def test_empirical_cdf_and_density(durations):
    d = fit(durations)
    np.testing.assert_allclose(
        d.cdf([0.5, 1, 1.5, 2, 3.5, 10, 11]), [0, 0, 1 / 8, 0.5, 5 / 8, 1, 1]
    )
    np.testing.assert_allclose(d.pdf([0.5, 1.5, 3.5, 7.5, 11]), [0, 1 / 4, 1 / 12, 1 / 20, 0])
    assert np.isfinite(d.from_normal(Z)).all()


def test_empirical_with_repeated_values(durations):
    top = fit(Belief("empirical:top.csv", 0.0, 0.0))
    assert top.median() == 5
    np.testing.assert_allclose(top.pdf([0, 2, 6]), [0, 1 / 12, 0])
    equal = fit(Belief("empirical:equal.csv", 0.0, 0.0))
    assert (equal.from_normal(Z) == 3).all()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("single.csv", "at least two"),
        ("words.csv", "not a number"),
        ("other.csv", "no column 'duration_h'"),
        ("absent.csv", "no file 'absent.csv'.*allowed: .*log.csv"),
        ("../log.csv", "no file"),
        ("/etc/passwd", "no file"),
        ("", "no file"),
    ],
)
def test_unusable_samples_are_refused(durations, file, message):
    with pytest.raises(BeliefError, match=message):
        fit(Belief(f"empirical:{file}", 0.0, 0.0))


ILLEGAL = [
    (Belief("cauchy", 1, 2), UNBOUNDED, "unknown shape 'cauchy'; allowed: normal, lognormal"),
    (Belief("empirical", 1, 2), UNBOUNDED, "empirical:FILE"),
    (Belief("normal", math.nan, 2), UNBOUNDED, "finite"),
    (Belief("normal", 1, INF), UNBOUNDED, "finite"),
    (Belief("normal", -1e308, 1e308), UNBOUNDED, "finite"),
    (Belief("uniform", 3, 2), UNBOUNDED, "low 3 is above high 2; allowed: low <= high"),
    (Belief("uniform", -1, 2), (0.0, INF), "-1 – 2 is outside the bounds 0 – inf"),
    (Belief("lognormal", 1, 1), (2.0, 3.0), "outside the bounds"),
    (Belief("lognormal", 0, 2), UNBOUNDED, "low 0 .* lognormal; allowed: above 0, or low = high"),
    (Belief("gamma", -1, 2), UNBOUNDED, "above 0"),
    (Belief("weibull", 0, 2), UNBOUNDED, "above 0"),
    (Belief("loglogistic", 0, 2), UNBOUNDED, "above 0"),
    (Belief("logitnormal", 0, 0.5), UNBOUNDED, "above 0"),
    (Belief("logitnormal", 0.5, 1), UNBOUNDED, "high 1 .* below 1, or low = high"),
    (Belief("pert", 1, 2), UNBOUNDED, "pert needs mid"),
    (Belief("pert", 1, 2, 3), UNBOUNDED, "mid 3 is outside low and high; allowed: between 1 and 2"),
    (Belief("pert", 1, 1, 3), UNBOUNDED, "mid 3"),
    (Belief("pert", 1, 2, math.nan), UNBOUNDED, "mid nan"),
    (Belief("lognormal", 1, 2, 1.5), UNBOUNDED, "only pert takes a mid"),
    (Belief("normal", 0, 2), (0.0, INF), "too wide for normal .* choose"),
    (Belief("normal", 0.01, 2), (0.0, INF), "too wide for normal"),  # wider than an exponential
    (Belief("normal", 0.04, 0.96), (0.0, 1.0), "too wide for normal"),  # wider than a uniform
    (Belief("lognormal", 1e-300, 1e13), UNBOUNDED, "too wide for lognormal"),
    (Belief("gamma", 1e-300, 1e13), UNBOUNDED, "too wide for gamma"),
    (Belief("loglogistic", 1e-300, 1e100), UNBOUNDED, "too wide for loglogistic"),
]


@pytest.mark.parametrize(("belief", "bounds", "message"), ILLEGAL)
def test_impossible_beliefs_are_refused_in_one_line(belief, bounds, message):
    with pytest.raises(BeliefError, match=message) as refusal:
        fit(belief, *bounds)
    assert "\n" not in str(refusal.value)


def test_normal_is_refused_only_beyond_the_exponential():
    """Of all truncations at 0 the exponential is the widest: 95 % over 5 % point is 58.4."""
    widest = math.log(20) / -math.log(0.95)
    assert_hits(fit(Belief("normal", 1, 0.97 * widest), 0.0), Belief("normal", 1, 0.97 * widest))
    with pytest.raises(BeliefError):
        fit(Belief("normal", 1, 1.001 * widest), 0.0)


positive_lows = st.floats(-6, 9).map(lambda power: 10.0**power)
widths = st.floats(-4, 6).map(lambda power: 10.0**power)  # high is low · (1 + width)
log_odds = st.floats(-15, 15)


@st.composite
def legal(draw):
    """A legal uncertain belief of any shape, with bounds."""
    shape = draw(st.sampled_from(SHAPES))
    if shape == "logitnormal":
        ends = sorted(logistic(draw(log_odds)) for _ in "ab")
        assume(ends[1] - ends[0] > 1e-6 * ends[1])
        return Belief(shape, *ends), (0.0, 1.0)
    low = draw(positive_lows)
    belief = Belief(shape, low, low * (1 + draw(widths)))
    width = belief.high - belief.low
    if shape == "pert":
        mid = belief.low + draw(st.floats(0, 1)) * width
        return Belief(shape, belief.low, belief.high, min(mid, belief.high)), UNBOUNDED
    if shape == "normal":
        # A room of 0.06 widths on either side is more than the 1/18 a uniform needs.
        rooms = [draw(st.one_of(st.floats(0.06, 20), st.just(INF))) for _ in "ab"]
        return belief, (belief.low - rooms[0] * width, belief.high + rooms[1] * width)
    return belief, UNBOUNDED


@settings(max_examples=300, deadline=None, derandomize=True)
@given(legal())
def test_any_legal_belief_is_met_exactly_by_monotone_finite_draws(case):
    belief, bounds = case
    d = fit(belief, *bounds)
    if belief.shape != "pert":
        assert_hits(d, belief)
    x = d.from_normal(Z)
    assert np.isfinite(x).all()
    assert (np.diff(x) >= -1e-14 * np.abs(x[1:])).all()
    assert d.mean() > d.ppf(0.001)
    assert d.cdf(d.median()) == pytest.approx(0.5, abs=1e-9)


numbers = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(SHAPES), numbers, numbers, st.none() | numbers)
def test_any_numbers_are_met_or_refused(shape, low, high, mid):
    belief = Belief(shape, low, high, mid)
    try:
        d = fit(belief)
    except BeliefError:
        return
    assert math.isfinite(low)
    assert low <= high
    assert np.isfinite(d.from_normal(np.array([-8.0, 0.0, 8.0]))).all()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(SHAPES), positive_lows, widths)
def test_reversed_intervals_are_refused(shape, low, width):
    with pytest.raises(BeliefError, match="above high"):
        fit(Belief(shape, low * (1 + width), low))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.sampled_from(["lognormal", "logitnormal", "gamma", "weibull", "loglogistic"]),
    st.floats(-1e6, 0),
    st.floats(1e-6, 0.9),
)
def test_log_shapes_refuse_what_is_not_positive(shape, low, high):
    with pytest.raises(BeliefError, match="above 0"):
        fit(Belief(shape, low, high))
