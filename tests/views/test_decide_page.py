"""Pages that decide: the words are right, what is on them comes from the engine, edits travel."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S
from visiting.visitor import visit

from model.assumptions.declaration import fixed
from model.beliefs.belief import Belief
from model.decisions.best_set import frontier
from model.decisions.compare import compare
from model.decisions.side_by_side import side_by_side
from model.decisions.worth import Choice, offers_of
from model.drivers.information import Information, Worth
from model.drivers.ranking import ranked
from model.drivers.reverse import Reverse
from model.drivers.tornado import tornado
from model.present.charts import decide, decide_data, drivers_data
from model.present.charts import drivers as driver_charts
from model.present.words import drivers as driver_words
from model.present.words import numbers as fmt
from model.present.words import remedies
from model.present.words.titles import title
from model.runs.simulate import simulate
from model.runs.standard_errors import Estimate, around
from model.scenario.scenario import Scenario
from model.version import RESULTS_VERSION
from views.session import comparisons, link

DEFAULT = Scenario.default()
YEARS, WORLDS, LONG = 2_000, 100, 2_000
GRACEFUL, DRILLS = "graceful_degradation", "quarterly_failover_drills"
CAUSES = DEFAULT.causes
QUIET = {f"incidents.{cause}.rate_per_year": Belief("lognormal", 0.0, 0.0) for cause in CAUSES}
CHEAP = {
    f"remedies.{GRACEFUL}.upfront": Belief("lognormal", 1e4, 2e4),
    f"remedies.{GRACEFUL}.annual": Belief("lognormal", 1e4, 2e4),
}


@pytest.fixture(scope="module")
def compared():
    return compare(DEFAULT, years=YEARS)


@pytest.fixture(scope="module")
def long_worlds():
    return compare(DEFAULT, years=LONG, worlds=WORLDS)


@pytest.fixture(scope="module")
def offers(compared, long_worlds):
    return offers_of(compared, long_worlds, 25e6)


def changed(offer, saving=None, benefit=None, pays=None):
    """An offer with other figures."""
    return replace(
        offer,
        saving=saving or offer.saving,
        benefit=benefit or offer.benefit,
        pays=pays or offer.pays,
    )


class TestWords:
    def test_none_pays_by_default(self, compared, offers):
        said = remedies.answer(Choice(offers), compared.row("baseline").eal)
        best = max(offers, key=lambda offer: offer.saving.value / offer.cost.value)
        assert said.startswith("**None of these 10 remedies pays on revenue alone.**")
        assert f"“{best.label}” comes nearest" in said
        assert fmt.money(best.cost.value) in said

    def test_nothing_to_lose_is_nothing_to_decide(self, offers):
        assert "nothing to decide" in remedies.answer(Choice(offers), around(0.0, 0.0))

    def test_what_pays_is_to_be_bought(self, offers):
        pays = changed(offers[0], around(9e6, 1e5), around(4e6, 1e5), around(0.8, 0.02))
        said = remedies.answer(Choice((pays, *offers[1:])), around(9e6, 1e5))
        assert said.startswith(f"**Buy “{pays.label}”:** it saves **$9M** a year")
        also = changed(offers[1], around(9e6, 1e5), around(3e6, 1e5))
        both = Choice((pays, also, *offers[2:]))
        assert "One more would pay by itself." in remedies.answer(both, around(9e6, 1e5))

    def test_what_pays_on_average_in_few_worlds_is_a_bet(self, offers):
        bet = changed(offers[0], around(9e6, 1e5), around(1e6, 1e5), around(0.2, 0.02))
        assert "though more likely it does not" in remedies.answer(Choice((bet,)), around(9e6, 1e5))

    def test_noise_around_nothing_is_too_close_to_call(self, offers):
        open_ = changed(offers[0], around(9e6, 1e5), around(1e4, 1e5))
        assert "Too close to call" in remedies.answer(Choice((open_,)), around(9e6, 1e5))

    def test_one_that_saves_nothing_says_so(self, offers):
        sla = next(o for o in offers if o.row.name == "sla_renegotiated")
        asked = Choice((sla,), names=("sla_renegotiated",))
        assert "saves nothing on revenue alone" in remedies.answer(asked, sla.row.eal)
        assert "saves anything" in remedies.answer(Choice((sla, sla)), sla.row.eal)

    def test_a_contract_pays_once_credit_is_counted(self, compared, long_worlds):
        net = offers_of(compared, long_worlds, 25e6, credit=True)
        sla = next(o for o in net if o.row.name == "sla_renegotiated")
        assert sla.saving.value > 0
        assert sla.benefit == sla.row.net_benefit_net

    @pytest.mark.parametrize(
        ("pays", "said"),
        [(0.0, "under 3\u00a0%"), (1.0, "over 97\u00a0%"), (0.41, "41\u00a0%")],
    )
    def test_chances_are_never_more_certain_than_the_worlds(self, offers, pays, said):
        offer = replace(offers[0], pays=Estimate(pays, 0.0, pays, pays), worlds=100)
        assert remedies.chance(offer) == said

    @pytest.mark.parametrize("pays", [0.0, 0.004, 0.0099])
    def test_all_chances_below_one_percent_are_said_alike(self, offers, pays):
        offer = replace(offers[0], pays=Estimate(pays, 0.004, 0.0, pays + 0.008), worlds=500)
        assert remedies.chance(offer) == "under 1\u00a0%"

    def test_what_to_find_out_first(self, offers):
        half = changed(offers[0], pays=around(0.5, 0.02))
        worth = Worth("trust.permanent_share", around(2e6, 1e5))
        learned = Information((worth,), 1e5, "baseline", around(0.0, 0.0))
        said = remedies.how_sure(half, learned, DEFAULT)
        what = "“Part of the drop in viewers that stays”"
        assert f"It depends on {what}: find that out first." in said
        assert "worth up to $2M a year" in said
        noise = replace(learned, worths=(Worth(worth.name, Estimate(2e5, 2e5, 0.0, 6e5)),))
        assert "find that out" not in remedies.how_sure(half, noise, DEFAULT)
        certain = changed(offers[0], pays=around(0.999, 0.001))
        assert "find that out" not in remedies.how_sure(certain, learned, DEFAULT)

    def test_beliefs_that_cannot_be_told_apart_are_named_together(self, offers):
        half = changed(offers[0], pays=around(0.5, 0.02))
        rates = [f"incidents.{cause}.rate_per_year" for cause in ("capacity", "network_latency")]
        near = [Worth(name, around(2e6 - 1e4 * k, 1e5)) for k, name in enumerate(rates)]
        far = Worth("trust.recovery", around(1e6, 1e5))
        learned = Information((*near, far), 1e5, "baseline", around(0.0, 0.0))
        said = remedies.how_sure(half, learned, DEFAULT)
        assert "“Incidents per year” of “Capacity” and “Network and latency”: find these" in said
        assert "any one of them" in said

    def test_rows_of_remedies_have_titles(self):
        stem = f"remedies.{DRILLS}"
        assert title(f"{stem}.annual", DEFAULT) == ("Quarterly failover drills: cost per year")
        assert title(f"{stem}.change.1", DEFAULT) == (
            "Quarterly failover drills: effect on all causes: duration"
        )

    def test_no_admissible_value_is_said_plainly(self):
        def found(level, value, figures):
            tried = np.linspace(0.0, 1.0, len(figures))
            met = [figure.value for figure in figures]
            reach = (min(met), max(met))
            name = "sessions.freshness_elasticity"
            return Reverse(name, "eal", level, value, 0.1, (0.0, 1.0), reach, tried, figures)

        figures = (around(8e6, 1e5), around(12e6, 1e5))
        said = driver_words.reached(found(20e6, None, figures))
        assert said.startswith("**No admissible value of")
        assert "between $8M and $12M; $20M is out of reach." in said
        near = driver_words.reached(found(12.1e6, None, figures))
        assert "leaves open whether $12.1M is reached" in near
        assert "would have to be about **0.5**" in driver_words.reached(found(10e6, 0.5, figures))


def fields(node) -> set[str]:
    """Columns that a chart's specification reads."""
    if isinstance(node, list):
        return set().union(*map(fields, node), set())
    if not isinstance(node, dict):
        return set()
    own = {node["field"]} if isinstance(node.get("field"), str) else set()
    return own.union(*(fields(value) for value in node.values()), set())


