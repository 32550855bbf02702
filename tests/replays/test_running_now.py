"""An incident that is not over: conditional laws, weights by hand, the engine's own incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from given import certain, new_cause
from scipy import special, stats

from model.beliefs.belief import Belief
from model.beliefs.distributions import LogNormal
from model.incidents.draw import sample
from model.replays.incident import typed
from model.replays.replay import replay
from model.replays.running_now import Running, running
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.prepared import distribution, prepare
from model.worlds.streams import Block

DEFAULT = Scenario.default()
CAUSES = DEFAULT.causes
SINCE = datetime(2026, 5, 4, 13, tzinfo=UTC)
LEVELS = {
    f"incidents.{cause}.{level}": certain(1.0)
    for cause in CAUSES
    for level in ("duration_level", "severity_level")
}
RATES = (0.2, 0.5, 0.6, 0.3)
KNOWN_RATES = {
    f"incidents.{c}.rate_per_year": certain(r) for c, r in zip(CAUSES, RATES, strict=True)
}
UNCUT = {"simulation.max_duration": certain(8760.0)}
NETWORK = "network_latency"


def after(hours: float, scenario: Scenario, **how: object) -> Running:
    return running(scenario, SINCE, SINCE + timedelta(hours=hours), **how)  # type: ignore[arg-type]


def close(values: np.ndarray, expected: float, errors: float = 3.0) -> bool:
    return abs(values.mean() - expected) < errors * values.std() / np.sqrt(len(values))


def of_lognormal(scenario: Scenario, name: str) -> tuple[float, float]:
    found = distribution(scenario, name)
    assert isinstance(found, LogNormal)
    return found.mu, found.sigma


def mean_beyond(mu: float, sigma: float, t: float) -> float:
    """E[D | D > t] of a lognormal."""
    above = special.ndtr((mu + sigma**2 - np.log(t)) / sigma)
    return float(np.exp(mu + sigma**2 / 2) * above / special.ndtr((mu - np.log(t)) / sigma))


# --- how long it will last ----------------------------------------------------------------------


@pytest.mark.parametrize("hours", [0.01, 1.0, 6.0])
def test_an_exponential_duration_has_no_memory(hours: float) -> None:
    ratio = np.log(20.0) / -np.log(0.95)  # of a Weibull with shape one
    scale = 1.5
    low = -np.log(0.95) * scale
    rows = {f"incidents.{NETWORK}.duration": Belief("weibull", low, low * ratio)}
    found = after(hours, DEFAULT.with_(LEVELS | rows), cause=NETWORK, worlds=20_000)
    left = found.hours - hours
    assert close(left, scale)
    assert stats.kstest(left, stats.expon(scale=scale).cdf).pvalue > 0.01


@pytest.mark.parametrize("hours", [0.5, 4.0, 30.0, 200.0])
def test_a_lognormal_duration_has_its_conditional_mean(hours: float) -> None:
    scenario = DEFAULT.with_(LEVELS | UNCUT)
    mu, sigma = of_lognormal(scenario, f"incidents.{NETWORK}.duration")
    found = after(hours, scenario, cause=NETWORK, worlds=20_000)
    assert found.hours.min() >= hours
    assert close(found.hours, mean_beyond(mu, sigma, hours))


@pytest.mark.parametrize("hours", [0.5, 4.0, 30.0, 100.0])
def test_the_level_is_learned_with_the_length(hours: float) -> None:
    """Level and duration together are lognormal; the level's mean shifts by its part of it."""
    rows = {f"incidents.{NETWORK}.duration_level": Belief("lognormal", 0.4, 2.5)}
    scenario = DEFAULT.with_(UNCUT | KNOWN_RATES | rows)
    mu, sigma = of_lognormal(scenario, f"incidents.{NETWORK}.duration")
    of_level = of_lognormal(scenario, f"incidents.{NETWORK}.duration_level")
    whole = float(np.hypot(sigma, of_level[1]))
    found = after(hours, scenario, cause=NETWORK, worlds=20_000)
    assert close(found.hours, mean_beyond(mu + of_level[0], whole, hours))
    z = (np.log(hours) - mu - of_level[0]) / whole
    hazard = np.exp(stats.norm.logpdf(z) - special.log_ndtr(-z))
    levels = np.log(found.values[f"incidents.{NETWORK}.duration_level"])
    assert close(levels, of_level[0] + of_level[1] ** 2 / whole * hazard)


