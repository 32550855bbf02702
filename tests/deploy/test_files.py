"""The files of a deployment agree with the product: what is locked, allowed and checked."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from model.limits import MEGABYTE, MOST_UPLOAD_BYTES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))


def locked() -> dict[str, tuple[str, int]]:
    """Version and number of hashes of everything in the lock."""
    text = (DEPLOY / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    pinned = [re.match(r"([a-z0-9._-]+)==(\S+)", block) for block in blocks]
    return {
        canonicalize_name(found[1]): (found[2], block.count("--hash=sha256:"))
        for found, block in zip(pinned, blocks, strict=True)
        if found
    }


def test_the_lock_is_whole_and_fits_the_requirements():
    found = locked()
    assert all(hashes > 0 for _, hashes in found.values())
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    lines += (DEPLOY / "requirements.in").read_text().splitlines()
    for line in lines:
        if line.strip() and not line.startswith(("#", "-", " ")):
            wanted = Requirement(line)
            version, _ = found[canonicalize_name(wanted.name)]
            assert wanted.specifier.contains(version), line


def test_the_server_is_closed_by_default():
    server, client = CONFIG["server"], CONFIG["client"]
    assert server["address"] == "127.0.0.1"
    assert "*" not in server["allowedHosts"]
    assert server["enableXsrfProtection"]
    assert server["enableCORS"]
    assert server["maxUploadSize"] == MOST_UPLOAD_BYTES // MEGABYTE
    assert client["showErrorDetails"] == "none"
    assert client["showErrorLinks"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_the_health_check_tells_a_dead_server_and_a_broken_engine(tmp_path: Path):
    check = [sys.executable, str(DEPLOY / "healthcheck.py")]
    assert subprocess.run(check, capture_output=True, timeout=120).returncode == 0
    dead = subprocess.run([*check, "http://127.0.0.1:1"], capture_output=True, timeout=120)
    assert dead.returncode == 1
    assert b"does not answer" in dead.stdout
    (tmp_path / "deploy").mkdir()
    (tmp_path / "model").mkdir()
    moved = tmp_path / "deploy/healthcheck.py"
    moved.write_text((DEPLOY / "healthcheck.py").read_text())
    (tmp_path / "model/__init__.py").write_text(
        "class Scenario:\n    default = staticmethod(lambda: None)\n"
        "def simulate(scenario, years):\n    import numpy\n"
        "    return {'loss_usd': numpy.full(years, numpy.nan)}\n"
    )
    broken = subprocess.run([sys.executable, str(moved)], capture_output=True, timeout=120)
    assert broken.returncode == 1
    assert b"not finite" in broken.stdout or b"finite numbers" in broken.stdout


def test_a_container_takes_only_what_it_runs():
    text = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"(?m)^COPY (.+) \S+$", text)
    taken = {word for line in copied for word in line.split()}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert taken == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / each).exists() for each in taken)
    assert re.search(r"(?m)^USER 10001$", text)
    assert "--require-hashes" in text
