"""Every finding of Present fits a projector without scrolling, and begins before it is complete."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from visiting.browser import newcomer
from visiting.visitor import comes_to, finished, visit

from model.beliefs.belief import Belief
from model.present.story.elements import TOPICS
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import Settings

YEARS = 2000
PROJECTOR = {"width": 1280, "height": 720}
SMALLEST_TYPE_PX = 18
HIDDEN_BELOW = (
    "[...document.querySelectorAll('[data-testid=stMain]')]"
    ".map(e => e.scrollHeight - e.clientHeight).filter(below => below > 0)"
)
FOOT_IS_SEEN = "document.querySelector('p.source').getBoundingClientRect().bottom <= innerHeight"
TOO_SMALL = """
() => [...document.querySelectorAll('main *')].filter(each => each.checkVisibility()
    && [...each.childNodes].some(part => part.nodeType === 3 && part.textContent.trim())
    && !each.closest('.unseen, style, script, [data-testid=stIconMaterial]')
    && parseFloat(getComputedStyle(each).fontSize) < {least})
  .map(each => each.innerText)
""".replace("{least}", str(SMALLEST_TYPE_PX))
CUT = (
    "[...document.querySelectorAll('p.source')].filter(e => e.scrollWidth > e.clientWidth)"
    ".map(e => e.innerText)"
)
DRAWN_TOO_SMALL = (
    "[...document.querySelectorAll('.drawn img.wide')].filter(image => {"
    " const text = atob(image.src.split(',')[1]);"
    ' const size = +text.match(/font-size="([0-9.]+)"/)[1];'
    ' const [, width, height] = text.match(/viewBox="0 0 ([0-9.]+) ([0-9.]+)"/);'
    " return size * Math.min(image.clientWidth / width, image.clientHeight / height) < {least};"
    "}).map(image => image.alt)"
)
SMALLEST_DRAWN_PX = 17.5
REMEDIES = ("graceful_degradation", "quarterly_failover_drills", "warm_standby")


def with_remedies() -> Scenario:
    on = Belief("lognormal", 1.0, 1.0)
    return Scenario.preset("article").with_({f"remedies.{name}.on": on for name in REMEDIES})


SCENARIOS = {
    "default": Scenario.default,
    "article": lambda: Scenario.preset("article"),
    "mature_two_region": lambda: Scenario.preset("mature_two_region"),
    "quiet_year": lambda: Scenario.preset("quiet_year"),
    "midsize_europe": lambda: Scenario.preset("midsize_europe"),
    "remedies": with_remedies,
}


def path(name: str) -> str:
    query = link.encoded(SCENARIOS[name](), Settings(years=YEARS))
    return f"present?{urlencode(query)}"


def every_finding_fits(page: Page) -> None:
    for number in range(1, len(TOPICS) + 1):
        expect(page.locator(".topic span")).to_have_text(f"{number} of {len(TOPICS)}")
        finished(page)
        for picture in page.locator(".drawn img.wide").all():
            picture.evaluate("image => image.decode()")
        comes_to(page, HIDDEN_BELOW, [])
        comes_to(page, FOOT_IS_SEEN, True)
        comes_to(page, TOO_SMALL, [])
        comes_to(page, CUT, [])
        comes_to(page, DRAWN_TOO_SMALL.replace("{least}", str(SMALLEST_DRAWN_PX)), [])
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_finding_fits_a_projector_and_can_be_read(chromium, app_url, name):
    mode = "dark" if name in ("default", "remedies") else "light"
    with newcomer(chromium, viewport=PROJECTOR, color_scheme=mode) as context:
        page = context.new_page()
        visit(page, app_url, path(name))
        every_finding_fits(page)


SIDEWAYS = "document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"
ONE_ROW = (
    "new Set([...document.querySelectorAll('.st-key-present_bar button')]"
    ".filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().top)).size"
)
LEAST_IN_HAND_PX = 12


def test_it_fits_on_a_larger_screen_too_and_is_legible_on_a_tablet(chromium, app_url):
    with newcomer(chromium, viewport={"width": 1920, "height": 1080}) as context:
        page = context.new_page()
        visit(page, app_url, path("default"))
        every_finding_fits(page)
        page.set_viewport_size({"width": 768, "height": 1024})
        for number in range(len(TOPICS), 0, -1):
            expect(page.locator(".topic span")).to_have_text(f"{number} of {len(TOPICS)}")
            finished(page)
            comes_to(page, SIDEWAYS, True)
            comes_to(page, ONE_ROW, 1)
            comes_to(page, DRAWN_TOO_SMALL.replace("{least}", str(LEAST_IN_HAND_PX)), [])
            page.keyboard.press("ArrowLeft")


def test_it_fits_with_a_what_if(chromium, app_url):
    with newcomer(chromium, viewport=PROJECTOR) as context:
        page = context.new_page()
        visit(page, app_url, path("default"))
        page.get_by_role("button", name="What if").click()
        page.get_by_role("slider", name="They last").press("ArrowRight")
        expect(page.locator(".whatif")).to_be_visible()
        page.get_by_role("button", name="Close what if").click()
        expect(page.locator(".st-key-what_if_panel")).to_have_count(0)
        # All findings of what is asked are there once the foot is.
        expect(page.locator("p.source")).to_be_visible()
        every_finding_fits(page)


def test_the_figures_show_before_all_is_ready_and_stay(chromium, app_url):
    query = {"years": str(YEARS), "seed": "11"}
    with newcomer(chromium, viewport=PROJECTOR) as context:
        page = context.new_page()
        page.goto(f"{app_url}/present?{urlencode(query)}")
        tiles = page.locator(".tiles b")
        expect(tiles).to_have_count(4)
        # The tiles are there once and for all; what to do about it follows.
        first = tiles.all_inner_texts()
        expect(page.locator("p.source")).to_be_visible()
        expect(page.locator(".said strong")).to_contain_text("Decision asked for")
        expect(tiles).to_have_text(first)


def test_it_can_be_stopped_and_goes_on(chromium, app_url):
    query = {"years": "20000", "seed": "12"}
    with newcomer(chromium, viewport=PROJECTOR) as context:
        page = context.new_page()
        page.goto(f"{app_url}/present?{urlencode(query)}")
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("p.source")).to_be_visible()
        expect(page.locator(".said strong")).to_contain_text("Decision asked for")
