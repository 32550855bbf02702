"""Mutation testing: does a test notice when one thing in the code is wrong?

    python benchmarks/mutants.py                 # 80 mutants, seed 0
    python benchmarks/mutants.py --again         # those that lived on, after tests were added
    python benchmarks/mutants.py --wing evidence --sample 20   # what is known of others stays

Draws places in the chain (the ledger of money with it), the decisions, the evidence and the
paired intervals, changes each in a copy of the checkout – a comparison, a sign, a number, a call –
and runs the tests of its wing there, those that name the module first. A mutant that makes the
tests run on for too long counts as noticed. Prints what became of each; `benchmarks/record.py`
makes the record of it.
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

WINGS = {
    "chain": (("model/chain",), ("tests/chain",)),
    "decisions": (
        ("model/decisions", "model/runs/paired.py"),
        ("tests/decisions", "tests/runs/test_standard_errors.py", "tests/worlds/test_finite.py"),
    ),
    "evidence": (("model/evidence",), ("tests/evidence",)),
}
"""Where mutants are made, and the tests nearest to them."""
OTHERS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
CALLS = {"maximum": "minimum", "max": "min", "any": "all", "floor": "ceil", "expm1": "exp"}
CALLS |= {new: old for old, new in CALLS.items() if old != "expm1"}
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


def places(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield, always in the same order, what of a module says what is computed."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params", "exc", "msg"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _only_said(child):
                yield child
                yield from places(child)


def _only_said(node: ast.AST) -> bool:
    """Tell whether a part is read by people or type checkers only."""
    types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp | ast.Subscript)
    named = alias and ast.unparse(node.value).startswith(("Callable", "Mapping", "tuple[", "dict["))
    return types or named or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def ways(node: ast.AST) -> int:
    """Return in how many ways a part can be changed."""
    match node:
        case ast.Compare(ops=[only]):
            return len(OTHERS.get(type(only), ()))
        case ast.BinOp(left=left, op=op, right=right):
            texts = any(isinstance(x, ast.JoinedStr) or _is_text(x) for x in (left, right))
            return 0 if texts else len(OTHERS.get(type(op), ()))
        case ast.BoolOp(op=op) | ast.AugAssign(op=op):
            return len(OTHERS.get(type(op), ()))
        case ast.UnaryOp():
            return 1
        case ast.Constant(value=bool() | int() | float()):
            return 1
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return int(name in CALLS)
        case ast.IfExp():
            return 1
    return 0


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def change(node: ast.AST, way: int) -> None:
    """Change a part in place."""
    match node:
        case ast.Compare():
            node.ops = [OTHERS[type(node.ops[0])][way]()]  # type: ignore[list-item]
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign():
            node.op = OTHERS[type(node.op)][way]()  # type: ignore[assignment]
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int(old)):
            node.value = old + 1
        case ast.Constant(value=float(old)):
            node.value = 2.0 * old or 1.0
        case ast.Call(func=ast.Attribute()):
            node.func.attr = CALLS[node.func.attr]
        case ast.Call(func=ast.Name()):
            node.func.id = CALLS[node.func.id]
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body


def changed(source: str, node: int, way: int) -> tuple[str, str, str]:
    """Return the changed source, and what the part was and is."""
    tree = ast.parse(source)
    part = list(places(tree))[node]
    before = ast.unparse(part)
    change(part, way)
    return ast.unparse(tree), before, ast.unparse(part)


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


def judge(mutants: list[Mutant]) -> Iterator[Mutant]:
    """Yield the mutants with their fates."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        patience = {}
        for wing in dict.fromkeys(mutant.wing for mutant in mutants):
            begun = _spent_s()
            assert tested(copy, nearest("", wing), 3_600) == "lived", f"{wing} fails as it is"
            patience[wing] = round(30.0 + 3.0 * (_spent_s() - begun))
        for mutant in mutants:
            source = (ROOT / mutant.file).read_text(encoding="utf-8")
            target = copy / mutant.file
            target.write_text(changed(source, mutant.node, mutant.way)[0], encoding="utf-8")
            fate = tested(copy, nearest(mutant.file, mutant.wing), patience[mutant.wing])
            target.write_text(source, encoding="utf-8")
            yield replace(mutant, fate=fate)


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
        "--again", action="store_true", help="only what lived on, or was not judged, last time"
    )
    given = parser.parse_args()
    if given.again:
        last = record.read("mutants")
        given.seed, sample = last["seed"], [Mutant(**one) for one in last["mutants"]]
        asked = [one for one in sample if one.fate in ("", "lived")]
        moved = [one for one in asked if replace(_told(one), fate=one.fate) != one]
        assert not moved, "the code has moved since; draw a new sample"
    else:
        wings = given.wing or list(WINGS)
        asked = drawn(wings, given.sample, given.seed)
        last = [Mutant(**one) for one in record.read("mutants").get("mutants", [])]
        sample = [*(one for one in last if one.wing not in wings and one.fate), *asked]
    by_place = {(one.file, one.node, one.way): one for one in sample}
    for mutant in judge(asked):
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
