from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from model.assumptions.cause_defaults import CAUSE_FIELDS
from model.assumptions.defaults import ASSUMPTIONS
from model.assumptions.lookup import declared

DATA = Path(__file__).resolve().parents[2] / "data"
GRADES = {"A", "B", "C"}
DOTTED = re.compile(r"[a-z_]+(\.([a-z0-9_]+|\*))+")
MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
CAUSES = {
    "power_cooling_weather",
    "network_latency",
    "change_and_configuration",
    "capacity",
    "other",
    "unknown",
}
# Share of the day's use by US local hour, percent, and index by day of week: SOURCES "Profiles".
LOCAL_USE = np.array(
    [
        *(3.6, 2.3, 1.5, 1.0, 0.9, 1.2, 2.0, 3.0, 3.6, 3.9, 4.1, 4.4),
        *(4.9, 4.9, 4.7, 4.8, 5.0, 5.2, 5.5, 5.9, 6.5, 7.2, 7.6, 6.3),
    ]
)
DAY = np.array([0.97, 0.97, 0.97, 0.98, 1.00, 1.05, 1.06])
ZONES = ((0, 0.48), (1, 0.29), (2, 0.07), (3, 0.16))
ADDRESS = re.compile(r"https?://\S+|")


def table(name: str) -> list[dict[str, str]]:
    text = (DATA / name).read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff")
    rows = list(csv.DictReader(text.splitlines(), strict=True))
    assert rows, name
    assert all(None not in row and None not in row.values() for row in rows), name
    return rows


def numbers(name: str, column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in table(name)])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def incidents() -> dict[str, list[dict[str, str]]]:
    rows = table("incidents.csv")
    return {key: list(phases) for key, phases in groupby(rows, key=lambda row: row["id"])}


def weekly(local: np.ndarray) -> np.ndarray:
    eastern = np.sum([share * np.roll(local, later) for later, share in ZONES], axis=0)
    week = np.outer(DAY, eastern).ravel()
    return week / week.mean()


@pytest.mark.parametrize("name", ["demand.csv", "uploads.csv", "timing_working_hours.csv"])
def test_weekly_profiles_have_168_hours_and_mean_one(name: str) -> None:
    assert numbers(name, "hour_of_week").tolist() == list(range(168))
    weight = numbers(name, "weight")
    assert weight.mean() == pytest.approx(1.0, abs=1e-8)
    assert weight.min() > 0


@pytest.mark.parametrize("name", ["price.csv", "timing_winter.csv"])
def test_monthly_profiles_have_mean_one_over_the_days_of_a_year(name: str) -> None:
    assert numbers(name, "month").tolist() == list(range(1, 13))
    weight = numbers(name, "weight")
    assert (weight * MONTH_DAYS).sum() / 365 == pytest.approx(1.0, abs=1e-8)
    assert weight.min() > 0


def test_demand_is_the_local_table_blended_over_the_time_zones() -> None:
    # six decimals are printed and the rounding of 168 of them is put on one hour
    assert numbers("demand.csv", "weight") == pytest.approx(weekly(LOCAL_USE), abs=1e-4)


def test_uploads_run_an_hour_earlier_with_a_floor_of_half_the_mean() -> None:
    local = np.maximum(np.roll(LOCAL_USE, -1), LOCAL_USE.mean() / 2)
    assert numbers("uploads.csv", "weight") == pytest.approx(weekly(local), abs=1e-4)


def test_price_by_quarter_agrees_with_the_published_quarters() -> None:
    quarters = numbers("price.csv", "weight").reshape(4, 3).mean(axis=1)
    # Meta US and Canada 2024, rounded to 0.01, months chosen by judgement
    assert quarters == pytest.approx([0.88, 0.94, 0.99, 1.19], abs=0.015)


def test_six_in_ten_changes_happen_in_working_hours() -> None:
    week = numbers("timing_working_hours.csv", "weight").reshape(7, 24)
    assert week[:5, 9:18].sum() / week.sum() == pytest.approx(0.6, abs=1e-4)


