"""The app's pages and widgets without a browser, through Streamlit's AppTest."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time
from html import escape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model import data
from model.assumptions import correlations
from model.assumptions.defaults import ASSUMPTIONS
from model.assumptions.lookup import cause_label
from model.beliefs.belief import Belief
from model.decisions.replay_with_remedies import replay_with_remedies
from model.drivers.ranges import ranges
from model.present.words import estimates
from model.present.words import numbers as fmt
from model.present.words.foreign import markdown
from model.replays import asked as replayed
from model.replays.incident import named, phased
from model.replays.replay import replay
from model.replays.running_now import running
from model.runs.simulate import simulate
from model.scenario.provenance import Provenance
from model.scenario.scenario import Scenario
from views.assumptions import page as assumptions_page
from views.assumptions import sla
from views.fields import beliefs
from views.session import link
from views.session.first_look import YEARS
from views.session.link import Settings, decoded, encoded
from views.shell import sidebar

CPM = "platform.cpm"
LOWER_CPM = "name,shape,low,mid,high\nplatform.cpm,,5.5,,9.25\n"
REVENUE = "platform.ad_revenue_per_year"
RATE = "incidents.change_and_configuration.rate_per_year"


def opened(**parameters: str) -> AppTest:
    """Come to the Overview with all groups of the sidebar open."""
    app = AppTest.from_file("../../app.py", default_timeout=PATIENCE_S)
    for group in sidebar.GROUPS:
        app.session_state[f"group.{group}"] = True
    return visit(app, parameters)


def visit(app: AppTest, parameters: dict[str, str]) -> AppTest:
    """Come to an app by a link; `__` stands for the dots of a name."""
    for name, value in {"years": "10000", **parameters}.items():
        app.query_params[name.replace("__", ".")] = value
    return app.run()


PAGE = """
from views.session import state
from views.shell import sidebar
from views.{module}.page import {function}

state.open_visit("{name}")
sidebar.show(sliders="{name}" != "assumptions")
{function}()
"""
IN_TURN = """
import streamlit as st
from views.session import state

