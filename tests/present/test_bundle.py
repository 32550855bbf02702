"""The bundle's files: names, columns, bytes, what they say and how they are described."""

import csv
import hashlib
import io
import json
import math
import zipfile

import numpy as np
import pandas as pd
import pytest

from model.beliefs.belief import Belief
from model.chain.ledger import COMPONENTS
from model.present.files import bundle, tables
from model.present.files.declared import columns
from model.replays.incident import named
from model.replays.replay import LINES, replay
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario

YEARS = 2000
RUN_FILES = {
    "scenario.csv",
    "summary.csv",
    "exceedance.csv",
    "chain.csv",
    "annual.csv",
    "incidents.csv",
    "by_cause.csv",
    "per_minute.csv",
    "error_budget.csv",
    "ranking.csv",
    "manifest.json",
    "datapackage.json",
    "dictionary.csv",
}
HEADERS = {
    "ranking.csv": "name,grade,low,high,eal_from_usd,eal_to_usd,movement_usd,unit,label,weakest",
    "scenario.csv": "name,shape,low,mid,high,unit,label,source,grade,owner,date",
    "summary.csv": "measure,value,standard_error,low,high,unit,reason",
    "exceedance.csv": "return_period,aep_usd,aep_low_usd,aep_high_usd,"
    "oep_usd,oep_low_usd,oep_high_usd,supported,reason",
    "chain.csv": "link,quantity,unit,expected,p50,p95,expected_usd",
    "annual.csv": "world,year,incidents,incident_h,uploads_failed,uploads_abandoned,"
    "freshness_deficit_h,minutes_lost,impressions_lost,playback_usd,freshness_usd,ad_serving_usd,"
    "creator_attrition_usd,retention_usd,ad_price_usd,commerce_usd,"
    "subscriptions_usd,make_goods_usd,creator_make_goods_usd,"
    "response_usd,budget_recapture_usd,viewing_recapture_usd,commerce_recapture_usd,"
    "borne_by_others_usd,loss_usd,"
    "sla_credit_usd,net_loss_usd,retention_permanent_usd,commerce_playback_usd,"
    "commerce_freshness_usd,commerce_attrition_usd,commerce_retention_usd,"
    "after_year_usd,largest_loss_usd,"
    "revenue_usd,minutes_unavailable_playback,minutes_unavailable_publishing,"
    "minutes_unavailable_ads",
    "incidents.csv": "year,cause,start_h,duration_h,publish_loss,playback_loss,ads_loss,"
    "failover_after_h,publish_loss_effective,playback_loss_effective,ads_loss_effective,"
    "response_usd,loss_usd,net_loss_usd",
    "by_cause.csv": "cause,expected_usd,standard_error_usd,low_usd,high_usd,tail_95_usd,"
    "tail_95_standard_error_usd,tail_95_low_usd,tail_95_high_usd,reason,tail_95_reason,label",
    "error_budget.csv": "cause,remedy,minutes,low,high,availability,function,p50,p95,"
    "p_kept_999,p_kept_9999,reason",
    "per_minute.csv": "hour_of_week,usd_per_minute,standard_error",
    "dictionary.csv": "file,column,item,type,unit,meaning,sign",
}
REPLAY_HEADERS = {
    "replay.csv": "hour,uploads,baseline_uploads,freshness,baseline_freshness,availability,"
    "baseline_availability,session_minutes,baseline_session_minutes,impressions,"
    "baseline_impressions,revenue_usd,baseline_revenue_usd",
    "bill.csv": "component,expected_revenue_hours,expected_usd,low_usd,high_usd",
}


def rows_of(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def column(raw: bytes, name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows_of(raw)])