def made(node) -> set[str]:
    """Columns that a specification makes itself."""
    if isinstance(node, list):
        return set().union(*map(made, node), set())
    if not isinstance(node, dict):
        return set()
    own = {node["as"]} if isinstance(node.get("as"), str) else set()
    return own.union(*(made(value) for value in node.values()), set())


@pytest.mark.parametrize("mode", ["light", "dark"])
class TestCharts:
    def drawn(self, specification, table):
        assert fields(specification) - made(specification) <= set(table.columns)
        assert 0 < len(table) <= 500

    def test_remedies(self, mode, compared, offers):
        self.drawn(decide.spec("worth", mode), decide_data.worth(offers))
        curves = compared.curve("baseline", 160), compared.curve(GRACEFUL, 160)
        chances = around(0.08, 0.01), around(0.03, 0.01)
        self.drawn(decide.spec("curves", mode), decide_data.curves(*curves, 25e6, chances))
        saved = decide_data.saved_where(compared.components(GRACEFUL))
        self.drawn(decide.spec("saved", mode), saved)

    def test_frontier(self, mode):
        found = frontier(DEFAULT, [GRACEFUL, DRILLS], years=1_000)
        for by in ("saving", "tvar_95"):
            best = found.best(1e7, "eal").remedies
            table = decide_data.frontier(found, by, 1e7, best)
            self.drawn(decide.spec(f"frontier_{by}", mode), table)

    def test_reverse_stress_shows_today_and_what_is_believed(self, mode):
        name = "platform.ad_revenue_per_year"
        ends = (1.0, 1e12)
        known = Reverse(
            name,
            "eal",
            2e7,
            None,
            np.nan,
            ends,
            (0.0, 1e7),
            np.array(ends),
            (around(1e6, 1e5),) * 2,
        )
        table = drivers_data.reverse(known, DEFAULT, 8.6e6)
        self.drawn(driver_charts.spec("reverse_money", mode), table)
        (believed,) = table[table["part"] == "belief"].itertuples()
        belief = DEFAULT.belief(name)
        assert (believed.value, believed.value_high) == pytest.approx((belief.low, belief.high))
        (today,) = table[table["part"] == "today"].itertuples()
        assert (today.usd, today.text) == (8.6e6, "today $8.6M")
        assert "today" not in set(drivers_data.reverse(known, DEFAULT)["part"])

    def test_tornado(self, mode):
        found = tornado(DEFAULT, names=["platform.ad_revenue_per_year"], years=500)
        table = drivers_data.tornado(found, found.baseline.value, 12)
        self.drawn(driver_charts.spec("tornado", mode), table)