def test_winter_exceeds_the_summer_bump_and_both_exceed_spring() -> None:
    weight = numbers("timing_winter.csv", "weight")
    assert weight[[11, 0, 1]].min() > weight[[5, 6, 7]].max() > 1 > weight[[3, 4]].max()


@pytest.mark.parametrize("name", ["incidents.csv", "remedies.csv"])
def test_every_row_has_a_source_and_a_grade(name: str) -> None:
    for row in table(name):
        assert (row.get("source") or row["source_title"]).strip(), row
        assert row["grade"] in GRADES, row
        assert row["note"].strip(), row


def test_incident_phases_are_numbered_and_repeat_what_they_share() -> None:
    shared = ("name", "start_utc", "start_et", "cause", "source_title", "source_url")
    ids = [row["id"] for row in table("incidents.csv")]
    assert len(incidents()) == len(set(ids))
    for key, phases in incidents().items():
        assert re.fullmatch(r"[a-z0-9-]+", key)
        assert [row["phase"] for row in phases] == [str(k + 1) for k in range(len(phases))]
        assert all(len({row[column] for row in phases}) == 1 for column in shared), key


def test_incident_starts_agree_on_both_clocks_and_causes_are_known() -> None:
    for row in table("incidents.csv"):
        eastern = utc(row["start_utc"]).astimezone(ZoneInfo("America/New_York"))
        assert row["start_et"] == eastern.isoformat()
        assert row["cause"] in CAUSES
        assert ADDRESS.fullmatch(row["source_url"])
        assert 0.001 <= float(row["hours"]) <= 8760


@pytest.mark.parametrize("function", ["publish", "playback", "ads"])
def test_incident_losses_are_shares_in_order_and_certain_only_at_the_ends(function: str) -> None:
    for row in table("incidents.csv"):
        low, high = float(row[f"{function}_low"]), float(row[f"{function}_high"])
        assert 0 <= low <= high <= 1, row
        assert (low in (0, 1) or high in (0, 1)) == (low == high), row


def test_january_is_a_week_of_decaying_trouble_from_the_25th() -> None:
    phases = incidents()["tiktok-2026-01-25"]
    hours = [float(row["hours"]) for row in phases]
    start = utc(phases[0]["start_utc"])
    assert phases[0]["start_utc"] == "2026-01-25T08:00:00Z"
    # phases touch, since each begins where the last ended: together they are the envelope
    assert start + timedelta(hours=sum(hours)) == utc("2026-02-01T18:00:00Z")
    assert len(phases) >= 3
    for column in ("publish_low", "publish_high", "playback_low", "playback_high"):
        losses = [float(row[column]) for row in phases]
        assert losses == sorted(losses, reverse=True)


def test_january_alone_does_not_exceed_the_fall_in_daily_users() -> None:
    phases = incidents()["tiktok-2026-01-25"]
    hours = np.array([float(row["hours"]) for row in phases])
    low, high = (np.array([float(r[f"playback_{end}"]) for r in phases]) for end in ("low", "high"))
    log_odds = (np.log(low / (1 - low)) + np.log(high / (1 - high))) / 2
    median = 1 / (1 + np.exp(-log_odds))
    # freshness comes on top; 4.3 % is the lower end of an upper bound
    assert 0.01 < (hours * median).sum() / hours.sum() < 0.043


def test_march_is_the_corrected_envelope_of_twenty_hours() -> None:
    phases = incidents()["tiktok-2026-03-03"]
    hours = np.array([float(row["hours"]) for row in phases])
    assert phases[0]["start_et"] == "2026-03-03T08:24:00-05:00"
    assert hours.sum() == pytest.approx(20.0, abs=1e-5)
    ends = [utc(phases[0]["start_utc"]) + timedelta(hours=h) for h in hours.cumsum()]
    assert [f"{end + timedelta(seconds=1):%H:%M}" for end in ends] == [
        "18:00",
        "00:44",
        "07:03",
        "09:24",
    ]


