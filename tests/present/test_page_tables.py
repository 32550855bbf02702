"""Tables that pages offer: declared like the bundle's, explained, and one schema to a name."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from given import certain, lognormal, new_cause

from model.assumptions.remedy_library import Change
from model.decisions.best_set import frontier
from model.decisions.compare import compare
from model.decisions.side_by_side import differing, side_by_side
from model.decisions.worth import offers_of
from model.drivers.information import information
from model.drivers.luck import ignorance
from model.drivers.ranges import Ranges
from model.drivers.reverse import reverse
from model.drivers.shares import variance_shares
from model.drivers.tornado import tornado
from model.present.files import bundle, driver_tables, page_tables
from model.present.files.comparison import comparison
from model.present.files.declared.columns import FILES, declared_csv, file_columns
from model.present.files.declared.page_columns import PAGE_FILES
from model.runs.one_year import one_year
from model.runs.simulate import simulate
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario

DEFAULT, YEARS = Scenario.default(), 1_000
OTHER = DEFAULT.with_(
    new_cause("dns")
    | {
        "platform.cpm": lognormal(5.0, 9.0),
        "simulation.start_date": "2027-01-01",
        "remedies.own.change.1": Change("scale", "platform.cpm", lognormal(0.5, 0.8)),
        "correlation.platform.cpm.with.platform.daily_users": certain(0.25),
    },
    {"platform.cpm": Provenance("Sales", "A")},
)
GRACEFUL = "graceful_degradation"
OFFERED = re.compile(r'"([a-z_]+(?:_\{[a-z.]+\})?\.csv)"')


@pytest.fixture(scope="module")
def result():
    return simulate(DEFAULT, years=YEARS, seed=2)


@pytest.fixture(scope="module")
def one():
    return compare(DEFAULT, [[GRACEFUL], ["warm_standby"]], years=YEARS, seed=2)


@pytest.fixture(scope="module")
def beside():
    return side_by_side([DEFAULT, Scenario.preset("article")], years=YEARS, seed=2)


@pytest.fixture(scope="module")
def tables(result, one, beside) -> dict[str, pd.DataFrame]:
    """Return every table that a page offers besides those of a run's bundle."""
    worst = int(np.argmax(result["loss_usd"])) + 1
    many = simulate(DEFAULT, years=YEARS, worlds=50, seed=2)
    searched = frontier(DEFAULT, [GRACEFUL, "quarterly_failover_drills"], years=YEARS, seed=2)
    rate = "incidents.capacity.rate_per_year"
    return {
        "exceedance_curve.csv": page_tables.exceedance_curve(result.curve(40)),
        "twenty_years.csv": page_tables.twenty_years(np.linspace(0.0, 5e7, 20), 25e6),
        "money.csv": page_tables.money(result.components(), result.mean("loss_usd")),
        "year.csv": page_tables.one_year(one_year(DEFAULT, worst, years=YEARS, seed=2)),
        "frontier.csv": page_tables.frontier(searched, "tvar_95"),
        "curves.csv": page_tables.curves(one, GRACEFUL),
        "savings.csv": page_tables.savings(one.components(GRACEFUL)),
        "scenarios.csv": page_tables.scenarios(beside, 25e6),
        "differences.csv": page_tables.differences([("Now", DEFAULT), ("Other", OTHER)]),
        "reverse.csv": page_tables.reverse(reverse(DEFAULT, rate, 2e7, years=200)),
        "compare.csv": comparison([(one, offers_of(one, one, 25e6))], 25e6),
        "tornado.csv": driver_tables.tornado(tornado(DEFAULT, names=[rate], years=200)),
        "variance_shares.csv": driver_tables.shares(variance_shares(result)),
        "ignorance.csv": driver_tables.ignorance(ignorance(Ranges.of(many))),
        "information.csv": driver_tables.information(information(one), DEFAULT),
    }


