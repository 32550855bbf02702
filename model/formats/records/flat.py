"""JSON records: lists of objects, in each other or one a line, as rows with dotted column names."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from model.formats.answers import FormatError, listed, quoted
from model.formats.limits import LIMITS, Limits
from model.formats.progress import EVERY, OnProgress, unheard
from model.formats.records.shapes import as_objects, keyed_in, lists_in
from model.formats.table import Cell, normal, text_of

LIST = "(list)"
"""Column that says which list of the file a record stood in, when several were asked for."""
JOINT = "; "
_NAMES = frozenset({"name", "key", "label", "field"})
_VALUES = frozenset({"value", "values"})
_LONGEST_NAME = 60

_BEGINNING = re.compile(r'\s*[\[{]\s*(?:["\[\]{}]|-?\d|true\b|false\b|null\b)')
# Closing is optional, so that no text takes long.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_EXACT = 2**53


@dataclass(frozen=True)
class Records:
    """Flat records, their numbers in the file, and what was understood."""

    records: list[dict[str, Cell]]
    remarks: tuple[str, ...]


def is_json(text: str, filename: str = "") -> bool:
    """Return whether a text begins as JSON does."""
    named = filename.lower().endswith((".json", ".jsonl", ".ndjson"))
    return bool(_BEGINNING.match(text)) or (named and text.lstrip()[:1] in ("[", "{"))


def records(
    text: str,
    lists: Collection[str] = (),
    limits: Limits = LIMITS,
    on_progress: OnProgress = unheard,
) -> Records:
    """Return the records of a JSON text: those in the named lists, else in its longest list."""
    _refuse_deep(text, limits)
    content = as_objects(_loaded(text))
    found = dict(lists_in(content))
    wanted = [path for path in found if normal(path.rpartition(".")[2]) in set(map(normal, lists))]
    if not wanted and found:
        wanted = [max(found, key=lambda path: len(found[path]))]
    if not wanted:
        found = dict(keyed_in(content)) or {"": _single(content)}
        wanted = [max(found, key=lambda path: len(found[path]))]
    count = sum(len(found[path]) for path in wanted)
    if count > limits.rows:
        raise FormatError(f"{count:,} records: at most {limits.rows:,}")
    several = len(wanted) > 1
    flat: list[dict[str, Cell]] = []
    for path in wanted:
        for record in found[path]:
            flat.append(_flat(record, limits, {LIST: path} if several else {}))
            if len(flat) % EVERY == 0:
                on_progress(len(flat), count)
    _refuse_many(flat, limits)
    return Records(flat, _remarks(wanted, found))


def _refuse_deep(text: str, limits: Limits) -> None:
    """Refuse levels beyond the limit before a parser meets them."""
    brackets = np.frombuffer(_STRING.sub("", text).encode("utf-8", "replace"), np.uint8)
    steps = np.isin(brackets, (0x5B, 0x7B)).astype(np.int32)
    steps -= np.isin(brackets, (0x5D, 0x7D))
    deepest = int(np.cumsum(steps).max(initial=0))
    if deepest > limits.depth:
        raise FormatError(f"{deepest:,} levels in each other: at most {limits.depth}")


def _loaded(text: str) -> object:
    try:
        return _parsed(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].strip()[-1:] == "}" and lines[0].strip()[:1] == "{":
            return list(_lines(text))
        where = f"line {error.lineno}, character {error.colno}"
        raise FormatError(f"{where}: not readable as JSON: {error.msg}") from None


def _lines(text: str) -> Iterator[object]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _parsed(line)
        except json.JSONDecodeError as error:
            said = f"not readable as JSON: {error.msg}"
            raise FormatError(f"line {number}, character {error.colno}: {said}") from None


def _parsed(text: str) -> object:
    return json.loads(
        text,
        parse_float=_real,
        parse_int=_integer,
        parse_constant=_refused,
        object_pairs_hook=_object,
    )


def _real(digits: str) -> float:
    value = float(digits)
    vanished = value == 0 and any(digit in re.split("[eE]", digits)[0] for digit in "123456789")
    if value in (float("inf"), float("-inf")) or vanished:
        raise FormatError(f"{quoted(digits)}: beyond the numbers a computer holds")
    return value


def _integer(digits: str) -> float | str:
    """Return a whole number, as text when a float would change its digits, as in a long id."""
    value = float(digits)
    return value if abs(value) <= _EXACT else digits


def _refused(word: str) -> NoReturn:
    raise FormatError(f"{word} is no number of JSON: leave it out or write null")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FormatError(f"{quoted(twice)} stands twice in one object: once only")
    return found


def _single(content: object) -> list[dict[str, Any]]:
    if isinstance(content, dict) and content and not _holds_nothing(content):
        return [content]
    if isinstance(content, dict) or content == []:
        raise FormatError("the file has no records")
    raise FormatError("no list of objects in the file: each record is to be an object with names")


def _holds_nothing(content: dict[str, Any]) -> bool:
    """Tell whether an object has lists, and all of them are empty, as that of a quiet year."""
    lists = [each for each in content.values() if isinstance(each, list)]
    inner = [each for each in content.values() if isinstance(each, dict)]
    return (bool(lists) and not any(lists)) or any(map(_holds_nothing, inner))


def _flat(record: dict[str, Any], limits: Limits, start: dict[str, Cell]) -> dict[str, Cell]:
    out = dict(start)
    for name, cell in _cells(record, ""):
        kept = f"{name} (2)" if name in out else name
        out[kept] = cell
        if len(out) > limits.columns:
            raise FormatError(f"a record of more than {limits.columns:,} fields")
    return out


def _cells(value: object, path: str) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _cells(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield from _joined(value, path)
    else:
        yield path, _cell(value)


def _joined(items: list[object], path: str) -> Iterator[tuple[str, Cell]]:
    """Yield one cell for each name in a list's items: the only value, or all of them as text.

    The texts of one list run in parallel: an item without the name has an empty text.
    """
    columns: dict[str, list[Cell]] = {}
    for k, item in enumerate(items):
        for name, cell in _cells(item, path):
            columns.setdefault(name, [""] * len(items))[k] = cell
    for name, cells in columns.items():
        yield name, cells[0] if len(cells) == 1 else JOINT.join(map(text_of, cells))
    yield from _named(columns, path)


def _named(columns: dict[str, list[Cell]], path: str) -> Iterator[tuple[str, Cell]]:
    """Yield the values of a list of names and values, each under its name."""
    rest = {name: set(name[len(path) + 1 :].casefold().split(".")) for name in columns}
    values = [name for name, parts in rest.items() if parts & _VALUES]
    names = [name for name in columns if name not in values and rest[name] & _NAMES]
    if not values or not names:
        return
    said = [text_of(cell).strip() for cell in columns[names[0]]]
    if len(set(said)) < len(said) or not all(said) or max(map(len, said)) > _LONGEST_NAME:
        return
    for name, cell in zip(said, columns[values[0]], strict=True):
        yield f"{path}.{name}", cell


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return value if isinstance(value, float) else str(value)


def _refuse_many(flat: Iterable[dict[str, Cell]], limits: Limits) -> None:
    names: set[str] = set()
    records = 0
    for record in flat:
        names |= record.keys()
        records += 1
        if len(names) > limits.columns:
            raise FormatError(f"record {records}: more than {limits.columns:,} fields in all")
        for name, cell in record.items():
            if isinstance(cell, str) and len(cell) > limits.cell_length:
                where = f"record {records}, field {name[:60]}"
                raise FormatError(f"{where}: at most {limits.cell_length:,} characters")
    if records * len(names) > limits.cells:
        raise FormatError(f"{records:,} records of {len(names):,} fields: too many in all")


def _remarks(wanted: list[str], found: dict[str, list[dict[str, Any]]]) -> tuple[str, ...]:
    read = [path for path in wanted if path]
    left = [path for path in found if path not in wanted]
    remarks = [f"read the list{'s' if len(read) > 1 else ''} {listed(read)}"] if read else []
    return (*remarks, *([f"left out the lists {listed(left)}"] if left else []))
