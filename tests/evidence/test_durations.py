"""Durations of which a log knows only a part: likelihood, beliefs, coverage (MODEL §6)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from repeated import LOGS
from scipy import stats

from model.beliefs.belief import Belief, fit
from model.evidence.durations.censored import Batch, Durations, maximise
from model.evidence.durations.families import FAMILIES, capped_mean
from model.evidence.durations.fit import (
    FEWEST,
    DurationFit,
    FamilyFit,
    fit_durations,
    fit_family,
    simulate,
    without_level,
)
from model.evidence.durations.quantile_plot import anderson_darling, probabilities
from model.evidence.interval import Interval

INF = math.inf
CAP_H = 336.0
CLOSED = [2.5, 7.0, 1.75, 1.0, 1.5, 1.5, 178.0, 0.75, 4 / 60, 20.0, 1.5]
"""Eleven closed incidents of a video platform, overlapping ones merged, hours."""
OPEN = (6.0, INF)
LOST = (0.0, 1.75)
ONE = np.ones(1)


def rows(*more: tuple[float, float]) -> Durations:
    return Durations.of(
        CLOSED + [low for low, _ in more],
        CLOSED + [high for _, high in more],
    )


def simulated(name: str, mu: float, sigma: float, u: np.ndarray) -> np.ndarray:
    return np.exp(FAMILIES[name].log_quantile(u, np.array(mu), np.array(sigma)))


@pytest.mark.parametrize(
    ("durations", "mu", "sigma", "median_h", "p95_h", "aic"),
    [
        (rows(), 0.89273, 1.90472, 2.442, 56.02, 69.032),
        (rows(OPEN), 1.07777, 1.94790, 2.938, 72.37, 71.202),
        (rows(OPEN, LOST), 0.92464, 1.96445, 2.521, 63.81, 72.981),
        (rows((6, 6), (1.75, 1.75)), 0.93626, 1.77162, 2.550, 47.01, 80.104),
    ],
    ids=["closed", "and open", "and end lost", "wrongly exact"],
)
def test_lognormal_of_a_real_sized_log(
    durations: Durations, mu: float, sigma: float, median_h: float, p95_h: float, aic: float
) -> None:
    fitted = fit_family(durations, "lognormal")
    assert fitted.mu == pytest.approx(mu, abs=1e-5 + 1e-6)
    assert fitted.sigma == pytest.approx(sigma, abs=1e-5 + 1e-6)
    assert fitted.median_h == pytest.approx(median_h, abs=6e-4)
    assert fitted.p95_h == pytest.approx(p95_h, abs=6e-3)
    assert fitted.aic == pytest.approx(aic, abs=6e-4)


@pytest.mark.parametrize(
    ("last_sign", "mu", "sigma"),
    [
        ((1.75, 1.75), 1.03207, 1.86788),
        ((0.0, 2 + 25 / 60), 0.94185, 1.95036),
        ((0.0, 1569.0), 1.07736, 1.94725),
    ],
    ids=["resolved", "by the paperwork", "before the export"],
)
def test_what_is_known_of_a_lost_end_moves_the_fit(
    last_sign: tuple[float, float], mu: float, sigma: float
) -> None:
    fitted = fit_family(rows(OPEN, last_sign), "lognormal")
    assert (fitted.mu, fitted.sigma) == pytest.approx((mu, sigma), abs=2e-5)


RIGHT = rows(OPEN)
BETWEEN = rows(OPEN, LOST, (2.0, 9.0))
LATE = Durations.of([*CLOSED, 6.0, 30.0], [*CLOSED, INF, 30.0], [0.0] * 12 + [10.0])


@pytest.mark.parametrize(
    ("durations", "name", "first", "second", "log_likelihood"),
    [
        (RIGHT, "lognormal", 1.0777671154, 1.9479004012, -33.6011606138),
        (RIGHT, "weibull", 0.4874061737, 8.0770008656, -35.1391183127),
        (RIGHT, "loglogistic", 0.9478594426, 2.5836164453, -33.4217371482),
        (BETWEEN, "lognormal", 0.9617126768, 1.8882414471, -35.7139639621),
        (BETWEEN, "weibull", 0.4863253069, 6.8053850449, -37.4393033733),
        (BETWEEN, "loglogistic", 0.9904444119, 2.3611852385, -35.4070296677),
        (LATE, "lognormal", 1.0705572079, 1.9190872558, -37.9676879601),
        (LATE, "weibull", 0.4966352330, 7.9367580383, -39.3992818300),
        (LATE, "loglogistic", 0.9530233354, 2.6072261357, -37.8594140454),
    ],
)
def test_agrees_with_lifelines(
    durations: Durations, name: str, first: float, second: float, log_likelihood: float
) -> None:
    """Printed by lifelines 0.30.3 (whose own optimiser stops within a few 1e-5)."""
    fitted = fit_family(durations, name)
    assert list(fitted.parameters.values()) == pytest.approx([first, second], rel=1e-4)
    assert fitted.log_likelihood == pytest.approx(log_likelihood, abs=1e-6)
    assert fitted.log_likelihood >= log_likelihood - 1e-8


def test_gamma_agrees_with_scipy() -> None:
    data = stats.CensoredData.interval_censored(BETWEEN.lower_h, BETWEEN.upper_h)
    k, _, scale = stats.gamma.fit(data, floc=0, optimizer=_powell)
    fitted = fit_family(BETWEEN, "gamma")
    assert list(fitted.parameters.values()) == pytest.approx([k, scale], rel=1e-4)


def _powell(function, start, args=(), disp=0):  # type: ignore[no-untyped-def]
    from scipy import optimize

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000}
    found = optimize.minimize(function, start, args, method="Nelder-Mead", options=options)
    return found.x


@pytest.mark.parametrize("name", FAMILIES)
def test_density_survival_and_quantile_belong_together(name: str) -> None:
    kind, mu, sigma = FAMILIES[name], 0.7 * ONE, 0.8 * ONE
    u = np.array([1e-6, 0.01, 0.3, 0.5, 0.9, 1 - 1e-6])
    y = kind.log_quantile(u, mu, sigma)
    assert np.exp(kind.log_below(y, mu, sigma)) == pytest.approx(u, rel=1e-9)
    assert np.exp(kind.log_above(y, mu, sigma)) == pytest.approx(1 - u, rel=1e-6)
    h = 1e-5
    slope = (
        np.exp(kind.log_below(y + h, mu, sigma)) - np.exp(kind.log_below(y - h, mu, sigma))
    ) / (2 * h)
    assert np.exp(kind.log_density(y, mu, sigma)) == pytest.approx(slope, rel=1e-3, abs=1e-9)
    assert np.exp(kind.log_between(y - 1, y, mu, sigma)) == pytest.approx(
        u - np.exp(kind.log_below(y - 1, mu, sigma)), rel=1e-6
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_a_shape_of_a_belief_is_the_family_of_its_name(name: str) -> None:
    kind, mu, sigma = FAMILIES[name], 0.7 * ONE, 0.8 * ONE
    low, high = np.exp(kind.log_quantile(np.array([0.05, 0.95]), mu, sigma))
    belief = fit(Belief(name, float(low), float(high)))
    for u in (0.01, 0.5, 0.99):
        mine = np.exp(kind.log_quantile(np.array([u]), mu, sigma))
        assert belief.ppf(u) == pytest.approx(float(mine[0]), rel=1e-6)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("sigma", [0.1, 0.8, 2.5])
def test_capped_mean_is_the_mean_of_the_capped(name: str, sigma: float) -> None:
    u = (np.arange(400_000) + 0.5) / 400_000
    kind = FAMILIES[name]
    y = kind.log_quantile(u, np.array(1.5), np.array(sigma))
    expected = float(np.exp(np.minimum(y, math.log(CAP_H))).mean())
    assert capped_mean(kind, 1.5 * ONE, sigma * ONE, CAP_H)[0] == pytest.approx(expected, rel=1e-4)


def test_fewer_than_eight_ends_leave_the_prior() -> None:
    few = Durations.of([*CLOSED[: FEWEST - 1], *[6.0] * 20], [*CLOSED[: FEWEST - 1], *[INF] * 20])
    assert fit_durations(few, cap_h=CAP_H, rng=np.random.default_rng(1)) is None


def test_equal_durations_are_refused() -> None:
    with pytest.raises(ValueError, match="all the same"):
        fit_family(Durations.of([2.0] * 10), "lognormal")


@pytest.mark.parametrize(
    ("low", "high", "entry"),
    [
        (0.0, INF, 0.0),
        (3.0, 2.0, 0.0),
        (-1.0, 2.0, 0.0),
        (2.0, 2.0, 2.0),
        (0.0, 0.0, 0.0),
        (math.nan, 2.0, 0.0),
    ],
)
def test_what_is_no_duration_is_named(low: float, high: float, entry: float) -> None:
    with pytest.raises(ValueError, match="duration 1"):
        Durations.of([1.0, low], [1.0, high], [0.0, entry])


def test_replicates_are_fitted_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    lower = simulated("weibull", 1.0, 0.9, rng.random((5, 20)))
    upper = np.where(rng.random((5, 20)) < 0.3, INF, lower)
    entry = np.zeros(20)
    together = maximise(FAMILIES["weibull"], Batch.of(lower, upper, entry))
    for i in range(5):
        alone = fit_family(Durations.of(lower[i], upper[i]), "weibull")
        assert (together.mu[i], together.sigma[i]) == pytest.approx(
            (alone.mu, alone.sigma), abs=1e-6
        )


def covered(name: str, mu: float, sigma: float, n: int, *, censored: bool) -> np.ndarray:
    """Share of `LOGS` logs whose 90 % intervals hold mu, sigma, the mean; mean mass of beliefs."""
    rng = np.random.default_rng(12)
    kind, hits = FAMILIES[name], []
    mean = capped_mean(kind, mu * ONE, sigma * ONE, CAP_H)[0]
    for _ in range(LOGS):
        d = simulated(name, mu, sigma, rng.random(n))
        log = seen_in_part(d, rng) if censored else Durations.of(d)
        fitted = fit_durations(log, cap_h=CAP_H, rng=rng, family=name, most_replicates=200)
        if fitted is not None:
            inside = [
                within(fitted.mu, mu),
                within(fitted.sigma, sigma),
                within(fitted.capped_mean_h, mean),
            ]
            ends = np.log([*fitted.predictive_h[::2], *times_level(fitted, rng)])
            p = np.exp(kind.log_below(ends, mu * ONE, sigma * ONE))
            hits.append([*inside, p[1] - p[0], p[3] - p[2]])
    return np.mean(hits, axis=0)


def within(draws: np.ndarray, truth: float) -> bool:
    low, high = np.percentile(draws, [5, 95])
    return bool(low <= truth <= high)


def seen_in_part(d: np.ndarray, rng: np.random.Generator) -> Durations:
    """A quarter are open if they last beyond a date, of a seventh only that much is known."""
    look, kind = rng.uniform(0.5, 20.0, len(d)), rng.random(len(d))
    late = d > look
    low, high, followed = d.copy(), d.copy(), np.where(kind < 0.25, look, INF)
    open_ = (kind < 0.25) & late
    low[open_], high[open_] = look[open_], INF
    lost = kind > 0.85
    low[lost] = np.where(late[lost], look[lost], 0.0)
    high[lost] = np.where(late[lost], INF, look[lost])
    return Durations.of(low, high, 0.0, followed)


def times_level(fitted: DurationFit, rng: np.random.Generator) -> tuple[float, float]:
    """5 % and 95 % of what the model draws: a duration times its level."""
    draws = [
        fit(Belief(each.shape, each.low, each.high)).from_normal(rng.standard_normal(2_000))
        for each in (fitted.duration, fitted.duration_level)
    ]
    low, high = np.percentile(draws[0] * draws[1], [5, 95])
    return float(low), float(high)


@pytest.mark.parametrize(
    ("name", "sigma", "n", "censored"),
    [
        ("lognormal", 1.5, 11, False),
        ("lognormal", 1.5, 30, True),
        ("weibull", 1.5, 20, True),
        ("loglogistic", 0.9, 20, True),
    ],
)
def test_intervals_cover(name: str, sigma: float, n: int, censored: bool) -> None:
    shares = covered(name, 0.9, sigma, n, censored=censored)
    assert np.all(np.abs(shares[:3] - 0.9) < 3 * math.sqrt(0.09 / LOGS)), shares
    assert np.all(np.abs(shares[3:] - 0.9) < 0.4 / math.sqrt(LOGS)), shares


def test_the_fit_alone_does_not_cover() -> None:
    """Negative control: the fitted family's own 90 %, as if its parameters were known."""
    rng = np.random.default_rng(7)
    mass = []
    for _ in range(200):
        fitted = fit_family(
            Durations.of(simulated("lognormal", 0.9, 1.5, rng.random(11))), "lognormal"
        )
        ends = fitted.mu + fitted.sigma * np.array([-1.645, 1.645])
        mass.append(np.diff(stats.norm.cdf((ends - 0.9) / 1.5))[0])
    assert np.mean(mass) < 0.86


