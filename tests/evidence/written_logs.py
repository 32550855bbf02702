"""One history of incidents, written the way different tools export it.

Instants are UTC. `T3` appears twice in every export, `gone` never got an end, `open` has none yet,
`backwards` and `blip` are no incidents, `works` was planned.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
BEGIN = datetime(2025, 8, 1, tzinfo=UTC)
END = datetime(2026, 3, 21, tzinfo=UTC)
TRUTH: tuple[tuple[str, str, str | None, str, str], ...] = (
    ("backwards", "2025-08-20T22:00", "2025-08-20T21:10", "deploy", "Rollback went wrong"),
    ("blip", "2025-08-05T12:00", "2025-08-05T12:00", "deploy", "Opened and closed at once"),
    ("T3", "2025-09-15T13:05", "2025-09-15T15:35", "config", "Old feed after a push"),
    ("T4a", "2025-10-20T07:00", "2025-10-20T12:00", "network", "Names not resolved"),
    ("T4b", "2025-10-20T10:30", "2025-10-20T14:00", "network", "Ads empty"),
    ("T1", "2025-11-02T05:30", "2025-11-02T07:15", "certificate", "Gateway certificate too old"),
    ("T6a", "2025-12-01T09:00", "2025-12-01T10:00", "capacity", "Encoders full"),
    ("T6b", "2025-12-01T10:00", "2025-12-01T11:30", "capacity", "Encoders full, again"),
    ("works", "2025-12-13T06:00", "2025-12-13T10:00", "maintenance", "Planned upgrade of a store"),
    ("T14", "2025-12-31T23:30", "2026-01-01T01:00", "load", "Players time out at midnight"),
    ("gone", "2026-01-14T15:00", None, "deploy", "Slow uploads"),
    ("T12", "2026-01-25T08:00", "2026-02-01T18:00", "power", "Hall without power"),
    ("T15", "2026-02-03T08:00", "2026-02-03T08:45", "config", "Floor price wrong"),
    ("T16", "2026-02-18T20:10", "2026-02-18T20:14", "load", "Player errors"),
    ("T13", "2026-03-03T13:24", "2026-03-04T09:24", "network", "Region without network"),
    ("T2", "2026-03-08T06:40", "2026-03-08T08:10", "config", "Job ran twice"),
    ("open", "2026-03-20T18:00", None, "unknown", "Feed not fresh"),
)  # fmt: skip
CLOSED_AT = "2026-01-14T16:45"
"""When `gone` was closed by somebody."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def iso(text: str | None) -> str | None:
    return None if text is None else f"{at(text):%Y-%m-%dT%H:%M:%S.000Z}"


def wall(text: str | None, form: str) -> str:
    """The Eastern wall time, without zone."""
    return "" if text is None else f"{at(text).astimezone(EASTERN):{form}}"


def rows() -> list[tuple[str, str, str | None, str, str]]:
    """The history with one row a second time."""
    return [*TRUTH, next(row for row in TRUTH if row[0] == "T3")]


