"""Files as people bring them, read by their content into the same table."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats import dialect, xlsx
from model.formats.answers import FormatError
from model.formats.limits import Limits
from model.formats.numbers import COMMA, POINT, PROGRAM, UNSETTLED, Number, read_number
from model.formats.reading import decimal_of, read
from model.formats.table import Table, apart

KNOWN = ("name", "shape", "low", "mid", "high", "unit")
HEADER = ("name", "shape", "low", "mid", "high", "unit")
PLAN = (
    ("scenario.name", "Budget, 2027; first", "", "", "", ""),
    ("platform.revenue", "lognormal", "12000000000", "", "15000000000", "USD"),
    ("platform.cpm", "lognormal", "5.5", "", "9.25", "USD"),
    ("sessions.elasticity", "lognormal", "0.03", "", "0.15", "% per %"),
)


def separated(delimiter: str = ",", decimal: str = ".", end: str = "\r\n") -> str:
    """The plan as a spreadsheet of some country saves it."""
    lines = []
    for row in (HEADER, *PLAN):
        cells = [cell.replace(".", decimal) if 2 <= k <= 4 else cell for k, cell in enumerate(row)]
        risky = {delimiter, '"', "\n"}
        lines.append(delimiter.join(f'"{c}"' if risky & set(c) else c for c in cells))
    return end.join(lines) + end


def numbers(table: Table) -> list[list[object]]:
    return [
        [read_number(cell, table.decimal) if 2 <= k <= 4 else cell for k, cell in enumerate(row)]
        for row in table.rows
    ]


PLAIN = read(separated().encode(), known=KNOWN)


def test_the_plan_is_read() -> None:
    assert PLAIN.columns == HEADER
    assert PLAIN.rows == PLAN
    assert PLAIN.line_numbers == (2, 3, 4, 5)
    assert PLAIN.remarks == ()
    assert (PLAIN.decimal, PLAIN.header_line, PLAIN.encoding) == (POINT, 1, "UTF-8")
    assert numbers(PLAIN)[1][2] == Number(1.2e10)


CLOTHES = {
    "German Excel": (separated(";", ",").encode("utf-8-sig"), "semicolons and decimal commas"),
    "German Excel, old": (separated(";", ",").encode("cp1252"), "semicolons and decimal commas"),
    "sep line": (("sep=;\r\n" + separated(";", ",")).encode(), "semicolons and decimal commas"),
    "tabs": (separated("\t").encode(), "tabs"),
    "bars": (separated("|").encode(), "bars"),
    "UTF-16": (separated(";", ",").encode("utf-16"), "UTF-16"),
    "UTF-16 BE": (b"\xfe\xff" + separated("\t").encode("utf-16-be"), "UTF-16"),
    "UTF-16 LE, no mark": (separated(";").encode("utf-16-le"), "UTF-16"),
    "UTF-16 BE, no mark": (separated(";").encode("utf-16-be"), "UTF-16"),
    "old Mac": (separated(end="\r").encode(), ""),
    "Unix": (separated(end="\n").encode("utf-8-sig"), ""),
    "title": (("Plan for 2027,,,,,\r\n,,,,,\r\n" + separated()).encode(), "1 line above"),
    "padded": (
        (separated().replace("\r\n", ",,,\r\n") + ",,,,,,,,\r\n" * 5).encode(),
        "",
    ),
    "one row longer": (separated().replace("9.25,USD", "9.25,USD,,, ").encode(), ""),
    "blank column": (
        "".join(f",{line}\r\n" for line in separated().splitlines()).encode(), "",
    ),
    "xlsx": (xlsx.written([("Plan", (HEADER, *PLAN))]), ""),
    "json": (json.dumps([dict(zip(HEADER, row, strict=True)) for row in PLAN]).encode(), ""),
}  # fmt: skip


@pytest.mark.parametrize("known", [KNOWN, ()], ids=["known names", "unknown names"])
@pytest.mark.parametrize("clothes", CLOTHES)
def test_the_same_plan_in_other_clothes(clothes: str, known: tuple[str, ...]) -> None:
    raw, said = CLOTHES[clothes]
    table = read(raw, known=known)
    assert table.columns == HEADER
    assert numbers(table) == numbers(PLAIN)
    assert said in " ".join(table.remarks)
    assert bool(table.remarks) is bool(said)


HAND_KEPT = """Incident log FY26;;;;;
#;Date;Start (ET);Duration;What;
1;15/09/2025;09:05;2 h 30;Stale feed after config push;
2;20.10.2025;3:00 AM;5h;"Region-wide
trouble";
4;2025-11-02;01:30;1.75;Größe;

