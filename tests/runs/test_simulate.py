"""The run as a whole: same bytes anywhere, conservation, limits and the sanity figures."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given import without_loss_correlation, without_rate_correlation

from model.assumptions.declaration import Assumption
from model.assumptions.lookup import declared, drawn_from
from model.beliefs.belief import Belief
from model.chain.ledger import AD_REVENUE, COMPONENTS, COSTS, RECAPTURE
from model.chain.per_year import COLUMNS
from model.chain.types import PhasedIncidents
from model.decisions.counterfactuals import mature
from model.incidents.draw import Sampled, sample
from model.incidents.types import Incidents
from model.limits import MOST_YEARS
from model.runs import simulate as simulating
from model.runs.blocks import BLOCK_YEARS, plan
from model.runs.result import Result
from model.runs.reuse import fast_links, what_is_reused
from model.runs.reuse import incidents as drawn_again
from model.runs.reuse.what_is_reused import simulate
from model.runs.tally import Tally
from model.scenario import results_versions
from model.scenario.scenario import Scenario
from model.worlds import draw as worlds_drawn
from model.worlds.draw import draw
from model.worlds.prepared import Fitted, Prepared, distribution, prepare
from model.worlds.streams import Block

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = Scenario.default()
CAUSES = DEFAULT.causes
GROSS = AD_REVENUE
SOME = 3 * BLOCK_YEARS + 101


def known(value: float) -> Belief:
    return Belief("normal", value, value)


@lru_cache(maxsize=4)
def default_run(years: int = SOME) -> Result:
    return simulate(DEFAULT, years=years, seed=11)


def assert_same_bytes(one: Result, other: Result) -> None:
    for name in COLUMNS:
        assert one[name].tobytes() == other[name].tobytes(), name
    assert repr(one.measures()) == repr(other.measures())  # nan, too, where there is no error
    assert one.by_cause() == other.by_cause()
    for name, values in one.per_minute().items():
        np.testing.assert_array_equal(values, other.per_minute()[name])
    for name, column in one.tally.sample.columns.items():
        np.testing.assert_array_equal(column, other.tally.sample.columns[name])


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_same_bytes_for_any_number_of_threads(workers: int) -> None:
    with ThreadPoolExecutor(workers) as executor:
        assert_same_bytes(simulate(DEFAULT, years=SOME, seed=11, executor=executor), default_run())


@pytest.mark.parametrize("worlds", [SOME, 2])
def test_same_bytes_in_other_processes(worlds: int) -> None:
    """One year per world, and worlds so long that each is cut into several blocks."""
    years = SOME if worlds == SOME else SOME + 1
    with ProcessPoolExecutor(2) as executor:
        away = simulate(DEFAULT, years=years, worlds=min(worlds, years), seed=11, executor=executor)
    assert_same_bytes(away, simulate(DEFAULT, years=years, worlds=min(worlds, years), seed=11))


def test_whole_blocks_do_not_depend_on_how_many_follow() -> None:
    short, long = default_run(2 * BLOCK_YEARS), default_run()
    for name in COLUMNS:
        np.testing.assert_array_equal(short[name], long[name][: 2 * BLOCK_YEARS], name)


def test_seeds_differ_and_repeat() -> None:
    """Seed 0 is a seed like any other, not the absence of one."""
    runs = {seed: simulate(DEFAULT, years=500, seed=seed)["loss_usd"] for seed in (0, 1, 2**63)}
    assert len({values.tobytes() for values in runs.values()}) == 3
    again = simulate(DEFAULT, years=500, seed=0)["loss_usd"]
    np.testing.assert_array_equal(again, runs[0])
    np.testing.assert_array_equal(simulate(DEFAULT, years=500)["loss_usd"], again)


@pytest.mark.parametrize("years", [0, -5, 1.5, True, MOST_YEARS + 1, "100", None])
def test_size_of_a_run_is_checked(years: object) -> None:
    with pytest.raises(ValueError, match="years"):
        simulate(DEFAULT, years=years)  # type: ignore[arg-type]


@pytest.mark.parametrize("worlds", [0, 7, 101, 2.0, True])
def test_worlds_must_divide_the_years(worlds: object) -> None:
    with pytest.raises(ValueError, match="worlds"):
        simulate(DEFAULT, years=100, worlds=worlds)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 0.5, True, None])
def test_seed_is_checked(seed: object) -> None:
    with pytest.raises(ValueError, match="seed"):
        simulate(DEFAULT, years=10, seed=seed)  # type: ignore[arg-type]


def test_one_year_is_a_run() -> None:
    result = simulate(DEFAULT, years=1)
    assert result["loss_usd"].shape == (1,)
    assert np.isnan(result.measure("eal").standard_error)


@pytest.mark.parametrize(("years", "worlds"), [(2000, 40), (2000, 1), (2 * BLOCK_YEARS + 60, 3)])
def test_years_of_a_world_share_what_is_not_known(years: int, worlds: int) -> None:
    years -= years % worlds
    result = simulate(DEFAULT, years=years, worlds=worlds, seed=4)
    revenue = result["revenue_usd"].reshape(worlds, -1)
    assert (revenue == revenue[:, :1]).all()
    assert len(np.unique(revenue)) == worlds
    incidents = result["incidents"].reshape(worlds, -1)
    assert all(len(np.unique(row)) > 1 for row in incidents), "luck differs from year to year"


def test_variance_within_a_world_is_less_than_in_all() -> None:
    """Poisson counts in a world; over worlds the uncertain rate adds its own spread."""
    result = simulate(DEFAULT, years=50_000, worlds=500, seed=4)
    by_world = result["incidents"].reshape(500, -1)
    between = by_world.mean(axis=1).var()
    assert by_world.var(axis=1).mean() + between == pytest.approx(by_world.var(), rel=1e-9)
    assert between > 20 * by_world.var(axis=1).mean() / 100


def test_progress_is_told_after_each_block_and_can_end_the_run() -> None:
    seen: list[tuple[int, int]] = []
    simulate(DEFAULT, years=SOME, on_block=lambda done, total: seen.append((done, total)))
    assert seen == [(k, 4) for k in range(1, 5)]

    class EnoughError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        simulate(DEFAULT, years=SOME, on_block=stop)


def peak_beyond_columns(years: int) -> int:
    """Bytes at the peak of a run in one thread, less the columns that are kept."""
    tracemalloc.start()
    with ThreadPoolExecutor(1) as executor:
        simulate(DEFAULT, years=years, seed=11, executor=executor)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - years * len(COLUMNS) * 8


def test_memory_beyond_the_columns_does_not_grow_with_the_years() -> None:
    """Six blocks or twelve: a few are under way at a time, the rest waits or is done."""
    simulate(DEFAULT, years=1000)  # tables that are built once
    few, many = peak_beyond_columns(300_000), peak_beyond_columns(600_000)
    assert many < 1.25 * few
    assert many < 200e6


# --- conservation, in every single year -------------------------------------------------------


@lru_cache(maxsize=1)
def every_line_at_work() -> Result:
    """Failover, shield, part of the loss borne by others: no line of the ledger is zero."""
    scenario = DEFAULT.with_(
        {
            "platform.loss_share_borne": Belief("logitnormal", 0.3, 0.8),
            "revenue.subscriptions_per_year": Belief("lognormal", 1e9, 2e9),
            "resilience.failover_success": Belief("logitnormal", 0.3, 0.9),
            "resilience.residual_impairment": Belief("logitnormal", 0.05, 0.5),
            "resilience.playback_shield": Belief("logitnormal", 0.05, 0.5),
        }
    )
    return simulate(scenario, years=20_000, seed=2)


def test_components_add_up_to_the_loss_in_every_year() -> None:
    result = every_line_at_work()
    total = sum(result[f"{name}_usd"] for name in COMPONENTS)
    scale = sum(np.abs(result[f"{name}_usd"]) for name in COMPONENTS)
    assert (np.abs(total - result["loss_usd"]) <= 1e-12 * scale).all()
    net = result["loss_usd"] + result["sla_credit_usd"]
    assert (np.abs(net - result["net_loss_usd"]) <= 1e-12 * scale).all()
    for name in (*COMPONENTS, "sla_credit"):
        assert np.any(result[f"{name}_usd"] != 0.0), name


def test_parts_are_parts() -> None:
    result = every_line_at_work()
    assert (result["retention_permanent_usd"] <= result["retention_usd"] * (1 + 1e-12)).all()
    assert (result["largest_loss_usd"] <= result["loss_usd"] * (1 + 1e-9)).all()
    assert (result["uploads_abandoned"] <= result["uploads_failed"]).all()
    slow = result["creator_attrition_usd"] + result["retention_usd"] + result["ad_price_usd"]
    slow = slow + result["commerce_usd"] + result["subscriptions_usd"]
    assert (result["after_year_usd"] <= slow * (1 + 1e-9)).all()
    assert (result["after_year_usd"] >= 0).all()
    for name in (*RECAPTURE, "borne_by_others", "sla_credit"):
        assert (result[f"{name}_usd"] <= 0).all(), name


def test_years_without_incident_lose_exactly_nothing() -> None:
    result = every_line_at_work()
    quiet = result["incidents"] == 0
    assert quiet.any()
    for name in COLUMNS:
        if name != "revenue_usd":
            assert (result[name][quiet] == 0.0).all(), name
    assert (result["loss_usd"][~quiet] > 0).all()


def test_breakdowns_agree_with_the_total() -> None:
    result = every_line_at_work()
    eal = result.measure("eal").value
    assert sum(e.value for e in result.by_cause().values()) == pytest.approx(eal, rel=1e-9)
    assert sum(e.value for e in result.components().values()) == pytest.approx(eal, rel=1e-9)
    assert result.tally.incidents == result["incidents"].sum()
    assert result.tally.before_merging >= result.tally.incidents
    loss, minutes = result.tally.by_hour[:2]
    assert loss.sum() == pytest.approx(result["loss_usd"].sum(), rel=1e-9)
    # Outage hours end with the impairment, incidents' own lengths do not.
    assert minutes.sum() / 60.0 >= result["incident_h"].sum()


# --- limits -------------------------------------------------------------------------------------


def all_causes(**fields: Belief) -> dict[str, Belief | str]:
    return {f"incidents.{c}.{name}": belief for c in CAUSES for name, belief in fields.items()}


def test_nothing_fails_and_exactly_nothing_is_lost() -> None:
    nothing = {name: known(0.0) for name in ("publish_loss", "playback_loss", "ads_loss")}
    free = {f"costs.response_per_{unit}": known(0.0) for unit in ("incident", "hour")}
    result = simulate(DEFAULT.with_(all_causes(**nothing) | free), years=5000)
    assert result["incidents"].sum() > 5000
    for name in COLUMNS:
        if name not in ("incidents", "incident_h", "revenue_usd"):
            assert (result[name] == 0.0).all(), name


def test_no_cause_and_exactly_nothing_happens() -> None:
    result = simulate(DEFAULT.with_(all_causes(rate_per_year=known(0.0))), years=1000)
    assert result["revenue_usd"].min() > 0
    for name in COLUMNS:
        if name != "revenue_usd":
            assert (result[name] == 0.0).all(), name
    assert result.measure("p_no_incident").value == 1.0
    assert result.measure("tvar_99").value == 0.0


def test_scaling_revenue_scales_every_line_of_revenue() -> None:
    streams = ("platform.ad_revenue_per_year", "revenue.commerce_per_year")
    earned = {name: DEFAULT.belief(name) for name in streams}
    tenfold = {name: Belief(b.shape, 10 * b.low, 10 * b.high) for name, b in earned.items()}
    one = simulate(DEFAULT, years=5000)
    ten = simulate(DEFAULT.with_(tenfold), years=5000)
    for name in (*(f"{c}_usd" for c in COMPONENTS if c != "response"), "revenue_usd"):
        np.testing.assert_allclose(ten[name], 10.0 * one[name], rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(ten["response_usd"], one["response_usd"])
    np.testing.assert_allclose(ten["minutes_lost"], one["minutes_lost"], rtol=1e-12)


def test_ad_revenue_lost_stays_below_the_revenue_of_the_worst_year() -> None:
    """500 long outages a year, everything down: the year is one outage and costs the year.

    Ad revenue lost is capped (MODEL §4.8); what is paid out comes on top.
    """
    wreck = {
        "rate_per_year": known(500.0 / len(CAUSES)),
        "duration": Belief("lognormal", 12.0, 336.0),
        "publish_loss": Belief("logitnormal", 0.8, 0.99),
        "playback_loss": Belief("logitnormal", 0.8, 0.99),
    }
    ads_alone = {"revenue.commerce_per_year": known(0.0)}
    result = simulate(DEFAULT.with_(all_causes(**wreck) | ads_alone), years=400)
    gross = sum(result[f"{name}_usd"] for name in GROSS)
    assert (gross <= result["revenue_usd"] * (1 + 1e-12)).all()
    assert gross.mean() > 0.9 * result["revenue_usd"].mean()
    paid = sum(result[f"{name}_usd"] for name in COSTS)
    assert (result["loss_usd"] <= (result["revenue_usd"] + paid) * (1 + 1e-12)).all()
    assert (paid > 0.001 * result["revenue_usd"]).all()
    total = sum(result[f"{name}_usd"] for name in COMPONENTS)
    np.testing.assert_allclose(total, result["loss_usd"], rtol=1e-12)
    assert (result["incident_h"] >= 8000.0).all()


def test_loss_stays_below_revenue_with_500_outages_a_year() -> None:
    """Of the losses that the causes have by default, from five hours to two weeks each."""
    many = {"rate_per_year": known(125.0), "duration": Belief("lognormal", 5.0, 336.0)}
    result = simulate(DEFAULT.with_(all_causes(**many)), years=400)
    assert (result["loss_usd"] <= result["revenue_usd"]).all()
    assert (result["loss_usd"] > 0.05 * result["revenue_usd"]).all()


def test_cpm_and_audience_move_no_dollar() -> None:
    """MODEL §2: they move impressions and minutes only."""
    changes = {
        "platform.cpm": Belief("lognormal", 1.0, 2.0),
        "platform.daily_users": Belief("lognormal", 10e6, 20e6),
        "platform.minutes_per_user_day": known(30.0),
    }
    one, other = simulate(DEFAULT, years=2000), simulate(DEFAULT.with_(changes), years=2000)
    np.testing.assert_array_equal(one["loss_usd"], other["loss_usd"])
    assert (one["minutes_lost"] != other["minutes_lost"]).any()


def test_every_belief_may_be_certain() -> None:
    """One at a time and all at once: a known value is a number where others are arrays."""
    medians = {}
    for name in DEFAULT.names():
        if isinstance(declared(name), Assumption) and not DEFAULT.belief(name).certain:
            medians[name] = known(distribution(DEFAULT, name).median())
    for name, belief in medians.items():
        assert np.isfinite(simulate(DEFAULT.with_({name: belief}), years=100)["loss_usd"]).all()
    result = simulate(DEFAULT.with_(medians), years=5000)
    assert result["loss_usd"].std() > 0, "luck remains"


def test_every_belief_may_lie_on_its_bounds() -> None:
    """Certain at the lowest and at the highest value allowed, nothing overflows (MODEL §2)."""
    for name in DEFAULT.names():
        item = declared(name)
        if not isinstance(item, Assumption):
            continue
        for value in (1e-6 if item.lower_open else item.lower, item.upper):
            result = simulate(DEFAULT.with_({name: known(value)}), years=60)
            for column in COLUMNS:
                assert np.isfinite(result[column]).all(), (name, value, column)
            gross = sum(result[f"{part}_usd"] for part in GROSS)
            assert (gross <= result["revenue_usd"] * (1 + 1e-9)).all(), (name, value)


# --- one change, one difference -----------------------------------------------------------------


def incidents_of(scenario: Scenario, cause: str) -> dict[str, np.ndarray]:
    """The incidents of one cause among 3000 years of all, before merging."""
    block = Block(6, (0, 1), 3000, np.arange(3000))
    ready = prepare(scenario)
    values, _ = draw(ready, seed=6, block=(0, 0), worlds=3000)
    drawn: Sampled = sample(ready, values, block)
    own = drawn.incidents.cause == scenario.causes.index(cause)
    columns = vars(drawn.incidents)
    return {name: columns[name][own] for name in columns if name != "cause"}


@pytest.mark.parametrize(
    "change",
    [
        {"incidents.capacity.rate_per_year": Belief("lognormal", 1.0, 9.0)},
        {"incidents.capacity.rate_per_year": known(0.0)},
        {"incidents.capacity.rate_per_year": known(2.0)},
        {"incidents.capacity.duration": Belief("gamma", 1.0, 9.0)},
        {"incidents.capacity.timing": "winter"},
        {"platform.cpm": known(5.0)},
        {"incidents.earthquake.rate_per_year": known(1.0)}
        | {f"incidents.earthquake.{loss}": known(0.5) for loss in ("publish_loss", "playback_loss")}
        | {
            "incidents.earthquake.ads_loss": known(0.5),
            "incidents.earthquake.duration": known(5.0),
        },
    ],
    ids=["rate", "off", "certain rate", "duration", "timing", "another group", "another cause"],
)
def test_changing_one_cause_leaves_the_others_as_they_were(change: dict) -> None:
    for cause in ("power_cooling_weather", "network_latency", "change_and_configuration"):
        before, after = incidents_of(DEFAULT, cause), incidents_of(DEFAULT.with_(change), cause)
        for name, values in before.items():
            np.testing.assert_array_equal(after[name], values, err_msg=f"{cause} {name}")


def test_cause_that_never_strikes_changes_nothing() -> None:
    zero = {f"incidents.none.{name}": known(0.0) for name in ("rate_per_year", "publish_loss",
            "playback_loss", "ads_loss")} | {"incidents.none.duration": known(1.0)}  # fmt: skip
    one, other = simulate(DEFAULT, years=2000), simulate(DEFAULT.with_(zero), years=2000)
    for name in COLUMNS:
        np.testing.assert_array_equal(one[name], other[name], name)


# --- the sanity figures of MODEL §2 ----------------------------------------------------------

SANITY_YEARS = 100_000


def figures(scenario: Scenario) -> dict[str, float]:
    result = simulate(scenario, years=SANITY_YEARS, seed=5)
    names = ("eal", "p_no_incident", "p50", "p90", "p95", "p99", "incidents")
    return {name: result.measure(name).value for name in names}


RESULTS_1 = {
    "revenue.commerce_per_year": Belief("lognormal", 0.0, 0.0),
    "ads.pacing_horizon": Belief("lognormal", 87600.0, 87600.0),
    **{
        name: belief
        for name, belief in results_versions._DEFAULTS_OF_1.items()
        if not name.startswith("remedies.")
    },
    **without_loss_correlation(),
}
"""What MODEL §2's figures of results 1 assumed; without a horizon budgets make up a fixed share."""


