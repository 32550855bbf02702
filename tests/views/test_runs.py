"""Runs of the app: how many years are run unasked, what stays of them, what gives up waiting."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from model import limits
from model.arrays import Array
from model.assumptions.declaration import fixed
from model.chain.per_year import COLUMNS
from model.present.words import numbers as fmt
from model.runs.blocks import BLOCK_YEARS, expected_incidents, most_years
from model.runs.reuse import what_is_reused
from model.runs.simulate import Simulated, Task, simulate
from model.runs.turns import Turns, Urgency
from model.scenario.scenario import Scenario
from views.session import runs, state
from views.session.first_look import YEARS
from views.session.link import Settings
from views.waiting import turns
from views.waiting.going_on import AWAY_S, GoingOn
from views.waiting.turns import PATIENCE_S, Busy, Patience

DEFAULT = Scenario.default()
HOSTILE = DEFAULT.with_(
    {f"incidents.{cause}.rate_per_year": fixed(1000.0) for cause in DEFAULT.causes}
)
WAIT_S = 60.0
SHOWN = """
from views.session import state
from views.shell import long_run

long_run.offer()
"""
OVERVIEW = """
from views.overview.page import overview

overview()()
"""


def test_everything_that_is_kept_has_one_budget() -> None:
    caches = what_is_reused.kept, runs.done
    assert sum(cache.most_bytes for cache in caches) == limits.MOST_KEPT_BYTES


def test_what_a_visitor_keeps_alone_is_within_that_budget() -> None:
    # What tests before have left goes whenever the garbage collector comes.
    runs.done.clear()
    mine, yours, before = runs.done.own(), runs.done.own(), runs.done.held_bytes
    assert mine.once("log", lambda: np.zeros(1_000)) is mine.get("log")
    assert yours.get("log") is runs.done.get("log") is None
    assert runs.done.held_bytes == before + 8_000
    del mine
    yours.put("another", np.zeros(10))
    assert runs.done.held_bytes == before + 80


def test_work_unasked_is_measured_in_incidents() -> None:
    for years in (limits.LIVE_YEARS, 50_000, 123):
        assert runs.years_given(DEFAULT, years) == years
    given = runs.years_given(HOSTILE, 50_000)
    assert given * expected_incidents(HOSTILE) <= limits.MOST_INCIDENTS_UNASKED
    assert 5 * given * expected_incidents(HOSTILE) > limits.MOST_INCIDENTS_UNASKED
    assert runs.years_asked(DEFAULT, limits.MOST_KEPT_YEARS) == limits.MOST_KEPT_YEARS


@pytest.mark.parametrize(
    ("allowed", "years"), [(0.4, 1), (1.0, 1), (9.9, 5), (10.0, 10), (499.0, 200), (5e3, 5_000)]
)
def test_fewer_years_are_a_round_number(allowed: float, years: int) -> None:
    assert most_years(DEFAULT, 10**6, allowed * expected_incidents(DEFAULT)) == years


def test_a_busy_scenario_says_how_many_years_it_shows_and_offers_what_can_be_run() -> None:
    app = AppTest.from_string(SHOWN, default_timeout=WAIT_S)
    app.session_state["scenario_in_hand"] = HOSTILE
    app.run()
    assert not app.exception
    given, most = (f(HOSTILE, 50_000) for f in (runs.years_given, runs.years_asked))
    said = " ".join(each.value for each in app.markdown)
    assert f"Showing {given:,} years." in said
    assert f"About {expected_incidents(HOSTILE):,.0f} incidents are expected in each" in said
    assert f"{most:,} years take a while, no more can be run" in said
    assert [button.label for button in app.button] == [f"Run {most:,} years"]


def test_few_columns_stay_and_the_others_come_back_as_they_were() -> None:
    years = runs.FEW_YEARS + 500
    run = runs.run(DEFAULT, years, 41)
    plain = simulate(DEFAULT, years=years, seed=41)
    assert set(run.result.columns) == set(runs.STAYING)
    assert run.measures == runs.Run(plain).measures
    runs.done.clear()
    what_is_reused.kept.clear()
    assert all(np.array_equal(run.result[name], plain[name]) for name in COLUMNS)
    with pytest.raises(KeyError, match="no_column"):
        run.result["no_column"]
    assert list(run.result.frame()) == ["world", "year", *COLUMNS]


def test_summaries_need_no_column_that_did_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.run(DEFAULT, runs.FEW_YEARS + 500, 42)

    def again(*_: object) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr(runs, "_columns", again)
    monkeypatch.setattr(run.result.columns, "_again", again)
    assert run.measures["sla_credit"].value < 0
    assert run.components["response"].value > 0
    assert run.volumes["minutes_lost"] > 0
    assert run.chance_over(1e7).value > 0
    assert len(run.twenty_years) == 20


def answer(app: AppTest) -> str:
    return next(one.body for one in app.get("html") if "class='answer'" in one.body)


@pytest.fixture
def patient() -> None:
    """Pages here have the patience they have."""


def test_a_page_without_room_shows_fewer_years_with_their_errors_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = AppTest.from_string(OVERVIEW, default_timeout=WAIT_S)
    app.session_state["settings_in_hand"] = Settings(50_000, seed=43)

    def busy(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as while_busy:
        while_busy.setattr(state, "_run", busy)
        app.run()
    assert not app.exception
    note = "rest on 2,500 of 50,000 years. The rest follows by itself"
    assert any(note in info.value for info in app.info)
    few = runs.run(DEFAULT, YEARS, 43).measures["eal"]
    assert app.metric[0].value == fmt.money(few.value)
    assert "data-years='2500'" in answer(app)
    app.run()
    assert not any("follows by itself" in info.value for info in app.info)
    assert "data-years='50000'" in answer(app)


MOVING = """
import streamlit as st

