"""A column of ISO moments read at once is what each cell is when it is read alone."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.formats.dates import Moment, Order, read_moment
from model.formats.iso import utc_seconds

MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30))
OFFSETS = st.sampled_from(
    ["Z", "+00:00", "-0530", "+14:00", "+02:00", "+15:00", "+01:60", "", "CET"]
)
DATES = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%Y", "%m-%d-%Y", "%d.%m.%Y"]
ZONES = [None, *map(ZoneInfo, ("UTC", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"))]
FRACTIONS = st.sampled_from(["", ".5", ".123456789", ".000", "."])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A moment as a program writes it, or nearly so."""
    at = draw(MOMENTS)
    mark = draw(st.sampled_from("T "))
    clock = draw(st.sampled_from(["%H:%M:%S" + draw(FRACTIONS), "%H:%M"]))
    date = draw(st.sampled_from(DATES))
    text = f"{at:{date}}{mark}{at:{clock}}{draw(OFFSETS)}"
    if draw(st.booleans()):
        return text
    place = draw(st.integers(0, len(text) - 1))
    return text[:place] + draw(st.sampled_from("0123456789-:TZ .x٣")) + text[place + 1 :]


@given(
    st.lists(written(), min_size=1, max_size=20),
    st.sampled_from(ZONES),
    st.sampled_from(["", "dmy", "mdy"]),
)
def test_a_column_is_read_as_each_of_its_cells(
    cells: list[str], zone: ZoneInfo | None, order: Order
) -> None:
    for cell, seconds in zip(cells, utc_seconds(cells, zone, order).tolist(), strict=True):
        if not math.isnan(seconds):
            alone = read_moment(cell, zone=zone, order=order)
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


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M"])
@pytest.mark.parametrize("name", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"])
def test_wall_times_of_years_are_read_but_for_those_at_a_change_of_clocks(
    form: str, name: str
) -> None:
    zone = ZoneInfo(name)
    walls = [datetime(2011, 1, 1) + timedelta(minutes=17 * k) for k in range(31_000)]
    found = utc_seconds([f"{wall:{form}}" for wall in walls], zone, "dmy")
    alone = np.array([_once(wall, zone) for wall in walls])
    read = ~np.isnan(found)
    assert (found[read] == alone[read]).all()
    assert read.mean() > 0.99
    assert not read[np.isnan(alone)].any()


def _once(wall: datetime, zone: ZoneInfo) -> float:
    """Seconds since 1970 of a wall time, NaN if it comes twice or never."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    return first if first == second else float("nan")
