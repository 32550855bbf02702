"""Workbooks: one sheet read within bounds, and sheets written with the same bytes every time."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from model.formats.answers import FormatError, listed, quoted
from model.formats.characters import named, neutralised, one_kind_of_break, restored, unfit
from model.formats.encoding import SAVE, ZIP, ZIP_FAULTS
from model.formats.limits import LIMITS, Limits
from model.formats.table import Cell, Grid, trimmed

_BROKEN = f"the workbook is damaged: open it in a spreadsheet program and {SAVE}"
_STRANGE = re.compile(rb"<!(?!\[CDATA\[)|<\?(?!xml[\s])")
_USUAL = re.compile(rb"<(?:\w+:)?(?:c|v|f|t|is|si|row)[\s/>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MOST_USUAL = 5  # a cell and its text have so many elements
_LONGEST_TAG = 1 << 19
_BLANKS = b"\xef\xbb\xff\xfe \t\r\n\xbf"
_PIECE = 1 << 20
_MOST_PARTS = 2_000
_CARRIAGE_RETURN = "_x000D_"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST_CELL = 32_767  # what a spreadsheet's cell holds


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


def sheets(raw: bytes, limits: Limits = LIMITS) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook that have cells; formulas as last calculated."""
    _measure(raw, limits)
    try:
        return tuple(_read(raw, limits))
    except FormatError:
        raise
    except Exception:  # a damaged part makes openpyxl fail in as many ways as it has lines
        raise FormatError(_BROKEN) from None


def _measure(raw: bytes, limits: Limits) -> None:
    """Unpack every part once and keep none: sizes in a zip's directory are only claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > limits.unpacked:
                raise _too_large(limits)
            left = _Left(limits.unpacked, _MOST_USUAL * limits.workbook_cells)
            for part in parts:
                with archive.open(part) as file:
                    _take(file, left, limits)
    except FormatError:
        raise
    except Exception:  # zipfile and zlib have no common error
        raise FormatError(_BROKEN) from None


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


def _read(raw: bytes, limits: Limits) -> Iterator[Sheet]:
    values, formulas = _opened(raw, data_only=True), None
    calculated = _has_formulas(raw)
    left = limits.workbook_cells
    for sheet in values.worksheets:
        rows, numbers, left = _rows(sheet, limits, left)
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


def _rows(sheet: Any, limits: Limits, left: int) -> tuple[list[Sequence[Cell]], list[int], int]:
    """Return the filled rows of a sheet, their numbers, and how many cells may still come."""
    rows: list[Sequence[Cell]] = []
    numbers: list[int] = []
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        left -= len(values)  # also empty ones, which take as long
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


def written(pages: Iterable[tuple[str, Iterable[Iterable[str | float]]]]) -> bytes:
    """Return sheets (name, rows) as a workbook: text never a formula, numbers bit for bit."""
    texts: dict[str, int] = {}
    bodies = {name: _sheet_xml(name, rows, texts) for name, rows in pages}
    if not bodies:
        raise FormatError("a workbook needs at least one sheet")
    parts = _frame(list(bodies)) | {"xl/sharedStrings.xml": _texts_xml(texts)}
    parts |= {f"xl/worksheets/sheet{k}.xml": xml for k, xml in enumerate(bodies.values(), 1)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            entry = zipfile.ZipInfo(name)  # of 1980, so that the bytes do not depend on the day
            entry.create_system = 3
            archive.writestr(entry, f"{_DECLARATION}{xml}".encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill'
    ' patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/>'
    '<bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0"'
    ' fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0"'
    ' fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal"'
    ' xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _frame(names: list[str]) -> dict[str, str]:
    numbers = range(1, len(names) + 1)
    kinds = {f"worksheets/sheet{k}": "worksheet" for k in numbers}
    kinds |= {"styles": "styles", "sharedStrings": "sharedStrings"}
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for part, kind in {"workbook": "sheet.main", **kinds}.items()
    )
    relations = "".join(
        f'<Relationship Id="rId{k}" Type="{_OFFICE}/{kind}" Target="{part}.xml"/>'
        for k, (part, kind) in enumerate(kinds.items(), 1)
    )
    listing = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{k}" r:id="rId{k}"/>'
        for k, name in zip(numbers, names, strict=True)
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listing}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{relations}</Relationships>",
        "xl/styles.xml": _STYLES,
    }


def _sheet_xml(name: str, rows: Iterable[Iterable[str | float]], texts: dict[str, int]) -> str:
    _refuse_name(name)
    body = "".join(
        f'<row r="{number}">{"".join(_cell_xml(number, cell, texts) for cell in row)}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _refuse_name(name: str) -> None:
    if not 0 < len(name) <= 31 or set(name) & set("[]:*?/\\") or unfit(name) or name[0] == "'":
        raise FormatError(f"sheet {quoted(name)}: 1 to 31 characters, none of []:*?/\\")


def _cell_xml(row: int, cell: str | float, texts: dict[str, int]) -> str:
    if isinstance(cell, str):
        text = one_kind_of_break(neutralised(cell)) if cell else ""
        _refuse_text(row, text)
        return f'<c t="s"><v>{texts.setdefault(text, len(texts))}</v></c>' if text else "<c/>"
    if cell != cell or cell in (float("inf"), float("-inf")):
        raise FormatError(f"row {row}: {cell} is no number that a workbook holds")
    return f"<c><v>{float(cell)!r}</v></c>"


def _refuse_text(row: int, text: str) -> None:
    if len(text) > _LONGEST_CELL:
        raise FormatError(f"row {row}: a cell holds at most {_LONGEST_CELL:,} characters")
    if wrong := unfit(text):
        raise FormatError(f"row {row}: {listed([named(wrong)])} cannot stand in a workbook")


def _texts_xml(texts: dict[str, int]) -> str:
    items = "".join(f'<si><t xml:space="preserve">{_escaped(text)}</t></si>' for text in texts)
    return f'<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{items}</sst>'


def _escaped(text: str) -> str:
    """Return text for XML; what a spreadsheet would take for a coded character is coded itself."""
    return escape(_ESCAPED.sub("_x005F_", text))
