"""What a run is broken down by: world sums, the tail by cause, the error budget (MODEL §5)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from model.beliefs.belief import Belief
from model.chain.availability import MINUTES, unavailable
from model.chain.types import PhasedIncidents
from model.decisions.compare import compare
from model.runs import blocks, quantiles, standard_errors
from model.runs.blocks import plan
from model.runs.result import Result
from model.runs.simulate import simulate
from model.runs.tally import HighYears, Ledger, WorldSums
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare

DEFAULT = Scenario.default()


def known(value: float) -> Belief:
    return Belief("normal", value, value)


def sums_of(values: np.ndarray, cuts: list[int]) -> list[WorldSums]:
    """Sums of years cut anywhere, four years to a world; a part holds one world or whole ones."""
    parts = []
    for first, last in pairwise(cuts):
        worlds = range(first // 4, (last - 1) // 4 + 1)
        rows = [values[max(first, 4 * w) : min(last, 4 * w + 4)].sum(axis=0) for w in worlds]
        parts.append(WorldSums.of(np.array(rows), worlds[0]))
    return parts


@pytest.mark.parametrize("cuts", [[0, 40], [0, 2, 4, 40], [0, 4, 5, 7, 8, 12, 38, 40]])
def test_squares_of_worlds_do_not_depend_on_the_cuts(cuts: list[int]) -> None:
    values = np.random.default_rng(1).integers(0, 9, size=(40, 2)).astype(float)
    by_hand = (values.reshape(10, 4, 2).sum(axis=1) ** 2).sum(axis=0)
    parts = sums_of(values, cuts)
    left, right = parts[0], parts[-1]
    for part in parts[1:]:
        left = left + part
    for part in parts[-2::-1]:
        right = part + right
    for whole in (left, right):
        assert whole.squares.tolist() == by_hand.tolist()
        assert whole.total.tolist() == values.sum(axis=0).tolist()


def test_the_error_of_a_cause_is_clustered_over_the_parts_of_its_worlds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With one cause its loss is the whole loss, whose worlds can be seen in the columns."""
    cause, *others = DEFAULT.causes
    alone = DEFAULT.with_({f"incidents.{name}.rate_per_year": known(0.0) for name in others})
    alone = alone.with_({f"incidents.{cause}.rate_per_year": Belief("lognormal", 0.5, 4.0)})
    monkeypatch.setattr(blocks, "BLOCK_YEARS", 25)
    years, worlds = 100 * 60, 100
    assert len(plan(alone, years, worlds)) == 3 * worlds
    result = simulate(alone, years=years, worlds=worlds, seed=4)
    by_world = result["loss_usd"].reshape(worlds, -1).mean(axis=1)
    figure = result.by_cause()[cause]
    assert figure.value == pytest.approx(by_world.mean())
    assert figure.standard_error == pytest.approx(by_world.std(ddof=1) / np.sqrt(worlds))
    assert (result.tally.causes.first, result.tally.causes.last) == (0, worlds - 1)
    assert result.by_cause()[others[0]][:4] == (0.0, 0.0, 0.0, 0.0)


def tail_of(result: Result, p: float) -> np.ndarray:
    return np.array([part.value for part in result.tail_by_cause(p).values()])


