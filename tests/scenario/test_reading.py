"""Scenario files as spreadsheets save them: the same scenario, said aloud, or a question."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from given import certain, lognormal, new_cause
from openpyxl import Workbook

from model.assumptions.remedy_library import Change
from model.beliefs.belief import Belief
from model.formats import dialect, xlsx
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

HEADER = ["name", "shape", "low", "mid", "high", "unit", "label", "source", "grade"]
ROWS = [
    ["scenario.name", "Plan 2027", "", "", "", "", "", "Finance", "C"],
    ["platform.ad_revenue_per_year", "lognormal", "12000000000", "", "15000000000", "USD", "",
     "Plan, June", "B"],
    ["platform.cpm", "pert", "5.5", "7.25", "9.25", "USD", "Price per 1,000", "Sales", "A"],
    ["costs.response_per_hour", "", "5000", "", "40000", "USD", "", "", ""],
    ["publishing.retry_share", "", "0.03", "", "0.55", "share", "", "", ""],
    ["simulation.start_date", "2026-04-25", "", "", "", "", "", "", ""],
]  # fmt: skip
CPM = 2  # the row of the pert


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([HEADER, *rows])
    return out.getvalue()


def told(raw: bytes) -> tuple[Scenario, tuple[str, ...]]:
    """What is read, and how it was understood; that defaults have moved is told elsewhere."""
    scenario, remarks = Scenario.read_with_remarks(raw)
    return scenario, tuple(line for line in remarks if not line.startswith("written for results"))


def problem(raw: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(raw)
    (line,) = caught.value.problems
    return line


PLAIN, NOTHING_SAID = told(text_of(ROWS).encode())


def cells(change: Callable[[str], str]) -> list[list[str]]:
    """Return the rows with every number and date written another way."""
    return [[row[0], *(change(cell) for cell in row[1:5]), *row[5:]] for row in ROWS]


def german(cell: str) -> str:
    return "25.04.2026" if "-04-" in cell else cell.replace(".", ",")


def american(cell: str) -> str:
    if cell.replace(".", "").isdigit() and float(cell) > 1000:
        return f"${float(cell):,.0f}"
    return "4/25/2026" if "-04-" in cell else cell


def short(cell: str) -> str:
    known = {"12000000000": "12bn", "15000000000": "€15bn"[1:], "5000": "5k", "0.03": "3 %"}
    return known.get(cell, cell)


def grouped(cell: str, group: str, mark: str) -> str:
    """Return a number with two decimals and groups of three digits."""
    if not cell.replace(".", "").isdigit():
        return cell
    return f"{float(cell):,.2f}".replace(",", "_").replace(".", mark).replace("_", group)


WRITTEN = {
    "semicolons and decimal commas": text_of(cells(german), ";").encode("utf-8-sig"),
    "German Excel in Windows-1252": text_of(cells(german), ";").encode("cp1252"),
    "tabs in UTF-16": text_of(cells(german), "\t").encode("utf-16"),
    "dollars, thousands and American dates": text_of(cells(american)).encode(),
    "k, bn and percent": text_of(cells(short)).encode(),
    "Swiss apostrophes": text_of(cells(lambda cell: grouped(cell, "'", "."))).encode(),
    "French narrow spaces": text_of(cells(lambda cell: grouped(cell, "\u202f", ",")), ";").encode(),
    "German thousands": text_of(cells(lambda cell: grouped(cell, ".", ",")), ";").encode("cp1252"),
    "bars and lines of an old Mac": text_of(ROWS, "|").replace("\r\n", "\r").encode("utf-16-be"),
    "a capital by a spreadsheet": text_of(
        [[row[0], row[1].capitalize(), *row[2:]] for row in ROWS if row[0] != "scenario.name"]
        + [ROWS[0]]
    ).encode(),
    "scientific": text_of(cells(lambda cell: cell.replace("000000000", "E+9"))).encode(),
    "a title above and a sep line": b"sep=;\r\nPlan;;\r\n" + text_of(ROWS, ";").encode(),
    "empty lines and columns": (
        text_of([[*row, "", "", ""] for row in ROWS]) + ",,,,\r\n" * 3
    ).encode(),
}


def test_what_a_program_writes_needs_no_words():
    assert NOTHING_SAID == ()
    assert PLAIN.belief("platform.cpm") == Belief("pert", 5.5, 9.25, 7.25)
    assert dict(PLAIN.provenance)["platform.cpm"] == Provenance("Sales", "A")


@pytest.mark.parametrize("name", WRITTEN)
def test_however_it_is_written_it_is_the_same_scenario_and_said(name: str):
    scenario, remarks = told(WRITTEN[name])
    assert scenario == PLAIN
    assert scenario.provenance == PLAIN.provenance
    plain = name in ("empty lines and columns", "scientific", "a capital by a spreadsheet")
    assert bool(remarks) != plain
    assert all("\n" not in line and len(line) < 600 for line in remarks)


def test_each_cell_that_no_program_writes_is_told_with_its_value():
    _, remarks = told(WRITTEN["dollars, thousands and American dates"])
    (line,) = remarks
    assert "platform.ad_revenue_per_year, low '$12,000,000,000' as 12000000000" in line
    assert "read 5 cells" in line


@pytest.mark.parametrize(
    ("row", "column", "cell", "word"),
    [
        (3, 2, "5.000", "write 5000 or 5"),
        (3, 2, "5,000", "write 5000 or 5"),
        (3, 2, "$5.000", "'$5.000' can be"),
        (5, 1, "4/1/2026", "write 2026-01-04 or 2026-04-01"),
        (5, 1, "2026-04-25 13:30", "a day without a time"),
        (3, 2, "5m", "means different numbers to different readers"),
        (3, 2, "€5000", "amounts are in USD"),
        (4, 2, "$0.03", "money, where a number of share is needed"),
        (3, 2, "5%", "a percentage is no number of USD"),
        (3, 2, "-", "a number such as"),
    ],
)
def test_what_can_mean_several_things_or_nothing_is_one_line(row, column, cell, word):
    rows = [list(one) for one in ROWS]
    rows[row][column] = cell
    rows[CPM][2:5] = ["5", "7", "9"]  # nothing else in the file settles its marks
    rows[4][2:5] = rows[4][2:5] if row == 4 else ["0", "", "0"]
    line = problem(text_of(rows).encode())
    assert line.startswith(f"scenario.csv, row {row + 2}, {rows[row][0]}: ")
    assert word in line


def test_the_rest_of_the_file_settles_what_one_cell_does_not():
    rows = [list(one) for one in ROWS]
    rows[3][2] = "5,000"
    assert told(text_of(rows).encode())[0].belief("costs.response_per_hour").low == 5000
    header = [*HEADER, "owner", "date"]
    body = [
        ["simulation.start_date", "4/1/2026", *[""] * 9],
        ["platform.cpm", "", "5", "", "9", "", "", "Sales", "A", "Ann", "12/31/2025"],
    ]
    scenario, remarks = told("\n".join(",".join(row) for row in [header, *body]).encode())
    assert scenario.word("simulation.start_date") == "2026-04-01"
    assert dict(scenario.provenance)["platform.cpm"].date == "2025-12-31"
    assert "'4/1/2026' as 2026-04-01" in remarks[0]


def test_a_note_with_a_comma_does_not_settle_the_decimal_mark():
    """A label that looks like a number must not turn 1.234 into 1234."""
    rows = [
        ["scenario.note", "1,5", *[""] * 7],
        ["platform.cpm", "", "5.125", "", "9.375", "USD", "2,5", "1,5", "C"],
    ]
    assert told(text_of(rows).encode())[0].belief("platform.cpm") == lognormal(5.125, 9.375)
    bare = [["platform.cpm", "", "1.234", "", "9.371", "USD", "2,5", "1,5", "C"]]
    scenario, remarks = told(text_of(bare).encode())
    assert (scenario.belief("platform.cpm"), remarks) == (lognormal(1.234, 9.371), ())


def test_a_column_that_is_no_part_of_a_scenario_is_said():
    raw = b"name,shape,low,mid,high,remark,empty\nplatform.cpm,,5,,9,see below,\n"
    assert told(raw)[1] == ("left out column 'remark': no part of a scenario",)


# --- workbooks ------------------------------------------------------------------------------------


def workbook(rows: Sequence[Sequence[object]], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    book.active.append(HEADER)
    for row in rows:
        book.active.append(row)
    for place, form in (formats or {}).items():
        book.active[place].number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(cell: str) -> object:
    if "-04-" in cell:
        return datetime(2026, 4, 25)
    return float(cell) if cell.replace(".", "").isdigit() else cell or None


def test_a_workbook_with_formats_is_the_same_scenario():
    rows = [[row[0], *map(typed, row[1:5]), *row[5:]] for row in ROWS]
    formats = {"C3": '"$"#,##0', "C6": "0.00%", "E6": "0.00%", "B7": "dd/mm/yyyy"}
    scenario, remarks = told(workbook(rows, formats))
    assert (scenario, remarks) == (PLAIN, ())


def test_text_in_a_workbook_is_read_like_text_anywhere():
    scenario, remarks = told(workbook([[*row] for row in cells(german)]))
    assert scenario == PLAIN
    assert remarks


def rich() -> Scenario:
    note = '=1+1, "so" – größer, \u202f’tis'
    changes = {
        **new_cause("dns"),
        "scenario.name": "-Plan",
        "scenario.note": note,
        "platform.cpm": Belief("pert", 0.1 + 0.2, 9.123456789012345, 4.0),
        "sessions.freshness_elasticity": lognormal(1e-7, 0.123),
        "platform.ad_revenue_per_year": lognormal(1.234e9, 5.678e12),
        "incidents.capacity.duration": Belief("empirical:durations_oci_ashburn.csv", 0, 0),
        "incidents.capacity.timing": "flat",
        "simulation.start_date": "2026-04-01",
        "correlation.platform.cpm.with.platform.daily_users": certain(-0.25),
        "remedies.own.change.1": Change("scale", "platform.cpm", lognormal(0.5, 0.8)),
        "remedies.warm_standby.on": certain(1),
    }
    own = {
        "platform.cpm": Provenance("=Sales, 1,5 €", "A", "@Ann", "2026-04-01"),
        "trust.recovery": Provenance("Checked: as the default", "B"),
        "scenario.name": Provenance("", "", "Bob"),
        "remedies.own.change.1": Provenance("Offer 12", "B"),
    }
    return Scenario.default().with_(changes, own)


@pytest.mark.parametrize("form", ["to_csv", "changes_csv", "to_xlsx"])
def test_a_rich_scenario_comes_back_to_the_bit_without_a_word(form: str):
    scenario = rich()
    content = getattr(scenario, form)()
    back, remarks = told(content.encode("utf-8-sig") if isinstance(content, str) else content)
    assert remarks == ()
    assert back == scenario
    assert repr(back.changes) == repr(scenario.changes)
    assert back.provenance == scenario.provenance
    assert back.digest() == scenario.digest()
    assert getattr(back, form)() == content


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_rich_scenario_saved_again_with_decimal_commas_comes_back(delimiter: str):
    """What a spreadsheet of a German locale does with our file: all digits, other marks."""
    lines = list(csv.reader(io.StringIO(rich().to_csv(), newline="")))
    numbers = [[cell.replace(".", ",") for cell in row[2:5]] for row in lines]
    again = [[*row[:2], *three, *row[5:]] for row, three in zip(lines, numbers, strict=True)]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(again)
    back, remarks = told(out.getvalue().encode("utf-8-sig"))
    assert back == rich()
    assert back.provenance == rich().provenance
    assert remarks[0].endswith("and decimal commas")


def test_the_workbook_has_numbers_as_numbers_and_no_formula():
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(rich().to_xlsx())).active
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert rows["platform.cpm"][2].value == 0.3
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert xlsx.sheets(rich().to_xlsx())[0].name == "Scenario"


def test_an_empty_table_is_the_default_called_like_the_file():
    raw = dialect.written([HEADER])
    assert told(raw) == (Scenario(name="scenario"), ())


def test_decimal_commas_in_a_workbook_of_texts_are_said():
    raw = xlsx.written([("Data", [HEADER, *cells(german)])])
    scenario, remarks = told(raw)
    assert scenario == PLAIN
    assert remarks[0] == "read with decimal commas"


def test_a_currency_in_small_letters_is_told_how_to_write_it():
    line = problem(text_of([["simulation.currency", "eur", *[""] * 7]]).encode())
    assert line.endswith("; write EUR")
