"""End to end in a real Chromium: what people do, from the first visit to the file they take home.

Screenshots of every page are written to `tests/screenshots/`, for people to look at.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Download, Page, expect
from visiting.browser import newcomer
from visiting.visitor import (
    CHARTS,
    arrived,
    comes_to,
    finished,
    resized,
    tile,
    typed_field,
    visit,
)

from model.assumptions.lookup import declared
from model.present.words import numbers as fmt
from model.runs.result import Result
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import Settings, Visit

SCREENSHOTS = Path(__file__).parents[1] / "screenshots"
PAGES = {path or "overview": path for path in CHARTS}
SIZES = ((1280, 800), (1920, 1080))
SLIDER = "Outages from changes, a year — end"
RATE = "incidents.change_and_configuration.rate_per_year"
LOW, HIGH = (f"Outages from changes, a year, per year: {end}" for end in ("low", "high"))
OVERFLOWING = (
    "[...document.querySelectorAll('[data-testid=stMain]')]"
    ".map(e => e.scrollWidth - e.clientWidth).filter(sideways => sideways > 0)"
)
CUT = (
    "[...document.querySelectorAll('[data-testid=stMetricLabel] p, "
    "[data-testid=stMetricValue] div')]"
    ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
)


def meant(url: str) -> Visit:
    """What a link stands for."""
    return link.decoded(dict(parse_qsl(urlsplit(url).query)))


@cache
def run(scenario: Scenario, years: int, seed: int) -> Result:
    return simulate(scenario, years=years, seed=seed)


def shows(page: Page, url: str) -> None:
    """The Overview of a link is on the screen, with the figure that the engine has for it."""
    visit = meant(url)
    result = run(visit.scenario, visit.settings.years, visit.settings.seed)
    expect(page).to_have_url(url)
    expect(tile(page)).to_have_text(fmt.money(result.measure("eal").value))
    high = visit.scenario.belief(RATE).high
    expect(typed_field(page, HIGH)).to_have_value(fmt.editable(high, declared(RATE).unit))
    finished(page)


def slide(page: Page, key: str, steps: int = 1) -> None:
    """Move the slider in hand step by step, each of which is shown before the next."""
    for _ in range(steps):
        before = page.url
        page.get_by_role("slider", name=SLIDER).press(key)
        expect(page).not_to_have_url(before)
        shows(page, page.url)


def download(page: Page, name: str) -> Download:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    return waiting.value


def content(file: Download) -> bytes:
    return Path(file.path()).read_bytes()


def rows(file: Download) -> list[dict[str, str]]:
    raw = content(file)
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with a byte order mark"
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_opens_slides_and_comes_back_by_its_link(visitor: Page, app_url: str):
    start = f"{app_url}/"
    visit(visitor, app_url)
    expect(visitor.locator("p.answer")).to_contain_text("1-in-10 chance")
    shows(visitor, start)
    before = tile(visitor).inner_text()
    slide(visitor, "ArrowRight", steps=4)
    changed = visitor.url
    assert f"{RATE}=0.15~" in changed
    expect(tile(visitor)).not_to_have_text(before)

    visitor.reload()
    arrived(visitor, "")
    shows(visitor, changed)
    with newcomer(visitor.context.browser) as context:
        other = context.new_page()
        visit(other, app_url)
        shows(other, start)
        expect(tile(other)).to_have_text(before)
        other.goto(changed)
        arrived(other, "")
        shows(other, changed)


def test_the_back_button_undoes(visitor: Page, app_url: str):
    visit(visitor, app_url)
    links = [visitor.url]
    for _ in range(2):
        slide(visitor, "ArrowLeft")
        links.append(visitor.url)
    query = urlsplit(links[-1]).query
    visitor.get_by_role("link", name="Assumptions").click()
    expect(visitor).to_have_url(f"{app_url}/assumptions?{query}")
    arrived(visitor, "assumptions")
    for before in reversed(links):
        visitor.go_back()
        shows(visitor, before)
    assert links[0] == f"{app_url}/"


def test_leaving_a_page_loses_nothing(visitor: Page, app_url: str):
    visit(visitor, app_url)
    slide(visitor, "ArrowRight")
    changed = visitor.url
    query = urlsplit(changed).query
    for name, path in (("Assumptions", "assumptions"), ("Replay", "replay"), ("Overview", "")):
        visitor.get_by_role("link", name=name, exact=True).click()
        expect(visitor).to_have_url(f"{app_url}/{path}?{query}")
        arrived(visitor, path)
    shows(visitor, changed)


def test_typing_with_the_keyboard_only(visitor: Page, app_url: str):
    visit(visitor, app_url)
    slider = visitor.get_by_role("slider", name=SLIDER)
    expect(slider).to_be_visible()
    visitor.get_by_role("textbox", name="A year is bad above").focus()
    visitor.keyboard.press("Control+A")
    visitor.keyboard.type("$40M")
    visitor.keyboard.press("Enter")
    expect(visitor).to_have_url(f"{app_url}/?tolerance=40000000")
    expect(tile(visitor, "Over $40M")).to_be_visible()
    finished(visitor)
    for _ in range(30):
        visitor.keyboard.press("Tab")
        named = visitor.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if named == SLIDER:
            break
    expect(slider).to_be_focused()
    visitor.keyboard.press("ArrowRight")
    expect(visitor).to_have_url(re.compile(re.escape(RATE)))
    shows(visitor, visitor.url)
    assert meant(visitor.url).scenario.tolerance_usd == 40e6


def test_a_bad_value_says_so_stays_and_changes_nothing(visitor: Page, app_url: str):
    visit(visitor, app_url)
    field = typed_field(visitor, LOW)
    field.fill("much")
    field.press("Enter")
    expect(visitor.get_by_text("Not changed")).to_be_visible()
    finished(visitor)
    # The entry stays where it is to be mended.
    expect(field).to_have_value("much")
    assert visitor.url == f"{app_url}/"


def test_good_and_bad_scenario_files(visitor: Page, app_url: str, tmp_path: Path):
    visit(visitor, app_url, "assumptions?platform.cpm=5~9")
    visitor.get_by_text("Name, open and save").click()
    bad = tmp_path / "bad.csv"
    bad.write_text("name,shape,low,mid,high\nplatform.cpm,,9,,5\nplatform.cmp,,1,,2\n")
    upload = visitor.locator("input[type=file]")
    upload.set_input_files(bad)
    rejected = visitor.locator("[data-testid=stAlert]").filter(has_text="Not changed")
    problems = rejected.locator("li")
    expect(problems).to_have_count(2)
    finished(visitor)
    expect(visitor).to_have_url(f"{app_url}/assumptions?platform.cpm=5~9")
    good, wanted = tmp_path / "good.csv", Scenario.preset("quiet_year")
    good.write_bytes(b"\xef\xbb\xbf" + wanted.changes_csv().encode())
    upload.set_input_files(good)
    expect(problems).to_have_count(0)
    visitor.wait_for_url(lambda url: meant(url).scenario == wanted, wait_until="commit")
    finished(visitor)
    saved = content(download(visitor, "Save all rows"))
    assert Scenario.read(saved).digest() == wanted.digest()


def test_files_taken_home(visitor: Page, app_url: str):
    visit(visitor, app_url)
    curve = rows(download(visitor, "Curve as CSV"))
    losses = [float(row["loss_usd"]) for row in curve]
    assert losses == sorted(losses)
    assert 50 < len(losses) < 500
    lines = rows(download(visitor, "Lines as CSV"))
    *parts, total = (float(row["usd"]) for row in lines)
    assert sum(parts) == pytest.approx(total, rel=1e-9)
    bundle = zipfile.ZipFile(io.BytesIO(content(download(visitor, "Everything as one zip"))))
    names = {Path(name).name for name in bundle.namelist()}
    assert {"scenario.csv", "summary.csv", "annual.csv", "manifest.json"} <= names


def test_a_replay_and_its_bill(visitor: Page, app_url: str):
    visit(visitor, app_url, "replay")
    expect(visitor.locator("p.answer")).to_contain_text("nine times in ten")
    bill = {
        row["component"]: float(row["expected_usd"])
        for row in rows(download(visitor, "Bill as CSV"))
    }
    names = list(bill)
    before_loss = names[: names.index("loss")]
    assert sum(bill[name] for name in before_loss) == pytest.approx(bill["loss"], rel=1e-9)


def test_one_simulated_year(visitor: Page, app_url: str):
    visit(visitor, app_url)
    visitor.get_by_text("Show me one simulated year").click()
    visitor.get_by_role("button", name="The worst year").click()
    usual = Settings()
    worst = run(Scenario.default(), usual.years, usual.seed)["loss_usd"].argmax() + 1
    expect(visitor.get_by_text(f"Year {worst:,}: ")).to_be_visible()
    expect(visitor.get_by_role("region", name="Bills of the incidents")).to_be_visible()


def test_a_long_run_goes_on_while_another_page_is_open_and_can_be_cancelled(
    visitor: Page, app_url: str
):
    years = link.encoded(Scenario.default(), Settings(years=10_000_000))
    visit(visitor, app_url, f"?{urlencode(years)}")
    everyday = tile(visitor).inner_text()
    start = visitor.get_by_role("button", name="Run 10,000,000 years")
    progress = visitor.get_by_text(re.compile(r"\d+% of 10,000,000 years"))
    start.click()
    # Also on a fast machine a run of this length is far from over when its first share is seen.
    expect(progress).to_be_visible()
    visitor.get_by_role("link", name="Incident log").click()
    expect(visitor.get_by_text("10,000,000 years are being simulated")).to_be_visible()
    visitor.get_by_role("link", name="Overview", exact=True).click()
    expect(progress).to_be_visible()
    cancel = visitor.get_by_role("button", name="Cancel")
    cancel.click()
    expect(cancel).to_have_count(0)
    expect(progress).to_have_count(0)
    expect(start).to_be_visible()
    expect(tile(visitor)).to_have_text(everyday)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_accessible_to_a_screen_reader(visitor: Page, app_url: str, name: str, scheme: str):
    visitor.emulate_media(color_scheme=scheme)
    visit(visitor, app_url, PAGES[name])
    found = Axe().run(visitor).response
    serious = [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    for chart in visitor.locator("[data-testid=stVegaLiteChart]").all():
        # Every chart says in words what it shows.
        expect(chart.locator("[aria-label]").first).to_have_attribute("aria-label", re.compile("."))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", PAGES)
def test_fits_the_screen(visitor: Page, app_url: str, name: str, size: tuple[int, int]):
    visitor.set_viewport_size({"width": size[0], "height": size[1]})
    visit(visitor, app_url, PAGES[name])
    comes_to(visitor, OVERFLOWING, [])
    comes_to(visitor, CUT, [])
    SCREENSHOTS.mkdir(exist_ok=True)
    stem = SCREENSHOTS / f"{name}-{size[0]}x{size[1]}"
    visitor.screenshot(path=f"{stem}.png")
    height = visitor.locator("[data-testid=stMain]").evaluate("e => e.scrollHeight")
    resized(visitor, size[0], min(height + 40, 8000), PAGES[name])
    visitor.screenshot(path=f"{stem}-whole.png")
