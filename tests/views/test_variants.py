"""Variants: pinned, renamed, taken in hand, held side by side on the same luck, and in files."""

from __future__ import annotations

import pytest
from given import lognormal
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.decisions.side_by_side import differing, side_by_side
from model.limits import MOST_VARIANTS
from model.present.charts import variants as chart
from model.present.files.several_scenarios import in_workbook, in_zip, read_several
from model.present.words import numbers as fmt
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.session import link

DEFAULT = Scenario.default()
YEARS = 1_000
REVENUE = "platform.ad_revenue_per_year"
CHEAP = DEFAULT.with_(
    {"scenario.name": "cheap", REVENUE: lognormal(1e9, 2e9)}, {REVENUE: Provenance("Sales", "A")}
)
RARE = DEFAULT.with_(
    {"scenario.name": "Störung; „selten“", "incidents.capacity.rate_per_year": lognormal(0.1, 0.2)}
)
PAGE = """
from views.decide import side_by_side
from views.session import state

state.open_visit("decide")
side_by_side.show()
"""


def opened(scenario: Scenario = DEFAULT) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE_S)
    for name, value in link.encoded(scenario, link.Settings(years=YEARS)).items():
        app.query_params[name] = value
    return app.run()


def pinned(app: AppTest) -> list[Scenario]:
    return list(app.session_state["variants_pinned"])


def in_hand(app: AppTest) -> Scenario:
    return app.session_state["scenario_in_hand"]


def tables(app: AppTest) -> str:
    return "".join(element.body for element in app.get("html"))


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    every = [(name, raw, "application/octet-stream") for name, raw in files]
    return app.file_uploader(key="beside.files").set_value(every).run()


def pin(app: AppTest, name: str) -> AppTest:
    return app.text_input(key="beside.new").set_value(name).run()


def test_a_scenario_is_pinned_renamed_taken_and_removed():
    app = pin(opened(CHEAP), "Before, Ünïcode; =1")
    (one,) = pinned(app)
    assert (one.name, one.changes) == ("Before, Ünïcode; =1", CHEAP.changes)
    assert one.provenance == CHEAP.provenance
    assert app.text_input(key="beside.new").value == ""
    app.text_input(key="beside.name.0").set_value("After").run()
    assert [one.name for one in pinned(app)] == ["After"]
    app.button(key="beside.take.0").click().run()
    assert (in_hand(app).name, in_hand(app).changes) == ("After", CHEAP.changes)
    app.button(key="beside.remove.0").click().run()
    assert pinned(app) == []
    assert in_hand(app).changes == CHEAP.changes
    assert not app.exception


def test_a_name_is_one_variants_alone_and_up_to_eight_are_kept():
    app = opened()
    for k in range(MOST_VARIANTS):
        pin(app, f"v{k}")
    assert len(pinned(app)) == MOST_VARIANTS
    assert app.text_input(key="beside.new").disabled
    app.text_input(key="beside.name.1").set_value("V0").run()
    (told,) = app.error
    assert "another variant is called that" in told.value
    assert app.text_input(key="beside.name.1").value == "V0"
    assert pinned(app)[1].name == "v1"
    app.button(key="beside.remove.0").click().run()
    pin(app, "v3")
    assert "another variant is called that" in app.error[0].value
    assert app.text_input(key="beside.new").value == "v3"
    assert len(pinned(app)) == MOST_VARIANTS - 1


@pytest.mark.parametrize(("file", "written"), [("v.xlsx", in_workbook), ("v.zip", in_zip)])
def test_variants_come_back_from_one_file_and_stand_side_by_side(file, written):
    app = upload(opened(), (file, written([CHEAP, RARE])))
    assert not app.exception
    assert not app.error
    assert pinned(app) == [CHEAP, RARE]
    assert pinned(app)[0].provenance == CHEAP.provenance
    shown = tables(app)
    rows = side_by_side([DEFAULT, CHEAP, RARE], years=YEARS).rows(DEFAULT.tolerance_usd)
    assert rows[1].delta_eal.value != 0.0
    for row in rows[1:]:
        for figure in (row.delta_eal, row.delta_p95, row.delta_tvar_95):
            assert fmt.signed_money(figure.value) in shown
    assert "default (in hand)" in shown
    assert "Störung; „selten“" in shown
    assert "Ad revenue per year" in shown
    assert "$1bn – $2bn</td>" in shown
    again = read_several(in_workbook(pinned(app)))
    assert [one.scenario for one in again] == pinned(app)


def test_what_is_as_the_scenario_in_hand_is_not_held_against_it():
    app = pin(opened(CHEAP), "mine")
    assert "in hand" not in tables(app)
    app.multiselect(key="beside.presets").set_value(["default"]).run()
    assert "mine (in hand)" in tables(app)
    assert "default</th>" in tables(app)


def test_a_bad_file_is_told_and_the_others_are_pinned():
    bad = b"name,shape,low,mid,high\nplatform.cpx,,1,,2\n"
    app = upload(opened(), ("bad.csv", bad), ("good.csv", CHEAP.changes_csv().encode()))
    assert [one.name for one in pinned(app)] == ["cheap"]
    (told,) = app.error
    assert "bad.csv is left out" in told.value
    app.button(key="beside.away").click().run()
    assert not app.error
    assert len(pinned(app)) == 1


def test_what_is_pinned_holds_no_result():
    app = upload(opened(), ("v.zip", in_zip([CHEAP, RARE])))
    assert all(type(one) is Scenario for one in pinned(app))


def test_what_differs_is_in_chain_order_and_nothing_else():
    changed = RARE.with_({"trust.recovery": lognormal(2.0, 3.0)})
    assert differing([DEFAULT, CHEAP, changed]) == (
        REVENUE,
        "trust.recovery",
        "incidents.capacity.rate_per_year",
    )
    assert differing([CHEAP, CHEAP.with_({"scenario.name": "other"})]) == ()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_overlay_is_small_and_tells_curves_apart(mode):
    found = side_by_side([DEFAULT, CHEAP, RARE], years=YEARS)
    curves = [(f"scenario {k}", run.curve(160)) for k, run in enumerate(found.results)]
    table = chart.table(curves, 1.0)
    assert len(table) <= 500
    assert set(table["which"].dropna()) == {"scenario 0", "scenario 1", "scenario 2"}
    assert len({chart.style_of(place) for place in range(chart.MOST_CURVES)}) == chart.MOST_CURVES
    assert "place" in str(chart.spec(mode))


def test_two_currencies_are_refused_with_both_named_and_stay_pinned():
    euros = CHEAP.with_({"scenario.name": "Europe", "simulation.currency": "EUR"})
    app = upload(opened(), ("v.zip", in_zip([euros, RARE])))
    assert not app.exception
    (told,) = [one.value for one in app.warning]
    assert "“Europe” is in EUR, the scenario in hand in USD" in told
    assert [one.name for one in pinned(app)] == ["Europe", RARE.name]
    assert "Europe</th>" not in tables(app)
    assert "„selten“</th>" in tables(app)
    app.button(key="beside.take.0").click().run()
    assert "” is in USD, the scenario in hand in EUR" in app.warning[0].value
