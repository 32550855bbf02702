"""The verbs that learn from a log, hold the model against figures, and against exact laws."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
from pathlib import Path

import pytest
from evidence import written_logs as written

from model.__main__ import main
from model.present.files.declared.evidence_columns import EVIDENCE_FILES
from model.scenario.scenario import Scenario

COVERED = ("--from", "2025-08-01", "--to", "2026-03-21")


@pytest.fixture
def desk(tmp_path: Path) -> str:
    path = tmp_path / "desk.csv"
    path.write_bytes(written.desk())
    return str(path)


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def header(name: str) -> list[str]:
    return [field.name for field in EVIDENCE_FILES[name][1]]


def test_fit_writes_what_it_prints(
    desk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    zone = ("--time-zone", "UTC", "--cause", "capacity")
    assert main(["fit", desk, *COVERED, *zone, "--out", str(out), "--limit", "5"]) == 0
    said = capsys.readouterr()
    assert "Luck or design?" in said.out
    assert "Is it changing?" in said.out
    assert "More than 5 incidents a year" in said.out
    rates = table(out / "rates.csv")
    assert list(rates[0]) == header("rates.csv")
    assert [row["cause"] for row in rates] == ["capacity", "all"]
    assert float(rates[-1]["exposure_years"]) == pytest.approx(232 * 24 / 8760)
    durations = table(out / "durations.csv")
    assert list(durations[0]) == header("durations.csv")
    assert {row["family"] for row in durations} == {"lognormal", "weibull", "gamma", "loglogistic"}
    lognormal = next(r for r in durations if r["family"] == "lognormal" and r["cause"] == "all")
    assert lognormal["shape"] == ""
    weibull = next(r for r in durations if r["family"] == "weibull")
    assert weibull["mu"] == ""
    assert float(weibull["shape"]) > 0


def test_the_zone_says_what_a_bare_date_and_a_wall_time_are(desk: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    zone = ("--time-zone", "America/New_York")
    begin = ("--from", "2025-08-01T00:00Z", "--to", "2026-03-21T00:00+00:00")
    assert main(["fit", desk, *begin, *zone, "--out", str(out)]) == 0
    rows = {row["row"]: row for row in table(out / "rows.csv")}
    assert list(next(iter(rows.values()))) == header("rows.csv")
    clock_change = rows["7"]
    assert (clock_change["start_utc"], clock_change["end_utc"]) == (
        "2025-11-02T05:30:00Z",
        "2025-11-02T07:15:00Z",
    )
    assert float(clock_change["hours"]) == pytest.approx(1.75)
    assert rows["2"]["read"] == "refused"
    assert rows["2"]["reason"] == "ends before it starts"
    rates = table(out / "rates.csv")
    assert rates[-1]["incidents"] == "13"
    unknown = next(row for row in rates if row["cause"] == "deploy")
    assert (unknown["prior_low"], unknown["posterior_mean"]) == ("", "")


def test_the_same_log_gives_the_same_bytes(desk: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert main(["fit", desk, *COVERED, "--out", str(tmp_path / name)]) == 0
    for file in ("rates.csv", "durations.csv", "rows.csv", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_apply_writes_a_scenario_that_says_where_it_comes_from(
    desk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "fitted.csv"
    assert main(["fit", desk, *COVERED, "--apply", str(file)]) == 0
    assert "expected annual loss: $" in capsys.readouterr().out
    rows = {row["name"]: row for row in table(file)}
    rate = rows["incidents.capacity.rate_per_year"]
    assert rate["source"].startswith("Fitted to desk.csv, 13 incidents, 0.636 years")
    assert rate["grade"] == "B"
    assert rows["platform.cpm"]["grade"] != ""
    before = Scenario.default().belief("incidents.capacity.rate_per_year")
    assert Scenario.read(file).belief("incidents.capacity.rate_per_year").high > before.high


def test_traffic_becomes_a_profile_of_the_scenario(
    desk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"2025-10-{1 + k // 24:02d}T{k % 24:02d}:00Z,{10 + k % 24}" for k in range(24 * 28)]
    traffic = tmp_path / "traffic.csv"
    traffic.write_text("timestamp,value\n" + "\n".join(lines))
    file = tmp_path / "fitted.csv"
    given = ["--traffic", str(traffic), "--apply", str(file)]
    assert main(["fit", desk, *COVERED, *given]) == 0
    assert "the profile of demand" in capsys.readouterr().out
    row = next(row for row in table(file) if row["name"] == "profiles.demand.000")
    assert row["source"].startswith("Measured: traffic.csv")
    traffic.write_text("timestamp,value\n2025-10-01,5\n")
    assert main(["fit", desk, *COVERED, *given]) == 2
    assert "traffic.csv: fewer than 12 rows" in capsys.readouterr().err


WRONG = {
    "no such file": (["fit", "nowhere.csv"], "nowhere.csv"),
    "a date": (["fit", "LOG", "--from", "soon", "--to", "2026-03-21"], "--from 'soon'"),
    "half of the time": (["fit", "LOG", "--from", "2025-08-01"], "both are needed"),
    "turned around": (["fit", "LOG", "--from", "2026-03-21", "--to", "2025-08-01"], "after --from"),
    "a zone": (["fit", "LOG", "--time-zone", "Mars/Base"], "--time-zone 'Mars/Base'"),
    "a field": (["fit", "LOG", "--map", "begin=opened_at"], "'begin' is no field"),
    "a column": (["fit", "LOG", "--map", "start=nothing"], "no column 'nothing'"),
    "a cause": (["fit", "LOG", "--assign", "deploy=nobody"], "'nobody' is no cause"),
    "one cause": (["fit", "LOG", "--cause", "nobody"], "--cause: 'nobody' is no cause"),
    "no row": (["fit", "LOG", "--leave-out", "the last=drill"], "the number of a row"),
    "no field of a row": (["fit", "LOG", "--correct", "3.title=x"], "ROW.start, ROW.end"),
    "no moment": (["fit", "LOG", "--correct", "3.end=soon"], "--correct 3.end 'soon'"),
    "a filter": (["fit", "LOG", "--where", "severity=x"], "severity: no column"),
    "a comparison": (["fit", "LOG", "--where", "duration=>=much"], "a number is needed"),
    "a window": (["fit", "LOG", *COVERED, "--selection", "2026-01-01"], "DATE..DATE"),
    "an empty window": (
        ["fit", "LOG", *COVERED, "--selection", "2025-08-02..2025-08-03"], "holds 0 incidents",
    ),
    "a limit without time": (["fit", "LOG", "--limit", "3"], "--from and --to are needed"),
    "the end of the calendar": (["fit", "LOG", "--from", "2025-01-01", "--to", "9999-12-31"],
                                "years from 1900 to 2199"),
    "its beginning": (["fit", "LOG", "--from", "0001-01-01", "--to", "2026-01-01"],
                      "years from 1900 to 2199"),
    "a window to its end": (["fit", "LOG", *COVERED, "--selection", "2025-01-01..9999-12-31"],
                            "years from 1900 to 2199"),
    "a correction to its end": (["fit", "LOG", *COVERED, "--correct", "2.end=9999-12-31T23:59"],
                                "years from 1900 to 2199"),
    "no years to hold out": (["backtest", "--log", "LOG", *COVERED], "less than 15 months"),
    "no cases": (["backtest", "--case", "LOG"], "missing columns"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_bad_input_is_one_line_and_status_two(
    what: str, desk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, said = WRONG[what]
    assert main([desk if word == "LOG" else word for word in words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_several_faults_are_a_line_each(desk: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", desk, "--from", "x", "--to", "y", "--time-zone", "z"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_a_file_that_is_no_log_leaves_no_trace(tmp_path: Path) -> None:
    broken = tmp_path / "a.json"
    broken.write_text('{"a": [1, 2')
    assert main(["fit", str(broken), *COVERED, "--apply", str(tmp_path / "b.csv")]) == 2
    assert not (tmp_path / "b.csv").exists()


def test_backtest_prices_cases_of_its_own_and_published_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["backtest", "--out", str(out)]) == 0
    rows = table(out / "backtest.csv")
    assert list(rows[0]) == header("backtest.csv")
    assert "meta-2021-10-04" in {row["case"] for row in rows}
    capsys.readouterr()
    own = tmp_path / "own.csv"
    own.write_text(
        "case;figure;published_low;published_high;source;start;hours;publish_loss;playback_loss;"
        "ads_loss\nours;loss;1,5e6;2,5e6;finance;2026-05-06T12:00;2;1;1;1\n"
        "ours;loss;1,5e6;2,5e6;finance;2026-05-06T12:00;10;0,2;0,1;0,1\n"
    )
    assert main(["backtest", "--case", str(own)]) == 0
    assert "ours" in capsys.readouterr().out


def test_validate_prints_and_writes_its_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["validate", "--years", "20000", "--out", str(out)]) == 0
    assert "within four standard errors" in capsys.readouterr().out
    rows = table(out / "validation.csv")
    assert list(rows[0]) == header("validation.csv")
    assert {row["passed"] for row in rows} == {"yes"}


def test_the_manifest_has_the_command_that_makes_the_files_again(
    desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    asked = ("--time-zone", "America/New_York", "--assign", "deploy=change_and_configuration",
             "--limit", "5", "--selection", "2026-01-14..2026-03-20", "--vague-prior")  # fmt: skip
    assert main(["fit", desk, *COVERED, *asked, "--out", str(out)]) == 0
    command = json.loads((out / "manifest.json").read_text())["command"]
    shutil.copy(desk, out)
    monkeypatch.chdir(out)
    python, dash, package, *words = shlex.split(command)
    assert (python, dash, package) == ("python", "-m", "model")
    assert main(words) == 0
    for file in ("rates.csv", "durations.csv", "rows.csv", "manifest.json"):
        assert (out / "out" / file).read_bytes() == (out / file).read_bytes(), file


def test_rows_are_left_out_and_corrected_with_a_reason(desk: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    by_hand = ("--leave-out", "4=a drill", "--correct", "6.end=2025-10-20T16:00Z",
               "6.why=ads came back later", "6.cause=capacity")  # fmt: skip
    assert main(["fit", desk, *COVERED, *by_hand, "--out", str(out)]) == 0
    rows = {row["row"]: row for row in table(out / "rows.csv")}
    assert (rows["4"]["read"], rows["4"]["reason"]) == ("refused", "left out by hand: a drill")
    assert rows["6"]["end_utc"] == "2025-10-20T16:00:00Z"
    assert rows["6"]["reason"].startswith("corrected by hand: ads came back later")
    assert rows["6"]["cause"] == "capacity"
