"""One thing in a module made wrong: which parts can be changed, in which ways, and how."""

from __future__ import annotations

import ast
from collections.abc import Iterator

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
