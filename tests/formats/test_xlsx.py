"""Workbooks: read within bounds and typed, written the same every time."""

from __future__ import annotations

import io
import time as clock
import zipfile
from datetime import datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats import xlsx
from model.formats.answers import FormatError
from model.formats.limits import Limits
from model.formats.reading import read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(*pages: tuple[str, list[list[Any]]]) -> bytes:
    """A workbook as another program writes it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in pages:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(raw: bytes, name: str, content: str | bytes) -> bytes:
    """The workbook with other content in one of its parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return out.getvalue()


def with_sheet(data: str) -> bytes:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return with_part(xlsx.written([("S", [["a"]])]), "xl/worksheets/sheet1.xml", xml)


def test_cells_keep_their_kind() -> None:
    rows = [
        ["text", "number", "date", "clock", "length", "yes"],
        ["1.5", 0.1, datetime(2026, 4, 1, 13, 30), time(1, 45), timedelta(hours=30), True],
        ["", 1001, datetime(2026, 4, 2), None, None, None],
    ]
    table = read(saved(("S", rows)))
    assert table.rows[0][:5] == ("1.5", 0.1, datetime(2026, 4, 1, 13, 30), time(1, 45),
                                 timedelta(hours=30))  # fmt: skip
    assert table.rows[0][5] == "TRUE"
    assert table.rows[1] == ("", 1001.0, datetime(2026, 4, 2), "", "", "")
    assert type(table.rows[1][1]) is float


def test_empty_rows_and_columns_do_not_matter() -> None:
    table = read(saved(("S", [[], [None, "a", None, "b"], [], [None, 1, None, 2], [" "]])))
    assert (table.columns, table.rows) == (("a", "b"), ((1.0, 2.0),))
    assert table.line_numbers == (4,)
    assert table.where(0, "b") == "row 4, column b"


def test_the_sheet_with_known_names_is_read_and_others_are_said() -> None:
    raw = saved(
        ("Notes", [["Some", "words"]]), ("Empty", []), ("Plan", [["name", "low"], ["a", 1]])
    )
    table = read(raw, known=("name", "low"))
    assert (table.sheet, table.sheets) == ("Plan", ("Notes", "Plan"))
    assert table.remarks == ("read sheet 'Plan', left out 'Notes'",)
    assert read(raw).sheet == "Notes"
    assert read(raw, sheet=" plan").rows == (("a", 1.0),)
    with pytest.raises(
        FormatError, match="no sheet 'Empty' with cells: there are 'Notes' and 'Plan'"
    ):
        read(raw, sheet="Empty")


def test_formulas_are_their_last_results() -> None:
    formula = (
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><f>1+1</f>{}</c></row>'
    )
    assert read(with_sheet(formula.format("<v>2</v>"))).rows == ((2.0,),)
    with pytest.raises(
        FormatError, match="sheet 'S', row 2, column 1: a formula without its result"
    ):
        read(with_sheet(formula.format("")))


def test_an_error_of_a_spreadsheet_stays_text() -> None:
    rows = '<row><c t="str"><v>a</v></c></row><row><c t="e"><v>#N/A</v></c></row>'
    assert read(with_sheet(rows)).rows == (("#N/A",),)