def test_predictive_of_complete_lognormals_is_students_t() -> None:
    y = np.log(CLOSED)
    n, s = len(y), float(np.std(y, ddof=1))
    t = stats.t.ppf(0.95, n - 1) * s * math.sqrt(1 + 1 / n)
    ends = []
    for seed in range(8):
        fitted = fit_durations(
            rows(), cap_h=CAP_H, rng=np.random.default_rng(seed), family="lognormal"
        )
        assert fitted is not None
        ends.append(np.log(fitted.predictive_h)[::2] - y.mean())
    mean, error = np.mean(ends, axis=0), np.std(ends, axis=0, ddof=1) / math.sqrt(8)
    assert np.all(np.abs(mean - [-t, t]) < 5 * error), (mean, t, error)


def test_duration_times_level_is_the_predictive() -> None:
    level = Interval("lognormal", 0.4, 3.0)
    belief = without_level(FAMILIES["weibull"], (0.1, 60.0), level, (1.5, 1.5))
    rng = np.random.default_rng(2)
    draws = [
        fit(Belief(each.shape, each.low, each.high)).from_normal(rng.standard_normal(400_000))
        for each in (belief, level)
    ]
    product = draws[0] * draws[1]
    assert np.mean(product < 0.1) == pytest.approx(0.05, abs=4 * math.sqrt(0.0475 / 400_000))
    assert np.mean(product > 60.0) == pytest.approx(0.05, abs=4 * math.sqrt(0.0475 / 400_000))


