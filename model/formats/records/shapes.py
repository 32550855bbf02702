"""The shapes in which JSON has records: lists of objects, tables as lists, objects under keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from model.formats.table import normal

_FIELD = "field {}"
_FIRST = _FIELD.format(1)
_HEADS = frozenset({"columns", "fields", "header", "headers", "schema", "cols"})


def lists_in(content: object, path: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every list of objects that stands in objects, with its dotted path."""
    if isinstance(content, list):
        if content and all(isinstance(item, dict) for item in content):
            yield path, content
        if len(content) == 1:  # the points of one series, and not what one record has of its own
            inner = lists_in(content[0], path)
            yield from ((at, rows) for at, rows in inner if _FIRST in rows[0])
    elif isinstance(content, dict):
        for name, inner in content.items():
            yield from lists_in(inner, f"{path}.{name}" if path else name)


def as_objects(content: object) -> object:
    """Return content with tables in it, kept as lists, as lists of objects."""
    if isinstance(content, list):
        head, *rows = content or [None]
        whole = _all_of(head, str) and _are_rows(rows, len(head))
        if whole:
            return [dict(zip(head, row, strict=True)) for row in rows]
        return list(map(as_objects, content)) if len(content) == 1 else _numbered(content)
    if not isinstance(content, dict):
        return content
    heads = (each for name, each in content.items() if normal(name) in _HEADS)
    head = next((each for each in heads if isinstance(each, list)), [])
    names = [each.get("name", "") if isinstance(each, dict) else each for each in head]
    if _all_of(names, str):
        content = {
            name: [dict(zip(names, row, strict=True)) for row in inner]
            if _are_rows(inner, len(names))
            else inner
            for name, inner in content.items()
            if inner is not head
        }
    if len(content) > 1 and _are_columns(list(content.values())):
        return [dict(zip(content, row, strict=True)) for row in zip(*content.values(), strict=True)]
    return {name: as_objects(inner) for name, inner in content.items()}


def _numbered(rows: list[Any]) -> list[Any]:
    """Return rows of single values, all as long, as objects; other lists as they are."""
    if not (_all_of(rows, list) and _are_columns(rows)):
        return rows
    return [{_FIELD.format(k): each for k, each in enumerate(row, 1)} for row in rows]


def _all_of(items: object, kind: type) -> bool:
    return isinstance(items, list) and bool(items) and all(isinstance(each, kind) for each in items)


def _are_rows(items: object, width: int) -> bool:
    return _all_of(items, list) and all(len(row) == width for row in cast(list[list[Any]], items))


def _are_columns(lists: list[Any]) -> bool:
    """Tell whether lists of single values are as long as each other, two at least."""
    alike = _all_of(lists, list) and _are_rows(lists, max(len(lists[0]), 2))
    return alike and not any(isinstance(v, list | dict) for column in lists for v in column)


def keyed_in(content: object, path: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield objects that hold alike objects under a key each, as a list of them with the key."""
    if not isinstance(content, dict):
        return
    inner = list(content.values())
    if len(inner) > 1 and all(isinstance(each, dict) and each for each in inner):
        names = Counter(name for each in inner for name in each)
        if any(count > len(inner) / 2 for count in names.values()):
            key = "id" if "id" not in names else "key"
            yield path, [{key: name, **each} for name, each in content.items()]
            return
    for name, each in content.items():
        yield from keyed_in(each, f"{path}.{name}" if path else name)