7;31/12/2025;18:30;1,5;New year peak;
;;;;;
Total;;;;215.57;
"""


def test_a_sheet_kept_by_hand() -> None:
    table = read(HAND_KEPT.encode("cp1252"))
    assert table.columns == ("#", "Date", "Start (ET)", "Duration", "What")
    assert table.above == ("Incident log FY26",)
    assert table.rows[1] == ("2", "20.10.2025", "3:00 AM", "5h", "Region-wide\ntrouble")
    assert table.rows[2][4] == "Größe"
    assert table.line_numbers == (3, 4, 5, 7, 9), "as a spreadsheet numbers them"
    assert table.where(3, "Date") == "row 7, column Date"
    assert table.decimal == UNSETTLED, "1.75 and 1,5"
    assert table.remarks == (
        "read as Windows-1252 (Western European), with semicolons",
        "left out 1 line above the header",
    )


def test_columns_of_one_name_are_kept_apart() -> None:
    table = read(b"Key,Labels,Labels,Labels (2)\n1,a,b,c\n")
    assert table.columns == ("Key", "Labels", "Labels (2)", "Labels (2) (2)")
    assert table.column("Labels (2)") == ("b",)
    assert table.rows == (("1", "a", "b", "c"),)
    with pytest.raises(KeyError):
        table.column("labels")


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b", "a (2) (2)"]), max_size=8))
def test_names_apart_are_all_different(names: list[str]) -> None:
    found = apart(names)
    assert len(set(found)) == len(found) == len(names)
    assert all(new.startswith(old) for new, old in zip(found, names, strict=True))


def test_a_column_without_name_is_kept_when_it_has_values() -> None:
    table = read(b"name,,low,\na,note,1,\n")
    assert table.columns == ("name", "column 2", "low")
    assert table.rows == (("a", "note", "1"),)


def test_values_without_header_are_not_lost() -> None:
    table = read(b"2026-01-01 00:00,120\n2026-01-01 01:00,140\n")
    assert table.columns == ("column 1", "column 2")
    assert len(table.rows) == 2
    assert "no header line found" in table.remarks[0]


def test_decimal_commas_in_every_row_do_not_make_the_comma_a_delimiter() -> None:
    table = read(b"a;b\n1,5;2,5\n3,5;4,5\n")
    assert (table.delimiter, table.columns, table.decimal) == (";", ("a", "b"), COMMA)


def test_semicolons_in_every_text_do_not_make_the_semicolon_a_delimiter() -> None:
    table = read(b"a,b,c\n" + b"1,x;y,2\n" * 20)
    assert table.columns == ("a", "b", "c")


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    table = read(b"SEP=;\r\na,b;c\r\n1,5;2\r\n")
    assert (table.columns, table.rows) == (("a,b", "c"), (("1,5", "2"),))
    assert (table.header_line, table.line_numbers) == (1, (2,)), "a spreadsheet does not show it"
    assert table.above == ()


def test_a_program_writes_points() -> None:
    assert read(b"a,b\n1,2\n").decimal == PROGRAM
    assert read(b"a;b\n1;2\n").decimal == UNSETTLED
    assert read(b'a,b\n"1,234",1\n').decimal == PROGRAM


def test_columns_settle_their_own_mark() -> None:
    """A note with a comma does not put the numbers of a program in doubt."""
    table = read(b'name,low,note\na,5.125,"1,5"\nb,0.25,\n')
    assert table.decimal == UNSETTLED
    assert decimal_of(table, ["low"]) == POINT
    assert decimal_of(table, ["note"]) == COMMA
    assert decimal_of(read(b"name,low\na,5.125\n"), ["low"]) == PROGRAM
    assert decimal_of(read(b"name;low;x\na;5.125;0,5\n"), ["low"]) == COMMA
    assert decimal_of(read(b"name;low\na;5.125\nb;1,5\nc;1.5\n"), ["low"]) == UNSETTLED


REFUSED = {
    b"": "empty",
    b" \r\n ": "empty",
    b"\xef\xbb\xbf": "empty",
    b",,,\n,,\n": "empty",
    b"%PDF-1.7 ...": "PDF",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "old .xls",
    b"PK\x03\x04 no zip": "no .xlsx workbook",
    b"PK\x05\x06" + b"\0" * 18: "empty zip",
    b"\x1f\x8b\x08": "gzip",
    b"\x89PNG\r\n": "picture",
    b"\r\n<!DOCTYPE html><table>": "web page",
    b"{\\rtf1 a": "document",
    b"a,b\n1,\0\n": "line 2: NUL bytes",
    b"a,b\n12,\0x\n": "line 2: NUL bytes",
    b"a\0,\0b\0\n\0\0\xd8": "line 2: bytes that are not UTF-16|NUL",
    b"\xff\xfea\0b": "not UTF-16",
    b"name,low\nM\xc3\xbcller,1\nM\xfcller,2\n": "line 3: byte 0xfc is not UTF-8",
    b"name,low\nM\x81ller,1\n": "line 2: byte 0x81 is neither UTF-8 nor Windows-1252",
    b'a,b\n1,"x\n2,y\n': "never closed",
    b'a,b\n1,"x"y\n': "row 2: text follows a closing quote",
    b"a,b\n1,2,3\n": "row 2: 3 cells under 2 columns",
    "a,b\n1,Plan \uffff B\n".encode(): r"row 2, column b: U\+FFFF is no character of a text",
    b"a,b\x0b\n1,2\n": r"the header: .*U\+000B",
    b'[{"a": 1}, {"a": ': "line 1, character 1[78]: not readable as JSON",
    b'{"a": 1}\n{"a": }\n': "line 2, character 7: not readable as JSON",
    b'[{"a": NaN}]': "NaN is no number of JSON",
    b'[{"a": 1e999}]': "beyond the numbers",
    b'[{"a": 1, "a": 2}]': "'a' stands twice",
    b"[1, 2]": "no list of objects",
    b"[]": "no records",
    b"{}": "no records",
    b"[" * 100_000: "100,000 levels in each other: at most 40",
    b'{"a":' * 41 + b"1" + b"}" * 41: "41 levels",
}


@pytest.mark.parametrize("raw", REFUSED, ids=lambda raw: repr(raw[:30]))
def test_what_is_no_table_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(FormatError, match=REFUSED[raw]) as caught:
        read(raw)
    assert all(caught.value.problems)


def test_every_unfit_cell_is_named_and_can_be_replaced() -> None:
    raw = "name,low\na\x07,1\nb,2\nc\ufdd0,\x0c3\n".encode()
    with pytest.raises(FormatError) as caught:
        read(raw)
    assert caught.value.problems == (
        "row 2, column name: U+0007 is no character of a text: delete it",
        "row 4, column name: U+FDD0 is no character of a text: delete it",
        "row 4, column low: U+000C is no character of a text: delete it",
    )
    table = read(raw, unfit="replace")
    assert table.rows == (("a\ufffd", "1"), ("b", "2"), ("c\ufffd", "\ufffd3"))
    assert table.remarks == ("replaced characters that no text has in 3 cells",)


def test_many_unfit_cells_are_counted() -> None:
    with pytest.raises(FormatError) as caught:
        read(b"a,b\n" + b"\x07,1\n" * 250)
    assert len(caught.value.problems) == 101
    assert caught.value.problems[-1] == "… and 150 more like this"


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(size=10), "larger than 1e-05 MB"),
        (Limits(rows=3), "row 4: too many rows: at most 3"),
        (Limits(columns=5), "row 1: 6 cells: at most 5 columns"),
        (Limits(cells=20), "row 4: more than 20 cells"),
        (Limits(cell_length=10), "row 1|row 2: a cell of .* characters: at most 10 characters"),
    ],
)
def test_each_limit_holds(limits: Limits, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(separated().encode(), limits=limits)


HUGE = {
    "rows": b"a,b\n" + b"1,2\n" * 1_200_000,
    "columns": b",".join(b"c%d" % k for k in range(100_000)) + b"\n",
    "commas": b"," * 20_000_000,
    "quotes": b',"' * 9_999_999,
    "escaped quotes": b'["' + b'\\"' * 9_000_000,
    "brackets": b"[" * 19_999_999,
    "empty lists": b"[" + b"[]," * 6_000_000 + b"[]]",
}


@pytest.mark.parametrize("kind", HUGE)
def test_huge_files_are_refused(kind: str) -> None:
    with pytest.raises(FormatError):
        read(HUGE[kind])


@given(st.binary(max_size=400))
def test_random_bytes_are_a_table_or_a_format_error(raw: bytes) -> None:
    try:
        table = read(raw)
    except FormatError:
        return
    assert all(len(row) == len(table.columns) for row in table.rows)


@given(st.text(alphabet=';,\t|"\n\r =a1.{}[]:-\ufeffü', max_size=60), st.sampled_from(KNOWN))
def test_random_text_is_a_table_or_a_format_error(text: str, name: str) -> None:
    for codec in ("utf-8", "utf-16", "cp1252"):
        try:
            table = read(text.encode(codec, "ignore"), known=(name,))
        except FormatError:
            continue
        assert len(table.rows) == len(table.line_numbers)


plain = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t"), max_size=20
)
BLANKS = "\ufeff\xa0\u2007\u202f \t\r\n"
cells = st.lists(st.tuples(plain, plain), min_size=1, max_size=6).filter(
    lambda rows: any("".join(row).strip(BLANKS) for row in rows)
)


@given(cells, st.sampled_from(list(dialect.NAMES)))
def test_any_text_survives_a_csv(rows: list[tuple[str, str]], delimiter: str) -> None:
    table = read(dialect.written([("name", "low"), *rows], delimiter), known=KNOWN)
    assert list(table.rows) == _kept(rows)


@given(cells)
def test_any_text_survives_a_workbook(rows: list[tuple[str, str]]) -> None:
    table = read(xlsx.written([("Plan", [("name", "low"), *rows])]), known=KNOWN)
    assert list(table.rows) == _kept(rows)


def _kept(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows with something in them; blanks at the end of a row are an empty cell."""
    ends = [(first, second if second.strip(BLANKS) else "") for first, second in rows]
    return [row for row in ends if "".join(row).strip(BLANKS)]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_any_float_survives_every_file_to_the_bit(values: list[float]) -> None:
    rows = [("name", "low"), *(("x", value) for value in values)]
    written = [dialect.written(rows, d) for d in dialect.NAMES] + [xlsx.written([("S", rows)])]
    written.append(json.dumps([{"name": "x", "low": value} for value in values]).encode())
    for raw in written:
        table = read(raw, known=KNOWN)
        found = [read_number(cell, table.decimal or POINT) for cell in table.column("low")]
        assert found == [Number(value) for value in values]


def test_a_format_error_crosses_process_borders() -> None:
    error = pickle.loads(pickle.dumps(FormatError(["row 1: a", "row 2: b"])))
    assert error.problems == ("row 1: a", "row 2: b")
    assert str(error) == "row 1: a\nrow 2: b"


def test_letters_that_a_program_misread_are_put_back_and_what_was_typed_since_stays():
    """A file with the mark of UTF-8 opened as Windows-1252; the five bytes that leaves open too."""
    text = "\ufeffname,source\nÁÍÝ “ß”,größer\n"
    seen = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
    saved = f"{seen}Zoë → new,plain\n".encode("utf-8-sig")
    table = read(saved, known=("name", "source"))
    assert table.columns == ("name", "source")
    assert table.rows == (("ÁÍÝ “ß”", "größer"), ("Zoë → new", "plain"))
    assert "Windows-1252" in table.remarks[0]


def test_a_file_of_libreoffice_is_named():
    raw = b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    with pytest.raises(FormatError, match=r"OpenDocument file such as \.ods: save it as CSV"):
        read(raw)