def test_known_incidents_are_there_with_their_hours() -> None:
    hours = {key: sum(float(row["hours"]) for row in rows) for key, rows in incidents().items()}
    expected = {
        "tiktok-2025-01-19": 14.0,
        "meta-2021-10-04": 6.0,
        "meta-2024-03-05": 2.0,
        "youtube-2020-12-14": 0.75,
        "reddit-2023-03-14": 314 / 60,
        "gcp-2025-06-12": 7.45,
        "cloudflare-2025-11-18": 346 / 60,
        "oci-ashburn-2021-11-11": 19.205,
    }
    assert {key: hours[key] for key in expected} == pytest.approx(expected, abs=1e-4)
    assert {"meta-2019-03-13", "aws-us-east-1-2021-12-07", "twitter-2023-02-08"} <= hours.keys()


def test_total_and_publish_only_failures_are_certain() -> None:
    losses = ("publish", "playback", "ads")
    for key, expected in (("meta-2021-10-04", {"1"}), ("tiktok-2025-01-19", {"1"})):
        row = incidents()[key][0]
        assert {row[f"{loss}_{end}"] for loss in losses for end in ("low", "high")} == expected
    row = incidents()["twitter-2023-02-08"][0]
    assert row["playback_high"] == row["ads_high"] == "0" < row["publish_low"]


def test_log_rows_are_unique_sourced_and_in_the_models_words() -> None:
    rows = table("incident_log.csv")
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids) > 100
    for row in rows:
        assert row["source"].strip(), row
        assert row["note"].strip(), row
        assert row["cause"] in CAUSES, row
        assert row["start_utc"].endswith("Z"), row


def test_log_durations_are_end_minus_start() -> None:
    both = 0
    for row in table("incident_log.csv"):
        if row["duration_h"]:
            assert 0.001 <= float(row["duration_h"]) <= 8760
        if row["duration_h"] and row["end_utc"]:
            both += 1
            length = utc(row["end_utc"]) - utc(row["start_utc"])
            # sources give minutes, hours to 0.1 and clock times to the minute
            assert float(row["duration_h"]) == pytest.approx(
                length.total_seconds() / 3600, abs=0.06
            )
    assert both > 90


def test_log_counts_one_event_once() -> None:
    spans = [
        (row["provider"], row["start_utc"], row["end_utc"])
        for row in table("incident_log.csv")
        if row["end_utc"]
    ]
    assert len(set(spans)) == len(spans)


def test_oci_ashburn_durations_are_the_logs_and_reproduce_the_published_fit() -> None:
    hours = numbers("durations_oci_ashburn.csv", "duration_h")
    log = [float(row["duration_h"]) for row in table("incident_log.csv") if row["id"] in ASHBURN]
    assert sorted(hours) == sorted(log)
    assert np.median(hours) == pytest.approx(3.52)
    assert np.log(hours).mean() == pytest.approx(1.34, abs=0.005)
    assert np.log(hours).std(ddof=1) == pytest.approx(0.97, abs=0.005)


ASHBURN = {f"O{k:02d}" for k in (2, 3, 6, 7, 9, 12, 13, 15, 16, 17, 19, 21, 23, 25, 26)}


def presets() -> list[dict[str, str]]:
    return table("presets.csv")


def test_presets_are_indexed_once_and_exist() -> None:
    ids = [row["id"] for row in presets()]
    assert len(set(ids)) == len(ids)
    assert {"article", "mature_two_region", "quiet_year", "200_million"} <= set(ids)
    for row in presets():
        assert (DATA / row["file"]).is_file()
        assert row["name"].strip()
        assert row["note"].strip()


# What a command made is written as it writes; `test_shipped_platform` holds it to that command.
MADE = {"preset_midsize_europe.csv"}
TYPED = sorted({path.name for path in DATA.glob("preset_*.csv")} - MADE)


@pytest.mark.parametrize("file", TYPED)
def test_preset_rows_are_scenario_rows(file: str) -> None:
    version, *rows = table(file)
    assert (version["name"], version["shape"]) == ("scenario.results_version", "2")
    assert ",".join(rows[0]) == "name,shape,low,mid,high,unit,label,source,grade"
    assert file in {row["file"] for row in presets()}
    assert len({row["name"] for row in rows}) == len(rows)
    for row in rows:
        assert DOTTED.fullmatch(row["name"]), row
        assumption = declared(row["name"])
        assert assumption.lower <= float(row["low"]) <= float(row["high"]) <= assumption.upper, row
        assert row["unit"] == assumption.unit, row
        assert row["source"].strip(), row
        assert row["label"].strip(), row
        assert row["grade"] in GRADES, row


