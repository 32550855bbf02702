"""Incident logs: columns guessed, every row judged, and one history in many clothes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from evidence import written_logs as written

from model.evidence.durations.fit import fit_family
from model.evidence.log.columns import LISTS, known_names
from model.evidence.log.guessing import guess
from model.evidence.log.log import Log, LogError, read_log, with_end
from model.evidence.log.options import Correction, LogOptions
from model.formats.reading import read

FIRST, LAST = datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)


def log_of(text: str | bytes, name: str = "log.csv", **options: object) -> Log:
    raw = text if isinstance(text, bytes) else text.encode()
    table = read(raw, name, known=known_names(), lists=LISTS)
    return read_log(table, LogOptions(**({"begin": FIRST, "end": LAST} | options)))


def judged(log: Log) -> list[str]:
    return list(log.rows.read)


@pytest.mark.parametrize("form", written.FORMATS)
def test_one_history_in_every_format_gives_its_numbers(form: str) -> None:
    make, zone, (mu, sigma) = written.FORMATS[form]
    log = log_of(make(), begin=written.BEGIN, end=written.END, time_zone=zone)
    assert log.n == 13
    assert log.years == pytest.approx(0.635616, abs=1e-6)
    fitted = fit_family(log.incidents.durations(), "lognormal")
    assert (fitted.mu, fitted.sigma) == pytest.approx((mu, sigma), abs=1e-4)
    ends = log.incidents.lower == log.incidents.upper
    hours = np.sum((log.incidents.upper - log.incidents.start)[ends])
    assert hours == pytest.approx(215.5667 + (1.75 if form == "alerts" else 0), abs=1e-3)
    if form != "by hand":
        counts = log.rows.counts()
        assert (counts["merged"], counts["duplicate"], counts["refused"]) == (1, 1, 2)
        assert counts.get("maintenance", 0) == (form != "cloud")


def test_another_column_as_the_end_moves_the_tail() -> None:
    table = read(written.desk(), "desk.csv", known=known_names())
    options = LogOptions(begin=written.BEGIN, end=written.END, time_zone="America/New_York")
    log = read_log(table, options)
    assert [(end.column, end.kind) for end in log.ends] == [
        ("u_outage_end", "impact"),
        ("resolved_at", "resolved"),
        ("closed_at", "closed"),
    ]
    paperwork = with_end(table, options, "closed_at")
    assert paperwork.columns["end"] == "closed_at"
    assert np.nanmax(paperwork.incidents.upper - paperwork.incidents.start) > 178 + 100


def test_touching_are_two_and_overlapping_one_over_the_union() -> None:
    log = log_of(
        "start,end,service\n2026-01-01 08:00,2026-01-01 10:00,A\n"
        "2026-01-01 10:00,2026-01-01 11:00,A\n"
        "2026-01-02 08:00,2026-01-02 12:00,A\n2026-01-02 09:00,2026-01-02 10:00,B\n"
        "2026-01-02 11:00,2026-01-02 13:00,C\n"
    )
    assert log.incidents.durations_h() == "2.00, 1.00, 5.00"
    assert judged(log) == ["counted", "counted", "counted", "merged", "merged"]


def test_a_loss_is_averaged_over_the_union_with_the_largest_running() -> None:
    log = log_of(
        "start,end,playback_loss\n2026-01-01 08:00,2026-01-01 10:00,0.2\n"
        "2026-01-01 09:00,2026-01-01 11:00,0.4\n"
    )
    assert log.incidents.losses["playback_loss"] == pytest.approx([(0.2 + 2 * 0.4) / 3])


def test_open_and_lost_ends_are_bounded_by_what_is_known() -> None:
    log = log_of(
        "id,started,ended,status,updated\n"
        "1,2026-01-01T08:00Z,,resolved,2026-01-01T10:00Z\n"
        "2,2026-01-02T08:00Z,ongoing,,\n"
        "3,2026-01-03T08:00Z,?,,\n"
        "4,2025-12-02T08:00Z,,open,2025-12-02T09:00Z\n"
        "5,2025-12-05T08:00Z,2025-12-05T09:00Z,resolved,2025-12-05T09:00Z\n",
        max_duration_h=500.0,
    )
    found = log.incidents
    ends = zip(found.row, found.lower - found.start, found.upper - found.start, strict=True)
    lengths = {row: (lower, upper) for row, lower, upper in ends}
    assert lengths[0] == pytest.approx((0.0, 2.0))
    assert lengths[1] == (pytest.approx(160.0), np.inf)
    assert lengths[3] == pytest.approx((0.0, 904.0)), "open for too long: asked about, not merged"
    assert len(log.questions) == 1
    assert log.n == 4, "the one nobody knows of lies within the open one"
    assert found.durations().size == 4


def test_running_at_the_begin_is_not_counted_but_seen_from_there_on() -> None:
    log = log_of(
        "start,end\n2025-11-30 20:00,2025-12-01 06:00\n2025-11-01,2025-11-02\n"
        "2026-02-01,2026-02-02\n"
    )
    assert log.n == 0
    assert judged(log) == ["censored", "refused", "refused"]
    durations = log.incidents.durations()
    assert (durations.entry_h[0], durations.upper_h[0]) == (4.0, 10.0)


def test_an_end_after_the_export_is_still_running() -> None:
    log = log_of("start,end\n2026-01-08 12:00,2026-01-12 12:00\n")
    assert log.incidents.durations_h() == "12.00+"


def test_rows_of_one_id_are_one_incident() -> None:
    phases = log_of(
        "incident_id,phase,from,to\n7,one,2026-01-01T08:00Z,2026-01-01T09:00Z\n"
        "7,two,2026-01-01T09:00Z,2026-01-01T10:00Z\n8,one,2026-01-02T08:00Z,2026-01-02T10:00Z\n"
    )
    assert phases.incidents.durations_h() == "2.00, 2.00"
    states = log_of(
        "incident_id,title,created_at,status,updated_at\n"
        "7,A,2026-01-01T08:00Z,investigating,2026-01-01T08:00Z\n"
        "7,A,2026-01-01T08:00Z,resolved,2026-01-01T09:45Z\n"
        "8,B,2026-01-02T08:00Z,resolved,2026-01-02T09:45Z\n"
    )
    assert states.incidents.durations_h() == "1.75, 1.75"
    assert judged(states)[0] == "duplicate"


def test_rows_that_each_report_a_state_are_paired() -> None:
    log = log_of(
        "Time,State,Alert name\n2026-01-01 08:00,Alerting,Uploads\n"
        "2026-01-01 09:30,Normal,Uploads\n"
        "2026-01-02 08:00,Pending,Uploads\n2026-01-02 08:05,Alerting,Uploads\n"
        "2026-01-02 09:00,Normal,Uploads\n2026-01-02 20:00,Alerting,Player\n"
    )
    assert log.incidents.durations_h() == "1.50, 1.00, 148.00+"


OTHERS: dict[str, tuple[str, str, str]] = {
    "alerts with epochs": (
        "a.csv",
        "TinyID,Message,Status,CreatedAt,UpdatedAt,Priority\n"
        "1,DB,closed,1767254400000,1767261600000,P1\n2,CDN,open,1767340800000,1767344400000,P2\n",
        "2.00, 160.00+",
    ),
    "nested attributes": (
        "a.json",
        json.dumps({"data": [
            {"id": "u1", "type": "incidents", "attributes": {
                "title": "A", "state": "resolved", "customer_impact_start": "2026-01-01T08:00:00Z",
                "customer_impact_end": "2026-01-01T10:00:00Z", "created": "2026-01-01T08:05:00Z",
                "resolved": "2026-01-01T11:00:00Z"}},
            {"id": "u2", "type": "incidents", "attributes": {
                "title": "B", "state": "active", "customer_impact_start": "2026-01-03T08:00:00Z",
                "customer_impact_end": None, "created": "2026-01-03T08:05:00Z",
                "resolved": None}},
        ]}),
        "2.00, 136.00+",
    ),
    "year one for no end": (
        "a.json",
        json.dumps([
            {"startsAt": "2026-01-01T08:00:00Z", "endsAt": "2026-01-01T10:00:00Z",
             "fingerprint": "a", "labels": {"alertname": "Down", "severity": "critical"}},
            {"startsAt": "2026-01-02T08:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
             "fingerprint": "b", "labels": {"alertname": "Down 2", "severity": "warning"}},
        ]),
        "2.00, 160.00+",
    ),
    "impact, fixed, resolved, closed": (
        "a.csv",
        "ID,Name,Status,Reported at,Impact started at,Fixed at,Resolved at,Closed at\n"
        "1,A,Closed,2026-01-01T08:10Z,2026-01-01T08:00Z,2026-01-01T10:00Z,2026-01-01T11:00Z,"
        "2026-01-05T10:00Z\n2,B,Investigating,2026-01-02T08:10Z,2026-01-02T08:00Z,,,\n",
        "2.00, 160.00+",
    ),
    "camel case, epoch seconds, planned change": (
        "a.json",
        json.dumps({"events": [
            {"arn": "a", "eventTypeCategory": "issue", "startTime": 1767254400.0,
             "endTime": 1767261600.0, "statusCode": "closed"},
            {"arn": "b", "eventTypeCategory": "scheduledChange", "startTime": 1767354400.0,
             "endTime": 1767361600.0, "statusCode": "upcoming"},
        ]}),
        "2.00",
    ),
    "lists within": (
        "a.json",
        json.dumps({"value": [
            {"name": "X1", "type": "t", "properties": {
                "eventType": "ServiceIssue", "status": "Resolved", "title": "A",
                "impactStartTime": "2026-01-01T08:00:00Z",
                "impactMitigationTime": "2026-01-01T10:00:00Z", "impact": [{"s": "x"}]}},
            {"name": "X2", "type": "t", "properties": {
                "eventType": "PlannedMaintenance", "status": "Active", "title": "B",
                "impactStartTime": "2026-01-03T08:00:00Z",
                "impactMitigationTime": "2026-01-03T10:00:00Z", "impact": []}},
        ]}),
        "2.00",
    ),
    "a length in place of an end": (
        "a.csv",
        "Date;Time;Duration;What\n01.01.2026;08:00;90 min;Uploads\n02.01.2026;23:30;1,5 h;P\n",
        "1.50, 1.50",
    ),
    "across midnight by clock": (
        "a.csv",
        "Date,Start,End,What\n2026-01-01,23:30,01:00,A\n2026-01-03,10:00,11:00,B\n",
        "1.50, 1.00",
    ),
    "one a line": (
        "a.jsonl",
        '{"started":"2026-01-01T08:00Z","ended":"2026-01-01T10:00Z"}\n'
        '{"started":"2026-01-02T08:00Z","ended":"2026-01-02T09:00Z"}\n',
        "2.00, 1.00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", OTHERS)
def test_other_tools_are_of_the_kind(form: str) -> None:
    name, text, lengths = OTHERS[form]
    assert log_of(text, name).incidents.durations_h() == lengths


def test_planned_work_is_told_from_what_planned_work_broke() -> None:
    log = log_of(
        "start,end,title\n2026-01-01 08:00,2026-01-01 10:00,Planned database upgrade\n"
        "2026-01-02 08:00,2026-01-02 10:00,Uploads fail after scheduled maintenance\n"
        "2026-01-03 08:00,2026-01-03 10:00,Scheduled maintenance of the feed\n"
        "2026-01-04 08:00,2026-01-04 10:00,Scheduler ran twice\n"
    )
    assert judged(log) == ["maintenance", "counted", "maintenance", "counted"]


def test_columns_are_mapped_by_hand_and_rows_filtered() -> None:
    text = (
        "a,b,users,grade\n2026-01-01 08:00,2026-01-01 10:00,500,Major\n"
        "2026-01-02 08:00,2026-01-02 08:20,20,minor\n2026-01-03 08:00,2026-01-03 09:00,9,none\n"
    )
    columns = (("start", "a"), ("end", "b"), ("severity", "grade"))
    log = log_of(text, columns=columns, where=(("severity", ("major", "minor")),))
    assert judged(log) == ["counted", "counted", "refused"]
    longer = log_of(
        text, columns=(*columns, ("duration", "users")), where=(("duration", (">=0.5",)),)
    )
    assert judged(longer) == ["counted", "refused", "counted"]
    with pytest.raises(LogError, match="no column 'c'"):
        log_of(text, columns=(("start", "c"),))
    with pytest.raises(LogError, match="kind: no column"):
        log_of(text, columns=columns, where=(("kind", ("x",)),))


def test_causes_come_from_the_column_a_rule_or_one_for_all() -> None:
    text = (
        "start,end,category,title\n2026-01-01 08:00,2026-01-01 10:00,deploy,Feed\n"
        "2026-01-02 08:00,2026-01-02 10:00,,Certificate too old\n"
        "2026-01-03 08:00,2026-01-03 10:00,power,Hall\n"
    )
    assign = (("deploy", "change"), ("certificate", "change"))
    assert list(log_of(text, assign=assign).rows.cause) == ["change", "change", "power"]
    assert log_of(text, cause="capacity").causes == ("capacity",)
    assert not log_of("start,end\n2026-01-01 08:00,2026-01-01 10:00\n").tells_causes


def test_a_row_left_out_by_hand_keeps_its_reason() -> None:
    log = log_of(
        "start,end\n2026-01-01,2026-01-02\n2026-01-03,2026-01-04\n", left_out=((2, "test"),)
    )
    assert log.rows.reason[0] == "left out by hand: test"
    assert log.n == 1


def test_every_row_has_a_verdict_and_those_not_counted_a_reason() -> None:
    make, zone, _ = written.FORMATS["desk"]
    log = log_of(make(), begin=written.BEGIN, end=written.END, time_zone=zone)
    for verdict, reason in zip(log.rows.read, log.rows.reason, strict=True):
        assert bool(reason) == (verdict != "counted")


def test_a_start_is_needed() -> None:
    with pytest.raises(LogError, match="no column of starts"):
        log_of("a,b\n1,2\n3,4\n")


def test_a_name_of_a_zone_in_a_column_counts() -> None:
    log = log_of("start (ET),end (ET)\n2026-01-01 08:00,2026-01-01 10:00\n")
    assert log.incidents.start[0] * 3600 == datetime(2026, 1, 1, 13, tzinfo=UTC).timestamp()
    utc = log_of("start_utc,end_utc\n2026-01-01 08:00,2026-01-01 10:00\n", time_zone="Asia/Tokyo")
    assert utc.incidents.start[0] * 3600 == datetime(2026, 1, 1, 8, tzinfo=UTC).timestamp()


def test_names_are_guessed_before_their_contents_disprove_them() -> None:
    table = read(b"created,time to resolve,resolved\n2026-01-01,90,yes\n2026-01-02,5,no\n", "a.csv")
    found = guess(table)
    assert "end" not in found.columns
    assert found.columns["start"] == "created"


def test_a_hundred_thousand_rows_are_read() -> None:
    rng = np.random.default_rng(3)
    start = np.datetime64("2020-01-01T00:00") + rng.integers(0, 3_000_000, 100_000)
    end = start + rng.integers(1, 200, 100_000)
    lines = [f"{k},{a}Z,{b}Z,P{k % 3}" for k, (a, b) in enumerate(zip(start, end, strict=True))]
    text = "number,started,ended,priority\n" + "\n".join(lines)
    log = log_of(text, begin=datetime(2020, 1, 1, tzinfo=UTC), end=LAST)
    assert sum(log.rows.counts().values()) == 100_000


def test_a_correction_holds_against_what_is_written_and_says_why() -> None:
    text = (
        "start,end,duration\n"
        "2025-12-02T08:00Z,2025-12-02T07:00Z,-1\n"
        "2025-12-03T08:00Z,ongoing,\n"
        "when?,2025-12-04T10:00Z,\n"
    )
    moments = [datetime(2025, 12, day, 9, tzinfo=UTC) for day in (2, 3, 4)]
    corrected = (
        Correction(row=2, why="the clock was wrong", end=moments[0]),
        Correction(row=3, why="it ended", end=moments[1]),
        Correction(row=4, why="found in the chat", start=moments[2], cause="capacity"),
    )
    assert judged(log_of(text)) == ["refused", "censored", "refused"]
    log = log_of(text, corrected=corrected)
    assert judged(log) == ["counted"] * 3
    assert (log.rows.end - log.rows.start).tolist() == pytest.approx([1.0] * 3)
    assert log.rows.reason.tolist() == [
        "corrected by hand: the clock was wrong",
        "corrected by hand: it ended",
        "corrected by hand: found in the chat",
    ]
    assert log.rows.cause.tolist() == ["unassigned", "unassigned", "capacity"]


def test_a_filter_by_length_needs_no_column_of_lengths() -> None:
    text = "start,end\n2025-12-02T08:00Z,2025-12-02T08:10Z\n2025-12-03T08:00Z,2025-12-03T10:00Z\n"
    log = log_of(text, where=(("duration", (">=0.5",)),))
    assert judged(log) == ["refused", "counted"]
    assert log.rows.reason[0] == "duration 0.167 h is not >=0.5"


def test_the_rows_of_an_incident_are_counted() -> None:
    log = log_of(written.desk(), begin=written.BEGIN, end=written.END)
    assert sorted(log.incidents.united.tolist()) == [1] * 12 + [2]
