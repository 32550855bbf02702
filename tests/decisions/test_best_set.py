"""The best set for a budget: exact on small libraries, screening true to the full run."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from model.decisions.best_set import frontier, lower_envelope
from model.decisions.best_set_search import Screened, draw_years, weighted_tail
from model.decisions.compare import compare
from model.runs.paired import tail_difference
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
SMALL = (
    "graceful_degradation",
    "quarterly_failover_drills",
    "change_freeze_progressive_delivery",
)
LARGER = (*SMALL, "resumable_upload_queue", "warm_standby")
YEARS = 4_000


def brute_force(names: tuple[str, ...], years: int) -> dict[frozenset[str], object]:
    sets = [s for n in range(1, len(names) + 1) for s in combinations(names, n)]
    found = compare(DEFAULT, sets, years=years)
    return {frozenset(row.remedies): row for row in found.rows()}


def test_small_library_equals_brute_force() -> None:
    found = frontier(DEFAULT, SMALL, years=YEARS)
    rows = brute_force(SMALL, YEARS)
    assert found.screened is None
    assert {frozenset(r.remedies): r for r in found.rows} == rows
    cost = {key: row.annual_cost.value for key, row in rows.items()}
    for budget in (0.0, 4e6, 8e6, 1e9):
        for by in ("eal", "tvar_95", "net_benefit"):
            sign = -1 if by == "net_benefit" else 1
            within = [key for key in rows if cost[key] <= budget]
            best = min(within, key=lambda key: sign * getattr(rows[key], by).value)
            chosen = found.best(budget, by)
            assert frozenset(chosen.remedies) == best
            assert chosen.annual_cost.value <= budget


def test_screening_finds_what_brute_force_finds() -> None:
    found = frontier(DEFAULT, LARGER, years=YEARS, screening_years=400)
    rows = brute_force(LARGER, YEARS)
    assert found.screened is not None
    assert len(found.screened.sets) == 32
    figures = found.screened.figures()
    scale = rows[frozenset()].eal.value
    for k in range(32):
        row = rows[frozenset(found.screened.names(k))]
        error = found.screened.error(found.screened.influence("eal", k))
        assert abs(figures["eal"][k] - row.eal.value) < 4 * error + 0.002 * scale
        assert found.screened.cost_usd[k] == pytest.approx(row.annual_cost.value)
        tail = found.screened.error(found.screened.influence("tvar_95", k))
        assert abs(figures["tvar_95"][k] - row.tvar_95.value) < 5 * tail
    for budget in (5e6, 10e6, 500e6):
        within = [row for row in rows.values() if row.annual_cost.value <= budget]
        best = min(within, key=lambda row: row.eal.value)
        assert found.best(budget, "eal").eal.value <= best.eal.value + 1e-6


def test_budget_leaves_out_what_costs_more() -> None:
    found = frontier(DEFAULT, LARGER, years=2000, budget_usd=20e6)
    assert found.screened is not None
    assert found.screened.cost_usd.max() <= 20e6
    assert all("warm_standby" not in row.remedies for row in found.rows)
    assert found.best(20e6, "eal").remedies


def test_without_budget_nothing_is_bought() -> None:
    found = frontier(DEFAULT, SMALL, years=1000)
    assert found.best(0.0).remedies == ()
    with pytest.raises(ValueError, match="budget"):
        found.best(-1.0)
    with pytest.raises(ValueError, match="by"):
        found.best(1.0, "taste")


def test_efficient_points_fall_and_tell_what_enters() -> None:
    points = frontier(DEFAULT, SMALL, years=2000).efficient("tvar_95")
    assert points[0].remedies == ()
    assert (np.diff([p.cost_usd for p in points]) > 0).all()
    assert (np.diff([p.figure.value for p in points]) < 0).all()
    owned: set[str] = set()
    for point in points:
        owned = owned - set(point.leaves) | set(point.enters)
        assert owned == set(point.remedies)


def test_contract_saves_nothing_before_credit() -> None:
    found = frontier(DEFAULT, ("graceful_degradation", "sla_renegotiated"), years=1000)
    assert found.left_out == ("sla_renegotiated",)


def test_too_many_remedies_leave_the_least_effective_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.decisions.best_set.MOST_REMEDIES", 2)
    found = frontier(DEFAULT, (*SMALL, "warm_standby"), years=1000)
    assert found.left_out == ("change_freeze_progressive_delivery", "warm_standby")


def test_progress_runs_to_the_end_and_can_cancel() -> None:
    seen: list[int] = []
    frontier(DEFAULT, LARGER, years=1000, on_progress=lambda done, total: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == 100

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        frontier(DEFAULT, LARGER, years=1000, on_progress=stop)


def test_years_drawn_by_loss_give_the_baseline_mean_exactly() -> None:
    loss = np.random.default_rng(0).lognormal(sigma=2.0, size=5000)
    loss[:1500] = 0.0
    sample = draw_years(loss, 300)
    assert sample.draws.sum() == 300
    assert sample.weight @ loss[sample.year] == pytest.approx(loss.mean())
    assert (loss[sample.year] > 0).all()


def test_weighted_tail_with_equal_weights_is_the_tail_mean() -> None:
    loss = np.random.default_rng(1).exponential(size=10_000)
    var, tvar = weighted_tail(loss, np.full(10_000, 1e-4))
    assert var == pytest.approx(np.log(20.0), rel=0.05)
    assert tvar == pytest.approx(1 + np.log(20.0), rel=0.05)
    assert weighted_tail(np.ones(4), np.full(4, 0.001)) == (0.0, pytest.approx(0.08))


def test_screening_error_is_that_of_independent_draws() -> None:
    rng = np.random.default_rng(2)
    loss = rng.exponential(size=20_000)
    half = loss * rng.uniform(size=20_000)
    found = []
    for seed in range(200):
        order = np.random.default_rng(seed).permutation(20_000)
        sample = draw_years(loss[order], 200)
        rows = np.stack([loss[order], half[order]])[:, sample.year]
        one = Screened((), np.array([0, 1]), np.zeros(2), rows, sample, np.ones(len(sample.year)))
        found.append((one.figures()["eal"][1], one.error(one.influence("eal", 1))))
    values, errors = np.array(found).T
    assert errors.mean() == pytest.approx(values.std(), rel=0.2)
    assert abs(values.mean() - half.mean()) < 4 * values.std() / np.sqrt(200)


def test_lower_envelope_keeps_no_dominated_point() -> None:
    rng = np.random.default_rng(3)
    cost, figure = rng.random(200), rng.random(200)
    kept = lower_envelope(cost, figure)
    for k in range(200):
        dominated = ((cost <= cost[k]) & (figure <= figure[k])).sum() > 1
        assert dominated != (k in kept)


def test_tail_difference_of_equal_losses_is_nothing() -> None:
    loss = np.random.default_rng(4).exponential(size=500)
    assert tail_difference(loss, loss, worlds=500).standard_error == 0.0


def test_influence_on_a_tail_mean_averages_to_what_lies_beyond_the_quantile() -> None:
    loss = np.random.default_rng(3).exponential(size=20_000)
    sample = draw_years(loss, 4_000)
    rows = loss[sample.year][None, :]
    one = Screened((), np.array([0]), np.zeros(1), rows, sample, np.ones(len(sample.year)))
    var, tvar = weighted_tail(rows[0], sample.weight)
    n = sample.draws.sum()
    averaged = float((one.influence("tvar_95", 0) * sample.draws).sum() / n)
    assert averaged == pytest.approx(tvar - var, rel=1e-3)
