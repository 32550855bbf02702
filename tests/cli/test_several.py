"""Verbs given a workbook or a zip of several scenarios, as the page writes them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from model.__main__ import main
from model.present.files.several_scenarios import in_workbook, in_zip
from model.scenario.scenario import Scenario

NOW = Scenario.default().with_({"scenario.name": "Now: today"})
SMALL = ("--years", "1000", "--workers", "1")


@pytest.fixture(params=["variants.xlsx", "variants.zip"])
def file(request, tmp_path: Path) -> str:
    scenarios = [NOW, Scenario.preset("quiet_year"), Scenario.preset("article")]
    path = tmp_path / request.param
    path.write_bytes((in_workbook if path.suffix == ".xlsx" else in_zip)(scenarios))
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    return status, *capsys.readouterr()


def test_a_verb_for_one_asks_which_and_takes_the_one_that_is_named(file: str, capsys):
    status, _, wrong = said(capsys, "run", file, *SMALL)
    assert status == 2
    assert "'Now: today', 'A quiet year'" in wrong
    assert wrong.rstrip().endswith("say which with --variant NAME")
    status, out, _ = said(capsys, "run", file, "--variant", "a QUIET year", *SMALL)
    assert (status, out.partition(":")[0]) == (0, "A quiet year")
    inside = "Now- today" if file.endswith("xlsx") else "now_today"
    status, out, _ = said(capsys, "run", file, "--variant", inside, *SMALL)
    assert (status, out[:10]) == (0, "Now: today")


def test_a_name_that_is_not_there_is_told_with_those_that_are(file: str, capsys):
    status, _, wrong = said(capsys, "replay", file, "--variant", "Nox", "--incident", "x")
    assert status == 2
    assert "no scenario 'Nox' in it: there are 'Now: today'" in wrong
    status, _, wrong = said(capsys, "run", "--variant", "Now")
    assert (status, wrong) == (2, "--variant: a file of several scenarios is needed\n")


def test_check_says_of_each_whether_it_is_valid(file: str, capsys):
    status, out, _ = said(capsys, "check", file)
    assert status == 0
    assert [line.rpartition(", ")[2].split(":")[0][:5] for line in out.splitlines()] == [
        "'Now", "'A qu", '"The ',
    ]  # fmt: skip


def test_compare_takes_all_of_them_and_writes_what_differs(file: str, tmp_path: Path, capsys):
    out = tmp_path / "out"
    assert said(capsys, "compare", file, *SMALL, "--out", str(out))[0] == 0
    with (out / "compare.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert len({row["scenario"] for row in csv.DictReader(opened)}) == 3
    with (out / "differences.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert {row["scenario"] for row in rows} == {"Now: today", "A quiet year", "The article's view"}
    assert "incidents.capacity.rate_per_year" in {row["name"] for row in rows}


def test_two_currencies_in_one_file_are_told_by_the_names_of_the_scenarios(tmp_path: Path, capsys):
    path = tmp_path / "two.zip"
    path.write_bytes(in_zip([NOW, Scenario.preset("midsize_europe")]))
    status, _, wrong = said(capsys, "compare", str(path), *SMALL)
    assert status == 2
    assert "'A mid-size European platform': its amounts are in EUR, those of" in wrong
