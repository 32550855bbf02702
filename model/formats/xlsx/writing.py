"""Sheets written as a workbook, with the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from model.formats.answers import FormatError, listed, quoted
from model.formats.characters import named, neutralised, one_kind_of_break, unfit

_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST_CELL = 32_767  # what a spreadsheet's cell holds


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
