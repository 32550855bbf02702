"""Rates by a log and a prior, jointly (MODEL §6)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from repeated import LOGS
from scipy import stats

from model.beliefs.belief import Belief, fit
from model.evidence.luck.clustering import ChanceTable, chance_of_two
from model.evidence.luck.timeline import Null, Timeline
from model.evidence.rates.counts import (
    Count,
    CountLaw,
    GeneralisedPoisson,
    SelfExciting,
    Starts,
    Unassigned,
    log_generalised_poisson,
    progeny,
)
from model.evidence.rates.exposure import Exposure
from model.evidence.rates.importance import TooFewEffectiveDraws, draw
from model.evidence.rates.posterior import Posterior, Selection, posterior, surprise
from model.evidence.rates.prior import FromNormal, Prior, gamma_map, vague_map
from model.evidence.rates.short_exposure import ShortExposure, log_windowed

YEARS = 232 * 24 / 8760
ONE = np.ones(1)
LAW = GeneralisedPoisson("ratio")
CAUSES = {
    "power": ((0.05, 0.6), (1.0, 1.0)),
    "network": ((0.1, 1.2), (1.05, 2.0)),
    "change": ((0.15, 1.2), (1.5, 6.0)),
    "capacity": ((0.05, 0.8), (1.1, 3.0)),
}


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def certain(value: float) -> FromNormal:
    return lambda z: np.full(np.shape(z), value)


def believed(shape: str, low: float, high: float) -> FromNormal:
    return fit(Belief(shape, low, high)).from_normal


def one_rate(rate: FromNormal, ratio: float = 0.0) -> Prior:
    maps = {"rate": rate, "E": certain(1.0), "months": certain(6.0), "ratio": certain(ratio)}
    return Prior(maps)


def one_count(n: int, years: float) -> Count:
    return Count("capacity", n, Exposure.flat(years), "rate", "E", "months")


def default_prior() -> Prior:
    """Four causes as in the default scenario: rates correlated by 0.5 (Spearman)."""
    maps: dict[str, FromNormal] = {}
    for cause, (rate, multiplier) in CAUSES.items():
        maps[f"{cause}.rate"] = believed("lognormal", *rate)
        maps[f"{cause}.E"] = believed("lognormal", *multiplier)
        maps[f"{cause}.months"] = certain(6.0)
    maps["ratio"] = believed("logitnormal", 0.02, 0.3)
    rates = np.array([name.endswith("rate") for name in maps])
    matrix = np.where(np.outer(rates, rates), 2 * math.sin(math.pi / 12), 0.0)
    np.fill_diagonal(matrix, 1.0)
    return Prior(maps, matrix)


def default_counts(numbers: dict[str, int], years: float, months: float) -> list[Count]:
    exposure = Exposure.flat(years, months)
    return [
        Count(cause, n, exposure, f"{cause}.rate", f"{cause}.E", f"{cause}.months")
        for cause, n in numbers.items()
    ]


@pytest.mark.parametrize(("n", "years"), [(13, YEARS), (0, 2.0), (800, 4.4)])
def test_gamma_prior_gives_the_gamma_posterior(n: int, years: float) -> None:
    found = posterior(one_rate(gamma_map(2.0, 1.0)), [one_count(n, years)], law=LAW, rng=rng())
    exact = stats.gamma(2 + n, scale=1 / (1 + years))
    rate = found.marginals["rate"]
    assert (rate.mean, rate.sd) == pytest.approx((exact.mean(), exact.std()), rel=1e-7)
    assert (rate.low, rate.median, rate.high) == pytest.approx(
        exact.ppf([0.05, 0.5, 0.95]), rel=1e-4
    )
    assert found.effective == math.inf


def test_thirteen_incidents_of_the_log_with_many_clothes() -> None:
    found = posterior(one_rate(gamma_map(2.0, 1.0)), [one_count(13, YEARS)], law=LAW, rng=rng())
    assert (found.marginals["rate"].mean, found.marginals["rate"].sd) == pytest.approx(
        (9.1709, 2.3679), abs=6e-5
    )


@pytest.mark.parametrize("n", [0, 5, 800])
def test_vague_prior_leaves_the_word_to_the_log(n: int) -> None:
    found = posterior(one_rate(vague_map()), [one_count(n, 2.0)], law=LAW, rng=rng())
    exact = stats.gamma(n + 0.5, scale=0.5)
    assert found.marginals["rate"].mean == pytest.approx(exact.mean(), rel=1e-6)
    assert found.marginals["rate"].high == pytest.approx(exact.ppf(0.95), rel=1e-4)


def test_repeats_by_quadrature_over_the_rate() -> None:
    """With a certain repeat ratio the posterior is one integral, done here the plain way."""
    found = posterior(one_rate(gamma_map(2.0, 1.0), 0.3), [one_count(13, 1.0)], law=LAW, rng=rng())
    rate = np.linspace(1e-6, 60.0, 600_001)
    m = rate * 1.0
    weight = rate * np.exp(-rate) * m * (m + 0.3 * 13) ** 12 * np.exp(-m)
    assert found.marginals["rate"].mean == pytest.approx(
        np.sum(weight * rate) / weight.sum(), rel=1e-6
    )


def test_generalised_poisson_is_the_total_progeny() -> None:
    n = 400_000
    drawn = progeny(np.full(n, 2.0), np.full(n, 0.4), rng())
    exact = np.array(
        [float(np.exp(log_generalised_poisson(k, 2 * ONE, 0.4 * ONE))[0]) for k in range(12)]
    )
    seen = np.bincount(drawn, minlength=12)[:12] / n
    assert np.all(np.abs(seen - exact) < 4.5 * np.sqrt(exact * (1 - exact) / n))
    assert drawn.mean() == pytest.approx(2 / 0.6, abs=5 * math.sqrt(2 / 0.6**3 / n))


def test_no_expected_incident_makes_none_certain() -> None:
    assert log_generalised_poisson(0, 0 * ONE, 0.4 * ONE)[0] == 0.0
    assert log_generalised_poisson(3, 0 * ONE, 0.4 * ONE)[0] == -math.inf


def test_exposure_of_early_life_is_the_integral() -> None:
    """∫ (1 + 2·e^(−12t/θ)) dt over a year from two months after the migration, by hand."""
    theta = np.array([3.0, 6.0, 12.0])
    exact = 1 + 2 * np.exp(-2 / theta) * theta / 12 * (1 - np.exp(-12 / theta))
    year = Exposure.flat(1.0, 2.0)
    assert year.effective_years(np.full(3, 3.0), theta) == pytest.approx(exact, rel=1e-4)
    many = np.tile(theta, 500)
    assert year.effective_years(np.full(1500, 3.0), many)[:3] == pytest.approx(exact, rel=1e-4)


def test_before_the_migration_early_life_is_not_counted() -> None:
    across = Exposure.flat(1.0, -6.0)
    after = across.after_migration()
    multiplier, theta = 3 * ONE, 6 * ONE
    early = across.effective_years(multiplier, theta) - across.mature_years
    assert early == pytest.approx(after.effective_years(multiplier, theta) - after.mature_years)
    assert after.mature_years == pytest.approx(0.5, abs=1 / 365)
    assert Exposure.flat(1.0).effective_years(multiplier, theta) == pytest.approx([1.0])


def test_hours_and_flat_agree() -> None:
    hourly = Exposure.of_hours(np.ones(8760), 1.0)
    assert hourly.effective_years(2 * ONE, 4 * ONE) == pytest.approx(
        Exposure.flat(1.0, 1.0).effective_years(2 * ONE, 4 * ONE), rel=1e-9
    )


@pytest.mark.parametrize(
    ("numbers", "years", "months"),
    [
        ({"power": 1, "network": 0, "change": 1, "capacity": 0}, 0.2, 0.0),
        ({"power": 0, "network": 0, "change": 0, "capacity": 0}, 3.0, 0.0),
        ({"power": 1, "change": 2}, 1.0, 2.0),
    ],
)
def test_joint_posterior_agrees_with_weighing_the_prior(
    numbers: dict[str, int], years: float, months: float
) -> None:
    prior, counts = default_prior(), default_counts(numbers, years, months)
    found = posterior(prior, counts, law=LAW, rng=rng())
    values = prior.values(prior.uncertain, rng(2).standard_normal((400_000, len(prior.uncertain))))
    log_weight = sum(LAW(count, values) for count in counts)
    weight = np.exp(log_weight - np.max(log_weight))
    weight /= weight.sum()
    effective = 1 / np.sum(weight**2)
    for name, marginal in found.marginals.items():
        mean = float(weight @ values[name])
        error = marginal.sd * math.sqrt(1 / effective + 1 / found.effective)
        assert marginal.mean == pytest.approx(mean, abs=5 * error), name
        assert found.draws[name].mean() == pytest.approx(mean, abs=6 * error), name


def test_the_prior_draws_what_it_says() -> None:
    prior = default_prior()
    values = prior.values(prior.uncertain, rng().standard_normal((100_000, len(prior.uncertain))))
    ranks = stats.spearmanr(values["power.rate"], values["change.rate"])[0]
    assert ranks == pytest.approx(0.5, abs=4 / math.sqrt(100_000))
    low, high = np.quantile(values["power.rate"], [0.05, 0.95])
    assert (low, high) == pytest.approx((0.05, 0.6), rel=0.03)
    same = Prior({"a": prior.maps["power.rate"], "b": prior.maps["change.rate"]}, np.ones((2, 2)))
    values = same.values(same.uncertain, rng().standard_normal((1_000, 2)))
    assert stats.spearmanr(values["a"], values["b"])[0] == pytest.approx(1.0)


def test_causes_without_rows_learn_through_the_correlation() -> None:
    prior = default_prior()
    found = posterior(prior, default_counts({"power": 6}, 1.0, math.inf), law=LAW, rng=rng())
    network = fit(Belief("lognormal", 0.1, 1.2)).mean()
    assert found.marginals["network.rate"].mean > 1.3 * network
    assert "network.E" not in found.marginals
    independent = Prior(prior.maps)
    alone = posterior(independent, default_counts({"power": 6}, 1.0, math.inf), law=LAW, rng=rng())
    assert "network.rate" not in alone.marginals


@pytest.mark.parametrize("scale", [1, 10, 100])
def test_strong_data_are_still_sampled_well(scale: int) -> None:
    numbers = {"power": 2 * scale, "network": scale, "change": 5 * scale, "capacity": scale}
    found = posterior(default_prior(), default_counts(numbers, 4.4, 0.0), law=LAW, rng=rng())
    assert found.effective > 1_000


def test_posterior_rank_correlations_are_those_of_the_draws() -> None:
    found = posterior(default_prior(), default_counts({"power": 3}, 1.0, 2.0), law=LAW, rng=rng())
    a, b = found.names.index("power.rate"), found.names.index("capacity.rate")
    by_scipy = stats.spearmanr(found.draws["power.rate"], found.draws["capacity.rate"])[0]
    assert found.rank_correlation[a, b] == pytest.approx(by_scipy, abs=0.002)
    assert found.rank_correlation[a, found.names.index("ratio")] < -0.1


def test_total_is_the_sum_of_the_causes() -> None:
    found = posterior(
        default_prior(), default_counts(dict.fromkeys(CAUSES, 1), 1.0, 2.0), law=LAW, rng=rng()
    )
    assert found.total.mean == pytest.approx(
        sum(found.draws[f"{cause}.rate"].mean() for cause in CAUSES)
    )
    assert found.visible.mean > found.total.mean


def test_a_posterior_not_found_is_an_error() -> None:
    """Ten needles far apart: no single proposal finds them."""

    def needles(points: np.ndarray) -> np.ndarray:
        return -1e6 * np.sum((np.sin(5 * points)) ** 2, axis=1)

    with pytest.raises(TooFewEffectiveDraws, match="effective draws"):
        draw(needles, 6, rng())


def test_intervals_of_the_rates_cover() -> None:
    """Prior and counts drawn from the model: 90 % of the truths are inside."""
    prior, hits = default_prior(), []
    worlds = rng(3)
    for _ in range(200):
        truth = prior.values(prior.uncertain, worlds.standard_normal((1, len(prior.uncertain))))
        counts = [
            replace(count, n=int(progeny(count.mean(truth), truth["ratio"], worlds)[0]))
            for count in default_counts(dict.fromkeys(CAUSES, 0), 3.0, 2.0)
        ]
        found = posterior(prior, counts, law=LAW, rng=worlds, draws=4_000)
        hits.append(
            [
                found.marginals[name].low <= truth[name][0] <= found.marginals[name].high
                for name in found.names
            ]
        )
    share = np.mean(hits, axis=0)
    assert np.all(np.abs(share - 0.9) < 3.3 * math.sqrt(0.09 / 200)), share
    # A posterior that learnt nothing covers too; this one learns.
    assert 0.88 < np.mean(hits) < 0.92


def test_prior_and_log_disagree() -> None:
    prior = default_prior()
    told = surprise(
        prior, default_counts(dict.fromkeys(CAUSES, 8), 1.0, 2.0), repeat_ratio="ratio", rng=rng()
    )
    assert told["all"].conflict
    assert told["all"].at_least < 0.01 < told["all"].at_most
    usual = surprise(
        prior, default_counts(dict.fromkeys(CAUSES, 1), 1.0, 2.0), repeat_ratio="ratio", rng=rng()
    )
    assert not usual["all"].conflict


def test_surprise_of_a_gamma_prior_is_negative_binomial() -> None:
    told = surprise(
        one_rate(gamma_map(2.0, 1.0)), [one_count(6, 1.0)], repeat_ratio="ratio", rng=rng()
    )
    exact = stats.nbinom(2, 0.5)
    error = 4.5 * math.sqrt(0.25 / 200_000)
    assert told["capacity"].at_least == pytest.approx(exact.sf(5), abs=error)
    assert told["capacity"].at_most == pytest.approx(exact.cdf(6), abs=error)


def test_selection_takes_back_what_made_us_look() -> None:
    """One rate, two within 37 days of a year: the likelihood over the chance of that, by hand."""
    share = 37 / 365
    year = Exposure.flat(1.0)
    selection = Selection({"capacity": year}, lambda mean, ratio: chance_of_two(mean, share))
    prior = one_rate(gamma_map(2.0, 1.0))
    found = posterior(prior, [one_count(2, 1.0)], law=LAW, rng=rng(), selection=selection)
    rate = np.linspace(1e-4, 40.0, 40_001)
    weight = rate * np.exp(-rate) * rate**2 * np.exp(-rate) / chance_of_two(rate, share)
    assert found.marginals["rate"].mean == pytest.approx(
        np.sum(weight * rate) / weight.sum(), rel=1e-4
    )
    plain = posterior(prior, [one_count(2, 1.0)], law=LAW, rng=rng())
    assert found.marginals["rate"].mean < 0.75 * plain.marginals["rate"].mean


def test_selection_is_right_for_those_who_look_anyway() -> None:
    """Every truth of the prior gets a year in which two came within 37 days."""
    worlds, n = rng(5), 60_000
    rate, count = worlds.gamma(8.0, 0.25, n), np.zeros(n, dtype=int)
    waiting = np.arange(n)
    while len(waiting):
        number = worlds.poisson(rate[waiting])
        log = np.repeat(np.arange(len(waiting)), number)
        start = worlds.random(len(log))
        order = np.lexsort((start, log))
        near = (np.diff(log[order]) == 0) & (np.diff(start[order]) <= 37 / 365)
        looked = np.isin(np.arange(len(waiting)), log[order][1:][near])
        count[waiting[looked]] = number[looked]
        waiting = waiting[~looked]
    three = rate[count == 3]
    year = Exposure.flat(1.0)
    selection = Selection({"capacity": year}, lambda mean, ratio: chance_of_two(mean, 37 / 365))
    prior = one_rate(gamma_map(8.0, 4.0))
    found = posterior(prior, [one_count(3, 1.0)], law=LAW, rng=rng(), selection=selection)
    corrected = found.marginals["rate"]
    error = corrected.sd / math.sqrt(len(three))
    assert three.mean() == pytest.approx(corrected.mean, abs=4.5 * error)
    plain = posterior(prior, [one_count(3, 1.0)], law=LAW, rng=rng()).marginals["rate"]
    assert plain.mean > corrected.mean + 20 * error


def test_chance_table_agrees_with_the_exact_chance() -> None:
    table = ChanceTable.of(2, 37 * 24.0, Timeline.flat(8760.0), 24.0 * 5, rng())
    mean = np.array([0.02, 0.5, 1.5, 2.2, 6.0])
    exact = chance_of_two(mean, 37 / 365)
    assert table(mean, np.zeros(5)) == pytest.approx(exact, rel=0.05)
    assert np.all(table(mean, np.full(5, 0.3)) > exact)


@pytest.mark.parametrize(
    ("mean", "ratio", "lags"), [(2.0, 0.3, 1.0), (0.5, 0.6, 0.7), (5.0, 0.15, 9.0)]
)
def test_counts_in_a_window_agree_with_simulated_clusters(
    mean: float, ratio: float, lags: float
) -> None:
    n, before, draws = 100_000, 40.0, rng(6)
    log = np.repeat(np.arange(n), draws.poisson(mean * (before + lags) / lags, n))
    start = draws.random(len(log)) * (before + lags) - before
    seen = np.zeros(n, dtype=int)
    while len(log):
        seen += np.bincount(log[start > 0], minlength=n)
        of = np.repeat(np.arange(len(log)), draws.poisson(ratio, len(log)))
        log, start = log[of], start[of] + draws.exponential(1.0, len(of))
        log, start = log[start < lags], start[start < lags]
    exact = np.array(
        [float(np.exp(log_windowed(k, mean * ONE, ratio * ONE, lags * ONE))[0]) for k in range(9)]
    )
    share = np.bincount(seen, minlength=9)[:9] / n
    assert np.all(np.abs(share - exact) < 4.5 * np.sqrt(exact * (1 - exact) / n) + 3e-4)


def test_a_long_window_is_generalised_poisson_but_for_its_ends() -> None:
    for k in (0, 3, 8):
        window = log_windowed(k, 3 * ONE, 0.2 * ONE, 100 * ONE)
        assert np.exp(window) == pytest.approx(
            np.exp(log_generalised_poisson(k, 3 * ONE, 0.2 * ONE)), rel=0.05
        )


def test_starts_by_hand() -> None:
    """Two starts of a Hawkes process, density written out."""
    starts = Starts(
        np.array([100.0, 150.0]), np.array([1.0, 0.5]), np.array([math.inf, 1.0]), 8760.0
    )
    count = Count("c", 2, Exposure.flat(1.0), "rate", "E", "months", starts)
    values = {"rate": 2 * ONE, "E": 3 * ONE, "months": 6 * ONE, "ratio": 0.3 * ONE, "lag": 4 * ONE}
    tau = 96.0
    first = 2.0
    second = 2 * 0.5 * (1 + 2 * math.exp(-1 / 6)) + 0.3 / tau * 8760 * math.exp(-50 / tau)
    later = 0.3 * (2 - math.exp(-(8760 - 100) / tau) - math.exp(-(8760 - 150) / tau))
    expected = math.log(first) + math.log(second) - 2.0 - later
    assert SelfExciting("ratio", "lag")(count, values) == pytest.approx([expected])


def drawn_starts(truth: dict[str, float], years: float, seed: np.random.Generator) -> Count:
    null = Null.of(
        Timeline.flat(8760 * years), truth["rate"] * years, truth["ratio"], truth["lag"] * 24
    )
    hours = null.simulate(1, seed).start_h
    n = len(hours)
    starts = Starts(hours, np.ones(n), np.full(n, math.inf), 8760 * years)
    return Count("c", n, Exposure.flat(years), "rate", "E", "months", starts)


REPEATING = Prior(
    {
        "rate": believed("lognormal", 5.0, 40.0),
        "E": certain(1.0),
        "months": certain(6.0),
        "ratio": believed("logitnormal", 0.02, 0.6),
        "lag": believed("lognormal", 1.0, 21.0),
    }
)


def covering(law: CountLaw) -> tuple[np.ndarray, np.ndarray]:
    """Share of truths inside 90 %, and mean width of the ratio's interval, over `LOGS`."""
    worlds, hits, width = rng(8), [], []
    for _ in range(LOGS):
        drawn = REPEATING.values(REPEATING.uncertain, worlds.standard_normal((1, 3)))
        truth = {name: float(value[0]) for name, value in drawn.items()}
        found = posterior(
            REPEATING, [drawn_starts(truth, 2.0, worlds)], law=law, rng=worlds, draws=3_000
        )
        inside = [m.low <= truth[name] <= m.high for name, m in found.marginals.items()]
        hits.append(inside + [True] * (3 - len(inside)))
        width.append(found.marginals["ratio"].high - found.marginals["ratio"].low)
    return np.mean(hits, axis=0), np.array(width)


