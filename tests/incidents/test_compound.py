"""Annual losses against exact convolution: single cause, mixture, gamma-mixed rate (MODEL §3, §5).

Nothing fails in these scenarios, so that a year's loss is the sum of what its incidents cost to
respond to: either a random sum per incident, or a fixed price per hour times a random duration.
Incidents are so short that two of them overlap in fewer than one year in ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import pytest
from given import without_rate_correlation
from reference import exact
from scipy import stats

from model.beliefs.belief import Belief
from model.runs.result import Result
from model.runs.simulate import simulate
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario

YEARS = 100_000
SIGMAS = 4.0
LEVELS = (0.90, 0.95, 0.99, 0.995)
CAUSES = Scenario.default().causes
SHORTEST_H = 0.001


def known(value: float) -> Belief:
    return Belief("normal", value, value)


def quiet(**rates: Belief) -> dict[str, Belief | str]:
    """Changes after which incidents of the named causes come at these rates and break nothing."""
    changes: dict[str, Belief | str] = {
        "recurrence.repeat_ratio": known(0.0),
        "costs.response_per_hour": known(0.0),
        "costs.response_per_incident": known(0.0),
    }
    for cause in CAUSES:
        changes |= {
            f"incidents.{cause}.{name}": known(value)
            for name, value in {
                "duration": SHORTEST_H,
                "duration_level": 1.0,
                "severity_level": 1.0,
                "publish_loss": 0.0,
                "playback_loss": 0.0,
                "ads_loss": 0.0,
                "early_life_multiplier": 1.0,
            }.items()
        }
        changes[f"incidents.{cause}.rate_per_year"] = rates.get(cause, known(0.0))
    return changes


@lru_cache(maxsize=8)
def run(case: str) -> tuple[Result, exact.Law]:
    changes, law = CASES[case]()
    scenario = Scenario.default().with_(changes)
    return simulate(scenario, years=YEARS, seed=17), law


Case = tuple[Mapping[str, Belief | str], exact.Law]


def heavy_tail() -> Case:
    """One cause, certain rate 1.3, response cost 50k–5M USD (σ = 1.4)."""
    changes = quiet(capacity=known(1.3))
    changes["costs.response_per_incident"] = Belief("lognormal", 5e4, 5e6)
    severity = exact.on_grid(exact.lognormal_cdf(5e4, 5e6), 1000.0, 2**19)
    return changes, exact.compound(exact.poisson(1.3), severity)


def four_causes() -> Case:
    """A million USD an hour; durations of four shapes, the longest cut at 2 h."""
    beliefs = {
        "power_cooling_weather": (0.3, "lognormal", 0.01, 1.0, exact.lognormal_cdf),
        "network_latency": (0.9, "weibull", 0.02, 0.4, exact.weibull_cdf),
        "change_and_configuration": (0.7, "gamma", 0.03, 0.3, exact.gamma_cdf),
        "capacity": (0.5, "loglogistic", 0.01, 0.6, exact.loglogistic_cdf),
    }
    changes = quiet(**{cause: known(b[0]) for cause, b in beliefs.items()})
    changes["costs.response_per_hour"] = known(1e6)
    changes["simulation.max_duration"] = known(2.0)
    severities = []
    for cause, (_, shape, low, high, cdf) in beliefs.items():
        changes[f"incidents.{cause}.duration"] = Belief(shape, low, high)
        hours = exact.cut(cdf(low, high), 2.0)
        severities.append(exact.on_grid(lambda x, h=hours: h(x / 1e6), 100.0, 2**18))
    rates = [b[0] for b in beliefs.values()]
    severity = exact.mixture(rates, severities)
    return changes, exact.compound(exact.poisson(sum(rates)), severity)


def gamma_rate() -> Case:
    """A gamma belief about the rate turns the count into a negative binomial."""
    changes = quiet(capacity=Belief("gamma", 0.3, 4.0))
    changes["costs.response_per_incident"] = Belief("lognormal", 1e5, 1e6)
    severity = exact.on_grid(exact.lognormal_cdf(1e5, 1e6), 500.0, 2**18)
    count = exact.negative_binomial(*exact.gamma_parameters(0.3, 4.0))
    return changes, exact.compound(count, severity)


def lognormal_rates() -> Case:
    """Two causes with uncertain rates, Spearman ρ = 0.5 between them: Gauss–Hermite in 2-D."""
    a, b = "capacity", "network_latency"
    changes = quiet(**{a: Belief("lognormal", 0.2, 2.0), b: Belief("lognormal", 0.1, 3.0)})
    changes["costs.response_per_incident"] = Belief("gamma", 1e5, 1e6)
    severity = exact.on_grid(exact.gamma_cdf(1e5, 1e6), 1000.0, 2**16)
    node, weight = np.polynomial.hermite_e.hermegauss(24)
    r = 2.0 * np.sin(np.pi * 0.5 / 6.0)
    first, second = np.meshgrid(node, node, indexing="ij")
    second = r * first + np.sqrt(1.0 - r * r) * second
    rate = sum(
        np.sqrt(low * high) * np.exp(z * np.log(high / low) / (2.0 * exact.Z95))
        for z, low, high in ((first, 0.2, 2.0), (second, 0.1, 3.0))
    ).ravel()
    share = np.outer(weight, weight).ravel() / weight.sum() ** 2

    def count(z: exact.Complex) -> exact.Complex:
        return sum(w * np.exp(m * (z - 1.0)) for w, m in zip(share, rate, strict=True))

    return changes, exact.compound(count, severity)


def repeats() -> Case:
    """Repeats within the day: the clusters' sums are those of a generalised Poisson count."""
    changes = quiet(capacity=known(0.9))
    changes["recurrence.repeat_ratio"] = known(0.3)
    changes["recurrence.repeat_lag"] = known(0.05)
    changes["costs.response_per_incident"] = Belief("lognormal", 1e5, 1e6)
    severity = exact.on_grid(exact.lognormal_cdf(1e5, 1e6), 500.0, 2**18)
    probability = exact.generalised_poisson(0.9, 0.3, 60)
    return changes, exact.compound(lambda z: np.polyval(probability[::-1], z), severity)


