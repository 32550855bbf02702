"""The record of what was tried against the product: written by scripts, never by hand.

    python benchmarks/record.py            # rewrites the tables of SECURITY.md and README.md
    python benchmarks/record.py --faults   # injects all faults first, in tests: some 20 minutes

Each script leaves what it found in `benchmarks/results`, with date, version and commit: `fuzz.py`,
`hostile.py`, `mutants.py`, this one with `--faults`, and `soak.py` if what it prints is kept there:
`python benchmarks/soak.py > benchmarks/results/soak.md`. What was not run says so.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from model.version import VERSION  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
PLACES = (ROOT / ".github" / "SECURITY.md", ROOT / "README.md")
SOAK = "soak.md"
NOT_RUN = "not run"
_SOAKED = re.compile(
    r"(?P<visitors>\d+) visitors at a time(?P<hostile>, one of them hostile)?.*?"
    r"(?P<minutes>[\d.]+) minutes: (?P<visits>\d+) visits, (?P<moves>\d+) moves, "
    r"(?P<errors>\d+) errors"
)
Row = tuple[str, str, str, str]
"""What was tried, how much of it, what came of it, and when."""


def write(name: str, figures: dict[str, Any]) -> Path:
    """Write what a script found, with date, version and commit."""
    RESULTS.mkdir(exist_ok=True)
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    stamp = {"date": today, "version": VERSION, "commit": commit.stdout.strip()}
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(stamp | figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def read(name: str) -> dict[str, Any]:
    """Return what a script found last; nothing if it was not run."""
    path = RESULTS / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def rows() -> list[Row]:
    """Return the whole record."""
    return [*_fuzzed(), _soaked(), _harmed(), _injected(), _mutated()]


def _when(found: dict[str, Any]) -> str:
    return f"{found['date']}, {found['version']}"


def _fuzzed() -> list[Row]:
    names = sorted(path.stem for path in RESULTS.glob("fuzz_*.json"))
    found = [read(name) for name in names]
    return [
        (
            f"fuzzing: {one['target']}",
            f"{one['inputs']:,} inputs in {one['seconds'] / 60:.1f} minutes",
            "all held" if one["held"] else "**a promise broke**",
            _when(one),
        )
        for one in found
    ] or [("fuzzing", NOT_RUN, "–", "–")]


def _soaked() -> Row:
    path = RESULTS / SOAK
    text = path.read_text("utf-8") if path.exists() else ""
    said = _SOAKED.search(text)
    if said is None:
        return "visitors", NOT_RUN, "–", "–"
    hostile = ", one of them hostile" if said["hostile"] else ""
    much = (
        f"{said['visitors']} at a time{hostile} for {float(said['minutes']):g} minutes: "
        f"{int(said['visits']):,} visits, {int(said['moves']):,} moves"
    )
    day = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    asked = ["git", "log", "-1", "--format=%cs", "--", str(path)]
    known = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    when = known.stdout.strip() or f"{day:%Y-%m-%d}"
    return "visitors", much, f"{int(said['errors']):,} errors", when


def _harmed() -> Row:
    found = read("hostile")
    if not found:
        return "one hostile visitor among many", NOT_RUN, "–", "–"
    kinds = found["kinds"]
    much = f"{found['others']} others, harm of {len(kinds)} kinds, one after the other"
    worse = [f"{one['kind']} {one['times']:g}" for one in kinds if one["times"] > 2.0]
    worst = max((one["times"] for one in kinds), default=0.0)
    said = f"the others waited at most {worst:g} times as long (95th percentile)"
    if worse:
        said = f"the others waited more than twice as long: **{', '.join(worse)}**"
    return "one hostile visitor among many", much, said, _when(found)


def _injected() -> Row:
    found = read("faults")
    if not found.get("files"):
        return "faults injected", NOT_RUN, "–", "–"
    kinds = _faults()
    wrong = [what for what, held in kinds.items() if not held]
    said = f"not held: {'; '.join(wrong)}" if wrong else "a message and a working page each time"
    tests = sum(one["tests"] for one in found["files"].values())
    return "faults injected", f"{len(kinds)} kinds, {tests} tests", said, _when(found)


def _faults() -> dict[str, bool]:
    """Return every fault that was injected, and whether what it hit held."""
    files = read("faults").get("files", {})
    pairs = [pair for one in files.values() for pair in one["faults"].items()]
    return dict(sorted(pairs))


def _mutated() -> Row:
    found = read("mutants")
    if not found:
        return "mutants of chain, money, decisions, evidence", NOT_RUN, "–", "–"
    drawn = Counter(one["wing"] for one in found["mutants"])
    judged = Counter(one["wing"] for one in found["mutants"] if one["fate"])
    wings = ", ".join(f"{wing} {judged[wing]} of {count}" for wing, count in drawn.items())
    much = f"{found['judged']} judged (drawn with seed {found['seed']}: {wings})"
    said = f"{found['noticed']} noticed by a test, {found['lived']} lived on"
    return "mutants of chain, money, decisions, evidence", much, said, _when(found)


def living() -> str:
    """Return every mutant that lived on, and why that harms nobody, as a table in Markdown."""
    lived = [one for one in read("mutants").get("mutants", []) if one["fate"] == "lived"]
    if not lived:
        return "None lived on."
    lines = [("where", "changed", "why nobody has to notice"), ("---",) * 3]
    for one in lived:
        where = f"`{one['file'].removeprefix('model/')}`"
        change = f"`{_in_one_line(one['before'])}` → `{_in_one_line(one['after'])}`"
        lines.append((where, change, one.get("why") or "**not explained**"))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _in_one_line(code: str) -> str:
    return " ".join(code.split()).replace("|", "\\|")


def inject(asked: list[str]) -> int:
    """Run the tests that inject faults, file by file; note after each what held.

    With no file asked for, all of them, in place of what was noted before.
    """
    status = 0
    if not asked:
        write("faults", {"files": {}})
    for path in map(Path, asked or sorted(map(str, (ROOT / "tests").glob("**/test_*.py")))):
        if "mark.fault(" in path.read_text("utf-8"):
            with tempfile.TemporaryDirectory() as folder:
                report = Path(folder) / "report.xml"
                command = [sys.executable, "-m", "pytest", "-q", str(path), f"--junitxml={report}"]
                done = subprocess.run([*command, "-m", "fault"], cwd=ROOT, check=False)
                mine = faults_in(report.read_text("utf-8"))
            status |= done.returncode
            known = read("faults").get("files", {})
            write("faults", {"files": known | {path.resolve().relative_to(ROOT).as_posix(): mine}})
    return status


def faults_in(report: str) -> dict[str, Any]:
    """Return which faults held by the report of a test run, and how many tests injected them."""
    held: dict[str, list[bool]] = defaultdict(list)
    cases = xml.fromstring(report).iter("testcase")
    for case in cases:
        wrong = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
        for one in case.iter("property"):
            if one.get("name") == "fault":
                held[str(one.get("value"))].append(not wrong)
    faults = {what: all(all_of_it) for what, all_of_it in sorted(held.items())}
    return {"tests": sum(map(len, held.values())), "faults": faults}


def table(all_rows: list[Row]) -> str:
    """Return the record as a table in Markdown."""
    head = ("tried", "how much", "what came of it", "when, version")
    lines = [head, ("---",) * len(head), *all_rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def short(all_rows: list[Row]) -> str:
    """Return the record in a few lines: all fuzzing is one."""
    fuzzed = [read(path.stem) for path in sorted(RESULTS.glob("fuzz_*.json"))]
    if not fuzzed:
        return table(all_rows)
    much = f"{sum(one['inputs'] for one in fuzzed):,} inputs at {len(fuzzed)} doors"
    held = all(one["held"] for one in fuzzed)
    when = _when(max(fuzzed, key=lambda one: str(one["date"])))
    whole = ("fuzzing", much, "all held" if held else "**a promise broke**", when)
    return table([whole, *(row for row in all_rows if not row[0].startswith("fuzzing"))])


def listed() -> str:
    """Return every fault that was injected, as a list in Markdown."""
    return "\n".join(
        f"- {what}{'' if held else ': **not held**'}" for what, held in _faults().items()
    )


def rewritten(text: str, name: str, content: str) -> str:
    """Return a text with what stands between two marks replaced."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert mark.search(text), f"no place for {name}"
    return mark.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def main() -> int:
    """Rewrite the record where it stands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--faults", nargs="*", metavar="TEST.py", help="inject all faults first, or those of files"
    )
    faults = parser.parse_args().faults
    status = 0 if faults is None else inject(faults)
    found, whole, brief = rows(), PLACES[0], PLACES[1]
    makers: list[tuple[Path, str, Callable[[], str]]] = [
        (whole, "record", lambda: table(found)),
        (whole, "faults", listed),
        (whole, "mutants", living),
        (brief, "record", lambda: short(found)),
    ]
    for path, name, make in makers:
        path.write_text(rewritten(path.read_text("utf-8"), name, make()), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
