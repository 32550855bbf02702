"""Who may look into whom, and how long a function may be: the walls of the code, read with ast."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = [ROOT / "app.py", *ROOT.glob("model/**/*.py"), *ROOT.glob("views/**/*.py")]
CODE = sorted(path for path in CODE if path.exists())
NUMERIC = {"numpy", "scipy"}
PRESENTING = NUMERIC | {"pandas", "altair", "pptx", "lxml"}
SHOWING = PRESENTING | {"streamlit"}
LATE = {
    "model.formats.xlsx": NUMERIC | {"openpyxl"},
    "model.runs.distributed": NUMERIC | {"dask", "distributed"},
    "model.present": PRESENTING,
    "model.cli": NUMERIC,
    "views": SHOWING,
    "app": SHOWING,
}
"""What a wing may import; all others numpy and scipy, and pandas within a function."""
FLOOR = ("model.data", "model.arrays", "model.version", "model.limits")
WINGS = (
    "model.formats",
    "model.beliefs",
    "model.assumptions",
    "model.scenario",
    "model.worlds",
    "model.incidents",
    "model.chain",
    "model.runs",
    "model.replays",
    "model.decisions",
    "model.drivers",
    "model.evidence",
    "model.present.words",
    "model.present.charts",
    "model.present.files",
    "model.present.story",
    "model.present.deck",
    "model.present.html",
    "model.cli",
    "model.__main__",
    "views.waiting",
    "views.session",
    "views.fields",
    "views.shell",
    "views.",
    "app",
)
"""From the ground up: a wing imports only what stands before it. Pages do not know each other."""
PLAIN = ("model.formats", "model.beliefs", "model.worlds", "model.incidents", "model.chain")
"""Wings whose arrays never become tables."""
MOST_FILES = 14
MOST_LINES = 300
TABLES = ("defaults", "columns")
"""Declarations: as long as there are things to declare."""
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


MODEL = sorted(name for name in TREES if name.split(".")[0] == "model")


def below(name: str, folder: str) -> bool:
    return name == folder.rstrip(".") or name.startswith(f"{folder.rstrip('.')}.")


def floor_of(name: str) -> int:
    """The place of a module's wing from the ground up; −1 for what stands below all wings."""
    if name == "model":  # the front door: public names, loaded when asked for
        return len(WINGS)
    if name in (*FLOOR, "model.present", "views"):
        return -1
    wings = [k for k, wing in enumerate(WINGS) if below(name, wing)]
    assert wings, f"{name} lies in no wing"
    return wings[0]


