"""The bundles of the commands `fit`, `backtest` and `validate`."""

from __future__ import annotations

from collections.abc import Mapping

from model.evidence.fitting.fitted import Fitted
from model.present.files import evidence_tables
from model.present.files.packing import Bundle
from model.present.words import evidence


def of_fit(fitted: Fitted, given: Mapping[str, object]) -> Bundle:
    """Return the bundle of a fit: its scenario is the one that was believed before."""
    facts: dict[str, object] = {
        "log": fitted.options.file,
        "rows": fitted.log.rows.counts(),
        "incidents": fitted.log.n,
        "options": dict(given),
        "remarks": fitted.log.remarks,
        "questions": fitted.log.questions,
        "warnings": evidence.warnings(fitted),
    }
    title = f"Fitted to {fitted.options.file}, scenario {fitted.before.name}"
    return Bundle((fitted.before,), title, facts, evidence_tables.files(fitted))
