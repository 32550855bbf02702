"""What a status or a kind says of a row: over or not, planned or not, or no incident at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from model.arrays import Array, Mask
from model.evidence.log.columns import plain_name
from model.evidence.log.judging import said
from model.formats.answers import quoted
from model.formats.table import Cell, text_of

_CLOSED_WORDS = frozenset(
    [
        "resolved",
        "resolve",
        "closed",
        "close",
        "done",
        "completed",
        "complete",
        "fixed",
        "recovered",
        "recovery",
        "recover",
        "ok",
        "normal",
        "postmortem",
        "postmortem_published",
        "mitigated",
        "available",
        "operational",
        "inactive",
        "solved",
        "finished",
        "ended",
        "over",
        "cleared",
        "stable",
        "merged",
        "restored",
        "up",
        "false",
        "documented",
        "learning",
        "post-incident",
        "retrospective",
        "geschlossen",
        "gelost",
        "behoben",
        "erledigt",
        "resolu",
        "ferme",
        "clos",
        "resuelto",
        "cerrado",
        "resolvido",
        "fechado",
        "risolto",
        "chiuso",
        "解決済み",
        "解決済",
        "完了",
        "復旧済み",
        "已解决",
        "已解決",
        "已恢复",
        "已关闭",
        "해결됨",
        "완료",
        "решено",
    ]
)
_OPEN_WORDS = frozenset(
    [
        "open",
        "investigating",
        "identified",
        "monitoring",
        "triggered",
        "acknowledged",
        "firing",
        "active",
        "alerting",
        "ongoing",
        "new",
        "pending",
        "started",
        "detected",
        "assigned",
        "unresolved",
        "down",
        "true",
        "todo",
        "triage",
        "fixing",
        "declared",
        "problem",
        "degraded",
        "paused",
        "warn",
        "warning",
        "error",
        "critical",
        "offen",
        "ouvert",
        "abierto",
        "abierta",
        "aberto",
        "aperto",
        "geopend",
    ]
)
_OPEN_PHRASES = (
    "in progress", "on hold", "to do", "in review", "re opened", "en cours", "en curso",
    "em andamento", "in corso", "対応中", "継続中", "未解決", "处理中", "进行中", "進行中", "진행",
)  # fmt: skip
_HEALTHY = frozenset({"up", "ok", "normal", "operational", "healthy", "online", "available"})
_ILL = frozenset({"down", "offline", "unreachable", "failing", "failed", "outage", "unhealthy"})
_NOTHING = frozenset(
    {"canceled", "cancelled", "declined", "rejected", "false alarm", "false positive", "spam",
     "no incident", "not an incident", "duplicate", "duplicated", "won t fix", "invalid"}
)  # fmt: skip
_PLANNED = frozenset(
    [
        "maintenance",
        "maintenances",
        "planned",
        "scheduled",
        "wartung",
        "geplant",
        "upcoming",
        "wartungsarbeiten",
        "mantenimiento",
        "manutencao",
        "manutenzione",
        "onderhoud",
        "обслуживание",
    ]
)
_NO_INCIDENT = frozenset(
    {
        "change",
        "standard change",
        "normal change",
        "account notification",
        "service request",
        "tutorial",
        "test",
        "drill",
        "exercise",
        "game day",
        "gameday",
        "training",
        "simulation",
    }
)
_PLANNED_EAST = re.compile("メンテナンス|計画停止|维护|維護|점검|유지보수")
_TITLE = re.compile(
    r"^\W*(?:planned|scheduled|maintenance|geplante?)\b"
    r"|(?<!after )(?<!during )(?<!by )(?<!following )(?<!from )(?<!of )"
    r"\b(?:planned|scheduled|routine|emergency) (?:\w+ )?(?:maintenance|upgrade|downtime)\b"
    r"|\bmaintenance window\b|\bwartungsfenster\b"
    r"|\b(?:mantenimiento|maintenance|manuten[cç][aã]o|manutenzione) (?:program|plani|pr[eé]vu)"
    r"|\bgepland onderhoud\b|(?:定期|計画|计划|計劃|予定)(?:メンテナンス|停止|维护|維護)"
    r"|정기 ?점검",
    re.IGNORECASE,
)
_PLANNING = ("severity", "cause", "status", "list")
_WORD = re.compile(r"[^\W\d]+(?:-[^\W\d]+)*")


def over(cells: Sequence[Cell] | None, size: int) -> Array:
    """Return 1 where a status says that it is over, 0 where not, NaN where it says neither."""
    if cells is None:
        return np.full(size, np.nan)
    words: dict[str, float] = {}
    out = np.empty(size)
    for row, cell in enumerate(cells):
        text = said(cell)
        if text not in words:
            words[text] = _over(text)
        out[row] = words[text]
    return out


def _over(text: str) -> float:
    if any(phrase in text for phrase in _OPEN_PHRASES):
        return 0.0
    words = set(_WORD.findall(text))
    if "not" in words or words & _OPEN_WORDS:
        return 0.0
    return 1.0 if words & _CLOSED_WORDS else float("nan")


def maintenance(columns: Mapping[str, Sequence[Cell]], size: int) -> dict[int, str]:
    """Return the rows that were planned and why: a word in a column, or in the title."""
    found: dict[int, str] = {}
    for field in (*(name for name in columns if name.startswith("kind")), *_PLANNING):
        verdicts: dict[str, bool] = {}
        for row, cell in enumerate(columns.get(field, ())):
            text = text_of(cell)
            if text not in verdicts:
                verdicts[text] = _is_planned(plain_name(text))
            if verdicts[text]:
                found.setdefault(row, f"{field.split('.')[0]} {quoted(text_of(cell))}")
    for row, cell in enumerate(columns.get("title", ())):
        if row not in found and _TITLE.search(text_of(cell)):
            found[row] = f"title {quoted(text_of(cell))}"
    return found


def none(cells: Sequence[Cell] | None, timed: Mask) -> dict[int, str]:
    """Return the rows whose status says that they are no incident, and what it says.

    Monitors report how long all was well as they report a failure: where `down` has a length, `up`
    with one is that.
    """
    texts = [text_of(cell) for cell in cells or ()]
    plain = {text: plain_name(text) for text in dict.fromkeys(texts)}
    ill = {text for text, words in plain.items() if words in _ILL}
    well = {text for text, words in plain.items() if words in _HEALTHY}
    if not any(text in ill and timed[row] for row, text in enumerate(texts)):
        well = set()
    return {
        row: f"status {quoted(text)}: no incident"
        for row, text in enumerate(texts)
        if plain[text] in _NOTHING or (text in well and timed[row])
    }


def _is_planned(text: str) -> bool:
    words = [word for word in text.split() if word != "system"]
    said = " ".join(words)
    unplanned = "not" in words or "un" in words
    planned = bool(_PLANNED & set(words)) or bool(_PLANNED_EAST.search(text))
    return (planned and not unplanned) or said in _NO_INCIDENT
