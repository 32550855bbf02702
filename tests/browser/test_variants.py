"""Variants in a real browser: pinned, taken home in one workbook, and brought back by it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect
from visiting.visitor import visit

from model.present.files.several_scenarios import read_several

START = "decide?years=1000&platform.ad_revenue_per_year=1e9~2e9"


def test_variants_go_into_one_file_and_come_back(
    app_url: str, visitor: Page, tmp_path: Path
) -> None:
    visit(visitor, app_url, START)
    name = visitor.get_by_role("textbox", name="Pin the scenario in hand as")
    name.fill("Klein; „Süd“")
    name.press("Enter")
    expect(visitor.get_by_role("textbox", name="Name of variant 1")).to_have_value("Klein; „Süd“")
    with visitor.expect_download() as waiting:
        visitor.get_by_role("button", name="All variants in one workbook").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    (found,) = read_several(file)
    assert found.scenario is not None
    assert found.scenario.name == "Klein; „Süd“"
    assert found.scenario.belief("platform.ad_revenue_per_year").high == 2e9

    visit(visitor, app_url, "decide?years=1000")
    visitor.get_by_label("Pin scenarios from files").locator("input").set_input_files(file)
    expect(visitor.get_by_role("textbox", name="Name of variant 1")).to_have_value("Klein; „Süd“")
    expect(visitor.get_by_text("What differs in the inputs (1)")).to_be_visible()
    expect(visitor.get_by_role("rowheader", name="Klein; „Süd“")).to_be_visible()
