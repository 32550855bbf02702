"""`replay --running-since`: an incident that is not over, priced so that it can be priced again."""

from __future__ import annotations

import csv
import io
import json
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from model.__main__ import main

SINCE, NOW = "2026-05-04T09:00", "2026-05-04T13:00"
ASKED = ["replay", "--running-since", SINCE, "--now", NOW]


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_three_figures_are_printed_with_what_is_learned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASKED) == 0
    out = capsys.readouterr().out
    for part in (
        "Running since 4 May 2026, 09:00 New York time: 4 h until 2026-05-04T17:00:00+00:00",
        "it will have lasted ",
        "cause: power_cooling_weather ",
        "cost so far ",
        "expected total ",
        "each further hour ",
    ):
        assert part in out


def test_the_files_come_again_from_the_command_in_the_manifest(tmp_path: Path) -> None:
    one = tmp_path / "one"
    assert main([*ASKED, "--cause", "capacity", "--publish-loss", "0.4", "--out", str(one)]) == 0
    manifest = json.loads((one / "manifest.json").read_text("utf-8"))
    assert manifest["now_utc"] == "2026-05-04T17:00:00+00:00"
    words = shlex.split(manifest["command"])[3:-1]
    words[1] = str(one / "scenario.csv")
    assert main([*words, str(tmp_path / "two")]) == 0
    for file in ("bill.csv", "replay.csv", "running.csv", "dictionary.csv"):
        assert (one / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    figures = {row["figure"]: float(row["expected_usd"]) for row in rows(one / "running.csv")}
    assert list(figures) == ["cost_so_far", "expected_total", "each_further_hour"]
    bill = {row["component"]: float(row["expected_usd"]) for row in rows(one / "bill.csv")}
    assert bill["loss"] == pytest.approx(figures["expected_total"])


def test_the_present_moment_is_recorded(tmp_path: Path) -> None:
    since = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="seconds")
    asked = ["replay", "--running-since", since, "--out", str(tmp_path / "out")]
    before = datetime.now(UTC).replace(microsecond=0)
    assert main(asked) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    recorded = datetime.fromisoformat(manifest["now_utc"])
    assert before <= recorded <= datetime.now(UTC)
    assert recorded.isoformat() in manifest["command"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--running-since", SINCE, "--now", "2026-05-04T08:00"], "--now: "),
        (["--running-since", "yesterday"], "--running-since: 'yesterday' given"),
        (["--running-since", SINCE, "--now", "soon"], "--now: 'soon' given"),
        (["--now", NOW], "--running-since: missing"),
        ([*ASKED[1:], "--hours", "3"], "--hours: not with --running-since"),
        ([*ASKED[1:], "--incident", "meta-2021-10-04"], "--incident: not with --running-since"),
        ([*ASKED[1:], "--cause", "moon"], "--cause: 'moon' given"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
