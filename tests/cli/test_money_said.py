"""The command line in another currency: tables, files and messages, and two currencies at once."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from model.__main__ import main
from model.assumptions.currency import rate
from model.decisions.side_by_side import side_by_side
from model.present.words.spoken.subject import subject
from model.replays.incident import typed
from model.replays.replay import replay
from model.runs.simulate import simulate
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

DOLLARS = re.compile(r"\$|\bUSD\b|(?<![a-z])usd(?![a-z])|dollar", re.IGNORECASE)
ROWS = (
    "name,shape,low,mid,high\nsimulation.currency,EUR,,,\n"
    "simulation.time_zone,Europe/Berlin,,,\nincidents.capacity.label,Überlast,,,\n"
)


@pytest.fixture
def euros(tmp_path: Path) -> str:
    path = tmp_path / "euros.csv"
    path.write_text(ROWS, encoding="utf-8")
    return str(path)


COMMANDS = (
    ["run", "--years", "300"],
    ["compare", "--years", "300", "--remedy", "warm_standby"],
    ["replay", "--start", "2026-05-05T10:00", "--hours", "3", "--publish-loss", "0.5"],
    ["replay", "--running-since", "2026-05-05T10:00", "--now", "2026-05-05T12:00"],
    ["drivers", "--years", "1000"],
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_tables_and_files_say_euros_alone(words, euros, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    assert main([words[0], euros, *words[1:], "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert DOLLARS.findall(said.out + said.err) == []
    assert "€" in said.out or "EUR" in said.out
    assert "Eastern" not in said.out
    for path in out.glob("*.csv"):
        if path.name not in ("dictionary.csv", "scenario.csv"):
            found = DOLLARS.findall(path.read_text(encoding="utf-8-sig"))
            assert found == [], path.name
    # The next command speaks of its own scenario.
    assert subject() == Scenario.default()


def test_money_columns_end_in_the_currency(euros, tmp_path) -> None:
    out = tmp_path / "out"
    assert main(["run", euros, "--years", "200", "--out", str(out)]) == 0
    annual = pd.read_csv(out / "annual.csv", encoding="utf-8-sig")
    assert "loss_eur" in annual.columns
    summary = pd.read_csv(out / "summary.csv", encoding="utf-8-sig").set_index("measure")
    assert summary.loc["eal", "unit"] == "EUR per year"
    assert '"currency": "EUR"' in (out / "manifest.json").read_text(encoding="utf-8")
    usd = simulate(Scenario.default().with_({"simulation.time_zone": "Europe/Berlin"}), years=200)
    assert summary.loc["eal", "value"] == pytest.approx(
        usd.measure("eal").value * rate("EUR"), rel=1e-9
    )


def test_two_currencies_in_one_comparison_are_an_error(euros, tmp_path, capsys) -> None:
    dollars = tmp_path / "dollars.csv"
    dollars.write_text("name,shape,low,mid,high\nplatform.cpm,,5,,9\n", encoding="utf-8")
    assert main(["compare", str(dollars), euros, "--years", "100"]) == 2
    (line,) = (one for one in capsys.readouterr().err.splitlines() if "note:" not in one)
    assert "euros.csv" in line
    assert "amounts are in EUR" in line
    assert "dollars.csv in USD" in line
    with pytest.raises(ScenarioError, match="amounts are in EUR"):
        side_by_side([Scenario.default(), Scenario.read(euros)], years=50)


def test_tables_of_a_notebook_are_named_in_the_currency() -> None:
    yen = Scenario.default().with_({"simulation.currency": "JPY"})
    frame = simulate(yen, years=50).frame()
    assert {"loss_jpy", "net_loss_jpy"} <= set(frame.columns)
    assert not [name for name in frame.columns if "usd" in name]
    incident = typed("2026-05-05T10:00", 3.0, 0.5, 0.1, 0.05, scenario=yen)
    bill = replay(yen, incident, worlds=20).frames().bill
    assert "expected_jpy" in bill.columns


def test_a_tolerance_is_an_amount_of_the_scenario(euros, capsys) -> None:
    assert main(["run", euros, "--years", "100", "--tolerance", "1e7"]) == 0
    assert "€10M" in capsys.readouterr().out
