"""Remedies of one's own: added, copied, called, priced, given effects and removed in the page."""

from __future__ import annotations

import pytest
from given import lognormal
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.assumptions.remedy_library import Change, Price, Remedy
from model.beliefs.belief import Belief
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.session import link

DEFAULT = Scenario.default()
GRACEFUL, STANDBY, DRILLS = "graceful_degradation", "warm_standby", "quarterly_failover_drills"
PAGE = """
import streamlit as st

from views.fields import remedies
from views.session import state

state.open_visit("decide")
remedies.switches()
remedies.show()
"""


def opened(scenario: Scenario = DEFAULT) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE_S)
    for name, value in link.encoded(scenario, link.Settings()).items():
        app.query_params[name] = value
    return app.run()


def in_hand(app: AppTest) -> Scenario:
    there = "scenario_in_hand" in app.session_state
    return app.session_state["scenario_in_hand"] if there else DEFAULT


def remedy(app: AppTest, name: str) -> Remedy:
    return next(one for one in in_hand(app).remedies if one.name == name)


def field(app: AppTest, kind: str, key: str):
    """The field on show under a key, which is new when its value came from elsewhere."""
    found = [one for one in getattr(app, kind) if one.key.split(".renewed.")[0] == key]
    assert len(found) == 1, [one.key for one in getattr(app, kind)]
    return found[0]


def typed(app: AppTest, key: str, text: str) -> AppTest:
    return field(app, "text_input", key).set_value(text).run()


def shared(app: AppTest) -> Scenario:
    visit = link.decoded({k: app.query_params[k] for k in app.query_params})
    assert not visit.problems
    return visit.scenario


LABEL = 'Nur-Lese-Modus; "Süd", 1,5'
OWN = "nur_lese_modus_sud_1_5"


@pytest.fixture
def own() -> AppTest:
    """A page on which a remedy of one's own has just been added."""
    return typed(opened(), "remedies.new", LABEL)


def test_a_new_one_costs_and_changes_nothing_until_it_is_said(own):
    added = remedy(own, OWN)
    assert (added.label, added.on) == (LABEL, False)
    assert added.upfront.belief.high == added.annual.belief.high == 0.0
    (change,) = added.changes
    assert (change.kind, change.belief.low, change.belief.high) == ("scale", 1.0, 1.0)
    assert own.selectbox(key="remedies.edited").value == OWN
    assert own.text_input(key="remedies.new").value == ""
    assert LABEL.replace('"', "") in "".join(own.pills(key="remedies.on").options).replace('"', "")
    assert not own.exception


def test_a_whole_one_travels_in_link_file_and_workbook(own):
    stem = f"remedies.{OWN}"
    field(own, "segmented_control", f"remedy.form.{stem}.annual").set_value(True).run()
    typed(own, f"remedy.low.{stem}.annual_share", "2%")
    typed(own, f"remedy.high.{stem}.annual_share", "4%")
    typed(own, f"remedy.high.{stem}.upfront", "3M")
    typed(own, f"remedy.low.{stem}.upfront", "1M")
    typed(own, f"remedy.one.{stem}.life", "3")
    field(own, "selectbox", f"effect.path.{stem}.change.1").set_value("incidents.*.ads_loss").run()
    typed(own, f"remedy.low.{stem}.change.1", "0.5")
    typed(own, f"remedy.high.{stem}.change.1", "0.7")
    field(own, "selectbox", f"effect.more.{OWN}.1").set_value("resilience.failover_success").run()
    field(own, "segmented_control", f"effect.kind.{stem}.change.2").set_value("set").run()
    before = DEFAULT.belief("resilience.failover_success")
    assert remedy(own, OWN).changes[1] == Change("set", "resilience.failover_success", before)
    typed(own, f"remedy.high.{stem}.change.2", "90%")
    typed(own, f"remedy.low.{stem}.change.2", "70%")
    typed(own, f"evidence.source.{stem}.change.2", "Drill of May")
    own.pills(key="remedies.on").set_value([OWN]).run()
    assert not own.exception
    assert not own.error
    made = remedy(own, OWN)
    assert made == Remedy(
        name=OWN,
        label=LABEL,
        changes=(
            Change("scale", "incidents.*.ads_loss", lognormal(0.5, 0.7)),
            Change("set", "resilience.failover_success", Belief(before.shape, 0.7, 0.9)),
        ),
        upfront=Price("upfront", lognormal(1e6, 3e6)),
        annual=Price("annual_share", lognormal(0.02, 0.04)),
        life_years=3.0,
        on=True,
        source="Drill of May",
        grade="C",
    )
    scenario = in_hand(own)
    files = (scenario.to_csv().encode(), scenario.changes_csv().encode(), scenario.to_xlsx())
    for same in (shared(own), *map(Scenario.read, files)):
        assert same.changes == scenario.changes
        assert same.provenance == scenario.provenance


