"""What columns of logs are called: the names by which a field is known.

The tables are ranked: the first pattern that fits a name says how well it fits. A name is compared
in plain words: `Custom field (Incident start time)`, `incidentStartTime` and `incident_start_time`
are all `incident start time`.
"""

from __future__ import annotations

import re

IMPACT, RESOLVED, CLOSED = "impact", "resolved", "closed"

_AT = r"(?: (?:at|on|date|time|date ?time|timestamp|dt|ts|utc|gmt|et|local))*"


def _names(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_OF_IMPACT = r"(?:u |customer |user |service )?(?:impact|outage|downtime|incident|disruption|event)"
_PARTS = r"(?:services?|components?|products?|systems?)"
_LOST = (
    r"(?:loss|lost|failed|failure|unserved|affected|impacted|hit)(?: (?:share|rate|pct|percent))?"
)
PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "start": _names(
        rf"(?:time of )?{_OF_IMPACT} (?:start|starts|started|begin|began|beginning|onset){_AT}",
        rf"(?:start|began|beginning) of (?:{_OF_IMPACT}){_AT}",
        rf"(?:start|starts|started|begin|begins|began|beginning|onset|beginn|anfang|debut){_AT}",
        rf"(?:actual|real) start{_AT}",
        rf"(?:occurred|occurrence|happened|failed|down since|down){_AT}",
        rf"(?:triggered|trigger|fired|alerted|active|activated|raised){_AT}",
        rf"(?:detected|detection|reported|identified|declared|discovered|noticed){_AT}",
        rf"(?:opened|open|created|creation|logged|posted|published){_AT}",
        rf"(?:timestamp|time|date ?time|when|from|since|zeit|von){_AT}",
        rf"(?:date|day|datum){_AT}",
    ),
    "updated": _names(
        rf"(?:last )?(?:status )?(?:updated?|modified|changed?|mod|seen|activity){_AT}",
        rf"last (?:status )?(?:updated?|modified|modification|changed?|seen|activity){_AT}",
    ),
    "status": _names(
        r"status", r"state", r"(?:incident|current|alert|ticket|event) (?:status|state|milestone)",
        r"(?:status|state) (?:state|status|code|name|text|value)", r"milestone",
        r"(?:resolution|open closed|active|new state|to state)",
    ),
    "duration": _names(
        rf"(?:{_OF_IMPACT}|total) (?:duration|length|time|minutes|mins|hours|seconds)(?: .*)?",
        r"(?:duration|length|downtime|dauer|duree|lasted)(?: .*)?",
        r"(?:time|seconds|minutes|hours) to (?:resol|restor|recover)[a-z]+(?: .*)?",
        r"(?:ttr|mttr)(?: .*)?",
        r"(?:minutes|mins|hours|hrs|seconds)",
    ),
    "cause": _names(
        r"(?:root )?cause(?: (?:category|class|code|name|value|text|summary|analysis))?",
        r"(?:failure|incident) (?:cause|category|class|code)",
        r"category", r"(?:contributing factors?|ursache|trigger|reason)",
        r"(?:sub ?category|labels?|tags?|causes)",
    ),
    "kind": _names(
        r"(?:issue|incident|event|record|ticket|work item|alert) type(?: name| category)?",
        r"(?:event )?type category", r"(?:kind|type|typ|mode|class)", r"(?:list)",
    ),
    "severity": _names(
        r"(?:incident |alert )?severity(?: level| name| label)?", r"sev(?: level)?",
        r"impact(?: level| override)?", r"(?:incident )?priority(?: name| level)?",
        r"(?:status impact|event level|level|criticality|urgency|labels severity|schweregrad)",
    ),
    "service": _names(
        rf"(?:affected |impacted |business )?{_PARTS}(?: (?:name|title|summary))?",
        r"(?:cmdb ci|application|app|function|functionality|area|resource|team|dienst)(?: name)?",
    ),
    "title": _names(
        r"(?:incident )?(?:title|headline|subject|betreff)", r"(?:short|external) desc(?:ription)?",
        r"(?:incident )?name", r"(?:incident )?summary",
        r"(?:labels )?(?:alertname|alert name|monitor|rule)",
        r"(?:what|message|what happened|titel|description|details|event type code|text)",
    ),
    "id": _names(
        r"(?:incident|issue|alert|ticket|event|tracking|public|outage) ?(?:id|key|number|no|nr)",
        r"(?:id|key|number|#|no|nr|tiny ?id|fingerprint|arn|uid|uuid|reference|ref)",
        r"(?:slug|shortlink|uri|url|html url)",
    ),
    "publish_loss": _names(
        rf"(?:publish|publishing|uploads?|posting|ingest) {_LOST}",
        r"(?:share of )?uploads? (?:that )?(?:failed|lost)",
    ),
    "playback_loss": _names(
        rf"(?:playback|viewing|video|viewers?|streams?|play) {_LOST}",
        rf"(?:users|customers|share of users) {_LOST}",
    ),
    "ads_loss": _names(
        rf"(?:ads?|ad serving|impressions?) {_LOST}",
    ),
}  # fmt: skip
_END = r"(?:end|ends|ended|stop|stopped|finish|finished)"
ENDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (IMPACT, rf"{_OF_IMPACT} (?:{_END}|over|mitigation|mitigated){_AT}"),
        (IMPACT, rf"(?:end|finish) of {_OF_IMPACT}{_AT}"),
        (IMPACT, rf"(?:actual |real )?(?:{_END}|ende|fin|bis|to|until|till|up since|up){_AT}"),
        (IMPACT, rf"(?:service )?(?:mitigat|restor|recover|fix)(?:ed|ation|y|ion){_AT}"),
        (RESOLVED, rf"(?:resolved|resolution|resolve|solved|cleared|behoben){_AT}"),
        (CLOSED, rf"(?:closed|close|closure|completed|completion|done|geschlossen){_AT}"),
    )
)  # fmt: skip