def test_it_is_cut_at_the_maximum_unless_it_is_beyond_it() -> None:
    scenario = DEFAULT.with_(LEVELS)
    power = "power_cooling_weather"
    below = after(300.0, scenario, cause=power)
    assert below.hours.max() == 336.0
    beyond = after(400.0, scenario, cause=power, worlds=20_000)
    mu, sigma = of_lognormal(scenario, f"incidents.{power}.duration")
    # What the belief's bound of a year leaves off is beyond five standard deviations.
    assert close(beyond.hours, mean_beyond(mu, sigma, 400.0), errors=4.0)
    assert beyond.hours.min() >= 400.0


@pytest.mark.parametrize(
    "duration", [Belief("uniform", 1.0, 2.0), Belief("pert", 1.0, 2.5, 2.0), certain(2.0)]
)
def test_beyond_what_the_belief_admits_is_an_error_that_says_so(duration: Belief) -> None:
    rows = {f"incidents.{NETWORK}.duration": duration}
    scenario = DEFAULT.with_(LEVELS | rows)
    assert after(1.5, scenario, cause=NETWORK).hours.max() <= 2.5
    with pytest.raises(ValueError, match="longer than any incident of network_latency"):
        after(3.0, scenario, cause=NETWORK)
    assert after(3.0, scenario).chance_of_cause[NETWORK] == 0.0


# --- which cause --------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [0.01, 3.0, 24.0])
def test_causes_weigh_by_rate_and_by_how_likely_they_last(hours: float) -> None:
    scenario = DEFAULT.with_(LEVELS | KNOWN_RATES)
    weight = []
    for cause, rate in zip(CAUSES, RATES, strict=True):
        mu, sigma = of_lognormal(scenario, f"incidents.{cause}.duration")
        weight.append(rate * special.ndtr((mu - np.log(hours)) / sigma))
    found = np.array(list(after(hours, scenario).chance_of_cause.values()))
    # Systematic choice: every count is within one of its expectation.
    assert np.abs(found - np.array(weight) / sum(weight)).max() <= 1 / 2000 + 1e-9


def test_it_is_as_the_engines_own_incidents_that_last_so_long() -> None:
    """Brute force: of many simulated incidents, those longer than t, in every respect."""
    hours, worlds = 6.0, 200_000
    ready = prepare(DEFAULT)
    values, _ = draw(ready, seed=9, block=(0, 0), worlds=worlds)
    young = {f"incidents.{c}.early_life_multiplier": np.asarray(1.0) for c in CAUSES}
    none = {"recurrence.repeat_ratio": np.asarray(0.0)}
    block = Block(9, (0, 1), worlds, np.arange(worlds))
    incidents = sample(ready, {**values, **young, **none}, block).incidents
    long = incidents.duration_h > hours
    found = after(hours, DEFAULT, worlds=10_000)
    for k, share in enumerate(found.chance_of_cause.values()):
        own = (incidents.cause[long] == k).astype(float)
        error = np.hypot(own.std() / np.sqrt(long.sum()), 0.5 / np.sqrt(found.effective))
        assert abs(share - own.mean()) < 3 * error
    for one, other in (
        (found.hours, incidents.duration_h[long]),
        (np.log(found.hours), np.log(incidents.duration_h[long])),
    ):
        error = np.hypot(
            one.std() * np.sqrt(1 / len(one) + 1 / found.effective),
            other.std() / np.sqrt(len(other)),
        )
        assert abs(one.mean() - other.mean()) < 3 * error
    plays = incidents.playback_loss[long]
    mine = found.ended_now.course.incidents.playback_loss.sum(axis=0)
    error = np.hypot(mine.std() / 100, plays.std() / np.sqrt(len(plays)))
    assert abs(mine.mean() - plays.mean()) < 3 * error


