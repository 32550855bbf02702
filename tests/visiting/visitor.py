"""Steps of a visitor in a real Chromium, each over only when its effect is on the screen.

Nothing waits for time to pass: on a busy machine the app begins to answer a click seconds later,
and until then it looks as finished as before.
"""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

LAYS_OUT_WITHIN_MS = 60_000
_ASKS_EVERY_MS = 20
LAST = {
    "": "text=Everything as one zip",
    "assumptions": "text=All assumptions in one table",
    "replay": "text=Where this incident comes from",
    "decide": "text=Remedies as CSV",
    "drivers": "text=Worths as CSV",
    "incident-log": "text=Published incidents, and yours",
    "your-platform": "text=Own hourly traffic",
    "method": "text=the annual probability of exceedance",
    # Its keys work from when its buttons are there, which may come after the text.
    "present": "body:has(.st-key-present_next button:enabled) p.source",
}
"""What each page shows below everything else, by its path."""
CHARTS = {
    "": 5,
    "assumptions": 6,
    "replay": 3,
    "decide": 3,
    "drivers": 4,
    "incident-log": 0,
    "your-platform": 0,
    "method": 0,
    "present": 0,
}
"""Charts of each page that was just opened, by its path."""


def visit(page: Page, url: str, path: str = "") -> None:
    """Come to a page by its path, with a query if wanted, and see all of it, drawn and at rest.

    What still moves when the mouse goes down may have moved away before it goes up.
    """
    page.goto(f"{url}/{path}")
    arrived(page, path.split("?")[0])
    drawn(page, path.split("?")[0])


def arrived(page: Page, path: str) -> None:
    """Wait until a page that was just opened is there to its end."""
    # On a small screen a button with a help text is there twice, and one of them hidden.
    expect(page.locator(LAST[path]).filter(visible=True).first).to_be_visible()
    finished(page)


def finished(page: Page) -> None:
    """Wait for the end of the run that what was seen last belongs to.

    Only to be called after something new has been seen: an app that has not begun looks finished.
    """
    app = page.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def drawn(page: Page, path: str) -> None:
    """Wait until every chart and picture of a page just opened is drawn and nothing moves."""
    charts = page.locator("[data-testid=stVegaLiteChart]:has(svg.marks, canvas)")
    expect(charts).to_have_count(CHARTS[path])
    page.wait_for_function(
        "[...document.images].every(image => image.complete)"
        " && document.fonts.status === 'loaded'"
        " && document.getAnimations().every(each => each.playState !== 'running')"
    )


def resized(page: Page, width: int, height: int, path: str) -> None:
    """Give the window another size and wait until the page is drawn for it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(f"innerWidth === {width} && innerHeight === {height}")
    drawn(page, path)


def comes_to(page: Page, expression: str, wanted: Any) -> None:
    """Assert what a script says of the layout, once the browser has laid it out.

    Asked again from outside: a page that forbids evaluating text would refuse to ask itself.
    """
    until = time.monotonic() + LAYS_OUT_WITHIN_MS / 1000
    while page.evaluate(expression) != wanted and time.monotonic() < until:
        page.wait_for_timeout(_ASKS_EVERY_MS)
    assert page.evaluate(expression) == wanted


def tile(page: Page, label: str = "Average year") -> Locator:
    """Return where the figure of a tile stands."""
    found = page.locator("[data-testid=stMetric]").filter(has_text=label)
    # For a moment of a rerun the tile of before stands beside the new one.
    return found.locator("[data-testid=stMetricValue]").first


def typed_field(page: Page, label: str) -> Locator:
    """Return the field of a label that is on the screen.

    The one whose place it took is hidden, and there until the end of the run.
    """
    return page.get_by_label(label).filter(visible=True).first
