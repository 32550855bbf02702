"""From the file of the house to an applied scenario and a deck, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from evidence import written_logs as written
from playwright.sync_api import Page, expect
from visiting.visitor import arrived, finished, tile, visit

from model.scenario.scenario import Scenario
from views.session import link

BEGIN, END = "2025/08/01", "2026/03/21"


def meant(page: Page) -> Scenario:
    """The scenario that the address stands for."""
    return link.decoded(dict(parse_qsl(urlsplit(page.url).query))).scenario


def drop(page: Page, raw: bytes, name: str) -> None:
    field = page.locator("[data-testid=stFileUploader] input[type=file]").first
    field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": raw})
    expect(page.get_by_text(f"In hand: {name}")).to_be_visible()
    finished(page)


def say_day(page: Page, label: str, day: str) -> None:
    field = page.locator("[data-testid=stDateInput]").filter(has_text=label)
    field.locator("[role=spinbutton]").first.click()
    page.keyboard.type(day.replace("/", ""))
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(field).to_contain_text(day.split("/")[0])


def fitted(page: Page, url: str, begin: str = BEGIN) -> None:
    """Come with a log, say what it covers, and see what it would change."""
    visit(page, url, "incident-log")
    drop(page, written.status_page(), "incidents.json")
    say_day(page, "written down from", begin)
    say_day(page, "Exported on", END)
    expect(page.get_by_text("; 13 incidents in")).to_be_visible()
    expect(page.get_by_text("Bad luck or a design problem?")).to_be_visible()
    finished(page)


def test_a_log_is_applied_undone_and_undone_by_back(visitor: Page, app_url: str) -> None:
    fitted(visitor, app_url)
    start = visitor.url
    foreseen = tile(visitor).inner_text()
    # The log counts many small incidents: applying asks first.
    visitor.get_by_text("Apply although the log counts").click()
    apply = visitor.get_by_role("button", name="Apply to the scenario")
    expect(apply).to_be_enabled()
    apply.click()
    undo = visitor.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    finished(visitor)
    applied = visitor.url
    scenario = meant(visitor)
    source = scenario.evidence("incidents.capacity.duration").source
    assert source.startswith("Fitted to incidents.json, 13 incidents")
    assert "Rollback" not in applied

    undo.click()
    expect(apply).to_be_visible()
    expect(visitor).to_have_url(start)
    visitor.go_back()
    expect(visitor).to_have_url(applied)
    expect(undo).to_be_visible()
    visitor.go_back()
    expect(visitor).to_have_url(start)
    expect(apply).to_be_visible()
    finished(visitor)
    visitor.go_forward()
    expect(undo).to_be_visible()
    finished(visitor)

    visitor.get_by_role("link", name="Overview").click()
    arrived(visitor, "")
    expect(tile(visitor)).to_have_text(foreseen)
    assert meant(visitor) == scenario


def test_from_a_file_to_a_downloaded_deck(visitor: Page, app_url: str) -> None:
    # Over ten years these are no more than the scenario believed in: nothing asks first.
    fitted(visitor, app_url, "2015/08/01")
    visitor.get_by_role("button", name="Apply to the scenario").click()
    expect(visitor.get_by_role("button", name="Undo")).to_be_visible()
    finished(visitor)
    visitor.get_by_role("link", name="Present").click()
    arrived(visitor, "present")
    visitor.get_by_role("button", name="Download").click()
    with visitor.expect_download() as waiting:
        visitor.get_by_role("button", name="PowerPoint").click()
    assert Path(waiting.value.path()).read_bytes()[:2] == b"PK"


def test_a_bad_file_is_one_message_and_the_log_before_stays(visitor: Page, app_url: str) -> None:
    visit(visitor, app_url, "incident-log")
    drop(visitor, written.status_page(), "incidents.json")
    field = visitor.locator("[data-testid=stFileUploader] input[type=file]").first
    field.set_input_files({"name": "bad.json", "mimeType": "text/csv", "buffer": b'[{"start": '})
    expect(visitor.get_by_text("The log before, incidents.json, stays.")).to_be_visible()
    expect(visitor.get_by_text("In hand: incidents.json")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_all_of_a_log_is_legible(visitor: Page, app_url: str, scheme: str, width: int) -> None:
    visitor.emulate_media(color_scheme=scheme)
    visitor.set_viewport_size({"width": width, "height": 844})
    fitted(visitor, app_url)
    visitor.get_by_text("Every row, and how it was read").click()
    expect(visitor.get_by_role("button", name="All rows as CSV")).to_be_visible()
    charts = visitor.locator("[data-testid=stVegaLiteChart]")
    expect(charts.and_(visitor.locator(":has(svg.marks, canvas)"))).to_have_count(5)
    found = Axe().run(visitor).response
    serious = [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    for chart in charts.all():
        expect(chart.locator("[aria-label]").first).to_have_attribute("aria-label", re.compile("."))
    sideways = "e => e.scrollWidth - e.clientWidth"
    assert visitor.locator("[data-testid=stMain]").evaluate(sideways) <= 0
