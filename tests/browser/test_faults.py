"""Faults injected into a server that runs, and into what a browser has: a message, and it works on.

What is not injected has no test: the product starts no other program, so none of its can die.
"""

from __future__ import annotations

import re
import socket
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from visiting.browser import newcomer
from visiting.injected import Faulty, faulty
from visiting.visitor import arrived, comes_to, tile, typed_field, visit

HIGH = "Outages from changes, a year, per year: high"
HOUR_S, DAY_S = 3_600.0, 86_400.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    with faulty(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = newcomer(chromium)
    yield context.new_page()
    context.close()


def works(page: Page, high: str) -> None:
    """Another assumption has other figures, and nothing is said to have gone wrong."""
    before = tile(page).inner_text()
    field = typed_field(page, HIGH)
    field.fill(high)
    field.press("Enter")
    expect(tile(page)).not_to_have_text(before)
    arrived(page, "")
    assert f"~{high}" in page.url
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.fault("all threads of the engine run out of memory")
def test_threads_of_the_engine_that_die_are_replaced(server: Faulty, page: Page) -> None:
    visit(page, server.url)
    for high in ("2.5", "2.75"):
        server.strike("turns-")
        works(page, high)


@pytest.mark.fault("the thread of a long run runs out of memory")
def test_a_long_run_that_breaks_off_says_so_and_can_be_run_again(
    server: Faulty, page: Page
) -> None:
    visit(page, server.url, "?years=5000000&incidents.capacity.rate_per_year=0.31~1.2")
    page.get_by_role("button", name="Run 5,000,000 years").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    server.strike("going_on")
    expect(page.get_by_text("It broke off because of a fault of the program.")).to_be_visible()
    expect(page.get_by_role("button", name="Run 5,000,000 years")).to_be_visible()
    works(page, "2.25")


@pytest.mark.fault("the thread that prepares the slides runs out of memory")
def test_slides_whose_preparation_dies_are_prepared_all_the_same(
    server: Faulty, page: Page
) -> None:
    visit(page, server.url)
    page.goto(f"{server.url}/present?years=2000&incidents.capacity.rate_per_year=0.32~1.2")
    expect(page.locator(".opening, .topic").first).to_be_visible()
    server.strike("present")
    arrived(page, "present")
    expect(page.get_by_role("link", name="Overview")).to_be_visible()


@pytest.mark.fault("the thread that draws a page runs out of memory")
def test_a_page_that_breaks_off_is_drawn_again(server: Faulty, page: Page) -> None:
    visit(page, server.url)
    field = typed_field(page, HIGH)
    field.fill("2.6")
    field.press("Enter")
    server.strike("ScriptRunner")
    page.reload()
    arrived(page, "")
    works(page, "2.7")


@pytest.mark.fault("the clock of the machine steps back and forward, and time passes in a jump")
@pytest.mark.parametrize(
    ("of_day_s", "passed_s"), [(-DAY_S, 0.0), (DAY_S, 0.0), (0.0, HOUR_S), (-HOUR_S, 2 * HOUR_S)]
)
def test_clocks_that_step(server: Faulty, page: Page, of_day_s: float, passed_s: float) -> None:
    visit(page, server.url)
    try:
        server.move_clocks(of_day_s=of_day_s, passed_s=passed_s)
        works(page, "2.1")
        page.get_by_role("link", name="Present", exact=True).click()
        arrived(page, "present")
        server.move_clocks()
        page.get_by_role("link", name="Overview", exact=True).click()
        arrived(page, "")
        works(page, "2.2")
        with page.expect_download() as got:
            page.get_by_role("button", name="Everything as one zip").click()
        assert got.value.failure() is None
    finally:
        server.move_clocks()


@pytest.mark.fault("the disk of the server is full while a visitor works and downloads")
def test_a_full_disk_of_the_server_stops_nobody(server: Faulty, page: Page) -> None:
    visit(page, server.url)
    server.fill_disk()
    try:
        works(page, "2.4")
        with page.expect_download() as got:
            page.get_by_role("button", name="Everything as one zip").click()
        with zipfile.ZipFile(got.value.path()) as archive:
            assert archive.testzip() is None
            assert "manifest.json" in archive.namelist()
    finally:
        server.free_disk()


def half_sent(route: Route) -> None:
    """Send half of an upload by hand and hang up; the browser is told that it failed."""
    request, body = route.request, route.request.post_data_buffer or b""
    to = urlsplit(request.url)
    head = [f"{request.method} {to.path} HTTP/1.1", f"Host: {to.netloc}"]
    kept = {k: v for k, v in request.headers.items() if k.lower() not in ("content-length", "host")}
    head += [f"{name}: {value}" for name, value in kept.items()]
    head += [f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection((str(to.hostname), int(to.port or 80))) as sent:
        sent.sendall("\r\n".join(head).encode() + body[: len(body) // 2])
    route.abort("connectionreset")


@pytest.mark.fault("an upload that breaks off half-way")
def test_half_an_upload_changes_nothing_and_the_whole_one_is_taken(
    server: Faulty, page: Page
) -> None:
    visit(page, server.url, "assumptions?platform.cpm=5~9")
    page.get_by_text("Name, open and save").click()
    rows = "name,shape,low,mid,high\nplatform.cpm,,6,,11\n"
    whole = rows.encode() + b"," * 50_000
    file: Any = {"name": "busy.csv", "mimeType": "text/csv", "buffer": whole}
    address = re.compile("_stcore/upload_file")
    page.route(address, half_sent)
    field = page.locator("input[type=file]")
    field.set_input_files([file])
    uploader = page.locator("[data-testid=stFileUploader]")
    expect(uploader.get_by_text(re.compile("error|failed", re.IGNORECASE)).first).to_be_visible()
    assert page.url.endswith("platform.cpm=5~9")
    page.unroute(address)
    field.set_input_files([file | {"buffer": rows.encode()}])
    page.wait_for_url(re.compile("platform.cpm=6~11"), wait_until="commit")
    arrived(page, "assumptions")


@pytest.mark.fault("no font can be loaded, icons included")
def test_a_page_without_its_fonts_can_be_read(server: Faulty, page: Page) -> None:
    page.route(re.compile(r"\.(woff2?|ttf)$"), lambda route: route.abort())
    visit(page, server.url)
    comes_to(page, "document.documentElement.scrollWidth <= innerWidth", True)
    # The name of a picture that is not there stays in its place.
    comes_to(
        page,
        "[...document.querySelectorAll('[data-testid=stIconMaterial]')].every("
        "icon => icon.clientWidth <= 2 * parseFloat(getComputedStyle(icon).fontSize))",
        True,
    )
    works(page, "2.3")