def test_the_articles_chain_is_one_for_one_and_nothing_comes_back() -> None:
    view = {row["name"]: (row["low"], row["high"]) for row in table("preset_article.csv")}
    assert view["sessions.freshness_elasticity"] == view["freshness.fresh_share"] == ("1", "1")
    assert view["publishing.retry_share"] == view["ads.budget_recapture"] == ("0", "0")


def test_two_hundred_million_scales_the_default_audience() -> None:
    _, row = table("preset_200_million.csv")
    scaled = np.array([86e6, 105e6]) * 200 / 170
    assert [float(row["low"]), float(row["high"])] == pytest.approx(scaled, rel=1e-3)


def test_the_ten_remedies_are_there() -> None:
    assert {row["name"] for row in table("remedies.csv")} == {
        "active_active",
        "warm_standby",
        "publish_path_region",
        "resumable_upload_queue",
        "graceful_degradation",
        "quarterly_failover_drills",
        "change_freeze_progressive_delivery",
        "capacity_headroom",
        "sla_renegotiated",
        "second_provider",
    }


def test_changes_of_remedies_are_beliefs_about_dotted_names() -> None:
    seen = set()
    for row in table("remedies.csv"):
        low, high = float(row["low"]), float(row["high"])
        assert row["change"] in {"set", "scale"}, row
        assert DOTTED.fullmatch(row["path"]), row
        assert (row["name"], row["path"]) not in seen
        seen.add((row["name"], row["path"]))
        assert 0 < low < high, row
        assert row["shape"] != "logitnormal" or high < 1, row
        target = declared(row["path"].replace("*", "capacity"))
        if row["change"] == "scale":
            assert row["shape"] == "lognormal", row
        else:
            assert row["shape"] == target.default.shape, row
            assert target.lower <= low < high <= target.upper, row


def test_costs_of_remedies_stand_on_the_first_row_only() -> None:
    prices = [f"{part}{form}" for part in ("upfront", "annual") for form in ("", "_share")]
    money = (*(f"{price}_{end}" for price in prices for end in ("low", "high")), "life_years")
    by_name = groupby(table("remedies.csv"), key=lambda row: row["name"])
    groups = [list(rows) for _, rows in by_name]
    assert len(groups) == len({rows[0]["name"] for rows in groups})
    for first, *others in groups:
        for part in ("upfront", "annual"):
            (form,) = [form for form in ("", "_share") if first[f"{part}{form}_low"]]
            low, high = (float(first[f"{part}{form}_{end}"]) for end in ("low", "high"))
            assert 0 < low <= high <= (2.0 if form else 1e8)
        assert 0 < float(first["life_years"]) <= 100
        assert all(row[m] == "" for row in others for m in money)
        assert len({row["label"] for row in (first, *others)}) == 1


def test_a_dearer_architecture_is_dearer() -> None:
    rows = [row for row in table("remedies.csv") if row["annual_share_high"]]
    annual = {row["name"]: float(row["annual_share_high"]) for row in rows}
    ladder = ["publish_path_region", "warm_standby", "active_active", "second_provider"]
    assert [annual[name] for name in ladder] == sorted(annual[name] for name in ladder)


def test_every_file_and_every_assumption_is_in_the_sources() -> None:
    text = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for heading in ("Weakest inputs", "Corrections to the article"):
        assert f"## {heading}" in text
    weakest = text.split("## Weakest inputs")[1].split("\n## ")[0]
    assert weakest.index("playback_loss") < weakest.index("2. ") < weakest.index("lasticity")
    for path in DATA.glob("*.csv"):
        if not path.name.startswith(("preset", "default")):
            assert path.name in text, path.name
    for assumption in (*ASSUMPTIONS, *CAUSE_FIELDS):
        field = assumption.name.rsplit(".", 1)[-1]
        assert field in text or assumption.name.startswith("sla.tier_"), field


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.name)
def test_no_cell_of_text_looks_like_a_formula(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row), row
