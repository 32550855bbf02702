"""A server that is really killed and started again: what the visitor had comes back by its link."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from visiting.browser import doomed, free_port, newcomer
from visiting.visitor import arrived, tile, typed_field, visit

HIGH = "Outages from changes, a year, per year: high"
RATE = "incidents.change_and_configuration.rate_per_year"


def _typed(page: Page, text: str) -> None:
    field = typed_field(page, HIGH)
    field.fill(text)
    field.press("Enter")


@pytest.mark.fault("the server is killed in mid-run and started again")
def test_killed_in_mid_run_the_page_comes_back_by_itself(chromium: Browser) -> None:
    port = free_port()
    with newcomer(chromium) as context:
        page = context.new_page()
        with doomed(port) as server:
            visit(page, f"http://127.0.0.1:{port}")
            default = tile(page).inner_text()
            _typed(page, "2.5")
            expect(tile(page)).not_to_have_text(default)
            arrived(page, "")
            had, changed = page.url, tile(page).inner_text()
            assert f"{RATE}=" in had
            _typed(page, "3.5")
            server.kill()
        with doomed(port):
            # The entry that was under way may have reached the server or not; no other is shown.
            page.goto(had)
            arrived(page, "")
            expect(tile(page)).to_have_text(changed)
            page.reload()
            arrived(page, "")
            expect(tile(page)).to_have_text(changed)


@pytest.mark.fault("the server is killed and started again under an open page")
def test_a_page_left_open_while_the_server_restarts_works_on(chromium: Browser) -> None:
    port = free_port()
    with newcomer(chromium) as context:
        page = context.new_page()
        with doomed(port) as server:
            visit(page, f"http://127.0.0.1:{port}")
            default = tile(page).inner_text()
            _typed(page, "2.5")
            expect(tile(page)).not_to_have_text(default)
            arrived(page, "")
            had, changed = page.url, tile(page).inner_text()
            server.kill()
        with doomed(port):
            expect(page.locator("[data-testid=stApp]")).to_have_attribute(
                "data-test-connection-state", "CONNECTED"
            )
            arrived(page, "")
            expect(tile(page)).to_have_text(changed)
            assert page.url == had
            _typed(page, "1.2")
            _taken_or_said(page, default)


def _taken_or_said(page: Page, wanted: str) -> None:
    """An entry made before the page was drawn by the new server is asked for again, not lost."""
    told = page.get_by_text("enter it again")
    expect(told.or_(tile(page).filter(has_text=wanted))).to_be_visible()
    if told.is_visible():
        arrived(page, "")
        expect(typed_field(page, HIGH)).to_have_value("2.5")
        _typed(page, "1.2")
    expect(tile(page)).to_have_text(wanted)