_UTC_WORDS = frozenset({"utc", "gmt", "zulu"})
_ZONE_WORDS = {
    "et": "America/New_York", "eastern": "America/New_York", "est": "America/New_York",
    "edt": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin",
}  # fmt: skip
NO_TIME = "0001-01-01"
"""How some programs write that there is no time."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CUSTOM = re.compile(r"custom field \((.*)\)", re.IGNORECASE)


def known_names() -> tuple[str, ...]:
    """Return column names by which the header of a log is told from what stands above it."""
    return (
        "start", "end", "started_at", "ended_at", "resolved_at", "created_at", "start time",
        "end time", "start_time", "end_time", "date", "status", "severity", "duration", "title",
        "summary", "id", "created", "resolved", "priority", "service", "incident_number", "time",
        "opened_at", "closed_at", "number", "state", "name", "impact", "cause", "root cause",
        "start date", "end date", "description", "timestamp", "issue key", "updated",
    )  # fmt: skip


LISTS = ("incidents", "scheduled_maintenances", "events", "alerts", "value", "data", "issues")
"""Names under which JSON exports keep their records."""


def plain_name(name: str) -> str:
    """Return a column name in plain words.

    >>> plain_name("Custom field (Incident start time)"), plain_name("impact.startTime")
    ('incident start time', 'impact start time')
    """
    found = _CUSTOM.fullmatch(name.strip())
    words = _CAMEL.sub(" ", found[1] if found else name)
    return " ".join(re.sub(r"[^\w#]+|_", " ", words).casefold().split())


def zone_in(name: str) -> str:
    """Return the zone that a column's name gives, empty if none.

    >>> zone_in("start_utc"), zone_in("End (ET)"), zone_in("ended")
    ('UTC', 'America/New_York', '')
    """
    words = plain_name(name).split()
    if _UTC_WORDS & set(words):
        return "UTC"
    return next((_ZONE_WORDS[word] for word in words if word in _ZONE_WORDS), "")