@pytest.mark.parametrize("p", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("worlds", [6000, 60, 3])
def test_tail_by_cause_adds_up_to_the_tail_mean(p: float, worlds: int) -> None:
    """Also where high years of a block were not kept and are computed again."""
    result = simulate(DEFAULT, years=6000, worlds=worlds, seed=2)
    tail = quantiles.Sample(result["loss_usd"], worlds).tail_mean(p)
    assert tail_of(result, p).sum() == pytest.approx(tail.value, rel=1e-12)


def by_hand(by_cause: np.ndarray, p: float) -> np.ndarray:
    """The mean of the worst 1 − p of years by cause: years in order, those that tie in shares."""
    loss = by_cause.sum(axis=1)
    left, out = (1.0 - p) * len(loss), np.zeros(by_cause.shape[1])
    for level in sorted(set(loss), reverse=True):
        rows = by_cause[loss == level]
        used = min(left, len(rows))
        out += used * rows.mean(axis=0)
        left -= used
    return out / ((1.0 - p) * len(loss))


def laid_out(by_cause: np.ndarray, least: float) -> Result:
    """A result of given years; those that lose less than `least` are not kept."""
    years, causes = by_cause.shape
    scenario = Scenario.default()
    assert causes == len(scenario.causes)
    loss = by_cause.sum(axis=1)
    small = simulate(scenario, years=years)
    kept = np.flatnonzero((loss >= least) & by_cause.any(axis=1))
    high = HighYears(0, least, kept, by_cause[kept])
    return replace(small, columns={"loss_usd": loss}, tally=replace(small.tally, high=(high,)))


@pytest.mark.parametrize("p", [0.5, 0.8, 0.95])
def test_tail_by_cause_with_ties_and_atoms(p: float) -> None:
    """Whole amounts: many years tie at VaR with different causes, and half of them lose nothing."""
    rng = np.random.default_rng(6)
    losses = rng.integers(0, 3, size=(400, 4)) * (rng.random((400, 1)) < 0.5)
    found = tail_of(laid_out(losses.astype(float), 0.0), p)
    np.testing.assert_allclose(found, by_hand(losses.astype(float), p), rtol=1e-12)


def test_tail_by_cause_where_a_year_may_earn_and_value_at_risk_is_zero() -> None:
    rng = np.random.default_rng(7)
    losses = np.where(rng.random((500, 4)) < 0.01, rng.normal(0.0, 5.0, (500, 4)), 0.0)
    losses[:3] = [[4.0, -4.0, 0.0, 0.0], [0.0, 2.0, -2.0, 0.0], [-1.0, 0.0, 0.0, 0.0]]
    result = laid_out(losses, 0.0)
    var = result.quantile(0.95).value
    assert var == 0.0
    np.testing.assert_allclose(tail_of(result, 0.95), by_hand(losses, 0.95), rtol=1e-12)


def test_error_of_a_cause_in_the_tail_is_that_of_repeated_runs() -> None:
    runs = [simulate(DEFAULT, years=4000, seed=seed).tail_by_cause() for seed in range(60)]
    for cause in DEFAULT.causes:
        values = np.array([run[cause].value for run in runs])
        stated = np.mean([run[cause].standard_error for run in runs])
        assert stated == pytest.approx(values.std(ddof=1), rel=0.35)


def test_error_of_the_only_cause_in_the_tail_is_that_of_the_tail_mean() -> None:
    cause, *others = DEFAULT.causes
    alone = DEFAULT.with_({f"incidents.{name}.rate_per_year": known(0.0) for name in others})
    result = simulate(alone, years=20_000, seed=3)
    found, tail = result.tail_by_cause()[cause], result.measure("tvar_95")
    assert found.value == pytest.approx(tail.value, rel=1e-12)
    assert found.standard_error == pytest.approx(tail.standard_error, rel=0.05)


def test_minutes_of_phases_by_hand() -> None:
    """Two phases, 3 h at 0.2 and then 2 h at 0.1 of playback, hour by hour against demand."""
    calendar = prepare(DEFAULT).calendar
    incident = PhasedIncidents(
        start_h=np.array([50.0]),
        duration_h=np.array([[3.0], [2.0]]),
        publish_loss=np.array([[0.5], [0.0]]),
        playback_loss=np.array([[0.2], [0.1]]),
        ads_loss=np.array([[0.0], [0.4]]),
        offset_h=np.array([[0.0], [3.0]]),
    )
    found = unavailable(incident, calendar)
    w, p = calendar.demand[50:55], calendar.uploads[50:55]
    by_name = dict(
        zip(
            MINUTES,
            (0.2 * w[:3].sum() + 0.1 * w[3:].sum(), 0.5 * p[:3].sum(), 0.4 * w[3:].sum()),
            strict=True,
        )
    )
    for name, hours in by_name.items():
        assert found[name][0] == pytest.approx(60.0 * hours)


def test_error_budget_of_a_shielded_platform() -> None:
    """A shield takes its share of the minutes without playback and leaves the others."""
    shielded = DEFAULT.with_({"resilience.playback_shield": known(0.25)})
    base, less = (simulate(s, years=3000, seed=5) for s in (DEFAULT, shielded))
    taken = [run["minutes_unavailable_playback"] for run in (base, less)]
    np.testing.assert_allclose(taken[1], 0.75 * taken[0], rtol=1e-12)
    for name in MINUTES[1:]:
        np.testing.assert_array_equal(base[name], less[name])


def test_error_budget_adds_up_and_is_kept_as_said() -> None:
    result = simulate(DEFAULT, years=5000, seed=6)
    rows = {(row.function, row.cause): row for row in result.error_budget()}
    for function, column in zip(("playback", "publishing", "ads"), MINUTES, strict=True):
        whole = rows[function, "all"]
        parts = sum(rows[function, cause].minutes.value for cause in DEFAULT.causes)
        assert parts == pytest.approx(whole.minutes.value)
        assert whole.availability == pytest.approx(1.0 - whole.minutes.value / 525_600.0)
        assert result.budget_kept(whole.p95, function).value >= 0.95
        assert result.budget_kept(np.nextafter(whole.p95, 0.0), function).value < 0.95
        assert whole.p95 == np.quantile(result[column], 0.95, method="inverted_cdf")


def test_years_of_a_single_cause_are_those_in_which_it_struck() -> None:
    rates = {cause: f"incidents.{cause}.rate_per_year" for cause in DEFAULT.causes}
    alone = DEFAULT.with_(
        {name: known(0.0) for cause, name in rates.items() if cause != "capacity"}
    )
    many = {"incidents.capacity.rate_per_year": known(4.0)}
    for scenario in (alone, alone.with_(many)):
        rows = {(r.function, r.cause): r for r in simulate(scenario, years=70_000).error_budget()}
        for function in ("playback", "publishing", "ads"):
            whole, one = rows[function, "all"], rows[function, "capacity"]
            assert one[3:5] == pytest.approx(whole[3:5], rel=1e-6)
            assert one[5:] == pytest.approx(whole[5:], abs=2e-5)
            assert rows[function, "network_latency"][3:] == (0.0, 0.0, 1.0, 1.0)
    rows = {(r.function, r.cause): r for r in simulate(DEFAULT, years=20_000).error_budget()}
    parts = [rows["playback", cause].p95 for cause in DEFAULT.causes]
    assert max(parts) < rows["playback", "all"].p95 < sum(parts)


def test_remedies_error_budget_is_of_the_same_incidents() -> None:
    names = ["sla_renegotiated", "graceful_degradation"]
    found = compare(DEFAULT, [[name] for name in names], years=3000, seed=5)
    rows = {(name, row.function): row for name, row in found.error_budget()}
    base = rows["baseline", "playback"]
    assert rows["sla_renegotiated", "playback"].minutes == base.minutes
    assert rows["graceful_degradation", "playback"].minutes.value < base.minutes.value
    assert base.minutes == simulate(DEFAULT, years=3000, seed=5).error_budget()[0].minutes


def test_a_price_of_a_minute_rests_on_worlds_and_not_on_incidents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a world of many years incidents are alike: its sums, hour by hour, by hand."""
    monkeypatch.setattr(Ledger, "SAMPLE", 10**6)
    result = simulate(DEFAULT, years=12_000, worlds=60, seed=3)
    sample = result.tally.sample
    world = (sample.columns["year"] - 1) // 200
    clock = prepare(DEFAULT).calendar.clock
    hour = clock.hour_of_week[sample.columns["start_h"].astype(int)]
    found = result.per_minute()
    for k in (3, 90):
        here = hour == k
        loss, minutes = (
            np.bincount(world[here], weights=sample.columns[name][here] * unit, minlength=60)
            for name, unit in (("loss_usd", 1.0), ("duration_h", 60.0))
        )
        value = loss.sum() / minutes.sum()
        error = np.sqrt(((loss - value * minutes) ** 2).sum()) / minutes.sum()
        assert found["usd_per_minute"][k] == pytest.approx(value)
        assert found["standard_error"][k] == pytest.approx(error)


def test_few_worlds_have_no_interval_anywhere() -> None:
    result = simulate(DEFAULT, years=2000, worlds=20)
    figures = [*result.measures()[:9], *result.by_cause().values(), *result.components().values()]
    figures += [*result.tail_by_cause().values(), *(row.minutes for row in result.error_budget())]
    figures += [row.aep for row in result.exceedance() if row.aep]
    for figure in figures:
        assert np.isnan([figure.low, figure.high, figure.standard_error]).all()
        assert "worlds" in figure.reason or "world," in figure.reason
    assert all(np.isnan(result.curve(20)["low_usd"]))
    assert all(np.isnan(result.per_minute()["standard_error"]))


def test_a_tail_in_few_worlds_has_no_interval_while_the_mean_has() -> None:
    """One world in fifty has all the bad years: (Σc)²/Σc² of them is one."""
    rng = np.random.default_rng(3)
    x = rng.random((50, 100))
    x[0] += 10.0
    sample = quantiles.Sample(x.ravel(), 50)
    assert "1 world," in sample.quantile(0.985).reason
    assert "1 world," in sample.tail_mean(0.98).reason
    assert not standard_errors.mean(x.ravel(), worlds=50).reason