def looked_into(tree: ast.AST) -> set[str]:
    """Modules of this project that are named anywhere in the code, for types only too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {ours(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {ours(f"{node.module}.{alias.name}") for alias in node.names}
    return {name for name in found if name}


@pytest.mark.parametrize("name", sorted(TREES))
def test_arrows_point_down(name: str) -> None:
    here = floor_of(name)
    up = {other for other in looked_into(TREES[name]) if floor_of(other) > here}
    assert up == set()


def test_pages_do_not_know_each_other() -> None:
    for name, tree in TREES.items():
        if floor_of(name) == WINGS.index("views.") and name != "views":
            page = name.split(".")[1]
            others = {other.split(".")[1] for other in looked_into(tree) if below(other, "views")}
            assert others <= {page, "waiting", "session", "fields", "shell"}, name


def test_the_walls_would_notice() -> None:
    """Negative control: an import from above, hidden where only types are read, is seen."""
    hidden = "if TYPE_CHECKING:\n    from model.runs.result import Result\n"
    assert looked_into(ast.parse(hidden)) == {"model.runs.result"}
    assert floor_of("model.runs.result") > floor_of("model.chain.ledger")
    assert floor_of("views.overview.page") > floor_of("views.shell.sidebar")


def test_a_folder_can_be_overlooked() -> None:
    folders: dict[Path, list[str]] = {}
    for path in CODE:
        if path.name != "__init__.py":
            folders.setdefault(path.parent, []).append(path.name)
    assert {str(at): len(files) for at, files in folders.items() if len(files) > MOST_FILES} == {}


def test_a_module_is_read_in_a_sitting() -> None:
    long = {
        path.name: lines
        for path in CODE
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
        and not path.stem.endswith(TABLES)
    }
    assert long == {}


@pytest.mark.parametrize("name", MODEL)
def test_model_imports_only_what_its_wing_allows(name: str) -> None:
    tree = TREES[name]
    own = next((allowed for wing, allowed in LATE.items() if below(name, wing)), NUMERIC)
    assert third_party(tree, late=False) <= own
    plain = any(below(name, wing) for wing in PLAIN)
    assert third_party(tree, late=True) <= (own if plain else own | {"pandas"})


def test_only_the_app_and_its_views_know_streamlit() -> None:
    users = {name for name, tree in TREES.items() if "streamlit" in third_party(tree, late=True)}
    assert all(name == "app" or name.split(".")[0] == "views" for name in users)


def test_app_and_views_use_nothing_else() -> None:
    for name, tree in TREES.items():
        if name not in MODEL:
            assert third_party(tree, late=True) <= SHOWING, name


@cache
def imported(name: str) -> frozenset[str]:
    """Modules of this project that a module imports when it is loaded."""
    found = {ours(target) for target, late in imports(TREES[name]) if not late}
    # A package's own name stands for its __init__, which imports nothing here.
    return frozenset(other for other in found if other and other != name)


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
    assert made <= ({"Generator", "SeedSequence"} if name == "model.worlds.streams" else set())


MOST_BY_PLACE = 4
"""Values that a record may be given by their place; more are easily swapped in silence."""


@cache
def records() -> dict[str, int]:
    """Return how many fields each named tuple and dataclass of the code has, by its full name."""
    return {
        f"{name}.{node.name}": sum(isinstance(part, ast.AnnAssign) for part in node.body)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and _is_record(node)
    }


def _is_record(node: ast.ClassDef) -> bool:
    said = [ast.unparse(part) for part in (*node.bases, *node.decorator_list)]
    return any("NamedTuple" in part or "dataclass" in part for part in said)


def by_place(name: str, tree: ast.Module, wide: set[str]) -> list[str]:
    """Return the calls that give a wide record too much by place, or others beside what unfolds."""
    known = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    known |= {node.name: f"{name}.{node.name}" for node in tree.body if hasattr(node, "name")}
    return [
        f"{name}:{call.lineno} {ast.unparse(call)[:60]}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _full_name(call.func, known) in wide
        if len(call.args) > MOST_BY_PLACE or _unfolds_among_others(call)
    ]


def _full_name(function: ast.expr, known: dict[str, str]) -> str:
    first, _, rest = ast.unparse(function).partition(".")
    return ".".join(part for part in (known.get(first, first), rest) if part)


def _unfolds_among_others(call: ast.Call) -> bool:
    """Tell whether values are unfolded into places, other than each field of one into another's."""
    unfolded = [one.value for one in call.args if isinstance(one, ast.Starred)]
    each = (ast.GeneratorExp, ast.Call)
    return bool(unfolded) and not (len(call.args) == 1 and isinstance(unfolded[0], each))


@pytest.mark.parametrize("name", [name for name in sorted(TREES) if not name.endswith(TABLES)])
def test_wide_records_are_built_with_keywords(name: str) -> None:
    wide = {record for record, fields in records().items() if fields > MOST_BY_PLACE}
    assert by_place(name, TREES[name], wide) == []


def test_values_by_their_place_would_be_noticed() -> None:
    """Negative control: in the module, from another one, through a module, unfolded."""
    wide = {"a.b.Job", "m.Turn"}
    code = "from a import b\nfrom a.b import Job as J\nclass Turn(NamedTuple): ...\n"
    bad = ("J(1, 2, 3, 4, 5)", "b.Job(1, 2, 3, 4, 5)", "Turn(1, *rest)", "Turn(*one[1:5])")
    good = ("J(1, 2, 3, d=4, e=5)", "Turn(*map(f, one))", "Turn(*(f(x) for x in one))", "K(*rest)")
    for line in bad:
        assert len(by_place("m", ast.parse(code + line), wide)) == 1, line
    for line in good:
        assert by_place("m", ast.parse(code + line), wide) == [], line
