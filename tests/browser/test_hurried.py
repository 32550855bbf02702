"""A visitor who does not wait: pages changed while the app still works keep what is in hand."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect
from visiting.visitor import arrived

from model.beliefs.belief import Belief
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import Settings, Visit

RATE = "incidents.change_and_configuration.rate_per_year"
MINE = Scenario.default().with_({RATE: Belief("lognormal", 0.15, 1.4)})
HURRY = {
    "on to decide": ("Assumptions", "Replay", "Compare and decide"),
    "and back": ("Replay", "Overview", "Drivers", "Assumptions", "Present", "Compare and decide"),
}


@pytest.mark.parametrize("settings", [Settings(), Settings(20_000, 3)], ids=["plain", "own"])
@pytest.mark.parametrize("pages", HURRY.values(), ids=HURRY)
def test_changing_pages_in_the_midst_of_a_run_changes_nothing_else(
    visitor: Page, app_url: str, pages: tuple[str, ...], settings: Settings
):
    seen: list[str] = []
    visitor.on("framenavigated", lambda frame: seen.append(frame.url))
    parameters = link.encoded(MINE, settings)
    visitor.goto(f"{app_url}/?{'&'.join(f'{k}={v}' for k, v in parameters.items())}")
    for name in pages:
        # A click by hand can miss what is just being drawn anew; what it starts is the same.
        found = visitor.get_by_role("link", name=name, exact=True).first
        found.evaluate("link => link.click()")
    arrived(visitor, "decide")
    expect(visitor.get_by_role("combobox", name="Simulated years")).to_have_value(
        f"{settings.years:,}"
    )
    for url in (*seen, visitor.url):
        given = dict(parse_qsl(urlsplit(url).query))
        assert not given or link.decoded(given) == Visit(MINE, settings, ()), seen
