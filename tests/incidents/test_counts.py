"""How many incidents strike, and when: counts, repeats, calendar weights, early life (MODEL §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from reference import exact
from scipy import stats
from scipy.integrate import quad

from model import data
from model.beliefs.belief import Belief
from model.incidents.draw import Sampled, sample
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.prepared import prepare
from model.worlds.streams import Block

YEARS = 60_000
SIGMAS = 4.0
RARE = 1e-5  # no test of a right engine should be so unlucky; wrong ones are far beyond
CAUSE = "capacity"
YEAR_H = 8760.0
MONTH_H = 730.0


def known(value: float) -> Belief:
    return Belief("normal", value, value)


def only(rate: Belief, timing: str = "flat", **fields: Belief) -> Scenario:
    """A scenario with one cause, without early life or repeats unless told."""
    changes: dict[str, Belief | str] = {
        f"incidents.{cause}.rate_per_year": known(0.0) for cause in Scenario.default().causes
    }
    changes |= {
        f"incidents.{CAUSE}.rate_per_year": rate,
        f"incidents.{CAUSE}.early_life_multiplier": known(1.0),
        f"incidents.{CAUSE}.timing": timing,
        "recurrence.repeat_ratio": known(0.0),
    }
    changes |= {
        name.replace("__", ".") if "__" in name else f"incidents.{CAUSE}.{name}": belief
        for name, belief in fields.items()
    }
    return Scenario.default().with_(changes)


def sampled(scenario: Scenario, years: int = YEARS, seed: int = 5) -> Sampled:
    block = Block(seed, (0, 1), years, np.arange(years))
    ready = prepare(scenario)
    values, _ = draw(ready, seed=seed, block=(0, 0), worlds=years)
    return sample(ready, values, block)


def counts(scenario: Scenario) -> np.ndarray:
    return np.bincount(sampled(scenario).incidents.year, minlength=YEARS)


def p_value(count: np.ndarray, probability: np.ndarray) -> float:
    """Pearson's chi-square of counts per year against their law, rare counts together."""
    expected = YEARS * probability
    last = int(np.flatnonzero(expected >= 10)[-1])
    seen = np.bincount(np.minimum(count, last), minlength=last + 1)
    expected = np.append(expected[:last], YEARS - expected[:last].sum())
    return float(stats.chisquare(seen, expected).pvalue)


def assert_mean(x: np.ndarray, true: float) -> None:
    assert abs(x.mean() - true) < SIGMAS * x.std() / np.sqrt(x.size), (x.mean(), true)


K = np.arange(400)


@pytest.mark.parametrize("rate", [0.05, 1.7, 45.0])
def test_certain_rate_gives_the_poisson_law(rate: float) -> None:
    count = counts(only(known(rate)))
    assert p_value(count, stats.poisson(rate).pmf(K)) > RARE
    assert_mean(count, rate)


def test_poisson_check_notices_a_tenth() -> None:
    """Negative control: a rate ten per cent off must be noticed."""
    assert p_value(counts(only(known(1.7))), stats.poisson(1.87).pmf(K)) < RARE


def test_gamma_rate_gives_the_negative_binomial_law() -> None:
    shape, scale = exact.gamma_parameters(0.4, 5.0)
    count = counts(only(Belief("gamma", 0.4, 5.0)))
    assert p_value(count, stats.nbinom(shape, 1.0 / (1.0 + scale)).pmf(K)) > RARE
    assert_mean(count, shape * scale)
    spread = (count - shape * scale) ** 2
    assert_mean(spread, shape * scale * (1.0 + scale))
    poisson = stats.poisson(count.mean()).pmf(K)
    assert p_value(count, poisson) < RARE, "negative control: overdispersion must show"


@pytest.mark.parametrize("ratio", [0.1, 0.3, 0.6])
def test_quick_repeats_give_the_generalised_poisson_law(ratio: float) -> None:
    """Repeats of repeats included: mean λ/(1 − ρ), variance ÷ mean 1/(1 − ρ)²."""
    soon = {"recurrence__repeat_ratio": known(ratio), "recurrence__repeat_lag": known(0.01)}
    count = counts(only(known(0.9), **soon))
    assert p_value(count, exact.generalised_poisson(0.9, ratio, 400)) > RARE
    assert_mean(count, 0.9 / (1.0 - ratio))
    assert_mean((count - 0.9 / (1.0 - ratio)) ** 2, 0.9 / (1.0 - ratio) ** 3)
    first_generation_only = stats.poisson(0.9).pmf(K)
    assert p_value(count, first_generation_only) < RARE