def test_sanity_figures_without_correlation_of_the_rates() -> None:
    """MODEL §2 from two quick implementations: EAL 8–9 M, median 4, P90 22, P95 32, P99 70, 18 %.

    They drew the causes' rates independently; the ranges are what rounding in MODEL leaves, and
    what further days of failing add (1 %).
    """
    found = figures(DEFAULT.with_(RESULTS_1).with_(without_rate_correlation()))
    assert 8e6 < found["eal"] < 9e6
    assert 0.175 < found["p_no_incident"] < 0.185
    assert 3.6e6 < found["p50"] < 4.4e6
    assert 21e6 < found["p90"] < 22.5e6
    assert 31.5e6 < found["p95"] < 34e6
    assert 67e6 < found["p99"] < 75e6


def test_sanity_figures_with_rates_correlated_by_half() -> None:
    """The default's ρ = 0.5 makes quiet years quieter and bad ones worse at the same mean.

    When all causes tend to be rare together, years without incident go from 18 to 22 % and the
    median falls to 3.4 M; when all are frequent together, P95 rises by 1.5 M and P99 by 3–4 M.
    """
    found = figures(DEFAULT.with_(RESULTS_1))
    assert 8e6 < found["eal"] < 9e6
    assert 0.212 < found["p_no_incident"] < 0.223
    assert 3.3e6 < found["p50"] < 3.6e6
    assert 21.5e6 < found["p90"] < 22.8e6
    assert 33e6 < found["p95"] < 35e6
    assert 70e6 < found["p99"] < 78e6
    assert 2.2 < found["incidents"] < 2.35


