"""The command line where it cannot write: one line and an exit status, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FULL = Path("/dev/full")


def model(*words: str | bytes, stdout: int | object = subprocess.PIPE) -> tuple[int, str]:
    command = [sys.executable, "-m", "model", *words]
    done = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, timeout=300)  # type: ignore[call-overload]
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [("check", "data/preset_article.csv"), ("run", "--years", "50")])
def test_a_full_standard_output(words: tuple[str, ...]):
    with FULL.open("wb") as full:
        status, said = model(*words, stdout=full)
    assert status == 1
    assert said.splitlines()[-1] == "failed: No space left on device"
    assert "Traceback" not in said
    assert "Exception ignored" not in said


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
