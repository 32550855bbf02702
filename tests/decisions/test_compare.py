"""Remedies on the same incidents: thinning, same luck, paired errors, costs (MODEL §5)."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict
from statistics import NormalDist

import numpy as np
import pytest

from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief, fit
from model.chain.per_year import price
from model.decisions import payback
from model.decisions.apply_remedies import treat
from model.decisions.best_set import frontier
from model.decisions.compare import Comparison, compare
from model.decisions.early_life import HORIZON_YEARS
from model.decisions.evaluate import evaluate
from model.decisions.remedies import BASELINE, variant
from model.decisions.repricing import gathered
from model.decisions.worth import offers_of
from model.drivers.shares import world_inputs
from model.runs import paired, standard_errors
from model.runs.blocks import BLOCK_YEARS, Plan, plan
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from model.worlds.prepared import prepare

DEFAULT = Scenario.default()
RATES = "incidents.*.rate_per_year"
YEARS = 6_000


def certain(value: float) -> Belief:
    return Belief("lognormal", value, value)


def scale(path: str, low: float, high: float | None = None) -> Change:
    return Change("scale", path, Belief("lognormal", low, low if high is None else high))


def put(path: str, low: float, high: float | None = None, shape: str = "lognormal") -> Change:
    return Change("set", path, Belief(shape, low, low if high is None else high))


def with_remedy(*changes: Change, base: Scenario = DEFAULT, name: str = "test") -> Scenario:
    return base.with_({f"remedies.{name}.change.{k}": c for k, c in enumerate(changes, 1)})


def run(
    *changes: Change, base: Scenario = DEFAULT, years: int = YEARS, seed: int = 3
) -> Comparison:
    return compare(with_remedy(*changes, base=base), [["test"]], years=years, seed=seed)


def apart(x: np.ndarray, y: np.ndarray) -> float:
    """Difference of the means of two independent samples, in standard errors."""
    error = np.sqrt(x.var() / len(x) + y.var() / len(y))
    return float(abs(x.mean() - y.mean()) / error)


def test_baseline_is_simulate_bit_for_bit() -> None:
    result = simulate(DEFAULT, years=YEARS, seed=3)
    found = compare(DEFAULT, years=YEARS, seed=3).evaluation
    assert np.array_equal(found.loss(0), result["loss_usd"])
    assert np.array_equal(found.net(0), result["net_loss_usd"])


def test_baseline_is_simulate_even_if_a_remedy_raises_a_rate() -> None:
    found = run(scale(RATES, 1.7)).evaluation
    assert np.array_equal(found.loss(0), simulate(DEFAULT, years=YEARS, seed=3)["loss_usd"])


@pytest.mark.parametrize(
    "path",
    [
        RATES,
        "incidents.*.duration",
        "incidents.*.publish_loss",
        "incidents.capacity.severity_level",
        "recurrence.repeat_ratio",
        "recurrence.repeat_lag",
        "resilience.failover_success",
        "publishing.retry_share",
        "costs.response_per_hour",
        "sla.scope_share",
    ],
)
def test_scale_by_one_saves_exactly_nothing(path: str) -> None:
    found = run(scale(path, 1.0), years=2000).evaluation
    assert np.array_equal(found.losses[1], found.losses[0])


def test_set_to_the_belief_in_force_saves_exactly_nothing_along_own_luck() -> None:
    duration = DEFAULT.belief("incidents.capacity.duration")
    change = Change("set", "incidents.capacity.duration", duration)
    found = run(change, years=2000).evaluation
    assert np.array_equal(found.losses[1], found.losses[0])


def test_no_incidents_no_loss() -> None:
    found = run(scale(RATES, 0.0)).evaluation
    assert found.loss(0).mean() > 0
    assert not found.loss(1).any()


def counts(scenario: Scenario, *changes: Change, seed: int = 5) -> np.ndarray:
    """Incidents per year before merging under the changes, `(years,)`."""
    named = with_remedy(*changes, base=scenario)
    one = variant("test", [m for m in named.remedies if m.name == "test"])
    years = 10_000
    cut = Plan(years, years, years)
    block, world_key, _, _ = cut.block(0, seed)
    pool, draws = gathered(prepare(named), block, world_key, [one])
    treated = treat(pool, one, draws)
    return np.bincount(treated.incidents.year[treated.present], minlength=years)


FLAT: Mapping[str, Belief] = {
    **{f"incidents.{cause}.rate_per_year": certain(1.2) for cause in DEFAULT.causes},
    **{f"incidents.{cause}.early_life_multiplier": certain(1.0) for cause in DEFAULT.causes},
    "recurrence.repeat_ratio": certain(0.0),
}


@pytest.mark.parametrize("k", [0.3, 1.0, 2.5])
def test_a_scaled_poisson_count_is_poisson(k: float) -> None:
    found = counts(DEFAULT.with_(FLAT), scale(RATES, k))
    n, mean = len(found), 4 * 1.2 * k
    assert abs(found.mean() - mean) < 4 * np.sqrt(mean / n)
    # The variance of a Poisson sample variance is (mean + 2 mean²)/n.
    assert abs(found.var() - mean) < 4 * np.sqrt((mean + 2 * mean**2) / n)


CAUSE = "incidents.change_and_configuration"
RATIO, LAG = "recurrence.repeat_ratio", "recurrence.repeat_lag"
OFTEN = DEFAULT.with_({RATIO: certain(0.4)})


@pytest.mark.parametrize(
    ("base", "change", "name", "ends"),
    [
        # A scaled logit-normal is none, so this one is certain on both sides.
        (OFTEN, scale(RATIO, 0.25), RATIO, (0.1, 0.1)),
        (DEFAULT, put(RATIO, 0.6), RATIO, (0.6, 0.6)),
        (OFTEN, put(LAG, 90.0), LAG, (90.0, 90.0)),
        (OFTEN, put(LAG, 0.5), LAG, (0.5, 0.5)),
        (DEFAULT, scale(f"{CAUSE}.rate_per_year", 3.0), f"{CAUSE}.rate_per_year", (0.45, 3.6)),
        (
            DEFAULT,
            put(f"{CAUSE}.early_life_multiplier", 12.0),
            f"{CAUSE}.early_life_multiplier",
            (12.0, 12.0),
        ),
        (
            DEFAULT,
            put(f"{CAUSE}.early_life_months", 30.0),
            f"{CAUSE}.early_life_months",
            (30.0, 30.0),
        ),
        (
            DEFAULT,
            put(f"{CAUSE}.early_life_months", 2.0),
            f"{CAUSE}.early_life_months",
            (2.0, 2.0),
        ),
    ],
)
def test_thinning_and_adding_equal_a_direct_simulation(
    base: Scenario, change: Change, name: str, ends: tuple[float, float]
) -> None:
    changed = base.with_({name: Belief(DEFAULT.belief(name).shape, *ends)})
    found = run(change, base=base, years=20_000, seed=4).evaluation.loss(1)
    expected = simulate(changed, years=20_000, seed=90)["loss_usd"]
    assert apart(found, expected) < 4
    number, expected_number = counts(base, change), counts(changed, seed=91)
    assert apart(number, expected_number) < 4
    assert apart(number**2, expected_number**2) < 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("publishing.retry_share", 0.95),
        ("resilience.failover_success", 0.9),
        ("incidents.capacity.severity_level", 0.3),
        ("incidents.capacity.duration_level", 2.0),
        ("costs.response_per_hour", 1e6),
        ("incidents.network_latency.playback_loss", 0.5),
        ("sla.scope_share", 1.0),
    ],
)
def test_a_certain_set_is_the_changed_scenario_with_the_same_luck(name: str, value: float) -> None:
    shape = DEFAULT.belief(name).shape
    changed = simulate(DEFAULT.with_({name: Belief(shape, value, value)}), years=2000, seed=3)
    found = run(put(name, value, shape=shape), years=2000).evaluation
    assert np.array_equal(found.loss(1), changed["loss_usd"])
    assert np.array_equal(found.net(1), changed["net_loss_usd"])


def test_scaled_durations_are_capped_again_from_what_was_drawn() -> None:
    base = DEFAULT.with_({"simulation.max_duration": certain(6.0)})
    durations = {
        f"incidents.{c}.duration": DEFAULT.belief(f"incidents.{c}.duration") for c in base.causes
    }
    halved = {name: Belief("lognormal", b.low / 2, b.high / 2) for name, b in durations.items()}
    found = run(scale("incidents.*.duration", 0.5), base=base, years=2000).evaluation.loss(1)
    expected = simulate(base.with_(halved), years=2000, seed=3)["loss_usd"]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_only_years_with_a_changed_incident_move() -> None:
    found = run(scale("incidents.capacity.rate_per_year", 0.5)).evaluation
    moved = found.loss(1) != found.loss(0)
    without = run(scale("incidents.capacity.rate_per_year", 0.0)).evaluation
    assert 0.02 < moved.mean() < 0.4
    assert not (moved & (without.loss(1) == without.loss(0))).any()


def test_pricing_some_years_equals_pricing_all() -> None:
    remedy = next(m for m in DEFAULT.remedies if m.name == "active_active")
    one = variant("a", [remedy])
    block, world_key, _, _ = plan(DEFAULT, 3000, None).block(0, 2)
    ready = prepare(DEFAULT)
    pool, draws = gathered(ready, block, world_key, [one])
    treated = treat(pool, one, draws)
    again = treated.years_unlike(treat(pool, BASELINE, draws))
    everything = price(ready, *treated.drawn(np.ones(3000, dtype=bool)))
    some = price(ready, *treated.drawn(again))
    assert 0 < again.mean() < 1
    assert np.array_equal(everything.columns[:, again], some.columns)


def test_order_of_remedies_does_not_matter() -> None:
    names = ["active_active", "second_provider", "quarterly_failover_drills"]
    one, other = (
        compare(DEFAULT, {"all": each}, years=2000, seed=1).evaluation
        for each in (names, names[::-1])
    )
    assert np.array_equal(one.losses, other.losses)


def test_set_comes_before_scale_and_the_better_set_counts() -> None:
    both = with_remedy(scale("resilience.playback_shield", 0.5), name="a")
    both = with_remedy(put("resilience.playback_shield", 0.8), base=both, name="b")
    both = with_remedy(put("resilience.playback_shield", 0.3), base=both, name="c")
    both = with_remedy(put("resilience.playback_shield", 0.4), base=both, name="d")
    found = compare(both, [["a", "b", "c"], ["d"]], years=2000).evaluation
    assert np.array_equal(found.loss(1), found.loss(2))


def test_two_remedies_for_the_same_minutes_do_not_add() -> None:
    pair = ("active_active", "graceful_degradation")
    found = compare(DEFAULT, [*([name] for name in pair), pair], years=YEARS).evaluation
    saved = found.loss(0) - found.losses[1:, 0]
    surplus = standard_errors.mean(saved[2] - saved[0] - saved[1], worlds=YEARS)
    assert surplus.high < -0.1 * saved[2].mean()
    assert (saved[2] - saved[0]).mean() > 0


def test_paired_interval_is_far_narrower() -> None:
    name = "quarterly_failover_drills"
    row = compare(DEFAULT, [[name]], years=YEARS).row(name)
    assert row.variance_reduction > 10
    assert row.delta_eal.high < 0


def test_sla_shows_in_the_net_loss_only() -> None:
    row = compare(DEFAULT, [["sla_renegotiated"]], years=YEARS).row("sla_renegotiated")
    assert row.delta_eal == standard_errors.Estimate(0.0, 0.0, 0.0, 0.0)
    assert row.net_benefit.value == pytest.approx(-row.annual_cost.value)
    assert row.delta_eal_net.high < 0


def test_components_of_the_saving_add_up() -> None:
    found = compare(DEFAULT, [["active_active"]], years=YEARS)
    parts = found.components("active_active")
    row = found.row("active_active")
    assert sum(p.value for p in parts.values()) == pytest.approx(-row.delta_eal.value)
    assert parts["playback"].standard_error > 0
    assert not found.evaluation.parts[0].total.any()


def test_costs_are_upfront_over_life_plus_annual() -> None:
    found = compare(DEFAULT, [["graceful_degradation"]], years=20_000)
    remedy = next(m for m in DEFAULT.remedies if m.name == "graceful_degradation")
    expected = fit(remedy.upfront.belief).mean() / remedy.life_years
    expected += fit(remedy.annual.belief).mean()
    cost = found.row("graceful_degradation").annual_cost
    assert abs(cost.value - expected) < 4 * cost.standard_error
    assert found.cost(1).min() > 0


BILL = "platform.cloud_bill_per_year"


def test_a_share_is_of_the_bill_of_the_same_world() -> None:
    """What a remedy costs follows the bill world by world, and the credit with it."""
    remedy = next(m for m in DEFAULT.remedies if m.name == "warm_standby")
    assert remedy.annual.is_share
    assert remedy.upfront.is_share
    certainly = {
        f"remedies.warm_standby.{price.row}": certain(share)
        for price, share in ((remedy.annual, 0.4), (remedy.upfront, 0.05))
    }
    found = compare(DEFAULT.with_(certainly), [["warm_standby"]], years=5000, seed=3)
    run = found.evaluation
    (bill,) = world_inputs(DEFAULT, plan(DEFAULT, 5000, None), 3, [BILL]).values()
    np.testing.assert_allclose(run.costs[0], (0.4 + 0.05 / remedy.life_years) * bill, rtol=1e-12)
    free = compare(DEFAULT, [["warm_standby"]], years=5000, seed=3).evaluation
    assert np.corrcoef(free.costs[0], bill)[0, 1] > 0.3


def test_life_weights_reproduce_older_platforms() -> None:
    found = compare(DEFAULT, [["graceful_degradation"]], years=25_000)
    weights, horizon = found.weights, int(HORIZON_YEARS)
    older = [
        simulate(
            DEFAULT.with_({"simulation.platform_age_months": certain(2.0 + 12 * k)}),
            years=25_000,
            seed=70 + k,
        )["loss_usd"]
        for k in range(horizon)
    ]
    mean = standard_errors.mean(weights, worlds=25_000)
    assert abs(mean.value - 1) < 4 * mean.standard_error
    assert 0.1 < weights.std() < 1.0
    assert found.older is None
    weighed = standard_errors.mean(weights * found.evaluation.loss(0), worlds=25_000)
    direct = [standard_errors.mean(x, worlds=25_000) for x in older]
    noise = np.linalg.norm([d.standard_error for d in direct]) / horizon
    error = np.hypot(weighed.standard_error, noise)
    assert abs(weighed.value - np.mean([d.value for d in direct])) < 4 * error


def test_long_troubled_youth_is_priced_again_at_its_average() -> None:
    names = [f"incidents.{c}.early_life_multiplier" for c in DEFAULT.causes]
    young = DEFAULT.with_({name: certain(25.0) for name in names})
    found = compare(young, [["change_freeze_progressive_delivery"]], years=6000, horizon_years=3.0)
    assert found.older is not None
    direct = [
        compare(
            young.with_({"simulation.platform_age_months": certain(2.0 + 12 * k)}),
            [["change_freeze_progressive_delivery"]],
            years=6000,
            seed=30 + k,
        )
        .rows()[1]
        .delta_eal
        for k in range(3)
    ]
    saving = found.rows()[1].saving
    expected = -np.mean([d.value for d in direct])
    error = np.hypot(saving.standard_error, np.linalg.norm([d.standard_error for d in direct]) / 3)
    # Averaging the rate instead of the years leaves out how incidents of a year add to each other.
    assert abs(saving.value - expected) < 4 * error + 0.05 * expected
    assert saving.value < -0.8 * found.rows()[1].delta_eal.value


def test_mature_platform_needs_no_weights() -> None:
    mature = DEFAULT.with_(
        {f"incidents.{c}.early_life_multiplier": certain(1.0) for c in DEFAULT.causes}
    )
    found = compare(mature, [["active_active"]], years=1000)
    assert (found.weights == 1.0).all()


def test_a_remedy_saves_the_same_alone_among_others_and_in_the_search() -> None:
    alone = compare(DEFAULT, [["quarterly_failover_drills"]], years=2000, seed=2)
    among = compare(DEFAULT, years=2000, seed=2)
    searched = frontier(DEFAULT, ["quarterly_failover_drills", "warm_standby"], years=2000, seed=2)
    saving = alone.row("quarterly_failover_drills").saving
    assert among.row("quarterly_failover_drills").saving == saving
    found = next(r for r in searched.rows if r.remedies == ("quarterly_failover_drills",))
    assert found.saving == saving
    lives = {m.life_years for m in DEFAULT.remedies if m.name in among.names}
    assert len(lives) > 1


def test_tail_difference_and_its_error() -> None:
    rng = np.random.default_rng(0)
    draws = [rng.exponential(size=2000) for _ in range(300)]
    found = [paired.tail_difference(0.5 * x, x, worlds=2000) for x in draws]
    # TVaR of a unit exponential at p is 1 + ln(1/(1 − p)).
    expected = -0.5 * (1 + np.log(20.0))
    values = np.array([f.value for f in found])
    assert abs(values.mean() - expected) < 4 * values.std() / np.sqrt(300) + 0.005
    stated = np.mean([f.standard_error for f in found])
    assert stated == pytest.approx(values.std(), rel=0.15)


def test_quantile_difference_error() -> None:
    rng = np.random.default_rng(1)
    found = [
        paired.quantile_difference(x, 0.7 * x, worlds=4000)
        for x in (rng.exponential(size=4000) for _ in range(300))
    ]
    values = np.array([f.value for f in found])
    assert abs(values.mean() - 0.3 * np.log(20.0)) < 4 * values.std() / np.sqrt(300) + 0.003
    assert np.mean([f.standard_error for f in found]) == pytest.approx(values.std(), rel=0.15)


def test_share_of_worlds_that_pay_back_is_not_blurred_by_luck() -> None:
    rng = np.random.default_rng(5)
    worlds, years = 4000, 40
    expected = rng.normal(size=worlds)
    saving = (expected[:, None] + rng.normal(scale=5.0, size=(worlds, years))).ravel()
    cost = np.full(worlds, -0.8)
    truth = 1 - NormalDist().cdf(-0.8)
    found = payback.pays_back_worlds(saving, cost, worlds=worlds)
    naive = (saving.reshape(worlds, years).mean(axis=1) >= -0.8).mean()
    assert found is not None
    assert abs(found.value - truth) < 4 * found.standard_error
    assert abs(naive - truth) > 4 * found.standard_error
    assert payback.pays_back_worlds(saving[:400], cost[:100], worlds=100) is None


def test_pays_back_worlds_appears_with_many_years_per_world() -> None:
    found = compare(DEFAULT, [["graceful_degradation"]], years=5000, worlds=100)
    (offer,) = offers_of(found, found, 25e6)
    assert offer.pays is not None
    assert offer.pays == payback.pays_back_worlds(found.saving(1), found.cost(1), worlds=100)
    few = compare(DEFAULT, [["graceful_degradation"]], years=500)
    assert offers_of(few, few, 25e6)[0].pays is None


def test_breach_before_and_after() -> None:
    found = compare(DEFAULT, [["active_active"]], years=YEARS)
    before, after = (row.p_breach for row in found.rows(20e6))
    assert after.high < before.low
    assert before.value == (found.evaluation.loss(0) > 20e6).mean()


def test_curve_falls() -> None:
    found = compare(DEFAULT, [["active_active"]], years=YEARS)
    base, residual = found.curve("baseline"), found.curve("active_active")
    assert (np.diff(base["loss_usd"]) >= 0).all()
    assert (residual["loss_usd"] <= base["loss_usd"]).all()


def test_workers_and_executor_do_not_matter() -> None:
    one = variant("a", [DEFAULT.remedies[6]])
    cut = plan(DEFAULT, 2 * BLOCK_YEARS, None)
    with ThreadPoolExecutor(1) as executor:
        lone = evaluate(DEFAULT, [one], cut=cut, executor=executor)
    with ProcessPoolExecutor(1) as executor:
        apart = evaluate(DEFAULT, [one], cut=cut, executor=executor)
    many = evaluate(DEFAULT, [one], cut=cut)
    assert np.array_equal(lone.losses, many.losses)
    assert np.array_equal(lone.losses, apart.losses)
    assert lone.saved(1) == many.saved(1) == apart.saved(1)


def test_on_block_reports_and_can_end_the_run() -> None:
    seen: list[tuple[int, int]] = []
    compare(
        DEFAULT,
        [["active_active"]],
        years=BLOCK_YEARS + 500,
        on_block=lambda a, b: seen.append((a, b)),
    )
    assert seen == [(1, 2), (2, 2)]

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        compare(DEFAULT, [["active_active"]], years=BLOCK_YEARS + 500, on_block=stop)


def test_usual_sets_are_those_switched_on_and_all_together() -> None:
    on = DEFAULT.with_(
        {f"remedies.{n}.on": certain(1.0) for n in ("warm_standby", "capacity_headroom")}
    )
    names = compare(on, years=200).names
    assert names == (
        "baseline",
        "warm_standby",
        "capacity_headroom",
        "warm_standby + capacity_headroom",
    )


def test_unknown_remedy_is_named_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="warm_standby"):
        compare(DEFAULT, [["warm_standbye"]], years=100)


def test_dealing_variants_out_to_cores_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    variants = [variant(m.name, [m]) for m in DEFAULT.remedies]
    cut = plan(DEFAULT, 1500, 300)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    whole = evaluate(DEFAULT, variants, cut=cut, remedies=DEFAULT.remedies, lives=[3.0])
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    dealt = evaluate(DEFAULT, variants, cut=cut, remedies=DEFAULT.remedies, lives=[3.0])
    assert np.array_equal(whole.losses, dealt.losses)
    for k in range(len(whole.variants)):
        np.testing.assert_equal(asdict(whole.parts[k]), asdict(dealt.parts[k]))
    assert np.array_equal(whole.costs, dealt.costs)
    assert np.array_equal(whole.weights[3.0], dealt.weights[3.0])


def test_long_worlds_spread_over_blocks_keep_one_draw_of_the_remedy() -> None:
    years = 2 * BLOCK_YEARS
    found = compare(DEFAULT, [["graceful_degradation"]], years=2 * years, worlds=2)
    assert found.cost(1).shape == (2,)
    assert found.cost(1)[0] != found.cost(1)[1]
    direct = simulate(DEFAULT, years=2 * years, worlds=2)
    assert np.array_equal(found.evaluation.loss(0), direct["loss_usd"])


def test_a_cause_that_was_off_can_be_switched_on() -> None:
    name = "incidents.capacity.rate_per_year"
    off = DEFAULT.with_({name: certain(0.0)})
    number = counts(off, put(name, 2.0))
    assert apart(number, counts(DEFAULT.with_({name: certain(2.0)}), seed=92)) < 4
    found = run(put(name, 2.0), base=off, years=2000).evaluation
    assert np.array_equal(found.loss(0), simulate(off, years=2000, seed=3)["loss_usd"])


def test_a_better_tier_of_the_contract() -> None:
    change = Change("set", "sla.tier_2.credit", certain(0.5))
    found = run(change, years=3000).evaluation
    expected = simulate(DEFAULT.with_({"sla.tier_2.credit": certain(0.5)}), years=3000, seed=3)
    assert np.array_equal(found.net(1), expected["net_loss_usd"])
    assert np.array_equal(found.loss(1), found.loss(0))


def test_an_own_cause_is_treated_like_the_others() -> None:
    fields = {
        "rate_per_year": certain(3.0),
        "duration": Belief("lognormal", 0.5, 5.0),
        "publish_loss": Belief("logitnormal", 0.1, 0.5),
        "playback_loss": Belief("logitnormal", 0.1, 0.5),
        "ads_loss": Belief("logitnormal", 0.1, 0.5),
    }
    own = DEFAULT.with_({f"incidents.solar_storm.{k}": v for k, v in fields.items()})
    found = run(scale("incidents.solar_storm.rate_per_year", 0.0), base=own, years=3000)
    direct = simulate(
        own.with_({"incidents.solar_storm.rate_per_year": certain(0.0)}), years=3000, seed=3
    )
    np.testing.assert_allclose(found.evaluation.loss(1), direct["loss_usd"], rtol=1e-9)


def test_differences_stay_paired_where_another_variant_raises_repeats() -> None:
    """The baseline is then thinned from a larger sample, and still has the variant's luck."""
    scenario = with_remedy(scale("costs.response_per_hour", 1.001), name="small")
    scenario = with_remedy(scale("recurrence.repeat_ratio", 1.5), base=scenario, name="more")
    by_name = {one.name: variant(one.name, [one]) for one in scenario.remedies}
    cut = plan(scenario, 3000, None)
    found = evaluate(scenario, [by_name["small"]], cut=cut, seed=3, covering=[by_name["more"]])
    change = found.loss(1) - found.loss(0)
    assert np.all(np.abs(change) <= 0.001 * np.maximum(found.loss(0), 0.0) + 1e-6)
    assert change.mean() > 0
