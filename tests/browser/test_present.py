"""The Present page in a real browser: keys, what-if, what is taken along, projector and dark."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect
from pptx import Presentation
from visiting.browser import newcomer
from visiting.visitor import comes_to, visit

from model.present.html.report import scenario_from_html
from model.present.story.elements import TOPICS

ADDRESS = "present?years=2000&scenario.name=Board+meeting"


def opened(visitor: Page, app_url: str) -> Page:
    visitor.set_viewport_size({"width": 1280, "height": 720})
    visit(visitor, app_url, ADDRESS)
    return visitor


def at(visitor: Page, number: int) -> None:
    """A finding is on the screen, with its pictures."""
    expect(visitor.locator(".topic span")).to_have_text(f"{number} of {len(TOPICS)}")


def test_keys_lead_through_the_findings_and_back(visitor, app_url):
    page = opened(visitor, app_url)
    at(page, 1)
    expect(page.locator("h1.finding")).to_contain_text("There is a 1-in-10 chance")
    finding = page.locator("h1.finding")
    seen = [finding.inner_text()]
    for number in range(2, 10):
        page.keyboard.press("ArrowRight")
        at(page, number)
        expect(finding).not_to_have_text(seen[-1])
        seen.append(finding.inner_text())
        for picture in page.locator(".drawn img.wide").all():
            # A picture that a browser cannot draw is refused here.
            picture.evaluate("image => image.decode()")
            assert len(picture.get_attribute("alt")) > 40
    assert len(set(seen)) == len(seen)
    page.keyboard.press("ArrowLeft")
    at(page, 8)
    expect(page.locator("[data-testid=stSidebar]")).to_have_count(0)
    comes_to(page, "document.documentElement.scrollWidth <= 1280", True)


def test_a_remote_leads_through_straight_after_opening_from_another_page(visitor, app_url):
    visitor.set_viewport_size({"width": 1280, "height": 720})
    visit(visitor, app_url, "replay?years=2000&scenario.name=Board+meeting")
    visitor.get_by_role("link", name="Present", exact=True).click()
    page, last = visitor, len(TOPICS)
    for key, number in (
        ("PageDown", 2),
        ("Space", 3),
        ("PageUp", 2),
        ("Shift+Space", 1),
        ("End", last),
        ("ArrowLeft", last - 1),
    ):
        expect(page.locator(".st-key-present_next button")).to_be_visible()
        page.keyboard.press(key)
        at(page, number)
    page.keyboard.press("Home")
    expect(page.locator(".opening")).to_be_visible()
    page.keyboard.press("ArrowRight")
    at(page, 1)
    # The sidebar of the page before leaves nothing behind.
    comes_to(page, "document.querySelector('[data-testid=stMain]').getBoundingClientRect().x", 0)


def test_the_whole_screen_is_one_key_or_click_away(visitor, app_url):
    page = opened(visitor, app_url)
    page.keyboard.press("f")
    comes_to(page, "!!document.fullscreenElement", True)
    expect(page.locator(".st-key-pages")).to_be_hidden()
    page.keyboard.press("f")
    comes_to(page, "!!document.fullscreenElement", False)
    page.get_by_role("button", name="Full screen").click()
    comes_to(page, "!!document.fullscreenElement", True)


def test_all_slides_follow_a_what_if_that_covers_none_of_them(visitor, app_url):
    page = opened(visitor, app_url)
    tiles = page.locator(".tiles b")
    before, address = tiles.all_inner_texts(), page.url
    page.get_by_role("button", name="What if").click()
    slider = page.get_by_role("slider", name="They last")
    expect(slider).to_be_visible()
    page.get_by_role("slider", name="Outages come").focus()
    page.keyboard.press("Tab")
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    strip = page.locator(".whatif")
    expect(strip).to_contain_text("they last × 1.1")
    expect(strip.locator("s")).to_have_text(before[:3])
    then = strip.locator("b").all_inner_texts()
    assert all(a != b for a, b in zip(before[:3], then, strict=True))
    expect(tiles).to_have_text([*then, before[3]])
    # Nothing lies over the figures.
    assert strip.bounding_box()["y"] < tiles.first.bounding_box()["y"]
    page.get_by_role("button", name="As it is").click()
    expect(strip).to_have_count(0)
    expect(tiles).to_have_text(before)
    assert page.url == address


def test_the_title_says_whose_platform_and_who_asks(visitor, app_url):
    page = opened(visitor, app_url)
    page.get_by_role("button", name="Download").click()
    page.get_by_label("Who asks").fill("A. Lead")
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="PowerPoint").click()
    slide = Presentation(io.BytesIO(download.value.path().read_bytes())).slides[0]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back").click()
    said = page.locator(".opening")
    expect(said).to_contain_text("What outages cost US short-video app")
    expect(said).to_contain_text("Asked by A. Lead")
    assert any("Asked by A. Lead" in shape.text_frame.text for shape in slide.placeholders)


def test_what_is_taken_along_shows_the_same_figures(visitor, app_url):
    page = opened(visitor, app_url)
    shown = page.locator(".tiles b").all_inner_texts()
    taken = {}
    page.get_by_role("button", name="Download").click()
    for label in ("PowerPoint", "One HTML file", "Tables as one zip"):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        taken[label] = download.value.path().read_bytes()
    slide = Presentation(io.BytesIO(taken["PowerPoint"])).slides[1]
    grid = next(shape.table for shape in slide.shapes if shape.has_table)
    assert [grid.cell(1, k).text for k in range(4)] == shown
    text = taken["One HTML file"].decode()
    assert re.findall(r"<dd><b>(.*?)</b>", text) == shown
    assert scenario_from_html(text).name == "Board meeting"
    assert "summary.csv" in zipfile.ZipFile(io.BytesIO(taken["Tables as one zip"])).namelist()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_have_the_colours_of_the_page(chromium, app_url, mode):
    view = {"width": 1280, "height": 720}
    with newcomer(chromium, viewport=view, color_scheme=mode, reduced_motion="reduce") as context:
        page = opened(context.new_page(), app_url)
        page.keyboard.press("ArrowRight")
        at(page, 2)
        source = page.locator(".drawn img.wide").first.get_attribute("src")
        drawn = page.evaluate("source => atob(source.split(',')[1])", source)
        assert ("#6DB7F0" if mode == "dark" else "#0B5FA5") in drawn