CASES: dict[str, Callable[[], Case]] = {
    "heavy tail": heavy_tail,
    "four causes": four_causes,
    "gamma rate": gamma_rate,
    "lognormal rates": lognormal_rates,
    "repeats": repeats,
}


def sigmas(estimate: Estimate, true: float) -> float:
    return abs(estimate.value - true) / estimate.standard_error


@pytest.mark.parametrize("case", CASES)
def test_mean_and_deviation(case: str) -> None:
    result, law = run(case)
    assert sigmas(result.mean("loss_usd"), law.mean()) < SIGMAS
    spread = (result["loss_usd"] - law.mean()) ** 2
    error = spread.std() / np.sqrt(YEARS)
    assert abs(spread.mean() - law.variance()) < SIGMAS * error


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("p", LEVELS)
def test_value_at_risk(case: str, p: float) -> None:
    """So many of the years as should exceed the exact VaR do: a binomial, no density needed."""
    result, law = run(case)
    var = law.quantile(p)
    chance = law.chance_over(var)
    error = np.sqrt(chance * (1.0 - chance) / YEARS)
    assert abs((result["loss_usd"] > var).mean() - chance) < SIGMAS * error
    assert sigmas(result.quantile(p), var) < SIGMAS


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("p", LEVELS)
def test_tail_value_at_risk(case: str, p: float) -> None:
    result, law = run(case)
    assert sigmas(result.kept.ordered("loss_usd").tail_mean(p), law.tail_mean(p)) < SIGMAS


@pytest.mark.parametrize("case", CASES)
def test_whole_distribution(case: str) -> None:
    """Kolmogorov–Smirnov on 300 points of the law; the atom at zero is among them."""
    result, law = run(case)
    assert distance(result["loss_usd"], law) < LIMIT


LIMIT = 1.95 / np.sqrt(YEARS)  # Kolmogorov's quantile at 1 − 0.001


def distance(sample: np.ndarray, law: exact.Law) -> float:
    """Largest difference of the two distribution functions."""
    at = np.array([law.quantile(p) for p in np.linspace(0.001, 0.999, 300)])
    simulated = np.searchsorted(np.sort(sample), at, side="right") / sample.size
    return float(np.max(np.abs(1.0 - simulated - [law.chance_over(x) for x in at])))