look = state.first_look()
st.session_state["seen"] = [look.years] if look else []
state.run()
"""
UNUSED_SEEDS = itertools.count(1_000)
FUNCTIONS = {
    "assumptions": ("assumptions", "assumptions"),
    "replay": ("replay", "replaying"),
}


def page(name: str, **parameters: str) -> AppTest:
    """A page on its own: AppTest.switch_page knows pages that are files, ours are functions."""
    module, function = FUNCTIONS[name]
    script = PAGE.format(name=name, module=module, function=function)
    return visit(AppTest.from_string(script, default_timeout=PATIENCE_S), parameters)


def address(app: AppTest) -> dict[str, str]:
    """The query parameters, whether the app wrote them (text) or the test (lists)."""
    given = dict(app.query_params)
    return {name: v if isinstance(v, str) else v[0] for name, v in given.items()}


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label.replace("\\", ""): metric.value for metric in app.metric}


def in_hand(app: AppTest) -> Scenario:
    return app.session_state["scenario_in_hand"]


def answer(app: AppTest) -> str:
    return next(element.body for element in app.get("html") if "class='answer'" in element.body)


def waiting(app: AppTest) -> str:
    """What asks for the other end of an interval."""
    return " ".join(w.value for w in app.warning if "Until they agree" in w.value)


def field(fields: Any, key: str) -> Any:
    """The field on show, which may have taken the place of others."""
    return next(one for one in fields if (one.key or "").split(".renewed.")[0] == key)


@pytest.fixture(scope="module")
def result():
    return simulate(Scenario.default(), years=10_000)


class TestOverview:
    def test_opens_with_the_figures_of_the_engine(self, result):
        app = opened()
        assert not app.exception
        shown = metrics(app)
        assert shown["Average year"] == f"${result.measure('eal').value / 1e6:.1f}M"
        assert shown["1-in-10 year"] == f"${result.measure('p90').value / 1e6:.0f}M"
        assert f"${result.measure('p90').value / 1e6:.0f}M" in answer(app)
        assert len(app.metric) == 6
        known = ranges(Scenario.default())
        spans = {metric.label: metric.delta.replace("\\", "") for metric in app.metric}
        assert spans["Average year"] == estimates.span(*known.mean())
        assert spans["1-in-10 year"] == estimates.span(*known.quantile(0.9))
        assert spans["No incident"] == estimates.span(*known.no_incident(), fmt.share)

    def test_a_first_look_gives_way_to_the_figures_of_all_years(self):
        app = opened(years="50000", seed="11")
        app.text_input(key=f"side.high.{RATE}").set_value("1.5").run()
        assert not app.exception
        full = simulate(in_hand(app), years=50_000, seed=11)
        assert metrics(app)["Average year"] == fmt.money(full.measure("eal").value)
        assert len(app.metric) == 6
        answers = [html.body for html in app.get("html") if "class='answer'" in html.body]
        assert len(answers) == 1
        assert "data-years='50000'" in answers[0]

    @pytest.mark.parametrize(
        ("years", "shown", "first"),
        [
            (50_000, Scenario.default(), [YEARS]),
            (50_000, Scenario.preset("quiet_year"), [YEARS]),
            (50_000, None, []),
            (20_000, Scenario.default(), []),
        ],
    )
    def test_only_a_long_run_that_is_not_there_has_a_first_look(
        self, years: int, shown: Scenario | None, first: list[int]
    ):
        app = AppTest.from_string(IN_TURN, default_timeout=PATIENCE_S)
        app.session_state["settings_in_hand"] = Settings(years, seed=next(UNUSED_SEEDS))
        if shown:
            app.session_state["scenario_shown"] = shown
        assert app.run().session_state["seen"] == first
        assert app.run().session_state["seen"] == []

    def test_an_incident_free_platform_costs_nothing(self):
        off = {f"incidents__{cause}__rate_per_year": "0" for cause in Scenario.default().causes}
        app = opened(**off)
        assert not app.exception
        assert "nothing" in answer(app)
        assert metrics(app)["No incident"] == "100\u00a0%"

    def test_sliding_changes_the_scenario_and_the_figures(self):
        app = opened()
        before = metrics(app)
        slider = app.select_slider(key=f"side.slider.{RATE}")
        low, high = slider.value
        assert (low, high) == (0.15, 1.2)
        slider.set_value((low, slider_stop(RATE, high, 6))).run()
        assert in_hand(app).belief(RATE).high > 1.2
        assert metrics(app)["Average year"] != before["Average year"]

    def test_a_typed_value_is_in_the_unit_shown(self):
        app = opened()
        app.text_input(key=f"side.low.{REVENUE}").set_value("12.5bn").run()
        assert in_hand(app).belief(REVENUE) == Belief("lognormal", 12.5e9, 17e9)
        share = "ads.budget_recapture"
        app.text_input(key=f"side.high.{share}").set_value("45").run()
        assert in_hand(app).belief(share).high == 0.45

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("much", "not a number"),
            ("-1", "from 1e-06"),
            ("12%", "does not fit"),
        ],
    )
    def test_a_bad_value_is_one_message_and_changes_nothing(self, typed, said):
        app = opened()
        before = in_hand(app)
        app.text_input(key=f"side.low.{REVENUE}").set_value(typed).run()
        assert in_hand(app) == before
        assert len(app.error) == 1
        assert said in app.error[0].value
        assert app.text_input(key=f"side.low.{REVENUE}").value == typed
        app.text_input(key=f"side.low.{REVENUE}").set_value("12bn").run()
        assert not app.error

    def test_a_low_above_the_high_waits_for_it_and_both_are_taken(self):
        app = opened()
        before = in_hand(app)
        app.text_input(key=f"side.low.{REVENUE}").set_value("20bn").run()
        assert in_hand(app) == before
        assert not app.error
        assert app.text_input(key=f"side.low.{REVENUE}").value == "$20bn"
        assert "type the new high" in waiting(app)
        app.text_input(key=f"side.high.{REVENUE}").set_value("18bn").run()
        assert in_hand(app) == before
        assert "correct either end" in waiting(app)
        app.text_input(key=f"side.high.{REVENUE}").set_value("lots").run()
        assert len(app.error) == 1
        assert app.text_input(key=f"side.low.{REVENUE}").value == "$20bn"
        app.text_input(key=f"side.high.{REVENUE}").set_value("25bn").run()
        assert in_hand(app).belief(REVENUE) == Belief("lognormal", 20e9, 25e9)
        assert not waiting(app)
        assert not app.error

    def test_a_high_below_the_low_waits_and_is_dropped_when_the_slider_moves(self):
        app = opened(platform__ad_revenue_per_year="pert~10000000000~12000000000~15000000000")
        app.text_input(key=f"side.high.{REVENUE}").set_value("7bn").run()
        assert "type the new low" in waiting(app)
        app.text_input(key=f"side.low.{REVENUE}").set_value("6bn").run()
        assert in_hand(app).belief(REVENUE) == Belief("pert", 6e9, 7e9, 7e9)
        app.text_input(key=f"side.low.{REVENUE}").set_value("9bn").run()
        app.text_input(key=f"side.low.{REVENUE}").set_value("6bn").run()
        assert not waiting(app)
        app.text_input(key=f"side.low.{REVENUE}").set_value("9bn").run()
        app.button(key="reset_all").click().run()
        assert in_hand(app) == Scenario.default()
        assert not waiting(app)
        assert field(app.text_input, f"side.low.{REVENUE}").value == "$11bn"

    @pytest.mark.parametrize(("typed", "said"), [("0", "from 1e-06"), ("lots", "not a number")])
    def test_a_refused_end_leaves_nothing_that_waited(self, typed, said):
        app = opened()
        app.text_input(key=f"side.low.{REVENUE}").set_value("20bn").run()
        app.text_input(key=f"side.low.{REVENUE}").set_value(typed).run()
        assert said in app.error[0].value
        assert app.text_input(key=f"side.low.{REVENUE}").value == typed
        assert not waiting(app)

    def test_what_is_refused_stays_at_its_field_until_it_is_mended_or_moved_past(self):
        app = opened()
        app.text_input(key=f"side.low.{REVENUE}").set_value("much").run()
        app.text_input(key="tolerance").set_value("$5M").run()
        assert app.text_input(key=f"side.low.{REVENUE}").value == "much"
        assert len(app.error) == 1
        app.text_input(key=f"side.high.{REVENUE}").set_value("18bn").run()
        assert in_hand(app).belief(REVENUE).high == 18e9
        assert app.text_input(key=f"side.low.{REVENUE}").value == "much"
        app.button(key="reset_all").click().run()
        field(app.text_input, f"side.low.{REVENUE}").set_value("12bn").run()
        assert in_hand(app).belief(REVENUE).low == 12e9
        assert not app.error

    @pytest.mark.parametrize("key", ["tolerance", f"side.low.{REVENUE}"])
    def test_a_number_beyond_all_is_called_too_large(self, key):
        app = opened()
        app.text_input(key=key).set_value("1e400").run()
        assert "'1e400': too large a number" in app.error[0].value
        assert "∞" not in app.error[0].value

    def test_every_message_says_label_and_name(self):
        app = opened()
        named = markdown(f"Ad revenue per year [{REVENUE}]: low ")
        for typed in ("much", "-1", "5bn €"):
            app.text_input(key=f"side.low.{REVENUE}").set_value(typed).run()
            assert f"- {named}" in app.error[0].value
        assert "amounts are in USD" in app.error[0].value

    def test_what_does_not_fit_together_is_said_where_it_is_assumed_until_put_away(self):
        odd = "ads per user-hour: usual is"
        assert not any(odd in text.value for text in opened(platform__cpm="40~60").markdown)
        app = page("assumptions", platform__cpm="40~60")
        assert any(odd in text.value for text in app.markdown)
        app.button(key="implausible_away").click().run()
        assert not any(odd in text.value for text in app.markdown)

    def test_presets_are_taken_in_hand_whole_and_left_again(self):
        app = opened()
        for id, name, _ in Scenario.presets():
            field(app.selectbox, "preset").set_value(id).run()
            assert in_hand(app) == Scenario.preset(id)
            assert in_hand(app).name == name
        app.button(key="reset_all").click().run()
        assert in_hand(app) == Scenario.default()

    def test_the_box_shows_the_scenario_in_hand_and_never_takes_what_is_no_preset(self):
        app = page("assumptions")
        renamed = replace(Scenario.default(), name="other")
        for name, content, shown in (
            ("good.csv", data.path("preset_article.csv").read_text(), "good"),
            ("bad.csv", "\x89PNG", "good"),
            ("third.csv", renamed.to_csv(), "other"),
        ):
            app.file_uploader[0].upload(name, content.encode(), "text/csv").run()
            box = field(app.selectbox, "preset")
            assert box.options[box.index] == shown
            assert bool(app.error) == (name == "bad.csv")
        # A browser may still hold a choice that is no longer offered.
        box.options.append("good (changed)")
        box.__class__ = type("Stale", (type(box),), {"format_func": staticmethod(str)})
        box.set_value("good (changed)").run()
        box = field(app.selectbox, "preset")
        assert not app.exception
        assert in_hand(app) == renamed
        assert box.options[box.index] == "other"

    def test_a_file_of_results_1_is_said_and_can_be_brought_up_to_date(self):
        app = page("assumptions")
        raw = b"name,shape,low,mid,high\nsla.monthly_fee,,4e7,,8.3e7\nplatform.cpm,,5,,9\n"
        app.file_uploader[0].upload("old.csv", raw, "text/csv").run()
        told = app.info[0].value
        assert "sla.monthly_fee is read as platform.cloud_bill_per_year, times 12" in told
        assert "has moved since" in told
        app.button(key="defaults_of_today").click().run()
        assert dict(in_hand(app).changes).keys() == {"platform.cpm"}
        assert not app.info

    def test_no_upload_is_a_traceback_or_changes_what_is_in_hand(self):
        app = page("assumptions")
        header = "name,shape,low,mid,high\n"
        embedded = '<script type="text/csv;base64" id="downstream-scenario">{}</script>'
        for file, raw in (
            ("a.csv", bytes(range(256))),
            ("a.csv", (header + "scenario.note,Plan \uffff,,,\n").encode()),
            ("a.csv", (header + "simulation.start_date,4/1/2026,,,\n").encode()),
            ("a.xlsx", Scenario.default().to_xlsx()[:-100]),
            ("a.csv", (header + "platform.cpm,,=1+1,,9\n").encode()),
            ("a.csv", (header + "platform.cpm,,1e999,,9\n").encode()),
            ("a.html", b"\xff\xfe\0" * 100),
            ("a.html", embedded.format("=====").encode()),
            ("a.html", embedded.format("AAAA").encode()),
            ("a.html", header.encode()),
        ):
            app.file_uploader[0].upload(file, raw, "text/csv").run()
            assert not app.exception
            assert len(app.error) == 1
            assert in_hand(app) == Scenario.default()

    def test_an_upload_says_what_it_changed_and_how_it_was_understood(self):
        app = page("assumptions")
        rows = "name;shape;low;mid;high;source;grade\nplatform.cpm;;5,5;;9,25;Sales;A\n"
        app.file_uploader[0].upload("plan.csv", rows.encode("cp1252"), "text/csv").run()
        (told,) = [box.value for box in app.info]
        assert "plan.csv: 1 value changed." in told
        assert "Price per 1,000 impressions (CPM)" in told
        assert "**\\$5.5 – \\$9.25**" in told
        assert "read with semicolons and decimal commas" in told
        app.file_uploader[0].upload("plan.xlsx", in_hand(app).to_xlsx(), "").run()
        (told,) = [box.value for box in app.info]
        assert "plan.xlsx: nothing differs from the scenario that was in hand." in told
        app.button(key="remarks_away").click().run()
        assert not app.info

    def test_a_value_gets_its_source_beside_it(self):
        app = page("assumptions")
        app.file_uploader[0].upload("a.csv", LOWER_CPM.encode(), "text/csv").run()
        assert any("Set here, no source yet" in caption.value for caption in app.caption)
        for part, text in (("source", "Sales report"), ("owner", "Ann"), ("date", "1 April 2026")):
            field(app.text_input, f"evidence.{part}.{CPM}").set_value(text).run()
        field(app.selectbox, f"evidence.grade.{CPM}").set_value("A").run()
        wanted = Provenance("Sales report", "A", "Ann", "2026-04-01")
        assert in_hand(app).evidence(CPM) == wanted
        said = "**A** · Sales report (Ann, 2026-04-01) · one value for all incidents"
        assert any(caption.value == said for caption in app.caption)
        again = decoded(address(app)).scenario
        assert again.evidence(CPM) == wanted
        field(app.text_input, f"evidence.date.{CPM}").set_value("4/1/2026").run()
        assert "write 2026-01-04 or 2026-04-01" in app.error[0].value
        assert in_hand(app).evidence(CPM) == wanted

    def test_a_scenario_named_like_a_preset_is_told_apart(self):
        app = opened()
        app.text_input(key=f"side.low.{REVENUE}").set_value("12bn").run()
        box = field(app.selectbox, "preset")
        assert box.options[box.index] == "Own version"

    def test_the_tolerance_is_the_visitors(self, result):
        app = opened()
        app.text_input(key="tolerance").set_value("$5M").run()
        over = result.chance_over(5e6).value
        assert metrics(app)["Over $5M"] == f"{100 * over:.0f}\u00a0%"
        app.text_input(key="tolerance").set_value("-5").run()
        assert len(app.error) == 1

    def test_another_seed_is_other_luck(self):
        app = opened()
        before = metrics(app)
        app.number_input(key="seed").set_value(7).run()
        assert address(app)["seed"] == "7"
        assert metrics(app) != before

    def test_what_a_browser_shows_by_default_is_what_is_in_force(self):
        link = {"years": "50000", "seed": "7", "tolerance": "5000000"}
        app = opened(**link, platform__ad_revenue_per_year="12000000000~15000000000")
        before = app.session_state["scenario_in_hand"], app.session_state["settings_in_hand"]
        assert before[1] == Settings(50_000, 7)
        assert before[0].tolerance_usd == 5e6
        # A run that is broken off takes what fields hold with it; browsers fall back on defaults.
        held = ("years", "seed", "tolerance", "preset")
        for key in (*held, *(f"side.{kind}.{REVENUE}" for kind in ("low", "high", "slider"))):
            del app.session_state[key]
        app._run()
        after = app.session_state["scenario_in_hand"], app.session_state["settings_in_hand"]
        assert not app.exception
        assert not app.error
        assert after == before
        for key, shown in (("years", "50,000"), ("preset", "Own version")):
            sent = field(app.selectbox, key).proto
            assert sent.options[sent.default] == shown
        assert field(app.number_input, "seed").proto.default == 7
        assert field(app.text_input, "tolerance").proto.default == "$5M"
        assert field(app.text_input, f"side.low.{REVENUE}").proto.default == "$12bn"

    def test_what_a_field_said_before_it_was_renewed_does_not_count(self):
        app = opened(platform__ad_revenue_per_year="12000000000~15000000000")
        stale = app.text_input(key=f"side.low.{REVENUE}")
        years = app.selectbox(key="years")
        app.button(key="reset_all").click().run()
        app.query_params["years"] = "20000"
        app.run()
        assert in_hand(app) == Scenario.default()
        # The browser has not heard of any of this yet, and sends all that it still shows.
        states = app._tree.get_widget_states()
        states.widgets.append(stale.set_value("13bn")._widget_state)
        states.widgets.append(years.set_value(100_000)._widget_state)
        app._run(states)
        assert in_hand(app) == Scenario.default()
        assert app.session_state["settings_in_hand"].years == 20_000

    def test_a_long_run_is_offered_not_started(self):
        app = opened(years="1000000")
        assert app.button(key="run_long").label == "Run 1,000,000 years"
        assert len(app.metric) == 6

    def test_one_simulated_year_is_the_runs_own(self, result):
        from model.runs.one_year import one_year

        for number in (1, 17, 10_000):
            year = one_year(Scenario.default(), number, years=10_000)
            assert year.loss_usd.sum() == pytest.approx(result["loss_usd"][number - 1], rel=1e-9)
            total = sum(line.sum() for line in year.lines.values())
            assert total == pytest.approx(year.annual["loss_usd"], rel=1e-9)


class TestState:
    def test_a_link_brings_the_scenario_back_and_only_differences_are_in_it(self):
        app = opened(platform__cpm="5~9", seed="3")
        assert in_hand(app).belief(CPM) == Belief("lognormal", 5.0, 9.0)
        assert address(app) == {CPM: "5~9", "seed": "3", "years": "10000"}

    def test_bad_parameters_are_reported_and_ignored(self):
        app = opened(platform__cpm="9~5", platform__daily_user="1", seed="-4")
        assert in_hand(app) == Scenario.default()
        text = app.error[0].value
        for word in (CPM, "platform.daily_users", "seed"):
            assert word in text

    def test_parameters_that_mean_nothing_are_said_in_one_line(self):
        app = opened(foo="1", bar="2", embed="true", embed_options="dark_theme", utm_source="x")
        (told,) = app.error
        assert "foo, bar: unknown in a link" in told.value
        assert "utm" not in told.value
        assert in_hand(app) == Scenario.default()
        quiet = decoded({"embed": "true", "embed_options": "x", "utm_campaign": "y", "seed": "3"})
        assert quiet == link.Visit(Scenario.default(), Settings(seed=3), ())

    def test_pages_share_the_scenario(self):
        app = page("assumptions", platform__cpm="5~9")
        assert in_hand(app).belief(CPM).low == 5.0

    def test_every_preset_and_an_added_cause_round_trip_through_a_link(self):
        fields = ("rate_per_year", "duration", "publish_loss", "playback_loss", "ads_loss")
        added = {
            f"incidents.dns.{field}": Scenario.default().value(f"incidents.capacity.{field}")
            for field in fields
        }
        own = Scenario.default().with_(
            {
                **added,
                CPM: Belief("pert", 1 / 3, 9.0, 5.5),
                "incidents.dns.duration": Belief("empirical:durations_oci_ashburn.csv", 0.0, 0.0),
                "profiles.demand": "flat",
                "scenario.name": "a & b = ~?#%",
            }
        )
        for scenario in (own, *(Scenario.preset(id) for id, _, _ in Scenario.presets())):
            bad = scenario.with_tolerance(1.5e6)
            visit = decoded(encoded(bad, Settings(100, 5)))
            assert visit == link.Visit(bad, Settings(100, 5), ())


class TestAssumptions:
    def test_every_assumption_has_its_place(self):
        app = page("assumptions")
        offered = set(app.segmented_control(key="group").options)
        names = {item.group for item in ASSUMPTIONS}
        assert names <= set(assumptions_page.GROUPS)
        assert offered == set(assumptions_page.GROUPS.values())

    @pytest.mark.parametrize(
        "group", ["platform", "revenue", "sla", "trust", "simulation", "correlations"]
    )
    def test_every_group_opens_with_the_values_in_force(self, group):
        app = page("assumptions")
        app.segmented_control(key="group").set_value(group).run()
        assert not app.exception
        for item in ASSUMPTIONS:
            if item.group == group:
                end = "one" if item.per == "fixed" else "low"
                place = "tier" if item.name in sla.NAMES else f"row.{end}"
                shown = field(app.text_input, f"{place}.{item.name}").value
                assert shown == fmt.editable(item.default.low, item.unit), item.name
        between = [box.value for box in app.number_input if box.key.startswith("correlation.")]
        assert set(between) == ({0.5} if group == "correlations" else set())

    def test_editing_a_shape_keeps_the_ends(self):
        app = page("assumptions")
        app.selectbox(key=f"row.shape.{CPM}").set_value("gamma").run()
        assert in_hand(app).belief(CPM) == Belief("gamma", 4.0, 12.0)
        app.button(key=f"back.{CPM}").click().run()
        assert in_hand(app) == Scenario.default()

    def test_search_finds_by_every_word(self):
        app = page("assumptions")
        app.text_input(key="search").set_value("return failure").run()
        labels = " ".join(element.value for element in app.markdown)
        assert "Drop in return after a failure" in labels
        assert "CPM" not in labels

    def test_causes_are_copied_switched_off_and_removed(self):
        app = page("assumptions")
        app.segmented_control(key="group").set_value("incidents").run()
        app.text_input(key="new_cause").set_value("DNS failure").run()
        assert in_hand(app).causes[-1] == "dns_failure"
        assert not app.exception
        remove = next(button for button in app.button if button.label == "Remove this cause")
        remove.click().run()
        assert in_hand(app) == Scenario.default()
        app.text_input(key="new_cause").set_value("Network and latency").run()
        assert in_hand(app) == Scenario.default()
        assert app.error

    def test_correlations_are_edited(self):
        rates = [f"incidents.{cause}.rate_per_year" for cause in ("capacity", "network_latency")]
        name = correlations.row_name(*rates)
        app = page("assumptions")
        app.segmented_control(key="group").set_value("correlations").run()
        app.number_input(key=name).set_value(0.2).run()
        assert dict(in_hand(app).changes)[name].low == 0.2

    def test_what_differs_can_be_reset_one_by_one(self):
        app = page("assumptions", platform__cpm="5~9", trust__recovery="4~10")
        app.button(key=f"reset.{CPM}").click().run()
        assert [name for name, _ in in_hand(app).changes] == ["trust.recovery"]


def link_of(app: AppTest) -> dict[str, str]:
    return link.encoded(in_hand(app), app.session_state["settings_in_hand"])


class TestReplay:
    def test_opens_with_a_named_incident(self):
        app = page("replay")
        assert not app.exception
        assert len(app.metric) == 5
        assert all(" to " in metric.delta for metric in app.metric)
        assert all("simulation noise" in metric.help for metric in app.metric)

    def test_a_drawn_incident_is_called_by_its_cause_in_words(self):
        app = page("replay")
        app.segmented_control(key="replay.how").set_value("A drawn one").run()
        assert not app.exception
        labels = [cause_label(cause) for cause in Scenario.default().causes]
        shown = next(e.body for e in app.get("html") if "class='answer'" in e.body)
        assert any(f"Drawn: {escape(label)}" in shown for label in labels)

    def test_a_typed_incident_and_its_faults(self):
        app = page("replay")
        app.segmented_control(key="replay.how").set_value("One of your own").run()
        app.text_input(key="replay.hours.0").set_value("90 min").run()
        assert not app.exception
        assert not app.error
        assert link_of(app)["replay"] == "own~2026-03-03T08:24~1.5:::~~"
        app.time_input(key="replay.time").set_value(time(21, 5)).run()
        app.date_input(key="replay.date").set_value(date(2026, 7, 1)).run()
        assert "Wednesday, 1 July 2026, 21:05 New York time, 1.5 hours" in answer(app)
        before = answer(app)
        for field, typed, said in (
            ("hours", "1,5,5", "Hours: '1,5,5' is not a number"),
            ("publish_loss", "lots", "Publishing lost: 'lots' is not a number"),
            ("publish_loss", "150", "Publishing lost: 150"),
        ):
            app.text_input(key="replay.hours.0").set_value("90 min").run()
            app.text_input(key=f"replay.{field}.0").set_value(typed).run()
            assert app.error[0].value.startswith(said)
            assert app.text_input(key=f"replay.{field}.0").value == typed, "kept to be mended"
            assert answer(app) == before
        assert not app.exception

    def test_an_incident_of_two_phases_costs_what_the_engine_says(self):
        app = page("replay", replay="own~2026-03-03T08:24~6:90:50:0~~")
        app.button(key="replay.more").click().run()
        for field, typed in (("hours", "4"), ("publish_loss", "10"), ("playback_loss", "0")):
            app.text_input(key=f"replay.{field}.1").set_value(typed).run()
        app.text_input(key="replay.ads_loss.1").set_value("20").run()
        assert link_of(app)["replay"] == "own~2026-03-03T08:24~6:90:50:0_4:10:0:20~~"
        two = phased("2026-03-03T08:24", [(6.0, 0.9, 0.5, 0.0), (4.0, 0.1, 0.0, 0.2)])
        cost = replay(Scenario.default(), two).lines["loss"].mean()
        assert f"<strong>{fmt.money(cost)}</strong>" in answer(app)
        app.button(key="replay.less").click().run()
        assert link_of(app)["replay"] == "own~2026-03-03T08:24~6:90:50:0~~"

    def test_an_incident_that_runs_now_is_priced_as_on_the_command_line(self, monkeypatch):
        now = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)
        monkeypatch.setattr("views.replay.choosing._now", lambda: now)
        app = page("replay", replay="running~2026-05-04T08:00~:60:~network_latency")
        assert not app.exception
        since = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
        found = running(Scenario.default(), since, now, (None, 0.6, None), "network_latency")
        so_far, total, hour = found.figures()
        values = [metric.value.replace("\\", "") for metric in app.metric]
        assert values == [fmt.money(figure.usd) for figure in (so_far, total, hour)]
        assert f"<strong>{fmt.money(total.usd)}</strong>" in answer(app)
        assert "It has run for 4 hours" in answer(app)
        assert app.text_input(key="replay.playback_loss").value == "60"

    def test_a_link_brings_its_incident_back_and_a_wrong_one_is_said(self):
        app = page("replay", replay="meta-2021-10-04")
        assert app.selectbox(key="replay.incident").value == "meta-2021-10-04"
        app.selectbox(key="replay.incident").set_value(replayed.FIRST).run()
        assert "replay" not in link_of(app)
        for wrong in ("meta", "own~then~1", "own~2026-03-03T08:24~1:2~~", "drawn~-1", "running~"):
            app = page("replay", replay=wrong)
            assert not app.exception
            assert any("replay: value" in one.value for one in (*app.error, *app.warning)), wrong

    def test_a_remedy_lowers_the_bill_to_what_the_engine_says(self):
        app = page("replay")
        app.multiselect(key="replay.remedies").set_value(["active_active"]).run()
        assert not app.exception
        scenario, incident = Scenario.default(), named()["tiktok-2026-03-03"]
        region = [one for one in scenario.remedies if one.name == "active_active"]
        before = replay(scenario, incident).lines["loss"].mean()
        after = replay_with_remedies(scenario, incident, region).lines["loss"].mean()
        said = app.success[0].value.replace("\\", "")
        assert f"**{fmt.money(after)}** instead of {fmt.money(before)}" in said
        assert f"{fmt.money(before - after)} less" in said


def slider_stop(name: str, value: float, steps: int) -> float:
    stops = list(beliefs.options(name, Scenario.default().belief(name)))
    return stops[stops.index(value) + steps]


def test_the_dozen_are_a_dozen_and_every_slider_reaches_its_default():
    names = [name for rows in sidebar.GROUPS.values() for name, _ in rows]
    assert len(names) == len(set(names)) == 12
    for name in Scenario.default().names():
        value = Scenario.default().value(name)
        if isinstance(value, Belief):
            stops = beliefs.options(name, value)
            assert {value.low, value.high} <= set(stops)
            assert len(set(stops.values())) == len(stops)


def test_a_slider_of_a_platform_of_another_size_has_room_on_both_sides():
    small = Scenario.preset("midsize_europe")
    for name in ("platform.ad_revenue_per_year", "platform.daily_users"):
        belief = small.belief(name)
        stops = list(beliefs.options(name, belief))
        assert sum(stop < belief.low for stop in stops) > 10
        assert sum(stop > belief.high for stop in stops) > 10
        assert stops[-1] < 1000 * belief.high


class TestPresetsAsLayers:
    RATE = "incidents.capacity.rate_per_year"

    def chosen(self, id: str) -> AppTest:
        app = opened(incidents__capacity__rate_per_year="1~2", trust__recovery="2~8")
        field(app.selectbox, "preset").set_value(id).run()
        assert not app.exception
        return app

    def test_what_it_would_change_is_asked_about_first(self):
        app = self.chosen("quiet_year")
        assert in_hand(app).belief(self.RATE).low == 1
        assert any("would change 1 value of yours" in text.value for text in app.markdown)
        asked = next(text.value for text in app.caption if " → " in text.value)
        assert asked == "- Capacity: incidents per year: 1 to 2 → 0.02 to 0.055"

    @pytest.mark.parametrize(
        ("answer", "rate", "quiet"),
        [("mine", 1.0, True), ("theirs", 0.02, True), ("cancel", 1.0, False)],
    )
    def test_each_answer_does_what_it_says(self, answer: str, rate: float, quiet: bool):
        app = self.chosen("quiet_year")
        app.button(key=f"preset.{answer}").click().run()
        found = in_hand(app)
        assert found.belief(self.RATE).low == rate
        assert found.belief("trust.recovery").low == 2
        assert (found.belief("incidents.network_latency.rate_per_year").low == 0.03) == quiet
        assert not any(button.key == "preset.cancel" for button in app.button)

    def test_nothing_is_asked_where_nothing_of_ones_own_would_change(self):
        app = self.chosen("article")
        assert in_hand(app).belief("sessions.freshness_elasticity").low == 1
        assert in_hand(app).belief(self.RATE).low == 1

    def test_amounts_of_the_preset_are_said_in_the_currency_of_ones_own(self):
        app = opened(platform__ad_revenue_per_year="1000000000")
        field(app.selectbox, "preset").set_value("midsize_europe").run()
        asked = next(text.value for text in app.caption if " → " in text.value)
        assert "$1bn → $201M" in asked.replace("\\", "")
        app.button(key="preset.theirs").click().run()
        assert in_hand(app).currency == "USD"
        assert round(in_hand(app).belief("platform.ad_revenue_per_year").low / 1e6) == 201

    def test_the_default_is_asked_about_too(self):
        app = self.chosen("default")
        assert in_hand(app).belief(self.RATE).low == 1
        app.button(key="preset.theirs").click().run()
        assert in_hand(app) == Scenario.default()