def test_a_level_as_wide_as_all_leaves_a_belief() -> None:
    belief = without_level(
        FAMILIES["lognormal"], (1.0, 2.0), Interval("lognormal", 0.1, 10.0), (0.3, 0.2)
    )
    assert belief.high / belief.low == pytest.approx(2 ** (1 / 3))


def p_values(name: str, drawn: str, sigma: float, n: int) -> np.ndarray:
    rng = np.random.default_rng(11)
    found = []
    for _ in range(LOGS):
        log = seen_in_part(simulated(drawn, 0.9, sigma, rng.random(n)), rng)
        fitted = fit_durations(log, cap_h=CAP_H, rng=rng, family=name, most_replicates=200)
        assert fitted is not None
        found.append(fitted.p_fit)
    return np.array(found)


def test_goodness_of_fit_is_uniform_when_the_family_is_right() -> None:
    assert stats.kstest(p_values("lognormal", "lognormal", 1.2, 40), "uniform").pvalue > 1e-3


def test_goodness_of_fit_finds_a_wrong_family() -> None:
    assert np.mean(p_values("lognormal", "weibull", 1.2, 150) < 0.05) > 0.5


def test_anderson_darling_agrees_with_its_definition() -> None:
    u = np.sort(np.random.default_rng(4).random(9))
    i = np.arange(1, 10)
    by_hand = -9 - np.sum((2 * i - 1) * (np.log(u) + np.log(1 - u[::-1]))) / 9
    assert anderson_darling(u[None, ::-1])[0] == pytest.approx(by_hand)


