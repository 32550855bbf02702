"""Scenario files that LibreOffice opened and saved again are the same scenario.

`saved_by_libreoffice/` has real ones of German and American locale, which its `save_again.py` made.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from own_in_yen import own_in_yen

from model.beliefs.belief import Belief
from model.formats import dialect, xlsx
from model.scenario.scenario import Scenario

FOLDER = Path(__file__).parent / "saved_by_libreoffice"
SAVED = sorted(FOLDER.glob("*_*_*.*"))
SAVED = [path for path in SAVED if path.suffix in (".csv", ".xlsx")]


def told(path: Path) -> tuple[Scenario, tuple[str, ...]]:
    scenario, remarks = Scenario.read_with_remarks(path)
    return scenario, tuple(line for line in remarks if not line.startswith("written for results"))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.name)
def test_a_file_saved_again_is_the_same_scenario(path: Path):
    before = Scenario.read(FOLDER / f"{path.name.partition('_')[0]}.csv")
    after, remarks = told(path)
    assert after == before
    assert repr(after.changes) == repr(before.changes)
    assert after.provenance == before.provenance
    assert after.digest() == before.digest()
    assert any("Windows-1252" in line for line in remarks) == ("unasked" in path.name)


def test_the_files_are_of_every_way_and_of_what_the_product_writes():
    ways = {path.name.partition("_")[2] for path in SAVED}
    assert len(SAVED) >= 15
    assert len(ways) == 8
    own = own_in_yen()
    assert Scenario.read(FOLDER / "yen.csv") == own
    assert dict(own.changes)["platform.cpm"] == Belief("pert", 0.3, 1234.567, 4.125)


def test_no_number_or_word_of_a_csv_is_taken_for_something_else():
    """A German program reads 0.005 and 1234.567 as thousands, any program 2026-04 as a month."""
    rows = list(csv.reader(own_in_yen().changes_csv().splitlines()))
    numbers = [cell for row in rows for cell in row[2:5] if "." in cell]
    assert len(numbers) > 20
    assert not [text for text in numbers if len(text.partition(".")[2]) % 3 == 0]
    assert ["scenario.name", "'2026-04"] in [row[:2] for row in rows]
    assert ["incidents.dns.label", "'007"] in [row[:2] for row in rows]
    assert Scenario.read(own_in_yen().changes_csv().encode()) == own_in_yen()


@pytest.mark.parametrize("code", ["EUR", "JPY", "INR", "KRW", "GBP", "AED"])
def test_a_scenario_in_any_currency_has_the_digits_that_spreadsheets_keep(code: str):
    scenario = Scenario.default().with_({"simulation.currency": code})
    converted = own_in_yen().in_currency(code)
    for one in (scenario, converted):
        table = dialect.grid(one.to_csv().removeprefix("\ufeff"), dialect.Dialect(",")).rows
        rounded = [[*row[:2], *map(fifteen, row[2:5]), *row[5:]] for row in table]
        assert Scenario.read(xlsx.written([("Scenario", rounded)])) == one


def fifteen(cell: object) -> str | float:
    try:
        return float(f"{float(str(cell)):.15g}")
    except ValueError:
        return str(cell)
