"""What comes in from others and what goes out, in a real Chromium: links, files, quick clicks."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from visiting.browser import newcomer
from visiting.visitor import CHARTS, arrived, comes_to, finished, typed_field, visit

from model.beliefs.belief import Belief
from model.limits import MOST_PARAMETERS
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import Visit

PICTURE, LOGIN = "![x](http://127.0.0.1:9/x)", "[Log in](http://evil.example)"
HOSTILE = {
    "scenario.name": f"{PICTURE}{LOGIN}<img src=http://127.0.0.1:9/y> www.evil.example",
    "scenario.note": f"{LOGIN} http://evil.example <a href='http://evil.example'>x</a>",
    "platform.cpm": PICTURE,
    "platform.daily_users": LOGIN,
    "trust.recovery": "<http://evil.example> me@evil.example https://evil.example/z",
    PICTURE: LOGIN,
    f"incidents.{LOGIN}.duration": f":material/home: {PICTURE}",
    "years": f"{LOGIN}",
}
STRANGERS = (
    "[...document.querySelectorAll('a[href],img[src],iframe,script[src]')]"
    ".map(e => e.href || e.src).filter(to => to && !to.startsWith('data:')"
    " && new URL(to, location).origin !== location.origin)"
)
SOURCES = (Path(__file__).parents[2] / "data" / "SOURCES.md").read_text(encoding="utf-8")
HIGH = "Outages from changes, a year, per year: high"
RATE = "incidents.change_and_configuration.rate_per_year"


def meant(url: str) -> Visit:
    return link.decoded(dict(parse_qsl(urlsplit(url).query)))


def strange(page: Page) -> list[str]:
    """Links, pictures and scripts of others on a page, but for our own sources."""
    found = page.evaluate(STRANGERS)
    return [to for to in found if to.removeprefix("https://").removesuffix("/") not in SOURCES]


@pytest.fixture
def asked_for(visitor: Page, app_url: str) -> list[str]:
    """What the browser asks of any other host."""
    found: list[str] = []
    here = urlsplit(app_url).netloc

    def note(request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss"):
            found.extend([request.url] if urlsplit(request.url).netloc != here else [])

    visitor.on("request", note)
    return found


@pytest.mark.parametrize("path", CHARTS)
def test_a_strangers_link_shows_no_link_and_fetches_nothing(
    visitor: Page, app_url: str, asked_for: list[str], path: str
):
    visitor.goto(f"{app_url}/{path}?{urlencode(HOSTILE)}")
    arrived(visitor, path)
    if path == "present":  # no warning stands on a slide
        visitor.get_by_role("button", name="Notes").click()
    box = visitor.locator("[data-testid=stAlert]").first
    expect(box).to_contain_text("Left out of what the link says")
    expect(box).to_contain_text("[Log in](http:")
    assert strange(visitor) == []
    assert asked_for == []


def test_nor_does_a_strangers_file(
    visitor: Page, app_url: str, asked_for: list[str], tmp_path: Path
):
    head = "name,shape,low,mid,high\n"
    bad = tmp_path / "[Log in](http:evil.example) www.evil.example.csv"
    bad.write_text(f'{head}"{PICTURE}",,1,,2\nplatform.cpm,"{LOGIN}",1,,2\n')
    good = tmp_path / "good.csv"
    good.write_text(f'{head}scenario.name,"{HOSTILE["scenario.name"]}",,,\nplatform.cpm,,4,,9\n')
    visit(visitor, app_url, "decide")
    visitor.locator("[data-testid=stFileUploader] input").set_input_files([bad, good])
    expect(visitor.get_by_text("is left out").first).to_be_visible()
    expect(visitor.get_by_text("Scenarios as CSV")).to_be_visible()
    finished(visitor)
    assert strange(visitor) == []
    assert asked_for == []


def test_links_that_no_server_passes_on_say_so(visitor: Page, app_url: str):
    many = urlencode({f"incidents.c{k}.duration": "1~2" for k in range(MOST_PARAMETERS + 100)})
    visitor.goto(f"{app_url}/assumptions?{many}")
    expect(visitor.get_by_text(f"The link had {MOST_PARAMETERS + 100} parameters")).to_be_visible()
    arrived(visitor, "assumptions")


def test_a_scenario_too_long_for_a_link_offers_its_file_and_survives_back(
    visitor: Page, app_url: str, tmp_path: Path
):
    causes = [f"incidents.c{k}" for k in range(40)]
    fields = ("rate_per_year", "duration", "publish_loss", "playback_loss", "ads_loss")
    rows = {
        f"{cause}.{part}": Belief(
            "lognormal" if n < 2 else "logitnormal",
            0.05 + k / 1009 + n / 31,
            0.5 + k / 1013 + n / 37,
        )
        for k, cause in enumerate(causes)
        for n, part in enumerate(fields)
    }
    pairs = [(a, b) for k, a in enumerate(causes) for b in causes[k + 1 :]]
    rows |= {
        f"correlation.{a}.rate_per_year.with.{b}.rate_per_year": Belief("normal", rho, rho)
        for k, (a, b) in enumerate(pairs)
        for rho in [0.3 + (k * 7919 % 1999) / 10007]
    }
    scenario = Scenario.default().with_(rows)
    file = tmp_path / "long.csv"
    file.write_bytes(scenario.changes_csv().encode())
    visit(visitor, app_url, "assumptions")
    visitor.get_by_text("Name, open and save").click()
    visitor.locator("input[type=file]").set_input_files(file)
    told = visitor.locator(".st-key-only_in_a_file")
    expect(told).to_contain_text("too long for a link")
    with visitor.expect_download() as waiting:
        told.get_by_role("button", name="Save changes").click()
    assert Scenario.read(Path(waiting.value.path()).read_bytes()).digest() == scenario.digest()
    assert f"{link.IN_FILE}={scenario.digest()[:12]}" in visitor.url
    assert len(visitor.url) < 200
    visitor.reload()
    expect(visitor.get_by_text("open the file it was saved in")).to_be_visible()
    arrived(visitor, "assumptions")


def choose(page: Page, file: Path) -> None:
    """Choose a file the way people do, and see its name in the field, but not wait for the run."""
    field = page.locator("[data-testid=stFileUploader]")
    with page.expect_file_chooser() as choosing:
        field.get_by_role("button").last.click()
    choosing.value.set_files(file)
    expect(field).to_contain_text(file.name)


def test_of_two_files_in_quick_succession_the_second_counts(
    visitor: Page, app_url: str, tmp_path: Path
):
    visit(visitor, app_url, "assumptions")
    visitor.get_by_text("Name, open and save").click()
    files = []
    for name, cpm in (("first", "4,,9"), ("second", "5,,11"), ("third", "6,,12")):
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_text(f"name,shape,low,mid,high\nplatform.cpm,,{cpm}\n")
    for file in files:
        choose(visitor, file)
    box = visitor.get_by_role("combobox", name="Scenario")
    expect(box).to_have_value("third")
    finished(visitor)
    comes_to(visitor, "location.search", "?scenario.name=third&platform.cpm=6~12")
    # The same file again, after something else was taken in hand.
    visitor.get_by_role("button", name="Reset", exact=True).first.click()
    expect(box).to_have_value("Default")
    finished(visitor)
    choose(visitor, files[-1])
    expect(box).to_have_value("third")


@pytest.mark.parametrize(
    ("path", "folded"),
    [
        ("your-platform", ["Own hourly traffic"]),
        ("assumptions", ["Name, open and save"]),
        ("decide", []),
        ("incident-log", ["Your own traffic", "Published incidents"]),
    ],
)
def test_a_field_for_files_stays_while_messages_come_and_go(
    visitor: Page, app_url: str, tmp_path: Path, path: str, folded: list[str]
):
    visit(visitor, app_url, path)
    for label in folded:
        visitor.locator("summary").get_by_text(label).click()
    finished(visitor)
    field = visitor.locator("[data-testid=stFileUploaderDropzoneInput]")
    expect(field).to_have_count(max(len(folded), 1) + (path == "incident-log"))
    inputs = field.evaluate_all("fields => fields.map(field => (field.isOld = true))")
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing,of,use\n1,2,3\n")
    for at in range(len(inputs)):
        field.nth(at).set_input_files(bad)
        finished(visitor)
        expect(field).to_have_count(len(inputs))
        assert field.evaluate_all("fields => fields.map(field => field.isOld)") == inputs


def test_a_click_right_after_typing_delivers_what_is_then_on_screen(visitor: Page, app_url: str):
    visit(visitor, app_url)
    for typed in ("1.7", "0.9"):
        typed_field(visitor, HIGH).fill(typed)
        with visitor.expect_download() as waiting:
            visitor.get_by_role("button", name="Lines as CSV").click()
        raw = Path(waiting.value.path()).read_text("utf-8-sig")
        *_, total = (float(row["usd"]) for row in csv.DictReader(io.StringIO(raw)))
        scenario = meant(visitor.url).scenario
        assert scenario.belief(RATE).high == float(typed)
        assert total == pytest.approx(simulate(scenario, years=50_000).measure("eal").value)
        finished(visitor)


def test_a_file_is_there_for_a_slow_browser_while_others_go_on(
    visitor: Page, chromium: Browser, app_url: str
):
    visit(visitor, app_url)
    finished(visitor)
    held: list[Route] = []
    visitor.route("**/media/**", lambda route: held.append(route))
    with visitor.expect_download() as waiting:
        with visitor.expect_request("**/media/**"):
            visitor.get_by_role("button", name="Lines as CSV").click()
        with newcomer(chromium) as other:
            for path in ("", "assumptions", "replay"):
                visit(other.new_page(), app_url, path)
        visitor.unroute("**/media/**")
    assert b"Playback fails" in Path(waiting.value.path()).read_bytes()
