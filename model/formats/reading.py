"""The one entry: a foreign file's bytes become a table, whatever program saved it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain
from typing import Literal

from model.formats import characters, dialect, encoding, records, xlsx
from model.formats.answers import FormatError, listed, quoted
from model.formats.limits import HEADER_WITHIN, LIMITS, MOST_PROBLEMS, Limits
from model.formats.numbers import COMMA, PROGRAM, decimal_mark, marks_in
from model.formats.progress import WHOLE, OnProgress, part, unheard
from model.formats.table import Cell, Grid, Table, apart, known_in, normal, tabulated

Unfit = Literal["refuse", "replace"]
Sheets = Literal["one", "alike"]
_DECODED, _PARTED, _IN_ROWS = 50, 200, 850
"""Thousandths of a reading that are over by then, roughly."""


def read(
    raw: bytes,
    filename: str = "",
    *,
    known: Collection[str] = (),
    numbers: Collection[str] = (),
    lists: Collection[str] = (),
    sheet: str = "",
    sheets: Sheets = "one",
    unfit: Unfit = "refuse",
    limits: Limits = LIMITS,
    on_progress: OnProgress = unheard,
) -> Table:
    """Return the table in a file, recognised by its content; FormatError says what is wrong.

    `known` are column names that tell the header (and the delimiter, and the sheet); `numbers` are
    columns whose cells alone settle the decimal mark; `lists` the names under which JSON keeps its
    records. Characters that no other format carries are refused, or replaced and said.
    Of a workbook one sheet is read, or all that have the same columns (`alike`).
    `on_progress` is told how far it is and may raise to end it.
    """
    if len(raw) > limits.size:
        raise FormatError(f"the file is larger than {limits.size / 1e6:g} MB")
    if not raw.strip():
        raise FormatError("the file is empty: a header line and rows below it are needed")
    if xlsx.is_workbook(raw):
        pages = xlsx.sheets(raw, limits, part(on_progress, 0, _IN_ROWS))
        return _plain(_of_workbook(pages, known, numbers, sheet, sheets), unfit)
    text = encoding.decoded(raw)
    on_progress(_DECODED, WHOLE)
    if records.is_json(text.text, filename):
        return _plain(_of_records(text, lists, limits, on_progress), unfit)
    table = _of_text(text, known, numbers, limits, on_progress)
    return table if characters.is_plain_file(text.text) else _plain(table, unfit)


def _of_text(
    text: encoding.Decoded,
    known: Collection[str],
    numbers: Collection[str],
    limits: Limits,
    on_progress: OnProgress,
) -> Table:
    found = dialect.dialect(text.text, known)
    rows = dialect.grid(text.text, found, limits, part(on_progress, _PARTED, _IN_ROWS))
    grid, mended = _reread(rows)
    table = tabulated(grid, known)
    marks = marks_in(_texts(table, numbers))
    settled = min(marks) if len(marks) == 1 else ""
    by_program = PROGRAM if found.delimiter == "," and not marks else ""
    remarks = (_understood(text, found.delimiter, settled), *mended, *table.remarks)
    return replace(
        table,
        remarks=tuple(remark for remark in remarks if remark),
        decimal=settled or by_program,
        encoding=text.encoding,
        delimiter=found.delimiter,
    )


def decimal_of(table: Table, names: Collection[str]) -> str:
    """Return the decimal mark for the numbers of some columns, else that of the whole file.

    A mark that only a note or a version number shows does not count; KeyError for no such column.
    """
    marks = marks_in(chain.from_iterable(table.column(name) for name in names))
    return table.decimal if not marks else min(marks) if len(marks) == 1 else ""


def _texts(table: Table, numbers: Collection[str]) -> set[str]:
    """Return the text cells that may show a decimal mark: of the columns asked for, if any."""
    asked = {normal(name) for name in numbers}
    names = [name for name in table.columns if normal(name) in asked]
    cells = map(table.column, names) if names else iter(table.rows)
    return {
        cell
        for cell in chain.from_iterable(cells)
        if isinstance(cell, str) and ("." in cell or "," in cell)
    }


def _understood(text: encoding.Decoded, delimiter: str, settled: str) -> str:
    """Return a sentence on what is not as a program would write it."""
    parts = [dialect.NAMES[delimiter]] if delimiter != "," else []
    parts += ["decimal commas"] if settled == COMMA else []
    said = f"with {listed(parts)}" if parts else ""
    remark = text.remark()
    if remark and said:
        return f"{remark}, {said}"
    return remark or (f"read {said}" if said else "")


def _of_records(
    text: encoding.Decoded, lists: Collection[str], limits: Limits, on_progress: OnProgress
) -> Table:
    found = records.records(text.text, lists, limits, part(on_progress, _PARTED, _IN_ROWS))
    names = list(dict.fromkeys(chain.from_iterable(found.records)))
    rows = tuple(tuple(record.get(name, "") for name in names) for record in found.records)
    shown = apart(name.strip() or f"field {k}" for k, name in enumerate(names, 1))
    return Table(
        shown,
        rows,
        tuple(range(1, len(rows) + 1)),
        tuple(filter(None, (text.remark(), *found.remarks))),
        place="record",
        decimal=PROGRAM,
        encoding=text.encoding,
    )


def _of_workbook(
    pages: Sequence[xlsx.Sheet],
    known: Collection[str],
    numbers: Collection[str],
    sheet: str,
    sheets: Sheets,
) -> Table:
    if not pages:
        raise FormatError("the workbook is empty: a header line and rows below it are needed")
    page = _page(pages, known, sheet)
    taken = _alike(pages, page, known) if sheets == "alike" and not sheet else [page]
    whole, stacked = _stacked(taken, known)
    grid, mended = _reread(whole)
    table = tabulated(grid, known)
    others = [quoted(other.name) for other in pages if other not in taken]
    left = ""
    if others and not sheet:
        names = listed([quoted(each.name) for each in taken])
        left = f"read sheet{'s' if len(taken) > 1 else ''} {names}, left out {listed(others)}"
    settled = decimal_mark(_texts(table, numbers))
    commas = "read with decimal commas" if settled == COMMA else ""
    remarks = (left, stacked, *mended, commas, *table.remarks)
    return replace(
        table,
        remarks=tuple(filter(None, remarks)),
        decimal=settled,
        sheet=page.name,
        sheets=tuple(other.name for other in pages),
    )


def _alike(
    pages: Sequence[xlsx.Sheet], page: xlsx.Sheet, known: Collection[str]
) -> list[xlsx.Sheet]:
    """Return a sheet and all others that have its columns, in their order."""
    columns = tabulated(page.grid, known).columns
    return [p for p in pages if p is page or tabulated(p.grid, known).columns == columns]


def _stacked(pages: Sequence[xlsx.Sheet], known: Collection[str]) -> tuple[Grid, str]:
    """Return sheets of the same columns one below the other, and how their rows count."""
    first, *others = pages
    rows, numbers, said = list(first.grid.rows), list(first.grid.numbers), []
    for page in others:
        head, before = tabulated(page.grid, known).header_line, numbers[-1]
        below = [k for k, number in enumerate(page.grid.numbers) if number > head]
        rows += [page.grid.rows[k] for k in below]
        numbers += [before + page.grid.numbers[k] for k in below]
        said.append(f"row 1 of {quoted(page.name)} counts as {before + 1}")
    if not others:
        return first.grid, ""
    return Grid(rows, numbers), f"sheets of the same columns are read as one: {'; '.join(said)}"


def _reread(grid: Grid) -> tuple[Grid, tuple[str, ...]]:
    """Return a grid with its letters as they were before a program misread them, and say so."""
    first = next((row[0] for row in grid.rows if row), "")
    if not (isinstance(first, str) and encoding.misread(first)):
        return grid, ()
    rows = [[_as_before(cell) for cell in row] for row in grid.rows]
    said = "put back letters that a program had opened as Windows-1252 in place of UTF-8"
    return replace(grid, rows=rows), (said,)


def _as_before(cell: Cell) -> Cell:
    return characters.restored(encoding.reread(cell)) if isinstance(cell, str) else cell


def _page(pages: Sequence[xlsx.Sheet], known: Collection[str], sheet: str) -> xlsx.Sheet:
    """Return the sheet asked for, else the one with most known column names, else the first."""
    if not sheet:
        names = frozenset(normal(name) for name in known)
        return max(pages, key=lambda page: _most_known(page.grid, names))
    for page in pages:
        if normal(page.name) == normal(sheet):
            return page
    there = listed([quoted(page.name) for page in pages])
    raise FormatError(f"no sheet {quoted(sheet)} with cells: there are {there}")


def _most_known(grid: Grid, names: frozenset[str]) -> int:
    return max(known_in(row, names) for row in grid.rows[:HEADER_WITHIN])


def _plain(table: Table, unfit: Unfit) -> Table:
    """Return a table every format can carry, or refuse what it cannot."""
    wrong = [
        (index, k)
        for index, row in enumerate(table.rows)
        for k, cell in enumerate(row)
        if isinstance(cell, str) and not characters.is_plain(cell)
    ]
    in_names = [name for name in table.columns if not characters.is_plain(name)]
    if not wrong and not in_names:
        return table
    if unfit == "refuse":
        raise FormatError(_unfit_lines(table, wrong, in_names))
    count = len(wrong) + len(in_names)
    said = f"replaced characters that no text has in {count:,} cell{'s' if count > 1 else ''}"
    rows = tuple(tuple(map(_replaced, row)) for row in table.rows)
    columns = apart(map(characters.replaced, table.columns))
    return replace(table, columns=columns, rows=rows, remarks=(*table.remarks, said))


def _replaced(cell: Cell) -> Cell:
    return characters.replaced(cell) if isinstance(cell, str) else cell


def _unfit_lines(
    table: Table, wrong: Sequence[tuple[int, int]], in_names: Sequence[str]
) -> list[str]:
    lines = [f"the header: {quoted(name)}: {_deleted(name)}" for name in in_names]
    for index, k in wrong:
        cell = table.rows[index][k]
        column = characters.replaced(table.columns[k])
        lines.append(f"{table.where(index, column)}: {_deleted(str(cell))}")
    more = len(lines) - MOST_PROBLEMS
    return lines[:MOST_PROBLEMS] + ([f"… and {more:,} more like this"] if more > 0 else [])


def _deleted(text: str) -> str:
    return f"{characters.named(characters.unfit(text)[:5])} is no character of a text: delete it"
