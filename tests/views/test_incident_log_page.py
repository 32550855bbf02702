"""The page of the incident log: files in, the same numbers as the command line, applied, undone."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path

import pytest
from evidence import written_logs as written
from streamlit.testing.v1 import AppTest
from visiting.browser import PATIENCE_S

from model.__main__ import main
from model.evidence.fitting.fitted import Fitted
from model.present.story.slide_assumptions import judged
from model.present.words import headline, numbers
from model.scenario.rows import encoded
from model.scenario.scenario import Scenario
from views.session.link import decoded
from views.session.runs import done, finished, years_given

BEGIN, END = dt.date(2025, 8, 1), dt.date(2026, 3, 21)
ENDINGS = {"status page": "json", "cloud": "json"}


def page() -> None:
    from views.incident_log.page import incident_log
    from views.session import state

    state.open_visit("incident-log")
    incident_log()


def opened(years: int = 10_000) -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE_S)
    app.query_params["years"] = str(years)
    return app.run()


def dropped(app: AppTest, raw: bytes, name: str) -> AppTest:
    app.file_uploader(key="log.upload").upload(name, raw, "text/plain").run()
    assert not app.exception
    return app


def key(app: AppTest, name: str) -> str:
    return app.session_state["log.in_hand"].key(name)


def covering(app: AppTest, zone: str = "") -> AppTest:
    """Say what the log covers and where its clocks are."""
    app.date_input(key=key(app, "begin")).set_value(BEGIN)
    app.date_input(key=key(app, "end")).set_value(END)
    app.selectbox(key=key(app, "zone")).set_value(zone)
    app.run()
    assert not app.exception
    return app


def fitted_desk() -> AppTest:
    app = dropped(opened(), written.desk(), "desk.csv")
    return covering(app, "America/New_York")


def said(app: AppTest) -> str:
    return "\n".join(each.value for kind in ("markdown", "caption") for each in app.get(kind))


def file(app: AppTest, name: str) -> bytes:
    return app.session_state["desk"].hand_out(f"csv.{name}")


def last(app: AppTest) -> Fitted:
    """The fit that the page shows."""
    mine = app.session_state["work.own"].number
    kept = ((getattr(key, "own", None), one.made) for key, one in done._entries.items())
    return [made for own, made in kept if own == mine and isinstance(made, Fitted)][-1]


def in_hand(app: AppTest) -> Scenario:
    return app.session_state["scenario_in_hand"]


@pytest.mark.parametrize("form", written.FORMATS)
def test_every_file_gives_on_the_page_what_the_command_line_writes(
    form: str, tmp_path: Path
) -> None:
    make, zone, (mu, sigma) = written.FORMATS[form]
    name = f"log.{ENDINGS.get(form, 'csv')}"
    (tmp_path / name).write_bytes(make())
    given = ["--from", str(BEGIN), "--to", str(END), *(["--time-zone", zone] if zone else [])]
    assert main(["fit", str(tmp_path / name), *given, "--out", str(tmp_path / "out")]) == 0
    app = covering(dropped(opened(), make(), name), zone)
    assert not app.error
    assert "13 incidents in 232 days" in said(app)
    for table in ("rates.csv", "durations.csv", "rows.csv"):
        assert file(app, table) == (tmp_path / "out" / table).read_bytes(), table
    lognormal = next(one for one in last(app).lengths["all"].families if one.name == "lognormal")
    if not zone:  # else the days begin and end at another hour than in the written history
        assert (lognormal.mu, lognormal.sigma) == pytest.approx((mu, sigma), abs=1e-4)


def test_without_dates_there_are_durations_and_a_line_that_asks() -> None:
    app = dropped(opened(), written.desk(), "desk.csv")
    assert any("No rates yet" in each.value for each in app.info)
    assert last(app).rates is None
    assert last(app).lengths["all"].fit is not None


def test_what_is_applied_is_shown_before_and_undone_after() -> None:
    app = fitted_desk()
    before, (judgement, total) = in_hand(app), judged(in_hand(app))
    assert before == Scenario.default()
    assert app.button(key=key(app, "apply")).disabled  # a log of many small ones asks first
    app.checkbox(key=key(app, "sure")).check().run()
    tiles = {tile.label: (tile.value, tile.delta) for tile in app.metric}
    app.button(key=key(app, "apply")).click().run()
    assert not app.exception
    after = in_hand(app)
    assert len(after.changes) >= len(last(app).changes)
    fewer, count = judged(after)
    assert (fewer, count) < (judgement, total)
    assert tiles["Inputs that are judgement"] == (
        f"{fewer} of {count}",
        f"before: {judgement} of {total}",
    )
    name = "incidents.capacity.duration"
    assert after.evidence(name).source.startswith("Fitted to desk.csv, 13 incidents, 0.636 years")
    assert after.evidence(name).grade == "B"
    # The same tiles, and the same link, once it is applied: the log is not counted twice.
    assert {tile.label: (tile.value, tile.delta) for tile in app.metric} == tiles
    given = {name: v if isinstance(v, str) else v[0] for name, v in app.query_params.items()}
    assert decoded(given).scenario == after
    app.button(key=key(app, "undo")).click().run()
    assert in_hand(app) == before
    assert in_hand(app).provenance == before.provenance


def test_what_a_busy_log_would_cost_is_foreseen_on_the_years_that_pages_show_next() -> None:
    first = dt.datetime(2025, 8, 1, 3)
    rows = [f"{first + k * dt.timedelta(hours=10):%Y-%m-%d %H:%M},0.5" for k in range(540)]
    app = dropped(opened(50_000), "\n".join(["start,hours", *rows]).encode(), "busy.csv")
    app = covering(app)
    before, fitted = in_hand(app), last(app)
    after = before.with_(dict(fitted.changes), fitted.origins)
    years = years_given(after, 50_000)
    assert years < years_given(before, 50_000)
    shown = finished(after, years, 0)
    assert shown is not None
    tile = next(tile for tile in app.metric if tile.label == "Average year")
    assert tile.value == headline.markdown(numbers.money(shown.measures["eal"].value))
    assert finished(after, 50_000, 0) is None


def test_a_change_made_after_applying_survives_the_undo() -> None:
    app = fitted_desk()
    app.checkbox(key=key(app, "sure")).check().run()
    app.button(key=key(app, "apply")).click().run()
    app.session_state["scenario_in_hand"] = in_hand(app).with_({"scenario.name": "Ours"})
    app.run()
    app.button(key=key(app, "undo")).click().run()
    assert in_hand(app).name == "Ours"
    assert not in_hand(app).changes


def test_nothing_of_the_log_enters_the_link() -> None:
    app = fitted_desk()
    assert set(app.query_params) == {"years"}


@pytest.mark.parametrize(
    "raw",
    {
        "empty": b"",
        "no table": b"\x89PNG\r\n\x1a\n" + bytes(40),
        "broken": b'[{"start": 1, ',
    }.values(),
    ids=["empty", "picture", "broken json"],
)
def test_a_file_that_is_none_is_one_message_and_the_log_before_stays(raw: bytes) -> None:
    app = fitted_desk()
    app = dropped(app, raw, "bad.json" if raw[:1] == b"[" else "bad.csv")
    [error] = app.error
    assert "bad." in error.value
    assert "The log before, desk.csv, stays." in error.value
    assert "13 incidents in 232 days" in said(app)


def test_a_column_mapped_by_hand_and_a_filter_change_what_is_read() -> None:
    app = fitted_desk()
    app.selectbox(key=key(app, "end_column")).set_value("closed_at").run()
    assert app.session_state["work.own"] is not None
    assert "closed_at" in said(app)
    app.number_input(key=key(app, "where.least")).set_value(1.0).run()
    assert any("duration >=1" in origin.source for origin in last(app).origins.values())


def test_words_become_causes_and_the_suggestion_knows_the_usual_ones() -> None:
    app = fitted_desk()
    app.button(key=key(app, "suggest")).click().run()
    chosen = {word: app.selectbox(key=key(app, f"word.{word}")).value for word in
              ("deploy", "config", "network", "power", "unknown")}  # fmt: skip
    assert chosen == {
        "deploy": "change_and_configuration",
        "config": "change_and_configuration",
        "network": "network_latency",
        "power": "power_cooling_weather",
        "unknown": "",
    }
    counts = {row.cause: row.incidents for row in last(app).rates.rows}
    assert counts["network_latency"] == 2
    app.text_input(key=key(app, "rule_word")).set_value("not fresh")
    app.selectbox(key=key(app, "rule_cause")).set_value("capacity")
    next(b for b in app.button if b.label == "Add").click().run()
    assert {row.cause: row.incidents for row in last(app).rates.rows}["capacity"] == (
        counts["capacity"] + 1
    )


def row(app: AppTest, place: int) -> AppTest:
    app.selectbox(key=key(app, "row")).set_value(place).run()
    return app


def test_a_row_is_left_out_or_corrected_with_a_reason() -> None:
    app = row(fitted_desk(), 2)  # T3
    number = last(app).log.rows.number[2]
    next(b for b in app.button if b.label == "Leave out").click().run()
    assert "reason" in app.error[-1].value
    app.text_input(key=key(app, f"row.{number}.why")).set_value("a drill")
    next(b for b in app.button if b.label == "Leave out").click().run()
    assert last(app).log.rows.reason[2] == "left out by hand: a drill"
    app.button(key=key(app, "row_back")).click().run()
    assert last(app).log.rows.read[2] == "counted"
    app.text_input(key=key(app, f"row.{number}.end")).set_value("2025-09-15 19:05")
    app.text_input(key=key(app, f"row.{number}.why")).set_value("it came back later")
    next(b for b in app.button if b.label == "Correct").click().run()
    rows = last(app).log.rows
    assert rows.reason[2] == "corrected by hand: it came back later"
    assert rows.end[2] - rows.start[2] == pytest.approx(10.0)


def test_a_row_can_be_replayed() -> None:
    app = row(fitted_desk(), 14)  # T13
    app.button(key=key(app, "replay")).click().run()
    handed = app.session_state["incident_to_replay"]
    assert (handed.start.isoformat(), handed.hours) == ("2026-03-03T13:24:00+00:00", 20.0)


def hourly() -> bytes:
    """Four weeks of traffic that is twice as high by day as by night, UTC; nothing on 9 March."""
    start = dt.datetime(2026, 2, 23, tzinfo=dt.UTC)
    hours = (start + dt.timedelta(hours=k) for k in range(28 * 24))
    rows = [
        f"{at:%Y-%m-%dT%H:%M:%SZ},{2000 if 12 <= at.hour < 24 else 1000}"
        for at in hours
        if at.date() != dt.date(2026, 3, 9)
    ]
    return "\n".join(["timestamp,visits", *rows]).encode()


def test_own_traffic_becomes_the_profile_without_the_hours_of_incidents() -> None:
    app = fitted_desk()
    app.file_uploader(key="traffic.upload").upload("visits.csv", hourly(), "text/csv").run()
    assert not app.exception
    line = next(each.value for each in app.markdown if "the profile of demand" in each.value)
    assert "4 weeks" in line
    assert "longest gap 24 h" in line
    assert "hours of incidents left out" in line  # T13 and others ran in it
    app.button(key="traffic.use").click().run()
    scenario = in_hand(app)
    assert scenario.word("profiles.demand").startswith("own:")
    assert scenario.evidence("profiles.demand").source.startswith("Measured: visits.csv")
    app.button(key="traffic.undo").click().run()
    assert in_hand(app) == Scenario.default()


def test_traffic_that_is_none_is_one_message() -> None:
    app = opened()
    app.file_uploader(key="traffic.upload").upload("x.csv", b"a,b\n1,2\n", "text/csv").run()
    [error] = app.error
    assert "the scenario stays as it was" in error.value


def with_cases() -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE_S)
    app.session_state["case.published"] = True
    return app.run()


def test_published_cases_stand_beside_what_the_command_line_says(tmp_path: Path) -> None:
    app = with_cases()
    assert main(["backtest", "--out", str(tmp_path)]) == 0
    assert file(app, "backtest.csv") == (tmp_path / "backtest.csv").read_bytes()


def test_another_case_of_several_phases_is_typed_in() -> None:
    app = with_cases()
    app.number_input(key="case.phases").set_value(2).run()
    typed = {
        "name": "Elsewhere", "low": "0.2", "start": "2026-03-03T08:24", "source": "a paper",
        "hours.0": "6", "Viewing lost.0": "0.5-0.9", "hours.1": "12", "Viewing lost.1": "much",
    }  # fmt: skip
    for part, text in typed.items():
        app.text_input(key=f"case.{part}").set_value(text)
    add = next(b for b in app.button if b.label == "Add the case")
    add.click().run()
    assert "playback_loss" in app.error[0].value
    app.text_input(key="case.Viewing lost.1").set_value("0.1")
    next(b for b in app.button if b.label == "Add the case").click().run()
    assert not app.error
    assert "Elsewhere: time lost on the day" in "".join(each.body for each in app.get("html"))


def test_own_years_are_held_out_when_asked() -> None:
    lines = ["start,end"]
    first = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
    for k in range(40):
        start = first + dt.timedelta(days=27 * k)
        lines.append(
            f"{start:%Y-%m-%dT%H:%MZ},{start + dt.timedelta(hours=1 + k % 7):%Y-%m-%dT%H:%MZ}"
        )
    app = dropped(opened(), "\n".join(lines).encode(), "years.csv")
    app.date_input(key=key(app, "begin")).set_value(dt.date(2023, 1, 1))
    app.date_input(key=key(app, "end")).set_value(dt.date(2026, 1, 1))
    app.run()
    next(b for b in app.button if b.label == "Hold out 2 years").click().run()
    assert not app.exception
    assert "figures better than" in said(app)
    assert "randomised PIT" in said(app)


def test_the_command_on_the_page_writes_the_numbers_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = row(fitted_desk(), 2)
    number = last(app).log.rows.number[2]
    app.text_input(key=key(app, f"row.{number}.end")).set_value("2025-09-15 19:05")
    app.text_input(key=key(app, f"row.{number}.why")).set_value("it came back later")
    next(b for b in app.button if b.label == "Correct").click().run()
    row(app, 7)
    other = last(app).log.rows.number[7]
    app.text_input(key=key(app, f"row.{other}.why")).set_value("a drill, no incident")
    next(b for b in app.button if b.label == "Leave out").click().run()
    app.selectbox(key=key(app, "end_column")).set_value("resolved_at")
    app.multiselect(key=key(app, "where.status")).set_value(["Closed"])
    app.number_input(key=key(app, "limit")).set_value(5.0)
    app.date_input(key=key(app, "selection_from")).set_value(dt.date(2025, 11, 2))
    app.date_input(key=key(app, "selection_to")).set_value(dt.date(2026, 1, 14))
    app.run()
    assert not app.exception
    [command] = [block.value for block in app.code]
    (tmp_path / "desk.csv").write_bytes(written.desk())
    (tmp_path / "scenario.csv").write_bytes(encoded(Scenario.default().to_csv()))
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[3:]) == 0
    for table in ("rates.csv", "durations.csv", "rows.csv"):
        assert file(app, table) == (tmp_path / "out" / table).read_bytes(), table


def test_a_file_without_zones_asks_for_one() -> None:
    asks = "name no zone"
    assert any(asks in each.value for each in dropped(opened(), written.desk(), "desk.csv").info)
    app = dropped(opened(), written.status_page(), "page.json")
    assert not any(asks in each.value for each in app.info)
