"""Sheets of a workbook, read within bounds."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from model.formats.answers import FormatError, quoted
from model.formats.characters import one_kind_of_break, restored
from model.formats.encoding import SAVE, ZIP, ZIP_FAULTS
from model.formats.limits import LIMITS, Limits
from model.formats.progress import EVERY, OnProgress, unheard
from model.formats.table import Cell, Grid, trimmed

_BROKEN = f"the workbook is damaged: open it in a spreadsheet program and {SAVE}"
_STRANGE = re.compile(rb"<!(?!\[CDATA\[)|<\?(?!xml[\s])")
_USUAL = re.compile(rb"<(?:\w+:)?(?:c|v|f|t|is|si|row)[\s/>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ELEMENTS_A_CELL = 2  # of numbers; those of texts have more
_MOST_USUAL = 5  # a cell and its text have so many elements
_LONGEST_TAG = 1 << 19
_BLANKS = b"\xef\xbb\xff\xfe \t\r\n\xbf"
_PIECE = 1 << 20
_MOST_PARTS = 2_000
_CARRIAGE_RETURN = "_x000D_"


class Sheet(NamedTuple):
    """A sheet by its name and the rows it has."""

    name: str
    grid: Grid


def is_workbook(raw: bytes) -> bool:
    """Return whether bytes are a zip that has the parts of an .xlsx workbook."""
    if not raw.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except ZIP_FAULTS:
        return False


def sheets(
    raw: bytes, limits: Limits = LIMITS, on_progress: OnProgress = unheard
) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook that have cells; formulas as last calculated."""
    elements = _measure(raw, limits)
    ended: Exception | None = None

    def told(cells: int) -> None:
        nonlocal ended
        try:
            on_progress(_ELEMENTS_A_CELL * cells, elements)
        except Exception as error:
            ended = error
            raise

    try:
        return tuple(_read(raw, limits, told))
    except FormatError:
        raise
    except Exception as error:  # a damaged part makes openpyxl fail in as many ways as it has lines
        if error is ended:
            raise
        raise FormatError(_BROKEN) from None


def _measure(raw: bytes, limits: Limits) -> int:
    """Unpack every part once and keep none: sizes in a zip's directory are only claims.

    Returns how many elements of cells and texts there are.
    """
    most = _MOST_USUAL * limits.workbook_cells
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > limits.unpacked:
                raise _too_large(limits)
            left = _Left(limits.unpacked, most)
            for part in parts:
                with archive.open(part) as file:
                    _take(file, left, limits)
    except FormatError:
        raise
    except Exception:  # zipfile and zlib have no common error
        raise FormatError(_BROKEN) from None
    return most - left.usual


@dataclass
class _Left:
    # Bytes, elements of cells and texts, and all others.
    size: int
    usual: int
    others: int = 300_000


def _take(file: Any, left: _Left, limits: Limits) -> None:
    before, xml = b"", False
    while piece := file.read(_PIECE):
        left.size -= len(piece)
        # UTF-16 has a zero between letters; a declaration may lie across two pieces.
        plain = before[-20:] + piece.replace(b"\0", b"")
        xml = xml if before else plain.lstrip(_BLANKS)[:1] == b"<"
        if xml:
            _refuse_strange(plain)
            usual = len(_USUAL.findall(plain))
            left.usual -= usual
            left.others -= plain.count(b"<") - plain.count(b"</") - usual
        if min(left.size, left.usual, left.others) < 0:
            raise _too_large(limits)
        before = plain


def _refuse_strange(xml: bytes) -> None:
    """Refuse what makes an XML parser slow: entities, comments and tags without end."""
    if _STRANGE.search(xml) or (len(xml) > _LONGEST_TAG and b"<" not in xml[-_LONGEST_TAG:]):
        said = "the workbook has parts that no spreadsheet program writes (entities, comments)"
        raise FormatError(f"{said}: copy the sheet into a new workbook, or {SAVE}")


def _too_large(limits: Limits) -> FormatError:
    size, cells = f"{limits.unpacked // 1_000_000} MB once unpacked", limits.workbook_cells
    most = f"the workbook is larger than {size} or {cells:,} cells"
    return FormatError(f"{most}: keep the one sheet that is needed, or save that as CSV")


def _read(raw: bytes, limits: Limits, told: Callable[[int], None]) -> Iterator[Sheet]:
    values, formulas = _opened(raw, data_only=True), None
    calculated = _has_formulas(raw)
    left = limits.workbook_cells
    for sheet in values.worksheets:
        rows, numbers, left = _rows(sheet, limits, left, told)
        if not rows:
            continue
        if calculated:
            formulas = formulas or _opened(raw, data_only=False)
            _refuse_uncalculated(sheet.title, rows, numbers, formulas[sheet.title])
        yield Sheet(sheet.title, Grid(rows, numbers))


def _opened(raw: bytes, *, data_only: bool) -> Any:
    from openpyxl import load_workbook

    # What it does not support, such as a drop-down list, is nothing that is read here.
    warnings.filterwarnings("ignore", module="openpyxl")
    return load_workbook(io.BytesIO(raw), read_only=True, data_only=data_only, keep_links=False)


def _rows(
    sheet: Any, limits: Limits, left: int, told: Callable[[int], None]
) -> tuple[list[Sequence[Cell]], list[int], int]:
    """Return the filled rows of a sheet, their numbers, and how many cells may still come."""
    rows: list[Sequence[Cell]] = []
    numbers: list[int] = []
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        left -= len(values)  # also empty ones, which take as long
        if number % EVERY == 0:
            told(limits.workbook_cells - left)
        row = trimmed([_cell(value) for value in values]) if left >= 0 else ()
        _check(f"sheet {quoted(sheet.title)}, row {number}", number, row, left, limits)
        if row:
            rows.append(row)
            numbers.append(number)
    return rows, numbers, left


def _check(place: str, number: int, row: Sequence[Cell], left: int, limits: Limits) -> None:
    if number > limits.rows:
        raise FormatError(f"{place}: too many rows: at most {limits.rows:,}")
    if len(row) > limits.columns:
        raise FormatError(f"{place}: too many columns: at most {limits.columns:,}")
    if left < 0:
        raise FormatError(f"{place}: more than {limits.workbook_cells:,} cells in all")


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return restored(one_kind_of_break(value.replace(f"{_CARRIAGE_RETURN}\n", "\n")))
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime | time | timedelta):
        return value
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else str(value)


def _has_formulas(raw: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return any(_FORMULA.search(archive.read(name)) for name in archive.namelist())


def _refuse_uncalculated(
    title: str, rows: list[Sequence[Cell]], numbers: list[int], formulas: Any
) -> None:
    """Refuse formulas without a result: a program that cannot calculate wrote the file."""
    known = dict(zip(numbers, rows, strict=True))
    formulas.reset_dimensions()
    for number, values in enumerate(formulas.iter_rows(), 1):
        row = known.get(number, ())
        for k, cell in enumerate(values):
            if cell.data_type == "f" and (k >= len(row) or row[k] == ""):
                said = "a formula without its result: open the workbook in a spreadsheet program"
                where = f"sheet {quoted(title)}, row {number}, column {k + 1}"
                raise FormatError(f"{where}: {said}, save it and try again")
