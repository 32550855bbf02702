"""The engine against exact values, each difference in standard errors (MODEL §5, §6).

Nothing fails in these scenarios, so that a year's loss is what its incidents cost to respond to;
they are so short that hardly two overlap. Each check says what the engine gives, what is exact,
and how many of its own standard errors lie between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy import special

from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared
from model.assumptions.names import Value
from model.beliefs.belief import Belief
from model.drivers.information import evppi
from model.drivers.luck import ignorance
from model.drivers.ranges import Ranges
from model.evidence import exact
from model.evidence.rates.counts import Count, GeneralisedPoisson
from model.evidence.rates.exposure import Exposure
from model.evidence.rates.posterior import posterior
from model.evidence.rates.prior import FromNormal, Prior, gamma_map
from model.evidence.stepping import Struck, stepped
from model.replays.incident import typed
from model.replays.replay import replay
from model.runs.quantiles import Sample
from model.runs.result import Result
from model.runs.simulate import simulate
from model.runs.standard_errors import Estimate, around, mean
from model.scenario.scenario import Scenario
from model.worlds.prepared import distribution, get_calendar
from model.worlds.streams import stream

YEARS = 200_000
FARTHEST = 4.0
"""Standard errors within which a difference passes."""
_SHORT_H = 0.001
_STRUCK_H = 9.5
_FAST = (
    "publishing.retry_share",
    "publishing.catch_up",
    "publishing.timeliness_half_life",
    "freshness.content_half_life",
    "freshness.fresh_share",
    "sessions.freshness_elasticity",
    "sessions.return_lag",
)
_LINK = 0.005
"""How near the engine is to the law of one incident, relative (MODEL §4.10)."""
_LEARNED = 100_000
_COVERED = 400


@dataclass(frozen=True)
class Check:
    """One figure, computed by the engine and exactly."""

    name: str
    measure: str
    engine: float
    exact: float
    standard_error: float

    @property
    def difference(self) -> float:
        """Engine less exact, in standard errors."""
        return (self.engine - self.exact) / self.standard_error

    @property
    def passed(self) -> bool:
        """Whether that is no more than chance brings."""
        return abs(self.difference) <= FARTHEST


def validate(years: int = YEARS, seed: int = 0) -> tuple[Check, ...]:
    """Make every check."""
    parts: tuple[Callable[[int, int], Iterator[Check]], ...] = (
        _heavy_tail,
        _gamma_rate,
        _repeats,
        _atom,
        _variance_share,
        _calendar,
        _chain,
        _information,
        _coverage,
        _posterior,
    )
    return tuple(check for part in parts for check in part(years, seed))


def _certain(value: float) -> Belief:
    return Belief("normal", value, value)


def _quiet(rate: Belief, **others: Value) -> Scenario:
    """Return a scenario in which only `capacity` strikes, breaks nothing and never repeats."""
    default = Scenario.default()
    changes: dict[str, Value] = {
        "recurrence.repeat_ratio": _certain(0.0),
        "costs.response_per_hour": _certain(0.0),
    }
    for cause in default.causes:
        fixed = {"duration": _SHORT_H, "duration_level": 1.0, "severity_level": 1.0}
        fixed |= {"publish_loss": 0.0, "playback_loss": 0.0, "ads_loss": 0.0}
        fixed |= {"early_life_multiplier": 1.0, "rate_per_year": 0.0}
        changes |= {f"incidents.{cause}.{part}": _certain(x) for part, x in fixed.items()}
    changes["incidents.capacity.rate_per_year"] = rate
    return default.with_(changes | {name.replace("__", "."): x for name, x in others.items()})


def _run(scenario: Scenario, years: int, seed: int, worlds: int | None = None) -> Result:
    return simulate(scenario, years=years, worlds=worlds, seed=seed)


def _check(name: str, measure: str, found: Estimate, true: float) -> Check:
    return Check(name, measure, found.value, exact=true, standard_error=found.standard_error)


def _of_sums(name: str, result: Result, law: exact.Law) -> Iterator[Check]:
    sample = Sample(result["loss_usd"], result.worlds)
    yield _check(name, "mean, USD", result.mean("loss_usd"), law.mean)
    for level in (0.95, 0.99):
        shown = f"{100 * level:g}"
        yield _check(name, f"VaR {shown}, USD", sample.quantile(level), law.quantile(level))
        yield _check(name, f"TVaR {shown}, USD", sample.tail_mean(level), law.tail_mean(level))


def _heavy_tail(years: int, seed: int) -> Iterator[Check]:
    cost = Belief("lognormal", 5e4, 5e6)
    result = _run(_quiet(_certain(1.3), costs__response_per_incident=cost), years, seed)
    loss = exact.on_grid(exact.lognormal_cdf(5e4, 5e6), 1_000.0, 2**19)
    law = exact.compound(lambda z: np.exp(1.3 * (z - 1.0)), loss)
    yield from _of_sums("Poisson sum of heavy-tailed losses (FFT)", result, law)


def _gamma_rate(years: int, seed: int) -> Iterator[Check]:
    scenario = _quiet(
        Belief("gamma", 0.3, 4.0), costs__response_per_incident=Belief("lognormal", 1e5, 1e6)
    )
    loss = exact.on_grid(exact.lognormal_cdf(1e5, 1e6), 500.0, 2**18)
    shape, scale = exact.gamma(0.3, 4.0)
    law = exact.compound(lambda z: (1.0 - scale * (z - 1.0)) ** -shape, loss)
    yield from _of_sums(
        "Sum under a gamma rate: negative binomial (FFT)", _run(scenario, years, seed), law
    )


def _repeats(years: int, seed: int) -> Iterator[Check]:
    scenario = _quiet(
        _certain(0.9),
        recurrence__repeat_ratio=_certain(0.3),
        recurrence__repeat_lag=_certain(0.05),
        costs__response_per_incident=_certain(0.0),
    )
    result = _run(scenario, years, seed)
    name, counts = "Incidents with repeats: generalised Poisson", result["incidents"]
    law = exact.borel_tanner(0.9, 0.3, 80)
    yield _check(name, "mean", mean(counts, worlds=result.worlds), 0.9 / 0.7)
    spread = (counts - 0.9 / 0.7) ** 2
    yield _check(name, "variance", mean(spread, worlds=result.worlds), 0.9 / 0.7**3)
    for k in (0, 1, 5):
        share = mean((counts == k).astype(float), worlds=result.worlds)
        yield _check(name, f"chance of {k}", share, float(law[k]))


def _atom(years: int, seed: int) -> Iterator[Check]:
    """TVaR where VaR is 0: rare incidents."""
    scenario = _quiet(_certain(0.03), costs__response_per_incident=Belief("lognormal", 1e5, 1e6))
    result = _run(scenario, years, seed)
    mu, sigma = exact.lognormal(1e5, 1e6)
    expected = 0.03 * math.exp(mu + sigma**2 / 2.0)
    found = Sample(result["loss_usd"], result.worlds).tail_mean(0.95)
    yield _check("TVaR with 97 % of years at 0", "TVaR 95, USD", found, expected / 0.05)


def _variance_share(years: int, seed: int) -> Iterator[Check]:
    """The share of variance between worlds, where only the rate is uncertain."""
    rate = Belief("lognormal", 1.0, 9.0)
    scenario = _quiet(rate, costs__response_per_incident=_certain(1e6))
    worlds = max(years // 5, 100)
    result = _run(scenario, worlds * 5, seed, worlds)
    mu, sigma = exact.lognormal(1.0, 9.0)
    expected = math.exp(mu + sigma**2 / 2.0)
    between = expected**2 * math.expm1(sigma**2)
    share = ignorance(Ranges.of(result)).share
    yield _check(
        "Only a rate uncertain", "variance between worlds", share, between / (between + expected)
    )
    yield _check("Only a rate uncertain", "mean, USD", result.mean("loss_usd"), 1e6 * expected)


def _calendar(years: int, seed: int) -> Iterator[Check]:
    """Integrals over the calendar against sums hour by hour; the error allowed is rounding."""
    del years
    calendar = get_calendar(Scenario.default())
    rng = stream(seed, (), "validation.calendar")
    start = rng.random(200) * 8_000.0
    end = start + rng.random(200) * 400.0
    for name, read, weight in (
        ("demand", calendar.viewing, calendar.demand),
        ("demand × price", calendar.value, calendar.demand * calendar.price),
    ):
        total = float(np.sum(read.between(start, end)))
        edges = np.arange(len(weight) + 1.0)
        covered = np.clip(
            np.minimum(end[:, None], edges[1:9_000]) - np.maximum(start[:, None], edges[:8_999]),
            0.0,
            None,
        )
        true = float(np.sum(covered @ weight[:8_999]))
        yield Check("Calendar integrals", name, total, exact=true, standard_error=1e-9 * total)


def _chain(years: int, seed: int) -> Iterator[Check]:
    """One incident in a known world, link by link, against time-stepping (MODEL §4.10)."""
    del years
    scenario = _known(Scenario.default())
    incident = typed("2026-06-03T18:00", _STRUCK_H, 0.5, 0.2, 0.1)
    bill = replay(scenario, incident, worlds=1, seed=seed).bill()
    found = dict(zip(bill.component, bill.expected_revenue_hours, strict=True))
    calendar = get_calendar(scenario)
    start = incident.start_in(scenario.time_zone).replace(tzinfo=None)
    first = datetime.fromisoformat(scenario.word("simulation.start_date"))
    one = Struck(
        start_h=(start - first).total_seconds() / 3600.0,
        hours=_STRUCK_H,
        publish_loss=0.5,
        playback_loss=0.2,
        ads_loss=0.1,
        **{name.rpartition(".")[2]: scenario.belief(name).low for name in _FAST},
    )
    for link, exactly in stepped(one, calendar.demand * calendar.price, calendar.uploads).items():
        error = max(_LINK * exactly, 1e-4)
        name, got = "One incident by time-stepping", found[link]
        yield Check(name, f"{link}, h", got, exact=exactly, standard_error=error)


def _known(scenario: Scenario) -> Scenario:
    """Return a scenario in which every belief is certain at its median."""
    beliefs = [name for name in scenario.names() if isinstance(declared(name), Assumption)]
    medians = {name: distribution(scenario, name).median() for name in beliefs}
    return scenario.with_({name: _certain(float(value)) for name, value in medians.items()})


def _information(years: int, seed: int) -> Iterator[Check]:
    """A choice between nothing and a normal benefit, half of whose variance can be learned."""
    rng = stream(seed, (), "validation.information")
    learned, luck = rng.standard_normal((2, min(years, _LEARNED)))
    benefit = np.stack([np.zeros(len(luck)), learned + luck - 0.3])
    exactly = float(special.ndtr(-0.3) * -0.3 + math.exp(-0.045) / math.sqrt(2.0 * math.pi))
    yield _check(
        "A benefit half of which can be learned", "EVPPI", evppi(benefit, learned), exactly
    )


def _coverage(years: int, seed: int) -> Iterator[Check]:
    """How often the printed 95 % interval of the mean holds the exact one."""
    cost = Belief("lognormal", 1e5, 1e6)
    scenario = _quiet(_certain(2.0), costs__response_per_incident=cost)
    result = _run(scenario, max(years, _COVERED * 250), seed)
    mu, sigma = exact.lognormal(1e5, 1e6)
    expected = 2.0 * math.exp(mu + sigma**2 / 2.0)
    runs = result["loss_usd"][: _COVERED * 250].reshape(_COVERED, -1)
    found = [mean(run, worlds=len(run)) for run in runs]
    held = np.mean([one.low <= expected <= one.high for one in found])
    error = math.sqrt(0.95 * 0.05 / _COVERED)
    yield _check("Printed intervals", "coverage of 95 %", around(float(held), error), 0.95)


def _posterior(years: int, seed: int) -> Iterator[Check]:
    """A gamma prior and a count: Gamma(a + n, b + T)."""
    del years

    def same(value: float) -> FromNormal:
        return lambda z: np.full(np.shape(z), value)

    maps = {"rate": gamma_map(2.0, 1.0), "E": same(1.0), "months": same(6.0), "ratio": same(0.0)}
    years_seen = 232 * 24 / 8760
    shown = Exposure.flat(years_seen)
    count = Count("c", 13, shown, rate="rate", multiplier="E", months="months")
    rng = stream(seed, (), "validation.posterior")
    found = posterior(Prior(maps), [count], law=GeneralisedPoisson("ratio"), rng=rng)
    rate = found.marginals["rate"]
    name, expected = "Rate after 13 incidents in 232 days", 15.0 / (1.0 + years_seen)
    error = 1e-6 * expected
    yield Check(name, "mean, per year", rate.mean, exact=expected, standard_error=error)
    sd = math.sqrt(15.0) / (1.0 + years_seen)
    measure = "standard deviation, per year"
    yield Check(name, measure, rate.sd, exact=sd, standard_error=1e-6 * sd)
