"""Pieces of which charts are drawn as SVG text: frames, axes, text and rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

from model.present.words import text_width


@dataclass(frozen=True)
class Frame:
    """What a chart is drawn for, in units of the drawing."""

    width: int
    sizes: tuple[float, ...]
    """Sizes of type, the largest first; the first at which all fits is taken."""
    height: float | None = None
    """The height to fill; None: as much as it takes."""
    beside: bool = True
    """Whether the names of bars stand beside them, not above."""


WIDE, NARROW = Frame(960, (17.0,)), Frame(440, (15.0,), beside=False)
"""For a page and for a phone."""
SLIDE = Frame(860, (20.5, 19.5, 18.7), height=380.0)
HALF_SLIDE = Frame(588, (19.0,), height=250.0, beside=False)
"""For a projector of 1280 by 720, in its own pixels: beside text, and beside another chart.

What the axes are stands with the title then, which is not part of the drawing (`axes`).
"""
LOW_SLIDE, LOW_HALF_SLIDE = replace(SLIDE, height=300.0), replace(HALF_SLIDE, height=180.0)
"""The same under a what-if: the type stays as large as it is."""


BROAD = 1.14
"""Allowance for a reader's font that runs wider than usual."""


@dataclass(frozen=True)
class Axis:
    """A linear axis in drawing units: `low` and `high` of the data at `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value lies."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def width_of(text: str, size: float) -> float:
    """Return the width of text in drawing units, rather too wide."""
    return text_width.width_em(text) * size * BROAD


def text_at(x: float, y: float, text: str, *, anchor: str = "start", more: str = "") -> str:
    """Draw text."""
    fill = "" if "fill=" in more else ' fill="var(--ink)"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{fill}{" " + more if more else ""}>'
        f"{escape(text)}</text>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    """Draw a line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="var(--{colour})"{" " + more if more else ""}/>'
    )


SOFT = 'fill="var(--soft)"'
HARM = 'fill="var(--harm)" font-weight="600"'
DASHED = 'stroke-width="2" stroke-dasharray="7 5"'


def centred(at: float, y: float, text: str, width: int, size: float) -> str:
    """Draw the label of a mark around its line, kept within the drawing."""
    return text_at(kept_within(at, text, width, size), y, text, anchor="middle", more=HARM)


def kept_within(at: float, text: str, width: float, size: float) -> float:
    """Return the middle of a text around a place, kept within the drawing."""
    half = width_of(text, size) / 2
    return min(max(at, half), width - half)