def test_chance_of_no_loss() -> None:
    result, law = run("heavy tail")
    none = (result["loss_usd"] == 0).mean()
    assert law.probability[0] == pytest.approx(np.exp(-1.3), rel=1e-5)
    error = np.sqrt(law.probability[0] / YEARS)
    assert abs(none - np.exp(-1.3)) < SIGMAS * error


@pytest.mark.parametrize("p", LEVELS)
def test_largest_incident(p: float) -> None:
    """OEP: P(largest ≤ x) = e^(−λ(1 − F(x))) for a Poisson number of incidents."""
    result, _ = run("heavy tail")
    severity = 1.0 + np.log(p) / 1.3
    sigma = np.log(100.0) / (2.0 * exact.Z95)
    x = np.sqrt(5e4 * 5e6) * np.exp(sigma * stats.norm.ppf(severity))
    over = (result["largest_loss_usd"] > x).mean()
    assert abs(over - (1.0 - p)) < SIGMAS * np.sqrt(p * (1.0 - p) / YEARS)


def test_exceedance_table_reads_the_same_laws() -> None:
    result, law = run("heavy tail")
    for row in result.exceedance():
        assert (row.aep is None) == (YEARS / row.return_period < 20)
        if row.aep is not None and row.return_period > 2:
            true = law.quantile(1.0 - 1.0 / row.return_period)
            assert sigmas(row.aep, true) < SIGMAS


def test_uncertain_rates_without_correlation_are_told_apart() -> None:
    """Negative control: with independent rates the correlated law no longer fits."""
    _, law = run("lognormal rates")
    changes = lognormal_rates()[0] | without_rate_correlation()
    result = simulate(Scenario.default().with_(changes), years=YEARS, seed=17)
    variance = result["loss_usd"].var()
    assert variance < 0.95 * law.variance()


def test_frequency_times_one_severity_is_told_apart() -> None:
    """Negative control: the classic mistake, count × one draw, is far from the exact law."""
    _, law = run("heavy tail")
    rng = np.random.default_rng(1)
    sigma = np.log(100.0) / (2.0 * exact.Z95)
    one = np.sqrt(5e4 * 5e6) * np.exp(sigma * rng.standard_normal(YEARS))
    wrong = rng.poisson(1.3, YEARS) * one
    assert distance(wrong, law) > 3 * LIMIT
    var = law.quantile(0.99)
    chance = law.chance_over(var)
    error = np.sqrt(chance * (1.0 - chance) / YEARS)
    assert abs((wrong > var).mean() - chance) > 2 * SIGMAS * error


def test_convolution_of_whole_numbers() -> None:
    """The tool itself: severities of exactly one step give back the Poisson law."""
    law = exact.compound(exact.poisson(2.5), exact.Law(np.eye(64)[1], 1.0))
    np.testing.assert_allclose(law.probability, stats.poisson(2.5).pmf(np.arange(64)), atol=1e-12)


def test_convolution_of_exponentials() -> None:
    """Poisson sums of exponentials: mean λ, variance 2λ and the quantile by numerical inversion."""
    severity = exact.on_grid(stats.expon().cdf, 1e-3, 2**16)
    law = exact.compound(exact.poisson(3.0), severity)
    assert law.mean() == pytest.approx(3.0, rel=1e-6)
    assert law.variance() == pytest.approx(6.0, rel=1e-5)
    n = np.arange(1, 80)
    over = stats.poisson(3.0).pmf(n) @ stats.gamma(n).sf(law.quantile(0.99))
    assert over == pytest.approx(0.01, abs=1e-5)


def test_gamma_rate_gives_the_negative_binomial_law() -> None:
    shape, scale = exact.gamma_parameters(0.3, 4.0)
    ends = stats.gamma(shape, scale=scale).ppf([0.05, 0.95])
    np.testing.assert_allclose(ends, [0.3, 4.0], rtol=1e-9)
    one = exact.Law(np.eye(256)[1], 1.0)
    law = exact.compound(exact.negative_binomial(shape, scale), one)
    true = stats.nbinom(shape, 1.0 / (1.0 + scale)).pmf(np.arange(256))
    np.testing.assert_allclose(law.probability, true, atol=1e-9)
