"""The same two incidents as many tools and people write them: 80 and 90 minutes (PRODUCT, page 6).

10 January 2026, 08:00 to 09:20 UTC, and 15 January, 23:30 to 01:00; some logs hold more.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, time, timedelta

import numpy as np
import openpyxl
import pytest

from model.evidence.log.log import Log, read_log
from model.evidence.log.opening import opened
from model.evidence.log.options import LogOptions
from model.formats.answers import FormatError

A = ("2026-01-10T08:00", "2026-01-10T09:20")
B = ("2026-01-15T23:30", "2026-01-16T01:00")
BOTH = [80.0, 90.0]


def log(raw: str | bytes, name: str = "a.csv", zone: str = "") -> Log:
    content = raw.encode() if isinstance(raw, str) else raw
    begin, end = datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 3, 21, tzinfo=UTC)
    return read_log(opened(content, name), LogOptions(begin=begin, end=end, time_zone=zone))


def minutes(found: Log) -> list[float]:
    """Lengths of the incidents whose end is known, by start."""
    own = found.incidents
    known = own.lower == own.upper
    assert [
        datetime.fromtimestamp(round(h * 3600), UTC).isoformat()[:16] for h in own.start[:2]
    ] == [A[0], B[0]]
    return [round(m, 2) for m in ((own.upper - own.start)[known] * 60).tolist()]


def epoch(text: str, unit: int = 1) -> int:
    return int(datetime.fromisoformat(text + "+00:00").timestamp() * unit)


def records(*rows: dict[str, object], key: str = "") -> str:
    return json.dumps({key: rows} if key else rows)


OF_TOOLS = {
    "datadog": (
        json.dumps(
            {
                "data": [
                    {"id": k, "type": "incidents", "attributes": {
                        "title": "x", "created": f"{a}:09+00:00", "state": "resolved",
                        "customer_impact_start": f"{a}:00+00:00",
                        "customer_impact_end": f"{b}:00+00:00", "resolved": "2026-02-01T00:00Z",
                        "severity": "SEV-2"}}
                    for k, (a, b) in enumerate((A, B))
                ],
                "included": [{"type": "users", "id": n} for n in range(9)],
            }
        ),
        "a.json",
    ),
    "opsgenie, milliseconds": (
        "Alert ID,Status,CreatedAt,UpdatedAt,Priority,Message\n"
        + "".join(f"i{a},closed,{epoch(a, 1000)},{epoch(b, 1000)},P1,x\n" for a, b in (A, B)),
        "a.csv",
    ),
    "victorops, twelve hours": (
        "Incident Number,Start Time,Resolve Time,Time to Resolve\n"
        '1,"Jan 10, 2026 8:00:00 AM UTC","Jan 10, 2026 9:20:00 AM UTC",1h 20m 0s\n'
        '2,"Jan 15, 2026 11:30:00 PM UTC","Jan 16, 2026 1:00:00 AM UTC",1h 30m 0s\n',
        "a.csv",
    ),
    "gitlab": (
        "Issue ID,Title,State,Description,Due Date,Created At (UTC),Updated At (UTC),"
        'Closed At (UTC),Labels\n1,x,Closed,"two\nlines",,2026-01-10 08:00:00,2026-02-01 08:00:00,'
        '2026-01-10 09:20:00,"incident,s1"\n2,x,Closed,,,2026-01-15 23:30:00,2026-02-01 08:00:00,'
        "2026-01-16 01:00:00,incident\n",
        "a.csv",
    ),
    "grafana, time and timeEnd": (
        records(
            *({"id": k, "alertId": 1, "time": epoch(a, 1000), "timeEnd": epoch(b, 1000),
               "created": epoch(a, 1000) + 7, "updated": epoch(b, 1000) + 9, "text": "x"}
              for k, (a, b) in enumerate((A, B)))
        ),
        "a.json",
    ),
    "seconds": (
        "id,started,ended\n" + "".join(f"{a},{epoch(a)},{epoch(b)}\n" for a, b in (A, B)), "a.csv",
    ),
    "a spreadsheet's days": (
        "start,end\n46032.333333,46032.388889\n46037.979167,46038.041667\n", "a.csv",
    ),
    "German": (
        "Nummer;Beginn;Ende;Dauer (Std.);Ursache\n1;10.01.2026 08:00;10.01.2026 09:20;1,33;Netz\n"
        "2;15.01.26 23:30;16.01.26 01:00;1,5;Netz\n",
        "a.csv",
    ),
    "French": (
        "Numéro;Date de début;Date de fin;Durée;Gravité\n"
        "1;10/01/2026 08:00;10/01/2026 09:20;1 h 20;Élevée\n"
        "2;15/01/2026 23h30;16/01/2026 01h00;1 h 30;Élevée\n",
        "a.csv",
    ),
    "Spanish": (
        "ID;Inicio;Fin;Duración;Causa\n1;10/01/2026 08:00;10/01/2026 09:20;1 h 20 min;Red\n"
        "2;15/01/2026 23:30;16/01/2026 01:00;1 h 30 min;Red\n",
        "a.csv",
    ),
    "Japanese": (
        "番号,発生日時,復旧日時,件名,状態\n1,2026年1月10日 8:00,2026年1月10日 9:20,x,解決済み\n"
        "2,2026/01/15 23:30,2026/01/16 01:00,x,解決済み\n",
        "a.csv",
    ),
    "lengths": ("start,duration\n2026-01-10T08:00Z,1h 20m\n2026-01-15T23:30Z,PT1H30M\n", "a.csv"),
    "days and clock times apart": (
        "No,Start Date,Start Time,End Date,End Time\n1,1/10/26,8:00 AM,1/10/26,9:20 AM\n"
        "2,1/15/26,11:30 PM,1/16/26,1:00 AM\n",
        "a.csv",
    ),
    "spans in one cell": (
        "Date,Time,Title\n2026-01-10,08:00 - 09:20,x\n2026-01-15,23:30 – 01:00,y\n", "a.csv",
    ),
    "Unix and mail dates": (
        'start,end\nSat Jan 10 08:00:00 UTC 2026,Sat Jan 10 09:20:00 UTC 2026\n'
        '"Thu, 15 Jan 2026 23:30:00 +0000","Fri, 16 Jan 2026 01:00:00 GMT"\n',
        "a.csv",
    ),
    "monitor, up and down": (
        "From,To,Status,Duration\n2026-01-01 00:00,2026-01-10 08:00,Up,9d 8h\n"
        "2026-01-10 08:00,2026-01-10 09:20,Down,1h 20m\n2026-01-10 09:20,2026-01-15 23:30,Up,5d\n"
        "2026-01-15 23:30,2026-01-16 01:00,Down,1h 30m\n2026-01-16 01:00,2026-03-21 00:00,Up,63d\n",
        "a.csv",
    ),
    "drills and what was none": (
        "ID,Status,Type,Mode,Impact started at,Fixed at\n"
        "1,Closed,Default,standard,2026-01-10T08:00Z,2026-01-10T09:20Z\n2,Closed,Default,standard,2026-01-15T23:30Z,2026-01-16T01:00Z\n"
        "3,Closed,Default,tutorial,2026-01-25T23:30Z,2026-01-26T01:00Z\n"
        "4,Canceled,Default,standard,2026-02-25T23:30Z,\n",
        "a.csv",
    ),
    "nested, with offsets": (
        records(
            {"id": "1", "attributes": {"severity": {"data": {"attributes": {"name": "SEV0"}}},
             "started_at": "2026-01-10T00:00:00.000-08:00",
             "mitigated_at": "2026-01-10T01:20:00-08:00",
             "resolved_at": "2026-01-10T09:20:00-08:00"}},
            {"id": "2", "attributes": {"severity": {"data": {"attributes": {"name": "SEV1"}}},
             "started_at": "2026-01-15T15:30:00.000-08:00",
             "mitigated_at": "2026-01-15T17:00:00-08:00",
             "resolved_at": "2026-01-15T19:20:00-08:00"}},
            key="data",
        ),
        "a.json",
    ),
    "incident.io, named moments": (
        records(
            *(
                {"id": k, "name": "x", "created_at": "2026-02-20T00:00:00Z",
                 "incident_status": {"name": "Closed", "category": "closed"},
                 "incident_timestamp_values": [
                     {"incident_timestamp": {"id": n, "name": f"Impact {n} at"},
                      "value": {"value": when + ":00Z"}}
                     for n, when in (("started", a), ("ended", b))
                 ]}
                for k, (a, b) in enumerate((A, B))
            ),
            key="incidents",
        ),
        "a.json",
    ),
    "under their ids": (
        json.dumps({"meta": {"by": "x"}, "data": {"incidents": {
            f"INC-{k}": {"summary": "x", "timeline": {"start": a + ":00Z", "end": b + ":00Z"}}
            for k, (a, b) in enumerate((A, B))}}}),
        "a.json",
    ),
    "months cut short in French": (
        "Début;Fin;Titre\n10 janv. 2026 08:00;10 janv. 2026 09:20;x\n"
        "15 janv. 2026 23:30;16 janv. 2026 01:00;x\n9 févr. 2026 12:00;en cours;x\n",
        "a.csv",
    ),
    "months in Spanish": (
        "Inicio;Fin;Duración\n10 de enero de 2026, 08:00;10 de enero de 2026, 09:20;80 minutos\n"
        "15 de enero de 2026, 23:30;16 de enero de 2026, 01:00;1 hora 30 minutos\n",
        "a.csv",
    ),
    "days and hours in Japanese": (
        "No,発生日時,停止時間,概要\n1,2026年1月10日 8時00分,1時間20分,x\n"
        "2,2026年1月15日 午後11時30分,90分,x\n3,2026年2月1日 午前2時,10分,計画メンテナンス\n",
        "a.csv",
    ),
    "stamps without a word more": (
        "ts_start\tts_end\tmsg\n"
        + "".join(f"{epoch(a)}\t{epoch(b)}\tx\n" for a, b in (A, B)),
        "a.tsv",
    ),
    "German service desk": (
        "Nummer;Geöffnet;Gelöst;Geschlossen;Kurzbeschreibung;Kategorie\n"
        "1;10.01.2026 08:00:00;10.01.2026 09:20:00;20.01.2026 09:20:00;x;Netz\n"
        "2;15.01.2026 23:30:00;16.01.2026 01:00:00;20.01.2026 09:20:00;y;Netz\n"
        "3;17.01.2026 23:30:00;18.01.2026 01:00:00;20.01.2026 09:20:00;z;Wartungsarbeiten\n",
        "a.csv",
    ),
    "hours and minutes apart": (
        "Date,Started,Outage hours,Outage minutes\n2026-01-10,08:00,1,20\n"
        "2026-01-15,23:30,1,30\n2026-02-15,23:30,open,\n",
        "a.csv",
    ),
    "help desk that says ticket before all": (
        "Ticket ID,Ticket created - Timestamp,Ticket solved - Timestamp,Ticket status\n"
        + "".join(f"{a},{a}:00,{b}:00,Solved\n" for a, b in (A, B)),
        "a.csv",
    ),
    "names apart from rows": (
        json.dumps({"total": 2, "columns": [{"name": "start"}, {"name": "end"}],
                    "rows": [[a + ":00Z", b + ":00Z"] for a, b in (A, B)]}),
        "a.json",
    ),
    "rows as lists": (
        json.dumps([["start", "end"], *([a + ":00Z", b + ":00Z"] for a, b in (A, B))]),
        "a.json",
    ),
    "columns as lists": (
        json.dumps({"start": [a + "Z" for a, _ in (A, B)], "end": [b + "Z" for _, b in (A, B)]}),
        "a.json",
    ),
    "months in Russian and Polish": (
        "Начало;Окончание\n10 января 2026 г. 08:00;10 янв. 2026 09:20\n"
        "15 sty 2026 23:30;16 stycznia 2026 01:00\n1 мая 2026 12:00;в работе\n",
        "a.csv",
    ),
    "lines with a mark": (
        "\ufeff" + "\r\n".join(json.dumps({"start": a + "Z", "end": b + "Z"}) for a, b in (A, B)),
        "a.jsonl",
    ),
    "bars": (
        "start|end|title\n2026-01-10 08:00|2026-01-10 09:20|x\n"
        "2026-01-15 23:30|2026-01-16 01:00|y\n",
        "a.txt",
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", OF_TOOLS)
def test_the_same_two_incidents(tool: str) -> None:
    assert minutes(log(*OF_TOOLS[tool])) == pytest.approx(BOTH, abs=0.02)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp932", "Shift-JIS"), ("euc_jp", "EUC-JP"), ("utf-16", "UTF-16"), ("utf-8-sig", "")],
)
def test_encodings_of_east_asia_and_others(encoding: str, name: str) -> None:
    text = "番号,開始日時,終了日時,障害内容\n" + "".join(
        f"{k},{a.replace('T', ' ')},{b.replace('T', ' ')},アップロードができない\n"
        for k, (a, b) in enumerate((A, B))
    )
    found = log(text.encode(encoding))
    assert minutes(found) == BOTH
    assert any(name in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("gb18030", "编号,开始时间,结束时间,标题"),
        ("cp950", "編號,開始時間,結束時間,標題"),
        ("cp949", "번호,시작 시간,종료 시간,제목"),
        ("cp1251", "Номер,Начало,Окончание,Название"),
        ("cp1250", "Numer,Początek,Koniec,Opis"),
    ],
)
def test_encodings_of_one_region(encoding: str, head: str) -> None:
    rows = "".join(f"{k},{a},{b},{head[:2] * 3}\n" for k, (a, b) in enumerate((A, B)))
    assert minutes(log((head + "\n" + rows).encode(encoding))) == BOTH


@pytest.mark.parametrize(
    "text", ["Größe;Ärger öffnen;schön", "Début;Durée à côté", "Ação;não;ções"]
)
def test_western_letters_stay_western(text: str) -> None:
    """Negative control: single accents are no words of another script."""
    raw = f"start;end;{text}\n2026-01-10 08:00;2026-01-10 09:20;{text}\n".encode("cp1252")
    assert text.split(";")[0] in opened(raw, "a.csv").columns


def test_a_sheet_kept_by_hand() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Incident report"])
    sheet.merge_cells("A1:E1")
    sheet.append(["confidential"])
    sheet.append(["No.", "Start date", "Start time", "End date", "End time"])
    for k, (a, b) in enumerate((A, B)):
        first, last = datetime.fromisoformat(a), datetime.fromisoformat(b)
        days = [datetime.combine(each, time()) for each in (first, last)]
        sheet.append([k, days[0], first.time(), days[1], last.time()])
    content = io.BytesIO()
    book.save(content)
    assert minutes(log(content.getvalue(), "a.xlsx")) == BOTH


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_for_each_quarter_is_one_log_and_other_sheets_are_none() -> None:
    head: list[object] = ["Start", "End", "Cause"]
    one: list[list[object]] = [["2026"], head, [*A, "x"], ["2026-01-11T08:00", "none", "y"]]
    other: list[list[object]] = [head, [*B, "x"], ["Total"]]
    raw = workbook(("Q1", one), ("Rates", [["Start", "2"], ["a", "b"]]), ("Q2", other))
    found = log(raw, "a.xlsx")
    own = found.incidents
    closed = own.lower == own.upper
    assert ((own.upper - own.start)[closed] * 60).round().tolist() == BOTH
    assert found.rows.number == (3, 4, 6, 7)
    assert any("row 1 of 'Q2' counts as 5" in remark for remark in found.remarks)
    assert any("left out 'Rates'" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("hours", "minutes_"), [("0.5", "30"), ("2", "135")], ids=["parts of an hour", "both whole"]
)
def test_a_length_in_two_units_is_not_their_sum(hours: str, minutes_: str) -> None:
    text = f"start,duration (h),duration (min)\n2026-01-10 08:00,{hours},{minutes_}\n"
    found = log(text).incidents
    assert (found.upper - found.start)[0] == pytest.approx(float(hours))


def test_nights_in_which_the_clock_changes() -> None:
    text = "start,end\n2025-10-26 01:30,2025-10-26 03:30\n2026-03-29 01:30,2026-03-29 03:30\n"
    content = opened(text.encode(), "a.csv")
    begin, end = datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    found = read_log(content, LogOptions(begin=begin, end=end, time_zone="Europe/Berlin"))
    assert (found.incidents.upper - found.incidents.start).tolist() == pytest.approx([3.0, 1.0])


@pytest.mark.parametrize(
    "row",
    [
        ",PROBLEM,1d 14h", ",active,0", "ongoing,,", "noch offen,,", "en cours,,", "対応中,,",
    ],
)  # fmt: skip
def test_what_is_still_open_is_not_over(row: str) -> None:
    """A length beside it is how long it has lasted, and nothing no length."""
    rows = "".join(f"{a},{b},RESOLVED,\n" for a, b in (A, B))
    found = log(f"start,end,status,duration\n{rows}2026-03-19T10:00,{row}\n")
    assert found.n == 3
    assert np.isinf(found.incidents.upper[2])
    assert found.incidents.lower[2] - found.incidents.start[2] == pytest.approx(38.0)


def test_a_state_of_health_is_no_incident_only_beside_failures() -> None:
    """AVAILABLE or OK says of an incident that it is over, unless DOWN has lengths too."""
    rows = "".join(f"{a},{b},available\n" for a, b in (A, B))
    assert log(f"start,end,status\n{rows}").n == 2


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("start,end,title\n", "a.csv", "no row below"),
        ("", "a.csv", "empty"),
        ('{"incidents": []}', "a.json", "no records"),
        ('{"data": {"incidents": []}}', "a.json", "no records"),
        ("[]", "a.json", "no records"),
    ],
)
def test_logs_without_rows_say_so(text: str, name: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        opened(text.encode(), name)


def test_an_end_months_before_its_paperwork_is_asked_about() -> None:
    """One of thirty says February for August; were it half of them, it would be their habit."""
    first = datetime(2025, 9, 2, tzinfo=UTC)

    def asked(wrong: int) -> tuple[str, ...]:
        lines = ["impact start,impact end,resolved"]
        for k in range(30):
            at = first + timedelta(days=3 * k)
            until = at + timedelta(hours=1, days=-40 if k >= 30 - wrong else 0)
            since = until - timedelta(hours=1)
            lines.append(f"{since:%Y-%m-%dT%H:%MZ},{until:%Y-%m-%dT%H:%MZ},{at:%Y-%m-%dT%H:%MZ}")
        return log("\n".join(lines)).questions

    assert any("row 31: over up to" in line and "wrong" in line for line in asked(1))
    assert not asked(0)
    assert not asked(15)