def table(header: str, cells: list[list[str | None]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header.split(","))
    writer.writerows([["" if cell is None else cell for cell in row] for row in cells])
    return out.getvalue()


def status_page() -> bytes:
    """JSON of a status page: planned work in a list of its own, the lost end null."""

    def record(row: tuple[str, str, str | None, str, str]) -> dict[str, object]:
        key, start, end, _, title = row
        closed = iso(end or (CLOSED_AT if key == "gone" else "2026-03-21T00:00"))
        return {
            "id": f"id-{key}",
            "name": title,
            "status": "monitoring" if key == "open" else "resolved",
            "created_at": iso(start),
            "updated_at": closed,
            "resolved_at": iso(end),
            "impact": "major",
            "started_at": iso(start),
            "incident_updates": [{"status": "investigating", "created_at": iso(start)}],
        }

    planned = [record(row) for row in TRUTH if row[0] == "works"]
    struck = [record(row) for row in rows() if row[0] != "works"]
    page = {"page": {"id": "p"}, "incidents": struck, "scheduled_maintenances": planned}
    return json.dumps(page).encode()


def alerts_api() -> bytes:
    """CSV without any end: a closed row's last change is its end."""
    cells = []
    for k, (key, start, end, _, title) in enumerate(rows()):
        last = end or (CLOSED_AT if key == "gone" else "2026-03-21T00:00")
        status = "acknowledged" if key == "open" else "resolved"
        nested = "{'id': 'P1', 'summary': 'Uploads'}"
        cells.append([str(1001 + k), title, iso(start), status, nested, iso(last), "high"])
    header = "incident_number,title,created_at,status,service,last_status_change_at,urgency"
    return table(header, cells).encode()


def analytics() -> bytes:
    """CSV with an end, seconds, and an update of the export's own moment."""
    cells = []
    for k, (key, start, end, _, title) in enumerate(rows()):
        seconds = "" if end is None else f"{(at(end) - at(start)).total_seconds():.0f}"
        status = "triggered" if key == "open" else "resolved"
        cells.append(
            [f"Q{k}", title, status, iso(start), iso(end), seconds, "2026-03-21T02:00:00Z"]
        )
    header = "id,description,status,created_at,resolved_at,seconds_to_resolve,updated_at"
    return table(header, cells).encode()


def tickets() -> bytes:
    """CSV of tickets: Eastern wall times, the true end in a field of its own, paperwork after."""
    form = "%d/%b/%y %I:%M %p"
    cells = []
    for k, (key, start, end, cause, title) in enumerate(rows()):
        written = at(end or CLOSED_AT) + timedelta(minutes=40)
        paper = "" if key == "open" else wall(written.replace(tzinfo=None).isoformat(), form)
        touched = wall((written + timedelta(minutes=20)).replace(tzinfo=None).isoformat(), form)
        kind = "[System] Change" if key == "works" else "[System] Incident"
        status = "Open" if key == "open" else "Done"
        cells.append(
            [title, f"OPS-{k}", kind, status, touched, paper, cause, "Line, one\nline two",
             wall(start, form), wall(end, form)]
        )  # fmt: skip
    header = (
        "Summary,Issue key,Issue Type,Status,Updated,Resolved,Labels,Description,"
        "Custom field (Incident start time),Custom field (Incident end time)"
    )
    return "\ufeff".encode() + table(header, cells).encode()


def desk() -> bytes:
    """UTF-16 with semicolons, day first, decimal commas, Eastern; resolved and closed beside."""
    form = "%d/%m/%Y %H:%M:%S"
    cells = []
    for k, (key, start, end, cause, title) in enumerate(rows()):
        resolved = end or (CLOSED_AT if key == "gone" else None)
        later = (
            None if resolved is None else (at(resolved) + timedelta(days=5)).replace(tzinfo=None)
        )
        hours = "" if end is None else f"{(at(end) - at(start)).total_seconds() / 3600:.2f}"
        state = "In Progress" if key == "open" else "Closed"
        cells.append(
            [f"INC{k}", title, state, cause, wall(resolved, form),
             wall(None if later is None else later.isoformat(), form), wall(start, form),
             wall(end, form), hours.replace(".", ",")]
        )  # fmt: skip
    header = (
        "number,short_description,state,category,resolved_at,closed_at,u_outage_start,"
        "u_outage_end,business_duration"
    )
    return table(header, cells, ";").encode("utf-16")


def cloud() -> bytes:
    """JSON of a cloud: an open one has no end at all; no planned work."""
    found = []
    for key, start, end, _, title in rows():
        record: dict[str, object] = {"id": key, "begin": iso(start), "modified": iso("2026-03-21")}
        if key != "open":
            record["end"] = iso(end)
        record |= {"external_desc": title, "severity": "medium", "service_name": "Several"}
        found += [] if key == "works" else [record]
    return json.dumps(found).encode()


def by_hand() -> bytes:
    """A sheet kept by hand: a title, dates in many forms, words for ends, a total."""
    lines = [
        "Our incidents;;;;;", "#;Date;Start (ET);End (ET);Duration;What",
        "1;15/09/2025;09:05;11:35;2 h 30;Old feed", "2;20.10.2025;3:00 AM;8:00 AM;5h;Names",
        "3;20.10.2025;6:30 AM;10:00 AM;210 min;Ads", "4;2025-11-02;01:30;02:15;1.75;Certificate",
        "5;Dec 1, 2025;04:00;05:00;1:00;Encoders", "6;Dec 1, 2025;05:00;06:30;1:30;Encoders again",
        "7;31/12/2025;18:30;20:00;1,5;New year", "8;14/01/2026;10:00;?;;Nobody knows",
        "9;25/01/2026;03:00;01/02/2026 13:00;7 d 10 h;Power", "10;03/02/2026;03:00;03:45;45m;Floor",
        "11;18/02/2026;15:10;15:14;4 min;Player",
        "12;2026-03-03T08:24-05:00;;2026-03-04T04:24-05:00;20h;Region",
        "13;08/03/2026;01:40;04:10;1.5;Twice", "14;20/03/2026;14:00;ongoing;;Feed",
        ";;;;;", "Total;;;;215.57;",
    ]  # fmt: skip
    return "\n".join(lines).encode()


FORMATS: dict[str, tuple[Callable[[], bytes], str, tuple[float, float]]] = {
    "status page": (status_page, "", (0.92464, 1.96445)),
    "alerts": (alerts_api, "", (1.03207, 1.86788)),
    "analytics": (analytics, "", (1.07736, 1.94725)),
    "tickets": (tickets, "America/New_York", (0.94185, 1.95036)),
    "desk": (desk, "America/New_York", (0.92464, 1.96445)),
    "cloud": (cloud, "", (1.07736, 1.94725)),
    "by hand": (by_hand, "America/New_York", (1.07777, 1.94790)),
}
"""How each is written, its zone, and mu and sigma by what it knows of the lost end."""
