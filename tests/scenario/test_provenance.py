"""Where values come from: beside each value its own source, kept outside what a scenario is."""

from __future__ import annotations

import csv
import io
import pickle
from dataclasses import replace

import pytest
from given import certain, lognormal, new_cause

from model.assumptions.lookup import declared
from model.assumptions.remedies import SET_HERE
from model.formats import characters
from model.present.story.slide_assumptions import GRADES, uncertain
from model.present.words import headline
from model.replays.incident import named
from model.runs.reuse import what_is_reused
from model.scenario.provenance import NONE, Provenance
from model.scenario.scenario import Scenario
from model.scenario.validation import ScenarioError
from views.session import runs
from views.session.comparisons import switched_off
from views.session.link import Settings, decoded, encoded

CPM, REVENUE = "platform.cpm", "platform.ad_revenue_per_year"
AUDITED = Provenance("Annual report 2026", "A", "Ann", "2026-04-01")
DEFAULT = Scenario.default()
OWN = DEFAULT.with_({REVENUE: lognormal(1e10, 1.1e10)}, {REVENUE: AUDITED})


def row(scenario: Scenario, name: str) -> dict[str, str]:
    (found,) = [r for r in csv.DictReader(io.StringIO(scenario.to_csv())) if r["name"] == name]
    return found


def judged(scenario: Scenario) -> int:
    return sum(scenario.evidence(name).graded == "C" for name in uncertain(scenario))


def test_a_value_of_the_default_has_the_source_of_the_default():
    given = DEFAULT.evidence(CPM)
    assert given == Provenance(declared(CPM).source, declared(CPM).grade)


def test_a_changed_value_has_its_own_source_or_none():
    changed = DEFAULT.with_({CPM: lognormal(5, 9)})
    assert changed.evidence(CPM) == NONE
    assert (row(changed, CPM)["source"], row(changed, CPM)["grade"]) == ("", "")
    assert headline.cited(changed.evidence(CPM)) == SET_HERE
    assert OWN.evidence(REVENUE) == AUDITED
    assert {part: row(OWN, REVENUE)[part] for part in vars(AUDITED)} == vars(AUDITED)
    assert headline.cited(AUDITED) == "Annual report 2026 (Ann, 2026-04-01)"


def test_a_source_is_no_part_of_what_a_scenario_is():
    bare = DEFAULT.with_({REVENUE: OWN.value(REVENUE)})
    assert (bare, hash(bare), bare.digest()) == (OWN, hash(OWN), OWN.digest())
    assert bare.provenance != OWN.provenance
    assert pickle.loads(pickle.dumps(OWN)).provenance == OWN.provenance


def test_a_run_that_is_remembered_tells_the_sources_of_who_asks():
    first = what_is_reused.simulate(OWN, years=100, seed=11)
    again = what_is_reused.simulate(OWN.unsourced(), years=100, seed=11)
    assert first.scenario.provenance == OWN.provenance
    assert again.scenario.provenance == ()
    assert OWN.unsourced() == OWN


def test_visitors_share_a_run_and_not_where_values_come_from():
    one = runs.run(OWN, 100, 12)
    other = runs.run(OWN.unsourced(), 100, 12)
    assert one.result.columns is other.result.columns
    assert one.result.scenario.provenance == OWN.provenance
    assert other.result.scenario.provenance == ()
    assert runs.run(OWN, 100, 12) is one
    assert switched_off(OWN).provenance == ()


def test_a_source_stays_with_its_value_and_goes_with_it():
    more = OWN.with_({CPM: lognormal(5, 9)})
    assert more.evidence(REVENUE) == AUDITED
    assert more.with_({REVENUE: OWN.value(REVENUE)}).evidence(REVENUE) == AUDITED
    assert more.with_({REVENUE: lognormal(1e10, 1.2e10)}).evidence(REVENUE) == NONE
    assert more.without(CPM).evidence(REVENUE) == AUDITED
    assert more.without(REVENUE).evidence(REVENUE) == DEFAULT.evidence(REVENUE)
    assert OWN.with_({}, {REVENUE: NONE}).provenance == ()


def test_a_source_of_a_cause_goes_with_the_cause():
    name = "incidents.dns.duration"
    grown = DEFAULT.with_(new_cause(), {name: AUDITED})
    assert grown.evidence(name) == AUDITED
    assert grown.without("incidents.dns").provenance == ()


def test_a_default_can_be_confirmed():
    checked = DEFAULT.with_({}, {CPM: Provenance("Our invoices", "A")})
    assert checked == DEFAULT
    assert checked.evidence(CPM).grade == "A"
    assert Scenario.read(checked.changes_csv().encode()).provenance == checked.provenance
    restated = {CPM: DEFAULT.evidence(CPM)}
    assert DEFAULT.with_({}, restated).provenance == (), "what the default says is not one's own"


def test_the_source_of_the_default_never_stands_beside_another_value():
    """Somebody changes the numbers in a spreadsheet and leaves the other cells."""
    text = DEFAULT.to_csv().replace(f"{CPM},lognormal,4,,12", f"{CPM},lognormal,5,,9")
    scenario, remarks = Scenario.read_with_remarks(text.encode())
    assert scenario.belief(CPM) == lognormal(5, 9)
    assert scenario.evidence(CPM) == NONE
    assert remarks == (f"{CPM}: the source is the default's, the value is not: source left empty",)
    given = Provenance(declared(CPM).source, "A", "Ann")
    assert DEFAULT.with_({CPM: lognormal(5, 9)}, {CPM: given}).evidence(CPM) == Provenance(
        "", "A", "Ann"
    )
    formerly = f"name,shape,low,mid,high,source,grade\n{CPM},,5,,9,Set by the scenario,C\n"
    read, (since_results_1,) = Scenario.read_with_remarks(formerly.encode())
    assert read.evidence(CPM) == NONE
    assert since_results_1.startswith("written for results 1")


