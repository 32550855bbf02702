"""The table behind the timeline of a log, and the one of its growing count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.arrays import Array, Index
from model.evidence.fitting.rates import FittedRates
from model.evidence.log.log import Log
from model.formats.table import Table, text_of
from model.present.words.learned.luck import length
from model.present.words.numbers import significant
from model.present.words.spoken.subject import cause_label

MOST_SINGLE = 800
"""With more incidents those of a cause and a month are one mark."""
MOST_CAUSES = 8
_MONTHS = 60
_LONGEST_TITLE = 80
_RANKS = (
    (3, r"\b(?:sev(?:erity)?\W?[01]|p[01]|critical|blocker|highest|kritisch|catastrophic|s1|1)\b"),
    (2, r"\b(?:sev(?:erity)?\W?2|p2|major|high|hoch|partial outage|s2|2)\b"),
    (0, r"\b(?:sev(?:erity)?\W?[4-9]|p[4-9]|low|lowest|none|info|cosmetic|niedrig|s[45]|[4-9])\b"),
)
OTHERS, _ALL = "Other causes", "All incidents"


def rank(severity: str) -> int:
    """Return how severe a word is, from 0 to 3; what is not known stands in the middle.

    >>> rank("SEV-1"), rank("major"), rank("P4 - Low"), rank("purple"), rank("2 - High")
    (3, 2, 0, 1, 2)
    """
    text = severity.casefold()
    return next((k for k, pattern in _RANKS if re.search(pattern, text)), 1)


def timeline(log: Log, table: Table) -> pd.DataFrame:
    """Return one row per incident, or per cause and month if there are many.

    Columns: label, order (of the causes), start and end (in ms since 1970), hours, severity, rank,
    kind (known, unsure, many), united, what and long (words).
    """
    many = len(log.incidents.start) > MOST_SINGLE
    return _by_month(log) if many else _single(log, table)


def _single(log: Log, table: Table) -> pd.DataFrame:
    found = log.incidents
    severity, title = (_cells(log, table, field) for field in ("severity", "title"))
    labels = _labels(log, severity)
    known = found.lower == found.upper
    until = np.where(np.isfinite(found.upper), found.upper, found.lower)
    hours = np.maximum(until - found.start, 0.0)
    order = _order(log, labels, severity)
    rows = zip(found.start, until, hours, known, found.united, strict=True)
    return pd.DataFrame(
        [
            {
                "label": labels[k],
                "order": order[labels[k]],
                "start": start * 3.6e6,
                "end": end * 3.6e6,
                "hours": took,
                "severity": severity[k] or "not said",
                "rank": rank(severity[k]) if severity[k] else 1,
                "kind": "known" if sure else "unsure",
                "united": int(united),
                "what": title[k][:_LONGEST_TITLE]
                or f"{table.place} {table.line_numbers[found.row[k]]}",
                "long": length(took) if sure else f"{length(took)}, not exactly known",
            }
            for k, (start, end, took, sure, united) in enumerate(rows)
        ]
    )


def _by_month(log: Log) -> pd.DataFrame:
    found = log.incidents
    until = np.where(np.isfinite(found.upper), found.upper, found.lower)
    first, last = float(found.start.min()), float(found.start.max())
    width = max((last - first) / _MONTHS, 1.0)
    place = np.minimum((found.start - first) // width, _MONTHS - 1).astype(int)
    labels = _labels(log)
    order = _order(log, labels, ())
    marks = pd.DataFrame(
        {
            "label": labels,
            "place": place,
            "hours": np.maximum(until - found.start, 0.0),
            "united": found.united,
        }
    )
    grouped = marks.groupby(["label", "place"], sort=False)
    out = grouped.agg(hours=("hours", "sum"), n=("hours", "size"), united=("united", "sum"))
    out = out.reset_index()
    start = first + width * (out["place"] + 0.5)
    hours = [length(each) for each in out["hours"]]
    return pd.DataFrame(
        {
            "label": out["label"],
            "order": [order[label] for label in out["label"]],
            "start": start * 3.6e6,
            "end": start * 3.6e6,
            "hours": out["hours"],
            "severity": "many",
            "rank": 1,
            "kind": "many",
            "united": 1,
            "what": [f"{n:,} incidents" for n in out["n"]],
            "long": [f"{each} together" for each in hours],
        }
    )


def _labels(log: Log, severity: Sequence[str] = ()) -> list[str]:
    """Return the row of each incident: its cause, the rare ones as one; without, its severity."""
    if not log.tells_causes:
        alike = len(set(severity)) in (0, 1) or len(set(severity)) > MOST_CAUSES
        size = len(log.incidents.start)
        return [_ALL] * size if alike else [each or "Not said" for each in severity]
    shown = set(log.causes[:MOST_CAUSES])
    named = {
        cause: cause_label(cause) if cause in shown else OTHERS for cause in log.incidents.cause
    }
    return [named[cause] for cause in log.incidents.cause]


def _order(log: Log, labels: Sequence[str], severity: Sequence[str]) -> dict[str, float]:
    """Return the place of each row: frequent causes first, or the gravest severity."""
    counts = Counter(labels)
    if not log.tells_causes:
        ranks = dict(zip(labels, map(rank, severity), strict=True)) if severity else {}
        return {label: -ranks.get(label, 0) for label in counts}
    return {label: float(label == OTHERS) - n / (len(labels) + 1) for label, n in counts.items()}


def _cells(log: Log, table: Table, field: str) -> list[str]:
    """Return the text of a field in the earliest row of each incident, empty without the field."""
    column = log.columns.get(field)
    if column is None:
        return [""] * len(log.incidents.row)
    place = table.columns.index(column)
    return [text_of(table.rows[row][place]).strip() for row in log.incidents.row]


def counted(rates: FittedRates) -> pd.DataFrame:
    """Return how the number of incidents grew, beside a steady rate and the likeliest step.

    Columns: part (counted, steady, step, at), at (ms since 1970), count.
    """
    observed = rates.observed
    start = np.sort(observed.start_h())
    n = len(start)
    at, count = _thinned(start)
    rows = [_part("counted", at, count, observed.begin)]
    ends = np.array([0.0, observed.hours])
    rows.append(_part("steady", ends, np.array([0.0, float(n)]), observed.begin))
    step = rates.all.step
    if step is not None:
        corner = np.array([0.0, step.at_h, observed.hours])
        rows.append(_part("step", corner, np.array([0.0, step.before, n]), observed.begin))
        rows.append(_part("at", np.array([step.at_h]), np.array([0.0]), observed.begin))
    return pd.concat(rows, ignore_index=True)


def _thinned(start: Array) -> tuple[Array, Array]:
    keep: Index = np.unique(np.linspace(0, max(len(start) - 1, 0), 300).astype(int))
    keep = keep[keep < len(start)]
    return start[keep], np.asarray(keep + 1.0)


def _part(part: str, hours: Array, count: Array, begin: float) -> pd.DataFrame:
    return pd.DataFrame({"part": part, "at": (begin + hours) * 3.6e6, "count": count})


def severities(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the words for severity in a timeline with their rank, the gravest first."""
    pairs = table[table["kind"] != "many"][["severity", "rank"]].drop_duplicates()
    found = set(zip(pairs["severity"].tolist(), pairs["rank"].tolist(), strict=True))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def spoken(table: pd.DataFrame) -> str:
    """Return what a timeline shows, for who does not see it."""
    counts = table.groupby("label", sort=False)["hours"].agg(["size", "sum", "max"])
    many = bool((table["kind"] == "many").any())
    noun = "groups" if many else "incidents"
    return "; ".join(
        f"{label}: {int(row['size'])} {noun}, longest {significant(row['max'], 2)} h"
        for label, row in counts.iterrows()
    )
