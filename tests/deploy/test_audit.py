"""What is known against locked versions is found without a network, and no answer is no verdict."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AUDIT = runpy.run_path(str(ROOT / "deploy/audit.py"))
LOCK = "numpy==2.4.6 \\\n    --hash=sha256:0\nPyYAML==5.3 \\\n    --hash=sha256:1\n"


def entry(number: int, package: str, **affected: Any) -> dict[str, Any]:
    named = {"package": {"ecosystem": "PyPI", "name": package}, **affected}
    return {
        "id": f"PYSEC-{number}",
        "modified": f"2026-0{number}-01T00:00:00Z",
        "affected": [named],
    }


def between(*events: dict[str, str]) -> list[dict[str, Any]]:
    return [{"type": "ECOSYSTEM", "events": list(events)}]


def dump(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in entries:
            archive.writestr(f"{one['id']}.json", json.dumps(one))
    return path


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text(LOCK, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("affected", "hit"),
    [
        ({"versions": ["5.2", "5.3"]}, True),
        ({"versions": ["5.2", "5.3.1"]}, False),
        ({"ranges": between({"introduced": "0"}, {"fixed": "5.3.1"})}, True),
        ({"ranges": between({"introduced": "0"}, {"fixed": "5.3"})}, False),
        ({"ranges": between({"introduced": "5.3"}, {"last_affected": "5.3"})}, True),
        ({"ranges": between({"introduced": "5.4"})}, False),
        ({"ranges": between({"introduced": "0"}, {"fixed": "1"}, {"introduced": "5"})}, True),
    ],
)
def test_a_dump_tells_what_is_known(
    affected: dict[str, Any], hit: bool, tmp_path: Path, lock: Path, capsys
) -> None:
    found = dump(tmp_path, entry(3, "pyyaml", **affected), entry(4, "other", versions=["5.3"]))
    assert AUDIT["looked_up"](found, lock) == (1 if hit else 0)
    said = capsys.readouterr().out
    assert ("known: pyyaml: PYSEC-3" in said) is hit
    assert "2 packages, by a dump with entries up to 2026-04-01" in said


def test_what_was_withdrawn_does_not_count(tmp_path: Path, lock: Path) -> None:
    gone = entry(3, "pyyaml", versions=["5.3"]) | {"withdrawn": "2026-05-01T00:00:00Z"}
    assert AUDIT["looked_up"](dump(tmp_path, gone), lock) == 0


def test_the_lock_of_the_product_is_read_whole(tmp_path: Path) -> None:
    assert AUDIT["locked"]()["streamlit"]
    text = (ROOT / "deploy/requirements.lock").read_text("utf-8")
    assert len(AUDIT["locked"]()) == text.count("==")


def test_nobody_to_ask_is_said_and_is_no_verdict(tmp_path: Path, lock: Path, capsys) -> None:
    assert AUDIT["looked_up"](tmp_path / "none.zip", lock) == 2
    assert "audit: not done" in capsys.readouterr().out
    command = [sys.executable, str(ROOT / "deploy/audit.py")]
    # No proxy is there: the same as no network.
    away = {"https_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "PATH": ""}
    away |= {"HOME": str(tmp_path), "PIP_CACHE_DIR": str(tmp_path), "PIP_INDEX_URL": ""}
    done = subprocess.run(command, env=away, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout.startswith("audit: not done")) == (2, True), done
    assert "Traceback" not in done.stdout + done.stderr
