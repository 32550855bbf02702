"""The Present page in a real browser: keys, what-if, what is taken along, projector and dark."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect
from pptx import Presentation

from model.present.page import scenario_from_html

ADDRESS = "present?years=2000&scenario.name=Board+meeting"
READY_MS = 120_000


def opened(visitor: Page, app_url: str) -> Page:
    visitor.set_viewport_size({"width": 1280, "height": 720})
    visitor.goto(f"{app_url}/{ADDRESS}")
    visitor.locator("h1.finding").wait_for(timeout=READY_MS)
    return visitor


def at(visitor: Page, number: int) -> None:
    expect(visitor.locator(".topic span")).to_have_text(f"{number} of 9")


def test_keys_lead_through_the_findings_and_back(visitor, app_url):
    page = opened(visitor, app_url)
    at(page, 1)
    expect(page.locator("h1.finding")).to_contain_text("There is a 1-in-10 chance")
    seen = []
    for number in range(2, 10):
        page.keyboard.press("ArrowRight")
        at(page, number)
        seen.append(page.locator("h1.finding").inner_text())
        picture = page.locator(".drawn img")
        if picture.count():
            # A picture that a browser cannot draw has no size of its own.
            assert picture.first.evaluate("image => image.complete && image.naturalWidth > 0")
            assert len(picture.first.get_attribute("alt")) > 40
    assert len(set(seen)) == len(seen)
    page.keyboard.press("ArrowLeft")
    at(page, 8)
    assert page.locator("[data-testid=stSidebar]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_what_if_works_on_a_copy(visitor, app_url):
    page = opened(visitor, app_url)
    before = page.locator(".tiles b").all_inner_texts()
    page.get_by_role("button", name="What if").click()
    page.get_by_label("They last").click()
    page.get_by_role("option", name="twice").click()
    strip = page.locator(".whatif")
    strip.wait_for(timeout=READY_MS)
    now, then = strip.locator("s").all_inner_texts(), strip.locator("b").all_inner_texts()
    assert now == before[:3]
    assert all(a != b for a, b in zip(now, then, strict=True))
    assert page.locator(".tiles b").all_inner_texts() == before
    page.get_by_role("button", name="As it is").click()
    expect(strip).to_have_count(0)


def test_what_is_taken_along_shows_the_same_figures(visitor, app_url):
    page = opened(visitor, app_url)
    shown = page.locator(".tiles b").all_inner_texts()
    taken = {}
    for label in ("PowerPoint", "One HTML file", "Tables as one zip"):
        if not page.get_by_role("button", name=label).is_visible():
            page.get_by_role("button", name="Take along").click()
        with page.expect_download(timeout=READY_MS) as download:
            page.get_by_role("button", name=label).click()
        taken[label] = download.value.path().read_bytes()
    slide = Presentation(io.BytesIO(taken["PowerPoint"])).slides[0]
    grid = next(shape.table for shape in slide.shapes if shape.has_table)
    assert [grid.cell(1, k).text for k in range(4)] == shown
    text = taken["One HTML file"].decode()
    assert re.findall(r"<dd><b>(.*?)</b>", text) == shown
    assert scenario_from_html(text).name == "Board meeting"
    assert "summary.csv" in zipfile.ZipFile(io.BytesIO(taken["Tables as one zip"])).namelist()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_have_the_colours_of_the_page(chromium, app_url, mode):
    context = chromium.new_context(
        viewport={"width": 1280, "height": 720}, color_scheme=mode, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    opened(page, app_url)
    page.keyboard.press("ArrowRight")
    at(page, 2)
    source = page.locator(".drawn img").first.get_attribute("src")
    drawn = page.evaluate("source => atob(source.split(',')[1])", source)
    assert ("#6DB7F0" if mode == "dark" else "#0B5FA5") in drawn
    context.close()
