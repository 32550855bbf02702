"""Which cause a row is of: by its column, by a word in its texts, or one for all rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from model.evidence.log.columns import plain_name
from model.evidence.log.judging import Plain, said
from model.evidence.log.options import LogOptions
from model.formats.table import Cell

UNASSIGNED = "unassigned"
_LIKELY = {
    "power_cooling_weather": r"power|cooling|weather|fire|flood|storm|generator|hardware|disk",
    "change_and_configuration": r"deploy|config|change|release|migrat|rollback|certificate|expired"
    r"|bug|human|upgrade|software|code|update",
    "capacity": r"capacity|load|traffic|scal|quota|throttl|memory|saturat|limit",
    "network_latency": r"network|dns|bgp|rout|latency|cdn|packet|fib[re]{2}|connect|timeout",
}
_TEXTS = ("cause", "title", "kind", "service")


def slug(text: str) -> str:
    """Return a name as scenarios have them, without accents.

    >>> slug("Power / Cooling & weather"), slug("Déploiement")
    ('power_cooling_weather', 'deploiement')
    """
    return re.sub(r"[^a-z0-9]+", "_", plain_name(text)).strip("_")[:40] or UNASSIGNED


def likely(text: str, known: Sequence[str]) -> str:
    """Return which of the known causes a word of a log probably means, empty if none.

    >>> likely("Bad deploy", ["capacity", "change_and_configuration"])
    'change_and_configuration'
    """
    if slug(text) in known:
        return slug(text)
    plain = text.casefold()
    hits = (cause for cause, words in _LIKELY.items() if re.search(words, plain))
    return next((cause for cause in hits if cause in known), "")


def causes_of(
    columns: Mapping[str, Sequence[Cell]], plain: Plain, options: LogOptions, size: int
) -> tuple[str, ...] | None:
    """Return the cause of each row, None where the log tells none; `plain` are the same columns.

    A rule whose word is the whole cell of the cause goes first, then words within any text.
    """
    if options.cause:
        return (options.cause,) * size
    if "cause" not in columns and not options.assign:
        return None
    own = plain["cause"] if "cause" in columns else ("",) * size
    rules = [(said(word), cause) for word, cause in options.assign]
    if not rules:
        return tuple(map(lru_cache(maxsize=None)(slug), own))
    texts = [plain[field] for field in _TEXTS if field in columns]
    whole = dict(reversed(rules))
    known: dict[tuple[str, ...], str] = {}
    out = []
    for cause, *row in zip(own, *texts, strict=True):
        key = tuple(row)
        if key not in known:
            known[key] = whole.get(cause) or _by_word(rules, key) or slug(cause)
        out.append(known[key])
    return tuple(out)


def _by_word(rules: Sequence[tuple[str, str]], texts: Sequence[str]) -> str:
    return next((c for word, c in rules if any(word in text for text in texts)), "")