def test_a_named_cause_counts_alone_even_at_rate_zero() -> None:
    for rows in ({}, {f"incidents.{NETWORK}.rate_per_year": certain(0.0)}):
        found = after(2.0, DEFAULT.with_(rows), cause=NETWORK)
        assert found.chance_of_cause[NETWORK] == 1.0
    grown = DEFAULT.with_(new_cause("dns"))
    assert after(2.0, grown, cause="dns").chance_of_cause["dns"] == 1.0
    none = {f"incidents.{cause}.rate_per_year": certain(0.0) for cause in CAUSES}
    with pytest.raises(ValueError, match="longer than any incident of any cause"):
        after(2.0, DEFAULT.with_(none))


# --- at its very beginning ----------------------------------------------------------------------


def test_just_begun_it_is_the_replay_of_a_drawn_incident() -> None:
    """Total: the mean, over drawn lengths, of the plain replay of each length on many worlds."""
    rows = LEVELS | KNOWN_RATES | {f"incidents.{NETWORK}.duration": Belief("uniform", 3.0, 9.0)}
    scenario = DEFAULT.with_(rows)
    found = after(0.001, scenario, cause=NETWORK, worlds=20_000).figures()[1]
    middle = 3.0 + np.array([-1 / 3, 19 / 3])
    nodes, weights = np.polynomial.legendre.leggauss(5)
    each = [
        replay(scenario, typed("2026-05-04T13:00Z", h, cause=NETWORK), worlds=10_000).lines["loss"]
        for h in middle.mean() + nodes * np.diff(middle) / 2
    ]
    expected = np.tensordot(weights / 2, np.stack(each), axes=1)
    error = np.hypot(found.standard_error_usd, expected.std() / np.sqrt(len(expected)))
    assert abs(found.usd - expected.mean()) < 3 * error


def test_cost_so_far_is_the_replay_that_ends_now() -> None:
    scenario = DEFAULT.with_(LEVELS | KNOWN_RATES)
    found = after(5.0, scenario, losses=(0.5, 0.1, 0.05), cause=NETWORK, worlds=20_000)
    plain = replay(
        scenario, typed("2026-05-04T13:00Z", 5.0, 0.5, 0.1, 0.05, NETWORK), worlds=20_000
    ).lines["loss"]
    figure = found.figures()[0]
    error = np.hypot(figure.standard_error_usd, plain.std() / np.sqrt(len(plain)))
    assert abs(figure.usd - plain.mean()) < 3 * error


# --- what it costs ------------------------------------------------------------------------------


def test_costs_grow_with_the_hours() -> None:
    found = [after(hours, DEFAULT, cause=NETWORK) for hours in (0.5, 2.0, 8.0, 32.0)]
    so_far = [one.figures()[0].usd for one in found]
    total = [one.figures()[1].usd for one in found]
    assert so_far == sorted(so_far)
    assert total == sorted(total)
    for one in found:
        now, end, later = (
            each.lines["loss"] for each in (one.ended_now, one.ended, one.an_hour_on)
        )
        assert (end >= now * (1 - 1e-9)).all()
        assert (later > now).all()


def test_the_next_hour_is_ending_then_less_ending_now() -> None:
    found = after(4.0, DEFAULT)
    ends = found.an_hour_on.course.incidents.end_h - found.an_hour_on.course.start_h
    np.testing.assert_allclose(ends, 5.0)
    lines = found.an_hour_on.lines["loss"] - found.ended_now.lines["loss"]
    figure = found.figures()[2]
    assert figure.usd == pytest.approx(lines.mean())
    assert (figure.low_usd, figure.high_usd) == tuple(
        np.quantile(lines, (0.05, 0.95), method="inverted_cdf")
    )


