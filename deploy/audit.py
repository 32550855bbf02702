"""Is anything known against the versions that a deployment installs?

    python deploy/audit.py                     # asks PyPI, through pip-audit
    python deploy/audit.py --dump all.zip      # without network: a dump of the OSV database

The dump is https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip, brought along from
where there is a network; how old it is gets said. Ends with 0 if nothing is known, 1 if something
is, and 2 if nobody could be asked: that is no verdict, and says so.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LOCK = Path(__file__).resolve().parent / "requirements.lock"
FOUND, NOT_ASKED = 1, 2
_PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^\s\\]+)")
_UNKNOWN = "could not be audited"


def locked(lock: Path = LOCK) -> dict[str, str]:
    """Return the version of everything that is installed, by name."""
    pairs = _PINNED.findall(lock.read_text(encoding="utf-8"))
    return {str(canonicalize_name(name)): version for name, version in pairs}


def asked_of_pypi(lock: Path = LOCK) -> int:
    """Let pip-audit ask PyPI about the lock; print what it says and return the exit status."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answers = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = done.stderr.strip().splitlines()[-1:]
        return _nobody(f"PyPI could not be asked ({''.join(last)[:200] or 'no answer'})")
    unknown = [one["name"] for one in answers if "skip_reason" in one]
    known = {one["name"]: one.get("vulns", []) for one in answers}
    lines = [f"{name}: {bad['id']}" for name, all_bad in known.items() for bad in all_bad]
    if unknown and not lines:
        return _nobody(f"PyPI here knows nothing of {len(unknown)} of {len(answers)} packages")
    return _told(lines, f"{len(answers) - len(unknown)} of {len(answers)} packages, asked of PyPI")


def looked_up(dump: Path, lock: Path = LOCK) -> int:
    """Look the lock up in a dump of the OSV database; print and return as `asked_of_pypi`."""
    try:
        with zipfile.ZipFile(dump) as archive:
            newest, lines = _against(archive, locked(lock))
    except (OSError, zipfile.BadZipFile) as error:
        return _nobody(f"{dump} cannot be read ({error})")
    count = len(locked(lock))
    return _told(lines, f"{count} packages, by a dump with entries up to {newest or 'no day'}")


def _against(archive: zipfile.ZipFile, versions: dict[str, str]) -> tuple[str, list[str]]:
    """Return the day of the newest entry, and a line for each that speaks of what is locked."""
    newest, lines = "", []
    for name in archive.namelist():
        if name.endswith(".json"):
            entry = json.loads(archive.read(name))
            newest = max(newest, str(entry.get("modified", ""))[:10])
            if not entry.get("withdrawn"):
                lines += [f"{package}: {entry['id']}" for package in _hit(entry, versions)]
    return newest, lines


def _hit(entry: dict[str, Any], versions: dict[str, str]) -> Iterator[str]:
    for affected in entry.get("affected", ()):
        package = affected.get("package", {})
        name = str(canonicalize_name(package.get("name", "")))
        if package.get("ecosystem") == "PyPI" and name in versions:
            mine = versions[name]
            ranges = [r["events"] for r in affected.get("ranges", ()) if r["type"] == "ECOSYSTEM"]
            if mine in affected.get("versions", ()) or any(_within(mine, r) for r in ranges):
                yield name


def _within(version: str, events: list[dict[str, str]]) -> bool:
    """Tell whether a version lies after a beginning of a range and before its end."""
    mine, inside = Version(version), False
    for event in events:
        kind, text = next(iter(event.items()))
        try:
            at = Version("0" if text == "0" else text)
        except InvalidVersion:
            continue
        if kind == "introduced" and mine >= at:
            inside = True
        if (kind == "fixed" and mine >= at) or (kind == "last_affected" and mine > at):
            inside = False
    return inside


def _told(lines: list[str], of_what: str) -> int:
    for line in sorted(set(lines)):
        print(f"known: {line}")
    print(f"audit: {len(set(lines)) or 'nothing'} known against {of_what}")
    return FOUND if lines else 0


def _nobody(why: str) -> int:
    print(f"audit: not done, {why}; without network: --dump, see deploy/README.md")
    return NOT_ASKED


def main() -> int:
    """Audit the lock."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dump", type=Path, help="a dump of the OSV database for PyPI, a zip")
    given = parser.parse_args()
    return looked_up(given.dump) if given.dump else asked_of_pypi()


if __name__ == "__main__":
    sys.exit(main())