@pytest.fixture(scope="module")
def result():
    scenario = Scenario.default().with_({"platform.loss_share_borne": Belief("", 0.3, 0.9)})
    return simulate(scenario, years=YEARS, worlds=YEARS // 2, seed=3)


@pytest.fixture(scope="module")
def archive(result):
    return zipfile.ZipFile(io.BytesIO(bundle.zip_bytes(result, 10e6)))


@pytest.fixture(scope="module")
def files(archive):
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_files_have_their_names_and_columns(files):
    assert set(files) == RUN_FILES
    for name, header in HEADERS.items():
        assert files[name].decode("utf-8-sig").split("\r\n", 1)[0] == header


def test_csv_files_are_utf8_with_a_mark_and_crlf(files):
    for name in HEADERS:
        raw = files[name]
        assert raw.startswith(b"\xef\xbb\xbf")
        assert not raw[3:].startswith(b"\xef\xbb\xbf")
        assert raw.endswith(b"\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n")


def test_components_add_up_to_the_loss_in_every_year(files):
    annual = files["annual.csv"]
    parts = np.stack([column(annual, f"{name}_usd") for name in COMPONENTS])
    loss = column(annual, "loss_usd")
    assert len(loss) == YEARS
    assert loss.max() > 1e6
    # A dozen roundings of numbers no larger than the gross loss.
    rounding = 12 * np.finfo(float).eps * np.abs(parts).sum(axis=0)
    assert (np.abs(parts.sum(axis=0) - loss) <= rounding).all()
    assert column(annual, "borne_by_others_usd").min() < 0
    assert (loss + column(annual, "sla_credit_usd") == column(annual, "net_loss_usd")).all()
    assert column(annual, "sla_credit_usd").max() == 0


def test_annual_numbers_are_exact_and_plain(files, result):
    for name in tables.ANNUAL_COLUMNS[2:]:
        assert (column(files["annual.csv"], name) == result[name]).all()
    assert column(files["annual.csv"], "world").tolist() == [1 + y // 2 for y in range(YEARS)]
    assert column(files["annual.csv"], "year").tolist() == list(range(1, YEARS + 1))
    assert b"-0.0," not in files["annual.csv"]
    assert b"-0.0\r" not in files["annual.csv"]


def test_annual_is_the_same_in_pieces_of_any_size(result, monkeypatch):
    whole = b"".join(tables.annual_csv(result))
    monkeypatch.setattr(tables, "CHUNK_YEARS", 7)
    assert b"".join(tables.annual_csv(result)) == whole
    assert whole == tables.csv_bytes(tables.annual(result))


def test_summary_says_what_the_result_says(files, result):
    rows = rows_of(files["summary.csv"])
    measures = result.measures(10e6)
    assert [row["measure"] for row in rows] == [m.name for m in measures]
    assert [float(row["value"]) for row in rows] == [m.value for m in measures]
    first = "eal,sd,p_no_incident,p50,p90,p95,p99,tvar_95,tvar_99,p_over_tolerance"
    assert ",".join(row["measure"] for row in rows[:10]) == first
    by_name = {row["measure"]: row for row in rows}
    assert float(by_name["tolerance"]["value"]) == 10e6
    over = column(files["annual.csv"], "loss_usd") > 10e6
    assert float(by_name["p_over_tolerance"]["value"]) == over.mean()


def test_unsupported_return_periods_are_empty(files):
    for row in rows_of(files["exceedance.csv"]):
        supported = YEARS / int(row["return_period"]) >= 20
        figures = [cell for name, cell in row.items() if name.endswith("_usd")]
        ends = [cell for name, cell in row.items() if name.endswith(("low_usd", "high_usd"))]
        assert row["supported"] == ("yes" if supported else "no")
        assert row["aep_usd"] if supported else not any(figures)
        assert all(ends) == (supported and not row["reason"])
        if supported:
            assert float(row["oep_usd"]) <= float(row["aep_usd"])
        if all(ends):
            assert float(row["aep_usd"]) <= float(row["aep_high_usd"])


def test_the_chain_and_the_causes_lead_to_the_loss(files, result):
    eal = result.measure("eal").value
    chain = {
        row["quantity"]: row for row in rows_of(files["chain.csv"]) if row["link"] == "revenue"
    }
    parts = math.fsum(float(chain[name.replace("_", " ")]["expected_usd"]) for name in COMPONENTS)
    assert parts == pytest.approx(eal, rel=1e-12)
    assert column(files["by_cause.csv"], "expected_usd").sum() == pytest.approx(eal, rel=1e-9)


def test_per_minute_has_every_hour_of_the_week(files):
    assert column(files["per_minute.csv"], "hour_of_week").tolist() == list(range(168))


def test_unknown_figures_are_empty_cells():
    nothing = Scenario.default().with_(
        {f"incidents.{c}.rate_per_year": Belief("", 0, 0) for c in Scenario.default().causes}
    )
    result = simulate(nothing, years=1)
    for table in (tables.summary(result), tables.per_minute(result), tables.incidents(result)):
        text = tables.csv_bytes(table).decode()
        assert "nan" not in text
    assert rows_of(tables.csv_bytes(tables.summary(result)))[0]["standard_error"] == ""
    assert rows_of(tables.csv_bytes(tables.incidents(result))) == []


def test_the_scenario_comes_back_from_the_bundle(files, result):
    again = Scenario.read(files["scenario.csv"])
    assert again == result.scenario.with_tolerance(10e6)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@sum(a)", "\tx", "\rx", "'=1", '="a",b'])
def test_text_that_looks_like_a_formula_is_neutralised(text):
    frame = pd.DataFrame({"=name": [text, "plain"], "usd": [-1.5, 2.0], "n": [-3, 4]})
    raw = tables.csv_bytes(frame)
    cells = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert cells[0] == ["'=name", "usd", "n"]
    assert cells[1] == [f"'{text}", "-1.5", "-3"]
    assert cells[2] == ["plain", "2.0", "4"]


def test_numbers_keep_every_digit():
    numbers = [0.1 + 0.2, 1e-300, 123456789.123456789, -1e22, 5e-324]
    raw = tables.csv_bytes(pd.DataFrame({"usd": numbers}))
    assert column(raw, "usd").tolist() == numbers


def test_unknown_and_mixed_cells():
    frame = pd.DataFrame({"a": [None, 1.5, "=x"], "b": [math.nan, -0.0, 1.0]})
    assert tables.csv_bytes(frame) == b"\xef\xbb\xbfa,b\r\n,\r\n1.5,0.0\r\n'=x,1.0\r\n"


def test_the_manifest_describes_the_run(files, result):
    manifest = json.loads(files["manifest.json"])
    assert (manifest["years"], manifest["worlds"], manifest["seed"]) == (YEARS, YEARS // 2, 3)
    assert manifest["scenario_hash"] == result.scenario.with_tolerance(10e6).digest()
    assert manifest["tolerance_usd"] == 10e6
    assert set(manifest["packages"]) == {"python", "numpy", "scipy"}
    assert manifest["command"] == (
        "python -m model run scenario.csv --years 2000 --worlds 1000 --seed 3 "
        "--tolerance 10000000 --out out"
    )
    assert any("max_duration" in line for line in manifest["warnings"])
    listed = {entry["name"]: entry for entry in manifest["files"]}
    assert set(listed) == RUN_FILES - {"manifest.json"}
    for name, entry in listed.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["bytes"] == len(files[name])


def test_the_dictionary_explains_every_column_measure_and_assumption(files, result):
    rows = rows_of(files["dictionary.csv"])
    for name, header in HEADERS.items():
        described = [r["column"] for r in rows if r["file"] == name and not r["item"]]
        assert ",".join(described) == header
    assert all(row["meaning"] for row in rows)
    measures = [r["item"] for r in rows if r["file"] == "summary.csv" and r["item"]]
    assert set(measures) == {m.name for m in result.measures()}
    assumptions = [r["item"] for r in rows if r["file"] == "scenario.csv" and r["item"]]
    assert tuple(assumptions) == result.scenario.names()


def test_money_columns_say_their_sign():
    for _, fields in columns.FILES.values():
        for field in fields:
            if field.unit == "USD" and "standard_error" not in field.name:
                assert field.sign


def test_the_datapackage_describes_every_table(files):
    package = json.loads(files["datapackage.json"])
    assert package["profile"] == "tabular-data-package"
    resources = {r["path"]: r for r in package["resources"]}
    assert set(resources) == {name for name in RUN_FILES if name.endswith(".csv")}
    for name, resource in resources.items():
        fields = resource["schema"]["fields"]
        assert ",".join(field["name"] for field in fields) == HEADERS[name]
        for row in rows_of(files[name])[:50]:
            for field in fields:
                read = {"integer": int, "number": float, "string": str}[field["type"]]
                assert row[field["name"]] == "" or read(row[field["name"]]) is not None


def test_a_zip_has_fixed_times_and_the_same_bytes(result, archive):
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert bundle.zip_bytes(result, 10e6) == bundle.zip_bytes(result, 10e6)


def test_folder_and_zip_hold_the_same_files(result, files, tmp_path):
    assert set(bundle.write(result, 10e6, tmp_path / "a" / "b")) == RUN_FILES
    assert {p.name: p.read_bytes() for p in (tmp_path / "a" / "b").iterdir()} == files
    bundle.write(result, 10e6, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == bundle.zip_bytes(result, 10e6)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b.zip"]


def test_annual_is_left_out_above_its_limit(result, tmp_path):
    bundle.write(result, 10e6, tmp_path)
    names = bundle.write(result, 10e6, tmp_path, annual_up_to=YEARS - 1)
    assert set(names) == RUN_FILES - {"annual.csv"}
    # What an earlier run left would not belong to this manifest.
    assert not (tmp_path / "annual.csv").exists()
    assert "annual.csv" not in (tmp_path / "datapackage.json").read_text("utf-8")


def test_a_failed_zip_leaves_the_earlier_one(result, tmp_path, monkeypatch):
    target = tmp_path / "b.zip"
    target.write_bytes(b"earlier")

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables, "annual_csv", full_disk)
    with pytest.raises(OSError, match="No space"):
        bundle.write(result, 10e6, target)
    assert [p.name for p in tmp_path.iterdir()] == ["b.zip"]
    assert target.read_bytes() == b"earlier"


def test_a_replay_bundle_has_its_files_and_columns(tmp_path):
    incident = named()["tiktok-2026-03-03"]
    replayed = replay(Scenario.default(), incident, worlds=200)
    bundle.save(bundle.of_replay(replayed, {"incident": incident.id}), tmp_path)
    found = {p.name for p in tmp_path.iterdir()}
    shared = {"scenario.csv", "manifest.json", "datapackage.json", "dictionary.csv"}
    assert found == shared | set(REPLAY_HEADERS)
    described = rows_of((tmp_path / "dictionary.csv").read_bytes())
    for name, header in REPLAY_HEADERS.items():
        raw = (tmp_path / name).read_bytes()
        assert raw.decode("utf-8-sig").split("\r\n", 1)[0] == header
        assert [r["column"] for r in described if r["file"] == name] == header.split(",")
    bill = {r["component"]: r for r in rows_of((tmp_path / "bill.csv").read_bytes())}
    assert tuple(bill) == LINES
    parts = math.fsum(float(bill[name]["expected_usd"]) for name in COMPONENTS)
    assert parts == pytest.approx(float(bill["loss"]["expected_usd"]), rel=1e-9)
    per_hour = {
        float(r["expected_usd"]) / float(r["expected_revenue_hours"])
        for r in bill.values()
        if float(r["expected_revenue_hours"])
    }
    assert max(per_hour) == pytest.approx(min(per_hour), rel=1e-12)