def test_slow_repeats_are_dropped_at_the_end_of_the_year() -> None:
    """All descendants within t: ρ/(1 − ρ)·(1 − e^(−(1 − ρ)t/L)), averaged over the start."""
    ratio, lag = 0.4, 120.0 / 365.0
    late = {"recurrence__repeat_ratio": known(ratio), "recurrence__repeat_lag": known(120.0)}
    drawn = sampled(only(known(1.5), **late))
    per_year = np.bincount(drawn.incidents.year, minlength=YEARS)
    k = (1.0 - ratio) / lag
    within = ratio / (1.0 - ratio) * (1.0 - (1.0 - np.exp(-k)) / k)
    assert_mean(per_year, 1.5 * (1.0 + within))
    assert drawn.incidents.start_h.max() < YEAR_H


def test_repeats_know_what_triggered_them() -> None:
    soon = {"recurrence__repeat_ratio": known(0.3), "recurrence__repeat_lag": known(0.5)}
    drawn = sampled(only(known(0.9), **soon))
    child = np.flatnonzero(drawn.parent >= 0)
    parent = drawn.parent[child]
    outages = drawn.incidents
    assert (outages.year[child] == outages.year[parent]).all()
    lag = outages.start_h[child] - outages.start_h[parent]
    inside = outages.start_h[parent] < YEAR_H - 12.0 * 40.0
    assert stats.kstest(lag[inside], stats.expon(scale=12.0).cdf).pvalue > RARE
    assert_mean(lag[inside], 12.0)
    wrong = stats.kstest(lag[inside], stats.expon(scale=13.0).cdf).pvalue
    assert wrong < RARE, "negative control: a mean lag eight per cent off must be noticed"
    roots = np.bincount(outages.year[drawn.parent < 0], minlength=YEARS)
    assert p_value(roots, stats.poisson(0.9).pmf(K)) > RARE


def test_repeats_have_durations_and_losses_of_their_own() -> None:
    """No correlation between parent and child beyond the shared world factors, here certain."""
    drawn = sampled(
        only(
            known(2.0),
            recurrence__repeat_ratio=known(0.5),
            recurrence__repeat_lag=known(1.0),
            duration_level=known(1.0),
            severity_level=known(1.0),
        )
    )
    child = np.flatnonzero(drawn.parent >= 0)
    parent = drawn.parent[child]
    for name in ("duration_h", "publish_loss", "playback_loss", "ads_loss", "response_fixed_usd"):
        values = getattr(drawn.incidents, name)
        rho = stats.spearmanr(values[child], values[parent]).statistic
        assert abs(rho) < SIGMAS / np.sqrt(child.size), name


def test_switched_off_causes_leave_nothing() -> None:
    drawn = sampled(only(known(0.0)), years=2000)
    assert drawn.incidents.year.size == 0
    assert drawn.per_cause == (0,) * len(Scenario.default().causes)


def wall_clock(start_date: str) -> list[datetime]:
    """Eastern wall time of every elapsed hour of the year from the start date on."""
    eastern = ZoneInfo("America/New_York")
    begin = datetime.combine(date.fromisoformat(start_date), time(), eastern).astimezone(UTC)
    return [(begin + timedelta(hours=h)).astimezone(eastern) for h in range(8760)]


CLOCK = wall_clock("2026-04-01")
HOUR_OF_WEEK = np.array([t.weekday() * 24 + t.hour for t in CLOCK])
MONTH = np.array([t.month for t in CLOCK])


def weights(timing: str) -> np.ndarray:
    """The calendar weight of each hour of the year, mean one."""
    hourly = {
        "flat": lambda: np.ones(8760),
        "load": lambda: data.column("demand.csv", "weight")[HOUR_OF_WEEK],
        "working_hours": lambda: data.column("timing_working_hours.csv", "weight")[HOUR_OF_WEEK],
        "winter": lambda: data.column("timing_winter.csv", "weight")[MONTH - 1],
    }[timing]()
    return np.asarray(hourly / hourly.mean())


def strikes(timing: str, **fields: Belief) -> np.ndarray:
    """Start hours of many incidents."""
    return sampled(only(known(10.0), timing, **fields), years=20_000).incidents.start_h


