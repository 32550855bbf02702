"""A column of ISO moments read at once is what each cell is when it is read alone."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.formats.dates import Moment, read_moment
from model.formats.iso import utc_seconds

MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30))
OFFSETS = st.sampled_from(
    ["Z", "+00:00", "-0530", "+14:00", "+02:00", "+15:00", "+01:60", "", "CET"]
)
FRACTIONS = st.sampled_from(["", ".5", ".123456789", ".000", "."])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A moment as a program writes it, or nearly so."""
    at = draw(MOMENTS)
    mark = draw(st.sampled_from("T "))
    text = f"{at:%Y-%m-%d}{mark}{at:%H:%M:%S}{draw(FRACTIONS)}{draw(OFFSETS)}"
    if draw(st.booleans()):
        return text
    place = draw(st.integers(0, len(text) - 1))
    return text[:place] + draw(st.sampled_from("0123456789-:TZ .x٣")) + text[place + 1 :]


@given(st.lists(written(), min_size=1, max_size=20))
def test_a_column_is_read_as_each_of_its_cells(cells: list[str]) -> None:
    for cell, seconds in zip(cells, utc_seconds(cells).tolist(), strict=True):
        if not math.isnan(seconds):
            alone = read_moment(cell)
            assert isinstance(alone, Moment), cell
            assert alone.utc is not None
            assert seconds == alone.utc.timestamp(), cell


def test_what_programs_write_is_read_and_nothing_else() -> None:
    cells = [
        "2026-03-08T06:40:00Z",
        "2026-03-08 06:40:00.250+01:00",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-08T24:00:00Z",
        "2026-03-08T06:40:00",
        "",
        "tomorrow",
        1_772_952_000.0,
    ]
    found = utc_seconds(cells)
    assert found[0] == 1_772_952_000.0
    assert found[1] == 1_772_952_000.25 - 3_600
    assert np.isnan(found[2:]).all()


def test_a_long_column_keeps_its_order() -> None:
    first = datetime(2024, 2, 28, 23, 30)
    cells = [f"{first + timedelta(minutes=k):%Y-%m-%dT%H:%M:%S}Z" for k in range(3_000)]
    assert np.diff(utc_seconds(cells)).tolist() == [60.0] * 2_999