def test_the_main_figures_of_today() -> None:
    """Results 2: less is lost to trust and late return, commerce comes on top (CHANGELOG)."""
    found = figures(DEFAULT)
    assert 8e6 < found["eal"] < 9e6
    assert 2.8e6 < found["p50"] < 3.3e6
    assert 32e6 < found["p95"] < 35.5e6
    ads = figures(DEFAULT.with_({"revenue.commerce_per_year": known(0.0)}))
    assert 0.90 < ads["eal"] / found["eal"] < 0.94


def chance_of_a_quiet_year(scenario: Scenario) -> float:
    """E[e^(−Σ mean counts)] over worlds: exact but for the worlds, no incident drawn."""
    values, _ = draw(prepare(scenario), seed=9, block=(0, 0), worlds=200_000)
    age, total = 2.0, 0.0
    for cause in scenario.causes:
        rate = values[f"incidents.{cause}.rate_per_year"]
        excess = values[f"incidents.{cause}.early_life_multiplier"] - 1.0
        # The timing weight and the fade are independent enough for flat causes only.
        assert np.ndim(rate) == 1
        fade = np.exp(-age / 6.0) * 6.0 / 12.0 * -np.expm1(-12.0 / 6.0)
        total = total + rate * (1.0 + excess * fade)
    return float(np.exp(-total).mean())