def test_starts_tell_repeats_from_a_high_rate() -> None:
    covered, width = covering(SelfExciting("ratio", "lag"))
    assert np.all(np.abs(covered - 0.9) < 3.3 * math.sqrt(0.09 / LOGS)), covered
    by_number, wide = covering(GeneralisedPoisson("ratio"))
    assert np.all(by_number > 0.78)
    assert width.mean() < 0.9 * wide.mean()


def test_short_exposure_uses_the_lag() -> None:
    law = ShortExposure("ratio", "lag", 37 * 24.0)
    count = Count("c", 2, Exposure.flat(37 / 365), "rate", "E", "months")
    found = posterior(REPEATING, [count], law=law, rng=rng())
    assert set(found.marginals) == {"rate", "ratio", "lag"}


def test_same_seed_same_numbers() -> None:
    def once() -> Posterior:
        return posterior(
            default_prior(), default_counts({"power": 2}, 1.0, 0.0), law=LAW, rng=rng(9)
        )

    assert once().marginals == once().marginals


def test_the_rate_at_a_start_is_weighed_by_season_and_raised_by_early_life() -> None:
    months = np.array([-1.0, 0.0, 6.0, math.inf])
    weights = {"a": np.array([0.5, 1.5, 2.0, 1.0]), "b": np.array([1.0, 0.25, 1.0, 3.0])}
    values = {
        "a.rate": np.array([2.0, 3.0]), "a.early": np.array([4.0, 1.0]),
        "a.months": np.array([6.0, 3.0]), "b.rate": np.array([1.0, 5.0]),
        "b.early": np.array([1.0, 2.0]), "b.months": np.array([12.0, 6.0]),
    }  # fmt: skip

    def by_hand(name: str, draw: int, start: int) -> float:
        rate, early, fade = (values[f"{name}.{part}"][draw] for part in ("rate", "early", "months"))
        young = 0 <= months[start] < math.inf
        raised = 1 + (early - 1) * math.exp(-months[start] / fade) if young else 1.0
        return rate * weights[name][start] * raised

    counts = {
        name: Count(
            name, 4, Exposure.flat(1.0), f"{name}.rate", f"{name}.early", f"{name}.months",
            Starts(np.arange(4.0), weights[name], months, 8760.0),
        )
        for name in weights
    }  # fmt: skip
    for name, count in counts.items():
        found = count.own(values, count.starts)
        want = [[by_hand(name, draw, start) for start in range(4)] for draw in range(2)]
        np.testing.assert_allclose(found, want)
    both = Unassigned("all", 4, tuple(counts.values()))
    parts = [count.own(values, count.starts) for count in counts.values()]
    np.testing.assert_allclose(both.own(values, both.starts), sum(parts))