def test_truncated_durations_are_uniform_given_that_they_were_seen() -> None:
    rng = np.random.default_rng(5)
    d = simulated("lognormal", 0.5, 1.0, rng.random(40_000))
    entry = np.where(np.arange(40_000) % 2 == 0, 1.0, 0.0)
    seen = d > entry
    late = Durations.of(d[seen], None, entry[seen])
    u = probabilities(FAMILIES["lognormal"], late, 0.5, 1.0)
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    fitted = fit_family(late, "lognormal")
    assert (fitted.mu, fitted.sigma) == pytest.approx((0.5, 1.0), abs=4 / math.sqrt(len(u)))
    ignored = fit_family(Durations.of(d[seen]), "lognormal")
    assert ignored.mu > 0.5 + 20 / math.sqrt(len(u))


def test_simulated_rows_are_seen_as_the_logs_were() -> None:
    """Late ones beyond their entry, open ones no further than the log, lost ones in brackets."""
    log = Durations.of(
        [5.0, 2.0, 0.0, 3.0, 2.5],
        [5.0, INF, 1.75, 4.0, 2.5],
        [3.0, 0, 0, 0, 0],
        [INF, 2, INF, INF, 4],
    )
    one = FamilyFit("lognormal", 1.0, 1.0, 0.0, math.e, 14.0)
    lower, upper = simulate(FAMILIES["lognormal"], one, log, 20_000, np.random.default_rng(3))
    late = (np.log(lower[:, 0]) - 1.0, stats.truncnorm(math.log(3.0) - 1.0, INF))
    assert stats.kstest(late[0], late[1].cdf).pvalue > 1e-3
    ended = lower[:, 1] == upper[:, 1]
    assert np.all(np.where(ended, lower[:, 1] < 2, (lower[:, 1] == 2) & np.isinf(upper[:, 1])))
    assert ended.mean() == pytest.approx(stats.norm.cdf(math.log(2) - 1), abs=0.015)
    pairs = [
        sorted(set(zip(lower[:, i].tolist(), upper[:, i].tolist(), strict=True))) for i in (2, 3)
    ]
    assert pairs == [[(0.0, 1.75), (1.75, INF)], [(0.0, 3.0), (3.0, 4.0), (4.0, INF)]]
    assert np.max(lower[:, 4]) == 4.0