def test_every_table_of_a_page_has_its_declared_columns(tables):
    assert set(PAGE_FILES) <= set(tables)
    for file, table in tables.items():
        raw = declared_csv(file, table).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(raw, newline="")))
        assert rows, file
        for field in file_columns(file):
            cells = [row[field.name] for row in rows if row[field.name]]
            if field.type != "string":
                assert all(np.isfinite(float(cell)) for cell in cells), (file, field.name)


def test_a_table_with_other_columns_is_no_file(tables):
    with pytest.raises(ValueError, match="declared are"):
        declared_csv("information.csv", tables["information.csv"].drop(columns="label"))


def test_pages_offer_nothing_that_is_not_declared():
    offered = set()
    for path in Path("views").rglob("*.py"):
        for call in path.read_text(encoding="utf-8").split("downloads.csv(")[1:]:
            offered |= set(OFFERED.findall(call[:200])[:1])
    files = {re.sub(r"_\{.*\}", "_1", name) for name in offered}
    assert len(files) > 15
    for file in files:
        assert file_columns(file), file


def test_money_says_its_unit_in_its_name():
    for file, (_, fields) in FILES.items():
        for field in fields:
            named = field.name == "usd" or field.name.endswith("_usd")
            assert named == (field.unit in ("USD", "USD per h")), (file, field.name)


def test_the_dictionary_of_a_run_explains_the_tables_of_the_pages(result, tmp_path):
    bundle.write(result, 25e6, tmp_path)
    raw = (tmp_path / "dictionary.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    for file, (_, fields) in PAGE_FILES.items():
        assert [r["column"] for r in rows if r["file"] == file] == [field.name for field in fields]


def test_what_differs_is_a_row_for_each_scenario_that_says_something(tables):
    table = tables["differences.csv"]
    cpm = table[table["name"] == "platform.cpm"].set_index("scenario")
    assert cpm.loc["Now", ["low", "high", "source"]].tolist()[:2] == [4.0, 12.0]
    assert cpm.loc["Other", ["low", "high", "source", "grade"]].tolist() == [5, 9, "Sales", "A"]
    dates = table[table["name"] == "simulation.start_date"]
    assert dates["shape"].tolist() == ["2026-04-01", "2027-01-01"]
    assert dates["low"].isna().all()
    added = table[table["name"].str.startswith("incidents.dns.")]
    assert set(added["scenario"]) == {"Other"}
    assert set(table["name"]) == set(differing([DEFAULT, OTHER]))
    effect = table[table["name"] == "remedies.own.change.1"].iloc[0]
    assert (effect["shape"], effect["label"]) == ("scale", "platform.cpm")


def test_figures_are_those_of_the_runs_in_full(tables, result, one, beside):
    money = tables["money.csv"].set_index("line")["usd"]
    assert money["loss"] == result.mean("loss_usd").value
    assert money.drop("loss").sum() == pytest.approx(money["loss"], rel=1e-12)
    saved = tables["savings.csv"]["usd"].sum()
    assert saved == pytest.approx(-one.row(GRACEFUL).delta_eal.value, rel=1e-9)
    scenarios = tables["scenarios.csv"]
    row = beside.rows(25e6)[1]
    assert scenarios["eal_usd"][1] == row.eal.value
    assert scenarios["delta_eal_low_usd"][1] == row.delta_eal.low
    curves = tables["curves.csv"]
    assert set(curves["set"]) == {"none", GRACEFUL}
    assert (curves[curves["set"] == "none"]["loss_usd"] == one.curve("baseline")["loss_usd"]).all()
    frontier_usd = tables["frontier.csv"]["figure_usd"]
    assert (frontier_usd.diff().dropna() < 0).all()
    year = tables["year.csv"]
    assert year["loss_usd"].sum() == pytest.approx(result["loss_usd"].max(), rel=1e-9)
    compared = tables["compare.csv"].set_index("set")
    assert compared.loc[GRACEFUL, "break_even_usd"] == one.row(GRACEFUL).saving.value
    assert (compared["horizon_years"].dropna() == 5.0).all()
