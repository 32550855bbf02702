"""Mutation testing: does a test notice when one thing in the code is wrong?

    python benchmarks/mutants.py                 # 80 mutants, seed 0
    python benchmarks/mutants.py --again         # those that lived on, after tests were added
    python benchmarks/mutants.py --again model/decisions/payback.py --tests tests/decisions/test_…
    python benchmarks/mutants.py --wing evidence --sample 20   # what is known of others stays

Draws places in the chain (the ledger of money with it), the decisions, the evidence and the
paired intervals, changes each in a copy of the checkout – a comparison, a sign, a number, a call –
and runs the tests of its wing there, those that name the module first. A mutant that makes the
tests run on for too long counts as noticed. Prints what became of each; `benchmarks/record.py`
makes the record of it. Why nobody has to notice one that lives on is written beside it by hand, in
`benchmarks/results/mutants.json`.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import record  # noqa: E402
from benchmarks.mutating import changed, places, ways  # noqa: E402

WINGS = {
    "chain": (("model/chain",), ("tests/chain",)),
    "decisions": (
        ("model/decisions", "model/runs/paired.py"),
        ("tests/decisions", "tests/runs/test_standard_errors.py", "tests/worlds/test_finite.py"),
    ),
    "evidence": (("model/evidence",), ("tests/evidence",)),
}
"""Where mutants are made, and the tests nearest to them."""
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "results", "pictures")


@dataclass(frozen=True)
class Mutant:
    """The `way`-th change of the `node`-th place of a file, and what became of it."""

    wing: str
    file: str
    line: int
    node: int
    way: int
    before: str
    after: str
    fate: str = ""
    why: str = ""
    """Why nobody has to notice it, written by hand where it lived on."""


def every(wing: str) -> Iterator[Mutant]:
    """Yield all mutants of a wing."""
    for place in WINGS[wing][0]:
        path = ROOT / place
        for file in sorted(path.glob("**/*.py")) if path.is_dir() else [path]:
            source = file.read_text(encoding="utf-8")
            for node, part in enumerate(places(ast.parse(source))):
                for way in range(ways(part)):
                    line = getattr(part, "lineno", 0)
                    name = file.relative_to(ROOT).as_posix()
                    yield Mutant(wing, name, line, node, way, "", "")


def drawn(wings: list[str], count: int, seed: int) -> list[Mutant]:
    """Draw mutants, equally many of each wing."""
    rng = random.Random(seed)
    found = []
    for k, wing in enumerate(wings):
        share = count // len(wings) + (k < count % len(wings))
        found += rng.sample(list(every(wing)), share)
    return [_told(mutant) for mutant in found]


def _told(mutant: Mutant) -> Mutant:
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    _, before, after = changed(source, mutant.node, mutant.way)
    return replace(mutant, before=before, after=after)


def nearest(file: str, wing: str) -> list[str]:
    """Return the tests of a wing, those that name the module of a file first."""
    found: list[Path] = []
    for place in WINGS[wing][1]:
        path = ROOT / place
        found += sorted(path.glob("test_*.py")) if path.is_dir() else [path]
    module = file.removesuffix(".py").replace("/", ".")

    def names(test: Path) -> bool:
        text = test.read_text(encoding="utf-8")
        return module in text or f"from {module.rpartition('.')[0]} import" in text

    ordered = sorted(found, key=lambda test: not names(test))
    return [test.relative_to(ROOT).as_posix() for test in ordered]


def tested(copy: Path, tests: list[str], most_s: int) -> str:
    """Run tests in a copy of the checkout; return what they say of it.

    They may take so many seconds of the processor, as a busy machine is no failure.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    limit = f"ulimit -t {most_s} && exec {shlex.join(command)}"
    done = subprocess.run(
        ["bash", "-c", limit], cwd=copy, env=environment, capture_output=True, check=False
    )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return "ran on"
    return {0: "lived", 1: "killed", 2: "killed"}.get(done.returncode, f"status {done.returncode}")


def judge(mutants: list[Mutant], tests: list[str] | None = None) -> Iterator[Mutant]:
    """Yield the mutants with their fates, by certain tests or else those of their wings."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        patience = {}
        for wing in dict.fromkeys(mutant.wing for mutant in mutants):
            begun = _spent_s()
            assert tested(copy, tests or nearest("", wing), 3_600) == "lived", (
                f"{wing} fails as it is"
            )
            patience[wing] = round(30.0 + 3.0 * (_spent_s() - begun))
        for mutant in mutants:
            source = (ROOT / mutant.file).read_text(encoding="utf-8")
            target = copy / mutant.file
            target.write_text(changed(source, mutant.node, mutant.way)[0], encoding="utf-8")
            mine = tests or nearest(mutant.file, mutant.wing)
            fate = tested(copy, mine, patience[mutant.wing])
            target.write_text(source, encoding="utf-8")
            yield replace(mutant, fate=fate, why=mutant.why if fate == "lived" else "")


def _spent_s() -> float:
    """Return seconds of the processor that tests have taken so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _line(mutant: Mutant) -> str:
    said = f"{mutant.before} → {mutant.after}".replace("\n", " ")
    return f"{mutant.fate:8} {mutant.file}:{mutant.line}  {said[:150]}"


def main() -> int:
    """Judge a sample and write what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wing", choices=WINGS, action="append")
    parser.add_argument(
        "--again",
        nargs="*",
        metavar="MODULE.py",
        help="only what lived on, or was not judged, last time, in these files or all",
    )
    parser.add_argument("--tests", nargs="+", help="in place of those of the wing")
    given = parser.parse_args()
    if given.again is not None:
        last = record.read("mutants")
        given.seed, sample = last["seed"], [Mutant(**one) for one in last["mutants"]]
        asked = [one for one in sample if one.fate in ("", "lived")]
        asked = [one for one in asked if not given.again or one.file in given.again]
        moved = [one for one in asked if _told(one) != one]
        assert not moved, "the code has moved since; draw a new sample"
    else:
        wings = given.wing or list(WINGS)
        asked = drawn(wings, given.sample, given.seed)
        last = [Mutant(**one) for one in record.read("mutants").get("mutants", [])]
        sample = [*(one for one in last if one.wing not in wings and one.fate), *asked]
    by_place = {(one.file, one.node, one.way): one for one in sample}
    for mutant in judge(asked, given.tests):
        print(_line(mutant), flush=True)
        by_place[mutant.file, mutant.node, mutant.way] = mutant
        _note(given.seed, list(by_place.values()))
    return 0


def _note(seed: int, sample: list[Mutant]) -> None:
    """Write what is known by now; a run that breaks off is gone on with by `--again`."""
    fates = Counter(one.fate for one in sample)
    figures = {
        "seed": seed,
        "judged": len(sample) - fates[""],
        "noticed": len(sample) - fates[""] - fates["lived"],
        "lived": fates["lived"],
    }
    record.write("mutants", figures | {"mutants": [asdict(one) for one in sample]})


if __name__ == "__main__":
    sys.exit(main())
