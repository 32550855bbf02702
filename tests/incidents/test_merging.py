"""Merging overlapping incidents against brute force over all pairs and all moments (MODEL §3)."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.by_hand import outages

from model.incidents.merging import merge
from model.incidents.types import Incidents, alone
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

LOSSES = ("publish_loss", "playback_loss", "ads_loss")


def of(rows: list[tuple[int, float, float, float, float, float]]) -> Incidents:
    """Incidents (year, start, duration, three losses) in the order merge wants."""
    rows = sorted(rows, key=lambda row: row[:2])
    year, *columns = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    found = outages(*columns, year=year, fixed_usd=np.arange(n), usd_per_h=100.0 + np.arange(n))
    cause = np.arange(n) % 4
    return Incidents(**(vars(found) | {"cause": cause, "causes": alone(cause)}))


UNHURRIED = settings(deadline=None, derandomize=True)  # a busy machine is no failure

# Whole quarters of an hour make touching and equal ends common; tenths make sums inexact.
moments = st.one_of(
    st.integers(0, 60).map(lambda k: k / 4.0), st.integers(0, 150).map(lambda k: k / 10)
)
lengths = st.one_of(st.integers(1, 24).map(lambda k: k / 4.0), st.floats(0.001, 5.0))
shares = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0))
incidents = st.tuples(st.integers(0, 2), moments, lengths, shares, shares, shares)
many = st.lists(incidents, min_size=1, max_size=14)


def brute_force(found: Incidents) -> list[dict[str, float]]:
    """Clusters by transitive overlap of pairs, averages by the moments between all ends."""
    n = len(found.year)
    start, end = found.start_h, found.start_h + found.duration_h
    group = list(range(n))
    for i in range(n):
        for j in range(n):
            same_year = found.year[i] == found.year[j]
            if same_year and start[i] < end[j] and start[j] < end[i]:
                group = [group[i] if g == group[j] else g for g in group]
    merged = []
    for name in dict.fromkeys(group):
        members = [k for k in range(n) if group[k] == name]
        merged.append(_united(found, members, start, end))
    return merged


def _united(
    found: Incidents, members: list[int], start: np.ndarray, end: np.ndarray
) -> dict[str, float]:
    first = members[0]
    ends = sorted({*start[members], *end[members]})
    row = {"first": first, "duration_h": ends[-1] - ends[0]}
    for loss in LOSSES:
        area = 0.0
        for left, right in pairwise(ends):
            running = [k for k in members if start[k] <= left and end[k] >= right]
            area += (right - left) * max(getattr(found, loss)[k] for k in running)
        row[loss] = area / (ends[-1] - ends[0])
    return row


@UNHURRIED
@given(many)
def test_merge_is_the_brute_force_union(rows: list) -> None:
    found = of(rows)
    got, expected = merge(found), brute_force(found)
    first = [row["first"] for row in expected]
    assert len(got.year) == len(expected)
    for name in ("year", "start_h", "cause", "response_fixed_usd", "response_usd_per_h",
                 "failover_time_h", "failover_chance"):  # fmt: skip
        np.testing.assert_array_equal(getattr(got, name), getattr(found, name)[first], name)
    for name in ("duration_h", *LOSSES):
        true = [row[name] for row in expected]
        np.testing.assert_allclose(getattr(got, name), true, rtol=1e-9, atol=1e-12, err_msg=name)


@UNHURRIED
@given(many)
def test_no_time_is_lost_or_counted_twice(rows: list) -> None:
    """Hours under outage, measured on the union of all intervals, stay what they were."""
    found, got = of(rows), merge(of(rows))
    for year in np.unique(found.year):
        assert under_outage(got, year) == pytest.approx(under_outage(found, year), rel=1e-12)
        assert got.duration_h[got.year == year].sum() == pytest.approx(under_outage(found, year))


def under_outage(found: Incidents, year: int) -> float:
    of_year = found.year == year
    start, d = found.start_h[of_year], found.duration_h[of_year]
    edges = np.unique(np.concatenate([start, start + d]))
    middle = (edges[1:] + edges[:-1]) / 2
    on = (middle[:, None] > start) & (middle[:, None] < start + d)
    return float(np.diff(edges)[on.any(axis=1)].sum())


@UNHURRIED
@given(many, st.randoms())
def test_order_of_arrival_does_not_matter(rows: list, random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = merge(of(rows)), merge(of(shuffled))
    for name in ("year", "start_h", "duration_h", *LOSSES):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=1e-15)


@UNHURRIED
@given(many)
def test_merged_incidents_do_not_overlap_and_stay_as_they_are(rows: list) -> None:
    once = merge(of(rows))
    end = once.start_h + once.duration_h
    same = once.year[1:] == once.year[:-1]
    # An end rebuilt from start and length may differ from the original in its last place.
    assert (once.start_h[1:] >= end[:-1] - 1e-9)[same].all()
    apart = [k for k, ok in enumerate(same) if ok and once.start_h[k + 1] < end[k]]
    if not apart:
        twice = merge(once)
        for field in fields(Incidents):
            np.testing.assert_array_equal(getattr(twice, field.name), getattr(once, field.name))


@UNHURRIED
@given(many)
def test_losses_stay_between_the_smallest_and_the_largest(rows: list) -> None:
    found, got = of(rows), merge(of(rows))
    for name in LOSSES:
        for year in np.unique(found.year):
            before = getattr(found, name)[found.year == year]
            after = getattr(got, name)[got.year == year]
            assert after.max() <= before.max() + 1e-12
            assert after.min() >= before.min() - 1e-12


def test_touching_is_not_overlapping() -> None:
    got = merge(of([(0, 1.0, 2.0, 0.3, 0.2, 0.1), (0, 3.0, 1.0, 0.5, 0.4, 0.3)]))
    assert got.duration_h.tolist() == [2.0, 1.0]


def test_touching_next_to_an_overlap_is_still_not_overlapping() -> None:
    rows = [
        (0, 1.0, 2.0, 0.3, 0.2, 0.1),
        (0, 2.0, 2.0, 0.5, 0.4, 0.3),
        (0, 4.0, 1.0, 0.5, 0.4, 0.3),
    ]
    assert merge(of(rows)).duration_h.tolist() == [3.0, 1.0]


def test_overlap_is_transitive() -> None:
    """First and third do not meet; the second joins them, short as it is."""
    rows = [
        (0, 0.0, 2.0, 1.0, 0.0, 0.2),
        (0, 1.5, 2.0, 0.5, 0.4, 0.0),
        (0, 3.0, 1.0, 0.8, 0.0, 0.0),
    ]
    got = merge(of(rows))
    assert got.duration_h.tolist() == [4.0]
    # Publishing: 2 h at 1, 1 h at 0.5, 1 h at 0.8; playback: 2 h at 0.4; ads: 2 h at 0.2.
    assert got.publish_loss[0] == pytest.approx((2.0 + 0.5 + 0.8) / 4.0)
    assert got.playback_loss[0] == pytest.approx(0.8 / 4.0)
    assert got.ads_loss[0] == pytest.approx(0.4 / 4.0)


def test_incident_within_another_adds_only_what_is_worse() -> None:
    rows = [(0, 10.0, 10.0, 0.4, 0.1, 0.0), (0, 12.0, 2.0, 0.9, 0.05, 0.0)]
    got = merge(of(rows))
    assert got.duration_h.tolist() == [10.0]
    assert got.publish_loss[0] == pytest.approx((0.4 * 8.0 + 0.9 * 2.0) / 10.0)
    assert got.playback_loss[0] == pytest.approx(0.1)


def test_incident_after_a_long_one_is_joined_over_short_ones() -> None:
    """The second has ended, but the first still runs when the third begins."""
    rows = [
        (0, 0.0, 10.0, 0.1, 0.1, 0.1),
        (0, 1.0, 1.0, 0.2, 0.2, 0.2),
        (0, 9.0, 3.0, 0.3, 0.3, 0.3),
    ]
    assert merge(of(rows)).duration_h.tolist() == [12.0]


def test_years_do_not_touch_each_other() -> None:
    rows = [(0, 8750.0, 100.0, 0.1, 0.1, 0.1), (1, 0.0, 100.0, 0.2, 0.2, 0.2)]
    assert merge(of(rows)).duration_h.tolist() == [100.0, 100.0]


def test_nothing_to_merge_is_nothing() -> None:
    none = outages(np.zeros(0), np.zeros(0))
    assert len(merge(none).year) == 0


def test_the_cap_is_not_applied_again() -> None:
    """Incidents of exactly two weeks, thirty a year: unions last longer than the cap."""
    cause = "incidents.capacity"
    default = Scenario.default()
    belief = default.belief(f"{cause}.rate_per_year")
    scenario = default.with_(
        {
            f"{cause}.rate_per_year": type(belief)(belief.shape, 30.0, 30.0),
            f"{cause}.duration": type(belief)(belief.shape, 336.0, 336.0),
        }
    )
    result = simulate(scenario, years=200)
    assert result.tally.sample.columns["duration_h"].max() > 336.0
    assert result.tally.before_merging > result.tally.incidents