from views.session import state

state.simulate_ahead("")
st.session_state["was_begun"] = "run_begun" in st.session_state
state.run()
"""


def moving(app: AppTest, *, seed: int) -> AppTest:
    """Return a visitor of the overview who has just moved something."""
    app.session_state["settings_in_hand"] = Settings(2 * BLOCK_YEARS, seed=seed)
    app.session_state["scenario_shown"] = DEFAULT
    app.session_state["page_shown"] = ""
    app.session_state["changed_here"] = True
    return app


def test_the_run_of_all_years_is_under_way_while_the_first_look_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[tuple[int, int]] = []
    block = what_is_reused.simulated_block

    def watched(task: Task, *, table: Array | None = None) -> Simulated:
        computed.append((task[1].years, task[3]))
        return block(task, table=table)

    monkeypatch.setattr(what_is_reused, "simulated_block", watched)
    app = moving(AppTest.from_string(MOVING, default_timeout=WAIT_S), seed=45).run()
    assert not app.exception
    all_years = 2 * BLOCK_YEARS
    assert sorted(computed) == [(YEARS, 0), (all_years, 0), (all_years, 1)]
    assert app.session_state["was_begun"]
    assert "run_begun" not in app.session_state
    found = runs.finished(DEFAULT, all_years, 45)
    assert found is not None
    plain = runs.Run(simulate(DEFAULT, years=all_years, seed=45))
    assert found.measures == plain.measures


AHEAD = """
from views.session import state

state.simulate_ahead("")
"""


def test_a_run_without_memory_is_refused_by_the_page_and_not_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_left(*asked: object, **more: object) -> None:
        raise ValueError("no memory")

    monkeypatch.setattr(what_is_reused, "begin", none_left)
    assert not moving(AppTest.from_string(AHEAD, default_timeout=WAIT_S), seed=48).run().exception
    app = moving(AppTest.from_string(MOVING, default_timeout=WAIT_S), seed=48).run()
    assert not app.exception
    assert not app.session_state["was_begun"]


def test_a_run_that_no_page_waits_for_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Turns(threads=0)
    with monkeypatch.context() as nobody_computes:
        nobody_computes.setattr(turns, "turns", lambda: waiting)
        app = AppTest.from_string(BEGINNING, default_timeout=WAIT_S).run()
    assert not app.exception
    assert not waiting.do_next()


BEGINNING = """
from model.scenario.scenario import Scenario
from views.session import runs
from views.waiting.turns import turns