class TestTables:
    def test_the_saving_along_the_chain_adds_up(self, compared):
        saved = decide_data.saved_where(compared.components(GRACEFUL))
        delta = compared.row(GRACEFUL).delta_eal.value
        assert saved["usd"].sum() == pytest.approx(-delta, rel=1e-9)

    def test_steps_of_the_frontier_lead_from_nothing_and_name_what_enters(self):
        found = frontier(DEFAULT, [GRACEFUL, DRILLS], years=1_000)
        steps = decide_data.steps(found, "eal", DEFAULT)
        assert steps["cost_usd"].iloc[0] == 0
        assert steps["figure_usd"].is_monotonic_decreasing
        held: set[str] = set()
        for enters, leaves in zip(steps["enters"], steps["leaves"], strict=True):
            held -= set(filter(None, leaves.split(" + ")))
            held |= set(filter(None, enters.split(" + ")))
        labels = {remedy.name: remedy.label for remedy in DEFAULT.remedies}
        assert held == {labels[GRACEFUL], labels[DRILLS]}

    def test_a_curve_that_ends_early_is_led_on_to_its_chance_at_the_tolerance(self):
        chance = np.array([0.5, 0.1, 0.02, 0.005])
        loss = np.array([1e6, 5e6, 40e6, 90e6])
        now = {"chance": chance, "loss_usd": loss, "low_usd": loss, "high_usd": loss}
        then = {key: column if key == "chance" else column / 5 for key, column in now.items()}
        chances = around(0.03, 0.001), around(0.002, 0.001)
        table = decide_data.curves(now, then, 25e6, chances)
        for which, share in ((decide_data.NOW, 0.03), (decide_data.WITH, 0.002)):
            rows = table[(table["which"] == which) & (table["part"] == "curve")]
            assert rows["loss_usd"].max() >= 25e6
            assert rows["chance"].min() <= share or which == decide_data.NOW
        far = decide_data.curves(now, then, 1e9, chances)
        assert far["loss_usd"].max() == 40e6
        assert "tolerance" not in set(far["part"])

    def test_rows_say_their_order_so_that_a_new_one_does_not_come_last(self, offers):
        table = decide_data.worth(offers)
        table = table[table["part"] == "set"]
        assert list(table.sort_values("order")["label"]) == [offer.label for offer in offers]
        (sort,) = {
            (layer["encoding"]["y"]["sort"]["field"], layer["encoding"]["y"]["sort"]["op"])
            for layer in decide.spec("worth", "light")["layer"]
            if "sort" in layer["encoding"].get("y", {})
        }
        assert sort == ("order", "min")

    def test_small_ratios_stay_readable(self, offers):
        texts = set(decide_data.worth(offers)["text"])
        assert all(len(text) <= 20 for text in texts)

    def test_what_is_saved_for_its_price_by_hand(self, offers):
        """Saves 8 to 12 for 5 to 20: 10 ÷ 10 is 1, at worst 8 ÷ 20, at best 12 ÷ 5."""
        price = Estimate(10.0, 0.0, 5.0, 20.0)
        row = replace(offers[0].row, annual_cost=price)
        saving = Estimate(10.0, 1.0, 8.0, 12.0)
        one = replace(offers[0], row=row, saving=saving, benefit=Estimate(0.0, 1.0, -2.0, 2.0))
        bar = decide_data.worth([one]).iloc[0]
        assert (bar["ratio"], bar["low"], bar["high"]) == pytest.approx((1.0, 0.4, 2.4))
        assert (bar["kind"], bar["text"]) == (decide_data.OPEN, "$1")
        cheap = replace(one, row=replace(row, annual_cost=around(0.01, 0.0)))
        free = replace(one, row=replace(row, annual_cost=around(0.0, 0.0)))
        table = decide_data.worth([one, cheap, free])
        ends = table[["ratio", "low", "high", "text_at"]].iloc[:3]
        assert (ends.to_numpy() >= 0).all()
        assert (ends.to_numpy() <= 3.0).all()
        assert list(table["text"][:3]) == ["$1", "$1k", "free"]

    def test_the_area_in_which_a_set_pays_is_where_it_saves_more_than_it_costs(self):
        """Every efficient set on the right side of its edge, and the words say if one is above."""
        for scenario in (DEFAULT, DEFAULT.with_(CHEAP)):
            found = frontier(scenario, [GRACEFUL, DRILLS], years=1_000)
            table = decide_data.frontier(found, "saving", 1e7, ())
            area = table[table["part"] == "pays"]
            assert (area["low_usd"] == area["cost_usd"]).all()
            dots = table[(table["part"] == "efficient") & (table["remedies"] != "none")]
            above = bool((dots["figure_usd"] > dots["cost_usd"]).any())
            (said,) = table.loc[table["part"] == "pays_said", "text"]
            assert above == ("none does" not in said) == decide_data.pays(found)
        assert above


