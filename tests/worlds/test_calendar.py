"""The year's clock and the integrals over it, against dates and sums done by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from model import data
from model.worlds.calendar import Calendar, build
from model.worlds.clock import TABLE_H, YEAR_H, clock, profile

NEW_YORK = "America/New_York"
ZONES = (NEW_YORK, "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
DATES = ("2026-04-01", "2027-01-01", "2028-02-29", "2026-03-08", "2026-11-01", "2026-12-31")
PROFILES = ("demand.csv", "uploads.csv", "price.csv")


def wall(start_date: str, time_zone: str = NEW_YORK) -> list[datetime]:
    zone = ZoneInfo(time_zone)
    midnight = datetime.fromisoformat(start_date).replace(tzinfo=zone).astimezone(UTC)
    return [(midnight + timedelta(hours=h)).astimezone(zone) for h in range(TABLE_H)]


@pytest.mark.parametrize("time_zone", ZONES)
@pytest.mark.parametrize("start_date", DATES)
def test_clock_is_wall_time_of_the_zone_hour_by_hour(start_date: str, time_zone: str) -> None:
    """Daylight saving included: an hour of week is skipped in March and met twice in November."""
    hours, read = wall(start_date, time_zone), clock(start_date, time_zone)
    assert read.hour_of_week.tolist() == [t.weekday() * 24 + t.hour for t in hours]
    assert read.calendar_month.tolist() == [t.month for t in hours]
    first = hours[0].year * 12 + hours[0].month
    assert read.month.tolist() == [t.year * 12 + t.month - first for t in hours]


def test_month_ends_in_elapsed_hours() -> None:
    """April 2026 has 720 hours; clocks go back on 1 November and forward on 14 March."""
    read = clock("2026-04-01", NEW_YORK)
    days = np.array([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31])
    ends = np.cumsum(days) * 24.0
    ends[7:] += 1.0
    ends[11:] -= 1.0
    assert read.month_ends_h[:12].tolist() == ends.tolist()
    assert read.month_hours[:12].tolist() == (days * 24.0).tolist()


def test_first_of_april_2026_is_a_wednesday() -> None:
    assert clock("2026-04-01", NEW_YORK).hour_of_week[0] == 48


def default(start_date: str = "2026-04-01") -> Calendar:
    return build(start_date, NEW_YORK, *PROFILES)


def test_profiles_have_mean_one() -> None:
    for name, length in zip(PROFILES, (168, 168, 12), strict=True):
        assert profile(name, "weight", length).mean() == pytest.approx(1.0, rel=1e-12)
    assert (profile("flat", "weight", 12) == 1.0).all()


def test_profile_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="168"):
        profile("price.csv", "weight", 168)


@pytest.mark.parametrize("start_date", DATES)
def test_revenue_weights_average_one_over_the_simulated_year(start_date: str) -> None:
    calendar = default(start_date)
    assert (calendar.demand * calendar.price)[:YEAR_H].mean() == pytest.approx(1.0, rel=1e-12)


def test_hours_carry_the_weights_of_their_hour_of_week_and_month() -> None:
    calendar, hours = default(), wall("2026-04-01")
    demand, price = data.column("demand.csv", "weight"), data.column("price.csv", "weight")
    index = [t.weekday() * 24 + t.hour for t in hours]
    np.testing.assert_allclose(calendar.demand, (demand / demand.mean())[index], rtol=1e-12)
    ratio = calendar.price / price[[t.month - 1 for t in hours]]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


def hourly_integral(weight: np.ndarray, start: float, end: float) -> float:
    """Hour by hour; one beyond the table."""
    edges = np.unique([start, *np.arange(np.ceil(start), end), end])
    hour = edges[:-1].astype(int)
    known = np.append(weight, 1.0)[np.minimum(hour, len(weight))]
    return float(known @ np.diff(edges))


SPANS = [
    (0.0, 1.0),
    (0.3, 0.31),
    (700.25, 725.5),
    (8700.0, 9100.0),
    (26200.5, 26300.25),
    (30000.0, 30010.0),
    (100.0, 30000.0),
]


@pytest.mark.parametrize(("start", "end"), SPANS)
def test_cumulative_weights_are_exact(start: float, end: float) -> None:
    calendar = default()
    for cumulative, weight in (
        (calendar.value, calendar.demand * calendar.price),
        (calendar.posting, calendar.uploads),
    ):
        got = float(cumulative.between(np.array([start]), np.array([end]))[0])
        assert got == pytest.approx(hourly_integral(weight, start, end), rel=1e-9)


def fading_by_hand(weight: np.ndarray, start: float, constant: float) -> float:
    """∫ weight·e^(−x/T): exact within every hour, to 40 time constants."""
    end = start + 40.0 * constant
    edges = np.unique([start, *np.arange(np.ceil(start), end), end])
    known = np.append(weight, 1.0)[np.minimum(edges[:-1].astype(int), len(weight))]
    fade = np.exp(-(edges - start) / constant)
    return float(constant * known @ (fade[:-1] - fade[1:]))


def test_fading_lengths_meet_the_hourly_sum() -> None:
    """Within 1e-4 of the largest weight, for constants from minutes to months (MODEL "Solvers")."""
    calendar = default()
    weight = calendar.demand * calendar.price
    rng = np.random.default_rng(3)
    start = rng.uniform(0.0, YEAR_H + 336.0, 400)
    constant = np.exp(rng.uniform(np.log(0.001), np.log(3000.0), 400))
    got = calendar.fading.length(start, constant)
    true = [fading_by_hand(weight, s, t) for s, t in zip(start, constant, strict=True)]
    assert np.max(np.abs(got - true) / constant) < 1e-4 * calendar.fading.highest


@pytest.mark.parametrize("constant_h", [50_000.0, 87_600.0, 876_000.0])
def test_effects_of_many_years_see_the_year_diluted(constant_h: float) -> None:
    """Beyond the table's longest time constant, against the hourly sum: within 2e-4 of it."""
    calendar = default()
    start = np.array([0.0, 3000.5, 8000.0])
    hours = np.arange(TABLE_H, dtype=float)
    for weight, fading in (
        (calendar.demand * calendar.price, calendar.fading),
        (calendar.demand, calendar.viewing_fading),
    ):
        for t, got in zip(start, fading.length(start, np.full(3, constant_h)), strict=True):
            left, right = np.maximum(hours, t), np.maximum(hours + 1.0, t)
            seen = np.exp((t - left) / constant_h) - np.exp((t - right) / constant_h)
            true = constant_h * (1.0 + float(seen @ (weight - 1.0)))
            assert got - true == pytest.approx(0.0, abs=2e-4 * constant_h)


def test_neighbouring_readings_agree_as_well_as_they_say() -> None:
    """Readings break w̄(h) = w(1 − φ) + φ·w̄(h + 1) by at most `Fading.drift`, and nearly by that."""
    fading = default().fading
    hours, worst = np.arange(8760.0), []
    for node in range(30, 100, 7):
        for side in np.linspace(-0.5, 0.5, 9):
            constant = fading.SHORTEST_H * 2.0 ** ((node + side) / fading.PER_HALVING)
            read = fading.length(hours, np.full(8760, constant)) / constant
            fade = np.exp(-1.0 / constant)
            now = fading.weight[:8759]
            off = np.abs(read[:-1] - now * (1.0 - fade) - fade * read[1:]).max()
            worst.append(off / (fading.drift[node] + 3e-7))
    # `length` reads within the hour by the law itself, so the break is seen at whole hours only.
    assert max(worst) <= 1.1


def test_flat_fading_is_the_time_constant() -> None:
    flat = build("2026-04-01", NEW_YORK, "flat", "flat", "flat")
    constant = np.array([0.01, 1.0, 100.0, 5000.0])
    np.testing.assert_allclose(flat.fading.length(np.full(4, 123.4), constant), constant, rtol=1e-6)