@pytest.mark.parametrize("timing", ["flat", "load", "working_hours", "winter"])
def test_starts_follow_the_calendar_weight(timing: str) -> None:
    start = strikes(timing)
    hour = start.astype(int)
    share = weights(timing) / 8760.0
    for cells, name in ((HOUR_OF_WEEK, "hour of week"), (MONTH - 1, "month")):
        expected = np.bincount(cells, weights=share) * start.size
        seen = np.bincount(cells[hour], minlength=expected.size)
        assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > RARE, name
    assert_mean(counts(only(known(1.7), timing)), 1.7)


def test_calendar_check_notices_flat_starts() -> None:
    """Negative control: flat starts do not pass for load, nor winter for flat."""
    share = weights("load") / 8760.0
    expected = np.bincount(HOUR_OF_WEEK, weights=share)
    for timing in ("flat", "winter"):
        start = strikes(timing)
        seen = np.bincount(HOUR_OF_WEEK[start.astype(int)], minlength=168)
        assert stats.chisquare(seen, expected * start.size).pvalue < RARE


def test_winter_months_are_the_heaviest() -> None:
    by_month = np.bincount(MONTH, weights=weights("winter"))[1:] / np.bincount(MONTH)[1:]
    assert set(np.argsort(by_month)[-3:] + 1) <= {12, 1, 2}


def early_share(multiplier: float, months: float, age: float) -> float:
    """∫₀¹ (E − 1)·e^(−(age + t)/θ) dt over a flat year of twelve months."""
    return (multiplier - 1.0) * np.exp(-age / months) * months / 12.0 * -np.expm1(-12.0 / months)


@pytest.mark.parametrize(
    ("multiplier", "months", "age"), [(3.0, 6.0, 2.0), (6.0, 1.0, 0.0), (2.0, 40.0, 12.0)]
)
def test_early_life_raises_the_count_by_its_integral(
    multiplier: float, months: float, age: float
) -> None:
    scenario = only(
        known(1.3),
        early_life_multiplier=known(multiplier),
        early_life_months=known(months),
        simulation__platform_age_months=known(age),
    )
    mean = 1.3 * (1.0 + early_share(multiplier, months, age))
    count = counts(scenario)
    assert_mean(count, mean)
    assert p_value(count, stats.poisson(mean).pmf(K)) > RARE


def test_early_life_moves_the_starts_forward() -> None:
    """Kolmogorov–Smirnov of the start hour: flat part plus fading part, in closed form."""
    fields = {"early_life_multiplier": known(5.0), "early_life_months": known(4.0)}
    start = strikes("flat", **fields, simulation__platform_age_months=known(1.0))
    total = 1.0 + early_share(5.0, 4.0, 1.0)

    def cdf(t: np.ndarray) -> np.ndarray:
        months = t / MONTH_H
        fading = 4.0 * np.exp(-1.0 / 4.0) * 4.0 / 12.0 * -np.expm1(-months / 4.0)
        return (t / YEAR_H + fading) / total

    assert stats.kstest(start, cdf).pvalue > RARE
    uniform = stats.kstest(start, lambda t: t / YEAR_H).pvalue
    assert uniform < RARE, "negative control: starts spread evenly must not pass"


def test_early_life_meets_the_winter_weight() -> None:
    """Both at once: rate × mean of weight·(1 + (E − 1)·e^(−(age + t)/θ)) over the year."""
    fields = {"early_life_multiplier": known(4.0), "early_life_months": known(8.0)}
    scenario = only(known(1.3), "winter", **fields, simulation__platform_age_months=known(2.0))
    t = (np.arange(8760) + 0.5) / MONTH_H
    intensity = weights("winter") * (1.0 + 3.0 * np.exp(-(2.0 + t) / 8.0))
    assert_mean(counts(scenario), 1.3 * intensity.mean())
    start = strikes("winter", **fields, simulation__platform_age_months=known(2.0))
    seen = np.bincount(MONTH[start.astype(int)], minlength=13)[1:]
    expected = np.bincount(MONTH, weights=intensity)[1:]
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > RARE