PAGE = """
from views.session import state
from views.shell import sidebar
from views.{module}.page import {module}

state.open_visit("{module}")
sidebar.show(sliders=True)
{module}()
"""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Everything a page runs by itself, on few years."""
    monkeypatch.setattr(comparisons, "PAYING_YEARS", LONG)
    monkeypatch.setattr(comparisons, "PAYING_WORLDS", WORLDS)
    monkeypatch.setattr(comparisons, "FRONTIER_YEARS", 1_000)


def opened(module: str, scenario: Scenario = DEFAULT, unfolded: tuple[str, ...] = ()) -> AppTest:
    app = AppTest.from_string(PAGE.format(module=module), default_timeout=PATIENCE_S)
    for key in unfolded:
        app.session_state[key] = True
    for name, value in link.encoded(scenario, link.Settings(years=YEARS)).items():
        app.query_params[name] = value
    return app.run()


def said(app: AppTest) -> str:
    return next(element.body for element in app.get("html") if "class='answer'" in element.body)


def in_hand(app: AppTest) -> Scenario:
    return app.session_state["scenario_in_hand"]


class TestDecidePage:
    def test_opens_with_the_answer_of_the_engine(self, compared):
        app = opened("decide")
        assert not app.exception
        assert "None of these 10 remedies pays on revenue alone." in said(app)
        assert "pays back with a chance of" in said(app)
        shown = {metric.label: metric.value for metric in app.metric}
        looked_at = app.selectbox(key="decide.closer").value
        saving = compared.row(looked_at).saving.value
        assert shown["Saves a year"].replace("\\", "") == fmt.money(saving)

    def test_switching_on_judges_one_set_and_travels(self):
        app = opened("decide")
        app.pills(key="remedies.on").set_value([GRACEFUL, DRILLS]).run()
        assert not app.exception
        scenario = in_hand(app)
        assert [remedy.name for remedy in scenario.remedies if remedy.on] == [GRACEFUL, DRILLS]
        assert "Graceful degradation (cached feed) + Quarterly failover drills" in said(app)
        assert f"remedies.{GRACEFUL}.on" in app.query_params
        assert Scenario.read(scenario.to_csv().encode()).changes == scenario.changes
        app.pills(key="remedies.on").set_value([]).run()
        assert in_hand(app) == DEFAULT

    def test_an_edited_price_changes_the_answer_and_travels(self):
        app = opened("decide")
        app.selectbox(key="remedies.edited").set_value(GRACEFUL).run()
        for part in ("upfront", "annual"):
            name = f"remedies.{GRACEFUL}.{part}"
            app.text_input(key=f"remedy.low.{name}").set_value("10k").run()
            app.text_input(key=f"remedy.high.{name}").set_value("$20k").run()
            assert in_hand(app).belief(name) == Belief("lognormal", 1e4, 2e4)
        assert not app.exception
        assert "Buy “Graceful degradation" in said(app)
        shared = link.decoded({k: app.query_params[k] for k in app.query_params}).scenario
        assert shared.changes == in_hand(app).changes
        app.button(key=f"remedy.back.{GRACEFUL}").click().run()
        assert in_hand(app) == DEFAULT

    def test_an_edited_effect_stays_a_change(self):
        app = opened("decide")
        app.selectbox(key="remedies.edited").set_value(DRILLS).run()
        name = f"remedies.{DRILLS}.change.1"
        app.text_input(key=f"remedy.low.{name}").set_value("0.9").run()
        change = in_hand(app).value(name)
        assert (change.kind, change.path) == ("scale", "incidents.*.duration")
        assert (change.belief.low, change.belief.high) == (0.9, 1.0)

    def test_a_low_price_above_the_high_waits_for_it(self):
        app = opened("decide")
        app.selectbox(key="remedies.edited").set_value(GRACEFUL).run()
        name = f"remedies.{GRACEFUL}.upfront"
        app.text_input(key=f"remedy.low.{name}").set_value("3bn").run()
        assert in_hand(app) == DEFAULT
        assert not app.error
        assert app.text_input(key=f"remedy.low.{name}").value == "$3bn"
        assert any("type the new high" in warning.value for warning in app.warning)
        app.text_input(key=f"remedy.high.{name}").set_value("4bn").run()
        assert in_hand(app).belief(name) == Belief("lognormal", 3e9, 4e9)

    @pytest.mark.parametrize("typed", ["a lot", "-5", "5M €"])
    def test_a_bad_price_is_a_message_and_changes_nothing(self, typed):
        app = opened("decide")
        app.selectbox(key="remedies.edited").set_value(GRACEFUL).run()
        key = f"remedy.low.remedies.{GRACEFUL}.upfront"
        app.text_input(key=key).set_value(typed).run()
        assert in_hand(app) == DEFAULT
        assert len(app.error) == 1
        assert app.text_input(key=key).value == typed

    def test_all_that_pay_are_judged_as_one_set(self):
        app = opened("decide", Scenario.preset("article"))
        assert not app.exception
        assert "Buy “Resumable upload queue in the app + " in said(app)

    def test_what_was_stopped_waits_to_be_asked(self):
        app = AppTest.from_string(PAGE.format(module="decide"), default_timeout=PATIENCE_S)
        app.query_params["years"], app.query_params["seed"] = str(YEARS), "77"
        key = (RESULTS_VERSION, "singles", DEFAULT, None, YEARS, None, 77)
        app.session_state["work.singles"] = ("stop", key)
        app.run()
        assert "not weighed yet" in said(app)
        app.button(key="start.singles").click().run()
        assert "None of these 10 remedies pays" in said(app)

    def test_nothing_to_lose(self):
        app = opened("decide", DEFAULT.with_(QUIET))
        assert not app.exception
        assert "nothing to decide" in said(app)
        assert "being counted" not in said(app)
        # No axes around what is nothing.
        assert not app.get("vega_lite_chart")

    def test_the_best_set_is_within_the_budget(self):
        app = opened("decide", DEFAULT.with_(CHEAP))
        app.button(key="start.frontier").click().run()
        assert not app.exception
        app.text_input(key="budget.$10M").set_value("$1M").run()
        best = next(m.value for m in app.markdown if m.value.startswith("For up to"))
        assert "Graceful degradation (cached feed)" in best
        assert "a year, averaged over 5 years (coming year: " in best
        app.button(key="budget.take").click().run()
        on = [remedy for remedy in in_hand(app).remedies if remedy.on]
        assert GRACEFUL in [remedy.name for remedy in on]
        app.segmented_control(key="decide.judged").set_value("Net of SLA credit").run()
        assert any("savings before SLA credit" in caption.value for caption in app.caption)
        app.text_input(key="budget.$10M").set_value("0").run()
        none = next(m.value for m in app.markdown if m.value.startswith("For up to"))
        assert "**nothing**" in none
        app.text_input(key="budget.$10M").set_value("lots").run()
        assert any("Budget a year" in error.value for error in app.error)

    def test_a_best_set_that_loses_money_says_so(self):
        app = opened("decide")
        app.button(key="start.frontier").click().run()
        best = next(m.value for m in app.markdown if m.value.startswith("For up to"))
        assert "It loses money" in best

    def test_scenarios_stand_side_by_side(self):
        app = opened("decide")
        id, name, _ = next(row for row in Scenario.presets() if row[0] != "default")
        app.multiselect(key="beside.presets").set_value([id]).run()
        assert not app.exception
        table = next(e.body for e in app.get("html") if f"{escape(name)}</th>" in e.body)
        rows = side_by_side([DEFAULT, Scenario.preset(id)], years=YEARS).rows()
        assert fmt.signed_money(rows[1].delta_eal.value) in table
        assert in_hand(app) == DEFAULT

    def test_a_scenario_file_is_held_against_the_one_in_hand(self):
        app = opened("decide")
        mine = DEFAULT.with_({**QUIET, "scenario.name": "no outages"})
        app.file_uploader(key="beside.files").set_value(
            [
                ("mine.csv", mine.changes_csv().encode(), "text/csv"),
                ("bad.csv", b"name,low\nplatform.cmp,1\n", "text/csv"),
            ]
        ).run()
        assert not app.exception
        assert any("no outages</th>" in e.body for e in app.get("html"))
        assert any("bad.csv is left out" in error.value for error in app.error)
        assert in_hand(app) == DEFAULT


class TestDriversPage:
    def test_opens_with_what_moves_the_answer(self):
        app = opened("drivers")
        assert not app.exception
        bars = tornado(DEFAULT).bars
        base = simulate(DEFAULT, years=YEARS).measure("eal").value
        assert f"“{bars[0].label}”" in said(app)
        assert driver_words.level(base, bars[0].at_high) in said(app)
        assert sum("is ignorance, which" in element.value for element in app.markdown) == 1
        assert "is ignorance, which" not in said(app)

    def test_reverse_stress_waits_to_be_asked_and_says_when_nothing_does(self):
        app = opened("drivers")
        app.selectbox(key="reverse.name").set_value("sessions.freshness_elasticity").run()
        app.text_input(key="reverse.level.$20M").set_value("$900M").run()
        assert not any("admissible" in element.value for element in app.markdown)
        app.button(key="start.reverse").click().run()
        assert not app.exception
        assert any("No admissible value" in element.value for element in app.markdown)

    def test_net_benefit_needs_remedies(self):
        app = opened("drivers")
        app.selectbox(key="reverse.figure").set_value("net_benefit").run()
        assert any("Switch remedies on" in info.value for info in app.info)

    def test_nothing_to_lose(self):
        app = opened("drivers", DEFAULT.with_(QUIET))
        assert not app.exception
        assert "No uncertain assumption moves the answer." in said(app)
        assert not app.get("vega_lite_chart")


def test_in_a_browser_a_remedy_is_switched_on(app_url, visitor):
    visit(visitor, app_url, "decide?years=10000")
    answer = visitor.locator(".answer")
    expect(answer).to_contain_text("None of these")
    visitor.get_by_role("button", name="Capacity headroom").click()
    expect(answer).to_contain_text("Capacity headroom")
    expect(answer).to_contain_text("does not pay on revenue alone")
    switched = link.encoded(
        DEFAULT.with_({"remedies.capacity_headroom.on": fixed(1.0)}), link.Settings(years=10_000)
    )
    visitor.wait_for_url(
        lambda url: dict(parse_qsl(urlsplit(url).query)) == switched, wait_until="commit"
    )


class TestFolded:
    def test_the_error_budget_and_the_ranking_say_what_their_files_say(self):
        app = opened("drivers", unfolded=("drivers.ranking", "drivers.budget"))
        assert not app.exception
        page = " ".join(element.body for element in app.get("html"))
        run = simulate(DEFAULT, years=YEARS)
        for row in run.error_budget():
            if row.function == "playback":
                assert f">{fmt.number(row.minutes.value)}<" in page
        first = ranked(DEFAULT, tornado(DEFAULT), run.mean("loss_usd").value).rows[0]
        assert f"<td>{fmt.money(first.eal_from)}</td><td>{fmt.money(first.eal_to)}</td>" in page
        assert "With Quarterly failover drills" in page
        app.segmented_control(key="drivers.function").set_value("ads").run()
        assert not app.exception
