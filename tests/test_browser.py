"""End to end in a real Chromium: what people do, from the first visit to the file they take home.

Screenshots of every page are written to `tests/screenshots/`, for people to look at.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Download, Page, expect

from model.scenario import Scenario

SCREENSHOTS = Path(__file__).parent / "screenshots"
PAGES = {
    "overview": "",
    "assumptions": "assumptions",
    "replay": "replay",
    "decide": "decide",
    "drivers": "drivers",
    "present": "present",
}
PATIENCE_MS = 240_000
SIZES = ((1280, 800), (1920, 1080))
SLIDER = "Change outages a year — end"
RATE = "incidents.change_and_configuration.rate_per_year"


def visit(page: Page, url: str, path: str = "") -> None:
    page.goto(f"{url}/{path}")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the app has nothing left to do and the charts are drawn."""
    page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]")
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=PATIENCE_MS
    )
    page.wait_for_timeout(300)
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=PATIENCE_MS
    )


def tile(page: Page, label: str = "Average year") -> str:
    found = page.locator("[data-testid=stMetric]").filter(has_text=label)
    return found.locator("[data-testid=stMetricValue]").inner_text()


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
    visit(visitor, app_url)
    assert "1-in-10 chance" in visitor.locator("p.answer").inner_text()
    assert "?" not in visitor.url, "nothing differs from the default"
    before = tile(visitor)
    handle = visitor.get_by_role("slider", name=SLIDER)
    for _ in range(4):
        handle.press("ArrowRight")
        settle(visitor)
    after = tile(visitor)
    assert after != before
    assert f"{RATE}=0.15~" in visitor.url
    link = visitor.url

    visitor.reload()
    settle(visitor)
    assert (tile(visitor), visitor.url) == (after, link)
    other = visitor.context.browser.new_context().new_page()
    visit(other, app_url)
    assert tile(other) == before, "nobody else is on this visitor's scenario"
    other.goto(link)
    settle(other)
    assert tile(other) == after
    other.context.close()


def test_the_back_button_undoes(visitor: Page, app_url: str):
    visit(visitor, app_url)
    before = tile(visitor)
    visitor.get_by_role("slider", name=SLIDER).press("ArrowLeft")
    settle(visitor)
    visitor.get_by_role("slider", name=SLIDER).press("ArrowLeft")
    settle(visitor)
    assert tile(visitor) != before
    visitor.get_by_role("link", name="Assumptions").click()
    settle(visitor)
    visitor.go_back()
    settle(visitor)
    visitor.go_back()
    settle(visitor)
    visitor.go_back()
    settle(visitor)
    assert tile(visitor) == before
    assert "?" not in visitor.url


def test_leaving_a_page_loses_nothing(visitor: Page, app_url: str):
    visit(visitor, app_url)
    visitor.get_by_role("slider", name=SLIDER).press("ArrowRight")
    settle(visitor)
    shown, changed = tile(visitor), visitor.url.split("?")[1]
    for name in ("Assumptions", "Replay", "Overview"):
        visitor.get_by_role("link", name=name, exact=True).click()
        settle(visitor)
        assert visitor.url.endswith(changed)
    assert tile(visitor) == shown


def test_typing_with_the_keyboard_only(visitor: Page, app_url: str):
    visit(visitor, app_url)
    field = visitor.get_by_role("textbox", name="A year is bad above")
    field.focus()
    visitor.keyboard.press("Control+A")
    visitor.keyboard.type("$40M")
    visitor.keyboard.press("Enter")
    settle(visitor)
    assert visitor.url.endswith("?threshold=40000000")
    assert tile(visitor, "Over $40M")
    visitor.keyboard.press("Tab")
    for _ in range(30):
        named = visitor.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if named == SLIDER:
            break
        visitor.keyboard.press("Tab")
    visitor.keyboard.press("ArrowRight")
    settle(visitor)
    assert RATE in visitor.url


