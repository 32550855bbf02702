"""Remedies in scenarios: the library, its edits, new ones, and what is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from given import certain, lognormal

from model import data
from model.assumptions import remedies
from model.assumptions.names import titled
from model.assumptions.remedy_library import Change, Price
from model.beliefs.belief import Belief
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError

DEFAULT = Scenario.default()


def refused(changes: dict[str, object], base: Scenario = DEFAULT) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        base.with_(changes)  # type: ignore[arg-type]
    return caught.value.problems


REMEDY = "warm_standby"
STEM = f"remedies.{REMEDY}"


def remedy(scenario: Scenario, name: str = REMEDY) -> remedies.Remedy:
    return next(m for m in scenario.remedies if m.name == name)


def test_the_library_is_off_and_keeps_to_the_rules():
    assert len(DEFAULT.remedies) >= 10
    assert not any(m.on for m in DEFAULT.remedies)
    rows = dict(remedies.library_rows())
    assert DEFAULT.with_(rows) == DEFAULT


def test_a_remedy_of_the_library_can_be_edited():
    change = Change("set", "resilience.failover_success", Belief("logitnormal", 0.5, 0.6))
    edited = DEFAULT.with_(
        {
            f"{STEM}.on": certain(1),
            f"{STEM}.annual": lognormal(1e6, 2e6),
            f"{STEM}.life": certain(3),
            f"{STEM}.change.1": change,
        }
    )
    before, after = remedy(DEFAULT), remedy(edited)
    assert (after.on, after.life_years) == (True, 3.0)
    assert after.annual == Price("annual", lognormal(1e6, 2e6))
    assert before.annual == Price("annual_share", lognormal(0.2, 0.6))
    assert after.changes == (change, *before.changes[1:])
    assert after.upfront == before.upfront
    assert after.source == "Set here, no source yet"
    assert edited.without(STEM) == DEFAULT
    assert Scenario.read(edited.to_csv().encode()) == edited


def test_switching_a_remedy_on_keeps_its_evidence():
    switched = DEFAULT.with_({f"{STEM}.on": certain(1)})
    assert remedy(switched).on
    assert remedy(switched).source == remedy(DEFAULT).source


def test_a_new_remedy_needs_a_change_and_takes_the_defaults():
    path = "incidents.*.duration"
    grown = DEFAULT.with_({"remedies.own.change.1": Change("scale", path, lognormal(0.5, 0.8))})
    own = remedy(grown, "own")
    assert own == grown.remedies[-1]
    assert (own.upfront, own.annual, own.life_years, own.on) == (
        Price("upfront", lognormal(0, 0)),
        Price("annual", lognormal(0, 0)),
        5.0,
        False,
    )
    assert Scenario.read(grown.changes_csv().encode()) == grown


def test_a_change_in_the_file_has_path_in_label_and_kind_in_shape():
    header = "name,shape,low,mid,high,label\n"
    rows = (
        "remedies.own.change.1,set,0.1,,0.2,incidents.capacity.publish_loss\n"
        "remedies.own.change.2,scale,0.5,,0.5,costs.response_per_hour\n"
        "remedies.own.change.3,scale uniform,0.5,,0.6,platform.cpm\n"
    )
    assert remedy(Scenario.read((header + rows).encode()), "own").changes == (
        Change("set", "incidents.capacity.publish_loss", Belief("logitnormal", 0.1, 0.2)),
        Change("scale", "costs.response_per_hour", lognormal(0.5, 0.5)),
        Change("scale", "platform.cpm", Belief("uniform", 0.5, 0.6)),
    )


def test_an_edit_in_the_file_keeps_what_it_leaves_empty():
    edited = Scenario.read(f"name,shape,low,mid,high\n{STEM}.change.1,,0.5,,0.6\n".encode())
    was, now = remedy(DEFAULT).changes[0], remedy(edited).changes[0]
    assert (now.kind, now.path, now.belief.shape) == (was.kind, was.path, was.belief.shape)
    assert (now.belief.low, now.belief.high) == (0.5, 0.6)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        (f"{STEM}.on", certain(0.5), "0 (off) or 1 (on)"),
        (f"{STEM}.on", Belief("uniform", 0, 1), "one number"),
        (f"{STEM}.life", certain(0), "more than 0 to 100 years"),
        (f"{STEM}.upfront", lognormal(-1, 1), "from 0"),
        (f"{STEM}.colour", certain(1), "unknown name"),
        (f"{STEM}.change.1", certain(1), "a change of an assumption"),
        (f"{STEM}.change.1", Change("add", "platform.cpm", certain(1)), "set or scale"),
        (f"{STEM}.change.1", Change("scale", "platform.cpm", certain(101)), "from 0 to 100 times"),
        (f"{STEM}.change.1", Change("set", "platform.cpm", certain(0)), "from 1e-06"),
        (f"{STEM}.change.1", Change("set", "platform.cpx", certain(1)), "known: platform.cpm"),
        (f"{STEM}.change.1", Change("set", "incidents.*.timing", certain(1)), "incidents.*.FIELD"),
        (f"{STEM}.change.1", Change("set", "incidents.dns.duration", certain(1)), "label"),
        (f"{STEM}.change.1", Change("set", "simulation.max_duration", certain(9)), "label"),
        (f"{STEM}.change.9", Change("set", "platform.cpm", certain(1)), "no gap"),
        ("remedies.own.on", certain(1), "unknown remedy"),
        ("remedies.warm_standbi.on", certain(1), "nearest known: warm_standby"),
    ],
)
def test_impossible_remedies_are_refused(name: str, value: Belief | Change, word: str):
    (found,) = refused({name: value})
    assert found.startswith(f"{titled(name)}: ")
    assert word in found


def test_without_a_library_file_there_are_no_remedies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    caches = (remedies.library, remedies.library_rows)
    monkeypatch.setattr(data, "ROOT", tmp_path)
    try:
        for cache in caches:
            cache.cache_clear()
        assert Scenario.default().remedies == ()
        assert Scenario.presets() == ()
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()


@pytest.mark.parametrize("row", ["annual", "annual_share"])
def test_a_price_may_be_money_or_a_share_of_the_bill(row):
    said = DEFAULT.with_({f"{STEM}.{row}": lognormal(0.3, 0.5)})
    assert remedy(said).annual == Price(row, lognormal(0.3, 0.5))
    assert Scenario.read(said.to_csv().encode()) == said
    assert f"{STEM}.{row}," in said.to_csv()
    assert said.to_csv().count(f"{STEM}.annual") == 1
    assert said.without(f"{STEM}.{row}") == DEFAULT


def test_a_remedy_that_costs_nothing_costs_nothing():
    """No money in place of a share is a change, though a new remedy begins with it."""
    free = DEFAULT.with_({f"{STEM}.annual": certain(0.0)})
    assert remedy(free).annual.belief.high == 0.0
    assert not remedy(free).annual.is_share


def test_money_and_share_together_are_an_error():
    with pytest.raises(ScenarioError, match="not both"):
        DEFAULT.with_({f"{STEM}.annual": certain(1e6), f"{STEM}.annual_share": certain(0.1)})


LABELS = (
    "Zweiter Anbieter; Köln, „Süd“",
    'He said "no", then left; twice',
    "=1+1",
    "@cmd|' /C calc'!A0",
    "-5",
    "第二のリージョン",
    "1,5",
)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("name", [REMEDY, "own"])
def test_a_remedy_is_called_anything_and_keeps_it_in_every_file(label: str, name: str) -> None:
    rows = {
        "remedies.own.change.1": Change("scale", "incidents.*.duration", lognormal(0.5, 0.8)),
        "remedies.own.annual_share": lognormal(0.01, 0.02),
        f"remedies.{name}.label": label,
    }
    named = DEFAULT.with_(rows)
    assert remedy(named, name).label == label
    for file in (named.to_csv().encode("utf-8-sig"), named.changes_csv().encode(), named.to_xlsx()):
        assert Scenario.read(file).changes == named.changes


def test_a_label_is_no_figure_and_no_source() -> None:
    named = DEFAULT.with_({f"{STEM}.label": "Our standby"})
    assert named.digest() == DEFAULT.digest()
    assert remedy(named).source == remedy(DEFAULT).source
    assert DEFAULT.with_({f"{STEM}.label": remedy(DEFAULT).label}) == DEFAULT


@pytest.mark.parametrize("label", ["", "x" * 81, "a\x00b"])
def test_a_label_has_letters_and_an_end(label: str) -> None:
    (found,) = refused({f"{STEM}.label": label})
    assert "characters" in found or "no character" in found


def test_two_remedies_are_not_called_the_same() -> None:
    (found,) = refused({f"{STEM}.label": "active-active  SECOND region"})
    assert "remedies.active_active is called that too" in found


def test_a_german_spreadsheet_brings_back_labels_shares_and_effects() -> None:
    rows = {
        "remedies.own.change.1": Change("scale", "incidents.*.duration", lognormal(0.5, 0.85)),
        "remedies.own.annual_share": lognormal(0.015, 0.025),
        "remedies.own.label": 'Nur-Lese-Modus; „Süd“ "B", 1,5',
    }
    before = DEFAULT.with_(rows, {"remedies.own.annual_share": Provenance("Angebot; Köln", "B")})
    table = list(csv.reader(io.StringIO(before.changes_csv())))
    head, numbers = table[0], {table[0].index(part) for part in ("low", "mid", "high")}
    saved = io.StringIO()
    writer = csv.writer(saved, delimiter=";")
    writer.writerow(head)
    for row in table[1:]:
        writer.writerow([c.replace(".", ",") if k in numbers else c for k, c in enumerate(row)])
    after, remarks = Scenario.read_with_remarks(saved.getvalue().encode("cp1252"))
    assert after == before
    assert after.provenance == before.provenance
    assert any("semicolons" in line and "decimal commas" in line for line in remarks)
