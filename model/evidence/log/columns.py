"""What columns of logs are called: the names by which a field is known.

The tables are ranked: the first pattern that fits a name says how well it fits. A name is compared
in plain words: `Custom field (Incident start time)`, `incidentStartTime` and `incident_start_time`
are all `incident start time`.
"""

from __future__ import annotations

import re
import unicodedata

IMPACT, RESOLVED, CLOSED = "impact", "resolved", "closed"

_AT = r"(?: (?:at|on|date|time|date ?time|timestamp|dt|ts|utc|gmt|et|local|am|um|le|zeit|heure))*"


def _names(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


# Words of other languages, without accents. With a day or a clock time they begin or end something.
_WHEN = (
    r"(?:(?:date|heure|jour|fecha|hora|data|ora|datum|tijd|дата|время)(?: (?:et|y|e) heure)?"
    r"(?: (?:de|d|du|di|da|do|del|van))? )?"
)
_BEGINS = (
    _WHEN + r"(?:debut|inicio|inizio|comienzo|apertura|abertura|aanvang|ouverture|начало|начала"
    r"|poczatek|rozpoczecie)"
    r"(?: (?:incident|incidente|panne|fecha|data|ora|hora))?",
    r"(?:start|anfangs?|beginn|storungs?beginn|ausfalls?beginn)(?: ?(?:zeit|datum|zeitpunkt))?",
    r"(?:开始|開始|发生|發生|発生|検知|시작|발생)(?:日時|時刻|時間|时间|日期| ?시간| ?일시)?",
    r"(?:geoffnet|eroffnet|erstellt|gemeldet|angelegt|ouvert|cree|creado|abierto|criado|aberto|creato|aperto)"
    r"(?: (?:am|le|el|em|il))?",
    r"(?:von|ab|du|desde|dal|van|从|自)",
)
_FINISHES = (
    _WHEN + r"(?:fin|fine|fim|final|termino|einde|конец|конца|окончание|окончания"
    r"|koniec|zakonczenie)"
    r"(?: (?:incident|incidente|panne))?",
    r"(?:ende|endzeit|enddatum|endzeitpunkt|storungs?ende|ausfalls?ende|eindtijd|einddatum)",
    r"(?:终了|終了|结束|結束|复旧|復旧|恢复|恢復|종료|복구)"
    r"(?:日時|時刻|時間|时间|日期| ?시간| ?일시)?",
    r"(?:bis|au|hasta|al|ate|tot|至|到)",
    r"(?:retabli|restaure|restablecido|restabelecido|ripristinato|hersteld|wiederhergestellt)"
    r"(?: (?:am|le|el|em|il))?",
)
_SOLVED = (
    _WHEN + r"(?:resolution|resolucion|resolucao|risoluzione)",
    r"(?:behoben|gelost|resolu|resuelto|resolvido|risolto|opgelost|解决|解決|해결)"
    r"(?: (?:am|le|el|em|il))?(?:日時|時刻|時間|时间)?",
)
_SHUT = (
    _WHEN + r"(?:cloture|fermeture|cierre|encerramento|fechamento|chiusura)",
    r"(?:geschlossen|abgeschlossen|clos|ferme|cerrado|fechado|chiuso|gesloten|关闭|關閉)"
    r"(?: (?:am|le|el|em|il))?(?:时间|時間)?",
)

_STAMP = r"time|date|timestamp|date ?time|ts|dt|epoch|unix"
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
        rf"(?:{_STAMP}|when|period|window|span) (?:start|begin|from){_AT}",
        *_BEGINS,
        rf"(?:actual|real) start{_AT}",
        rf"(?:occurred|occurrence|happened|failed|down since|down){_AT}",
        rf"(?:triggered|trigger|fired|alerted|active|activated|raised){_AT}",
        rf"(?:detected|detection|reported|identified|declared|discovered|noticed){_AT}",
        rf"(?:opened|open|created|creation|logged|posted|published){_AT}",
        rf"(?:timestamp|time|date ?time|when|from|since|zeit|von){_AT}",
        rf"(?:date|day|datum){_AT}",
        rf"(?:\w+ ){{1,4}}(?:start|starts|started|begin|began){_AT}",
    ),
    "updated": _names(
        rf"(?:last )?(?:status )?(?:updated?|modified|changed?|mod|seen|activity){_AT}",
        rf"last (?:status )?(?:updated?|modified|modification|changed?|seen|activity){_AT}",
    ),
    "status": _names(
        r"status", r"state", r"(?:incident|current|alert|ticket|event) (?:status|state|milestone)",
        r"(?:status|state) (?:state|status|code|name|text|value)", r"milestone",
        r"(?:resolution|open closed|active|new state|to state|event)",
        r"(?:zustand|statut|etat|estado|stato|toestand|ステータス|状態|状态|狀態|상태|статус)",
    ),
    "duration": _names(
        rf"(?:{_OF_IMPACT}|total) (?:duration|length|time|minutes|mins|hours|seconds)(?: .*)?",
        r"(?:duration|length|downtime|dauer|duree|lasted)(?: .*)?",
        r"(?:ausfall|storungs?)dauer(?: .*)?|(?:duracion|duracao|durata|duur|длительность)(?: .*)?",
        r"(?:所要時間|停止時間|継続時間|影響時間|持续时间|持續時間|时长|時長|지속 ?시간)(?: .*)?",
        r"(?:time|seconds|minutes|hours) to (?:resol|restor|recover)[a-z]+(?: .*)?",
        r"(?:ttr|mttr)(?: .*)?",
        r"(?:minutes|mins|hours|hrs|seconds)",
    ),
    "cause": _names(
        r"(?:root )?cause(?: (?:category|class|code|name|value|text|summary|analysis))?",
        r"(?:failure|incident) (?:cause|category|class|code)",
        r"(?:causa(?: (?:raiz|radice))?|oorzaak|原因|根本原因|원인|причина|przyczyna)",
        r"(?:category|kategorie|categorie|categoria)",
        r"(?:contributing factors?|ursache|trigger|reason)",
        r"(?:sub ?category|labels?|tags?|causes)",
    ),
    "kind": _names(
        r"(?:issue|incident|event|record|ticket|work item|alert) type(?: name| category)?",
        r"(?:event )?type category", r"(?:kind|type|typ|mode|class|art|tipo|種別|类型|類型)",
        r"(?:list)",
    ),
    "severity": _names(
        r"(?:incident |alert )?severity(?: level| name| label)?", r"sev(?: level)?",
        r"impact(?: level| override)?", r"(?:incident )?priority(?: name| level)?",
        r"(?:status impact|event level|level|criticality|urgency|labels severity|schweregrad)",
        r"(?:prioritat|gravite|priorite|gravedad|severidad|prioridad|severidade|prioridade|gravita)",
        r"(?:priorita|ernst|prioriteit|重大度|重要度|深刻度|優先度|级别|級別|严重程度|优先级|심각도)",
    ),
    "service": _names(
        rf"(?:affected |impacted |business )?{_PARTS}(?: (?:name|title|summary))?",
        r"(?:dienst|servicio|servico|servizio|système|systeme|サービス|服务|系统|系統|서비스)",
        r"(?:cmdb ci|application|app|function|functionality|area|resource|team|dienst)(?: name)?",
    ),
    "title": _names(
        r"(?:incident )?(?:title|headline|subject|betreff)", r"(?:short|external) desc(?:ription)?",
        r"(?:incident )?name", r"(?:incident )?summary",
        r"(?:labels )?(?:alertname|alert name|monitor|rule)",
        r"(?:what|message|what happened|titel|description|details|event type code|text)",
        r"(?:problem|alert|msg|beschreibung|titre|titulo|descripcion|descricao|titolo|descrizione)",
        r"(?:kurzbeschreibung|objet|asunto|assunto|oggetto|onderwerp)",
        r"(?:件名|障害内容|内容|概要|标题|標題|描述|제목|내용|название|описание|opis|omschrijving)",
    ),
    "id": _names(
        r"(?:incident|issue|ticket|tracking|public|outage) ?(?:id|key|number|no|nr|nummer)",
        r"(?:id|key|number|#|no|nr|tiny ?id|fingerprint|arn|uid|uuid|reference|ref)",
        r"(?:alert|event) ?(?:id|key|number|no|nr)",
        r"(?:nummer|numero|番号|管理番号|编号|編號|번호|номер)",
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
        (IMPACT, rf"(?:{_STAMP}|period|window) (?:{_END}|to|until){_AT}"),
        *((IMPACT, pattern) for pattern in _FINISHES),
        (IMPACT, rf"(?:service )?(?:mitigat|restor|recover|fix)(?:ed|ation|y|ion){_AT}"),
        *((RESOLVED, pattern) for pattern in _SOLVED),
        (RESOLVED, rf"(?:resolved|resolution|resolve|solved|cleared|behoben){_AT}"),
        *((CLOSED, pattern) for pattern in _SHUT),
        (CLOSED, rf"(?:closed|close|closure|completed|completion|done|geschlossen){_AT}"),
        (IMPACT, rf"(?:\w+ ){{1,4}}{_END}{_AT}"),
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
_ACCENTS = re.compile("[\u0300-\u036f]")
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
        "beginn", "ende", "dauer", "ursache", "schweregrad", "beschreibung", "titel", "datum",
        "début", "fin", "durée", "cause", "gravité", "titre", "date de début", "date de fin",
        "inicio", "duración", "causa", "gravedad", "título", "início", "término", "duração",
        "inizio", "fine", "durata", "titolo", "開始日時", "終了日時", "発生日時", "復旧日時",
        "件名", "原因", "开始时间", "结束时间", "标题", "시작 시간", "종료 시간", "제목",
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
    if not words.isascii():  # accents go, the marks of other scripts stay
        words = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", words)))
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
