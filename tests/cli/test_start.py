"""The verb `start`: facts in, a scenario file out, with what was scaled and what looks odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.__main__ import main
from model.cli.start import flag
from model.scenario.own_platform.fields import FIELDS
from model.scenario.own_platform.start import facts_of
from model.scenario.scenario import Scenario

DAY = ("--date", "2026-11-27")
FACTS = {
    "name": ("Kanal 9", "Kanal 9"),
    "currency": ("USD", "USD"),
    "time_zone": ("Europe/Berlin", "Europe/Berlin"),
    "users": ("12M", (12e6, 12e6)),
    "minutes": ("50-60", (50, 60)),
    "visits": ("5 to 7", (5, 7)),
    "revenue": ("180M", (180e6, 180e6)),
    "commerce": ("0", (0, 0)),
    "subscriptions": ("2.5M", (2.5e6, 2.5e6)),
    "uploads": ("800k", (800e3, 800e3)),
    "cloud_bill": ("$9M", (9e6, 9e6)),
    "people": ("12", (12, 12)),
    "hours": ("8 h", (8, 8)),
    "rate": ("90", (90, 90)),
    "regions": ("2", (2, 2)),
    "months": ("30", (30, 30)),
    "tolerance": ("1M", (1e6, 1e6)),
}


def flags(*keys: str) -> list[str]:
    return [word for key in keys for word in (flag(key), FACTS[key][0])]


def test_there_is_a_flag_for_every_field_and_each_arrives(tmp_path: Path, capsys):
    assert FACTS.keys() == FIELDS.keys()
    out = tmp_path / "mine.csv"
    assert main(["start", *flags(*FACTS), *DAY, "--out", str(out)]) == 0
    assert facts_of(Scenario.read(out)) == {key: fact for key, (_, fact) in FACTS.items()}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_file_opens_as_it_was_made_and_comes_again_byte_for_byte(tmp_path: Path, ending: str):
    words = ["start", *flags("users", "revenue", "regions"), *DAY, "--owner", "Ann", "--grade", "A"]
    one, two = (tmp_path / f"{k}.{ending}" for k in (1, 2))
    assert [main([*words, "--out", str(path)]) for path in (one, two)] == [0, 0]
    assert one.read_bytes() == two.read_bytes()
    made, remarks = Scenario.read_with_remarks(one)
    assert not [remark for remark in remarks if "source" in remark]
    said = made.evidence("platform.daily_users")
    assert (said.source, said.grade, said.owner, said.date) == (
        "given on the command line", "A", "Ann", "2026-11-27",
    )  # fmt: skip
    assert main(["check", str(one)]) == 0


def test_it_says_what_was_given_what_was_scaled_and_the_answer(tmp_path: Path, capsys):
    words = ["start", *flags("users", "revenue", "people", "hours", "rate")]
    assert main([*words, *DAY, "--out", str(tmp_path / "mine.csv")]) == 0
    said = capsys.readouterr()
    for part in (
        "given on the command line: Daily users 12M; Ad revenue per year $180M",
        "scaled from the default by daily users (× 0.126): ",
        "Uploads per day 758k to 3.79M",
        "scaled from the default by the cloud bill (× 0.0132): prices of remedies",
        "given on the command line: 12 people × 8 h × 90 an hour: Response cost per incident",
        "assumed because left open: no migration",
        "taken over unscaled: ",
        "Outages cost about $",
        "a year; the largest part is ",
        "mine.csv",
    ):
        assert part in said.out
    assert said.err == ""


def test_what_does_not_fit_together_is_said_on_standard_error(tmp_path: Path, capsys):
    words = ["start", *flags("users", "revenue"), "--uploads", "13M"]
    assert main([*words, *DAY, "--out", str(tmp_path / "mine.csv")]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("warning: 13M uploads a day by 12M daily users are 1.1 each")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--currency", "EURO"], ("--currency", "'EURO'", "EUR")),
        (["--time-zone", "Berlin"], ("--time-zone", "'Berlin'", "Europe/Berlin")),
        (["--users", "many"], ("--users", "'many'", "1.5 or 86M")),
        (["--users", "-5"], ("--users", "'-5'", "from 1e-06 to 10,000,000,000 users")),
        (["--minutes", "2000"], ("--minutes", "'2000'", "1,440")),
        (["--revenue", "5-2"], ("--revenue", "'5-2'", "at most high")),
        (["--tolerance", "1M-2M"], ("--tolerance", "'1M-2M'", "one number")),
        (["--regions", "1.5"], ("--regions", "'1.5'", "whole number from 1 to 100")),
        (["--people", "12"], ("--people", "'12'", "hours each, after it and cost of an hour")),
        (["--people", "1-2", "--hours", "1", "--rate", "1"], ("--people", "'1-2'", "one number")),
        (["--date", "tomorrow"], ("--date", "'tomorrow'", "2026-04-01")),
        (["--grade", "D"], ("--grade", "'D'", "'A', 'B', 'C'")),
        (["--users", "1e999"], ("--users", "1e999", "too large")),
        (["--traffic", "nowhere.csv"], ("nowhere.csv",)),
    ],
)
def test_what_cannot_be_is_one_line_that_names_flag_value_and_what_is_allowed(
    words: list[str], parts: tuple[str, ...], tmp_path: Path, capsys
):
    out = tmp_path / "mine.csv"
    assert main(["start", *words, "--out", str(out)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert [part for part in parts if part not in line] == [], line
    assert not out.exists()


def test_the_place_to_write_to_is_looked_at_first(tmp_path: Path, capsys):
    assert main(["start", "--users", "12M", "--out", str(tmp_path / "mine.txt")]) == 2
    assert ".csv or .xlsx is needed" in capsys.readouterr().err


def test_own_traffic_becomes_the_profile_of_demand(tmp_path: Path, capsys):
    hours = [f"2026-03-{1 + k // 24:02d}T{k % 24:02d}:00Z,{100 + k % 24}" for k in range(21 * 24)]
    traffic = tmp_path / "traffic.csv"
    traffic.write_text("timestamp,value\n" + "\n".join(hours))
    out = tmp_path / "mine.csv"
    assert main(["start", "--users", "12M", "--traffic", str(traffic), "--out", str(out)]) == 0
    assert "3 weeks" in capsys.readouterr().out
    made = Scenario.read(out)
    assert made.word("profiles.demand") != "demand.csv"
    assert made.evidence("profiles.demand").source.startswith("Measured: traffic.csv")
    assert made.evidence("profiles.demand").grade == "A"


def test_check_says_what_does_not_fit_together_and_which_line_is_most_of_the_loss(
    tmp_path: Path, capsys
):
    out = str(tmp_path / "mine.csv")
    odd = ["--uploads", "13M", "--people", "500", "--hours", "40", "--rate", "200"]
    assert main(["start", *flags("users", "revenue"), *odd, *DAY, "--out", out]) == 0
    capsys.readouterr()
    assert main(["check", out]) == 0
    said = capsys.readouterr().err
    assert "warning: 13M uploads a day by 12M daily users are 1.1 each" in said
    assert "Responding to one incident costs" in said
    assert "Response cost: $" in said
    assert "no line is more than half" in said