@pytest.mark.parametrize("correlated", [True, False])
def test_chance_of_a_quiet_year_is_the_mean_of_exponentials(correlated: bool) -> None:
    """All timings flat, so that early life has its closed form; repeats never come first."""
    changes = dict.fromkeys((f"incidents.{cause}.timing" for cause in CAUSES), "flat")
    changes |= {} if correlated else without_rate_correlation()
    scenario = DEFAULT.with_(changes)
    got = simulate(scenario, years=50_000, seed=5).measure("p_no_incident")
    true = chance_of_a_quiet_year(scenario)
    assert abs(got.value - true) < 4 * np.hypot(got.standard_error, 0.2 / np.sqrt(200_000))


def test_any_executor_will_do() -> None:
    """An executor that runs everything at once in the caller's thread."""

    class Immediate(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            future = super().submit(fn, *args, **kwargs)
            future.result()
            return future

    executor: Executor
    with Immediate(1) as executor:
        assert_same_bytes(simulate(DEFAULT, years=SOME, seed=11, executor=executor), default_run())


# --- what an everyday run keeps for the next ----------------------------------------------------


def loss_of_a_fresh_process(changes: str) -> bytes:
    """The yearly losses of a run in a process that has kept nothing."""
    code = (
        "import sys; from model import Scenario, simulate\n"
        "from model.beliefs.belief import Belief\n"
        f"scenario = Scenario.default().with_({changes})\n"
        "sys.stdout.buffer.write(simulate(scenario, years=300, seed=4)['loss_usd'].tobytes())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    return run.stdout


def test_what_the_last_run_drew_does_not_show() -> None:
    """Whatever was simulated before, a scenario's numbers are those of a fresh process."""
    rate = "incidents.capacity.rate_per_year"
    changes = (
        {"platform.cpm": Belief("lognormal", 5, 9)},
        {rate: Belief("lognormal", 0.5, 2)},
        {rate: Belief("lognormal", 0.5, 2), "trust.recovery": Belief("lognormal", 9, 30)},
        {f"correlation.{rate}.with.platform.cpm": Belief("normal", 0.4, 0.4)},
    )
    for change in changes:
        scenario = DEFAULT.with_(change)
        simulate(DEFAULT, years=300, seed=4)
        now = simulate(scenario, years=300, seed=4)["loss_usd"]
        assert now.tobytes() == loss_of_a_fresh_process(repr(change))


FAILING_OVER = DEFAULT.with_({"resilience.failover_success": Belief("logitnormal", 0.3, 0.9)})
OTHER_WORDS = {
    "2026-04-01": "2026-07-01",
    "flat": "winter",
    "USD": "EUR",
    "America/New_York": "Asia/Kolkata",
}


def moved(scenario: Scenario, name: str) -> dict[str, Belief | str]:
    """One assumption a step away from where it is, as a slider or a menu would move it."""
    item = declared(name)
    if not isinstance(item, Assumption):
        usual = DEFAULT.word(name)
        other = f"Another {name}" if item.longest else OTHER_WORDS.get(usual, "flat")
        return {name: usual if scenario.word(name) != usual else other}
    belief = scenario.belief(name)
    if not belief.certain:
        return {name: replace(belief, high=belief.low + 0.9 * (belief.high - belief.low))}
    more = belief.low * 1.01 if belief.low else 0.1
    value = more if more <= item.upper else belief.low * 0.999
    return {name: replace(belief, low=value, high=value)}


def plain(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in asdict(tally).items() if name != "sample"}


def assert_same_blocks(one: Result, other: Result) -> None:
    for name in COLUMNS:
        assert one[name].tobytes() == other[name].tobytes(), name
    np.testing.assert_equal(plain(one.tally), plain(other.tally))
    for name, column in one.tally.sample.columns.items():
        np.testing.assert_array_equal(column, other.tally.sample.columns[name], name)


def assert_as_without_others_before(
    passed: list[Scenario], years: int, without: Callable[..., Result] = simulating.simulate
) -> None:
    along = [simulate(scenario, years=years, seed=6) for scenario in passed]
    for scenario, warm in zip(passed, along, strict=True):
        assert_same_blocks(without(scenario, years=years, seed=6), warm)


@pytest.mark.parametrize("start", [DEFAULT, FAILING_OVER], ids=["default", "failover"])
def test_moving_any_assumption_shows_nothing_of_the_last_run(
    start: Scenario,
) -> None:
    passed = [start, *(start.with_(moved(start, name)) for name in start.names())]
    assert_as_without_others_before(passed, 150)


def test_moving_everything_in_turn_shows_nothing_of_the_last_run() -> None:
    """Each move from the one before, as a visitor makes them."""
    names = [name for name in DEFAULT.names() if name.startswith(("incidents.", "recurrence."))]
    passed = accumulate(names, lambda at, name: at.with_(moved(at, name)), initial=DEFAULT)
    assert_as_without_others_before(list(passed), 150)


def test_a_cause_added_switched_off_and_correlated_shows_nothing_of_the_last_run() -> None:
    """Where correlations contradict each other, a new cause changes the rates of the others."""
    prefix, rate = "incidents.earthquake", "incidents.capacity.rate_per_year"
    earthquake = {
        f"{prefix}.rate_per_year": Belief("lognormal", 0.5, 2.0),
        f"{prefix}.duration": known(5.0),
        **{
            f"{prefix}.{loss}": known(0.5) for loss in ("publish_loss", "playback_loss", "ads_loss")
        },
    }
    opposed = {
        f"correlation.{rate}.with.incidents.{cause}.rate_per_year": known(-0.9)
        for cause in ("network_latency", "power_cooling_weather")
    }
    added, at_odds = DEFAULT.with_(earthquake), DEFAULT.with_(opposed)
    passed = [
        at_odds,
        at_odds.with_(earthquake),
        added,
        added.with_({rate: known(0.0)}),
        added.with_({f"correlation.{rate}.with.{prefix}.rate_per_year": known(-0.9)}),
        added.with_({f"correlation.{rate}.with.platform.cpm": known(0.4)}),
        DEFAULT,
    ]
    assert_as_without_others_before(passed, 3000)


def test_the_last_run_is_made_use_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rate moves one cause, a price of the slow links no incident and no fast link."""
    drawn: list[tuple[str, ...]] = []
    priced: list[int] = []
    sample_some, fast = drawn_again.sample, fast_links.fast_links

    def sampling(ready: Prepared, values: dict, block: Block, causes: tuple[str, ...]) -> Sampled:
        drawn.append(causes)
        return sample_some(ready, values, block, causes)

    def pricing(incidents: PhasedIncidents, *more: Any) -> Any:
        priced.append(len(incidents.start_h))
        return fast(incidents, *more)

    what_is_reused.kept.clear()
    monkeypatch.setattr(drawn_again, "sample", sampling)
    monkeypatch.setattr(fast_links, "fast_links", pricing)
    rate = "incidents.network_latency.rate_per_year"
    one = DEFAULT.with_({rate: Belief("lognormal", 0.1, 1.3)})
    for scenario in (DEFAULT, one, one.with_({"trust.recovery": Belief("lognormal", 4, 21)})):
        simulate(scenario, years=2000, seed=6)
    assert drawn == [CAUSES, ("network_latency",)]
    assert len(priced) == 2
    assert 0 < priced[1] < 0.4 * priced[0]


def test_what_is_kept_suffices_for_the_next_move_of_a_visitor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First looks, everyday runs and what a page adds in turn, until no more can be kept."""
    drawn: list[tuple[str, ...]] = []
    beliefs: list[str] = []
    sample_some, draw_belief = drawn_again.sample, worlds_drawn.by_itself

    def sampling(ready: Prepared, values: dict, block: Block, causes: tuple[str, ...]) -> Sampled:
        drawn.append(causes)
        return sample_some(ready, values, block, causes)

    def drawing(fitted: Fitted, one: worlds_drawn.Drawing) -> tuple[np.ndarray, int]:
        beliefs.append(one.name)
        return draw_belief(fitted, one)

    what_is_reused.kept.clear()
    monkeypatch.setattr(drawn_again, "sample", sampling)
    monkeypatch.setattr(worlds_drawn, "by_itself", drawing)
    at = DEFAULT
    for move in range(8):
        cause = CAUSES[move % 2]
        rate = f"incidents.{cause}.rate_per_year"
        at = at.with_({rate: replace(at.belief(rate), high=at.belief(rate).high * 1.01)})
        drawn.clear()
        beliefs.clear()
        for years in (2_500, 2 * BLOCK_YEARS):
            simulate(at, years=years, seed=6)
        mature(at, years=2 * BLOCK_YEARS, seed=6)
        if move:
            assert drawn == [(cause,)] * 4
            assert set(beliefs) <= {rate}


def only_priced() -> tuple[str, ...]:
    names = [name for name in DEFAULT.names() if not drawn_from(name)]
    numbers = (name for name in names if isinstance(declared(name), Assumption))
    return tuple(name for name in numbers if not DEFAULT.belief(name).certain)


@pytest.mark.parametrize("name", only_priced())
def test_what_only_prices_changes_no_incident(name: str) -> None:
    """The ground on which an everyday run reuses the last one's incidents."""
    belief = DEFAULT.belief(name)
    changed = DEFAULT.with_({name: replace(belief, high=(belief.low + belief.high) / 2)})
    block, key, _, _ = plan(DEFAULT, 400, None).block(0, 5)
    drawn = [sampled(scenario, block, key) for scenario in (DEFAULT, changed)]
    for field, column in vars(drawn[0]).items():
        assert np.array_equal(column, vars(drawn[1])[field]), field


def sampled(scenario: Scenario, block: Block, world_key: tuple[int, ...]) -> Incidents:
    ready = prepare(scenario)
    values, _ = draw(ready, seed=block.seed, block=world_key, worlds=block.years)
    return sample(ready, values, block).incidents


def test_a_result_is_a_table_for_notebooks() -> None:
    result = simulate(DEFAULT, years=60, worlds=20, seed=1)
    table = result.frame()
    assert list(table.columns) == ["world", "year", *COLUMNS]
    assert table["world"].tolist() == [1 + k // 3 for k in range(60)]
    assert table["year"].tolist() == list(range(1, 61))
    for name in COLUMNS:
        np.testing.assert_array_equal(table[name], result[name])