runs.begin(Scenario.default(), 50_000, 46)
assert not turns().room()
runs.give_up()
assert turns().room()
"""


def test_two_who_make_the_same_move_have_it_simulated_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[int] = []
    begin, simulate = what_is_reused.begin, runs.simulate

    def counted(scenario: Scenario, **how: Any) -> Any:
        begun.append(how["seed"])
        return begin(scenario, **how)

    def again(scenario: Scenario, **how: Any) -> Any:
        begun.append(-how["seed"])
        return simulate(scenario, **how)

    monkeypatch.setattr(what_is_reused, "begin", counted)
    monkeypatch.setattr(runs, "simulate", again)
    one, other = (AppTest.from_string(BOTH, default_timeout=WAIT_S) for _ in "12")
    for app in (one, other):
        app.session_state["step"] = "begin"
        assert not app.run().exception
    for app in (other, one):
        app.session_state["step"] = "run"
        assert not app.run().exception
        assert "run_begun" not in app.session_state
    assert begun == [49]
    assert one.session_state["loss"] == other.session_state["loss"] > 0
    leaving, staying = (AppTest.from_string(BOTH, default_timeout=WAIT_S) for _ in "12")
    for app, step in ((leaving, "begin"), (staying, "begin"), (leaving, "leave"), (staying, "run")):
        app.session_state["step"], app.session_state["seed"] = step, 51
        assert not app.run().exception
    assert begun == [49, 51, -51], "what was given up is simulated by who still wants it"
    assert staying.session_state["loss"] > 0


BOTH = """
import streamlit as st

from model.scenario.scenario import Scenario
from views.session import runs

step, seed = st.session_state["step"], st.session_state.get("seed", 49)
asked = Scenario.default(), 20_100, seed
if step == "begin":
    runs.begin(*asked)
elif step == "leave":
    runs.give_up()
else:
    st.session_state["loss"] = runs.run(*asked).result.mean("loss_usd").value
"""


DECIDE = """
from views.decide.page import decide

decide()
"""


def test_remedies_are_compared_on_few_years_while_others_wait_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = AppTest.from_string(DECIDE, default_timeout=WAIT_S)
    app.session_state["settings_in_hand"] = Settings(20_000, seed=44)
    note = "remedies are compared on 5,000 of 20,000 years. The rest follows by itself"
    with monkeypatch.context() as while_others_wait:
        while_others_wait.setattr(Turns, "room", lambda *_: False)
        app.run()
    assert not app.exception
    assert any(note in info.value for info in app.info)
    assert any("on the same 5,000 years" in each.value for each in app.caption)
    app.run()
    assert not app.exception
    assert not any("follows by itself" in info.value for info in app.info)
    assert any("on the same 20,000 years" in each.value for each in app.caption)


def test_patience_ends_for_what_has_not_begun() -> None:
    now = [0.0]
    patience, waiting = Patience(lambda: now[0]), Turns(threads=0)
    mine = waiting.turn(Urgency.SHOWN, "a", 1.0, lambda: patience(mine))
    task = mine.submit(int)
    patience(mine)
    now[0] = PATIENCE_S + 0.1
    with pytest.raises(Busy):
        task.result()
    assert waiting.do_next()
    patience(mine)


def test_long_work_goes_on_without_its_page_until_its_visitor_is_away_for_a_minute() -> None:
    now, here, moved, asked = [0.0], [True], threading.Semaphore(0), threading.Semaphore(0)

    def make(work: GoingOn) -> None:
        for done in range(1, 5):
            asked.acquire()
            work.advance(done, 10)
            moved.release()

    def step(at_s: float) -> None:
        now[0] = at_s
        asked.release()
        moved.acquire(timeout=WAIT_S)

    work = GoingOn(make, "a", here=lambda visitor: here[0], clock=lambda: now[0])
    step(10.0)
    step(20.0)
    assert work.left_s == pytest.approx((20.0 - 10.0) * 0.8 / 0.2)
    here[0] = False
    step(20.0 + AWAY_S)
    assert not work.over
    now[0] += 0.1
    asked.release()
    work.join()
    assert work.over
    assert (work.share, work.error) == (0.4, "")


def test_cancelled_work_ends_and_failed_work_says_why() -> None:
    begun = threading.Event()

    def wait(work: GoingOn) -> None:
        begun.set()
        while True:
            work.go_on()

    work = GoingOn(wait, None)
    assert begun.wait(WAIT_S)
    work.cancel()
    work.join()

    def fail(work: GoingOn) -> None:
        raise ValueError("no memory for it")

    failed = GoingOn(fail, None)
    failed.join()
    assert failed.error == "no memory for it"


def test_streamlit_still_keeps_departed_visitors_where_they_are_looked_for() -> None:
    """Whoever left is let go of through what Streamlit does not promise to keep as it is."""
    from streamlit.runtime.memory_session_storage import MemorySessionStorage
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

    assert hasattr(MemorySessionStorage()._cache, "expire")
    assert "_session_storage" in WebsocketSessionManager.__init__.__code__.co_names
    turns.forget_departed()
