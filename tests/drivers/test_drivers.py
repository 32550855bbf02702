"""Drivers against functions with known answers: Ishigami, normal net benefits, linear figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from model.assumptions.correlations import LOSSES, row_name
from model.beliefs.belief import Belief, fit
from model.decisions.compare import compare
from model.decisions.side_by_side import side_by_side
from model.drivers.information import evppi, information, net_benefits
from model.drivers.luck import ignorance
from model.drivers.ranges import Ranges
from model.drivers.ranking import grade_of, ranked, ranking
from model.drivers.reverse import reverse
from model.drivers.shares import first_order, variance_shares, world_inputs
from model.drivers.tornado import percentiles, tornado, uncertain_names
from model.runs.blocks import plan
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.worlds.draw import draw
from model.worlds.prepared import prepare

DEFAULT = Scenario.default()
REVENUE = "platform.ad_revenue_per_year"


def certain(value: float) -> Belief:
    return Belief("lognormal", value, value)


FREE_RESPONSE = DEFAULT.with_(
    {"costs.response_per_incident": certain(0.0), "costs.response_per_hour": certain(0.0)}
)


def known(scenario: Scenario = DEFAULT, *but: str) -> Scenario:
    """The scenario with every world-level belief at its median, some excepted."""
    numbers = {
        name: certain(float(np.median(values)))
        for name, values in draw(prepare(scenario), seed=0, block=(0,), worlds=4001)[0].items()
        if np.ndim(values) and name not in but
    }
    return scenario.with_(numbers)


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7.0 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


ISHIGAMI = (0.3139, 0.4424, 0.0)


def test_first_order_on_ishigami() -> None:
    x = np.random.default_rng(0).uniform(-np.pi, np.pi, size=(3, 50_000))
    y = ishigami(x)
    for values, truth in zip(x, ISHIGAMI, strict=True):
        found = first_order(values, y)
        assert abs(found.value - truth) < 4 * found.standard_error + 0.001


def test_first_order_agrees_with_scipys_pick_freeze() -> None:
    reference = stats.sobol_indices(
        func=ishigami,
        n=4096,
        dists=[stats.uniform(-np.pi, 2 * np.pi)] * 3,
        rng=np.random.default_rng(1),
    ).first_order
    x = np.random.default_rng(2).uniform(-np.pi, np.pi, size=(3, 40_000))
    y = ishigami(x)
    for values, other in zip(x, reference, strict=True):
        found = first_order(values, y)
        assert abs(found.value - other) < 4 * found.standard_error + 0.015


def test_first_order_is_unbiased_without_effect_and_its_error_is_honest() -> None:
    rng = np.random.default_rng(3)
    found = [first_order(rng.normal(size=2000), rng.lognormal(size=2000)) for _ in range(200)]
    values = np.array([f.value for f in found])
    assert abs(values.mean()) < 4 * values.std() / np.sqrt(200)
    # For a quadratic statistic at its degenerate point the jackknife's variance is twice too large.
    stated = np.mean([f.standard_error for f in found]) / values.std()
    assert 0.9 < stated < 1.1 * np.sqrt(2.0)


def test_first_order_error_with_effect() -> None:
    rng = np.random.default_rng(4)
    found = []
    for _ in range(200):
        x = rng.normal(size=2000)
        found.append(first_order(x, x + rng.normal(size=2000)))
    values = np.array([f.value for f in found])
    # Twenty bins of equal size keep all but 1.5 % of a normal's variance.
    assert values.mean() == pytest.approx(0.5, abs=0.012)
    assert np.mean([f.standard_error for f in found]) == pytest.approx(values.std(), rel=0.25)


def test_a_constant_has_no_drivers() -> None:
    assert first_order(np.arange(500.0), np.ones(500)).value == 0.0


def test_share_of_the_only_unknown_is_the_whole_ignorance() -> None:
    scenario = known(DEFAULT, "trust.permanent_share")
    alone = variance_shares(simulate(scenario, years=30_000, seed=5))
    parted = ignorance(Ranges.of(simulate(scenario, years=60_000, worlds=600, seed=6)))
    assert [row.name for row in alone.shares] == ["trust.permanent_share"]
    share = alone.shares[0].share
    error = np.hypot(share.standard_error, parted.share.standard_error)
    assert abs(share.value - parted.share.value) < 4 * error
    assert share.value > 4 * share.standard_error


def test_world_inputs_are_those_of_the_run() -> None:
    cut = plan(DEFAULT, 3000, 300)
    ads_alone = DEFAULT.with_({"revenue.commerce_per_year": certain(0.0)})
    found = world_inputs(ads_alone, cut, 7, [REVENUE])[REVENUE]
    revenue = simulate(ads_alone, years=3000, worlds=300, seed=7)["revenue_usd"]
    assert np.array_equal(np.repeat(found, 10), revenue)


def normal_worlds(worlds: int, years: int, between: float, within: float) -> Ranges:
    rng = np.random.default_rng(8)
    level = rng.normal(scale=between, size=(worlds, 1))
    return Ranges(level + rng.normal(scale=within, size=(worlds, years)), np.zeros(worlds))


@pytest.mark.parametrize("between", [0.0, 0.5, 2.0])
def test_luck_versus_ignorance_of_normals(between: float) -> None:
    found = ignorance(normal_worlds(800, 50, between, 1.0))
    truth = between**2 / (between**2 + 1.0)
    assert abs(found.share.value - truth) < 4 * found.share.standard_error + 1e-3
    assert found.within_usd2 == pytest.approx(1.0, rel=0.05)


def test_band_over_worlds_is_not_widened_by_luck() -> None:
    found = ignorance(normal_worlds(2000, 50, 0.5, 1.0))
    middle = int(np.argmin(np.abs(found.chance - 0.5)))
    x = found.loss_usd[middle]
    ends = [stats.norm.cdf(0.5 * z - x) for z in (-1.6449, 1.6449)]
    assert found.low[middle] == pytest.approx(ends[0], abs=0.02)
    assert found.high[middle] == pytest.approx(ends[1], abs=0.02)
    flat = ignorance(normal_worlds(2000, 50, 0.0, 1.0))
    assert flat.high[middle] - flat.low[middle] < 0.08


def test_ignorance_needs_years_within_worlds() -> None:
    with pytest.raises(ValueError, match="worlds"):
        Ranges.of(simulate(DEFAULT, years=100))


def test_tornado_bars() -> None:
    found = tornado(DEFAULT, years=1500)
    bars = {bar.name: bar for bar in found.bars}
    assert set(bars) == set(uncertain_names(DEFAULT))
    assert [bar.swing for bar in found.bars] == sorted(
        (bar.swing for bar in found.bars), reverse=True
    )
    rate = bars["incidents.network_latency.rate_per_year"]
    assert (rate.low_input, rate.high_input) == (0.1, 1.2)
    assert rate.at_low.high < 0 < rate.at_high.low
    # Minutes and impressions move, dollars do not; the contract pays after the loss.
    for name in ("platform.cpm", "platform.daily_users", "platform.cloud_bill_per_year"):
        assert bars[name].at_low.value == bars[name].at_high.value == 0.0


def test_tornado_bar_is_the_changed_scenario() -> None:
    found = tornado(DEFAULT, names=[REVENUE], years=2000, seed=9)
    changed = simulate(DEFAULT.with_({REVENUE: certain(17e9)}), years=2000, seed=9)
    base = simulate(DEFAULT, years=2000, seed=9)
    difference = changed["loss_usd"].mean() - base["loss_usd"].mean()
    assert found.bars[0].at_high.value == pytest.approx(difference, rel=1e-12)
    assert found.baseline.value == base["loss_usd"].mean()


@pytest.mark.parametrize("figure", ["p95", "tvar_95"])
def test_tornado_of_the_tail(figure: str) -> None:
    bar = tornado(DEFAULT, figure=figure, names=[REVENUE], years=2000).bars[0]
    assert bar.at_low.high < 0 < bar.at_high.low


def test_tornado_reaches_percentiles_of_shapes_given_by_their_ends() -> None:
    belief = Belief("pert", 8e9, 20e9, 13e9)
    low, high = percentiles(DEFAULT.with_({REVENUE: belief}), REVENUE)
    assert fit(belief).cdf(np.array([low, high])) == pytest.approx([0.05, 0.95])
    with pytest.raises(ValueError, match="figure"):
        tornado(DEFAULT, figure="mode", years=100)


@pytest.mark.parametrize("mean", [-0.5, 0.0, 1.0])
def test_value_of_information_of_a_normal_net_benefit(mean: float) -> None:
    rng = np.random.default_rng(10)
    x = rng.normal(size=40_000)
    benefit = np.stack([np.zeros(40_000), mean + x + rng.normal(scale=3.0, size=40_000)])
    truth = mean * stats.norm.cdf(mean) + stats.norm.pdf(mean) - max(mean, 0.0)
    found = evppi(benefit, x)
    assert abs(found.value - truth) < 4 * found.standard_error + 0.002
    assert found.low < found.value < found.high


def test_information_without_bearing_is_worth_nothing_but_noise() -> None:
    rng = np.random.default_rng(11)
    benefit = np.stack([np.zeros(5000), rng.normal(size=5000)])
    found = [evppi(benefit, rng.permutation(5000).astype(float)).value for _ in range(60)]
    assert min(found) == 0.0
    assert np.mean(found) < 0.02


def test_value_of_information_does_not_depend_on_the_scale_of_x() -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(size=2000)
    benefit = np.stack([np.zeros(2000), x + rng.normal(size=2000)])
    assert evppi(benefit, x) == evppi(benefit, np.exp(3 * x))


def test_information_ranks_what_decides() -> None:
    found = compare(DEFAULT, [["graceful_degradation"], ["quarterly_failover_drills"]], years=8000)
    worth = information(found, shuffles=10)
    assert worth.best == "baseline"
    assert worth.net_benefit.value == 0.0
    names = [w.name for w in worth.worths]
    assert "remedies.quarterly_failover_drills.change.1" in names
    assert {w.name for w in worth.telling()} & {n for n in names if n.endswith("rate_per_year")}
    cheap = worth.worths[0].value.value
    assert cheap >= worth.worths[-1].value.value >= 0.0
    assert net_benefits(found)[1].mean() == pytest.approx(
        found.row("graceful_degradation").net_benefit.value
    )


def test_reverse_of_a_linear_figure() -> None:
    ads_alone = {REVENUE: certain(14e9), "revenue.commerce_per_year": certain(0.0)}
    scenario = FREE_RESPONSE.with_(ads_alone)
    base = simulate(scenario, years=2000, seed=1)["loss_usd"].mean()
    found = reverse(scenario, REVENUE, 1.5 * base, years=2000, seed=1)
    # No year loses all its revenue here, so the loss is proportional to it.
    assert found.value == pytest.approx(21e9, rel=1e-6)
    assert found.standard_error > 0


def test_reverse_says_when_no_value_does() -> None:
    found = reverse(DEFAULT, "publishing.retry_share", 50e6, years=1000)
    assert found.value is None
    assert found.searched == (0.0, 1.0)
    assert found.reached_usd[0] <= found.reached_usd[1] < 50e6


def test_reverse_of_a_rate_checks_out() -> None:
    name = "incidents.network_latency.rate_per_year"
    found = reverse(DEFAULT, name, 12e6, years=4000, seed=2)
    assert found.value is not None
    check = simulate(DEFAULT.with_({name: certain(found.value)}), years=20_000, seed=3)
    eal = check.mean("loss_usd")
    own = max(figure.standard_error for figure in found.figures if figure.value < 13e6)
    assert abs(eal.value - 12e6) < 4 * np.hypot(eal.standard_error, own)


def test_reverse_of_net_benefit_follows_the_remedys_own_effect() -> None:
    found = reverse(
        DEFAULT,
        "resilience.playback_shield",
        0.0,
        figure="net_benefit",
        remedies=["graceful_degradation"],
        years=3000,
    )
    assert found.value is not None
    assert 0.4 < found.value < 1.0
    # Without any effect the remedy costs its price.
    assert found.figures[0].value < -2e6
    with pytest.raises(ValueError, match="figure"):
        reverse(DEFAULT, REVENUE, 1.0, figure="mood")
    with pytest.raises(KeyError):
        reverse(DEFAULT, "platform.mood", 1.0)


def test_scenarios_side_by_side_share_their_luck() -> None:
    dearer = DEFAULT.with_({REVENUE: Belief("lognormal", 13e9, 19e9)})
    found = side_by_side([DEFAULT, DEFAULT, dearer], years=4000)
    rows = found.rows()
    assert rows[1].delta_eal.value == rows[1].delta_tvar_95.standard_error == 0.0
    apart = np.hypot(rows[0].eal.standard_error, rows[2].eal.standard_error)
    assert rows[2].delta_eal.low > 0
    assert apart > 5 * rows[2].delta_eal.standard_error
    with pytest.raises(ValueError, match="scenarios"):
        side_by_side([])


def test_the_tornado_moves_what_goes_together_within_an_incident() -> None:
    """Long incidents that are deep lose more; each end is the run with those rows, less the run."""
    found = tornado(DEFAULT, years=4_000)
    lasting, losses = found.correlations
    assert (lasting.low_input, lasting.high_input) == (-0.3, 0.2)
    assert lasting.at_low.high < 0 < lasting.at_high.low
    assert losses.swing < lasting.swing
    assert set(found.correlations) <= set(found.together)
    rows = {
        row_name(f"incidents.{cause}.duration", f"incidents.{cause}.{loss}"): Belief(
            "normal", 0.2, 0.2
        )
        for cause in DEFAULT.causes
        for loss in LOSSES
    }
    one, base = (
        simulate(scenario, years=4_000)["loss_usd"] for scenario in (DEFAULT.with_(rows), DEFAULT)
    )
    assert lasting.at_high.value == pytest.approx((one - base).mean())
    assert tornado(DEFAULT, names=["platform.cpm"], years=500).correlations == ()


def test_ranking_is_the_tornado_of_the_average_year() -> None:
    bars = tornado(DEFAULT, years=1500)
    found = ranked(DEFAULT, bars)
    assert [row.name for row in found.rows] == [bar.name for bar in bars.bars]
    first = found.rows[0]
    assert (first.low, first.high) == percentiles(DEFAULT, first.name)
    assert first.eal_to - first.eal_from == pytest.approx(
        bars.bars[0].at_high.value - bars.bars[0].at_low.value
    )
    assert [row.movement for row in found.rows] == sorted(
        (row.movement for row in found.rows), reverse=True
    )
    # What it goes from and to stands around the figure that is on show.
    shown = ranked(DEFAULT, bars, 8.5e6).rows[0]
    low_high = bars.bars[0].at_low.value, bars.bars[0].at_high.value
    assert (shown.eal_from, shown.eal_to) == tuple(8.5e6 + end for end in low_high)
    with pytest.raises(ValueError, match="figure"):
        ranked(DEFAULT, tornado(DEFAULT, figure="p95", names=[REVENUE], years=1000))


def test_the_weakest_input_is_judgement_that_moves_the_answer_most() -> None:
    found = ranking(DEFAULT, years=3000)
    judged = [row for row in found.rows if row.grade == "C"]
    assert found.weakest[0] == judged[0]
    assert {row.grade for row in found.weakest} == {"C"}
    assert any(row.telling and row.grade != "C" for row in found.rows)
    assert found.weakest[0].movement > 2e6
    elasticity = next(r for r in found.rows if r.name == "sessions.freshness_elasticity")
    assert elasticity.movement < found.weakest[0].movement / 3
    # What somebody sets is their judgement until evidence is given.
    measured = next(row.name for row in found.rows if row.grade == "A")
    belief = DEFAULT.belief(measured)
    moved = DEFAULT.with_({measured: replace(belief, high=belief.high * 1.001)})
    assert grade_of(moved, measured) == "C"


def test_nothing_is_weak_where_all_is_certain() -> None:
    certain_all = known()
    row = ranked(certain_all, tornado(certain_all, names=[REVENUE], years=1000)).rows[0]
    assert not row.telling


def test_share_of_a_heavy_tailed_rate_is_that_of_algebra() -> None:
    """A year's mean is a lognormal rate: fifty equal bins lose three hundredths of it."""
    rng = np.random.default_rng(11)
    rate = np.exp(0.668 * rng.standard_normal(40_000))
    loss = rng.poisson(3.3 * rate).astype(float)
    mean, spread = np.exp(0.668**2 / 2), np.exp(0.668**2) * np.expm1(0.668**2)
    truth = 3.3**2 * spread / (3.3**2 * spread + 3.3 * mean)
    found = first_order(rate, loss)
    assert abs(found.value - truth) < 3 * found.standard_error
    assert found.standard_error < 0.01