def test_what_is_refused_is_said_at_the_field_and_stays(own):
    stem = f"remedies.{OWN}"
    typed(own, f"remedy.low.{stem}.change.1", "200")
    before = in_hand(own)
    (told,) = own.error
    assert "from 0 to 100 times" in told.value
    assert field(own, "text_input", f"remedy.low.{stem}.change.1").value == "200"
    typed(own, f"remedy.label.{OWN}", "Warm standby region")
    assert in_hand(own) == before
    assert len(own.error) == 2
    assert "is called that too" in own.error[0].value
    typed(own, f"remedy.label.{OWN}", "読み取り専用")
    assert remedy(own, OWN).label == "読み取り専用"
    typed(own, "remedies.new", "Warm standby region")
    assert own.text_input(key="remedies.new").value == "Warm standby region"


def test_one_of_ones_own_is_removed_and_a_shipped_one_goes_back(own):
    own.button(key=f"remedy.remove.{OWN}").click().run()
    assert in_hand(own) == DEFAULT
    assert not own.exception
    own.selectbox(key="remedies.edited").set_value(GRACEFUL).run()
    typed(own, f"remedy.label.{GRACEFUL}", "Cached feed")
    assert remedy(own, GRACEFUL).label == "Cached feed"
    assert not [b for b in own.button if b.key == f"remedy.remove.{GRACEFUL}"]
    own.button(key=f"remedy.back.{GRACEFUL}").click().run()
    assert in_hand(own) == DEFAULT


def test_a_copy_has_the_figures_and_their_sources():
    app = opened()
    app.selectbox(key="remedies.edited").set_value(STANDBY).run()
    app.button(key=f"remedy.copy.{STANDBY}").click().run()
    app.button(key="remedy.copy.warm_standby_region").click().run()
    copies = [one for one in in_hand(app).remedies if one.name.startswith("warm_standby_region")]
    shipped = remedy(app, STANDBY)
    assert [one.label for one in copies] == [
        "Warm standby region (copy)",
        "Warm standby region (copy 2)",
    ]
    for one in copies:
        assert (one.changes, one.annual, one.source) == (
            shipped.changes,
            shipped.annual,
            shipped.source,
        )
    assert shared(app).changes == in_hand(app).changes


def test_a_price_in_the_other_form_is_about_as_much_and_back_is_the_shipped_one():
    app = opened()
    app.selectbox(key="remedies.edited").set_value(STANDBY).run()
    stem = f"remedies.{STANDBY}"
    field(app, "segmented_control", f"remedy.form.{stem}.annual").set_value(False).run()
    price = remedy(app, STANDBY).annual
    assert price.row == "annual"
    assert 0.2 * 600e6 < price.belief.low < 0.2 * 800e6
    field(app, "segmented_control", f"remedy.form.{stem}.annual").set_value(True).run()
    assert in_hand(app) == DEFAULT


def test_an_effect_goes_and_those_after_it_move_up_with_their_sources():
    rows = {
        f"remedies.own.change.{k}": Change("scale", path, lognormal(0.5, 0.5 + k / 10))
        for k, path in enumerate(("platform.cpm", "ads.pacing_horizon", "trust.recovery"), 1)
    }
    given = {"remedies.own.change.3": Provenance("Drill", "A")}
    app = opened(DEFAULT.with_(rows, given))
    app.selectbox(key="remedies.edited").set_value("own").run()
    app.button(key="effect.out.remedies.own.change.2").click().run()
    left = remedy(app, "own").changes
    assert [change.path for change in left] == ["platform.cpm", "trust.recovery"]
    assert in_hand(app).evidence("remedies.own.change.2") == Provenance("Drill", "A")
    app.button(key="effect.out.remedies.own.change.1").click().run()
    assert [change.path for change in remedy(app, "own").changes] == ["trust.recovery"]
    app.button(key="effect.out.remedies.own.change.1").click().run()
    assert remedy(app, "own").changes[0].belief == Belief("lognormal", 1.0, 1.0)


def test_an_effect_of_a_shipped_one_becomes_a_factor_of_one():
    app = opened()
    app.selectbox(key="remedies.edited").set_value(DRILLS).run()
    name = f"remedies.{DRILLS}.change.2"
    before = remedy(app, DRILLS).changes
    app.button(key=f"effect.out.{name}").click().run()
    after = remedy(app, DRILLS).changes
    assert after[1].belief == Belief("lognormal", 1.0, 1.0)
    assert (after[0], after[2]) == (before[0], before[2])
    assert Scenario.read(in_hand(app).to_csv().encode()) == in_hand(app)