def test_losses_given_are_kept_and_others_drawn() -> None:
    found = after(4.0, DEFAULT, losses=(0.4, None, 0.05))
    publish, playback, ads = (
        vars(found.ended.course.incidents)[f"{name}_loss"].sum(axis=0)
        for name in ("publish", "playback", "ads")
    )
    assert (publish == 0.4).all()
    assert (ads == 0.05).all()
    assert len(np.unique(playback)) == 2000


def test_long_incidents_are_deep_where_that_is_asked() -> None:
    """Losses are drawn with the length, also with what of it is still to come."""
    rows = {
        f"correlation.incidents.{NETWORK}.duration.with.incidents.{NETWORK}.{loss}": certain(0.8)
        for loss in ("publish_loss", "playback_loss", "ads_loss")
    }
    scenario = DEFAULT.with_(LEVELS | rows)
    early, late = (after(hours, scenario, cause=NETWORK) for hours in (0.1, 12.0))
    mine = late.ended.course.incidents.playback_loss[0]
    seen = stats.spearmanr(late.hours, mine).statistic
    assert 0.2 < seen < 0.8
    assert mine.mean() > 2 * early.ended.course.incidents.playback_loss[0].mean()


# --- a second region ----------------------------------------------------------------------------

SECOND = {
    "resilience.failover_success": certain(0.8),
    "resilience.residual_impairment": certain(0.0),
    "resilience.failover_time": Belief("lognormal", 1.0, 4.0),
    **{f"incidents.{cause}.common_cause": certain(0.25) for cause in CAUSES},
}


def test_a_failover_that_should_have_come_has_failed() -> None:
    """At its median time half have come: those left are 0.3 of 0.7."""
    scenario = DEFAULT.with_(LEVELS | SECOND | {f"incidents.{NETWORK}.duration": certain(50.0)})
    found = after(2.0, scenario, cause=NETWORK, worlds=20_000)
    ends = found.ended.course.incidents.end_h - found.ended.course.start_h
    early = ends < 50.0 - 1e-9
    assert abs(early.mean() - 3 / 7) < 3 * np.sqrt(12) / 7 / np.sqrt(20_000) + 0.002
    assert ends.min() >= 2.0
    # Those still to come are the upper half of the law.
    times = np.log(ends[early])
    sigma = np.log(4.0) / (2 * special.ndtri(0.95))
    assert close(times, np.log(2.0) + sigma * np.sqrt(2 / np.pi), errors=4.0)


def test_that_none_has_come_speaks_for_causes_in_both_regions() -> None:
    rows = SECOND | {f"incidents.{CAUSES[2]}.common_cause": certain(1.0)}
    same = {f"incidents.{cause}.duration": certain(50.0) for cause in CAUSES}
    found = after(2.0, DEFAULT.with_(LEVELS | KNOWN_RATES | rows | same))
    weight = np.array(RATES) * np.where(np.arange(4) == 2, 1.0, 0.7)
    shares = np.array(list(found.chance_of_cause.values()))
    assert np.abs(shares - weight / weight.sum()).max() <= 1 / 2000 + 1e-9


def test_even_a_failover_that_cannot_fail_has_failed() -> None:
    sure = SECOND | {
        "resilience.failover_success": certain(1.0),
        "resilience.failover_time": certain(1.0),
        **{f"incidents.{cause}.common_cause": certain(0.0) for cause in CAUSES},
    }
    found = after(3.0, DEFAULT.with_(sure), cause=NETWORK)
    ends = found.ended.course.incidents.end_h - found.ended.course.start_h
    np.testing.assert_allclose(ends, found.hours)


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [0.0, -1.0, 9000.0])
def test_it_has_begun_and_not_too_long_ago(hours: float) -> None:
    with pytest.raises(ValueError, match=r"now: .* 0\.001 to 8760 h after"):
        after(hours, DEFAULT)


def test_the_same_seed_gives_the_same_figures() -> None:
    one, two, other = (after(4.0, DEFAULT, seed=seed).figures() for seed in (3, 3, 4))
    assert one == two != other
