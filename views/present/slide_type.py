"""Sizes of type on the slides of Present: as large as their place holds on a projector.

Places are measured in pixels of a projector of 1280 by 720; all grow and shrink with the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from model.present.words import text_width

_UNIT_PX = 12.8
"""One hundredth of the width, `--u` in the style sheet."""
_GAP = 0.55
"""Space below a paragraph, in units of its size."""
_HEADING_PX, _HEADING_WIDTH_PX = (35.0, 33.0, 31.0, 29.0, 27.0, 25.0), 1190.0


class Room(NamedTuple):
    """A place for sentences, and the sizes of type to try in it, the largest first."""

    width_px: float
    height_px: float
    sizes_px: tuple[float, ...]

    def less(self, height_px: float) -> Room:
        """Return the place without a part of its height."""
        return self._replace(height_px=self.height_px - height_px)


STRIP_PX = 60.0
"""Height that the what-if takes."""
_SIZES_PX = (22.0, 21.0, 20.0, 19.0, 18.0)
UNDER_TILES = Room(1180.0, 200.0, (24.0, 23.0, *_SIZES_PX))
BELOW = Room(1180.0, 112.0, _SIZES_PX[1:])
ABOVE_TABLE = Room(1180.0, 165.0, _SIZES_PX[2:])
BESIDE = Room(318.0, 390.0, _SIZES_PX)


def heading(text: str) -> str:
    """Return the style of a finding: two lines at most, if type of any size allows it."""
    fits = (
        size
        for size in _HEADING_PX
        if text_width.lines_needed(text, width_pt=_HEADING_WIDTH_PX, size_pt=size) <= 2
    )
    return _style(next(fits, _HEADING_PX[-1]))


def that_fit(texts: Sequence[str], room: Room) -> list[str]:
    """Return the first paragraphs, as many as a place holds at its smallest type."""
    count = len(texts)
    while count > 1 and _largest(texts[:count], room) is None:
        count -= 1
    return list(texts[:count])


def _largest(texts: Sequence[str], room: Room) -> float | None:
    return text_width.largest_size(
        texts, room.sizes_px, width_pt=room.width_px, height_pt_=room.height_px, gap=_GAP
    )


def sentences(texts: Sequence[str], room: Room) -> str:
    """Return the style of paragraphs in a place."""
    return _style(_largest(texts, room) or room.sizes_px[-1])


def _style(size_px: float) -> str:
    return f"font-size:calc(var(--u)*{size_px / _UNIT_PX:.4f})"
