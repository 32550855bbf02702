"""The tiers of the contract: one table that holds together, and says why it does not."""

from __future__ import annotations

import pytest
from given import certain
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.session import link

DEFAULT = Scenario.default()
PAGE = """
from views.assumptions import sla
from views.session import state

state.open_visit("assumptions")
sla.show()
"""


def opened(scenario: Scenario = DEFAULT) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE_S)
    for name, value in link.encoded(scenario, link.Settings()).items():
        app.query_params[name] = value
    return app.run()


def in_hand(app: AppTest) -> Scenario:
    there = "scenario_in_hand" in app.session_state
    return app.session_state["scenario_in_hand"] if there else DEFAULT


def field(app: AppTest, name: str):
    (found,) = [one for one in app.text_input if one.key.startswith(f"tier.sla.tier_{name}")]
    return found


def values(app: AppTest) -> list[tuple[float, float]]:
    return [
        tuple(in_hand(app).belief(f"sla.tier_{tier}.{part}").low for part in ("below", "credit"))
        for tier in (1, 2, 3)
    ]


def test_the_table_shows_every_tier_with_what_it_means():
    app = opened()
    shown = [
        field(app, f"{tier}.{part}").value for tier in (1, 2, 3) for part in ("below", "credit")
    ]
    assert shown == ["99.99 %", "10 %", "99 %", "25 %", "95 %", "100 %"]
    assert any("more than 4.4 min down in a month" in caption.value for caption in app.caption)


def test_a_value_is_taken_with_its_unit_and_travels():
    app = opened()
    field(app, "2.credit").set_value("30").run()
    assert values(app)[1] == (0.99, 0.3)
    assert not app.error
    again = link.decoded({k: app.query_params[k] for k in app.query_params}).scenario
    assert again.belief("sla.tier_2.credit") == in_hand(app).belief("sla.tier_2.credit")
    app.button(key="sla.back").click().run()
    assert in_hand(app) == DEFAULT


def test_out_of_order_is_said_at_the_table_and_taken_once_it_fits():
    app = opened()
    field(app, "1.below").set_value("98%").run()
    (told,) = app.error
    assert "Tier 2: its availability must be less than that of tier 1" in told.value
    assert field(app, "1.below").value == "98%"
    assert in_hand(app) == DEFAULT
    field(app, "2.below").set_value("97%").run()
    assert not app.error
    assert [below for below, _ in values(app)] == [0.98, 0.97, 0.95]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("1.below", "101", "from 0\xa0% to 100\xa0%"),
        ("3.credit", "much", "is not a number"),
        ("3.credit", "5%", "Tier 3: its credit must be at least that of tier 2"),
    ],
)
def test_what_is_no_tier_changes_nothing(name: str, text: str, said: str):
    app = opened()
    field(app, name).set_value(text).run()
    (told,) = app.error
    assert said in told.value
    assert field(app, name).value == text
    assert values(app.run()) == [(0.9999, 0.1), (0.99, 0.25), (0.95, 1.0)]


def test_a_tier_is_left_out():
    app = opened()
    field(app, "3.below").set_value("0").run()
    assert not app.error
    assert values(app)[2][0] == 0.0
    assert any(caption.value == "left out" for caption in app.caption)


def test_its_sources_are_its_own():
    app = opened(DEFAULT.with_({"sla.tier_1.credit": certain(0.2)}))
    key = "evidence.source.sla.tier_1.credit"
    app.text_input(key=key).set_value("Contract, annex 2").run()
    assert in_hand(app).evidence("sla.tier_1.credit") == Provenance("Contract, annex 2")
