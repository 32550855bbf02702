"""What an expression of the code can be, read with ast: text of our own, or text made fit."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NUMERIC = tuple("dfeg%nxc,")
OWN = {"len", "int", "float", "round"}
UNCHANGED = ("lower", "upper", "capitalize", "strip", "rstrip", "lstrip")


@cache
def module_at(name: str) -> ast.Module | None:
    """The code of a module of this project; None for any other name."""
    path = ROOT / f"{name.replace('.', '/')}.py"
    return ast.parse(path.read_text(encoding="utf-8")) if path.exists() else None


class Scope:
    """What the names of a module and of one function stand for."""

    def __init__(
        self, module: ast.Module, function: ast.AST | None, escaping: Collection[str]
    ) -> None:
        self.values: dict[str, list[ast.expr | None]] = {}
        self.module, self.escaping = module, escaping
        if function is not None:
            self._collect(function)
            arguments = getattr(function, "args", None)
            names = [*arguments.args, *arguments.kwonlyargs] if arguments else []
            for each in names:
                self.values.setdefault(each.arg, []).append(None)
        apart = ast.FunctionDef | ast.ClassDef
        outside = [node for node in module.body if not isinstance(node, apart)]
        self._collect(ast.Module(outside, []), skip=frozenset(self.values))

    def _collect(self, tree: ast.AST, skip: frozenset[str] = frozenset()) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value, skip)
            elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
                self._bind(node.target, node.value, skip)
            elif isinstance(node, ast.For | ast.comprehension):
                for part in _parts(node.iter):
                    self._bind(node.target, part, skip)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                self._add(node.func, node.args)

    def _add(self, function: ast.Attribute, given: list[ast.expr]) -> None:
        """Take what is appended to a list for one of its values."""
        if function.attr in ("append", "extend") and isinstance(function.value, ast.Name):
            self.values.setdefault(function.value.id, []).extend(given)

    def _bind(self, target: ast.expr, value: ast.expr | None, skip: frozenset[str]) -> None:
        if isinstance(target, ast.Tuple):
            same = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
            values = value.elts if same else [None] * len(target.elts)
            for one, of in zip(target.elts, values, strict=True):
                self._bind(one, of, skip)
        elif isinstance(target, ast.Subscript):
            self._bind(target.value, value, skip)
        elif isinstance(target, ast.Name) and target.id not in skip:
            self.values.setdefault(target.id, []).append(value)

    def fit(self, node: ast.expr | None, seen: frozenset[str] = frozenset()) -> bool:
        """Tell whether an expression can only be text of our own, or text made fit."""
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr(values=parts):
                return all(self.fit(part, seen) for part in parts)
            case ast.FormattedValue(value=value, format_spec=ast.JoinedStr(values=[spec])):
                said = str(spec.value) if isinstance(spec, ast.Constant) else ""
                # Of a number, or of a moment: nothing else can be written so.
                return said.endswith(NUMERIC) or said[:1] == "%" or self.fit(value, seen)
            case ast.FormattedValue(value=value) | ast.Starred(value=value):
                return self.fit(value, seen)
            case ast.Lambda(body=one):
                return self.fit(one, seen)
            case ast.Call(func=function, args=arguments):
                return self._fit_call(function, arguments, seen)
            case ast.IfExp(body=one, orelse=other):
                return self.fit(one, seen) and self.fit(other, seen)
            case ast.BoolOp(values=several) | ast.List(elts=several) | ast.Tuple(elts=several):
                return all(self.fit(one, seen) for one in several)
            case ast.BinOp(left=one, right=other):
                return self.fit(one, seen) and self.fit(other, seen)
            case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
                return self.fit(one, seen)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                there = module_at(self._imported().get(module, ""))
                if there is None:
                    return False
                return type(self)(there, None, self.escaping).fit(ast.Name(name))
            case ast.Subscript(value=ast.Dict(values=several)):
                return all(self.fit(one, seen) for one in several)
            case ast.Subscript(value=ast.Name() as whole):
                return self.fit(whole, seen) or self._fit_table(whole, seen)
            case ast.Name(id=name):
                # What is made of itself is fit if all else is that it is made of.
                mine = f"{id(self)} {name}"
                found = self.values.get(name)
                return mine in seen or (
                    bool(found) and all(self.fit(one, seen | {mine}) for one in found or ())
                )
        return False

    def _fit_table(self, whole: ast.Name, seen: frozenset[str]) -> bool:
        """Tell whether a table of this module has only values that are fit."""
        for found in (values := self.values.get(whole.id, [])):
            entries = found.values if isinstance(found, ast.Dict) else [found]
            if not all(self.fit(one, seen) for one in entries):
                return False
        return bool(values)

    def _fit_call(
        self, function: ast.expr, arguments: list[ast.expr], seen: frozenset[str]
    ) -> bool:
        name = ast.unparse(function).rpartition(".")[2]
        if name in self.escaping or name in OWN:
            return True
        if name == "map" and len(arguments) == 2:
            return self._fit_call(arguments[0], [], seen)
        if name in ("join", "replace") and isinstance(function, ast.Attribute):
            return self.fit(function.value, seen) and all(self.fit(a, seen) for a in arguments)
        if isinstance(function, ast.Name) and function.id not in seen:
            return self._returns_fit(function.id, seen)
        if name in UNCHANGED and isinstance(function, ast.Attribute):
            return self.fit(function.value, seen)
        return self._fit_elsewhere(function, seen)

    def called(self, function: ast.expr) -> list[ast.FunctionDef]:
        """Return the function of this project that is called, here or elsewhere."""
        match function:
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                there = module_at(self._imported().get(module, ""))
            case ast.Name(id=name):
                place = self._imported().get(name, "").rpartition(".")[0]
                there = module_at(place) if place else self.module
            case _:
                return []
        body = there.body if there else []
        return [n for n in body if isinstance(n, ast.FunctionDef) and n.name == name]

    def _fit_elsewhere(self, function: ast.expr, seen: frozenset[str]) -> bool:
        """Tell whether a function of another module returns fit text."""
        match function:
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                place = self._imported().get(module)
            case ast.Name(id=name):
                place = self._imported().get(name, "").rpartition(".")[0]
            case _:
                return False
        there = module_at(place) if place else None
        if there is None or f"{place}.{name}" in seen:
            return False
        scope = type(self)(there, None, self.escaping)
        return scope._returns_fit(name, seen | {f"{place}.{name}"})

    def _imported(self) -> dict[str, str]:
        """Return what the names of imports stand for."""
        return {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in self.module.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def _returns_fit(self, name: str, seen: frozenset[str]) -> bool:
        """Tell whether all that a function of this module returns is fit."""
        named = [n for n in self.module.body if isinstance(n, ast.FunctionDef) and n.name == name]
        if not named:
            return self._fit_elsewhere(ast.Name(name), seen)
        returned = [
            (type(self)(self.module, function, self.escaping), node.value)
            for function in named
            for node in ast.walk(function)
            if isinstance(node, ast.Return)
        ]
        return bool(returned) and all(scope.fit(value, seen | {name}) for scope, value in returned)


def _parts(whole: ast.expr) -> list[ast.expr]:
    """Return what a name stands for that goes through a whole, which is fit if all of it is."""
    rows = whole.elts if isinstance(whole, ast.Tuple | ast.List) else []
    return rows if rows and all(isinstance(row, ast.Tuple) for row in rows) else [whole]


def functions(tree: ast.Module) -> Iterator[ast.AST | None]:
    """Yield what has names of its own: the module, and its functions and classes."""
    yield None
    yield from (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))


def inside(tree: ast.Module, function: ast.AST | None) -> Iterator[ast.AST]:
    """Yield all parts of a function, or of the module outside of its functions and classes."""
    if function is not None:
        yield from ast.walk(function)
        return
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from ast.walk(node)
