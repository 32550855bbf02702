"""Who may look into whom, and how long a function may be: the walls of the code, read with ast."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = [ROOT / "app.py", *ROOT.glob("model/**/*.py"), *ROOT.glob("views/**/*.py")]
CODE = sorted(path for path in CODE if path.exists())
NUMERIC = {"numpy", "scipy"}
PRESENTING = NUMERIC | {"pandas", "altair", "pptx", "lxml", "vl_convert"}
SHOWING = PRESENTING | {"streamlit"}
ENGINE = {
    "model.block",
    "model.calendar",
    "model.chain",
    "model.correlate",
    "model.dist",
    "model.estimate",
    "model.merging",
    "model.money",
    "model.outages",
    "model.recent",
    "model.reuse",
    "model.sampling",
    "model.simulate",
    "model.streams",
    "model.striking",
    "model.trust",
    "model.worlds",
}
LONGEST_FUNCTION = 60
OLDEST_PYTHON = (3, 11)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed(path: Path) -> ast.Module:
    """The code of a file, empty if this Python cannot read it (which has a test of its own)."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError:
        return ast.Module([], [])


TREES = {module_name(path): parsed(path) for path in CODE}


@pytest.mark.parametrize("path", CODE, ids=module_name)
def test_oldest_supported_python_can_read_the_code(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST_PYTHON)


def imports(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield every imported module and whether the import is late (inside a function)."""
    for node, late in _walk(tree, late=False):
        if isinstance(node, ast.Import):
            yield from ((alias.name, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module), late
            yield from ((f"{node.module}.{alias.name}", late) for alias in node.names)


def _walk(node: ast.AST, *, late: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield child, late
        yield from _walk(child, late=inside)


def ours(name: str) -> str | None:
    """The module of this project that an import names, if it is one."""
    if name in TREES:
        return name
    return name.rpartition(".")[0] if name.rpartition(".")[0] in TREES else None


def third_party(tree: ast.AST, *, late: bool) -> set[str]:
    tops = {name.split(".")[0] for name, when in imports(tree) if late or not when}
    return tops - sys.stdlib_module_names - {"model", "views", "app"}


def is_presentation(name: str) -> bool:
    return name == "model.present" or name.startswith("model.present.")


MODEL = sorted(name for name in TREES if name.split(".")[0] == "model")


@pytest.mark.parametrize("name", MODEL)
def test_model_imports_only_what_its_room_allows(name: str) -> None:
    """numpy and scipy; the presentation also tables, charts and slides; others pandas, but late."""
    tree = TREES[name]
    if is_presentation(name):
        assert third_party(tree, late=True) <= PRESENTING
        return
    assert third_party(tree, late=False) <= NUMERIC
    late = NUMERIC if name in ENGINE else NUMERIC | {"pandas"}
    if name.startswith("model.formats."):
        late = {"numpy"} | ({"openpyxl"} if name == "model.formats.xlsx" else set())
    assert third_party(tree, late=True) <= late


@pytest.mark.parametrize("name", MODEL)
def test_model_does_not_look_into_the_app(name: str) -> None:
    assert not {top for top, _ in imports(TREES[name]) if top.split(".")[0] in ("views", "app")}


@pytest.mark.parametrize("name", [name for name in MODEL if name.startswith("model.formats")])
def test_reading_files_knows_nothing_of_the_model(name: str) -> None:
    ours_too = {other for target, _ in imports(TREES[name]) if (other := ours(target))}
    assert all(other.startswith("model.formats") for other in ours_too)


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_engine_does_not_know_how_it_is_shown(name: str) -> None:
    """Nor anything else that imports the presentation, however far away."""
    assert name in TREES
    assert not [other for other in reached(name) if is_presentation(other)]


def test_only_the_app_and_its_views_know_streamlit() -> None:
    users = {name for name, tree in TREES.items() if "streamlit" in third_party(tree, late=True)}
    assert all(name == "app" or name.split(".")[0] == "views" for name in users)


def test_app_and_views_use_nothing_else() -> None:
    for name, tree in TREES.items():
        if name not in MODEL:
            assert third_party(tree, late=True) <= SHOWING, name


def imported(name: str) -> set[str]:
    """Modules of this project that a module imports when it is loaded."""
    found = {ours(target) for target, late in imports(TREES[name]) if not late}
    # A package's own name stands for its __init__, which imports nothing here.
    return {other for other in found if other and other != name}


def reached(name: str) -> set[str]:
    seen: set[str] = set()
    open_ = [name]
    while open_:
        for other in imported(open_.pop()) - seen:
            seen.add(other)
            open_.append(other)
    return seen


def test_no_module_reaches_itself() -> None:
    """Arrows go one way: there is no circle of imports."""
    assert [name for name in TREES if name in reached(name)] == []


def test_each_wall_holds_something_back() -> None:
    """Negative control: the rules notice what they forbid."""
    tree = ast.parse("import pandas\ndef f():\n    import streamlit\n")
    assert third_party(tree, late=False) == {"pandas"}
    assert third_party(tree, late=True) == {"pandas", "streamlit"}
    hidden = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n"
    assert third_party(ast.parse(hidden), late=True) == set()


def test_no_room_for_odds_and_ends() -> None:
    for name in TREES:
        assert not {"utils", "util", "helpers", "helper", "common", "misc"} & set(name.split("."))


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield f"{name}.{node.name}", node


def test_functions_fit_on_a_screen() -> None:
    long = {
        name: node.end_lineno - node.lineno + 1
        for name, node in functions()
        if node.end_lineno is not None and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert long == {}


def calls(tree: ast.AST) -> set[str]:
    """Last part of the name of everything that is called."""
    named = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(function).rpartition(".")[2] for function in named}


@pytest.mark.parametrize("name", MODEL)
def test_random_numbers_come_from_named_streams_only(name: str) -> None:
    """One door for randomness: no module but `streams` makes or seeds a generator."""
    made = calls(TREES[name]) & {"default_rng", "seed", "Generator", "RandomState", "SeedSequence"}
    assert made <= ({"Generator", "SeedSequence"} if name == "model.streams" else set())
