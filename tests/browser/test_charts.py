"""Charts as a browser draws them: they have room, their bars a length, and what they say is so."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from visiting.browser import newcomer
from visiting.visitor import CHARTS, comes_to, drawn, finished, visit

from model.present.charts.rows import LEAST_BESIDE_PX

PHONE = {"width": 390, "height": 844}
LEAST_SHARE = 0.55
"""What of a drawing's width is left for marks at least; names and figures take the rest."""
LEAST_TYPE_PX = 12
MEASURED = """[...document.querySelectorAll('[data-testid=stVegaLiteChart] svg.marks')].map(svg => {
  const box = e => (({left, right, top, bottom}) => [left, right, top, bottom])(
    e.getBoundingClientRect());
  const boxes = name => [...svg.querySelectorAll(name)].map(box);
  const said = [...svg.querySelectorAll('text')].filter(e => e.textContent.trim());
  return {
    drawing: box(svg), plot: box(svg.querySelector('.background')),
    bars: boxes('.mark-rect.role-mark path'), rules: boxes('.mark-rule.role-mark line'),
    names: said.map(e => e.textContent), texts: said.map(box),
    sizes: said.map(e => parseFloat(getComputedStyle(e).fontSize)),
  };
})"""


def charts(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(MEASURED)
    return found


@pytest.fixture
def phone(visitor: Page) -> Page:
    visitor.set_viewport_size(PHONE)
    return visitor


@pytest.mark.parametrize("path", ["", "assumptions", "decide", "drivers", "replay"])
def test_charts_have_room_on_a_phone(phone: Page, app_url: str, path: str) -> None:
    visit(phone, app_url, path)
    found = charts(phone)
    assert len(found) == CHARTS[path]
    for chart in found:
        left, right, _, _ = chart["drawing"]
        begin, end, _, _ = chart["plot"]
        assert end - begin >= LEAST_SHARE * (right - left), chart["names"]
        assert min(chart["sizes"]) >= LEAST_TYPE_PX, chart["names"]
        bars = [(a, b) for a, b, _, _ in chart["bars"]]
        assert all(begin - 2 <= a and b <= end + 2 for a, b in bars), chart["names"]
        # What is nothing has no length.
        assert not bars or sum(b - a > 1 for a, b in bars) >= len(bars) / 3, chart["names"]
        # A little more than its letters is told of text that is turned.
        outside = [
            name
            for name, (a, b, _, _) in zip(chart["names"], chart["texts"], strict=True)
            if a < left - 3 or b > right + 1
        ]
        assert not outside
    if path == "replay":
        # One clock for what is lost an hour and for the running total below it.
        assert found[0]["plot"][:2] == pytest.approx(found[1]["plot"][:2], abs=3)


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_a_remedy_that_does_not_pay_ends_left_of_the_line_at_one(
    visitor: Page, app_url: str, width: int
) -> None:
    visitor.set_viewport_size({"width": width, "height": 900})
    visit(visitor, app_url, "decide")
    worth = charts(visitor)[0]
    (at_one,) = [a for a, b, top, bottom in worth["rules"] if b - a < 2 and bottom - top > 100]
    ends = [b for _, b, _, _ in worth["bars"]]
    assert len(ends) == 10
    assert all(end < at_one for end in ends), "none of the default's remedies pays on average"
    assert ends == sorted(ends, reverse=True), "the dearest saving per unit of money comes first"
    assert all(a == pytest.approx(worth["plot"][0], abs=1) for a, _, _, _ in worth["bars"])
    beside = worth["drawing"][1] - worth["drawing"][0] >= LEAST_BESIDE_PX
    name = worth["names"].index("Quarterly failover drills")
    assert (worth["texts"][name][1] < worth["plot"][0]) == beside


INKS = """[...new Set([...document.querySelectorAll('svg.marks .role-axis text')]
  .filter(e => e.textContent.trim()).map(e => getComputedStyle(e).fill))].sort().join('|')"""


def test_labels_of_axes_are_legible_and_follow_the_theme(chromium, app_url: str) -> None:
    """Contrast of text to ground as WCAG has it, at least 4.5 to 1."""
    with newcomer(chromium, color_scheme="dark") as context:
        page = context.new_page()
        visit(page, app_url, "drivers")
        dark = page.evaluate(INKS)
        legible(page)
        page.emulate_media(color_scheme="light")
        comes_to(page, f"{INKS} !== {dark!r}", True)
        finished(page)
        drawn(page, "drivers")
        legible(page)


def legible(page: Page) -> None:
    """The labels of all axes stand out from the ground."""
    ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    inks = page.evaluate(INKS).split("|")
    assert min(_contrast(ink, ground) for ink in inks) >= 4.5, (inks, ground)


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(x) / 255 for x in colour.split("(")[1].rstrip(")").split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_replay_comes_back_with_its_incident(visitor: Page, app_url: str) -> None:
    """What is typed is in the link: after a reload it is what is shown, hour by hour."""
    visit(visitor, app_url, "replay")
    before = visitor.locator("p.answer").inner_text()
    visitor.get_by_text("One of your own", exact=True).click()
    expect(visitor).to_have_url(f"{app_url}/replay?replay=own~2026-03-03T08%3A24~20%3A%3A%3A~~")
    hours = visitor.get_by_role("textbox", name="hours", exact=True)
    hours.fill("3 h")
    hours.press("Enter")
    expect(visitor).to_have_url(f"{app_url}/replay?replay=own~2026-03-03T08%3A24~3%3A%3A%3A~~")
    expect(visitor.locator("p.under")).to_contain_text("08:24 New York time, 3 hours")
    said = visitor.locator("p.answer").inner_text()
    assert said != before
    visitor.reload()
    expect(visitor.locator("p.under")).to_contain_text("08:24 New York time, 3 hours")
    expect(visitor.locator("p.answer")).to_have_text(said)
    expect(hours).to_have_value("3 h")