def test_an_audited_figure_lowers_the_count_of_judgement():
    name = next(n for n in uncertain(DEFAULT) if declared(n).grade == "C")
    belief = DEFAULT.belief(name)
    moved = lognormal(belief.low * 1.01, belief.high) if belief.shape == "lognormal" else belief
    changes = {name: moved}
    assert judged(DEFAULT.with_(changes)) == judged(DEFAULT)
    assert judged(DEFAULT.with_(changes, {name: AUDITED})) == judged(DEFAULT) - 1
    assert judged(DEFAULT.with_({}, {name: AUDITED})) == judged(DEFAULT) - 1
    assert set(GRADES) == {"A", "B", "C"}


def test_a_remedy_has_the_source_of_its_own_rows():
    name = "remedies.warm_standby.annual"
    edited = DEFAULT.with_({name: lognormal(1e6, 2e6)})
    (remedy,) = [one for one in edited.remedies if one.name == "warm_standby"]
    assert (remedy.source, remedy.grade) == (SET_HERE, "C")
    priced = edited.with_({}, {name: Provenance("Offer 12", "B")})
    (remedy,) = [one for one in priced.remedies if one.name == "warm_standby"]
    assert (remedy.source, remedy.grade) == ("Offer 12", "B")


@pytest.mark.parametrize(
    ("name", "given", "word"),
    [
        (CPM, Provenance(grade="D"), "grade 'D': A, B or C"),
        (CPM, Provenance(date="1.4.2026"), "a day like 2026-04-01"),
        (CPM, Provenance("a\uffffb"), "U+FFFF is no character of a text"),
        (CPM, Provenance(owner="x" * 201), "0 to 200 characters"),
        (CPM, Provenance("two\nlines"), "plain text"),
        ("platform.cpx", Provenance("x"), "unknown name"),
    ],
)
def test_what_is_no_provenance_is_refused_at_every_door(name, given, word):
    with pytest.raises(ScenarioError) as caught:
        DEFAULT.with_({}, {name: given})
    assert word in caught.value.problems[0]
    visit = decoded({f"{name}.source": "~".join(vars(given).values())})
    assert any(word in line for line in visit.problems)
    assert visit.scenario.provenance == ()


@pytest.mark.parametrize(
    "given",
    [
        AUDITED,
        Provenance("50 % of a~b, 100%25 sure & more = +1", "B", "~", ""),
        Provenance(owner="Größe"),
        Provenance(date="2026-04-01"),
    ],
)
def test_a_link_carries_where_values_come_from(given: Provenance):
    scenario = DEFAULT.with_({CPM: lognormal(5, 9)}, {CPM: given, "trust.recovery": given})
    visit = decoded(encoded(scenario, Settings()))
    assert visit.problems == ()
    assert (visit.scenario, visit.scenario.provenance) == (scenario, scenario.provenance)


@pytest.mark.parametrize("id", [row[0] for row in Scenario.presets()])
def test_a_preset_is_short_in_a_link_and_keeps_its_sources(id: str):
    preset = Scenario.preset(id)
    parameters = encoded(preset, Settings())
    assert decoded(parameters).scenario.provenance == preset.provenance != ()
    assert sum(len(text) for name, text in parameters.items() if name.endswith(".source")) < 300


# --- characters that no file can carry ------------------------------------------------------------

NONCHARACTERS = [
    *map(chr, range(0xFDD0, 0xFDF0)),
    *(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    *map(chr, [0x0, 0x8, 0x7F, 0x9F]),
]


@pytest.mark.parametrize("sign", NONCHARACTERS, ids=lambda sign: f"U+{ord(sign):04X}")
def test_no_door_lets_in_a_character_that_no_file_can_carry(sign: str):
    assert not characters.is_plain(sign)
    text = f"Plan {sign} B"
    for changes, own in (
        ({"scenario.name": text}, {}),
        ({"scenario.note": text}, {}),
        ({}, {CPM: Provenance(text)}),
        ({}, {CPM: Provenance(owner=text)}),
        ({f"incidents.{text}.rate_per_year": certain(1)}, {}),
    ):
        with pytest.raises(ScenarioError):
            DEFAULT.with_(changes, own)
    for made in ({"name": text}, {"note": text}, {"provenance": ((CPM, Provenance(text)),)}):
        with pytest.raises(ScenarioError):
            Scenario(**made)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no character of a text"):
        replace(named()["tiktok-2026-01-25"], name=text)
    for name in ("scenario.name", "scenario.note", f"{CPM}.source"):
        visit = decoded({name: text})
        assert visit.problems
        assert (visit.scenario, visit.scenario.provenance) == (DEFAULT, ())
    rows = f"name,shape,low,mid,high,source\nscenario.name,{text},,,,\n"
    for raw in (rows, rows.replace(text, "x").replace("x,,,,", f"x,,,,{text}")):
        with pytest.raises(ScenarioError):
            Scenario.read(raw.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1f", "\x85", "\u2028"])
def test_odd_white_space_becomes_a_space(sign: str):
    assert DEFAULT.with_({"scenario.name": f"Plan{sign}B"}).name == "Plan B"


@pytest.mark.parametrize("sign", ["\ud800"])
def test_half_a_character_is_refused(sign: str):
    with pytest.raises(ScenarioError, match="no character of a text"):
        DEFAULT.with_({"scenario.name": f"Plan {sign}"})
