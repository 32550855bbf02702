"""Where a value comes from is said wherever a value is changed, and the default's stays with it."""

from __future__ import annotations

import pytest
from given import certain, lognormal
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.assumptions import correlations
from model.assumptions.remedy_library import Change
from model.scenario.provenance import NONE, Provenance
from model.scenario.scenario import Scenario
from views.session import link

DEFAULT = Scenario.default()
RATES = correlations.row_name(
    "incidents.capacity.rate_per_year", "incidents.network_latency.rate_per_year"
)
PAGE = """
from views.fields import evidence
from views.session import state

state.open_visit("assumptions")
evidence.beside({name!r})
"""
CHANGED = {
    "platform.cpm": lognormal(5.0, 9.0),
    "incidents.capacity.timing": "winter",
    "simulation.start_date": "2027-01-01",
    "profiles.price": "flat",
    "sla.tier_1.credit": certain(0.2),
    RATES: certain(0.2),
    "remedies.warm_standby.annual": lognormal(1e6, 2e6),
    "remedies.warm_standby.life": certain(3.0),
    "remedies.warm_standby.change.1": Change("scale", "incidents.*.duration", lognormal(0.5, 0.8)),
}


def opened(name: str, scenario: Scenario) -> AppTest:
    app = AppTest.from_string(PAGE.format(name=name), default_timeout=PATIENCE_S)
    for key, value in link.encoded(scenario, link.Settings()).items():
        app.query_params[key] = value
    return app.run()


def shown(app: AppTest) -> str:
    parts = [*(one.value for one in app.markdown), *(one.body for one in app.get("html"))]
    return " ".join(parts)


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_value_has_its_own_source_and_nothing_of_the_defaults(name: str):
    scenario = DEFAULT.with_({name: CHANGED[name]})
    assert scenario.evidence(name) == NONE
    app = opened(name, scenario)
    assert not app.exception
    assert "Set here, no source yet" in shown(app)
    assert "Weakness" not in shown(app)
    default = DEFAULT.evidence(name).source if name in DEFAULT.names() else ""
    assert not default or default not in shown(app)
    app.text_input(key=f"evidence.source.{name}").set_value("Audit; „2026“").run()
    app.selectbox(key=f"evidence.grade.{name}").set_value("A").run()
    app.text_input(key=f"evidence.owner.{name}").set_value("Ann").run()
    app.text_input(key=f"evidence.date.{name}").set_value("2026-04-01").run()
    assert not app.error
    wanted = Provenance("Audit; „2026“", "A", "Ann", "2026-04-01")
    here = app.session_state["scenario_in_hand"]
    assert here.evidence(name) == wanted
    assert link.decoded(link.encoded(here, link.Settings())).scenario.evidence(name) == wanted
    for file in (here.to_csv().encode(), here.changes_csv().encode(), here.to_xlsx()):
        assert Scenario.read(file).evidence(name) == wanted
    app.text_input(key=f"evidence.date.{name}").set_value("yesterday").run()
    assert "a date such as" in app.error[0].value
    assert app.text_input(key=f"evidence.date.{name}").value == "yesterday"


def test_a_default_has_its_reasoning_beside_it():
    app = opened("platform.cpm", DEFAULT)
    assert "Weakness" in shown(app)
    assert "https://rightsideup.com" in shown(app)


def test_an_audited_figure_makes_judgement_one_less():
    judged = [name for name in DEFAULT.names() if DEFAULT.evidence(name).graded == "C"]
    name = "trust.recovery"
    assert name in judged
    audited = DEFAULT.with_({name: lognormal(2.0, 4.0)}, {name: Provenance("Panel", "A")})
    left = [name for name in audited.names() if audited.evidence(name).graded == "C"]
    assert len(left) == len(judged) - 1