def test_a_bad_value_says_so_and_changes_nothing(visitor: Page, app_url: str):
    visit(visitor, app_url)
    before = tile(visitor)
    field = visitor.get_by_label("Change outages a year, per year: low")
    field.fill("77")
    field.press("Enter")
    settle(visitor)
    expect(visitor.get_by_text("Not changed")).to_be_visible()
    assert field.input_value() == "0.15"
    assert tile(visitor) == before
    assert "?" not in visitor.url


def test_good_and_bad_scenario_files(visitor: Page, app_url: str, tmp_path: Path):
    visit(visitor, app_url, "assumptions?platform.cpm=5~9")
    visitor.get_by_text("Name, open and save").click()
    bad = tmp_path / "bad.csv"
    bad.write_text("name,shape,low,mid,high\nplatform.cpm,,9,,5\nplatform.cmp,,1,,2\n")
    upload = visitor.locator("input[type=file]")
    upload.set_input_files(bad)
    settle(visitor)
    problems = visitor.locator("[data-testid=stAlert] li")
    expect(problems).to_have_count(2)
    assert "platform.cpm=5~9" in visitor.url, "the scenario in hand stays"
    good = tmp_path / "good.csv"
    good.write_bytes(b"\xef\xbb\xbf" + Scenario.preset("quiet_year").changes_csv().encode())
    visitor.locator("input[type=file]").set_input_files(good)
    settle(visitor)
    expect(problems).to_have_count(0)
    saved = content(download(visitor, "Save all rows"))
    assert Scenario.read(saved).digest() == Scenario.preset("quiet_year").digest()


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
    assert "nine times in ten" in visitor.locator("p.answer").inner_text()
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
    settle(visitor)
    visitor.get_by_role("button", name="The worst year").click()
    settle(visitor)
    expect(visitor.get_by_role("region", name="Bills of the incidents")).to_be_visible()


def test_a_long_run_shows_progress_and_can_be_cancelled(visitor: Page, app_url: str):
    visit(visitor, app_url, "?years=10000000")
    everyday = tile(visitor)
    visitor.get_by_role("button", name="Run 10,000,000 years").click()
    expect(visitor.get_by_text(re.compile(r"\d+% of 10,000,000 years"))).to_be_visible()
    visitor.get_by_role("button", name="Cancel").click()
    settle(visitor)
    expect(visitor.get_by_role("button", name="Run 10,000,000 years")).to_be_visible()
    assert tile(visitor) == everyday


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_accessible_to_a_screen_reader(visitor: Page, app_url: str, name: str, scheme: str):
    visitor.emulate_media(color_scheme=scheme)
    visit(visitor, app_url, PAGES[name])
    visitor.wait_for_timeout(1500)
    found = Axe().run(visitor).response
    serious = [
        (each["id"], [node["html"][:160] for node in each["nodes"][:3]])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []
    charts = visitor.locator("[data-testid=stVegaLiteChart]")
    for k in range(charts.count()):
        described = charts.nth(k).locator("[aria-label]").first.get_attribute("aria-label")
        assert described, "every chart says in words what it shows"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", PAGES)
def test_fits_the_screen(visitor: Page, app_url: str, name: str, size: tuple[int, int]):
    visitor.set_viewport_size({"width": size[0], "height": size[1]})
    visit(visitor, app_url, PAGES[name])
    visitor.wait_for_timeout(1500)
    sideways = visitor.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth)"
    )
    assert max(sideways) <= 0, "no horizontal scrolling"
    cut = visitor.evaluate(
        "[...document.querySelectorAll('[data-testid=stMetricLabel] p, "
        "[data-testid=stMetricValue] div')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    )
    assert cut == []
    SCREENSHOTS.mkdir(exist_ok=True)
    stem = SCREENSHOTS / f"{name}-{size[0]}x{size[1]}"
    visitor.screenshot(path=f"{stem}.png")
    height = visitor.locator("[data-testid=stMain]").evaluate("e => e.scrollHeight")
    visitor.set_viewport_size({"width": size[0], "height": min(height + 40, 8000)})
    visitor.wait_for_timeout(800)
    visitor.screenshot(path=f"{stem}-whole.png")
