"""Run until good enough: when it stops, what it found, and that it comes again."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from model.__main__ import main
from model.runs import blocks, precision, simulate
from model.runs.blocks import Plan, plan
from model.runs.precision import GROWTH, looks, share_of, simulate_until
from model.runs.result import Result
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
EAL = {"eal": 0.04}
FIRST, STEP = 8_000, 2_000
"""A first look and blocks that are over soon, in place of 200,000 and 50,000 years."""


@pytest.fixture(scope="module", autouse=True)
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (blocks, precision):
            patch.setattr(module, "LONG_RUN_YEARS", FIRST)
        patch.setattr(blocks, "BLOCK_YEARS", STEP // 2)
        yield


def same(one: Result, other: Result) -> None:
    assert one.years == other.years
    assert one.measures() == other.measures()
    assert one.tail_by_cause() == other.tail_by_cause()
    assert one.chain() == other.chain()
    assert one.curve(30)["loss_usd"].tobytes() == other.curve(30)["loss_usd"].tobytes()


@pytest.fixture(scope="module")
def reached(small_blocks: None) -> precision.Reached:
    return simulate_until(DEFAULT, EAL, seed=3)


def test_it_stops_at_the_first_look_that_is_good_enough(reached: precision.Reached) -> None:
    assert reached.missed == ()
    assert reached.shares["eal"] <= EAL["eal"]
    years = reached.result.years
    before = [n for n in looks(plan(DEFAULT, precision.MOST_YEARS, None)) if n < years]
    assert years > FIRST
    assert len(before) >= 1
    for n in before[-1:]:
        run = simulate.simulate(DEFAULT, years=n, seed=3)
        assert share_of(run.measure("eal")) > EAL["eal"]


def test_it_is_the_run_of_as_many_years(reached: precision.Reached) -> None:
    years = reached.result.years
    plain = simulate.simulate(DEFAULT, years=years, seed=3)
    same(reached.result, plain)
    assert reached.result["net_loss_usd"].tobytes() == plain["net_loss_usd"].tobytes()


def test_it_is_the_same_whoever_computes(reached: precision.Reached) -> None:
    with ThreadPoolExecutor(3) as executor:
        same(reached.result, simulate_until(DEFAULT, EAL, seed=3, executor=executor).result)


def test_beyond_the_years_that_are_kept_it_goes_on_with_summaries(
    reached: precision.Reached, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "MOST_KEPT_YEARS", FIRST)
    monkeypatch.setattr(simulate, "MOST_KEPT_YEARS", FIRST)
    summed = simulate_until(DEFAULT, EAL, seed=3).result
    assert summed.summary is not None
    assert summed.years == reached.result.years
    same(summed, simulate.simulate(DEFAULT, years=summed.years, seed=3))


def test_several_figures_are_all_as_sure() -> None:
    asked = {"eal": 0.1, "p95": 0.1, "tvar_99": 0.2}
    found = simulate_until(DEFAULT, asked)
    assert (found.missed, found.result.years) == ((), FIRST)
    assert all(found.shares[name] <= share for name, share in asked.items())


def test_a_limit_that_is_too_low_is_said() -> None:
    told: list[tuple[int, int]] = []
    found = simulate_until(
        DEFAULT, {"eal": 0.001, "p50": 0.5}, most_years=3_000, on_block=lambda *at: told.append(at)
    )
    assert (found.missed, found.result.years) == (("eal",), 3_000)
    assert 1e6 < found.likely_years < 5e7
    assert told[-1] == (3, 3)
    assert [done for done, _ in told] == [1, 2, 3]


def test_what_no_run_can_reach_is_said() -> None:
    found = simulate_until(DEFAULT, {"eal": 1e-300}, most_years=2_000, on_block=lambda *_: None)
    assert (found.missed, found.likely_years) == (("eal",), float("inf"))


def test_progress_ends_when_it_is_good_enough() -> None:
    told: list[tuple[int, int]] = []
    simulate_until(DEFAULT, {"eal": 0.1}, on_block=lambda *at: told.append(at))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("block_years", [2_000, 1_000, 125, 31])
def test_looks_are_whole_blocks_and_grow_by_a_quarter(block_years: int) -> None:
    found = list(looks(Plan(1_000_000, 1_000_000, block_years)))
    assert found[0] >= FIRST
    assert found[-1] == 1_000_000
    assert all(n % block_years == 0 for n in found[:-1])
    assert all(a * GROWTH <= b <= a * GROWTH + STEP for a, b in pairwise(found[:-1]))
    assert list(looks(Plan(7_000, 7_000, 1_000))) == [7_000]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "no measure given"),
        ({"eel": 0.1}, "'eel' given"),
        ({"tolerance": 0.1}, "'tolerance' given"),
        ({"eal": 0.0}, "precision of eal: 0.0 given"),
        ({"eal": 1.5}, "above 0 up to 1"),
        ({"eal": float("nan")}, "nan given"),
    ],
)
def test_what_cannot_be_asked_for(asked: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate_until(DEFAULT, asked)


# The command line.


def test_the_command_in_the_manifest_gives_the_same_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert main(["run", "--precision", "eal=4%", "--precision", "p95=0.08", "--out", str(one)]) == 0
    out = capsys.readouterr().out
    assert "eal: half of its 95 % interval is 3." in out
    assert "p95: half of its 95 % interval is " in out
    assert ", 8 % asked for" in out
    manifest = json.loads((one / "manifest.json").read_text("utf-8"))
    assert manifest["precision"] == {"eal": 0.04, "p95": 0.08}
    words = shlex.split(manifest["command"])[3:-1]
    assert words[2:4] == ["--years", str(manifest["years"])]
    words[1] = str(one / "scenario.csv")
    assert main([*words, str(two)]) == 0
    for file in ("summary.csv", "exceedance.csv", "by_cause.csv", "chain.csv", "annual.csv"):
        assert (one / file).read_bytes() == (two / file).read_bytes(), file
    rows = list(csv.DictReader(io.StringIO((one / "summary.csv").read_text("utf-8-sig"))))
    eal = next(row for row in rows if row["measure"] == "eal")
    assert (float(eal["high"]) - float(eal["low"])) / 2 <= 0.04 * float(eal["value"])


def test_a_limit_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--years", "2000", "--precision", "eal=0.5%"]) == 0
    err = capsys.readouterr().err
    assert "warning: eal: not as sure as asked for after 2,000 years; about " in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--precision", "eal"], "argument --precision: value 'eal': allowed is MEASURE=SHARE"),
        (["--precision", "eal=0"], "value 'eal=0'"),
        (["--precision", "eal=101%"], "value 'eal=101%'"),
        (["--precision", "eal=-1%"], "value 'eal=-1%'"),
        (["--precision", "profit=1%"], "one of eal, sd, p_no_incident, p50,"),
        (["--precision", "eal=1%", "--worlds", "10"], "--worlds: not with --precision"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
