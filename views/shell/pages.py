"""The pages: where each is found, in the order of the bar, and what is around it.

A page is shown as soon as `app.py` knows what draws it.
"""

from __future__ import annotations

from typing import NamedTuple

PRODUCT = "Downstream"


class Place(NamedTuple):
    """A page as its address, the bar and the browser name it."""

    path: str
    title: str
    sliders: bool = True
    """Whether the sidebar shows the assumptions that matter most."""
    framed: bool = True
    """Whether head and sidebar stand around the page; a slide has the screen for itself."""

    @property
    def in_browser(self) -> str:
        """Title of the browser's tab and history."""
        return f"{self.title} · {PRODUCT}"


PLACES = (
    Place("your-platform", "Your platform", sliders=False),
    Place("overview", "Overview"),
    Place("assumptions", "Assumptions", sliders=False),
    Place("replay", "Replay"),
    Place("decide", "Compare and decide"),
    Place("drivers", "Drivers"),
    Place("incident-log", "Incident log", sliders=False),
    Place("present", "Present", framed=False),
    Place("method", "Method", sliders=False),
)
FIRST = "overview"
"""The page that a visitor sees first; its address is the product's own."""


def place(path: str) -> Place:
    """Return the page of an address; the first one has an empty path as well."""
    return next(one for one in PLACES if one.path == (path or FIRST))
