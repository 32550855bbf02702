"""What is around every page: bar, head, title, link and print, looked at as boxes on the screen."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from visiting.browser import newcomer
from visiting.visitor import LAST, arrived, comes_to, finished, visit

from views.shell.pages import FIRST, PRODUCT, place

WIDTHS = (1920, 1280, 768, 390)
PATHS = tuple(LAST)
COVERED = """
() => [...document.querySelectorAll('.st-key-pages a')].filter(link => {
  link.scrollIntoView({inline: 'nearest', block: 'nearest'});
  const box = link.getBoundingClientRect();
  return [0.1, 0.5, 0.9].some(share => {
    const there = document.elementFromPoint(box.x + share * box.width, box.y + box.height / 2);
    return !link.contains(there);
  });
}).map(link => link.textContent)
"""
SIDEWAYS = (
    "[...document.querySelectorAll('html, [data-testid=stMain]')]"
    ".map(each => each.scrollWidth - each.clientWidth)"
)
SMALL = """
() => [...document.querySelectorAll('h1, h2, h3, p, td, th, dt, dd, button, a, figcaption')]
  .filter(each => each.innerText.trim() && each.checkVisibility()
    && parseFloat(getComputedStyle(each).fontSize) < 12)
  .map(each => each.innerText.slice(0, 40))
"""
CUT = """
() => [...document.querySelectorAll('main .scroll')]
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.innerText)
"""
LINKS = "document.querySelectorAll('.st-key-pages a').length"


def close_sidebar(page: Page) -> None:
    """Close the sidebar where it is open; on small screens it is closed from the start."""
    if page.get_by_test_id("stExpandSidebarButton").count() == 0:
        page.get_by_test_id("stSidebar").hover()
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_one_click_away_with_the_sidebar_closed(
    visitor: Page, app_url: str, width: int
):
    visitor.set_viewport_size({"width": width, "height": 800})
    visitor.goto(app_url)
    arrived(visitor, "")
    comes_to(visitor, LINKS, len(PATHS))
    close_sidebar(visitor)
    comes_to(visitor, COVERED, [])
    # Also from the middle of a long page.
    visitor.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 900)")
    comes_to(visitor, "document.querySelector('[data-testid=stMain]').scrollTop > 800", True)
    comes_to(visitor, COVERED, [])
    visitor.get_by_role("link", name="Present").click()
    expect(visitor.locator("h1.finding")).to_be_visible()


def test_every_page_has_its_title_one_heading_and_says_where_one_is(visitor: Page, app_url: str):
    visitor.set_viewport_size({"width": 390, "height": 844})
    visitor.goto(app_url)
    bar = visitor.get_by_role("navigation", name="Pages")
    for path in PATHS:
        there = place(path)
        bar.get_by_role("link", name=there.title, exact=True).click()
        arrived(visitor, path)
        expect(visitor).to_have_title(f"{there.title} · {PRODUCT}")
        heading = visitor.get_by_role("heading", level=1)
        expect(heading).to_have_count(1)
        if there.framed:
            expect(heading).to_have_text(PRODUCT if there.path == FIRST else there.title)
            expect(visitor.locator(".whose")).to_contain_text("Default")
        current = bar.locator("[aria-current=page]")
        expect(current).to_have_text(there.title)
        expect(current).to_be_in_viewport()


def test_only_what_differs_in_nothing_is_called_default(visitor: Page, app_url: str):
    visit(visitor, app_url, "replay")
    whose = visitor.locator(".whose")
    expect(whose).to_contain_text("Default")
    visitor.goto(f"{app_url}/replay?platform.cpm=5~9")
    arrived(visitor, "replay")
    expect(whose).not_to_contain_text(re.compile("default", re.IGNORECASE))


def test_the_keyboard_gets_past_the_sidebar(visitor: Page, app_url: str):
    visit(visitor, app_url, "replay")
    visitor.locator("body").press("Tab")
    skip = visitor.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_test_id("stMain")).to_be_focused()


def test_the_link_is_copied(chromium, app_url: str):
    with newcomer(chromium, permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        visit(page, app_url, "replay?platform.cpm=5~9")
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator(".copy [role=status]")).to_have_text("Link copied")
        assert page.evaluate("navigator.clipboard.readText()") == page.url
        assert page.url.endswith("replay?platform.cpm=5~9")


def test_paper_gets_the_whole_page_and_nothing_to_click_on(visitor: Page, app_url: str):
    visit(visitor, app_url, "")
    comes_to(visitor, CUT, [])
    shown = visitor.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    visitor.emulate_media(media="print")
    comes_to(visitor, f"document.documentElement.scrollHeight > {shown // 2}", True)
    expect(visitor.get_by_test_id("stSidebar")).to_be_hidden()
    expect(visitor.locator(".st-key-pages")).to_be_hidden()
    expect(visitor.get_by_role("button", name="Everything as one zip")).to_be_hidden()
    expect(visitor.locator("p.answer")).to_be_visible()
    pages = re.findall(rb"/Type /Page\b", visitor.pdf())
    assert len(pages) > 3


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_shows_every_page_without_fault_or_scrolling_sideways(
    chromium, app_url: str, path: str
):
    phone = {"width": 390, "height": 844}
    with newcomer(chromium, viewport=phone, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{app_url}/{path}?years=2000")
        arrived(page, path)
        found = Axe().run(page).response["violations"]
        serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert serious == []
        comes_to(page, SIDEWAYS, [0, 0])
        comes_to(page, SMALL, [])


@pytest.mark.parametrize("path", ["", "assumptions", "decide", "drivers", "replay"])
def test_the_first_move_of_a_slider_builds_nothing_anew(visitor: Page, app_url: str, path: str):
    """What is built anew draws again, and loses its focus and what was typed in it."""
    visit(visitor, app_url, path)
    finished(visitor)
    heads = visitor.locator("main h1, main h2, main h3")
    heads.evaluate_all("all => all.forEach(each => (each.isOld = true))")
    slider = visitor.get_by_role("slider").first
    slider.focus()
    slider.press("ArrowRight")
    comes_to(visitor, "location.search !== ''", True)
    finished(visitor)
    assert heads.evaluate_all("all => all.filter(each => !each.isOld).map(e => e.innerText)") == []
