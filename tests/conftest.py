"""Fixtures: the app served once per worker, and a fresh visitor in a real Chromium per test."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from visiting import browser as browsers

settings.register_profile(
    # A busy machine is no failure, and every run tries the same examples.
    "unhurried",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")
expect.set_options(timeout=1000 * browsers.PATIENCE_S)

# Python itself loads it in a server under test.
collect_ignore = ["visiting/faults/sitecustomize.py"]
# Streamlit looks for itself below the page's own path first; that is not found by design.
_LOOKS_FOR_ITSELF = re.compile(r"/\w+/_stcore/(health|host-config)$")
_CHOSEN_ANEW = "file upload - CanceledError"
"""Who chooses another file while the first is on its way has Streamlit give that up, and say so."""
_CONNECTING = re.compile(
    r"_stcore/(health|host-config|stream)\b"
    r"|Client error: DoInitPings timed out"
    r"|Client Error: WebSocket onerror"
    r"|Client Error in reaching server endpoint"
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(what): a fault that this test really injects")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say in the report of a run which faults its tests inject: the record reads it."""
    for item in items:
        for mark in item.iter_markers("fault"):
            item.user_properties.append(("fault", str(mark.args[0])))


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
        patience_ms = 1000 * browsers.PATIENCE_S
        found = playwright.chromium.launch(executable_path=path, args=flags, timeout=patience_ms)
        yield found
        found.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A visitor of their own. Errors of the page fail, and a connection that does not come back."""
    context = browsers.newcomer(chromium)
    page = context.new_page()
    errors: list[str] = []
    interruptions: list[str] = []

    def note(message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        line = f"{message.text} ({where})"
        if message.type != "error" or ("404" in message.text and _LOOKS_FOR_ITSELF.search(where)):
            return
        if _CHOSEN_ANEW in message.text:
            return
        # A slow server is given up and called again; that is an error only if it stays away.
        (interruptions if _CONNECTING.search(line) else errors).append(line)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    if interruptions:
        app = page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]")
        expect(app, f"the app came back after {interruptions}").to_be_visible()
    # What the page still had to say has arrived once it answers; closing it is no error.
    page.evaluate("0")
    found = list(errors)
    context.close()
    assert not found, found