def test_uncertain_early_life_is_integrated_over() -> None:
    """Multiplier and fade time both lognormal: the mean count by quadrature over θ."""
    scenario = only(
        known(1.3),
        early_life_multiplier=Belief("lognormal", 1.5, 6.0),
        early_life_months=Belief("lognormal", 1.0, 20.0),
        simulation__platform_age_months=known(2.0),
    )
    sigma = np.log(4.0) / (2.0 * exact.Z95)
    multiplier = 3.0 * np.exp(sigma**2 / 2.0)
    assert multiplier > 1.0

    def at(z: float) -> float:
        months = np.sqrt(20.0) * np.exp(z * np.log(20.0) / (2.0 * exact.Z95))
        return early_share(2.0, months, 2.0) * stats.norm.pdf(z)

    # Multipliers below one do not exist: draws there are set to the bound.
    low = stats.norm.cdf(np.log(1.0 / 3.0) / sigma)
    below = 3.0 * np.exp(sigma**2 / 2) * stats.norm.cdf(np.log(1.0 / 3.0) / sigma - sigma)
    mean = multiplier + low - below
    fade = quad(at, -8.0, 8.0)[0]
    assert_mean(counts(scenario), 1.3 * (1.0 + (mean - 1.0) * fade))


def test_uncertain_fade_time_places_the_starts() -> None:
    """The mean start hour under a lognormal θ, by quadrature."""
    fields: Mapping[str, Belief] = {
        "early_life_multiplier": known(5.0),
        "early_life_months": Belief("lognormal", 1.0, 20.0),
        "simulation__platform_age_months": known(0.0),
    }
    drawn = sampled(only(known(5.0), **fields)).incidents
    total = np.bincount(drawn.year, minlength=YEARS)
    time_sum = np.bincount(drawn.year, weights=drawn.start_h, minlength=YEARS)

    def mean_of(moment: int) -> float:
        def at(z: float) -> float:
            months = np.sqrt(20.0) * np.exp(z * np.log(20.0) / (2.0 * exact.Z95))
            t = (np.arange(2000) + 0.5) * 12.0 / 2000.0
            value = (t * MONTH_H) ** moment * np.exp(-t / months)
            return float(value.mean()) * stats.norm.pdf(z)

        return quad(at, -8.0, 8.0)[0]

    assert_mean(total, 5.0 * (1.0 + 4.0 * mean_of(0)))
    assert_mean(time_sum, 5.0 * (YEAR_H / 2.0 + 4.0 * mean_of(1)))


def test_rates_of_the_causes_are_correlated_by_half() -> None:
    values, _ = draw(prepare(Scenario.default()), seed=1, block=(0, 0), worlds=YEARS)
    rates = [values[f"incidents.{cause}.rate_per_year"] for cause in Scenario.default().causes]
    for i, a in enumerate(rates):
        for b in rates[i + 1 :]:
            rho = stats.spearmanr(a, b).statistic
            assert abs(rho - 0.5) < SIGMAS / np.sqrt(YEARS)


def test_durations_are_capped_and_the_share_is_reported() -> None:
    """P(duration > cap) of a lognormal, in standard errors; nothing is longer than the cap."""
    fields = {
        "duration": Belief("lognormal", 1.0, 40.0),
        "duration_level": known(1.0),
        "simulation__max_duration": known(30.0),
    }
    drawn = sampled(only(known(2.0), **fields))
    n = drawn.incidents.year.size
    chance = 1.0 - exact.lognormal_cdf(1.0, 40.0)(30.0)
    assert abs(drawn.capped - n * chance) < SIGMAS * np.sqrt(n * chance * (1.0 - chance))
    assert drawn.incidents.duration_h.max() == 30.0
    below = drawn.incidents.duration_h[drawn.incidents.duration_h < 30.0]

    def cdf(x: np.ndarray) -> np.ndarray:
        return exact.lognormal_cdf(1.0, 40.0)(x) / (1.0 - chance)

    assert stats.kstest(below, cdf).pvalue > RARE


def test_world_levels_multiply_durations_and_the_odds_of_losses() -> None:
    plain = sampled(only(known(2.0), duration_level=known(1.0), severity_level=known(1.0)), 2000)
    moved = sampled(only(known(2.0), duration_level=known(1.5), severity_level=known(3.0)), 2000)
    np.testing.assert_allclose(moved.incidents.duration_h, 1.5 * plain.incidents.duration_h)
    for name in ("publish_loss", "playback_loss", "ads_loss"):
        a, b = (getattr(s.incidents, name) for s in (plain, moved))
        np.testing.assert_allclose(b / (1.0 - b), 3.0 * a / (1.0 - a), rtol=1e-9)
