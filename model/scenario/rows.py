"""The scenario file written: the rows of values with their evidence, as CSV or as a workbook.

`model.scenario.reading` reads them back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from model.assumptions import correlations, profiles, remedies
from model.assumptions.declaration import Word
from model.assumptions.lookup import Entry
from model.assumptions.names import Value
from model.beliefs.belief import EMPIRICAL, Belief
from model.formats import dialect, xlsx
from model.formats.characters import kept_as_text
from model.formats.table import text_of, unmistakable
from model.scenario.provenance import Given, of_default

COLUMNS = (
    "name", "shape", "low", "mid", "high", "unit", "label", "source", "grade", "owner", "date",
)  # fmt: skip
NEEDED = COLUMNS[:5]
NUMBERS = ("low", "mid", "high")
SHEET = "Scenario"
_IDENTIFYING = (*NEEDED, "label")

Cell = str | float
Row = Mapping[str, Cell]


def rows_of(
    values: Iterable[tuple[str, Value]],
    edited: Iterable[str],
    own: Given,
    declared: Callable[[str], Entry],
) -> Iterator[Row]:
    """Yield the row of each named value; those in `edited` have their `own` evidence or none.

    `declared` returns the declaration of a row as the scenario says it.
    """
    changed = frozenset(edited)
    for name, value in values:
        evidence = own.get(name)
        if evidence is None and name not in changed:
            evidence = of_default(name)
        if name in profiles.ROWS and isinstance(value, str) and profiles.is_own(value):
            yield from _profile_rows(name, value, vars(evidence) if evidence else {})
            continue
        yield (
            {"name": name}
            | (vars(evidence) if evidence else {})
            | _named(name, declared)
            | _cells(name, value)
        )


def _profile_rows(name: str, word: str, evidence: Mapping[str, str]) -> Iterator[Row]:
    for row, weight in profiles.rows(name, word):
        cells: dict[str, Cell] = {"label": profiles.label(row), "low": weight, "high": weight}
        yield {"name": row, **evidence, **cells}


def to_text(rows: Iterable[Row]) -> str:
    """Return rows as CSV text with a header and CRLF, which every spreadsheet reads as it is."""
    saved = dialect.written(table(rows), text=kept_as_text, number=unmistakable)
    return saved.decode("utf-8-sig")


def to_workbook(rows: Iterable[Row]) -> bytes:
    """Return rows as an .xlsx workbook of one sheet, the same bytes every time."""
    return xlsx.written([(SHEET, table(rows))])


def table(rows: Iterable[Row]) -> Iterator[list[Cell]]:
    """Yield rows as lists of cells below a header, for a file of any kind."""
    yield list(COLUMNS)
    yield from ([row.get(column, "") for column in COLUMNS] for row in rows)


def encoded(text: str) -> bytes:
    """Return the bytes of a file: UTF-8 with a byte order mark, so that Excel reads it right."""
    return text.encode("utf-8-sig")


def canonical(values: Iterable[tuple[str, Value]]) -> bytes:
    """Return the named values as bytes, the same for the same values on every machine."""
    rows = ({"name": name, **_cells(name, value)} for name, value in values)
    return dialect.written([row.get(part, "") for part in _IDENTIFYING] for row in rows)


def _cells(name: str, value: Value) -> dict[str, Cell]:
    """Return the cells of a value, those that are read back."""
    if isinstance(value, str):
        return {"shape": value}
    if isinstance(value, Belief):
        return _belief_cells(value)
    change: dict[str, Cell] = {
        "shape": remedies.shape_cell(name, value),
        "label": value.path,
    }
    return _belief_cells(value.belief) | change


def _belief_cells(belief: Belief) -> dict[str, Cell]:
    """Return the cells of a belief; an empirical one has no numbers."""
    if belief.shape.startswith(EMPIRICAL):
        return {"shape": belief.shape}
    mid = "" if belief.mid is None else float(belief.mid)
    return {"shape": belief.shape, "low": float(belief.low), "mid": mid, "high": float(belief.high)}


def number(value: float) -> str:
    """Return the shortest text that reads back as the same float, whole numbers without `.0`."""
    return text_of(float(value))


def _named(name: str, declared: Callable[[str], Entry]) -> dict[str, Cell]:
    """Return the cells that are for people alone: unit and label."""
    if name.startswith(correlations.PREFIX):
        return {"label": "Rank correlation"}
    if remedies.is_change(name):
        return {}
    item = declared(name)
    return {"label": item.label, "unit": "" if isinstance(item, Word) else item.unit}
