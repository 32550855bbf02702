"""Your platform: what is typed becomes the scenario at once, what is open says what stands in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.scenario.own_platform.start import facts_of, started
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.session import link
from views.session.link import Settings

PAGE = """
from views.session import state
from views.your_platform.page import your_platform

state.open_visit("your-platform")
your_platform()
"""
MOST_LOOKS = 200
SAID = Provenance("typed on Your platform", "B", "", "2026-11-27")


def opened(scenario: Scenario | None = None) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE_S)
    parameters = link.encoded(scenario, Settings()) if scenario else {}
    for name, value in {"years": "2000", **parameters}.items():
        app.query_params[name] = value
    return app.run()


def field(app: AppTest, key: str) -> Any:
    """The field on show, which may have taken the place of others."""
    fields = [*app.text_input, *app.selectbox]
    return next(one for one in fields if (one.key or "").split(".renewed.")[0] == f"own.{key}")


def typed(app: AppTest, **texts: str) -> AppTest:
    for key, text in texts.items():
        field(app, key).set_value(text).run()
        assert not app.exception
    return app


def in_hand(app: AppTest) -> Scenario:
    return app.session_state["scenario_in_hand"]


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in (*app.caption, *app.error, *app.markdown)).replace(
        "\\", ""
    )


def answer(app: AppTest) -> str:
    return next(one.body for one in app.get("html") if "class='answer" in one.body)


def test_an_open_page_says_what_the_default_says():
    app = opened()
    assert "open: 86M to 105M, the default’s" in said(app)
    assert "Outages cost about" in answer(app)
    assert field(app, "users").value == ""


def test_what_is_typed_becomes_the_scenario_and_the_rest_is_scaled():
    app = opened()
    before = answer(app)
    typed(app, name="Kanal 9", currency="EUR", time_zone="Europe/Berlin", users="12M",
          minutes="50 to 60", revenue="180M", regions="2")  # fmt: skip
    found = in_hand(app)
    assert facts_of(found) == {
        "name": "Kanal 9", "currency": "EUR", "time_zone": "Europe/Berlin", "users": (12e6, 12e6),
        "minutes": (50, 60), "revenue": (180e6, 180e6), "regions": (2, 2),
    }  # fmt: skip
    assert found.evidence("platform.daily_users").source == "typed on Your platform"
    assert found.evidence("platform.daily_users").date
    assert "open: 758k to 3.79M, scaled by daily users (×\xa00.126)" in said(app)
    assert answer(app) != before


def test_coming_back_shows_what_was_entered():
    app = opened(started({"users": (12e6, 12e6), "minutes": (50, 60), "regions": (2, 2)}, SAID))
    assert field(app, "users").value == "12M"
    assert field(app, "minutes").value == "50 min to 60 min"
    assert field(app, "regions").value == "2"
    assert field(app, "revenue").value == ""


def test_an_emptied_field_is_open_again():
    app = typed(opened(), users="12M", uploads="1M")
    assert in_hand(app).belief("publishing.uploads_per_day").high == 1e6
    typed(app, uploads="")
    assert "open: 758k to 3.79M" in said(app)


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("users", "many", "not a number"),
        ("users", "-1", "from 1e-06"),
        ("minutes", "2000", "1,440"),
        ("tolerance", "1M to 2M", "one number"),
        ("name", "x" * 99, "80"),
        ("rate", "-3", "allowed is 0"),
    ],
)
def test_a_refused_entry_is_explained_at_its_field_and_stays(key: str, text: str, why: str):
    app = typed(opened(), revenue="180M")
    before = in_hand(app)
    typed(app, **{key: text})
    assert in_hand(app) == before
    assert field(app, key).value == text
    (error,) = app.error
    assert why in error.value.replace("\\", "")
    typed(app, **{key: "12" if key != "name" else "Kanal 9"})
    assert not app.error


def test_people_hours_and_rate_make_a_cost_together():
    app = typed(opened(), users="12M")
    before = in_hand(app)
    typed(app, people="12", rate="90")
    assert in_hand(app) == before
    assert field(app, "people").value == "12"
    assert "still needed for the cost of response" in said(app)
    typed(app, hours="8")
    assert in_hand(app).evidence("costs.response_per_hour").source == (
        "typed on Your platform: 12 people × 8 h × 90 an hour"
    )
    typed(app, rate="100")
    assert "× 100 an hour" in in_hand(app).evidence("costs.response_per_hour").source
    typed(app, people="")
    assert in_hand(app).evidence("costs.response_per_hour").source.startswith("scaled")


def test_where_figures_come_from_is_said_of_all_of_them_at_once():
    app = typed(opened(), users="12M", revenue="180M", people="1", hours="2", rate="3", regions="1")
    typed(app, source="Annual report 2025", grade="A")
    found = in_hand(app)
    for name in ("platform.daily_users", "platform.ad_revenue_per_year"):
        assert (found.evidence(name).source, found.evidence(name).grade) == (
            "Annual report 2025", "A",
        )  # fmt: skip
    assert found.evidence("costs.response_per_hour").source.startswith("Annual report 2025: 1 peo")
    assert facts_of(found)["regions"] == (1, 1)
    assert found.evidence("publishing.uploads_per_day").grade == "C"
    typed(app, uploads="1M")
    assert in_hand(app).evidence("publishing.uploads_per_day").source == "Annual report 2025"


def test_what_does_not_fit_together_is_said_and_put_away():
    app = typed(opened(), users="12M", uploads="13M")
    odd = "13M uploads a day by 12M daily users are 1.1 each"
    assert odd in said(app)
    app.button(key="implausible_away").click().run()
    assert odd not in said(app)


def test_what_was_set_elsewhere_stays():
    own = started({"users": (12e6, 12e6)}, SAID).with_(
        {"trust.recovery": Scenario.default().belief("sessions.return_lag")}
    )
    app = typed(opened(own), revenue="180M")
    assert in_hand(app).value("trust.recovery") == own.value("trust.recovery")


@pytest.mark.parametrize("id", ["midsize_europe", "article"])
def test_what_is_typed_on_top_of_a_preset_does_not_carry_its_source(id: str):
    app = typed(opened(Scenario.preset(id)), users="11M")
    found = in_hand(app).evidence("platform.daily_users")
    assert (found.source, found.grade) == ("typed on Your platform", "B")
    for name, _ in Scenario.preset(id).provenance:
        assert not in_hand(app).evidence(name).source.startswith("typed") or "users" in name


def test_a_change_of_currency_leaves_amounts_as_typed_and_offers_to_convert_them():
    app = typed(opened(), users="12M", revenue="180M")
    assert not [one for one in app.button if one.key == "conversion.take"]
    typed(app, currency="EUR")
    assert in_hand(app).belief("platform.ad_revenue_per_year").low == 180e6
    assert "stay as typed and are now EUR" in said(app)
    assert "times 0.8951 (ECB euro reference rates" in said(app)
    next(one for one in app.button if one.key == "conversion.take").click().run()
    assert not app.exception
    assert in_hand(app).belief("platform.ad_revenue_per_year").low == 180e6 * 0.895095
    assert in_hand(app).currency == "EUR"
    assert not [one for one in app.button if one.key == "conversion.take"]


def test_the_offer_to_convert_goes_with_the_next_entry():
    app = typed(opened(), revenue="180M", currency="JPY", users="3M")
    assert not [one for one in app.button if one.key == "conversion.take"]
    assert in_hand(app).belief("platform.ad_revenue_per_year").low == 180e6


def test_without_amounts_of_ones_own_there_is_nothing_to_convert():
    app = typed(opened(), currency="EUR")
    assert not [one for one in app.button if one.key == "conversion.take"]


def test_own_traffic_is_read_beside_the_page_and_taken_once() -> None:
    start = dt.datetime(2026, 3, 2)
    hours = [start + dt.timedelta(hours=k) for k in range(24 * 15)]
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},{2000 if 12 <= at.hour < 20 else 1000}" for at in hours]
    raw = "\n".join(["timestamp,visits", *rows]).encode()
    app = opened()
    app.file_uploader(key="own.traffic").upload("visits.csv", raw, "text/csv").run()
    for _ in range(MOST_LOOKS):
        if in_hand(app).word("profiles.demand").startswith("own:"):
            break
        app.run()
    assert not app.exception
    found = in_hand(app)
    assert found.word("profiles.demand").startswith("own:")
    assert found.evidence("profiles.demand").source.startswith("Measured: visits.csv")
    assert "the profile of demand" in said(app)
    app.session_state["scenario_in_hand"] = Scenario.default()
    assert in_hand(app.run()) == Scenario.default()


def test_traffic_that_is_none_says_so_and_changes_nothing() -> None:
    app = opened()
    app.file_uploader(key="own.traffic").upload("x.csv", b"a,b\n1,2\n", "text/csv").run()
    for _ in range(MOST_LOOKS):
        if "x.csv" in said(app):
            break
        app.run()
    assert "x.csv: " in said(app)
    assert in_hand(app) == Scenario.default()
