"""The command `drivers`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pytest

from model.__main__ import main
from model.beliefs.belief import Belief
from model.decisions.compare import compare
from model.drivers.information import information
from model.drivers.shares import variance_shares
from model.drivers.tornado import tornado
from model.present.files.declared.columns import FILES
from model.present.files.declared.driver_columns import DRIVER_FILES
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

DEFAULT = Scenario.default()
YEARS = 2_000
ASKED = ("drivers", "--years", str(YEARS), "--seed", "3")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / name).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("drivers") / "out"
    assert main([*ASKED, "--out", str(folder)]) == 0
    return folder


def test_files_have_the_columns_declared(written):
    for name, (_, columns) in DRIVER_FILES.items():
        assert name in FILES
        assert list(rows(written, name)[0]) == [field.name for field in columns]


def test_tornado_is_that_of_the_model(written):
    found = tornado(DEFAULT, years=YEARS, seed=3)
    table = rows(written, "tornado.csv")
    assert [row["name"] for row in table] == [bar.name for bar in found.together]
    assert float(table[0]["change_at_high_usd"]) == found.bars[0].at_high.value
    assert float(table[0]["baseline_usd"]) == found.baseline.value


def test_shares_and_worths_are_those_of_the_model(written):
    shares = variance_shares(simulate(DEFAULT, years=YEARS, seed=3)).shares
    assert [row["name"] for row in rows(written, "variance_shares.csv")] == [s.name for s in shares]
    sets = [[remedy.name] for remedy in DEFAULT.remedies]
    worths = information(compare(DEFAULT, sets, years=YEARS, seed=3)).worths
    found = rows(written, "information.csv")
    assert float(found[0]["value_usd"]) == worths[0].value.value


def test_the_band_holds_the_curve(written):
    for row in rows(written, "ignorance.csv"):
        assert float(row["low"]) <= float(row["chance"]) + 1e-9
        assert float(row["chance"]) <= float(row["high"]) + 1e-9


def test_the_manifests_command_and_any_number_of_workers_give_the_same_bytes(
    written, tmp_path, monkeypatch
):
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    command = shlex.split(manifest["command"])
    assert command[:5] == ["python", "-m", "model", "drivers", "scenario.csv"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenario.csv").write_bytes((written / "scenario.csv").read_bytes())
    assert main([*command[3:], "--workers", "1"]) == 0
    assert contents(tmp_path / "out") == contents(written)


def test_prints_what_moves_the_answer_and_what_to_find_out(capsys):
    assert main([*ASKED, "--figure", "p95"]) == 0
    out = capsys.readouterr().out
    assert "p95" in out.splitlines()[0]
    assert "years of the tornado" in out.splitlines()[0]
    assert "of the variance of a year; the rest is luck" in out
    assert "best choice as things are known: baseline" in out


def test_a_platform_without_incidents_has_no_drivers(tmp_path, capsys):
    off = {f"incidents.{c}.rate_per_year": Belief("lognormal", 0.0, 0.0) for c in DEFAULT.causes}
    file = tmp_path / "quiet.csv"
    file.write_text(DEFAULT.with_(off).changes_csv(), encoding="utf-8")
    assert main(["drivers", str(file), "--years", "1000"]) == 0
    assert "nothing: no single belief would change the choice" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--years", "999"], "from 1,000 to 10,000,000"),
        (["--figure", "median"], "invalid choice"),
        (["--seed", "-1"], "from 0 up"),
        (["nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_input_is_one_line(arguments, said, capsys):
    assert main(["drivers", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1