def test_quantile_plot_holds_right_data_and_not_wrong() -> None:
    rng = np.random.default_rng(6)
    right = Durations.of(simulated("lognormal", 0.5, 1.0, rng.random(300)))
    fitted = fit_durations(right, cap_h=CAP_H, rng=rng, family="lognormal")
    wrong = fit_durations(right, cap_h=CAP_H, rng=rng, family="gamma")
    assert fitted is not None
    assert wrong is not None

    def outside(one: DurationFit) -> float:
        q = one.quantiles
        return float(np.mean((q.observed_h < q.low_h) | (q.observed_h > q.high_h)))

    assert outside(fitted) < 0.3 < outside(wrong)
    assert np.all(np.diff(fitted.quantiles.fitted_h) > 0)


def test_keeps_the_scenarios_shape_unless_another_is_clearly_better() -> None:
    rng = np.random.default_rng(8)
    kept = fit_durations(rows(OPEN, LOST), cap_h=CAP_H, rng=rng, most_replicates=200)
    assert kept is not None
    assert kept.chosen.name == "lognormal"
    assert min(kept.families, key=lambda each: each.aic).name == "loglogistic"
    weibull = Durations.of(simulated("weibull", 0.5, 0.5, rng.random(300)))
    other = fit_durations(weibull, cap_h=CAP_H, rng=rng, most_replicates=200)
    assert other is not None
    assert other.chosen.name == "weibull"


def test_same_seed_same_numbers() -> None:
    one, two = (
        fit_durations(rows(OPEN, LOST), cap_h=CAP_H, rng=np.random.default_rng(9)) for _ in range(2)
    )
    assert one is not None
    assert two is not None
    assert (one.duration, one.duration_level, one.p_fit) == (
        two.duration,
        two.duration_level,
        two.p_fit,
    )


@pytest.mark.parametrize("n", [819, 100_000])
def test_large_logs_are_fitted(n: int) -> None:
    rng = np.random.default_rng(10)
    d = simulated("lognormal", 0.31, 1.06, rng.random(n))
    fitted = fit_durations(Durations.of(d), cap_h=CAP_H, rng=rng)
    assert fitted is not None
    assert fitted.mu.std() == pytest.approx(1.06 / math.sqrt(n), rel=0.25)
