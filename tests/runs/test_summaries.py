"""Summaries in place of years: the same figures and intervals, whoever computed the blocks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.__main__ import main
from model.beliefs.belief import Belief
from model.chain.per_year import COLUMNS
from model.runs import blocks
from model.runs import simulate as simulating
from model.runs.blocks import plan
from model.runs.breakdowns import EVERY_CAUSE
from model.runs.kept import bins
from model.runs.kept.binned import Binned
from model.runs.kept.bins import RELATIVE_WIDTH, Table, bin_of, near_end, place_in, width
from model.runs.kept.moments import Means, Moments
from model.runs.kept.ranked import steps, steps_of_world
from model.runs.kept.summary import ORDERED
from model.runs.result import MEASURES, Result
from model.runs.simulate import simulate, summarise
from model.runs.standard_errors import Estimate
from model.scenario.scenario import Scenario
from model.worlds.prepared import prepare

DEFAULT = Scenario.default()
UNHURRIED = settings(deadline=None, derandomize=True)


def both_ways(years: int, worlds: int | None, seed: int = 5) -> tuple[Result, Result]:
    kept = simulate(DEFAULT, years=years, worlds=worlds, seed=seed)
    cut = plan(DEFAULT, years, worlds)
    summed = summarise(prepare(DEFAULT), cut, seed=seed, executor=None, on_block=None)
    return kept, summed


SIZES = [(60_000, None, 25_000), (40_000, 4_000, 10_000), (24_000, 80, 100), (9_000, 3, 25_000)]
"""Years, worlds and years of a block: worlds of one year, of ten, of several blocks, and few."""


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Result, Result]]:
    years, worlds, block_years = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_YEARS", block_years)
        yield both_ways(years, worlds)


def alike(kept: Estimate, summed: Estimate, rel: float) -> None:
    """Figures agree to `rel` of the value; errors and ends of intervals to that and a bit."""
    assert summed.value == pytest.approx(kept.value, rel=rel, abs=1e-6)
    assert summed.reason == kept.reason
    for one, other in zip(kept[2:4], summed[2:4], strict=True):
        assert other == pytest.approx(one, rel=max(rel, 1e-9), abs=1e-6, nan_ok=True)


COUNTED = {"p_no_incident", "p_over_tolerance"}
BINNED = {"p50", "p90", "p95", "p99"}
TAILS = {"tvar_95", "tvar_99"}


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_is_that_of_a_run_that_keeps_years(
    pair: tuple[Result, Result], name: str
) -> None:
    one, other = (run.measure(name).estimate for run in pair)
    if name in BINNED:
        alike(one, other, RELATIVE_WIDTH)
    elif name in TAILS:
        assert other.value == pytest.approx(one.value, rel=1e-6)
        assert other.standard_error == pytest.approx(one.standard_error, rel=2e-3, nan_ok=True)
        alike(one, other, 1e-4)
    elif name in COUNTED:
        assert other.value == pytest.approx(one.value, rel=1e-12)
        assert other[2:4] == pytest.approx(one[2:4], rel=0.02, nan_ok=True)
    else:
        alike(one, other, 1e-9)


def test_curve_and_return_periods_are_those_of_a_run_that_keeps_years(
    pair: tuple[Result, Result],
) -> None:
    kept, summed = pair
    for one, other in zip(kept.exceedance(), summed.exceedance(), strict=True):
        for figures in zip(one[1:], other[1:], strict=True):
            if None in figures:
                assert figures == (None, None)
            else:
                assert figures[1].value == pytest.approx(figures[0].value, rel=RELATIVE_WIDTH)
    curves = kept.curve(60), summed.curve(60)
    np.testing.assert_array_equal(curves[0]["chance"], curves[1]["chance"])
    np.testing.assert_allclose(curves[1]["loss_usd"], curves[0]["loss_usd"], rtol=RELATIVE_WIDTH)
    known = np.isfinite(curves[0]["low_usd"]) & np.isfinite(curves[1]["low_usd"])
    for end in ("low_usd", "high_usd"):
        ends = [curve[end][known] for curve in curves]
        np.testing.assert_allclose(ends[1], ends[0], rtol=2 * RELATIVE_WIDTH)
    # Near thirty worlds a bin decides whether there is an interval.
    differ = np.isfinite(curves[0]["low_usd"]) != np.isfinite(curves[1]["low_usd"])
    assert differ.sum() <= 2


def test_breakdowns_are_those_of_a_run_that_keeps_years(pair: tuple[Result, Result]) -> None:
    kept, summed = pair
    assert kept.by_cause() == summed.by_cause()
    assert kept.components().keys() == summed.components().keys()
    tails = kept.tail_by_cause(), summed.tail_by_cause()
    tail = kept.measure("tvar_95").value
    for cause, part in tails[0].items():
        assert tails[1][cause].value == pytest.approx(part.value, rel=5e-3, abs=1e-3 * tail)
    assert sum(part.value for part in tails[1].values()) == pytest.approx(tail, rel=1e-3)
    for one, other in zip(kept.chain(), summed.chain(), strict=True):
        assert (one.link, one.quantity, one.unit) == (other.link, other.quantity, other.unit)
        assert other.expected.value == pytest.approx(one.expected.value, rel=1e-12)
        assert (other.p50, other.p95) == pytest.approx((one.p50, one.p95), rel=RELATIVE_WIDTH)
    for row, same in zip(kept.error_budget(), summed.error_budget(), strict=True):
        assert same.minutes.value == pytest.approx(row.minutes.value, rel=1e-12)
        if row.cause != EVERY_CAUSE:
            assert np.isnan(same[3:]).all()
            continue
        shares = (row.p_kept_999, row.p_kept_9999), (same.p_kept_999, same.p_kept_9999)
        assert shares[1] == pytest.approx(shares[0], rel=1e-12)
        assert same.p95 == pytest.approx(row.p95, rel=RELATIVE_WIDTH)
    for name, column in kept.per_minute().items():
        np.testing.assert_array_equal(column, summed.per_minute()[name])


@pytest.mark.parametrize("tolerance_usd", [0.0, 3e6, 2.5e7, 1e12])
def test_any_threshold_is_known_to_its_bin(
    pair: tuple[Result, Result], tolerance_usd: float
) -> None:
    one, other = (run.chance_over(tolerance_usd) for run in pair)
    near = np.abs(pair[0]["loss_usd"] - tolerance_usd) <= RELATIVE_WIDTH * tolerance_usd
    assert abs(other.value - one.value) <= near.mean() + 1e-12
    one, other = (run.budget_kept(100.0, "publishing") for run in pair)
    assert other.value == pytest.approx(one.value, abs=2e-3)


def test_bytes_do_not_depend_on_workers() -> None:
    cut, ready = plan(DEFAULT, 60_000, None), prepare(DEFAULT)
    found = []
    for workers in (1, 3):
        with ThreadPoolExecutor(workers) as threads:
            run = summarise(ready, cut, seed=2, executor=threads, on_block=None)
        found.append((run.measures(), run.chain(), run.tail_by_cause(), run.curve(50)))
    assert found[0][:3] == found[1][:3]
    for name, column in found[0][3].items():
        assert column.tobytes() == found[1][3][name].tobytes()


def test_a_long_run_keeps_no_years(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(simulating, "MOST_KEPT_YEARS", 999)
    done: list[int] = []
    run = simulate(DEFAULT, years=1000, seed=1, on_block=lambda k, n: done.append(k))
    assert (run.summary is not None, run.columns, run.tally.high, done) == (True, {}, (), [1])
    with pytest.raises(KeyError, match="keeps summaries and no years"):
        run["loss_usd"]
    monkeypatch.setattr(simulating, "MOST_KEPT_YEARS", 1000)
    assert simulate(DEFAULT, years=1000, seed=1).summary is None


def test_a_long_run_is_written_and_says_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("runs.simulate", "cli.run", "present.files.bundle"):
        monkeypatch.setattr(f"model.{module}.MOST_KEPT_YEARS", 999)
    monkeypatch.setattr("model.present.files.bundle.TORNADO_YEARS", 200)
    asked = ["run", "--years", "1000", "--worlds", "100"]
    assert main([*asked, "--out", str(tmp_path / "sums")]) == 0
    assert "note: annual.csv: above 999 years a run keeps summaries" in capsys.readouterr().err
    manifest = json.loads((tmp_path / "sums" / "manifest.json").read_text("utf-8"))
    assert "0.2 % of their value" in manifest["left_out"][0]
    monkeypatch.undo()
    assert main([*asked, "--out", str(tmp_path / "years")]) == 0
    sums, years = ({f.name for f in (tmp_path / name).iterdir()} for name in ("sums", "years"))
    assert years - sums == {"annual.csv"}
    for name in ("incidents.csv", "per_minute.csv"):
        assert (tmp_path / "sums" / name).read_bytes() == (tmp_path / "years" / name).read_bytes()


def test_years_that_are_not_kept_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--years", "10000001", "--annual"]) == 2
    assert "--annual: not with --years 10000001; allowed is" in capsys.readouterr().err


# The pieces.

numbers = st.floats(-1e15, 1e15, allow_nan=False)


@UNHURRIED
@given(st.lists(numbers, min_size=1, max_size=50))
def test_a_value_lies_in_its_bin(values: list[float]) -> None:
    x = np.array(values)
    of = bin_of(x)
    back = np.sign(of) * (near_end(of) + width(of) * place_in(x))
    np.testing.assert_allclose(back, x, rtol=1e-15, atol=2.0**-20)
    assert (width(of) <= RELATIVE_WIDTH * near_end(of)).all()
    rising = bin_of(np.sort(x))
    assert all(a <= b for a, b in pairwise(rising.tolist()))
    assert bin_of(np.array([0.0, -0.0, 1e-9])).tolist() == [0, 0, 0]


def test_tables_merge_to_the_table_of_all() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.lognormal(10, 3, 500), -rng.lognormal(2, 1, 100), np.zeros(50)])
    weights = [rng.random(len(x)), np.ones(len(x))]
    whole = Table.of(bin_of(x), weights)
    parts = [Table.of(bin_of(x[k::3]), [w[k::3] for w in weights]) for k in range(3)]
    for order in ([0, 1, 2], [2, 0, 1]):
        found = Table.together([parts[k] for k in order])
        np.testing.assert_array_equal(found.bins, whole.bins)
        np.testing.assert_array_equal(found.rows[0], whole.rows[0])
        np.testing.assert_allclose(found.rows, whole.rows, rtol=1e-12)
    left = Table.together([Table.together(parts[:2]), parts[2]])
    np.testing.assert_array_equal(left.rows[0], whole.rows[0])
    np.testing.assert_allclose(whole.above[:, 0], whole.rows.sum(axis=1))


@pytest.mark.parametrize("per_world", [1, 7])
def test_steps_add_up_to_products_by_world_above_any_threshold(per_world: int) -> None:
    rng = np.random.default_rng(4)
    worlds = 60
    x = np.round(rng.lognormal(3, 1, worlds * per_world), 1)
    q, h = rng.normal(2.0, 3.0, len(x)), (rng.random(len(x)) < 0.4).astype(float)
    one = steps(bin_of(x), worlds, [x, q], [h])
    alone = [
        steps_of_world(Table.of(bin_of(x[w]), [x[w], q[w], h[w]]), 2)
        for w in np.split(np.arange(len(x)), worlds)
    ]
    for table in (one, Table.together(alone)):
        for k, edge in enumerate(table.bins):
            in_tail = (bin_of(x) >= edge).astype(float)
            j, a, b, c = (
                (each * in_tail).reshape(worlds, -1).sum(1) for each in (np.ones(len(x)), x, q, h)
            )
            truth = [j, j**2, j**3]
            for s in (a, b):
                truth += [s, j * s, s * s, j * j * s, j * s * s, s**3]
            truth += [c, c * c]
            np.testing.assert_allclose(
                table.above[:, k], np.sum(truth, axis=1), rtol=1e-9, atol=1e-6
            )


def test_moments_merge_to_those_of_all() -> None:
    rng = np.random.default_rng(5)
    x = rng.lognormal(0.0, 1.0, (3, 4000)) + np.array([[0.0], [5.0], [100.0]])
    cuts = [0, 1, 700, 701, 4000]
    merged = Moments.of(x[:, :1])
    for a, b in pairwise(cuts[1:]):
        merged = merged + Moments.of(x[:, a:b])
    weights = np.array([1.0, -2.0, 0.5])
    mixed = weights @ x
    centre = mixed - mixed.mean()
    spread = merged.influence(weights)
    assert spread.worlds == 4000
    assert spread.variance == pytest.approx((centre**2).mean())
    assert spread.third == pytest.approx((centre**3).mean())
    means = Means.of(x[:, :2000], 200) + Means.of(x[:, 2000:], 200)
    by_world = x.reshape(3, 400, -1).mean(axis=2)
    np.testing.assert_allclose(means.mean, by_world.mean(axis=1))
    np.testing.assert_allclose(means.second, by_world.var(axis=1) * 400)
    assert (means.least == x.min(axis=1)).all()
    assert (means.most == x.max(axis=1)).all()


def test_years_that_are_alike_are_known_exactly() -> None:
    """Half of the years lose one certain sum, far from the ends of its bin, half nothing."""
    loss = np.array([0.0, 1234.5] * 500)
    values = Table.of(bin_of(loss), [place_in(loss), place_in(loss) ** 2])
    known = Binned(values, 0.0, 1234.5, steps(bin_of(loss), 1000, [loss], []), 1000, 1000)
    assert [known.at(k) for k in (0, 499, 500, 999)] == pytest.approx([0.0, 0.0, 1234.5, 1234.5])
    assert known.tail_mean(0.9).value == pytest.approx(1234.5)
    assert known.share_over(1230.0).value == known.share_over(0.0).value == 0.5
    assert known.share_over(1234.6).value == 0.0


def test_what_a_scenario_without_incidents_loses_is_nothing() -> None:
    never = Belief("lognormal", 0.0, 0.0)
    calm = DEFAULT.with_({f"incidents.{cause}.rate_per_year": never for cause in DEFAULT.causes})
    run = summarise(prepare(calm), plan(calm, 500, None), seed=0, executor=None, on_block=None)
    assert [run.measure(name)[1:5] for name in ("eal", "sd", "p95")] == [(0.0,) * 4] * 3
    assert run.measure("p_no_incident").value == 1.0
    assert all(part.value == 0.0 for part in run.tail_by_cause().values())
    assert not math.isnan(run.measure("tvar_95").value)


def test_ordered_columns_are_columns() -> None:
    assert set(ORDERED) <= set(COLUMNS)
    assert bins.RELATIVE_WIDTH < 0.005