def test_a_loss_that_is_the_rate_itself_is_all_its_own() -> None:
    """Also what lies within the last bin, five of a thousand worlds of a heavy tail."""
    rate = np.exp(1.2 * np.random.default_rng(13).standard_normal(1000))
    assert first_order(rate, rate).value == pytest.approx(1.0, abs=0.01)


def test_share_of_an_annual_loss_from_world_means() -> None:
    """Means of four years each tell the share of a single year."""
    rng = np.random.default_rng(12)
    x = rng.normal(size=20_000)
    years = x[:, None] + 2.0 * rng.normal(size=(20_000, 4))
    found = first_order(x, years.mean(axis=1), squares=(years**2).mean(axis=1))
    assert abs(found.value - 0.2) < 3 * found.standard_error


def test_the_share_and_the_band_come_from_runs_of_their_own() -> None:
    many, long = normal_worlds(20_000, 5, 0.5, 1.0), normal_worlds(600, 50, 0.5, 1.0)
    both = ignorance(long, many)
    assert both.share == ignorance(many).share
    assert both.low.tolist() == ignorance(long).low.tolist()
    assert both.share.standard_error < ignorance(long).share.standard_error


def test_a_share_of_ignorance_among_few_worlds_has_no_interval() -> None:
    found = ignorance(normal_worlds(20, 50, 0.5, 1.0)).share
    assert np.isnan(found.low)
    assert "20 worlds" in found.reason
