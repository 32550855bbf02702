"""The command line where it cannot write: one line and an exit status, never a traceback."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

from model.__main__ import main
from model.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
FULL = Path("/dev/full")


def model(*words: str | bytes, stdout: int | object = subprocess.PIPE) -> tuple[int, str]:
    command = [sys.executable, "-m", "model", *words]
    done = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, timeout=300)  # type: ignore[call-overload]
    return done.returncode, done.stderr.decode()


SMALL = {
    "run": ("--years", "50"),
    "replay": ("--incident", "tiktok-2026-01-25"),
    "compare": ("--remedy", "warm_standby", "--years", "50"),
    "drivers": ("--years", "1000"),
    "start": ("--users", "1M", "--out", "OUT.csv"),
    "fit": ("data/incident_log.csv", "--from", "2025-01-01", "--to", "2026-04-01"),
    "backtest": (),
    "validate": ("--years", "2000"),
    "report": ("--years", "50", "--out", "OUT.html"),
    "check": ("data/preset_article.csv",),
}
"""For each verb something small that succeeds."""
VERBS = [command.name for command in COMMANDS]
NO_SPACE = "failed: No space left on device"


def words_of(verb: str, folder: Path) -> list[str]:
    return [verb, *(word.replace("OUT", str(folder / "out")) for word in SMALL[verb])]


full_device = pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")


@full_device
@pytest.mark.fault("a full disk behind standard output, all verbs")
@pytest.mark.parametrize("verb", VERBS)
def test_a_full_standard_output(verb: str, tmp_path: Path, monkeypatch, capfd):
    monkeypatch.chdir(ROOT)
    for words in ([verb, "--help"], words_of(verb, tmp_path)):
        with FULL.open("w", encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stdout", full)
            assert main(words) == 1
        said = capfd.readouterr().err
        assert said.splitlines()[-1] == NO_SPACE
        assert "Traceback" not in said


def closed_pipe() -> TextIO:
    """Return an output whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w", encoding="utf-8")


@pytest.mark.fault("a closed pipe behind standard output, all verbs")
@pytest.mark.parametrize("verb", VERBS)
def test_a_pipe_that_nobody_reads(verb: str, tmp_path: Path, monkeypatch, capfd):
    monkeypatch.chdir(ROOT)
    # What a report prints is one line at its end, as of others.
    for words in ([verb, "--help"], words_of("check" if verb == "report" else verb, tmp_path)):
        with closed_pipe() as pipe:
            monkeypatch.setattr(sys, "stdout", pipe)
            assert main(words) == 1
        said = capfd.readouterr().err
        assert all(line.startswith(("warning: ", "note: ")) for line in said.splitlines())


CLOSED = {
    "": 0,
    ">&-": 0,
    "2>&-": 0,
    ">&- 2>&-": 0,
    ">/dev/full": 1,
    "2>/dev/full": 1,
    ">/dev/full 2>/dev/full": 1,
}
"""What a shell can do to the outputs of a program, and the status it ends with then."""


def ended(outputs: str, *words: str, unbuffered: str = "") -> int:
    """Run as a process of its own, as what Python says when it ends counts too."""
    program = shlex.join([sys.executable, "-m", "model", *words])
    done = subprocess.run(
        f"{program} {outputs}",
        shell=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done.returncode


@full_device
@pytest.mark.fault("standard output and standard error closed or full, in any combination")
@pytest.mark.parametrize("outputs", CLOSED)
def test_a_process_without_outputs_ends_with_a_status(outputs: str):
    assert ended(outputs, "check", *SMALL["check"]) == CLOSED[outputs]


@full_device
def test_bad_input_keeps_its_status_where_nobody_can_be_told():
    assert ended(">&- 2>/dev/full", "check", "nothing.csv") == 2


@full_device
def test_help_that_is_written_at_once_knows_of_a_full_disk_too():
    assert ended(">/dev/full", "check", "--help", unbuffered="1") == 1


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_report_under_a_name_that_is_no_text(tmp_path: Path):
    status, said = model("report", "--out", os.fsencode(tmp_path) + b"/r\xff.html")
    assert status == 2
    assert len(said.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_report_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("")
    status, said = model("report", "--years", "2000", "--out", str(tmp_path / "file" / "r.html"))
    assert status == 2
    assert len(said.splitlines()) == 1
