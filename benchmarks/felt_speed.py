"""What a slider move feels like: from the key press to new figures and to the last chart redrawn.

    python benchmarks/felt_speed.py [MOVES]

Serves the app, opens it in a headless Chromium and moves the sliders in view in turn, one step at a
time, first to values that need a new run of the engine, then back over the same ones, which are
kept. A new run shows a first look, the figures of fewer years, until its own are there.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from visiting import browser as browsers  # noqa: E402

from views.shell import sidebar  # noqa: E402

GROUP = sidebar.GROUPS["Outages"]
"""The sliders that are open at first."""
SLIDERS = tuple(f"{label} — end" for _, label in GROUP)
BETWEEN_MS = 1200
"""From what was drawn last to the next move: the run has ended long before."""
DRAWN = "() => seen.chart && (!seen.open || seen.range)"
"""Whether a move has shown its last figure."""
PATIENCE_MS = 60_000
WATCH = """() => {
  const tiles = () => [...document.querySelectorAll('[data-testid=stMetricValue]')]
    .map((tile) => tile.innerText).join()
  const spans = () => document.querySelectorAll('[data-testid=stMetricDelta]')[0].innerText
  const note = (node) => {
    const near = node && node.closest ? node : node && node.parentElement
    if (!near || !window.seen) return
    if (near.closest('[data-testid=stMetric]')) {
      seen.metrics.push([performance.now(), tiles()])
      if (spans().includes('follows')) seen.open = true
      else if (seen.open && !seen.range) seen.range = performance.now()
    }
    if (near.closest('[data-testid=stVegaLiteChart]') && !seen.range) seen.chart = performance.now()
  }
  const years = () => Number(document.querySelector('p.answer').dataset.years)
  const usual = years()
  const look = () => {
    if (window.seen && !seen.look && years() < usual) seen.look = performance.now()
  }
  new MutationObserver((all) => { all.forEach((one) => note(one.target)); look() })
    .observe(document.body, {subtree: true, childList: true, characterData: true})
  window.addEventListener(
    'keydown', () => { window.seen = {start: performance.now(), metrics: []} }, true)
}"""


def moves(page: Page, steps: list[tuple[str, str]]) -> tuple[float, float, float, float]:
    """Return the median milliseconds until first look, all metrics, last chart and ranges.

    A step is a slider's name and a key. Where what is shown needs no first look, its own metrics
    are the first. The curve is drawn once more when the ranges are there; the last chart is
    before that.
    """
    look, metric, chart, span = [], [], [], []
    for slider, key in steps:
        page.get_by_role("slider", name=slider).press(key)
        page.wait_for_function(DRAWN, timeout=PATIENCE_MS)
        page.wait_for_timeout(BETWEEN_MS)
        seen = page.evaluate("window.seen")
        new = seen["metrics"][-1][1]
        metric.append(next(at for at, text in seen["metrics"] if text == new) - seen["start"])
        chart.append(seen["chart"] - seen["start"])
        look.append(seen["look"] - seen["start"] if "look" in seen else metric[-1])
        span.append(seen["range"] - seen["start"] if "range" in seen else metric[-1])
    one, two, three, four = map(statistics.median, (look, metric, chart, span))
    return one, two, three, four


def main() -> None:
    """Print the medians for new and for kept runs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    flags = ["--no-sandbox", "--disable-dev-shm-usage"]
    with browsers.served() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsers.chromium(), args=flags)
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.wait_for_selector("[data-testid=stMetric]")
        page.wait_for_timeout(2 * BETWEEN_MS)
        page.evaluate(WATCH)
        # The first ones pay for what is made once.
        moves(page, [(name, key) for name in SLIDERS for key in ("ArrowLeft", "ArrowRight")])
        there = [(SLIDERS[k % len(SLIDERS)], "ArrowRight") for k in range(count)]
        back = [(name, "ArrowLeft") for name, _ in reversed(there)]
        for label, steps in (("new run", there), ("kept run", back)):
            look, metric, chart, span = moves(page, steps)
            print(
                f"{label}: first metrics after {look:.0f} ms, those of all years after "
                f"{metric:.0f} ms, last chart after {chart:.0f} ms, the ranges of what is not "
                f"known, with the band of the curve, after {span:.0f} ms"
            )
        chromium.close()


if __name__ == "__main__":
    main()
