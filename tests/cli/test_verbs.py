"""The command line: exit status, one line for each problem, the same bytes for the same input."""

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from model.__main__ import main
from model.cli import compare
from model.cli import run as run_verb
from model.present.files import bundle
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
HEAD = "name,shape,low,mid,high\r\n"


def python(*arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        **options,
    )


def refused(capsys, *arguments: str) -> list[str]:
    """Run a command that must refuse its input, and return its lines on standard error."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err.splitlines()


def saved(folder: Path, rows: str, name: str = "mine.csv") -> str:
    path = folder / name
    path.write_bytes((HEAD + rows).encode())
    return str(path)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def summary(folder: Path) -> dict[str, dict[str, str]]:
    text = (folder / "summary.csv").read_bytes().decode("utf-8-sig")
    return {row["measure"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


# As a program


def test_run_prints_the_measures_and_writes_the_bundle(tmp_path):
    done = python("-m", "model", "run", "--years", "500", "--out", str(tmp_path / "new" / "out"))
    assert done.returncode == 0
    assert "default: 500 years, 500 worlds, seed 0" in done.stdout
    assert re.search(r"^eal +\$[\d.]+M", done.stdout, re.MULTILINE)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "new" / "out" / "manifest.json").exists()


def test_bad_input_is_one_line_on_standard_error_and_status_2(tmp_path):
    file = saved(tmp_path, "platform.cpm,,-4,,12\r\nplatform.daily_user,,1,,2\r\n")
    done = python("-m", "model", "check", file)
    assert done.returncode == 2
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert first.startswith("mine.csv, row 2, platform.cpm: low -4:")
    assert second.startswith("mine.csv, row 3, platform.daily_user: unknown name")
    assert second.endswith("nearest known: platform.daily_users")


@pytest.mark.parametrize("command", [(), ("run",), ("check",), ("replay",), ("compare",)])
def test_help_names_every_option(command):
    done = python("-m", "model", *command, "--help")
    assert done.returncode == 0
    assert "python -m model" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_leaves_is_no_error_to_read_about():
    with subprocess.Popen(
        [sys.executable, "-m", "model", "run", "--years", "100"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_importing_the_model_needs_no_tables_and_no_screen():
    code = (
        "import sys, model\n"
        "from model.runs.simulate import plan\n"
        "from model import Scenario, replay, simulate\n"
        "assert simulate(Scenario.default(), years=5).years == 5\n"
        "assert callable(replay), replay\n"
        "print([name for name in ('pandas', 'streamlit', 'altair') if name in sys.modules])\n"
        "print(model.__version__, sorted(model.__all__) == dir(model))\n"
    )
    done = python("-c", code)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "[]"
    assert done.stdout.splitlines()[1].endswith("True")


# Run


def test_any_number_of_workers_gives_the_same_bytes(tmp_path):
    for workers in ("1", "2"):
        out = str(tmp_path / workers)
        assert main(["run", "--years", "30000", "--workers", workers, "--out", out]) == 0
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_a_scenario_written_and_read_back_gives_the_same_bytes(tmp_path):
    rows = (
        "scenario.name,'=mine,,,\r\n"
        "platform.ad_revenue_per_year,,1.23456789e10,,1.5e10\r\n"
        "incidents.sun_storm.rate_per_year,gamma,0.1,,0.9\r\n"
        "incidents.sun_storm.duration,weibull,1,,30\r\n"
        "incidents.sun_storm.publish_loss,,0.5,,0.9\r\n"
        "incidents.sun_storm.playback_loss,,0.1,,0.3\r\n"
        "incidents.sun_storm.ads_loss,,0,,0\r\n"
    )
    first, second = tmp_path / "a", tmp_path / "b"
    options = ["--years", "400", "--worlds", "200", "--seed", "7"]
    assert main(["run", saved(tmp_path, rows), *options, "--out", str(first)]) == 0
    assert main(["run", str(first / "scenario.csv"), *options, "--out", str(second)]) == 0
    assert contents(first) == contents(second)
    assert b"scenario.name,'=mine," in (first / "scenario.csv").read_bytes()


def test_the_command_in_the_manifest_makes_the_bundle_again(tmp_path, monkeypatch):
    file = saved(tmp_path, "trust.recovery,,2,,30\r\n")
    options = ["--years", "600", "--worlds", "300", "--seed", "12", "--tolerance", "1.5e6"]
    assert main(["run", file, *options, "--out", str(tmp_path / "a")]) == 0
    command = json.loads((tmp_path / "a" / "manifest.json").read_text("utf-8"))["command"]
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "model"]
    monkeypatch.chdir(tmp_path / "a")
    assert main(words[3:]) == 0
    again = contents(tmp_path / "a" / "out")
    assert again == contents(tmp_path / "a")


def test_years_worlds_seed_and_tolerance_arrive(tmp_path):
    def run(*options: str) -> dict[str, dict[str, str]]:
        assert main(["run", *options, "--out", str(tmp_path / "out")]) == 0
        return summary(tmp_path / "out")

    base = run("--years", "200")
    assert run("--years", "200", "--seed", "0", "--worlds", "200") == base
    assert run("--years", "200", "--seed", "1")["eal"] != base["eal"]
    assert run("--years", "200", "--worlds", "1")["eal"]["standard_error"] == ""
    low = run("--years", "200", "--tolerance", "0")["p_over_tolerance"]["value"]
    assert float(low) == 1 - float(base["p_no_incident"]["value"])


def test_annual_above_the_limit_is_written_only_when_asked(tmp_path, monkeypatch):
    for module in (bundle, run_verb):
        monkeypatch.setattr(module, "MOST_ANNUAL_YEARS", 50)
    out = tmp_path / "out"
    assert main(["run", "--years", "60", "--out", str(out)]) == 0
    assert not (out / "annual.csv").exists()
    assert main(["run", "--years", "60", "--annual", "--out", str(out)]) == 0
    assert (out / "annual.csv").read_bytes().count(b"\r\n") == 61
    command = json.loads((out / "manifest.json").read_text("utf-8"))["command"]
    assert "--annual" in shlex.split(command)


def test_out_may_be_a_zip(tmp_path, capsys):
    assert main(["run", "--years", "50", "--out", str(tmp_path / "x" / "y.zip")]) == 0
    assert (tmp_path / "x" / "y.zip").read_bytes().startswith(b"PK")
    assert "13 files written" in capsys.readouterr().out


def test_what_is_unusual_is_said_on_standard_error(tmp_path, capsys):
    pairs = (("network_latency", -1), ("capacity", 1), ("change_and_configuration", 1))
    power = "incidents.power_cooling_weather.rate_per_year"
    rows = "".join(
        f"correlation.{power}.with.incidents.{c}.rate_per_year,,{r},,{r}\r\n" for c, r in pairs
    )
    rows += "platform.cpm,,2000,,3000\r\nsimulation.max_duration,,1,,1\r\n"
    rows += "remedies.active_active.on,,1,,1\r\n"
    assert main(["run", saved(tmp_path, rows), "--years", "3000"]) == 0
    err = capsys.readouterr().err
    for part in (
        "ads per user-hour: usual is 30 to 75",
        "correlation: not all possible together; repaired",
        "remedies: active_active on",
        "early_life_multiplier: ",
        "simulation.max_duration: ",
    ):
        assert part in err
    assert all(line.startswith(("warning: ", "note: ")) for line in err.splitlines())


def test_what_was_understood_is_noted(tmp_path, capsys):
    path = saved(tmp_path, "sla.monthly_fee,,4e7,,8e7\r\n")
    assert main(["check", path]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    assert "sla.monthly_fee is read as platform.cloud_bill_per_year, times 12" in notes[0]
    assert "has moved since" in notes[1]


def test_the_tolerance_of_the_scenario_counts_unless_another_is_given(tmp_path, capsys):
    path = saved(tmp_path, "simulation.tolerance,,1e6,,1e6\r\n")

    def over(*words):
        assert main(["run", *words, "--years", "2000"]) == 0
        lines = capsys.readouterr().out.splitlines()
        return next(line for line in lines if line.startswith("p_over_tolerance"))

    assert over(path) == over("--tolerance", "1e6") != over()
    assert over(path, "--tolerance", "25e6") == over()


# Check


def test_check_accepts_every_file_of_the_product(capsys):
    for name in ("default.csv", *sorted(p.name for p in (ROOT / "data").glob("preset_*.csv"))):
        assert main(["check", str(ROOT / "data" / name)]) == 0
        assert "valid" in capsys.readouterr().out


def test_the_default_file_is_the_default_scenario():
    raw = (ROOT / "data" / "default.csv").read_bytes()
    assert raw == encoded(Scenario.default().to_csv())
    assert Scenario.read(raw) == Scenario.default()


def test_check_says_how_much_differs(tmp_path, capsys):
    assert main(["check", saved(tmp_path, "platform.cpm,,5,,6\r\n")]) == 0
    assert "1 row differs from the default" in capsys.readouterr().out


BAD_ROWS = {
    "unknown name": ("platform.cpn,,4,,12", "nearest known: platform.cpm"),
    "not a number": ("platform.cpm,,four,,12", "low 'four'"),
    "NaN": ("platform.cpm,,nan,,12", "low 'nan'"),
    "infinity": ("platform.cpm,,4,,inf", "high 'inf'"),
    "overflow": ("platform.cpm,,4,,1e999", "high '1e999'"),
    "percent sign": ("platform.daily_users,,50%,,105000000", "low '50%'"),
    "question": ('platform.daily_users,,86000000,,"105,000"', "write 105000 or 105"),
    "ambiguous day": ("simulation.start_date,4/1/2026,,,", "write 2026-01-04 or 2026-04-01"),
    "underscore": ("platform.daily_users,,86_000_000,,105000000", "low '86_000_000'"),
    "empty number": ("platform.cpm,,,,12", "low is empty"),
    "low above high": ("platform.cpm,,12,,4", "low 12: at most high"),
    "below the bound": ("platform.cpm,,0,,4", "from 1e-06"),
    "above the bound": ("publishing.retry_share,,0.5,,1.5", "from 0 to 1"),
    "unknown shape": ("platform.cpm,triangle,4,,12", "one of normal"),
    "correlation too large": (
        "correlation.platform.cpm.with.trust.recovery,,1.5,,1.5",
        "from -1 to 1",
    ),
    "correlation with itself": (
        "correlation.platform.cpm.with.platform.cpm,,0.5,,0.5",
        "two different assumptions",
    ),
    "correlation across levels": (
        "correlation.incidents.capacity.duration.with.platform.cpm,,0.5,,0.5",
        "same level",
    ),
    "half a cause": ("incidents.moon.duration,,1,,2", "rate_per_year"),
    "a path for a file": ("profiles.demand,../../etc/passwd,,,", "a file in data/"),
    "a date that is none": ("simulation.start_date,2026-02-30,,,", "2026-02-30"),
}


@pytest.mark.parametrize(("row", "expected"), BAD_ROWS.values(), ids=BAD_ROWS)
@pytest.mark.parametrize("command", ["check", "run", "replay"])
def test_a_bad_row_is_one_line_with_file_row_and_name(tmp_path, capsys, command, row, expected):
    file = saved(tmp_path, f"publishing.catch_up,,2,,12\r\n{row}\r\n")
    more = ["--incident", "tiktok-2026-03-03"] if command == "replay" else []
    lines = refused(capsys, command, file, *more)
    assert len(lines) == 1
    assert lines[0].startswith(f"mine.csv, row 3, {row.split(',')[0]}: ")
    assert expected in lines[0]


def test_every_problem_of_a_file_has_its_line(tmp_path, capsys):
    alone = [row for row, _ in BAD_ROWS.values() if not row.startswith("platform.cpm")]
    rows = list({row.split(",")[0]: row for row in alone}.values())
    lines = refused(capsys, "check", saved(tmp_path, "\r\n".join(rows)))
    assert [line.split(", ")[1] for line in lines] == [f"row {k + 2}" for k in range(len(rows))]


def test_lines_that_say_the_same_of_other_rows_stop_at_a_hundred(tmp_path, capsys):
    unknown = "".join(f"strange.{k},,1,,2\r\n" for k in range(1_100))
    wrong = "".join(f"platform.{name},,4%,,12\r\n" for name in ("cpm", "daily_users"))
    lines = refused(capsys, "check", saved(tmp_path, unknown + wrong))
    assert len(lines) == 100 + 1 + 2
    assert lines[99].startswith("mine.csv, row 101, strange.99: unknown name")
    assert lines[100] == "… and 1,000 more like this"
    assert [line.split(", ")[1] for line in lines[101:]] == ["row 1102", "row 1103"]


def test_one_year_is_one_year(capsys):
    assert main(["run", "--years", "1"]) == 0
    assert "1 year, 1 world, seed 0\n" in capsys.readouterr().out


def test_a_name_twice_is_refused(tmp_path, capsys):
    file = saved(tmp_path, "platform.cpm,,4,,12\r\nplatform.cpm,,4,,12\r\n")
    assert refused(capsys, "check", file) == [
        "mine.csv, row 3, platform.cpm: also in row 2: once only"
    ]


ROW = "platform.cpm,,4,,13\r\n"
BAD_FILES = {
    "empty": (b"", "empty"),
    "missing column": (b"name,shape,low,mid\r\nplatform.cpm,,4,\r\n", "missing column high"),
    "noncharacter": ((HEAD + "scenario.note,Plan \uffff B,,,\r\n").encode(), "U+FFFF"),
    "NUL": ((HEAD + ROW).encode() + b"\0", "line 3: NUL bytes"),
    "huge": ((HEAD + ROW).encode() + b" " * 5_000_001, "larger than 5 MB"),
    "many rows": ((HEAD + ROW * 6000).encode(), "too many rows"),
    "binary": (bytes(range(256)), "mine.csv"),
}


@pytest.mark.parametrize(("raw", "expected"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_is_no_scenario_is_refused_in_words(tmp_path, capsys, raw, expected):
    file = tmp_path / "mine.csv"
    file.write_bytes(raw)
    lines = refused(capsys, "run", str(file), "--out", str(tmp_path / "out"))
    assert expected in lines[-1]
    assert all(line.startswith(("mine.csv", "… and ")) for line in lines)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_missing_or_a_folder_is_refused(tmp_path, capsys):
    for path in (tmp_path / "none.csv", tmp_path):
        (line,) = refused(capsys, "check", str(path))
        assert f"{path.name}: cannot be read: " in line


# Options


@pytest.mark.parametrize(
    "years", ["1e6", "1_000", "1,000", "0", "-5", "1.5", "", " 5", "+5", "ten", "1000000001", "٣"]
)
def test_years_are_a_plain_whole_number(capsys, years):
    (line,) = refused(capsys, "run", f"--years={years}")
    assert "--years" in line
    assert repr(years) in line
    assert "from 1 to 1,000,000,000" in line


def test_more_than_a_billion_years_are_refused_before_any_work(capsys, monkeypatch):
    monkeypatch.setattr("model.cli.run.simulate", None)
    (line,) = refused(capsys, "run", "--years", "1000000001")
    assert "'1000000001'" in line
    (line,) = refused(capsys, "run", "--years", "9" * 5000)
    assert len(line) < 300


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "--years", "1000", "--worlds", "7"], "--worlds: 7 given; it must divide"),
        (["run", "--years", "10", "--worlds", "20"], "--worlds: 20 given"),
        (["run", "--worlds", "0"], "--worlds: value '0'"),
        (["run", "--seed", "-1"], "--seed: value '-1'"),
        (["run", "--seed", "1.0"], "--seed: value '1.0'"),
        (["run", "--workers", "0"], "--workers: value '0'"),
        (["run", "--workers", "65"], "from 1 to 64"),
        (["run", "--tolerance=-1"], "--tolerance: value '-1'"),
        (["run", "--tolerance", "25M"], "--tolerance: value '25M'"),
        (["run", "--tolerance", "nan"], "--tolerance: value 'nan'"),
        (["run", "--tolerance", "1e999"], "--tolerance: value '1e999'"),
        (["run", "--out", ""], "--out: value ''"),
        (["run", "--year", "10"], "unrecognized arguments: --year"),
        (["run", "--years"], "--years: expected one argument"),
        (["run", "a.csv", "b.csv"], "unrecognized arguments: b.csv"),
        (["run", "--new\nline"], "unrecognized arguments: --new line"),
        (["check"], "SCENARIO.csv"),
        (["guess"], "'guess'"),
        ([], "COMMAND"),
        (["replay"], "--start: missing"),
        (["replay", "--start", "2026-03-03"], "--hours: missing"),
        (["replay", "--incident", "tiktok-2026-03-04"], "nearest known: tiktok-2026-03-03"),
        (["replay", "--incident", "meta-2021-10-04", "--hours", "2"], "only one of the two"),
        (["replay", "--start", "yesterday", "--hours", "2"], "--start: 'yesterday' given"),
        (["replay", "--start", "1900-01-01", "--hours", "2"], "from 1971 to 2100"),
        (["replay", "--start", "2026-03-08T02:30", "--hours", "2"], "daylight saving"),
        (["replay", "--start", "2026-03-03", "--hours", "8761"], "from 0.001 to 8760"),
        (["replay", "--start", "2026-03-03", "--hours", "2", "--cause", "x"], "--cause: 'x' given"),
        (["replay", "--start", "2026-03-03", "--hours", "2", "--ads-loss", "2"], "from 0 to 1"),
    ],
)
def test_bad_options_are_one_line(capsys, arguments, expected):
    (line,) = refused(capsys, *arguments)
    assert expected in line


@pytest.mark.parametrize("command", [["run"], ["replay", "--incident", "meta-2021-10-04"]])
def test_a_place_that_cannot_be_written_is_one_line(tmp_path, capsys, monkeypatch, command):
    monkeypatch.setattr("model.cli.run.simulate", None)
    monkeypatch.setattr("model.cli.replay.replay", None)
    (tmp_path / "file").write_text("here")
    (tmp_path / "folder.zip").mkdir()
    for out in ("file", "file/below", "file/below.zip", "folder.zip"):
        (line,) = refused(capsys, *command, "--out", str(tmp_path / out))
        assert "cannot be written" in line
    assert (tmp_path / "file").read_text() == "here"


# Replay


def test_replay_prints_a_bill_and_its_command_makes_it_again(tmp_path, capsys, monkeypatch):
    own = [
        "--start",
        "2026-03-03T08:24",
        "--hours",
        "2.5",
        "--publish-loss",
        "1",
        "--ads-loss",
        "0",
    ]
    assert main(["replay", *own, "--seed", "4", "--out", str(tmp_path / "a")]) == 0
    assert re.search(r"^net_loss +", capsys.readouterr().out, re.MULTILINE)
    command = json.loads((tmp_path / "a" / "manifest.json").read_text("utf-8"))["command"]
    monkeypatch.chdir(tmp_path / "a")
    assert main(shlex.split(command)[3:]) == 0
    assert contents(tmp_path / "a" / "out") == contents(tmp_path / "a")


def test_a_start_without_offset_is_eastern(tmp_path):
    for name, start in (("a", "2026-03-03T08:24"), ("b", "2026-03-03T13:24Z")):
        out = str(tmp_path / name)
        assert main(["replay", "--start", start, "--hours", "20", "--out", out]) == 0
    for file in ("bill.csv", "replay.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_phases_are_replayed_one_after_the_other_and_written_into_the_command(tmp_path, capsys):
    """Two halves alike are the whole; the command of the manifest has both."""
    out, start = tmp_path / "out", ["replay", "--start", "2026-03-03T08:24"]
    whole = [*start, "--hours", "6", "--publish-loss", "0.5"]
    assert main([*whole, "--playback-loss", "0.4", "--ads-loss", "0.2"]) == 0
    bill = capsys.readouterr().out.splitlines()[1:]
    halves = ["--phase", "3,0.5,0.4,0.2", "--phase", "3,0.5,0.4,0.2"]
    assert main([*start, *halves, "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[1:-1] == bill
    manifest = json.loads((out / "manifest.json").read_text())
    assert "--phase 3,0.5,0.4,0.2 3,0.5,0.4,0.2" in manifest["command"]
    for wrong, said in (
        ([*start, "--phase", "3,0.5"], "--phase: '3,0.5' given; HOURS,PUB,PLAY,ADS is allowed"),
        ([*start, "--phase", "3,2,0,0"], "--publish_loss: 2.0 given"),
        ([*start, "--phase", "3,0,0,0", "--hours", "2"], "--hours: not with --phase"),
        (["replay", "--phase", "3,0,0,0"], "--start: missing"),
    ):
        assert main(wrong) == 2
        assert said in capsys.readouterr().err


def test_a_named_incident_replays(tmp_path, capsys):
    out = str(tmp_path / "out.zip")
    assert main(["replay", "--incident", "tiktok-2026-01-25", "--out", out]) == 0
    assert "2026-01-25 03:00 New York time, 178 h, 2,000 worlds" in capsys.readouterr().out


# Compare


def compared(folder: Path) -> list[dict[str, str]]:
    text = (folder / "compare.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


DEFAULT = str(ROOT / "data" / "default.csv")
# Enough years in each world to tell which worlds pay back in the same run.
SMALL = ["--years", "4000", "--worlds", "200"]


def test_compare_holds_each_remedy_and_all_together_against_the_run(tmp_path, capsys):
    out = tmp_path / "out"
    names = ["graceful_degradation", "quarterly_failover_drills"]
    assert main(["compare", DEFAULT, "--remedy", *names, *SMALL, "--out", str(out)]) == 0
    assert "graceful_degradation" in capsys.readouterr().out
    rows = compared(out)
    assert [r["set"] for r in rows] == ["none", *names, " + ".join(names)]
    assert ",".join(rows[0]).startswith(
        "set,eal_usd,delta_eal_usd,delta_eal_low_usd,delta_eal_high_usd,delta_tvar_95_usd"
    )
    assert main(["run", *SMALL, "--out", str(tmp_path / "run")]) == 0
    assert rows[0]["eal_usd"] == summary(tmp_path / "run")["eal"]["value"]
    for row in rows[1:]:
        delta = float(row["eal_usd"]) - float(rows[0]["eal_usd"])
        assert float(row["delta_eal_usd"]) == pytest.approx(delta, rel=1e-9)
        assert float(row["delta_eal_low_usd"]) < delta < float(row["delta_eal_high_usd"]) < 0
        net = float(row["break_even_usd"]) - float(row["annual_cost_usd"])
        assert float(row["net_benefit_usd"]) == pytest.approx(net, rel=1e-9)
        assert 0 <= float(row["p_pays_back"]) <= 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--remedy", "graceful_degradation", DEFAULT],
        ["--remedy", "graceful_degradation"],
        ["--remedy", "graceful_degradation,graceful_degradation", "--seed", "0", DEFAULT],
        [DEFAULT, "--remedy", "graceful_degradation", "--remedy", "graceful_degradation"],
    ],
)
def test_compare_tells_remedies_from_files(arguments, capsys):
    assert main(["compare", *arguments, *SMALL]) == 0
    top, head, none, row, explained = capsys.readouterr().out.splitlines()
    assert "before SLA credit" in top
    assert "saving a year  cost a year  net benefit  net of credit" in head
    assert none.endswith("default")
    assert row.startswith("graceful_degradation ")
    assert "averaged over 5 years" in explained


def test_compare_shows_what_a_better_contract_brings(capsys):
    assert main(["compare", "--remedy", "sla_renegotiated", *SMALL]) == 0
    lines = capsys.readouterr().out.splitlines()
    end = lines[1].index("net benefit") + len("net benefit")
    before, net = lines[3][:end].split()[-1], lines[3][end:].split()[0]
    assert before != net


def test_compare_puts_scenarios_side_by_side_on_the_same_luck(tmp_path, monkeypatch):
    out = tmp_path / "out"
    twin = tmp_path / "twin.csv"
    twin.write_bytes(
        Path(DEFAULT).read_bytes().replace(b"scenario.name,default", b"scenario.name,twin")
    )
    quiet = str(ROOT / "data" / "preset_quiet_year.csv")
    files = [DEFAULT, str(twin), quiet]
    assert main(["compare", *files, *SMALL, "--workers", "1", "--out", str(out)]) == 0
    rows = compared(out)
    assert [r["scenario"] for r in rows] == ["default", "twin", "preset_quiet_year"]
    assert {r["against"] for r in rows} == {"default"}
    assert [float(rows[1][f"delta_eal{end}_usd"]) for end in ("", "_low", "_high")] == [0, 0, 0]
    assert float(rows[2]["delta_eal_high_usd"]) < 0
    command = json.loads((out / "manifest.json").read_text("utf-8"))["command"]
    assert "scenario.csv scenario_2.csv scenario_3.csv" in command
    monkeypatch.chdir(out)
    assert main(shlex.split(command)[3:]) == 0
    assert contents(out / "out") == contents(out)


def test_p_pays_back_needs_no_option(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "PAYING_WORLDS", 100)
    monkeypatch.setattr(compare, "PAYING_YEARS", 2000)
    arguments = ["--remedy", "graceful_degradation", "--years", "200"]
    assert main(["compare", DEFAULT, *arguments, "--out", str(tmp_path)]) == 0
    none, row = compared(tmp_path)
    assert none["p_pays_back"] == none["annual_cost_usd"] == ""
    assert 0 < float(row["p_pays_back"]) < 1
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert (manifest["years"], manifest["years_to_pay_back"]) == (200, 2000)


def test_a_budget_finds_the_best_affordable_set(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "PAYING_WORLDS", 100)
    monkeypatch.setattr(compare, "PAYING_YEARS", 2000)
    names = ["resumable_upload_queue", "graceful_degradation", "quarterly_failover_drills"]
    arguments = ["--remedy", *names, "--budget", "6e6", "--years", "2000"]
    out = tmp_path / "out"
    assert main(["compare", DEFAULT, *arguments, "--out", str(out)]) == 0
    rows = compared(out)
    remedies = [row for row in rows if row["set"] != "none"]
    assert all(float(row["annual_cost_usd"]) <= 6e6 for row in remedies)
    (lowest,) = [row for row in rows if "eal" in row["best_by"].split()]
    assert float(lowest["eal_usd"]) == min(float(row["eal_usd"]) for row in rows)
    assert sorted(" ".join(r["best_by"] for r in rows).split()) == ["eal", "net_benefit", "tvar_95"]
    command = json.loads((out / "manifest.json").read_text("utf-8"))["command"]
    monkeypatch.chdir(out)
    assert main(shlex.split(command)[3:]) == 0
    assert contents(out / "out") == contents(out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([DEFAULT, DEFAULT, "--budget", "1"], "--budget: one scenario"),
        ([DEFAULT, "--worlds", "100", "--budget", "1"], "--budget: the search has one year"),
        ([DEFAULT, "--budget", "1M"], "--budget: value '1M'"),
        (["none.csv"], "none.csv: cannot be read"),
        ([DEFAULT, "--remedy", "drill"], "remedy 'drill'"),
        ([DEFAULT, "--remedy", "drills+"], "remedy 'drills'"),
        (["--remedy", "graceful_degradation,"], "remedy ''"),
        ([DEFAULT, "--remedy"], "--remedy: expected at least one argument"),
        ([DEFAULT, "--worlds", "7"], "--worlds: 7 given"),
    ],
)
def test_compare_refuses_in_words(capsys, arguments, expected):
    lines = refused(capsys, "compare", *arguments)
    assert expected in lines[0]
