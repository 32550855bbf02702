"""Fixtures: the app served once per worker, and a fresh visitor in a real Chromium per test."""

from __future__ import annotations

from collections.abc import Iterator

import browser as browsers
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    with browsers.served() as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    try:
        path = browsers.chromium()
    except browsers.NoBrowser as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        # Inside containers root has no sandbox to drop into, and /dev/shm is small.
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        found = playwright.chromium.launch(executable_path=path, args=flags)
        yield found
        found.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A visitor of their own: nothing is left of the one before. Errors of the page fail."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Streamlit looks for itself below the page's own path first; that is not found by design.
        expected = "404" in message.text and "_stcore" in message.location.get("url", "")
        if message.type == "error" and not expected:
            errors.append(f"{message.text} ({message.location.get('url')})")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