def test_text_is_never_a_formula() -> None:
    raw = xlsx.written([("S", [["name"], ["=1+1"], ["+5"], ["@x"], ["'=x"], ["it's"]])])
    book = openpyxl.load_workbook(io.BytesIO(raw))
    cells = [row[0] for row in book["S"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["'=1+1", "'+5", "'@x", "''=x", "it's"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [row[0] for row in read(raw).rows] == ["=1+1", "+5", "@x", "'=x", "it's"]


def test_the_same_rows_are_the_same_bytes() -> None:
    pages = [("A", [["x", 0.1]]), ("B", [["x", "y"]])]
    first = xlsx.written(pages)
    clock.sleep(0.01)
    assert xlsx.written(pages) == first
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }


def test_coded_characters_are_text() -> None:
    texts = ["_x0041_", "_x000D_", 'a & <b> "c"', " spaced ", "one\ntwo", "ü😀"]
    raw = xlsx.written([("S", [["name"], *([text] for text in texts)])])
    assert [row[0] for row in read(raw).rows] == texts
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert b">_x005F_x0041_<" in archive.read("xl/sharedStrings.xml")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["a\x0b"]], r"row 1: U\+000B cannot stand in a workbook"),
        ([["a"], ["x" * 32_768]], "row 2: a cell holds at most 32,767 characters"),
        ([[float("nan")]], "row 1: nan is no number"),
        ([[float("-inf")]], "row 1: -inf is no number"),
    ],
)
def test_what_a_workbook_cannot_hold_is_refused(rows: list[list[Any]], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        xlsx.written([("S", rows)])


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a[1]", "'a", "a\x01"])
def test_names_that_no_sheet_has_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="1 to 31 characters"):
        xlsx.written([(name, [["a"]])])


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    raw = with_sheet(" " * 150_000_000)
    assert len(raw) < 1_000_000
    with pytest.raises(FormatError, match="larger than 60 MB once unpacked"):
        read(raw)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    raw = bytearray(with_sheet(" " * 150_000_000))
    directory = bytes(raw).rindex(b"PK\x01\x02", 0, bytes(raw).rindex(b"xl/worksheets/sheet1.xml"))
    raw[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(FormatError, match=r"damaged|larger"):
        read(bytes(raw))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_entities_are_refused(codec: str) -> None:
    laughs = "".join(f'<!ENTITY l{k + 1} "{f"&l{k};" * 10}">' for k in range(9))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'
    raw = with_part(xlsx.written([("S", [["a"]])]), "xl/sharedStrings.xml", xml.encode(codec))
    with pytest.raises(FormatError, match="no spreadsheet program writes"):
        read(raw)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>', "too many rows"),
        ('<row><c r="XFD1"><v>1</v></c></row>', "too many columns"),
        ('<row><c r="XFD1"/></row>' * 100_000, "more than 400,000 cells"),
        ('<row><c r="ZZZZZ1"><v>1</v></c></row>', "damaged"),
        ('<row><c r="A1" t="s"><v>99</v></c></row>', "damaged"),
        ("<row><c><v>one</v></c></row>", "damaged"),
        ("<row>", "damaged"),
        ("<!--" + "> <" * 1_000_000 + "-->", "no spreadsheet program writes"),
        ("<row " + " ".join(f'a{k}=">"' for k in range(300_000)) + "/>", "no spreadsheet program"),
        ("<row>" + "<c/>" * 2_100_000 + "</row>", "keep the one sheet"),
        ("<a/>" * 400_000, "400,000 cells"),
        ("", "empty"),
    ],
)
def test_strange_sheets_are_refused(data: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(with_sheet(data))


def test_each_limit_holds() -> None:
    raw = xlsx.written([("S", [["a", "b", "c"], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])])
    for limits, said in (
        (Limits(rows=2), "sheet 'S', row 3: too many rows: at most 2"),
        (Limits(columns=2), "sheet 'S', row 1: too many columns: at most 2"),
        (Limits(workbook_cells=8), "sheet 'S', row 3: more than 8 cells"),
    ):
        with pytest.raises(FormatError, match=said):
            read(raw, limits=limits)


def test_an_archive_of_something_else_is_told() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("plan.csv", "a,b\n")
    with pytest.raises(FormatError, match="unpack it and take one file"):
        read(out.getvalue())


VALID = saved(("Plan", [["name", "low"], ["a", 1.5], ["b", 2.5]]))


@given(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=8))
def test_damage_anywhere_is_a_table_or_a_format_error(at: int, damage: bytes) -> None:
    for raw in (VALID[:at] + damage + VALID[at + len(damage) :], VALID[:at]):
        try:
            read(raw)
        except FormatError:
            continue
